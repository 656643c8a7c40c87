"""Half-open periods: `start` up to, not including, `until`. They print their last day."""

from dataclasses import dataclass
from datetime import date, timedelta

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_


class EmptyPeriod(Refusal):
    what = N_("The period from {start} ends on {until}, before it begins.")
    fix = N_("Give a last day on or after the first day.")


@dataclass(frozen=True, order=True)
class Period:
    """`until` None means still running."""

    start: date
    until: date | None = None

    def __post_init__(self) -> None:
        if self.until is not None and self.until <= self.start:
            raise EmptyPeriod(start=self.start, until=self.until)

    @classmethod
    def year(cls, year: int) -> "Period":
        """The calendar year: the accounting year of the 2021 system, art. 6."""
        return cls(date(year, 1, 1), date(year + 1, 1, 1))

    def __contains__(self, day: date) -> bool:
        return self.start <= day and (self.until is None or day < self.until)

    def overlaps(self, other: "Period") -> bool:
        """True when some day lies in both."""
        return (other.until is None or self.start < other.until) and (
            self.until is None or other.start < self.until
        )

    @property
    def last_day(self) -> date | None:
        """The last day in the period, or None while it runs."""
        return None if self.until is None else self.until - timedelta(days=1)

    @property
    def days(self) -> int:
        """Days in a closed period."""
        if self.until is None:
            raise ValueError("a running period has no number of days")
        return (self.until - self.start).days

    def __str__(self) -> str:
        return f"{self.start} – {self.last_day or '…'}"


def month_of(day: date) -> int:
    """A month as a number, one more than the month before it."""
    return day.year * 12 + day.month - 1


def first_day(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


def last_day(month: int) -> date:
    return first_day(month + 1) - timedelta(days=1)
