"""Livestreams: the list, one with its sales by county, and the orders behind every figure."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from lianjie.base.words import N_
from lianjie.facts.actions import livestream as acts
from lianjie.facts.queries import livestream as queries
from lianjie.facts.queries import market
from lianjie.facts.queries.livestream import EventRow
from lianjie.facts.rules.livestream import total
from lianjie.ledger.documents.sales_plot import gross_and_net_svg
from lianjie.pages import access, columns, export, sales_forms, sales_lists
from lianjie.pages.access import Place
from lianjie.pages.columns import Column
from lianjie.pages.entering import books, entering
from lianjie.pages.in_kind_forms import TakeBackForm
from lianjie.pages.settlement_way import language

SUBJECT = N_("Livestreams")
COLUMNS = (
    Column("number", N_("Order number"), "code"),
    Column("paid_at", N_("Paid at"), "at"),
    Column("product", N_("Product")),
    Column("county", N_("County")),
    Column("packs", N_("Packs"), "whole"),
    Column("amount", N_("Gross (yuan)"), "yuan"),
    Column("back", N_("Given back (yuan)"), "yuan"),
    Column("net", N_("Net amount (yuan)"), "yuan"),
)
EVENTS = (
    Column("name", N_("Name")),
    Column("code", N_("Number"), "code"),
    Column("channel", N_("Sales channel")),
    Column("host", N_("Host")),
    Column("start_at", N_("Began at"), "at"),
    Column("until_at", N_("Ended at"), "at"),
    Column("counties", N_("Counties"), "whole"),
    Column("gross", N_("Gross (yuan)"), "yuan"),
    Column("net", N_("Net amount (yuan)"), "yuan"),
)


def listing(request: HttpRequest, code: str) -> HttpResponseBase:
    """Every livestream with gross and net."""
    place = access.place(request, code, "read")

    def cells(row: EventRow) -> Mapping[str, Any]:
        sum_ = total(queries.sales(place.id, row))
        return vars(row) | {"gross": sum_.gross_fen, "net": sum_.net_fen, "counties": len(row.counties)}

    return sales_lists.listing(request, place, "livestream/list.html", queries, EVENTS, cells)


def one(request: HttpRequest, code: str, event: str) -> HttpResponse:
    """One livestream: gross and net by county, side by side."""
    place, row = _opened(request, code, event)
    rows = queries.sales(place.id, row)
    context = {
        "place": place,
        "event": row,
        "rows": rows,
        "total": total(rows),
        "may_enter": "enter_facts" in place.rights,
    }
    return render(request, "livestream/event.html", context)


def plot(request: HttpRequest, code: str, event: str) -> HttpResponse:
    """The same as a picture."""
    place, row = _opened(request, code, event)
    rows = [each for each in queries.sales(place.id, row) if each.code]
    svg = gross_and_net_svg(rows, language=language(), say=gettext)
    return HttpResponse(svg, content_type="image/svg+xml")


def orders(request: HttpRequest, code: str, event: str) -> HttpResponseBase:
    """The orders behind a figure: `?county=` narrows them; `?as=` gives all as a file."""
    place, row = _opened(request, code, event)
    county = request.GET.get("county")
    wanted = county if county in (*row.counties, "") and "county" in request.GET else None
    if request.GET.get("as") in ("csv", "xlsx"):
        cells = (_cells(each) for each in queries.every_order(place.id, row, wanted))
        name = f"{place.code}-{row.code}-orders"
        return export.as_asked(
            request.GET["as"], name, columns.heading(COLUMNS), columns.written(COLUMNS, cells)
        )
    rows, next_after = queries.orders(place.id, row, wanted, after=request.GET.get("after", ""))
    names = {each.code: each.name for each in queries.sales(place.id, row)}
    context = {"place": place, "event": row, "rows": rows, "next_after": next_after,
               "county": names.get(county or "", ""), "columns": COLUMNS,
               "cells": [_cells(each) for each in rows]}  # fmt: skip
    return render(request, "livestream/orders.html", context)


def add(request: HttpRequest, code: str) -> HttpResponse:
    """Enter a livestream."""
    place = access.place(request, code, "enter_facts")
    form = sales_forms.EventForm(request.POST or None, **choices(place))

    def run(given: Mapping[str, Any]) -> str:
        acts.add_event(
            acts.EventGiven(
                given["code"], given["name"], given["channel"], given["start_at"], given["until_at"],
                given["host"], tuple(given["products"]), tuple(given["counties"]), given["evidence"],
            ),
            books(request, place, SUBJECT),
        )  # fmt: skip
        return reverse("livestream", args=[place.code, given["code"]])

    return entering(
        request, place, form, N_("Enter a livestream"), reverse("livestreams", args=[place.code]), run
    )


def take_back(request: HttpRequest, code: str, event: str) -> HttpResponse:
    """Withdraw a livestream; its orders stay."""
    place, row = _opened(request, code, event, "enter_facts")
    back = reverse("livestreams", args=[place.code])

    def run(given: Mapping[str, Any]) -> str:
        acts.take_event_back(row.code, given["reason"], books(request, place, SUBJECT))
        return back

    form = TakeBackForm(request.POST or None)
    return entering(request, place, form, N_("Withdraw"), back, run, reference=row.reference)


def choices(place: Place) -> dict[str, list[tuple[str, str]]]:
    """Channels, products, and the counties products come from."""
    products = market.products(place.id)
    counties = {each.origin_code: each.origin for each in products if each.origin_code}
    return {
        "channels": [(each.code, f"{each.name} ({each.code})") for each in market.channels(place.id)],
        "products": [(each.code, f"{each.name} {each.specification} ({each.code})") for each in products],
        "counties": sorted(counties.items()),
    }


def _cells(row: queries.OrderOfEvent) -> dict[str, object]:
    return {
        "number": row.number,
        "paid_at": row.paid_at,
        "product": row.product,
        "county": row.county,
        "packs": row.packs,
        "amount": row.amount_fen,
        "back": row.back_fen,
        "net": row.net_fen,
    }


def _opened(request: HttpRequest, code: str, event: str, right: str = "read") -> tuple[Place, EventRow]:
    place = access.place(request, code, right)
    row = queries.event(place.id, event)
    if row is None:
        raise Http404
    return place, row
