"""Under an order: deposit, sales, payment, breach, insurance; on both databases. L3."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from lianjie.facts.actions import market, market_undo, offtake
from lianjie.facts.actions import order_account as actions
from lianjie.facts.actions.offtake import DeliveryGiven
from lianjie.facts.actions.order_account import Breaking, Claiming, Insuring, Moving, Selling
from lianjie.facts.actions.stock import Books, NumberTaken
from lianjie.facts.actions.store import Entry as Entering
from lianjie.facts.actions.store import SourceGiven
from lianjie.facts.actions.withdraw import FactStillUsed
from lianjie.facts.models import Party
from lianjie.facts.queries import offtake as orders
from lianjie.facts.queries import order_account as queries
from lianjie.facts.rules import order_account as rules
from lianjie.facts.rules.market import ChannelGiven, LineGiven, OrderGiven, ProductGiven
from lianjie.facts.rules.offtake import Called, OrderTerms
from lianjie.facts.rules.order_account import Charge, Moved, Policy, Standing
from lianjie.ledger.actions.posting import post
from lianjie.ledger.models import Posting
from tests.ledger import coop

pytestmark = pytest.mark.mission("L3")
AT = datetime(2026, 1, 31, 8, tzinfo=UTC)
DAY, LAST = date(2025, 10, 8), date(2026, 1, 31)
TERMS = OrderTerms(
    number="DD1", buyer="FIRM", signed_day=date(2025, 3, 1), start=date(2025, 9, 1), until=date(2025, 12, 1),
    good="apple", grams=9_000_000, floors={"A": 500, "B": 450}, breach="20 %", loss_bearer="buyer",
    loss_clause="insured", pay_within_days=10, backing="insurance", insurance="P-1", assured=True,
)  # fmt: skip
EARNEST = 9_000 * 450 // 5


def test_the_words_are_printed_only_when_something_pays():
    policy = Policy("P-1", "insurer", TERMS.start, TERMS.until, 1, "coop", 100, "all")
    assert rules.assured(TERMS, [policy])
    for short in (
        replace(policy, start=TERMS.start + timedelta(1)),
        replace(policy, until=TERMS.until - timedelta(1)),
    ):
        assert not rules.assured(TERMS, [short])
        assert [f.code for f in rules.backing_findings(TERMS, [short])] == ["insurance-not-in-force"]
    assert not rules.assured(TERMS, [])
    assert not rules.assured(replace(TERMS, assured=False), [policy])
    assert rules.assured(replace(TERMS, backing="floor_income", floor_income_fen_per_mu=1), [])


def test_payments_meet_the_earliest_due_day_first():
    charges = [Charge("S1", DAY, DAY, "F", 100), Charge("S2", DAY, DAY + timedelta(5), "F", 50)]
    paid = [Moved("M1", DAY + timedelta(1), "payment", "F", 120)]
    assert rules.standing("F", charges, paid, DAY) == Standing("F", owed=150)
    assert rules.standing("F", charges, paid, DAY + timedelta(6)) == Standing("F", owed=30, late=30, paid=120)
    with pytest.raises(rules.MorePaidThanOrderOwes):
        rules.standing("F", charges, [*paid, Moved("M2", DAY + timedelta(2), "payment", "F", 31)])


def test_what_is_sold_takes_its_part_of_the_cost_and_the_last_kilogram_the_rest():
    sold = cost = 0
    for grams in (333, 333, 334):
        part = rules.cost_of_sale(grams, sold, cost, 1_000, 100)
        sold, cost = sold + grams, cost + part
    assert cost == 100
    assert rules.cost_of_sale(500, sold, cost, 1_000, 100) == 0, "own crop"


def test_a_call_off_is_fulfilled_open_or_late():
    assert [Called("1", DAY, 10, came).state(LAST) for came in (10, 4)] == ["fulfilled", "late"]
    assert Called("1", DAY, 10, 4).state(DAY) == "open"


def made() -> Books:
    organisation = coop.make(balances=False)
    Party.objects.create(
        code="FIRM", kind="organisation", name="果业公司（示例）", area=organisation.area, invented=True
    )
    books = Books(organisation.pk, SourceGiven("page", "order"), AT, None, post)
    offtake.sign(entry(books), TERMS)
    return books


def entry(books: Books) -> Entering:
    return Entering(books.organisation_id, books.source, AT, None)


@pytest.fixture
def books(db) -> Books:
    return made()


def booked(books: Books, *accounts: str, party: str = "", until: date = LAST) -> int:
    rows = Posting.objects.filter(
        entry__organisation_id=books.organisation_id, entry__day__lte=until, good="", account__in=accounts
    )
    if party:
        rows = rows.filter(party__code=party)
    return sum(rows.values_list("amount_fen", flat=True))


def account(books: Books, on: date = LAST):
    return queries.account(books.organisation_id, TERMS, on)


def money(books: Books, number: str, kind: str, fen: int, day: date = DAY, **more) -> str:
    return actions.move(Moving(number, "DD1", day, kind, fen, evidence="回单", **more), books)


@pytest.mark.both
def test_from_deposit_to_fulfilment(books):
    first = money(books, "Q1", "deposit", 100_000, date(2025, 3, 5))
    assert money(books, "Q1", "deposit", 100_000, date(2025, 3, 5)) == first
    assert booked(books, "211", party="FIRM") == -100_000
    for nth, kg in enumerate((600, 400), 1):
        given = DeliveryGiven("COOP-H1", DAY, f"S{nth}", "A", kg * 1_000)
        offtake.take(entry(books), "DD1", given, post=post)
    with pytest.raises(rules.SalePriceBelowOrder):
        actions.sell(Selling("X1", "DD1", DAY, "A", 500_000, 499), books)
    sale = Selling("X1", "DD1", DAY, "A", 500_000, 560, "出库单")
    assert actions.sell(sale, books) == actions.sell(sale, books)
    actions.sell(Selling("X2", "DD1", DAY, "A", 500_000), books)
    (one, two) = account(books).sales
    assert (one.amount_fen, one.cost_fen, two.amount_fen, two.cost_fen) == (
        280_000,
        250_000,
        250_000,
        250_000,
    )
    assert (one.won, [w.fen_per_kg for w in one.weighed]) == ("floor", [500])
    assert (booked(books, "501"), booked(books, "521"), booked(books, "121")) == (-530_000, 500_000, 0)
    assert account(books, DAY + timedelta(11)).buyer.late == 530_000
    money(books, "Q2", "set_off", 100_000, DAY)
    with pytest.raises(rules.MorePaidThanOrderOwes):
        money(books, "Q3", "payment", 430_001)
    money(books, "Q3", "payment", 430_000)
    buyer = account(books).buyer
    assert (buyer.deposit, buyer.owed, buyer.late, buyer.paid) == (0, 0, 0, 530_000)
    assert booked(books, "113", "211", party="FIRM") == 0
    with pytest.raises(NumberTaken):
        money(books, "Q3", "payment", 1)
    with pytest.raises(rules.MorePaidThanOrderOwes):
        actions.take_back("DD1", "ordersale:X2", "误记", books)
    actions.take_back("DD1", "ordermoney:Q3", "误记", books)
    actions.take_back("DD1", "ordersale:X2", "误记", books)
    assert booked(books, "113", party="FIRM") == 180_000
    detail = orders.order(books.organisation_id, "DD1")
    assert detail.call_offs == ()


@pytest.mark.both
def test_a_breach_takes_the_deposit_or_damages_never_both(books):
    money(books, "Q1", "deposit", EARNEST + 1_000, date(2025, 3, 5))
    with pytest.raises(rules.NoBreachBehind):
        money(books, "Q2", "kept", 100)
    refused = Breaking("B1", "DD1", DAY, "FIRM", "refusal", "拒收", "deposit", 500_000, 250_000)
    with pytest.raises(rules.DepositOrDamages):
        actions.break_(replace(refused, damages_fen=1), books)
    with pytest.raises(rules.DamagesUnsaid):
        actions.break_(replace(refused, remedy="damages"), books)
    actions.break_(refused, books)
    with pytest.raises(rules.AboveEarnestMoney):
        money(books, "Q2", "kept", EARNEST + 1)
    money(books, "Q2", "kept", EARNEST)
    money(books, "Q3", "returned", 1_000)
    assert (booked(books, "211"), booked(books, "502")) == (0, -EARNEST)
    with pytest.raises(FactStillUsed):
        actions.take_back("DD1", "orderbreach:B1", "误记", books)
    with pytest.raises(rules.DepositNotHeld):
        money(books, "Q4", "returned", 1)

    # Side-selling by a household that promised: damages, above 130 % of the loss.
    side = Breaking("B2", "DD1", DAY, "COOP-H1", "side_selling", "外卖", "damages", 100_000, 5_000, 6_501)
    with pytest.raises(rules.BreachByStranger):
        actions.break_(side, books)
    offtake.promise(entry(books), "DD1", household="COOP-H1", grams=500_000, extent_mu4=0, evidence="")
    actions.break_(side, books)
    seen = account(books)
    assert "damages-above-loss" in {f.code for f in seen.findings}
    (other,) = seen.others
    assert (other.party, other.owed) == ("COOP-H1", 6_501)
    money(books, "Q5", "payment", 6_501, party="COOP-H1")
    assert booked(books, "114", party="COOP-H1") == 0


@pytest.mark.both
def test_the_organisation_that_breaks_it_gives_the_deposit_back_double(books):
    money(books, "Q1", "deposit", 50_000, date(2025, 3, 5))
    actions.break_(Breaking("B1", "DD1", DAY, "COOP", "shortfall", "未交货", "deposit"), books)
    money(books, "Q2", "doubled", 50_000)
    assert (booked(books, "211"), booked(books, "529"), booked(books, "102")) == (0, 50_000, -50_000)
    ours = Breaking("B2", "DD1", DAY, "COOP", "quality", "次级", "damages", 0, 1_000, 1_300)
    actions.break_(ours, books)
    assert account(books).buyer.owes == 1_300
    with pytest.raises(rules.MoreThanWeOwe):
        money(books, "Q3", "paid_out", 1_301)
    money(books, "Q3", "paid_out", 1_300)
    assert account(books).buyer.owes == booked(books, "211") == 0


@pytest.mark.both
def test_an_insurance_with_premium_claim_and_payout(books):
    assert not account(books).assured
    insured = Insuring(
        "P-1", "DD1", "农险", TERMS.start, TERMS.until, 30_000, "coop", 1_000_000, "绝收按亩赔付", "保单"
    )
    assert actions.insure(insured, books) == actions.insure(insured, books)
    with pytest.raises(NumberTaken):
        actions.insure(replace(insured, cover_fen=1), books)
    assert account(books).assured
    with pytest.raises(actions.PremiumNotOurs):
        money(books, "Q1", "premium", 30_001, about="P-1")
    money(books, "Q1", "premium", 30_000, about="P-1")
    with pytest.raises(actions.NoSuchClaim):
        money(books, "Q2", "payout", 1, about="C1")
    actions.claim(Claiming("C1", "DD1", "P-1", DAY, 1_200_000, "冰雹"), books)
    with pytest.raises(rules.AboveCover):
        money(books, "Q2", "payout", 1_000_001, about="C1")
    money(books, "Q2", "payout", 900_000, about="C1")
    (policy,) = account(books).policies
    assert (policy.in_force, policy.premium_paid_fen, policy.claims[0].paid_fen) == (True, 30_000, 900_000)
    assert (booked(books, "521"), booked(books, "502")) == (30_000, -900_000)
    for reference in ("insurancepolicy:P-1", "insuranceclaim:C1"):
        with pytest.raises(FactStillUsed):
            actions.take_back("DD1", reference, "误记", books)


@pytest.mark.both
@pytest.mark.mission("M1")
def test_one_sale_is_entered_in_one_place(books):
    """On the contract's account or as a market order, whichever stands first; the other is refused."""
    market.add_product(ProductGiven("P", DAY, "苹果", "apple", content=5_000), books)
    market.add_channel(ChannelGiven("FIRM", DAY, "enterprise", "果业公司"), books)
    given = OrderGiven("FIRM", "1", DAY, (LineGiven("P", 56_000, packs=20),), buyer="FIRM", contract="DD1")
    sale = Selling("X1", "DD1", DAY, "A", 100_000, 560)
    market.enter_order(given, books)
    with pytest.raises(actions.SoldOnTheMarket, match="number 1 of 2025-10-08"):
        actions.sell(sale, books)
    assert booked(books, "501") == 0
    market_undo.take_back("salesorder:FIRM:1", "stands on the account", books)
    actions.sell(sale, books)
    with pytest.raises(market.SoldOnTheContract, match="its sale X1 of 2025-10-08"):
        market.enter_order(given, books)
    market.enter_order(replace(given, contract=""), books)
    assert booked(books, "501") == -56_000


@pytest.mark.both
def test_crop_sold_before_it_was_weighed_in_is_told_until_its_cost_is_booked(books):
    """500 kg sold first and 600 kg at 5.00 weighed in later: 2,500.00 of cost were in no entry."""
    sale = Selling("X1", "DD1", DAY, "A", 500_000)
    actions.sell(sale, books)
    assert "cost-of-sale-apart" not in [each.code for each in account(books).findings]
    offtake.take(entry(books), "DD1", DeliveryGiven("COOP-H1", DAY, "S1", "A", 600_000), post=post)
    (told,) = [each for each in account(books).findings if each.code == "cost-of-sale-apart"]
    assert str(told.details["whole"]) == "2,500.00"
    actions.take_back("DD1", "ordersale:X1", "weighed in later", books)
    actions.sell(sale, books)
    assert (booked(books, "521"), booked(books, "121")) == (250_000, 50_000)
    assert "cost-of-sale-apart" not in [each.code for each in account(books).findings]
