"""Seasons of lending in any order: whatever is entered, every gram is somewhere and none is owed twice. L4.

The machine keeps its own plain account beside the product and compares after every step.
"""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from lianjie.base.quantity import half_up
from lianjie.base.refusal import Refusal
from lianjie.facts.actions import growing, growing_used, in_kind, lot_cost, stock, take_back
from lianjie.facts.actions.enter import SourceGiven
from lianjie.facts.actions.growing_used import Using
from lianjie.facts.actions.in_kind import Asking, Deciding, Lending, Losing, Returning
from lianjie.facts.actions.lot_cost import Costing
from lianjie.facts.actions.stock import Books, Issuing, LosingLot, Receiving
from lianjie.facts.queries import growing as seasons
from lianjie.facts.queries import in_kind as queries
from lianjie.facts.queries import stock as lots
from lianjie.facts.queries.growing_used import season_use
from lianjie.facts.rules.growing import Step
from lianjie.facts.rules.in_kind import Goods
from lianjie.ledger.actions.posting import post
from lianjie.ledger.models import Entry, Posting
from lianjie.ledger.queries import lot_worth
from tests.ledger import coop

pytestmark = [pytest.mark.both, pytest.mark.mission("L4"), pytest.mark.slow]
AT = datetime(2026, 11, 1, 8, tzinfo=UTC)
FIRST = date(2026, 1, 1)
LAST = date(2026, 11, 1)
GOOD = "魔芋种芋"
DAYS = st.dates(FIRST, LAST)
GRAMS = st.integers(1, 400_000)
HOMES = st.sampled_from(["COOP-H1", "COOP-H2", "COOP-H4"])


