"""Rents by their terms, from the lease to the journal, on both databases: L2."""

from contextlib import suppress
from dataclasses import replace
from datetime import date

import pytest
from django.db import DatabaseError, transaction

from lianjie.base.period import Period
from lianjie.base.refusal import Refusal, Refusals
from lianjie.facts.actions import lot_cost, offtake, rent, stock
from lianjie.facts.actions.lot_cost import Costing
from lianjie.facts.actions.stock import Books, Receiving
from lianjie.facts.actions.store import Entry, SourceGiven
from lianjie.facts.models import Lease, Parcel, Party, RentPayment, RentTerms
from lianjie.facts.queries import registers, standing
from lianjie.facts.queries import rents as queries
from lianjie.facts.queries.bookable import bookable
from lianjie.facts.queries.registers import Asked
from lianjie.facts.rules.handed import BalanceFact, Handed
from lianjie.facts.rules.in_kind import Goods
from lianjie.facts.rules.rent import Grain, Step
from lianjie.facts.rules.rent_terms import ChangeGiven, Handing
from lianjie.ledger.actions import closing, journal, posting, rents
from lianjie.ledger.actions import settlement as settle
from lianjie.ledger.models import Entry as EntryRow
from lianjie.ledger.models import Plan, Posting
from lianjie.ledger.queries import balances, payables, settlements
from lianjie.ledger.queries import rents as rents_kept
from lianjie.ledger.rules.entry import Posting as Line
from lianjie.ledger.rules.entry import entry as booked
from tests.ledger import coop
from tests.ledger.coop import AT

pytestmark = [pytest.mark.both, pytest.mark.mission("L2")]
KEY = "p1@2021-01-01"
YEAR = date(2025, 1, 1), date(2026, 1, 1)
WHEAT = Grain("wheat", 550_000, "county", (9, 1), (9, 30))


@pytest.fixture
def entry(db) -> Entry:
    made = coop.make(balances=False)
    entry = Entry(made.pk, SourceGiven("page", "test"), AT, None)
    party = Party.objects.get(code="COOP-H1")
    common = {"organisation": made, "area": made.area, "source_id": entry.source_id, "recorded_at": AT}
    parcel = Parcel.objects.create(
        key="p1",
        day=date(2020, 1, 1),
        household=party,
        code="p1",
        contract_extent_mu4=20_000,
        contract_until_day=date(2028, 1, 1),
        **common,
    )
    Lease.objects.create(
        key=KEY,
        day=date(2021, 1, 1),
        until_day=date(2027, 1, 1),
        parcel=parcel,
        lessor=party,
        extent_basis="contract",
        extent_mu4=20_000,
        rent_fen_per_mu=60_000,
        due_month=11,
        due_day_of_month=15,
        form="written",
        **common,
    )
    return entry


def agree(entry: Entry, **terms) -> None:
    found = queries.lease(entry.organisation_id, KEY)
    rent.agree(entry, KEY, replace(found.first, **terms), day=date(2021, 1, 1), evidence="contract")


def test_a_rent_in_grain_waits_for_its_price_then_is_booked_once(entry):
    agree(entry, grain=WHEAT)
    with pytest.raises(Refusal) as caught:
        rents.book_rents(entry.organisation_id, *YEAR, at=AT, by=None)
    assert caught.value.code == "RentHasNoPrice"
    assert "2025-09-01" in caught.value.say()
    assert not EntryRow.objects.filter(source__startswith="rent:").exists()
    for day, fen in ((date(2025, 9, 3), 240), (date(2025, 9, 20), 250)):
        offtake.record_price(
            entry, day=day, good="wheat", grade="", market="county", fen_per_kg=fen, evidence="board"
        )
    assert rents.book_rents(entry.organisation_id, *YEAR, at=AT, by=None) == 1
    assert rents.book_rents(entry.organisation_id, *YEAR, at=AT, by=None) == 0
    owed = Posting.objects.get(party__code="COOP-H1", entry__source__startswith="rent:")
    assert (owed.account, -owed.amount_fen) == ("114", 269_500)  # 2.45 yuan x 550 kg x 2 mu


