"""When the rent of a lease falls due, and how much it is.

Kinds of rent found in contracts: a yearly cash sum; a weight of grain at the price of a dated window, taken
anew every few years; either of them rising by a step every few years; several years paid in advance.
A year of a lease runs from its first day; one the lease ends in before its rent fell due owes that rent by
days, on its own due day. A rent that fell due before stands whole.
Source: domain list, section 4.2; Rural Land Contract Law, arts. 38-47; Civil Code, art. 721.
"""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from lianjie.base.quantity import half_up, unit
from lianjie.facts.rules.asset_income import years_on
from lianjie.facts.rules.offtake import PriceSeen


@dataclass(frozen=True)
class Grain:
    """Rent in grain: `grams_per_mu` of `good` at the mean of the prices `market` showed in the window.

    grade  the grade agreed on, whose prices alone count; "" when none is agreed, and every price counts

    window_first, window_last  month and day, both counted in; a window that ends in the next year is said by
    a first day after the last
    years_before  0 when the window is that of the rent's own year, 1 for the year before
    reset_years   the price is taken anew every so many years
    """

    good: str
    grams_per_mu: int
    market: str
    window_first: tuple[int, int]
    window_last: tuple[int, int]
    years_before: int = 0
    reset_years: int = 1
    grade: str = ""

    @property
    def crop(self) -> str:
        """The grain with its grade."""
        return f"{self.good} {self.grade}".strip()

    def counts(self, seen: PriceSeen) -> bool:
        """Whether a price is of the market and the grade agreed on.

        A price without a grade is no price of the grade: nobody said which one was looked at.
        """
        return seen.market == self.market and (not self.grade or seen.grade == self.grade)


@dataclass(frozen=True)
class Step:
    """The rent rises by a share of itself every `years` years: of the first rent, or compound."""

    years: int
    millionths: int
    compound: bool


