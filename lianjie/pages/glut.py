"""Clearing a glut: plans, declarations, offers, sales, and the page of figures. Nothing is decided here."""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
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
from lianjie.facts.actions import glut as acts
from lianjie.facts.queries import glut as queries
from lianjie.facts.queries import pairing as pairings
from lianjie.facts.queries.glut import DeclarationRow, OfferRow, PlanRow, SaleRow
from lianjie.ledger.documents import glut_plots
from lianjie.pages import access, columns, export, glut_forms
from lianjie.pages.access import Place
from lianjie.pages.columns import Column
from lianjie.pages.entering import books, entering, may_enter, taking_back
from lianjie.pages.fact_form import language
from lianjie.pages.templatetags.ratios import unit_price

SUBJECT = N_("Clearing a glut")
PLANS = (
    Column("number", N_("Number"), "code"),
    Column("good", N_("Good")),
    Column("day", N_("From"), "day"),
    Column("until", N_("Last day"), "last_day"),
    Column("target", N_("To clear (kg)"), "kg"),
    Column("in_charge", N_("Who is in charge")),
)
DECLARED = (
    Column("number", N_("Number"), "code"),
    Column("holder_code", N_("Party code"), "code"),
    Column("holder", N_("Household or store")),
    Column("village", N_("Village")),
    Column("grade", N_("Grade")),
    Column("since", N_("Counted from"), "day"),
    Column("day", N_("As of"), "day"),
    Column("opening", N_("There at first (kg)"), "kg"),
    Column("came", N_("Came in (kg)"), "kg"),
    Column("went", N_("Went out (kg)"), "kg"),
    Column("lost", N_("Lost (kg)"), "kg"),
    Column("closing", N_("Still there (kg)"), "kg"),
    Column("evidence", N_("Evidence")),
)
OFFERS = (
    Column("number", N_("Number"), "code"),
    Column("day", N_("Day of the offer"), "day"),
    Column("buyer", N_("Who offers")),
    Column("pairing", N_("Under the pairing with")),
    Column("grade", N_("Grade")),
    Column("grams", N_("Weight (kg)"), "kg"),
    Column("price", N_("Price a kilogram (yuan)"), "price"),
    Column("place", N_("Where it is taken over")),
    Column("start", N_("From"), "day"),
    Column("until", N_("Last day"), "last_day"),
    Column("state", N_("State"), "word:offer_state"),
    Column("person", N_("Decided by")),
    Column("sold", N_("Sold against it (kg)"), "kg"),
)
SALES = (
    Column("number", N_("Number"), "code"),
    Column("day", N_("Day"), "day"),
    Column("seller", N_("Household that sold")),
    Column("village", N_("Village")),
    Column("grade", N_("Grade")),
    Column("buyer", N_("Purchaser")),
    Column("offer", N_("Against the offer"), "code"),
    Column("order", N_("Sales order"), "code"),
    Column("grams", N_("Weight (kg)"), "kg"),
    Column("fen", N_("Amount (yuan)"), "yuan"),
    Column("reference", N_("Record"), "code"),
)


def listing(request: HttpRequest, code: str) -> HttpResponseBase:
    """Clearing plans; `?as=csv` or `?as=xlsx` gives all of them."""
    place, search = access.place(request, code, "read"), _search(request)
    made = _file(
        request, f"{place.code}-gluts", PLANS, map(vars, queries.every_plan(place.id, search=search))
    )
    if made:
        return made
    page = queries.plans(place.id, search=search, after=request.GET.get("after", ""))
    context = {"place": place, "page": page, "search": search, "may_enter": may_enter(place)}
    return render(request, "glut/list.html", context)


