"""A collective's assets from the register to the books: worn, let, given away; income of the year. R3."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from lianjie.facts.actions import asset_income as money
from lianjie.facts.actions import assets, bond, stock
from lianjie.facts.actions.asset_income import Earning, Ending, LettingOut, Receiving
from lianjie.facts.actions.assets import Disposing, Registering, Using
from lianjie.facts.actions.bond import Bonding
from lianjie.facts.actions.enter import SourceGiven
from lianjie.facts.actions.stock import Books
from lianjie.facts.actions.withdraw import FactStillUsed
from lianjie.facts.models import AssetCharge, CollectiveAsset, ContractDue, ContractReceipt
from lianjie.facts.queries import asset_income as incomes
from lianjie.facts.queries import assets as queries
from lianjie.facts.rules import asset_income as income_rules
from lianjie.facts.rules import assets as rules
from lianjie.facts.rules.asset_income import Contract
from lianjie.facts.rules.assets import Asset
from lianjie.facts.rules.bond import Act
from lianjie.ledger.actions.posting import post
from lianjie.ledger.queries import collective
from lianjie.ledger.queries.balances import balances
from tests.ledger import coop

pytestmark = [pytest.mark.both, pytest.mark.mission("R3")]
AT = datetime(2026, 11, 1, 8, tzinfo=UTC)
TODAY = date(2026, 11, 1)
STORE = Asset(
    "ZC-1", "冷库", "building", "operating", date(2025, 3, 10), 12_000_001, 50_000, 120,
    origin="poverty_fund", paid="subsidy", evidence="确权移交清单",
)  # fmt: skip
LET = Contract("HT-1", "ZC-1", "COOP-H1", date(2025, 7, 1), date(2028, 7, 1), date(2025, 7, 10), 1_200_000)


@pytest.fixture
def books() -> Books:
    return Books(coop.make(balances=False).pk, SourceGiven("page", "assets"), AT, None, post)


def ledger(books: Books, day: date = date(2027, 1, 1)) -> dict[str, int]:
    return balances(books.organisation_id, day)


@pytest.fixture
def store(books) -> Books:
    assets.register(Registering(STORE, keeper="王管理员"), books)
    return books


def test_an_asset_from_a_subsidy_is_booked_with_its_fund(store):
    assert ledger(store) == {"102": -12_000_001, "151": 12_000_001, "235": 12_000_001, "311": -12_000_001}
    assets.register(Registering(STORE, keeper="王管理员"), store)
    assert CollectiveAsset.objects.count() == 1, "the same again changes nothing"
    with pytest.raises(stock.NumberTaken):
        assets.register(Registering(STORE, keeper="another"), store)


def test_months_are_charged_once_and_add_up(store):
    """(120 000.01 - 5 %) over 120 months from April: 950.00 a month, and the fen are not lost."""
    first = assets.book_due(date(2025, 12, 31), store)
    assert (first.charges, first.charged_fen) == (1, 9 * 95_000)
    assert assets.book_due(date(2025, 12, 31), store).charges == 0
    assert assets.book_due(date(2025, 6, 30), store).charges == 0, "an earlier day books nothing twice"
    assert assets.book_due(date(2026, 1, 30), store).charges == 0, "a month counts when it is over"
    assets.book_due(date(2026, 10, 31), store)
    assert ledger(store)["152"] == -19 * 95_000
    assert ledger(store)["521"] == 19 * 95_000
    row = queries.asset(store.organisation_id, "ZC-1", TODAY)
    assert row is not None
    assert row.left_fen == 12_000_001 - 19 * 95_000
    before = queries.asset(store.organisation_id, "ZC-1", date(2026, 1, 1))
    assert before is not None
    assert before.worn_fen == 9 * 95_000, "as of any day"
    with pytest.raises(stock.NotInTheFuture):
        assets.book_due(date(2026, 12, 31), store)


def test_wear_stands_in_its_own_month_and_year_however_late_it_is_booked(store):
    """It was one charge on the day asked for: last year's wear stood in this year, and a second run in the
    same month was refused, with every contract payment beside it."""
    assets.book_due(date(2026, 2, 10), store)
    by_end = {day: ledger(store, day).get("521", 0) for day in (date(2025, 5, 1), date(2026, 1, 1))}
    assert by_end == {date(2025, 5, 1): 95_000, date(2026, 1, 1): 9 * 95_000}
    assert assets.book_due(date(2026, 2, 28), store).charged_fen == 95_000, "a second run in one month"
    assert ledger(store)["521"] == 11 * 95_000


def test_the_last_month_of_a_life_takes_what_rounding_left(books):
    odd = replace(STORE, number="ZC-9", cost_fen=100_003, residual_e6=50_000, life_months=7, paid="bank")
    assets.register(Registering(replace(odd, start=date(2025, 3, 10))), books)
    assets.book_due(date(2026, 10, 31), books)
    fen = list(AssetCharge.objects.order_by("day").values_list("fen", flat=True))
    assert sum(fen) == 100_003 - 5_000
    assert (len(fen), {*fen}) == (7, {13_571, 13_572})


def test_wear_nobody_charged_before_the_books_is_charged_in_the_year_it_is_found(books):
    held = replace(STORE, paid="held", origin="held", start=date(2020, 3, 10))
    assets.register(Registering(held), books)
    assets.book_due(date(2026, 2, 28), books)
    assert "521" not in ledger(books, date(2026, 1, 1))
    assert ledger(books)["521"] == 6_745_001, "11 400 001 x 71 / 120"


def test_an_asset_that_went_earlier_keeps_no_wear_of_the_months_after(store):
    assets.book_due(date(2026, 10, 31), store)
    gone = Disposing("CZ-1", date(2026, 8, 20), "ZC-1", "lost", "成员大会", "2026-3")
    with pytest.raises(rules.ChargedAfterwards, match=r"1,900\.00"):
        assets.dispose(gone, store)
    for month in ("202610", "202609"):
        assets.take_back(f"assetcharge:ZC-1-{month}", "gone since August", store)
    assets.dispose(gone, store)
    assert ledger(store)["521"] == 17 * 95_000
    assert not {"151", "152", "154"} & ledger(store).keys()


def test_what_was_charged_wrongly_is_taken_back_and_charged_again(store):
    assets.book_due(date(2026, 9, 30), store)
    assets.take_back("assetcharge:ZC-1-202609", "wrong month", store)
    assert ledger(store)["152"] == -17 * 95_000
    assets.book_due(date(2026, 9, 30), store)
    assert ledger(store)["152"] == -18 * 95_000


def test_a_contract_is_owed_paid_and_never_paid_twice(store):
    money.let(LettingOut(LET, date(2025, 6, 20), "冷链保鲜", "承包合同"), store)
    booked = assets.book_due(date(2026, 10, 31), store)
    assert (booked.dues, booked.due_fen) == (2, 2_400_000)
    assert ledger(store)["501"] == -2_400_000
    assert ledger(store)["114"] == 2_400_000, "a member's claim stands on 114"
    money.receive(Receiving("SK-1", date(2025, 7, 9), "HT-1", 1_200_000), store)
    money.receive(Receiving("SK-1", date(2025, 7, 9), "HT-1", 1_200_000), store)
    assert ContractReceipt.objects.count() == 1
    row = incomes.contract(store.organisation_id, "HT-1", TODAY)
    assert row is not None
    assert (row.paying.owed_fen, row.state) == (1_200_000, "overdue")
    assert ledger(store)["114"] == 1_200_000
    with pytest.raises(income_rules.PaidMoreThanAgreed):
        money.receive(Receiving("SK-2", date(2026, 8, 1), "HT-1", 2_400_001), store)
    assert not ContractReceipt.objects.filter(key="SK-2").exists(), "nothing was written"
    assert queries.asset(store.organisation_id, "ZC-1", TODAY).state == "let"


def test_an_asset_is_let_once_at_a_time_and_land_in_parts(store):
    money.let(LettingOut(LET, date(2025, 6, 20)), store)
    other = {"number": "HT-2", "payer": "COOP-H2", "start": date(2027, 1, 1), "first_due": date(2027, 1, 1)}
    with pytest.raises(income_rules.MoreLetThanThere):
        money.let(LettingOut(Contract(**(LET.__dict__ | other)), date(2026, 1, 1)), store)
    land = Asset("LD-1", "后山林地", "forest_land", "operating", date(2020, 1, 1), extent_mu4=500_0000)
    assets.register(Registering(land), store)
    for number, mu, fits in (("HT-3", 300, True), ("HT-4", 200, True), ("HT-5", 1, False)):
        part = LET.__dict__ | other | {"number": number, "asset": "LD-1", "extent_mu4": mu * 10_000}
        given = LettingOut(Contract(**(part | {"until": date(2040, 1, 1)})), date(2026, 1, 1))
        if fits:
            money.let(given, store)
        else:
            with pytest.raises(income_rules.MoreLetThanThere):
                money.let(given, store)
    assert queries.worth(store.organisation_id, date(2026, 2, 1)).land_used_mu4 == 500_0000, "own use"
    found = queries.worth(store.organisation_id, date(2027, 2, 1))
    assert (found.land_mu4, found.land_used_mu4) == (500_0000, 500_0000)


def test_a_contract_that_ends_early_owes_no_later_year(store):
    money.let(LettingOut(LET, date(2025, 6, 20)), store)
    assets.book_due(date(2025, 12, 31), store)
    money.end(Ending("ZZ-1", date(2026, 6, 30), "HT-1", "承包人外出"), store)
    assert assets.book_due(date(2026, 10, 31), store).dues == 0
    with pytest.raises(money.ContractEndedAlready):
        money.end(Ending("ZZ-2", date(2026, 7, 30), "HT-1", "again"), store)
    row = incomes.contract(store.organisation_id, "HT-1", TODAY)
    assert row is not None
    assert row.paying.whole_fen == 1_200_000


@pytest.fixture
def advanced(store) -> Books:
    """12,000 yuan a year; two years paid beforehand, one of them owed when the contract ended."""
    money.let(LettingOut(LET, date(2025, 6, 20)), store)
    assets.book_due(date(2025, 12, 31), store)
    money.receive(Receiving("SK-1", date(2025, 7, 9), "HT-1", 1_200_000), store)
    money.receive(Receiving("SK-2", date(2026, 5, 1), "HT-1", 1_200_000), store)
    money.end(Ending("ZZ-1", date(2026, 6, 30), "HT-1", "承包人外出"), store)
    return store


def beyond(books: Books, day: date = TODAY) -> int:
    row = incomes.contract(books.organisation_id, "HT-1", day)
    assert row is not None
    return row.paying.beyond_fen


def test_what_was_given_beforehand_under_a_contract_that_ended_is_given_back(advanced):
    before = ledger(advanced)
    assert before["114"] == -1_200_000, "the payer's, and never income"
    assert (beyond(advanced), beyond(advanced, date(2026, 4, 30))) == (1_200_000, 0)
    back = Receiving("TK-1", date(2026, 7, 3), "HT-1", -700_000, "cash", "领条")
    for day, fen in ((date(2026, 7, 3), -1_200_001), (date(2026, 4, 30), -1), (date(2026, 7, 3), 0)):
        with pytest.raises((income_rules.GivenBackMoreThanBeyond, income_rules.ReceivedNothing)):
            money.receive(Receiving("TK-1", day, "HT-1", fen), advanced)
    money.receive(back, advanced)
    money.receive(back, advanced)
    assert ContractReceipt.objects.count() == 3, "the same again changes nothing"
    with pytest.raises(income_rules.GivenBackMoreThanBeyond):
        money.receive(Receiving("TK-2", date(2026, 7, 2), "HT-1", -500_001), advanced)
    money.receive(Receiving("TK-2", date(2026, 7, 2), "HT-1", -500_000), advanced)
    assert beyond(advanced) == 0
    with pytest.raises(income_rules.GivenBackMoreThanBeyond):
        money.receive(Receiving("TK-3", TODAY, "HT-1", -1), advanced)
    with pytest.raises(income_rules.PaidMoreThanAgreed):
        money.receive(Receiving("SK-3", TODAY, "HT-1", 1), advanced)
    after = ledger(advanced)
    assert "114" not in after
    assert (after["101"], after["102"]) == (-700_000, before["102"] - 500_000)
    assert after["501"] == before["501"]
    assert sum(after.values()) == 0
    row = incomes.contract(advanced.organisation_id, "HT-1", TODAY)
    assert row is not None
    assert [(each.kind, each.fen, each.may_go) for each in incomes.story(row)][-3:] == [
        ("ended", 0, False), ("given_back", 500_000, True), ("given_back", 700_000, True),
    ]  # fmt: skip


def test_money_that_came_in_before_the_end_may_be_entered_after_it(store):
    money.let(LettingOut(LET, date(2025, 6, 20)), store)
    money.end(Ending("ZZ-1", date(2026, 6, 30), "HT-1", "承包人外出"), store)
    for number, day, fen in (("SK-1", date(2026, 6, 30), 1_200_001), ("SK-2", date(2026, 6, 29), 3_600_001)):
        with pytest.raises(income_rules.PaidMoreThanAgreed):
            money.receive(Receiving(number, day, "HT-1", fen), store)
    money.receive(Receiving("SK-2", date(2026, 6, 29), "HT-1", 3_600_000), store)
    assert beyond(store) == 2_400_000
    money.receive(Receiving("TK-1", date(2026, 7, 3), "HT-1", -2_400_000), store)
    assert beyond(store) == 0


def test_what_rests_on_money_given_back_is_withdrawn_after_it(advanced):
    money.receive(Receiving("TK-1", date(2026, 7, 3), "HT-1", -1_200_000), advanced)
    for reference in ("contractend:ZZ-1", "contractreceipt:SK-1"):
        with pytest.raises(FactStillUsed):
            assets.take_back(reference, "wrong", advanced)
    assets.take_back("contractreceipt:TK-1", "not paid out", advanced)
    assert ledger(advanced)["114"] == -1_200_000
    assert beyond(advanced) == 1_200_000
    money.receive(Receiving("TK-1", date(2026, 7, 9), "HT-1", -1_200_000), advanced)
    assets.take_back("contractreceipt:TK-1~3", "not paid out", advanced)
    assets.take_back("contractend:ZZ-1", "it runs on", advanced)
    assert beyond(advanced) == 0, "a contract that runs on holds it for the years to come"
    with pytest.raises(income_rules.GivenBackMoreThanBeyond):
        money.receive(Receiving("TK-2", TODAY, "HT-1", -1), advanced)


def test_rows_that_come_together_are_held_against_each_other(advanced):
    both = [Receiving("SK-3", TODAY, "HT-1", 1), Receiving("TK-1", TODAY, "HT-1", -1_200_001)]
    with pytest.raises(income_rules.PaidMoreThanAgreed):
        money.receive_all(both, advanced)
    halves = [Receiving(f"TK-{n}", TODAY, "HT-1", -600_000) for n in (1, 2)]
    money.receive_all(halves, advanced)
    assert beyond(advanced) == 0
    assert "114" not in ledger(advanced)


def test_an_end_before_what_is_booked_is_refused(store):
    money.let(LettingOut(LET, date(2025, 6, 20)), store)
    assets.book_due(date(2026, 10, 31), store)
    with pytest.raises(money.DueAfterEnd):
        money.end(Ending("ZZ-1", date(2026, 6, 30), "HT-1", "承包人外出"), store)
    assert incomes.contract(store.organisation_id, "HT-1", TODAY).ended is None


def test_the_year_under_both_definitions(store):
    money.let(LettingOut(LET, date(2025, 6, 20)), store)
    assets.book_due(date(2026, 10, 31), store)
    for number, source, fen in (("SR-1", "operating", 800_000), ("SR-2", "investment", 500_000),
                                ("SR-3", "subsidy", 3_000_000), ("SR-4", "other", 10_000)):  # fmt: skip
        money.earn(Earning(number, date(2026, 5, 1), source, fen), store)
    found = incomes.year(store.organisation_id, 2026)
    assert (found.operating_fen, found.total_fen) == (2_500_000, 5_510_000)
    assert incomes.years(store.organisation_id) == [2026, 2025]
    assert ledger(store)["235"] == 12_000_001 - 3_000_000, (
        "a subsidy is a special payable, not income to share"
    )
    money.earn(Earning("SR-5", date(2026, 6, 1), "operating", 700_000, "held"), store)
    assert ledger(store)["501"] == -2_400_000 - 800_000, "what the books hold already is not booked again"
    assets.take_back("collectiveincome:SR-1", "twice", store)
    assert incomes.year(store.organisation_id, 2026).operating_fen == 2_400_000


def test_an_asset_sold_leaves_the_books_through_154(store):
    with pytest.raises(rules.DisposalNeedsDecision):
        assets.dispose(Disposing("CZ-1", date(2026, 10, 15), "ZC-1", "sold", "", ""), store)
    given = Disposing("CZ-1", date(2026, 10, 15), "ZC-1", "sold", "成员大会", "2026-3", 10_500_000)
    assets.dispose(given, store)
    assets.dispose(given, store)
    worn, found = 19 * 95_000, ledger(store)
    assert not {"151", "152", "154"} & found.keys()
    assert found["502"] == -(10_500_000 - (12_000_001 - worn))
    assert assets.book_due(date(2026, 10, 31), store).charges == 0, "the month it went is charged already"
    assert queries.asset(store.organisation_id, "ZC-1", TODAY).state == "gone"
    with pytest.raises(rules.AssetGone):
        assets.use(Using("SY-1", date(2026, 10, 20), "ZC-1", "idle"), store)
    with pytest.raises(FactStillUsed):
        assets.take_back("collectiveasset:ZC-1", "wrong", store)
    assets.take_back("assetdisposal:CZ-1", "the buyer did not pay", store)
    assert ledger(store)["151"] == 12_000_001


def test_use_over_time_as_of_any_day(store):
    assets.use(Using("SY-1", date(2025, 3, 10), "ZC-1", "own"), store)
    assets.use(Using("SY-2", date(2026, 2, 1), "ZC-1", "idle", "等待维修"), store)
    states = [queries.asset(store.organisation_id, "ZC-1", day).state
              for day in (date(2025, 5, 1), date(2026, 2, 1))]  # fmt: skip
    assert states == ["own", "idle"]
    with pytest.raises(rules.BeforeAsset):
        assets.use(Using("SY-3", date(2025, 1, 1), "ZC-1", "own"), store)


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"kind": "forest_land", "cost_fen": 0, "life_months": 0, "extent_mu4": 0}, rules.LandNeedsExtent),
        ({"kind": "waste_land", "extent_mu4": 1}, rules.LandNotWorn),
        ({"category": "household"}, rules.HouseholdAssetNotBooked),
        ({"cost_fen": 0}, rules.WorthMissing),
        ({"taken_fen": 1}, rules.DepreciationSoFarWithoutDay),
        ({"paid": "held", "taken_fen": 12_000_000, "taken_until": date(2025, 12, 31)}, rules.WornBeyondCost),
    ],
)
def test_what_cannot_be_is_refused(books, changed, refusal):
    with pytest.raises(refusal):
        assets.register(Registering(Asset(**(STORE.__dict__ | changed))), books)
    assert not CollectiveAsset.objects.exists()


def test_a_contract_can_be_taken_back_only_when_nothing_rests_on_it(store):
    money.let(LettingOut(LET, date(2025, 6, 20)), store)
    assets.book_due(date(2025, 12, 31), store)
    with pytest.raises(FactStillUsed):
        assets.take_back("assetcontract:HT-1", "wrong", store)
    assets.take_back("contractdue:HT-1-1", "wrong", store)
    assets.take_back("assetcontract:HT-1", "wrong", store)
    assert not ContractDue.objects.current().exists()
    assert incomes.contract(store.organisation_id, "HT-1", TODAY) is None


def test_income_by_source_is_what_the_books_hold(store):
    """A bond kept and an asset sold above its worth stood in the books and in neither definition."""
    money.let(LettingOut(LET, date(2025, 6, 20)), store)
    money.earn(Earning("SR-1", date(2026, 5, 1), "subsidy", 900_000), store)
    assets.book_due(date(2026, 6, 30), store)

    def bonded(number: str, act: Act, day: date, **more) -> None:
        bond.move(Bonding(number, day, act, 50_000, contract="HT-1", **more), store)

    bonded("YJ-1", "agreed", date(2026, 1, 5))
    bonded("YJ-2", "paid", date(2026, 1, 5))
    bonded("YJ-3", "forfeited", date(2026, 6, 5), decided_by="成员大会", grounds="逾期")
    money.end(Ending("ZZ-1", date(2026, 7, 1), "HT-1", "解除"), store)
    assets.dispose(
        Disposing("CZ-1", date(2026, 7, 15), "ZC-1", "sold", "成员大会", "2026-3", 12_000_000), store
    )
    found = incomes.year(store.organisation_id, 2026)
    gain = 12_000_000 - (12_000_001 - 16 * 95_000)
    assert found.by_source == {"subsidy": 900_000, "other": 50_000 + gain}
    seen = collective.year(store.organisation_id, 2026)
    assert seen is not None
    assert seen.income_fen == found.total_fen - 900_000
    rows = incomes.lines(store.organisation_id, 2026)
    assert sum(row.fen for row in rows) == found.total_fen
    assert [row.reference for row in rows if not row.may_go] == ["bondmove:YJ-3", "assetdisposal:CZ-1"]


def test_a_last_year_that_is_not_whole_is_told(store):
    """Eighteen months owe two yearly sums; whoever agreed on half of it must hear it before it falls due."""
    (told,) = income_rules.check(replace(LET, until=date(2027, 1, 1)), on_land=False)
    assert (told.code, told.details["day"]) == ("last-year-not-whole", date(2026, 7, 1))
    assert not income_rules.check(LET, on_land=False)
