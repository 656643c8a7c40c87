"""A joint co-op's year by village: each one's share of cost and surplus, and its households (R2)."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from lianjie.base.words import N_
from lianjie.ledger.queries import forms, joint
from lianjie.pages import access, columns, export
from lianjie.pages.columns import Column

COLUMNS = (
    Column("code", N_("Code"), "code"),
    Column("name", N_("Name")),
    Column("village", N_("Village")),
    Column("parts", N_("Parts"), "whole"),
    Column("cost", N_("Share of the cost (yuan)"), "yuan"),
    Column("surplus", N_("Share of the surplus (yuan)"), "yuan"),
    Column("households", N_("Member households"), "whole"),
)


def villages(request: HttpRequest, code: str) -> HttpResponseBase:
    """Cost and surplus of a year by the villages' parts; `?as=csv` or `?as=xlsx` gives it as a file."""
    place, wanted = access.place(request, code, "read"), request.GET.get("as", "")
    years = forms.years(place.id) or [timezone.localdate().year]
    asked = request.GET.get("year", "")
    # The year before this one is the last that is over.
    over = next((each for each in years if each < timezone.localdate().year), years[0])
    year = int(asked) if asked.isdigit() and int(asked) in years else over
    found = joint.year(place.id, year)
    rows = found.rows if found else ()
    if wanted in ("csv", "xlsx"):
        cells = (
            {"code": village.code, "name": village.name, "village": village.area_name, "parts": part.parts,
             "cost": part.cost_fen, "surplus": part.surplus_fen, "households": village.households}
            for village, part in rows
        )  # fmt: skip
        return export.as_asked(
            wanted, f"{place.code}-villages-{year}", columns.heading(COLUMNS), columns.written(COLUMNS, cells)
        )
    return render(
        request, "assets/villages.html", {"place": place, "year": year, "years": years, "found": found}
    )
