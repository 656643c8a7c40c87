"""A raw book and what the registry knows -> a book, or every problem in it at once."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from lianjie.base.quantity import NotAQuantity, small_units, unit
from lianjie.base.refusal import Finding, Refusal, Refusals
from lianjie.base.words import N_
from lianjie.facts.rules import cells, lawful, references, sheets
from lianjie.facts.rules.book import Book
from lianjie.facts.rules.cells import CellEmpty, TooFine
from lianjie.facts.rules.draft import ONE_DAY, Draft, EnteredTwice, Line
from lianjie.facts.rules.known import Known
from lianjie.facts.rules.raw import InWorkbook, Place, RawBook, RawSheet
from lianjie.facts.rules.schema import Column, Sheet


class SheetEmpty(InWorkbook):
    what = N_("The sheet holds no row.")
    fix = N_("Fill in the row below the captions.")


class OneRowOnly(InWorkbook):
    what = N_("This sheet takes one row only.")
    fix = N_("Remove this row; a book is about one organisation and one year.")


class NotInYear(InWorkbook):
    what = N_("The day {text} is not in {year}, the year of this book.")
    fix = N_("Correct the day, or enter the row in the book of its own year.")


class AfterYear(InWorkbook):
    what = N_("The day {text} lies after {year}, the year of this book.")
    fix = N_("Correct the day, or enter the row in the book of its own year.")


class EndsBeforeItBegins(InWorkbook):
    what = N_("The last day {last} is before the first day {first}.")
    fix = N_("Give a last day on or after the first day.")


ORDER = {word: n for n, sheet in enumerate(sheets.SHEETS) for word in sheet.caption.spellings}


def check(raw: RawBook, known: Known) -> Book:
    """Understand a whole book. Refuses with Refusals naming every problem; writes nothing.

    Cells come first, then rows, then what rows say about each other; a cell that was refused is not
    complained about again.
    """
    problems: list[Refusal] = []
    draft = Draft(
        known, {code: lines(sheets.BY_CODE[code], raw.sheets[code], problems) for code in raw.sheets}
    )
    problems += _one_organisation(raw, draft)
    for rule in (_twice, _days, _spells, *references.CHECKS, *lawful.CHECKS):
        problems += rule(draft)
    if problems:
        raise Refusals(sorted(problems, key=_order))
    return _book(draft, tuple(finding for look in lawful.LOOKS for finding in look(draft)))


def _order(problem: Refusal) -> tuple[int, int]:
    """By sheet as the workbook lists them, then by row."""
    place = getattr(problem, "place", Place())
    return (ORDER.get(place.sheet, -1), place.row)


def lines(sheet: Sheet, raw: RawSheet, problems: list[Refusal]) -> list[Line]:
    """The rows of one sheet with their cells read; what could not be read is added to `problems`."""
    wanted = [(column, raw.columns[column.code][0]) for column in sheet.columns if column.code in raw.columns]
    return [_line(Line(sheet, raw, number), row, wanted, problems) for number, row in raw.rows]


def _line(
    line: Line, row: tuple[Any, ...], wanted: list[tuple[Column, int]], problems: list[Refusal]
) -> Line:
    """Read one row; a refused cell is left out of its values."""
    for column, position in wanted:
        cell = row[position]
        try:
            if cell is not None:
                line.values[column.code] = cells.read(column, cell, line.place(column.code))
            elif column.required:
                raise CellEmpty(line.place(column.code), example=_example(column))
        except InWorkbook as refusal:
            line.broken = True
            problems.append(refusal)
    _last_days(line)
    _small_units(line, problems)
    return line


def _example(column: Column) -> str:
    return column.example or (column.choices[0].caption.hans if column.choices else "…")


def _last_days(line: Line) -> None:
    """People write last days; we keep the day after, where the period stops."""
    for column in line.sheet.columns:
        if column.code.endswith("until_day") and line.get(column.code):
            line.values[column.code] += ONE_DAY


def _small_units(line: Line, problems: list[Refusal]) -> None:
    """A number becomes whole small units of the unit beside it."""
    quantity = line.sheet.by_code.get("quantity")
    if quantity is None or quantity.kind != "number" or "quantity" not in line.values:
        return
    if "unit" not in line.values:
        # A unit that was refused is not complained about again.
        if not line.broken:
            problems.append(CellEmpty(line.place("unit"), example=_example(line.sheet.by_code["unit"])))
        line.broken = True
        return
    code = line.values["unit"]
    try:
        line.values["quantity"] = small_units(line.values["quantity"], code)
    except NotAQuantity:
        line.broken = True
        place = line.place("quantity")
        problems.append(TooFine(place, text=line.values.pop("quantity"), places=unit(code).places))


def _one_organisation(raw: RawBook, draft: Draft) -> Iterator[Refusal]:
    rows = draft.of("organisation")
    if "organisation" in raw.sheets and not rows:
        yield SheetEmpty(raw.sheets["organisation"].place(2))
    for line in rows[1:]:
        yield OneRowOnly(line.place("code"))


def _twice(draft: Draft) -> Iterator[Refusal]:
    """Same key twice on a sheet. The sheets of who have a check of their own: codes are shared by both."""
    for code, lines in draft.lines.items():
        if code in ("organisation", "parties", "people", "members", "land"):
            continue
        seen: dict[tuple[Any, ...], int] = {}
        for line in lines:
            key = tuple(line.get(column) for column in line.sheet.key)
            if key[0] is None:
                continue
            if key in seen:
                text = " ".join(str(part) for part in key if part is not None)
                yield EnteredTwice(line.place(line.sheet.key[0]), key=text, first=seen[key])
            seen.setdefault(key, line.number)


def _days(draft: Draft) -> Iterator[Refusal]:
    """Days that must lie in the book's year, or not after it."""
    if draft.year is None:
        return
    first, after = date(draft.year, 1, 1), date(draft.year + 1, 1, 1)
    for code, lines in draft.lines.items():
        limited = [c for c in sheets.BY_CODE[code].columns if c.within]
        for line in lines:
            for column in limited:
                day = line.get(column.code)
                if day is None:
                    continue
                if column.within == "year" and not first <= day < after:
                    yield NotInYear(line.place(column.code), text=day.isoformat(), year=draft.year)
                elif day >= after:
                    yield AfterYear(line.place(column.code), text=day.isoformat(), year=draft.year)


SPELLS = (
    ("day", "until_day"),
    ("lease_day", "lease_until_day"),
    ("day", "contract_until_day"),
    ("day", "right_until_day"),
)


def _spells(draft: Draft) -> Iterator[Refusal]:
    for lines in draft.lines.values():
        for line in lines:
            for start, until in SPELLS:
                first, end = line.get(start), line.get(until)
                if first and end and end <= first:
                    yield EndsBeforeItBegins(line.place(until), last=end - ONE_DAY, first=first)


def _book(draft: Draft, findings: tuple[Finding, ...]) -> Book:
    assert draft.organisation is not None, "a book without problems has its one organisation"
    rows = {
        code: tuple(_row(line) for line in lines)
        for code, lines in draft.lines.items()
        if code != "organisation"
    }
    return Book(organisation=_row(draft.organisation), findings=findings, **rows)


def _row(line: Line) -> Any:
    return line.sheet.row(where=f"{line.raw.title}!A{line.number}", **line.values)
