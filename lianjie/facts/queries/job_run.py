"""Background tasks as people see them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from lianjie.facts.models import JobRun
from lianjie.facts.queries.names import user_name
from lianjie.facts.queries.slices import slice_after
from lianjie.facts.rules.job_run import OPEN


@dataclass(frozen=True)
class JobRow:
    """One job. `percent` is None while nobody knows how long it is; `file` is there to be fetched."""

    id: int
    key: str
    kind: str
    title: str
    right: str
    state: str
    asked_at: datetime
    asked_by: str
    cancel_asked: bool
    cancel_by: str
    done: int
    total: int
    message: str
    details: Mapping[str, Any]
    attempt: int
    heartbeat_at: datetime | None
    finished_at: datetime | None
    payload: Mapping[str, Any]
    result: Mapping[str, Any]
    refusals: tuple[Mapping[str, Any], ...]
    file: Path | None

    @property
    def open(self) -> bool:
        return self.state in OPEN

    @property
    def may_go_on(self) -> bool:
        return self.state in ("failed", "cancelled")

    @property
    def percent(self) -> int | None:
        return min(self.done * 100 // self.total, 100) if self.total else None


@dataclass(frozen=True)
class JobPage:
    """Some jobs, where the next page begins, how many there are."""

    rows: tuple[JobRow, ...]
    next_after: str
    total: int


def page(organisation_id: int, *, kind: str = "", after: str = "", limit: int = 50) -> JobPage:
    """Jobs of one organisation, perhaps of one kind, the latest first."""
    found = _jobs().filter(organisation_id=organisation_id)
    if kind:
        found = found.filter(kind=kind)
    shown = slice_after(found, "asked_at", True, after=after, limit=limit)
    return JobPage(tuple(map(_row, shown.rows)), shown.next_after, found.count())


def one(organisation_id: int, job_id: int) -> JobRow | None:
    """The job, if it is this organisation's."""
    found = _jobs().filter(organisation_id=organisation_id, pk=job_id).first()
    return _row(found) if found else None


def by_key(organisation_id: int, key: str) -> JobRow | None:
    """The job asked for under this key."""
    found = _jobs().filter(organisation_id=organisation_id, key=key).first()
    return _row(found) if found else None


def folder_of(job_id: int) -> Path:
    """Where a job keeps files; made when first asked for."""
    made = Path(settings.DATA) / "jobs" / str(job_id)
    made.mkdir(mode=0o700, parents=True, exist_ok=True)
    return made


def told_file(job_id: int) -> Path:
    """How far a step says it is, while it runs."""
    return folder_of(job_id) / "told.json"


def _told(row: JobRun) -> tuple[int, int, str, Mapping[str, Any]]:
    """Done, total, message and its details: what the step in hand says, or what was said before it."""
    if row.state == "running":
        try:
            told = json.loads((Path(settings.DATA) / "jobs" / str(row.pk) / "told.json").read_text())
        except (OSError, ValueError):
            told = {}
        if told.get("owner") == row.owner:
            return told["done"], told["total"], told["message"], {}
    return row.done, row.total, row.message, row.details


def _jobs():
    return JobRun.objects.select_related("asked_by", "cancel_by")


def _row(row: JobRun) -> JobRow:
    path = Path(settings.DATA) / row.result_file if row.result_file else None
    done, total, message, details = _told(row)
    return JobRow(
        row.pk,
        row.key,
        row.kind,
        row.title,
        row.right,
        row.state,
        row.asked_at,
        user_name(row.asked_by),
        row.cancel_asked,
        user_name(row.cancel_by),
        done,
        total,
        message,
        details,
        row.attempt,
        row.heartbeat_at,
        row.finished_at,
        row.payload,
        row.result,
        tuple(row.refusals),
        path if path and path.is_file() else None,
    )
