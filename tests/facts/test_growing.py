"""A season's rules: net weight, protocol steps, disputes as of any day, waiting periods: P1, P2."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianjie.base.refusal import Refusal
from lianjie.facts.rules import growing as rules
from lianjie.facts.rules.growing import Answered, Raised, Step, Waiting, Weighing

pytestmark = pytest.mark.mission("P1")
DAY = date(2025, 3, 1)
days = st.integers(0, 60).map(lambda n: DAY + timedelta(days=n))
shares = st.integers(0, 9_999)
loads = st.builds(
    Weighing,
    gross_grams=st.integers(1, 50_000_000),
    tare_grams=st.integers(0, 1_000_000),
    moisture=shares,
    standard_moisture=shares,
    impurity=shares,
    standard_impurity=shares,
)


@given(loads)
def test_net_is_never_above_gross_and_every_gram_taken_off_has_its_reason(load):
    try:
        weight = rules.net_weight(load)
    except Refusal:
        return
    assert 0 < weight.net <= load.gross_grams - load.tare_grams
    assert weight.net + weight.tare + weight.for_impurity + weight.for_moisture == load.gross_grams
    assert min(weight.tare, weight.for_impurity, weight.for_moisture) >= 0


@given(loads, st.integers(0, 500))
def test_a_wetter_load_never_weighs_more(load, more):
    wetter = Weighing(**(load.__dict__ | {"moisture": min(9_999, load.moisture + more)}))
    try:
        assert rules.net_weight(wetter).net <= rules.net_weight(load).net
    except Refusal:
        return


def test_drier_and_cleaner_than_agreed_adds_and_takes_nothing():
    weight = rules.net_weight(Weighing(105_000, 5_000, 1_000, 1_400, 0, 100))
    assert (weight.net, weight.for_moisture, weight.for_impurity) == (100_000, 0, 0)


@given(st.lists(st.tuples(days, st.one_of(st.none(), st.integers(0, 20))), max_size=8), days)
def test_disputes_on_a_day_are_a_replay_up_to_that_day(history, on):
    raised = [Raised(f"d{n}", day, "魏青根", "重量") for n, (day, _) in enumerate(history)]
    answers = {
        f"d{n}": Answered(f"a{n}", day + timedelta(days=later), "郭长青", "复磅", "stands", 0)
        for n, (day, later) in enumerate(history)
        if later is not None
    }
    replayed = rules.disputes(
        [each for each in raised if each.day <= on],
        {name: each for name, each in answers.items() if each.day <= on},
    )
    assert rules.disputes(raised, answers, on) == replayed
    assert rules.disputes(reversed(raised), answers, on) == replayed


@given(days, st.one_of(st.none(), days))
def test_a_step_is_late_only_after_its_last_day_and_only_while_not_done(on, done):
    step = Step("T1", "移栽", DAY + timedelta(days=10), DAY + timedelta(days=20))
    state = rules.progress(step, done, on)
    known = done is not None and done <= on
    assert (state in ("done", "done_late")) == known
    assert (state == "late") == (not known and on > step.last)


def test_a_protocol_is_read_as_it_is_written():
    text = "T1 | 移栽 | 2025-03-10 | 2025-03-31 | 基肥 200 公斤/亩 | 1.5\nT2 | 除草 | 2025-05-01 | 2025-05-20"
    steps = rules.read_protocol(text, DAY, date(2025, 10, 31))
    assert [step.code for step in steps] == ["T1", "T2"]
    assert rules.read_protocol(rules.write_protocol(steps), DAY, date(2025, 10, 31)) == steps


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("T1 | 移栽", rules.StepUnreadable),
        ("T1 | 移栽 | 2025-03-40 | 2025-03-31", rules.StepUnreadable),
        ("T1 | 移栽 | 2025-03-10 | 2025-03-31 | a | -1", rules.StepUnreadable),
        ("T1 | 移栽 | 2025-03-10 | 2025-03-31 | a | Infinity", rules.StepUnreadable),
        ("T1 | a | 2025-03-10 | 2025-03-31\nT1 | b | 2025-04-10 | 2025-04-11", rules.StepTwice),
        ("T1 | 移栽 | 2024-03-10 | 2025-03-31", rules.StepOutsideSeason),
        ("T1 | 移栽 | 2025-03-31 | 2025-03-10", rules.StepOutsideSeason),
    ],
)
def test_a_protocol_that_cannot_be_is_refused(text, refusal):
    with pytest.raises(refusal):
        rules.read_protocol(text, DAY, date(2025, 10, 31))


@pytest.mark.mission("P2")
@given(days, st.integers(1, 40), days, st.sampled_from(["", "A1", "A2"]))
def test_no_harvest_while_waiting_and_any_day_after(given_day, wait, day, plot):
    until = given_day + timedelta(days=wait)
    waits = [Waiting("K1", plot, given_day, until, "多菌灵")]
    if plot in ("", "A1") and given_day <= day < until:
        with pytest.raises(rules.HarvestWhileWaiting):
            rules.refuse_while_waiting("A1", day, waits)
    else:
        rules.refuse_while_waiting("A1", day, waits)
