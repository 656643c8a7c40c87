"""The trial balance as a page and as a file."""

import csv
import io
from datetime import UTC, date, datetime

import pytest

from lianjie.facts.queries import parties
from lianjie.facts.queries.bookable import bookable
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
    assert reads("chen").get("/o/C2001/empty/").status_code == 200
    assert client.get("/o/C2001/empty/").status_code == 302


def test_a_month_is_closed_and_opened_again(reads):
    book("a", date(2024, 11, 30), 500)
    book("b", date(2025, 3, 5), 700)
    page = reads("chen").get("/o/C2001/closings/")
    assert page.status_code == 200
    assert page.context["until"] == "2024-12-01"
    send = {"until": "2025-01-01", "reason": "the village's books were kept on paper"}
    clerk = reads("chen")
    answer = clerk.post("/o/C2001/closings/", send)
    if answer.status_code == 422:
        assert any(check.stops for check in answer.context["checks"])
        facts = bookable(parties.organisation("C2001").id, date(1949, 1, 1), date(2025, 1, 1))
        for reference in facts:
            book(reference, date(2024, 12, 1), 1)
        answer = clerk.post("/o/C2001/closings/", send)
    assert answer.status_code == 302
    page = clerk.get("/o/C2001/closings/")
    assert [act.act for act in page.context["acts"]] == ["close"]
    assert page.context["reopen_form"] is None, "an accountant closes; the chair opens again"
    assert clerk.post("/o/C2001/closings/reopening/", {"day": "2024-12-01", "reason": "x"}).status_code == 403
    assert clerk.post("/o/C2001/closings/", {"until": "2024-12-01", "reason": ""}).status_code == 422
