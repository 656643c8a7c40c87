"""A livestream's sales: gross is what was paid, net is gross less what was given back. Both are shown.

A refund that comes later changes the net and never the gross (domain list, M38).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from lianjie.base.quantity import shared
from lianjie.base.refusal import Refusal
from lianjie.base.words import N_


class LivestreamEndsBeforeItBegins(Refusal):
    what = N_("The livestream would end before it begins.")
    fix = N_("Correct one of the times.")


class LivestreamNamesTwice(Refusal):
    what = N_("“{code}” is named twice.")
    fix = N_("Name each product and each county once.")


@dataclass(frozen=True)
class CountySales:
    """One county's part of a livestream, in fen. `code` is "" for what comes from elsewhere."""

    code: str
    name: str
    gross_fen: int
    refund_fen: int
    return_fen: int
    packs: int

    @property
    def net_fen(self) -> int:
        return self.gross_fen - self.refund_fen - self.return_fen


def total(rows: tuple[CountySales, ...]) -> CountySales:
    """All counties of the event together; what comes from elsewhere is not counted."""
    mine = [row for row in rows if row.code]
    return CountySales(
        "*",
        "",
        sum(row.gross_fen for row in mine),
        sum(row.refund_fen for row in mine),
        sum(row.return_fen for row in mine),
        sum(row.packs for row in mine),
    )


def shared_back(back_fen: int, amounts: Mapping[int, int]) -> dict[int, int]:
    """What was given back of an order as a whole, shared over its lines by what each cost.

    Largest remainder, ties to the earlier line; the parts add up.
    """
    return shared(back_fen, amounts)
