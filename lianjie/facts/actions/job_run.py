"""Long work: asked for once, claimed by one worker, continued by the next one when that worker is killed.

Four promises, and what keeps each:

- *Nothing twice.* `Run.step` writes the work and how far it is in one transaction, and only while the run
  still holds the job. Whoever lost it rolls back.
- *Nothing lost.* A job whose beats stand still for a lease is taken over, and goes on from its cursor.
- *A long step can be watched and stopped.* Nobody sees what a step writes before it is over, and SQLite lets
  nobody else write meanwhile; so `Run.tell` and the wish to stop go by two small files in the job's folder.
- *A clock that jumps is harmless.* Nobody compares wall clocks: the counter of beats is watched on the
  watcher's own steady clock, and taking over is one conditional UPDATE on the beats it saw.
"""

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import translation

from lianjie.base.refusal import Refusal
from lianjie.facts.models import JobRun
from lianjie.facts.models.registry import Party
from lianjie.facts.queries.job_run import folder_of, told_file
from lianjie.facts.rules import job_run as rules

LEASE = 20.0
"""Seconds without a beat after which a job is taken over."""
BEAT = 4.0
REPORT_EVERY = 0.5
logger = logging.getLogger(__name__)


class HoldLost(Exception):
    """Another worker took the job over; this one must write nothing more."""


class CancelAsked(Exception):
    """Somebody asked to stop the job."""


class Stopping(Exception):
    """The worker itself is to end; the job waits for the next one."""


@dataclass
class Run:
    """One worker's hold on one job, handed to the function that does it.

    The function begins where `cursor` says, and does its writes in `step`s.
    """

    id: int
    owner: str
    kind: str
    payload: Mapping[str, Any]
    organisation_id: int | None
    asked_by: int | None
    asked_at: datetime
    cursor: dict[str, Any]
    stopping: Callable[[], bool] = lambda: False
    result: dict[str, Any] = field(default_factory=dict)
    result_file: str = ""
    _reported: float = 0.0

    @property
    def folder(self) -> Path:
        """Where the job may keep files; made when first asked for."""
        return folder_of(self.id)

    def report(self, done: int, total: int, message: str = "", *, now: bool = False, **details: Any) -> None:
        """Say how far the work is. Outside of `step`, or nobody sees it before the step is over.

        message  a catalogue text (N_), with details for its places
        now      say it even if something was said half a second ago
        """
        self.check()
        steady = time.monotonic()
        if not now and steady - self._reported < REPORT_EVERY:
            return
        self._reported = steady
        kept = {name: str(value) for name, value in details.items()}
        self._write(done=done, total=total, message=message, details=kept)

    def tell(self, done: int, total: int, message: str = "") -> None:
        """Say from inside a `step` how far it is. Raises CancelAsked or Stopping; the step is taken back."""
        if stop_file(self.id).exists():
            raise CancelAsked
        if self.stopping():
            raise Stopping
        steady = time.monotonic()
        if steady - self._reported >= REPORT_EVERY:
            self._reported = steady
            told = {"owner": self.owner, "done": done, "total": total, "message": message}
            path = told_file(self.id)
            partial = path.with_suffix(".part")
            partial.write_text(json.dumps(told))
            partial.replace(path)

    @contextmanager
    def step(self, **cursor: Any) -> Iterator[None]:
        """One transaction of work; with it, and only while the job is held, the cursor moves on."""
        self.check()
        with transaction.atomic():
            yield
            moved = self.cursor | cursor
            self._write(cursor=moved, attempt=0)
        self.cursor = moved

    def check(self) -> None:
        """Raises HoldLost, CancelAsked or Stopping."""
        row = JobRun.objects.filter(pk=self.id).values_list("owner", "cancel_asked").first()
        if row is None or row[0] != self.owner:
            raise HoldLost
        if row[1]:
            raise CancelAsked
        if self.stopping():
            raise Stopping

    def give(self, path: Path, **result: Any) -> None:
        """Hand over a file below the data folder, and figures, as the job's result."""
        self.result_file = str(path.relative_to(settings.DATA))
        self.result |= result

    def _write(self, **values: Any) -> None:
        held = JobRun.objects.filter(pk=self.id, owner=self.owner, state="running")
        if not held.update(beats=F("beats") + 1, heartbeat_at=Now(), **values):
            raise HoldLost

    def beat(self) -> None:
        self._write()

    def end(self, state: str, **values: Any) -> None:
        """Let go of the job in `state`."""
        stop, told = stop_file(self.id), told_file(self.id)
        if state == "cancelled" and stop.exists():
            values["cancel_by_id"] = int(stop.read_text() or 0) or None
        if state != "waiting":
            values["finished_at"] = Now()
        self._write(state=state, owner="", **values)
        stop.unlink(missing_ok=True)
        told.unlink(missing_ok=True)


Handler = Callable[[Run], None]


def enqueue(
    kind: str,
    key: str,
    payload: Mapping[str, Any],
    *,
    organisation_id: int | None,
    at: datetime,
    by: int | None,
    title: str = "",
    right: str = "enter_facts",
) -> int:
    """Ask for a job; returns its id. Asked for again with the same key, it is the same job.

    Refuses with JobAskedOtherwise when the key stands for something else.
    """
    area = Party.objects.values_list("area_id", flat=True).filter(pk=organisation_id).first()
    row, new = JobRun.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind,
            "payload": dict(payload),
            "organisation_id": organisation_id,
            "area_id": area,
            "right": right,
            "title": title[:200],
            "asked_by_id": by,
            "asked_at": at,
            "language": translation.get_language() or "zh-hans",
        },
    )
    if not new and (row.kind, row.payload) != (kind, dict(payload)):
        raise rules.JobAskedOtherwise(key=key)
    return row.pk


