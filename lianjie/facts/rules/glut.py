"""Clearing a glut: what is declared, how much of it is cleared, volume and price against past years.

Cleared share = (opening − closing − loss) ÷ opening; volume ratio = sold in the period ÷ mean of the same
period of the k years before; price ratio = weighted price ÷ weighted price of the same period a year before.
Weighted means money over weight; the mean of prices is never taken. Ratios are exact; None says nothing.

Source: practice of surveying stock, a plan and point-to-point links (domain list, section 7; M42).
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_

T = TypeVar("T")
ANSWERS = ("accepted", "declined")
PAST_YEARS_AT_MOST = 10


class PlanUnclear(Refusal):
    what = N_("The plan has no target above zero, or ends before it begins.")
    fix = N_("Write how many kilograms are to be cleared, and a last day after the first.")


class PastYearsUnclear(Refusal):
    what = N_("{years} past years cannot be compared.")
    fix = N_("Compare with one to ten years.")


class HolderUnclear(Refusal):
    what = N_("A declaration is of one household or of one store.")
    fix = N_("Name the household, or leave it empty and name the store.")


class StockDoesNotAddUp(Refusal):
    what = N_("{went} kg out and {lost} kg lost are more than the {had} kg that were there.")
    fix = N_(
        "Correct one of the weights: what was there and came in, less what went out and was lost, is left."
    )


class WeightNegative(Refusal):
    what = N_("A weight cannot be below zero.")
    fix = N_("Write zero where nothing moved.")


class DeclaredBeforeOpening(Refusal):
    what = N_("The stock of {day} cannot be counted from {since} on.")
    fix = N_("Correct one of the days.")


class OfferUnclear(Refusal):
    what = N_("An offer needs a weight and a price above zero, and a last day after the first.")
    fix = N_("Write what the buyer offers.")


class OfferAnswered(Refusal):
    what = N_("Offer {number} was answered by {person} on {day} already.")
    fix = N_("Take that answer back first, with its reason.")


class OfferNotAccepted(Refusal):
    what = N_("Offer {number} is not accepted.")
    fix = N_("Have it accepted first, or enter the sale without it.")


class SoldAboveOffer(Refusal):
    what = N_("Of offer {number}, {left} kg are left; {given} kg would be more than that.")
    fix = N_("Enter at most that, and the rest as a sale of its own.")


class SoldNothing(Refusal):
    what = N_("A sale needs a weight above zero and an amount not below zero.")
    fix = N_("Write both as they stand on the receipt.")


@dataclass(frozen=True)
class Declared:
    """One declaration. `holder`: a household's code, or a store's name; `at` orders those of a day."""

    holder: Hashable
    village: str
    good: str
    grade: str
    since: date
    day: date
    opening: int
    came: int
    went: int
    lost: int
    at: int = 0

    @property
    def closing(self) -> int:
        """Grams left."""
        return self.opening + self.came - self.went - self.lost


@dataclass(frozen=True)
class Sold:
    """Something sold: grams and fen, net of what came back. `source` names the record."""

    day: date
    village: str
    good: str
    grade: str
    grams: int
    fen: int
    source: str = ""


@dataclass(frozen=True)
class Cleared:
    """Declared stock of some holders, in grams."""

    opening: int = 0
    came: int = 0
    went: int = 0
    lost: int = 0
    holders: int = 0

    @property
    def closing(self) -> int:
        return self.opening + self.came - self.went - self.lost

    @property
    def share(self) -> Fraction | None:
        """(opening − closing − loss) ÷ opening."""
        return Fraction(self.opening - self.closing - self.lost, self.opening) if self.opening else None


@dataclass(frozen=True)
class Volume:
    """What was sold in one period."""

    start: date
    until: date
    grams: int = 0
    fen: int = 0
    sales: int = 0

    @property
    def price(self) -> Fraction | None:
        """Fen for a kilogram: all the money over all the weight."""
        return Fraction(self.fen * 1000, self.grams) if self.grams else None


@dataclass(frozen=True)
class Compared:
    """A period against the same period of past years. `past`: the year before first."""

    now: Volume
    past: tuple[Volume, ...]

    @property
    def missing(self) -> tuple[int, ...]:
        """Years of which nothing is entered: no mean is made without them."""
        return tuple(each.start.year for each in self.past if not each.sales)

    @property
    def mean_grams(self) -> Fraction | None:
        """Mean of the past years; None while one of them is missing."""
        return Fraction(sum(each.grams for each in self.past), len(self.past)) if not self.missing else None

    @property
    def volume_ratio(self) -> Fraction | None:
        return Fraction(self.now.grams) / self.mean_grams if self.mean_grams else None

    @property
    def price_ratio(self) -> Fraction | None:
        before = self.past[0].price if self.past else None
        return self.now.price / before if before and self.now.price is not None else None


@dataclass(frozen=True)
class Differs:
    """A holder whose declarations do not begin with the same stock."""

    holder: Hashable
    grade: str
    before: int
    after: int


def check_plan(start: date, until: date, target: int, years: int) -> None:
    """Refuse a plan that cannot be measured."""
    if target <= 0 or until <= start:
        raise PlanUnclear
    if not 1 <= years <= PAST_YEARS_AT_MOST:
        raise PastYearsUnclear(years=years)


def check_declared(holder: str, store: str, given: Declared) -> None:
    """Refuse a declaration that does not add up."""
    if bool(holder) == bool(store.strip()):
        raise HolderUnclear
    if given.since > given.day:
        raise DeclaredBeforeOpening(day=given.day, since=given.since)
    if min(given.opening, given.came, given.went, given.lost) < 0:
        raise WeightNegative
    if given.closing < 0:
        raise StockDoesNotAddUp(
            went=in_kg(given.went), lost=in_kg(given.lost), had=in_kg(given.opening + given.came)
        )


def check_offer(grams: int, price_fen: int, start: date, until: date) -> None:
    """Refuse an offer without weight, price or window."""
    if grams <= 0 or price_fen <= 0 or until <= start:
        raise OfferUnclear


def check_sold(grams: int, fen: int) -> None:
    if grams <= 0 or fen < 0:
        raise SoldNothing


def latest(rows: Iterable[Declared]) -> list[Declared]:
    """The last declaration of each holder and grade: each counts from its opening, so only one may count."""
    found: dict[Hashable, Declared] = {}
    for row in sorted(rows, key=_in_time):
        found[row.holder, row.good, row.grade] = row
    return sorted(found.values(), key=_by_place)


def _in_time(row: Declared) -> tuple[date, int]:
    return row.day, row.at


def _by_place(row: Declared) -> tuple[str, str, str]:
    return row.village, str(row.holder), row.grade


def differing(rows: Iterable[Declared]) -> list[Differs]:
    """Holders who later said they began with another stock, on the same opening day: somebody must ask."""
    first: dict[Hashable, Declared] = {}
    found: dict[Hashable, Differs] = {}
    for row in sorted(rows, key=_in_time):
        key = (row.holder, row.good, row.grade, row.since)
        before = first.setdefault(key, row)
        if before.opening != row.opening:
            found[key] = Differs(row.holder, row.grade, before.opening, row.opening)
        else:
            found.pop(key, None)
    return list(found.values())


def cleared(rows: Iterable[Declared]) -> Cleared:
    """Declarations added up; give it the latest of each holder."""
    kept = list(rows)
    return Cleared(
        sum(row.opening for row in kept), sum(row.came for row in kept), sum(row.went for row in kept),
        sum(row.lost for row in kept), len({row.holder for row in kept}),
    )  # fmt: skip


def earlier(day: date, years: int) -> date:
    """The same day some years before; 29 February is the first of March in a common year."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 3, 1)


def periods(start: date, until: date, years: int) -> list[tuple[date, date]]:
    """The half-open period and the same one of each year before, the latest first."""
    return [(earlier(start, back), earlier(until, back)) for back in range(years + 1)]


def compared(sales: Iterable[Sold], start: date, until: date, years: int) -> Compared:
    """What was sold in the period and in the same one of `years` years before."""
    spans = periods(start, until, years)
    kept = list(sales)
    found = []
    for first, end in spans:
        rows = [row for row in kept if first <= row.day < end]
        grams, fen = sum(row.grams for row in rows), sum(row.fen for row in rows)
        found.append(Volume(first, end, grams, fen, len(rows)))
    return Compared(found[0], tuple(found[1:]))


def grouped(rows: Iterable[T], by: Callable[[T], str]) -> Mapping[str, Sequence[T]]:
    """Rows by village or grade, in order of name."""
    found: dict[str, list[T]] = defaultdict(list)
    for row in rows:
        found[by(row)].append(row)
    return dict(sorted(found.items()))


def in_kg(grams: int) -> str:
    """Grams as a refusal names them."""
    return f"{Decimal(grams) / 1000:,f}"
