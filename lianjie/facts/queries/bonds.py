"""Bonds under contracts, leases and sub-leases, read from what happened to them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from lianjie.facts.models import AssetContract, BondMove, Fact, Lease, LeaseChange
from lianjie.facts.queries import asset_income, rents
from lianjie.facts.queries.in_kind import number, numbered
from lianjie.facts.queries.parties import SLICE
from lianjie.facts.rules.bond import Bond, Move, overdue, standing

AGREEMENTS: dict[str, type[Fact]] = {"contract": AssetContract, "lease": Lease, "sublease": LeaseChange}
"""Column of a move -> what its bond is under."""


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


@dataclass(frozen=True)
class BondHeld:
    """A bond and what it is under.

    under     contract, lease or sublease; `agreement` its number
    page      number of the contract, or key of the lease, that opens its page
    about     the asset or the parcel
    ours      True: the organisation holds it for the party; False: the party holds the organisation's
    ends      first day on which the agreement is over; None while it has no end
    """

    organisation_id: int
    under: str
    agreement: str
    page: str
    about: str
    party_code: str
    party: str
    ours: bool
    kind: str
    first_day: date
    last_day: date
    ends: date | None
    bond: Bond

    def overdue(self, on: date) -> bool:
        """Still held though the agreement is over."""
        return overdue(self.bond, self.ends, on)


def moves(organisation_id: int, **under: str) -> tuple[BondRow, ...]:
    """What happened to the bond of one agreement (contract="HT-1", lease=…, sublease=…), in order of day."""
    ((column, name),) = under.items()
    # Every version of the agreement counts: a correction of it leaves its bond where it is.
    rows = BondMove.objects.current().filter(
        numbered(name, f"{column}__key"), organisation_id=organisation_id
    )
    return tuple(map(_row, rows.order_by("day", "pk")))


def of_agreements(
    organisation_id: int, column: str, agreements: Collection[Fact]
) -> dict[str, list[BondRow]]:
    """Number -> the moves of each of these standing agreements, in order of day."""
    found: dict[str, list[BondRow]] = {number(each): [] for each in agreements}
    keys = [key for each in agreements for key in rents.versions(each.key)]
    for start in range(0, len(keys), SLICE):
        some = {f"{column}__organisation": organisation_id, f"{column}__key__in": keys[start : start + SLICE]}
        rows = BondMove.objects.current().filter(**some).select_related(column)
        for row in rows.order_by("day", "pk"):
            found[number(getattr(row, column))].append(_row(row))
    return found


def of_party(party_id: int, organisations: Collection[int], on: date) -> list[BondHeld]:
    """Its bonds as they stand at the end of the day, one for each agreement."""
    rows = BondMove.objects.current().filter(
        party_id=party_id, organisation_id__in=organisations, day__lte=on
    )
    return _held(rows)


def of_organisation(organisation_id: int, on: date) -> list[BondHeld]:
    """Every bond in its books at the end of the day: those held first, by the end of what they are under."""
    found = _held(BondMove.objects.current().filter(organisation_id=organisation_id, day__lte=on))
    return sorted(found, key=lambda each: (not each.bond.held, each.ends or date.max, each.agreement))


def of(rows: Iterable[BondRow]) -> Bond:
    """Where a bond stands."""
    return standing(row.move for row in rows)


def _row(row: Any) -> BondRow:
    return BondRow(
        number(row), row.reference, Move(row.act, row.day, row.fen), row.kind, row.by, row.decided_by,
        row.grounds, row.evidence,
    )  # fmt: skip


def _held(rows: Any) -> list[BondHeld]:
    """Moves of any agreements, added up by agreement and set beside its end."""
    by: dict[str, dict[tuple[int, str], list[Any]]] = {column: defaultdict(list) for column in AGREEMENTS}
    for row in rows.select_related(*AGREEMENTS, "party").order_by("day", "pk"):
        column = next(each for each in AGREEMENTS if getattr(row, f"{each}_id"))
        by[column][row.organisation_id, number(getattr(row, column))].append(row)
    found = []
    for column, stories in by.items():
        heads = _heads(column, stories)
        ends = _ends(column, heads)
        for at, story in stories.items():
            last = story[-1]
            head = heads.get(at) or getattr(last, column)
            lease = head.lease if column == "sublease" else head
            found.append(BondHeld(
                at[0], column, at[1], at[1] if column != "sublease" else number(lease),
                head.asset.name if column == "contract" else lease.parcel.code,
                last.party.code, last.party.name, column != "lease", last.kind, story[0].day, last.day,
                ends.get(at), standing(Move(row.act, row.day, row.fen) for row in story),
            ))  # fmt: skip
    return found


def _heads(column: str, wanted: Iterable[tuple[int, str]]) -> dict[tuple[int, str], Any]:
    """(organisation, number) -> the version of the agreement that stands."""
    of: dict[int, list[str]] = defaultdict(list)
    for organisation, name in wanted:
        of[organisation].append(name)
    beside = {"contract": ("asset",), "lease": ("parcel",), "sublease": ("lease__parcel",)}[column]
    found: dict[tuple[int, str], Any] = {}
    for organisation, names in of.items():
        rows = AGREEMENTS[column].objects.current().filter(organisation_id=organisation)
        rows = rows.select_related(*beside)
        for start in range(0, len(names), SLICE):
            for row in rows.filter(key__in=names[start : start + SLICE]):
                found[organisation, number(row)] = row
        for name in names:
            if (organisation, name) not in found and (row := rows.filter(numbered(name)).first()):
                found[organisation, name] = row
    return found


def _ends(column: str, heads: Mapping[tuple[int, str], Any]) -> dict[tuple[int, str], date | None]:
    """When each agreement is over, with what became of it; a sub-lease with its lease at the latest."""
    if column == "contract":
        early = asset_income.ends([row.pk for row in heads.values()])
        return {at: min(early.get(row.pk, date.max), row.until_day) for at, row in heads.items()}
    if column == "sublease":
        whole = _ends("lease", _heads("lease", {(at[0], number(row.lease)) for at, row in heads.items()}))
        return {
            at: min(
                (end for end in (row.until_day, whole.get((at[0], number(row.lease)))) if end), default=None
            )
            for at, row in heads.items()
        }
    found: dict[tuple[int, str], date | None] = {}
    for organisation in {at[0] for at in heads}:
        rows = [row for at, row in heads.items() if at[0] == organisation]
        for start in range(0, len(rows), SLICE):
            for each in rents.leases(organisation, only=rows[start : start + SLICE]):
                found[organisation, each.key] = each.terms.until
    return found
