"""What a posted notice shows: set once by audience, used by the page, the paper and the picture.

Amounts and the arithmetic always show. What nobody may read on a wall is no column at all: identity number,
phone, bank account, health, reasons (Personal Information Protection Law, arts. 25, 28).
"""

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_

COLUMNS = ("code", "village", "group", "measures")
NAMES = ("full", "one_hidden", "surname")
COMPOUND = (
    "欧阳",
    "歐陽",
    "司马",
    "司馬",
    "上官",
    "诸葛",
    "諸葛",
    "皇甫",
    "尉迟",
    "尉遲",
    "公孙",
    "公孫",
    "令狐",
    "慕容",
)


class NeverPosted(Refusal):
    what = N_("“{column}” is never shown on a notice.")
    fix = N_("Choose among: {columns}.")


class PostedTooShortly(Refusal):
    what = N_("The notice would be gone on {until}, while objections are taken until {objections}.")
    fix = N_("Leave it up until {objections} or longer.")


class PostedTooLong(Refusal):
    what = N_("A notice with names stays up at most {days} days, here until {latest}.")
    fix = N_("Take it down on {latest} or earlier.")


@dataclass(frozen=True)
class Profile:
    """How one audience sees a notice."""

    audience: str
    names: str
    columns: tuple[str, ...]
    days: int
    source: str


def profile(text: str, audience: str, day: date) -> Profile:
    """The profile in force on `day`. `text` is the parameter file. Refuses with NeverPosted."""
    rows: list[dict[str, Any]] = tomllib.loads(text)["values"]
    here = [row for row in rows if row["audience"] == audience and row["from"] <= day]
    row = max(here or [r for r in rows if r["audience"] == audience], key=lambda each: each["from"])
    for column in row["columns"]:
        if column not in COLUMNS:
            raise NeverPosted(column=column, columns=", ".join(COLUMNS))
    assert row["names"] in NAMES
    return Profile(audience, row["names"], tuple(row["columns"]), row["days"], row["source"])


def shown_name(name: str, kind: str, names: str, *, child: bool = False) -> str:
    """王小二 -> 王** or 王*二. Organisations are public and keep their names; of a child nothing shows.

    Of a masked name the length does not show: always two stars, or one hidden character.
    """
    name = name.strip()
    if child:
        return "***"
    if kind == "organisation" or names == "full" or not name:
        return name
    head = 2 if name.startswith(COMPOUND) and len(name) > 2 else 1
    if names == "one_hidden" and len(name) > head:
        return f"{name[:head]}*{name[head + 1 :]}"
    return f"{name[:head]}**"


def check_term(of: Profile, since: date, until: date, objections_until: date) -> None:
    """A notice is up as long as objections are taken, and no longer than its audience needs."""
    if until < objections_until:
        raise PostedTooShortly(until=until, objections=objections_until)
    latest = since + timedelta(days=of.days)
    if until > latest:
        raise PostedTooLong(days=of.days, latest=latest)


def usual_until(of: Profile, since: date, objections_until: date) -> date:
    """The day a notice comes down when nobody says another."""
    return min(objections_until + timedelta(days=14), since + timedelta(days=of.days))


def is_gone(until: date, today: date) -> bool:
    """True after the last day of a notice."""
    return today > until