def test_a_rise_and_years_in_advance_are_booked_as_they_fall_due(entry):
    agree(entry, step=Step(2, 100_000, compound=True), paid_years=2)
    assert rents.book_rents(entry.organisation_id, date(2021, 1, 1), date(2027, 1, 1), at=AT, by=None) == 3
    booked = dict(
        Posting.objects.filter(party__code="COOP-H1", entry__source__startswith="rent:").values_list(
            "entry__source", "amount_fen"
        )
    )
    assert booked == {
        f"rent:{KEY}:2021": -240_000,
        f"rent:{KEY}:2023": -264_000,
        f"rent:{KEY}:2025": -290_400,
    }


def test_rent_is_owed_in_full_whatever_the_household_owes(entry):
    """Set-off is refused by law (interpretation of the contract law, art. 17): no line but rent and claim."""
    rents.book_rents(entry.organisation_id, *YEAR, at=AT, by=None)
    lines = Posting.objects.filter(entry__source=f"rent:{KEY}:2025")
    assert sorted(lines.values_list("account", "amount_fen")) == [("114", -120_000), ("401", 120_000)]


def test_a_lease_handed_back_renewed_and_sub_let(entry):
    def change(*args, **more):
        return rent.change(entry, KEY, ChangeGiven(*args, **more))

    with pytest.raises(Refusal) as caught:  # a day beyond
        change("renewal", date(2026, 6, 1), date(2028, 1, 2))
    assert caught.value.code == "RenewalBeyondContract"
    assert "2027-12-31" in caught.value.say()
    with pytest.raises(Refusal) as caught:
        change("sublease", date(2027, 7, 1), taker="COOP-H2", consent="signed", evidence="x")
    assert caught.value.code == "SubleaseOutsideLease"
    change("renewal", date(2026, 6, 1), date(2028, 1, 1))
    found = queries.lease(entry.organisation_id, KEY)
    assert [each.day.year for each in queries.schedule(entry.organisation_id, found)] == list(
        range(2021, 2028)
    )
    with pytest.raises(Refusal) as caught:
        change("sublease", date(2026, 7, 1), taker="COOP-H2", consent="verbal", evidence="x")
    assert caught.value.code == "SubleaseWithoutConsent"
    change("sublease", date(2026, 7, 1), taker="COOP-H2", consent="signed", evidence="consent of 30 June")
    change("hand_back", date(2026, 9, 1))
    found = queries.lease(entry.organisation_id, KEY)
    assert found.terms.until == date(2026, 9, 1)
    assert [each.kind for each in found.changes] == ["renewal", "sublease", "hand_back"]
    rows = queries.schedule(entry.organisation_id, found)
    assert [each.day.year for each in rows] == list(range(2021, 2027))
    assert (rows[-1].fen, rows[-1].years[0].part) == (79_890, (243, 365)), "the days up to 31 August are paid"
    assert Lease.objects.get(key=KEY).until_day == date(2027, 1, 1)


def land(entry: Entry, year: int) -> list[int]:
    found = standing.standings(entry.organisation_id, Period.year(year))
    return [each.measures["land_mu"].quantity for each in found if "land_mu" in each.measures]


def test_land_counts_as_long_as_what_became_of_the_lease_says(entry):
    """A plan that shares by land must not pay for land that went back, nor forget land let on."""
    assert (land(entry, 2026), land(entry, 2027)) == ([20_000], [])
    rent.change(entry, KEY, ChangeGiven("renewal", date(2026, 6, 1), date(2028, 1, 1)))
    assert (land(entry, 2027), land(entry, 2028)) == ([20_000], [])
    assert Lease.objects.on(date(2027, 5, 1)).exists()
    rent.change(entry, KEY, ChangeGiven("hand_back", date(2025, 7, 1)))
    assert (land(entry, 2025), land(entry, 2026), land(entry, 2027)) == ([20_000], [], [])
    assert Lease.objects.on(date(2025, 6, 30)).exists()
    assert not Lease.objects.on(date(2025, 7, 1)).exists()
    row = registers.page("leases", entry.organisation_id, date(2026, 1, 1), Asked(), after="").rows[0]
    assert row.cells["until"] == date(2025, 7, 1)
    now = registers.page("leases", entry.organisation_id, date(2026, 1, 1), Asked(standing="now"), after="")
    assert not now.rows


