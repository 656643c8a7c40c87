"""A shortage shared by each rule: exact, explained, the order of the list worth nothing. M3."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianjie.base.words import english
from lianjie.facts.rules.group_buy import (
    SHORTAGE_RULES,
    RoundLotNeedsWord,
    RoundSupplyNegative,
    RoundWithoutOrders,
    Wanted,
    shared,
)

pytestmark = pytest.mark.mission("M3")
orders = st.lists(st.integers(1, 30), min_size=1, max_size=25).map(
    lambda packs: [Wanted(f"K{turn:03d}", each, turn) for turn, each in enumerate(packs)]
)


def given_of(rule: str, supply: int, wanted: list[int], word: str = "") -> list[int]:
    rows = [Wanted(f"K{turn}", packs, turn) for turn, packs in enumerate(wanted)]
    return [each.packs for each in shared(rule, supply, rows, word)]


def test_each_rule_by_hand():
    assert given_of("pro_rata", 10, [5, 5, 5]) == [4, 3, 3]
    assert given_of("first_come", 7, [5, 5, 5]) == [5, 2, 0]
    assert given_of("spread", 7, [1, 5, 5]) == [1, 3, 3]
    assert given_of("spread", 2, [9, 9, 9]) == [1, 1, 0]
    assert given_of("lot", 5, [5, 5, 5], "36728") == given_of("lot", 5, [5, 5, 5], " 36728 ")
    assert sorted(given_of("lot", 5, [5, 5, 5], "36728")) == [0, 0, 5]
    assert given_of("pro_rata", 99, [5, 5, 5]) == [5, 5, 5]


@given(orders, st.integers(0, 500), st.sampled_from(SHORTAGE_RULES), st.randoms())
def test_nothing_is_lost_and_reordering_the_list_changes_nothing(wanted, supply, rule, random):
    shares = shared(rule, supply, wanted, "w")
    assert sum(each.packs for each in shares) == min(supply, sum(each.packs for each in wanted))
    assert all(0 <= each.packs <= each.wanted for each in shares)
    mixed = list(wanted)
    random.shuffle(mixed)
    assert shared(rule, supply, mixed, "w") == shares
    for each in shares:
        assert english(each.text).format_map(dict(each.details))


@given(orders, st.integers(0, 500))
def test_proportion_is_kept_to_less_than_a_pack_and_spread_is_fairest(wanted, supply):
    total = sum(each.packs for each in wanted)
    if supply >= total:
        return
    for each in shared("pro_rata", supply, wanted):
        assert abs(each.packs * total - each.wanted * supply) < total
    spread = shared("spread", supply, wanted)
    for one in spread:
        for other in spread:
            # Nobody who wants more has two packs less than somebody else.
            assert one.packs >= min(one.wanted, other.packs - 1)


def test_what_is_refused():
    with pytest.raises(RoundSupplyNegative):
        shared("spread", -1, [Wanted("a", 1, 1)])
    with pytest.raises(RoundWithoutOrders):
        shared("spread", 1, [])
    with pytest.raises(RoundLotNeedsWord):
        shared("lot", 1, [Wanted("a", 2, 1)])
