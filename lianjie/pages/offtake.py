"""Orders: the register, an order with what came for it and why each price, and prices seen."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from lianjie.base.quantity import small_units
from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions import offtake as actions
from lianjie.facts.actions.offtake import DeliveryGiven
from lianjie.facts.actions.offtake_anew import price_anew
from lianjie.facts.actions.store import Entry
from lianjie.facts.queries import offtake as queries
from lianjie.facts.queries import order_account
from lianjie.facts.queries.offtake import HomeRow, OrderDetail
from lianjie.facts.rules.offtake import findings
from lianjie.ledger.actions import floor_income as floors
from lianjie.ledger.actions.posting import post
from lianjie.ledger.queries import floor_income
from lianjie.pages import access, columns, export
from lianjie.pages.access import Place
from lianjie.pages.columns import Column
from lianjie.pages.entering import entering_at, entry_of
from lianjie.pages.offtake_forms import (
    CallOffForm,
    ChangeForm,
    OrderForm,
    PriceForm,
    PromiseForm,
    TakeForm,
    fen,
    filled,
    grams,
)

REGISTER = (
    Column("number", N_("Number of the order")),
    Column("buyer", N_("Buyer")),
    Column("good", N_("Good")),
    Column("start", N_("Taken from"), "day"),
    Column("until", N_("Taken until"), "last_day"),
    Column("grams", N_("Weight ordered (kg)"), "kg"),
    Column("promised", N_("Promised (kg)"), "kg"),
    Column("delivered", N_("Delivered (kg)"), "kg"),
    Column("fen", N_("Amount (yuan)"), "yuan"),
)
HOMES = (
    Column("code", N_("Code"), "code"),
    Column("name", N_("Name")),
    Column("village", N_("Village")),
    Column("promised", N_("Promised (kg)"), "kg"),
    Column("delivered", N_("Delivered (kg)"), "kg"),
    Column("left", N_("Left (kg)"), "kg"),
    Column("fen", N_("Amount (yuan)"), "yuan"),
)


def listing(request: HttpRequest, code: str) -> HttpResponseBase:
    """The register of orders; `?as=csv` or `?as=xlsx` gives it as a file."""
    place = access.place(request, code, "read")
    rows = queries.orders(place.id)
    if request.GET.get("as") in ("csv", "xlsx"):
        return export.as_asked(
            request.GET["as"],
            f"{place.code}-orders",
            columns.heading(REGISTER),
            columns.written(REGISTER, (vars(row) for row in rows)),
        )
    return render(request, "offtake/list.html", {"place": place, "rows": rows, "may_enter": _may(place)})


def order(request: HttpRequest, code: str, number: str) -> HttpResponseBase:
    """One order: its sheet to sign, fulfilment by household, call-offs, every delivery with its reason."""
    place = access.place(request, code, "read")
    found = _found(place, number)
    if request.GET.get("as") in ("csv", "xlsx"):
        rows = (
            {"code": home.code, "name": home.name, "village": home.village, "left": home.fulfilment.left}
            | vars(home.fulfilment)
            for home in found.homes
        )
        return export.as_asked(
            request.GET["as"],
            f"{place.code}-{number}",
            columns.heading(HOMES),
            columns.written(HOMES, rows),
        )
    today = timezone.localdate()
    money = order_account.account(place.id, found.terms, today)
    return render(
        request,
        "offtake/order.html",
        {
            "place": place,
            "order": found,
            "account": money,
            "findings": (*findings(found.terms), *money.findings),
            "call_offs": [(each, each.state(today)) for each in found.call_offs],
            "may_enter": _may(place),
            "floors": (lost := _floors(place, found)),
            "floors_open": any(still for *_, still in lost),
            "floors_short": sum(home.floor.short for home, *_ in lost if home.floor),
            "backed": _backed(place, found, sum(booked for _, booked, *_ in lost), today),
            "over": found.terms.until <= today,
            "differing": sum(each.differs for each in found.deliveries),
        },
    )


def _floors(place: Place, found: OrderDetail) -> list[tuple[HomeRow, int, bool, bool]]:
    """Households with a floor income: what is booked of it, whether one broke the order, and whether its
    booking, or that of the claim on the buyer, is still open."""
    homes = [(home, home.floor.short) for home in found.homes if home.floor]
    if not homes:
        return []
    number, asked = found.terms.number, found.terms.loss_bearer == "buyer"
    known = floor_income.booked(place.id, order=number)
    claims = floor_income.booked(place.id, order=number, begins=floor_income.CLAIMS)
    today = timezone.localdate()
    broke = {row.breach.party for row in order_account.account(place.id, found.terms, today).breaches}
    rows = []
    for home, short in homes:
        booked = known.get(floor_income.source_of(number, home.code), 0)
        claim = claims.get(floor_income.source_of(number, home.code, floor_income.CLAIMS), 0)
        still = (booked, claim) != (short, short if asked else 0)
        rows.append((home, booked, home.code in broke, still))
    return rows


def _backed(place: Place, found: OrderDetail, booked: int, today: date) -> dict[str, Any] | None:
    """What the buyer has made good of the floor incomes booked, where it bears a lost harvest or a part."""
    terms = found.terms
    if terms.loss_bearer == "grower" or not booked:
        return None
    left = floor_income.to_come(place.id, terms.number)
    due = queries.last_day(terms.until) + timedelta(days=terms.pay_within_days)
    owed = terms.loss_bearer == "buyer"
    return {"owed": owed, "received": booked - left, "left": left, "late": owed and left > 0 and due < today}


def book_floors(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Book the floor income of the households chosen."""
    place = access.place(request, code, "enter_facts")
    _found(place, number)
    if request.method == "POST":
        try:
            count = floors.book(
                entry_of(request, place, number), number, request.POST.getlist("home"), timezone.localdate()
            )
        except Refusal as refusal:
            messages.error(request, refusal.say(gettext))
        else:
            text = gettext("Floor incomes booked: {count}").format(count=count)
            messages.success(request, text)
    return redirect("order", place.code, number)


