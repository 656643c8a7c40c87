"""The workbook described for the documentation: the same description the template is written from.

Write it anew with `python -m lianjie.facts.workbook.reference > docs/reference/workbook.md`.
"""

from collections.abc import Iterator

from lianjie.facts.rules.schema import Column
from lianjie.facts.rules.sheets import SHEETS
from lianjie.facts.workbook.package import LARGEST_FILE, MIB, MOST_ROWS

HEAD = f"""# The workbook

`lianjie template` writes it; `lianjie settle` and the page of the organisation read it. The file is
checked as a whole before anything is entered. At most {LARGEST_FILE // MIB} MiB, and {MOST_ROWS:,} rows
a sheet; put more into a second workbook of the same year, for rows entered before are passed over.

Columns may stand in any order, under a caption in any of the three languages. A row with a known key
and another content is a correction; the old row stays on record. A row left out changes nothing.
This page is written from `lianjie/facts/rules/sheets_*.py`."""


def markdown() -> str:
    """The whole page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield HEAD
    for sheet in SHEETS:
        yield f"\n## {sheet.caption.hans} · {sheet.caption.en}\n"
        yield f"{sheet.help} Key: {', '.join(sheet.by_code[c].caption.en for c in sheet.key)}.\n"
        yield "| column | 列 | needed | what to write |"
        yield "|---|---|---|---|"
        yield from (_row(column) for column in sheet.columns)


def _row(column: Column) -> str:
    answers = ", ".join(f"{c.caption.hans} ({c.caption.en})" for c in column.choices)
    text = f"{column.help} {answers}".strip()
    return f"| {column.caption.en} | {column.caption.hans} | {'yes' if column.required else ''} | {text} |"


if __name__ == "__main__":
    print(markdown(), end="")
