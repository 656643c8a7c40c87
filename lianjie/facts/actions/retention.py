"""Erase sealed personal values whose time is over: the money facts stay, the value and its index go for good.

A value is due when its term since the event is over (parameters/retention.toml), no tie of the person runs
and nothing entered about it is younger. A legal hold keeps it. What is erased leaves a line: whose, what, by
which rule. On SQLite the freed pages are overwritten at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, Q, QuerySet

from lianjie.facts import parameters
from lianjie.facts.actions.audit import note
from lianjie.facts.models import (
    BankAccount,
    CorrectionRequest,
    Erasure,
    Fact,
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
from lianjie.facts.rules import retention as rules
from lianjie.facts.rules.retention import Term

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


def due(today: date) -> Iterator[Due]:
    """Everything due today, those kept by a hold with it, by kind and code."""
    for term in terms(today).values():
        if term.since == "leaving":
            yield from _of_leavers(term, today)
        elif term.since == "ruled":
            yield from _of_corrections(term, today)
        else:
            yield from _of_receivers(term, today)


def erase(found: Due, *, at: datetime, by: int | None = None) -> int:
    """Erase one thing due, unless a hold was put on it meanwhile; returns how many values went."""
    with transaction.atomic():
        if found.party_id is not None:
            Party.objects.select_for_update().get(pk=found.party_id)
            if personal.held_back([found.party_id], at.date()):
                return 0
        count = _erased(found, at.date())
        if count:
            Erasure.objects.create(
                party_id=found.party_id, kind=found.kind, values=count, due_day=found.due_day,
                source=found.source[:300], at=at, by_id=by,
            )  # fmt: skip
            told = {"kind": found.kind, "values": count, "due": str(found.due_day)}
            note("personal:erase", subject=found.code, text=found.source, after=told, by=by)
    return count


def overwrite() -> None:
    """From here on this connection overwrites what it frees (SQLite); call it before a run that erases."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete=ON")


def _of_leavers(term: Term, today: date) -> Iterator[Due]:
    latest = rules.latest_since(term, today)
    for party in _ended_before(latest):
        count = _values(term.kind, party.pk).count()
        since = _left(party.pk) if count else None
        if since is None or since > latest:
            continue
        yield Due(
            term.kind, party.pk, party.code, since, rules.due(term, since), term.source, count,
            personal.held_back([party.pk], today),
        )  # fmt: skip


def _of_corrections(term: Term, today: date) -> Iterator[Due]:
    latest = rules.latest_since(term, today)
    for row in _kept_requests().filter(at__date__lte=latest).select_related("party").order_by("pk"):
        name = f"{row.organisation_id}/{row.reference}"
        said = Ruling.objects.filter(subject=name, at__date__lte=latest).first()
        if said is not None:
            day = said.at.date()
            yield Due(
                term.kind, row.party_id, row.party.code, day, rules.due(term, day), term.source, 2,
                personal.held_back([row.party_id], today),
            )  # fmt: skip


def _of_receivers(term: Term, today: date) -> Iterator[Due]:
    latest = rules.latest_since(term, today)
    rows = OrderReceiver.objects.filter(kept_at__date__lte=latest)
    for pk in rows.order_by("organisation_id").values_list("organisation_id", flat=True).distinct():
        of = rows.filter(organisation_id=pk)
        since = of.aggregate(last=Max("kept_at"))["last"].date()
        code = Party.objects.values_list("code", flat=True).get(pk=pk)
        held = personal.standing_holds(today).filter(organisation_id=pk, party=None).first()
        yield Due(
            term.kind, None, code, since, rules.due(term, since), term.source, of.count(),
            held.why if held else "",
        )  # fmt: skip


def _ended_before(latest: date) -> Iterator[Party]:
    """People and households with a tie that ended by then: a first guess, each is then asked in full."""
    ended = Membership.objects.current().filter(until_day__lte=latest)
    gone = Residence.objects.current().filter(until_day__lte=latest)
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


def _values(kind: str, party_id: int) -> QuerySet[Any]:
    """Rows of one party that hold a sealed value of the kind."""
    if kind == "id_number":
        return Person.objects.filter(pk=party_id, id_number_sealed__isnull=False)
    if kind == "account":
        return BankAccount.objects.filter(party_id=party_id, number_sealed__isnull=False)
    return PersonalDetail.objects.filter(party_id=party_id, kind=kind, sealed__isnull=False)


def _kept_requests() -> QuerySet[CorrectionRequest]:
    return CorrectionRequest.objects.filter(Q(before_sealed__isnull=False) | Q(after_sealed__isnull=False))


def _erased(found: Due, today: date) -> int:
    """Null the values; an order receiver's row goes whole."""
    if found.kind == "receivers":
        rows = OrderReceiver.objects.filter(organisation__code=found.code, kept_at__date__lte=found.since)
        if personal.standing_holds(today).filter(organisation__code=found.code, party=None).exists():
            return 0
        return rows.delete()[0]
    if found.party_id is None:
        raise AssertionError(f"nobody's {found.kind}")
    if found.kind == "correction":
        ruled = [
            row.pk
            for row in _kept_requests().filter(party_id=found.party_id, at__date__lte=found.since)
            if Ruling.objects.filter(
                subject=f"{row.organisation_id}/{row.reference}", at__date__lte=found.since
            ).exists()
        ]
        rows = CorrectionRequest.objects.filter(pk__in=ruled)
        return 2 * rows.update(before_sealed=None, after_sealed=None)
    values = _values(found.kind, found.party_id)
    if found.kind == "id_number":
        return values.update(id_number_sealed=None, id_number_index="")
    if found.kind == "account":
        return values.update(number_sealed=None, number_index="")
    return values.update(sealed=None, index="", end="")
