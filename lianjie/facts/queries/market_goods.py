"""Lots for sale as they stand, where their goods came from and where they went."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from lianjie.facts.models import (
    Delivery,
    Lot,
    LotInput,
    LotWork,
    MarketLot,
    Party,
    Pick,
    StepDone,
    StockPlace,
    WeighIn,
)
from lianjie.facts.queries import in_kind
from lianjie.facts.queries.in_kind import number, numbered
from lianjie.facts.queries.names import named_like
from lianjie.facts.queries.parties import SLICE
from lianjie.facts.queries.slices import all_after, slice_after
from lianjie.facts.rules import in_kind as in_kind_rules
from lianjie.facts.rules import market_goods as rules
from lianjie.facts.rules.in_kind import Goods
from lianjie.facts.rules.market_goods import Source


@dataclass(frozen=True)
class PlaceRow:
    """One place of the stock."""

    id: int
    code: str
    reference: str
    name: str
    kind: str


@dataclass(frozen=True)
class MarketLotRow:
    """One lot for sale and what it holds."""

    id: int
    number: str
    reference: str
    day: date
    goods: Goods
    left: Goods
    grade: str
    origin: str
    owner: str
    place: str
    place_kind: str
    product: str
    product_code: str
    packs: int
    content: int
    cost_fen: int
    work: str
    public_code: str

    @property
    def packs_left(self) -> int:
        """Whole packs it still holds."""
        return self.left.quantity // self.content if self.content else 0


@dataclass(frozen=True)
class FreeDelivery:
    """A delivery with what of it is in no lot yet."""

    id: int
    key: str
    receipt: str
    day: date
    household_code: str
    household: str
    good: str
    grade: str
    grams: int
    free: int
    amount_fen: int


@dataclass(frozen=True)
class Since:
    """What became of a delivery after it went into a lot; `lots` still count with what it was.

    grams  before and after; none after when it was withdrawn
    """

    withdrawn: bool
    was_grams: int
    grams: int
    was_household: str
    household: str
    reason: str


@dataclass(frozen=True)
class From:
    """A delivery behind a lot: whose, how much of the lot, from which plot and season."""

    delivery: int
    key: str
    receipt: str
    day: date
    household_id: int
    household_code: str
    household: str
    share: Fraction
    base: str = ""
    plot: str = ""
    season: str = ""
    since: "Since | None" = None


@dataclass(frozen=True)
class Step:
    """One step of a lot's way: a work with what went in and came out, or a pick."""

    kind: str
    day: date
    number: str
    reference: str
    went: tuple[tuple[str, str, int], ...]
    came: tuple[tuple[str, int], ...]
    lost: int
    cause: str
    place: str
    done_by: str
    unit: str


@dataclass(frozen=True)
class Page:
    """Some rows, and where the next page begins; "" on the last."""

    rows: tuple
    next_after: str


def places(organisation_id: int) -> tuple[PlaceRow, ...]:
    """Places that stand, by name."""
    found = StockPlace.objects.current().filter(organisation_id=organisation_id).order_by("name", "pk")
    return tuple(PlaceRow(row.pk, number(row), row.reference, row.name, row.kind) for row in found)


def organisation_name(organisation_id: int) -> tuple[str, bool]:
    """The organisation's name, and whether it is invented."""
    name, invented = Party.objects.values_list("name", "invented").get(pk=organisation_id)
    return name, invented


def page(organisation_id: int, on: date, *, search: str = "", after: str = "", limit: int = 50) -> Page:
    """Lots for sale, the latest first, with what each holds at the end of day `on`."""
    shown = slice_after(_lots(organisation_id, search), "day", True, after=after, limit=limit)
    return Page(tuple(_rows(shown.rows, on)), shown.next_after)


def every(organisation_id: int, on: date, *, search: str = "") -> Iterator[MarketLotRow]:
    """All lots for sale that fit, for an export."""
    waiting: list[MarketLot] = []
    for row in all_after(_lots(organisation_id, search), "day", True):
        waiting.append(row)
        if len(waiting) == SLICE:
            yield from _rows(waiting, on)
            waiting = []
    yield from _rows(waiting, on)


