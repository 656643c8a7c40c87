"""The stock by lot, where a sack has been, and inputs handed out."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from lianjie.base.quantity import small_units
from lianjie.base.words import N_
from lianjie.facts.actions import input_back as acts_back
from lianjie.facts.actions import lot_cost as acts_cost
from lianjie.facts.actions import stock as acts
from lianjie.facts.actions.input_back import ComingBack
from lianjie.facts.actions.lot_cost import Costing
from lianjie.facts.queries import stock
from lianjie.facts.queries.stock import IssueRow, LotRow
from lianjie.facts.rules.in_kind import MADE, Goods
from lianjie.ledger.queries import lot_worth, payables
from lianjie.pages import access, columns, export, in_kind_forms
from lianjie.pages.as_of import day_asked
from lianjie.pages.columns import Column
from lianjie.pages.entering import books, entering
from lianjie.pages.format import yuan
from lianjie.pages.in_kind import SUBJECT

LOTS = (
    Column("number", N_("Lot"), "code"),
    Column("good", N_("Good")),
    Column("grade", N_("Grade")),
    Column("day", N_("Day"), "day"),
    Column("origin", N_("Where from"), "word:lot_origin"),
    Column("giver", N_("From whom")),
    Column("quantity", N_("Came in"), "quantity"),
    Column("left", N_("Holds"), "quantity"),
)
ISSUES = (
    Column("number", N_("Receipt"), "code"),
    Column("party_code", N_("Party code")),
    Column("party", N_("Household")),
    Column("village", N_("Village")),
    Column("day", N_("Day"), "day"),
    Column("good", N_("Good")),
    Column("lot", N_("From lot"), "code"),
    Column("quantity", N_("Quantity"), "quantity"),
    Column("amount", N_("Advance (yuan)"), "yuan"),
    Column("out", N_("Not given back"), "quantity"),
    Column("owed", N_("Still owed of the advance (yuan)"), "yuan"),
)


def listing(request: HttpRequest, code: str) -> HttpResponseBase:
    """Lots with what each holds today or on `?on=`; `?as=csv` or `?as=xlsx` gives all of them."""
    place, on = access.place(request, code, "read"), day_asked(request)
    search, wanted = _search(request), request.GET.get("as", "")
    if wanted in ("csv", "xlsx"):
        rows = (_lot(row) for row in stock.every(place.id, on, search=search))
        return export.as_asked(
            wanted, f"{place.code}-stock", columns.heading(LOTS), columns.written(LOTS, rows)
        )
    return render(
        request,
        "in_kind/stock.html",
        {
            "place": place,
            "page": stock.page(place.id, on, search=search, after=request.GET.get("after", "")),
            "totals": stock.totals(place.id, on),
            "on": on,
            "search": search,
            "may_enter": "enter_facts" in place.rights,
        },
    )


def one(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """One lot: what it holds, and the whole way of its goods, borrower to borrower."""
    place = access.place(request, code, "read")
    row = _row(place.id, number)
    return render(
        request,
        "in_kind/lot.html",
        {
            "place": place,
            "lot": row,
            "trace": stock.trace(place.id, number),
            "cost": stock.cost(place.id, row.id),
            "asks_cost": row.origin not in MADE,
            "worth": lot_worth.of_lot(place.id, row.id),
            "may_enter": "enter_facts" in place.rights,
        },
    )


def receive(request: HttpRequest, code: str) -> HttpResponse:
    """Goods come into the stock."""
    place = access.place(request, code, "enter_facts")
    form = in_kind_forms.ReceiveForm(request.POST or None, initial={"day": timezone.localdate()})
    back = reverse("stock", args=[place.code])

    def run(given: Mapping[str, Any]) -> str:
        goods = Goods(given["good"], given["unit"], small_units(given["quantity"], given["unit"]))
        receiving = acts.Receiving(
            given["lot"], given["day"], goods, given["origin"], given["grade"], given["giver"],
            given["evidence"],
        )  # fmt: skip
        told = books(request, place, SUBJECT)
        with transaction.atomic():
            acts.receive(receiving, told)
            if given["cost"]:
                acts_cost.cost(_costing(given["lot"], given), told)
        return back

    return entering(request, place, form, N_("Goods into stock"), back, run)


def cost(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """What a lot cost, once the invoice is there."""
    place = access.place(request, code, "enter_facts")
    row = _row(place.id, number)
    form = in_kind_forms.CostForm(request.POST or None, initial={"day": row.day})
    back = reverse("lot", args=[place.code, row.number])

    def run(given: Mapping[str, Any]) -> str:
        acts_cost.cost(_costing(row.number, given), books(request, place, SUBJECT))
        return back

    return entering(request, place, form, N_("Cost of a lot"), back, run)


def _costing(lot: str, given: Mapping[str, Any]) -> Costing:
    fen = small_units(given["cost"], "yuan")
    return Costing(lot, given["day"], fen, given["way"] or "bank", given["evidence"])


def lose(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Goods of a lot lost in the store."""
    place = access.place(request, code, "enter_facts")
    row = _row(place.id, number)
    form = in_kind_forms.LotLossForm(request.POST or None, initial={"day": timezone.localdate()})
    back = reverse("lot", args=[place.code, row.number])

    def run(given: Mapping[str, Any]) -> str:
        quantity = small_units(given["quantity"], row.goods.unit)
        losing = acts.LosingLot(
            given["number"], given["day"], row.number, given["cause"], quantity, given["account"],
            given["evidence"],
        )  # fmt: skip
        acts.lose_from_stock(losing, books(request, place, SUBJECT))
        return back

    return entering(request, place, form, N_("Goods lost from stock"), back, run)