def ask_cancel(job_id: int, *, by: int | None) -> None:
    """Stop a job: one that waits at once, one that runs before its next step. Refuses with JobIsOver."""
    ran = JobRun.objects.filter(pk=job_id, state="running").exists()
    if ran:
        # Before any write: on SQLite that waits for the very step that is to be stopped.
        stop_file(job_id).write_text(str(by or ""))
    waiting = JobRun.objects.filter(pk=job_id, state="waiting")
    if waiting.update(state="cancelled", cancel_by_id=by, finished_at=Now()):
        return
    running = JobRun.objects.filter(pk=job_id, state="running")
    if running.update(cancel_asked=True, cancel_by_id=by):
        return
    stop_file(job_id).unlink(missing_ok=True)
    if not (ran and JobRun.objects.filter(pk=job_id, state="cancelled").exists()):
        raise rules.JobIsOver


def carry_on(job_id: int) -> None:
    """Let a job that failed or was stopped go on from where it was. Refuses with JobStillRuns."""
    over = JobRun.objects.filter(pk=job_id, state__in=("failed", "cancelled"))
    fresh = {"state": "waiting", "cancel_asked": False, "attempt": 0, "refusals": [], "finished_at": None}
    if not over.update(**fresh):
        raise rules.JobStillRuns
    stop_file(job_id).unlink(missing_ok=True)


def stop_file(job_id: int) -> Path:
    """There while somebody wants the job to stop; it holds the id of who does."""
    return folder_of(job_id) / "stop"


@dataclass
class Worker:
    """Claims jobs, one at a time, and does them.

    handlers  kind -> the function that does it
    lease     seconds of silence after which another worker's job is taken over
    beat      seconds between two beats; a good deal less than the lease
    """

    handlers: Mapping[str, Handler]
    lease: float = LEASE
    beat: float = BEAT
    stopping: Callable[[], bool] = lambda: False
    _seen: dict[int, tuple[int, float]] = field(default_factory=dict)

    def work_one(self) -> bool:
        """Do the first job that may be done; False when there is none."""
        run = self.claim()
        if run is None:
            return False
        self.do(run)
        return True

    def claim(self) -> Run | None:
        """Take the oldest job that waits, or whose worker is silent. One conditional UPDATE decides."""
        rows = JobRun.objects.filter(state__in=rules.OPEN).order_by("pk").values("id", "state", "beats")
        for row in rows:
            if row["state"] == "running" and not self._silent(row["id"], row["beats"]):
                continue
            owner = uuid4().hex
            taken = JobRun.objects.filter(pk=row["id"], state=row["state"], beats=row["beats"])
            if taken.update(
                state="running",
                owner=owner,
                beats=F("beats") + 1,
                attempt=F("attempt") + 1,
                heartbeat_at=Now(),
            ):
                self._seen.pop(row["id"], None)
                return self._held(row["id"], owner)
        return None

    def _silent(self, job_id: int, beats: int) -> bool:
        """True when the counter has stood still for a lease, by this worker's own steady clock."""
        seen, since = self._seen.get(job_id, (-1, 0.0))
        if seen != beats:
            self._seen[job_id] = (beats, time.monotonic())
            return False
        return time.monotonic() - since >= self.lease

    def _held(self, job_id: int, owner: str) -> Run | None:
        row = JobRun.objects.get(pk=job_id)
        run = Run(
            row.pk,
            owner,
            row.kind,
            row.payload,
            row.organisation_id,
            row.asked_by_id,
            row.asked_at,
            dict(row.cursor),
            self.stopping,
        )
        if row.attempt > rules.MOST_ATTEMPTS:
            given_up = rules.JobEndsItsWorker(times=rules.MOST_ATTEMPTS)
            run.end("failed", refusals=rules.packed(given_up))
            return None
        return run

    def do(self, run: Run) -> None:
        """Do a job that was claimed, to its end or until it must be let go."""
        try:
            with self._beating(run), translation.override(self._language(run)):
                handler = self.handlers.get(run.kind)
                if handler is None:
                    raise rules.JobKindUnknown(kind=run.kind)
                handler(run)
                run.end("done", result=run.result, result_file=run.result_file)
        except HoldLost:
            logger.warning("job %s was taken over by another worker", run.id)
        except CancelAsked:
            run.end("cancelled")
        except Stopping:
            run.end("waiting", attempt=0)
        except Refusal as refusal:
            packs = rules.packed(refusal)
            run.end("failed", refusals=packs, result=run.result, result_file=run.result_file)
        except OperationalError:
            # The database was away or full: tried again, and given up after some attempts.
            logger.exception("job %s stopped on the database", run.id)
            connection.close()
        except Exception as fault:
            logger.exception("job %s broke", run.id)
            run.end("failed", refusals=rules.packed(rules.JobBroke(name=type(fault).__name__)))

    def _language(self, run: Run) -> str:
        return str(JobRun.objects.values_list("language", flat=True).get(pk=run.id))

    @contextmanager
    def _beating(self, run: Run) -> Iterator[None]:
        """Beats from a thread of its own, so that one long step is not taken for a dead worker."""
        over = threading.Event()

        def beats() -> None:
            while not over.wait(self.beat):
                try:
                    run.beat()
                except HoldLost:
                    break
                except OperationalError:
                    # The step itself holds the database's only writer: then nobody can take over either.
                    connection.close()
            connection.close()

        thread = threading.Thread(target=beats, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
