"""What `bin/bench pages` measures: the county it makes is sound, and every page it asks for answers."""

import pytest
from django.test import Client

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
