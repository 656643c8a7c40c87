"""The member account: opening and lines add up to closing, column by column."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from lianjie.ledger.rules.member_account import Line, Movement, Settled, member_account

years = st.integers(2018, 2026)
fen = st.integers(0, 10**9)


def contribution(year: int, amount: int) -> Line:
    return Line(date(year, 5, 1), "Capital paid in", "", Movement(other_contribution=amount))


settlements = st.dictionaries(years, st.tuples(fen, fen, fen, fen, fen), max_size=6).map(
    lambda by_year: [
        Settled(year, {"reserve": a, "subsidy": b, "donation": c}, d, e)
        for year, (a, b, c, d, e) in sorted(by_year.items())
    ]
)


@given(years, st.lists(st.tuples(years, fen)), settlements)
def test_opening_and_lines_add_up_to_closing(year, paid, settled):
    account = member_account(year, [contribution(*each) for each in paid], [], settled)
    total = account.opening
    for line in account.lines:
        total += line.movement
    assert total == account.closing
    assert account.closing.other_contribution == sum(amount for of, amount in paid if of <= year)


@given(years, st.lists(st.tuples(years, fen)), settlements)
def test_a_years_closing_opens_the_next(year, paid, settled):
    lines = [contribution(*each) for each in paid]
    this, after = (member_account(y, lines, [], settled) for y in (year, year + 1))
    for column in ("fund_contribution", "other_contribution", "reserve", "subsidy", "donation"):
        assert getattr(this.closing, column) == getattr(after.opening, column)


def test_reserve_shares_add_up_and_subsidy_shares_are_counted_anew():
    settled = [
        Settled(2024, {"reserve": 100, "subsidy": 70}, 0, 0),
        Settled(2025, {"reserve": 40, "subsidy": 50}, 9, 8),
    ]
    account = member_account(2025, [], [], settled)
    assert (account.opening.reserve, account.closing.reserve) == (100, 140)
    assert (account.opening.subsidy, account.closing.subsidy) == (70, 50)
    assert (account.closing.patronage, account.closing.remainder) == (9, 8)
