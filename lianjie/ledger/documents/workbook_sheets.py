"""A workbook sheet as this package writes them: a heading, a table whose head repeats on every printed page.

Texts stay texts, whatever they begin with; money is written from whole fen, never through a float.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

A4 = 9
NAME_LENGTH = 31
HEAD_HEIGHT = 32
DIGITS = 15
"""Excel keeps 15 significant digits of a number; a longer one is written as text."""

Cell = str | int | Decimal | Fraction | None


@dataclass(frozen=True)
class Column:
    """kind: text, exact (a text at the right), money (cells in fen), number."""

    heading: str
    kind: str = "text"
    width: int = 14


class Book:
    """Formats and sheet names of one workbook."""

    def __init__(self, book: xlsxwriter.Workbook, footer: str) -> None:
        self.book = book
        self.footer = footer.replace("&", "&&")
        self.names: set[str] = set()
        plain = {"font_name": "Noto Sans CJK SC", "font_size": 10, "valign": "vcenter"}

        def form(**more: object) -> Format:
            return book.add_format(plain | more)

        self.title = form(font_size=16)
        self.note = form(font_color="#5b5f5a")
        self.head = form(text_wrap=True, bottom=1, bg_color="#e6ece2", align="center", num_format="@")
        kinds: dict[str, dict[str, object]] = {
            "text": {"num_format": "@"},
            "exact": {"num_format": "@", "align": "right"},
            "money": {"num_format": "#,##0.00"},
            "number": {"num_format": "#,##0.######"},
        }
        hair = {"bottom": 1, "bottom_color": "#c9cfc4"}
        self.cells = {kind: form(**look, **hair) for kind, look in kinds.items()}
        self.sums = {kind: form(**look, top=2) for kind, look in kinds.items()}

    def sheet(self, name: str) -> Worksheet:
        """A new sheet, A4 on its side, as many pages long as it needs but one wide."""
        made = self.book.add_worksheet(self._free_name(name))
        made.set_landscape()
        made.set_paper(A4)
        made.fit_to_pages(1, 0)
        made.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        made.set_footer(f"&L{self.footer}&C&A&R&P / &N")
        made.hide_gridlines(2)
        return made

    def _free_name(self, wanted: str) -> str:
        name = re.sub(r"[\[\]:*?/\\]", " ", wanted).strip().strip("'")[:NAME_LENGTH] or "-"
        tried, at = name, 1
        while tried.casefold() in self.names:
            at += 1
            tried = f"{name[: NAME_LENGTH - len(str(at)) - 1]} {at}"
        self.names.add(tried.casefold())
        return tried

    def headed(self, sheet: Worksheet, title: str, notes: Sequence[str]) -> int:
        """Title and notes at the top; returns the first free row."""
        sheet.set_row(0, 26)
        sheet.write_string(0, 0, title, self.title)
        for at, note in enumerate(notes, 1):
            sheet.write_string(at, 0, note, self.note)
        return len(notes) + 2

    def table(
        self,
        sheet: Worksheet,
        row: int,
        columns: Sequence[Column],
        rows: Sequence[Sequence[Cell]],
        sums: Sequence[Cell] | None = None,
        *,
        repeat: bool = True,
    ) -> int:
        """A table with its head at `row`, and its sums below; returns the first free row."""
        sheet.set_row(row, HEAD_HEIGHT)
        for at, column in enumerate(columns):
            sheet.write_string(row, at, column.heading, self.head)
        if repeat:
            for at, column in enumerate(columns):
                sheet.set_column(at, at, column.width)
            sheet.repeat_rows(row)
            sheet.freeze_panes(row + 1, min(2, len(columns) - 1))
            if rows:
                sheet.autofilter(row, 0, row + len(rows), len(columns) - 1)
        for each in rows:
            row += 1
            self._row(sheet, row, columns, each, self.cells)
        if sums is not None:
            row += 1
            self._row(sheet, row, columns, sums, self.sums)
        return row + 2

    def _row(
        self,
        sheet: Worksheet,
        row: int,
        columns: Sequence[Column],
        cells: Sequence[Cell],
        forms: dict[str, Format],
    ) -> None:
        for at, (column, cell) in enumerate(zip(columns, cells, strict=True)):
            form = forms[column.kind]
            number = _number(cell, column.kind)
            if cell is None or cell == "":
                sheet.write_blank(row, at, None, form)
            elif number is None:
                sheet.write_string(row, at, str(cell), form)
            else:
                sheet.write_number(row, at, number, form)


def _number(cell: Cell, kind: str) -> Decimal | None:
    """The number Excel can keep exactly; None for texts and for numbers it would change."""
    if cell is None or isinstance(cell, str):
        return None
    exact = Fraction(cell) / (100 if kind == "money" else 1)
    number = Decimal(exact.numerator) / Decimal(exact.denominator)
    if Fraction(number) != exact or len(number.normalize().as_tuple().digits) > DIGITS:
        return None
    return number
