"""How long sealed personal values are kept: dated terms, the day each is due, what holds it back."""

import tomllib
from dataclasses import dataclass
from datetime import date

from lianjie.base.words import N_

SINCE = {
    "leaving": N_("the last tie ended"),
    "kept": N_("it was kept"),
    "ruled": N_("it was ruled on"),
}
"""The event a term is counted from -> words."""
KEPT = {
    "books": N_("Vouchers, ledgers, settlements and payments"),
    "wages": N_("Work days and wages"),
    "production": N_("Growing, treatments and harvests"),
    "sales": N_("Sales and orders"),
    "log": N_("Acts, and who saw our data"),
}
"""Record types no run erases -> words."""


@dataclass(frozen=True)
class Term:
    """One kind's term in force from a day: whole years from the event `since`, and the law it is from."""

    kind: str
    years: int
    since: str
    accounting: bool
    source: str
    from_day: date


@dataclass(frozen=True)
class Kept:
    """A record type that no run erases: whole years the law asks for at least, in force from a day."""

    kind: str
    years: int
    since: date
    source: str


def kept(text: str, day: date) -> tuple[Kept, ...]:
    """What is kept for good on a day, in the file's order."""
    found: dict[str, Kept] = {}
    for row in sorted(tomllib.loads(text)["kept"], key=lambda each: each["from"]):
        if row["from"] <= day:
            found[row["kind"]] = Kept(row["kind"], row["years"], row["from"], row["source"])
    return tuple(found.values())


def terms(text: str, day: date) -> dict[str, Term]:
    """The terms in force on a day, by kind. ValueError when one of the accounting archives is too short."""
    told = tomllib.loads(text)
    floor = max((row["years"] for row in told["accounting"] if row["from"] <= day), default=0)
    found: dict[str, Term] = {}
    for row in sorted(told["values"], key=lambda each: each["from"]):
        if row["from"] > day:
            continue
        if row["since"] not in SINCE or row["years"] < 1:
            raise ValueError(f"retention of {row['kind']}: a term is whole years since one of {tuple(SINCE)}")
        if row["accounting"] and row["years"] < floor:
            raise ValueError(
                f"retention of {row['kind']}: accounting archives are kept {floor} years at least"
            )
        found[row["kind"]] = Term(
            row["kind"], row["years"], row["since"], row["accounting"], row["source"], row["from"]
        )
    return found


def due(term: Term, since: date) -> date:
    """The first day on which it may be erased: the day after the last day of its term."""
    return _years_after(since, term.years)


def latest_since(term: Term, today: date) -> date:
    """Events on this day or before are due today."""
    return _years_after(today, -term.years)


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)


def last_tie(ends: list[date | None], lives: list[date | None], last_fact: date | None) -> date | None:
    """The day a person's ties ended, None while one runs or when nobody knows of any.

    ends       last day + 1 of every membership, of the person and of the households it lives in; None runs
    lives      the same of every home
    last_fact  day of the last thing entered about the person: a tie does not end before it
    """
    counted = ends or lives
    known = [day for day in counted if day is not None]
    if not counted or len(known) < len(counted):
        return None
    return max([*known, *([last_fact] if last_fact else [])])