def inputs(request: HttpRequest, code: str) -> HttpResponseBase:
    """Inputs handed out; `?as=csv` or `?as=xlsx` gives all of them."""
    place = access.place(request, code, "read")
    search, wanted = _search(request), request.GET.get("as", "")
    if wanted in ("csv", "xlsx"):
        rows = (_issue(row) for row in stock.every_issue(place.id, search=search))
        return export.as_asked(
            wanted, f"{place.code}-inputs", columns.heading(ISSUES), columns.written(ISSUES, rows)
        )
    return render(
        request,
        "in_kind/inputs.html",
        {
            "place": place,
            "page": stock.issues(place.id, search=search, after=request.GET.get("after", "")),
            "search": search,
            "may_enter": "enter_facts" in place.rights,
        },
    )


def issue(request: HttpRequest, code: str) -> HttpResponse:
    """Hand an input out of a lot, free or as an advance."""
    place, today = access.place(request, code, "enter_facts"), timezone.localdate()
    lots = {row.number: row for row in stock.available(place.id, today)}
    initial = {"day": today, "lot": request.GET.get("lot", "")}
    form = in_kind_forms.IssueForm(request.POST or None, initial=initial, lots=lots.values())
    back = reverse("inputs", args=[place.code])

    def run(given: Mapping[str, Any]) -> str:
        unit = lots[given["lot"]].goods.unit
        issuing = acts.Issuing(
            given["receipt"], given["day"], given["household"], given["lot"],
            small_units(given["quantity"], unit), small_units(given["amount"] or "0", "yuan"),
            given["evidence"],
        )  # fmt: skip
        acts.issue(issuing, books(request, place, SUBJECT))
        return reverse("input", args=[place.code, given["receipt"]])

    return entering(request, place, form, N_("Hand out an input"), back, run)


def come_back(request: HttpRequest, code: str, receipt: str) -> HttpResponse:
    """Goods of an input that were not used come back, or its advance is repaid."""
    place = access.place(request, code, "enter_facts")
    row = stock.issued(place.id, receipt)
    if row is None:
        raise Http404
    form = in_kind_forms.InputBackForm(
        request.POST or None,
        initial={"day": timezone.localdate()},
        deliveries=[
            (source.removeprefix("delivery:"), f"{source.removeprefix('delivery:')} · {yuan(fen)}")
            for source, fen in payables.produce_of(place.id, row.household_id)
        ],
    )
    back = reverse("input", args=[place.code, row.number])

    def run(given: Mapping[str, Any]) -> str:
        amount = given["amount"]
        coming = ComingBack(
            given["receipt"], given["day"], row.number, given["way"],
            small_units(given["quantity"] or "0", row.goods.unit),
            small_units(amount, "yuan") if amount else None if given["way"] == "goods" else 0,
            given["delivery"] if given["way"] == "produce" else "", given["evidence"],
        )  # fmt: skip
        acts_back.come_back(coming, books(request, place, SUBJECT))
        return back

    title = N_("Input given back, or advance repaid")
    return entering(request, place, form, title, back, run, template="in_kind/back.html", issue=row)


def _row(organisation_id: int, number: str) -> LotRow:
    row = stock.lot(organisation_id, number, timezone.localdate())
    if row is None:
        raise Http404
    return row


def _search(request: HttpRequest) -> str:
    return request.GET.get("search", "").strip()[:60]


def _lot(row: LotRow) -> dict[str, Any]:
    return {
        "number": row.number,
        "good": row.goods.good,
        "grade": row.grade,
        "day": row.day,
        "origin": row.origin,
        "giver": row.giver,
        "quantity": (row.goods.quantity, row.goods.unit),
        "left": (row.left.quantity, row.left.unit),
    }


def _issue(row: IssueRow) -> dict[str, Any]:
    return {
        "number": row.number,
        "party_code": row.household_code,
        "party": row.household,
        "village": row.village,
        "day": row.day,
        "good": row.goods.good,
        "lot": row.lot,
        "quantity": (row.goods.quantity, row.goods.unit),
        "amount": row.amount_fen,
        "out": (row.out.quantity, row.out.unit),
        "owed": row.owed_fen,
    }
