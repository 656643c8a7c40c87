"""Sharing a sum: the rule, the table for millions of rows and the oracle's sorting give the same fen."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianjie.base.fen import Fen
from lianjie.ledger.allot_table import allot_table
from lianjie.ledger.rules.allotment import (
    MODES,
    NegativeTotal,
    NegativeWeight,
    NothingToShareBy,
    allot,
    share,
)
from tests.ledger.rules import oracle

pytestmark = pytest.mark.mission("S1")
codes = st.text("ABC上下𠮷", min_size=1, max_size=3)
small = st.integers(0, 20)
some = st.dictionaries(codes, small | st.integers(0, 2**62), min_size=1, max_size=9).filter(
    lambda weights: any(weights.values())
)
sums = st.integers(0, 500) | st.integers(0, 2**55)
steps = st.sampled_from([1, 10, 100, 1000])


def wanted(total, weights, step, mode="largest_remainder"):
    return oracle.in_steps(oracle.by_weight(total, weights), step, mode)


@given(sums, some, steps, st.sampled_from(MODES))
def test_the_rule_agrees_with_the_oracle(total, weights, step, mode):
    shared = share(total, weights, step, mode)
    assert shared.parts == wanted(total, weights, step, mode)
    assert sum(shared.parts.values()) + shared.residual_fen == total


@settings(deadline=None)
@given(st.lists(st.tuples(sums, some, steps), min_size=1, max_size=6))
def test_the_table_agrees_with_the_oracle(groups):
    rows = [
        (nth, code, weight) for nth, (_, weights, _) in enumerate(groups) for code, weight in weights.items()
    ]
    lines = pl.DataFrame(rows, {"group": pl.Int64, "code": pl.String, "weight": pl.Int64}, orient="row")
    totals = pl.DataFrame(
        [(nth, total, step) for nth, (total, _, step) in enumerate(groups)],
        {"group": pl.Int64, "fen": pl.Int64, "step": pl.Int64},
        orient="row",
    )
    found = {(group, code): fen for group, code, _, fen in allot_table(lines, totals).rows()}
    assert found == {
        (nth, code): fen
        for nth, (total, weights, step) in enumerate(groups)
        for code, fen in wanted(total, weights, step).items()
    }


@given(st.integers(0, 10**6), some)
def test_everything_is_given_out_and_nobody_is_off_by_a_fen(total, weights):
    parts = allot(Fen(total), weights)
    whole = sum(weights.values())
    assert sum(part.n for part in parts.values()) == total
    assert all(abs(part.n * whole - total * weights[code]) < whole for code, part in parts.items())


def test_what_cannot_be_shared_is_refused():
    with pytest.raises(NothingToShareBy):
        share(1, {"A": 0})
    with pytest.raises(NegativeWeight):
        share(1, {"A": 1, "B": -1})
    with pytest.raises(NegativeTotal):
        share(-1, {"A": 1})
