"""Wages in any course: counted, corrected, approved, paid by hand or in a batch, come back. L5.

The machine keeps its own plain account beside the product: what each payroll owes whom, what is on its way,
what was paid, each with its day.
"""

from collections import defaultdict
from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from lianjie.base.refusal import Refusal
from lianjie.facts.actions import payroll_back
from lianjie.facts.actions import work as actions
from lianjie.facts.actions.store import Entry, SourceGiven
from lianjie.facts.actions.work import Counted
from lianjie.facts.models import Party, Payroll, PayrollLine
from lianjie.facts.queries import work as facts
from lianjie.facts.rules.work import Terms
from lianjie.ledger.actions import payouts
from lianjie.ledger.actions.posting import post
from lianjie.ledger.models import Posting
from lianjie.ledger.queries import movements, payables
from lianjie.ledger.queries import payouts as queries
from lianjie.ledger.rules.movement import stands
from tests.ledger.test_payouts import Office

pytestmark = [pytest.mark.both, pytest.mark.mission("L5"), pytest.mark.slow]
AT = datetime(2026, 12, 31, 8, tzinfo=UTC)
AGREED = {
    "A1": Terms("A1", "W1", "COOP-H1", "分拣", date(2026, 1, 1), None, "day", 12_001),
    "A2": Terms("A2", "W1", "COOP-H1", "装箱", date(2026, 1, 1), None, "hour", 1_803),
    "A3": Terms(
        "A3", "W1", "COOP-H2", "贴标", date(2026, 1, 1), None, "piece", 37, status="staff", cost="521"
    ),
}
WORKERS = ("COOP-H1", "COOP-H2")


