"""A collective's register of assets, one asset's page, and booking what fell due. Nothing is decided here."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from lianjie.base.quantity import small_units
from lianjie.base.words import N_
from lianjie.facts.actions import assets as acts
from lianjie.facts.queries import asset_income as incomes
from lianjie.facts.queries import assets as queries
from lianjie.facts.queries.assets import AssetRow
from lianjie.facts.rules import assets as rules
from lianjie.facts.rules.in_kind import ratio_of
from lianjie.pages import access, assets_forms, columns, export
from lianjie.pages.access import Place
from lianjie.pages.columns import Column
from lianjie.pages.entering import books, entering, may_enter, taking_back
from lianjie.pages.format import yuan

SUBJECT = N_("Assets and contracts")
COLUMNS = (
    Column("number", N_("Number in the register"), "code"),
    Column("name", N_("What it is")),
    Column("kind", N_("Kind"), "word:asset_kind"),
    Column("category", N_("Category"), "word:asset_category"),
    Column("origin", N_("Where from"), "word:asset_origin"),
    Column("spec", N_("Specification")),
    Column("location", N_("Place")),
    Column("start", N_("There since"), "day"),
    Column("life_months", N_("Useful life (months)"), "whole"),
    Column("quantity", N_("How many"), "quantity"),
    Column("counted_in", N_("Counted in")),
    Column("extent", N_("Extent (mu)"), "mu"),
    Column("cost", N_("Price in all (yuan)"), "yuan"),
    Column("residual", N_("Residual (yuan)"), "yuan"),
    Column("worn", N_("Depreciation so far (yuan)"), "yuan"),
    Column("left", N_("Still worth (yuan)"), "yuan"),
    Column("keeper", N_("Keeper")),
    Column("state", N_("Use"), "word:asset_state"),
)
CHOICES = (*rules.KINDS, *rules.CATEGORIES, "poverty_fund")


def listing(request: HttpRequest, code: str) -> HttpResponseBase:
    """The register, searched and narrowed; `?as=csv` or `?as=xlsx` gives all of it."""
    place, today = access.place(request, code, "read"), timezone.localdate()
    kind, wanted = request.GET.get("kind", ""), request.GET.get("as", "")
    asked = {
        "search": request.GET.get("search", "").strip()[:60],
        "kind": kind if kind in CHOICES else "",
    }
    if wanted in ("csv", "xlsx"):
        rows = (_cells(row) for row in queries.every(place.id, today, **asked))
        return export.as_asked(
            wanted, f"{place.code}-assets", columns.heading(COLUMNS), columns.written(COLUMNS, rows)
        )
    return render(
        request,
        "assets/list.html",
        {
            "place": place,
            "page": queries.page(place.id, today, **asked, after=request.GET.get("after", "")),
            "worth": queries.worth(place.id, today),
            "asked": asked,
            "kinds": rules.KINDS,
            "categories": rules.CATEGORIES,
            "may_enter": may_enter(place),
        },
    )


def _cells(row: AssetRow) -> dict[str, Any]:
    asset = row.asset
    return {
        "number": row.number,
        "name": asset.name,
        "kind": asset.kind,
        "category": asset.category,
        "origin": asset.origin,
        "spec": row.spec,
        "location": row.location,
        "start": asset.start,
        "life_months": asset.life_months,
        "quantity": (row.quantity_e4, "piece"),
        "counted_in": row.counted_in,
        "extent": asset.extent_mu4,
        "cost": asset.cost_fen,
        "residual": asset.residual_fen,
        "worn": row.worn_fen,
        "left": row.left_fen,
        "keeper": row.keeper,
        "state": row.state,
    }


def one(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """One asset: what it is, what it is worth, how it is used, everything that happened."""
    place = access.place(request, code, "read")
    row = opened(place, number)
    return render(
        request,
        "assets/asset.html",
        {
            "place": place,
            "asset": row,
            "story": queries.story(row),
            "contracts": incomes.of_asset(row.id, timezone.localdate()),
            "findings": rules.check(row.asset),
            "may_enter": may_enter(place),
        },
    )


def register(request: HttpRequest, code: str) -> HttpResponse:
    """Enter an asset, with the usual residual offered."""
    place, today = access.place(request, code, "enter_facts"), timezone.localdate()
    usual = queries.usual(today)
    initial = {"start": today, "residual": usual.residual_percent, "quantity": "1"}
    form = assets_forms.RegisterForm(request.POST or None, initial=initial)

    def run(given: Mapping[str, Any]) -> str:
        land, noted = given["kind"] in rules.LAND, given["category"] == "household"
        residual = "0" if land or noted or not given["cost"] else given["residual"] or "0"
        asset = rules.Asset(
            given["number"], given["name"], given["kind"], given["category"], given["start"],
            small_units(given["cost"] or "0", "yuan"),
            ratio_of(residual) // 100,
            (given["life_years"] or 0) * 12,
            small_units(given["taken"] or "0", "yuan"), given["taken_until"],
            small_units(given["extent"] or "0", "mu"), given["origin"], given["paid"], given["evidence"],
        )  # fmt: skip
        quantity = small_units(given["quantity"] or "1", "piece")
        registering = acts.Registering(
            asset, given["spec"], given["location"], given["keeper"], quantity, given["counted_in"]
        )
        acts.register(registering, books(request, place, SUBJECT))
        return reverse("asset", args=[place.code, given["number"]])

    back = reverse("assets", args=[place.code])
    return entering(
        request,
        place,
        form,
        N_("Register an asset"),
        back,
        run,
        template="assets/register.html",
        sources=usual.sources,
    )


def use(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Note how an asset is used from a day on."""
    place = access.place(request, code, "enter_facts")
    row = opened(place, number)
    form = assets_forms.UseForm(
        request.POST or None, initial={"day": timezone.localdate(), "number": _next(row, "S")}
    )
    back = reverse("asset", args=[place.code, row.number])

    def run(given: Mapping[str, Any]) -> str:
        using = acts.Using(
            given["number"], given["day"], row.number, given["use"], given["note"], given["evidence"]
        )
        acts.use(using, books(request, place, SUBJECT))
        return back

    return entering(request, place, form, N_("Note the use"), back, run, about=row.asset.name)


