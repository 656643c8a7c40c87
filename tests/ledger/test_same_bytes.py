"""The same facts give the same frozen text and the same result on both databases."""

import subprocess

import pytest

from tests.support.databases import PYTHON, child_environment

CHILD = """
import django
django.setup()
from django.core.management import call_command
from lianjie.base.digest import sha256
from lianjie.ledger.queries import settlements
from lianjie.ledger.queries.given import given
from lianjie.ledger.rules.given import given_json
from lianjie.project.demo import world
from lianjie.facts.queries import parties

call_command("migrate", verbosity=0)
for plan, coop in world.COOPS.items():
    world._coop(plan, coop)
    row = parties.organisation(coop.CODE)
    settled = settlements.latest(row.id)
    open_year = sha256(given_json(given(row.id, row.code, 2025)))
    print(coop.CODE, settled.given_sha256, settled.outcome_sha256, open_year)
"""


def digests(address: str) -> list[str]:
    done = subprocess.run(
        [PYTHON, "-c", CHILD], env=child_environment(address), capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.postgresql
@pytest.mark.mission("S1")
def test_frozen_inputs_and_results_are_the_same_bytes_on_both_databases(private_database, tmp_path):
    on_postgresql = digests(private_database)
    on_sqlite = digests(str(tmp_path / "same.sqlite3"))
    assert len(on_sqlite) == 4
    assert all(len(line.split()) == 4 for line in on_sqlite)
    assert on_postgresql == on_sqlite
