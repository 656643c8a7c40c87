"""Work and wages: paid once, corrected by a difference, booked and paid with evidence. L5."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from lianjie.base.refusal import Refusals
from lianjie.facts.actions import work as actions
from lianjie.facts.actions.stock import NotInTheFuture
from lianjie.facts.actions.store import Entry, SourceGiven
from lianjie.facts.actions.work import Counted
from lianjie.facts.models import (
    Party,
    Payroll,
    PayrollLine,
    Person,
    Residence,
    WorkAgreement,
    WorkDone,
)
from lianjie.facts.queries import work as queries
from lianjie.facts.rules import work as rules
from lianjie.facts.rules.work import Done, Floor, Terms
from lianjie.ledger.actions.posting import post
from lianjie.ledger.models import Posting
from tests.ledger import coop

pytestmark = pytest.mark.mission("L5")
AT = datetime(2026, 12, 31, 8, tzinfo=UTC)
MARCH, APRIL = date(2026, 3, 31), date(2026, 4, 30)
DAY = date(2026, 3, 2)
E4 = 10_000


def terms(number="A1", **changed) -> Terms:
    given = {"number": number, "workshop": "W1", "worker": "COOP-H1", "job": "分拣",
             "start": date(2026, 1, 1), "until": None, "basis": "day", "rate_fen": 12_000}  # fmt: skip
    return Terms(**(given | changed))


@st.composite
def worked(draw):
    count = draw(st.integers(1, 8))
    made = []
    for nth in range(count):
        of = terms(
            f"A{nth}",
            worker=f"H{draw(st.integers(0, 2))}",
            basis=draw(st.sampled_from(["day", "hour", "piece"])),
            rate_fen=draw(st.integers(1, 50_000)),
            defects_paid=draw(st.booleans()),
        )
        quantity = draw(st.integers(0, 20_000))
        made.append(Done(f"A{nth}-d", of, DAY, quantity, draw(st.integers(0, quantity))))
    return made


@given(worked())
def test_a_slip_adds_up_and_work_is_paid_once(done):
    slips = rules.payroll(done, {}, may_deduct=False)
    assert sum(slip.fen for slip in slips) == sum(each.worth_fen for each in done)
    before = {line.done.work: line.fen for slip in slips for line in slip.lines}
    assert rules.payroll(done, before, may_deduct=True) == ()


@given(worked(), st.data())
def test_a_correction_after_payroll_is_a_difference_in_the_next(done, data):
    before = {each.work: each.worth_fen for each in done}
    corrected = [Done(each.work, each.terms, each.day, data.draw(st.integers(0, 20_000))) for each in done]
    for may_deduct in (False, True):
        slips = rules.payroll(corrected, before, may_deduct=may_deduct)
        lines = [line for slip in slips for line in (*slip.lines, *slip.kept_back)]
        assert sum(line.fen for line in lines) == sum(c.worth_fen for c in corrected) - sum(before.values())
        assert all(slip.fen >= 0 for slip in slips), "a slip never falls below zero"
        if not may_deduct:
            assert all(line.fen > 0 for slip in slips for line in slip.lines), "nothing is taken off"


def test_defects_are_unpaid_unless_agreed_and_half_a_fen_goes_to_the_worker():
    of = terms(basis="piece", rate_fen=35)
    assert Done("w", of, DAY, 100 * E4, 4 * E4).worth_fen == 96 * 35
    assert (
        Done("w", terms(basis="piece", rate_fen=35, defects_paid=True), DAY, 100 * E4, 4 * E4).worth_fen
        == 3500
    )
    assert Done("w", terms(rate_fen=101), DAY, 5_000).worth_fen == 51


def test_findings_name_their_source():
    floor = Floor(date(2026, 1, 1), 1_800, "县人社局 2026-1 号")
    low = rules.payroll([Done("w", terms(rate_fen=12_000), DAY, E4)], {}, may_deduct=False)
    found = rules.findings(low, MARCH, [floor])
    assert [(f.code, f.law) for f in found] == [
        ("below-minimum-wage", "县人社局 2026-1 号")
    ]  # 144 for 8 hours
    fine = rules.payroll([Done("w", terms(rate_fen=14_400), DAY, E4)], {}, may_deduct=False)
    assert rules.findings(fine, MARCH, [floor]) == ()
    hourly = rules.payroll([Done("w", terms(basis="hour", rate_fen=1_800), DAY, E4)], {}, may_deduct=False)
    assert [f.code for f in rules.findings(hourly, date(2026, 3, 17), [floor])] == []
    late = rules.findings(hourly, date(2026, 3, 18), [floor])
    assert [(f.code, f.law) for f in late] == [("pay-interval", "劳动合同法第七十二条")]
    assert [f.code for f in rules.findings(fine, MARCH, [])] == ["wage-floor-unset"]


OLD, NEW = Floor(date(2026, 1, 1), 1_500, "旧通知"), Floor(date(2026, 3, 16), 1_600, "新通知")


def found_of(*done: Done, floors=(OLD, NEW)) -> list[str]:
    slips = rules.payroll(done, {}, may_deduct=False)
    return [each.say() for each in rules.findings(slips, MARCH, floors)]


def test_each_day_is_held_against_the_minimum_wage_of_its_day():
    """120 yuan for eight hours is the old minimum to the fen, and below the new one."""
    days = [Done(f"w{n}", terms(), date(2026, 3, n), E4) for n in (2, 15, 16, 30)]
    assert found_of(*days[:2]) == []
    below = "A1, work of {}: 120.00 yuan for 8 hours is below the minimum wage of 16.00 yuan an hour."
    assert found_of(*days[:3]) == [below.format("2026-03-16")]
    assert found_of(*days) == [below.format("2026-03-16 – 2026-03-30")]
    hourly = terms(basis="hour", rate_fen=1_599)
    assert found_of(Done("h", hourly, date(2026, 3, 16), E4))[0].startswith("A1, work of 2026-03-16: 15.99")
    pieces = terms(basis="piece", rate_fen=80)
    said = found_of(*(Done(f"p{n}", pieces, date(2026, 3, n), 9 * E4) for n in (2, 20)))
    assert ["15.00" in said[0], "16.00" in said[1], len(said)] == [True, True, 2]
    assert found_of(Done("o", terms(), date(2025, 12, 31), E4)) == [
        "A1, work of 2025-12-31: no minimum wage was set for it, so its rate was not checked."
    ]
    assert found_of(Done("nil", terms(rate_fen=1), date(2026, 3, 20), 0)) == []


def test_a_month_of_work_is_held_day_by_day_while_it_was_agreed():
    """8 hours x 21.75 days x 15 yuan = 2,610; x 16 = 2,784."""
    month = terms(basis="month", rate_fen=261_000)
    assert found_of(Done("m", month, MARCH, E4)) == [
        "A1, work of 2026-03-16 – 2026-03-31: 2,610.00 yuan for 174 hours is below the minimum wage of 16.00"
        " yuan an hour."
    ]
    gone = terms(basis="month", rate_fen=261_000, until=date(2026, 3, 16))
    assert found_of(Done("m", gone, date(2026, 3, 15), E4)) == []
    assert found_of(Done("m", terms(basis="month", rate_fen=278_400), MARCH, E4)) == []


def test_a_change_of_the_minimum_wage_within_the_days_is_told():
    spans = [(date(2026, 3, 2),) * 2, (date(2026, 3, 16),) * 2]
    told = rules.changes((OLD, NEW), spans)
    assert [(each.first, each.last, each.floor) for each in told] == [
        (date(2026, 3, 2), date(2026, 3, 15), OLD),
        (date(2026, 3, 16), date(2026, 3, 16), NEW),
    ]
    assert rules.changes((OLD, NEW), spans[:1]) == rules.changes((), spans) == ()
    assert rules.changes((OLD, Floor(NEW.start, OLD.hour_fen, "重申")), spans) == (), "the same sum again"


@pytest.fixture
def entry(db) -> Entry:
    made = coop.make()
    entry = Entry(made.pk, SourceGiven("page", "work"), AT, None)
    actions.open_workshop(
        entry, "W1", name="分拣车间", form="factory", address="村口", start=date(2026, 1, 1)
    )
    actions.agree(entry, terms())
    actions.agree(
        entry, terms("A2", worker="COOP-H2", basis="piece", rate_fen=80, status="staff", cost="521")
    )
    return entry


def sheet(entry: Entry, day: date = DAY, days: int = E4, pieces: int = 100 * E4, defects: int = 0):
    return actions.enter_sheet(entry, "W1", day, [Counted("A1", days), Counted("A2", pieces, defects)])


def approve(entry: Entry, last_day: date, fen: int, **more) -> Payroll:
    return actions.approve(entry, "W1", last_day, approved_by="郭理事长", seen_fen=fen, post=post, **more)


def owed(entry: Entry, account: str, party: str = "") -> int:
    rows = Posting.objects.filter(entry__organisation_id=entry.organisation_id, account=account)
    if party:
        rows = rows.filter(party__code=party)
    return sum(rows.values_list("amount_fen", flat=True))


@pytest.mark.both
def test_a_sheet_a_payroll_its_entry_and_its_payment(entry):
    before = owed(entry, "521")
    cash = owed(entry, "102")
    sheet(entry, defects=10 * E4)
    row = approve(entry, MARCH, 12_000 + 90 * 80)
    assert (owed(entry, "213", "COOP-H1"), owed(entry, "212", "COOP-H2")) == (-12_000, -7_200)
    assert (owed(entry, "401"), owed(entry, "521") - before) == (12_000, 7_200)
    with pytest.raises(actions.PaidWithoutEvidence):
        actions.pay(entry, row.key, day=MARCH, method="bank", evidence=" ", post=post)
    actions.pay(entry, row.key, day=MARCH, method="bank", evidence="回单1", post=post)
    assert (owed(entry, "213"), owed(entry, "212"), owed(entry, "102") - cash) == (0, 0, -19_200)
    with pytest.raises(actions.PayrollPaid):
        actions.pay(entry, row.key, day=MARCH, method="bank", evidence="回单2", post=post)
    with pytest.raises(actions.PayrollMade):
        approve(entry, MARCH, 0)
    (kept,) = queries.payrolls(entry.organisation_id)
    assert (kept.fen, kept.workers, kept.paid_day) == (19_200, 2, MARCH)


def test_nothing_is_approved_before_its_last_day_or_paid_before_it_was_earned(entry):
    sheet(entry)
    with pytest.raises(NotInTheFuture):
        approve(entry, AT.date() + timedelta(2), 20_000)
    row = approve(entry, MARCH, 20_000)
    with pytest.raises(actions.PaidBeforeItsEnd):
        actions.pay(entry, row.key, day=MARCH - timedelta(1), method="bank", evidence="回单1", post=post)
    assert owed(entry, "213", "COOP-H1") == -12_000


@pytest.mark.both
def test_attendance_corrected_after_payroll_is_paid_as_a_difference(entry):
    sheet(entry)
    approve(entry, MARCH, 20_000)
    with pytest.raises(rules.NoWageToPay):
        approve(entry, APRIL, 0)
    sheet(entry, days=E4 * 3 // 2, pieces=80 * E4)
    h1, h2 = actions.draft(entry.organisation_id, "W1", APRIL)
    assert [(line.before_fen, line.fen) for line in h1.lines] == [(12_000, 6_000)]
    assert h2.lines == ()
    assert [line.fen for line in h2.kept_back] == [-1_600], "overpaid, and nothing is taken off"
    approve(entry, APRIL, 6_000)
    # Signed, and enough is earned in May: then it is taken off.
    sheet(entry, date(2026, 5, 4), 0, 50 * E4)
    row = approve(entry, date(2026, 5, 31), 4_000 - 1_600, deduction_evidence="扣回协议，本人签字")
    assert [s.fen for s in queries.slips(entry.organisation_id, row.key)] == [2_400]
    assert owed(entry, "212", "COOP-H2") == -(8_000 + 2_400)


@pytest.mark.both
def test_the_same_sheet_twice_is_one_and_a_wrong_line_stops_all(entry):
    sheet(entry)
    assert sheet(entry).unchanged == 2
    wrong = [Counted("A1", 3 * E4), Counted("A9", E4), Counted("A2", E4, 2 * E4)]
    with pytest.raises(Refusals) as refused:
        actions.enter_sheet(entry, "W1", date(2026, 3, 3), wrong)
    assert [each.code for each in refused.value.refusals] == [
        "MoreHoursThanDay", "NoSuchWorkAgreement", "WorkBelowZero",
    ]  # fmt: skip
    with pytest.raises(Refusals):
        sheet(entry, date(2025, 12, 31))
    assert WorkDone.objects.count() == 2


@pytest.mark.both
def test_a_payroll_and_its_entry_stand_or_fall_together(entry):
    sheet(entry)

    def breaks(*_args, **_more):
        raise RuntimeError("the power is gone")

    with pytest.raises(RuntimeError):
        actions.approve(entry, "W1", MARCH, approved_by="郭", seen_fen=20_000, post=breaks)
    assert not Payroll.objects.exists()
    with pytest.raises(actions.PayrollChanged):
        approve(entry, MARCH, 20_001)
    with pytest.raises(rules.ApproverMissing):
        actions.approve(entry, "W1", MARCH, approved_by=" ", seen_fen=20_000, post=post)
    approve(entry, MARCH, 20_000)
    for row, change in ((Payroll, "approved_by"), (PayrollLine, "fen"), (WorkDone, "quantity_e4")):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            row.objects.update(**{change: 0})


@pytest.mark.both
def test_recognised_beside_actually_paid_and_the_households_wages_by_month(entry):
    actions.recognise(
        entry,
        "W1",
        by="县人社局",
        criteria="longjing-2018",
        start=date(2026, 1, 1),
        until=None,
        evidence="牌",
    )
    sheet(entry)
    row = approve(entry, MARCH, 20_000)
    (seen,) = queries.recognitions(entry.organisation_id, "W1")
    assert (seen.workers, seen.months, seen.enough) == (0, 0, False), "approved is not paid"
    actions.pay(entry, row.key, day=MARCH, method="cash", evidence="签领单", post=post)
    (seen,) = queries.recognitions(entry.organisation_id, "W1")
    assert (seen.workers, seen.months, seen.enough) == (2, 1, False)
    home = Posting.objects.filter(party__code="COOP-H1").first().party_id
    (month,) = queries.of_household(entry.organisation_id, home, {WorkAgreement})
    assert (month.month, month.days_e4, month.worth_fen, month.paid_fen) == ("2026-03", E4, 12_000, 12_000)


@pytest.mark.both
@pytest.mark.mission("L7")
def test_wages_count_in_the_household_the_worker_lived_in_and_in_no_other(entry):
    first, second = Party.objects.get(code="COOP-H3"), Party.objects.get(code="COOP-H4")
    worker = Party.objects.create(code="P1", kind="person", name="王小妹", area=first.area, invented=True)
    Person.objects.create(party=worker)
    moved = date(2026, 3, 15)
    lives = {"organisation_id": entry.organisation_id, "area": first.area, "source_id": entry.source_id,
             "recorded_at": AT, "person": worker, "relation": "child"}  # fmt: skip
    day = date(2026, 3, 1)
    Residence.objects.create(key="r1", household=first, day=day, until_day=moved, **lives)
    Residence.objects.create(key="r2", household=second, day=moved, until_day=None, **lives)
    actions.agree(entry, terms("A3", worker="P1"))
    for on, parts in ((date(2026, 2, 20), 1), (date(2026, 3, 2), 2), (date(2026, 3, 20), 1)):
        actions.enter_sheet(entry, "W1", on, [Counted("A3", E4 * parts // 2)])

    def earned(home: Party) -> list[tuple[str, int]]:
        rows = queries.of_household(entry.organisation_id, home.pk, {WorkAgreement})
        return [(row.month, row.worth_fen) for row in rows]

    assert earned(first) == [("2026-03", 12_000), ("2026-02", 6_000)]
    assert earned(second) == [("2026-03", 6_000)]
    assert queries.is_of("P1", [first.pk], [date(2026, 3, 2)])
    assert not queries.is_of("P1", [first.pk], [date(2026, 3, 20)]), "its slip is none of theirs any more"
    assert queries.is_of("P1", [worker.pk], [date(2026, 3, 20)])


def test_what_ends_before_it_begins_is_refused_in_words(entry):
    with pytest.raises(actions.EndBeforeStart):
        actions.agree(entry, terms("A9", start=date(2026, 3, 1), until=date(2026, 3, 1)))
    with pytest.raises(actions.RecognitionEndsFirst):
        actions.recognise(
            entry,
            "W1",
            by="县人社局",
            criteria="longjing-2018",
            start=DAY,
            until=date(2026, 1, 1),
            evidence="牌",
        )
