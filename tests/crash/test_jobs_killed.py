"""A worker is killed before each of its writes in turn, the next one follows: nothing lost, nothing twice."""

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
