"""Any plan the language accepts, any members: what must hold of every settlement."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from lianjie.base.refusal import Refusal
from lianjie.ledger.rules import plan_text, settlement
from lianjie.ledger.rules.given import Recipient, given_json, read_json
from tests.ledger.rules.generated import accepted_plans, givens
from tests.ledger.rules.oracle import Oracle, Stop

pytestmark = pytest.mark.mission("S1")
many = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)


def settled(plan, facts):
    """The outcome; examples the engine refuses in words are put aside."""
    try:
        return settlement.run(plan, facts)
    except Refusal:
        assume(False)


def money_in(plan, facts):
    opened = {step.pool for step in plan.steps if step.pool in ("p0", "p1")}
    return sum(int(facts.figures[name].value * 100) for name in opened)


@many
@given(accepted_plans, givens())
def test_every_step_adds_up_and_no_pool_gives_more_than_it_holds(plan, facts):
    outcome = settled(plan, facts)
    for step in outcome.steps:
        given_out = sum(line.amount_fen for line in step.lines)
        given_out += sum(step.parts.values()) + sum(step.parties.values())
        if step.pool_fen is None:
            assert given_out == 0, "who is paid and who pays cancel out"
        else:
            assert given_out == step.amount_fen
            assert 0 <= step.amount_fen <= step.pool_fen
    assert all(fen >= 0 for fen in outcome.left.values())


@many
@given(accepted_plans, givens())
def test_money_never_appears_from_nothing(plan, facts):
    outcome = settled(plan, facts)
    given_out = sum(outcome.totals.values()) + sum(outcome.parties.values()) + sum(outcome.left.values())
    assert given_out == money_in(plan, facts)


@many
@given(accepted_plans, givens())
def test_no_line_is_off_its_quota_by_a_full_rounding_step(plan, facts):
    outcome = settled(plan, facts)
    for step, result in zip(plan.steps, outcome.steps, strict=True):
        unit = plan.rounding_of(step).to * 100
        for line in result.lines:
            if result.residual_to == f"recipient {line.recipient}":
                continue
            assert abs(line.amount_fen - line.quota_fen) < unit
            assert 0 <= line.contribution_fen <= line.amount_fen
            assert 0 <= line.goods_fen <= line.amount_fen
            assert line.cash_fen >= 0


@many
@given(accepted_plans, givens(), st.randoms())
def test_the_order_of_recipients_and_a_second_run_change_nothing(plan, facts, random):
    outcome = settled(plan, facts)
    turned = list(facts.recipients)
    random.shuffle(turned)
    again = settlement.run(plan, replace(facts, recipients=tuple(turned)))
    assert again == outcome
    assert again.digest == outcome.digest == settlement.run(plan, read_json(given_json(facts))).digest


@many
@given(accepted_plans, givens(), st.sampled_from(["0", "CC", "Z"]))
def test_one_who_counts_for_nothing_changes_nothing(plan, facts, code):
    assume(not any(step.among == "everyone" and step.by == "equally" for step in plan.steps))
    outcome = settled(plan, facts)
    more = replace(facts, recipients=(*facts.recipients, Recipient(code)))
    assert settlement.run(plan, more).digest == outcome.digest


@many
@given(accepted_plans, givens())
def test_other_names_change_no_amount(plan, facts):
    outcome = settled(plan, facts)
    called = tuple(replace(one, name=f"新{one.name}") for one in facts.recipients)
    assert settlement.run(plan, replace(facts, recipients=called)).digest == outcome.digest
    assume(not any(step.residual_to.startswith("recipient") for step in plan.steps))
    coded = tuple(replace(one, code=f"X{one.code}") for one in facts.recipients)
    again = settlement.run(plan, replace(facts, recipients=coded))
    assert again.totals == {f"X{code}": fen for code, fen in outcome.totals.items()}
    assert (again.parties, again.left) == (outcome.parties, outcome.left)


@many
@given(accepted_plans, givens())
def test_a_plan_written_and_read_back_gives_the_same(plan, facts):
    read = plan_text.read(plan_text.write(plan))
    assert read == plan
    assert settled(read, facts).digest == settlement.run(plan, facts).digest


@many
@given(accepted_plans, givens())
def test_the_oracle_gives_the_same_or_stops_where_the_engine_refuses(plan, facts):
    try:
        oracle = Oracle(plan, facts)
    except Stop:
        with pytest.raises(Refusal):
            settlement.run(plan, facts)
        return
    outcome = settlement.run(plan, facts)
    for step in outcome.steps:
        assert {line.recipient: line.amount_fen for line in step.lines if line.amount_fen} == {
            code: fen for code, fen in oracle.lines[step.name].items() if fen
        }, step.name
    assert {k: v for k, v in outcome.parties.items() if v} == {k: v for k, v in oracle.parties.items() if v}
    assert dict(outcome.left) == oracle.left


@many
@given(accepted_plans, givens())
def test_limits_of_one_line_hold(plan, facts):
    outcome = settled(plan, facts)
    for step, result in zip(plan.steps, outcome.steps, strict=True):
        for line in result.lines:
            if line.bound == "cap" and step.each_at_most.replace(".", "").isdigit():
                taker = result.residual_to == f"recipient {line.recipient}"
                assert taker or line.amount_fen <= Fraction(step.each_at_most) * 100
