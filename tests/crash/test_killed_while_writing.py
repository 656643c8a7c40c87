"""The process is killed before each write in turn: nothing is half done, a rerun finishes it once."""

import subprocess

import pytest

from tests.support.databases import PYTHON, child_environment, rows_of

pytestmark = [pytest.mark.both, pytest.mark.crash, pytest.mark.mission("S1")]

KILLED = -9
STATE = {
    "disclose": ("draft", "disclosed"),
    "post": ("decided", "posted"),
    "pay": ("posted", "posted"),
}
BEFORE = {"disclose": (), "post": ("disclose", "decide"), "pay": ("disclose", "decide", "post")}
TRACES = (
    "SELECT count(*) FROM ledger_entry",
    "SELECT count(*) FROM ledger_posting",
    "SELECT count(*) FROM ledger_step",
    "SELECT count(*) FROM ledger_allotment",
    "SELECT count(*) FROM ledger_payout",
    "SELECT count(*) FROM ledger_settlementevent",
)
UNBALANCED = """
    SELECT e.id FROM ledger_entry e LEFT JOIN ledger_posting p ON p.entry_id = e.id
    GROUP BY e.id, e.posted HAVING NOT e.posted OR count(p.id) = 0 OR SUM(p.amount_fen) <> 0
"""


def act(address: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PYTHON, "-m", "tests.crash.child", *arguments],
        env=child_environment(address),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def done(address: str, *arguments: str) -> int:
    finished = act(address, *arguments)
    assert finished.returncode == 0, finished.stderr
    last = finished.stdout.split()
    return int(last[-1]) if last else 0


def traces(address: str) -> list[object]:
    return [rows_of(address, each)[0][0] for each in TRACES]


@pytest.mark.parametrize("what", ["disclose", "post", "pay"])
def test_killed_before_each_write_leaves_nothing_and_a_rerun_finishes_once(what, private_database):
    done(private_database, "prepare")
    for earlier in {"disclose": [], "post": ["disclose", "decide"], "pay": ["disclose", "decide", "post"]}[
        what
    ]:
        done(private_database, earlier)
    before, after = STATE[what]
    untouched = traces(private_database)

    kills = 0
    while True:
        ended = act(private_database, what, str(kills + 1))
        if ended.returncode == 0:
            break
        assert ended.returncode == KILLED, ended.stderr
        kills += 1
        assert rows_of(private_database, "SELECT state FROM ledger_settlement") == [(before,)]
        assert traces(private_database) == untouched
        assert rows_of(private_database, UNBALANCED) == []

    assert kills >= 4
    assert kills == int(ended.stdout.split()[-1])
    assert rows_of(private_database, "SELECT state FROM ledger_settlement") == [(after,)]
    assert rows_of(private_database, UNBALANCED) == []
    finished = traces(private_database)
    if what == "post":
        done(private_database, what)
    if what == "pay":
        done(private_database, what)
    assert traces(private_database) == finished


def test_killed_while_a_banks_answer_is_read_nobody_is_paid_twice(private_database):
    """Two payments settled, one failed, or none of them: after every kill, and read twice at the end."""
    done(private_database, "send")
    lines = "SELECT state, COUNT(*) FROM ledger_payoutline GROUP BY state ORDER BY state"
    booked = "SELECT COUNT(*) FROM ledger_entry WHERE source LIKE 'payout:%'"
    kills = 0
    while True:
        ended = act(private_database, "answer", str(kills + 1))
        if ended.returncode == 0:
            break
        assert ended.returncode == KILLED, ended.stderr
        kills += 1
        assert rows_of(private_database, lines) == [("waiting", 3)]
        assert rows_of(private_database, booked) == [(0,)]
        assert rows_of(private_database, UNBALANCED) == []
    assert kills >= 6
    done(private_database, "answer")
    assert rows_of(private_database, lines) == [("failed", 1), ("settled", 2)]
    assert rows_of(private_database, booked) == [(2,)]
    print(f"{kills} kills: nothing lost, nothing paid twice")
