"""The way of a settlement: which act may follow which, and what an assembly's vote must reach."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.rules.assembly import Needed, NoMajority, NoQuorum, rules
from lianjie.facts.rules.assembly import needed as rules_needed
from lianjie.ledger.rules.notice_term import DayTerm

CARRIED_OUT = ("posted", "paid", "closed")
"""States in which a settlement stands in the books."""

ACTS: Mapping[str, tuple[tuple[str, ...], str]] = {
    # act: (states it may start from, state after it)
    "try": (("draft", "trial"), "trial"),
    "disclose": (("draft", "trial"), "disclosed"),
    "decide": (("disclosed",), "decided"),
    "post": (("decided",), "posted"),
    "pay": (("posted",), "posted"),
    "paid": (("posted",), "paid"),
    "money_back": (CARRIED_OUT, "posted"),
    "close": (("paid",), "closed"),
    "withdraw": (("draft", "trial", "disclosed", "decided"), "withdrawn"),
    "reverse": (CARRIED_OUT, "reversed"),
}

FROZEN = ("disclosed", "decided", "posted", "paid", "closed", "reversed")
"""States in which inputs and plan can no longer move. A withdrawn one may never have been frozen."""

STATES = {
    "draft": N_("draft"),
    "trial": N_("trial"),
    "disclosed": N_("disclosed"),
    "decided": N_("decided"),
    "posted": N_("posted"),
    "paid": N_("paid"),
    "closed": N_("closed"),
    "withdrawn": N_("withdrawn"),
    "reversed": N_("reversed"),
}


ACT_WORDS = {
    "try": N_("try"),
    "disclose": N_("disclose"),
    "object": N_("object"),
    "decide": N_("decide"),
    "post": N_("book"),
    "pay": N_("pay"),
    "paid": N_("mark as paid"),
    "money_back": N_("take money back that came back"),
    "close": N_("close"),
    "withdraw": N_("withdraw"),
    "reverse": N_("reverse"),
}


class NotNow(Refusal):
    words = ("state", "act")
    what = N_("A settlement that is “{state}” cannot take the step “{act}”.")
    fix = N_("Follow the order: draft, trial, disclosed, decided, posted, paid, closed.")


class FindingsOpen(Refusal):
    what = N_("Findings not accepted ({count}): {findings}")
    fix = N_("Mend the plan or the facts, or let a named person accept each with a reason.")


class CannotBeAccepted(Refusal):
    what = N_("“{finding}” cannot be accepted: the plan cannot run like this.")
    fix = N_("Mend the plan or the facts.")


class DisclosedTooShortly(Refusal):
    words = ("law",)
    what = N_(
        "The settlement was disclosed on {disclosed}; the assembly may decide it from {earliest} ({law})."
    )
    fix = N_("Hold the vote on {earliest} or later.")


class ImpossibleCount(Refusal):
    what = N_("The counts do not fit: {present} present of {members}, {votes_for} of {votes_total} votes.")
    fix = N_("Nobody can be present or vote twice; correct the counts.")


class MembersAreKnown(Refusal):
    what = N_("The register knows {members} members, so the vote is a resolution of a meeting.")
    fix = N_("Enter the meeting, who came and the resolution, then choose it here.")


class NotASettlementsResolution(Refusal):
    what = N_("Resolution “{number}” is about the charter, or has decided a settlement already.")
    fix = N_("Choose the resolution by which this settlement was voted on.")


class ObjectionsOpen(Refusal):
    what = N_("Objections without an answer: {count}.")
    fix = N_(
        "Answer each one, or let a named person with the right to decide say why it is booked all the same."
    )


@dataclass(frozen=True)
class Vote:
    """What an assembly decided. Votes are counted against all votes of all members, not those present."""

    day: date
    members: int
    present: int
    votes_total: int
    votes_for: int


def next_state(state: str, act: str) -> str:
    """The state after `act`. Refuses with NotNow."""
    starts, after = ACTS[act]
    if state not in starts:
        raise NotNow(state=state, act=ACT_WORDS[act])
    return after


def _in_force(text: str, kind: str, day: date) -> dict[str, Any]:
    """The row for this kind of organisation in force on `day`; co-op law where no other is given."""
    rows = [r for r in tomllib.loads(text)["values"] if r["kind"] == kind and r["from"] <= day]
    if not rows:
        rows = [r for r in tomllib.loads(text)["values"] if r["kind"] == "coop"]
    return max(rows, key=lambda r: r["from"])


def law_kind(organisation_kind: str) -> str:
    """Whose law counts: the collective's own, else the co-op law."""
    return "collective" if organisation_kind == "collective" else "coop"


def disclosure_law(disclosure: str, organisation_kind: str, day: date) -> str:
    """The article that asks for the disclosure."""
    return str(_in_force(disclosure, law_kind(organisation_kind), day)["source"])


def disclosure_term(disclosure: str, organisation_kind: str, day: date) -> DayTerm:
    """What the law asks for; `disclosure` is the parameter file."""
    row = _in_force(disclosure, law_kind(organisation_kind), day)
    return DayTerm(row["value"], "calendar", row["from"], row["source"])


def objections_until(disclosure: str, organisation_kind: str, disclosed: date) -> date:
    """First day on which the assembly may decide; objections are taken until then."""
    row = _in_force(disclosure, law_kind(organisation_kind), disclosed)
    return disclosed + timedelta(days=row["value"])


def check_vote(
    vote: Vote,
    *,
    disclosed: date,
    organisation_kind: str,
    disclosure: str,
    assembly: str,
    until: date | None = None,
) -> None:
    """Refuse a vote held too early, without quorum or without majority.

    disclosure, assembly  texts of the parameter files
    until                 first day for the vote as it was told at the disclosure; None: by law
    """
    kind = law_kind(organisation_kind)
    if vote.present > vote.members or vote.votes_for > vote.votes_total:
        raise ImpossibleCount(**_counts(vote))
    earliest = until or objections_until(disclosure, organisation_kind, disclosed)
    if vote.day < earliest:
        law = _in_force(disclosure, kind, disclosed)["source"]
        raise DisclosedTooShortly(disclosed=disclosed, earliest=earliest, law=law)
    wanted = needed(assembly, organisation_kind, vote.day, vote.members, vote.votes_total)
    if vote.present < wanted.present:
        raise NoQuorum(needed=wanted.present, law=wanted.law, **_counts(vote))
    if vote.votes_for < wanted.votes:
        raise NoMajority(needed=wanted.votes, law=wanted.law, **_counts(vote))


def needed(assembly: str, organisation_kind: str, day: date, members: int, votes_total: int) -> Needed:
    """How many must be present and vote in favour, and by which law. `assembly` is the parameter file."""
    return rules_needed(rules(assembly, organisation_kind, day), members, votes_total)


def _counts(vote: Vote) -> dict[str, int]:
    return {
        "members": vote.members,
        "present": vote.present,
        "votes_total": vote.votes_total,
        "votes_for": vote.votes_for,
    }
