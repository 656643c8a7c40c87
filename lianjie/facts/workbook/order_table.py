"""A platform's order file as a table of texts: .xlsx, or .csv in UTF-8 or GB18030.

Cells stay texts, because an order number is no figure. A figure of a workbook is written as Excel shows it.
"""

import csv
import re
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO, StringIO
from itertools import islice
from pathlib import Path

import polars as pl
import xlsxwriter
from django.utils.translation import get_language
from python_calamine import CalamineError, CalamineWorkbook

from lianjie.base.circles import no_circles
from lianjie.base.words import Say
from lianjie.facts.rules.order_file import (
    OrderCharactersUnknown,
    OrderFileTooLarge,
    OrderFileTooLong,
    OrderFileUnreadable,
    OrderFileWithoutRows,
)
from lianjie.facts.rules.raw import InWorkbook
from lianjie.facts.rules.schema import letters, tidy
from lianjie.facts.rules.sheets import REASONS
from lianjie.facts.workbook.package import MIB, FileIsDamaged, Package

__all__ = ["LARGEST", "OrderFileTooLarge", "OrderTable", "annotated", "read"]
LARGEST = 60 * MIB
MOST_ROWS = 400_000
MOST_COLUMNS = 200
ROW = "row"
BROKEN = "≈"
"""Begins a text that was a figure of more digits than a figure holds."""
WRAPPED = re.compile(r'^="?(.*?)"?$')


@dataclass(frozen=True)
class OrderTable:
    """A file as read.

    frame  one column `row` (number of the row in the file), then "0", "1", … as texts; nothing is null
    """

    name: str
    sheet: str
    captions: tuple[str, ...]
    frame: pl.DataFrame

    def keep(self, path: Path) -> None:
        """Keep what was read, so that the next step need not read the file again."""
        named = {"name": self.name, "sheet": self.sheet, "captions": "\t".join(self.captions)}
        self.frame.write_parquet(path, compression="lz4", metadata=named)

    @staticmethod
    def kept(path: Path) -> "OrderTable":
        """What `keep` kept."""
        named = pl.read_parquet_metadata(path)
        captions = tuple(named["captions"].split("\t"))
        return OrderTable(named["name"], named["sheet"], captions, pl.read_parquet(path))


def read(data: bytes, name: str) -> OrderTable:
    """Read a whole file. Refuses with what is wrong with the file itself."""
    if data.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        Package(data, LARGEST)
        sheet, frame = _workbook(BytesIO(data))
    elif b"\0" in data[:4096]:
        raise OrderFileUnreadable(name=name)
    else:
        sheet, frame = "CSV", _text(data, name)
    return _headed(name, sheet, frame)


def _headed(name: str, sheet: str, frame: pl.DataFrame) -> OrderTable:
    """The captions are the first row with at least three texts; what stands above is a title."""
    if frame.height > MOST_ROWS:
        raise OrderFileTooLong(rows=frame.height, most=MOST_ROWS)
    top = next((n for n, row in enumerate(frame.head(20).iter_rows()) if sum(map(bool, row)) >= 3), None)
    if top is None or frame.height <= top + 1:
        raise OrderFileWithoutRows(name=name)
    captions = [tidy(text).replace("\t", " ") for text in frame.row(top)]
    while captions and not captions[-1]:
        captions.pop()
    columns = list(map(str, range(len(captions))))
    body = frame.slice(top + 1).select(pl.nth(range(len(captions))))
    body.columns = columns
    filled = body.with_row_index(ROW, offset=top + 2).filter(pl.any_horizontal(pl.col(columns) != ""))
    if not filled.height:
        raise OrderFileWithoutRows(name=name)
    return OrderTable(name, sheet, tuple(captions), filled)


