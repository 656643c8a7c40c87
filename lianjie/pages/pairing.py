"""Pairing assistance: partners, pledges against what arrived, projects, benefits, claims on orders."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from lianjie.base.quantity import small_units
from lianjie.base.words import N_
from lianjie.facts.actions import pairing as acts
from lianjie.facts.queries import pairing as queries
from lianjie.facts.queries.pairing import PairingRow, ProjectRow
from lianjie.facts.rules import pairing as rules
from lianjie.pages import access, pairing_forms
from lianjie.pages.access import Place
from lianjie.pages.columns import Column
from lianjie.pages.entering import books, entering, may_enter, taking_back
from lianjie.pages.glut import _file, _search

SUBJECT = N_("Pairing assistance")
PAIRINGS = (
    Column("number", N_("Number"), "code"),
    Column("partner_code", N_("Code of the partner"), "code"),
    Column("partner", N_("Partner")),
    Column("kind", N_("What the partner is"), "word:partner_kind"),
    Column("day", N_("From"), "day"),
    Column("until", N_("Last day"), "last_day"),
    Column("pledges", N_("Pledges"), "whole"),
    Column("kept", N_("Of which something arrived"), "whole"),
    Column("last", N_("Last arrival"), "day"),
)
BENEFITS = (
    Column("number", N_("Number"), "code"),
    Column("day", N_("Day"), "day"),
    Column("household_code", N_("Party code"), "code"),
    Column("household", N_("Household")),
    Column("village", N_("Village")),
    Column("kind", N_("Kind"), "word:benefit_kind"),
    Column("fen", N_("Amount (yuan)"), "yuan"),
    Column("base", N_("Base year"), "yes_no"),
    Column("evidence", N_("Evidence")),
)
CLAIMS = (
    Column("kind", N_("Who claims"), "word:claim_kind"),
    Column("who", N_("Name")),
    Column("orders", N_("Orders"), "whole"),
    Column("fen", N_("Amount net of refunds (yuan)"), "yuan"),
)


def listing(request: HttpRequest, code: str) -> HttpResponseBase:
    """Pairings with M45; `?as=csv` or `?as=xlsx` gives all of them."""
    place, search = access.place(request, code, "read"), _search(request)
    rows = map(vars, queries.every(place.id, search=search))
    made = _file(request, f"{place.code}-pairings", PAIRINGS, rows)
    if made:
        return made
    page = queries.page(place.id, search=search, after=request.GET.get("after", ""))
    result, of = queries.with_result(place.id)
    return render(
        request,
        "pairing/list.html",
        {
            "place": place, "page": page, "search": search, "result": result, "of": of, "here": "pairings",
            "may_enter": may_enter(place),
        },
    )  # fmt: skip


def claims(request: HttpRequest, code: str) -> HttpResponseBase:
    """Who counts which orders as theirs, and all claimed orders counted once."""
    place = access.place(request, code, "read")
    years = queries.claim_years(place.id) or [timezone.localdate().year]
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdigit() and int(asked) in years else years[0]
    lines, orders, fen = rules.claimed(queries.claimed(place.id, date(year, 1, 1), date(year + 1, 1, 1)))
    cells = [{"kind": kind, "who": who, "orders": count, "fen": part} for kind, who, count, part in lines]
    made = _file(request, f"{place.code}-claims-{year}", CLAIMS, cells)
    if made:
        return made
    context = {
        "place": place, "years": years, "year": year, "lines": cells, "orders": orders, "fen": fen,
        "counted": sum(each["fen"] for each in cells), "here": "claims",
    }  # fmt: skip
    return render(request, "pairing/claims.html", context)


def one(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """One pairing: pledges against what arrived, projects, what was bought."""
    place = access.place(request, code, "read")
    row = _opened(place, number)
    return render(
        request,
        "pairing/one.html",
        {
            "place": place,
            "pairing": row,
            "pledges": queries.pledges(place.id, row.number),
            "arrivals": queries.arrivals(place.id, row.number),
            "projects": queries.projects(place.id, row.number),
            "bought": queries.bought(place.id, row.number),
            "may_enter": may_enter(place),
        },
    )


def project(request: HttpRequest, code: str, number: str) -> HttpResponseBase:
    """One project: money in, N, D and the ratio by year, each benefit."""
    place, search = access.place(request, code, "read"), _search(request)
    row = _project(place, number)
    rows = map(vars, queries.every_benefit(place.id, row.number, search=search))
    made = _file(request, f"{place.code}-{row.number}-benefits", BENEFITS, rows)
    if made:
        return made
    page = queries.benefits(place.id, row.number, search=search, after=request.GET.get("after", ""))
    context = {
        "place": place, "project": row, "page": page, "search": search, "may_enter": may_enter(place)
    }  # fmt: skip
    return render(request, "pairing/project.html", context)


def pair(request: HttpRequest, code: str) -> HttpResponse:
    """Enter a pairing."""
    place, today = access.place(request, code, "enter_facts"), timezone.localdate()
    form = pairing_forms.PairForm(
        request.POST or None, initial={"day": today, "number": queries.next_number(place.id, "JD", today)}
    )

    def run(given: Mapping[str, Any]) -> str:
        until = given["last"] + timedelta(days=1) if given["last"] else None
        pairing = acts.Pairing(
            given["number"], given["day"], given["partner"], given["name"], given["kind"], until,
            given["evidence"],
        )  # fmt: skip
        acts.pair(pairing, books(request, place, SUBJECT))
        return reverse("pairing", args=[place.code, given["number"]])

    return entering(request, place, form, N_("Enter a pairing"), reverse("pairings", args=[place.code]), run)


def end(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """A pairing ended."""
    place = access.place(request, code, "enter_facts")
    row = _opened(place, number)
    form = pairing_forms.EndPairingForm(request.POST or None, initial={"last": timezone.localdate()})

    def run(given: Mapping[str, Any]) -> str:
        acts.end(
            row.number, given["last"] + timedelta(days=1), given["evidence"], books(request, place, SUBJECT)
        )
        return _address(place, row)

    return entering(request, place, form, N_("End the pairing"), _address(place, row), run, about=row.partner)


def pledge(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Enter a pledge."""
    place, today = access.place(request, code, "enter_facts"), timezone.localdate()
    row = _opened(place, number)
    form = pairing_forms.PledgeForm(
        request.POST or None, initial={"day": today, "number": queries.next_number(place.id, "CN", today)}
    )

    def run(given: Mapping[str, Any]) -> str:
        pledging = acts.Pledging(
            given["number"], given["day"], row.number, given["kind"], given["what"],
            small_units(given["amount"] or "0", "yuan"),
            small_units(given["quantity"] or "0", given["unit"] or "piece"), given["unit"], given["due"],
            given["evidence"],
        )  # fmt: skip
        acts.pledge(pledging, books(request, place, SUBJECT))
        return _address(place, row)

    return entering(request, place, form, N_("Enter a pledge"), _address(place, row), run, about=row.partner)


