"""Which tab is which sheet, and which column stands where: by caption, in any of the three languages."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.rules import sheets
from lianjie.facts.rules.raw import Cell, InWorkbook, Place
from lianjie.facts.rules.schema import Sheet, heading, letters, nearest, plain, spelled


class SheetMissing(InWorkbook):
    what = N_("The sheet “{wanted}” is missing.")
    fix = N_("Name its tab “{wanted}”{nearest}; the template has it.")


class SheetTwice(InWorkbook):
    what = N_("“{sheet}” and “{other}” are the same sheet.")
    fix = N_("Put all rows on one of them and remove the other.")


class SheetUnknown(InWorkbook):
    what = N_("The sheet “{sheet}” does not belong to this workbook.")
    fix = N_("Rename it{nearest} or remove it; what it holds would be left out.")


class HeaderMissing(InWorkbook):
    what = N_("The first row holds no captions of this sheet.")
    fix = N_("Copy the first row of the template here; rows above it must go.")


class ColumnMissing(InWorkbook):
    what = N_("The column “{wanted}” is missing.")
    fix = N_("Add it with exactly this caption in the first row{nearest}.")


class ColumnTwice(InWorkbook):
    what = N_("The caption “{column}” stands over two columns.")
    fix = N_("Keep one of them.")


class ColumnUnknown(InWorkbook):
    what = N_("The caption “{column}” is not known on this sheet.")
    fix = N_("Rename the column{nearest} or remove it; what it holds would be left out.")


class ColumnUnnamed(InWorkbook):
    what = N_("Something is written under a column without a caption.")
    fix = N_("Give the column its caption in the first row, or clear it.")


def _hint(text: str) -> str:
    return f" (“{text}”)" if text else ""


@dataclass
class Tabs:
    """Tabs by the sheet they are, and what is wrong with them."""

    titles: dict[str, str] = field(default_factory=dict)
    problems: list[Refusal] = field(default_factory=list)


def tabs(titles: Sequence[str], described: Sequence[Sheet] = sheets.SHEETS) -> Tabs:
    """Match the titles of tabs to sheets; a tab nobody knows is refused, so nothing is left out unseen."""
    known = spelled((s.code, s.caption) for s in described)
    ignored = {plain(word) for caption in sheets.IGNORED_SHEETS for word in caption.spellings}
    found = Tabs()
    strange: list[str] = []
    for title in titles:
        code = known.get(plain(title))
        if code in found.titles:
            found.problems.append(SheetTwice(Place(title), sheet=title, other=found.titles[code]))
        elif code is not None:
            found.titles[code] = title
        elif plain(title) not in ignored:
            strange.append(title)
    missing = [s for s in described if s.required and s.code not in found.titles]
    for sheet in missing:
        like = nearest(sheet.caption.hans, strange)
        found.problems.append(
            SheetMissing(Place(sheet.caption.hans), wanted=sheet.caption.hans, nearest=_hint(like))
        )
    names = [s.caption.hans for s in described if s.code not in found.titles]
    found.problems += [
        SheetUnknown(Place(title), sheet=title, nearest=_hint(nearest(title, names))) for title in strange
    ]
    return found


@dataclass
class Header:
    """Columns by the code they are: (position, caption as it reads); and what is wrong with the row."""

    columns: dict[str, tuple[int, str]] = field(default_factory=dict)
    problems: list[Refusal] = field(default_factory=list)


def header(sheet: Sheet, title: str, row: Sequence[Cell], filled: frozenset[int]) -> Header:
    """Match the first row to columns. The order of columns is free.

    filled  positions of columns that hold something below the first row
    """
    known = {heading(w): c.code for c in sheet.columns for w in c.caption.spellings}
    captions = {i: _caption(cell) for i, cell in enumerate(row) if _written(cell)}
    codes = {i: known.get(heading(text)) for i, text in captions.items()}
    found = Header()
    if not any(codes.values()):
        found.problems.append(HeaderMissing(Place(title, 1)))
        return found
    for position, code in codes.items():
        place = Place(title, 1, letters(position), captions[position])
        if code in found.columns:
            found.problems.append(ColumnTwice(place, column=captions[position]))
        elif code is not None:
            found.columns[code] = (position, captions[position])
    found.problems += _strange(sheet, title, captions, codes, found.columns)
    found.problems += [
        ColumnUnnamed(Place(title, 1, letters(i), "—")) for i in sorted(filled - set(captions))
    ]
    return found


def _caption(cell: Cell) -> str:
    """The first line, without the star of a column that must be filled."""
    return str(cell).strip().splitlines()[0].rstrip("* ")


def _written(cell: Cell) -> bool:
    return cell is not None and bool(str(cell).strip())


def _strange(
    sheet: Sheet,
    title: str,
    captions: Mapping[int, str],
    codes: Mapping[int, str | None],
    columns: Mapping[str, tuple[int, str]],
) -> Iterator[Refusal]:
    """Captions nobody knows, and columns that must be there but are not."""
    reasons = {plain(word) for word in sheets.REASONS.spellings}
    strange = {i: t for i, t in captions.items() if codes[i] is None and heading(t) not in reasons}
    absent = {
        c: c.caption.named(sheet.caption.language_of(title)) for c in sheet.columns if c.code not in columns
    }
    for column, caption in absent.items():
        if column.required:
            like = nearest(caption, strange.values())
            yield ColumnMissing(Place(title, 1), wanted=caption, nearest=_hint(like))
    for position, text in strange.items():
        like = nearest(text, absent.values())
        place = Place(title, 1, letters(position), text)
        yield ColumnUnknown(place, column=text, nearest=_hint(like))
