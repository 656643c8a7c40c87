"""What was said of pages, and what became of it."""

from dataclasses import dataclass
from datetime import datetime

from lianjie.facts.models import Remark
from lianjie.facts.queries.names import user_name


@dataclass(frozen=True)
class RemarkRow:
    """A remark as its writer and whoever answers see it; `answers` (words, when, who), the oldest first."""

    id: int
    page: str
    text: str
    version: str
    at: datetime
    writer: str
    answers: tuple[tuple[str, datetime, str], ...]


def written(user_id: int, limit: int = 50) -> list[RemarkRow]:
    """One's own, the newest first."""
    return _rows(Remark.objects.filter(by_id=user_id), limit)


def waiting(limit: int = 100) -> list[RemarkRow]:
    """Everybody's without an answer, the newest first."""
    return _rows(Remark.objects.filter(answers__isnull=True), limit)


def exists(remark_id: int) -> bool:
    """True when there is such a remark."""
    return Remark.objects.filter(pk=remark_id).exists()


def _rows(found, limit: int) -> list[RemarkRow]:
    rows = found.select_related("by").prefetch_related("answers__by").order_by("-pk")[:limit]
    return [
        RemarkRow(
            row.pk, row.page, row.text, row.version, row.at, user_name(row.by),
            tuple((each.text, each.at, user_name(each.by)) for each in row.answers.all()),
        )
        for row in rows
    ]  # fmt: skip
