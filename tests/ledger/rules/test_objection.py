"""Objections: days for the answer, codes as typed, who may answer. S4."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianjie.facts import parameters as facts_parameters
from lianjie.facts.rules import working_days
from lianjie.ledger import parameters
from lianjie.ledger.rules import objection as rules

pytestmark = pytest.mark.mission("S4")
TEXT = parameters.text("objection")
codes = st.text(rules.ALPHABET, min_size=12, max_size=12)


@given(codes, st.sampled_from([str.lower, str.upper]), st.sampled_from(["-", " ", ""]))
def test_a_code_is_the_same_however_it_is_typed(code, case, between):
    typed = case(between.join(code[at : at + 4] for at in range(0, 12, 4)))
    assert rules.tidy(typed) == code == rules.tidy(rules.grouped(code))


@pytest.mark.parametrize(("typed", "meant"), [("oO0", "000"), ("iIlL1", "11111"), ("7kq2—m9xd", "7KQ2M9XD")])
def test_letters_misread_on_paper_are_taken_for_what_they_look_like(typed, meant):
    assert rules.tidy(typed) == meant


def test_an_objection_is_late_the_day_after_its_last_day():
    raised, table = date(2026, 1, 12), working_days.days_off([facts_parameters.text("holidays")])
    term = rules.term(TEXT, raised)
    until = working_days.after(raised, term.days, term.counted, table)
    assert until == date(2026, 1, 19)
    waiting = [rules.Waiting(1, "H1", raised, until), rules.Waiting(2, "H2", raised, None)]
    assert rules.overdue(waiting, until) == ()
    (finding,) = rules.overdue(waiting, date(2026, 1, 20))
    assert "H1" in finding.say()


def test_nobody_answers_objections_to_their_own_settlement():
    rules.check_answerer(2, {1, None})
    rules.check_answerer(None, {1, None})
    with pytest.raises(rules.AnsweredByItsMaker):
        rules.check_answerer(1, {1, None})


@pytest.mark.parametrize(
    ("taken", "answered", "over", "state"),
    [
        (False, False, False, "received"),
        (True, False, False, "looked_at"),
        (True, False, True, "passed_over"),
        (True, True, True, "answered"),
    ],
)
def test_where_an_objection_stands(taken, answered, over, state):
    assert rules.state(taken=taken, answered=answered, passed_over=over) == state
