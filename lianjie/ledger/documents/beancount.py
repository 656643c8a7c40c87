"""The journal as beancount text: its checker accepts it with all pedantic plugins.

Beancount wants account parts of ASCII letters and digits, one commodity for an account and postings on leaves
only. So an account is its root and code; parties and goods are parts below it, and what has no party while
others have stands under General. Balances of all accounts close the file.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from hashlib import sha256

from lianjie.base.fen import Fen
from lianjie.base.words import Say, english
from lianjie.ledger.documents.hledger import counted
from lianjie.ledger.rules.accounts import Chart
from lianjie.ledger.rules.entry import MONEY, Entry, Posting

ROOTS = {
    "asset": "Assets",
    "liability": "Liabilities",
    "equity": "Equity",
    "cost": "Assets",
    "income": "Income",
    "expense": "Expenses",
}
GENERAL, GOODS = "General", "Goods"
PART = re.compile(r"(?!X-)[A-Z0-9][A-Za-z0-9-]*")
GOOD = re.compile(r"[a-z][a-z0-9]{1,22}")
LINK = re.compile(r"[^A-Za-z0-9\-_/.]")


def beancount_text(
    entries: Iterable[Entry],
    chart: Chart,
    language: str,
    *,
    say: Say = english,
    title: str = "",
    units: Mapping[str, str] | None = None,
) -> str:
    """Entries in order of day, with everything they use opened and declared.

    units  good -> the unit it is counted in; kilograms when it is not told

    Refuses with AccountNotInChart when an entry uses an account the chart lacks.
    """
    rows = sorted(entries, key=lambda each: each.day)
    head = f'option "title" {_quoted(title)}\noption "operating_currency" "CNY"'
    if not rows:
        return head + "\n"
    names = _Names(rows, chart, units or {})
    first, last = rows[0].day, rows[-1].day
    parts = [
        head,
        _commodities(rows, first),
        _opened(rows, names, chart, language, first),
        *(_entry(row, names, say) for row in rows),
        _balances(rows, names, last + timedelta(days=1)),
    ]
    return "\n\n".join(parts) + "\n"


class _Names:
    """Account names; an account with parts below it never takes a posting itself."""

    def __init__(self, rows: Sequence[Entry], chart: Chart, units: Mapping[str, str]) -> None:
        self.chart, self.units = chart, units
        keys = {(p.account, p.party, p.good) for row in rows for p in row.postings}
        parents = {code.split(".")[0] for code, _, _ in keys if "." in code}
        self.with_parts = parents | {code for code, party, good in keys if party or good}

    def amount(self, amount: int, good: str) -> str:
        number = f"{Fen(amount).yuan}" if good == MONEY else counted(amount, self.units.get(good, "kg"))
        return f"{number} {_commodity(good)}"

    def of(self, posting: Posting) -> str:
        top, dot, _ = posting.account.partition(".")
        parts = [ROOTS[self.chart.account(posting.account).kind], top]
        if dot:
            parts.append(_part(posting.account.replace(".", "-")))
        if posting.good != MONEY:
            parts += [GOODS, _part(_commodity(posting.good))]
        if posting.party:
            parts.append(_part(posting.party))
        elif posting.good != MONEY or posting.account in self.with_parts:
            parts.append(GENERAL)
        return ":".join(parts)


def _part(code: str) -> str:
    """A code as one part of an account name; what beancount cannot read is written in hexadecimal."""
    if PART.fullmatch(code) and code not in (GENERAL, GOODS):
        return code
    return f"X-{code.encode().hex().upper()}"


def _commodity(good: str) -> str:
    """CNY, a good's own name in capitals, or a short name made from it."""
    if good == MONEY:
        return "CNY"
    if GOOD.fullmatch(good) and good != "cny":
        return good.upper()
    return f"GOOD-{sha256(good.encode()).hexdigest()[:10].upper()}"


def _quoted(text: str) -> str:
    plain = " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'


def _commodities(rows: Sequence[Entry], day: date) -> str:
    goods = sorted({p.good for row in rows for p in row.postings})
    return "\n".join(
        f"{day} commodity {_commodity(good)}" + (f"\n  name: {_quoted(good)}" if good else "")
        for good in goods
    )


def _opened(rows: Sequence[Entry], names: _Names, chart: Chart, language: str, day: date) -> str:
    used: dict[str, Posting] = {}
    for row in rows:
        for posting in row.postings:
            used.setdefault(names.of(posting), posting)
    return "\n".join(
        f"{day} open {name} {_commodity(posting.good)}\n  name: {_account_name(posting, chart, language)}"
        + (f"\n  party: {_quoted(posting.party)}" if posting.party else "")
        for name, posting in sorted(used.items())
    )


def _account_name(posting: Posting, chart: Chart, language: str) -> str:
    return _quoted(f"{posting.account} {chart.account(posting.account).named(language)}")


def _entry(row: Entry, names: _Names, say: Say) -> str:
    link = LINK.sub(lambda match: "/" if match[0] == ":" else f"-{ord(match[0]):X}-", row.source)
    head = f"{row.day} * {_quoted(say(row.text))} ^{link}\n  source: {_quoted(row.source)}"
    lines = [(names.of(posting), names.amount(posting.amount, posting.good)) for posting in row.postings]
    widest = max(len(name) for name, _ in lines)
    longest = max(len(amount) for _, amount in lines)
    return "\n".join([head, *(f"  {name:<{widest}}  {amount:>{longest}}" for name, amount in lines)])


def _balances(rows: Sequence[Entry], names: _Names, day: date) -> str:
    sums: dict[str, tuple[int, str]] = {}
    for row in rows:
        for posting in row.postings:
            name = names.of(posting)
            sums[name] = (sums.get(name, (0, ""))[0] + posting.amount, posting.good)
    return "\n".join(
        _balance(name, names.amount(sum_, good), day, sums) for name, (sum_, good) in sorted(sums.items())
    )


def _balance(name: str, amount: str, day: date, sums: Mapping[str, object]) -> str:
    number, commodity = amount.split()
    widest = max(map(len, sums))
    return f"{day} balance {name:<{widest}}  {number:>14} ~ 0 {commodity}"
