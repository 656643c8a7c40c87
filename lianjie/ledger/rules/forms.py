"""The three statements of the 2021 system, from postings: balance sheet, surplus and distribution, equity.

Source: 财会〔2021〕37号, forms 会农社01, 02 and 03 (domain list, section 2.4). The lines of the first two
are dated data in parameters/forms-coop-2021.toml.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lianjie.base.words import N_, Label
from lianjie.ledger.rules.accounts import Chart
from lianjie.ledger.rules.year import DISTRIBUTIONS, UNDISTRIBUTED


@dataclass(frozen=True)
class Moved:
    """Net fen an account moved by entries of one kind; debit above zero.

    kind  what booked it: "closing" (income to 331 to 332.2), "distribution" (a settlement's steps and their
          clearing), or "other"
    """

    account: str
    party: str
    kind: str
    fen: int


@dataclass(frozen=True)
class FormLine:
    """One line of a form. `total` for a sum of other lines."""

    number: int
    name: Label
    fen: int
    total: bool


@dataclass(frozen=True)
class EquityRow:
    """One row of the statement of members' equity, in fen by column of `COLUMNS`; deductions above zero."""

    text: str
    part: str
    fen: Mapping[str, int]

    @property
    def together(self) -> int:
        return sum(self.fen.values())


COLUMNS = {
    "301": N_("Share capital"),
    "311": N_("Special funds"),
    "321": N_("Capital reserve"),
    "322": N_("Surplus reserve"),
    "332": N_("Undistributed surplus"),
}


def balance_sheet(form: str, balances: Mapping[tuple[str, str], int]) -> tuple[FormLine, ...]:
    """Form 01. `balances`: (account, party code or "") -> net fen, debit above zero."""
    return _lines(tomllib.loads(form)["balance_sheet"], lambda row: _standing(row, balances))


def ties(lines: Sequence[FormLine]) -> bool:
    """Assets equal liabilities and equity."""
    by_number = {line.number: line.fen for line in lines}
    return by_number[22] == by_number[42]


def surplus(form: str, figures: Mapping[str, int]) -> tuple[FormLine, ...]:
    """Form 02, from `surplus_figures`."""
    return _lines(tomllib.loads(form)["surplus"], lambda row: figures.get(row["figure"], 0))


def surplus_figures(opening: Mapping[str, int], moved: Iterable[Moved], chart: Chart) -> dict[str, int]:
    """What form 02 is filled from, in fen.

    opening  account -> net fen at the start of the year
    """
    rows = list(moved)
    found: dict[str, int] = {}
    for row in rows:
        account = chart.account(row.account)
        if account.figure and row.kind != "closing":
            sign = -1 if account.kind == "income" else 1
            found[account.figure] = found.get(account.figure, 0) + sign * row.fen
    found["opening_undistributed"] = -sum(fen for code, fen in opening.items() if code.startswith("332"))
    spread = {"reserve_drawn": ("322",), "patronage": ("221",), "into_contributions": ("301",)}
    distributed = -sum(
        row.fen
        for row in rows
        if row.kind == "distribution" and row.account in (DISTRIBUTIONS, UNDISTRIBUTED)
    )
    for figure, roots in spread.items():
        found[figure] = -sum(
            row.fen for row in rows if row.kind == "distribution" and row.account.split(".")[0] in roots
        )
    # Whatever else a distribution owes (222, others' payables) is remaining surplus.
    found["remainder"] = -distributed - sum(found[figure] for figure in spread)
    found["other_transfers"] = -sum(
        row.fen for row in rows if row.kind == "other" and row.account.startswith("332")
    )
    return found


def equity(opening: Mapping[str, int], moved: Iterable[Moved], surplus_fen: int) -> tuple[EquityRow, ...]:
    """Form 03: opening, additions, deductions, closing, by column. Credits add to equity."""
    rows = list(moved)
    start = {column: -_sum(opening, column) for column in COLUMNS}
    added = _by_column(row for row in rows if row.kind == "other" and row.fen < 0)
    taken = _by_column(row for row in rows if row.kind == "other" and row.fen > 0)
    drawn = _by_column(row for row in rows if row.kind == "distribution" and _column(row.account) != "332")
    given = -sum(row.fen for row in rows if row.kind == "distribution" and _column(row.account) == "332")
    year = {"332": surplus_fen}
    end = {
        column: start[column]
        + added.get(column, 0)
        + taken.get(column, 0)
        + drawn.get(column, 0)
        + year.get(column, 0)
        + (given if column == "332" else 0)
        for column in COLUMNS
    }
    return (
        EquityRow(N_("At the start of the year"), "opening", start),
        EquityRow(N_("Surplus of the year"), "added", year),
        EquityRow(N_("Contributions, subsidies, donations and other additions"), "added", added),
        EquityRow(N_("Drawn from the surplus, or turned into contributions"), "added", drawn),
        EquityRow(N_("Distributed: reserve, refunds, remaining surplus"), "taken", {"332": given}),
        EquityRow(N_("Contributions returned and other deductions"), "taken", taken),
        EquityRow(N_("At the end of the year"), "closing", end),
    )


def _lines(rows: Iterable[Mapping[str, Any]], value: Any) -> tuple[FormLine, ...]:
    fen: dict[str, int] = {}
    lines = []
    for row in rows:
        if "sum" in row:
            amount = sum(-fen[each[1:]] if each.startswith("-") else fen[each] for each in row["sum"])
        else:
            amount = value(row)
        fen[str(row["line"])] = amount
        lines.append(FormLine(row["line"], row["name"], amount, "sum" in row))
    return tuple(lines)


def _standing(row: Mapping[str, Any], balances: Mapping[tuple[str, str], int]) -> int:
    """The accounts of a line on its side. With `parties`, nobody is netted against anybody else.

    What stands there without a name (a trial balance brought in) is first set against the other side.
    """
    sign = 1 if row["side"] == "debit" else -1
    chosen = {key: sign * fen for key, fen in balances.items() if key[0].split(".")[0] in row["accounts"]}
    if not row.get("parties"):
        return sum(chosen.values())
    return sum(_one_side(chosen, account) for account in {account for account, _ in chosen})


def _one_side(chosen: Mapping[tuple[str, str], int], account: str) -> int:
    named = [fen for (code, party), fen in chosen.items() if code == account and party]
    nameless = chosen.get((account, ""), 0)
    ours, theirs = sum(fen for fen in named if fen > 0), -sum(fen for fen in named if fen < 0)
    return ours + max(nameless - theirs, 0) if nameless > 0 else max(ours + nameless, 0)


def _column(account: str) -> str:
    root = account.split(".")[0]
    return root if root in COLUMNS else ""


def _sum(balances: Mapping[str, int], root: str) -> int:
    return sum(fen for code, fen in balances.items() if code.split(".")[0] == root)


def _by_column(rows: Iterable[Moved]) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in rows:
        column = _column(row.account)
        if column:
            found[column] = found.get(column, 0) - row.fen
    return found