def test_a_parcel_let_anew_within_a_year_counts_once(entry):
    first = Lease.objects.get(key=KEY)
    rent.change(entry, KEY, ChangeGiven("hand_back", date(2025, 7, 1)))
    Lease.objects.create(
        **{field.name: getattr(first, field.name) for field in Lease._meta.concrete_fields}
        | {"id": None, "key": "p1@2025-09-01", "day": date(2025, 9, 1), "extent_mu4": 18_000}
    )
    assert land(entry, 2025) == [18_000]


def test_a_register_says_the_rent_in_grain_is_none_in_money(entry):
    agree(entry, grain=WHEAT)
    row = registers.page("leases", entry.organisation_id, date(2026, 1, 1), Asked(), after="").rows[0]
    assert (row.cells["rent"], row.cells["rent_in"]) == (None, "grain")


def test_other_terms_are_a_correction_and_nothing_is_overwritten(entry):
    agree(entry, step=Step(2, 100_000, compound=True))
    agree(entry, step=Step(3, 100_000, compound=True))
    assert RentTerms.objects.count() == 2
    assert queries.lease(entry.organisation_id, KEY).terms.step.years == 3
    with pytest.raises(Refusals):
        agree(entry, step=Step(0, 1, compound=False))
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        RentTerms.objects.update(paid_years=2)


def test_a_rent_an_agent_holds_is_not_offered_to_a_batch(entry):
    rents.book_rents(entry.organisation_id, date(2026, 1, 1), date(2027, 1, 1), at=AT, by=None)
    assert [each.fen for each in payables.items(entry.organisation_id, "rent")] == [120_000]
    hop = {"day": date(2026, 11, 20), "fen": 120_000, "method": "cash", "evidence": "slip"}
    rents.pay(entry, KEY, Handing(2026, "agent", agent="COOP-H2", **hop))
    assert payables.items(entry.organisation_id, "rent") == []
    rents.pay(entry, KEY, Handing(2026, "household", agent="COOP-H2", **hop))
    assert payables.items(entry.organisation_id, "rent") == []


# A floor and a share


SHARED = """
[[step]]
name = "land_share"
label = { zh-Hans = "土地分成", en = "Share of the land" }
from = "surplus"
among = "lessors"
by = "land_sharing_mu"
percent = "5"
of = "surplus"
legal_basis = "contract_profit_share"
law = "lease"

[[group]]
name = "lessors"
label = { zh-Hans = "保底分成户", en = "households with a share" }
where = "land_sharing_mu > 0"
"""


def with_step(step: str) -> str:
    last = '[[step]]\nname = "dividend"'
    return coop.PLAN.replace(last, step + last)


def drafted(entry: Entry) -> settlements.SettlementRow:
    plan = Plan.objects.get(organisation_id=entry.organisation_id)
    return settlements.by_id(settle.draft(entry.organisation_id, 2025, plan.pk, at=AT, by=None))


def test_a_floor_and_a_share_falls_due_and_is_shared_by_the_settlement(entry):
    agree(entry, share_millionths=400_000, share_of="土地净收益")
    floor = queries.schedule(entry.organisation_id, queries.lease(entry.organisation_id, KEY))
    assert {each.fen for each in floor} == {120_000}, "the rent is the floor and falls due as ever"
    row = drafted(entry)
    plain = settlements.what_if(row, coop.PLAN)
    assert "share-not-distributed" in {each.code for each in plain.findings}
    shared = settlements.what_if(row, with_step(SHARED))
    assert "share-not-distributed" not in {each.code for each in shared.findings}
    lines = shared.outcome.step("land_share").lines
    assert [(line.recipient, line.amount_fen) for line in lines] == [("COOP-H1", 500_000)]


