"""What `bin/bench pages` measures: the county it makes is sound, and every page it asks for answers."""

from argparse import Namespace

import pytest
from django.test import Client

from bench import pages
from bench.county import County
from lianjie.ledger.queries import balances


@pytest.mark.both
def test_a_countys_year_is_sound_and_its_pages_answer(engine):
    county = County(120, 4_000)
    county.who()
    county.facts()
    county.ledger()
    assert 3_000 < county.posted_lines() < 4_500
    assert balances.differences() == []
    client = Client(headers={"cookie": county.cookie()})
    for name, addresses in county.pages().items():
        for address in {addresses[0], addresses[-1]}:
            assert client.get(address).status_code == 200, (name, address)


@pytest.mark.both
def test_the_pages_bench_runs_end_to_end(engine, private_database, tmp_path):
    """A tiny county filled, served and asked on each database; the figures hold what they promise."""
    given = Namespace(households=60, lines=2_000, rounds=2)
    made = pages.filled(str(tmp_path), private_database, given)
    found = pages.measured(str(tmp_path), private_database, given, made)
    assert found["lines"] > 1_000
    closing = pages.figures(60, {engine: found})
    mine = closing["database"][engine]
    assert closing["p95_ratio"] == max(ratio for _, ratio in mine["pages"].values()) > 0
    assert closing["p95_ms"] > 0 < mine["empty_ms"]
    assert {"household", "household_linkages", "trial_balance", "members"} <= set(mine["pages"])
