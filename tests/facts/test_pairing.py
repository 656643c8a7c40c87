"""Pairing assistance: pledges, arrivals and their booking, projects, claims counted once. R5."""

from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from lianjie.facts.actions import market, pairing
from lianjie.facts.actions.enter import SourceGiven
from lianjie.facts.actions.glut import NoSuchPartner
from lianjie.facts.actions.pairing import Arriving, Benefiting, Pairing, Pledging, Projecting
from lianjie.facts.actions.stock import Books
from lianjie.facts.actions.withdraw import FactStillUsed
from lianjie.facts.queries import market as sales
from lianjie.facts.queries import pairing as queries
from lianjie.facts.rules import pairing as rules
from lianjie.facts.rules.market import ChannelGiven, LineGiven, OrderGiven, ProductGiven
from lianjie.ledger.actions.posting import post
from lianjie.ledger.models import Posting
from tests.ledger import coop

pytestmark = [pytest.mark.both, pytest.mark.mission("R5")]
DAY = date(2026, 3, 1)
PAIR = Pairing("JD-1", date(2025, 1, 1), "CITY", "海云市（示例）")
FUNDS = Pledging("CN-1", DAY, "JD-1", "funds", "养鸭基地资金", 50_000_000)
JOBS = Pledging("CN-2", DAY, "JD-1", "jobs", "食堂岗位", 0, 20 * 10_000, "person")
BASE = Projecting("XM-1", DAY, "JD-1", "养鸭基地", 2025)
MONEY = Arriving("DW-1", DAY, "CN-1", 30_000_000, 0, "XM-1", "special_fund", evidence="银行回单")


@pytest.fixture
def books() -> Books:
    made = coop.make(balances=False)
    given = Books(made.pk, SourceGiven("page", "pairing"), datetime(2026, 11, 1, tzinfo=UTC), None, post)
    pairing.pair(PAIR, given)
    return given


def in_ledger(books: Books, account: str) -> int:
    rows = Posting.objects.filter(entry__organisation_id=books.organisation_id, account=account, good="")
    return sum(rows.values_list("amount_fen", flat=True))


@pytest.mark.parametrize(
    ("taken_as", "account"), [("special_fund", "235"), ("donation", "311"), ("other_income", "502")]
)
def test_money_is_booked_by_what_it_is_and_taken_back(books, taken_as, account):
    pairing.pledge(FUNDS, books)
    pairing.project(BASE, books)
    assert queries.with_result(books.organisation_id) == (0, 1)
    money = replace(MONEY, taken_as=taken_as)
    assert pairing.arrive(money, books) == pairing.arrive(money, books)
    assert (in_ledger(books, "102"), in_ledger(books, account)) == (30_000_000, -30_000_000)
    assert queries.with_result(books.organisation_id) == (1, 1)
    (row,) = queries.pledges(books.organisation_id, "JD-1")
    assert (row.state, row.promised.open) == ("part", 20_000_000)
    with pytest.raises(FactStillUsed):
        pairing.take_back("pledge:CN-1", "wrong", books)
    pairing.take_back("pledgedelivery:DW-1", "wrong", books)
    assert (in_ledger(books, "102"), in_ledger(books, account)) == (0, 0)
    assert queries.with_result(books.organisation_id) == (0, 1)


def test_what_is_unclear_is_refused(books):
    pairing.pledge(JOBS, books)
    for wrong, refusal in (
        (replace(FUNDS, fen=0), rules.PledgeUnclear),
        (replace(JOBS, fen=1), rules.PledgeUnclear),
        (replace(JOBS, kind="funds"), rules.MoneyIsFunds),
        (replace(FUNDS, day=date(2024, 1, 1)), rules.PairingOver),
        (replace(FUNDS, pairing="JD-9"), NoSuchPartner),
    ):
        with pytest.raises(refusal):
            pairing.pledge(wrong, books)
    got = Arriving("DW-2", DAY, "CN-2", 0, 5 * 10_000, evidence="名册")
    for bad, refusal in (
        (replace(got, evidence=" "), rules.ArrivalNeedsEvidence),
        (replace(got, fen=1), rules.ArrivedNothing),
        (replace(got, taken_as="donation"), rules.ArrivedBookedNowhere),
    ):
        with pytest.raises(refusal):
            pairing.arrive(bad, books)
    with pytest.raises(pairing.PartnerIsNoOrganisation):
        pairing.pair(replace(PAIR, number="JD-2", partner="COOP-H1"), books)