def test_a_share_is_said_whole_or_not_at_all(entry):
    for terms in (
        {"share_millionths": 400_000},
        {"share_of": "净收益"},
        {"share_millionths": 1_000_001, "share_of": "x"},
    ):
        with pytest.raises(Refusals, match="both how much"):
            agree(entry, **terms)


def test_rent_in_the_plan_beside_a_rent_that_falls_due_is_said(entry):
    row = drafted(entry)
    rent_step = SHARED.replace("land_sharing_mu", "land_mu").replace(
        'legal_basis = "contract_profit_share"', 'legal_basis = "rent"'
    )
    found = {each.code for each in settlements.what_if(row, coop.PLAN + rent_step).findings}
    assert "rent-twice" in found
    assert "rent-twice" not in {each.code for each in settlements.what_if(row, coop.PLAN).findings}


def owed(entry: Entry) -> dict[str, int]:
    rows = Posting.objects.filter(entry__organisation_id=entry.organisation_id, party__code="COOP-H1")
    found: dict[str, int] = {}
    for account, fen in rows.values_list("account", "amount_fen"):
        found[account] = found.get(account, 0) - fen
    return found


def test_a_rent_is_booked_anew_when_its_price_was_wrong(entry):
    """2.45 yuan stood on the board, 2.40 was entered: 550 kg x 2 mu x 2.45 = 2,695.00."""
    agree(entry, grain=WHEAT)
    price = {"good": "wheat", "grade": "", "market": "county", "evidence": "board"}
    offtake.record_price(entry, day=date(2025, 9, 3), fen_per_kg=240, **price)
    rents.book_rents(entry.organisation_id, *YEAR, at=AT, by=None)
    assert owed(entry) == {"114": 264_000}
    for reason, code in (("", "ReasonMissing"), ("again", "RentStandsAsBooked")):
        with pytest.raises(Refusal) as caught:
            rents.book_anew(entry, KEY, 2025, reason)
        assert caught.value.code == code
    offtake.record_price(entry, day=date(2025, 9, 20), fen_per_kg=250, **price)
    for _ in range(2):
        with suppress(Refusal):
            rents.book_anew(entry, KEY, 2025, "a price was missing")
    assert owed(entry) == {"114": 269_500}
    assert [each.fen for each in payables.items(entry.organisation_id, "rent")] == [269_500]
    assert rents.book_rents(entry.organisation_id, *YEAR, at=AT, by=None) == 0
    (row,) = [each for each in rents_kept.schedule(entry.organisation_id, *YEAR) if each.lease.key == KEY]
    assert (row.booked_fen, row.differs) == (269_500, False)
    rents.pay(entry, KEY, Handing(2025, "household", date(2025, 12, 1), 269_500, "bank", "slip"))
    assert owed(entry) == {"114": 0}


def test_a_rent_paid_ahead_is_counted_again_when_the_land_goes_back(entry):
    agree(entry, paid_years=3)
    rents.book_rents(entry.organisation_id, date(2024, 1, 1), date(2025, 1, 1), at=AT, by=None)
    assert owed(entry) == {"114": 360_000}
    rents.pay(entry, KEY, Handing(2024, "household", date(2024, 12, 1), 360_000, "bank", "slip"))
    rent.change(entry, KEY, ChangeGiven("hand_back", date(2025, 12, 31), evidence="paper"))
    rents.book_anew(entry, KEY, 2024, "handed back; the third year is not owed")
    assert owed(entry) == {"114": -120_000}, "paid too much, a claim on the household; nothing is set off"


