"""Rents that rise, rents in grain, years paid in advance, leases handed back and renewed: L2."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianjie.base.refusal import Refusal
from lianjie.facts.rules import rent_terms
from lianjie.facts.rules.asset_income import years_on
from lianjie.facts.rules.offtake import PriceSeen
from lianjie.facts.rules.rent import Change, Grain, LeaseTerms, Step, changed, due, yearly_rent
from lianjie.facts.rules.rent_terms import ChangeGiven, Sublet

pytestmark = pytest.mark.mission("L2")

LEASE = LeaseTerms(
    "lease:BD1@2015-01-01", "H1", True, date(2015, 1, 1), date(2035, 1, 1), 20_000, 60_000, 11, 15
)
WHEAT = Grain("小麦", 550_000, "县粮食市场", (9, 1), (9, 30))
DAY = date(2020, 1, 1)
EVER = date(2000, 1, 1), date(2060, 1, 1)


def seen(day: date, fen: int) -> PriceSeen:
    return PriceSeen(f"pricerecord:{day}", day, "县粮食市场", "", fen)


def by_year(lease: LeaseTerms, prices=()) -> dict[int, int | None]:
    return {each.day.year: each.fen for each in due(lease, *EVER, prices)}


def test_ten_percent_every_five_years_as_in_gz_yinhu():
    """“+10 % on base every 5 years”: whether it compounds is not said there, so the lease must say it."""
    simple = by_year(replace(LEASE, step=Step(5, 100_000, compound=False)))
    assert [simple[year] for year in (2015, 2019, 2020, 2025, 2030)] == [
        120_000,
        120_000,
        132_000,
        144_000,
        156_000,
    ]
    compound = by_year(replace(LEASE, step=Step(5, 100_000, compound=True)))
    assert [compound[year] for year in (2015, 2019, 2020, 2025, 2030)] == [
        120_000,
        120_000,
        132_000,
        145_200,
        159_720,
    ]


def test_where_a_grade_is_agreed_on_only_its_prices_count():
    """A dearer grade, and a price of which nobody said the grade, change nothing; alone they are no price."""
    graded = replace(LEASE, grain=replace(WHEAT, grade="三等"))
    prices = [
        replace(seen(date(2020, 9, 1), fen), grade=grade)
        for fen, grade in ((240, "三等"), (262, "三等"), (300, "一等"), (290, ""))
    ]
    year = date(2020, 1, 1), date(2021, 1, 1)
    (found,) = due(graded, *year, prices)
    assert found.fen == 276_100  # 2.51 yuan a kg x 550 kg x 2 mu
    assert (found.years[0].window.good, len(found.years[0].window.seen)) == ("小麦 三等", 2)
    (without,) = due(graded, *year, prices[2:])
    assert without.fen is None
    (every,) = due(replace(LEASE, grain=WHEAT), *year, prices)
    assert every.fen == 300_300, "no grade agreed: the mean of all, 2.73 yuan"


def test_wheat_at_the_mean_of_a_window_taken_anew_every_three_years_after_three_fixed_ones():
    """1,100 jin of wheat a mu, the first three years fixed at 1,400 yuan, reset every three years."""
    lease = replace(LEASE, grain=replace(WHEAT, reset_years=3), fixed_years=3, fixed_fen_per_mu=140_000)
    prices = [seen(date(2018, 9, 1), 240), seen(date(2018, 9, 30), 261), seen(date(2018, 10, 1), 999)]
    found = list(due(lease, date(2015, 1, 1), date(2022, 1, 1), prices))
    assert [each.fen for each in found] == [
        280_000,
        280_000,
        280_000,
        275_550,  # 2.505 yuan a kg x 550 kg x 2 mu
        275_550,
        275_550,
        None,
    ]
    assert [year.kind for each in found for year in each.years] == ["fixed"] * 3 + ["grain"] * 4
    window = found[3].years[0].window
    assert (window.first, window.last, window.mean) == (date(2018, 9, 1), date(2018, 9, 30), Fraction(501, 2))
    assert found[6].years[0].window.first == date(2021, 9, 1)


def test_the_window_may_be_that_of_the_year_before_and_turn_the_year():
    grain = replace(WHEAT, window_first=(12, 1), window_last=(1, 31), years_before=1)
    (found, *_) = due(replace(LEASE, grain=grain), *EVER, [])
    assert (found.years[0].window.first, found.years[0].window.last) == (date(2014, 12, 1), date(2015, 1, 31))


def test_years_paid_in_advance():
    lease = replace(LEASE, until=date(2023, 1, 1), paid_years=3, step=Step(5, 100_000, compound=False))
    assert by_year(lease) == {2015: 360_000, 2018: 120_000 * 2 + 132_000, 2021: 264_000}


leases = st.builds(
    replace,
    st.just(LEASE),
    start=st.dates(date(2010, 1, 1), date(2020, 1, 1)),
    until=st.none() | st.dates(date(2021, 1, 1), date(2040, 1, 1)),
    extent_mu4=st.integers(1, 10**6),
    rent_fen_per_mu=st.integers(1, 10**6),
    due_month=st.integers(1, 12),
    due_day_of_month=st.integers(1, 31),
    step=st.none() | st.builds(Step, st.integers(1, 6), st.integers(1, 10**6), st.booleans()),
    fixed_years=st.integers(0, 4),
    fixed_fen_per_mu=st.integers(1, 10**6),
    paid_years=st.integers(1, 4),
    grain=st.none()
    | st.builds(replace, st.just(WHEAT), reset_years=st.integers(1, 5), years_before=st.integers(0, 1)),
)
prices = st.lists(
    st.builds(seen, st.dates(date(2009, 9, 1), date(2040, 9, 30)), st.integers(1, 10**4)), max_size=30
)


@given(leases, prices, st.lists(st.dates(date(2010, 1, 1), date(2045, 1, 1)), max_size=6))
def test_the_schedule_is_the_same_asked_at_once_or_bit_by_bit(lease, seen_prices, cuts):
    at = [EVER[0], *sorted(cuts), EVER[1]]
    bit_by_bit = [each for first, until in pairwise(at) for each in due(lease, first, until, seen_prices)]
    at_once = list(due(lease, *EVER, seen_prices))
    assert bit_by_bit == at_once == list(due(lease, *EVER, seen_prices[::-1]))
    assert all(lease.start <= each.day for each in at_once)
    assert all(lease.until is None or each.day < years_on(lease.until, 1) for each in at_once)


@given(leases, prices)
def test_paying_in_advance_changes_no_figure(lease, seen_prices):
    lease = replace(lease, until=lease.until or date(2040, 1, 1))
    yearly = {each.day.year: each.fen for each in due(replace(lease, paid_years=1), *EVER, seen_prices)}
    for each in due(lease, *EVER, seen_prices):
        parts = [yearly.get(year.year, 0) for year in each.years]
        assert each.fen == (None if None in parts else sum(parts))


@given(leases, st.dates(date(2021, 1, 1), date(2040, 1, 1)))
def test_a_hand_back_keeps_what_fell_due_and_owes_the_days_after_the_last_whole_year(lease, day):
    plain = {"grain": None, "step": None, "fixed_years": 0, "paid_years": 1, "until": None}
    lease = replace(lease, extent_mu4=20_000, rent_fen_per_mu=60_000, **plain)
    whole = yearly_rent(lease.extent_mu4, lease.rent_fen_per_mu)
    found = list(due(changed(lease, [Change("hand_back", day)]), *EVER))
    kept = [each for each in found if each.day < day]
    assert kept == [each for each in due(lease, *EVER) if each.day < day]
    last_begun = years_on(lease.start, len(kept))
    if last_begun >= day:
        assert found == kept
    else:
        (last,) = found[len(kept) :]
        (of,) = last.years
        assert of.part == ((day - last_begun).days, (years_on(lease.start, len(kept) + 1) - last_begun).days)
        assert abs((last.fen or 0) - Fraction(whole * of.part[0], of.part[1])) <= 1


def test_the_days_before_a_hand_back_are_paid_on_the_usual_day():
    """2 mu x 600.00, from 1 January, due on 15 November, back on 1 July 2023: 181 of 365 days are 595.07."""
    lease = replace(
        LEASE, start=date(2021, 1, 1), until=date(2027, 1, 1), extent_mu4=20_000, rent_fen_per_mu=60_000,
        due_month=11, due_day_of_month=15,
    )  # fmt: skip
    back = changed(lease, [Change("hand_back", date(2023, 7, 1))])
    assert [(each.day, each.fen) for each in due(back, *EVER)][1:] == [
        (date(2022, 11, 15), 120_000),
        (date(2023, 11, 15), 59_507),
    ]
    ahead = replace(back, due_month=1)
    assert by_year(ahead) == {2021: 120_000, 2022: 120_000, 2023: 120_000}, "due before it: it stands whole"
    assert by_year(replace(lease, until=date(2023, 7, 1))) == {2021: 120_000, 2022: 120_000, 2023: 59_507}


def test_what_became_of_a_lease_is_folded_in_the_order_of_the_days():
    renewed = Change("renewal", date(2034, 6, 1), date(2040, 1, 1))
    back = Change("hand_back", date(2037, 3, 1))
    assert changed(LEASE, [back, renewed]).until == date(2037, 3, 1)
    assert changed(LEASE, [renewed]).until == date(2040, 1, 1)
    assert changed(LEASE, []).until == LEASE.until


@pytest.mark.parametrize(
    ("terms", "codes"),
    [
        ({"grain": WHEAT}, []),
        ({"grain": replace(WHEAT, market=" ")}, ["GrainUnsaid"]),
        ({"grain": replace(WHEAT, window_last=(11, 15))}, ["WindowAfterDue"]),
        ({"grain": replace(WHEAT, window_last=(12, 31), years_before=1)}, []),
        ({"grain": WHEAT, "paid_years": 2}, ["GrainPaidAhead"]),
        ({"grain": replace(WHEAT, reset_years=4), "paid_years": 2}, []),
        ({"step": Step(0, 100_000, False)}, ["StepUnsaid"]),
        ({"fixed_years": 2}, ["FixedUnsaid"]),
    ],
)
def test_what_may_be_agreed_on_a_rent(terms, codes):
    assert [each.code for each in rent_terms.refusals(replace(LEASE, **terms))] == codes


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (ChangeGiven("hand_back", date(2015, 1, 1)), "HandBackOutsideLease"),
        (ChangeGiven("hand_back", date(2035, 1, 1)), "HandBackOutsideLease"),
        (ChangeGiven("renewal", date(2034, 1, 1), date(2035, 1, 1)), "RenewalShortens"),
        (ChangeGiven("renewal", date(2034, 1, 1), date(2038, 1, 2)), "RenewalBeyondContract"),
        (ChangeGiven("sublease", DAY, None, "E1", "verbal", "x"), "SubleaseWithoutConsent"),
        (ChangeGiven("sublease", DAY, None, "E1", "signed"), "SubleaseWithoutConsent"),
    ],
)  # fmt: skip
def test_what_may_not_become_of_a_lease(change, code):
    with pytest.raises(Refusal) as caught:
        rent_terms.refuse_change(LEASE, change, date(2038, 1, 1))
    assert caught.value.code == code


def test_a_lawful_change_passes():
    for change in (
        ChangeGiven("hand_back", date(2034, 12, 31)),
        ChangeGiven("renewal", date(2034, 1, 1), date(2038, 1, 1)),
        ChangeGiven("sublease", date(2020, 1, 1), taker="E1", consent="signed", evidence="同意书"),
    ):
        rent_terms.refuse_change(LEASE, change, date(2038, 1, 1))


def test_a_long_lease_that_is_only_spoken_is_a_finding():
    (found,) = rent_terms.findings(LEASE, "verbal")
    assert found.law == "Rural Land Contract Law, art. 40"
    assert not rent_terms.findings(LEASE, "written")
    assert not rent_terms.findings(replace(LEASE, until=LEASE.start + timedelta(days=365)), "verbal")


def test_a_mean_that_is_no_whole_fen_is_rounded_once_at_the_end():
    assert yearly_rent(33_333, Fraction(501, 2)) == 835  # 3.3333 x 250.5 = 834.99


def test_a_sub_lease_that_outlives_the_lease_and_two_at_a_time_are_told():
    first = Sublet("王二", date(2020, 1, 1), date(2030, 1, 1))
    other = Sublet("李三", date(2025, 1, 1), None)
    lease = replace(LEASE, until=date(2028, 7, 1))
    assert [each.code for each in rent_terms.findings(lease, "written", [other, first])] == [
        "sublease-outlives-lease",
        "sublet-twice",
    ]
    assert not rent_terms.findings(lease, "written", [other])
    assert not rent_terms.findings(replace(lease, until=first.until), "written", [first])
