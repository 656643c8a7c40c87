"""Money of a paired partner -> its entry: 102 bank or 101 cash, against what it is.

For a stated purpose it is owed until it is spent (235); a donation goes to the special fund (311) and is no
income; what may be used freely is other income (502).
Source: accounting system 财会〔2021〕37号, notes on 235, 311, 502.
"""

from lianjie.base.words import N_
from lianjie.facts.rules.pairing import PairingMoney
from lianjie.ledger.rules.entry import Entry, Posting, entry

INTO = {"bank": "102", "cash": "101"}
AGAINST = {"special_fund": "235", "donation": "311", "other_income": "502"}


def arrived(fact: PairingMoney) -> Entry:
    """The entry of money that arrived."""
    return entry(
        fact.reference, fact.day, N_("Money of a paired partner"),
        Posting(INTO[fact.into], fact.fen), Posting(AGAINST[fact.taken_as], -fact.fen),
    )  # fmt: skip
