"""Contracts by which a collective lets what it holds; its income of a year by source, under both definitions.

Income of a year has six sources. The first four together are the operating income, the common yardstick; all
six are the total income. Which of the two a report means is rarely said, so both are always shown.
Source: 农村集体经济组织法 arts. 40, 42; indicator M29 of the domain list.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from lianjie.base.refusal import Finding, Refusal
from lianjie.base.words import N_

SOURCES = ("operating", "contracting", "investment", "other_operating", "subsidy", "other")
"""经营、发包及上交、投资、其他经营性、补助、其他."""
YARDSTICK = SOURCES[:4]
INTO = ("bank", "cash", "held")
LONGEST_YEARS = 20


class ContractEndsBeforeStart(Refusal):
    what = N_("The contract would end on {last}, before it begins on {start}.")
    fix = N_("Give a last day after the first.")


class FirstDueOutside(Refusal):
    what = N_("The first payment would be due on {due}, more than a year from the first day, {start}.")
    fix = N_("Give a day in the year before or after the contract begins.")


class ContractAmountMissing(Refusal):
    what = N_("What is paid a year must be above zero.")
    fix = N_("Write the yearly amount; what is given for nothing is a use, not a contract.")


class MoreLetThanThere(Refusal):
    what = N_("Asset {asset} cannot be let from {start} on: contract {contract} holds it, or too much of it.")
    fix = N_("Begin after that contract, end it, or let only the part that is free.")


class ContractOver(Refusal):
    what = N_("Contract {contract} runs from {start} to {last}; {day} is outside.")
    fix = N_("Correct the day.")


class PaidMoreThanAgreed(Refusal):
    what = N_("Contract {contract} has {left} yuan still to be paid in all; {given} is more.")
    fix = N_("Check the amount; what the payer gives beyond the contract is other income.")


class ReceivedNothing(Refusal):
    what = N_("The amount must be above zero.")
    fix = N_("Write what was received or given back.")


class GivenBackMoreThanBeyond(Refusal):
    what = N_(
        "Under contract {contract} {left} yuan were received beyond all it owes on {day}; {given} is more."
    )
    fix = N_(
        "Check the amount and the day. While a contract runs, what is received beforehand stands against its "
        "later years: end the contract first. What was entered wrongly is withdrawn, not given back."
    )


@dataclass(frozen=True)
class Contract:
    """What a payer owes for an asset: every contract year the same sum, raised every few years.

    until        half-open
    extent_mu4   how much of a piece of land; 0 for the whole of it, or of anything else
    rise_fen     added to the yearly sum after each `rise_years` years; 0 when it stays
    """

    number: str
    asset: str
    payer: str
    start: date
    until: date
    first_due: date
    yearly_fen: int
    rise_years: int = 0
    rise_fen: int = 0
    extent_mu4: int = 0


@dataclass(frozen=True)
class Due:
    """One payment under a contract: the how-manieth, when, how much."""

    turn: int
    day: date
    fen: int


@dataclass(frozen=True)
class Paying:
    """Where a contract stands on a day.

    received_fen  less what was given back
    whole_fen     all it owes; when it ended early, for the years begun by then
    beyond_fen    received beyond all it owes, on this day and on every later one: what can be given back
    """

    due_fen: int
    received_fen: int
    whole_fen: int
    beyond_fen: int = 0

    @property
    def owed_fen(self) -> int:
        """Fallen due and not yet received; below zero: received before it was due."""
        return self.due_fen - self.received_fen

    @property
    def early_fen(self) -> int:
        """Received before it was due."""
        return max(0, -self.owed_fen)


def accept(contract: Contract) -> None:
    """Refuses terms that cannot be."""
    if contract.until <= contract.start:
        raise ContractEndsBeforeStart(last=contract.until, start=contract.start)
    if not years_on(contract.start, -1) <= contract.first_due <= years_on(contract.start, 1):
        raise FirstDueOutside(due=contract.first_due, start=contract.start)
    if contract.yearly_fen <= 0 or contract.rise_fen < 0:
        raise ContractAmountMissing


def check(contract: Contract, on_land: bool) -> tuple[Finding, ...]:
    """What a person should look at before it is signed."""
    found = []
    if not on_land and contract.until > years_on(contract.start, LONGEST_YEARS):
        found.append(
            Finding(
                "let-beyond-twenty-years",
                N_("A lease runs twenty years at most; what goes beyond is void."),
                where=contract.number,
                law=N_("Civil Code, art. 705"),
            )
        )
    years = next(n for n in range(1, 1_000) if years_on(contract.start, n) >= contract.until)
    last = years_on(contract.start, years - 1)
    if years_on(contract.start, years) > contract.until:
        found.append(
            Finding(
                "last-year-not-whole",
                N_(
                    "The last year begins on {day} and is not whole, and the whole yearly sum falls due for "
                    "it. If less is agreed, let this contract end the day before, and enter the rest as a "
                    "contract of its own with its sum."
                ),
                {"day": last},
                severity="note",
                where=contract.number,
            )
        )
    return tuple(found)


def dues(contract: Contract, ended: date | None = None) -> tuple[Due, ...]:
    """Every payment under the contract, one for each year begun before it ended."""
    found = []
    turn = 0
    while years_on(contract.start, turn) < contract.until:
        day = years_on(contract.first_due, turn)
        if ended is None or years_on(contract.start, turn) < ended:
            rises = turn // contract.rise_years if contract.rise_years > 0 else 0
            found.append(Due(turn + 1, day, contract.yearly_fen + rises * contract.rise_fen))
        turn += 1
    return tuple(found)


def paying(schedule: Sequence[Due], received: Mapping[date, int], on: date) -> Paying:
    """Where it stands at the end of `on`. `received`: day -> fen, below zero when given back."""
    whole = sum(each.fen for each in schedule)
    return Paying(
        sum(each.fen for each in schedule if each.day <= on),
        sum(fen for day, fen in received.items() if day <= on),
        whole,
        max(0, least_from(received, on) - whole),
    )


def least_from(received: Mapping[date, int], on: date) -> int:
    """The least that is received in all at the end of `on` or of any later day."""
    ends = {on, *(day for day in received if day > on)}
    return min(sum(fen for day, fen in received.items() if day <= end) for end in ends)


@dataclass(frozen=True)
class Letting:
    """A stretch of time for which an asset is let, and how much of it."""

    contract: str
    start: date
    until: date
    extent_mu4: int


def fits(asset: str, extent_mu4: int, new: Letting, others: Iterable[Letting]) -> None:
    """Refuses with MoreLetThanThere when the asset, or more land than there is, would be let twice.

    extent_mu4  of the whole asset; 0 when it is no land and can be let only as a whole
    """
    whole = extent_mu4 or 1

    def part(of: Letting) -> int:
        return of.extent_mu4 if extent_mu4 and of.extent_mu4 else whole

    beside = [each for each in others if each.start < new.until and new.start < each.until]
    for at in (new.start, *(each.start for each in beside if each.start > new.start)):
        there = [each for each in beside if each.start <= at < each.until]
        if sum(part(each) for each in (new, *there)) > whole:
            contract = there[0].contract if there else new.contract
            raise MoreLetThanThere(asset=asset, start=new.start, contract=contract)


@dataclass(frozen=True)
class YearIncome:
    """A collective's income of a year by source, in fen."""

    by_source: Mapping[str, int] = field(default_factory=dict)

    @property
    def operating_fen(self) -> int:
        """Definition one: operating, contracting, investment and other operating income."""
        return sum(self.by_source.get(each, 0) for each in YARDSTICK)

    @property
    def total_fen(self) -> int:
        """Definition two: everything, subsidies too."""
        return sum(self.by_source.get(each, 0) for each in SOURCES)


@dataclass(frozen=True)
class Above:
    """How many villages stand above the threshold, of how many: by each definition."""

    operating: int
    total: int
    villages: int


def above(incomes: Iterable[YearIncome], villages: int, threshold_fen: int) -> Above:
    """Indicator M29. Numerator: villages whose collectives together had more than the threshold in the year.
    Denominator: every village of the area, those without a collective too."""
    kept = list(incomes)
    return Above(
        sum(each.operating_fen > threshold_fen for each in kept),
        sum(each.total_fen > threshold_fen for each in kept),
        villages,
    )


def years_on(day: date, years: int) -> date:
    """The same day of another year; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
