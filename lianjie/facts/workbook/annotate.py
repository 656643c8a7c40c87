"""The user's own workbook back: a column of reasons on each sheet, the cells in question in red.

The only use of openpyxl, which can change a file and keep the rest of it.
"""

from collections import defaultdict
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

from django.utils.translation import get_language, gettext
from openpyxl import load_workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from lianjie.base.refusal import Refusal, Refusals
from lianjie.facts.rules.raw import InWorkbook
from lianjie.facts.rules.schema import plain
from lianjie.facts.rules.sheets import REASONS
from lianjie.facts.workbook.package import Package

RED = PatternFill("solid", fgColor="FFC7CE")
INK = Font(color="9C0006")
WIDEST = 500
MOST = 5000
"""Reasons written; a file with more is mended best from the top."""


def annotated(path_in: Path | bytes, refusal: Refusal, path_out: Path) -> bool:
    """Write the same workbook with the reasons in it. False when the file itself cannot be opened.

    Reasons stand in the reader's language, in a column after the last one; what belongs to no row
    stands on a sheet of its own. Reading the mended file passes over both.
    """
    data = path_in if isinstance(path_in, bytes) else path_in.read_bytes()
    try:
        Package(data)
    except Refusal:
        return False
    try:
        workbook = load_workbook(BytesIO(data))
    except (
        KeyError,
        OSError,
        TypeError,
        ValueError,
        InvalidFileException,
    ):  # openpyxl on parts it cannot read
        return False
    reasons = list(refusal.refusals if isinstance(refusal, Refusals) else [refusal])[:MOST]
    roomy = {sheet.title for sheet in workbook.worksheets if sheet.max_column < WIDEST}
    by_sheet: dict[str, list[InWorkbook]] = defaultdict(list)
    homeless: list[str] = []
    for each in reasons:
        if isinstance(each, InWorkbook) and each.place.row and each.place.sheet in roomy:
            by_sheet[each.place.sheet].append(each)
        else:
            homeless.append(each.say(gettext))
    _clear(workbook)
    for title, refused in by_sheet.items():
        _annotate(workbook[title], refused)
    if homeless:
        _list(workbook, homeless)
    workbook.save(path_out)
    return True


def _caption() -> str:
    return REASONS.named((get_language() or "zh-hans").lower())


def _clear(workbook: Workbook) -> None:
    """Reasons of an earlier round."""
    ours = {plain(word) for word in REASONS.spellings}
    for sheet in list(workbook.worksheets):
        if plain(sheet.title) in ours and len(workbook.sheetnames) > 1:
            workbook.remove(sheet)
            continue
        for number in range(sheet.max_column, 0, -1):
            if plain(sheet.cell(1, number).value or "") in ours:
                sheet.delete_cols(number)


def _annotate(sheet: Worksheet, refused: Iterable[InWorkbook]) -> None:
    column = sheet.max_column + 1
    _text(sheet, 1, column, _caption())
    sheet.column_dimensions[sheet.cell(1, column).column_letter].width = 70
    texts: dict[int, list[str]] = defaultdict(list)
    for each in refused:
        place = each.place
        # A cell inside a merged range takes no colour of its own; the range's first cell shows it.
        if place.letter and place.row:
            sheet[f"{place.letter}{place.row}"].fill = RED
        texts[place.row].append(
            f"{place.column}: {each.reason(gettext)}" if place.column else each.reason(gettext)
        )
    for row, lines in texts.items():
        _text(sheet, max(row, 2) if row == 1 else row, column, "\n".join(lines))


def _list(workbook: Workbook, texts: Iterable[str]) -> None:
    sheet = workbook.create_sheet(_caption(), 0)
    sheet.column_dimensions["A"].width = 110
    for number, text in enumerate(texts, 1):
        _text(sheet, number, 1, text)


def _text(sheet: Worksheet, row: int, column: int, text: str) -> None:
    """Always as text: openpyxl would make a formula of a leading “=”."""
    cell = sheet.cell(row, column)
    cell.value = f"{cell.value}\n{text}" if cell.value else text
    cell.data_type = "s"
    cell.fill, cell.font = RED, INK
    cell.alignment = Alignment(wrap_text=True, vertical="top")
