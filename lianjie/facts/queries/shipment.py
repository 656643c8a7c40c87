"""Shipments as they stand: what is aboard, weights and losses by stage, what arrived."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet, Sum

from lianjie.base.refusal import Finding
from lianjie.facts.models import OrganisationLink, Pick, Shipment, ShipmentLeg, ShipmentLoad, ShipmentReceipt
from lianjie.facts.queries.in_kind import number, numbered
from lianjie.facts.queries.parties import SLICE
from lianjie.facts.queries.slices import all_after, slice_after
from lianjie.facts.rules import shipment as rules
from lianjie.facts.rules.shipment import Leg, Weighed


@dataclass(frozen=True)
class LoadRow:
    """What is aboard of one line of an order, from one lot."""

    channel: str
    order: str
    place: int
    product: str
    good: str
    lot: str
    packs: int
    quantity: int
    unit: str
    revenue_fen: int
    buyer: str


@dataclass(frozen=True)
class LineAboard:
    """What is aboard of one line of an order altogether, and what arrived of it."""

    channel: str
    order: str
    place: int
    product: str
    unit: str
    quantity: int
    received: int | None


@dataclass(frozen=True)
class LegRow:
    """A waypoint reached. Temperatures in tenths of a degree Celsius."""

    waypoint: str
    reference: str
    vehicle: str
    left_at: datetime | None
    reached_at: datetime
    km: int
    grams: int | None
    coldest_dc: int | None
    warmest_dc: int | None
    seal: str
    cost_fen: int
    evidence: str


@dataclass(frozen=True)
class ReceiptRow:
    """What the buyer weighed in of one line."""

    reference: str
    day: date
    quantity: int
    received_by: str
    seal_intact: bool | None
    evidence: str


@dataclass(frozen=True)
class ShipmentRow:
    """One shipment. `received` is None while something has not been received."""

    id: int
    number: str
    reference: str
    day: date
    left_at: datetime | None
    from_place: str
    destination: str
    ship_to: str
    pairing: str
    carrier: str
    vehicle: str
    seal: str
    evidence: str
    unit: str
    loaded: int
    received: int | None
    cost_fen: int
    km: int
    waypoints: int

    @property
    def lost(self) -> int | None:
        """What did not arrive; None until everything was received."""
        return None if self.received is None else self.loaded - self.received

    @property
    def state(self) -> str:
        """on_the_way or received."""
        return "on_the_way" if self.received is None else "received"


@dataclass(frozen=True)
class Story:
    """Everything about one shipment."""

    loads: tuple[LoadRow, ...]
    lines: tuple[LineAboard, ...]
    legs: tuple[LegRow, ...]
    stages: tuple[Weighed, ...]
    receipts: tuple[ReceiptRow, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Page:
    """Some rows, and where the next page begins; "" on the last."""

    rows: tuple
    next_after: str


@dataclass(frozen=True)
class Waiting:
    """A pick that has not left."""

    reference: str
    day: date
    channel: str
    order: str
    buyer: str
    product: str
    lot: str
    packs: int
    quantity: int
    unit: str
    may_go: bool = True


def page(organisation_id: int, *, search: str = "", after: str = "", limit: int = 50) -> Page:
    """Shipments, the latest first."""
    shown = slice_after(_narrowed(organisation_id, search), "day", True, after=after, limit=limit)
    return Page(tuple(_rows(shown.rows)), shown.next_after)


def every(organisation_id: int, *, search: str = "") -> Iterator[ShipmentRow]:
    """All shipments that fit, for an export."""
    waiting: list[Shipment] = []
    for row in all_after(_narrowed(organisation_id, search), "day", True):
        waiting.append(row)
        if len(waiting) == SLICE:
            yield from _rows(waiting)
            waiting = []
    yield from _rows(waiting)


def one(organisation_id: int, of: str) -> ShipmentRow | None:
    """The shipment with this number, or None."""
    return next(_rows(list(_narrowed(organisation_id, "").filter(numbered(of))[:1])), None)


def of_order(order_id: int) -> tuple[ShipmentRow, ...]:
    """Shipments that carried something of an order."""
    found = Shipment.objects.current().filter(
        pk__in=ShipmentLoad.objects.current().filter(pick__line__order_id=order_id).values("shipment_id")
    )
    return tuple(_rows(list(_with(found).order_by("day", "pk"))))


def _narrowed(organisation_id: int, search: str) -> QuerySet:
    found = _with(Shipment.objects.current().filter(organisation_id=organisation_id))
    if search:
        found = found.filter(
            Q(key__istartswith=search)
            | Q(destination__icontains=search)
            | Q(carrier__icontains=search)
            | Q(vehicle__icontains=search)
        )
    return found


def _with(found: QuerySet) -> QuerySet:
    return found.select_related("from_place", "ship_to", "pairing__giver", "pairing__taker")


def _rows(found: Collection[Shipment]) -> Iterator[ShipmentRow]:
    ids = [row.pk for row in found]
    aboard: dict[int, set[int]] = defaultdict(set)
    unit: dict[int, str] = {}
    loads = ShipmentLoad.objects.current().filter(shipment_id__in=ids)
    for pk, line, of in loads.values_list("shipment_id", "pick__line_id", "pick__lot__unit"):
        aboard[pk].add(line)
        unit[pk] = of
    got: dict[int, dict[int, int]] = defaultdict(dict)
    receipts = ShipmentReceipt.objects.current().filter(shipment_id__in=ids)
    for pk, line, quantity in receipts.values_list("shipment_id", "line_id", "quantity"):
        got[pk][line] = quantity
    costs: dict[int, tuple[int, int]] = {}
    legs = ShipmentLeg.objects.current().filter(shipment_id__in=ids).order_by().values_list("shipment_id")
    for pk, fen, km in legs.annotate(Sum("cost_fen"), Sum("km")):
        costs[pk] = (fen, km)
    for row in found:
        whole = aboard[row.pk] and aboard[row.pk] <= got[row.pk].keys()
        fen, km = costs.get(row.pk, (0, 0))
        waypoints = ShipmentLeg.objects.current().filter(shipment=row).count() if fen or km else 0
        yield ShipmentRow(
            row.pk, number(row), row.reference, row.day, row.left_at,
            row.from_place.name if row.from_place else "", row.destination,
            row.ship_to.name if row.ship_to else "", _partner(row), row.carrier, row.vehicle, row.seal,
            row.evidence, unit.get(row.pk, "kg"), row.loaded, sum(got[row.pk].values()) if whole else None,
            fen, km, waypoints,
        )  # fmt: skip


def pairings(organisation_id: int) -> list[tuple[str, str]]:
    """Links of an organisation to others: key and the name of the other end."""
    rows = OrganisationLink.objects.current().filter(organisation_id=organisation_id)
    return [
        (number(row), (row.taker if row.giver_id == organisation_id else row.giver).name)
        for row in rows.select_related("giver", "taker").order_by("pk")
    ]


def _partner(row: Shipment) -> str:
    """The other end of the link to a partner."""
    link = row.pairing
    if link is None:
        return ""
    ends = [link.giver, link.taker]
    return " · ".join(party.name for party in ends if party.pk != row.organisation_id)


def story(of: ShipmentRow, today: date) -> Story:
    """What is aboard, where it has been, and what arrived."""
    rows = list(
        ShipmentLoad.objects.current()
        .filter(shipment_id=of.id)
        .select_related(
            "pick__lot", "pick__line__product", "pick__line__order__channel", "pick__line__order__buyer"
        )
        .order_by("pk")
    )
    receipts = list(ShipmentReceipt.objects.current().filter(shipment_id=of.id).order_by("day", "pk"))
    got = {row.line_id: row.quantity for row in receipts}
    lines: dict[int, LineAboard] = {}
    loads = []
    for row in rows:
        pick, line = row.pick, row.pick.line
        order = line.order
        place = int(line.key.rpartition("/")[2])
        loads.append(
            LoadRow(
                number(order.channel), order.number, place, line.product.name, pick.lot.good,
                number(pick.lot), pick.packs, pick.quantity, pick.lot.unit, row.revenue_fen,
                order.buyer.name if order.buyer else order.buyer_name,
            )
        )  # fmt: skip
        before = lines[line.pk].quantity if line.pk in lines else 0
        lines[line.pk] = LineAboard(
            number(order.channel), order.number, place, line.product.name, pick.lot.unit,
            before + pick.quantity, got.get(line.pk),
        )  # fmt: skip
    legs = tuple(
        LegRow(
            row.waypoint, row.reference, row.vehicle, row.left_at, row.reached_at, row.km, row.grams,
            row.coldest_dc, row.warmest_dc, row.seal, row.cost_fen, row.evidence,
        )
        for row in ShipmentLeg.objects.current().filter(shipment_id=of.id).order_by("reached_at", "pk")
    )  # fmt: skip
    seals = {row.seal_intact for row in receipts}
    intact = False if False in seals else True if True in seals else None
    stages = rules.stages(
        of.loaded, [Leg(leg.waypoint, leg.reached_at, leg.grams) for leg in legs], of.received
    )
    return Story(
        tuple(loads),
        tuple(lines.values()),
        legs,
        stages,
        tuple(
            ReceiptRow(row.reference, row.day, row.quantity, row.received_by, row.seal_intact, row.evidence)
            for row in receipts
        ),
        rules.findings(of.loaded, of.received, of.seal, intact, of.day, today),
    )


def waiting(organisation_id: int, order_id: int | None = None) -> tuple[Waiting, ...]:
    """Picks that have not left, the oldest first."""
    gone = ShipmentLoad.objects.current().values("pick_id")
    rows = Pick.objects.current().filter(organisation_id=organisation_id).exclude(pk__in=gone)
    if order_id is not None:
        rows = rows.filter(line__order_id=order_id)
    rows = rows.select_related("lot", "line__product", "line__order__channel", "line__order__buyer")
    return tuple(
        Waiting(
            row.reference, row.day, number(row.line.order.channel), row.line.order.number,
            row.line.order.buyer.name if row.line.order.buyer else row.line.order.buyer_name,
            row.line.product.name, number(row.lot), row.packs, row.quantity, row.lot.unit,
        )
        for row in rows.order_by("day", "pk")[:200]
    )  # fmt: skip
