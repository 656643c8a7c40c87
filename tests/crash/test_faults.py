"""A full disk, a database that goes away, a clock that jumps back: books balance, nothing lost or twice."""

import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import OperationalError, connection

from lianjie.facts.actions import seal, stock
from lianjie.facts.actions.enter import SourceGiven
from lianjie.facts.actions.stock import Books, Receiving
from lianjie.facts.models import Lot
from lianjie.facts.queries import audit
from lianjie.facts.rules.in_kind import Goods
from lianjie.ledger.actions.posting import post
from lianjie.ledger.models import Entry
from lianjie.project.settings import ROOT
from tests.crash.test_killed_while_writing import UNBALANCED, done
from tests.ledger import coop
from tests.support.databases import PYTHON, child_environment, rows_of
from tests.support.postgres import Cluster, NoPostgres
from tests.support.programs import missing

pytestmark = pytest.mark.crash
AT = datetime(2026, 11, 1, 8, tzinfo=UTC)
KILOS = 1000


def receive(books: Books, number: int) -> None:
    goods = Goods("魔芋种芋", "kg", number * KILOS)
    stock.receive(Receiving(f"L{number}", date(2026, 2, 1), goods, "granted"), books)


@pytest.mark.django_db(transaction=True)
def test_a_full_disk_leaves_whole_facts_only_and_work_goes_on_when_there_is_room():
    books = Books(coop.make().pk, SourceGiven("page", "stock"), AT, None, post)
    receive(books, 1)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        used = cursor.fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {used + 4}")
    entered = 1
    with pytest.raises(OperationalError, match="full"):  # noqa: PT012  each pass is one that may fail
        for number in range(2, 500):
            receive(books, number)
            entered = number
    assert Lot.objects.count() == entered
    assert Entry.objects.filter(source__startswith="lot:", posted=True).count() == entered
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA max_page_count = 1073741823")
        cursor.execute("PRAGMA integrity_check")
        assert cursor.fetchone() == ("ok",)
        cursor.execute(UNBALANCED)
        assert cursor.fetchall() == []
    receive(books, entered + 1)
    assert Lot.objects.count() == entered + 1


def test_the_database_goes_away_under_load_twice_and_every_answered_write_is_there(tmp_path: Path):
    try:
        cluster = Cluster(durable=True)
    except NoPostgres as problem:
        missing(str(problem))
    try:
        cluster.execute("CREATE DATABASE lianjie")
        address = cluster.address("lianjie")
        environment = child_environment(address, LIANJIE_DATA=str(tmp_path))
        subprocess.run([PYTHON, "-m", "lianjie", "migrate"], env=environment, check=True, cwd=ROOT)
        done(address, "prepare")
        writer = subprocess.Popen(
            [PYTHON, "-m", "tests.project.writer"],
            env=environment, stdin=-1, stdout=-1, stderr=-1, text=True, cwd=ROOT,
        )  # fmt: skip
        assert writer.stdout is not None
        for _ in range(2):
            for _ in range(15):
                writer.stdout.readline()
            cluster.kill()
            cluster.start()
        for _ in range(15):
            writer.stdout.readline()
        out, problems = writer.communicate("", timeout=60)
        assert writer.returncode == 0, problems
        answered = int(out.split()[-1]) if out.split() else 45
        assert rows_of(address, "SELECT COUNT(*), COUNT(DISTINCT key) FROM facts_lot") == [
            (answered, answered)
        ]
        booked = "SELECT COUNT(*) FROM ledger_entry WHERE posted AND source LIKE 'lot:%'"
        assert rows_of(address, booked) == [(answered,)]
        assert rows_of(address, UNBALANCED) == []
        print(f"2 crashes of the database, {answered} writes answered, {answered} there, none twice")
    finally:
        cluster.stop()


@pytest.mark.both
def test_a_clock_that_jumps_back_breaks_no_chain_and_no_order():
    made = coop.make()
    for number, back in enumerate((0, 3600, 86_400), start=1):
        at = AT - timedelta(seconds=back)
        receive(Books(made.pk, SourceGiven("page", f"stock {number}"), at, None, post), number)
        assert seal.seal(at=at) is not None
    assert seal.verify() == []
    lots = [row for row in audit.page(made.pk).rows if row.text.startswith("stock")]
    assert [row.text for row in lots] == ["stock 3", "stock 2", "stock 1"], "in the order they were done"
