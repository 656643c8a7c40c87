"""Who does background tasks: the functions by kind, and the loop of `lianjie work` and `lianjie serve`."""

import signal
import threading
from collections.abc import Mapping
from functools import partial

from django.db import Error, close_old_connections

from lianjie.facts.actions import channel_settlement, order_file
from lianjie.facts.actions.job_run import Handler, Worker
from lianjie.facts.registers import importing
from lianjie.ledger.actions.posting import post
from lianjie.ledger.actions.posting_sales import post_sales
from lianjie.pages.fact_form import deliver_to

HANDLERS: Mapping[str, Handler] = {
    "order_import": partial(order_file.bring_in, post=post, post_sales=post_sales),
    "statement_import": partial(channel_settlement.bring_in, post=post),
    "register_import": partial(importing.bring_in, post=post, deliver_to=deliver_to),
}
"""Kind of job -> the function that does it. A room's own function, handed what it may not import."""

IDLE = 1.0
"""Seconds between two looks at the list when nothing is to do."""


def loop(stop: threading.Event) -> None:
    """Do jobs until `stop` is set; the one in hand is let go at its next step and goes on later."""
    worker = Worker(HANDLERS, stopping=stop.is_set)
    while not stop.is_set():
        close_old_connections()
        try:
            busy = worker.work_one()
        except Error:  # the database is away: looked for again
            busy = False
        if not busy:
            stop.wait(IDLE)


def alongside() -> threading.Event:
    """Start the loop in a thread of this process, so that one program is enough on a village's laptop."""
    stop = threading.Event()
    threading.Thread(target=loop, args=(stop,), name="background tasks", daemon=True).start()
    return stop


def alone() -> None:
    """The loop as a program of its own, until it is asked to end."""
    stop = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stop.set())
    loop(stop)