class Seasons(RuleBasedStateMachine):
    """Lend, return, ask, decide, lose, re-lend, take back; refusals are part of life."""

    in_stock = Bundle("in_stock")
    lent = Bundle("lent")
    waiting = Bundle("waiting")
    undoable = Bundle("undoable")

    def __init__(self) -> None:
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.books = Books(coop.make().pk, SourceGiven("page", "any"), AT, None, post)
        self.count = 0
        # What the machine itself believes, by loan number: what was owed, came back, was forgiven.
        self.owed: dict[str, list[int]] = {}
        self.undo: dict[str, tuple[str, int, int]] = {}
        self.outside = 0
        self.gone = 0
        self.used: dict[str, int] = {}
        self.planted()

    def planted(self) -> None:
        """A season on two plots, its one step done on both: so that goods of the stock may be used there."""
        entry, steps = self.books.entry, (Step("T1", "植", FIRST, LAST, f"{GOOD} 100 公斤/亩"),)
        growing.add_base(entry, "JD", name="坡", day=FIRST)
        for plot, home in (("A1", "COOP-H1"), ("A2", "COOP-H2")):
            growing.add_plot(entry, "JD", plot, household=home, extent_mu4=20_000, day=FIRST)
        season = growing.SeasonGiven("S1", "JD", FIRST, LAST, "魔芋", "", 1, (), steps)
        growing.plan_season(entry, season)
        growing.do_step(entry, "S1", step="T1", plots=["A1", "A2"], day=FIRST, done_by="队", evidence="",
                        today=LAST)  # fmt: skip

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)

    def next(self, letter: str) -> str:
        self.count += 1
        return f"{letter}{self.count}"

    def tried(self, act) -> str:
        """The reference, or "" when the product refused and so wrote nothing."""
        try:
            return act()
        except Refusal:
            return ""

    @initialize(target=in_stock, grams=st.integers(300_000, 900_000))
    def first_sack(self, grams):
        return self.came(grams, FIRST)

    @rule(target=in_stock, grams=GRAMS, day=DAYS)
    def came(self, grams, day):
        number = self.next("L")
        stock.receive(Receiving(number, day, Goods(GOOD, "kg", grams), "granted"), self.books)
        lot_cost.cost(Costing(number, day, grams * 7 // 3, "granted"), self.books)
        self.outside += grams
        return number

    @rule(target=lent, lot=in_stock, grams=GRAMS, day=DAYS, home=HOMES, more=st.sampled_from([100, 110, 95]))
    def lend(self, lot, grams, day, home, more):
        number, due = self.next("J"), day + timedelta(days=200)
        kind = "same" if more == 100 else "ratio"
        given = Lending(number, day, home, lot, grams, due, kind, more * 10_000)
        if self.tried(lambda: in_kind.lend(given, self.books)):
            owed = half_up(Fraction(grams * more, 100))
            self.owed[number] = [owed, 0, 0]
            self.outside += owed - grams
        return number

    @rule(target=in_stock, loan=lent, grams=GRAMS, day=DAYS)
    def give_back(self, loan, grams, day):
        number = self.next("H")
        given = Returning(number, day, loan, Goods(GOOD, "kg", grams))
        reference = self.tried(lambda: in_kind.give_back(given, self.books))
        if reference:
            self.owed[loan][1] += grams
            self.undo[reference] = (loan, 1, grams)
        return number

    @rule(target=waiting, loan=lent, day=DAYS, later=st.integers(-10, 400))
    def ask(self, loan, day, later):
        given = Asking(self.next("Y"), day, loan, day + timedelta(days=200 + later))
        return loan, self.tried(lambda: in_kind.ask_deferral(given, self.books)), 0

    @rule(target=waiting, loan=lent, grams=GRAMS, day=DAYS)
    def lose(self, loan, grams, day):
        given = Losing(self.next("S"), day, loan, "disease", grams, "rot", "report")
        return loan, self.tried(lambda: in_kind.report_loss(given, self.books)), grams

    @rule(what=consumes(waiting), day=DAYS, grant=st.booleans(), part=st.integers(0, 100))
    def decide(self, what, day, grant, part):
        loan, about, grams = what
        forgiven = grams * part // 100
        until = date(2028, 1, 1) if grant and not grams else None
        given = Deciding(self.next("P"), day, loan, about, "Guo", "as agreed", until, forgiven)
        reference = self.tried(lambda: in_kind.decide(given, self.books))
        if reference and forgiven:
            self.owed[loan][2] += forgiven
            self.gone += forgiven
            self.undo[reference] = (loan, 2, forgiven)

    @rule(data=st.data())
    def take_back(self, data):
        if not self.undo:
            return
        reference = data.draw(st.sampled_from(sorted(self.undo)))
        if self.tried(lambda: in_kind.take_back(reference, "misread", self.books)):
            loan, which, grams = self.undo.pop(reference)
            self.owed[loan][which] -= grams
            self.gone -= grams if which == 2 else 0

    @rule(lot=in_stock, grams=GRAMS, day=DAYS, home=HOMES, free=st.booleans())
    def issue(self, lot, grams, day, home, free):
        given = Issuing(self.next("T"), day, home, lot, grams, 0 if free else 100)
        if self.tried(lambda: stock.issue(given, self.books)):
            self.gone += grams

    @rule(lot=in_stock, grams=GRAMS, day=DAYS)
    def rot(self, lot, grams, day):
        given = LosingLot(self.next("D"), day, lot, "other", grams, "rot", "count")
        if self.tried(lambda: stock.lose_from_stock(given, self.books)):
            self.gone += grams

    @rule(lot=in_stock, grams=GRAMS, day=DAYS, plot=st.sampled_from(["A1", "A2"]))
    def use(self, lot, grams, day, plot):
        given = Using("S1", "T1", plot, day, "", "kg", grams, lot)
        reference = self.tried(lambda: growing_used.use(given, self.books))
        if reference and reference not in self.used:
            self.used[reference] = grams
            self.gone += grams

    @rule(data=st.data())
    def take_use_back(self, data):
        if not self.used:
            return
        reference = data.draw(st.sampled_from(sorted(self.used)))
        take_back.take_back(reference, "misread", self.books)
        self.gone -= self.used.pop(reference)

    @invariant()
    def every_gram_is_somewhere(self):
        """Stock by lot, stock in the ledger, claims by loan, claims in the ledger: one truth."""
        mine = self.books.organisation_id
        held = sum(row.left.quantity for row in lots.every(mine, LAST))
        loans = {row.number: row.standing for row in queries.every(mine, LAST)}
        assert {number: [s.owed, s.returned, s.forgiven] for number, s in loans.items()} == self.owed
        owed = sum(s.outstanding for s in loans.values())
        assert all(s.outstanding >= 0 for s in loans.values())
        assert held + owed == self.outside - self.gone
        assert self.booked("121") == held
        for row in lots.every(mine, LAST):
            assert lot_worth.of_lot(mine, row.id) >= 0
        assert self.booked("114") + self.booked("113") == owed
        assert self.booked() == 0
        season = seasons.season(mine, "S1", LAST)
        used = sum(line.used for line in season_use(mine, season, LAST).totals)
        assert used == sum(self.used.values())

    @invariant()
    def any_day_is_the_replay_up_to_that_day(self):
        mine = self.books.organisation_id
        for day in (FIRST + timedelta(days=60), FIRST + timedelta(days=180), LAST - timedelta(days=30)):
            rows = [row for row in queries.every(mine, day) if row.terms.day <= day]
            owed = sum(row.standing.outstanding for row in rows)
            assert owed == self.booked("114", day) + self.booked("113", day)
            assert sum(row.left.quantity for row in lots.every(mine, day)) == self.booked("121", day)

    def booked(self, account: str = "", until: date = LAST) -> int:
        rows = Posting.objects.filter(
            entry__organisation_id=self.books.organisation_id, entry__day__lte=until, good=GOOD
        )
        if account:
            rows = rows.filter(account=account)
        return sum(rows.values_list("quantity", flat=True))


def test_every_gram_in_any_season():
    run_state_machine_as_test(
        Seasons,
        settings=settings(
            max_examples=12 if connection.vendor == "sqlite" else 5,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert Entry.objects.count() == 0, "each run was rolled back"
