"""Wages -> their entries: owed on the day of approval, paid in money.

Staff stand in 212, casual labour in 213; the cost is production (401) or operation (521).
Source: accounting system 财会〔2021〕37号, notes on 212, 213, 401, 521.
"""

from lianjie.base.words import N_
from lianjie.facts.rules.handed import WagesFact
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