def lot(organisation_id: int, of: str, on: date) -> MarketLotRow | None:
    """The lot for sale with this number, or None."""
    found = _lots(organisation_id, "").filter(lot__in=Lot.objects.filter(numbered(of)))
    return next(_rows(list(found[:1]), on), None)


def by_code(code: str, on: date) -> tuple[int, MarketLotRow] | None:
    """The lot with this public code, and whose books it is in."""
    found = list(
        MarketLot.objects.current()
        .filter(public_code=code, lot__corrected_by__isnull=True)
        .select_related("lot", "stands", "product", "work")[:1]
    )
    return (found[0].organisation_id, next(_rows(found, on))) if found else None


def holding(organisation_id: int, on: date, good: str = "") -> tuple[MarketLotRow, ...]:
    """Lots for sale that still hold something, the oldest first: first in, first out."""
    found = _lots(organisation_id, "").order_by("day", "pk")
    if good:
        found = found.filter(lot__good=good)
    return tuple(row for row in _rows(list(found), on) if row.left.quantity > 0)


def stood(organisation_id: int, on: date) -> list[tuple[str, Goods]]:
    """What stands where: place ("" for none named), good, quantity."""
    sums: dict[tuple[str, str, str], int] = defaultdict(int)
    for row in holding(organisation_id, on):
        sums[row.place, row.goods.good, row.goods.unit] += row.left.quantity
    return [(place, Goods(good, unit, quantity)) for (place, good, unit), quantity in sorted(sums.items())]


def _lots(organisation_id: int, search: str) -> QuerySet:
    found = (
        MarketLot.objects.current()
        .filter(organisation_id=organisation_id)
        .select_related("lot", "stands", "product", "work")
    )
    if search:
        found = found.filter(
            Q(key__istartswith=search)
            | Q(lot__good__icontains=search)
            | Q(product__name__icontains=search)
            | Q(stands__name__icontains=search)
        )
    return found


def _rows(found: Collection[MarketLot], on: date) -> Iterator[MarketLotRow]:
    moves = in_kind.moves([row.lot_id for row in found])
    for row in found:
        of = row.lot
        goods = Goods(of.good, of.unit, of.quantity)
        held = in_kind_rules.left(number(of), goods, moves[of.pk], on)
        product = row.product
        yield MarketLotRow(
            of.pk, number(of), row.reference, row.day, goods, Goods(of.good, of.unit, held), of.grade,
            of.origin, row.owner, row.stands.name if row.stands else "",
            row.stands.kind if row.stands else "", product.name if product else "",
            number(product) if product else "", row.packs, product.content if product else 0, row.cost_fen,
            number(row.work), row.public_code,
        )  # fmt: skip


def cost_left(lots: Collection[int]) -> dict[int, int]:
    """Lot id -> what is left of its cost once everything is taken that was."""
    wanted = sorted(lots)
    left: dict[int, int] = defaultdict(int)
    for start in range(0, len(wanted), SLICE):
        some = wanted[start : start + SLICE]
        left.update(MarketLot.objects.current().filter(lot_id__in=some).values_list("lot_id", "cost_fen"))
        for model in (LotInput, Pick):
            rows = model.objects.current().filter(lot_id__in=some).order_by().values_list("lot_id")
            for pk, fen in rows.annotate(Sum("cost_fen")):
                left[pk] -= fen
    return left


def free_deliveries(
    organisation_id: int, *, good: str = "", search: str = "", after: str = "", limit: int = 50
) -> Page:
    """Deliveries that are not wholly in lots, the earliest first."""
    found = _free(organisation_id)
    if good:
        found = found.filter(good=good)
    if search:
        found = found.filter(named_like("household", search) | Q(receipt__istartswith=search))
    shown = slice_after(found, "day", False, after=after, limit=limit)
    return Page(tuple(_delivery(row) for row in shown.rows), shown.next_after)


def free_delivery(organisation_id: int, key: str) -> FreeDelivery | None:
    """The standing delivery with this key, and what of it is in no lot yet; None when there is none."""
    rows = _with_used(organisation_id).filter(numbered(key))
    return next((_delivery(row) for row in rows[:1]), None)


