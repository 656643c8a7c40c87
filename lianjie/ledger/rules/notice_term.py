"""How many days a notice lies open and an answer may take: the law's, or an office's own, dated."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_

WHAT = {
    "disclosure": N_("Notice before the assembly"),
    "answer": N_("Answer to an objection"),
}
MOST_DAYS = 90
BOUND = ("coop", "joint_coop", "collective")
"""Kinds of organisation whose law names the days of a notice."""


class ShorterThanLaw(Refusal):
    words = ("law",)
    what = N_("The law asks for {least} days or more, not {days} ({law}).")
    fix = N_("Enter {least} days or more.")


class NotSoManyDays(Refusal):
    what = N_("{days} is not a number of days a notice or an answer takes.")
    fix = N_("Enter 1 to {most} days.")


class TermWithoutSource(Refusal):
    what = N_("Nobody can tell who decided this term.")
    fix = N_("Name the bylaw, resolution or letter it stands in.")


class TermOfThePast(Refusal):
    what = N_("A term from {day} would change what was counted already.")
    fix = N_("Let it begin today or later.")


@dataclass(frozen=True)
class DayTerm:
    """Days, how they are counted ("calendar", "working"), from which day, and where it is written."""

    days: int
    counted: str
    from_day: date
    source: str


def in_force(rows: Iterable[DayTerm], default: DayTerm, day: date) -> DayTerm:
    """The term on a day: of an office's own the one that began last, else the default."""
    begun = [row for row in rows if row.from_day <= day]
    return max(begun, key=lambda row: row.from_day) if begun else default


def check(term: DayTerm, what: str, organisation_kind: str, law: DayTerm, today: date) -> None:
    """Refuses with NotSoManyDays, ShorterThanLaw, TermWithoutSource or TermOfThePast."""
    if not 1 <= term.days <= MOST_DAYS:
        raise NotSoManyDays(days=term.days, most=MOST_DAYS)
    if what == "disclosure" and organisation_kind in BOUND and term.days < law.days:
        raise ShorterThanLaw(days=term.days, least=law.days, law=law.source)
    if len(term.source.strip()) < 2:
        raise TermWithoutSource
    if term.from_day < today:
        raise TermOfThePast(day=term.from_day)
