"""One page for any fact: as it stands, every version with what changed, and what it booked."""

from collections.abc import Iterable
from functools import cache

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from lianjie.facts import registers
from lianjie.facts.actions import take_back as actions
from lianjie.facts.actions.take_back import TABLES
from lianjie.facts.queries import disputes
from lianjie.facts.queries import history as facts
from lianjie.facts.queries.history import Cell, Version
from lianjie.facts.rules.schema import Caption, Column
from lianjie.facts.rules.sheets import SHEETS
from lianjie.ledger.queries import journal
from lianjie.pages import format as told
from lianjie.pages.access import Place
from lianjie.pages.entering import may_enter, taking_back
from lianjie.pages.fact_form import language
from lianjie.pages.field_words import FIELDS

LISTS = {
    "lot": "stock", "lotloss": "stock", "inputissue": "inputs", "inputback": "inputs",
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
    register = _registers().get(found.kind, ())
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
    """Withdraw what was entered of a season, a case or a workshop by mistake."""
    kind = reference.partition(":")[0]
    if kind not in TABLES:
        raise Http404
    return taking_back(request, code, reference, title(kind), LISTS[kind], actions.take_back)


def title(kind: str) -> str:
    """What a kind of fact is called: as its register is, or by the word for it."""
    columns = _registers().get(kind)
    if columns is not None:
        return next(
            r.sheet for r in registers.REGISTERS.values() if r.model._meta.model_name == kind
        ).caption.named(language())
    return told.word(kind, "fact")


def disputed(place: Place, cells: Iterable[Cell]) -> bool:
    """Whether the delivery a fact is about is argued about now."""
    of = {cell.reference.partition(":")[2].partition("~")[0] for cell in cells if cell.field == "delivery"}
    return bool(of) and not of.isdisjoint(disputes.open_keys(place.id))


def label(field: str, columns: Iterable[Column] = ()) -> str:
    """What a field is called: as in the file of its register, as in any file, or by a word of its own."""
    own = next((column.caption for column in columns if column.code == field), None)
    caption = own or (None if field in FIELDS else _captions().get(field))
    if caption is not None:
        return caption.named(language())
    return gettext(FIELDS[field]) if field in FIELDS else field.replace("_", " ")


def shown(cell: Cell, columns: Iterable[Column] = ()) -> str:
    """A cell in the reader's words."""
    value = cell.value
    if value is None or value in ("", 0, False):
        return ""
    if cell.kind == "choice":
        return _word(cell, columns)
    if cell.kind == "quantity":
        return told.quantity(value, cell.unit)
    if cell.kind == "json":
        return _list(value)
    if cell.kind == "ratio":
        return f"{value / 1_000_000:g}" if not cell.field.endswith("millionths") else f"{value / 10_000:g} %"
    if cell.kind == "hundredths":
        return f"{value / 100:g} %"
    filters = {
        "yuan": told.yuan, "kg": lambda grams: f"{told.kg(grams)} {gettext('kg')}", "mu": told.mu,
        "shares": told.shares, "whole": told.whole, "day": told.day, "last_day": told.last_day, "at": told.at,
        "yes_no": told.yes_no, "hours": told.hours,
    }  # fmt: skip
    return str(filters[cell.kind](value)) if cell.kind in filters else str(value)


def _word(cell: Cell, columns: Iterable[Column]) -> str:
    """A coded answer in words: as the file of the register has it, as any file has it."""
    every = [column for column in columns if column.code == cell.field] or _coded().get(cell.field, ())
    for column in every:
        for choice in column.choices:
            if choice.value == cell.value:
                return choice.caption.named(language())
    of = {"outcome": "dispute_outcome", "won": "won", "cause": "cause", "origin": "lot_origin"}.get(
        cell.field
    )
    return told.word(cell.value, of) if of else str(cell.value)


def _list(value: object) -> str:
    if isinstance(value, dict):
        return "；".join(f"{name} {_list(each)}" for name, each in value.items() if each not in ("", None))
    return "、".join(_list(each) for each in value) if isinstance(value, list) else str(value)


def _version(version: Version, columns: Iterable[Column]) -> dict[str, object]:
    changed = [
        (label(new.field, columns), shown(old, columns), shown(new, columns)) for old, new in version.changed
    ]
    return {"version": version, "number": version.number, "changed": changed}


@cache
def _registers() -> dict[str, tuple[Column, ...]]:
    """Kind of fact -> the columns of its register's file."""
    found: dict[str, tuple[Column, ...]] = {}
    for register in registers.REGISTERS.values():
        found.setdefault(register.model._meta.model_name or "", register.sheet.columns)
    return found


@cache
def _captions() -> dict[str, Caption]:
    every = (*registers.SHEETS, *SHEETS)
    return {column.code: column.caption for sheet in reversed(every) for column in sheet.columns}


@cache
def _coded() -> dict[str, tuple[Column, ...]]:
    found: dict[str, tuple[Column, ...]] = {}
    for sheet in (*registers.SHEETS, *SHEETS):
        for column in sheet.columns:
            if column.choices:
                found[column.code] = (*found.get(column.code, ()), column)
    return found
