"""A workbook and the real books: entered, corrected and withdrawn facts are booked, reversed and balanced."""

from datetime import UTC, date, datetime

import pytest
from django.db.models import Sum

from lianjie.facts.actions import bond
from lianjie.facts.actions.enter import SourceGiven
from lianjie.facts.actions.intake import enter_workbook
from lianjie.facts.actions.stock import Books
from lianjie.facts.actions.withdraw import withdraw
from lianjie.facts.queries import bonds, overview
from lianjie.ledger.actions.posting import post
from lianjie.ledger.actions.rents import book_rents
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


@pytest.mark.both
@pytest.mark.mission("L2")
def test_land_leased_of_the_collective_has_its_rent_and_its_bond():
    """Waste land the village never contracted out: the collective is the lessor, and holds the bond."""
    book = typed()
    let = {
        "household": "JT01", "lease_day": date(2025, 1, 1), "lease_until_day": date(2029, 12, 31),
        "extent_basis": "承包面积", "rent_fen_per_mu": 100, "due": "11-30", "form": "书面合同",
    }  # fmt: skip
    for column, value in let.items():
        book.put("land", 3, column, value)
    organisation = put_in(book)
    seen = overview.overview(organisation, date(2025, 12, 31), 2025)
    assert (seen.lessors, seen.lessor_bodies) == (1, 1)
    book_rents(organisation, date(2026, 1, 1), date(2027, 1, 1), at=NOW, by=None)
    assert owed_for("JT01") == 12_000, "1.2 mu at 100 yuan, to a member"

    books = Books(organisation, SourceGiven("page", "bond"), NOW, None, post)
    under = {"lease": "5301221012010100002@2025-01-01"}
    for number, act in (("BZ-0", "agreed"), ("BZ-1", "paid")):
        bond.move(bond.Bonding(number, date(2025, 2, 1), act, 50_000, **under), books)
    (held,) = bonds.every(organisation, date(2025, 12, 31))
    assert (held.party_code, held.ours, held.bond.held) == ("JT01", False, 50_000)
    claim = Posting.objects.filter(entry__source="bondmove:BZ-1")
    assert sorted(claim.values_list("account", "amount_fen")) == [("102", -50_000), ("114", 50_000)]
    back = {"decided_by": "村民代表会议", "grounds": "租期届满"}
    bond.move(bond.Bonding("BZ-2", date(2025, 12, 1), "returned", 50_000, **under, **back), books)
    assert not next(bonds.every(organisation, date(2025, 12, 31))).bond.held
    assert owed_for("JT01") == 12_000, "never set against the rent"
