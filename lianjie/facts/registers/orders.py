"""Orders: prices seen, orders signed, quantities promised and called off, deliveries priced by an order."""

from collections.abc import Iterator, Sequence

from lianjie.base.fen import Fen
from lianjie.base.words import N_
from lianjie.facts.actions import offtake
from lianjie.facts.models import CallOff, OfftakeContract, OfftakeDelivery, OfftakePromise, PriceRecord
from lianjie.facts.queries import offtake as queries
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
    decimal,
    fields,
    gathered,
    money,
    number,
    party,
    plain,
    quantity,
    scaled,
    sheet,
    singly,
    standing,
    text,
    whole,
    yes_no,
)
from lianjie.facts.rules.choices import YES_NO
from lianjie.facts.rules.offtake import OrderTerms, read_floors
from lianjie.facts.rules.schema import Caption as C

BEARERS = answers(
    ("grower", "种植户", "the growers", "種植戶"),
    ("buyer", "收购方", "the buyer", "收購方"),
    ("shared", "种植户与收购方共担", "growers and buyer together", "種植戶與收購方共擔"),
)
BACKINGS = answers(
    ("none", "无", "nothing", "無"),
    ("floor_income", "保底收入", "a floor income"),
    ("insurance", "保险", "an insurance", "保險"),
)
ORDER = number("order", "订单号", "Order", "訂單號", example="DD2025-01")
GOOD = text("good", "品种", "Good", "品種", required=True, example="苹果")
GRADE = text("grade", "等级", "Grade", "等級", longest=20, example="一级")
HOUSEHOLD = party("household", "农户代码", "Household", "農戶代碼")
MILLIONTHS = 10_000
"""Millionths of a percent."""

PRICES = sheet(
    "prices",
    C("行情价格", "Prices seen", "行情價格"),
    N_("A price seen on a day at a named place; an empty grade is a price for every grade."),
    (
        day("day", "日期", "Day"),
        text("market", "市场", "Market", "市場", required=True, longest=80),
        GOOD, GRADE,
        money("fen_per_kg", "单价（元/公斤）", "Price (yuan/kg)", "單價（元/公斤）", required=True, least=1),
        EVIDENCE,
    ),
    ("day", "market", "good", "grade"),
)  # fmt: skip


def _prices(organisation_id: int) -> Iterator[Values]:
    for row in standing(PriceRecord, organisation_id):
        yield fields(row, "day", "market", "good", "grade", "fen_per_kg", "evidence")


def _record(rows: Sequence[Values], desk: Desk) -> object:
    return offtake.record_prices(
        desk.entry, gathered(rows, desk, lambda v, place: offtake.PriceGiven(**v, place=place))
    )


ORDERS = sheet(
    "orders",
    C("收购订单", "Orders", "收購訂單"),
    N_("Orders as they were signed. A change of terms is entered on the order's own page, with a reason."),
    (
        number("number", "订单号", "Number of the order", "訂單號", example="DD2025-01"),
        party("buyer", "收购方代码", "Buyer", "收購方代碼"),
        day("signed_day", "签订日期", "Signed on", "簽訂日期"),
        day("day", "交售起", "First day", "交售起"),
        day("until_day", "交售止", "Last day", "交售止"),
        GOOD,
        quantity("grams", "kg", "数量（公斤）", "Quantity (kg)", "數量（公斤）", required=True, least=1),
        text("floors", "分级保底价", "Floors by grade", "分級保底價", required=True, longest=2000,
             help=N_("Grade, a space and yuan a kilogram; a semicolon between grades."),
             example="一级 6.80；二级 5.20"),
        text("market", "行情参照市场", "Market whose price counts", "行情參照市場", longest=80),
        decimal("premium", "行情上浮（%）", "Added to the market price (%)", "行情上浮（%）"),
        whole("market_days", "行情有效天数", "Market price counts for (days)", "行情有效天數"),
        text("same_day_market", "随行就市市场", "Market of the day", "隨行就市市場", longest=80),
        money("deposit_fen", "定金（元）", "Deposit (yuan)"),
        whole("pay_within_days", "付款期限（天）", "Paid within (days)", "付款期限（天）"),
        text("breach", "违约条款", "Breach", "違約條款", required=True, longest=400),
        choice("loss_bearer", BEARERS, "绝收由谁承担", "A lost harvest is borne by", "絕收由誰承擔"),
        text("loss_clause", "绝收条款", "Clause on a lost harvest", "絕收條款", required=True, longest=400),
        choice("backing", BACKINGS, "绝收保障", "What backs a lost harvest", "絕收保障"),
        money("floor_income_fen_per_mu", "保底收入（元/亩）", "Floor income (yuan/mu)", "保底收入（元/畝）"),
        text("insurance", "保险单", "Insurance policy", "保險單", longest=120),
        yes_no("assured", YES_NO, "印“旱涝保收”", "Print “income assured”", "印“旱澇保收”"),
        EVIDENCE,
    ),
)  # fmt: skip
TERMS = (
    "signed_day", "good", "grams", "market", "market_days", "same_day_market", "deposit_fen",
    "pay_within_days", "breach", "loss_bearer", "loss_clause", "backing", "floor_income_fen_per_mu",
    "insurance", "assured", "evidence",
)  # fmt: skip


