"""Bonds under contracts, leases and sub-leases: agreed, paid in, given back, forfeited."""

from collections.abc import Iterator, Sequence

from lianjie.base.words import N_
from lianjie.facts.actions import bond
from lianjie.facts.models import BondMove
from lianjie.facts.registers.register import (
    EVIDENCE,
    Desk,
    Family,
    Register,
    Values,
    answers,
    base,
    choice,
    day,
    fields,
    gathered,
    money,
    number,
    sheet,
    standing,
    text,
)
from lianjie.facts.rules.rent_terms import change_key
from lianjie.facts.rules.schema import Caption as C

ACTS = answers(
    ("agreed", "约定", "agreed", "約定"),
    ("paid", "缴纳", "paid in", "繳納"),
    ("returned", "退还", "given back", "退還"),
    ("forfeited", "没收", "forfeited", "沒收"),
)
KINDS = answers(("deposit", "押金", "deposit"), ("risk_reserve", "风险保证金", "risk reserve", "風險保證金"))
WAYS = answers(("bank", "银行账户", "bank account", "銀行賬戶"), ("cash", "现金", "cash box", "現金"))

BONDS = sheet(
    "bonds",
    C("保证金", "Bonds", "保證金"),
    N_("What happened to a bond under a contract or a lease; of a sub-lease also the day it was sub-let."),
    (
        number("number", "保证金单号", "Number", "保證金單號", example="BZJ001"), day("day", "日期", "Day"),
        number("contract", "合同编号", "Contract", "合同編號", example="HT001", required=False),
        number(
            "lease", "租约号", "Lease", "租約號", help=N_("The parcel, “@” and the first day."),
            example="D001@2024-01-01", required=False,
        ),
        day("sublet", "转租日期", "Sub-let on", "轉租日期", required=False),
        choice("act", ACTS, "事项", "What happened", "事項"),
        choice("kind", KINDS, "保证金种类", "Kind of bond", "保證金種類"),
        money("fen", "金额（元）", "Amount (yuan)", "金額（元）", required=True, least=1),
        choice("by", WAYS, "收付方式", "By"),
        text("decided_by", "决定人", "Decided by", "決定人", longest=80,
             help=N_("When it is given back or forfeited.")),
        text("grounds", "理由", "Grounds", longest=300), EVIDENCE,
    ),
)  # fmt: skip
SAID = ("day", "act", "kind", "fen", "by", "decided_by", "grounds", "evidence")


def _bonds(organisation_id: int) -> Iterator[Values]:
    for row in standing(BondMove, organisation_id, "contract", "lease", "sublease__lease"):
        let = row.sublease.lease if row.sublease else row.lease
        yield fields(
            row, *SAID, number=base(row.key), contract=base(row.contract.key) if row.contract else "",
            lease=base(let.key) if let else "", sublet=row.sublease.day if row.sublease else None,
        )  # fmt: skip


def _move(rows: Sequence[Values], desk: Desk) -> object:
    def given(v: Values, place: str) -> bond.Bonding:
        said = {name: v[name] for name in ("number", "contract", *SAID)}
        if v["sublet"] and not v["lease"]:
            raise bond.UnderOneAgreement
        under = "sublease" if v["sublet"] else "lease"
        said[under] = change_key(v["lease"], "sublease", v["sublet"]) if v["sublet"] else v["lease"]
        return bond.Bonding(**said, place=place)

    return bond.move_all(gathered(rows, desk, given), desk.books)


FAMILY = Family("bonds", N_("Bonds"), (Register(BONDS, BondMove, _bonds, _move),))
