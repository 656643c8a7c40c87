"""Shipments: what leaves, waypoints on the way, what the buyer received, the delivery note."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from lianjie.base.quantity import NotAQuantity, small_units
from lianjie.base.words import N_
from lianjie.facts.actions import shipment as acts
from lianjie.facts.queries import market_goods
from lianjie.facts.queries import shipment as queries
from lianjie.facts.queries.shipment import ShipmentRow
from lianjie.pages import access, columns, export, market_forms
from lianjie.pages.access import Place
from lianjie.pages.columns import Column
from lianjie.pages.entering import books, entering, may_enter
from lianjie.pages.market import SUBJECT, whole_number

SHIPMENTS = (
    Column("number", N_("Number"), "code"),
    Column("day", N_("Day"), "day"),
    Column("from_place", N_("Sent from")),
    Column("destination", N_("Destination")),
    Column("pairing", N_("Partner")),
    Column("carrier", N_("Carrier")),
    Column("vehicle", N_("Vehicle"), "code"),
    Column("loaded", N_("Sent"), "quantity"),
    Column("received", N_("Goods arrived"), "quantity"),
    Column("lost", N_("Lost on the way"), "quantity"),
    Column("km", N_("Distance (km)"), "whole"),
    Column("cost", N_("Cost (yuan)"), "yuan"),
    Column("state", N_("State"), "word:shipment_state"),
)


def listing(request: HttpRequest, code: str) -> HttpResponseBase:
    """Shipments, searched; `?as=csv` or `?as=xlsx` gives all of them."""
    place = access.place(request, code, "read")
    search, wanted = request.GET.get("search", "").strip()[:60], request.GET.get("as", "")
    if wanted in ("csv", "xlsx"):
        rows = (_cells(row) for row in queries.every(place.id, search=search))
        return export.as_asked(
            wanted, f"{place.code}-shipments", columns.heading(SHIPMENTS), columns.written(SHIPMENTS, rows)
        )
    return render(
        request,
        "market/shipments.html",
        {
            "place": place,
            "page": queries.page(place.id, search=search, after=request.GET.get("after", "")),
            "waiting": queries.waiting(place.id),
            "search": search,
            "may_enter": may_enter(place),
        },
    )


def _cells(row: ShipmentRow) -> dict[str, Any]:
    return {
        "number": row.number,
        "day": row.day,
        "from_place": row.from_place,
        "destination": row.destination,
        "pairing": row.pairing,
        "carrier": row.carrier,
        "vehicle": row.vehicle,
        "loaded": (row.loaded, row.unit),
        "received": None if row.received is None else (row.received, row.unit),
        "lost": None if row.lost is None else (row.lost, row.unit),
        "km": row.km,
        "cost": row.cost_fen,
        "state": row.state,
    }


def one(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """One shipment: what is aboard, weights and temperatures by stage, what arrived."""
    place, row = _opened(request, code, number)
    return render(
        request,
        "market/shipment.html",
        {
            "place": place,
            "shipment": row,
            "story": queries.story(row, timezone.localdate()),
            "may_enter": may_enter(place),
        },
    )


def note(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """The delivery note, to print, sign and send along."""
    place, row = _opened(request, code, number)
    story = queries.story(row, timezone.localdate())
    return render(request, "market/note.html", {"place": place, "shipment": row, "story": story})


def send(request: HttpRequest, code: str) -> HttpResponse:
    """Send picked goods off."""
    place = access.place(request, code, "enter_facts")
    picks = queries.waiting(place.id)
    order = request.GET.get("order", "")
    initial = {
        "day": timezone.localdate(),
        "number": f"FY-{timezone.localtime():%y%m%d%H%M%S}",
        "picks": [row.reference for row in picks if not order or f"{row.channel}:{row.order}" == order],
    }
    form = market_forms.ShipForm(
        request.POST or None,
        initial=initial,
        picks=picks,
        pairings=queries.pairings(place.id),
        places=market_goods.places(place.id),
    )
    back = reverse("shipments", args=[place.code])

    def run(given: Mapping[str, Any]) -> str:
        acts.ship(
            acts.ShippingGiven(
                given["number"], given["day"], tuple(given["picks"]), given["destination"], given["left_at"],
                given["from_place"], given["ship_to"], given["pairing"], given["carrier"], given["vehicle"],
                given["seal"], given["evidence"],
            ),
            books(request, place, SUBJECT),
        )  # fmt: skip
        return reverse("shipment", args=[place.code, given["number"]])

    return entering(request, place, form, N_("Send goods off"), back, run, template="market/send.html")


def reach(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """A waypoint reached."""
    place, row = _opened(request, code, number, "enter_facts")
    initial = {"reached_at": timezone.localtime(), "vehicle": row.vehicle}
    form = market_forms.LegForm(request.POST or None, initial=initial)

    def run(given: Mapping[str, Any]) -> str:
        acts.reach(
            acts.LegGiven(
                number, given["waypoint"], given["reached_at"], given["left_at"], given["vehicle"],
                whole_number(given["km"]), small_units(given["weight"], "kg") if given["weight"] else None,
                _degrees(given["coldest"]), _degrees(given["warmest"]), given["seal"],
                small_units(given["cost"] or "0", "yuan"), given["evidence"],
            ),
            books(request, place, SUBJECT),
        )  # fmt: skip
        return reverse("shipment", args=[place.code, number])

    back = reverse("shipment", args=[place.code, number])
    return entering(request, place, form, N_("Waypoint reached"), back, run)


def receive(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """What the buyer weighed in."""
    place, row = _opened(request, code, number, "enter_facts")
    lines = queries.story(row, timezone.localdate()).lines
    form = market_forms.ReceiveForm(request.POST or None, initial={"day": timezone.localdate()}, lines=lines)

    def run(given: Mapping[str, Any]) -> str:
        got = tuple(
            (line.channel, line.order, line.place, small_units(given[f"got_{at}"], line.unit))
            for at, line in enumerate(lines, 1)
        )
        intact = {"yes": True, "no": False}.get(given["seal_intact"])
        acts.receive(
            acts.ReceivingGiven(
                number, given["day"], got, given["received_by"], intact, given["pays_sent"], given["evidence"]
            ),
            books(request, place, SUBJECT),
        )
        return reverse("shipment", args=[place.code, number])

    back = reverse("shipment", args=[place.code, number])
    return entering(request, place, form, N_("Enter the goods that arrived"), back, run)


def _degrees(text: str) -> int | None:
    """Degrees Celsius as tenths. Refuses with NotAQuantity."""
    if not text:
        return None
    try:
        tenths = Decimal(text.strip().replace("−", "-")) * 10
    except InvalidOperation:
        raise NotAQuantity(text=text, unit="°C", places=1) from None
    if not tenths.is_finite() or tenths != int(tenths) or abs(tenths) > 1_000:
        raise NotAQuantity(text=text, unit="°C", places=1)
    return int(tenths)


def _opened(request: HttpRequest, code: str, number: str, right: str = "read") -> tuple[Place, ShipmentRow]:
    place = access.place(request, code, right)
    row = queries.one(place.id, number)
    if row is None:
        raise Http404
    return place, row
