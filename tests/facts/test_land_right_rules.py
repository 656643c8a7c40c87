"""Land rights put in as capital lose their worth in equal months: L2."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianjie.base.period import month_of
from lianjie.facts.rules.land_right import LandRight, to_book, used_up

pytestmark = pytest.mark.mission("L2")
DAYS = st.dates(date(2020, 1, 1), date(2022, 12, 31))
RIGHTS = st.builds(
    LandRight, DAYS, st.dates(date(2023, 1, 1), date(2026, 1, 1)), st.integers(-(10**9), 10**9).filter(bool)
)
FIRST, END = month_of(date(2020, 1, 1)), month_of(date(2027, 1, 1))


def test_eleven_years_of_the_huanan_land_are_132_equal_months():
    """HLJ-HUANAN-LANDVALUE: 9,596,400 yuan for eleven years are 72,700 yuan a month."""
    right = LandRight(date(2017, 1, 1), date(2028, 1, 1), 959_640_000)
    booked = dict(to_book([right], {}, month_of(date(2010, 1, 1)), END + 60, -1))
    assert set(booked.values()) == {7_270_000}
    assert (min(booked), max(booked), len(booked)) == (
        month_of(date(2017, 1, 1)), month_of(date(2027, 12, 31)), 132
    )  # fmt: skip


def test_a_right_of_less_than_a_month_is_written_off_in_it():
    right = LandRight(date(2026, 5, 3), date(2026, 5, 20), 100)
    assert dict(to_book([right], {}, FIRST, END, -1)) == {month_of(date(2026, 5, 1)): 100}


@given(st.lists(RIGHTS, max_size=4), st.integers(FIRST, END))
def test_months_add_up_to_the_worth_wherever_booking_stopped(rights, stop):
    booked = dict(to_book(rights, {}, FIRST, stop, -1))
    rest = dict(to_book(rights, booked, FIRST, END, -1))
    assert not booked.keys() & rest.keys()
    assert sum(booked.values()) + sum(rest.values()) == sum(each.fen for each in rights)
    assert booked == {m: fen for m, fen in to_book(rights, {}, FIRST, END, -1) if m < stop}


@given(st.lists(RIGHTS, max_size=3), st.lists(RIGHTS, max_size=3), st.integers(FIRST, END - 1))
def test_what_is_corrected_later_is_made_good(before, after, stop):
    booked = dict(to_book(before, {}, FIRST, stop, -1))
    rest = dict(to_book(after, booked, FIRST, END, -1))
    assert not booked.keys() & rest.keys()
    assert sum(booked.values()) + sum(rest.values()) == sum(each.fen for each in after)


@given(st.lists(RIGHTS, max_size=4), st.integers(FIRST, END))
def test_books_brought_in_hold_what_came_before(rights, kept):
    mine = dict(to_book(rights, {}, FIRST, END, kept))
    assert all(month > kept for month in mine)
    assert sum(mine.values()) == sum(each.fen - used_up(each, kept) for each in rights)


@given(RIGHTS, st.integers(FIRST, END - 1))
def test_a_right_given_back_at_what_is_left_is_written_off_no_more(right, month):
    left = right.fen - used_up(right, month)
    back = LandRight(date((month + 1) // 12, (month + 1) % 12 + 1, 1), right.until, -left)
    if back.fen and month_of(back.start) < month_of(right.until):
        both = sum(fen for _, fen in to_book([right, back], {}, FIRST, END, -1))
        assert both == used_up(right, month)
