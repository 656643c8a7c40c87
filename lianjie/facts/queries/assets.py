"""The register of a collective's assets as it stands on a day."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from lianjie.facts import parameters
from lianjie.facts.models import (
    AssetCharge,
    AssetContract,
    AssetDisposal,
    AssetUse,
    CollectiveAsset,
    ContractEnd,
)
from lianjie.facts.queries.in_kind import number, numbered
from lianjie.facts.queries.parties import SLICE
from lianjie.facts.queries.slices import all_after, slice_after
from lianjie.facts.rules import assets as rules
from lianjie.facts.rules.assets import Asset, Usual

STATES = ("let", "own", "idle", "lent", "gone")


@dataclass(frozen=True)
class AssetRow:
    """One asset on the day asked about. Money in fen.

    worn_fen  depreciation in the books, what was taken before the register included
    state     let, own, idle, lent or gone
    """

    id: int
    number: str
    reference: str
    asset: Asset
    spec: str
    location: str
    keeper: str
    quantity_e4: int
    counted_in: str
    worn_fen: int
    state: str
    gone: date | None

    @property
    def left_fen(self) -> int:
        """What it is still worth in the books."""
        return 0 if self.gone else self.asset.cost_fen - self.worn_fen


@dataclass(frozen=True)
class AssetPage:
    rows: tuple[AssetRow, ...]
    next_after: str
    total: int


@dataclass(frozen=True)
class AssetEvent:
    """One line of an asset's story. `kind`: registered, use, let, ended, charge, disposal."""

    day: date
    kind: str
    reference: str
    number: str
    fen: int = 0
    word: str = ""
    text: str = ""
    evidence: str = ""
    may_go: bool = True


@dataclass(frozen=True)
class Worth:
    """What stands in the register: how many, cost, worn, and land in ten-thousandths of a mu."""

    count: int
    cost_fen: int
    worn_fen: int
    land_mu4: int
    land_used_mu4: int


def usual(day: date) -> Usual:
    """Usual residual and lives in force on a day."""
    return rules.usual(parameters.text("assets"), day)


def asset_of(row: CollectiveAsset) -> Asset:
    """A stored asset as the rules know it."""
    return Asset(
        number(row), row.name, row.kind, row.category, row.day, row.cost_fen, row.residual_e6,
        row.life_months, row.taken_fen, row.taken_until, row.extent_mu4, row.origin, row.paid, row.evidence,
    )  # fmt: skip


def charged(ids: Collection[int], on: date | None = None) -> dict[int, int]:
    """Asset id -> depreciation the register has charged up to a day."""
    found: dict[int, int] = {}
    wanted = sorted(ids)
    for start in range(0, len(wanted), SLICE):
        rows = AssetCharge.objects.current().filter(asset_id__in=wanted[start : start + SLICE])
        if on is not None:
            rows = rows.filter(day__lte=on)
        found.update(
            (pk, int(fen)) for pk, fen in rows.values_list("asset_id").annotate(Sum("fen")).order_by()
        )
    return found


def charges(ids: Collection[int]) -> dict[int, list[tuple[date, int]]]:
    """Asset id -> day and fen of every charge that stands."""
    found: dict[int, list[tuple[date, int]]] = {pk: [] for pk in ids}
    wanted = sorted(found)
    for start in range(0, len(wanted), SLICE):
        rows = AssetCharge.objects.current().filter(asset_id__in=wanted[start : start + SLICE])
        for pk, day, fen in rows.values_list("asset_id", "day", "fen"):
            found[pk].append((day, fen))
    return found


def gone(ids: Collection[int], on: date | None = None) -> dict[int, date]:
    """Asset id -> the day it was given away."""
    found: dict[int, date] = {}
    wanted = sorted(ids)
    for start in range(0, len(wanted), SLICE):
        rows = AssetDisposal.objects.current().filter(asset_id__in=wanted[start : start + SLICE])
        found.update(rows.filter(day__lte=on or date.max).values_list("asset_id", "day"))
    return found


def page(
    organisation_id: int, on: date, *, search: str = "", kind: str = "", after: str = "", limit: int = 50
) -> AssetPage:
    """Assets, the newest first."""
    found = _narrowed(organisation_id, search, kind)
    shown = slice_after(found, "day", True, after=after, limit=limit)
    return AssetPage(tuple(rows_of(shown.rows, on)), shown.next_after, found.count())


def every(organisation_id: int, on: date, *, search: str = "", kind: str = "") -> Iterator[AssetRow]:
    """All assets that fit, for an export."""
    waiting: list[CollectiveAsset] = []
    for row in all_after(_narrowed(organisation_id, search, kind), "day", True):
        waiting.append(row)
        if len(waiting) == SLICE:
            yield from rows_of(waiting, on)
            waiting = []
    yield from rows_of(waiting, on)


def _narrowed(organisation_id: int, search: str, kind: str) -> QuerySet:
    found = CollectiveAsset.objects.current().filter(organisation_id=organisation_id)
    if search:
        words = Q(name__icontains=search) | Q(key__istartswith=search) | Q(location__icontains=search)
        found = found.filter(words | Q(keeper__icontains=search))
    if kind in rules.KINDS:
        return found.filter(kind=kind)
    if kind in rules.CATEGORIES:
        return found.filter(category=kind)
    return found.filter(origin="poverty_fund") if kind == "poverty_fund" else found


