"""The journal: what was booked, searched, page by page; and as files for other programs."""

from collections.abc import Iterator
from decimal import Decimal

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext

from lianjie.base.quantity import UNITS
from lianjie.facts.queries import history
from lianjie.ledger.documents.beancount import beancount_text
from lianjie.ledger.documents.hledger import hledger_text
from lianjie.ledger.queries import balances, journal
from lianjie.pages import access, export
from lianjie.pages.access import Place
from lianjie.pages.settlement_way import language


def page(request: HttpRequest, code: str) -> HttpResponseBase:
    """Entries, the newest first; `?as=hledger`, `beancount`, `xlsx` or `csv` gives it as a file."""
    place = access.place(request, code, "read")
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdigit() and len(asked) == 4 else None
    wanted = request.GET.get("as", "")
    if wanted:
        return _file(place, wanted, year)
    search = request.GET.get("search", "").strip()[:60]
    return render(
        request,
        "settlement/journal.html",
        {
            "place": place,
            "page": journal.page(place.id, year=year, search=search, after=request.GET.get("after", "")),
            "search": search,
            "year": year,
            "years": sorted({*journal.years(place.id), timezone.localdate().year}, reverse=True),
        },
    )


def _file(place: Place, wanted: str, year: int | None) -> HttpResponseBase:
    name = f"{place.code}-journal-{year or 'all'}"
    if wanted in ("hledger", "beancount"):
        write = hledger_text if wanted == "hledger" else beancount_text
        rows = list(journal.records(place.id, year=year))
        units = history.units(place.id, journal.goods(place.id))
        text = write(rows, balances.chart(), language=language(), say=gettext, title=place.name, units=units)
        response = HttpResponse(text, content_type="text/plain; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{name}.{wanted}"'
        return response
    if wanted not in ("csv", "xlsx"):
        raise Http404
    heading = [
        gettext("Day"),
        gettext("Entry"),
        gettext("Text"),
        gettext("Account"),
        gettext("Name of the account"),
        gettext("Party"),
        gettext("Debit (yuan)"),
        gettext("Credit (yuan)"),
        gettext("Goods"),
        gettext("Quantity"),
        gettext("Unit"),
    ]
    return export.as_asked(wanted, name, heading, _lines(place, year))


def _lines(place: Place, year: int | None) -> Iterator[list[str | Decimal]]:
    """A line for each posting; a credit of goods is below zero, in the unit beside it."""
    chart, units = balances.chart(), history.units(place.id, journal.goods(place.id))
    for entry in journal.records(place.id, year=year):
        for line in entry.postings:
            fen = line.fen.n
            unit = UNITS[units.get(line.good, "kg")] if line.good else None
            yield [
                entry.day.isoformat(),
                entry.source,
                gettext(entry.text) if entry.text else "",
                line.account,
                chart.account(line.account).named(language()),
                line.party,
                Decimal(max(fen, 0)) / 100,
                Decimal(max(-fen, 0)) / 100,
                line.good,
                Decimal(line.amount) / int(unit.small) if unit else "",
                gettext(unit.label) if unit else "",
            ]
