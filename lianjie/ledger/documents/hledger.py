"""The journal as hledger text: `hledger check -s` accepts it, and adds everything up again.

Every account and commodity is declared, every entry keeps its source, and the last entry asserts the balance
of every account. Goods stand as commodities in the unit they are counted in: kilograms, pieces.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from lianjie.base.fen import Fen
from lianjie.base.quantity import UNITS
from lianjie.base.words import N_, Say, english
from lianjie.ledger.rules.accounts import Chart
from lianjie.ledger.rules.entry import MONEY, Entry, Posting

ROOTS = {
    "asset": N_("Assets"),
    "liability": N_("Liabilities"),
    "equity": N_("Owners' equity"),
    "cost": N_("Costs"),
    "income": N_("Income"),
    "expense": N_("Expenses"),
}
TYPES = {"asset": "A", "liability": "L", "equity": "E", "cost": "A", "income": "R", "expense": "X"}
RESERVED = frozenset(':;%"|')


def hledger_text(
    entries: Iterable[Entry],
    chart: Chart,
    language: str,
    *,
    say: Say = english,
    title: str = "",
    units: Mapping[str, str] | None = None,
) -> str:
    """Entries in order of day, with everything they use declared.

    units  good -> the unit it is counted in; kilograms when it is not told

    Refuses with AccountNotInChart when an entry uses an account the chart lacks.
    """
    rows = sorted(entries, key=lambda each: each.day)
    names = _Names(chart, language, say, units or {})
    parts = [
        _head(title, say),
        _commodities(rows, names),
        _accounts(rows, names),
        *(_entry(row, names, say) for row in rows),
        _assertions(rows, names, say),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


class _Names:
    """Account names a person recognises: root, code and name, detail, then the party."""

    def __init__(self, chart: Chart, language: str, say: Say, units: Mapping[str, str]) -> None:
        self.chart, self.language, self.say, self.units = chart, language, say, units
        self.known: dict[str, str] = {}

    def of(self, account: str) -> str:
        if account not in self.known:
            self.known[account] = self._of(account)
        return self.known[account]

    def _of(self, code: str) -> str:
        found = self.chart.account(code)
        top = self.chart.account(code.split(".")[0])
        name = f"{self.say(ROOTS[top.kind])}:{top.code} {_plain(top.named(self.language))}"
        if code == top.code:
            return name
        detail = f" {_plain(found.named(self.language))}" if found.code == code else ""
        return f"{name}:{_segment(code)}{detail}"

    def leaf(self, posting: Posting) -> str:
        name = self.of(posting.account)
        return f"{name}:{_segment(posting.party)}" if posting.party else name

    def amount(self, amount: int, good: str) -> str:
        number = f"{Fen(amount).yuan}" if good == MONEY else counted(amount, self.units.get(good, "kg"))
        return f"{number} {_commodity(good)}"

    def kind(self, account: str) -> str:
        return TYPES[self.chart.account(account.split(".")[0]).kind]


def _segment(code: str) -> str:
    """A code as one part of an account name; characters hledger reads otherwise become %XX."""
    text = "".join(
        f"%{ord(each):02X}" if each in RESERVED or not each.isprintable() else each for each in code
    )
    return text.replace("  ", " %20").strip() if text == text.strip() else text.strip() + "%20"


def _tag(text: str) -> str:
    """A tag's value ends at a comma or at the end of the line."""
    return " ".join(text.split()).replace(",", "%2C")


def _plain(text: str) -> str:
    """A description that cannot become a comment, a payee or a second line."""
    return " ".join(text.split()).translate(str.maketrans({";": "；", "|": "｜", ":": "："}))


def _head(title: str, say: Say) -> str:
    about = say(N_("Goods are counted in kilograms or in pieces."))
    return "\n".join(f"; {' '.join(line.split())}" for line in (title, about) if line)


def counted(quantity: int, unit: str) -> str:
    """Small units of a good as a number of `unit` with all its decimals: 280000 grams, 280.000."""
    places = len(str(int(UNITS[unit].small))) - 1
    return f"{Decimal(quantity).scaleb(-places):f}"


def _commodities(rows: Sequence[Entry], names: _Names) -> str:
    goods = sorted({p.good for row in rows for p in row.postings if p.good != MONEY})
    whole = {good: 1000 * int(UNITS[names.units.get(good, "kg")].small) for good in goods}
    lines = (f"commodity {names.amount(whole[good], good)}" for good in goods)
    return "\n".join(["commodity 1000.00 CNY", *lines])


def _commodity(good: str) -> str:
    """A good that calls itself CNY is not money."""
    return "CNY" if good == MONEY else '"%43NY"' if good == "CNY" else f'"{_segment(good)}"'


def _accounts(rows: Sequence[Entry], names: _Names) -> str:
    postings = [posting for row in rows for posting in row.postings]
    used = sorted({code for p in postings for code in (p.account, p.account.split(".")[0])})
    kinds = {names.of(account): names.kind(account) for account in used}
    leaves = {names.leaf(posting) for posting in postings} - set(kinds)
    lines = [f"account {name}  ; type:{kind}" for name, kind in kinds.items()]
    return "\n".join([*lines, *(f"account {name}" for name in sorted(leaves))])


def _entry(row: Entry, names: _Names, say: Say) -> str:
    lines = [(names.leaf(posting), names.amount(posting.amount, posting.good)) for posting in row.postings]
    head = f"{row.day.isoformat()} {_plain(say(row.text)) or '-'}\n    ; source:{_tag(row.source)}"
    return "\n".join([head, *_aligned(lines)])


def _aligned(lines: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Two columns; Chinese characters take two places on a screen."""
    widest = max((_width(name) for name, _ in lines), default=0)
    longest = max((len(amount) for _, amount in lines), default=0)
    for name, amount in lines:
        yield f"    {name}{' ' * (widest - _width(name))}  {amount:>{longest}}"


def _width(text: str) -> int:
    return sum(2 if ord(each) > 0x2E7F else 1 for each in text)


def _assertions(rows: Sequence[Entry], names: _Names, say: Say) -> str:
    """One entry of nothing that states what every account of the chart holds, its parties included."""
    if not rows:
        return ""
    sums: dict[tuple[str, str], int] = {}
    for row in rows:
        for posting in row.postings:
            key = (posting.account.split(".")[0], posting.good)
            sums[key] = sums.get(key, 0) + posting.amount
    # The inclusive assertion needs the parent account, which may have no posting of its own.
    lines = [
        (names.of(account), f"{names.amount(0, good)} =* {names.amount(sum_, good)}")
        for (account, good), sum_ in sorted(sums.items())
    ]
    head = f"{_last(rows).isoformat()} {_plain(say(N_('Balances of all accounts')))}"
    return "\n".join([head, *_aligned(lines)])


def _last(rows: Sequence[Entry]) -> date:
    return rows[-1].day
