"""A worker is killed before each of its writes in turn, the next one follows: nothing lost, nothing twice."""

import json
import subprocess

import pytest

from tests.support.databases import PYTHON, child_environment, rows_of

pytestmark = [pytest.mark.both, pytest.mark.crash]
STEPS, ROWS = 3, 2


def test_a_worker_killed_before_each_write_loses_nothing_and_repeats_nothing(private_database):
    ended = subprocess.run(
        [PYTHON, "-m", "tests.crash.job_child"],
        env=child_environment(private_database),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ended.returncode == 0, ended.stderr
    kills = int(ended.stdout)
    # The claim, for each step its report, its rows and the hold, and the end.
    assert kills == 1 + STEPS * (1 + ROWS + 1) + 1
    jobs = kills + 1  # the last one was not killed
    wanted = {
        f"{job}.{step}.{row}" for job in range(1, jobs + 1) for step in range(STEPS) for row in range(ROWS)
    }
    found = [name for (name,) in rows_of(private_database, "SELECT name FROM facts_source")]
    lost, twice = len(wanted - set(found)), len(found) - len(set(found))
    print(f"{kills} workers killed, {len(found)} rows of {jobs} jobs: {lost} lost, {twice} twice")
    assert set(found) == wanted
    assert (lost, twice) == (0, 0)
    states = rows_of(private_database, "SELECT DISTINCT state, owner FROM facts_jobrun")
    assert states == [("done", "")]


def test_a_file_of_registers_is_entered_whole_and_once_however_often_its_worker_is_killed(private_database):
    ended = subprocess.run(
        [PYTHON, "-m", "tests.crash.register_child"],
        env=child_environment(private_database),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert ended.returncode == 0, ended.stderr
    kills = int(ended.stdout)
    assert kills > 10, "the claim, two reports, source, note, three sheets with their entries, and the end"
    jobs = kills + 1
    for table in ("facts_loan", "facts_loanreturn"):
        keys = [key for (key,) in rows_of(private_database, f"SELECT key FROM {table}")]
        assert len(keys) == len(set(keys)) == jobs
    # A lot received and the one brought back; each fact of a job has its entry.
    assert rows_of(private_database, "SELECT count(*) FROM facts_lot") == [(2 * jobs,)]
    booked = rows_of(private_database, "SELECT count(*) FROM ledger_entry WHERE source LIKE 'lo%'")
    assert booked == [(3 * jobs,)]
    assert rows_of(private_database, "SELECT DISTINCT state, owner FROM facts_jobrun") == [("done", "")]


@pytest.mark.mission("M1", "M3")
def test_an_order_file_is_brought_in_once_however_often_its_worker_is_killed(private_database):
    ended = subprocess.run(
        [PYTHON, "-m", "tests.crash.order_child"],
        env=child_environment(private_database),
        capture_output=True,
        text=True,
        check=False,
        timeout=500,
    )
    assert ended.returncode == 0, ended.stderr
    wanted = json.loads(ended.stdout)
    kills = wanted.pop("kills")
    assert kills > 20, "the claim, three steps of orders, lines, refunds and their entries, and the end"

    def one(statement: str) -> int:
        return int(rows_of(private_database, statement)[0][0] or 0)

    money = "SELECT SUM(amount_fen) FROM ledger_posting WHERE account = "
    found = {
        "orders": one("SELECT COUNT(*) FROM facts_salesorder"),
        "gross": one("SELECT SUM(amount_fen) FROM facts_salesorder"),
        "lines": one("SELECT COUNT(*) FROM facts_salesorderline"),
        "line_fen": one("SELECT SUM(amount_fen) FROM facts_salesorderline"),
        "quantity": one("SELECT SUM(quantity) FROM facts_salesorderline"),
        "sent_fen": one("SELECT SUM(amount_fen) FROM facts_salesorder WHERE sent_day IS NOT NULL"),
        "back": one("SELECT SUM(amount_fen) FROM facts_orderrefund"),
        "cancelled": one("SELECT SUM(amount_fen) FROM facts_orderrefund WHERE kind = 'cancelled'"),
        "income": -one(f"{money}'501'"),
        "owed": one(f"{money}'113'"),
    }
    twice = found["orders"] - one("SELECT COUNT(DISTINCT number) FROM facts_salesorder")
    lost = wanted["orders"] - found["orders"]
    print(
        f"{kills} workers killed, {found['orders']} orders of {kills + 1} files: {lost} lost, {twice} twice"
    )
    assert (lost, twice) == (0, 0)
    assert found == wanted
    unposted = rows_of(private_database, "SELECT COUNT(*) FROM ledger_entry WHERE NOT posted")
    assert unposted == [(0,)]
    assert rows_of(private_database, "SELECT DISTINCT state, owner FROM facts_jobrun") == [("done", "")]
