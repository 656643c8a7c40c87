"""`lianjie template`: the workbook to fill in."""

from pathlib import Path

from django.utils.translation import get_language

from lianjie.facts import workbook


def write(path: Path, language: str | None = None) -> None:
    """Write the template in a language; without one, in the reader's own."""
    workbook.template(Path(path), (language or get_language() or "zh-hans").lower())
