"""One act on a settlement, in a process that may be killed before its Nth write.

    python -m tests.crash.child ACT [N]

ACT is prepare, disclose, post or pay; or send, which leaves a batch at the bank, and answer, which reads its
answer. The last line printed is how many writes the act made.
"""

import os
import signal
import sys
from datetime import UTC, date, datetime

import django

django.setup()

from django.db import connection, transaction  # noqa: E402

from lianjie.facts.models import Party  # noqa: E402
from lianjie.ledger import bulk  # noqa: E402
from lianjie.ledger.actions import carrying_out, settlement  # noqa: E402
from lianjie.ledger.queries import settlements  # noqa: E402
from lianjie.ledger.queries.owed import still_owed  # noqa: E402
from tests.ledger import coop  # noqa: E402
from tests.ledger.test_payouts import HOMES, Office  # noqa: E402

WHO = {"at": datetime(2026, 2, 3, tzinfo=UTC), "by": None}


class Killer:
    """Counts writes and kills this process before the one it is told; the commit counts as the last."""

    def __init__(self, before: int) -> None:
        self.before = before
        self.writes = 0

    def write(self) -> None:
        self.writes += 1
        if self.writes == self.before:
            os.kill(os.getpid(), signal.SIGKILL)

    def __call__(self, execute, sql, params, many, context):
        if sql.lstrip().split(" ", 1)[0].upper() in {"INSERT", "UPDATE", "DELETE"}:
            self.write()
        return execute(sql, params, many, context)


def main(act: str, before: int) -> None:
    if act == "prepare":
        with transaction.atomic():
            made = coop.make()
            coop.resolved(made)
            plan = settlements.plans(made.pk)[0]
            settlement.draft(made.pk, coop.YEAR, plan.id, **WHO)
            row = settlements.latest(made.pk)
            for each in settlements.worked(row).open_findings:
                settlement.accept(row, each.key, person_name="李会计", reason="例", **WHO)
        return
    if act == "send":
        with transaction.atomic():
            send()
        return
    killer = Killer(before)
    load = bulk.load

    def counted(table, frame):
        killer.write()
        load(table, frame)

    settlement.bulk.load = counted  # type: ignore[attr-defined]
    with connection.execute_wrapper(killer), transaction.atomic():
        ACTS[act]()
        killer.write()
    print(killer.writes)


def row():
    return settlements.latest(Party.objects.get(code="COOP").pk)


def disclose() -> None:
    settlement.disclose(row(), day=date(2026, 1, 12), **WHO)


def decide() -> None:
    settlement.decide_by(row(), "2026-1/1", **WHO)


def post() -> None:
    carrying_out.post(row(), day=date(2026, 2, 2), **WHO)


def pay() -> None:
    due = {each.party_id for each in still_owed(row().id)}
    if due:
        carrying_out.pay(row(), due, method="bank", evidence="slip", day=date(2026, 2, 3), **WHO)


def send() -> None:
    office = Office()
    office.accounts()
    for home in HOMES[:3]:
        office.rent(home, 10_000)
    number = office.make().number
    office.approve(number)
    office.send(number)


def answer() -> None:
    coop_ = Party.objects.get(code="COOP")
    office = Office.__new__(Office)
    office.coop, office.id, office.maker = coop_, coop_.pk, None
    office.answer(1, {f"COOP-{HOMES[1]}": "户名不符"})


ACTS = {"disclose": disclose, "decide": decide, "post": post, "pay": pay, "answer": answer}

if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 0)
