"""The rows of a book as facts to keep, each under its key.

What lasts (a membership, a lease) is known by whose it is and its first day. When a book gives such a row
another first day, and it still overlaps the one already kept, it is that one corrected, not a second one.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from lianjie.facts.actions.store import Entry, Want, base, heads, shared_heads
from lianjie.facts.models import Lease, Membership, OrganisationLink, Post, RegisteredStatus, Residence, Spell
from lianjie.facts.queries.rents import ends
from lianjie.facts.rules import book as rows
from lianjie.facts.rules.book import Book

FOREVER = date.max


@dataclass(frozen=True)
class Parties:
    """Ids, areas and kinds of everybody a book names, by code."""

    by_code: Mapping[str, tuple[int, int, str]]

    def id(self, code: str) -> int:
        return self.by_code[code][0]

    def area(self, code: str) -> int:
        return self.by_code[code][1]

    def maybe(self, code: str) -> int | None:
        return self.by_code[code][0] if code else None


def codes(book: Book) -> Iterator[str]:
    """Everybody the book names."""
    yield book.organisation.code
    yield from (each.code for each in book.parties)
    for person in book.people:
        yield from (person.code, person.household)
    for post in book.posts:
        yield from (post.person, post.held_in)
    for link in book.links:
        yield from (link.giver, link.taker)
    for member in book.members:
        yield from (member.member, member.represented_by)
    yield from (each.member for each in book.agreements)
    yield from (each.member for each in book.contributions)
    yield from (each.household for each in book.land)
    yield from (each.household for each in book.deliveries)
    yield from (each.party for each in book.tallies)
    yield from (each.recipient for each in book.announced)


def statuses(book: Book, parties: Parties) -> list[Want]:
    """A household's status lasts until the next one begins."""
    given = [
        Want(
            f"{row.code}@{row.status_day}",
            parties.area(row.code),
            {"household_id": parties.id(row.code), "status": row.status, "day": row.status_day},
            row.where,
        )
        for row in book.parties
        if row.status
    ]
    return _successive(RegisteredStatus, given, "household_id", ("status",))


def residences(book: Book, parties: Parties) -> list[Want]:
    """A person lives in one household until the next one."""
    given = [
        Want(
            f"{row.code}@{row.since_day}",
            parties.area(row.household),
            {
                "person_id": parties.id(row.code),
                "household_id": parties.id(row.household),
                "relation": row.relation,
                "day": row.since_day,
            },
            row.where,
        )
        for row in book.people
        if row.household
    ]
    return _successive(Residence, given, "person_id", ("household_id", "relation"))


def _successive(model: type[Spell], given: list[Want], subject: str, content: tuple[str, ...]) -> list[Want]:
    """One spell after another: each new one ends the one before it, whenever and by whom it was entered."""
    stands: dict[int, dict[date, Want]] = defaultdict(dict)
    columns = ("key", "day", "area_id", "place", "withdrawn", subject, *content)
    for row in shared_heads(model, subject, (want.fields[subject] for want in given), columns):
        if not row["withdrawn"]:
            fields = {name: row[name] for name in ("day", subject, *content)}
            stands[row[subject]][row["day"]] = Want(base(row["key"]), row["area_id"], fields, row["place"])
    for want in given:
        days = stands[want.fields[subject]]
        before = days.get(want.fields["day"])
        want.key = before.key if before else want.key
        days[want.fields["day"]] = want
    for days in stands.values():
        ordered = sorted(days)
        for day, until in zip(ordered, [*ordered[1:], None], strict=True):
            days[day].fields["until_day"] = until
    return [want for days in stands.values() for want in days.values()]


def _known_spells(
    model: type[Spell], wants: list[Want], entry: Entry, subject: tuple[str, ...]
) -> list[Want]:
    """Put each spell under the key of the one it corrects."""
    if not wants:
        return wants
    rows = heads(model, entry.organisation_id).values("key", "day", "until_day", *subject)
    return _matched(wants, rows, lambda of: tuple(of[name] for name in subject), lambda want: want.fields)