def test_a_pairing_that_ended_takes_no_pledge_and_keeps_those_it_has(books):
    pairing.pledge(FUNDS, books)
    pairing.end("JD-1", date(2026, 6, 1), "", books)
    pairing.pledge(FUNDS, books)
    with pytest.raises(rules.PairingOver):
        pairing.pledge(replace(FUNDS, number="CN-9", day=date(2026, 6, 1)), books)
    row = queries.pairing(books.organisation_id, "JD-1")
    assert row is not None
    assert (row.until, row.pledges) == (date(2026, 6, 1), 1)
    with pytest.raises(FactStillUsed):
        pairing.take_back(row.reference, "wrong", books)


def test_benefits_are_paid_over_distinct_households_and_an_increase_needs_a_base(books):
    pairing.project(replace(BASE, base_year=None), books)
    paid = [("SY-1", "COOP-H1", 200_000), ("SY-2", "COOP-H1", 150_000), ("SY-3", "COOP-H2", 310_000)]
    for number, home, fen in paid:
        pairing.benefit(Benefiting(number, DAY, "XM-1", home, "dividend", fen), books)
    (year,) = queries.projects(books.organisation_id)[0].years
    assert (year.fen, year.households, year.each) == (660_000, 2, Fraction(330_000))
    assert year.increase_each is None
    before = Benefiting("SY-4", date(2025, 5, 1), "XM-1", "COOP-H1", "dividend", 50_000, base=True)
    with pytest.raises(rules.BaseYearMissing):
        pairing.benefit(before, books)
    pairing.project(replace(BASE, number="XM-2"), books)
    pairing.benefit(replace(before, project="XM-2"), books)
    with pytest.raises(rules.BaseTwice):
        pairing.benefit(replace(before, number="SY-5", project="XM-2"), books)
    pairing.benefit(Benefiting("SY-6", DAY, "XM-2", "COOP-H1", "dividend", 200_000), books)
    pairing.benefit(Benefiting("SY-7", DAY, "XM-2", "COOP-H2", "dividend", 90_000), books)
    (year,) = queries.projects(books.organisation_id)[1].years
    assert (year.households, year.with_base, year.increase_each) == (2, 1, 150_000)


def test_an_order_with_three_claims_is_counted_once(books):
    market.add_product(ProductGiven("DUCK", DAY, "白条鸭", "鸭"), books)
    market.add_channel(ChannelGiven("GATE", DAY, "pairing_purchase", "结对采购"), books)
    claims = (("buyer_unit", "总工会"), ("helper_province", "海云"), ("platform", "云上"))
    for number, fen, some in (("1", 60_000, claims), ("2", 15_000, claims[:1]), ("3", 9_900, ())):
        line = LineGiven("DUCK", fen, quantity=10_000)
        market.enter_order(OrderGiven("GATE", number, DAY, (line,), pairing="JD-1", claims=some), books)
    rows = queries.claimed(books.organisation_id, date(2026, 1, 1), date(2027, 1, 1))
    lines, orders, fen = rules.claimed(rows)
    assert (orders, fen) == (2, 75_000)
    assert [(who, count, part) for _, who, count, part in lines] == [
        ("总工会", 2, 75_000), ("海云", 1, 60_000), ("云上", 1, 60_000),
    ]  # fmt: skip
    behind = sales.page(books.organisation_id, claimant="总工会", year="2026").rows
    assert sum(row.money.net_fen for row in behind) == 75_000
    assert not sales.page(books.organisation_id, claimant="总工会", year="2025").rows
    assert len(sales.page(books.organisation_id, year="0000").rows) == 3
    assert queries.bought(books.organisation_id, "JD-1").fen == 84_900
