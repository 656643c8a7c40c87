"""A book while it is checked: rows whose cells are read but not yet held against each other."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from lianjie.base.words import N_
from lianjie.facts.rules.known import Known
from lianjie.facts.rules.raw import InWorkbook, Place, RawSheet
from lianjie.facts.rules.schema import Sheet, nearest

ONE_DAY = timedelta(days=1)


class EnteredTwice(InWorkbook):
    what = N_("“{key}” is already entered in row {first}.")
    fix = N_("Keep one of the two rows, or correct the code.")


@dataclass
class Line:
    """One row while it is checked. `broken` when a cell of it could not be read."""

    sheet: Sheet
    raw: RawSheet
    number: int
    values: dict[str, Any] = field(default_factory=dict)
    broken: bool = False

    def place(self, column: str = "") -> Place:
        return self.raw.place(self.number, column)

    def get(self, column: str, default: Any = None) -> Any:
        """A value, or `default` when the cell is empty or was refused."""
        return self.values.get(column, default)


@dataclass
class Draft:
    """A book while it is checked: lines by sheet, and what the registry knows."""

    known: Known
    lines: dict[str, list[Line]]
    hints: int = 50

    def of(self, code: str) -> list[Line]:
        """The lines of a sheet; none when the sheet is not there."""
        return self.lines.get(code, [])

    def like(self, text: str, known: Collection[str]) -> str:
        """“ (nearest)” for the first refusals; looking is slow, and a thousand hints help nobody."""
        if self.hints <= 0 or len(known) > 5000:
            return ""
        self.hints -= 1
        found = nearest(text, known)
        return f" ({found})" if found else ""

    @property
    def organisation(self) -> Line | None:
        rows = self.of("organisation")
        return rows[0] if rows else None

    @property
    def own_code(self) -> str:
        return self.organisation.get("code", "") if self.organisation else ""

    @property
    def year(self) -> int | None:
        return self.organisation.get("year") if self.organisation else None
