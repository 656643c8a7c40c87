"""A bond under a contract or lease: agreed, paid in, given back or forfeited. The same content again changes
nothing; each is booked in the transaction that enters it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from lianjie.facts.actions.asset_income import NoSuchAssetContract
from lianjie.facts.actions.glut import withdrawn
from lianjie.facts.actions.rent import NoSuchLease
from lianjie.facts.actions.stock import Books, enter_one, members
from lianjie.facts.actions.store import standing
from lianjie.facts.models import AssetContract, BondMove, Lease
from lianjie.facts.queries import bonds
from lianjie.facts.rules import bond
from lianjie.facts.rules.bond import Move
from lianjie.facts.rules.handed import BondFact, Handed


@dataclass(frozen=True)
class Bonding:
    """One thing that happens to a bond, under `contract` (its number) or `lease` (its key).

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
    kind: str = "deposit"
    by: str = "bank"
    decided_by: str = ""
    grounds: str = ""
    evidence: str = ""


@transaction.atomic
def move(given: Bonding, books: Books) -> str:
    """Enter it and book it; returns its reference.

    Refuses with NoSuchAssetContract, NoSuchLease, NumberTaken, or what rules.bond.accept says.
    """
    of = _agreement(given, books)
    fields = {
        "day": given.day,
        "contract_id": of.pk if given.contract else None,
        "lease_id": None if given.contract else of.pk,
        "party_id": of.payer_id if given.contract else of.lessor_id,
        "act": given.act,
        "kind": given.kind,
        "fen": given.fen,
        "by": given.by,
        "decided_by": given.decided_by.strip(),
        "grounds": given.grounds.strip(),
        "evidence": given.evidence.strip(),
    }
    # Asked before the row is there, so that it is not weighed against itself; the same again changes nothing.
    before = bonds.moves(contract=given.contract, lease=given.lease, organisation_id=books.organisation_id)
    if all(each.number != given.number for each in before):
        at = Move(given.act, given.day, given.fen)
        bond.accept(
            given.contract or given.lease, at, [each.move for each in before], given.decided_by, given.grounds
        )
    row, new = enter_one(BondMove, given.number, of.area_id, fields, books)
    if new and given.act != "agreed":
        fact = BondFact(
            row.reference, row.day, given.act, given.fen, given.by, row.party.code,
            _member(of, row, books), held=bool(given.contract),
        )  # fmt: skip
        _hand_over(books, Handed(fact))
    return str(row.reference)


@transaction.atomic
def take_back(reference: str, reason: str, books: Books) -> None:
    """Withdraw a move, with a reason; its entry is reversed.

    Refuses with ReasonMissing, NoSuchFact, or as if what stays had been entered without it.
    """
    found: Any = withdrawn(reference, reason, books, {"bondmove": BondMove}, {})
    of = found.contract or found.lease
    list(type(of).objects.select_for_update().filter(pk=of.pk))
    name = of.key.partition("~")[0]
    kept: list[Move] = []
    for each in bonds.moves(
        contract=name if found.contract else "",
        lease="" if found.contract else of.key,
        organisation_id=books.organisation_id,
    ):
        bond.accept(name, each.move, kept, each.decided_by or "-", each.grounds or "-")
        kept.append(each.move)
    _hand_over(books, Handed(None, found.reference))


def _agreement(given: Bonding, books: Books) -> Any:
    """The contract or lease, locked until the transaction ends."""
    model, name = (AssetContract, given.contract) if given.contract else (Lease, given.lease)
    found: Any = standing(model, books.organisation_id, [name]).get(name)
    if found is None:
        raise NoSuchAssetContract(contract=name) if given.contract else NoSuchLease(lease=name)
    list(model.objects.select_for_update().filter(pk=found.pk))
    return found


def _member(of: Any, row: Any, books: Books) -> bool:
    """A contract says where its payer stands; a lessor stands where it stood when it was first paid."""
    if isinstance(of, AssetContract):
        return of.to_member
    first = BondMove.objects.current().filter(lease_id=row.lease_id, act="paid").order_by("day", "pk").first()
    return members(books, [row.party_id])(row.party_id, first.day if first else row.day)


def _hand_over(books: Books, row: Handed) -> None:
    year = row.fact.day.year if isinstance(row.fact, BondFact) else books.at.year
    books.post("bond", [row], organisation_id=books.organisation_id, year=year, at=books.at, by=books.by)
