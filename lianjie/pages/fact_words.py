"""A fact in the reader's words: what its kind and its fields are called, what they say, all in a line."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.utils.translation import gettext

from lianjie.facts import registers
from lianjie.facts.queries import fact, history
from lianjie.facts.queries.history import Cell
from lianjie.facts.rules.schema import Caption, Column
from lianjie.facts.rules.sheets import BY_CODE, SHEETS
from lianjie.pages import format as told
from lianjie.pages.fact_form import language
from lianjie.pages.field_words import FIELDS

AMOUNTS = ("quantity", "kg", "yuan", "mu", "shares", "hours", "hundredths")
"""Kinds of cells that say how much."""
PEOPLE = (
    "done_by", "estimated_by", "weighed_by", "answered_by", "raised_by", "asked_by", "person", "person_name",
    "payer", "giver", "buyer_name", "who",
)  # fmt: skip
"""Fields that say who it was, where no party does."""


@dataclass(frozen=True)
class Told:
    """One fact in a line, and who entered it when. `address` names it on its own page."""

    line: str
    by: str
    at: datetime
    reference: str


def in_a_line(organisation_id: int, reference: str) -> Told | None:
    """Kind and number, day, who, of what and how much; None when there is no such fact."""
    found = history.history(organisation_id, reference)
    if found is None:
        return None
    columns = columns_of().get(found.kind) or _of_the_year().get(found.kind, ())
    number = reference.partition(":")[2].partition("~")[0]
    said = {cell.field: cell for cell in found.cells}
    day = shown(said["day"]) if "day" in said else ""
    who = found.party or next(
        (str(said[name].value) for name in PEOPLE if name in said and said[name].value), ""
    )
    amounts = [_amount(cell, columns) for cell in found.cells if cell.kind in AMOUNTS and cell.value]
    parts = (f"{title(found.kind)} {number}", day, who, found.good, *amounts[:3])
    newest = found.versions[-1]
    return Told(" · ".join(part for part in parts if part), newest.recorded_by, newest.recorded_at, reference)


def _amount(cell: Cell, columns: Iterable[Column]) -> str:
    """What the field is called and how much it says; a name with its unit stands before the bare number."""
    name = label(cell.field, columns)
    bare = name.endswith((")", "）")) and cell.kind == "kg"
    return f"{name} {told.kg(cell.value) if bare else shown(cell, columns)}"


def title(kind: str) -> str:
    """What a kind of fact is called: as its register is, or by the word for it."""
    columns = columns_of().get(kind)
    if columns is not None:
        return next(
            r.sheet for r in registers.REGISTERS.values() if r.model._meta.model_name == kind
        ).caption.named(language())
    return told.word(kind, "fact")


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


@cache
def _of_the_year() -> dict[str, tuple[Column, ...]]:
    """Kind of fact -> the columns of its sheet in the workbook of the year."""
    return {kind: BY_CODE[fact.SHEETS[model]].columns for kind, model in fact.TABLES.items()}


@cache
def columns_of() -> dict[str, tuple[Column, ...]]:
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
