"""Typst: a template of this package and data in, a PDF or a picture out.

Data go in as JSON, never as markup, so no name can set type. Same data, same day: same bytes.
"""

import json
import threading
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import typst

from lianjie.ledger.documents.fonts import FAMILIES, FOLDER, printable

TEMPLATES = Path(__file__).resolve().parent / "templates"
LARGE = 200_000
_one_at_a_time = threading.Lock()
"""A typst compiler serves one caller at a time."""


def pdf(template: str, data: dict[str, Any], *, language: str, dated: date, tagged: bool = True) -> bytes:
    """The template set with `data`, fonts embedded, tagged for reading aloud unless it is only for print."""
    return _compile(template, data, language, dated, "pdf", None, tagged)


def png(template: str, data: dict[str, Any], *, language: str, dated: date, ppi: float) -> bytes:
    """A one-page template as a picture."""
    return _compile(template, data, language, dated, "png", ppi)


def _compile(
    template: str,
    data: dict[str, Any],
    language: str,
    dated: date,
    kind: Literal["pdf", "png"],
    ppi: float | None,
    tagged: bool = True,
) -> bytes:
    body = {**_printable(data), "font": FAMILIES[language], "language": language}
    text = json.dumps(body, ensure_ascii=False)
    instant = datetime(dated.year, dated.month, dated.day, tzinfo=UTC)
    with _one_at_a_time:
        made = _compiler().compile(
            str(TEMPLATES / template),
            format=kind,
            ppi=ppi,
            sys_inputs={"data": text},
            timestamp=int(instant.timestamp()),
            pdf_tags=tagged,
        )
        if len(text) > LARGE:
            _forget()
    assert isinstance(made, bytes), "one page was expected"
    return made


def _forget() -> None:
    """Typst keeps what the last ten compilations made; after a large one that is hundreds of megabytes."""
    for _ in range(11):
        _compiler().compile(b"-", format="pdf", timestamp=0)


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {key: _printable(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(each) for each in value]
    return value


@lru_cache(maxsize=1)
def _compiler() -> typst.Compiler:
    return typst.Compiler(root=str(TEMPLATES), font_paths=[str(FOLDER)], ignore_system_fonts=True)
