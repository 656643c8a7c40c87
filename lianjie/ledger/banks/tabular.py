"""Batches as delimited text or Excel, and the answers that come back so."""

import io
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

import python_calamine
import xlsxwriter

from lianjie.base.refusal import Refusals
from lianjie.ledger.banks.layout import Layout
from lianjie.ledger.rules.payment_file import (
    BatchFile,
    Payment,
    ReturnStatusUnknown,
    ReturnUnreadable,
    Status,
    Told,
)

LARGEST = 20 * 1024 * 1024
DATED = datetime(2000, 1, 1, tzinfo=UTC)


def write(of: Layout, batch: BatchFile) -> bytes:
    """The file: every amount with two decimals, every number as text."""
    rows = [
        [_cell(value, batch, each, seq) for _, value in of.columns]
        for seq, each in enumerate(batch.payments, 1)
    ]
    heading = [[title for title, _ in of.columns]] if of.heading else []
    if of.kind == "excel":
        return _excel(heading, rows, of)
    end = of.delimiter if of.trailing else ""
    lines = [of.delimiter.join(row) + end for row in [*heading, *rows]]
    return ("\r\n".join(lines) + "\r\n").encode(of.encoding)


def read(of: Layout, data: bytes) -> list[Told]:
    """The rows of an answer. Titles may stand in any order; lines before them are passed over."""
    table = _table(of, data)
    places = _places(of, table)
    problems, told = [], []
    for number, row in table[places.pop("", 0) :]:
        cells = {tells: row[at].strip() if at < len(row) else "" for tells, at in places.items()}
        if not any(cells.values()):
            continue
        status = _status(of, cells.get("status", ""))
        if status is None:
            problems.append(ReturnStatusUnknown(row=number, status=cells.get("status", "")))
            continue
        told.append(
            Told(
                number, status, cells.get("identity", ""), cells.get("holder", ""),
                re.sub(r"[\s\-]", "", cells.get("number", "")).upper(), _fen(cells.get("yuan", ""), number),
                cells.get("code", "")[:12], cells.get("reason", "")[:200],
            )
        )  # fmt: skip
    if problems:
        raise Refusals(problems)
    if not told:
        raise ReturnUnreadable(text="0")
    return told


def _cell(value: str, batch: BatchFile, each: Payment, seq: int) -> str:
    kind, _, rest = value.partition(":")
    yuan = f"{each.amount_fen // 100}.{each.amount_fen % 100:02d}"
    return {
        "seq": str(seq),
        "identity": each.identity,
        "holder": each.holder,
        "number": each.number,
        "bank": each.bank,
        "bank_code": each.bank_code,
        "yuan": yuan,
        "fen": str(each.amount_fen),
        "id_number": each.id_number,
        "note": batch.note,
        "day": f"{batch.day:%Y%m%d}",
        "payer_name": batch.payer.name,
        "payer_number": batch.payer.number,
        "payer_bank": batch.payer.bank,
        "blank": "",
        "text": rest,
    }[kind]


def _excel(heading: Sequence[Sequence[str]], rows: Sequence[Sequence[str]], of: Layout) -> bytes:
    file = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(file, options)
    # The same batch gives the same bytes: its hash stands on the approval.
    book.set_properties({"created": DATED})
    sheet = book.add_worksheet("Sheet1")
    text, money = book.add_format({"num_format": "@"}), book.add_format({"num_format": "0.00"})
    sheet.set_column(0, max(len(of.columns) - 1, 0), 22)
    for line, row in enumerate([*heading, *rows]):
        for at, cell in enumerate(row):
            if line >= len(heading) and of.columns[at][1] == "yuan":
                sheet.write_number(line, at, Decimal(cell), money)
            else:
                sheet.write_string(line, at, cell, text)
    book.close()
    return file.getvalue()


def _table(of: Layout, data: bytes) -> list[tuple[int, list[str]]]:
    """Row number and cells of every line."""
    if len(data) > LARGEST:
        raise ReturnUnreadable(text=f"> {LARGEST // 1024 // 1024} MB")
    if of.kind == "excel":
        try:
            rows = (
                python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
                .get_sheet_by_index(0)
                .to_python()
            )
        except Exception as problem:
            raise ReturnUnreadable(text=str(problem)[:80]) from None
        return [(n, [_text(cell) for cell in row]) for n, row in enumerate(rows, 1)]
    for encoding in dict.fromkeys((of.encoding, "utf-8-sig", "gb18030")):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return [(n, line.split(of.delimiter)) for n, line in enumerate(text.splitlines(), 1)]
    raise ReturnUnreadable(text=of.encoding)


def _places(of: Layout, table: Iterable[tuple[int, list[str]]]) -> dict[str, int]:
    """What a cell tells -> its column; under "" how many rows come before the first payment."""
    if not of.back_heading:
        return {tells: at for at, (_, tells) in enumerate(of.back) if tells != "skip"} | {"": 0}
    for before, (_, row) in enumerate(table, 1):
        titles = [cell.strip() for cell in row]
        found = {
            tells: titles.index(title) for title, tells in of.back if title in titles and tells != "skip"
        }
        if "status" in found and ("identity" in found or {"number", "yuan"} <= set(found)):
            return found | {"": before}
    raise ReturnUnreadable(text=", ".join(title for title, tells in of.back if tells != "skip"))


def _status(of: Layout, told: str) -> Status | None:
    if any(word in told for word in of.failed):
        return "failed"
    return "settled" if any(word in told for word in of.settled) else None


def _fen(text: str, row: int) -> int | None:
    if not text:
        return None
    try:
        fen = Decimal(text.replace(",", "")) * 100
    except InvalidOperation:
        raise ReturnUnreadable(text=f"{row}: {text[:20]}") from None
    if fen != int(fen):
        raise ReturnUnreadable(text=f"{row}: {text[:20]}")
    return int(fen)


def _text(cell: object) -> str:
    if isinstance(cell, float):
        return str(Decimal(repr(cell)).normalize().__format__("f"))
    return "" if cell is None else str(cell)
