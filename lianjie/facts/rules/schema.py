"""How a workbook is described: sheets of columns. One description serves template, reading, checking,
export and docs. The sheets themselves are in `sheets.py`.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Literal

Kind = Literal[
    "code",
    "party",
    "area",
    "account",
    "receipt",
    "text",
    "money",
    "quantity",
    "number",
    "whole",
    "date",
    "month_day",
    "choice",
    "yes_no",
    "unit",
    "id_number",
    "phone",
    "credit_code",
    "name",
    "note",
    "year",
]
"""What a cell holds. code: a name we or the co-op gave; party and area: such a code of somebody or
somewhere; number: a decimal kept as it was written; name: a word of the plan's language; note: text that
may begin like a formula, for it is only ever written back as text."""

LANGUAGES = ("zh-hans", "zh-hant", "en")
IDENTIFIERS = {"code", "party", "area", "account", "receipt", "id_number", "phone", "credit_code"}
"""Kinds written as text both ways: Excel drops zeros and digits from numbers."""


@dataclass(frozen=True)
class Caption:
    """What people read on a sheet tab, over a column or in a drop-down."""

    hans: str
    en: str
    hant: str = ""

    def named(self, language: str) -> str:
        """In a language: "zh-hans", "zh-hant" or "en"."""
        if language == "en":
            return self.en
        return (self.hant or self.hans) if language == "zh-hant" else self.hans

    def language_of(self, text: object) -> str:
        """The language in which somebody wrote it, so that we answer in the same."""
        return next((each for each in LANGUAGES if plain(self.named(each)) == heading(text)), "zh-hans")

    @property
    def spellings(self) -> tuple[str, ...]:
        """Every way a reader may meet it."""
        return tuple(dict.fromkeys((self.hans, self.hant or self.hans, self.en)))


@dataclass(frozen=True)
class Choice:
    """One of a column's fixed answers; `also` are other words people write for it."""

    value: str
    caption: Caption
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    """One column. `code` is the field of the row it fills; `help` an English catalogue text.

    unit      of a quantity: code in base/quantity.py
    least     smallest value allowed, in the small units kept; None when any
    within    of a date: "year" lies in the book's year, "until" not after its end, "" anywhere
    """

    code: str
    caption: Caption
    kind: Kind
    help: str
    example: str = ""
    required: bool = False
    choices: tuple[Choice, ...] = ()
    unit: str = ""
    least: int | None = None
    longest: int = 120
    within: str = ""


@dataclass(frozen=True)
class Sheet:
    """One sheet. `key` names the columns that tell its rows apart; `row` is the dataclass of a row."""

    code: str
    caption: Caption
    row: type
    help: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    required: bool = False
    single: bool = False
    by_code: dict[str, Column] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_code", {c.code: c for c in self.columns})


def plain(text: object) -> str:
    """A text as it is compared: one width, no outer or invisible spaces, no case."""
    seen = unicodedata.normalize("NFKC", str(text))
    return "".join(c for c in seen if unicodedata.category(c) not in ("Cf", "Cc", "Zs")).casefold()


def tidy(text: str) -> str:
    """A text as it is kept: no invisible characters, no outer spaces; letters stay as they were typed."""
    kept = "".join(" " if unicodedata.category(c) in ("Zs", "Cc") else c for c in text)
    return "".join(c for c in kept if unicodedata.category(c) != "Cf").strip()


def heading(text: object) -> str:
    """A column caption as it is compared: its first line, without the mark of a required column."""
    lines = str(text).strip().splitlines()
    return plain(lines[0]).rstrip("*") if lines else ""


def spelled(captions: Iterable[tuple[str, Caption]]) -> dict[str, str]:
    """Compared spelling -> code."""
    return {plain(word): code for code, caption in captions for word in caption.spellings}


def choice_of(column: Column, text: str) -> str | None:
    """The value a word stands for: a caption in any language, the value itself or another word for it."""
    wanted = plain(text)
    for choice in column.choices:
        if wanted in map(plain, (choice.value, *choice.caption.spellings, *choice.also)):
            return choice.value
    return None


def nearest(text: str, known: Iterable[str]) -> str:
    """The known word most like `text`, or "" when none is."""
    found = get_close_matches(text, list(known), n=1, cutoff=0.5)
    return found[0] if found else ""


def letters(index: int) -> str:
    """Column letters as Excel shows them; the first is 0."""
    name = ""
    number = index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name


def columns_of(sheets: Iterable[Sheet], kinds: set[str]) -> Iterator[tuple[Sheet, Column]]:
    """Every column of some kinds."""
    for sheet in sheets:
        for column in sheet.columns:
            if column.kind in kinds:
                yield sheet, column