def sign(request: HttpRequest, code: str) -> HttpResponse:
    """Enter an order as it was signed."""
    place = access.place(request, code, "enter_facts")
    form = OrderForm(request.POST or None, initial={"signed_day": timezone.localdate()})

    def enter(entry: Entry) -> str:
        terms = form.terms()
        actions.sign(entry, terms)
        return terms.number

    return _entered(request, place, form, enter, title=gettext("Enter an order"))


def change(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Enter changed terms of an order; the former ones stay on record."""
    place = access.place(request, code, "enter_facts")
    form = ChangeForm(request.POST or None, initial=filled(_found(place, number).terms))

    def enter(entry: Entry) -> str:
        actions.sign(entry, form.terms(), amend=True)
        return number

    return _entered(request, place, form, enter, title=gettext("Change the order"), number=number)


def promise(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Enter what a household promised."""
    place = access.place(request, code, "enter_facts")
    _found(place, number)
    form = PromiseForm(request.POST or None)

    def enter(entry: Entry) -> str:
        said = form.cleaned_data
        actions.promise(
            entry,
            number,
            household=said["household"],
            grams=grams(said["kg"]),
            extent_mu4=small_units(said["mu"] or 0, "mu"),
            evidence=said["evidence"],
        )
        return number

    return _entered(request, place, form, enter, title=gettext("Enter a promise"), number=number)


def call_off(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Enter what the buyer asks for."""
    place = access.place(request, code, "enter_facts")
    _found(place, number)
    form = CallOffForm(request.POST or None, initial={"day": timezone.localdate()})

    def enter(entry: Entry) -> str:
        said = form.cleaned_data
        actions.call_off(
            entry,
            number,
            call=said["call"],
            day=said["day"],
            due_day=said["due_day"],
            grams=grams(said["kg"]),
        )
        return number

    return _entered(request, place, form, enter, title=gettext("Enter a call-off"), number=number)


def take(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Enter a delivery: weighed, priced by the order, booked."""
    place = access.place(request, code, "enter_facts")
    found = _found(place, number)
    form = TakeForm(
        request.POST or None, grades=tuple(found.terms.floors), initial={"day": timezone.localdate()}
    )

    def enter(entry: Entry) -> str:
        said = form.cleaned_data
        given = DeliveryGiven(
            said["household"],
            said["day"],
            said["receipt"],
            said["grade"],
            grams(said["kg"]),
            said["evidence"],
        )
        actions.take(entry, number, given, post=post)
        return number

    return _entered(request, place, form, enter, title=gettext("Take a delivery"), number=number)


def pricing(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Deliveries no order has priced yet: choose one, and it is priced by this order.

    `anew` prices those again that the prices on record give another price now, with a reason.
    """
    place = access.place(request, code, "enter_facts")
    found = _found(place, number)
    refusals: list[Refusal] = []
    if "anew" in request.POST:
        return _anew(request, place, number)
    if request.method == "POST":
        try:
            actions.price_delivery(
                entry_of(request, place, number), number, request.POST.get("delivery", ""), post=post
            )
        except Refusal as refusal:
            refusals = [refusal]
        else:
            messages.success(request, gettext("Priced and booked; the reason stands beside the delivery."))
            return redirect("order", place.code, number)
    return render(
        request,
        "offtake/pricing.html",
        {
            "place": place,
            "order": found,
            "refusals": refusals,
            "rows": queries.unpriced(place.id, found.terms),
        },
        status=422 if refusals else 200,
    )


def _anew(request: HttpRequest, place: Place, number: str) -> HttpResponse:
    reason = request.POST.get("reason", "").strip()
    entry = entry_of(request, place, N_("Correction: {reason}"), reason)
    try:
        count = price_anew(entry, number, reason, post=post)
    except Refusal as refusal:
        messages.error(request, refusal.say(gettext))
    else:
        text = gettext("Priced anew: {count}. The former prices and their entries stay on record.")
        messages.success(request, text.format(count=count))
    return redirect("order", place.code, number)


def prices(request: HttpRequest, code: str) -> HttpResponse:
    """Prices seen, the latest first; a form to enter one."""
    place = access.place(request, code, "read")
    form = PriceForm(request.POST or None, initial={"day": timezone.localdate()}) if _may(place) else None
    if request.method == "POST":
        place = access.place(request, code, "enter_facts")
        if form is not None and form.is_valid():
            said = form.cleaned_data
            try:
                kept = actions.record_price(
                    entry_of(request, place, N_("Prices seen")),
                    day=said["day"],
                    good=said["good"],
                    grade=said["grade"],
                    market=said["market"],
                    fen_per_kg=fen(said["price"]),
                    evidence=said["evidence"],
                )
            except Refusal as refusal:
                form.add_error(None, refusal.say(gettext))
            else:
                text = gettext("Entered.")
                if any(old for old, _ in kept.corrected):
                    text = gettext(
                        "Entered in place of the price of that day, market, good and grade; that one stays on"
                        " record. Deliveries it gave another price are marked on their orders."
                    )
                messages.success(request, text)
                return redirect("prices", place.code)
    good = request.GET.get("good", "")[:40]
    return render(
        request,
        "offtake/prices.html",
        {"place": place, "rows": queries.prices(place.id, good), "form": form, "good": good},
        status=422 if form is not None and form.errors else 200,
    )


def trail(place: Place, number: str = "") -> list[tuple[str, str]]:
    """From the register to an order."""
    orders = [(reverse("orders", args=[place.code]), gettext("Orders"))]
    return [*orders, (reverse("order", args=[place.code, number]), number)] if number else orders


def _entered(
    request: HttpRequest,
    place: Place,
    form: forms.Form,
    enter: Callable[[Entry], str],
    *,
    title: str,
    number: str = "",
) -> HttpResponse:
    """A form that enters one fact under an order."""

    def run(given: Mapping[str, Any]) -> str:
        number = enter(entry_of(request, place, title, given.get("reason", "")))
        return reverse("order", args=[place.code, number])

    return entering_at(request, place, form, title, trail(place, number), run, of=number)


def _found(place: Place, number: str) -> OrderDetail:
    found = queries.order(place.id, number)
    if found is None:
        raise Http404
    return found


def _may(place: Place) -> bool:
    return "enter_facts" in place.rights
