"""Bonds under contracts, leases and sub-leases, read from what happened to them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, Case, CharField, F, Max, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce, Left, StrIndex
from django.db.models.lookups import GreaterThan

from lianjie.facts.models import AssetContract, BondMove, ContractEnd, Fact, Lease, LeaseChange
from lianjie.facts.queries import asset_income, rents
from lianjie.facts.queries.in_kind import number, numbered
from lianjie.facts.queries.names import named_like
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


def page(
    organisation_id: int, on: date, *, search: str = "", after: str = "", limit: int = 50
) -> tuple[list[BondHeld], str, int]:
    """Bonds at the end of the day, those that something happened to last first; where the next page begins,
    "" after the last; and how many there are in all."""
    found = _bonds(_searched(organisation_id, on, search))
    further = found.filter(latest__lt=int(after)) if after.isdecimal() and len(after) < 19 else found
    some = list(further.order_by("-latest")[: limit + 1])
    rows = _shown(organisation_id, on, some[:limit])
    return rows, str(some[limit - 1]["latest"]) if len(some) > limit else "", found.count()


def every(organisation_id: int, on: date, *, search: str = "") -> Iterator[BondHeld]:
    """All of them, for an export, a slice at a time."""
    after = ""
    while True:
        rows, after, _ = page(organisation_id, on, search=search, after=after, limit=500)
        yield from rows
        if not after:
            return


def late(organisation_id: int, on: date) -> list[BondHeld]:
    """Bonds still held though what they are under is over, the longest kept first."""
    here = {"organisation_id": organisation_id}
    changes = LeaseChange.objects.current().filter(**here)
    contracts = AssetContract.objects.current().filter(**here, until_day__lte=on)
    leases = Lease.objects.current().filter(**here, until_day__lte=on)
    handed_back = _numbers(changes.filter(kind="hand_back", day__lte=on), "lease__key")
    let = changes.annotate(of=_first("lease__key"))
    ended = let.filter(Q(of__in=_numbers(leases, "key")) | Q(of__in=handed_back))
    # Renewed leases are among these too; when each really ends is told by its terms below.
    over = (
        ("contract", _numbers(contracts, "key")),
        ("contract", _numbers(ContractEnd.objects.current().filter(**here, day__lte=on), "contract__key")),
        ("lease", _numbers(leases, "key")),
        ("lease", handed_back),
        ("sublease", _numbers(changes.filter(until_day__lte=on), "key")),
        ("sublease", _numbers(ended, "key")),
    )
    wanted = Q()
    for column, numbers in over:
        wanted |= Q(column=column, agreement__in=numbers)
    held = _bonds(_searched(organisation_id, on, "").filter(wanted)).filter(held__gt=0)
    rows = [each for each in _shown(organisation_id, on, list(held.order_by("latest"))) if each.overdue(on)]
    return sorted(rows, key=lambda each: (each.ends or date.max, each.agreement))


def held(organisation_id: int, on: date) -> tuple[int, int]:
    """Fen the organisation holds for others, and fen lessors hold for it, at the end of the day."""
    found = _searched(organisation_id, on, "").aggregate(
        ours=_held_fen(lease__isnull=True), theirs=_held_fen(lease__isnull=False)
    )
    return found["ours"], found["theirs"]


def of(rows: Iterable[BondRow]) -> Bond:
    """Where a bond stands."""
    return standing(row.move for row in rows)


def _row(row: Any) -> BondRow:
    return BondRow(
        number(row), row.reference, Move(row.act, row.day, row.fen), row.kind, row.by, row.decided_by,
        row.grounds, row.evidence,
    )  # fmt: skip


def _searched(organisation_id: int, on: date, search: str) -> QuerySet[Any]:
    """Moves up to the day, each with what it is under and the number of that, whichever version was meant."""
    rows = BondMove.objects.current().filter(organisation_id=organisation_id, day__lte=on)
    rows = rows.annotate(
        column=Case(*(When(**{f"{each}__isnull": False}, then=Value(each)) for each in AGREEMENTS)),
        agreement=_first(Coalesce(*(f"{each}__key" for each in AGREEMENTS))),
    )
    if search:
        about = Q(contract__asset__name__icontains=search) | Q(agreement__icontains=search)
        for parcel in ("lease__parcel__code", "sublease__lease__parcel__code"):
            about |= Q(**{f"{parcel}__icontains": search})
        rows = rows.filter(about | named_like("party", search))
    return rows


def _bonds(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Moves by bond: fen held, and the id of the latest move, by which bonds are paged."""
    by = rows.order_by().values("column", "agreement")
    return by.annotate(held=_held_fen(), latest=Max("pk"))


def _held_fen(**narrowed: Any) -> Coalesce:
    away = Case(When(act="paid", then=F("fen")), When(act="agreed", then=0), default=-F("fen"))
    return Coalesce(Sum(away, filter=Q(**narrowed) if narrowed else None), 0, output_field=BigIntegerField())


def _first(key: Any) -> Case:
    """The number on the paper: the key without the version a correction gave it."""
    mark = StrIndex(key, Value("~"))
    return Case(When(GreaterThan(mark, 0), then=Left(key, mark - 1)), default=key, output_field=CharField())


def _numbers(rows: QuerySet[Any], key: str) -> QuerySet[Any]:
    """The numbers of agreements, for the database to look others up by."""
    return rows.order_by().annotate(agreed=_first(key)).values("agreed")


def _shown(organisation_id: int, on: date, some: Collection[Mapping[str, Any]]) -> list[BondHeld]:
    """Bonds named by what they are under, as they stand, in the order given."""
    wanted, order = Q(pk__in=[]), {(each["column"], each["agreement"]): n for n, each in enumerate(some)}
    for column in AGREEMENTS:
        numbers = [number for of, number in order if of == column]
        wanted |= Q(column=column, agreement__in=numbers) if numbers else Q(pk__in=[])
    found = _held(_searched(organisation_id, on, "").filter(wanted)) if some else []
    return sorted(found, key=lambda each: order[each.under, each.agreement])


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
