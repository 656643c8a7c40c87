"""Money out in any course: every fen owed is owed, on its way or paid, and none of it twice. S1."""

from collections import defaultdict
from contextlib import suppress
from datetime import date

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from lianjie.base.refusal import Refusal, Refusals
from lianjie.facts.models import Party
from lianjie.ledger.actions import journal, payouts
from lianjie.ledger.models import Entry, Posting
from lianjie.ledger.queries import payables
from lianjie.ledger.queries import payouts as queries
from tests.ledger.coop import AT
from tests.ledger.test_payouts import DAY, HOMES, Office

pytestmark = [pytest.mark.both, pytest.mark.slow]


class MoneyOut(RuleBasedStateMachine):
    """The model knows three sums for each source: owed by the books, on its way, paid."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.office = Office()
        self.office.accounts()
        self.owed: dict[str, int] = defaultdict(int)
        self.sent: dict[str, int] = defaultdict(int)
        self.paid: dict[str, int] = defaultdict(int)
        self.whose: dict[str, str] = {}
        self.lines: dict[int, dict[str, list[tuple[str, int]]]] = {}
        self.answers: list[tuple[int, dict[str, str]]] = []
        self.came_back = 0
        self.year = 2026

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @rule(home=st.sampled_from(HOMES), fen=st.integers(1, 500_000))
    def falls_due(self, home: str, fen: int) -> None:
        self.year += 1
        source = f"rent:Z{home}:{self.year}"
        self.office.rent(home, fen, self.year)
        self.owed[source], self.whose[source] = fen, f"COOP-{home}"

    @rule(data=st.data())
    def is_taken_back(self, data: st.DataObject) -> None:
        standing = sorted(source for source, fen in self.owed.items() if fen)
        if standing:
            source = data.draw(st.sampled_from(standing))
            row = Entry.objects.get(organisation_id=self.office.id, source=source)
            journal.reverse(row.pk, day=row.day, text="错记", at=AT, by=None)
            self.owed[source] = 0

    @rule(method=st.sampled_from(["bank", "cash"]))
    def make(self, method: str) -> None:
        expected = {s: fen - self.sent[s] - self.paid[s] for s, fen in self.owed.items()}
        with suppress(payouts.NothingToSend):
            number = self.office.make(method=method).number
            self.lines[number] = {}
            for line in queries.lines(self.office.id, number):
                for source, fen in line.items:
                    assert fen == expected[source] > 0, "what is owed, less what is on its way or paid"
                    assert self.whose[source] == line.party_code
                    self.sent[source] += fen
                self.lines[number][line.identity] = list(line.items)

    @rule(data=st.data(), verdict=st.sampled_from(["approved", "approved", "rejected"]))
    def is_ruled_on(self, data: st.DataObject, verdict: str) -> None:
        if (number := self.drawn(data)) is None:
            return
        before = queries.batch(self.office.id, number).state
        with suppress(payouts.NotInThisState):
            payouts.approve(
                self.office.id, number, verdict=verdict, reason="x", at=AT, by=self.office.checker
            )
            assert before == "draft"
            if verdict == "rejected":
                for items in self.lines[number].values():
                    self.leave(items, paid=False)

    @rule(data=st.data())
    def is_sent(self, data: st.DataObject) -> None:
        number = self.drawn(data)
        if number is not None and queries.batch(self.office.id, number).method == "bank":
            with suppress(payouts.NotInThisState):
                self.office.send(number)

    @rule(data=st.data(), bad=st.sets(st.sampled_from([f"COOP-{home}" for home in HOMES]), max_size=2))
    def is_answered(self, data: st.DataObject, bad: set[str]) -> None:
        number = self.drawn(data)
        if number is None or queries.batch(self.office.id, number).method != "bank":
            return
        self.answered(number, dict.fromkeys(bad, "户名不符"))

    @rule(data=st.data())
    def an_old_answer_comes_again(self, data: st.DataObject) -> None:
        if self.answers:
            self.answered(*data.draw(st.sampled_from(self.answers)))

    @rule(data=st.data(), settled=st.booleans())
    def by_hand(self, data: st.DataObject, settled: bool) -> None:
        if (number := self.drawn(data)) is None or not self.lines[number]:
            return
        identity = data.draw(st.sampled_from(sorted(self.lines[number])))
        how = {"at": AT, "by": self.office.maker}
        with suppress(Refusal), transaction.atomic():
            if settled:
                payouts.settle(self.office.id, number, [identity], evidence="收据", day=DAY, **how)
            else:
                payouts.fail(self.office.id, number, identity, reason="未领", **how)
            self.leave(self.lines[number][identity], paid=settled)

    @rule(data=st.data())
    def comes_back(self, data: st.DataObject) -> None:
        if (number := self.drawn(data)) is None or not self.lines[number]:
            return
        identity = data.draw(st.sampled_from(sorted(self.lines[number])))
        how = {"evidence": "退汇", "day": DAY, "at": AT, "by": self.office.maker}
        with suppress(Refusal), transaction.atomic():
            payouts.came_back(self.office.id, number, identity, **how)
            for source, fen in self.lines[number][identity]:
                self.paid[source] -= fen
                self.came_back += fen

    @invariant()
    def every_fen_is_in_one_place(self) -> None:
        there = {(each.source): each.fen for each in payables.items(self.office.id, "rent")}
        left = {s: fen - self.sent[s] - self.paid[s] for s, fen in self.owed.items()}
        assert there == {s: fen for s, fen in left.items() if fen > 0}
        over = {each.source: each.fen for each in payables.overpaid(self.office.id, "rent")}
        assert over == {s: -fen for s, fen in left.items() if fen < 0}
        assert self.office.left("101") + self.office.left("102") == sum(self.paid.values()) + self.came_back
        assert queries.reconciled(self.office.id).holds
        for home in HOMES:
            party = Party.objects.get(code=f"COOP-{home}")
            rows = Posting.objects.filter(party=party, account="114", entry__day__gte=date(2026, 1, 1))
            mine = [s for s, whose in self.whose.items() if whose == party.code]
            owed = sum(self.owed[s] - self.paid[s] for s in mine)
            assert -sum(rows.values_list("amount_fen", flat=True)) == owed

    def answered(self, number: int, bad: dict[str, str]) -> None:
        before = {line.identity: line.state for line in queries.lines(self.office.id, number)}
        try:
            with transaction.atomic():
                self.office.answer(number, bad)
        except (Refusal, Refusals):
            after = {line.identity: line.state for line in queries.lines(self.office.id, number)}
            assert after == before, "a refused answer changes nothing"
            return
        self.answers.append((number, bad))
        for line in queries.lines(self.office.id, number):
            if before[line.identity] == "waiting" != line.state:
                self.leave(self.lines[number][line.identity], paid=line.state == "settled")

    def leave(self, items: list[tuple[str, int]], *, paid: bool) -> None:
        for source, fen in items:
            self.sent[source] -= fen
            self.paid[source] += fen if paid else 0

    def drawn(self, data: st.DataObject) -> int | None:
        return data.draw(st.sampled_from(sorted(self.lines))) if self.lines else None


@pytest.mark.mission("S1")
def test_money_out_in_any_course(db) -> None:
    run_state_machine_as_test(
        MoneyOut,
        settings=settings(
            max_examples=6, stateful_step_count=18, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
