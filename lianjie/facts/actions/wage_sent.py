"""Wages paid in batches: whose part of which payroll reached its worker, and what came back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from lianjie.facts.actions.store import Entry, Want, keep, standing
from lianjie.facts.actions.withdraw import taken_back
from lianjie.facts.models import Payroll, WageSent


@dataclass(frozen=True)
class Part:
    """A worker's part of a payroll, paid by the payment `identity`."""

    identity: str
    payroll: str
    worker_id: int
    day: date
    method: str
    evidence: str


def note(entry: Entry, parts: Iterable[Part]) -> None:
    """Enter what was paid. The same again changes nothing."""
    parts = tuple(parts)
    payrolls = standing(Payroll, entry.organisation_id, {each.payroll for each in parts})
    wants = []
    for each in parts:
        of = payrolls[each.payroll]
        fields = {
            "payroll_id": of.pk, "worker_id": each.worker_id, "day": each.day, "method": each.method,
            "evidence": each.evidence[:300],
        }  # fmt: skip
        wants.append(Want(f"{each.identity}/{each.payroll}", of.area_id, fields))
    keep(WageSent, wants, entry)


def take_back(entry: Entry, identity: str, reason: str) -> None:
    """The payment came back: what it paid is not paid any more."""
    rows = WageSent.objects.current().filter(
        organisation_id=entry.organisation_id, key__startswith=f"{identity}/"
    )
    for row in rows:
        taken_back(row, reason, entry)
