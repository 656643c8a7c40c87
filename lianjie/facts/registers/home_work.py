"""Work given out to homes: material handed out, pieces brought, material given back or lost."""

from collections.abc import Iterator, Sequence
from typing import Any

from lianjie.base.words import N_
from lianjie.facts.actions import home_work
from lianjie.facts.models import MaterialIssue, MaterialReturn, PieceReturn
from lianjie.facts.registers.in_kind import lots_of
from lianjie.facts.registers.register import (
    EVIDENCE,
    Desk,
    Family,
    Register,
    Values,
    amount,
    base,
    day,
    fields,
    gathered,
    in_unit,
    number,
    quantity,
    sheet,
    standing,
    text,
    yes_no,
)
from lianjie.facts.rules.choices import YES_NO
from lianjie.facts.rules.home_work import CAUSES
from lianjie.facts.rules.schema import Caption as C

DAY = day("day", "日期", "Day")
AGREEMENT = number("agreement", "来料加工协议号", "Agreement on home work", "來料加工協議號", example="WG003")
LOT = number("lot", "材料批次号", "Lot of the material", "材料批次號", example="CL2025-01")

OUT = sheet(
    "material_out",
    C("发料", "Material handed out", "發料"),
    N_("Material of a lot handed to somebody who works at home."),
    (number("receipt", "发料单号", "Receipt", "發料單號"), DAY, AGREEMENT, LOT, *amount(), EVIDENCE),
    ("receipt",),
)


def _out(organisation_id: int) -> Iterator[Values]:
    for row in standing(MaterialIssue, organisation_id, "agreement", "lot"):
        yield _material(row)


def _material(row: Any, *names: str) -> Values:
    return fields(row, "day", "quantity", "evidence", *names, receipt=base(row.key),
                  agreement=base(row.agreement.key), lot=base(row.lot.key), unit=row.lot.unit)  # fmt: skip


def _hand_out(rows: Sequence[Values], desk: Desk) -> object:
    lots = lots_of(rows, desk)

    def given(v: Values, place: str) -> home_work.HandingOut:
        went = in_unit(lots(v).good, lots(v).unit, v)
        return home_work.HandingOut(
            v["receipt"], v["day"], v["agreement"], v["lot"], went, v["evidence"], place
        )

    return home_work.hand_out_all(gathered(rows, desk, given), desk.books)


BROUGHT = sheet(
    "pieces_brought",
    C("交货验收", "Pieces brought", "交貨驗收"),
    N_("Pieces brought from home; defects are parted by their cause. They go into the wages from here."),
    (
        number("receipt", "验收单号", "Receipt", "驗收單號"), DAY, AGREEMENT,
        quantity("pieces_e4", "piece", "交货件数", "Pieces", "交貨件數", required=True, least=1),
        quantity("material", "piece", "次品：材料问题", "Defects: bad material", "次品：材料問題"),
        quantity("work", "piece", "次品：做工问题", "Defects: bad work", "次品：做工問題"),
        quantity("size", "piece", "次品：尺寸不符", "Defects: wrong size"),
        quantity("damage", "piece", "次品：破损", "Defects: damaged", "次品：破損"),
        quantity("other", "piece", "次品：其他", "Defects: other"), EVIDENCE,
    ),
    ("receipt",),
)  # fmt: skip


def _brought(organisation_id: int) -> Iterator[Values]:
    for row in standing(PieceReturn, organisation_id, "agreement"):
        defects = {cause: row.defects.get(cause, 0) for cause in CAUSES}
        yield fields(row, "day", "pieces_e4", "evidence", receipt=base(row.key),
                     agreement=base(row.agreement.key), **defects)  # fmt: skip


def _bring(rows: Sequence[Values], desk: Desk) -> object:
    def given(v: Values, place: str) -> home_work.BringingBack:
        defects = {cause: v[cause] for cause in CAUSES}
        kept = (v["pieces_e4"], defects, v["evidence"])
        return home_work.BringingBack(v["receipt"], v["day"], v["agreement"], *kept, place)

    return home_work.bring_back_all(gathered(rows, desk, given), desk.books)


BACK = sheet(
    "material_back",
    C("退料与损耗", "Material given back or lost", "退料與損耗"),
    N_("Material that goes back into its lot, or is lost; wages are not touched."),
    (
        number("receipt", "退料单号", "Receipt", "退料單號"), DAY, AGREEMENT, LOT, *amount(),
        yes_no("lost", YES_NO, "是否损失", "Lost", "是否損失"),
        text("account", "经过", "What happened", "經過", longest=300), EVIDENCE,
    ),
    ("receipt",),
)  # fmt: skip


def _back(organisation_id: int) -> Iterator[Values]:
    for row in standing(MaterialReturn, organisation_id, "agreement", "lot"):
        yield _material(row, "lost", "account")


def _give_back(rows: Sequence[Values], desk: Desk) -> object:
    lots = lots_of(rows, desk)

    def given(v: Values, place: str) -> home_work.GivingBack:
        came = in_unit(lots(v).good, lots(v).unit, v)
        told = (v["lost"], v["account"], v["evidence"])
        return home_work.GivingBack(v["receipt"], v["day"], v["agreement"], v["lot"], came, *told, place)

    return home_work.give_back_all(gathered(rows, desk, given), desk.books)


FAMILY = Family(
    "home-work",
    N_("Work given out to homes"),
    (
        Register(OUT, MaterialIssue, _out, _hand_out),
        Register(BROUGHT, PieceReturn, _brought, _bring),
        Register(BACK, MaterialReturn, _back, _give_back),
    ),
)
