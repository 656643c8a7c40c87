"""The template people fill in, and a book written out as the same workbook.

XlsxWriter only: it writes text as text. Nothing of a fact can become a formula, a link or a number.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils import translation
from django.utils.translation import gettext
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from lianjie.base.words import N_
from lianjie.facts.rules import writing
from lianjie.facts.rules.book import Book
from lianjie.facts.rules.schema import IDENTIFIERS, Caption, Column, Sheet, letters
from lianjie.facts.rules.sheets import EXAMPLE_SHEET, HELP_SHEET, IGNORED_SHEETS, SHEETS

PLAIN = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "constant_memory": False,
    "default_date_format": "yyyy-mm-dd",
}
LAST_ROW = 50_000
LISTS = IGNORED_SHEETS[2]
FORMATS = {"money": "#,##0.00", "date": "yyyy-mm-dd", "quantity": "#,##0.####", "whole": "0", "year": "0"}

INTRODUCTION = (
    N_("Fill in one row per fact, from the left sheet to the right. Columns marked * must be filled."),
    N_("Codes, receipts and identity numbers are text: never let Excel turn them into numbers."),
    N_("Days are written year first: 2025-03-05. Amounts are yuan with at most two decimals."),
    N_("Paste values only: no formulas, no merged cells. Leave the first row as it is."),
    N_("The whole workbook is checked before anything is entered; a row entered before is passed over."),
    N_("A row with the same code and another content is a correction; the old one is kept beside it."),
)


@dataclass(frozen=True)
class Layout:
    """What a workbook says of itself. `title` and `introduction` are catalogue texts."""

    title: str
    sheets: Sequence[Sheet]
    introduction: Sequence[str]


def template(path: Path, language: str = "zh-hans") -> None:
    """Write the empty workbook, with help, drop-downs and examples, in one language."""
    _write(path, language, None)


def export(book: Book, path: Path, language: str = "zh-hans") -> None:
    """Write a book as the workbook it could have been read from."""
    _write(path, language, book)


def _write(path: Path, language: str, book: Book | None) -> None:
    rows = ((sheet, () if book is None else writing.rows_of(book, sheet)) for sheet in SHEETS)
    write(path, language, Layout(N_("The year's workbook of a cooperative"), SHEETS, INTRODUCTION), rows)


def write(path: Path, language: str, layout: Layout, rows: Iterable[tuple[Sheet, Iterable[Any]]]) -> None:
    """Write a workbook of any sheets: help, each sheet with its rows, examples, lists of answers."""
    with translation.override(language), xlsxwriter.Workbook(str(path), PLAIN) as workbook:
        writer = _Writer(workbook, language, layout)
        writer.help()
        for sheet, some in rows:
            writer.sheet(sheet, some)
        writer.examples()
        writer.lists()


class _Writer:
    """Writes one workbook in one language."""

    def __init__(self, workbook: Workbook, language: str, layout: Layout) -> None:
        self.workbook = workbook
        self.layout = layout
        self.language = language
        self.top = workbook.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#E4EEE6", "bottom": 1}
        )
        self.needed = workbook.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#CFE3D3", "bottom": 2}
        )
        self.text = workbook.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
        self.strong = workbook.add_format({"bold": True, "font_size": 14})
        self.formats: dict[str, Format] = {}
        self.choices: list[Column] = []
        self.by_values: dict[tuple[str, ...], str] = {}

    def named(self, caption: Caption) -> str:
        return caption.named(self.language)

    def format(self, column: Column) -> Format:
        """Identifiers are text, or Excel drops their digits; every cell below the captions is open."""
        code = (
            "@" if column.kind in IDENTIFIERS or column.kind in ("text", "name", "note", "month_day") else ""
        )
        code = code or FORMATS.get(column.kind, "General")
        if code not in self.formats:
            self.formats[code] = self.workbook.add_format({"num_format": code, "locked": False})
        return self.formats[code]

    def quoted(self) -> Format:
        """For text that begins like a formula: stays text when somebody edits the cell."""
        if "quoted" not in self.formats:
            settings = {"num_format": "@", "locked": False, "quote_prefix": True}
            self.formats["quoted"] = self.workbook.add_format(settings)
        return self.formats["quoted"]

    def sheet(self, sheet: Sheet, rows: Iterable[Any]) -> None:
        page = self.workbook.add_worksheet(self.named(sheet.caption))
        page.freeze_panes(1, 1)
        page.set_row(0, 34)
        _on_paper(page)
        page.repeat_rows(0)
        for number, column in enumerate(sheet.columns):
            page.set_column(number, number, _width(column), self.format(column))
            page.write_string(0, number, self.heading(column), self.needed if column.required else self.top)
            page.data_validation(1, number, LAST_ROW, number, self.validation(column))
        page.protect("", UNLOCKED)
        for index, row in enumerate(rows, 1):
            for number, column in enumerate(sheet.columns):
                self.cell(page, index, number, column, writing.cell(column, row, self.language))

    def heading(self, column: Column) -> str:
        """The caption, English under a Chinese one; a star when the column must be filled."""
        star = " *" if column.required else ""
        under = "" if self.language == "en" else f"\n{column.caption.en}"
        return f"{self.named(column.caption)}{star}{under}"

    def cell(
        self, page: Worksheet, row: int, number: int, column: Column, value: str | Decimal | date | None
    ) -> None:
        if isinstance(value, Decimal):
            page.write_number(row, number, float(value), self.format(column))
        elif isinstance(value, date):
            page.write_datetime(row, number, value, self.format(column))
        elif value is not None:
            page.write_string(row, number, value, self.guarded(column, value))

    def guarded(self, column: Column, text: str) -> Format:
        return self.quoted() if text[0] in "=+-@＝＋－＠\t\r\n" else self.format(column)

    def validation(self, column: Column) -> dict[str, object]:
        """What Excel itself refuses or offers; our own check is the one that counts."""
        shown = {
            "ignore_blank": True,
            "input_title": self.named(column.caption)[:32],
            "input_message": _said(column.help)[:255],
        }
        if column.choices:
            return shown | {"validate": "list", "source": f"={self.list_of(column)}"}
        if column.kind == "date":
            first, last = date(1949, 10, 1), date(2199, 12, 31)
            return shown | {"validate": "date", "criteria": "between", "minimum": first, "maximum": last}
        if column.kind in ("money", "quantity", "whole"):
            least = -(10**13) if column.least is None else 0
            return shown | {"validate": "decimal", "criteria": ">=", "value": least}
        if column.kind in ("id_number", "credit_code"):
            return shown | {"validate": "length", "criteria": "==", "value": 18}
        return shown | {"validate": "any"}

    def list_of(self, column: Column) -> str:
        """The defined name of the column's answers on the hidden sheet of lists."""
        values = tuple(self.named(choice.caption) for choice in column.choices)
        if values not in self.by_values:
            self.by_values[values] = f"answers_{len(self.by_values) + 1}"
        return self.by_values[values]

    def lists(self) -> None:
        title = self.named(LISTS)
        page = self.workbook.add_worksheet(title)
        for number, (values, name) in enumerate(self.by_values.items()):
            page.write_column(0, number, values)
            letter = letters(number)
            self.workbook.define_name(name, f"='{title}'!${letter}$1:${letter}${len(values)}")
        page.hide()

    def help(self) -> None:
        page = self.workbook.add_worksheet(self.named(HELP_SHEET))
        _on_paper(page)
        page.set_column(0, 1, 20)
        page.set_column(2, 2, 8)
        page.set_column(3, 5, 44)
        page.write_string(0, 0, gettext(self.layout.title), self.strong)
        for number, text in enumerate(self.layout.introduction, 1):
            page.write_string(number, 0, gettext(text))
        start = len(self.layout.introduction) + 2
        captions = (
            N_("Sheet"),
            N_("Column"),
            N_("Needed"),
            N_("What to write"),
            N_("Answers"),
            N_("Example"),
        )
        for number, text in enumerate(captions):
            page.write_string(start, number, gettext(text), self.top)
        for number, line in enumerate(self.help_lines(), start + 1):
            about_sheet = not line[1]
            for place, text in enumerate(line):
                page.write_string(number, place, text, self.top if about_sheet else self.text)
        page.protect()

    def help_lines(self) -> Iterator[tuple[str, ...]]:
        for sheet in self.layout.sheets:
            title = self.named(sheet.caption)
            yield title, "", gettext("yes") if sheet.required else "", _said(sheet.help), "", ""
            for column in sheet.columns:
                answers = "、".join(self.named(choice.caption) for choice in column.choices)
                needed = gettext("yes") if column.required else ""
                help_text = _said(column.help)
                yield title, self.named(column.caption), needed, help_text, answers, self.example(column)

    def example(self, column: Column) -> str:
        """An example in the sheet's language: answers are in Chinese in the description."""
        for choice in column.choices:
            if column.example and column.example == choice.caption.hans:
                return self.named(choice.caption)
        return column.example

    def examples(self) -> None:
        """A filled row of every sheet, on a sheet of its own that nobody reads back."""
        page = self.workbook.add_worksheet(self.named(EXAMPLE_SHEET))
        _on_paper(page)
        page.set_column(0, 20, 18)
        for number, sheet in enumerate(self.layout.sheets):
            page.write_string(number * 4, 0, self.named(sheet.caption), self.strong)
            for place, column in enumerate(sheet.columns):
                page.write_string(number * 4 + 1, place, self.named(column.caption), self.top)
                page.write_string(number * 4 + 2, place, self.example(column), self.text)
        page.protect()


UNLOCKED = dict.fromkeys(
    ("insert_rows", "delete_rows", "sort", "autofilter", "format_columns", "format_cells"), True
)


def _said(text: str) -> str:
    """A catalogue text; a column that explains itself has none."""
    return gettext(text) if text else ""


def _on_paper(page: Worksheet) -> None:
    """A4 across, one page wide."""
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)


def _width(column: Column) -> int:
    return {"text": 22, "note": 22, "id_number": 21, "credit_code": 21, "area": 16, "date": 13}.get(
        column.kind, 15
    )
