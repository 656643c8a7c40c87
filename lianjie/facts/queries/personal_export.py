"""Everything held on one person or household, table by table.

Each table with a column that points to a party gives its rows, and each table of facts that names nobody
itself gives those that hang on them: what came back of a loan, of an input. So it is complete without a
list: a new table needs no line here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models

from lianjie.facts.models import Fact, Household, Party, Person

ROWS = 100_000
"""Most rows of one table in a file; a table cut off says so in its last row."""


@dataclass(frozen=True)
class Table:
    """Rows of one table about the person; every value as text, the sealed ones left out."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def everything(party_id: int, opened: Mapping[str, str]) -> list[Table]:
    """All tables with rows about the party, the registry first; `opened`: kind -> value seen whole."""
    party = Party.objects.select_related("area").get(pk=party_id)
    own = {"code": party.code, "kind": party.kind, "name": party.name, "village": str(party.area)}
    for registry in (Person, Household):
        for row in registry._default_manager.filter(pk=party_id):
            own |= {name: text for name, text in _cells(row).items() if name != "party"}
    own |= opened
    found = [Table("registered", tuple(own), (tuple(own.values()),))]
    tables: dict[type[models.Model], set[int]] = {}
    for relation in Party._meta.related_objects:
        model: Any = relation.related_model
        if model in (Person, Household) or model._meta.auto_created:
            continue
        rows = model._default_manager.filter(**{relation.field.name: party_id})
        tables.setdefault(model, set()).update(rows.values_list("pk", flat=True)[:ROWS])
    for model in [*tables]:
        _hanging(model, tables)
    for model, ids in sorted(tables.items(), key=lambda each: each[0]._meta.label_lower):
        if ids:
            found.append(_table(model, sorted(ids)))
    return found


def _hanging(model: Any, tables: dict[type[models.Model], set[int]]) -> None:
    """Add the facts that rest on these rows, and what rests on those. Who else is named is not told here."""
    for relation in model._meta.related_objects:
        child: Any = relation.related_model
        names = {field.name for field in child._meta.concrete_fields if field.related_model is Party}
        if not issubclass(child, Fact) or relation.field.null or names != {"organisation"}:
            continue
        rows = child._default_manager.filter(**{f"{relation.field.name}__in": sorted(tables[model])[:ROWS]})
        more = set(rows.values_list("pk", flat=True)[:ROWS]) - tables.get(child, set())
        if more:
            tables.setdefault(child, set()).update(more)
            _hanging(child, tables)


def _table(model: Any, ids: list[Any]) -> Table:
    related = [
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and not field.null
    ]
    cells = []
    for start in range(0, len(ids), 500):
        rows = model._default_manager.filter(pk__in=ids[start : start + 500]).select_related(*related)
        cells += [_cells(row) for row in rows.order_by("pk")]
    columns = tuple(cells[0])
    if len(cells) >= ROWS:
        cells.append(dict.fromkeys(columns, "…"))
    return Table(model._meta.model_name, columns, tuple(tuple(row.values()) for row in cells))


def _cells(row: Any) -> dict[str, str]:
    """Column -> text; who entered it by name of user, parties by code and name; nothing sealed or keyed."""
    sealed = {
        name for column in getattr(row, "SEALED", ()) for name in (column.name, column.index, column.digest)
    }
    found = {}
    for field in row._meta.concrete_fields:
        if field.name in sealed or (field.primary_key and field.name == "id"):
            continue
        value = getattr(row, field.name)
        if isinstance(value, Party):
            value = f"{value.code} {value.name}"
        elif isinstance(value, models.Model) and hasattr(value, "reference"):
            value = value.reference
        found[field.name] = "" if value is None else str(value)
    return found
