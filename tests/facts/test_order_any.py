"""An order in any course: fen balance in every state and as of any day, nothing is owed twice. L3."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from lianjie.base.refusal import Refusal
from lianjie.facts.actions import dispute, offtake
from lianjie.facts.actions import order_account as actions
from lianjie.facts.actions.dispute import Found
from lianjie.facts.actions.offtake import DeliveryGiven
from lianjie.facts.actions.order_account import Breaking, Selling
from lianjie.facts.models import Delivery
from lianjie.facts.queries import offtake as orders
from lianjie.facts.rules import order_account as rules
from lianjie.ledger.actions.posting import post
from lianjie.ledger.models import Posting
from lianjie.pages.growing import corrected_book
from tests.facts.test_order_account import LAST, TERMS, account, booked, entry, made, money

pytestmark = pytest.mark.mission("L3")
FEN = st.integers(1, 400_000)
GRAMS = st.integers(1_000, 900_000)
DAYS = st.dates(TERMS.start, TERMS.until - timedelta(1))
HOMES = st.sampled_from(["COOP-H1", "COOP-H4"])


class Orders(RuleBasedStateMachine):
    """Deliver, dispute, correct, price, sell, pay, set off, take back; refusals are part of life."""

    def __init__(self) -> None:
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.books = made()
        self.count = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)

    def tried(self, act) -> None:
        try:
            act()
        except Refusal:
            return

    def next(self, letter: str) -> str:
        self.count += 1
        return f"{letter}{self.count}"

    @initialize(fen=FEN)
    def first(self, fen):
        self.pays("deposit", fen, TERMS.start)

    @rule(home=HOMES, day=DAYS, grams=GRAMS, grade=st.sampled_from("AB"))
    def deliver(self, home, day, grams, grade):
        given = DeliveryGiven(home, day, self.next("S"), grade, grams)
        self.tried(lambda: offtake.take(entry(self.books), "DD1", given, post=post))

    @rule(data=st.data(), grams=GRAMS, corrected=st.booleans())
    def dispute(self, data, grams, corrected):
        rows = orders.priced(self.books.organisation_id, "DD1")
        if not rows:
            return
        row = data.draw(st.sampled_from(rows))
        key = row.reference.removeprefix("delivery:").partition("~")[0]
        by = entry(self.books)
        self.tried(lambda: dispute.raise_dispute(by, key, day=row.day, by="王", claim="少了"))
        self.tried(
            lambda: dispute.answer_dispute(
                by,
                key,
                day=row.day,
                by="李",
                text="复称",
                found=Found(grams, row.grade, row.fen_per_kg) if corrected else None,
                book=corrected_book(self.books.organisation_id),
                post=post,
            )
        )

    @rule(day=DAYS, fen=st.integers(400, 700))
    def see_a_price(self, day, fen):
        offtake.record_price(
            entry(self.books), day=day, good="apple", grade="", market="x", fen_per_kg=fen, evidence="x"
        )

    @rule(day=DAYS, grams=GRAMS, price=st.sampled_from([0, 480, 560]))
    def sell(self, day, grams, price):
        given = Selling(self.next("X"), "DD1", day, "A", grams, price)
        self.tried(lambda: actions.sell(given, self.books))

    @rule(kind=st.sampled_from(rules.MONEY[:7]), fen=FEN, day=DAYS)
    def pays(self, kind, fen, day):
        self.tried(lambda: money(self.books, self.next("Q"), kind, fen, day))

    @rule(
        who=st.sampled_from(["FIRM", "COOP"]),
        fen=FEN,
        day=DAYS,
        remedy=st.sampled_from(["deposit", "damages"]),
    )
    def breaks(self, who, fen, day, remedy):
        damages = fen if remedy == "damages" else 0
        given = Breaking(self.next("B"), "DD1", day, who, "refusal", "x", remedy, 0, fen, damages)
        self.tried(lambda: actions.break_(given, self.books))

    @rule(data=st.data())
    def take_back(self, data):
        seen = account(self.books)
        known = [row.reference for row in (*seen.money, *seen.sales, *seen.breaches)]
        if known:
            reference = data.draw(st.sampled_from(known))
            self.tried(lambda: actions.take_back("DD1", reference, "误记", self.books))

    @invariant()
    def fen_balance_on_any_day_and_nothing_is_owed_twice(self):
        mine = self.books.organisation_id
        taken = Delivery.objects.current().filter(organisation_id=mine, good="apple", day__gte=TERMS.start)
        taken = [row for row in taken if row.receipt.startswith("S")]
        for day in (TERMS.start + timedelta(30), TERMS.start + timedelta(60), LAST):
            seen = account(self.books, day)
            buyer = seen.buyer
            assert booked(self.books, "113", party="FIRM", until=day) == buyer.owed
            assert -booked(self.books, "211", party="FIRM", until=day) == buyer.deposit + buyer.owes
            bought = sum(row.amount_fen for row in taken if row.day <= day)
            homes = booked(self.books, "114", until=day) + sum(
                booked(self.books, "211", party=code, until=day) for code in ("COOP-H1", "COOP-H4")
            )
            assert -homes == bought
            assert booked(self.books, "121", until=day) == bought - sum(row.cost_fen for row in seen.sales)
            assert -booked(self.books, "501", until=day) == sum(row.amount_fen for row in seen.sales)
            assert buyer.owed + buyer.paid == sum(row.amount_fen for row in seen.sales) + sum(
                row.breach.damages_fen for row in seen.breaches if row.breach.party == "FIRM"
            )
        rows = Posting.objects.filter(entry__organisation_id=mine, good="")
        assert sum(rows.values_list("amount_fen", flat=True)) == 0


@pytest.mark.both
@pytest.mark.slow
def test_an_order_in_any_course(db):
    run_state_machine_as_test(
        Orders,
        settings=settings(
            max_examples=3 if connection.vendor == "sqlite" else 1,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
