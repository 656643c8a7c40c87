"""The three statements of the accounting system tie, whatever was booked."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianjie.ledger import parameters
from lianjie.ledger.actions import carrying_out
from lianjie.ledger.queries import balances
from lianjie.ledger.queries.forms import year_forms
from lianjie.ledger.queries.owed import still_owed
from lianjie.ledger.rules import forms
from tests.ledger import coop
from tests.ledger.test_settlement_way import WHO, posted

FORM = parameters.text("forms-coop-2021")
# 181 has no line: at year end it must be empty.
ACCOUNTS = sorted(code for code in balances.chart().accounts if not code.startswith("181"))

entries = st.lists(
    st.tuples(
        st.sampled_from(ACCOUNTS),
        st.sampled_from(ACCOUNTS),
        st.sampled_from(["", "H1", "H2"]),
        st.integers(1, 10**9),
    ),
    max_size=30,
)


@given(entries)
def test_any_balanced_books_give_a_balance_sheet_that_ties(lines):
    standing: dict[tuple[str, str], int] = {}
    for debit, credit, party, fen in lines:
        standing[debit, party] = standing.get((debit, party), 0) + fen
        standing[credit, ""] = standing.get((credit, ""), 0) - fen
    assert forms.ties(forms.balance_sheet(FORM, standing))


def test_members_are_not_netted_against_each_other():
    standing = {("114", "H1"): 500, ("114", "H2"): -300, ("102", ""): -200}
    sheet = {line.number: line.fen for line in forms.balance_sheet(FORM, standing)}
    assert (sheet[2], sheet[24]) == (500, 300)


@pytest.mark.both
@pytest.mark.mission("S1")
def test_a_settled_year_ties_before_and_after_it_is_paid():
    made = coop.make()
    before = year_forms(made.pk, coop.YEAR)
    assert before.ties
    done = posted(made)
    after = year_forms(made.pk, coop.YEAR)
    assert after.ties
    lines = {line.number: line.fen for line in after.surplus}
    assert lines[12] == 10_000_001
    assert lines[15] == 1_000_000
    assert lines[17] + lines[18] == 9_000_001
    assert lines[20] == 0
    due = {each.party_id for each in still_owed(done.id)}
    carrying_out.pay(done, due, method="bank", evidence="slip", day=date(2026, 2, 3), **WHO)
    assert year_forms(made.pk, coop.YEAR) == after
    assert year_forms(made.pk, coop.YEAR + 1).ties