@dataclass(frozen=True)
class LeaseTerms:
    """What a lease says about its rent.

    reference   names the lease, the same in all its corrections ("lease:BD01@2024-01-01")
    start, until  the days it runs, half-open; until None while it runs on
    extent_mu4  the extent the rent is counted on, in ten-thousandths of a mu
    rent_fen_per_mu  the yearly cash rent; of no account when `grain` is agreed
    fixed_years, fixed_fen_per_mu  the first so many rents in fixed cash
    paid_years  how many years are paid at a time, in advance
    share_millionths, share_of  beside the rent, which is then a floor: a share of the result so named,
        distributed with the settlement of the year (the measure `land_sharing_mu`)
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
    grain: Grain | None = None
    step: Step | None = None
    fixed_years: int = 0
    fixed_fen_per_mu: int = 0
    paid_years: int = 1
    share_millionths: int = 0
    share_of: str = ""

    def runs(self, day: date) -> bool:
        """Whether the land is let on `day`."""
        return self.start <= day and (self.until is None or day < self.until)


@dataclass(frozen=True)
class Window:
    """The days whose prices count, both included, and the prices found there. `good` with its grade."""

    good: str
    market: str
    first: date
    last: date
    seen: tuple[PriceSeen, ...]

    @property
    def mean(self) -> Fraction | None:
        """Fen a kilogram, exactly; None when no price is on record."""
        if not self.seen:
            return None
        return Fraction(sum(each.fen_per_kg for each in self.seen), len(self.seen))


@dataclass(frozen=True)
class RentYear:
    """One year's rent: how it was counted.

    kind      cash, fixed or grain
    steps     how often the rent had risen by then
    fen_per_mu  exactly; None while the grain has no price
    window    the prices behind a rent in grain
    fen       for the whole extent, rounded by itself, so that paying in advance changes no figure
    part      days the land was let of those of a last year that is not whole; None for a whole year
    """

    year: int
    kind: str
    steps: int
    fen_per_mu: Fraction | None
    window: Window | None = None
    fen: int | None = None
    part: tuple[int, int] | None = None


@dataclass(frozen=True)
class RentDue:
    """The rent of one lease on the day it falls due: of one year, or of those paid in advance.

    fen    None while a rent in grain has no price
    years  how each year in it was counted
    """

    reference: str
    lessor: str
    member: bool
    day: date
    fen: int | None
    years: tuple[RentYear, ...] = ()


@dataclass(frozen=True)
class Change:
    """What became of a lease: handed back from `day` on, or renewed up to `until`."""

    kind: str
    day: date
    until: date | None = None


def yearly_rent(extent_mu4: int, fen_per_mu: int | Fraction) -> int:
    """Fen for a whole year: extent times rent, rounded once, half a fen up (in the household's favour)."""
    exact = Fraction(extent_mu4 * fen_per_mu) / unit("mu").small
    return int(exact + Fraction(1, 2))


def changed(lease: LeaseTerms, changes: Sequence[Change]) -> LeaseTerms:
    """The lease after what became of it: a renewal moves its end; a hand-back sets it, whenever signed."""
    for change in sorted(changes, key=lambda each: (each.kind == "hand_back", each.day)):
        if change.kind == "renewal":
            lease = replace(lease, until=change.until)
        elif change.kind == "hand_back":
            lease = replace(lease, until=min(lease.until or change.day, change.day))
    return lease


def due(lease: LeaseTerms, start: date, until: date, seen: Sequence[PriceSeen] = ()) -> Iterator[RentDue]:
    """Each rent that falls due from `start` up to, not including, `until`, of every year the lease began.

    seen  prices on record of the grain the rent is counted in

    A due day a month does not have (31 June) is the month's last. A rent of nothing never falls due.
    """
    first = _first_year(lease)
    for year in range(max(first, start.year), until.year + 1):
        day = due_day(lease, year)
        pays = (year - first) % lease.paid_years == 0
        if not (pays and _begun(lease, year - first) and start <= day < until):
            continue
        paid = [y for y in range(year, year + lease.paid_years) if _begun(lease, y - first)]
        years = tuple(
            _counted(lease, _rent_of(lease, y, y - first, seen), _part(lease, y, y - first)) for y in paid
        )
        known = [each.fen for each in years if each.fen is not None]
        fen = sum(known) if len(known) == len(years) else None
        if fen != 0:
            yield RentDue(lease.reference, lease.lessor, lease.member, day, fen, years)


def _counted(lease: LeaseTerms, of: RentYear, part: tuple[int, int] | None) -> RentYear:
    if of.fen_per_mu is None:
        return replace(of, part=part)
    return replace(of, part=part, fen=yearly_rent(lease.extent_mu4, of.fen_per_mu * Fraction(*part or (1,))))


def _rent_of(lease: LeaseTerms, year: int, nth: int, seen: Sequence[PriceSeen]) -> RentYear:
    """The rent a mu of the nth year of the lease, the first being 0."""
    if nth < lease.fixed_years:
        return RentYear(year, "fixed", 0, Fraction(lease.fixed_fen_per_mu))
    steps = nth // lease.step.years if lease.step else 0
    if lease.grain is None:
        return RentYear(year, "cash", steps, _raised(Fraction(lease.rent_fen_per_mu), lease.step, steps))
    window = _window(lease.grain, year, nth - lease.fixed_years, seen)
    if window.mean is None:
        return RentYear(year, "grain", steps, None, window)
    base = window.mean * lease.grain.grams_per_mu / 1000
    return RentYear(year, "grain", steps, _raised(base, lease.step, steps), window)


def _raised(base: Fraction, step: Step | None, steps: int) -> Fraction:
    if step is None or not steps:
        return base
    rate = Fraction(step.millionths, 1_000_000)
    return base * (1 + rate) ** steps if step.compound else base * (1 + rate * steps)


def _window(grain: Grain, year: int, nth: int, seen: Sequence[PriceSeen]) -> Window:
    """The window of the year in which the price was last taken anew."""
    taken = year - nth % grain.reset_years - grain.years_before
    ends = taken + (1 if grain.window_first > grain.window_last else 0)
    first, last = _day(taken, grain.window_first), _day(ends, grain.window_last)
    found = tuple(
        sorted(
            (each for each in seen if grain.counts(each) and first <= each.day <= last),
            key=lambda each: (each.day, each.reference),
        )
    )
    return Window(grain.crop, grain.market, first, last, found)


def _day(year: int, month_and_day: tuple[int, int]) -> date:
    month, day = month_and_day
    return date(year, month, min(day, monthrange(year, month)[1]))


@dataclass(frozen=True)
class GrainOwed:
    """What of a rent may be handed over in grain: `grams` of it for `fen`; part of it at `fen_per_kg`."""

    grams: int
    fen: int
    fen_per_kg: Fraction

    def worth(self, grams: int) -> int:
        """Fen that many grams settle at the price of the window, half a fen up; all of them settle all."""
        return self.fen if grams == self.grams else half_up(self.fen_per_kg * grams / 1000)


def grain_owed(lease: LeaseTerms, rent: RentDue) -> GrainOwed | None:
    """The grain of a rent, of every year in it that is counted in grain; None when no price is known."""
    years = [each for each in rent.years if each.kind == "grain" and each.fen_per_mu]
    if not years:
        return None
    mean = years[0].window.mean if years[0].window else None
    if not mean:
        return None
    let = Fraction(lease.extent_mu4, unit("mu").small)
    grams = sum((each.fen_per_mu or 0) / mean * let * Fraction(*each.part or (1,)) * 1000 for each in years)
    return GrainOwed(half_up(Fraction(grams)), sum(each.fen or 0 for each in years), mean)


def due_day(lease: LeaseTerms, year: int) -> date:
    """When the rent of a year falls due."""
    return _day(year, (lease.due_month, lease.due_day_of_month))


def _first_year(lease: LeaseTerms) -> int:
    """The year of the first rent: that of the first due day on or after the lease's first day."""
    return lease.start.year + (due_day(lease, lease.start.year) < lease.start)


def _begun(lease: LeaseTerms, nth: int) -> bool:
    """True when the lease still runs as its nth year begins, the first being 0."""
    return lease.until is None or years_on(lease.start, nth) < lease.until


def _part(lease: LeaseTerms, year: int, nth: int) -> tuple[int, int] | None:
    """Days let and days in all of the nth year, when the lease ends in it before its rent falls due."""
    if lease.until is None or due_day(lease, year) < lease.until:
        return None
    begins, ends = years_on(lease.start, nth), years_on(lease.start, nth + 1)
    return (lease.until - begins).days, (ends - begins).days
