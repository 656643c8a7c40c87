"""What of the sealed personal data is due, what holds it, what the last run erased, what is never erased."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db.models import Max, Q, QuerySet, Sum

from lianjie.facts import parameters
from lianjie.facts.models import (
    Act,
    BankAccount,
    CorrectionRequest,
    Erasure,
    Fact,
    LegalHold,
    LiftRequest,
    Listed,
    Membership,
    OrderReceiver,
    Parcel,
    Party,
    Person,
    PersonalDetail,
    RegisteredStatus,
    Residence,
    Ruling,
    Spell,
)
from lianjie.facts.queries import personal
from lianjie.facts.queries.bank import subject
from lianjie.facts.queries.names import user_name
from lianjie.facts.rules import retention as rules
from lianjie.facts.rules.retention import Kept, Term

SLICE = 500
NO_TIE = (RegisteredStatus, Residence, BankAccount, Parcel)
"""Spells that run on without a tie to any books."""


@dataclass(frozen=True)
class Due:
    """Sealed values of one kind of somebody that may go: since when, under which rule.

    party_id   None for receivers of orders, who are not registered: then `code` is the organisation's
    held_back  why a hold keeps it, "" when nothing does
    """

    kind: str
    party_id: int | None
    code: str
    since: date
    due_day: date
    source: str
    values: int
    held_back: str


def terms(day: date) -> dict[str, Term]:
    """The terms in force."""
    return rules.terms(parameters.text("retention"), day)


def due(today: date, *, organisation_id: int | None = None) -> Iterator[Due]:
    """Everything due today, those kept by a hold with it, by kind and code; in one's books or in all."""
    for term in terms(today).values():
        if term.since == "leaving":
            yield from _of_leavers(term, today, organisation_id)
        elif term.since == "ruled":
            yield from _of_corrections(term, today, organisation_id)
        else:
            yield from _of_receivers(term, today, organisation_id)


@dataclass(frozen=True)
class LastRun:
    """The last run that erased, over everything; `gone` kind -> values, those of parties in these books."""

    at: datetime
    due: int
    erased: int
    gone: dict[str, int]


@dataclass(frozen=True)
class Hold:
    """A hold that stands. `asked`: its end waits for a second person; `refused`: why it did not."""

    id: int
    party_code: str
    party: str
    why: str
    at: datetime
    by: str
    until_day: date | None
    asked: bool
    asked_by: str
    asked_by_id: int | None
    asked_why: str
    refused: str


def dry_run(organisation_id: int, today: date, *, limit: int) -> tuple[list[Due], bool]:
    """What a run today would find in one organisation's books, and whether there is more than that."""
    found = list(islice(due(today, organisation_id=organisation_id), limit + 1))
    return found[:limit], len(found) > limit


def kept_for_good(day: date) -> tuple[Kept, ...]:
    """Record types that no run erases, and how long the law asks for at least."""
    return rules.kept(parameters.text("retention"), day)


def last_run(organisation_id: int) -> LastRun | None:
    """The last run; None when there was none."""
    act = Act.objects.filter(verb="personal:retention").order_by("-pk").first()
    if act is None:
        return None
    told = act.after or {}
    here = Listed.objects.filter(organisation_id=organisation_id).values("party_id")
    people = Residence.objects.filter(household_id__in=here).values("person_id")
    rows = Erasure.objects.filter(Q(party_id__in=here) | Q(party_id__in=people))
    last = rows.filter(at__lte=act.at).aggregate(last=Max("at"))["last"]
    gone = rows.filter(at=last).values("kind").annotate(n=Sum("values")).order_by("kind") if last else ()
    return LastRun(act.at, told.get("due", 0), told.get("erased", 0), {row["kind"]: row["n"] for row in gone})


def holds(organisation_id: int, today: date) -> list[Hold]:
    """Holds that stand in these books, the newest first."""
    rows = personal.standing_holds(today).filter(organisation_id=organisation_id)
    return [_hold(row) for row in rows.select_related("party", "by").order_by("-pk")[:200]]


def hold(organisation_id: int, number: int, today: date) -> Hold | None:
    """One of them."""
    return next((each for each in holds(organisation_id, today) if each.id == number), None)


def lift_reference(request_id: int) -> str:
    """How a ruling names what waits."""
    return f"liftrequest:{request_id}"


def _hold(row: LegalHold) -> Hold:
    asked = LiftRequest.objects.filter(hold=row).select_related("by").order_by("-pk").first()
    said = None
    if asked is not None:
        name = subject(row.organisation_id, lift_reference(asked.pk))
        said = Ruling.objects.filter(subject=name).first()
    waits = asked if said is None else None
    return Hold(
        row.pk, row.party.code if row.party else "", row.party.name if row.party else "", row.why, row.at,
        user_name(row.by), row.until_day, waits is not None, user_name(waits.by) if waits else "",
        waits.by_id if waits else None, waits.reason if waits else "", said.reason if said else "",
    )  # fmt: skip


