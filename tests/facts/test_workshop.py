"""Workshops by what was really paid: months, stable work, doubtful ones, what lacks for the reward. L5."""

from datetime import UTC, date, datetime

import pytest
from django.conf import settings

from lianjie.base.refusal import Refusal
from lianjie.facts import parameters
from lianjie.facts.actions import work as actions
from lianjie.facts.actions.store import Entry, SourceGiven
from lianjie.facts.actions.work import Counted
from lianjie.facts.models import WorkAgreement
from lianjie.facts.queries import work as work_queries
from lianjie.facts.queries import workshop as queries
from lianjie.facts.rules import work as work_rules
from lianjie.facts.rules import workshop as rules
from lianjie.facts.rules.work import Floor, Terms
from lianjie.facts.rules.workshop import Month
from lianjie.ledger.actions.posting import post
from lianjie.project import checks
from tests.ledger import coop

pytestmark = pytest.mark.mission("L5")
AT = datetime(2026, 12, 31, 8, tzinfo=UTC)
START, E4 = date(2026, 1, 1), 10_000


def month(name: str, recognised: int, persons: int) -> Month:
    return Month(f"2026-0{name}"[-7:] if len(name) == 1 else name, recognised, persons, persons * 100)


def test_months_go_over_the_turn_of_the_year():
    assert rules.months_until("2026-02", 4) == ["2025-11", "2025-12", "2026-01", "2026-02"]


def test_a_workshop_is_doubtful_after_three_short_months_in_a_row():
    fine, short = month("1", 20, 10), month("2", 20, 9)
    assert not rules.doubtful([short, short, fine])
    assert not rules.doubtful([short, short])
    assert rules.doubtful([fine, short, short, short])
    assert not rules.doubtful([month("1", 0, 0)] * 3), "recognised for nobody, nobody is missed"


def test_stable_is_counted_by_paid_months_within_those_asked_for():
    months = [month(f"2026-0{n}", 5, 2) for n in range(1, 7)]
    paid = {"A": {each.month for each in months}, "B": {"2026-01"}, "C": {"2025-12"}}
    found = rules.measured(months, paid, 6)
    assert (found.persons, found.stable, found.paid_months, found.recognised) == (2, 1, 6, 5)


def test_what_lacks_is_said_in_words():
    (asked,) = work_rules.criteria(parameters.text("workshops"))["longjing-2018"]
    months = rules.months_until("2026-06", 6)
    terms = [
        Terms(f"A{n}", "W1", f"H{n}", "分拣", START, None, "day", 20_000, evidence="协议") for n in range(5)
    ]
    paid = {each.worker: set(months) for each in terms}
    vouchers = dict.fromkeys(months, "回单")
    floor = [Floor(START, 2_000, "通知")]
    assert rules.missing(asked, terms, paid, vouchers, months, floor) == ()
    few = rules.missing(asked, terms, dict(list(paid.items())[:4]), vouchers, months, floor)
    assert few[0].say() == "Persons paid in at least 6 months: 4; asked for: 5."
    gone = rules.missing(asked, terms, paid, vouchers | {"2026-03": ""}, months, floor)
    assert gone[0].say() == "No paid payroll is on record for 2026-03."
    low = rules.missing(asked, terms, paid, vouchers, months, [Floor(START, 2_501, "通知")])
    assert {each.code for each in low} == {"wage-below-floor"}
    assert [f.code for f in rules.missing(asked, terms, paid, vouchers, months, [])] == ["floor-unset"]
    raised = [*floor, Floor(date(2026, 6, 16), 2_501, "新通知")]
    low = rules.missing(asked, terms[:1], paid, vouchers, months, raised)
    assert [each.say() for each in low] == [
        "Agreement A0: 200.00 yuan is below the minimum wage of 2026-06-16 – 2026-06-30."
    ]
    assert rules.missing(asked, terms, paid, vouchers, months[:5], raised)[0].code == "too-few-persons"


OWN = """
[[criteria]]
code = "wushan"
from = 2026-07-01
min_workers = 3
min_months = 9
source = "武山县新公告（示例）"
"""


def test_criteria_entered_again_are_a_version_and_leave_their_past():
    known = work_rules.criteria(parameters.text("workshops"), OWN)
    first, second = known["wushan"]
    assert (first.start, first.until, first.min_months) == (date(2018, 1, 1), second.start, 6)
    assert (second.until, second.min_workers) == (None, 3)
    on = [work_rules.criteria_on(known, "wushan", day) for day in (date(2026, 6, 30), date(2026, 7, 1))]
    assert on == [first, second]
    assert work_rules.criteria_on(known, "wushan", date(2017, 12, 31)) is None
    assert work_rules.criteria_on(known, "nowhere", START) is None
    (mended,) = work_rules.criteria(OWN, OWN.replace("min_workers = 3", "min_workers = 4"))["wushan"]
    assert mended.min_workers == 4, "the same day again mends the version"


@pytest.mark.both
def test_what_was_recognised_earlier_is_judged_by_the_version_of_its_day(entry):
    mine = entry.organisation_id
    given = {"by": "县人社局", "criteria": "wushan", "until": None, "evidence": "文件"}
    with pytest.raises(actions.CriteriaNotYet):
        actions.recognise(entry, "W1", start=date(2017, 6, 1), **given)
    actions.recognise(entry, "W1", start=date(2026, 2, 1), **given)
    own = settings.DATA / "workshops.toml"
    own.write_text(OWN, encoding="utf-8")
    try:
        actions.recognise(entry, "W1", start=date(2026, 8, 1), **given)
        asked = {row.start: row.criteria for row in work_queries.recognitions(mine, "W1")}
        assert (asked[date(2026, 2, 1)].min_workers, asked[date(2026, 8, 1)].min_workers) == (1, 3)
        assert [m.recognised for m in queries.months(mine, "W1", ["2026-01", "2026-09"])] == [6, 6]
        own.write_text("[[criteria]]\ncode = 1\n", encoding="utf-8")
        assert [each.id for each in checks.local_criteria()] == ["lianjie.E006"]
    finally:
        own.unlink()
    assert checks.local_criteria() == []


