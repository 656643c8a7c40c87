"""Working days: weekends, the national holidays and the weekend days worked in their place."""

from datetime import date

import pytest

from lianjie.facts import parameters
from lianjie.facts.rules.working_days import YearNotLoaded, after, days_off

TABLE = days_off([parameters.text("holidays")])


@pytest.mark.parametrize(
    ("start", "days", "until"),
    [
        (date(2026, 3, 2), 5, date(2026, 3, 9)),  # a plain week
        (date(2026, 2, 12), 3, date(2026, 2, 24)),  # round the Spring Festival
        (date(2026, 9, 30), 1, date(2026, 10, 8)),  # the National Day holiday
        (date(2026, 10, 9), 1, date(2026, 10, 10)),  # a Saturday worked
        (date(2025, 12, 31), 1, date(2026, 1, 4)),  # over the year's end, a Sunday worked
    ],
)
def test_working_days_pass_over_holidays_and_take_the_days_made_up(start, days, until):
    assert after(start, days, "working", TABLE) == until


def test_calendar_days_need_no_table():
    assert after(date(2031, 12, 25), 15, "calendar", TABLE) == date(2032, 1, 9)


def test_a_year_without_a_table_is_not_counted_and_says_what_to_load():
    with pytest.raises(YearNotLoaded, match="2027") as refused:
        after(date(2026, 12, 30), 3, "working", TABLE)
    assert "holidays.toml" in refused.value.say()
    own = """
[[years]]
year = 2027
off = ["2027-01-01/2027-01-03"]
worked = []
source = "a notice"
"""
    loaded = days_off([parameters.text("holidays"), own])
    assert after(date(2026, 12, 30), 3, "working", loaded) == date(2027, 1, 5)


@pytest.mark.parametrize("year", sorted(TABLE.years))
def test_the_tables_fit_the_weekdays(year):
    """A day worked is a Saturday or Sunday; a year has 248 to 252 working days."""
    assert all(day.weekday() > 4 and day not in TABLE.off for day in TABLE.worked)
    days = (date.fromordinal(date(year, 1, 1).toordinal() + n) for n in range(365))
    assert 247 <= sum(TABLE.is_working(day) for day in days) <= 253