def test_a_rent_booked_after_the_land_went_back_is_shown_and_taken_back_for_good(entry):
    rents.book_rents(entry.organisation_id, *YEAR, at=AT, by=None)
    withdrawn = rent.change(entry, KEY, ChangeGiven("hand_back", date(2025, 7, 1), evidence="late paper"))
    assert withdrawn.new
    (row,) = rents_kept.schedule(entry.organisation_id, *YEAR)
    assert (row.due.fen, row.booked_fen, row.differs) == (59_507, 120_000, True), "181 of 365 days"
    rents.book_anew(entry, KEY, 2025, "the land had gone back on 1 July")
    assert owed(entry) == {"114": 59_507}
    rent.change(entry, KEY, ChangeGiven("hand_back", date(2025, 1, 1), evidence="the right paper"))
    (row,) = rents_kept.over(entry.organisation_id, *YEAR)
    assert (row.due.fen, row.booked_fen, row.differs) == (0, 59_507, True)
    found = queries.lease(entry.organisation_id, KEY)
    rows = rents_kept.of_lease(entry.organisation_id, queries.schedule(entry.organisation_id, found), found)
    assert [each.year for each in rows] == [2021, 2022, 2023, 2024, 2025]
    rents.book_anew(entry, KEY, 2025, "the land had gone back")
    assert owed(entry) == {"114": 0}
    assert not rents_kept.over(entry.organisation_id, *YEAR)
    assert rents.book_rents(entry.organisation_id, *YEAR, at=AT, by=None) == 0


def test_rents_within_books_brought_in_are_neither_booked_nor_due_here(entry):
    """Those books hold cost and payment already: booked here again, the cost would stand twice."""
    brought = [Handed(BalanceFact("b1", "102", 100, 0)), Handed(BalanceFact("b2", "301", 0, 100))]
    posting.post("balance", brought, organisation_id=entry.organisation_id, year=2024, at=AT, by=None)
    both = date(2024, 1, 1), date(2026, 1, 1)
    assert rents.book_rents(entry.organisation_id, *both, at=AT, by=None) == 1
    rows = rents_kept.schedule(entry.organisation_id, *both)
    assert [(row.year, row.elsewhere, row.booked_fen) for row in rows] == [
        (2024, True, None), (2025, False, 120_000),
    ]  # fmt: skip
    with pytest.raises(Refusal) as caught:
        rents.pay(entry, KEY, Handing(2024, "household", date(2024, 12, 1), 120_000, "bank", "slip"))
    assert caught.value.code == "RentNotBooked"


def test_a_rent_handed_over_in_grain_is_all_the_years_grain_and_none_in_a_year_of_cash(entry):
    agree(entry, grain=replace(WHEAT, reset_years=2), paid_years=2, fixed_years=2, fixed_fen_per_mu=140_000)
    offtake.record_price(
        entry, day=date(2023, 9, 3), good="wheat", grade="", market="county", fen_per_kg=240, evidence="board"
    )
    rents.book_rents(entry.organisation_id, date(2021, 1, 1), date(2024, 1, 1), at=AT, by=None)
    given = Handing(2021, "household", date(2021, 12, 1), 560_000, "in_kind", "list")
    with pytest.raises(Refusal) as caught:
        rents.pay(entry, KEY, given)
    assert caught.value.code == "GrainNotAgreed"
    both = 2 * 2 * 550_000  # grams: two years of two mu
    fen = both * 240 // 1000
    day = date(2021, 1, 5)
    books = Books(entry.organisation_id, entry.source, entry.at, None, posting.post)
    stock.receive(Receiving("MC1", day, Goods("wheat", "kg", both), "harvested"), books)
    lot_cost.cost(Costing("MC1", day, 100_000, "harvest"), books)
    rents.pay(entry, KEY, replace(given, year=2023, day=date(2023, 12, 1), fen=fen, lot="MC1"))
    assert RentPayment.objects.get().quantity == both


def accounts(entry: Entry, year: int) -> dict[str, int]:
    rows = Posting.objects.filter(entry__organisation_id=entry.organisation_id, entry__day__year=year)
    found: dict[str, int] = {}
    for account, fen in rows.filter(account__in=("401", "171")).values_list("account", "amount_fen"):
        found[account] = found.get(account, 0) + fen
    return {account: fen for account, fen in found.items() if fen}


