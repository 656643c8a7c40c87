"""Whose produce went into a sale: exact, and the same whatever the order of entry. M1."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianjie.facts.rules.market_goods import Source, mixed, provenance, whole_weights
from lianjie.ledger.rules.attribution import Take, attribute

pytestmark = pytest.mark.mission("M1")
HALF = {"a": Fraction(1, 2), "b": Fraction(1, 3), "c": Fraction(1, 6)}


def test_a_line_is_shared_to_the_last_gram_and_fen():
    parts = attribute("lot", Take(1, 100_001, 9_999, HALF))
    assert [(code, part.quantity, part.fen) for code, part in parts.items()] == [
        ("a", 50_000, 5_000), ("b", 33_334, 3_333), ("c", 16_667, 1_666),
    ]  # fmt: skip


def test_a_pool_counts_everything_pooled_and_needs_no_picks():
    parts = attribute("pool", Take(1, 1_000, 100, {}), pool={"a": 3, "b": 1, "z": 0})
    assert {code: (part.quantity, part.fen) for code, part in parts.items()} == {
        "a": (750, 75),
        "b": (250, 25),
    }
    assert attribute("pool", Take(1, 1_000, 100, {}), pool={}) == {}
    assert attribute("lot", Take(1, 1_000, 100, {})) == {}


def test_the_average_gives_one_price_to_all():
    """H1's apples fetched ¥6, H2's ¥4, as many of both: each gets ¥5."""
    season = [Take(1, 1_000, 600, {"H1": Fraction(1)}), Take(2, 1_000, 400, {"H2": Fraction(1)})]
    fen = [attribute("average", line, season=season) for line in season]
    assert (fen[0]["H1"].fen, fen[1]["H2"].fen) == (500, 500)


shares = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 10**6), min_size=1, max_size=8)


@given(shares, st.integers(0, 10**8), st.integers(0, 10**8), st.sampled_from(["lot", "pool", "average"]))
def test_nothing_is_lost_or_made(weights, quantity, fen, rule):
    total = sum(weights.values())
    exact = {code: Fraction(weight, total) for code, weight in weights.items()}
    line = Take(1, quantity, fen, exact)
    parts = attribute(rule, line, pool=weights)
    assert sum(part.quantity for part in parts.values()) == quantity
    if quantity or rule != "average":
        assert sum(part.fen for part in parts.values()) == fen
    for code, part in parts.items():
        assert abs(part.quantity - quantity * exact[code]) < 1
    again = attribute(rule, Take(1, quantity, fen, dict(reversed(exact.items()))), pool=weights)
    assert again == parts


@given(st.data())
def test_the_shares_of_any_lot_add_up_to_one(data):
    """A random graph of lots, each made of deliveries and of lots before it."""
    sources: dict[int, list[Source]] = {}
    for lot in range(1, data.draw(st.integers(1, 8)) + 1):
        kinds = st.one_of(
            st.builds(Source, st.just("delivery"), st.integers(1, 5), st.integers(1, 1000)),
            *(
                [st.builds(Source, st.just("lot"), st.integers(1, lot - 1), st.integers(1, 1000))]
                if lot > 1
                else []
            ),
        )
        sources[lot] = data.draw(st.lists(kinds, max_size=4))
    found = provenance(sources, sources, lambda lot: -lot)
    for lot, parts in found.items():
        assert sum(parts.values()) == 1
        assert all(share > 0 for share in parts.values()), lot
    both = mixed((lot, parts) for lot, parts in found.items())
    assert sum(both.values()) == 1
    weights = whole_weights({str(code): share for code, share in both.items()})
    assert sum(weights.values()) == max(weights.values()) / max(both.values())


def test_a_chain_of_a_thousand_lots_is_followed():
    sources = {1: [Source("delivery", 7, 5)]} | {n: [Source("lot", n - 1, 5)] for n in range(2, 1_001)}
    assert provenance([1_000], sources, lambda lot: -lot)[1_000] == {7: Fraction(1)}
