"""One page for any fact: as it stands, every version with what changed, and what it booked."""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from lianjie.facts.actions import take_back as actions
from lianjie.facts.actions.take_back import TABLES
from lianjie.facts.queries import disputes
from lianjie.facts.queries import history as facts
from lianjie.facts.queries.history import Cell, Version
from lianjie.facts.rules.schema import Column
from lianjie.ledger.actions import floor_income
from lianjie.ledger.queries import journal
from lianjie.pages.access import Place
from lianjie.pages.entering import may_enter, taking_back
from lianjie.pages.fact_words import columns_of, label, shown, title

LISTS = {
    "lot": "stock", "lotcost": "stock", "lotloss": "stock", "inputissue": "inputs", "inputback": "inputs",
    "loan": "loans", "loanreturn": "loans", "loandeferral": "loans", "loanloss": "loans",
    "loandecision": "loans",
    "offtakecontract": "orders", "offtakepromise": "orders", "calloff": "orders", "offtakedelivery": "orders",
    "pricerecord": "prices", "rentterms": "rents", "leasechange": "rents", "bondmove": "bonds",
    "growingbase": "bases", "plot": "bases", "season": "bases", "stepdone": "bases", "yieldestimate": "bases",
    "materialuse": "bases",
    "weighin": "bases", "deliverydispute": "disputes", "disputeanswer": "disputes",
    "expertcase": "cases", "casestep": "cases",
    "workshop": "workshops", "recognition": "workshops", "wagefloor": "workshops",
    "workagreement": "workshops",
    "clearingplan": "gluts", "stockdeclaration": "gluts", "stockoffer": "gluts", "offeranswer": "gluts",
    "reportedsale": "gluts",
    "pledge": "pairings", "pledgedelivery": "pairings", "pairingproject": "pairings",
    "projectbenefit": "pairings",
    "workdone": "workshops", "payroll": "workshops", "wagepayment": "workshops",
}  # fmt: skip
"""Kind of fact -> the page that lists it; of others the way back is the overview."""


def one(request: HttpRequest, place: Place, reference: str) -> HttpResponse:
    """The page; a household reads those about itself."""
    found = facts.history(place.id, reference)
    if not place.reads and (found is None or found.party_id not in place.own):
        raise PermissionDenied(reference)
    if found is None:
        raise Http404
    register = columns_of().get(found.kind, ())
    pairs = [(label(cell.field, register), shown(cell, register), cell.reference) for cell in found.cells]
    return render(
        request,
        "facts/history.html",
        {
            "place": place,
            "fact": found,
            "title": title(found.kind),
            "columns": [pair for pair in pairs if pair[1]],
            "versions": [_version(version, register) for version in found.versions],
            "entries": journal.of_facts(place.id, [version.reference for version in found.versions]),
            "list_name": LISTS.get(found.kind, "organisation"),
            "disputed": disputed(place, found.cells),
            "may_go": found.standing and found.kind in TABLES and may_enter(place),
        },
    )


def take_back(request: HttpRequest, code: str, reference: str) -> HttpResponse:
    """Withdraw what was entered of a season, a case, a workshop, an order or a lease by mistake."""
    kind = reference.partition(":")[0]
    if kind not in TABLES:
        raise Http404
    act = floor_income.take_back_promise if kind == "offtakepromise" else actions.take_back
    return taking_back(request, code, reference, title(kind), LISTS[kind], act)


def disputed(place: Place, cells: Iterable[Cell]) -> bool:
    """Whether the delivery a fact is about is argued about now."""
    of = {cell.reference.partition(":")[2].partition("~")[0] for cell in cells if cell.field == "delivery"}
    return bool(of) and not of.isdisjoint(disputes.open_keys(place.id))


def _version(version: Version, columns: Iterable[Column]) -> dict[str, object]:
    changed = [
        (label(new.field, columns), shown(old, columns), shown(new, columns)) for old, new in version.changed
    ]
    return {"version": version, "number": version.number, "changed": changed}
