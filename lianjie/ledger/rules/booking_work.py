"""Wages and work given out -> their entries.

Wages are owed on the day of approval and paid in money. Staff stand in 212, casual labour in 213; the
cost is production (401) or operation (521). Material with a home worker stays the organisation's own: 124
in goods, under the worker's name; what is used by the norm goes through production (401), and the pieces
come out of it.
Source: accounting system 财会〔2021〕37号, notes on 121, 124, 212, 213, 401, 521, 529.
"""

from lianjie.base.words import N_
from lianjie.facts.rules.handed import HomeWorkFact, WagesFact
from lianjie.ledger.rules.entry import Entry, Posting, entry

OWED = {"staff": "212", "casual": "213"}


def wages(fact: WagesFact) -> Entry:
    """One entry of a payroll or of its payment: a pair of lines for each worker, nothing netted."""
    lines: list[Posting] = []
    for line in fact.lines:
        owed = OWED[line.status]
        if fact.paid_from:
            lines += [Posting(owed, line.fen, line.party), Posting(fact.paid_from, -line.fen)]
        else:
            lines += [Posting(line.cost, line.fen), Posting(owed, -line.fen, line.party)]
    return entry(fact.reference, fact.day, N_("Wages paid") if fact.paid_from else N_("Wages owed"), *lines)


STOCK, WITH_WORKERS, PRODUCTION, GONE = "121", "124", "401", "529"
TEXTS = {
    "out": N_("Material handed out to a home worker"),
    "brought": N_("Pieces brought by a home worker"),
    "returned": N_("Material given back by a home worker"),
    "lost": N_("Material lost with a home worker"),
}
GOES_TO = {"out": STOCK, "returned": STOCK, "brought": PRODUCTION, "lost": GONE}


def home_work(fact: HomeWorkFact) -> Entry:
    """The entry of material that moved, balanced in each good on its own."""
    sign = 1 if fact.kind == "out" else -1
    lines: list[Posting] = []
    for goods in fact.material:
        lines.append(Posting(WITH_WORKERS, sign * goods.quantity, fact.party, goods.good))
        lines.append(Posting(GOES_TO[fact.kind], -sign * goods.quantity, good=goods.good))
    if fact.made:
        lines.append(Posting(STOCK, fact.made.quantity, good=fact.made.good))
        lines.append(Posting(PRODUCTION, -fact.made.quantity, good=fact.made.good))
    return entry(fact.reference, fact.day, TEXTS[fact.kind], *lines)
