"""Workers killed before their 1st, 2nd, 3rd … write, each followed by one that is not killed.

    python -m tests.crash.job_child

One process that opens no connection of its own forks them, so that every write costs two forks and no start
of Python. Prints how many were killed.
"""

import os
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime

import django

django.setup()

from django.db import connection  # noqa: E402

from lianjie.facts.actions import job_run as acts  # noqa: E402
from lianjie.facts.actions.job_run import Run, Worker  # noqa: E402
from lianjie.facts.models import JobRun, Source  # noqa: E402
from tests.crash.child import Killer  # noqa: E402

AT = datetime(2026, 11, 1, tzinfo=UTC)
STEPS, ROWS = 3, 2


def count(run: Run) -> None:
    for number in range(run.cursor.get("at", 0), STEPS):
        run.report(number, STEPS, now=True)
        with run.step(at=number + 1):
            for row in range(ROWS):
                name = f"{run.payload['job']}.{number}.{row}"
                Source.objects.create(kind="demo", name=name, received_at=AT)


def ask(job: int) -> None:
    acts.enqueue("count", str(job), {"job": job}, organisation_id=None, at=AT, by=None)


def work(before: int) -> None:
    worker = Worker({"count": count}, lease=0.15)
    with connection.execute_wrapper(Killer(before)):
        while JobRun.objects.filter(state__in=("waiting", "running")).exists():
            worker.work_one() or time.sleep(0.05)


def forked(act: Callable[[int], None], number: int) -> bool:
    """Do it in a process of its own; True when that process was killed."""
    child = os.fork()
    if not child:
        act(number)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise SystemExit(f"{act.__name__} {number} failed")
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def rounds(ask: Callable[[int], None], work: Callable[[int], None]) -> int:
    """Kill the worker of a job before its 1st, 2nd, 3rd … write, until none is left; how many were killed."""
    job = 1
    while True:
        forked(ask, job)
        if not forked(work, job):
            return job - 1
        assert not forked(work, 0)
        job += 1


def main() -> None:
    print(rounds(ask, work))


if __name__ == "__main__":
    main()
