"""Goods that move -> their entry, balanced in each good on its own.

The stock is 121, or 127 for inputs bought on behalf of members. What a household owes in kind stands under
its name in 114, or 113 when it is no member. What comes from outside, and what an agreed ratio adds, is other
income (502) in goods; what is lost, forgiven or given for another good is other expense (529); what is handed
out to grow with, or used on a base, is operating expense (521).
Source: accounting system 财会〔2021〕37号, notes on 114, 121, 127, 502, 521, 529.
"""

from collections import defaultdict
from collections.abc import Iterator

from lianjie.base.words import N_
from lianjie.facts.rules.handed import InKindFact
from lianjie.ledger.rules.entry import Entry, Posting, entry

STOCK, ON_BEHALF, FROM_OUTSIDE, GONE, HANDED_OUT = "121", "127", "502", "529", "521"
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


def moved(fact: InKindFact, produce: str = "") -> Entry:
    """The entry of goods that moved, or of an advance repaid.

    produce  where the delivery stands as owed that an advance is set off against
    """
    return entry(fact.reference, fact.day, TEXTS[fact.kind], *_goods(fact), *_advance(fact, produce))


def _stock(fact: InKindFact) -> str:
    return ON_BEHALF if fact.commission else STOCK


def _goods(fact: InKindFact) -> Iterator[Posting]:
    sums: dict[str, int] = defaultdict(int)
    lines, stock = [], _stock(fact)
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


def _advance(fact: InKindFact, produce: str) -> Iterator[Posting]:
    """An input given as an advance: owed in money at its price, taken from the stock's worth.

    Repaid, it comes out of cash, the bank or what is owed for a delivery; with the goods, back to the stock.
    """
    if not fact.advance_fen:
        return
    yield Posting(claim(fact.member), fact.advance_fen, fact.party)
    if produce:
        yield Posting(produce, -fact.advance_fen, fact.party)
    else:
        yield Posting(fact.paid_from or _stock(fact), -fact.advance_fen)
