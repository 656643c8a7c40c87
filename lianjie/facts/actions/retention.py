"""Erase sealed personal values whose time is over: the money facts stay, the value and its index go for good.

A value is due when its term since the event is over (parameters/retention.toml), no tie of the person runs
and nothing entered about it is younger. A legal hold keeps it. What is erased leaves a line: whose, what, by
which rule. On SQLite the freed pages are overwritten at once.
"""

from datetime import date, datetime

from django.db import connection, transaction

from lianjie.facts.actions.audit import note
from lianjie.facts.models import CorrectionRequest, Erasure, OrderReceiver, Party, Ruling
from lianjie.facts.queries import personal
from lianjie.facts.queries.retention import Due, kept_requests, values_of


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


def ran(*, due: int, erased: int, by: int | None = None) -> None:
    """Keep that a run that erases went through, whether it found anything or not."""
    note("personal:retention", after={"due": due, "erased": erased}, by=by)


def overwrite() -> None:
    """From here on this connection overwrites what it frees (SQLite); call it before a run that erases."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete=ON")


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
            for row in kept_requests().filter(party_id=found.party_id, at__date__lte=found.since)
            if Ruling.objects.filter(
                subject=f"{row.organisation_id}/{row.reference}", at__date__lte=found.since
            ).exists()
        ]
        rows = CorrectionRequest.objects.filter(pk__in=ruled)
        return 2 * rows.update(before_sealed=None, after_sealed=None)
    values = values_of(found.kind, found.party_id)
    if found.kind == "id_number":
        return values.update(id_number_sealed=None, id_number_index="")
    if found.kind == "account":
        return values.update(number_sealed=None, number_index="")
    return values.update(sealed=None, index="", end="")
