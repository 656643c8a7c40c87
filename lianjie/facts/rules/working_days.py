"""Days counted as the calendar has them, or only working ones: weekends, holidays, days made up for."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_

COUNTED = {"calendar": N_("calendar days"), "working": N_("working days")}
ONE = timedelta(days=1)


class YearNotLoaded(Refusal):
    what = N_("Working days of {year} cannot be counted: its holidays are not loaded.")
    fix = N_(
        "Add a table for {year} to holidays.toml in the folder of the data, from the State Council's notice"
        " of that year, or count calendar days."
    )


@dataclass(frozen=True)
class DaysOff:
    """Holidays, weekend days that are worked, and the years both are known of."""

    off: frozenset[date]
    worked: frozenset[date]
    years: frozenset[int]

    def is_working(self, day: date) -> bool:
        """Refuses with YearNotLoaded."""
        if day.year not in self.years:
            raise YearNotLoaded(year=day.year)
        return day in self.worked or (day.weekday() < 5 and day not in self.off)


def days_off(texts: Iterable[str]) -> DaysOff:
    """The table the parameter files hold together; a later file's year counts."""
    years = {row["year"]: row for text in texts for row in tomllib.loads(text)["years"]}
    off = {day for row in years.values() for span in row["off"] for day in _days(span)}
    worked = {date.fromisoformat(day) for row in years.values() for day in row["worked"]}
    return DaysOff(frozenset(off), frozenset(worked), frozenset(years))


def after(start: date, days: int, counted: str, table: DaysOff) -> date:
    """The last of `days` days after `start`, which itself is not counted (Civil Code, art. 201).

    A last calendar day stays where it falls; of working days only those count. Refuses with YearNotLoaded.
    """
    if counted == "calendar":
        return start + timedelta(days=days)
    day = start
    while days > 0:
        day += ONE
        days -= table.is_working(day)
    return day


def _days(span: str) -> list[date]:
    first, _, last = span.partition("/")
    start = date.fromisoformat(first)
    end = date.fromisoformat(last or first)
    return [start + timedelta(days=n) for n in range((end - start).days + 1)]
