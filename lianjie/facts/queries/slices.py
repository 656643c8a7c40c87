"""One page of a long list by keyset: the next begins after a row, so no page costs more than the first."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet


@dataclass(frozen=True)
class Slice:
    """Rows of one page, and what to ask for to get the next; "" on the last."""

    rows: tuple[Any, ...]
    next_after: str


def slice_after(
    found: QuerySet, field: str, descending: bool, *, after: str, limit: int, tie: str = "pk"
) -> Slice:
    """`limit` rows in the order of `field`, then of the row's id in the same direction.

    tie    whose id orders rows of one value: the row's own, or another whole number that is one row's only
    after  "value|id" as `next_after` gave it; anything else begins at the first row
    """
    value, bar, pk = after.rpartition("|")
    sign, way = ("-", "lt") if descending else ("", "gt")
    if bar and pk.isdigit():
        # An address typed by hand may hold anything: then the first row begins.
        with suppress(ValidationError, ValueError):
            further = Q(**{f"{field}__{way}": value}) | Q(**{f"{tie}__{way}": int(pk)})
            # The first says where in its index the database begins to walk.
            found = found.filter(further, **{f"{field}__{way}e": value})
    rows = list(found.order_by(f"{sign}{field}", f"{sign}{tie}")[: limit + 1])
    last = rows[limit - 1] if len(rows) > limit else None
    return Slice(tuple(rows[:limit]), f"{_value(last, field)}|{getattr(last, tie)}" if last else "")


def all_after(
    found: QuerySet, field: str, descending: bool, *, limit: int = 500, tie: str = "pk"
) -> Iterator[Any]:
    """Every row, slice by slice, so that memory stays flat."""
    after = ""
    while True:
        page = slice_after(found, field, descending, after=after, limit=limit, tie=tie)
        yield from page.rows
        after = page.next_after
        if not after:
            return


def years_of(model: type[Model], organisation_id: int) -> list[int]:
    """Years in which an organisation has rows of a dated table, the latest first; a step of an index each."""
    dated = model._default_manager.filter(organisation_id=organisation_id).order_by("organisation", "day")
    found: list[int] = []
    day: date | None = dated.values_list("day", flat=True).first()
    while day is not None:
        found.insert(0, day.year)
        day = dated.filter(day__gte=date(day.year + 1, 1, 1)).values_list("day", flat=True).first()
    return found


def _value(row: Model, field: str) -> object:
    value: Any = row
    for name in field.split("__"):
        value = getattr(value, name)
    return value
