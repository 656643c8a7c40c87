"""The year's three statements of the accounting system, printed from the journal."""

from collections.abc import Iterator
from decimal import Decimal

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext

from lianjie.base.words import label_in
from lianjie.ledger.queries import forms
from lianjie.ledger.queries.forms import YearForms
from lianjie.ledger.rules.forms import COLUMNS
from lianjie.pages import access, export
from lianjie.pages.settlement_way import language


def page(request: HttpRequest, code: str, year: int = 0) -> HttpResponseBase:
    """Balance sheet, surplus and distribution, members' equity; `?as=xlsx` or `csv` gives the lines."""
    place = access.place(request, code, "read")
    years = forms.years(place.id)
    chosen = year or (years[0] if years else 0)
    if year and not 1949 <= year < 2200:
        raise Http404
    found = forms.year_forms(place.id, chosen) if chosen in years else None
    wanted = request.GET.get("as", "")
    if wanted and found is not None:
        heading = [
            gettext("Form number"),
            gettext("Line number"),
            gettext("Item"),
            gettext("Amount (yuan)"),
            gettext("Before (yuan)"),
            *(gettext(text) for text in COLUMNS.values()),
        ]
        return export.as_asked(wanted, f"{code}-forms-{chosen}", heading, _rows(found))
    context = {
        "place": place,
        "years": years,
        "year": chosen,
        "running": chosen >= timezone.localdate().year,
        "forms": found and _shown(found),
    }
    return render(request, "settlement/forms.html", context)


def _shown(found: YearForms) -> dict[str, object]:
    tongue = language()
    before = {line.number: line.fen for line in found.opening}
    sheet = [
        (line.number, label_in(line.name, tongue), line.fen, before.get(line.number, 0), line.total)
        for line in found.closing
    ]
    return {
        "ties": found.ties,
        "assets": [row for row in sheet if row[0] <= 22],
        "claims": [row for row in sheet if row[0] > 22],
        "surplus": [
            (line.number, label_in(line.name, tongue), line.fen, line.total) for line in found.surplus
        ],
        "columns": list(COLUMNS.values()),
        "equity": [
            (row.text, row.part, [row.fen.get(column, 0) for column in COLUMNS], row.together)
            for row in found.equity
        ],
    }


def _rows(found: YearForms) -> Iterator[list[str | int | Decimal]]:
    tongue, none = language(), [""] * len(COLUMNS)
    before = {line.number: line.fen for line in found.opening}
    for line in found.closing:
        amounts = Decimal(line.fen) / 100, Decimal(before.get(line.number, 0)) / 100
        yield ["01", line.number, label_in(line.name, tongue), *amounts, *none]
    for line in found.surplus:
        yield ["02", line.number, label_in(line.name, tongue), Decimal(line.fen) / 100, "", *none]
    for number, row in enumerate(found.equity, 1):
        parts = (Decimal(row.fen.get(column, 0)) / 100 for column in COLUMNS)
        yield ["03", number, gettext(row.text), Decimal(row.together) / 100, "", *parts]
