"""A book's values back into cells: the reverse of `cells.py`, so that what we write can be read again."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from lianjie.base.quantity import written
from lianjie.facts.rules.book import Book, Row
from lianjie.facts.rules.schema import Column, Sheet
from lianjie.facts.rules.sheets import SHEETS

DIGITS = 15
"""Excel keeps 15 significant digits of a number; a longer one is written as text."""


def rows_of(book: Book, sheet: Sheet) -> tuple[Row, ...]:
    """The rows of one sheet."""
    return (book.organisation,) if sheet.single else getattr(book, sheet.code)


def filled(book: Book) -> Iterator[tuple[Sheet, tuple[Row, ...]]]:
    """Every sheet with its rows."""
    for sheet in SHEETS:
        yield sheet, rows_of(book, sheet)


def cell(column: Column, row: Row, language: str) -> str | Decimal | date | None:
    """What a column of a row is written as; None for an empty cell."""
    value = getattr(row, column.code)
    if value is None or value == "":
        return None
    if column.kind == "number" and column.code == "quantity":
        return _number(f"{_decimal(value, row.unit):f}")  # type: ignore[attr-defined]
    return _cell(column, value, language)


def _cell(column: Column, value: Any, language: str) -> str | Decimal | date:
    if column.kind in ("choice", "unit"):
        return next(c.caption.named(language) for c in column.choices if c.value == value)
    if column.kind == "yes_no":
        return column.choices[0 if value else 1].caption.named(language)
    if column.kind == "money":
        return Decimal(value).scaleb(-2)
    if column.kind == "quantity":
        return _decimal(value, column.unit)
    if column.kind == "date":
        assert isinstance(value, date)
        return value - timedelta(days=1) if column.code.endswith("until_day") else value
    if column.kind in ("whole", "year"):
        return Decimal(value)
    return _number(value) if column.kind == "number" else str(value)


def _decimal(small: int, unit: str) -> Decimal:
    """Small units as people write them; every unit's share of ten makes this exact."""
    exact = written(small, unit)
    return Decimal(exact.numerator) / Decimal(exact.denominator)


def _number(text: str) -> str | Decimal:
    return Decimal(text) if len(text.strip("-0.").replace(".", "")) <= DIGITS else text
