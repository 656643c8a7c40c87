"""Shipments: what leaves is sold, waypoints are reached, the buyer receives. Each verb is one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Sum
from django.utils.timezone import localdate

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions.market import NoSuchPairing, area_id, debtor, hand_over, kept, sale_of
from lianjie.facts.actions.market_back import RefundGiven, give_back
from lianjie.facts.actions.market_goods import held, place_of
from lianjie.facts.actions.stock import Books, area_of, enter_one, is_member
from lianjie.facts.models import (
    OrganisationLink,
    Pick,
    SalesOrderLine,
    Shipment,
    ShipmentLeg,
    ShipmentLoad,
    ShipmentReceipt,
)
from lianjie.facts.queries import market as sales
from lianjie.facts.queries.in_kind import number, numbered
from lianjie.facts.rules import shipment as rules
from lianjie.facts.rules.handed_market import GoodsCost, SaleMade
from lianjie.facts.rules.in_kind import Goods
from lianjie.facts.rules.market import sold_part


class NoSuchShipment(Refusal):
    what = N_("There is no shipment “{number}” in these books.")
    fix = N_("Look it up in the list of shipments.")


class NothingToShip(Refusal):
    what = N_("Nothing that was picked is waiting to be sent.")
    fix = N_("Pick goods of lots for the order first.")


class PickGone(Refusal):
    what = N_("Pick “{pick}” is not waiting to be sent.")
    fix = N_("Open the form again; it may have gone with another shipment.")


class ShippedBeforePicked(Refusal):
    what = N_("Goods picked on {picked} cannot leave on {day}.")
    fix = N_("Correct the day of the shipment.")


class LineNotAboard(Refusal):
    what = N_("Line {line} of order {number} is not in shipment {shipment}.")
    fix = N_("Receive what was sent with it.")


@dataclass(frozen=True)
class ShippingGiven:
    """What leaves. `picks` are references; `pairing` the key of a link to a partner."""

    number: str
    day: date
    picks: tuple[str, ...]
    destination: str
    left_at: datetime | None = None
    from_place: str = ""
    ship_to: str = ""
    pairing: str = ""
    carrier: str = ""
    vehicle: str = ""
    seal: str = ""
    evidence: str = ""


@dataclass(frozen=True)
class LegGiven:
    """A waypoint reached. Temperatures in tenths of a degree; `grams` None when nothing was weighed."""

    shipment: str
    waypoint: str
    reached_at: datetime
    left_at: datetime | None = None
    vehicle: str = ""
    km: int = 0
    grams: int | None = None
    coldest_dc: int | None = None
    warmest_dc: int | None = None
    seal: str = ""
    cost_fen: int = 0
    evidence: str = ""


@dataclass(frozen=True)
class ReceivingGiven:
    """What the buyer weighed in: (channel, order, line, small units) of every line aboard.

    pays_sent  the buyer pays what was sent; else what is missing on arrival is given back in money too
    """

    shipment: str
    day: date
    lines: tuple[tuple[str, str, int, int], ...]
    received_by: str
    seal_intact: bool | None = None
    pays_sent: bool = False
    evidence: str = ""


@transaction.atomic
def ship(given: ShippingGiven, books: Books) -> str:
    """Send picked goods off; their sale is booked. Returns the shipment's reference.

    Refuses with NothingToShip, PickGone, ShippedBeforePicked, NoSuchPlace, NoSuchCounty, NoSuchPairing or
    NumberTaken. The same again changes nothing.
    """
    place = place_of(books, given.from_place)
    pairing = _pairing(books, given.pairing)
    picks = [_pick(books, reference) for reference in given.picks]
    if not picks:
        raise NothingToShip
    for row in picks:
        if given.day < row.day:
            raise ShippedBeforePicked(picked=row.day, day=given.day)
    fields = {
        "day": given.day,
        "left_at": given.left_at,
        "from_place_id": place.pk if place else None,
        "destination": given.destination,
        "ship_to_id": area_id(given.ship_to),
        "pairing_id": pairing,
        "carrier": given.carrier,
        "vehicle": given.vehicle,
        "seal": given.seal,
        "loaded": sum(row.quantity for row in picks),
        "evidence": given.evidence,
    }
    shipment, new = enter_one(Shipment, given.number, area_of(books), fields, books)
    if not new:
        return str(shipment.reference)
    entry = books.entry
    for at, row in enumerate(picks, 1):
        if ShipmentLoad.objects.current().filter(pick=row).exists():
            raise PickGone(pick=row.reference)
        order = row.line.order
        sale_of(books, number(order.channel), order.number)
        line = sales.standings([row.line])[row.line_id]
        fen = 0 if order.sent_day else sold_part(line, row.quantity)
        load = ShipmentLoad.objects.create(
            **kept(entry, shipment.area_id, f"{shipment.key}/{at}", given.day),
            shipment=shipment, pick=row, revenue_fen=fen,
        )  # fmt: skip
        hand_over(books, _sale(load, row, fen, given.day, books))
    return str(shipment.reference)


def _sale(load: ShipmentLoad, row: Pick, fen: int, day: date, books: Books) -> SaleMade:
    party = debtor(row.line.order)
    consigned = row.line.owner == "consigned"
    goods = GoodsCost(held(row.lot), Goods(row.lot.good, row.lot.unit, row.quantity), row.cost_fen)
    # The platform's sale was booked when it was sent; only the goods and what they cost leave now. Of goods
    # on consignment their agreed price then leaves against that income.
    return SaleMade(
        load.reference, day, party.code if party else "", bool(party and is_member(books, party, day)),
        0 if consigned else fen, fen if consigned else 0, (goods,),
    )  # fmt: skip


@transaction.atomic
def reach(given: LegGiven, books: Books) -> str:
    """Enter a waypoint reached; returns its reference. The same again changes nothing.

    Refuses with NoSuchShipment, WaypointOutOfOrder, ReachedBeforeLeft, TemperaturesCrossed or
    HeavierOnTheWay.
    """
    shipment = shipment_of(books, given.shipment)
    before = list(ShipmentLeg.objects.current().filter(shipment=shipment).order_by("reached_at", "pk"))
    for row in before:
        if (row.waypoint, row.reached_at, row.grams) == (given.waypoint, given.reached_at, given.grams):
            return str(row.reference)
    rules.check_leg(
        [rules.Leg(row.waypoint, row.reached_at, row.grams) for row in before],
        rules.Leg(given.waypoint, given.reached_at, given.grams),
        loaded=shipment.loaded,
        left_at=given.left_at or shipment.left_at,
        coldest_dc=given.coldest_dc,
        warmest_dc=given.warmest_dc,
    )
    place = ShipmentLeg.objects.filter(shipment=shipment).count() + 1
    day = localdate(given.reached_at)
    row = ShipmentLeg.objects.create(
        **kept(books.entry, shipment.area_id, f"{shipment.key}/{place}", day, given.evidence),
        shipment=shipment, waypoint=given.waypoint, vehicle=given.vehicle, left_at=given.left_at,
        reached_at=given.reached_at, km=given.km, grams=given.grams, coldest_dc=given.coldest_dc,
        warmest_dc=given.warmest_dc, seal=given.seal, cost_fen=given.cost_fen,
    )  # fmt: skip
    return str(row.reference)


@transaction.atomic
def receive(given: ReceivingGiven, books: Books) -> list[str]:
    """Enter what the buyer weighed in. What is missing is short weight: lost, and by default not paid for.

    Refuses with NoSuchShipment, ReceivedBeforeSent, LineNotAboard, ReceivedTwice, MoreThanSent or
    ReceiverMissing. The same again changes nothing.
    """
    shipment = shipment_of(books, given.shipment)
    if given.day < shipment.day:
        raise rules.ReceivedBeforeSent(shipment=given.shipment, left=shipment.day, day=given.day)
    if not given.received_by.strip():
        raise rules.ReceiverMissing
    done = []
    for channel, order_number, place, quantity in given.lines:
        order = sale_of(books, channel, order_number)
        aboard = ShipmentLoad.objects.current().filter(
            shipment=shipment, pick__line__order=order, pick__line__key=f"{order.key}/{place}"
        )
        first = aboard.select_related("pick__line__product").first()
        if first is None:
            raise LineNotAboard(line=place, number=order_number, shipment=given.shipment)
        line = first.pick.line
        sums = aboard.aggregate(n=Sum("pick__quantity"), fen=Sum("revenue_fen"))
        rules.check_received(quantity, sums["n"], line.product.unit)
        fields = {
            "day": given.day,
            "shipment_id": shipment.pk,
            "line_id": line.pk,
            "quantity": quantity,
            "received_by": given.received_by.strip(),
            "seal_intact": given.seal_intact,
            "evidence": given.evidence,
        }
        row, new = _receipt(shipment, line, fields, books)
        done.append(str(row.reference))
        missing = sums["n"] - quantity
        if new and missing:
            fen = 0 if given.pays_sent else _short(line, sums["fen"], sums["n"], missing)
            turn = ShipmentReceipt.objects.filter(shipment=shipment).count()
            short = RefundGiven(
                f"{number(shipment)}-S{turn}", given.day, channel, order_number, "short_weight", fen,
                place, missing, evidence=given.evidence,
            )  # fmt: skip
            give_back(short, books)
    return done


def _short(line: SalesOrderLine, sold_fen: int, sent: int, missing: int) -> int:
    """What is not paid for: the same part of the money as of the goods, half a fen in the seller's favour."""
    fen = sold_fen if not line.order.sent_day else line.amount_fen * sent // line.quantity
    return fen * missing // sent


