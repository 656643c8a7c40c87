"""What the demonstration's books have in common."""

from collections.abc import Mapping

from lianjie.facts.rules.book import BalanceRow

BANK, EXPENSES = "102", "521"


def balances(yuan: Mapping[str, int | str], surplus: str) -> tuple[BalanceRow, ...]:
    """A trial balance before closing, in yuan, debit above zero.

    Operating expenses take what makes the year end with `surplus`, the bank account what makes it balance.
    """
    fen = {account: _fen(amount) for account, amount in yuan.items()}
    income = -sum(net for account, net in fen.items() if account.startswith("5"))
    fen[EXPENSES] = income - _fen(surplus)
    fen[BANK] = -sum(fen.values())
    return tuple(
        BalanceRow(account, debit_fen=max(net, 0), credit_fen=max(-net, 0))
        for account, net in sorted(fen.items())
        if net
    )


def _fen(yuan: int | str) -> int:
    whole, _, part = str(yuan).partition(".")
    sign = -1 if whole.startswith("-") else 1
    return sign * (abs(int(whole)) * 100 + int((part + "00")[:2]))
