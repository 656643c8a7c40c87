"""Land rights put in as capital: written off in equal months from the day of use to the end of the right.

Source: accounting system for farmers' cooperatives (2021), intangible assets: from the day of use, straight
line over the years of use; domain list, section 2.3, land-right amortisation.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from lianjie.base.period import month_of


@dataclass(frozen=True)
class LandRight:
    """`fen` of capital for the half-open days from `start` to `until`. A return of capital is below zero."""

    start: date
    until: date
    fen: int


def used_up(right: LandRight, month: int) -> int:
    """Fen written off up to the end of a month. The month of coming counts whole, that of the end does not.

    Each month takes what is written off by then less what was before: the last takes what rounding left.
    """
    life = max(month_of(right.until) - month_of(right.start), 1)
    gone = min(max(month - month_of(right.start) + 1, 0), life)
    sign = 1 if right.fen > 0 else -1
    return sign * (abs(right.fen) * gone // life)


def to_book(
    rights: Iterable[LandRight], booked: Mapping[int, int], start: int, until: int, kept: int
) -> Iterator[tuple[int, int]]:
    """Month and fen of each month from `start` up to, not including, `until` that is not booked yet.

    booked  month -> fen written off in it
    kept    the last month within books brought in from elsewhere, which hold what came before; -1 when none

    What was corrected since a month was booked (a right entered late, taken back) is made good in the next.
    """
    every = tuple(rights)

    def lost(month: int) -> int:
        return sum(used_up(right, month) - used_up(right, month - 1) for right in every)

    amiss = sum(lost(month) - fen for month, fen in booked.items())
    for month in range(max(start, kept + 1), until):
        if month not in booked:
            fen, amiss = lost(month) + amiss, 0
            if fen:
                yield month, fen
