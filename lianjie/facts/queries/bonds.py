"""Bonds under contracts and leases, read from what happened to them."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from lianjie.facts.models import BondMove
from lianjie.facts.rules.bond import Bond, Move, standing


@dataclass(frozen=True)
class BondRow:
    """One move of a bond as pages show it."""

    number: str
    reference: str
    move: Move
    kind: str
    by: str
    decided_by: str
    grounds: str
    evidence: str


def moves(organisation_id: int, *, contract: str = "", lease: str = "") -> tuple[BondRow, ...]:
    """What happened to the bond of a contract (its number) or a lease (its key), in order of day."""
    # Every version of the agreement counts: a correction of it leaves its bond where it is.
    name, column = (contract, "contract") if contract else (lease, "lease")
    rows: Any = BondMove.objects.current().filter(
        organisation_id=organisation_id, **{f"{column}__key__startswith": name}
    )
    return tuple(
        BondRow(
            row.key.partition("~")[0], row.reference, Move(row.act, row.day, row.fen), row.kind, row.by,
            row.decided_by, row.grounds, row.evidence,
        )
        for row in rows.select_related(column).order_by("day", "pk")
        if getattr(row, column).key.partition("~")[0] == name.partition("~")[0]
    )  # fmt: skip


@dataclass(frozen=True)
class PartyBond:
    """One bond of a party. `ours`: the organisation holds it for the party; else the party holds it.

    agreement  number of the contract, or key of the lease
    """

    organisation_id: int
    agreement: str
    ours: bool
    kind: str
    first_day: date
    last_day: date
    bond: Bond


def of_party(party_id: int, organisations: Collection[int], on: date) -> list[PartyBond]:
    """Its bonds as they stand at the end of the day, one for each agreement."""
    rows: Any = BondMove.objects.current().filter(
        party_id=party_id, organisation_id__in=organisations, day__lte=on
    )
    found: dict[tuple[int, str, bool], list[Any]] = defaultdict(list)
    for row in rows.select_related("contract", "lease").order_by("day", "pk"):
        name = row.contract.key.partition("~")[0] if row.contract else row.lease.key.partition("~")[0]
        found[row.organisation_id, name, bool(row.contract)].append(row)
    return [
        PartyBond(
            organisation, name, ours, of[-1].kind, of[0].day, of[-1].day,
            standing(Move(row.act, row.day, row.fen) for row in of),
        )
        for (organisation, name, ours), of in found.items()
    ]  # fmt: skip


def of(rows: tuple[BondRow, ...]) -> Bond:
    """Where a bond stands."""
    return standing(row.move for row in rows)
