"""When the rent of a lease falls due, and how much it is."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from lianjie.base.quantity import unit


@dataclass(frozen=True)
class LeaseTerms:
    """What a lease says about its rent.

    reference   names the lease, the same in all its corrections ("lease:BD01@2024-01-01")
    start, until  the days it runs, half-open; until None while it runs on
    extent_mu4  the extent the rent is counted on, in ten-thousandths of a mu
    """

    reference: str
    lessor: str
    member: bool
    start: date
    until: date | None
    extent_mu4: int
    rent_fen_per_mu: int
    due_month: int
    due_day_of_month: int


@dataclass(frozen=True)
class RentDue:
    """A year's rent of one lease on the day it falls due."""

    reference: str
    lessor: str
    member: bool
    day: date
    fen: int


def yearly_rent(extent_mu4: int, rent_fen_per_mu: int) -> int:
    """Fen for a whole year: extent times rent, rounded once, half a fen up (in the household's favour)."""
    exact = Fraction(extent_mu4 * rent_fen_per_mu) / unit("mu").small
    return int(exact + Fraction(1, 2))


def due(lease: LeaseTerms, start: date, until: date) -> Iterator[RentDue]:
    """Each yearly rent that falls due from `start` up to, not including, `until`, while the lease runs.

    A due day a month does not have (31 June) is the month's last. A rent of nothing never falls due.
    """
    fen = yearly_rent(lease.extent_mu4, lease.rent_fen_per_mu)
    for year in range(start.year, until.year + 1):
        last = monthrange(year, lease.due_month)[1]
        day = date(year, lease.due_month, min(lease.due_day_of_month, last))
        runs = lease.start <= day and (lease.until is None or day < lease.until)
        if fen and runs and start <= day < until:
            yield RentDue(lease.reference, lease.lessor, lease.member, day, fen)
