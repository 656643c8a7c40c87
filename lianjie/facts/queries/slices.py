"""One page of a long list by keyset: the next begins after a row, so no page costs more than the first."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet


@dataclass(frozen=True)
class Slice:
    """Rows of one page, and what to ask for to get the next; "" on the last."""

    rows: tuple[Any, ...]
    next_after: str


def slice_after(found: QuerySet, field: str, descending: bool, *, after: str, limit: int) -> Slice:
    """`limit` rows in the order of `field`, then of the row's id in the same direction.

    after  "value|id" as `next_after` gave it; anything else begins at the first row
    """
    value, bar, pk = after.rpartition("|")
    sign, way = ("-", "lt") if descending else ("", "gt")
    if bar and pk.isdigit():
        # An address typed by hand may hold anything: then the first row begins.
        with suppress(ValidationError, ValueError):
            found = found.filter(Q(**{f"{field}__{way}": value}) | Q(**{field: value, f"pk__{way}": int(pk)}))
    rows = list(found.order_by(f"{sign}{field}", f"{sign}pk")[: limit + 1])
    last = rows[limit - 1] if len(rows) > limit else None
    return Slice(tuple(rows[:limit]), f"{_value(last, field)}|{last.pk}" if last else "")


def all_after(found: QuerySet, field: str, descending: bool, *, limit: int = 500) -> Iterator[Any]:
    """Every row, slice by slice, so that memory stays flat."""
    after = ""
    while True:
        page = slice_after(found, field, descending, after=after, limit=limit)
        yield from page.rows
        after = page.next_after
        if not after:
            return


def _value(row: Model, field: str) -> object:
    value: Any = row
    for name in field.split("__"):
        value = getattr(value, name)
    return value
