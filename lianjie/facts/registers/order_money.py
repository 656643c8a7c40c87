"""Money under orders: deposits and payments, what was sold to the buyer, breaches, insurance."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from django.db.transaction import atomic

from lianjie.base.words import N_
from lianjie.facts.actions import order_account as actions
from lianjie.facts.actions.store import Sieve
from lianjie.facts.models import InsuranceClaim, InsurancePolicy, OrderBreach, OrderMoney, OrderSale
from lianjie.facts.registers.orders import GRADE, ORDER
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
    party,
    quantity,
    sheet,
    singly,
    standing,
    text,
)
from lianjie.facts.rules.handed import Handed
from lianjie.facts.rules.order_account import FloorsToBook
from lianjie.facts.rules.schema import Caption as C

MONEY = answers(
    ("deposit", "收取定金", "deposit taken"),
    ("set_off", "定金抵作价款", "deposit set off against the price", "定金抵作價款"),
    ("returned", "退还定金", "deposit given back", "退還定金"),
    ("doubled", "双倍返还定金", "deposit given back double", "雙倍返還定金"),
    ("kept", "不退还定金", "deposit kept", "不退還定金"),
    ("payment", "收到货款", "payment received", "收到貨款"),
    ("paid_out", "支付违约赔偿", "damages paid", "支付違約賠償"),
    ("premium", "支付保险费", "premium paid", "支付保險費"),
    ("payout", "收到保险赔款", "paid by the insurer", "收到保險賠款"),
    ("floor", "收购方补足保底收入", "floor income made good", "收購方補足保底收入"),
)
KINDS = answers(
    ("side_selling", "转卖他人", "sold to somebody else", "轉賣他人"),
    ("shortfall", "交付不足", "less than promised"),
    ("refusal", "拒收", "not taken"),
    ("late_payment", "逾期付款", "paid late"),
    ("quality", "质量不符", "bad quality", "質量不符"),
)
REMEDIES = answers(
    ("none", "不追究", "nothing"),
    ("deposit", "定金罚则", "the deposit", "定金罰則"),
    ("damages", "赔偿损失", "damages", "賠償損失"),
)
PAYERS = answers(
    ("coop", "本组织", "this organisation", "本組織"),
    ("buyer", "收购方", "the buyer", "收購方"),
    ("grower", "种植户", "the growers", "種植戶"),
    ("state", "财政补贴", "public money", "財政補貼"),
)
DAY = day("day", "日期", "Day")

MOVED = sheet(
    "order_money",
    C("订单收付", "Money under orders", "訂單收付"),
    N_(
        "Money that moved under an order. For a premium or a payout, name the policy or the claim. With "
        "floor income made good the order's floor incomes are booked, when none is yet."
    ),
    (
        number("number", "单据号", "Number", "單據號"), ORDER, DAY,
        choice("kind", MONEY, "款项", "Kind of money", "款項"),
        money("fen", "金额（元）", "Amount (yuan)", "金額（元）", required=True, least=1),
        party("party", "对方代码", "Party, when not the buyer", "對方代碼", required=False),
        number("about", "保单号或报案号", "Policy or claim", "保單號或報案號", required=False), EVIDENCE,
    ),
)  # fmt: skip


def _moved(organisation_id: int) -> Iterator[Values]:
    for row in standing(OrderMoney, organisation_id, "contract", "party"):
        insured = row.kind in ("premium", "payout")
        said = "" if insured or row.party_id == row.contract.buyer_id else row.party.code
        yield fields(row, "day", "kind", "evidence", number=base(row.key), order=base(row.contract.key),
                     fen=row.amount_fen, party=said, about=row.about if insured else "")  # fmt: skip


def _move(rows: Sequence[Values], desk: Desk) -> object:
    """The floor incomes of an order are booked with the first money the buyer made good of them."""
    sieve, of = Sieve(), desk.entry
    about = (of.source.kind, of.source.name, of.source.sha256)
    for n, v in enumerate(rows):
        if v["kind"] == "floor":
            with sieve.of(n), atomic():
                fact = Handed(FloorsToBook(v["order"], desk.today, about))
                desk.post(
                    "floors",
                    [fact],
                    organisation_id=of.organisation_id,
                    year=v["day"].year,
                    at=of.at,
                    by=of.by,
                )
    sieve.close()
    return actions.move_all(
        gathered(rows, desk, lambda v, place: actions.Moving(**v, place=place)), desk.books
    )


SOLD = sheet(
    "order_sales",
    C("订单销售", "Sold under orders", "訂單銷售"),
    N_("Crop the organisation itself handed to the buyer; without a price the order's terms give it."),
    (
        number("number", "销售单号", "Number of the sale", "銷售單號"), ORDER, DAY, GRADE,
        quantity("grams", "kg", "重量（公斤）", "Weight (kg)", required=True, least=1),
        money("fen_per_kg", "单价（元/公斤）", "Price (yuan/kg)", "單價（元/公斤）"), EVIDENCE,
    ),
)  # fmt: skip


def _sold(organisation_id: int) -> Iterator[Values]:
    for row in standing(OrderSale, organisation_id, "contract"):
        yield fields(row, "day", "grade", "grams", "fen_per_kg", "evidence", number=base(row.key),
                     order=base(row.contract.key))  # fmt: skip


def _sell(rows: Sequence[Values], desk: Desk) -> object:
    return actions.sell_all(
        gathered(rows, desk, lambda v, place: actions.Selling(**v, place=place)), desk.books
    )


BREACHES = sheet(
    "breaches",
    C("违约", "Breaches", "違約"),
    N_("An order broken by the buyer, by the organisation itself or by a household that promised."),
    (
        number("number", "违约单号", "Number of the breach", "違約單號"), ORDER, DAY,
        party("party", "违约方代码", "Who broke it", "違約方代碼"),
        choice("kind", KINDS, "违约情形", "Kind of breach", "違約情形"),
        text("account", "经过", "What happened", "經過", required=True, longest=400),
        choice("remedy", REMEDIES, "处理方式", "Remedy", "處理方式"),
        quantity("grams", "kg", "涉及重量（公斤）", "Weight (kg)", "涉及重量（公斤）"),
        money("loss_fen", "损失（元）", "Loss (yuan)", "損失（元）"),
        money("damages_fen", "赔偿（元）", "Damages (yuan)", "賠償（元）"), EVIDENCE,
    ),
)  # fmt: skip


def _breaches(organisation_id: int) -> Iterator[Values]:
    for row in standing(OrderBreach, organisation_id, "contract", "party"):
        yield fields(row, "day", "kind", "account", "remedy", "grams", "loss_fen", "damages_fen", "evidence",
                     number=base(row.key), order=base(row.contract.key), party=row.party.code)  # fmt: skip


def _break(v: Values, desk: Desk) -> object:
    return actions.break_(actions.Breaking(**v), desk.books)


POLICIES = sheet(
    "policies",
    C("保险单", "Insurance policies", "保險單"),
    N_("A policy that pays for a lost harvest under an order."),
    (
        number("number", "保单号", "Number of the policy", "保單號"), ORDER,
        text("insurer", "保险机构", "Insurer", "保險機構", required=True, longest=120),
        day("day", "保险起期", "First day", "保險起期"), day("last_day", "保险止期", "Last day", "保險止期"),
        money("premium_fen", "保险费（元）", "Premium (yuan)", "保險費（元）"),
        choice("premium_by", PAYERS, "保险费由谁承担", "Premium paid by", "保險費由誰承擔"),
        money("cover_fen", "保险金额（元）", "Cover (yuan)", "保險金額（元）", required=True, least=1),
        text("clause", "保险责任", "What it pays for", "保險責任", required=True, longest=400), EVIDENCE,
    ),
)  # fmt: skip


def _policies(organisation_id: int) -> Iterator[Values]:
    for row in standing(InsurancePolicy, organisation_id, "contract"):
        yield fields(row, "insurer", "day", "premium_fen", "premium_by", "cover_fen", "clause", "evidence",
                     number=base(row.key), order=base(row.contract.key),
                     last_day=row.until_day - timedelta(days=1))  # fmt: skip


def _insure(v: Values, desk: Desk) -> object:
    given = actions.Insuring(
        v["number"], v["order"], v["insurer"], v["day"], v["last_day"] + timedelta(days=1), v["premium_fen"],
        v["premium_by"], v["cover_fen"], v["clause"], v["evidence"],
    )  # fmt: skip
    return actions.insure(given, desk.books)


CLAIMS = sheet(
    "claims",
    C("保险报案", "Insurance claims", "保險報案"),
    N_("A loss reported to the insurer."),
    (
        number("number", "报案号", "Number of the claim", "報案號"), ORDER,
        number("policy", "保单号", "Policy", "保單號"), DAY,
        money("claimed_fen", "报损金额（元）", "Claimed (yuan)", "報損金額（元）", required=True, least=1),
        text("account", "经过", "What happened", "經過", required=True, longest=400), EVIDENCE,
    ),
)  # fmt: skip


def _claims(organisation_id: int) -> Iterator[Values]:
    for row in standing(InsuranceClaim, organisation_id, "policy__contract"):
        yield fields(row, "day", "claimed_fen", "account", "evidence", number=base(row.key),
                     order=base(row.policy.contract.key), policy=base(row.policy.key))  # fmt: skip


def _claim(v: Values, desk: Desk) -> object:
    return actions.claim(actions.Claiming(**v), desk.books)


FAMILY = Family(
    "order-money",
    N_("Money, breaches and insurance under orders"),
    (
        Register(SOLD, OrderSale, _sold, _sell),
        Register(BREACHES, OrderBreach, _breaches, singly(_break)),
        Register(POLICIES, InsurancePolicy, _policies, singly(_insure)),
        Register(CLAIMS, InsuranceClaim, _claims, singly(_claim)),
        Register(MOVED, OrderMoney, _moved, _move),
    ),
)
