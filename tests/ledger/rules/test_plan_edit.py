"""Numbers of a plan changed in fields: nothing else moves, and what is no number is refused by name."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianjie.base.refusal import Refusals
from lianjie.ledger import standard_plans
from lianjie.ledger.rules import plan_edit, plan_text
from lianjie.ledger.rules.plan import Rounding

PATRONAGE = standard_plans.plan("patronage")


@pytest.mark.parametrize("name", standard_plans.NAMES)
def test_writing_every_number_back_changes_nothing(name):
    plan = standard_plans.plan(name)
    same = {number.name: number.value for number in plan_edit.numbers(plan)}
    assert same
    assert plan_edit.changed(plan, same) == plan


@given(st.decimals(0, 100, places=2).map(str))
def test_a_percentage_moves_alone_and_survives_its_text(percent):
    made = plan_edit.changed(PATRONAGE, {"step.patronage.percent": percent})
    step = made.step("patronage")
    assert step is not None
    assert Fraction(step.percent) == Fraction(percent)
    others = [each for each in made.steps if each.name != "patronage"]
    assert others == [each for each in PATRONAGE.steps if each.name != "patronage"]
    assert plan_text.read(plan_text.write(made)) == made


def test_parts_of_a_division_keep_their_sign():
    plan = standard_plans.plan("collective")
    part = next(number for number in plan_edit.numbers(plan) if number.kind == "part")
    made = plan_edit.changed(plan, {part.name: "35"})
    _, step, _, name = part.name.split(".")
    assert made.step(step).into[name] == "35%"


def test_rounding_residual_and_days_are_changed_in_fields_too():
    made = plan_edit.changed(
        PATRONAGE,
        {
            "step.patronage.rounding_to": "1",
            "step.patronage.rounding_mode": "down",
            "step.patronage.residual_to": "surplus_reserve",
            "plan.effective_from": "2026-01-01",
            "plan.effective_until": "2027-01-01",
            "plan.version": "7",
        },
    )
    step = made.step("patronage")
    assert step.rounding == Rounding(Fraction(1), "down")
    assert step.residual_to == "surplus_reserve"
    assert (made.effective_from, made.effective_until) == (date(2026, 1, 1), date(2027, 1, 1))
    assert made.version == "7"
    assert plan_edit.changed(made, {"plan.effective_until": ""}).effective_until is None
    assert plan_text.read(plan_text.write(made)) == made


def test_the_usual_rounding_is_not_written_down():
    same = {"step.patronage.rounding_to": "0.01", "step.patronage.rounding_mode": "largest_remainder"}
    assert plan_edit.changed(PATRONAGE, same) == PATRONAGE


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("step.patronage.percent", "siebzig", "“siebzig” is not a number (patronage)."),
        ("step.patronage.percent", "1e3", "“1e3” is not a number (patronage)."),
        ("step.patronage.percent", "2/3", "“2/3” is not a number (patronage)."),
        ("step.patronage.percent", "", "“” is not a number (patronage)."),
        ("step.patronage.rounding_to", "0", "“0” is not a number (patronage)."),
        ("plan.effective_from", "morgen", "“morgen” is not a day (effective_from)."),
        ("step.nowhere.percent", "5", "The plan has nothing to change under “step.nowhere.percent”."),
        ("step.patronage.by", "5", "The plan has nothing to change under “step.patronage.by”."),
        ("step.patronage.rounding_mode", "upwards",
         "The plan has nothing to change under “step.patronage.rounding_mode”."),
        ("figure.nothing.is", "5", "The plan has nothing to change under “figure.nothing.is”."),
        ("plan.code", "x", "The plan has nothing to change under “plan.code”."),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_refused_by_name(name, text, said):
    with pytest.raises(Refusals) as refused:
        plan_edit.changed(PATRONAGE, {name: text, "plan.version": "2"})
    assert len(refused.value.refusals) == 1
    assert refused.value.refusals[0].say().startswith(said)
