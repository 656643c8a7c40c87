"""Goods that move -> their entry, balanced in each good on its own.

The stock is 121, or 127 for inputs bought on behalf of members. What a household owes in kind stands under
its name in 114, or 113 when it is no member. What comes from outside, and what an agreed ratio adds, is other
income (502) in goods; what is lost, forgiven or given for another good is other expense (529); what is handed
out to grow with, or used on a base, is operating expense (521).

In money a lot stands at what it cost, and that goes with its goods: free, used, lost or written off of a loan
it is an expense (521, 529). For an advance the household owes its price: income (501), the cost an expense
(521); of goods bought on behalf of members only what the price is above or below the cost.
Goods granted raise the special fund (311); what growing them cost leaves 401.
Source: accounting system 财会〔2021〕37号, notes on 114, 121, 127, 211, 311, 401, 501, 502, 521, 529.
"""

from collections import defaultdict
from collections.abc import Iterator

from lianjie.base.words import N_
from lianjie.facts.rules.handed import InKindFact, LotCostFact
from lianjie.ledger.rules.entry import Entry, Posting, entry

STOCK, ON_BEHALF, FROM_OUTSIDE, GONE, HANDED_OUT, INCOME = "121", "127", "502", "529", "521", "501"
COST_FROM = {"bank": "102", "cash": "101", "owed": "211", "granted": "311", "harvest": "401"}
"""How a lot's cost was met -> what stands against it; of one held already nothing is booked."""
TEXTS = {
    "lot": N_("Goods into stock"),
    "lent": N_("Lent in kind"),
    "returned": N_("Loan in kind returned"),
    "forgiven": N_("Loan in kind written off"),
    "lot_lost": N_("Goods lost from stock"),
    "issued": N_("Input handed out"),
    "used": N_("Material used on a base"),
    "input_back": N_("Input given back"),
    "advance_paid": N_("Advance repaid"),
}


def claim(member: bool) -> str:
    """Where a claim stands: members' current accounts, or receivables from others."""
    return "114" if member else "113"


def moved(fact: InKindFact, produce: str = "", cost_fen: int = 0) -> Entry:
    """The entry of goods that moved, or of an advance repaid.

    produce   where the delivery stands as owed that an advance is set off against
    cost_fen  what the goods cost that left their lot, or came back to it
    """
    money = _paid(fact, produce) if fact.kind == "advance_paid" else _worth(fact, cost_fen)
    return entry(fact.reference, fact.day, TEXTS[fact.kind], *_goods(fact), *money)


def cost(fact: LotCostFact) -> Entry:
    """The entry of what a lot cost; the part of goods that had left it before is an expense at once."""
    return entry(
        fact.reference, fact.day, N_("Cost of a lot"),
        Posting(stock_account(fact.commission), fact.fen - fact.gone_fen), Posting(HANDED_OUT, fact.gone_fen),
        Posting(COST_FROM[fact.way], -fact.fen),
    )  # fmt: skip


def stock_account(commission: bool) -> str:
    """Where goods of the stock stand: the organisation's own, or bought on behalf of members."""
    return ON_BEHALF if commission else STOCK


def _goods(fact: InKindFact) -> Iterator[Posting]:
    sums: dict[str, int] = defaultdict(int)
    lines, stock = [], stock_account(fact.commission)
    if fact.came:
        lines.append(Posting(stock, fact.came.quantity, good=fact.came.good))
    if fact.went:
        lines.append(Posting(stock, -fact.went.quantity, good=fact.went.good))
    if fact.owed:
        lines.append(Posting(claim(fact.member), fact.owed.quantity, fact.party, fact.owed.good))
    for line in lines:
        sums[line.good] += line.amount
    yield from lines
    for good, over in sums.items():
        # Above zero more is held than before: income; below, less: an expense.
        handed = fact.kind in ("issued", "used", "input_back")
        other = HANDED_OUT if handed else FROM_OUTSIDE if over > 0 else GONE
        yield Posting(other, -over, good=good)


def _worth(fact: InKindFact, cost_fen: int) -> Iterator[Posting]:
    """Goods of a lot at what they cost, and an advance at its price; what comes back goes the other way."""
    sign = -1 if fact.kind == "input_back" else 1
    price, expense = sign * fact.advance_fen, GONE if fact.kind in ("lot_lost", "forgiven") else HANDED_OUT
    yield Posting(claim(fact.member), fact.advance_fen, fact.party)
    yield Posting(stock_account(fact.commission), -sign * cost_fen)
    if fact.commission and price:
        over = price - cost_fen
        yield Posting(INCOME if over > 0 else expense, -sign * over)
    else:
        yield Posting(INCOME, -sign * price)
        yield Posting(expense, sign * cost_fen)


def _paid(fact: InKindFact, produce: str) -> Iterator[Posting]:
    """An advance repaid out of cash, the bank or what is owed for a delivery."""
    yield Posting(claim(fact.member), fact.advance_fen, fact.party)
    if produce:
        yield Posting(produce, -fact.advance_fen, fact.party)
    else:
        yield Posting(fact.paid_from, -fact.advance_fen)
