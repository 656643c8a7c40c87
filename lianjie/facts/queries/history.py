"""Any fact of any table with its whole history: who, when, from which document, what changed.

Made from the table's own fields, so that a new kind of fact has its page on the day it has a table.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models

from lianjie.facts.models import Fact, Loan, Lot, Party
from lianjie.facts.queries.names import user_name

KEPT = {
    "id", "organisation", "area", "key", "source", "place", "corrects", "withdrawn", "reason", "recorded_at",
    "recorded_by", "digest",
}  # fmt: skip
"""How a fact is kept, not what it says."""
HUNDREDTHS = ("moisture", "impurity", "standard_moisture", "standard_impurity")
OWED = ("owed_quantity", "forgiven", "pays")
SUBJECTS = (
    "member", "household", "lessor", "party", "borrower", "worker", "loan", "issue", "agreement", "plot",
    "delivery",
    "done",
)  # fmt: skip
"""Columns that lead to the household a fact is about."""


@dataclass(frozen=True)
class Cell:
    """What a fact says in one field. `kind` tells a page how to show it.

    unit       of a quantity
    reference  of the fact it points to
    """

    field: str
    kind: str
    value: Any
    unit: str = ""
    reference: str = ""


@dataclass(frozen=True)
class Version:
    """One version: who recorded it when, from what, and what differs from the one before."""

    number: int
    reference: str
    recorded_at: datetime
    recorded_by: str
    source: str
    source_kind: str
    place: str
    reason: str
    withdrawn: bool
    changed: tuple[tuple[Cell, Cell], ...]


@dataclass(frozen=True)
class History:
    """A fact as the reference names it, and every version. `standing` when that one holds now.

    party  whom it is about, "" when it is about no party
    good   what it is about, where its own fields only name a lot or a loan
    """

    reference: str
    kind: str
    standing: bool
    party_id: int | None
    party: str
    good: str
    cells: tuple[Cell, ...]
    versions: tuple[Version, ...]


@cache
def tables() -> dict[str, type[Fact]]:
    """Every table of facts by the name references use."""
    found = apps.get_app_config("facts").get_models()
    return {model._meta.model_name or "": model for model in found if issubclass(model, Fact)}


def stands(organisation_id: int, reference: str) -> bool:
    """Whether the reference names a fact that stands in these books."""
    name, _, key = reference.partition(":")
    model = tables().get(name)
    return (
        model is not None
        and model.objects.current().filter(organisation_id=organisation_id, key=key).exists()
    )


def history(organisation_id: int, reference: str) -> History | None:
    """The fact a reference names in one organisation's books, or None."""
    name, _, key = reference.partition(":")
    model = tables().get(name)
    if model is None or not key:
        return None
    base = key.partition("~")[0]
    rows = model.objects.filter(organisation_id=organisation_id, key__startswith=base)
    chain = [row for row in rows.select_related("source", "recorded_by") if row.key.partition("~")[0] == base]
    chain.sort(key=lambda row: int(row.key.partition("~")[2] or 1))
    # The number on the paper names the fact as it stands; "~2" one of its versions.
    row = next((each for each in chain if each.key == key), None) if "~" in key else (chain or [None])[-1]
    if row is None:
        return None
    told = [tuple(_cells(each)) for each in chain]
    versions = tuple(
        _version(number, each, told[number - 1], told[number - 2] if number > 1 else ())
        for number, each in enumerate(chain, 1)
    )
    standing = row is chain[-1] and not row.withdrawn
    party = _party(row)
    return History(
        row.reference,
        name,
        standing,
        party.pk if party else None,
        party.name if party else "",
        _good(row),
        told[chain.index(row)],
        versions,
    )


def units(organisation_id: int, goods: Iterable[str]) -> dict[str, str]:
    """Good -> the unit it is counted in here."""
    wanted = set(goods)
    mine = {"organisation_id": organisation_id}
    lots = Lot.objects.filter(good__in=wanted, **mine).values_list("good", "unit").distinct()
    loans = Loan.objects.filter(owed_good__in=wanted, **mine).values_list("owed_good", "owed_unit").distinct()
    return dict(loans) | dict(lots)


def _version(number: int, row: Any, now: tuple[Cell, ...], before: tuple[Cell, ...]) -> Version:
    by = row.recorded_by
    changed = tuple((old, new) for old, new in zip(before, now, strict=False) if old != new)
    return Version(
        number,
        row.reference,
        row.recorded_at,
        user_name(by),
        row.source.name,
        row.source.kind,
        row.place,
        row.reason,
        row.withdrawn,
        changed,
    )


def _cells(row: Any) -> Iterator[Cell]:
    for field in row._meta.fields:
        if field.name not in KEPT and not isinstance(field, models.BinaryField):
            yield _cell(row, field)


def _cell(row: Any, field: Any) -> Cell:
    value = getattr(row, field.name)
    name = field.name
    if isinstance(value, Party):
        return Cell(name, "text", f"{value.name} · {value.code}")
    if isinstance(value, Fact):
        return Cell(name, "fact", value.key.partition("~")[0], reference=str(value.reference))
    if isinstance(field, models.ForeignKey):
        return Cell(name, "text", "" if value is None else str(value))
    return Cell(name, _kind(name, field), value, _unit(row, name))


def _kind(name: str, field: Any) -> str:
    if isinstance(field, models.BooleanField):
        return "yes_no"
    if isinstance(field, models.DateTimeField):
        return "at"
    if isinstance(field, models.DateField):
        return "last_day" if name == "until_day" else "day"
    if isinstance(field, models.JSONField):
        return "json"
    if field.choices:
        return "choice"
    if not isinstance(field, models.IntegerField):
        return "text"
    if "fen" in name.split("_"):
        return "yuan"
    for ending, kind in (
        ("grams", "kg"),
        ("mu4", "mu"),
        ("millionths", "ratio"),
        ("e6", "ratio"),
        ("e4", "shares"),
        ("minutes", "hours"),
    ):
        if name.endswith(ending) or ending in name.split("_"):
            return kind
    if name in HUNDREDTHS:
        return "hundredths"
    return "quantity" if name == "quantity" or name in OWED else "whole"


def _unit(row: Any, name: str) -> str:
    """The unit of a quantity: the row's own, or that of its lot or loan."""
    if name in OWED or (name == "quantity" and row._meta.model_name == "loanloss"):
        return str(getattr(row, "owed_unit", "") or row.loan.owed_unit)
    if name != "quantity":
        return ""
    for way in ((), ("lot",), ("product",), ("line", "product")):
        if unit := _at_end(row, *way, "unit"):
            return str(unit)
    return "kg" if getattr(row, "delivery", None) else "piece"


def _party(row: Any) -> Party | None:
    """The household or member a fact is about, by the first of its columns that leads to one."""
    for column in SUBJECTS:
        value = getattr(row, column, None)
        if isinstance(value, Party):
            return value
        if isinstance(value, Fact):
            return _party(value)
    return None


def _good(row: Any) -> str:
    """The good a fact is about: its own, its lot's, or what its loan owes."""
    for way in (("good",), ("lot", "good"), ("owed_good",), ("loan", "owed_good"), ("season", "good")):
        if value := _at_end(row, *way):
            return str(value)
    return ""


def _at_end(row: Any, *way: str) -> Any:
    """What these fields lead to from a row, each a field of the one before; None when one is missing."""
    for name in way:
        row = getattr(row, name, None)
    return row
