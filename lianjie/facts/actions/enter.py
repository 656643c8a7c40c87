"""The one door for facts: a whole book, in one transaction, handed to the ledger in the same.

Entering the same book twice changes nothing. A row with a known key and other content is a correction:
the new fact stands beside the old one, and both references are handed on.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from lianjie.facts.actions import registry, wanted
from lianjie.facts.actions.stock import members
from lianjie.facts.actions.store import Entry, Kept, SourceGiven, base, heads, keep
from lianjie.facts.actions.wanted import Parties
from lianjie.facts.models import (
    AccountBalance,
    AnnouncedFigure,
    Contribution,
    Delivery,
    Fact,
    Lease,
    Membership,
    OrganisationLink,
    Parcel,
    RegisteredStatus,
    Residence,
    ShareAgreement,
    Tally,
    YearFigure,
)
from lianjie.facts.models import Post as PostFact
from lianjie.facts.rules.book import Book
from lianjie.facts.rules.handed import BalanceFact, ContributionFact, DeliveryFact, Handed, HandedKind, Post

__all__ = ["Counts", "Entered", "SourceGiven", "enter"]


@dataclass(frozen=True)
class Counts:
    """Rows of one sheet: new or entered again after they were taken back, corrected, and standing already."""

    new: int = 0
    corrected: int = 0
    unchanged: int = 0


@dataclass(frozen=True)
class Entered:
    """What became of a book."""

    organisation_id: int
    year: int
    by_sheet: Mapping[str, Counts] = field(default_factory=dict)

    @property
    def new(self) -> int:
        return sum(each.new for each in self.by_sheet.values())

    @property
    def corrected(self) -> int:
        return sum(each.corrected for each in self.by_sheet.values())

    @property
    def unchanged(self) -> int:
        return sum(each.unchanged for each in self.by_sheet.values())


@transaction.atomic
def enter(book: Book, *, source: SourceGiven, by: int | None, at: datetime, post: Post) -> Entered:
    """Enter a checked book: all of it, or nothing.

    source  the document the rows come from
    post    books what the ledger must know, in this transaction (ledger.actions.post)

    Facts the book does not name stay as they are; to take one back, withdraw it.
    """
    areas = registry.add_areas(book.areas)
    organisation_id = registry.organisation(book.organisation)
    entry = Entry(organisation_id, source, at, by)
    people = registry.parties(book, entry)
    parties = Parties(registry.known_parties(code for code in wanted.codes(book) if code))
    kept = _facts(book, parties, entry)
    _hand_over(book, kept, parties, entry, post)
    counts = {name: _counts(each) for name, each in kept.items()}
    new = {"areas": Counts(areas, 0, len(book.areas) - areas)}
    new["parties"] = Counts(people, 0, len(book.parties) + len(book.people) - people)
    return Entered(organisation_id, book.year, new | counts)


def _counts(kept: Kept) -> Counts:
    """What was taken back and is entered again corrects nothing that stands: it is new."""
    corrected = sum(bool(old) for old, _ in kept.corrected)
    return Counts(len(kept.new) + len(kept.corrected) - corrected, corrected, kept.unchanged)


def _facts(book: Book, parties: Parties, entry: Entry) -> dict[str, Kept]:
    """Every table in the order in which facts point to each other."""
    last_day = date(book.year, 12, 31)
    kept = {
        "statuses": keep(RegisteredStatus, wanted.statuses(book, parties), entry, "household_id"),
        "people": keep(Residence, wanted.residences(book, parties), entry, "person_id"),
        "posts": keep(PostFact, wanted.posts(book, parties, entry), entry),
        "links": keep(OrganisationLink, wanted.links(book, parties, entry), entry),
        "members": keep(Membership, wanted.members(book, parties, entry), entry),
        "agreements": keep(ShareAgreement, wanted.agreements(book, parties), entry),
        "parcels": keep(Parcel, wanted.parcels(book, parties), entry),
        "deliveries": keep(Delivery, wanted.deliveries(book, parties), entry),
        "tallies": keep(Tally, wanted.tallies(book, parties, last_day), entry),
        "figures": keep(YearFigure, wanted.figures(book, parties, last_day), entry),
        "balances": keep(AccountBalance, wanted.balances(book, parties, last_day), entry),
        "announced": keep(AnnouncedFigure, wanted.announced(book, parties, last_day), entry),
    }
    agreed = _ids(ShareAgreement, entry, any(row.agreement for row in book.contributions))
    kept["contributions"] = keep(Contribution, wanted.contributions(book, parties, agreed), entry)
    let = _ids(Parcel, entry, any(row.lease_day for row in book.land))
    kept["leases"] = keep(Lease, wanted.leases(book, parties, let, entry), entry)
    return kept


def _ids(model: type[Fact], entry: Entry, needed: bool) -> dict[str, int]:
    """Base key -> id of the newest version, for facts that others point to."""
    if not needed:
        return {}
    rows = heads(model, entry.organisation_id).filter(withdrawn=False).values_list("key", "pk")
    return {base(key): pk for key, pk in rows}


def _hand_over(book: Book, kept: Mapping[str, Kept], parties: Parties, entry: Entry, post: Post) -> None:
    """Give the ledger what it books, the old reference beside each correction."""
    codes = {pk: code for code, (pk, _, _) in parties.by_code.items()}

    def contribution(row: Contribution) -> ContributionFact:
        return ContributionFact(row.reference, row.day, codes[row.member_id], row.origin, row.amount_fen)

    came = (*kept["deliveries"].new, *(row for _, row in kept["deliveries"].corrected))
    member = members(entry, (row.household_id for row in came))

    def delivery(row: Delivery) -> DeliveryFact:
        is_member = member(row.household_id, row.day)
        return DeliveryFact(row.reference, row.day, codes[row.household_id], is_member, row.amount_fen)

    _post("contribution", handed(kept["contributions"], contribution), book, entry, post)
    _post("delivery", handed(kept["deliveries"], delivery), book, entry, post)
    if kept["balances"].changed:
        reversed_ = {row.pk: old for old, row in kept["balances"].corrected}
        _post("balance", balances(entry.organisation_id, book.year, reversed_), book, entry, post)


def handed(kept: Kept, fact: Callable[[Any], Any]) -> list[Handed]:
    """New facts, and corrections with what they correct."""
    return [
        *(Handed(fact(row)) for row in kept.new),
        *(Handed(fact(row), reverses=old) for old, row in kept.corrected),
    ]


def balances(organisation_id: int, year: int, reversed_: Mapping[int, str]) -> list[Handed]:
    """Every balance of the year as it stands now: they are booked as one entry."""
    rows = AccountBalance.objects.current().filter(organisation_id=organisation_id, year=year)
    return [
        Handed(
            BalanceFact(row.reference, row.account, row.debit_fen, row.credit_fen), reversed_.get(row.pk, "")
        )
        for row in rows.order_by("account")
    ]


def _post(kind: HandedKind, rows: Sequence[Handed], book: Book, entry: Entry, post: Post) -> None:
    if rows:
        post(kind, rows, organisation_id=entry.organisation_id, year=book.year, at=entry.at, by=entry.by)