def _matched(
    wants: list[Want],
    rows: Iterable[Mapping[str, Any]],
    subject: Callable[[Mapping[str, Any]], Any],
    told: Callable[[Want], Mapping[str, Any]],
) -> list[Want]:
    """Spells of one subject are the same when they begin on the same day, or else share a day."""
    stands: dict[Any, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        stands[subject(row)].append(row)
    free = wants
    for exactly in (True, False):
        rest = []
        for want in free:
            kept = stands[subject(told(want))]
            found = next((row for row in kept if _meets(want, row, exactly)), None)
            if found is None:
                rest.append(want)
            else:
                kept.remove(found)
                want.key = base(found["key"])
        free = rest
    return wants


def _meets(want: Want, row: Mapping[str, Any], exactly: bool) -> bool:
    first, until = want.fields["day"], want.fields["until_day"] or FOREVER
    if exactly:
        return bool(row["day"] == first)
    return bool(row["day"] < until and first < (row["until_day"] or FOREVER))


def posts(book: Book, parties: Parties, entry: Entry) -> list[Want]:
    wants = [
        Want(
            f"{row.person}.{row.title}.{row.held_in}@{row.day}",
            parties.area(row.held_in),
            {
                "person_id": parties.id(row.person),
                "title": row.title,
                "held_in_id": parties.id(row.held_in),
                "day": row.day,
                "until_day": row.until_day,
                "evidence": row.evidence,
            },
            row.where,
        )
        for row in book.posts
    ]
    return _known_spells(Post, wants, entry, ("person_id", "title", "held_in_id"))


def links(book: Book, parties: Parties, entry: Entry) -> list[Want]:
    wants = [
        Want(
            f"{row.giver}.{row.kind}.{row.taker}@{row.day}",
            parties.area(row.giver),
            {
                "giver_id": parties.id(row.giver),
                "taker_id": parties.id(row.taker),
                "kind": row.kind,
                "parts": row.parts,
                "day": row.day,
                "until_day": row.until_day,
                "evidence": row.evidence,
            },
            row.where,
        )
        for row in book.links
    ]
    return _known_spells(OrganisationLink, wants, entry, ("giver_id", "kind", "taker_id"))


def members(book: Book, parties: Parties, entry: Entry) -> list[Want]:
    wants = [
        Want(
            f"{row.member}@{row.day}",
            parties.area(row.member),
            {
                "member_id": parties.id(row.member),
                "represented_by_id": parties.maybe(row.represented_by),
                "is_farmer": row.is_farmer,
                "consent": row.consent,
                "extra_votes": row.extra_votes,
                "tags": " ".join(row.tags.split()),
                "day": row.day,
                "until_day": row.until_day,
                "evidence": row.evidence,
            },
            row.where,
        )
        for row in book.members
    ]
    return _known_spells(Membership, wants, entry, ("member_id",))


def agreements(book: Book, parties: Parties) -> list[Want]:
    return [
        Want(
            row.code,
            parties.area(row.member),
            {
                "member_id": parties.id(row.member),
                "fund": row.fund,
                "amount_fen": row.amount_fen,
                "floor_fen_per_year": row.floor_fen_per_year,
                "guarantor": row.guarantor,
                "principle": row.principle,
                "method": row.method,
                "principal_returned": row.principal_returned,
                "consent": row.consent,
                "day": row.day,
                "until_day": row.until_day,
                "evidence": row.evidence,
            },
            row.where,
        )
        for row in book.agreements
    ]


def contributions(book: Book, parties: Parties, agreed: Mapping[str, int]) -> list[Want]:
    return [
        Want(
            row.receipt,
            parties.area(row.member),
            {
                "member_id": parties.id(row.member),
                "origin": row.origin,
                "amount_fen": row.amount_fen,
                "shares_e4": row.shares_e4,
                "agreement_id": agreed[row.agreement] if row.agreement else None,
                "right_until_day": row.right_until_day,
                "day": row.day,
                "evidence": row.evidence,
            },
            row.where,
            {"agreement_id": row.agreement},
        )
        for row in book.contributions
    ]


def parcels(book: Book, parties: Parties) -> list[Want]:
    """A parcel is a fact of its own, however many leases it is listed with."""
    first: dict[str, rows.LandRow] = {}
    for row in book.land:
        first.setdefault(row.parcel, row)
    return [
        Want(
            row.parcel,
            parties.area(row.household),
            {
                "household_id": parties.id(row.household),
                "code": row.parcel,
                "name": row.name,
                "contract_extent_mu4": row.contract_extent_mu4,
                "measured_extent_mu4": row.measured_extent_mu4,
                "land_type": row.land_type,
                "grade": row.grade,
                "contract_until_day": row.contract_until_day,
                "day": row.day,
                "evidence": "" if row.lease_day else row.evidence,
            },
            row.where,
        )
        for row in first.values()
    ]


def leases(book: Book, parties: Parties, parcel_ids: Mapping[str, int], entry: Entry) -> list[Want]:
    wants = [
        Want(
            f"{row.parcel}@{row.lease_day}",
            parties.area(row.household),
            {
                "parcel_id": parcel_ids[row.parcel],
                "lessor_id": parties.id(row.household),
                "extent_basis": row.extent_basis,
                "extent_mu4": _let_extent(row),
                "rent_fen_per_mu": row.rent_fen_per_mu,
                "due_month": int(row.due[:2]),
                "due_day_of_month": int(row.due[3:]),
                "form": row.form,
                "day": row.lease_day,
                "until_day": row.lease_until_day,
                "evidence": row.evidence,
            },
            row.where,
            {"parcel_id": row.parcel},
        )
        for row in book.land
        if row.lease_day
    ]
    return _known_leases(wants, entry)


def _known_leases(wants: list[Want], entry: Entry) -> list[Want]:
    """A parcel may meanwhile have a corrected version, so leases are matched by the parcel's key."""
    if not wants:
        return wants
    rows = list(heads(Lease, entry.organisation_id).values("key", "day", "until_day", "parcel__key"))
    now = ends(entry.organisation_id)
    for row in rows:
        row["until_day"] = now.get(base(row["key"]), row["until_day"])
    return _matched(
        wants,
        rows,
        lambda of: base(of["parcel__key"]),
        lambda want: {"parcel__key": want.refers["parcel_id"]},
    )


def _let_extent(row: rows.LandRow) -> int:
    extent = row.measured_extent_mu4 if row.extent_basis == "measured" else row.contract_extent_mu4
    assert extent is not None, "the check asks for the measured extent"
    return extent


def deliveries(book: Book, parties: Parties) -> list[Want]:
    """Receipt numbers begin anew each year."""
    return [
        Want(
            f"{row.day.year}-{row.receipt}",
            parties.area(row.household),
            {
                "household_id": parties.id(row.household),
                "receipt": row.receipt,
                "good": row.good,
                "grade": row.grade,
                "grams": row.grams,
                "price_fen_per_kg": row.price_fen_per_kg,
                "amount_fen": row.amount_fen,
                "day": row.day,
                "evidence": row.evidence,
            },
            row.where,
        )
        for row in book.deliveries
    ]


def tallies(book: Book, parties: Parties, last_day: date) -> list[Want]:
    return [
        Want(
            f"{book.year}-{row.measure}-{row.party}",
            parties.area(row.party),
            {
                "party_id": parties.id(row.party),
                "year": book.year,
                "measure": row.measure,
                "unit": row.unit,
                "quantity": row.quantity,
                "day": last_day,
                "evidence": row.evidence,
            },
            row.where,
        )
        for row in book.tallies
    ]


def figures(book: Book, parties: Parties, last_day: date) -> list[Want]:
    return [
        Want(
            f"{book.year}-{row.name}",
            parties.area(book.organisation.code),
            {
                "year": book.year,
                "name": row.name,
                "unit": row.unit,
                "value": row.value,
                "day": last_day,
                "evidence": row.evidence,
            },
            row.where,
        )
        for row in book.figures
    ]


def balances(book: Book, parties: Parties, last_day: date) -> list[Want]:
    return [
        Want(
            f"{book.year}-{row.account}",
            parties.area(book.organisation.code),
            {
                "year": book.year,
                "account": row.account,
                "debit_fen": row.debit_fen,
                "credit_fen": row.credit_fen,
                "day": last_day,
            },
            row.where,
        )
        for row in book.balances
    ]


def announced(book: Book, parties: Parties, last_day: date) -> list[Want]:
    return [
        Want(
            f"{book.year}-{row.name.replace('~', '-')}-{row.recipient}".rstrip("-"),
            parties.area(row.recipient or book.organisation.code),
            {
                "year": book.year,
                "name": row.name,
                "of": row.of,
                "unit": row.unit,
                "value": row.value,
                "tolerance": row.tolerance,
                "recipient_id": parties.maybe(row.recipient),
                "day": last_day,
                "evidence": row.evidence,
            },
            row.where,
        )
        for row in book.announced
    ]
