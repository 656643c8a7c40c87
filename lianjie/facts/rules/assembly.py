"""The members' assembly: who has how many votes, who was present, what a resolution must reach.

Law on Farmers' Professional Cooperatives (2017 revision), arts. 22, 30-34; Law on Rural Collective Economic
Organisations (2024), art. 27. The figures are dated data: parameters/assembly.toml.
"""

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_

FORMS = {"assembly": N_("members' assembly"), "delegates": N_("assembly of delegates")}
MATTERS = {
    "ordinary": N_("ordinary: report, settlement, plan, accounts"),
    "charter": N_("charter, merger, division, dissolution, joining a union"),
}
HOW = {
    "signed": N_("came and signed"),
    "print": N_("came, by fingerprint"),
    "online": N_("took part online"),
    "proxy": N_("voted through somebody of the household"),
    "absent": N_("absent"),
}


class NoQuorum(Refusal):
    words = ("law",)
    what = N_("Members present: {present} of {members}; {needed} are needed ({law}).")
    fix = N_("Call the assembly again; without a quorum no plan is decided.")


class NoMajority(Refusal):
    words = ("law",)
    what = N_("Votes in favour: {votes_for} of {votes_total}; at least {needed} are needed ({law}).")
    fix = N_("The plan is not adopted. Change it, or withdraw the settlement and disclose it anew.")


class ExtraVotesTooMany(Refusal):
    words = ("law",)
    what = N_("The members hold {extra} extra votes; {most} are allowed beside {base} base votes ({law}).")
    fix = N_("Correct the extra votes in the register of members before the assembly votes.")


class NoticeTooShort(Refusal):
    words = ("law",)
    what = N_("Notice on {notice} for a meeting on {day}: {needed} days are needed ({law}).")
    fix = N_("Hold the meeting on {earliest} or later.")


class NoDelegatesHere(Refusal):
    words = ("law",)
    what = N_("With {members} members there is no assembly of delegates; it takes more than {over} ({law}).")
    fix = N_("Call all members.")


class TooFewDelegates(Refusal):
    words = ("law",)
    what = N_("Delegates listed: {delegates}; {members} members need at least {needed} ({law}).")
    fix = N_("Have the members elect more delegates, and list them all, the absent ones too.")


class NotOnTheRoll(Refusal):
    what = N_("“{member}” was no member on {day}.")
    fix = N_("Correct the code, or enter the membership first.")


class ProxyNotAllowed(Refusal):
    words = ("law",)
    what = N_("“{member}” cannot vote through somebody else ({law}).")
    fix = N_("Only whoever came counts as present.")


class ProxyOfAnotherHousehold(Refusal):
    words = ("law",)
    what = N_("“{proxy}” does not live in the household of “{member}” ({law}).")
    fix = N_("A proxy is given in writing to somebody of the same household.")


class ProxyMissing(Refusal):
    what = N_("“{member}” voted through somebody, but nobody is named.")
    fix = N_("Give the code of whoever voted for that member.")


class MoreVotesThanPresent(Refusal):
    what = N_("Votes counted: {cast}; those present hold {present}.")
    fix = N_("Count again, or complete the list of those present.")


class NobodyToVote(Refusal):
    what = N_("On {day} the register knows no member who could vote.")
    fix = N_("Enter the members first.")


@dataclass(frozen=True)
class Rules:
    """What counts for a kind of organisation on a day."""

    present: Fraction
    votes: Fraction
    more_than: bool
    charter: Fraction
    notice_days: int
    extra_votes: Fraction
    delegates_over: int
    delegates_part: Fraction
    delegates_least: int
    proxy: str
    source: str
    votes_source: str
    delegates_source: str


@dataclass(frozen=True)
class Needed:
    """What an assembly must reach: members present, votes in favour, and the article that says so."""

    present: int
    votes: int
    law: str


@dataclass(frozen=True)
class Seat:
    """A line of the roll. `how` is a key of HOW; `proxy` the code of whoever voted for the member."""

    member: str
    how: str
    proxy: str = ""


@dataclass(frozen=True)
class Count:
    """Who could vote and who did: members and their votes, all and present."""

    members: int
    present: int
    votes_total: int
    votes_present: int


@dataclass(frozen=True)
class Ballot:
    """A vote as it was counted, and what it came to."""

    count: Count
    votes_for: int
    votes_against: int
    votes_abstained: int
    needed: Needed

    @property
    def adopted(self) -> bool:
        return self.votes_for >= self.needed.votes


def kind_of(organisation_kind: str) -> str:
    """Whose law counts: the collective's own, else the co-op law."""
    return "collective" if organisation_kind == "collective" else "coop"


def rules(text: str, organisation_kind: str, day: date) -> Rules:
    """The rules in force. `text` is the parameter file; the co-op law where no other is in force."""
    rows: list[dict[str, Any]] = tomllib.loads(text)["values"]
    here = [r for r in rows if r["kind"] == kind_of(organisation_kind) and r["from"] <= day]
    row = max(here or [r for r in rows if r["kind"] == "coop"], key=lambda each: each["from"])
    parts = ("present", "votes", "charter", "extra_votes", "delegates_part")
    read: dict[str, Any] = {k: Fraction(row[k]) if k in parts else row[k] for k in Rules.__dataclass_fields__}
    return Rules(**read)