class Wages(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.office = Office()
        self.of = self.office.id
        self.entry = Entry(self.of, SourceGiven("page", "wages"), AT, None)
        actions.open_workshop(
            self.entry, "W1", name="车间", form="factory", address="村口", start=date(2026, 1, 1)
        )
        for terms in AGREED.values():
            actions.agree(self.entry, terms)
        self.worth: dict[str, int] = {}
        self.owed: dict[tuple[str, str], int] = defaultdict(int)
        self.sent: dict[tuple[str, str], int] = defaultdict(int)
        self.paid: dict[tuple[str, str], int] = defaultdict(int)
        self.moved: list[tuple[date, str, int]] = []
        self.batches: dict[int, dict[str, tuple[str, list[tuple[str, int]]]]] = {}
        self.today = date(2026, 2, 1)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)

    def next_day(self) -> date:
        self.today = date.fromordinal(self.today.toordinal() + 1)
        return self.today

    @rule(
        of=st.sampled_from(sorted(AGREED)), day=st.integers(1, 4), done=st.integers(0, 3_000), data=st.data()
    )
    def is_counted(self, of: str, day: int, done: int, data: st.DataObject) -> None:
        quantity = done * 10_000 if AGREED[of].basis == "piece" else data.draw(st.integers(0, 20_000))
        defects = data.draw(st.integers(0, quantity)) if AGREED[of].basis == "piece" else 0
        with suppress(Refusal), transaction.atomic():
            actions.enter_sheet(self.entry, "W1", date(2026, 1, day), [Counted(of, quantity, defects)])
            for row in facts.done_until(self.of, "W1", AT.date()):
                self.worth[row.work] = row.worth_fen

    @rule(may_deduct=st.booleans())
    def is_approved(self, may_deduct: bool) -> None:
        slips = actions.draft(self.of, "W1", AT.date(), may_deduct=may_deduct)
        seen = sum(line.fen for slip in slips for line in slip.lines)
        day = self.next_day()
        with suppress(Refusal), transaction.atomic():
            row = actions.approve(
                self.entry, "W1", day, approved_by="王主任", seen_fen=seen,
                deduction_evidence="同意书" if may_deduct else "", post=post,
            )  # fmt: skip
            for line in row.lines.select_related("agreement__worker"):
                who = line.agreement.worker.code
                self.owed[f"payroll:{row.key}", who] += line.fen
                self.moved.append((day, who, line.fen))

    @rule(data=st.data(), method=st.sampled_from(["bank", "cash"]))
    def is_paid_by_hand(self, data: st.DataObject, method: str) -> None:
        sources = sorted({source for source, _ in self.owed})
        if not sources:
            return
        source = data.draw(st.sampled_from(sources))
        mine = [key for key in self.owed if key[0] == source]
        before = [(self.sent[key], self.paid[key]) for key in mine]
        day = self.next_day()
        with suppress(Refusal), transaction.atomic():
            actions.pay(
                self.entry,
                source.removeprefix("payroll:"),
                day=day,
                method=method,
                evidence="清单",
                post=post,
            )
            assert not any(sent or paid for sent, paid in before), (
                "what is on its way or paid is not paid again"
            )
            for key in mine:
                self.paid[key] += self.owed[key]
                self.moved.append((day, key[1], -self.owed[key]))

    def drawn(self, data: st.DataObject) -> tuple[str, facts.PayrollRow]:
        """One of the payrolls entered, and its source."""
        source = data.draw(st.sampled_from(sorted({source for source, _ in self.owed})))
        row = facts.payroll(self.of, source.removeprefix("payroll:"))
        assert row is not None
        return source, row

    @rule(data=st.data())
    def a_payment_by_hand_is_taken_back(self, data: st.DataObject) -> None:
        if not self.owed:
            return
        source, row = self.drawn(data)
        with suppress(Refusal), transaction.atomic():
            payroll_back.take_back_payment(self.entry, row.key, reason="记错了", post=post)
            for key in [key for key in self.owed if key[0] == source]:
                self.paid[key] -= self.owed[key]
                self.moved.append((row.paid_day, key[1], self.owed[key]))

    @rule(data=st.data())
    def a_payroll_is_withdrawn(self, data: st.DataObject) -> None:
        if not self.owed:
            return
        source, row = self.drawn(data)
        with suppress(Refusal), transaction.atomic():
            payroll_back.take_back_payroll(self.entry, row.key, reason="作废", post=post)
            for key in [key for key in self.owed if key[0] == source]:
                assert not self.sent[key]
                assert not self.paid[key], "what somebody has is not withdrawn"
                self.moved.append((row.last_day, key[1], -self.owed.pop(key)))

    @rule()
    def goes_into_a_batch(self) -> None:
        with suppress(payouts.NothingToSend):
            number = self.office.make("wages", "cash", day=self.next_day()).number
            self.batches[number] = {}
            for line in queries.lines(self.of, number):
                for source, fen in line.items:
                    key = source, line.party_code
                    assert 0 < fen <= self.owed[key] - self.sent[key] - self.paid[key]
                    self.sent[key] += fen
                self.batches[number][line.identity] = line.party_code, list(line.items)
            self.office.approve(number)

    @rule(data=st.data(), how=st.sampled_from(["settle", "settle", "fail", "came_back", "came_back"]))
    def becomes_of_a_line(self, data: st.DataObject, how: str) -> None:
        lines = [(number, identity) for number, of in self.batches.items() for identity in of]
        if not lines:
            return
        number, identity = data.draw(st.sampled_from(sorted(lines)))
        who, items = self.batches[number][identity]
        day, by = self.next_day(), {"at": AT, "by": self.office.maker}
        with suppress(Refusal), transaction.atomic():
            if how == "settle":
                payouts.settle(self.of, number, [identity], evidence="签字", day=day, **by)
            elif how == "fail":
                payouts.fail(self.of, number, identity, reason="未领", **by)
            else:
                payouts.came_back(self.of, number, identity, evidence="退回", day=day, **by)
            for source, fen in items:
                self.sent[source, who] -= 0 if how == "came_back" else fen
                change = {"settle": fen, "fail": 0, "came_back": -fen}[how]
                self.paid[source, who] += change
                if change:
                    self.moved.append((day, who, -change))

    @invariant()
    def nothing_is_paid_twice(self) -> None:
        for key, owed in self.owed.items():
            assert 0 <= self.paid[key] + self.sent[key] <= owed, key
        left = {key: fen - self.sent[key] - self.paid[key] for key, fen in self.owed.items()}
        codes = dict(Party.objects.filter(code__in=WORKERS).values_list("pk", "code"))
        there = {(each.source, codes[each.party_id]): each.fen for each in payables.items(self.of, "wages")}
        assert there == {key: fen for key, fen in left.items() if fen}
        assert payables.overpaid(self.of, "wages") == []
        assert queries.reconciled(self.of).holds

    @invariant()
    def a_workshop_counts_as_paid_what_reached_the_worker(self) -> None:
        for (source, who), owed in self.owed.items():
            if owed:
                paid = facts.how_paid(self.of, source.removeprefix("payroll:"), who)
                assert (paid is not None) == (self.paid[source, who] == owed)
        reached = {source for (source, _), owed in self.owed.items() if owed}
        reached -= {source for (source, who), owed in self.owed.items() if owed != self.paid[source, who]}
        told = {f"payroll:{row.key}" for row in facts.payrolls(self.of) if row.paid_day and row.fen}
        assert told == reached

    @invariant()
    def what_was_given_and_what_is_due_add_up_to_the_work(self) -> None:
        given = sum(
            PayrollLine.objects.filter(payroll__organisation_id=self.of, **facts.STANDING).values_list(
                "fen", flat=True
            )
        )
        slips = actions.draft(self.of, "W1", AT.date(), may_deduct=False)
        coming = sum(line.fen for slip in slips for line in (*slip.lines, *slip.kept_back))
        assert given + coming == sum(self.worth.values())
        assert all(slip.fen >= 0 for slip in slips)
        assert given == sum(self.owed.values())
        assert Payroll.objects.current().filter(organisation_id=self.of).count() == len(
            {source for source, _ in self.owed}
        )

    @invariant()
    def as_of_any_day_it_stands_as_replayed_to_that_day(self) -> None:
        days = sorted({day for day, *_ in self.moved})
        for on in days[:1] + days[len(days) // 2 :][:1] + days[-1:]:
            for party in Party.objects.filter(code__in=WORKERS):
                replayed = sum(fen for day, who, fen in self.moved if who == party.code and day <= on)
                rows = Posting.objects.filter(
                    party=party,
                    account__in=("212", "213"),
                    entry__day__lte=on,
                    entry__organisation_id=self.of,
                )
                assert -sum(rows.values_list("amount_fen", flat=True)) == replayed
                booked = movements.of_parties([party.pk], [self.of])
                found = stands(movements.sums(booked, [party.pk], [self.of], on))
                wage = sum(fen for each in found for (kind, _), fen in each.owed.items() if kind == "payroll")
                assert wage == replayed


def test_wages_in_any_course(db) -> None:
    run_state_machine_as_test(
        Wages,
        settings=settings(
            max_examples=6, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


def test_a_payroll_partly_in_a_batch_is_not_paid_whole_by_hand(db) -> None:
    """One line settled in a batch: paying the sheet by hand would pay that worker twice."""
    machine = Wages()
    try:
        actions.enter_sheet(
            machine.entry, "W1", date(2026, 1, 2), [Counted("A1", 10_000), Counted("A3", 50_000)]
        )
        seen = sum(line.fen for slip in actions.draft(machine.of, "W1", AT.date()) for line in slip.lines)
        day = date(2026, 2, 1)
        row = actions.approve(machine.entry, "W1", day, approved_by="王", seen_fen=seen, post=post)
        machine.office.make("wages", "cash")
        with pytest.raises(payables.WagesInABatch):
            actions.pay(machine.entry, row.key, day=day, method="cash", evidence="x", post=post)
    finally:
        machine.teardown()
