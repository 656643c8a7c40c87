"""Contracts on assets, a collective's income under both definitions, and the villages of an area."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from lianjie.base.fen import Fen
from lianjie.base.quantity import NotAQuantity, small_units
from lianjie.base.words import N_, label_in
from lianjie.facts.actions import asset_income as acts
from lianjie.facts.queries import asset_income as queries
from lianjie.facts.queries import assignments
from lianjie.facts.queries.asset_income import ContractRow
from lianjie.facts.rules import asset_income as rules
from lianjie.ledger.queries import collective
from lianjie.pages import access, assets_forms, bonds, columns, export
from lianjie.pages.access import Place
from lianjie.pages.assets import SUBJECT, opened
from lianjie.pages.columns import Column
from lianjie.pages.entering import books, entering, may_enter

THRESHOLD = "30000"
"""Yuan a year: the threshold of the reported figure, until the reader chooses another."""
CONTRACTS = (
    Column("number", N_("Number of the contract"), "code"),
    Column("asset", N_("What it is")),
    Column("payer_code", N_("Party code")),
    Column("payer", N_("Who pays")),
    Column("start", N_("From"), "day"),
    Column("until", N_("Last day"), "last_day"),
    Column("extent", N_("Let (mu)"), "mu"),
    Column("yearly", N_("A year (yuan)"), "yuan"),
    Column("due", N_("Fallen due (yuan)"), "yuan"),
    Column("received", N_("Received (yuan)"), "yuan"),
    Column("owed", N_("Overdue (yuan)"), "yuan"),
    Column("state", N_("State"), "word:contract_state"),
)
INCOME = (
    Column("day", N_("Day"), "day"),
    Column("source", N_("Source"), "word:income_source"),
    Column("amount", N_("Amount (yuan)"), "yuan"),
    Column("payer", N_("From whom")),
    Column("text", N_("Notes")),
    Column("reference", N_("Record"), "code"),
)
VILLAGES = (
    Column("code", N_("Code"), "code"),
    Column("village", N_("Village")),
    Column("collectives", N_("Collectives"), "whole"),
    *(Column(source, text, "yuan") for source, text in (
        ("operating", N_("Operation")),
        ("contracting", N_("Contracting-out and payments handed up")),
        ("investment", N_("Investment")),
        ("other_operating", N_("Other operation")),
        ("subsidy", N_("Subsidy")),
        ("other", N_("Other")),
    )),
    Column("yardstick", N_("Operating income (yuan)"), "yuan"),
    Column("total", N_("Total income (yuan)"), "yuan"),
)  # fmt: skip


def contracts(request: HttpRequest, code: str) -> HttpResponseBase:
    """Contracts with what is due and received; `?as=csv` or `?as=xlsx` gives all of them."""
    place, today = access.place(request, code, "read"), timezone.localdate()
    search, wanted = request.GET.get("search", "").strip()[:60], request.GET.get("as", "")
    if wanted in ("csv", "xlsx"):
        rows = (_contract_cells(row) for row in queries.every(place.id, today, search=search))
        return export.as_asked(
            wanted, f"{place.code}-contracts", columns.heading(CONTRACTS), columns.written(CONTRACTS, rows)
        )
    page = queries.page(place.id, today, search=search, after=request.GET.get("after", ""))
    return render(
        request,
        "assets/contracts.html",
        {"place": place, "page": page, "search": search, "may_enter": may_enter(place)},
    )


def _contract_cells(row: ContractRow) -> dict[str, Any]:
    return {
        "number": row.number,
        "asset": row.asset,
        "payer_code": row.payer_code,
        "payer": row.payer,
        "start": row.terms.start,
        "until": row.terms.until,
        "extent": row.terms.extent_mu4,
        "yearly": row.terms.yearly_fen,
        "due": row.paying.due_fen,
        "received": row.paying.received_fen,
        "owed": row.paying.owed_fen,
        "state": row.state,
    }


def contract(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """One contract: its terms, its payments year by year, what came in."""
    place = access.place(request, code, "read")
    row = _opened(place, number)
    known = queries.booked_turns([row.id])
    return render(
        request,
        "assets/contract.html",
        {
            "place": place,
            "contract": row,
            "schedule": [
                (due, (row.id, due.turn) in known, due.day <= timezone.localdate()) for due in row.schedule
            ],
            "story": queries.story(row),
            "findings": rules.check(row.terms, row.on_land),
            "may_enter": may_enter(place),
            "bonds": [bonds.of_contract_page(place, row)],
        },
    )


def let(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Let an asset or contract it out."""
    place, today = access.place(request, code, "enter_facts"), timezone.localdate()
    asset = opened(place, number)
    form = assets_forms.LetForm(request.POST or None, initial={"day": today, "start": today})

    def run(given: Mapping[str, Any]) -> str:
        terms = rules.Contract(
            given["number"], asset.number, given["payer"], given["start"],
            given["last"] + timedelta(days=1), given["first_due"], small_units(given["yearly"], "yuan"),
            given["rise_years"] or 0, small_units(given["rise"] or "0", "yuan"),
            small_units(given["extent"] or "0", "mu"),
        )  # fmt: skip
        acts.let(
            acts.LettingOut(terms, given["day"], given["purpose"], given["evidence"]),
            books(request, place, SUBJECT),
        )
        return reverse("contract", args=[place.code, given["number"]])

    back = reverse("asset", args=[place.code, asset.number])
    return entering(request, place, form, N_("Let or contract out"), back, run, about=asset.asset.name)