def one(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """A plan in figures: cleared share, volume and price, by village and grade."""
    place = access.place(request, code, "read")
    of = _opened(place, number)
    found = queries.figures(place.id, of)
    return render(
        request,
        "glut/plan.html",
        {
            "place": place,
            "plan": of,
            "figures": found,
            "years": (found.sold.now, *found.sold.past),
            "past": found.sold.past[0].start.year if found.sold.past else "",
            "gap": None if found.stores is None else found.stores - (found.lots or 0),
            "may_enter": may_enter(place),
            "here": "figures",
        },
    )


def volume_plot(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Sold against past years, as a drawing."""
    place = access.place(request, code, "read")
    found = queries.figures(place.id, _opened(place, number))
    rows = [
        glut_plots.Year(str(each.start.year), each.grams, unit_price(each.price), each is found.sold.now)
        for each in (*reversed(found.sold.past), found.sold.now)
    ]
    return _svg(glut_plots.volume_svg(rows, language=language(), say=gettext))


def cleared_plot(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Declared stock by village, as a drawing."""
    place = access.place(request, code, "read")
    found = queries.figures(place.id, _opened(place, number))
    rows = [
        glut_plots.Village(name, held.went, held.lost, held.closing) for name, held, _ in found.villages
        if held.holders
    ]  # fmt: skip
    return _svg(glut_plots.cleared_svg(rows, language=language(), say=gettext))


def declared(request: HttpRequest, code: str, number: str) -> HttpResponseBase:
    """Declarations under a plan."""
    return _list(
        request, code, number, "declared", DECLARED, _declared_cells, queries.every_declaration,
        queries.declarations,
    )  # fmt: skip


def offers(request: HttpRequest, code: str, number: str) -> HttpResponseBase:
    """Offers under a plan."""
    return _list(request, code, number, "offers", OFFERS, _offer_cells, queries.every_offer, queries.offers)


def sold(request: HttpRequest, code: str, number: str) -> HttpResponseBase:
    """Sales of the period and the same of past years; the file holds the orders' lines too."""
    place = access.place(request, code, "read")
    orders = [] if "as" in request.GET else [*queries.order_sales(place.id, _opened(place, number))][:50]
    return _list(
        request, code, number, "sold", SALES, _sale_cells, queries.every_sale, queries.sales, orders=orders
    )  # fmt: skip


def _list(
    request: HttpRequest,
    code: str,
    number: str,
    what: str,
    of: tuple[Column, ...],
    cells: Callable[[Any], dict[str, Any]],
    every: Callable[..., Iterable[Any]],
    some: Callable[..., queries.Page],
    **more: Any,
) -> HttpResponseBase:
    place, search = access.place(request, code, "read"), _search(request)
    plan_of = _opened(place, number)
    rows = (cells(row) for row in every(place.id, plan_of, search=search))
    made = _file(request, f"{place.code}-{plan_of.number}-{what}", of, rows)
    if made:
        return made
    page = some(place.id, plan_of, search=search, after=request.GET.get("after", ""))
    context = {
        "place": place, "plan": plan_of, "page": page, "search": search, "here": what,
        "may_enter": may_enter(place), "may_decide": "decide" in place.rights, **more,
    }  # fmt: skip
    return render(request, f"glut/{what}.html", context)


def _declared_cells(row: DeclarationRow) -> dict[str, Any]:
    return vars(row.declared) | vars(row) | {"closing": row.declared.closing, "day": row.declared.day}


def _offer_cells(row: OfferRow) -> dict[str, Any]:
    return vars(row) | {"price": row.price_fen}


def _sale_cells(row: SaleRow) -> dict[str, Any]:
    return vars(row.sold) | vars(row)


def plan(request: HttpRequest, code: str) -> HttpResponse:
    """Enter a clearing plan."""
    place, today = access.place(request, code, "enter_facts"), timezone.localdate()
    form = glut_forms.PlanForm(
        request.POST or None, initial={"day": today, "number": queries.next_number(place.id, "QK", today)}
    )

    def run(given: Mapping[str, Any]) -> str:
        planning = acts.Planning(
            given["number"], given["day"], given["last"] + timedelta(days=1), given["good"],
            small_units(given["target"], "kg"), given["in_charge"], tuple(given["channels"]),
            given["past_years"], given["evidence"],
        )  # fmt: skip
        acts.plan(planning, books(request, place, SUBJECT))
        return reverse("glut", args=[place.code, given["number"]])

    return entering(request, place, form, N_("Plan a clearing"), reverse("gluts", args=[place.code]), run)


def declare(request: HttpRequest, code: str) -> HttpResponse:
    """Declare stock: whoever enters facts for anybody, a household for itself."""
    place, today = access.place(request, code, "read_own"), timezone.localdate()
    clerk = may_enter(place)
    if not (clerk or place.own):
        raise Http404
    initial = {
        "day": today, "since": request.GET.get("since", today), "good": request.GET.get("good", ""),
        "number": queries.next_number(place.id, "SB", today),
    }  # fmt: skip
    form: forms.Form
    if clerk:
        form = glut_forms.DeclareForm(request.POST or None, initial=initial)
    else:
        form = glut_forms.OwnDeclareForm(request.POST or None, initial=initial)
        form.fields["holder"].choices = queries.labels(place.own)  # type: ignore[attr-defined]

    def run(given: Mapping[str, Any]) -> str:
        acts.declare(_declaring(given), books(request, place, SUBJECT))
        return _after(request, place, given["good"])

    mine = [] if clerk else queries.of_holders(place.id, place.own)
    back = reverse("gluts" if place.reads else "organisation", args=[place.code])
    return entering(
        request, place, form, N_("Declare stock"), back, run, template="glut/declare.html", mine=mine
    )


def _after(request: HttpRequest, place: Place, good: str) -> str:
    """Where a declaration leads: the plan of that good, or for a household the form with what it declared."""
    if not place.reads:
        return reverse("glut-declare", args=[place.code])
    of = next((row for row in queries.every_plan(place.id) if row.good == good), None)
    return (
        reverse("glut-declared", args=[place.code, of.number]) if of else reverse("gluts", args=[place.code])
    )


def correct(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Put a declaration right by a new one; the old one stays on record."""
    place = access.place(request, code, "enter_facts")
    row = queries.declaration(place.id, number)
    if row is None:
        raise Http404
    was = row.declared
    initial = {
        "number": row.number, "good": was.good, "grade": was.grade, "holder": row.holder_code,
        "store": "" if row.holder_code else row.holder, "since": was.since, "day": was.day,
        "evidence": row.evidence, "opening": _kg(was.opening), "came": _kg(was.came),
        "went": _kg(was.went), "lost": _kg(was.lost),
    }  # fmt: skip
    form = glut_forms.DeclareForm(request.POST or None, initial=initial)

    def run(given: Mapping[str, Any]) -> str:
        acts.correct_declaration(_declaring({**given, "number": row.number}), books(request, place, SUBJECT))
        return _after(request, place, given["good"])

    back = _after(request, place, was.good)
    return entering(
        request, place, form, N_("Correct a declaration"), back, run, template="glut/declare.html"
    )  # fmt: skip


def _declaring(given: Mapping[str, Any]) -> acts.Declaring:
    def grams(name: str) -> int:
        return small_units(given[name] or "0", "kg")

    return acts.Declaring(
        given["number"], given["day"], given["since"], given["good"], grams("opening"), grams("came"),
        grams("went"), grams("lost"), given["holder"], given.get("store", ""), given["grade"],
        given["evidence"],
    )  # fmt: skip


def offer(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Enter an offer of a buyer or partner."""
    place, today = access.place(request, code, "enter_facts"), timezone.localdate()
    of = _opened(place, number)
    form = glut_forms.OfferForm(
        request.POST or None,
        initial={"day": today, "start": today, "number": queries.next_number(place.id, "YY", today)},
    )
    form.fields["pairing"].choices = [("", "–"), *pairings.running(place.id, today)]  # type: ignore[attr-defined]

    def run(given: Mapping[str, Any]) -> str:
        offering = acts.Offering(
            given["number"], given["day"], of.number, given["buyer"], small_units(given["weight"], "kg"),
            small_units(given["price"], "yuan"), given["place"], given["start"],
            given["last"] + timedelta(days=1), given["grade"], given["pairing"], given["evidence"],
        )  # fmt: skip
        acts.offer(offering, books(request, place, SUBJECT))
        return back

    back = reverse("glut-offers", args=[place.code, of.number])
    return entering(request, place, form, N_("Enter an offer"), back, run, about=f"{of.good} · {of.number}")


def answer(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """A person accepts or declines an offer, under their name and with a reason."""
    place, today = access.place(request, code, "decide"), timezone.localdate()
    found = queries.offer(place.id, number)
    if found is None:
        raise Http404
    row, of = found
    form = glut_forms.AnswerForm(
        request.POST or None,
        initial={
            "day": today, "person_name": request.user.get_full_name(),
            "number": queries.next_number(place.id, "DF", today),
        },
    )  # fmt: skip

    def run(given: Mapping[str, Any]) -> str:
        answering = acts.Answering(
            given["number"], given["day"], row.number, given["answer"], given["person_name"], given["grounds"]
        )
        acts.answer(answering, books(request, place, SUBJECT))
        return back

    back = reverse("glut-offers", args=[place.code, of.number])
    return entering(
        request, place, form, N_("Answer an offer"), back, run, template="glut/answer.html", offer=row
    )


def sell(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Enter a sale that is no order of the organisation."""
    place, today = access.place(request, code, "enter_facts"), timezone.localdate()
    of = _opened(place, number)
    form = glut_forms.SaleForm(
        request.POST or None, initial={"day": today, "number": queries.next_number(place.id, "XS", today)}
    )
    accepted = [row for row in queries.every_offer(place.id, of) if row.state == "accepted" and row.left]
    form.fields["offer"].choices = [  # type: ignore[attr-defined]
        ("", "–"), *((row.number, f"{row.number} · {row.buyer} · {_kg(row.left)} kg") for row in accepted)
    ]  # fmt: skip

    def run(given: Mapping[str, Any]) -> str:
        selling = acts.Selling(
            given["number"], given["day"], of.good, small_units(given["weight"], "kg"),
            small_units(given["amount"], "yuan"), given["seller"], given["offer"], given["grade"],
            given["buyer"], given["evidence"],
        )  # fmt: skip
        acts.sell(selling, books(request, place, SUBJECT))
        return back

    back = reverse("glut-sold", args=[place.code, of.number])
    return entering(request, place, form, N_("Enter a sale"), back, run, about=f"{of.good} · {of.number}")


def take_back(request: HttpRequest, code: str, reference: str) -> HttpResponse:
    """Withdraw an entry; to correct it, enter it anew afterwards."""
    return taking_back(request, code, reference, SUBJECT, "gluts", acts.take_back)


def _opened(place: Place, number: str) -> PlanRow:
    row = queries.plan(place.id, number)
    if row is None:
        raise Http404
    return row


def _search(request: HttpRequest) -> str:
    return request.GET.get("search", "").strip()[:60]


def _file(
    request: HttpRequest, name: str, of: tuple[Column, ...], rows: Iterable[Mapping[str, object]]
) -> HttpResponseBase | None:
    wanted = request.GET.get("as", "")
    if wanted not in ("csv", "xlsx"):
        return None
    return export.as_asked(wanted, name, columns.heading(of), columns.written(of, rows))


def _kg(grams: int) -> str:
    """Grams as a form's text: no more decimals than there are."""
    whole, rest = divmod(grams, 1000)
    return f"{whole}.{rest:03d}".rstrip("0") if rest else str(whole)


def _svg(text: str) -> HttpResponse:
    return HttpResponse(text, content_type="image/svg+xml")
