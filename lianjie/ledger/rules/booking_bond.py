"""A bond under a lease or contract -> its entry: held for whoever paid it, never income.

Under a contract the organisation lets, and under its sub-lease: money against 114 for a member, 211 for
anybody else. Forfeited by decision it becomes other income (502). Under a lease the lessor holds the
organisation's bond: a claim on it (114 or 113); forfeited it is other expense (529).
Source: accounting system 财会〔2021〕37号, notes on 113, 114, 211, 502, 529 (domain list, section 2.3).
"""

from lianjie.base.words import N_
from lianjie.facts.rules.handed import BondFact
from lianjie.ledger.rules.booking import payable
from lianjie.ledger.rules.booking_in_kind import claim
from lianjie.ledger.rules.entry import Entry, Posting, entry

MONEY = {"bank": "102", "cash": "101"}
TEXTS = {
    "paid": N_("Bond paid in"),
    "returned": N_("Bond given back"),
    "forfeited": N_("Bond forfeited"),
}


def moved(fact: BondFact) -> Entry:
    """The entry of a bond paid in, given back or forfeited."""
    against = {"forfeited": "502" if fact.held else "529"}.get(fact.act) or MONEY[fact.by]
    # Paid in to us, money comes and we owe it; each other act and each other holder turns the sides.
    fen = fact.fen if (fact.act == "paid") == fact.held else -fact.fen
    account = payable(fact.member) if fact.held else claim(fact.member)
    return entry(
        fact.reference, fact.day, TEXTS[fact.act], Posting(against, fen), Posting(account, -fen, fact.party)
    )