def needed(of: Rules, members: int, votes_total: int, matter: str = "ordinary") -> Needed:
    """How many must be present and in favour: of all members and of all votes, not of those present."""
    if matter == "charter":
        votes = _at_least(of.charter, votes_total)
    else:
        votes = _at_least(of.votes, votes_total, more=of.more_than)
    return Needed(_at_least(of.present, members), votes, of.source)


def check_notice(of: Rules, notice: date, day: date) -> None:
    """Refuses with NoticeTooShort; also a notice after the meeting."""
    earliest = notice + timedelta(days=of.notice_days)
    if day < earliest:
        raise NoticeTooShort(notice=notice, day=day, needed=of.notice_days, earliest=earliest, law=of.source)


def check_form(of: Rules, form: str, members: int) -> None:
    """Refuses with NoDelegatesHere: delegates stand for many members only."""
    if form == "delegates" and members <= of.delegates_over:
        raise NoDelegatesHere(members=members, over=of.delegates_over, law=of.delegates_source)


def delegates_needed(of: Rules, members: int) -> int:
    """The least number of delegates: a tenth of the members, but not fewer than fifty-one."""
    return max(of.delegates_least, _at_least(of.delegates_part, members))


def check_extra_votes(of: Rules, extra: Mapping[str, int]) -> None:
    """Extra votes are at most a fifth of the base votes. Refuses with ExtraVotesTooMany."""
    most = int(of.extra_votes * len(extra))
    held = sum(extra.values())
    if held > most:
        raise ExtraVotesTooMany(extra=held, base=len(extra), most=most, law=of.votes_source)


def check_seats(
    of: Rules,
    seats: Iterable[Seat],
    *,
    day: date,
    members: Mapping[str, int],
    lives_with: Mapping[str, frozenset[str]],
) -> list[Refusal]:
    """Everything that is wrong with the lines of a roll; empty when all is right.

    members     code of each member on the day -> extra votes
    lives_with  code of a member -> codes of the persons of its household
    """
    wrong: list[Refusal] = []
    for seat in seats:
        if seat.member not in members:
            wrong.append(NotOnTheRoll(member=seat.member, day=day))
        elif seat.how == "proxy" and of.proxy == "nobody":
            wrong.append(ProxyNotAllowed(member=seat.member, law=of.votes_source))
        elif seat.how == "proxy" and not seat.proxy:
            wrong.append(ProxyMissing(member=seat.member))
        elif seat.how == "proxy" and seat.proxy not in lives_with.get(seat.member, frozenset()):
            wrong.append(ProxyOfAnotherHousehold(member=seat.member, proxy=seat.proxy, law=of.source))
    return wrong


def count(of: Rules, form: str, members: Mapping[str, int], seats: Sequence[Seat], day: date) -> Count:
    """One member one vote, and the extra votes; of delegates each one vote.

    members  code of each member on the day -> extra votes
    seats    one for each member at most; of delegates all, the absent ones too

    Refuses with NobodyToVote, ExtraVotesTooMany, NoDelegatesHere or TooFewDelegates.
    """
    if not members:
        raise NobodyToVote(day=day)
    assert max(Counter(seat.member for seat in seats).values(), default=1) == 1
    came = [seat.member for seat in seats if seat.how != "absent"]
    if form == "delegates":
        check_form(of, form, len(members))
        least = delegates_needed(of, len(members))
        if len(seats) < least:
            raise TooFewDelegates(
                delegates=len(seats), members=len(members), needed=least, law=of.delegates_source
            )
        return Count(len(seats), len(came), len(seats), len(came))
    check_extra_votes(of, members)
    return Count(
        members=len(members),
        present=len(came),
        votes_total=len(members) + sum(members.values()),
        votes_present=len(came) + sum(members[code] for code in came),
    )


def ballot(
    of: Rules, counted: Count, votes_for: int, votes_against: int, votes_abstained: int, matter: str
) -> Ballot:
    """The vote, counted against all votes. Refuses with NoQuorum or MoreVotesThanPresent.

    A vote that does not reach its majority is kept too: not adopted.
    """
    wanted = needed(of, counted.members, counted.votes_total, matter)
    if counted.present < wanted.present:
        raise NoQuorum(
            present=counted.present, members=counted.members, needed=wanted.present, law=wanted.law
        )
    cast = votes_for + votes_against + votes_abstained
    if cast > counted.votes_present:
        raise MoreVotesThanPresent(cast=cast, present=counted.votes_present)
    return Ballot(counted, votes_for, votes_against, votes_abstained, wanted)


def _at_least(part: Fraction, whole: int, *, more: bool = False) -> int:
    """The smallest whole number that is at least `part` of `whole`, or more than it."""
    exact = part * whole
    return int(exact) + 1 if more else -int(-exact // 1)
