"""Papers made of tables, for the wall or for an office: a title, facts, parts with a table each.

Everything comes as finished texts in the reader's language.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from lianjie.base.words import N_, Say
from lianjie.ledger.documents import typesetting

TEMPLATE = "tables.typ"
WORDS = {"invented": N_("Invented example: no real people"), "page": N_("Page {page} of {pages}")}


@dataclass(frozen=True)
class Column:
    """A column: its heading, set to the right for numbers, `long` takes the room that is left."""

    title: str
    right: bool = False
    long: bool = False


@dataclass(frozen=True)
class Part:
    """A table with its heading, a text above it, and sums below; or only lines of text in `list`."""

    title: str = ""
    text: str = ""
    columns: Sequence[Column] = ()
    rows: Sequence[Sequence[str]] = ()
    sums: Sequence[str] = ()
    list: Sequence[str] = ()
    break_before: bool = False


@dataclass(frozen=True)
class Paper:
    """One paper. `wide` lays it on its side."""

    title: str
    name: str
    code: str
    area: str
    invented: bool
    facts: Sequence[tuple[str, str]] = ()
    parts: Sequence[Part] = ()
    signatures: Sequence[str] = field(default_factory=tuple)
    wide: bool = False


def tables_pdf(paper: Paper, *, language: str, say: Say, dated: date) -> bytes:
    """The paper as PDF."""
    data: dict[str, Any] = {
        "title": paper.title,
        "words": {key: say(text) for key, text in WORDS.items()},
        "issuer": {
            "name": paper.name,
            "code": paper.code,
            "area": paper.area,
            "invented": paper.invented,
            "mark": "",
        },
        "facts": [list(fact) for fact in paper.facts],
        "parts": [_part(each) for each in paper.parts],
        "signatures": list(paper.signatures),
        "wide": paper.wide,
    }
    return typesetting.pdf(TEMPLATE, data, language=language, dated=dated)


def _part(part: Part) -> dict[str, Any]:
    return {
        "title": part.title,
        "text": part.text,
        "columns": [{"title": c.title, "right": c.right, "long": c.long} for c in part.columns],
        "rows": [list(row) for row in part.rows],
        "sums": list(part.sums),
        "list": list(part.list),
        "break_before": part.break_before,
    }
