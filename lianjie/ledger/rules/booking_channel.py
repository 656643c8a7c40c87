"""A channel's statement -> its entry: money and fee settle what the channel owes.

Money kept with the platform stands in 109 (other monetary funds), money paid out in 102; fees and commissions
of selling are operating expense (521).
Source: accounting system 财会〔2021〕37号, notes on 102, 109, 113, 114, 521.
"""

from lianjie.base.words import N_
from lianjie.facts.rules.handed_channel import ChannelSettled
from lianjie.ledger.rules.booking_in_kind import claim
from lianjie.ledger.rules.entry import Entry, Posting, entry

FEE = "521"


def settled(fact: ChannelSettled) -> Entry | None:
    """None when the statement moves nothing."""
    whole = fact.paid_fen + fact.fee_fen
    lines = (
        Posting(fact.into, fact.paid_fen),
        Posting(FEE, fact.fee_fen),
        Posting(claim(fact.member), -whole, fact.party),
    )
    if not any(line.amount for line in lines):
        return None
    return entry(fact.reference, fact.day, N_("Settled by the channel"), *lines)
