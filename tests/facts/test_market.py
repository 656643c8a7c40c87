"""Products, channels, orders, what is given back and what is paid: facts and ledger. M1."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from lianjie.base.refusal import Refusals
from lianjie.facts.actions import market, market_back, market_paid
from lianjie.facts.actions.enter import SourceGiven
from lianjie.facts.actions.market_back import RefundGiven
from lianjie.facts.actions.market_paid import MatchGiven, PaymentGiven
from lianjie.facts.actions.stock import Books, NumberTaken
from lianjie.facts.models import OrderClaim, OrderRefund, Organisation, Party, SalesOrder
from lianjie.facts.queries import market as queries
from lianjie.facts.rules import market as rules
from lianjie.facts.rules.market import ChannelGiven, LineGiven, OrderGiven, ProductGiven
from lianjie.ledger.actions.posting import post
from lianjie.ledger.models import Posting
from tests.ledger import coop

pytestmark = [pytest.mark.both, pytest.mark.mission("M1")]
AT = datetime(2026, 11, 1, 8, tzinfo=UTC)
DAY = date(2026, 10, 10)
KG = 1_000


@pytest.fixture
def books() -> Books:
    made = coop.make(balances=False)
    buyer = Party.objects.create(
        code="SHOP", kind="organisation", name="云上拼购（示例）", area=made.area, invented=True
    )
    Organisation.objects.create(party=buyer, kind="enterprise")
    given = Books(made.pk, SourceGiven("page", "market"), AT, None, post)
    box = ProductGiven("APPLE-5", DAY, "红富士5公斤装", "apple", content=5 * KG, producer="COOP")
    market.add_product(box, given)
    market.add_product(ProductGiven("APPLE", DAY, "红富士散装", "apple"), given)
    market.add_channel(ChannelGiven("PIN", DAY, "group_buy", "拼购", "云上拼购", "SHOP"), given)
    market.add_channel(ChannelGiven("GATE", DAY, "walk_in", "门市"), given)
    return given


ORDER = OrderGiven("PIN", "20261010-1", DAY, (LineGiven("APPLE-5", 9_000, packs=3),), sent_day=DAY)


def in_ledger(books: Books, account: str, party: str = "") -> int:
    rows = Posting.objects.filter(
        entry__organisation_id=books.organisation_id, entry__posted=True, account=account, good=""
    )
    if party:
        rows = rows.filter(party__code=party)
    return sum(rows.values_list("amount_fen", flat=True))


def seen(books: Books, order: OrderGiven = ORDER) -> queries.OrderRow:
    found = queries.order(books.organisation_id, order.channel, order.number)
    assert found is not None
    return found


def test_an_order_is_entered_once_and_booked_when_it_was_sent(books):
    first = market.enter_orders([ORDER, ORDER], books)
    again = market.enter_orders([ORDER], books)
    assert (len(first.new), first.unchanged, len(again.new), again.unchanged) == (1, 1, 0, 1)
    row = seen(books)
    assert (row.state, row.money.open_fen, row.lines[0].standing.sent) == ("sent", 9_000, 15 * KG)
    assert in_ledger(books, "113", "SHOP") == 9_000
    assert in_ledger(books, "501") == -9_000
    with pytest.raises(NumberTaken):
        market.enter_order(replace(ORDER, buyer_name="李"), books)


def test_an_order_not_sent_books_nothing_and_may_be_cancelled(books):
    order = replace(ORDER, sent_day=None)
    market.enter_order(order, books)
    assert in_ledger(books, "501") == 0
    with pytest.raises(rules.RefundAboveOrder):
        market_back.give_back(RefundGiven("T1", DAY, "PIN", order.number, "refund", 100), books)
    market_back.give_back(
        RefundGiven("T1", DAY, "PIN", order.number, "cancelled", 3_000, line=1, quantity=5 * KG), books
    )
    assert (seen(books).state, seen(books).money.open_fen, in_ledger(books, "501")) == ("entered", 6_000, 0)
    with pytest.raises(rules.CancelAboveOpen):
        market_back.give_back(
            RefundGiven("T2", DAY, "PIN", order.number, "cancelled", 0, line=1, quantity=11 * KG), books
        )
    market_back.give_back(
        RefundGiven("T2", DAY, "PIN", order.number, "cancelled", 6_000, line=1, quantity=10 * KG), books
    )
    assert seen(books).state == "cancelled"


def test_what_is_given_back_lowers_income_once(books):
    market.enter_order(ORDER, books)
    back = RefundGiven("T1", date(2026, 10, 12), "PIN", ORDER.number, "short_weight", 601, 1, KG, "少一公斤")
    market_back.give_back(back, books)
    market_back.give_back(back, books)
    assert in_ledger(books, "501") == -8_399
    assert (seen(books).money.net_fen, seen(books).lines[0].standing.with_buyer) == (8_399, 14 * KG)
    with pytest.raises(rules.RefundAboveOrder):
        market_back.give_back(replace(back, number="T2", amount_fen=8_400, quantity=0), books)
    with pytest.raises(rules.GoodsBackAboveSent):
        market_back.give_back(replace(back, number="T2", amount_fen=0, quantity=14 * KG + 1), books)
    with pytest.raises(market_back.BackBeforeOrdered):
        market_back.give_back(replace(back, number="T2", day=date(2026, 10, 9)), books)
    assert OrderRefund.objects.count() == 1, "nothing was written"


def test_many_claims_are_one_order(books):
    claims = (("buyer_unit", "某局"), ("helper_province", "广东省"), ("platform", "832"))
    market.enter_order(replace(ORDER, claims=claims), books)
    market.claim_order("PIN", ORDER.number, "other", "某校", day=DAY, books=books)
    market.claim_order("PIN", ORDER.number, "other", "某校", day=DAY, books=books)
    assert (SalesOrder.objects.count(), OrderClaim.objects.count()) == (1, 4)
    assert len(queries.page(books.organisation_id).rows) == 1


def test_a_file_is_entered_whole_or_not_at_all(books):
    bad = [
        replace(ORDER, number="a/b"),
        replace(ORDER, number="2", lines=()),
        replace(ORDER, number="3", channel="NONE"),
        replace(ORDER, number="4", lines=(LineGiven("APPLE", 100, packs=1),)),
        replace(
            ORDER, number="5", lines=(LineGiven("APPLE", -1, quantity=KG), LineGiven("X", 1, quantity=1))
        ),
        replace(ORDER, number="6", sent_day=date(2026, 10, 1)),
        replace(ORDER, number="7", buyer="NOBODY", ship_to="999999", contract="C", pairing="P"),
        replace(ORDER, number="8", day=date(2027, 1, 1), sent_day=None),
    ]
    with pytest.raises(Refusals) as refused:
        market.enter_orders([ORDER, *bad], books)
    codes = [each.code for each in refused.value.refusals]
    assert sorted(codes) == sorted(
        ["OrderNumberOfChannelUnusable", "OrderWithoutLines", "NoSuchChannel", "PacksOfLooseProduct",
         "LineAmountNegative", "NoSuchProduct", "SentBeforeOrdered", "NoSuchParty", "NoSuchCounty",
         "NoSuchContract", "NoSuchPairing", "NotInTheFuture"]
    )  # fmt: skip
    assert not SalesOrder.objects.exists()


def test_payments_are_matched_in_part_and_the_rest_is_an_advance_only_when_asked(books):
    second = replace(ORDER, number="2")
    market.enter_orders([ORDER, second], books)
    paid = PaymentGiven("F1", date(2026, 10, 20), 10_000, "SHOP", matches=(MatchGiven("PIN", ORDER.number),))
    with pytest.raises(rules.AdvanceNotWanted):
        market_paid.receive_payment(paid, books)
    market_paid.receive_payment(replace(paid, keep_rest=True), books)
    market_paid.receive_payment(replace(paid, keep_rest=True), books)
    assert (in_ledger(books, "102"), in_ledger(books, "113"), in_ledger(books, "211")) == (
        10_000,
        9_000,
        -1_000,
    )
    with pytest.raises(rules.MatchAbovePayment):
        market_paid.match_payment("F1", [MatchGiven("PIN", "2", 1_001)], day=DAY, books=books)
    market_paid.match_payment("F1", [MatchGiven("PIN", "2")], day=date(2026, 10, 21), books=books)
    assert (in_ledger(books, "113"), in_ledger(books, "211")) == (8_000, 0)
    with pytest.raises(rules.MatchAboveOrder):
        market_paid.receive_payment(
            replace(paid, number="F2", matches=(MatchGiven("PIN", ORDER.number, 1),)), books
        )
    with pytest.raises(market_paid.PaymentOfAnother):
        market_paid.receive_payment(replace(paid, number="F3", payer=""), books)


def test_money_is_paid_back_only_after_it_was_given_back(books):
    market.enter_order(ORDER, books)
    match = (MatchGiven("PIN", ORDER.number),)
    market_paid.receive_payment(PaymentGiven("F1", DAY, 9_000, "SHOP", matches=match), books)
    out = PaymentGiven("F2", date(2026, 10, 13), 500, "SHOP", back=True, matches=match)
    with pytest.raises(market_paid.PaidBackTooMuch):
        market_paid.receive_payment(out, books)
    market_back.give_back(RefundGiven("T1", date(2026, 10, 12), "PIN", ORDER.number, "refund", 500), books)
    market_paid.receive_payment(out, books)
    assert (in_ledger(books, "113"), in_ledger(books, "102"), in_ledger(books, "501")) == (0, 8_500, -8_500)
    assert seen(books).money.open_fen == 0


def test_a_good_has_one_unit_whether_it_is_grown_or_sold(books):
    with pytest.raises(rules.CodeUnusable):
        market.add_product(ProductGiven("a b", DAY, "x", "apple"), books)
    from lianjie.facts.rules.in_kind import GoodCountedOtherwise

    with pytest.raises(GoodCountedOtherwise):
        market.add_product(ProductGiven("AP", DAY, "论个卖", "apple", "piece"), books)


@pytest.mark.parametrize(
    ("rule", "gross", "refunded", "orders", "fen"),
    [
        (rules.FeeRule(), 10_000, 0, 3, 0),
        (rules.FeeRule("gross", 50_000), 10_001, 5_000, 1, 500),
        (rules.FeeRule("net", 50_000), 10_010, 0, 1, 500),
        (rules.FeeRule("net", 50_000, 30), 10_000, 5_000, 2, 310),
    ],
)
def test_a_channel_keeps_its_fee(books, rule, gross, refunded, orders, fen):
    assert rules.fee(rule, orders, gross, refunded) == fen