def receive(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Book a payment of the payer."""
    place = access.place(request, code, "enter_facts")
    row = _opened(place, number)
    form = assets_forms.ReceiveForm(request.POST or None, initial={"day": timezone.localdate()})
    back = reverse("contract", args=[place.code, row.number])

    def run(given: Mapping[str, Any]) -> str:
        receiving = acts.Receiving(
            given["receipt"], given["day"], row.number, _above_zero(given["amount"]), given["into"],
            given["evidence"],
        )  # fmt: skip
        acts.receive(receiving, books(request, place, SUBJECT))
        return back

    return entering(request, place, form, N_("Book a payment received"), back, run, about=_about(row))


def give_back(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Give back what was received beyond all the contract owes; the form begins with the whole of it."""
    place, today = access.place(request, code, "enter_facts"), timezone.localdate()
    row = _opened(place, number)
    left = row.paying.beyond_fen
    first = {"day": today, "amount": str(Fen(left).yuan) if left else ""}
    form = assets_forms.GiveBackForm(request.POST or None, initial=first)
    back = reverse("contract", args=[place.code, row.number])

    def run(given: Mapping[str, Any]) -> str:
        giving = acts.Receiving(
            given["receipt"], given["day"], row.number, -_above_zero(given["amount"]), given["into"],
            given["evidence"],
        )  # fmt: skip
        acts.receive(giving, books(request, place, SUBJECT))
        return back

    return entering(request, place, form, N_("Give back"), back, run, about=_about(row))


def end(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """End a contract before its time."""
    place = access.place(request, code, "enter_facts")
    row = _opened(place, number)
    form = assets_forms.EndForm(
        request.POST or None,
        initial={"day": timezone.localdate(), "number": f"{row.number[:34]}-Z{queries.entered(row.id) + 1}"},
    )
    back = reverse("contract", args=[place.code, row.number])

    def run(given: Mapping[str, Any]) -> str:
        ending = acts.Ending(given["number"], given["day"], row.number, given["grounds"], given["evidence"])
        acts.end(ending, books(request, place, SUBJECT))
        return back

    return entering(request, place, form, N_("End the contract"), back, run, about=_about(row))


def income(request: HttpRequest, code: str) -> HttpResponseBase:
    """The year by source under both definitions, what the books say, and how the year was shared."""
    place, wanted = access.place(request, code, "read"), request.GET.get("as", "")
    years = queries.years(place.id) or [timezone.localdate().year]
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdigit() and int(asked) in years else years[0]
    lines = queries.lines(place.id, year)
    if wanted in ("csv", "xlsx"):
        rows = (
            {"day": row.day, "source": row.source, "amount": row.fen, "payer": row.payer, "text": row.text,
             "reference": row.reference}
            for row in lines
        )  # fmt: skip
        return export.as_asked(
            wanted, f"{place.code}-income-{year}", columns.heading(INCOME), columns.written(INCOME, rows)
        )
    found, seen = queries.year(place.id, year), collective.year(place.id, year)
    return render(
        request,
        "assets/income.html",
        {
            "place": place,
            "year": year,
            "years": years,
            "lines": lines,
            "income": found,
            "sources": [
                (source, found.by_source.get(source, 0), source in rules.YARDSTICK)
                for source in rules.SOURCES
            ],
            "books": seen,
            "apart": seen.income_fen - found.total_fen + found.by_source.get("subsidy", 0) if seen else 0,
            "steps": [
                (label_in(step.label, get_language() or "en"), step.fen, step.recipients, step.law)
                for step in (seen.steps if seen else ())
            ],
            "may_enter": may_enter(place),
        },
    )


def earn(request: HttpRequest, code: str) -> HttpResponse:
    """Enter income by source."""
    place = access.place(request, code, "enter_facts")
    form = assets_forms.EarnForm(request.POST or None, initial={"day": timezone.localdate()})
    back = reverse("collective-income", args=[place.code])

    def run(given: Mapping[str, Any]) -> str:
        earning = acts.Earning(
            given["number"], given["day"], given["source"], small_units(given["amount"], "yuan"),
            given["into"], given["payer"], given["note"], given["evidence"],
        )  # fmt: skip
        acts.earn(earning, books(request, place, SUBJECT))
        return f"{back}?year={given['day'].year}"

    return entering(request, place, form, N_("Enter income"), back, run)


def area(request: HttpRequest, code: str) -> HttpResponseBase:
    """M29 over an area: villages above the threshold, by both definitions, and every village."""
    granted, today = access.grants(request), timezone.localdate()
    here = assignments.area(granted, code, today)
    if here is None:
        raise Http404
    asked, wanted = request.GET.get("year", ""), request.GET.get("as", "")
    year = int(asked) if asked.isdigit() and 1990 <= int(asked) <= 2199 else today.year - 1
    text = request.GET.get("threshold", "").strip() or THRESHOLD
    refused = ""
    try:
        threshold = small_units(text, "yuan")
    except NotAQuantity:
        threshold, refused = small_units(THRESHOLD, "yuan"), text
    if wanted in ("csv", "xlsx"):
        return export.as_asked(
            wanted,
            f"{here.code}-collective-income-{year}",
            columns.heading(VILLAGES),
            columns.written(VILLAGES, _every_village(here.path, year, today)),
        )
    rows, next_after = queries.villages(here.path, year, today, after=request.GET.get("after", ""))
    return render(
        request,
        "assets/area.html",
        {
            "area": here,
            "year": year,
            "years": range(today.year, today.year - 8, -1),
            "threshold": threshold,
            "threshold_text": THRESHOLD if refused else text,
            "refused": refused,
            "above": queries.indicator(here.path, year, today, threshold),
            "rows": rows,
            "next_after": next_after,
        },
    )


def _every_village(path: str, year: int, today: Any) -> Any:
    after = ""
    while True:
        rows, after = queries.villages(path, year, today, after=after)
        for row in rows:
            yield {
                "code": row.code, "village": row.name, "collectives": row.collectives,
                **{source: row.income.by_source.get(source, 0) for source in rules.SOURCES},
                "yardstick": row.income.operating_fen, "total": row.income.total_fen,
            }  # fmt: skip
        if not after:
            return


def _opened(place: Place, number: str) -> ContractRow:
    row = queries.contract(place.id, number, timezone.localdate())
    if row is None:
        raise Http404
    return row


def _above_zero(yuan: str) -> int:
    """Fen a person wrote: a page says by its verb which way money goes, never by a sign."""
    fen = small_units(yuan, "yuan")
    if fen <= 0:
        raise rules.ReceivedNothing
    return fen


def _about(row: ContractRow) -> str:
    return f"{row.asset} · {row.payer} · {row.number}"
