"""What one party was owed in a year, by stream: rent, wage, share dividend, and the rest (S2).

Read from the journal, so that nothing is counted that is not booked, and nothing twice.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lianjie.base.words import N_

STREAMS = {
    "rent": N_("Rent"),
    "wage": N_("Wages"),
    "dividend": N_("Share dividend"),
    "patronage": N_("Patronage refund"),
    "produce": N_("Produce payment"),
    "other": N_("Other"),
}
OF_SOURCE = {"rent": "rent", "delivery": "produce", "floorincome": "produce", "payroll": "wage"}
"""First word of an entry's source -> the stream of what it owes a household."""


@dataclass(frozen=True)
class Income:
    """One organisation's part of a party's year, in fen by stream; kept capital and goods included."""

    organisation: str
    name: str
    by_stream: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.by_stream.values())


def stream_of(source: str) -> str:
    """The stream of an entry that books a fact; "" when it is no income (capital, balances, payouts)."""
    return OF_SOURCE.get(source.removeprefix("reversal:").partition(":")[0], "")


def together(parts: Iterable[Income]) -> dict[str, int]:
    """All organisations' parts by stream, in the order of STREAMS; streams of nothing left out."""
    rows = list(parts)
    sums = {stream: sum(row.by_stream.get(stream, 0) for row in rows) for stream in STREAMS}
    return {stream: fen for stream, fen in sums.items() if fen}
