"""Columns of lists: one description serves the page, the CSV file and the workbook."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import groupby

from django.utils.translation import gettext

from lianjie.base.quantity import UNITS
from lianjie.pages.format import shown

NUMBERS = frozenset({"yuan", "price", "mu", "kg", "shares", "whole", "quantity"})
SMALL = {"yuan": 100, "price": 100, "mu": 10_000, "kg": 1_000, "shares": 10_000}
"""Kinds written to files as numbers -> how many small units make one."""


@dataclass(frozen=True)
class Column:
    """One column. `name` picks the cell; `kind` is a filter's name, "text" or "word:WORDS".

    wide  leaves first on a narrow screen
    """

    name: str
    label: str
    kind: str = "text"
    wide: bool = False

    @property
    def number(self) -> bool:
        """True when it is set to the right."""
        return self.kind in NUMBERS

    @property
    def solid(self) -> bool:
        """True when it stays on one line."""
        return self.kind in ("day", "last_day", "code")

    @cached_property
    def look(self) -> str:
        """Classes of a cell of it."""
        names = {"number": self.number, "wide": self.wide, "nowrap": self.solid}
        return " ".join(name for name, holds in names.items() if holds)

    @property
    def title(self) -> str:
        """The heading in the reader's language."""
        return gettext(self.label)


def heading(columns: Iterable[Column]) -> list[str]:
    """The first row of a file; after quantities that stand together comes their unit."""
    found = []
    for counted, some in groupby(columns, key=_counted):
        found += [column.title for column in some]
        found += [gettext("Unit")] if counted else []
    return found


def written(
    columns: Iterable[Column], rows: Iterable[Mapping[str, object]]
) -> Iterator[list[str | int | Decimal]]:
    """The other rows of a file: numbers as numbers, everything else as the page shows it."""
    runs = [(counted, list(some)) for counted, some in groupby(columns, key=_counted)]
    for cells in rows:
        line: list[str | int | Decimal] = []
        for counted, some in runs:
            values = [cells.get(column.name) for column in some]
            line += [_value(value, column) for value, column in zip(values, some, strict=True)]
            line += [_unit(values)] if counted else []
        yield line


def _counted(column: Column) -> bool:
    return column.kind == "quantity"


def _unit(values: Iterable[object]) -> str:
    """The unit of quantities that stand together: that of the first there is."""
    units = (value[1] for value in values if isinstance(value, tuple))
    return gettext(UNITS[code].label) if (code := next(units, "")) else ""


def _value(value: object, column: Column) -> str | int | Decimal:
    if column.kind in SMALL and isinstance(value, int):
        return Decimal(value) / SMALL[column.kind]
    if column.kind == "whole" and isinstance(value, int):
        return value
    if column.kind == "quantity" and value:
        number, unit = value
        small = UNITS[unit].small
        return Decimal(number) * small.denominator / small.numerator
    return shown(value, column.kind)