def _receipt(shipment: Shipment, line: SalesOrderLine, fields: dict, books: Books):
    """One receipt of a line, once; its key has a slash, so it is no number people give."""
    key = f"{shipment.key}/{line.key}"[-110:]
    before = ShipmentReceipt.objects.current().filter(shipment=shipment, line=line).first()
    if before is not None:
        same = all(getattr(before, name) == value for name, value in fields.items())
        if not same:
            raise rules.ReceivedTwice(shipment=number(shipment))
        return before, False
    versions = ShipmentReceipt.objects.filter(shipment=shipment, line=line).count()
    if versions:
        key = f"{key}/{versions + 1}"
    common = kept(books.entry, shipment.area_id, key, fields["day"])
    return ShipmentReceipt.objects.create(**(common | fields)), True


def shipment_of(books: Books, of: str) -> Shipment:
    """The standing shipment, locked until the transaction ends. Refuses with NoSuchShipment."""
    rows = Shipment.objects.current().filter(numbered(of), organisation_id=books.organisation_id)
    found = rows.first()
    if found is None:
        raise NoSuchShipment(number=of)
    return Shipment.objects.select_for_update().get(pk=found.pk)


def waiting(organisation_id: int, order_ids: Sequence[int] = ()) -> list[Pick]:
    """Picks that have not left."""
    gone = ShipmentLoad.objects.current().values("pick_id")
    rows = Pick.objects.current().filter(organisation_id=organisation_id).exclude(pk__in=gone)
    if order_ids:
        rows = rows.filter(line__order_id__in=order_ids)
    return list(rows.select_related("lot", "line__product", "line__order__channel").order_by("day", "pk"))


def _pick(books: Books, reference: str) -> Pick:
    key = reference.partition(":")[2]
    found = (
        Pick.objects.current()
        .filter(organisation_id=books.organisation_id, key=key)
        .select_related(
            "lot", "line__order__channel__payer", "line__order__buyer", "line__product", "line__order"
        )
        .first()
    )
    if found is None:
        raise PickGone(pick=reference)
    return found


def _pairing(books: Books, key: str) -> int | None:
    if not key:
        return None
    rows = OrganisationLink.objects.current().filter(numbered(key), organisation_id=books.organisation_id)
    found = rows.values_list("pk", flat=True).first()
    if found is None:
        raise NoSuchPairing(key=key)
    return found
