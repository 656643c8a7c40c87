"""File -> RawBook: guards first, then tabs and captions, then the cells as they are."""

import re
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from lianjie.base.refusal import Refusal, Refusals
from lianjie.base.words import N_
from lianjie.facts.rules import sheets
from lianjie.facts.rules.raw import Cell, InWorkbook, Place, RawBook, RawSheet
from lianjie.facts.rules.schema import Sheet, letters
from lianjie.facts.rules.tabs import header, tabs
from lianjie.facts.workbook import package
from lianjie.facts.workbook.package import FileIsDamaged, FileIsEmpty, FileTooLarge, Package


class TooManyRows(InWorkbook):
    what = N_("The sheet has {rows} rows; at most {most} are read.")
    fix = N_("Put the rest into a second workbook of the same year; rows entered before are passed over.")


class TooManyColumns(InWorkbook):
    what = N_("Something stands in column {last}, far beyond the last caption.")
    fix = N_("Delete the columns after the last caption.")


class CellsMerged(InWorkbook):
    what = N_("The cells {range} are merged.")
    fix = N_("Unmerge them and fill in every row.")


class CellIsFormula(InWorkbook):
    what = N_("The cell is counted by a formula.")
    fix = N_("Copy the cell and paste it back as a value.")


class CellIsError(InWorkbook):
    what = N_("The cell shows the error {text}.")
    fix = N_("Type the value itself.")


def read(source: Path | bytes, name: str = "", described: Sequence[Sheet] = sheets.SHEETS) -> RawBook:
    """Read a whole workbook; nothing in it is understood yet.

    described  the sheets it may have: those of a year, or the registers

    Refuses with one refusal about the file, or with Refusals naming every sheet, column and cell that
    stands in the way.
    """
    data = source if isinstance(source, bytes) else _contents(source)
    parts = Package(data).sheet_parts()
    try:
        return _read(data, parts, name or (source.name if isinstance(source, Path) else ""), described)
    except CalamineError as error:
        raise FileIsDamaged(part=str(error)) from None


def _contents(path: Path) -> bytes:
    size = path.stat().st_size
    if size > package.LARGEST_FILE:
        raise FileTooLarge(size=-(-size // package.MIB), most=package.LARGEST_FILE // package.MIB)
    if not size:
        raise FileIsEmpty
    return path.read_bytes()


def _read(data: bytes, parts: dict[str, bytes], name: str, described: Sequence[Sheet]) -> RawBook:
    workbook = CalamineWorkbook.from_filelike(BytesIO(data))
    found = tabs(workbook.sheet_names, described)
    by_code = {sheet.code: sheet for sheet in described}
    problems: list[Refusal] = list(found.problems)
    raw: dict[str, RawSheet] = {}
    for code, title in found.titles.items():
        size = _size(title, parts.get(title, b""))
        if size is not None:
            problems.append(size)
            continue
        sheet = workbook.get_sheet_by_name(title)
        read = _sheet(by_code[code], title, sheet, problems)
        if read is not None:
            raw[code] = read
            problems += _cells(read, sheet, parts.get(title, b""))
    if problems:
        raise Refusals(problems)
    return RawBook(name, raw)


def _size(title: str, xml: bytes) -> Refusal | None:
    """Looked at before the sheet is parsed: one far cell would fill the memory with empty ones."""
    rows = package.last_row(xml)
    if rows > package.MOST_ROWS + 1:
        return TooManyRows(Place(title), rows=rows - 1, most=package.MOST_ROWS)
    columns = package.last_column(xml)
    if columns > package.MOST_COLUMNS:
        last = letters(columns - 1)
        return TooManyColumns(Place(title, 1, last, "—"), last=last)
    return None


def _sheet(described: Sheet, title: str, sheet: CalamineSheet, problems: list[Refusal]) -> RawSheet | None:
    """The rows that hold something; None for a tab nobody wrote on, unless it is needed."""
    rows = [tuple(map(_cell, row)) for row in sheet.to_python(skip_empty_area=False)]
    if not any(cell is not None for row in rows for cell in row) and not described.required:
        return None
    filled = frozenset(i for row in rows[1:] for i, cell in enumerate(row) if cell is not None)
    top = header(described, title, rows[0] if rows else (), filled)
    problems += top.problems
    numbered = ((n, row) for n, row in enumerate(rows[1:], 2))
    ours = {position for position, _ in top.columns.values()}
    kept = tuple((n, row) for n, row in numbered if any(row[i] is not None for i in ours))
    return RawSheet(title, top.columns, kept)


def _cell(cell: Cell) -> Cell:
    """Empty text is no text."""
    return None if isinstance(cell, str) and not cell.strip() else cell


def _cells(raw: RawSheet, sheet: CalamineSheet, xml: bytes) -> list[Refusal]:
    """Formulas, errors and merged cells."""
    problems: list[Refusal] = []
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        text = f"{letters(left)}{top + 1}:{letters(right)}{bottom + 1}"
        problems.append(CellsMerged(_place(raw, f"{letters(left)}{top + 1}"), range=text))
    errors = dict(package.errors(xml))
    problems += [CellIsError(_place(raw, ref), text=text) for ref, text in errors.items()]
    problems += [CellIsFormula(_place(raw, ref)) for ref in package.formulas(xml) if ref not in errors]
    return problems


def _place(raw: RawSheet, reference: str) -> Place:
    """The place a reference such as "B7" stands for."""
    letter, row = re.fullmatch(r"([A-Z]+)(\d+)", reference).groups()
    caption = next((text for i, text in raw.columns.values() if letters(i) == letter), "—")
    return Place(raw.title, int(row), letter, caption)
