"""Enters one lot after another until its standard input closes; prints how many. A co-op must be there.

When the database goes away it tries the same lot again, as a person would press the button again.
"""

import sys
import threading
import time
from datetime import UTC, date, datetime

import django

django.setup()

from django.db import InterfaceError, OperationalError, connection  # noqa: E402

from lianjie.facts.actions import stock  # noqa: E402
from lianjie.facts.actions.enter import SourceGiven  # noqa: E402
from lianjie.facts.actions.stock import Books, Receiving  # noqa: E402
from lianjie.facts.queries import parties  # noqa: E402
from lianjie.facts.rules.in_kind import Goods  # noqa: E402
from lianjie.ledger.actions.posting import post  # noqa: E402


def main() -> None:
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    at = datetime(2026, 11, 1, 8, tzinfo=UTC)
    books = Books(parties.organisation("COOP").id, SourceGiven("page", "stock"), at, None, post)
    count = 0
    while not ended.is_set():
        count += 1
        goods = Goods("魔芋种芋", "kg", count * 1000)
        while True:
            try:
                stock.receive(Receiving(f"W{count}", date(2026, 2, 1), goods, "granted"), books)
                break
            except (OperationalError, InterfaceError):
                connection.close()
                time.sleep(0.05)
        print(count, flush=True)


if __name__ == "__main__":
    main()
