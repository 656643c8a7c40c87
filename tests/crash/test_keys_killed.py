"""The process that seals everything anew is killed: every value opens, and the next run goes on."""

import subprocess

import pytest

from tests.support.databases import PYTHON, child_environment

pytestmark = [pytest.mark.both, pytest.mark.crash]

KILLED = -9
EVERYONE = [f"number {n}" for n in range(7)]


def act(address: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PYTHON, "-m", "tests.crash.keys_child", *arguments],
        env=child_environment(address),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def looked(address: str) -> list[str]:
    """Every value, opened; then how many are sealed with each key."""
    seen = act(address, "look")
    assert seen.returncode == 0, seen.stderr
    *values, counts = seen.stdout.splitlines()
    assert values == EVERYONE
    return counts.split()


def test_killed_between_batches_and_within_one_the_next_run_goes_on(private_database):
    for step in ("prepare", "new"):
        made = act(private_database, step)
        assert made.returncode == 0, made.stderr
    left = ["7"]
    # Batches of two: the third write is the second batch's, or within it.
    for nth, expected in (("1", ["7"]), ("2", ["2", "5"]), ("2", ["3", "4"])):
        ended = act(private_database, "reseal", nth)
        assert ended.returncode == KILLED, ended.stderr
        left = looked(private_database)
        assert left == expected
    ended = act(private_database, "reseal")
    assert ended.returncode == 0, ended.stderr
    assert looked(private_database) == ["7"]