def _of_leavers(term: Term, today: date, books: int | None) -> Iterator[Due]:
    latest = rules.latest_since(term, today)
    for party in _ended_before(latest, books):
        count = values_of(term.kind, party.pk).count()
        since = _left(party.pk) if count else None
        if since is None or since > latest:
            continue
        yield Due(
            term.kind, party.pk, party.code, since, rules.due(term, since), term.source, count,
            personal.held_back([party.pk], today),
        )  # fmt: skip


def _of_corrections(term: Term, today: date, books: int | None) -> Iterator[Due]:
    latest = rules.latest_since(term, today)
    rows = kept_requests().filter(at__date__lte=latest)
    if books is not None:
        rows = rows.filter(organisation_id=books)
    for row in rows.select_related("party").order_by("pk"):
        name = f"{row.organisation_id}/{row.reference}"
        said = Ruling.objects.filter(subject=name, at__date__lte=latest).first()
        if said is not None:
            day = said.at.date()
            yield Due(
                term.kind, row.party_id, row.party.code, day, rules.due(term, day), term.source, 2,
                personal.held_back([row.party_id], today),
            )  # fmt: skip


def _of_receivers(term: Term, today: date, books: int | None) -> Iterator[Due]:
    latest = rules.latest_since(term, today)
    rows = OrderReceiver.objects.filter(kept_at__date__lte=latest)
    if books is not None:
        rows = rows.filter(organisation_id=books)
    for pk in rows.order_by("organisation_id").values_list("organisation_id", flat=True).distinct():
        of = rows.filter(organisation_id=pk)
        since = of.aggregate(last=Max("kept_at"))["last"].date()
        code = Party.objects.values_list("code", flat=True).get(pk=pk)
        held = personal.standing_holds(today).filter(organisation_id=pk, party=None).first()
        yield Due(
            term.kind, None, code, since, rules.due(term, since), term.source, of.count(),
            held.why if held else "",
        )  # fmt: skip


def _ended_before(latest: date, books: int | None) -> Iterator[Party]:
    """People and households with a tie that ended by then: a first guess, each is then asked in full."""
    ended = Membership.objects.current().filter(until_day__lte=latest)
    gone = Residence.objects.current().filter(until_day__lte=latest)
    if books is not None:
        ended, gone = ended.filter(organisation_id=books), gone.filter(organisation_id=books)
    homes = ended.values("member_id")
    found = Party.objects.filter(
        Q(pk__in=homes)
        | Q(pk__in=gone.values("person_id"))
        | Q(pk__in=Residence.objects.filter(household_id__in=homes).values("person_id"))
    )
    return found.exclude(kind="organisation").order_by("code").iterator(chunk_size=SLICE)


def _left(party_id: int) -> date | None:
    """The day of the last tie, None while one runs."""
    homes = list(
        Residence.objects.current().filter(person_id=party_id).values_list("household_id", flat=True)
    )
    of = [party_id, *homes]
    ends = Membership.objects.current().filter(member_id__in=of).values_list("until_day", flat=True)
    lives = Residence.objects.current().filter(person_id=party_id).values_list("until_day", flat=True)
    last, running = _last_fact(of)
    return None if running else rules.last_tie(list(ends), list(lives), last)


def _last_fact(party_ids: list[int]) -> tuple[date | None, bool]:
    """Day of the youngest fact about these parties in any table; True when one that lasts still runs."""
    last: date | None = None
    for relation in Party._meta.related_objects:
        model: Any = relation.related_model
        if not issubclass(model, Fact) or relation.field.name in ("organisation",):
            continue
        rows = model.objects.current().filter(**{f"{relation.field.name}__in": party_ids})
        day = rows.aggregate(last=Max("day"))["last"]
        last = max(filter(None, (last, day)), default=None)
        if issubclass(model, Spell) and model not in NO_TIE and rows.filter(until_day=None).exists():
            return last, True
    return last, False


def values_of(kind: str, party_id: int) -> QuerySet[Any]:
    """Rows of one party that hold a sealed value of the kind."""
    if kind == "id_number":
        return Person.objects.filter(pk=party_id, id_number_sealed__isnull=False)
    if kind == "account":
        return BankAccount.objects.filter(party_id=party_id, number_sealed__isnull=False)
    return PersonalDetail.objects.filter(party_id=party_id, kind=kind, sealed__isnull=False)


def kept_requests() -> QuerySet[CorrectionRequest]:
    return CorrectionRequest.objects.filter(Q(before_sealed__isnull=False) | Q(after_sealed__isnull=False))
