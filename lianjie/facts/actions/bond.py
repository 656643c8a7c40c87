"""A bond under a contract, lease or sub-lease: agreed, paid in, given back or forfeited. The same content
again changes nothing; each is booked in the transaction that enters it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions.asset_income import NoSuchAssetContract
from lianjie.facts.actions.glut import withdrawn
from lianjie.facts.actions.rent import NoSuchLease
from lianjie.facts.actions.stock import Books, enter_all, members
from lianjie.facts.actions.store import Sieve, Want, alone, standing
from lianjie.facts.models import AssetContract, BondMove, Party
from lianjie.facts.queries import bonds
from lianjie.facts.queries.in_kind import number
from lianjie.facts.queries.parties import SLICE
from lianjie.facts.rules import bond
from lianjie.facts.rules.bond import Move
from lianjie.facts.rules.handed import BondFact, Handed

PAYER = {"contract": "payer", "lease": "lessor", "sublease": "taker"}
"""Column of a move -> who stands on the other side of the agreement."""


class NoSuchSublease(Refusal):
    what = N_("There is no sub-lease “{sublease}” that still stands.")
    fix = N_("Enter it first at its lease, under what becomes of the lease.")


class UnderOneAgreement(Refusal):
    what = N_("A bond is under one contract or one lease.")
    fix = N_("Name the contract or the lease, not both.")


@dataclass(frozen=True)
class Bonding:
    """One thing that happens to a bond, under `contract` (its number), `lease` or `sublease` (its key).

    number      names it
    kind        deposit, or risk_reserve where the lease says so
    by          bank or cash, when it is paid in or given back
    decided_by, grounds  of giving back and forfeiting
    """

    number: str
    day: date
    act: bond.Act
    fen: int
    contract: str = ""
    lease: str = ""
    sublease: str = ""
    kind: str = "deposit"
    by: str = "bank"
    decided_by: str = ""
    grounds: str = ""
    evidence: str = ""
    place: str = ""

    @property
    def under(self) -> tuple[str, str]:
        """Column and number of its agreement. Refuses with UnderOneAgreement."""
        named = [(column, name) for column in PAYER if (name := getattr(self, column))]
        if len(named) != 1:
            raise UnderOneAgreement
        return named[0]


@dataclass
class _Story:
    """An agreement and what happened to its bond: what stands, then what is entered now."""

    of: Any
    party: Party
    moves: list[Move] = field(default_factory=list)
    numbers: set[str] = field(default_factory=set)

    def add(self, named: str, move: Move) -> None:
        self.moves.append(move)
        self.numbers.add(named)


def move(given: Bonding, books: Books) -> str:
    """Enter it and book it; returns its reference.

    Refuses with UnderOneAgreement, NoSuchAssetContract, NoSuchLease, NoSuchSublease, NumberTaken, or what
    rules.bond.accept says.
    """
    return alone(move_all, given, books)


@transaction.atomic
def move_all(given: Sequence[Bonding], books: Books) -> list[str]:
    """Enter moves as `move` does, all of them or none; RowsRefused says which cannot be."""
    sieve, wants, stories = Sieve(), [], _stories(given, books)
    for nth, each in enumerate(given):
        with sieve.of(nth):
            column, name = each.under
            story = stories.get(each.under)
            if story is None:
                raise _missing(column, name)
            # Asked before the row is there, so that it is not weighed against itself; a number that stands
            # is weighed no more.
            if each.number not in story.numbers:
                at = Move(each.act, each.day, each.fen)
                bond.accept(name, at, story.moves, each.decided_by, each.grounds)
                story.add(each.number, at)
            fields = {
                "day": each.day,
                **{f"{other}_id": None for other in PAYER},
                f"{column}_id": story.of.pk,
                "party_id": story.party.pk,
                "act": each.act,
                "kind": each.kind,
                "fen": each.fen,
                "by": each.by,
                "decided_by": each.decided_by.strip(),
                "grounds": each.grounds.strip(),
                "evidence": each.evidence.strip(),
            }
            refers = {f"{column}_id": name}
            wants.append(Want(each.number, story.of.area_id, fields, each.place, refers))
    rows = enter_all(BondMove, wants, books, sieve)
    member = members(books, (story.party.pk for story in stories.values()))
    facts = []
    for each, (row, new) in zip(given, rows, strict=True):
        if not new or each.act == "agreed":
            continue
        story = stories[each.under]
        facts.append(
            BondFact(
                row.reference, row.day, each.act, each.fen, each.by, story.party.code,
                _member(story, member), held=not each.lease,
            )
        )  # fmt: skip
    if facts:
        _hand_over(books, [Handed(fact) for fact in facts], facts[0].day.year)
    return [str(row.reference) for row, _ in rows]


@transaction.atomic
def take_back(reference: str, reason: str, books: Books) -> None:
    """Withdraw a move, with a reason; its entry is reversed.

    Refuses with ReasonMissing, NoSuchFact, or as if what stays had been entered without it.
    """
    found: Any = withdrawn(reference, reason, books, {"bondmove": BondMove}, {})
    column = next(each for each in PAYER if getattr(found, f"{each}_id"))
    of = getattr(found, column)
    list(type(of).objects.select_for_update().filter(pk=of.pk))
    kept: list[Move] = []
    for each in bonds.moves(books.organisation_id, **{column: number(of)}):
        bond.accept(number(of), each.move, kept, each.decided_by or "-", each.grounds or "-")
        kept.append(each.move)
    _hand_over(books, [Handed(None, found.reference)], books.at.year)


def _stories(given: Iterable[Bonding], books: Books) -> dict[tuple[str, str], _Story]:
    """The agreements that stand, locked until the transaction ends, and what happened to their bonds."""
    found: dict[tuple[str, str], _Story] = {}
    for column, payer in PAYER.items():
        model: Any = bonds.AGREEMENTS[column]
        names = (getattr(each, column) for each in given if getattr(each, column))
        rows = standing(model, books.organisation_id, names, payer)
        if column == "sublease":
            rows = {name: row for name, row in rows.items() if row.kind == "sublease"}
        ids = sorted(row.pk for row in rows.values())
        for start in range(0, len(ids), SLICE):
            list(model.objects.select_for_update().filter(pk__in=ids[start : start + SLICE]).order_by("pk"))
        before = bonds.of_agreements(books.organisation_id, column, list(rows.values()))
        for name, row in rows.items():
            story = found[column, name] = _Story(row, getattr(row, payer))
            for one in before[name]:
                story.add(one.number, one.move)
    return found


def _missing(column: str, name: str) -> Refusal:
    if column == "contract":
        return NoSuchAssetContract(contract=name)
    return NoSuchLease(lease=name) if column == "lease" else NoSuchSublease(sublease=name)


def _member(story: _Story, member: Any) -> bool:
    """A contract says where its payer stands; any other stands where it stood when it was first paid."""
    if isinstance(story.of, AssetContract):
        return story.of.to_member
    first = min(each.day for each in story.moves if each.act == "paid")
    return bool(member(story.party.pk, first))


def _hand_over(books: Books, rows: list[Handed], year: int) -> None:
    books.post("bond", rows, organisation_id=books.organisation_id, year=year, at=books.at, by=books.by)