def test_years_paid_in_advance_are_charged_to_their_own_years(entry):
    """Three years of 1,200.00 paid at once: each is a cost of its own year, none of the year that pays."""
    agree(entry, paid_years=3)

    def book(year: int) -> int:
        return rents.book_rents(entry.organisation_id, date(year, 1, 1), date(year + 1, 1, 1), at=AT, by=None)

    assert [book(year) for year in (2021, 2022, 2022, 2023)] == [1, 0, 0, 0]
    assert accounts(entry, 2021) == {"401": 120_000, "171": 240_000}
    assert accounts(entry, 2022) == accounts(entry, 2023) == {"401": 120_000, "171": -120_000}
    rent.change(entry, KEY, ChangeGiven("hand_back", date(2023, 6, 1), evidence="paper"))
    rents.book_anew(entry, KEY, 2021, "the land went back in the third year")
    assert [book(year) for year in (2022, 2023)] == [0, 0]
    assert accounts(entry, 2021) == {"401": 120_000, "171": 169_644}, "151 of 365 days of the third"
    assert accounts(entry, 2022) == {"401": 120_000, "171": -120_000}
    assert accounts(entry, 2023) == {"401": 49_644, "171": -49_644}


def test_what_belongs_to_a_closed_month_is_booked_on_the_first_open_day_with_its_reason(entry):
    """A rent paid in a closed month was refused, and one entered wrongly could not be taken back."""
    organisation = entry.organisation_id
    rents.book_rents(organisation, date(2023, 1, 1), date(2025, 1, 1), at=AT, by=None)
    rents.pay(entry, KEY, Handing(2023, "household", date(2023, 11, 20), 120_000, "bank", "slip"))
    for reference in bookable(organisation, date(2020, 1, 1), date(2026, 1, 1)):
        line = Line("102", 100), Line("301", -100)
        journal.book(organisation, [booked(reference, date(2024, 1, 2), "x", *line)], at=AT, by=None)
    closing.close(organisation, date(2025, 7, 1), today=date(2026, 3, 2), reason="x", at=AT, by=None)
    shut = balances.balances(organisation, date(2025, 7, 1))
    rents.pay(entry, KEY, Handing(2024, "household", date(2024, 12, 20), 120_000, "bank", "slip"))
    rents.take_back(entry, KEY, 2023, "the slip is another household's")
    rows = EntryRow.objects.order_by("-pk").values_list("day", "own_day", "text")[:2]
    assert list(rows) == [
        (date(2025, 7, 1), date(2023, 11, 20), "the slip is another household's"),
        (date(2025, 7, 1), date(2024, 12, 20), "Rent handed over"),
    ]
    assert balances.balances(organisation, date(2025, 7, 1)) == shut
    assert owed(entry) == {"114": 120_000}


def test_a_rent_in_grain_without_a_price_keeps_no_other_household_waiting(entry):
    agree(entry, grain=WHEAT)
    parcel, lease = Parcel.objects.get(), Lease.objects.get()
    home = Party.objects.get(code="COOP-H2")
    common = {
        "organisation": lease.organisation,
        "area": lease.area,
        "source": lease.source,
        "recorded_at": AT,
    }
    land = Parcel.objects.create(
        key="p2", day=parcel.day, household=home, code="p2", contract_extent_mu4=10_000, **common
    )
    Lease.objects.create(
        key="p2@2021-01-01", day=lease.day, until_day=lease.until_day, parcel=land, lessor=home,
        extent_basis="contract", extent_mu4=10_000, rent_fen_per_mu=60_000, due_month=11,
        due_day_of_month=15, form="written", **common,
    )  # fmt: skip
    assert rents.book_rents(entry.organisation_id, *YEAR, at=AT, by=None) == 1
    assert [each.party_id for each in payables.items(entry.organisation_id, "rent")] == [home.pk]
    with pytest.raises(Refusal) as caught:
        rents.book_rents(entry.organisation_id, *YEAR, at=AT, by=None)
    assert caught.value.code == "RentHasNoPrice"
