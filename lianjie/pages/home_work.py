"""Work given out to homes: one worker's account, and its verbs. Nothing is decided here."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from lianjie.base.quantity import small_units
from lianjie.base.words import N_
from lianjie.facts.actions import home_work as actions
from lianjie.facts.actions.home_work import BringingBack, GivingBack, HandingOut
from lianjie.facts.actions.stock import Books
from lianjie.facts.queries import home_work as queries
from lianjie.facts.queries import stock
from lianjie.facts.queries.home_work import HomeAccount
from lianjie.pages import access, columns, export
from lianjie.pages.access import Place
from lianjie.pages.as_of import day_asked
from lianjie.pages.columns import Column
from lianjie.pages.entering import books, entering_at
from lianjie.pages.format import quantity as quantity_words
from lianjie.pages.in_kind_forms import TakeBackForm
from lianjie.pages.work import trail
from lianjie.pages.work_forms import BringForm, GiveBackForm, HandOutForm

LINES = (
    Column("day", N_("Day"), "day"),
    Column("kind", N_("What"), "word:home_work"),
    Column("number", N_("Receipt"), "code"),
    Column("good", N_("Good")),
    Column("moved", N_("Quantity"), "quantity"),
    Column("pieces", N_("Pieces"), "quantity"),
    Column("defects", N_("Of them with defects"), "quantity"),
    Column("lot", N_("Lot"), "code"),
    Column("evidence", N_("Evidence")),
)
HELD = (
    Column("worker", N_("Code"), "code"),
    Column("name", N_("Full name")),
    Column("number", N_("Number of the agreement"), "code"),
    Column("good", N_("Material")),
    Column("out", N_("Handed out"), "quantity"),
    Column("used", N_("Used by the norm"), "quantity"),
    Column("returned", N_("Given back"), "quantity"),
    Column("lost", N_("Lost"), "quantity"),
    Column("left", N_("Still with the worker"), "quantity"),
)


def held(request: HttpRequest, code: str, shop: str) -> HttpResponseBase:
    """What every home worker of a workshop holds, as a file."""
    place = access.place(request, code, "read")
    rows = [
        {
            "worker": account.terms.worker,
            "name": account.name,
            "number": account.terms.number,
            "good": each.good,
        }
        | {name: (getattr(each, name), each.unit) for name in ("out", "used", "returned", "lost", "left")}
        for account in queries.accounts(place.id, shop, timezone.localdate())
        for each in account.balances
    ]
    kind = "csv" if request.GET.get("as") == "csv" else "xlsx"
    name = f"{place.code}-{shop}-home-work"
    return export.as_asked(kind, name, columns.heading(HELD), columns.written(HELD, rows))


def account(request: HttpRequest, code: str, shop: str, number: str) -> HttpResponseBase:
    """One worker's account under an agreement, as of a day; `?as=csv` or `?as=xlsx` gives its lines."""
    place = access.place(request, code, "read")
    on = day_asked(request)
    found = _found(place, shop, number, on)
    if request.GET.get("as") in ("csv", "xlsx"):
        name = f"{place.code}-{number}"
        return export.as_asked(
            request.GET["as"], name, columns.heading(LINES), columns.written(LINES, _cells(found))
        )
    return render(
        request,
        "work/home.html",
        {
            "place": place,
            "shop": shop,
            "account": found,
            "findings": found.findings,
            "on": on,
            "may_enter": "enter_facts" in place.rights,
        },
    )


def hand_out(request: HttpRequest, code: str, shop: str, number: str) -> HttpResponse:
    """Hand material out of a lot."""
    place = access.place(request, code, "enter_facts")
    goods = {norm.good for norm in _found(place, shop, number).terms.materials}
    today = timezone.localdate()
    lots = [
        (row.number, f"{row.number} · {row.goods.good} · {quantity_words(row.left.quantity, row.left.unit)}")
        for row in stock.available(place.id, today)
        if row.goods.good in goods
    ]
    form = HandOutForm(request.POST or None, initial={"day": today}, lots=lots)

    def run(books: Books) -> None:
        said = form.cleaned_data
        quantity = _small(place, said["lot"], said["quantity"])
        given = HandingOut(said["receipt"], said["day"], number, said["lot"], quantity, said["evidence"])
        actions.hand_out(given, books)

    return _entering(request, place, form, run, shop, number, gettext("Hand out material"))


