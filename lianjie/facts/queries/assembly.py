"""Meetings: who may vote on a day, who came, what was resolved, the papers."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from lianjie.facts import parameters
from lianjie.facts.models import (
    Attendance,
    Meeting,
    MeetingPaper,
    Membership,
    Organisation,
    Residence,
    Resolution,
)
from lianjie.facts.queries.in_kind import numbered
from lianjie.facts.rules import assembly as rules


@dataclass(frozen=True)
class MeetingRow:
    """A meeting as lists show it."""

    number: str
    day: date
    notice_day: date
    form: str
    venue: str
    agenda: str
    chaired_by: str
    evidence: str
    present: int
    resolutions: int
    papers: int


@dataclass(frozen=True)
class SeatRow:
    """A member of the day and how it took part; `how` is "" while nothing is entered."""

    code: str
    name: str
    extra_votes: int
    how: str
    proxy: str
    mark: str


@dataclass(frozen=True)
class ResolutionRow:
    """A resolution with its counts."""

    id: int
    key: str
    number: str
    meeting: str
    day: date
    form: str
    title: str
    text: str
    matter: str
    members: int
    present: int
    votes_total: int
    votes_for: int
    votes_against: int
    votes_abstained: int
    votes_needed: int
    law: str

    @property
    def adopted(self) -> bool:
        return self.votes_for >= self.votes_needed


@dataclass(frozen=True)
class PaperRow:
    """A paper of a meeting."""

    name: str
    kept_as: str
    sha256: str
    size: int
    at: datetime


def kind(organisation_id: int) -> str:
    """The kind of the organisation; it names the law."""
    return Organisation.objects.values_list("kind", flat=True).get(party_id=organisation_id)


def law(organisation_id: int, day: date) -> rules.Rules:
    """What the law asks of this organisation's assembly."""
    return rules.rules(parameters.text("assembly"), kind(organisation_id), day)


def members(organisation_id: int, day: date) -> dict[str, int]:
    """Code of everyone who is a member on the day -> extra votes."""
    rows = Membership.objects.on(day).filter(organisation_id=organisation_id).order_by("member__code")
    return dict(rows.values_list("member__code", "extra_votes"))


def lives_with(codes: Iterable[str], day: date) -> Mapping[str, frozenset[str]]:
    """Code of a member -> codes of the persons of its household, itself left out."""
    found: dict[str, frozenset[str]] = {}
    for code in set(codes):
        homes = Residence.objects.on(day).filter(Q(person__code=code) | Q(household__code=code))
        ids = list(homes.values_list("household_id", flat=True))
        people = Residence.objects.on(day).filter(household_id__in=ids)
        found[code] = frozenset(people.values_list("person__code", flat=True)) - {code}
    return found


def meetings(organisation_id: int) -> list[MeetingRow]:
    """All meetings, the newest first."""
    rows = Meeting.objects.current().filter(organisation_id=organisation_id).order_by("-day", "-pk")
    return _meetings(rows[:200])


def meeting(organisation_id: int, number: str) -> MeetingRow | None:
    """One meeting by its number."""
    row = meeting_row(organisation_id, number)
    return None if row is None else _meetings([row])[0]


def meeting_row(organisation_id: int, number: str) -> Meeting | None:
    """The newest version of a meeting."""
    rows = Meeting.objects.current().filter(organisation_id=organisation_id)
    return rows.filter(numbered(number)).first()


def seats(organisation_id: int, number: str) -> list[rules.Seat]:
    """The lines of the roll."""
    return [
        rules.Seat(row.member.code, row.how, row.proxy.code if row.proxy else "")
        for row in _seats(organisation_id, number)
    ]


def roll(organisation_id: int, number: str, day: date) -> list[SeatRow]:
    """Every member of the day, with what was entered; who is not a member any more comes along too."""
    entered = {row.member.code: row for row in _seats(organisation_id, number)}
    rows = Membership.objects.on(day).filter(organisation_id=organisation_id)
    found = []
    for code, name, extra in rows.order_by("member__sort_key", "member__code").values_list(
        "member__code", "member__name", "extra_votes"
    ):
        seat = entered.get(code)
        proxy = seat.proxy.code if seat and seat.proxy else ""
        found.append(SeatRow(code, name, extra, seat.how if seat else "", proxy, seat.mark if seat else ""))
    return found


def resolved(organisation_id: int, number: str) -> bool:
    """True when the meeting has a resolution that stands."""
    return bool(resolutions(organisation_id, number))


def resolutions(organisation_id: int, number: str = "") -> list[ResolutionRow]:
    """Resolutions that stand, of one meeting or of all, the newest first."""
    rows = Resolution.objects.current().filter(organisation_id=organisation_id)
    if number:
        rows = rows.filter(key__startswith=f"{number}/")
    return [_resolution(row) for row in rows.select_related("meeting").order_by("-day", "pk")[:200]]


def resolution(organisation_id: int, key: str) -> ResolutionRow | None:
    """One resolution that stands, by its key "2026-1/3"."""
    row = resolution_row(organisation_id, key)
    return None if row is None else _resolution(row)


def resolution_row(organisation_id: int, key: str) -> Resolution | None:
    """The stored resolution that stands."""
    rows = Resolution.objects.current().filter(organisation_id=organisation_id).filter(numbered(key))
    return rows.select_related("meeting").first()


def papers(organisation_id: int, number: str) -> list[PaperRow]:
    """Papers of one meeting, in the order they came."""
    rows = MeetingPaper.objects.filter(meeting__organisation_id=organisation_id)
    rows = rows.filter(numbered(number, "meeting__key")).order_by("pk")
    return [PaperRow(row.name, row.kept_as, row.sha256, row.size, row.at) for row in rows]


def _seats(organisation_id: int, number: str) -> list[Attendance]:
    rows = Attendance.objects.current().filter(organisation_id=organisation_id, key__startswith=f"{number}/")
    return list(rows.select_related("member", "proxy").order_by("pk"))


def _meetings(rows: Sequence[Meeting]) -> list[MeetingRow]:
    """Stored meetings with how many came to each, and how many resolutions and papers it has."""
    if not rows:
        return []
    here = {"organisation_id": rows[0].organisation_id}
    came = _by_meeting(Attendance.objects.current().filter(**here).exclude(how="absent"))
    resolved = _by_meeting(Resolution.objects.current().filter(**here))
    papers = _by_meeting(MeetingPaper.objects.filter(meeting__organisation_id=here["organisation_id"]))
    return [
        MeetingRow(
            number,
            row.day,
            row.notice_day,
            row.form,
            row.venue,
            row.agenda,
            row.chaired_by,
            row.evidence,
            came[number],
            resolved[number],
            papers[number],
        )
        for row in rows
        if (number := row.key.partition("~")[0])
    ]


def _by_meeting(rows: QuerySet[Any]) -> Counter[str]:
    """Number of a meeting, whichever version is meant -> how many rows are of it."""
    found: Counter[str] = Counter()
    for key, count in rows.order_by().values_list("meeting__key").annotate(Count("pk")):
        found[key.partition("~")[0]] += count
    return found


def _resolution(row: Resolution) -> ResolutionRow:
    key = row.key.partition("~")[0]
    return ResolutionRow(
        row.pk,
        key,
        key.partition("/")[2],
        row.meeting.key.partition("~")[0],
        row.day,
        row.meeting.form,
        row.title,
        row.text,
        row.matter,
        row.members,
        row.present,
        row.votes_total,
        row.votes_for,
        row.votes_against,
        row.votes_abstained,
        row.votes_needed,
        row.law,
    )