def _with_used(organisation_id: int) -> QuerySet:
    # A correction gives a delivery a new key after a tilde; the lots keep the first.
    used = (
        LotInput.objects.current()
        .filter(organisation_id=organisation_id, delivery__receipt=OuterRef("receipt"))
        .filter(delivery__day__year=OuterRef("day__year"))
        .order_by()
        .values("organisation_id")
        .annotate(n=Sum("quantity"))
        .values("n")
    )
    return (
        Delivery.objects.current()
        .filter(organisation_id=organisation_id)
        .select_related("household")
        .annotate(used=Coalesce(Subquery(used), 0))
    )


def _free(organisation_id: int) -> QuerySet:
    return _with_used(organisation_id).filter(grams__gt=F("used"))


def _delivery(row: Any) -> FreeDelivery:
    return FreeDelivery(
        row.pk, number(row), row.receipt, row.day, row.household.code, row.household.name, row.good,
        row.grade, row.grams, row.grams - row.used, row.amount_fen,
    )  # fmt: skip


def _slices(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), SLICE):
        yield ids[start : start + SLICE]


# Where goods came from


def sources(lots: Iterable[int]) -> dict[int, list[Source]]:
    """Lot -> what went into its making, for these lots and every lot behind them."""
    found: dict[int, list[Source]] = {}
    level = sorted(set(lots))
    while level:
        works: dict[int, list[int]] = defaultdict(list)
        for some in _slices(level):
            rows = MarketLot.objects.current().filter(lot_id__in=some).values_list("lot_id", "work_id")
            for pk, work in rows:
                works[work].append(pk)
        found |= {pk: [] for pk in level}
        for some in _slices(sorted(works)):
            rows = LotInput.objects.current().filter(work_id__in=some).order_by("pk")
            for work, lot_id, delivery, refund, quantity in rows.values_list(
                "work_id", "lot_id", "delivery_id", "refund_id", "quantity"
            ):
                for part in _parts(lot_id, delivery, refund, quantity):
                    for pk in works[work]:
                        found[pk].append(part)
        behind = {part.id for pk in level for part in found[pk] if part.kind == "lot"}
        level = sorted(behind - found.keys())
    return found


def _parts(lot_id: int | None, delivery: int | None, refund: int | None, quantity: int) -> Iterator[Source]:
    """A buyer who sends goods back sends some of everything that was picked for that line."""
    if lot_id:
        yield Source("lot", lot_id, quantity)
    elif delivery:
        yield Source("delivery", delivery, quantity)
    else:
        rows = Pick.objects.current().filter(line__refunds=refund).order_by("pk")
        for pk, picked in rows.values_list("lot_id", "quantity"):
            yield Source("lot", pk, picked)


def provenance(lots: Collection[int]) -> dict[int, dict[int, Fraction]]:
    """Lot -> delivery -> its exact share; goods of a lot that no delivery made stand under minus its id."""
    return rules.provenance(lots, sources(lots), lambda lot_id: -lot_id)


def told(shares: dict[int, Fraction]) -> tuple[From, ...]:
    """Shares with whose they are, and the plot and season of each, the largest first."""
    found = []
    wanted = sorted(pk for pk in shares if pk > 0)
    since = _since(wanted)
    for some in _slices(wanted):
        rows = list(Delivery.objects.filter(pk__in=some).select_related("household"))
        # A delivery and its weighing may both have been corrected: the number on the receipt ties them.
        of, numbers = {row.organisation_id for row in rows}, {number(row) for row in rows}
        weighings = WeighIn.objects.filter(organisation_id__in=of, key__in=numbers)
        grown = {
            (row.organisation_id, row.key): row for row in weighings.select_related("plot__base", "season")
        }
        for row in rows:
            weighed = grown.get((row.organisation_id, number(row)))
            found.append(
                From(
                    row.pk,
                    number(row),
                    row.receipt,
                    row.day,
                    row.household_id,
                    row.household.code,
                    row.household.name,
                    shares[row.pk],
                    weighed.plot.base.name if weighed else "",
                    weighed.plot.code if weighed else "",
                    number(weighed.season) if weighed else "",
                    since.get(row.pk),
                )
            )
    return tuple(sorted(found, key=lambda each: (-each.share, each.key)))


