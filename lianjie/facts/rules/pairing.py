"""Pairing assistance: pledges against deliveries, projects, and what households got from them.

Pairings with a result ÷ pairings (M45): a pairing has a result once something of a pledge arrived, with
evidence. Benefit of a project (M47): N, the sum of its payments; D, its distinct households; N ÷ D. An
increase is said only against a base year, over the households whose base is known.

Source: pairing as reported (mechanisms list, M44 to M47); money by 财会〔2021〕37号, notes on 235, 311, 502.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_

KINDS = ("funds", "goods", "outlets", "jobs", "projects")
UNITS = ("kg", "piece", "person")
PARTNERS = ("public_body", "enterprise", "association", "committee")
"""What a partner may be registered as: a region's government or a unit, a firm, a society."""
TAKEN_AS = ("special_fund", "donation", "other_income", "elsewhere")
"""special_fund: for a purpose, owed until it is spent (235); donation: to funds (311); other_income: free to
use (502); elsewhere: into somebody else's books, or not money."""
INTO = ("bank", "cash")
BENEFITS = ("wage", "dividend", "sale", "rent", "other")


class PledgeUnclear(Refusal):
    what = N_("A pledge is one sum of money, or one quantity with its unit.")
    fix = N_("Fill in the amount for money; the quantity and what it is counted in for anything else.")


class MoneyIsFunds(Refusal):
    what = N_("Money is pledged as funds or for a project, and funds are money.")
    fix = N_("Choose the kind that fits.")


class PairingEndsFirst(Refusal):
    what = N_("A pairing cannot end before it begins.")
    fix = N_("Correct one of the days.")


class PairingOver(Refusal):
    what = N_("Pairing {number} does not run on {day}.")
    fix = N_("Correct the day, or enter the pairing that runs then.")


class ArrivedNothing(Refusal):
    what = N_("What arrived must be above zero, in the measure of the pledge.")
    fix = N_("Write the sum for money, the quantity for anything else.")


class ArrivalNeedsEvidence(Refusal):
    what = N_("What arrived counts only with evidence.")
    fix = N_("Write where the receipt, the bank's slip or the photo is kept.")


class OtherProject(Refusal):
    what = N_("Project {project} belongs to another pairing.")
    fix = N_("Choose a project of the same pairing.")


class ArrivedBookedNowhere(Refusal):
    what = N_("Only money can be taken into the books here.")
    fix = N_("Goods come into the stock on their own page; choose “elsewhere”.")


class BenefitNotAboveZero(Refusal):
    what = N_("What a household got must be above zero.")
    fix = N_("Write the sum paid.")


class BaseYearMissing(Refusal):
    what = N_("Project {project} names no base year.")
    fix = N_("Take the project back and enter it with a base year.")


class BaseInOtherYear(Refusal):
    what = N_("{day} is not in the base year {year} of the project.")
    fix = N_("A base is entered with a day in the base year.")


class BaseTwice(Refusal):
    what = N_("The base of household {household} is entered already.")
    fix = N_("Take the other back first.")


@dataclass(frozen=True)
class PairingMoney:
    """Money of a partner taken into these books: what it is, and where it went (bank or cash)."""

    reference: str
    day: date
    fen: int
    taken_as: str
    into: str


@dataclass(frozen=True)
class Promised:
    """A pledge and what arrived of it, in fen or small units."""

    wanted: int
    arrived: int = 0
    times: int = 0

    @property
    def open(self) -> int:
        return max(self.wanted - self.arrived, 0)

    @property
    def state(self) -> str:
        """open, part or kept."""
        return "kept" if self.arrived >= self.wanted else "part" if self.arrived else "open"


@dataclass(frozen=True)
class Benefit:
    """One payment of a project to a household, or its base."""

    household: str
    year: int
    fen: int
    base: bool = False


@dataclass(frozen=True)
class Benefits:
    """A project's year: N in fen, D households, and the increase where a base is known.

    with_base  households of the year whose base is known; `increase_fen` is over those only
    """

    year: int
    fen: int
    households: int
    base_year: int | None
    with_base: int
    increase_fen: int

    @property
    def each(self) -> Fraction | None:
        """Fen a household: N ÷ D, exact."""
        return Fraction(self.fen, self.households) if self.households else None

    @property
    def increase_each(self) -> Fraction | None:
        """Fen a household more than in the base year; None without a base."""
        return Fraction(self.increase_fen, self.with_base) if self.with_base else None


@dataclass(frozen=True)
class Claimed:
    """One claim on an order: who counts it, and the order's key and net fen."""

    kind: str
    who: str
    order: str
    fen: int


def check_pledge(kind: str, amount_fen: int, quantity: int, unit: str) -> None:
    """Refuse a pledge without one clear measure."""
    if amount_fen < 0 or quantity < 0 or bool(amount_fen) == bool(quantity) or bool(quantity) != bool(unit):
        raise PledgeUnclear
    if (kind == "funds" and not amount_fen) or (amount_fen and kind not in ("funds", "projects")):
        raise MoneyIsFunds


def check_arrived(pledge_fen: int, amount_fen: int, quantity: int, taken_as: str, evidence: str) -> None:
    """Refuse what has no measure of its pledge, or no evidence."""
    given, other = (amount_fen, quantity) if pledge_fen else (quantity, amount_fen)
    if given <= 0 or other:
        raise ArrivedNothing
    if not evidence.strip():
        raise ArrivalNeedsEvidence
    if not pledge_fen and taken_as != "elsewhere":
        raise ArrivedBookedNowhere


def with_result(pairings: Sequence[bool]) -> tuple[int, int]:
    """M45: pairings with at least one delivered result, and pairings."""
    return sum(pairings), len(pairings)


def benefits(rows: Iterable[Benefit], year: int, base_year: int | None) -> Benefits:
    """M47 for one year."""
    kept = list(rows)
    got: dict[str, int] = {}
    base: dict[str, int] = {}
    for row in kept:
        if row.base:
            base[row.household] = base.get(row.household, 0) + row.fen
        elif row.year == year:
            got[row.household] = got.get(row.household, 0) + row.fen
    known = [home for home in got if home in base] if base_year else []
    more = sum(got[home] - base[home] for home in known)
    return Benefits(year, sum(got.values()), len(got), base_year, len(known), more)


def claimed(rows: Iterable[Claimed]) -> tuple[list[tuple[str, str, int, int]], int, int]:
    """Sums by claimant (kind, who, orders, fen), and all claimed orders counted once (orders, fen)."""
    sums: dict[tuple[str, str], dict[str, int]] = {}
    once: dict[str, int] = {}
    for row in rows:
        sums.setdefault((row.kind, row.who), {})[row.order] = row.fen
        once[row.order] = row.fen
    lines = [(kind, who, len(orders), sum(orders.values())) for (kind, who), orders in sorted(sums.items())]
    return lines, len(once), sum(once.values())
