"""Whatever people type: a book or reasons, never a fault; and what we write reads back the same."""

import dataclasses
from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from lianjie.base.refusal import Refusals
from lianjie.facts import workbook
from lianjie.facts.rules import cells, sheets
from lianjie.facts.rules.book import Book
from lianjie.facts.rules.checking import check
from lianjie.facts.rules.known import Known
from lianjie.facts.rules.raw import InWorkbook, Place, RawBook, RawSheet
from lianjie.facts.rules.schema import LANGUAGES, choice_of, heading, letters
from lianjie.facts.rules.writing import cell
from lianjie.facts.workbook import reference
from tests.facts.broken.sample import ROWS, saved, typed

TYPED = st.one_of(
    st.none(),
    st.text(max_size=30),
    st.floats(),
    st.integers(-(10**20), 10**20),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
    st.sampled_from(
        [
            "=1+1",
            "2025-02-29",
            "1e400",
            "NaN",
            "Infinity",
            "１２．５",
            "二〇二五年",
            "9" * 400,
            "~",
            "‮abc",
            "0x1F",
            "-0",
        ]
    ),
)


def raw(rows: dict[str, list[dict[str, Any]]]) -> RawBook:
    """Rows as the reader would give them."""
    found = {}
    for code, lines in rows.items():
        columns = sheets.BY_CODE[code].columns
        places = {c.code: (n, c.caption.hans) for n, c in enumerate(columns)}
        cells_of = [tuple(line.get(c.code) for c in columns) for line in lines]
        found[code] = RawSheet(sheets.BY_CODE[code].caption.hans, places, tuple(enumerate(cells_of, 2)))
    return RawBook("book.xlsx", found)


COLUMNS = [(sheet.code, column.code) for sheet in sheets.SHEETS for column in sheet.columns]


@settings(max_examples=400)
@given(st.lists(st.tuples(st.sampled_from(COLUMNS), st.integers(0, 7), TYPED), min_size=1, max_size=4))
def test_whatever_is_typed_into_a_cell_is_kept_or_refused_at_a_place(changes):
    rows = {code: [dict(line) for line in lines] for code, lines in ROWS.items()}
    for (sheet, column), number, value in changes:
        rows[sheet][number % len(rows[sheet])][column] = value
    try:
        assert isinstance(check(raw(rows), Known()), Book)
    except Refusals as refused:
        problems = refused.refusals
    else:
        problems = ()
    for each in problems:
        assert isinstance(each, InWorkbook)
        assert each.place.sheet in each.say()
        assert each.place.row > 0


@given(st.sampled_from(COLUMNS), TYPED)
@example(("deliveries", "grams"), float("inf"))
@example(("deliveries", "grams"), float("nan"))
@example(("organisation", "year"), float("nan"))
@example(("members", "day"), timedelta(days=1))
@example(("land", "due"), time(11, 30))
@example(("members", "day"), datetime(9999, 12, 31))
def test_a_cell_gives_a_value_or_one_refusal(where, value):
    column = sheets.BY_CODE[where[0]].by_code[where[1]]
    if value is None:
        return
    place = Place("表", 2, "A", column.caption.hans)
    kept, refused = None, None
    try:
        kept = cells.read(column, value, place)
    except InWorkbook as found:
        refused = found
    assert isinstance(kept, str | int | bool | date) if refused is None else refused.place == place


@st.composite
def books(draw: st.DrawFn) -> Book:
    """The sample with amounts, weights, texts and days of many sizes."""
    rows = {code: [dict(line) for line in lines] for code, lines in ROWS.items()}
    words = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=20)
    for line in rows["contributions"]:
        line["amount_fen"] = draw(st.decimals(1, 10**12, places=2, allow_nan=False)).__float__()
        line["shares_e4"] = None
        line["evidence"] = draw(words)
    for line in rows["deliveries"]:
        line["grams"] = draw(st.integers(1, 10**9)) / 1000
        line["price_fen_per_kg"] = draw(st.integers(0, 10**6)) / 100
        line["amount_fen"] = None
        line["day"] = draw(st.dates(date(2025, 1, 1), date(2025, 12, 31)))
    for line in rows["tallies"]:
        line["quantity"] = draw(st.integers(0, 10**9)) / 10000
    for line in rows["land"]:
        line["contract_extent_mu4"] = draw(st.integers(1, 10**7)) / 10000
    for line in rows["figures"]:
        line["value"] = draw(st.integers(-(10**12), 10**12)) / 100
    for line in rows["parties"]:
        line["village_group"] = draw(words)
    return check(raw(rows), Known())


@settings(max_examples=25)
@given(books(), st.sampled_from(LANGUAGES))
def test_what_is_written_reads_back_the_same(tmp_path_factory, book: Book, language: str):
    path = tmp_path_factory.mktemp("book") / "book.xlsx"
    workbook.export(book, path, language)
    assert check(workbook.read(path), Known()) == book


@given(books())
def test_every_value_is_written_as_a_cell_that_reads_as_the_same_value(book: Book):
    place = Place("表", 2, "A", "—")
    for row in book.deliveries + book.contributions + book.land:
        sheet = next(s for s in sheets.SHEETS if s.row is type(row))
        for column in sheet.columns:
            written = cell(column, row, "zh-hans")
            if written is None or column.code.endswith("until_day"):
                continue
            typed_in = written if isinstance(written, str | date) else float(written)
            assert cells.read(column, typed_in, place) == getattr(row, column.code)


def test_every_caption_and_answer_is_understood_in_three_languages():
    for sheet in sheets.SHEETS:
        captions = [heading(word) for column in sheet.columns for word in set(column.caption.spellings)]
        assert len(captions) == len(set(captions)), sheet.code
        for column in sheet.columns:
            for choice in column.choices:
                for language in LANGUAGES:
                    assert choice_of(column, choice.caption.named(language)) == choice.value


def test_the_sheet_and_its_rows_say_the_same():
    for sheet in sheets.SHEETS:
        fields = {field.name for field in dataclasses.fields(sheet.row)} - {"where"}
        assert fields == {column.code for column in sheet.columns}
        assert set(sheet.key) <= fields


def test_column_letters_are_those_of_excel():
    page = load_workbook(BytesIO(saved(typed()))).active
    assert [letters(n) for n in (0, 25, 26, 701, 702, 16383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]
    assert page["A1"].column_letter == letters(0)


def test_the_page_of_the_documentation_is_written_from_the_sheets():
    page = Path(__file__).parents[2] / "docs" / "reference" / "workbook.md"
    assert page.read_text("utf-8") == reference.markdown(), "run python -m lianjie.facts.workbook.reference"
