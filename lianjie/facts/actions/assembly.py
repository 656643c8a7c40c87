"""Call an assembly, list who came, record what it resolved, keep its papers."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from lianjie.base.refusal import Refusal, Refusals
from lianjie.base.words import N_
from lianjie.facts import parameters
from lianjie.facts.actions import expert
from lianjie.facts.actions.audit import note
from lianjie.facts.actions.stock import NumberUnclear
from lianjie.facts.actions.store import Entry, Kept, Want, keep
from lianjie.facts.actions.withdraw import taken_back
from lianjie.facts.models import Attendance, Meeting, MeetingPaper, Party, Resolution
from lianjie.facts.queries import assembly as queries
from lianjie.facts.queries.parties import NoSuchParty, ids_by_code
from lianjie.facts.rules import assembly as rules

LARGEST = 10 * 1024 * 1024


class NoSuchMeeting(Refusal):
    what = N_("There is no meeting “{meeting}” in these books.")
    fix = N_("Call it first, or look its number up in the list of meetings.")


class NotHeldYet(Refusal):
    what = N_("The meeting is on {day}; it has not been held yet.")
    fix = N_("Enter who came and what was resolved when it is over.")


class RollClosed(Refusal):
    what = N_("Meeting {meeting} has resolutions; who came and when it was can no longer change.")
    fix = N_("Take its resolutions back first, with the reason.")


class ResolutionStands(Refusal):
    what = N_("Resolution “{number}” is recorded already, with another content.")
    fix = N_("Give this one another number, or take the other back first.")


class ResolutionUnknown(Refusal):
    what = N_("There is no resolution “{number}” that still stands.")
    fix = N_("Look it up in the list of meetings.")


class ReasonForTakingBack(Refusal):
    what = N_("A resolution is taken back only with a reason.")
    fix = N_("Write why it does not stand.")


class PaperUnreadable(Refusal):
    what = N_("The file is neither a PDF nor a JPEG, PNG or WebP picture of at most {most} MiB.")
    fix = N_("Scan the paper as PDF, or take a photo.")


class MeetingIncomplete(Refusal):
    what = N_("A meeting needs its place, its agenda and who chaired it.")
    fix = N_("Fill them in; the minutes hold them anyway.")


@dataclass(frozen=True)
class Calling:
    """A meeting as it is called, or as it was held."""

    number: str
    day: date
    notice_day: date
    venue: str
    agenda: str
    chaired_by: str
    form: str = "assembly"
    evidence: str = ""


@dataclass(frozen=True)
class Seated:
    """How one member took part; `mark` is the line that was signed, or the print's number."""

    member: str
    how: str
    proxy: str = ""
    mark: str = ""
    place: str = ""


@dataclass(frozen=True)
class Resolving:
    """One matter and its counts. `number` within the meeting."""

    number: str
    title: str
    text: str
    votes_for: int
    votes_against: int
    votes_abstained: int
    matter: str = "ordinary"
    evidence: str = ""


@transaction.atomic
def call(entry: Entry, given: Calling) -> Kept:
    """Enter or correct a meeting. Refuses with NumberUnclear, MeetingIncomplete, NoticeTooShort,
    NoDelegatesHere, NobodyToVote or RollClosed."""
    _numbered(given.number)
    if not (given.venue.strip() and given.agenda.strip() and given.chaired_by.strip()):
        raise MeetingIncomplete
    of = _rules(entry.organisation_id, given.day)
    rules.check_notice(of, given.notice_day, given.day)
    members = queries.members(entry.organisation_id, given.day)
    if not members:
        raise rules.NobodyToVote(day=given.day)
    rules.check_form(of, given.form, len(members))
    fields = {
        "day": given.day,
        "notice_day": given.notice_day,
        "form": given.form,
        "venue": given.venue.strip(),
        "agenda": given.agenda.strip(),
        "chaired_by": given.chaired_by.strip(),
        "evidence": given.evidence,
    }
    kept = keep(Meeting, [Want(given.number, _area(entry), fields)], entry)
    if kept.corrected and queries.resolved(entry.organisation_id, given.number):
        raise RollClosed(meeting=given.number)
    if kept.changed:
        _note("assembly:call", entry, given.number, {"day": f"{given.day}", "form": given.form})
    return kept


@transaction.atomic
def seat(entry: Entry, number: str, seated: Sequence[Seated]) -> Kept:
    """Enter who came: the whole list or nothing; who was entered before is corrected.

    Refuses with everything that is wrong at once (NotOnTheRoll, ProxyNotAllowed …), NotHeldYet or RollClosed.
    """
    meeting = _held(entry, number)
    members = queries.members(entry.organisation_id, meeting.day)
    seats = [rules.Seat(each.member, each.how, each.proxy) for each in seated]
    wrong = rules.check_seats(
        _rules(entry.organisation_id, meeting.day),
        seats,
        day=meeting.day,
        members=members,
        lives_with=queries.lives_with([s.member for s in seats if s.how == "proxy"], meeting.day),
    )
    if wrong:
        raise Refusals(tuple(wrong))
    ids = ids_by_code({code for each in seated for code in (each.member, each.proxy) if code})
    wants = [
        Want(
            f"{number}/{each.member}",
            meeting.area_id,
            {
                "day": meeting.day,
                "meeting_id": meeting.pk,
                "member_id": ids[each.member],
                "how": each.how,
                "proxy_id": ids[each.proxy] if each.proxy and each.how == "proxy" else None,
                "mark": each.mark.strip(),
            },
            each.place,
        )
        for each in {s.member: s for s in seated}.values()
    ]
    kept = keep(Attendance, wants, entry)
    if kept.changed:
        if queries.resolved(entry.organisation_id, number):
            raise RollClosed(meeting=number)
        _note("assembly:roll", entry, number, {"lines": len(wants)})
    return kept


