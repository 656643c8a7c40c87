"""Tells the facts which wages of a batch reached their workers: workshops count those as paid."""

from collections.abc import Iterable
from datetime import date, datetime

from lianjie.facts.actions import wage_sent
from lianjie.facts.actions.store import Entry, SourceGiven
from lianjie.facts.actions.wage_sent import Part
from lianjie.ledger.models import PayoutBatch, PayoutLine

PAYROLL = "payroll:"


def note(
    batch: PayoutBatch, lines: Iterable[PayoutLine], evidence: str, day: date, at: datetime, by: int | None
) -> None:
    """Lines of a batch of wages are settled; of other batches nothing is told."""
    if batch.purpose != "wages":
        return
    parts = [
        Part(line.identity, each.source.removeprefix(PAYROLL), line.party_id, day, batch.method, evidence)
        for line in lines
        for each in line.items.all()
        if each.source.startswith(PAYROLL)
    ]
    wage_sent.note(_entry(batch, at, by), parts)


def take_back(batch: PayoutBatch, identity: str, evidence: str, at: datetime, by: int | None) -> None:
    """A settled line of a batch of wages came back."""
    if batch.purpose == "wages":
        wage_sent.take_back(_entry(batch, at, by), identity, evidence)


def _entry(batch: PayoutBatch, at: datetime, by: int | None) -> Entry:
    return Entry(batch.organisation_id, SourceGiven("page", batch.reference), at, by)
