"""The table shares as the rule does, for many groups at once."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianjie.ledger.allot_table import allot_table
from lianjie.ledger.rules.allotment import NegativeWeight, NothingToShareBy, share

groups = st.lists(
    st.tuples(
        st.lists(st.integers(0, 2**62), min_size=1, max_size=12),
        st.integers(0, 2**55),
        st.sampled_from([1, 10, 100, 1000]),
    ),
    min_size=1,
    max_size=6,
)


def tables(made):
    lines = [
        (number, f"H{nth:02d}", weight)
        for number, (weights, _, _) in enumerate(made)
        for nth, weight in enumerate(weights)
    ]
    totals = [(number, fen if any(weights) else 0, step) for number, (weights, fen, step) in enumerate(made)]
    return (
        pl.DataFrame(lines, schema={"group": pl.Int64, "code": pl.String, "weight": pl.Int64}, orient="row"),
        pl.DataFrame(totals, schema={"group": pl.Int64, "fen": pl.Int64, "step": pl.Int64}, orient="row"),
    )


@given(groups)
def test_the_table_agrees_with_the_rule_on_small_and_on_huge_numbers(made):
    lines, totals = tables(made)
    found = allot_table(lines.sample(fraction=1, shuffle=True, seed=1), totals)
    for number, fen, step in totals.rows():
        weights = {code: weight for group, code, weight in lines.rows() if group == number}
        part = {code: got for group, code, _, got in found.rows() if group == number}
        wanted = share(fen, weights, step).parts if any(weights.values()) else dict.fromkeys(weights, 0)
        assert part == wanted


def test_a_weight_below_zero_and_money_without_weight_are_refused():
    lines, totals = tables([([1, 2], 100, 1)])
    with pytest.raises(NegativeWeight):
        allot_table(lines.with_columns(weight=pl.lit(-1, dtype=pl.Int64)), totals)
    with pytest.raises(NothingToShareBy):
        allot_table(lines.with_columns(weight=pl.lit(0, dtype=pl.Int64)), totals)
