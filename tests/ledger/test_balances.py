"""Stored sums are the lines added up, whatever was booked and reversed and in whatever order."""

from datetime import date

import pytest
from django.db import connection, transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from lianjie.ledger.actions import journal
from lianjie.ledger.models import Balance, Entry, Posting
from lianjie.ledger.queries import balances
from lianjie.ledger.rules.entry import Entry as Record
from lianjie.ledger.rules.entry import Posting as Line
from lianjie.ledger.rules.entry import entry
from tests.ledger import coop
from tests.ledger.coop import AT

pytestmark = [pytest.mark.both, pytest.mark.mission("S1")]

DAYS = st.dates(date(2024, 11, 1), date(2026, 2, 28))
ACCOUNTS = st.sampled_from(["101", "102", "121", "114", "401"])
GOODS = st.sampled_from(["", "", "seed-taro", "ducks"])


@st.composite
def entries(draw) -> Record:
    """Money or goods from one account to others, with a party on some lines."""
    good, first = draw(GOODS), draw(ACCOUNTS)
    parts = draw(st.lists(st.tuples(ACCOUNTS, st.integers(-(10**12), 10**12)), min_size=1, max_size=4))
    lines = [Line(account, amount, "COOP-H1", good) for account, amount in parts if amount]
    lines = lines or [Line("121", 7, "", good)]
    back = -sum(line.amount for line in lines)
    if not back:
        lines, back = [*lines, Line("101", 5, "", good)], -5
    return entry(draw(st.uuids()).hex, draw(DAYS), "x", *lines, Line(first, back, "", good))


class Books(RuleBasedStateMachine):
    """Entries alone and together, reversals on any day, a booking undone half-way."""

    @initialize()
    def begin(self):
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.coop = coop.make()
        self.booked: list[str] = []

    @rule(made=st.lists(entries(), min_size=1, max_size=3, unique_by=lambda each: each.source))
    def book(self, made):
        journal.book(self.coop.pk, made, at=AT, by=None)
        self.booked += [each.source for each in made]

    @rule(nth=st.integers(0), day=DAYS)
    def reverse(self, nth, day):
        if self.booked:
            source = self.booked[nth % len(self.booked)]
            found = Entry.objects.filter(source=source, reversed_by=None).first()
            if found is not None:
                journal.reverse(found.pk, day=day, text="x", at=AT, by=None)

    @rule(made=entries())
    def undone(self, made):
        with transaction.atomic():
            journal.book(self.coop.pk, [made], at=AT, by=None)
            transaction.set_rollback(True)

    @invariant()
    def agree(self):
        if not hasattr(self, "coop"):
            return
        assert balances.differences(self.coop.pk) == []
        for until in (date(2025, 3, 1), date(2025, 3, 18), date(2026, 3, 1)):
            assert balances.balances(self.coop.pk, until) == from_lines(self.coop.pk, until)

    def teardown(self):
        if hasattr(self, "undo"):
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)


def from_lines(organisation_id: int, until: date) -> dict[str, int]:
    """The same balances the long way: line by line, in Python."""
    found: dict[str, int] = {}
    rows = Posting.objects.filter(
        entry__organisation_id=organisation_id, entry__posted=True, entry__day__lt=until, good=""
    )
    for account, fen in rows.values_list("account", "amount_fen"):
        found[account] = found.get(account, 0) + fen
    return {account: fen for account, fen in sorted(found.items()) if fen}


def test_any_order_of_postings_and_reversals_adds_up(engine):
    run_state_machine_as_test(Books, settings=settings(max_examples=12, stateful_step_count=12))


def test_a_trial_balance_has_an_opening_two_sides_and_a_closing(engine):
    made = coop.make()
    before = {
        row.account: row.closing
        for row in balances.trial_balance(made.pk, date(2025, 1, 1), date(2026, 1, 1))
        if not row.good
    }
    assert {code: fen for code, fen in before.items() if fen} == balances.balances(made.pk, date(2026, 1, 1))
    journal.book(
        made.pk,
        [
            entry("a", date(2026, 1, 5), "x", Line("101", 700), Line("102", -700)),
            entry("b", date(2026, 1, 9), "x", Line("102", 200), Line("101", -200)),
            entry("c", date(2026, 1, 9), "x", Line("121", 9, "", "ducks"), Line("401", -9, "", "ducks")),
        ],
        at=AT,
        by=None,
    )
    rows = {
        (row.account, row.good): row
        for row in balances.trial_balance(made.pk, date(2026, 1, 1), date(2026, 2, 1))
    }
    cash = rows["101", ""]
    assert (cash.opening, cash.debit, cash.credit) == (before.get("101", 0), 700, 200)
    assert (rows["121", "ducks"].closing, rows["401", "ducks"].closing) == (9, -9)
    assert sum(row.debit - row.credit for row in rows.values() if not row.good) == 0


def test_a_sum_that_is_off_is_found(engine):
    made = coop.make()
    row = Balance.objects.filter(organisation_id=made.pk).earliest("pk")
    Balance.objects.filter(pk=row.pk).update(debit=row.debit + 1)
    (found,) = balances.differences(made.pk)
    assert (found.month, found.account) == (row.month, row.account)
    assert found.stored[0] == found.lines[0] + 1
    assert balances.differences(made.pk, [date(1999, 1, 1)]) == []
    Balance.objects.filter(pk=row.pk).delete()
    assert balances.differences(made.pk, [row.month])[0].stored == (0, 0)


def test_books_kept_before_there_were_sums_are_added_up(engine):
    """What the migration does with entries posted before it."""
    from importlib import import_module

    made = coop.make()
    Balance.objects.all().delete()
    migration = import_module("lianjie.ledger.migrations.0003_scale")
    sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        cursor.execute(
            migration.BOOKED_BEFORE.format(
                month="date(e.day, 'start of month')" if sqlite else "date_trunc('month', e.day)::date",
                greater="MAX" if sqlite else "GREATEST",
            )
        )
    assert balances.differences(made.pk) == []
    assert balances.balances(made.pk, date(2026, 1, 1))
