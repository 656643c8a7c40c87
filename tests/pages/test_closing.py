"""The trial balance as a page and as a file."""

import csv
import io
from datetime import UTC, date, datetime

import pytest

from lianjie.facts.queries import parties
from lianjie.ledger.actions import journal
from lianjie.ledger.rules.entry import Posting, entry

pytestmark = [pytest.mark.both, pytest.mark.mission("S1")]


AT = datetime(2025, 12, 31, tzinfo=UTC)


def book(source: str, day: date, fen: int, good: str = "") -> None:
    """Cash in for share capital, or goods into stock."""
    lines = Posting("101", fen, "", good), Posting("301", -fen, "", good)
    journal.book(parties.organisation("C2001").id, [entry(source, day, "x", *lines)], at=AT, by=None)


def test_a_trial_balance_shows_every_account_and_ties(reads):
    book("a", date(2024, 12, 31), 500)
    book("b", date(2025, 3, 5), 700)
    book("c", date(2025, 3, 6), 9, "ducks")
    client = reads("chen")
    page = client.get("/o/C2001/trial-balance/?year=2025")
    assert page.status_code == 200
    sums = page.context["sums"]
    for side in ("opening", "", "closing"):
        name = f"{side}_" if side else ""
        assert sums[f"{name}debit"] == sums[f"{name}credit"]
    assert (sums["opening_debit"], sums["debit"], sums["closing_debit"]) == (500, 700, 1200)
    file = client.get("/o/C2001/trial-balance/?year=2025&as=csv")
    rows = list(csv.reader(io.StringIO(b"".join(file.streaming_content).decode("utf-8-sig"))))
    assert len(rows) == 1 + len(page.context["money"]) + len(page.context["goods"])
    empty = client.get("/o/C2001/trial-balance/?year=1998&month=77")
    assert empty.status_code == 200, "a year nobody kept books in gives the last one kept"


def test_the_empty_view_asks_who_is_there(reads, client):
    assert reads("chen").get("/empty/").content == b"1\n"
    assert client.get("/empty/").status_code == 302
