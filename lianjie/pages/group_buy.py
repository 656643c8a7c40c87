"""Group-buy rounds: open one, take orders on a phone, close it, hand out by the pick list."""

from collections.abc import Mapping
from secrets import token_hex
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from lianjie.base.fen import Fen
from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions import group_buy as acts
from lianjie.facts.queries import group_buy as queries
from lianjie.facts.queries.group_buy import RoundRow
from lianjie.pages import access, sales_forms, sales_lists
from lianjie.pages.access import Place
from lianjie.pages.columns import Column
from lianjie.pages.entering import books, entering
from lianjie.pages.in_kind_forms import TakeBackForm
from lianjie.pages.livestream import choices

SUBJECT = N_("Group-buy rounds")
ROUNDS = (
    Column("name", N_("Name")),
    Column("code", N_("Number"), "code"),
    Column("channel", N_("Sales channel")),
    Column("product", N_("Product")),
    Column("price_fen", N_("Price of a pack (yuan)"), "yuan"),
    Column("start_at", N_("Takes orders from"), "at"),
    Column("until_at", N_("Takes orders until"), "at"),
    Column("rule", N_("In a shortage"), "word:shortage_rule"),
    Column("supply", N_("Packs there were"), "whole"),
    Column("state", N_("State"), "word:round_state"),
)


def listing(request: HttpRequest, code: str) -> HttpResponseBase:
    """Every round, the latest first."""
    place = access.place(request, code, "read")
    return sales_lists.listing(request, place, "group_buy/list.html", queries, ROUNDS, _cells)


def _cells(row: RoundRow) -> Mapping[str, Any]:
    return vars(row) | {"state": row.state}


def one(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """One round: orders while it is open; each order's part and its reason once it is closed."""
    place, row = _opened(request, code, number)
    may_enter, state = "enter_facts" in place.rights, row.state
    ordering = sales_forms.TakeOrderForm(initial={"number": f"{row.code}-{token_hex(4)}"})
    closing = sales_forms.CloseForm()
    status = 200
    if request.method == "POST":
        place = access.place(request, code, "enter_facts")
        taking = "packs" in request.POST
        form = sales_forms.TakeOrderForm(request.POST) if taking else sales_forms.CloseForm(request.POST)
        if form.is_valid() and _done(request, place, row, form, taking):
            return redirect("group-buy", place.code, row.code)
        ordering, closing = (form, closing) if taking else (ordering, form)
        status = 422
    orders, shares = queries.orders(row) if state != "closed" else [], queries.shares(row)
    context = {
        "place": place,
        "round": row,
        "state": state,
        "orders": orders,
        "shares": [(each, gettext(each.text).format_map(dict(each.details))) for each in shares],
        "wanted": sum(each.packs for each in orders) or sum(each.wanted for each in shares),
        "given": sum(each.given for each in shares),
        "amount": sum(each.amount_fen for each in (orders or shares)),
        "charged": sum(each.charged_fen for each in shares),
        "back": sum(each.back_fen for each in shares),
        "ordering": ordering,
        "closing": closing,
        "may_enter": may_enter,
    }
    return render(request, "group_buy/round.html", context, status=status)


def _done(request: HttpRequest, place: Place, row: RoundRow, form: Any, taking: bool) -> bool:
    given, of = form.cleaned_data, books(request, place, SUBJECT)
    try:
        if taking:
            acts.take_order(row.code, given["number"], given["buyer"], given["packs"], of)
        else:
            acts.close_round(row.code, given["supply"], given["word"], of)
    except Refusal as refusal:
        form.add_error(None, refusal.say(gettext))
        return False
    messages.success(request, gettext("Entered."))
    return True


def pick_list(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Who gets how many packs, to print and tick off."""
    place, row = _opened(request, code, number)
    shares = [each for each in queries.shares(row) if each.given]
    context = {"place": place, "round": row, "shares": shares, "packs": sum(each.given for each in shares)}
    return render(request, "group_buy/pick_list.html", context)


def add(request: HttpRequest, code: str) -> HttpResponse:
    """Open a round."""
    place = access.place(request, code, "enter_facts")
    form = sales_forms.RoundForm(request.POST or None, **choices(place))

    def run(given: Mapping[str, Any]) -> str:
        acts.open_round(
            acts.RoundGiven(
                given["code"], given["name"], given["channel"], given["product"],
                Fen.of_yuan(given["price"]).n, given["start_at"], given["until_at"], given["rule"],
                given["pickup"],
            ),
            books(request, place, SUBJECT),
        )  # fmt: skip
        return reverse("group-buy", args=[place.code, given["code"]])

    return entering(request, place, form, N_("Open a round"), reverse("group-buys", args=[place.code]), run)


def take_back(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Withdraw a round that is not closed; its orders stay."""
    place, row = _opened(request, code, number, "enter_facts")
    back = reverse("group-buys", args=[place.code])

    def run(given: Mapping[str, Any]) -> str:
        acts.take_round_back(row.code, given["reason"], books(request, place, SUBJECT))
        return back

    form = TakeBackForm(request.POST or None)
    return entering(request, place, form, N_("Withdraw"), back, run, reference=row.reference)


def _opened(request: HttpRequest, code: str, number: str, right: str = "read") -> tuple[Place, RoundRow]:
    place = access.place(request, code, right)
    row = queries.round_(place.id, number)
    if row is None:
        raise Http404
    return place, row
