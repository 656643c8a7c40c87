"""A worker that enters a file of registers, killed before its 1st, 2nd, 3rd … write.

    python -m tests.crash.register_child

The first fork makes the co-op; then come two forks for every write, as in job_child. Each round brings a file
of its own. Prints how many were killed.
"""

import time
from datetime import UTC, date, datetime
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402

from lianjie.facts import registers  # noqa: E402
from lianjie.facts.actions import job_run as acts  # noqa: E402
from lianjie.facts.actions.job_run import Worker  # noqa: E402
from lianjie.facts.models import JobRun, Party  # noqa: E402
from lianjie.facts.registers import taking  # noqa: E402
from lianjie.project.worker import HANDLERS  # noqa: E402
from tests.crash.child import Killer  # noqa: E402
from tests.crash.job_child import forked, rounds  # noqa: E402
from tests.ledger import coop  # noqa: E402

AT = datetime(2026, 11, 1, tzinfo=UTC)
SHEETS = ("lots", "loans", "loan_returns")


def found(_: int) -> None:
    coop.make()


def ask(job: int) -> None:
    """A lot, a loan out of it and part of it brought back."""
    goods = {"unit": "kg", "day": date(2025, 3, 1)}
    rows = {
        "lots": goods | {"lot": f"L{job}", "good": "芋种", "quantity": 900_000, "origin": "bought"},
        "loans": goods
        | {"number": f"J{job}", "borrower": "COOP-H1", "lot": f"L{job}", "quantity": 200_000}
        | {"due_day": date(2025, 12, 1), "rule": "same"},
        "loan_returns": goods | {"receipt": f"R{job}", "loan": f"J{job}", "good": "芋种", "quantity": 50_000},
    }
    path = Path(settings.DATA) / f"{job}.xlsx"
    taking.write(
        "x", [registers.REGISTERS[of] for of in SHEETS], path, "en", {of: [rows[of]] for of in SHEETS}
    )
    payload = {"file": path.name, "name": path.name, "sha256": f"{job:064}", "rights": ["enter_facts"]}
    here = Party.objects.get(code="COOP").pk
    acts.enqueue("register_import", str(job), payload, organisation_id=here, at=AT, by=None)


def work(before: int) -> None:
    worker = Worker(HANDLERS, lease=0.15)
    with connection.execute_wrapper(Killer(before)):
        while JobRun.objects.filter(state__in=("waiting", "running")).exists():
            worker.work_one() or time.sleep(0.05)


def main() -> None:
    forked(found, 0)
    print(rounds(ask, work))


if __name__ == "__main__":
    main()
