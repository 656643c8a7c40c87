"""Lists as files: CSV and workbook. No identity number is ever in them."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile
from urllib.parse import quote

import xlsxwriter
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Also full-width: Chinese spreadsheets take those for the narrow signs."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Value = str | int | Decimal


class Rows:
    """How many rows a file has; of one sent while it is written, so far."""

    def __init__(self, count: int = 0) -> None:
        self.count = count

    def counted(self, rows: Iterable[Sequence[Value]]) -> Iterator[Sequence[Value]]:
        for row in rows:
            self.count += 1
            yield row


class _Echo:
    def write(self, text: str) -> str:
        return text


def harmless(value: Value) -> Value:
    """A text a spreadsheet would run as a formula, made to stay a text."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def csv_file(name: str, heading: Sequence[str], rows: Iterable[Sequence[Value]]) -> HttpResponseBase:
    """A CSV file, sent while it is written; the mark at its start tells Excel that it is UTF-8."""
    writer = csv.writer(_Echo())

    def lines() -> Iterator[str]:
        yield "\ufeff"
        yield writer.writerow([harmless(text) for text in heading])
        for row in rows:
            yield writer.writerow([harmless(value) for value in row])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.csv"
    return response


def xlsx_file(name: str, heading: Sequence[str], rows: Iterable[Sequence[Value]]) -> HttpResponseBase:
    """A workbook of one sheet, written row by row; texts stay texts."""

    def write(path: Path) -> None:
        book = xlsxwriter.Workbook(
            path, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True, "bottom": 1})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, max(len(heading) - 1, 0), 16)
        for at, text in enumerate(heading):
            sheet.write_string(0, at, text, bold)
        for line, row in enumerate(rows, start=1):
            for at, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(line, at, value)
                else:
                    sheet.write_number(line, at, value)
        book.close()

    return sent(name, write)


def sent(name: str, write: Callable[[Path], None]) -> FileResponse:
    """A workbook, written to a file that is gone before the answer is sent: nothing is left to close."""
    with NamedTemporaryFile(suffix=".xlsx") as file:
        write(Path(file.name))
        data = BytesIO(Path(file.name).read_bytes())
    return FileResponse(data, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)


def as_asked(
    kind: str, name: str, heading: Sequence[str], rows: Iterable[Sequence[Value]]
) -> HttpResponseBase:
    """`kind` is "csv" or "xlsx". The answer's `rows` is a Rows, for the log of what was seen (taken.py)."""
    told = Rows()
    answer = (xlsx_file if kind == "xlsx" else csv_file)(name, heading, told.counted(rows))
    answer.rows = told  # type: ignore[attr-defined]
    return answer
