"""States of a job, and refusals packed so that any reader gets them in its own language."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from lianjie.base.refusal import Refusal, Refusals
from lianjie.base.words import N_, Say, english
from lianjie.facts.rules.raw import InWorkbook, Place

STATES = ("waiting", "running", "done", "failed", "cancelled")
OPEN = ("waiting", "running")
MOST_ATTEMPTS = 5
"""Begun so often without moving on, a job is given up: what it does ends its worker each time."""
MOST_PACKED = 200


class JobAskedOtherwise(Refusal):
    what = N_("The job “{key}” was asked for already, with another content.")
    fix = N_("Look at it in the list of background tasks.")


class JobKindUnknown(Refusal):
    what = N_("Nothing here does jobs of the kind “{kind}”.")
    fix = N_("Update Lianjie on the machine that does background tasks.")


class JobEndsItsWorker(Refusal):
    what = N_("The task was begun {times} times, and each time its program was ended from outside.")
    fix = N_("Look whether the machine has memory and disk left, then carry on with it.")


class JobBroke(Refusal):
    what = N_("The task stopped because of a fault in Lianjie ({name}).")
    fix = N_("What was written before stays. Report the fault; carrying on repeats nothing.")


class JobIsOver(Refusal):
    what = N_("This task is over already.")
    fix = N_("Nothing is left to stop.")


class JobStillRuns(Refusal):
    what = N_("This task is not over yet.")
    fix = N_("Wait for its end, or stop it first.")


def packed(refusal: Refusal) -> list[dict[str, Any]]:
    """A refusal, or each of several, as plain values: texts in English with their details beside them."""
    every = refusal.refusals if isinstance(refusal, Refusals) else (refusal,)
    return [_pack(each) for each in every[:MOST_PACKED]]


def _pack(refusal: Refusal) -> dict[str, Any]:
    place = refusal.place if isinstance(refusal, InWorkbook) else Place()
    inner = refusal.told if isinstance(refusal, InWorkbook) else refusal
    if isinstance(inner, Refusals):
        inner = inner.refusals[0]
    return {
        "code": inner.code,
        "what": inner.what,
        "fix": inner.fix,
        "words": list(inner.words),
        "details": {name: str(value) for name, value in inner.details.items()},
        "place": asdict(place) if place.sheet else None,
    }


def unpacked(packs: Sequence[Mapping[str, Any]], say: Say = english) -> list[str]:
    """What `packed` kept, said in a language, without its place."""
    return [_said(pack, say) for pack in packs]


def _said(pack: Mapping[str, Any], say: Say) -> str:
    details = dict(pack["details"])
    told = details | {name: say(details[name]) for name in pack["words"] if details.get(name)}
    return f"{say(pack['what']).format_map(told)} {say(pack['fix']).format_map(told)}".strip()
