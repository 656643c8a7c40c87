"""Harvests in any course: weighed in, disputed, measured anew, corrected, taken back, weighed in again,
while months are closed. Kilograms and fen balance in every state, and any day is its replay. P1.

The machine keeps its own plain account beside the product, with the net weight worked out by hand.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from lianjie.base.refusal import Refusal
from lianjie.facts.actions import dispute, growing, weighing
from lianjie.facts.actions.dispute import Found
from lianjie.facts.actions.enter import enter
from lianjie.facts.actions.growing import SeasonGiven
from lianjie.facts.actions.store import Entry, SourceGiven
from lianjie.facts.actions.weighing import Harvest
from lianjie.facts.actions.withdraw import withdraw
from lianjie.facts.models import Delivery, WeighIn
from lianjie.facts.queries import disputes
from lianjie.facts.queries import growing as queries
from lianjie.facts.rules.growing import Step, Weighing
from lianjie.ledger.actions import closing
from lianjie.ledger.actions.posting import post
from lianjie.ledger.models import Entry as Booked
from lianjie.ledger.models import Posting
from lianjie.ledger.queries import balances, closings
from lianjie.pages.growing import corrected_book, delivery_book
from tests.ledger import coop

pytestmark = [pytest.mark.both, pytest.mark.mission("P1"), pytest.mark.slow]
AT = datetime(2026, 11, 1, 8, tzinfo=UTC)
FIRST, LAST, TODAY = date(2025, 3, 1), date(2025, 10, 31), date(2026, 11, 1)
PLOTS = {"A1": "COOP-H1", "A2": "COOP-H2", "A4": "COOP-H4"}
DAYS = st.dates(FIRST, LAST)
GROSS = st.integers(1, 2_000_000)
SHARES = st.integers(0, 4_000)
FEN = st.integers(0, 3_000)
ASKED = [FIRST + timedelta(45), FIRST + timedelta(120), LAST, TODAY]


def net_by_hand(gross: int, moisture: int, impurity: int) -> int:
    """Agreed: 18 % of water and 2 % of what is no crop; each deduction to the gram, half to the grower."""
    dirt, water = max(impurity, 200), max(moisture, 1_800)
    clean = int(Fraction(gross * (10_200 - dirt), 10_000) + Fraction(1, 2))
    return int(Fraction(clean * (10_000 - water), 8_200) + Fraction(1, 2))


def fen_by_hand(grams: int, price: int) -> int:
    return int(Fraction(grams * price, 1_000) + Fraction(1, 2))


class Harvests(RuleBasedStateMachine):
    """What is refused changes nothing; the machine's own account follows only what was accepted."""

    def __init__(self) -> None:
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.mine = coop.make(balances=False).pk
        growing.add_base(self.entry(), "JD", name="基地", day=FIRST)
        for plot, home in PLOTS.items():
            growing.add_plot(self.entry(), "JD", plot, household=home, extent_mu4=10_000, day=FIRST)
        given = SeasonGiven("S25", "JD", FIRST, LAST, "白术", "", 1, (), (Step("T", "种", FIRST, LAST),),
                            1_800, 200)  # fmt: skip
        growing.plan_season(self.entry(), given)
        # Receipt -> plot, day, grams, fen a kilogram of what stands; and when each was disputed and answered.
        self.stands: dict[str, tuple[str, date, int, int]] = {}
        self.argued: dict[str, list[list[date | None]]] = {}
        self.open_day: date | None = None
        self.shut: dict[date, tuple[int, int]] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)

    def entry(self) -> Entry:
        return Entry(self.mine, SourceGiven("page", "any"), AT, None)

    def tried(self, act) -> bool:
        try:
            with transaction.atomic():
                act()
        except Refusal:
            return False
        return True

    @rule(number=st.integers(1, 4), plot=st.sampled_from(sorted(PLOTS)), day=DAYS, gross=GROSS,
          moisture=SHARES, impurity=SHARES, price=FEN)  # fmt: skip
    def weigh(self, number, plot, day, gross, moisture, impurity, price):
        receipt = f"W{number}"
        load = Harvest("S25", plot, day, receipt, gross + 5_000, 5_000, moisture, impurity, "赵")
        book = delivery_book(self.mine, load, grade="", price=Decimal(price) / 100)
        accepted = self.tried(lambda: weighing.weigh_in(self.entry(), load, book=book, post=post))
        net = net_by_hand(gross, moisture, impurity)
        as_asked = plot, day, net, price
        free = receipt not in self.stands
        if free:
            assert accepted == (net > 0)
            if accepted:
                self.stands[receipt] = as_asked
        elif accepted:
            assert self.stands[receipt] == as_asked, "the same load again"

    @rule(data=st.data(), day=DAYS)
    def dispute(self, data, day):
        if not self.stands:
            return
        receipt = data.draw(st.sampled_from(sorted(self.stands)))
        before = self.argued.setdefault(receipt, [])
        accepted = self.tried(
            lambda: dispute.raise_dispute(self.entry(), f"2025-{receipt}", day=day, by="王", claim="少了")
        )
        assert accepted == (day >= self.stands[receipt][1] and not (before and before[-1][1] is None))
        if accepted:
            before.append([day, None])

    @rule(data=st.data(), day=DAYS, how=st.sampled_from(["stands", "priced", "measured"]), gross=GROSS,
          moisture=SHARES, impurity=SHARES, price=FEN)  # fmt: skip
    def answer(self, data, day, how, gross, moisture, impurity, price):
        if not self.stands:
            return
        receipt = data.draw(st.sampled_from(sorted(self.stands)))
        plot, when, grams, _ = self.stands[receipt]
        found = None
        if how == "priced":
            found = Found(grams, "", price)
        if how == "measured":
            anew = Weighing(gross + 5_000, 5_000, moisture, 1_800, impurity, 200)
            found, grams = Found(0, "", price, anew), net_by_hand(gross, moisture, impurity)
        if self.tried(
            lambda: dispute.answer_dispute(
                self.entry(), f"2025-{receipt}", day=day, by="李", text="复称", found=found,
                book=corrected_book(self.mine), post=post,
            )
        ):  # fmt: skip
            self.argued[receipt][-1][1] = day
            if found:
                self.stands[receipt] = plot, when, grams, price

    @rule(data=st.data(), grams=GROSS, price=FEN)
    def correct(self, data, grams, price):
        if not self.stands:
            return
        receipt = data.draw(st.sampled_from(sorted(self.stands)))
        plot, day, _, _ = self.stands[receipt]
        reference = self.reference(receipt)
        book = corrected_book(self.mine)(reference, day, Found(grams, "", price))
        enter(book, source=SourceGiven("page", "correct"), by=None, at=AT, post=post)
        self.stands[receipt] = plot, day, grams, price

    @rule(data=st.data())
    def take_back(self, data):
        if not self.stands:
            return
        receipt = data.draw(st.sampled_from(sorted(self.stands)))
        withdraw(
            self.reference(receipt), organisation_id=self.mine,
            reason="误记", source=SourceGiven("page", "back"), by=None, at=AT, post=post,
        )  # fmt: skip
        del self.stands[receipt]

    @rule(month=st.integers(4, 11))
    def close(self, month):
        until = date(2025, month, 1)
        if self.tried(lambda: closing.close(self.mine, until, today=TODAY, reason="有争议", at=AT, by=None)):
            self.open_day = until
            for day in ASKED:
                if day < until:
                    self.shut.setdefault(day, self.booked(day))

    @invariant()
    def kilograms_and_fen_are_what_stands(self):
        for day in ASKED:
            rows = [row for row in self.stands.values() if row[1] <= day]
            by_plot = {plot: sum(row[2] for row in rows if row[0] == plot) for plot in PLOTS}
            season = queries.season(self.mine, "S25", day)
            assert {line.code: line.harvest_grams for line in season.lines} == by_plot
            if self.open_day is None or day >= self.open_day:
                assert self.booked(day) == self.owed(rows)
        for day, booked in self.shut.items():
            assert self.booked(day) == booked, "what is closed stands still"
        for home in PLOTS.values():
            rows = [row for row in self.stands.values() if PLOTS[row[0]] == home]
            assert self.booked(TODAY, home)[1] == self.owed(rows)[1]
        assert balances.differences(self.mine) == []
        assert closings.broken(self.mine) == []

    @invariant()
    def each_receipt_says_what_stands(self):
        receipts = {each.receipt: each for each in queries.of_season(self.mine, "S25")}
        assert receipts.keys() == self.stands.keys()
        for number, (plot, day, grams, price) in self.stands.items():
            row = receipts[number]
            said = row.plot, row.day, row.grams, row.price_fen_per_kg, row.amount_fen
            assert said == (plot, day, grams, price, fen_by_hand(grams, price))
            argued = self.argued.get(number)
            assert row.disputed == bool(argued and argued[-1][1] is None)
        assert WeighIn.objects.current().filter(organisation_id=self.mine).count() == len(self.stands)

    @invariant()
    def disputes_on_any_day_are_their_replay(self):
        for day in ASKED:
            for receipt, argued in self.argued.items():
                seen = disputes.of_delivery(self.mine, f"2025-{receipt}", day)
                replay = [[a, b if b and b <= day else None] for a, b in argued if a <= day]
                told = [[each.raised.day, each.answer.day if each.answer else None] for each in seen]
                assert sorted(told, key=str) == sorted(replay, key=str)

    def reference(self, receipt: str) -> str:
        return queries.standing(Delivery, self.mine, f"2025-{receipt}").reference

    def owed(self, rows) -> tuple[int, int]:
        fen = sum(fen_by_hand(grams, price) for _, _, grams, price in rows)
        return fen, -fen

    def booked(self, day: date, home: str = "") -> tuple[int, int]:
        """Fen of the stock, and fen under the growers' names, at the end of a day."""
        rows = Posting.objects.filter(entry__organisation_id=self.mine, entry__posted=True)
        rows = rows.filter(entry__day__lte=day, entry__source__contains="delivery:")
        named = rows.filter(party__code=home) if home else rows.exclude(party=None)
        sums = [
            each.aggregate(sum=Sum("amount_fen"))["sum"] or 0 for each in (rows.filter(party=None), named)
        ]
        return sums[0], sums[1]


def test_every_load_in_any_course():
    run_state_machine_as_test(
        Harvests,
        settings=settings(
            max_examples=8 if connection.vendor == "sqlite" else 3,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert Booked.objects.count() == 0, "each run was rolled back"
