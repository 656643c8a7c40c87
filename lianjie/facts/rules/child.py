"""People under 14: all that is held of them is sensitive, and handled with a guardian's consent.

Source: Personal Information Protection Law, arts. 28 and 31.
"""

from dataclasses import dataclass
from datetime import date

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_

UNDER = 14
"""Years."""


class GuardianNotAsked(Refusal):
    what = N_("{name} is under 14, and no guardian's consent is entered.")
    fix = N_("Enter who consented, when, and where that is written; then choose the purpose for a child.")


class PurposeNotForChild(Refusal):
    what = N_("{name} is under 14: only a purpose that names the guardian's consent opens this.")
    fix = N_("Choose that purpose, and say what the guardian asked for.")


class NotAChild(Refusal):
    what = N_("{name} is not under 14; nobody consents in place of a grown person.")
    fix = N_("Ask the person.")


class ConsentIncomplete(Refusal):
    what = N_("A consent names the guardian, what the guardian is to the child, and where it is written.")
    fix = N_("Fill in all three.")


@dataclass(frozen=True)
class Consent:
    """Who consented, what that person is to the child, from which day, and where it is written."""

    guardian: str
    relation: str
    day: date
    evidence: str


def is_child(born: date | None, today: date) -> bool:
    """True before the fourteenth birthday; nobody is taken for a child whose day of birth is not known."""
    if born is None:
        return False
    return (today.year - born.year) - ((today.month, today.day) < (born.month, born.day)) < UNDER


def born_after(today: date) -> date:
    """Children are those born after this day."""
    try:
        return today.replace(year=today.year - UNDER)
    except ValueError:  # 29 February
        return today.replace(year=today.year - UNDER, day=28)