def _since(deliveries: Sequence[int]) -> dict[int, Since]:
    """Deliveries that were corrected or withdrawn, with how they stand now."""
    found: dict[int, Since] = {}
    for some in _slices(list(deliveries)):
        for old in Delivery.objects.filter(pk__in=some, corrected_by__isnull=False).select_related(
            "household"
        ):
            now = old
            while later := Delivery.objects.filter(corrects=now).select_related("household").first():
                now = later
            grams = 0 if now.withdrawn else now.grams
            if (grams, now.household_id, now.good) != (old.grams, old.household_id, old.good):
                found[old.pk] = Since(
                    now.withdrawn, old.grams, grams, old.household.name, now.household.name, now.reason
                )
    return found


def steps_done(parts: Iterable[From], organisation_id: int) -> list[tuple[date, str, str]]:
    """Steps of the protocol done on the plots behind a lot: day, name, season."""
    wanted = {(part.season, part.plot) for part in parts if part.season}
    if not wanted:
        return []
    rows = (
        StepDone.objects.current()
        .filter(organisation_id=organisation_id, plot__code__in={plot for _, plot in wanted})
        .select_related("season", "plot")
        .order_by("day", "pk")
    )
    told: dict[tuple[str, str], tuple[date, str, str]] = {}
    for row in rows:
        season = number(row.season)
        if (season, row.plot.code) in wanted:
            names = {each["code"]: each["name"] for each in row.season.protocol}
            # One line a step: the last day on which it was done on any of these plots.
            told[season, row.step] = (row.day, names.get(row.step, row.step), season)
    return sorted(told.values())


# The way of a lot


def way(lot_id: int) -> tuple[list[Step], list[Step]]:
    """The works behind a lot, the earliest first, and the works and picks after it."""
    up = set(sources([lot_id]))
    works = MarketLot.objects.current().filter(lot_id__in=up).values_list("work_id", flat=True)
    before = _steps(set(works))
    down: set[int] = set()
    level = {lot_id}
    lots = {lot_id}
    while level:
        some = set(LotInput.objects.current().filter(lot_id__in=level).values_list("work_id", flat=True))
        down |= some
        made = MarketLot.objects.current().filter(work_id__in=some).values_list("lot_id", flat=True)
        level = set(made) - lots
        lots |= level
    return before, sorted([*_steps(down), *_picks(lots)], key=lambda each: each.day)


def _steps(works: Collection[int]) -> list[Step]:
    made: dict[int, list[tuple[str, int]]] = defaultdict(list)
    went: dict[int, list[tuple[str, str, int]]] = defaultdict(list)
    unit: dict[int, str] = {}
    for row in MarketLot.objects.current().filter(work_id__in=works).select_related("lot").order_by("pk"):
        made[row.work_id].append((number(row.lot), row.lot.quantity))
        unit[row.work_id] = row.lot.unit
    inputs = LotInput.objects.current().filter(work_id__in=works).order_by("pk")
    for row in inputs.select_related("lot", "delivery__household", "refund"):
        if row.lot:
            name = ("lot", number(row.lot))
            unit[row.work_id] = row.lot.unit
        elif row.delivery:
            name = ("delivery", f"{row.delivery.receipt} {row.delivery.household.name}")
        else:
            name = ("refund", number(row.refund))
        went[row.work_id].append((*name, row.quantity))
    rows = LotWork.objects.current().filter(pk__in=works).select_related("to_place").order_by("day", "pk")
    return [
        Step(
            row.kind, row.day, number(row), row.reference, tuple(went[row.pk]), tuple(made[row.pk]),
            row.lost, row.cause, row.to_place.name if row.to_place else "", row.done_by,
            unit.get(row.pk, "kg"),
        )
        for row in rows
    ]  # fmt: skip


def _picks(lots: Collection[int]) -> list[Step]:
    rows = (
        Pick.objects.current()
        .filter(lot_id__in=lots)
        .select_related("lot", "line__order__channel", "line__order__buyer")
        .order_by("day", "pk")
    )
    return [
        Step(
            "pick", row.day, row.line.order.number, row.reference,
            (("lot", number(row.lot), row.quantity),), (), 0, "",
            number(row.line.order.channel),
            row.line.order.buyer.name if row.line.order.buyer else row.line.order.buyer_name, row.lot.unit,
        )
        for row in rows
    ]  # fmt: skip