@no_circles()
def _workbook(file: BytesIO) -> tuple[str, pl.DataFrame]:
    try:
        book = CalamineWorkbook.from_filelike(file)
        title = book.sheet_names[0]
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
        columns = islice(zip(*rows, strict=True), MOST_COLUMNS)
        return title, pl.DataFrame([_texts(str(at), cells) for at, cells in enumerate(columns)])
    except (CalamineError, IndexError) as error:
        raise FileIsDamaged(part=str(error)) from None


def _texts(name: str, cells: tuple) -> pl.Series:
    try:
        return pl.Series(name, cells, pl.String, strict=True)
    except TypeError:
        return pl.Series(name, [cell if type(cell) is str else _cell(cell) for cell in cells], pl.String)


def _cell(cell: object) -> str:
    """A cell that is no text, as Excel shows it."""
    if isinstance(cell, float):
        if abs(cell) >= 1e15:
            return f"{BROKEN}{cell:.0f}"
        return str(int(cell)) if cell.is_integer() else f"{cell:.6f}".rstrip("0")
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else str(cell)


def _text(data: bytes, name: str) -> pl.DataFrame:
    text = _decoded(data)
    line = text[: text.find("\n") if "\n" in text else len(text)]
    mark = max(",\t;", key=line.count)
    try:
        frame = pl.read_csv(
            text.encode(), has_header=False, infer_schema=False, separator=mark, truncate_ragged_lines=True
        )
    except pl.exceptions.PolarsError:
        # A title above the captions has fewer cells than they have: read by the slower, kinder reader.
        frame = _kind(text, mark, name)
    plain = pl.all().fill_null("").str.strip_chars("\t '")
    frame = frame.select(plain)
    if '="' in text:
        frame = frame.select(pl.all().str.replace(WRAPPED.pattern, "$1"))
    return frame


def _kind(text: str, mark: str, name: str) -> pl.DataFrame:
    try:
        rows = list(csv.reader(StringIO(text), delimiter=mark))
    except csv.Error:
        raise OrderFileUnreadable(name=name) from None
    wide = min(max(map(len, rows), default=0), MOST_COLUMNS)
    columns = {str(at): [row[at] if at < len(row) else "" for row in rows] for at in range(wide)}
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))


def _decoded(data: bytes) -> str:
    """UTF-8 with or without its mark, else GB18030. Refuses with OrderCharactersUnknown."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError as error:
            row = data.count(b"\n", 0, error.start) + 1
    raise OrderCharactersUnknown(row=row)


def annotated(table: OrderTable, problems: list[InWorkbook], path: Path, say: Say) -> None:
    """The same rows as a workbook, with a column of reasons and the cells in question in red.

    It reads like the file it came from: mended, it can be brought in as it is.
    """
    by_row: dict[int, list[InWorkbook]] = {}
    for each in problems:
        by_row.setdefault(each.place.row, []).append(each)
    book = xlsxwriter.Workbook(
        path, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(table.sheet[:31] or "CSV")
    bold = book.add_format({"bold": True, "bottom": 1})
    red = book.add_format({"bg_color": "#FFC7CE", "font_color": "#9C0006", "text_wrap": True})
    last = len(table.captions)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, last - 1, 16)
    sheet.set_column(last, last, 70)
    for at, caption in enumerate(table.captions):
        sheet.write_string(0, at, caption, bold)
    sheet.write_string(0, last, REASONS.named((get_language() or "zh-hans").lower()), bold)
    for line, row in enumerate(table.frame.iter_rows(), 1):
        wrong = by_row.get(row[0], ())
        marked = {each.place.letter for each in wrong}
        for at, text in enumerate(row[1:]):
            if text:
                sheet.write_string(line, at, text, red if letters(at) in marked else None)
        if wrong:
            sheet.write_string(line, last, "\n".join(_reason(each, say) for each in wrong), red)
    book.close()


def _reason(each: InWorkbook, say: Say) -> str:
    return f"{each.place.column}: {each.reason(say)}" if each.place.column else each.reason(say)
