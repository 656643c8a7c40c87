"""What a posting is to the household it names: put in, owed to it, handed over, lent, come back.

A household asks what it put in, what it is to get and whether it has come; an account and a side do not say
it in its words. Sources of accounts: accounting system 财会〔2021〕37号 (domain list, section 2.3).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

CAPITAL = ("301",)
OWED = ("114", "211", "212", "213", "221", "222")
"""Accounts on which an organisation owes a party money."""
CLAIMS = ("113", "114")
"""Accounts on which a party owes an organisation: money of an advance, goods of a loan."""
ADVANCES = ("inputissue", "inputback")
ADVANCE = "advance"
PAYMENTS = {"wagepayment": "payroll", "payout": "settlement", "rentpayment": "rent"}
"""First word of a payment's source -> the kind of what it pays."""
BONDS = ("bondmove",)
"""Held for another, so neither owed by season nor advanced: what is held is read from the bond itself."""
CHARGED = {
    "contractdue": "contract",
    "contractreceipt": "contract",
    "floorclaim": "order_money",
    "orderbreach": "order_money",
    "ordermoney": "order_money",
    "ordersale": "order_money",
}
"""Kinds by which a party owes and pays, and not the organisation: under a contract on an asset, an order."""
MATERIAL = "124"
"""Account of material with a home worker: the organisation's own, under the worker's name."""


@dataclass(frozen=True)
class Part:
    """A sum of postings of one organisation on one account, debit above zero.

    kind   the first word of their source; a settlement's payout is "payout"
    about  what it is one instalment of: a lease and year, a settlement's year; "" for kinds without
    """

    organisation: int
    account: str
    good: str
    kind: str
    amount: int
    about: str = ""


@dataclass(frozen=True)
class Stands:
    """How a party stands with one organisation.

    owed      (kind, about) -> fen the organisation still owes it; kind: rent, delivery, payroll …
    advances  fen the party owes for inputs; never set off against what it is owed
    in_kind   good -> small units it owes in kind
    material  good -> small units it holds for the organisation, to work up at home
    capital   fen it has paid in
    charged   contract or order_money -> fen it owes under those; below zero what it paid before it was due
    """

    organisation: int
    owed: dict[tuple[str, str], int]
    advances: int
    in_kind: dict[str, int]
    material: dict[str, int]
    capital: int
    charged: dict[str, int] = field(default_factory=dict)


def kind_of(source: str) -> str:
    """The kind of what an entry books; an entry that takes another back is of that one's kind."""
    source = source.removeprefix("reversal:")
    first = source.partition(":")[0]
    return "payout" if first == "settlement" and ":payout:" in source else first


def kind_of_line(source: str, account: str, amount: int) -> str:
    """The kind of what one line of an entry is about: an advance set off against produce has two."""
    kind = kind_of(source)
    undone = source.startswith("reversal:")
    if kind == "inputback" and account in OWED and (amount > 0) != undone:
        return "delivery"
    return kind


def about(source: str) -> str:
    """What the entry is one instalment of, so that what pays it can be held against it."""
    first, _, rest = source.removeprefix("reversal:").partition(":")
    if first == "settlement":
        return rest.partition(".")[0]
    return rest.partition("/")[0].partition("~")[0] if first in ("rent", "rentpayment") else ""


def debt(account: str, kind: str, of: str) -> tuple[str, str] | None:
    """What a line in money is part of: kind and instalment of what one owes the other; None for no debt.

    What `by_party` names is owed by the party, in debit; all else is owed to it, in credit.
    """
    if kind in CHARGED and account in (*CLAIMS, *OWED):
        return CHARGED[kind], ""
    if kind in ADVANCES or account == "113":
        return ADVANCE, ""
    return (PAYMENTS.get(kind, kind), of) if account in OWED else None


def by_party(kind: str) -> bool:
    """True for a debt of the party, False for one of the organisation."""
    return kind == ADVANCE or kind in CHARGED.values()


def since(grew: Iterable[tuple[date, int]], left: int) -> date | None:
    """The day of the oldest part of a debt not yet paid: what was owed first is paid first.

    grew  days and amounts by which it grew, in any order
    """
    found = None
    for day, amount in sorted(grew, reverse=True):
        if left <= 0:
            break
        found, left = day, left - amount
    return found


def says(account: str, amount: int, good: str, kind: str) -> str:
    """One word for a posting as the household sees it; `amount` is debit above zero.

    put_in, given_back, owed, paid, advance, repaid, lent, came_back, forgiven, with_it, worked_up,
    material_back, bond, bond_out, charged, settled, or "" for none of these
    """
    if kind in BONDS:
        return "bond" if amount < 0 else "bond_out"
    if kind in CHARGED and not good and account in (*CLAIMS, *OWED):
        given_back = kind in ("contractreceipt", "ordermoney")
        return "settled" if amount < 0 else "paid" if given_back else "charged"
    if account in CAPITAL:
        return "put_in" if amount < 0 else "given_back"
    if good and account == MATERIAL:
        return "with_it" if amount > 0 else "worked_up" if kind == "piecereturn" else "material_back"
    if good and account in CLAIMS:
        return "lent" if amount > 0 else "forgiven" if kind == "loandecision" else "came_back"
    if good:
        return ""
    if kind == "inputback" and amount > 0:
        return "paid"
    if kind in ADVANCES or account == "113":
        return "advance" if amount > 0 else "repaid"
    if account in OWED:
        return "owed" if amount < 0 else "paid"
    return ""


def stands(parts: Iterable[Part]) -> list[Stands]:
    """How the party stands with each organisation, in their order of appearance; nothing netted.

    An advance stays beside what is owed: rent and wages are paid out whole.
    """
    found: dict[int, Stands] = {}
    for part in parts:
        at = found.setdefault(part.organisation, Stands(part.organisation, {}, 0, {}, {}, 0))
        owed, in_kind, advances, capital = at.owed, at.in_kind, at.advances, at.capital
        if part.kind in BONDS:
            continue
        if part.account in CAPITAL:
            capital -= part.amount
        elif part.good:
            goods = in_kind if part.account in CLAIMS else at.material if part.account == MATERIAL else {}
            goods[part.good] = goods.get(part.good, 0) + part.amount
        elif key := debt(part.account, part.kind, part.about):
            what, _ = key
            if what == ADVANCE:
                advances += part.amount
            elif by_party(what):
                at.charged[what] = at.charged.get(what, 0) + part.amount
            else:
                owed[key] = owed.get(key, 0) - part.amount
        found[part.organisation] = replace(at, advances=advances, capital=capital)
    return [
        Stands(
            each.organisation,
            {key: fen for key, fen in each.owed.items() if fen},
            each.advances,
            {good: quantity for good, quantity in each.in_kind.items() if quantity},
            {good: quantity for good, quantity in each.material.items() if quantity},
            each.capital,
            {kind: fen for kind, fen in each.charged.items() if fen},
        )
        for each in found.values()
    ]
