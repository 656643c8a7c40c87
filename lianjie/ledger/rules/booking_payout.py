"""Money that left for one party -> its entry: what was owed goes down, so does bank or cash."""

from collections.abc import Iterable
from datetime import date

from lianjie.base.words import N_
from lianjie.ledger.rules.entry import Entry, Posting, entry

PAID_FROM = {"bank": "102", "cash": "101"}


def paid(identity: str, day: date, party: str, items: Iterable[tuple[str, int]], paid_from: str) -> Entry:
    """One payment under its id for life. `items` are account and fen of what it pays."""
    lines = [Posting(account, fen, party) for account, fen in items]
    return entry(
        f"payout:{identity}",
        day,
        N_("Paid out"),
        *lines,
        Posting(paid_from, -sum(line.amount for line in lines)),
    )
