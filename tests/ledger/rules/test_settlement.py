"""Single steps whose right answer a reader can work out in the head."""

from datetime import date
from fractions import Fraction

import pytest

from lianjie.base.period import Period
from lianjie.ledger.rules import settlement
from lianjie.ledger.rules.given import Given, GivenFigure, Recipient
from lianjie.ledger.rules.plan import Figure, Party, Plan, Rounding, Step
from lianjie.ledger.rules.plan_names import problems_of_names

pytestmark = pytest.mark.mission("S1")
LABEL = {"zh-Hans": "名"}
YEAR = Period(date(2024, 1, 1), date(2025, 1, 1))


def one_step(pool_fen: int, land: dict[str, int], **said):
    """A pool, one step among all by land, and the members' land in mu."""
    said = {"pool": "income", "among": "everyone", "by": "land_mu"} | said
    step = Step("step", LABEL, **said)
    funds = (Party("fund", LABEL), Party("payer", LABEL))
    figures = (Figure("income", LABEL),)
    start = date(2024, 1, 1)
    plan = Plan(
        "one", "1", LABEL, "contract", "contract_profit_share", start, (step,), figures=figures, parties=funds
    )
    assert not problems_of_names(plan)
    people = tuple(Recipient(code, measures={"land_mu": mu * 10_000}) for code, mu in land.items())
    facts = Given("one", YEAR, {"income": GivenFigure(Fraction(pool_fen, 100))}, people)
    outcome = settlement.run(plan, facts)
    return outcome, outcome.step("step")


def amounts(result):
    return {line.recipient: line.amount_fen for line in result.lines}


def test_the_last_fen_goes_to_the_largest_remainder_and_ties_to_the_smaller_code():
    assert amounts(one_step(100, {"A": 1, "B": 1, "C": 1}, rest=True)[1]) == {"A": 34, "B": 33, "C": 33}
    assert amounts(one_step(100, {"A": 1, "B": 2, "C": 3}, rest=True)[1]) == {"A": 17, "B": 33, "C": 50}


def test_a_party_pays_only_what_is_handed_out_and_never_into_the_pool():
    rounding = Rounding(Fraction(1), "down")
    outcome, step = one_step(
        0,
        {"A": 1, "B": 1, "C": 1},
        amount="10.05",
        rounding=rounding,
        residual_to="pool",
        if_short="payer",
    )
    assert amounts(step) == {"A": 300, "B": 300, "C": 300}
    assert (outcome.parties, outcome.left, step.short_fen) == ({"payer": -900}, {"income": 0}, 900)


def test_what_caps_leave_over_is_not_asked_of_the_party_that_pays():
    outcome, step = one_step(
        100, {"A": 1, "B": 1}, amount="10", each_at_most="2", excess_to="pool", if_short="payer"
    )
    assert amounts(step) == {"A": 200, "B": 200}
    assert (outcome.parties, outcome.left) == ({"payer": -300}, {"income": 0})


def test_at_least_so_much_in_all_is_shared_by_weight_when_the_rate_gives_nothing():
    _, step = one_step(1000, {"A": 1, "B": 3}, rate="0", at_least="4")
    assert amounts(step) == {"A": 100, "B": 300}
    with pytest.raises(settlement.NobodyToShareWith):
        one_step(1000, {"A": 0}, rate="1", at_least="4")


def test_a_pool_too_small_gives_all_in_proportion_or_refuses():
    outcome, step = one_step(100, {"A": 1, "B": 3}, rate="1")
    assert amounts(step) == {"A": 25, "B": 75}
    assert [finding.code for finding in outcome.findings] == ["pool-short"]
    with pytest.raises(settlement.PoolTooSmall):
        one_step(100, {"A": 1, "B": 3}, rate="1", if_short="refuse")


def test_a_cap_moves_money_to_the_others_and_the_rest_to_the_one_named():
    _, step = one_step(900, {"A": 1, "B": 1, "C": 4}, rest=True, each_at_most="4")
    assert amounts(step) == {"A": 250, "B": 250, "C": 400}
    outcome, step = one_step(900, {"A": 1, "B": 1, "C": 4}, rest=True, each_at_most="2", excess_to="fund")
    assert amounts(step) == {"A": 200, "B": 200, "C": 200}
    assert outcome.parties == {"fund": 300}


def test_a_rate_cannot_be_raised_as_a_whole_above_the_cap_of_each():
    step = Step(
        "step",
        LABEL,
        pool="income",
        among="everyone",
        by="land_mu",
        rate="12",
        at_least="21",
        each_at_most="20",
    )
    figures, start = (Figure("income", LABEL),), date(2024, 1, 1)
    plan = Plan("one", "1", LABEL, "contract", "contract_profit_share", start, (step,), figures=figures)
    assert [problem.code for problem in problems_of_names(plan)] == ["DoesNotFit"]
