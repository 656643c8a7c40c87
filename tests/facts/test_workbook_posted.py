"""A workbook and the real books: entered, corrected and withdrawn facts are booked, reversed and balanced."""

from datetime import UTC, datetime

import pytest
from django.db.models import Sum

from lianjie.facts.actions.enter import SourceGiven
from lianjie.facts.actions.intake import enter_workbook
from lianjie.facts.actions.withdraw import withdraw
from lianjie.ledger.actions.posting import post
from lianjie.ledger.models import Entry, Posting
from tests.facts.broken.sample import saved, typed

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def put_in(book) -> int:
    _, entered = enter_workbook(saved(book), name="book.xlsx", by=None, at=NOW, post=post)
    return entered.organisation_id


def owed_for(code: str) -> int:
    """What stands owed for produce to a party, in fen."""
    found = Posting.objects.filter(party__code=code, account__in=("114", "211")).aggregate(Sum("amount_fen"))
    return -(found["amount_fen__sum"] or 0)


@pytest.mark.both
def test_books_follow_what_is_entered_corrected_and_withdrawn():
    book = typed()
    organisation = put_in(book)
    assert owed_for("N0001") == 106_420
    entries = Entry.objects.count()
    assert put_in(book) == organisation
    assert Entry.objects.count() == entries
    book.put("deliveries", 2, "grams", 160)
    book.put("deliveries", 2, "amount_fen", 1088)
    put_in(book)
    assert owed_for("N0001") == 108_800
    reversal = Entry.objects.get(source="reversal:delivery:2025-BD0001")
    assert reversal.reverses.source == "delivery:2025-BD0001"
    withdraw(
        "delivery:2025-BD0001~2",
        organisation_id=organisation,
        reason="重复过磅",
        source=SourceGiven("page", "交售"),
        by=None,
        at=NOW,
        post=post,
    )
    assert owed_for("N0001") == 0
    put_in(book)
    assert owed_for("N0001") == 108_800
    assert Posting.objects.aggregate(Sum("amount_fen"))["amount_fen__sum"] == 0
    assert not Entry.objects.filter(posted=False).exists()
