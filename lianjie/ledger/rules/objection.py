"""A household objects with the code on its statement; somebody who did not make the settlement answers.

The second factor is a number of six digits, printed at the foot of the statement away from the code: of all
that a household could be asked for, it is the only thing every household has. Bank accounts and days of birth
are missing for some, and asking for one or the other by household would tell a stranger which codes exist.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from lianjie.base.refusal import Finding, Refusal
from lianjie.base.words import N_
from lianjie.ledger.rules.notice_term import DayTerm

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No I, L, O or U: nobody has to tell them from 1, 0 and V on paper."""
CODE_LENGTH = 12
"""Sixty bits: at forty guesses in half an hour nobody finds one."""
PIN_LENGTH = 6
MISREAD = str.maketrans("ILO", "110")
MAKING = ("draft", "plan", "disclose")
"""Acts that make whoever did them a maker of the settlement."""

STATES = {
    "received": N_("Received, waiting"),
    "looked_at": N_("Being looked at"),
    "answered": N_("Answered"),
    "passed_over": N_("Booked over it by decision"),
}


class CodeDoesNotFit(Refusal):
    what = N_("Code and number do not fit together.")
    fix = N_("Copy both from your statement. After several wrong tries the page stays shut for half an hour.")


class TriedTooOften(Refusal):
    what = N_("Too many wrong tries.")
    fix = N_("Wait {minutes} minutes, or go to the office with your statement.")


class AnsweredByItsMaker(Refusal):
    what = N_("Whoever made the settlement does not answer the objections to it.")
    fix = N_("Let somebody else of the office answer: the chair, or another accountant.")


class PassedOverUnnamed(Refusal):
    what = N_("Booking over an open objection takes a named person and a reason.")
    fix = N_("Give the name and the reason; the household reads both.")


class NothingToPassOver(Refusal):
    what = N_("This objection is answered, or booking over it is decided already.")
    fix = N_("Look at the list of objections.")


@dataclass(frozen=True)
class Terms:
    """What counts on a day; days and minutes."""

    answer_days: int
    code_days: int
    wrong_tries: int
    wrong_tries_of_an_address: int
    shut_minutes: int


@dataclass(frozen=True)
class Waiting:
    """An objection without answer, as the check for lateness sees it; `until` the last day if known."""

    id: int
    party: str
    raised: date
    until: date | None


def terms(text: str, day: date) -> Terms:
    """The terms in force on `day`. `text` is the parameter file."""
    rows: list[dict[str, Any]] = tomllib.loads(text)["values"]
    row = max((each for each in rows if each["from"] <= day), key=lambda each: each["from"])
    return Terms(**{name: row[name] for name in Terms.__dataclass_fields__})


def term(text: str, day: date) -> DayTerm:
    """Days for an answer where an office decided none. `text` is the parameter file."""
    rows: list[dict[str, Any]] = tomllib.loads(text)["values"]
    row = max((each for each in rows if each["from"] <= day), key=lambda each: each["from"])
    return DayTerm(row["answer_days"], "calendar", row["from"], row["source"])


def overdue(waiting: Iterable[Waiting], today: date) -> tuple[Finding, ...]:
    """A finding for each objection whose last day for an answer is over."""
    found = []
    for each in waiting:
        if each.until is not None and each.until < today:
            told = {"party": each.party, "raised": each.raised, "until": each.until}
            words = N_(
                "The objection of {party} of {raised} was to be answered by {until} and has no answer yet."
            )
            found.append(Finding(f"objection-overdue:{each.id}", words, told, "warning", "objections"))
    return tuple(found)


def state(*, taken: bool, answered: bool, passed_over: bool) -> str:
    """Where an objection stands."""
    if answered:
        return "answered"
    if passed_over:
        return "passed_over"
    return "looked_at" if taken else "received"


def tidy(code: str) -> str:
    """A code as it was typed -> as it is kept: "7kq2-m9xd 4fto" -> "7KQ2M9XD4FT0"."""
    return "".join(each for each in code.upper() if each.isalnum()).translate(MISREAD)[: CODE_LENGTH * 2]


def grouped(code: str) -> str:
    """As it is printed: in fours."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def check_answerer(by: int | None, makers: Iterable[int | None]) -> None:
    """Refuses with AnsweredByItsMaker. A command (`by` None) is nobody's own work."""
    if by is not None and by in set(makers):
        raise AnsweredByItsMaker