@transaction.atomic
def resolve(entry: Entry, number: str, given: Resolving) -> Resolution:
    """Record one resolution with its counts, adopted or not; the roll is closed by it.

    Refuses with NoQuorum, MoreVotesThanPresent, ExtraVotesTooMany, TooFewDelegates and so on.
    """
    _numbered(given.number)
    meeting = _held(entry, number)
    of = _rules(entry.organisation_id, meeting.day)
    counted = rules.count(
        of,
        meeting.form,
        queries.members(entry.organisation_id, meeting.day),
        queries.seats(entry.organisation_id, number),
        meeting.day,
    )
    ballot = rules.ballot(
        of, counted, given.votes_for, given.votes_against, given.votes_abstained, given.matter
    )
    fields = {
        "day": meeting.day,
        "meeting_id": meeting.pk,
        "title": given.title.strip(),
        "text": given.text.strip(),
        "matter": given.matter,
        "members": counted.members,
        "present": counted.present,
        "votes_total": counted.votes_total,
        "votes_present": counted.votes_present,
        "votes_for": given.votes_for,
        "votes_against": given.votes_against,
        "votes_abstained": given.votes_abstained,
        "votes_needed": ballot.needed.votes,
        "law": ballot.needed.law,
        "evidence": given.evidence,
    }
    kept = keep(Resolution, [Want(f"{number}/{given.number}", meeting.area_id, fields)], entry)
    if kept.corrected and kept.corrected[0][0]:
        raise ResolutionStands(number=given.number)
    if kept.changed:
        told = {"for": given.votes_for, "of": counted.votes_total, "adopted": ballot.adopted}
        _note("assembly:resolve", entry, f"{number}/{given.number}", told)
    found = queries.resolution_row(entry.organisation_id, f"{number}/{given.number}")
    assert found is not None
    return found


@transaction.atomic
def take_back(entry: Entry, key: str, *, reason: str, used: bool) -> None:
    """A resolution does not stand. `used`: something was decided by it, as the caller knows.

    Refuses with ResolutionUnknown, ReasonForTakingBack or ResolutionUsed.
    """
    row = queries.resolution_row(entry.organisation_id, key)
    if row is None:
        raise ResolutionUnknown(number=key)
    if not reason.strip():
        raise ReasonForTakingBack
    if used:
        raise ResolutionUsed(number=key)
    taken_back(row, reason, entry)
    _note("assembly:take-back", entry, key, {}, text=reason.strip())


class ResolutionUsed(Refusal):
    what = N_("A settlement was decided by resolution “{number}”.")
    fix = N_("Withdraw or reverse that settlement first.")


@transaction.atomic
def add_paper(entry: Entry, number: str, name: str, content: bytes) -> MeetingPaper:
    """Keep a paper of a meeting once; a photo is kept without its traces. Refuses with PaperUnreadable."""
    meeting = _meeting(entry, number)
    most = PaperUnreadable(most=LARGEST // 1024 // 1024)
    if len(content) > LARGEST or not content:
        raise most
    if content.startswith(b"%PDF-"):
        kept_as = _keep_pdf(content)
    else:
        try:
            kept_as = expert.keep_picture(content)
        except (expert.NotAPicture, expert.PictureTooLarge) as refusal:
            raise most from refusal
    path = expert.folder() / kept_as
    row, new = MeetingPaper.objects.get_or_create(
        meeting=meeting,
        sha256=kept_as.partition(".")[0],
        defaults={
            "name": name.strip()[:120] or kept_as,
            "kept_as": kept_as,
            "size": path.stat().st_size,
            "at": entry.at,
            "by_id": entry.by,
        },
    )
    if new:
        _note("assembly:paper", entry, number, {"name": row.name, "sha256": row.sha256})
    return row


def _keep_pdf(content: bytes) -> str:
    name = f"{hashlib.sha256(content).hexdigest()}.pdf"
    expert.folder().mkdir(parents=True, exist_ok=True)
    path = expert.folder() / name
    if not path.exists():
        partial = path.with_suffix(".part")
        partial.write_bytes(content)
        partial.replace(path)
    return name


def _meeting(entry: Entry, number: str) -> Meeting:
    row = queries.meeting_row(entry.organisation_id, number)
    if row is None:
        raise NoSuchMeeting(meeting=number)
    return row


def _held(entry: Entry, number: str) -> Meeting:
    row = _meeting(entry, number)
    if row.day > localdate(entry.at):
        raise NotHeldYet(day=row.day)
    return row


def _rules(organisation_id: int, day: date) -> rules.Rules:
    return rules.rules(parameters.text("assembly"), queries.kind(organisation_id), day)


def _numbered(number: str) -> None:
    if not number or len(number) > 40 or any(each in number for each in "/~?#%\\"):
        raise NumberUnclear(number=number)


def _area(entry: Entry) -> int:
    found = Party.objects.filter(pk=entry.organisation_id).values_list("area_id", flat=True).first()
    if found is None:
        raise NoSuchParty(code=str(entry.organisation_id))
    return found


def _note(verb: str, entry: Entry, subject: str, after: dict[str, Any], text: str = "") -> None:
    note(
        verb,
        subject=f"meeting:{subject}",
        organisation_id=entry.organisation_id,
        text=text,
        after=after,
        by=entry.by,
    )
