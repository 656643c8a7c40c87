"""What a channel says it settled, order by order, against what was sold.

matched: the sum is what the order stands for; differs: it is not; unknown: there is no such order here.
Missing are orders sent and not settled by anybody; they are found on the page, since each day fewer are.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from lianjie.base.fen import Fen
from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.rules.raw import InWorkbook, Place
from lianjie.facts.rules.schema import letters, plain

OUTCOMES = ("matched", "differs", "unknown")
NEEDED = ("number", "gross")


class StatementColumnMissing(Refusal):
    what = N_("The file has none of the captions “{captions}”.")
    fix = N_("Choose the channel's own settlement file, or another layout.")


class StatementRowEmpty(InWorkbook):
    what = N_("The row has no order number.")
    fix = N_("Delete the row, or export the file again.")


class StatementAmountUnreadable(InWorkbook):
    what = N_("“{text}” is not an amount of money.")
    fix = N_("Write yuan with at most two decimals, for example 1234.50.")


class StatementDoesNotAddUp(InWorkbook):
    what = N_("{gross} less {back} given back less {fee} of fees is not the {paid} settled.")
    fix = N_("Export the file again; nothing of it was booked.")


class StatementEmpty(Refusal):
    what = N_("The file settles nothing.")
    fix = N_("Choose a period in which the channel settled something.")


class SettlementFileTooLarge(Refusal):
    what = N_("The settlement file has more than {most} MiB.")
    fix = N_("Export a shorter period.")


@dataclass(frozen=True)
class StatementLayout:
    """Columns of one kind of settlement file: field -> captions. Several columns of fees add up.

    fields: number, gross, back, fees, paid. `signed`: fees and refunds are written below zero.
    """

    code: str
    title: Mapping[str, str]
    columns: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Settled:
    """One row of a statement, in fen: gross less back less fee is paid."""

    row: int
    number: str
    gross_fen: int
    back_fen: int
    fee_fen: int

    @property
    def paid_fen(self) -> int:
        return self.gross_fen - self.back_fen - self.fee_fen


def layout(code: str, text: str) -> StatementLayout:
    """Read one layout file (TOML)."""
    data = tomllib.loads(text)
    return StatementLayout(
        code, data["title"], {name: tuple(captions) for name, captions in data["columns"].items()}
    )


def guessed(layouts: Iterable[StatementLayout], captions: Sequence[str]) -> StatementLayout:
    """The layout that knows most of the captions."""
    there = {plain(each) for each in captions}
    return max(
        layouts, key=lambda of: sum(plain(each) in there for known in of.columns.values() for each in known)
    )


def read(
    of: StatementLayout, captions: Sequence[str], rows: Iterable[Sequence[object]], sheet: str
) -> tuple[list[Settled], list[Refusal]]:
    """Every row of a file. rows: number of the row, then its texts by caption.

    Rows of one order (its income, its refund, its fee, each a row) are added up.
    """
    at = {plain(caption): number for number, caption in reversed(list(enumerate(captions)))}
    places = {
        name: [at[plain(each)] for each in known if plain(each) in at] for name, known in of.columns.items()
    }
    problems: list[Refusal] = [
        StatementColumnMissing(captions="、".join(of.columns[name]))
        for name in NEEDED
        if not places.get(name)
    ]
    if problems:
        return [], problems
    sums: dict[str, list[int]] = {}
    for row in rows:
        line, cells = int(str(row[0])), [str(each) for each in row[1:]]
        number = cells[places["number"][0]].strip("\t '=\"")
        if not number:
            problems.append(StatementRowEmpty(_place(sheet, line, places["number"][0], captions)))
            continue
        fen = {}
        for name in ("gross", "back", "fees", "paid"):
            fen[name] = 0
            for place in places.get(name, ())[: None if name == "fees" else 1]:
                value = _fen(cells[place])
                if value is None:
                    problems.append(
                        StatementAmountUnreadable(_place(sheet, line, place, captions), text=cells[place])
                    )
                fen[name] += value or 0
        back, fee = abs(fen["back"]), abs(fen["fees"])
        if places.get("paid") and fen["gross"] - back - fee != fen["paid"]:
            told = {"gross": Fen(fen["gross"]), "back": Fen(back), "fee": Fen(fee), "paid": Fen(fen["paid"])}
            problems.append(StatementDoesNotAddUp(_place(sheet, line, places["paid"][0], captions), **told))
        kept = sums.setdefault(number, [line, 0, 0, 0])
        kept[1] += fen["gross"]
        kept[2] += back
        kept[3] += fee
    found = [Settled(line, number, *parts) for number, (line, *parts) in sums.items()]
    if not found and not problems:
        problems.append(StatementEmpty())
    return found, problems


def outcome(settled: Settled, before_fen: int, ours_fen: int | None) -> str:
    """before_fen: settled of this order before; ours_fen: what it stands for, None when it is unknown."""
    if ours_fen is None:
        return "unknown"
    return "matched" if before_fen + settled.gross_fen - settled.back_fen == ours_fen else "differs"


def _fen(text: str) -> int | None:
    text = text.strip().replace(",", "").replace("，", "").lstrip("¥￥")
    if text in ("", "-", "--", "/"):
        return 0
    try:
        number = Decimal(text) * 100
    except InvalidOperation:
        return None
    return int(number) if number == number.to_integral_value() else None


def _place(sheet: str, row: int, at: int, captions: Sequence[str]) -> Place:
    return Place(sheet, row, letters(at), captions[at])
