"""Figures of a glut against plain sums, and what is refused. M5."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianjie.facts.rules import glut as rules
from lianjie.facts.rules.glut import Declared, Sold

pytestmark = pytest.mark.mission("M5")
START, UNTIL = date(2026, 2, 1), date(2026, 6, 1)
weights = st.integers(0, 500_000_000)
days = st.integers(-1500, 200).map(lambda n: START + timedelta(days=n))
sales = st.builds(
    Sold, days, st.sampled_from("甲乙丙"), st.just("马铃薯"), st.sampled_from(("商品薯", "")),
    st.integers(1, 10**9), st.integers(0, 10**9),
)  # fmt: skip


@st.composite
def declarations(draw):
    opening, came = draw(weights), draw(weights)
    lost = draw(st.integers(0, opening + came))
    went = draw(st.integers(0, opening + came - lost))
    day = START + timedelta(days=draw(st.integers(0, 100)))
    holder, village = draw(st.sampled_from((("H1", "甲"), ("H2", "甲"), ("H3", "乙"))))
    return Declared(
        holder, village, "马铃薯", "", START, day, opening, came, went, lost, draw(st.integers(1, 999))
    )


@given(st.lists(sales, max_size=30), st.integers(1, 4))
def test_volume_and_price_are_the_plain_sums(rows, years):
    found = rules.compared(rows, START, UNTIL, years)
    by_year = [
        [r for r in rows if date(2026 - n, 2, 1) <= r.day < date(2026 - n, 6, 1)] for n in range(years + 1)
    ]
    assert found.now.grams == sum(r.grams for r in by_year[0])
    past = [sum(r.grams for r in some) for some in by_year[1:]]
    if any(not some for some in by_year[1:]):
        assert found.volume_ratio is None
        assert found.missing == tuple(2026 - n for n in range(1, years + 1) if not by_year[n])
    else:
        assert found.volume_ratio == Fraction(found.now.grams * years, sum(past))
    if by_year[0] and by_year[1] and sum(r.fen for r in by_year[1]):
        now, before = ((sum(r.fen for r in some), sum(r.grams for r in some)) for some in by_year[:2])
        assert found.price_ratio == Fraction(now[0], now[1]) / Fraction(before[0], before[1])


@given(st.lists(declarations(), max_size=20))
def test_only_the_last_declaration_of_a_holder_counts(rows):
    last: dict[str, Declared] = {}
    for row in rows:
        if row.holder not in last or (row.day, row.at) >= (last[row.holder].day, last[row.holder].at):
            last[row.holder] = row
    found = rules.cleared(rules.latest(rows))
    opening = sum(r.opening for r in last.values())
    left = sum(r.opening + r.came - r.went - r.lost for r in last.values())
    lost = sum(r.lost for r in last.values())
    assert (found.opening, found.closing, found.lost, found.holders) == (opening, left, lost, len(last))
    assert found.share == (Fraction(opening - left - lost, opening) if opening else None)


def test_the_price_is_weighted_and_not_the_mean_of_prices():
    rows = [Sold(START, "甲", "薯", "", 900_000, 90_000), Sold(START, "甲", "薯", "", 100_000, 30_000)]
    assert rules.compared(rows, START, UNTIL, 1).now.price == 120  # (900 + 300) yuan ÷ 1,000 kg, not 2.00


def test_another_opening_for_the_same_day_is_shown():
    first = Declared("H1", "甲", "薯", "", START, START, 100, 0, 0, 0, 1)
    later = Declared("H1", "甲", "薯", "", START, UNTIL, 90, 0, 50, 0, 2)
    assert rules.differing([later, first]) == [rules.Differs("H1", "", 100, 90)]
    again = Declared("H1", "甲", "薯", "", START, UNTIL, 100, 0, 50, 0, 3)
    assert rules.differing([first, later, again]) == []


def test_the_same_days_of_a_year_without_29_february():
    assert rules.periods(date(2024, 2, 29), date(2024, 6, 1), 1)[1] == (date(2023, 3, 1), date(2023, 6, 1))


@pytest.mark.parametrize(
    ("refusal", "call"),
    [
        (rules.PlanUnclear, lambda: rules.check_plan(START, START, 1, 3)),
        (rules.PlanUnclear, lambda: rules.check_plan(START, UNTIL, 0, 3)),
        (rules.PastYearsUnclear, lambda: rules.check_plan(START, UNTIL, 1, 11)),
        (rules.OfferUnclear, lambda: rules.check_offer(0, 1, START, UNTIL)),
        (rules.SoldNothing, lambda: rules.check_sold(0, 1)),
    ],
)
def test_what_cannot_be_measured_is_refused(refusal, call):
    with pytest.raises(refusal):
        call()
