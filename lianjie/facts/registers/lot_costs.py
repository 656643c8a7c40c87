"""What lots cost, as a sheet."""

from collections.abc import Iterator, Sequence

from lianjie.base.words import N_
from lianjie.facts.actions import lot_cost
from lianjie.facts.models import LotCost
from lianjie.facts.registers.register import (
    EVIDENCE,
    Desk,
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
)
from lianjie.facts.rules.schema import Caption as C

LOT = number("lot", "批次号", "Lot", "批次號", example="ZY2025-01")
COST_WAYS = answers(
    ("bank", "银行转账", "bank transfer", "銀行轉帳"),
    ("cash", "现金", "cash", "現金"),
    ("owed", "赊购", "owed to who sold it", "賒購"),
    ("granted", "无偿拨给", "granted in kind", "無償撥給"),
    ("harvest", "生产成本转入", "from the costs of growing it", "生產成本轉入"),
    ("held", "已在账上", "in the books already", "已在帳上"),
)
LOT_COSTS = sheet(
    "lot_costs",
    C("批次成本", "Costs of lots", "批次成本"),
    N_("What a whole lot cost, with the lot or once the invoice is there; goods handed out cost their part."),
    (
        LOT, day("day", "日期", "Day"),
        money("amount_fen", "成本（元）", "Cost (yuan)", "成本（元）", required=True, least=1),
        choice("way", COST_WAYS, "付款方式", "How it was met", "付款方式"),
        EVIDENCE,
    ),
    ("lot",),
)  # fmt: skip


def costs(organisation_id: int) -> Iterator[Values]:
    """What stands, as the sheet has it."""
    for row in standing(LotCost, organisation_id):
        yield fields(row, "day", "amount_fen", "way", "evidence", lot=base(row.key))


def cost(rows: Sequence[Values], desk: Desk) -> object:
    """Enter rows of the sheet."""

    def given(v: Values, place: str) -> lot_cost.Costing:
        return lot_cost.Costing(v["lot"], v["day"], v["amount_fen"], v["way"], v["evidence"], place)

    return lot_cost.cost_all(gathered(rows, desk, given), desk.books)
