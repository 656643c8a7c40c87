"""Cost and surplus of a joint co-op by its villages' parts. R2."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianjie.ledger.rules.allotment import NothingToShareBy
from lianjie.ledger.rules.joint import by_parts

pytestmark = pytest.mark.mission("R2")
PARTS = st.dictionaries(st.sampled_from("ABCDEFG"), st.integers(1, 10_000), min_size=1)


def test_four_villages_by_four_three_two_one():
    found = by_parts(10_000_003, 26_845_037, {"A": 4, "B": 3, "C": 2, "D": 1})
    assert [part.cost_fen for part in found] == [4_000_001, 3_000_001, 2_000_001, 1_000_000]
    assert [part.surplus_fen for part in found] == [10_738_015, 8_053_511, 5_369_007, 2_684_504]


def test_a_loss_is_borne_by_the_same_parts():
    found = by_parts(0, -1_001, {"A": 1, "B": 1})
    assert [part.surplus_fen for part in found] == [-501, -500]


def test_nobody_with_a_part_is_refused():
    with pytest.raises(NothingToShareBy):
        by_parts(1, 1, {})


@given(st.integers(0, 10**13), st.integers(-(10**13), 10**13), PARTS)
def test_every_fen_is_given_once_whatever_the_order(cost, surplus, parts):
    found = by_parts(cost, surplus, parts)
    assert sum(part.cost_fen for part in found) == cost
    assert sum(part.surplus_fen for part in found) == surplus
    assert found == by_parts(cost, surplus, dict(reversed(parts.items())))
    whole = sum(parts.values())
    assert all(abs(part.surplus_fen * whole - surplus * part.parts) < whole for part in found)