def bring(request: HttpRequest, code: str, shop: str, number: str) -> HttpResponse:
    """Enter pieces brought."""
    place = access.place(request, code, "enter_facts")
    _found(place, shop, number)
    form = BringForm(request.POST or None, initial={"day": timezone.localdate()})

    def run(books: Books) -> None:
        said = form.cleaned_data
        pieces = small_units(said["pieces"], "piece")
        given = BringingBack(said["receipt"], said["day"], number, pieces, form.defects(), said["evidence"])
        actions.bring_back(given, books)

    return _entering(request, place, form, run, shop, number, gettext("Enter pieces brought"))


def give_back(request: HttpRequest, code: str, shop: str, number: str) -> HttpResponse:
    """Enter material given back, or lost."""
    place = access.place(request, code, "enter_facts")
    out = {line.lot: line.goods[0].good for line in _found(place, shop, number).lines if line.kind == "out"}
    lots = [(lot, f"{lot} · {good}") for lot, good in sorted(out.items())]
    form = GiveBackForm(request.POST or None, initial={"day": timezone.localdate()}, lots=lots)

    def run(books: Books) -> None:
        said = dict(form.cleaned_data)
        quantity = _small(place, said["lot"], said.pop("quantity"))
        actions.give_back(GivingBack(agreement=number, quantity=quantity, **said), books)

    return _entering(request, place, form, run, shop, number, gettext("Enter material given back or lost"))


def take_back(request: HttpRequest, code: str, shop: str, number: str, reference: str) -> HttpResponse:
    """Withdraw a line; to correct it, enter it anew under the same number."""
    place = access.place(request, code, "enter_facts")
    if reference not in {line.reference for line in _found(place, shop, number).lines}:
        raise Http404
    form = TakeBackForm(request.POST or None)

    def run(books: Books) -> None:
        actions.take_back(reference, form.cleaned_data["reason"], books)

    return _entering(request, place, form, run, shop, number, gettext("Withdraw"), reference=reference)


def _entering(
    request: HttpRequest,
    place: Place,
    form: forms.Form,
    act: Callable[[Books], object],
    shop: str,
    number: str,
    title: str,
    **more: str,
) -> HttpResponse:
    """A form that enters one fact of a home worker's account and books it."""
    account = (reverse("home-work", args=[place.code, shop, number]), number)

    def run(given: Mapping[str, Any]) -> str:
        act(books(request, place, f"{title} {number}"))
        return account[0]

    said = N_("Entered and booked.")
    return entering_at(request, place, form, title, [*trail(place, shop), account], run, said=said, **more)


def _cells(found: HomeAccount) -> list[dict[str, object]]:
    return [
        {
            "day": line.day, "kind": line.kind, "number": line.number, "lot": line.lot,
            "evidence": line.evidence, "good": goods.good, "moved": (goods.quantity, goods.unit),
            "pieces": (line.brought.pieces_e4, "piece") if line.brought else None,
            "defects": (line.brought.defects_e4, "piece") if line.brought else None,
        }
        for line in reversed(found.lines)
        for goods in line.goods
    ]  # fmt: skip


def _small(place: Place, lot: str, number: object) -> int:
    row = stock.lot(place.id, lot, timezone.localdate())
    return small_units(str(number), row.goods.unit) if row else 0


def _found(place: Place, shop: str, number: str, on: date | None = None) -> HomeAccount:
    found = queries.account(place.id, shop, number, on)
    if found is None:
        raise Http404
    return found
