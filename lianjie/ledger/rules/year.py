"""A year in the books: from account balances to the lines of the surplus statement, and the closing.

Balances are net fen by account code: debit above zero, credit below.
Source: accounting system 财会〔2021〕37号, form 会农社02 and the notes to accounts 331 and 332.
"""

from collections.abc import Mapping
from datetime import date

from lianjie.base.words import N_
from lianjie.ledger.rules.accounts import Chart
from lianjie.ledger.rules.entry import Entry, Posting, entry

SURPLUS = "331"
DISTRIBUTIONS = "332.1"
UNDISTRIBUTED = "332.2"

EQUITY_FIGURES = {
    "301": "share_capital",
    "311": "special_fund",
    "321": "capital_reserve",
    "322": "surplus_reserve",
}


def figures(balances: Mapping[str, int], chart: Chart) -> dict[str, int]:
    """Figures a plan may use, in fen, read from the balances before the year is closed.

    Income and equity count as positive when they stand on the credit side, expenses on the debit side.
    `surplus` is line 12 of the form; `opening_undistributed` line 13, negative for a loss carried forward.
    """
    found: dict[str, int] = {}
    for code, fen in balances.items():
        account = chart.account(code)
        if account.figure:
            sign = -1 if account.kind == "income" else 1
            found[account.figure] = found.get(account.figure, 0) + sign * fen
        equity = EQUITY_FIGURES.get(code.split(".")[0])
        if equity:
            found[equity] = found.get(equity, 0) - fen
    if not any(chart.account(code).kind in ("income", "expense") for code in balances):
        return found
    for account in chart.accounts.values():
        if account.figure:
            found.setdefault(account.figure, 0)
    found["operating_surplus"] = (
        found["operating_income"]
        + found["investment_income"]
        - found["operating_expense"]
        - found["taxes_and_surcharges"]
        - found["administrative_expense"]
        - found["finance_expense"]
    )
    found["total_surplus"] = found["operating_surplus"] + found["other_income"] - found["other_expense"]
    found["surplus"] = found["total_surplus"] - found["income_tax"]
    found["opening_undistributed"] = -sum(
        fen for code, fen in balances.items() if code in ("332", UNDISTRIBUTED)
    )
    found["loss_carried_forward"] = max(0, -found["opening_undistributed"])
    return found


def closing(source: str, day: date, balances: Mapping[str, int], chart: Chart) -> list[Entry]:
    """Close income and expense accounts into 331, and 331 into 332.2.

    returns  no entry where there is nothing to close
    """
    to_close = {
        code: fen
        for code, fen in balances.items()
        if fen and chart.account(code).kind in ("income", "expense")
    }
    if not to_close:
        return []
    net = sum(to_close.values())
    lines = [Posting(code, -fen) for code, fen in sorted(to_close.items())]
    entries = [
        entry(
            f"{source}:close",
            day,
            N_("Close income and expenses"),
            *lines,
            Posting(SURPLUS, net),
        )
    ]
    if net:
        entries.append(
            entry(
                f"{source}:surplus",
                day,
                N_("Carry the year's surplus forward"),
                Posting(SURPLUS, -net),
                Posting(UNDISTRIBUTED, net),
            )
        )
    return entries


def clear_distributions(source: str, day: date, distributed_fen: int) -> list[Entry]:
    """Carry 332.1 into 332.2, so that nothing stands on 332.1 at year end."""
    if not distributed_fen:
        return []
    return [
        entry(
            f"{source}:clear",
            day,
            N_("Carry the distributions to the undistributed surplus"),
            Posting(UNDISTRIBUTED, distributed_fen),
            Posting(DISTRIBUTIONS, -distributed_fen),
        )
    ]
