"""What the ledger is handed when a channel settles."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class ChannelSettled:
    """Money a channel paid out and the fee it kept: both settle what it owes for the orders.

    party  who owes it; "" for nobody registered
    into   109 kept on the platform, 102 paid to the bank
    """

    reference: str
    day: date
    party: str
    member: bool
    into: str
    paid_fen: int
    fee_fen: int
