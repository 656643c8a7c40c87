"""A contract on an asset in any order of events: what is received beyond all it owes is given back once. R3.

The machine keeps its own plain account of the contract beside the product and compares after every step.
"""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from lianjie.base.refusal import Refusal, Refusals
from lianjie.facts.actions import asset_income as money
from lianjie.facts.actions import assets
from lianjie.facts.actions.asset_income import Ending, LettingOut, Receiving
from lianjie.facts.actions.assets import Registering
from lianjie.facts.actions.stock import Books
from lianjie.facts.actions.store import SourceGiven
from lianjie.facts.queries import asset_income as queries
from lianjie.facts.queries import linked
from lianjie.facts.rules.asset_income import Contract
from lianjie.facts.rules.assets import Asset
from lianjie.ledger.actions.posting import post
from lianjie.ledger.models import Entry as Record
from lianjie.ledger.models import Posting
from lianjie.ledger.queries import due, movements
from lianjie.ledger.rules.movement import stands
from tests.ledger import coop

pytestmark = [pytest.mark.both, pytest.mark.mission("R3"), pytest.mark.slow]
AT = datetime(2032, 1, 1, 8, tzinfo=UTC)
START, UNTIL, LAST = date(2025, 7, 1), date(2029, 7, 1), date(2031, 12, 31)
YEARLY = 1_000
DAYS = st.integers(0, 6 * 365).map(lambda days: date(2025, 6, 1) + timedelta(days))
EARLY = st.integers(0, 3 * 365).map(lambda days: date(2025, 6, 1) + timedelta(days))
LATE = st.one_of(DAYS, st.just(LAST))
SUMS = st.sampled_from([1, 500, 1_000, 1_001, 2_000, 4_000])


class Years(RuleBasedStateMachine):
    """Receive, book what fell due, end early, give back, and take any of it back."""

    def __init__(self) -> None:
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        made = coop.make(balances=False)
        self.books = Books(made.pk, SourceGiven("page", "any"), AT, None, post)
        land = Asset("LD-1", "后山", "waste_land", "operating", date(2020, 1, 1), extent_mu4=100_000)
        assets.register(Registering(land), self.books)
        terms = Contract("HT-1", "LD-1", "COOP-H1", START, UNTIL, START, YEARLY)
        money.let(LettingOut(terms, START), self.books)
        # What the machine believes: number -> day and fen, days booked, and the day it ended.
        self.moved: dict[str, tuple[date, int]] = {}
        self.booked: set[date] = set()
        self.ended: date | None = None
        self.entered = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)

    def tried(self, act) -> bool:
        try:
            with transaction.atomic():
                act()
        except (Refusal, Refusals):
            return False
        return True

    @property
    def dues(self) -> list[date]:
        starts = [START.replace(year=START.year + n) for n in range(4)]
        return [day for day in starts if self.ended is None or day < self.ended]

    def received(self, on: date = LAST) -> int:
        return sum(fen for day, fen in self.moved.values() if day <= on)

    def beyond(self, on: date) -> int:
        ends = [on, *(day for day, _ in self.moved.values() if day > on)]
        return max(0, min(self.received(end) for end in ends) - YEARLY * len(self.dues))

    @property
    def back(self) -> bool:
        return any(fen < 0 for _, fen in self.moved.values())

    def move(self, day: date, fen: int, into: str) -> bool:
        self.entered += 1
        number = f"SK-{self.entered}"
        done = self.tried(lambda: money.receive(Receiving(number, day, "HT-1", fen, into), self.books))
        if done:
            self.moved[number] = day, fen
        return done

    @initialize(years=st.integers(2, 4))
    def paid_ahead(self, years):
        assert self.move(START, years * YEARLY, "bank")

    @rule(day=DAYS, fen=SUMS, into=st.sampled_from(["bank", "cash"]))
    def receive(self, day, fen, into):
        whole = 4 if self.ended and day < self.ended else len(self.dues)
        fits = day >= START and self.received() + fen <= YEARLY * whole
        assert self.move(day, fen, into) == fits

    @rule(day=LATE, fen=SUMS, all_of_it=st.booleans(), into=st.sampled_from(["bank", "cash"]))
    def give_back(self, day, fen, all_of_it, into):
        left = self.beyond(day)
        fen = left if all_of_it and left else fen
        assert self.move(day, -fen, into) == (day >= START and fen <= left)

    @rule(day=EARLY)
    def book(self, day):
        assets.book_due(day, self.books)
        self.booked |= {each for each in self.dues if each <= day}

    @rule(day=EARLY)
    def end(self, day):
        fits = self.ended is None and START <= day < UNTIL and all(each < day for each in self.booked)
        self.entered += 1
        given = Ending(f"ZZ-{self.entered}", day, "HT-1", "both agreed")
        assert self.tried(lambda: money.end(given, self.books)) == fits
        if fits:
            self.ended, self.number = day, given.number

    @precondition(lambda self: self.ended)
    @rule()
    def it_runs_on_after_all(self):
        undone = self.tried(lambda: assets.take_back(f"contractend:{self.number}", "wrong", self.books))
        assert undone == (not self.back)
        if undone:
            self.ended = None

    @precondition(lambda self: self.moved)
    @rule(data=st.data())
    def take_back(self, data):
        number = data.draw(st.sampled_from(sorted(self.moved)))
        given_back = self.moved[number][1] < 0
        undone = self.tried(lambda: assets.take_back(f"contractreceipt:{number}", "wrong", self.books))
        assert undone == (given_back or not self.back)
        if undone:
            del self.moved[number]

    @invariant()
    def the_contract_says_what_was_received_and_what_is_beyond(self):
        for day in (date(2025, 12, 31), date(2028, 6, 30), LAST):
            row = queries.contract(self.books.organisation_id, "HT-1", day)
            assert row.paying.received_fen == self.received(day)
            assert row.paying.due_fen == YEARLY * sum(each <= day for each in self.dues)
            assert row.paying.beyond_fen == self.beyond(day)
        if self.back:
            assert self.received() >= YEARLY * len(self.dues), "never more given back than was beyond"

    @invariant()
    def the_books_say_the_same(self):
        def on(*accounts: str) -> int:
            rows = Posting.objects.filter(
                entry__organisation_id=self.books.organisation_id, account__in=accounts
            )
            return sum(rows.values_list("amount_fen", flat=True))

        charged = YEARLY * len(self.booked)
        assert on("114", "113") == charged - self.received()
        assert (on("101", "102"), on("501")) == (self.received(), -charged)

    @invariant()
    def the_payers_page_says_what_it_gets_back(self):
        mine = self.books.organisation_id
        who = linked.whose("COOP-H1", LAST)
        booked = movements.of_parties(who.ids, [mine])
        standing = stands(movements.sums(booked, who.ids, [mine], LAST))
        found = due.due(who, standing, linked.ties(who, [mine], LAST), LAST)
        shown = [(one.about, one.fen, one.day) for one in found if one.kind == "contract_back"]
        left = self.beyond(LAST)
        assert shown == ([("HT-1", left, self.ended)] if left else [])


def test_what_is_given_back_under_any_contract():
    run_state_machine_as_test(
        Years,
        settings=settings(
            phases=(Phase.generate,),
            max_examples=6 if connection.vendor == "sqlite" else 3,
            stateful_step_count=24,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert Record.objects.count() == 0, "each run was rolled back"
