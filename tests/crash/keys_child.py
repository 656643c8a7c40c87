"""Turning the keys, in a process that may be killed before its Nth write.

    python -m tests.crash.keys_child prepare|new|reseal|look [N]

The last line printed is how many writes were made; `look` prints keys in use and opens every value.
"""

import sys
from datetime import UTC, datetime

import django

django.setup()

from django.db import connection  # noqa: E402

from lianjie.facts import sealing  # noqa: E402
from lianjie.facts.actions import keys  # noqa: E402
from lianjie.facts.models import Party, Person  # noqa: E402
from tests.crash.child import Killer  # noqa: E402
from tests.support.fill import fill  # noqa: E402

PEOPLE = 7


def main(act: str, before: int) -> None:
    if act == "prepare":
        for n in range(PEOPLE):
            party = fill(Party, code=f"P{n}", kind="person", name=f"人{n}")
            sealed = sealing.seal(f"number {n}", sealing.person_row(party.pk))
            Person.objects.create(
                party=party, id_number_sealed=sealed, id_number_index=sealing.index(f"number {n}")
            )
        return
    if act == "new":
        keys.new(at=datetime(2026, 11, 30, 8, tzinfo=UTC))
        return
    if act == "look":
        for row in Person.objects.order_by("pk"):
            text = sealing.opened(row.id_number_sealed, sealing.person_row(row.pk))
            assert row.id_number_index in sealing.indexes(text)
            print(text)
        print(*sorted(sum(each.values()) for each in keys.in_use().values()))
        return
    keys.BATCH = 2
    killer = Killer(before)
    with connection.execute_wrapper(killer):
        keys.reseal()
    print(killer.writes)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 0)
