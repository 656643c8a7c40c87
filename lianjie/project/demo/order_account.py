"""An order of the spring of 2026 under which the herb co-op itself sells seedlings to the company: invented.

A deposit is taken and set off, deliveries are sold on, a part is paid and a part late; one household sold
elsewhere. The order of the autumn before gets the policy that backs its words.
"""

from datetime import UTC, date, datetime

from lianjie.facts.actions import offtake
from lianjie.facts.actions import order_account as actions
from lianjie.facts.actions.offtake import DeliveryGiven
from lianjie.facts.actions.order_account import Breaking, Claiming, Insuring, Moving, Selling
from lianjie.facts.actions.stock import Books
from lianjie.facts.actions.store import SourceGiven
from lianjie.facts.queries import offtake as queries
from lianjie.facts.rules.offtake import OrderTerms
from lianjie.ledger.actions.posting import post
from lianjie.project.demo import herb
from lianjie.project.demo.people import homes

NUMBER, INSURED, YEAR = "DD2026-01", "DD2025-02", 2026
INSURER = "云岭农险（示例）"
TERMS = OrderTerms(
    number=NUMBER,
    buyer=herb.COMPANY,
    signed_day=date(YEAR, 2, 16),
    start=date(YEAR, 3, 1),
    until=date(YEAR, 7, 1),
    good="黄精种苗",
    grams=6_000_000,
    floors={"一级苗": 2_400, "二级苗": 1_900},
    deposit_fen=2_000_000,
    pay_within_days=15,
    breach="任何一方违约，按未履行部分货款的百分之十支付违约金",
    loss_bearer="buyer",
    loss_clause="因灾绝苗的，由收成保险按实赔付",
    backing="insurance",
    insurance=f"{INSURER} 2026-YH-0107",
    assured=True,
    evidence="订单合同原件（示例）",
)
GROWERS = 3


def add(organisation_id: int) -> None:
    """Enter it. Doing it again changes nothing."""
    if queries.standing_order(organisation_id, NUMBER) is not None:
        return
    source = SourceGiven("demo", f"{herb.CODE} order {NUMBER}")
    books = Books(organisation_id, source, datetime(YEAR, 6, 1, 1, 0, tzinfo=UTC), None, post)
    offtake.sign(books.entry, TERMS)
    _insured(books)
    growers = homes("SH", GROWERS)
    for home in growers:
        offtake.promise(
            books.entry,
            NUMBER,
            household=home.code,
            grams=700_000,
            extent_mu4=15_000,
            evidence="承诺书（示例）",
        )
    for call, due_day in (("1", date(YEAR, 4, 15)), ("2", date(YEAR, 6, 20))):
        asked = date(YEAR, 3, 20)
        offtake.call_off(books.entry, NUMBER, call=call, day=asked, due_day=due_day, grams=900_000)
    _money(books, "SK2026-01", "deposit", date(YEAR, 2, 20), 2_000_000)
    for nth, home in enumerate(growers, 1):
        given = DeliveryGiven(
            home.code, date(YEAR, 4, 8), f"ZM{YEAR}-{nth}", "一级苗", 420_000, "过磅单（示例）"
        )
        offtake.take(books.entry, NUMBER, given, post=post)
    actions.sell(
        Selling("CK2026-01", NUMBER, date(YEAR, 4, 10), "一级苗", 800_000, 2_760, "出库单（示例）"), books
    )
    actions.sell(
        Selling("CK2026-02", NUMBER, date(YEAR, 5, 12), "一级苗", 400_000, 2_760, "出库单（示例）"), books
    )
    _money(books, "SK2026-02", "set_off", date(YEAR, 4, 11), 2_000_000)
    _money(books, "SK2026-03", "payment", date(YEAR, 4, 22), 208_000)
    actions.break_(
        Breaking(
            "WY2026-01", NUMBER, date(YEAR, 5, 20), growers[2].code, "side_selling",
            "承诺的种苗部分卖给了过路客商",
            "damages", 200_000, 72_000, 48_000, "村委会情况说明（示例）",
        ),
        books,
    )  # fmt: skip


def _insured(books: Books) -> None:
    autumn = Insuring(
        "2025-YH-0312", INSURED, INSURER, date(2025, 9, 1), date(2026, 1, 1), 360_000, "buyer", 20_000_000,
        "因灾绝收的，每亩赔付一千元", "保单（示例）",
    )  # fmt: skip
    spring = Insuring(
        "2026-YH-0107", NUMBER, INSURER, date(YEAR, 2, 20), date(YEAR, 8, 1), 90_000, "coop", 6_000_000,
        "因灾绝苗的，按实有损失赔付", "保单（示例）",
    )  # fmt: skip
    actions.insure(autumn, books)
    actions.insure(spring, books)
    _money(books, "ZF2026-01", "premium", date(YEAR, 2, 20), 90_000, "2026-YH-0107")
    claim = Claiming("BA2026-01", NUMBER, "2026-YH-0107", date(YEAR, 3, 18), 150_000, "倒春寒冻坏两亩苗床")
    actions.claim(claim, books)
    _money(books, "SK2026-04", "payout", date(YEAR, 4, 25), 120_000, "BA2026-01")


def _money(books: Books, number: str, kind: str, day: date, fen: int, about: str = "") -> None:
    given = Moving(number, NUMBER, day, kind, fen, about=about, evidence="银行回单（示例）")
    actions.move(given, books)