def rows_of(found: Collection[CollectiveAsset], on: date) -> Iterator[AssetRow]:
    """Stored assets as they stand on a day."""
    ids = [row.pk for row in found]
    taken, left, used = charged(ids, on), gone(ids, on), _states(ids, on)
    for row in found:
        day = left.get(row.pk)
        yield AssetRow(
            row.pk,
            number(row),
            row.reference,
            asset_of(row),
            row.spec,
            row.location,
            row.keeper,
            row.quantity_e4,
            row.counted_in,
            row.taken_fen + taken.get(row.pk, 0),
            "gone" if day else used.get(row.pk, "own"),
            day,
        )


def _states(ids: Collection[int], on: date) -> dict[int, str]:
    found: dict[int, str] = {}
    wanted = sorted(ids)
    for start in range(0, len(wanted), SLICE):
        some = wanted[start : start + SLICE]
        uses = AssetUse.objects.current().filter(asset_id__in=some, day__lte=on).order_by("day", "pk")
        found.update(uses.values_list("asset_id", "use"))
        found.update(
            (pk, "let") for pk in running(on).filter(asset_id__in=some).values_list("asset_id", flat=True)
        )
    return found


def running(on: date) -> QuerySet:
    """Contracts that run on a day."""
    over = ContractEnd.objects.current().filter(contract=OuterRef("pk"), day__lte=on)
    return AssetContract.objects.current().filter(
        ~Exists(over), start_day__lte=on, until_day__gt=on, day__lte=on
    )


def asset(organisation_id: int, of: str, on: date) -> AssetRow | None:
    """The asset with this number, or None."""
    found = CollectiveAsset.objects.current().filter(numbered(of), organisation_id=organisation_id)
    return next(rows_of(list(found[:1]), on), None)


def worth(organisation_id: int, on: date) -> Worth:
    """What the whole register comes to on a day."""
    rows = list(_narrowed(organisation_id, "", "").filter(day__lte=on))
    left = gone([row.pk for row in rows], on)
    kept = [row for row in rows if row.pk not in left]
    taken = charged([row.pk for row in kept], on)
    land = [row for row in kept if row.kind in rules.LAND]
    used = _used(land, on)
    return Worth(
        len(kept),
        sum(row.cost_fen for row in kept),
        sum(row.taken_fen + taken.get(row.pk, 0) for row in kept),
        sum(row.extent_mu4 for row in land),
        sum(used.values()),
    )


def _used(land: Collection[CollectiveAsset], on: date) -> dict[int, int]:
    """Asset id -> how much of a piece of land is used: what is let of it, else all unless it lies idle."""
    ids = [row.pk for row in land]
    states, let = _states(ids, on), dict.fromkeys(ids, 0)
    whole = {row.pk: row.extent_mu4 for row in land}
    for start in range(0, len(ids), SLICE):
        rows = running(on).filter(asset_id__in=ids[start : start + SLICE])
        for pk, extent in rows.values_list("asset_id", "extent_mu4"):
            let[pk] += extent or whole[pk]
    return {
        pk: min(let[pk], whole[pk]) if let[pk] else 0 if states.get(pk) == "idle" else whole[pk] for pk in ids
    }


def story(of: AssetRow) -> tuple[AssetEvent, ...]:
    """Everything that happened to an asset, in order of day."""
    found: list[tuple[date, int, AssetEvent]] = []
    for use in AssetUse.objects.current().filter(asset_id=of.id):
        found.append((use.day, 1, AssetEvent(
            use.day, "use", use.reference, number(use), word=use.use, text=use.note, evidence=use.evidence
        )))  # fmt: skip
    for let in AssetContract.objects.current().filter(asset_id=of.id).select_related("payer"):
        used = (
            let.dues.filter(withdrawn=False, corrected_by=None).exists()
            or let.receipts.filter(withdrawn=False, corrected_by=None).exists()
        )
        found.append((let.day, 2, AssetEvent(
            let.day, "let", let.reference, number(let), let.yearly_fen, text=let.payer.name,
            evidence=let.evidence, may_go=not used,
        )))  # fmt: skip
    for charge in AssetCharge.objects.current().filter(asset_id=of.id):
        found.append((charge.day, 3, AssetEvent(
            charge.day, "charge", charge.reference, number(charge), charge.fen, may_go=of.gone is None
        )))  # fmt: skip
    for end in AssetDisposal.objects.current().filter(asset_id=of.id):
        found.append((end.day, 4, AssetEvent(
            end.day, "disposal", end.reference, number(end), end.proceeds_fen, end.way,
            f"{end.person_name} · {end.resolution}", end.evidence,
        )))  # fmt: skip
    found.sort(key=lambda each: each[:2])
    first = AssetEvent(
        of.asset.start, "registered", of.reference, of.number, of.asset.cost_fen, of.asset.origin,
        evidence=of.asset.evidence, may_go=not found,
    )  # fmt: skip
    return (first, *(event for _, _, event in found))


def entered(asset_id: int) -> int:
    """How many uses and disposals of an asset were ever entered, those taken back too."""
    return sum(model.objects.filter(asset_id=asset_id).count() for model in (AssetUse, AssetDisposal))
