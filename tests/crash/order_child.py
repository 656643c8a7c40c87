"""A worker that brings in a platform's order file, killed before its 1st, 2nd, 3rd … write.

    python -m tests.crash.order_child

The first fork makes the co-op and its shops; then come two forks for every write, as in job_child. Each round
brings a file of its own, of several steps. Prints how many were killed, and what the files hold together.
"""

import json
import time
from dataclasses import replace

import django

django.setup()

from django.db import connection  # noqa: E402

from lianjie.facts import bulk  # noqa: E402
from lianjie.facts.actions import order_file, order_rows  # noqa: E402
from lianjie.facts.actions.job_run import Worker  # noqa: E402
from lianjie.facts.models import JobRun, Party  # noqa: E402
from lianjie.ledger.actions import posting_sales  # noqa: E402
from lianjie.project.worker import HANDLERS  # noqa: E402
from tests.crash.child import Killer  # noqa: E402
from tests.crash.job_child import forked, rounds  # noqa: E402
from tests.facts.order_files import made, shop  # noqa: E402

ORDERS, STEP = 9, 3


def found(_: int) -> None:
    shop.build()


def sold(job: int) -> list[made.Sold]:
    """The orders of one file; numbers of its own."""
    orders = made.world(job, ORDERS, items=2)
    return [replace(each, number=f"{job:04}{each.number}") for each in orders]


def ask(job: int) -> None:
    here = shop.Shop(Party.objects.get(code="COOP"), None)
    here.ask("SHOP", made.exported("short_video_shop", sold(job)))


def work(before: int) -> None:
    order_file.STEP = STEP
    worker, killer = Worker(HANDLERS, lease=0.15), Killer(before)
    load = bulk.load

    def counted(table, frame):
        if connection.vendor == "postgresql" and frame.height:
            killer.write()  # COPY goes past Django's wrappers
        load(table, frame)

    bulk.load = order_rows.bulk.load = posting_sales.load = counted  # type: ignore[attr-defined]
    with connection.execute_wrapper(killer):
        while JobRun.objects.filter(state__in=("waiting", "running")).exists():
            worker.work_one() or time.sleep(0.05)


def main() -> None:
    forked(found, 0)
    kills = rounds(ask, work)
    whole = [each for number in range(1, kills + 2) for each in sold(number)]
    print(json.dumps({"kills": kills, **shop.expected(whole)}))


if __name__ == "__main__":
    main()
