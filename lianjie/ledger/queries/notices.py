"""Notices put up."""

from dataclasses import dataclass
from datetime import date

from lianjie.ledger.models import NoticePosting


@dataclass(frozen=True)
class PostingRow:
    """A notice: where and how long it is up; `photo` names the picture kept, or is empty."""

    settlement_id: int
    token: str
    where: str
    since: date
    until: date
    photo: str


def of(settlement_id: int) -> list[PostingRow]:
    """Notices of one settlement, in the order they were put up."""
    return [_row(row) for row in NoticePosting.objects.filter(settlement_id=settlement_id).order_by("pk")]


def by_token(token: str) -> PostingRow | None:
    """The notice whose public page has this token."""
    row = NoticePosting.objects.filter(token=token).first()
    return None if row is None else _row(row)


def _row(row: NoticePosting) -> PostingRow:
    return PostingRow(row.settlement_id, row.token, row.where, row.since, row.until, row.photo)