def _orders(organisation_id: int) -> Iterator[Values]:
    for row in standing(OfftakeContract, organisation_id, "buyer"):
        floors = "；".join(f"{grade} {Fen(fen)}" for grade, fen in row.floors.items())
        yield fields(row, "day", "until_day", *TERMS, number=base(row.key), buyer=row.buyer.code,
                     floors=floors, premium=plain(row.premium_millionths, MILLIONTHS))  # fmt: skip


def _sign(v: Values, desk: Desk) -> object:
    terms = OrderTerms(
        number=v["number"], buyer=v["buyer"], start=v["day"], until=v["until_day"],
        floors=read_floors(v["floors"].replace("；", "\n").replace(";", "\n")),
        premium_millionths=scaled(v["premium"], MILLIONTHS, 4),
        **({name: v[name] for name in TERMS} | {"market_days": v["market_days"] or 7}),
    )  # fmt: skip
    return offtake.sign(desk.entry, terms)


PROMISES = sheet(
    "promises",
    C("种植承诺", "Promises", "種植承諾"),
    N_("What a household promised to grow under an order."),
    (
        ORDER, HOUSEHOLD,
        quantity("grams", "kg", "承诺数量（公斤）", "Promised (kg)", "承諾數量（公斤）",
                 required=True, least=1),
        quantity("extent_mu4", "mu", "种植面积（亩）", "Planted (mu)", "種植面積（畝）"),
        EVIDENCE,
    ),
    ("order", "household"),
)  # fmt: skip


def _promises(organisation_id: int) -> Iterator[Values]:
    for row in standing(OfftakePromise, organisation_id, "contract", "household"):
        yield fields(row, "grams", "extent_mu4", "evidence", order=base(row.contract.key),
                     household=row.household.code)  # fmt: skip


def _promise(rows: Sequence[Values], desk: Desk) -> object:
    return offtake.promise_all(
        desk.entry, gathered(rows, desk, lambda v, place: offtake.PromiseGiven(**v, place=place))
    )


CALLS = sheet(
    "call_offs",
    C("要货通知", "Call-offs", "要貨通知"),
    N_("Parts of an order the buyer asks for by a day."),
    (
        ORDER, number("call", "通知号", "Number of the call-off", "通知號"),
        day("day", "通知日期", "Asked on"), day("due_day", "应交日期", "Due", "應交日期"),
        quantity("grams", "kg", "要货数量（公斤）", "Called off (kg)", "要貨數量（公斤）",
                 required=True, least=1),
    ),
    ("order", "call"),
)  # fmt: skip


def _calls(organisation_id: int) -> Iterator[Values]:
    for row in standing(CallOff, organisation_id, "contract"):
        yield fields(row, "day", "due_day", "grams", order=base(row.contract.key), call=row.number)


def _call(rows: Sequence[Values], desk: Desk) -> object:
    return offtake.call_all(
        desk.entry, gathered(rows, desk, lambda v, place: offtake.CallGiven(**v, place=place))
    )


DELIVERIES = sheet(
    "order_deliveries",
    C("订单交售", "Deliveries under orders", "訂單交售"),
    N_("Crop handed in under an order; the order gives the price and the reason is kept."),
    (
        ORDER, number("receipt", "过磅单号", "Receipt", "過磅單號"), day("day", "交售日期", "Day"), HOUSEHOLD,
        GRADE, quantity("grams", "kg", "重量（公斤）", "Weight (kg)", required=True, least=1), EVIDENCE,
    ),
    ("receipt", "day"),
)  # fmt: skip


def _deliveries(organisation_id: int) -> Iterator[Values]:
    """As they stand now: a delivery corrected or taken back since is not what was priced."""
    for row in queries.every_priced(organisation_id):
        yield fields(row, "order", "household", "receipt", "day", "grade", "grams", "evidence")


def _take(rows: Sequence[Values], desk: Desk) -> object:
    def given(v: Values, place: str) -> tuple[str, offtake.DeliveryGiven]:
        kept = (v["receipt"], v["grade"], v["grams"], v["evidence"])
        return v["order"], offtake.DeliveryGiven(v["household"], v["day"], *kept, place)

    return offtake.take_all(desk.entry, gathered(rows, desk, given), post=desk.post)


FAMILY = Family(
    "orders",
    N_("Orders, prices and deliveries under orders"),
    (
        Register(PRICES, PriceRecord, _prices, _record),
        Register(ORDERS, OfftakeContract, _orders, singly(_sign)),
        Register(PROMISES, OfftakePromise, _promises, _promise),
        Register(CALLS, CallOff, _calls, _call),
        Register(DELIVERIES, OfftakeDelivery, _deliveries, _take),
    ),
)
