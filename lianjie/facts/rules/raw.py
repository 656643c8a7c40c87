"""A workbook as read, its cells not yet understood; and refusals that point into it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_, Say, english
from lianjie.facts.rules.schema import letters

Cell = str | float | int | bool | date | datetime | time | timedelta | None
"""What a cell holds; None when it is empty."""

IN_CELL = N_("Sheet “{sheet}”, row {row}, column {letter} ({column}):")
IN_ROW = N_("Sheet “{sheet}”, row {row}:")
IN_SHEET = N_("Sheet “{sheet}”:")


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a workbook, in its own words. Row 0 is the whole sheet; no letter is the whole row."""

    sheet: str = ""
    row: int = 0
    letter: str = ""
    column: str = ""

    @property
    def short(self) -> str:
        """As formulas write it: 交售!F7."""
        return f"{self.sheet}!{self.letter or 'A'}{self.row}" if self.row else self.sheet

    def say(self, say: Say = english) -> str:
        """As people read it; "" for the whole file."""
        text = IN_CELL if self.letter else IN_ROW if self.row else IN_SHEET
        if not self.sheet:
            return ""
        return say(text).format(sheet=self.sheet, row=self.row, letter=self.letter, column=self.column)


class InWorkbook(Refusal):
    """A refusal about a place in a workbook; it says the place first."""

    def __init__(self, place: Place, **details: Any) -> None:
        super().__init__(**details)
        self.place = place

    @property
    def told(self) -> Refusal:
        """What says what is wrong: the refusal itself, or the one it carries."""
        return self

    def reason(self, say: Say = english) -> str:
        """Without the place: for the column of reasons beside the row itself."""
        return super().say(say)

    def say(self, say: Say = english) -> str:
        """Place, what is wrong, what to do."""
        return f"{self.place.say(say)} {super().say(say)}".strip()


@dataclass(frozen=True, slots=True)
class RawSheet:
    """One sheet.

    title    as its tab reads
    columns  code of a column -> (position, caption as it reads)
    rows     (row number as Excel shows it, cells by position)
    """

    title: str
    columns: Mapping[str, tuple[int, str]]
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]

    def place(self, row: int = 0, column: str = "") -> Place:
        """The place of a row, or of a column's cell in it; a column the sheet lacks points at the row."""
        if column not in self.columns:
            return Place(self.title, row)
        position, caption = self.columns[column]
        return Place(self.title, row, letters(position), caption)

    def values(self, column: str) -> Iterator[Cell]:
        """Every cell of a column, empty ones left out."""
        if column in self.columns:
            position = self.columns[column][0]
            yield from (cells[position] for _, cells in self.rows if cells[position] is not None)


@dataclass(frozen=True)
class RawBook:
    """All sheets that were found, by code."""

    name: str
    sheets: Mapping[str, RawSheet]