def test_a_month_of_a_public_post_below_the_minimum_wage_is_found():
    floor = Floor(START, 1_800, "通知")

    def below(fen: int) -> bool:
        terms = Terms("G1", "W1", "H1", "保洁", START, None, "month", fen, day_hours=4)
        return work_rules.rate_below(terms, floor) is not None

    assert below(156_599)  # 4 hours x 21.75 days x 18 yuan = 1,566
    assert not below(156_600)


@pytest.fixture
def entry(db) -> Entry:
    made = coop.make()
    entry = Entry(made.pk, SourceGiven("page", "work"), AT, None)
    actions.open_workshop(entry, "W1", name="分拣车间", form="factory", address="村口", start=START)
    actions.recognise(
        entry,
        "W1",
        by="县人社局",
        criteria="longjing-2018",
        start=START,
        until=None,
        evidence="牌",
        persons=6,
    )
    common = {"workshop": "W1", "start": START, "until": None, "evidence": "协议"}
    actions.agree(entry, Terms("A1", worker="COOP-H1", job="分拣", basis="day", rate_fen=12_000, **common))
    post_terms = {
        "worker": "COOP-H2",
        "job": "保洁",
        "basis": "month",
        "rate_fen": 80_000,
        "public_post": True,
    }
    with pytest.raises(work_rules.FunderMissing):
        actions.agree(entry, Terms("G1", **post_terms, **common))
    actions.agree(entry, Terms("G1", funder="县人社局", **post_terms, **common))
    return entry


def pay(entry: Entry, last_day: date) -> None:
    slips = actions.draft(entry.organisation_id, "W1", last_day)
    fen = sum(slip.fen for slip in slips)
    row = actions.approve(entry, "W1", last_day, approved_by="郭", seen_fen=fen, post=post)
    actions.pay(entry, row.key, day=last_day, method="bank", evidence=f"回单{last_day}", post=post)


@pytest.mark.both
def test_recognised_beside_paid_the_ledger_of_wages_and_public_posts(entry):
    mine = entry.organisation_id
    for day in (date(2026, 5, 31), date(2026, 6, 30)):
        actions.enter_sheet(entry, "W1", day, [Counted("A1", E4), Counted("G1", E4)])
        with pytest.raises(Refusal):
            actions.enter_sheet(entry, "W1", day.replace(day=1), [Counted("G1", E4)])
    pay(entry, date(2026, 6, 30))
    wanted = rules.months_until("2026-07", 3)
    seen = queries.months(mine, "W1", wanted)
    assert [(m.recognised, m.persons, m.short) for m in seen] == [(6, 2, True), (6, 2, True), (6, 0, True)]
    assert queries.measured(mine, "W1", wanted).doubtful
    (row,) = queries.of_area([mine], wanted, 2)
    assert (row.measured.persons, row.measured.stable, row.form) == (2, 2, "factory")
    assert queries.of_area([mine], wanted, 2, form="home") == []
    (held,) = queries.posts(mine)
    assert (held.paid_months, held.paid_fen, held.terms.funder) == (
        ("2026-05", "2026-06"),
        160_000,
        "县人社局",
    )

    one, two = queries.ledger(mine, START, date(2027, 1, 1))
    assert (one.code, one.days_e4, one.earned_fen, one.taken_off_fen, one.method) == (
        "COOP-H1", 2 * E4, 24_000, 0, "bank",
    )  # fmt: skip
    assert (two.months_e4, two.fen, two.pay_day) == (2 * E4, 160_000, date(2026, 6, 30))

    # Corrected and taken off with a signed agreement: earned and taken off stand apart.
    actions.enter_sheet(entry, "W1", date(2026, 6, 30), [Counted("A1", E4 // 2)])
    actions.enter_sheet(entry, "W1", date(2026, 7, 1), [Counted("A1", E4)])
    actions.approve(
        entry, "W1", date(2026, 7, 31), approved_by="郭", seen_fen=6_000, deduction_evidence="协议", post=post
    )
    *_, last = queries.ledger(mine, START, date(2027, 1, 1))
    assert (last.earned_fen, last.taken_off_fen, last.fen, last.pay_day) == (12_000, 6_000, 6_000, None)
    assert last.days_e4 == E4 // 2, "a day of July, less the half day June had too much: 0.5 x 120"
    (board,) = [row for row in queries.attendance(mine, "W1", "2026-06") if row.code == "COOP-H1"]
    assert (board.days, board.worth_fen, board.paid_fen) == (((30, E4 // 2),), 6_000, 12_000)
    assert queries.vouchers(mine, "W1", wanted)["2026-05"] == "2026-06-30 回单2026-06-30"
    assert [each[4] for each in queries.roster(mine, "W1", wanted)] == [2, 2]
    home = work_queries.of_household(mine, WorkAgreement.objects.get(key="G1").worker_id, {WorkAgreement})
    assert [(m.month, m.paid_fen) for m in home] == [("2026-06", 80_000), ("2026-05", 80_000)]
