"""Acts as people read them, and how far the seals reach."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from lianjie.facts.models import Act, Seal
from lianjie.facts.queries.names import user_name
from lianjie.facts.queries.slices import Slice, all_after, slice_after


@dataclass(frozen=True)
class ActRow:
    """One act. `changes` is name, before, after of what it changed in place."""

    id: int
    at: datetime
    who: str
    door: str
    address: str
    device: str
    verb: str
    subject: str
    text: str
    changes: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class SealRow:
    """The last seal."""

    number: int
    at: datetime
    digest: str


def page(
    organisation_id: int, *, search: str = "", verb: str = "", after: str = "", limit: int = 50
) -> Slice:
    """Acts in one organisation, the latest first."""
    shown = slice_after(_acts(organisation_id, search, verb), "id", True, after=after, limit=limit)
    return Slice(tuple(_row(row) for row in shown.rows), shown.next_after)


def every(organisation_id: int, *, search: str = "", verb: str = "") -> Iterator[ActRow]:
    """All of them, for an export."""
    for row in all_after(_acts(organisation_id, search, verb), "id", True):
        yield _row(row)


def last_seal() -> SealRow | None:
    """The newest seal, or None when nothing has been sealed yet."""
    row = Seal.objects.order_by("-number").first()
    return SealRow(row.number, row.at, row.digest) if row else None


def _acts(organisation_id: int, search: str, verb: str) -> QuerySet[Act]:
    found = Act.objects.filter(organisation_id=organisation_id).select_related("by")
    if verb:
        found = found.filter(verb=verb)
    if search:
        found = found.filter(
            Q(subject__icontains=search) | Q(text__icontains=search) | Q(by__username__icontains=search)
        )
    return found


def _row(row: Act) -> ActRow:
    before: dict[str, Any] = row.before or {}
    after: dict[str, Any] = row.after or {}
    names = [*before, *(name for name in after if name not in before)]
    changes = tuple((name, _text(before.get(name)), _text(after.get(name))) for name in names)
    return ActRow(
        row.pk,
        row.at,
        user_name(row.by),
        row.door,
        row.address,
        row.device,
        row.verb,
        row.subject,
        row.text,
        changes,
    )


def _text(value: object) -> str:
    return "" if value is None else str(value)