def arrive(request: HttpRequest, code: str, number: str, pledge: str) -> HttpResponse:
    """Something of a pledge arrived."""
    place, today = access.place(request, code, "enter_facts"), timezone.localdate()
    row = _opened(place, number)
    of = next((each for each in queries.pledges(place.id, row.number) if each.number == pledge), None)
    if of is None:
        raise Http404
    form = pairing_forms.ArriveForm(
        request.POST or None,
        initial={
            "day": today, "number": queries.next_number(place.id, "DW", today),
            "taken_as": "special_fund" if of.money else "elsewhere",
        },
    )  # fmt: skip
    form.fields["project"].choices = [  # type: ignore[attr-defined]
        ("", "–"), *((each.number, each.name) for each in queries.projects(place.id, row.number))
    ]  # fmt: skip
    if not of.money:
        form.fields.pop("into")
        form.fields.pop("taken_as")

    def run(given: Mapping[str, Any]) -> str:
        much = small_units(given["amount"], of.measure)
        arriving = acts.Arriving(
            given["number"], given["day"], of.number, much if of.money else 0, 0 if of.money else much,
            given["project"], given.get("taken_as", "elsewhere"), given.get("into", "bank"),
            given["evidence"],
        )  # fmt: skip
        acts.arrive(arriving, books(request, place, SUBJECT))
        return _address(place, row)

    return entering(
        request, place, form, N_("Enter what arrived"), _address(place, row), run,
        about=f"{row.partner} · {of.what}",
    )  # fmt: skip


def project_new(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Enter a project of a pairing."""
    place, today = access.place(request, code, "enter_facts"), timezone.localdate()
    row = _opened(place, number)
    form = pairing_forms.ProjectForm(
        request.POST or None, initial={"day": today, "number": queries.next_number(place.id, "XM", today)}
    )

    def run(given: Mapping[str, Any]) -> str:
        made = acts.Projecting(
            given["number"], given["day"], row.number, given["name"], given["base_year"], given["evidence"]
        )
        acts.project(made, books(request, place, SUBJECT))
        return reverse("pairing-project", args=[place.code, given["number"]])

    return entering(request, place, form, N_("Enter a project"), _address(place, row), run, about=row.partner)


def benefit(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """A household got something of a project."""
    place, today = access.place(request, code, "enter_facts"), timezone.localdate()
    row = _project(place, number)
    form = pairing_forms.BenefitForm(
        request.POST or None, initial={"day": today, "number": queries.next_number(place.id, "SY", today)}
    )
    back = reverse("pairing-project", args=[place.code, row.number])

    def run(given: Mapping[str, Any]) -> str:
        made = acts.Benefiting(
            given["number"], given["day"], row.number, given["household"], given["kind"],
            small_units(given["amount"], "yuan"), given["base"], given["evidence"],
        )  # fmt: skip
        acts.benefit(made, books(request, place, SUBJECT))
        return back

    return entering(request, place, form, N_("Enter a benefit"), back, run, about=row.name)


def take_back(request: HttpRequest, code: str, reference: str) -> HttpResponse:
    """Withdraw an entry; to correct it, enter it anew afterwards."""
    return taking_back(request, code, reference, SUBJECT, "pairings", acts.take_back)


def _opened(place: Place, number: str) -> PairingRow:
    row = queries.pairing(place.id, number)
    if row is None:
        raise Http404
    return row


def _project(place: Place, number: str) -> ProjectRow:
    row = queries.project(place.id, number)
    if row is None:
        raise Http404
    return row


def _address(place: Place, row: PairingRow) -> str:
    return reverse("pairing", args=[place.code, row.number])