def dispose(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Give an asset away, by a decision."""
    place = access.place(request, code, "enter_facts")
    row = opened(place, number)
    form = assets_forms.DisposeForm(
        request.POST or None, initial={"day": timezone.localdate(), "number": _next(row, "C")}
    )
    back = reverse("asset", args=[place.code, row.number])

    def run(given: Mapping[str, Any]) -> str:
        disposing = acts.Disposing(
            given["number"], given["day"], row.number, given["way"], given["person_name"],
            given["resolution"], small_units(given["proceeds"] or "0", "yuan"), given["into"],
            given["evidence"],
        )  # fmt: skip
        acts.dispose(disposing, books(request, place, SUBJECT))
        return back

    return entering(request, place, form, N_("Give an asset away"), back, run, about=row.asset.name)


def due(request: HttpRequest, code: str) -> HttpResponse:
    """Book wear and contract payments up to a day, each once."""
    place, today = access.place(request, code, "enter_facts"), timezone.localdate()
    form = assets_forms.DueForm(
        request.POST or None, initial={"until": today.replace(day=1) - timedelta(days=1)}
    )
    back = reverse("assets", args=[place.code])

    def run(given: Mapping[str, Any]) -> str:
        done = acts.book_due(given["until"], books(request, place, SUBJECT))
        said = {
            "charges": done.charges, "charged": yuan(done.charged_fen), "dues": done.dues,
            "due": yuan(done.due_fen),
        }  # fmt: skip
        text = gettext(
            "Booked: depreciation of assets (%(charges)s), %(charged)s yuan; "
            "contract payments (%(dues)s), %(due)s yuan."
        )
        messages.success(request, text % said)
        return back

    return entering(
        request, place, form, N_("Book what fell due"), back, run, template="assets/due.html", said=""
    )


def take_back(request: HttpRequest, code: str, reference: str) -> HttpResponse:
    """Withdraw an entry; to correct it, enter it anew afterwards."""
    return taking_back(request, code, reference, SUBJECT, "assets", acts.take_back)


def opened(place: Place, number: str) -> AssetRow:
    """The asset, or not found."""
    row = queries.asset(place.id, number, timezone.localdate())
    if row is None:
        raise Http404
    return row


def _next(row: AssetRow, letter: str) -> str:
    """The number of an asset's next step: sent twice by mistake, it is entered once."""
    return f"{row.number[:34]}-{letter}{queries.entered(row.id) + 1}"
