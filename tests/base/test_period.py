"""Periods are half-open: the last day printed is the day before `until`."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianjie.base.period import EmptyPeriod, Period

days = st.dates(date(1990, 1, 1), date(2090, 1, 1))


@st.composite
def periods(draw):
    start = draw(days)
    return Period(start, draw(st.none() | st.integers(1, 4000).map(lambda n: start + timedelta(n))))


@given(periods(), days)
def test_a_day_is_in_a_period_from_its_first_to_its_last_day(period, day):
    last = period.last_day or date.max
    assert (day in period) == (period.start <= day <= last)


@given(periods(), periods())
def test_overlap_is_mutual_and_means_a_day_in_both(a, b):
    assert a.overlaps(b) == b.overlaps(a) == (max(a.start, b.start) in a and max(a.start, b.start) in b)


def test_a_year_has_all_its_days():
    assert Period.year(2024).days == 366
    assert str(Period.year(2025)) == "2025-01-01 – 2025-12-31"
    assert not Period.year(2024).overlaps(Period.year(2025))


def test_an_empty_period_is_refused():
    with pytest.raises(EmptyPeriod, match="2025-03-05"):
        Period(date(2025, 3, 5), date(2025, 3, 5))


def test_a_running_period_has_no_last_day():
    assert Period(date(2025, 1, 1)).last_day is None
    assert str(Period(date(2025, 1, 1))) == "2025-01-01 – …"
    with pytest.raises(ValueError, match="running"):
        assert Period(date(2025, 1, 1)).days
