"""Goods, land and counts as whole numbers of a small unit.

The unit table is the only place that knows how many small units make a unit people write.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import TypeVar

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_

K = TypeVar("K", int, str)


class NotAQuantity(Refusal):
    what = N_("“{text}” is not a quantity in {unit}.")
    fix = N_("Write a plain number with at most {places} decimals.")
    words = ("unit",)


class UnknownUnit(Refusal):
    what = N_("The unit “{unit}” is not known.")
    fix = N_("Use one of: {known}.")


@dataclass(frozen=True)
class Unit:
    """A unit people write and the whole numbers we keep.

    code    name in data and plans
    kind    only quantities of one kind add up: money, mass, land, count, time, rate
    small   how many small units make one (fen to the yuan, grams to the kilogram)
    places  decimals a person may write
    label   catalogue text
    """

    code: str
    kind: str
    small: Fraction
    places: int
    label: str


UNITS = {
    unit.code: unit
    for unit in (
        Unit("fen", "money", Fraction(1), 0, N_("fen")),
        Unit("yuan", "money", Fraction(100), 2, N_("yuan")),
        Unit("wan_yuan", "money", Fraction(1_000_000), 6, N_("ten thousand yuan")),
        Unit("g", "mass", Fraction(1), 0, N_("g")),
        Unit("jin", "mass", Fraction(500), 2, N_("jin")),
        Unit("kg", "mass", Fraction(1000), 3, N_("kg")),
        Unit("t", "mass", Fraction(1_000_000), 6, N_("t")),
        # Land is kept in ten-thousandths of a mu: certificates print two to four decimals of a mu,
        # and a square metre (3/2000 mu) would not be whole.
        Unit("mu", "land", Fraction(10_000), 4, N_("mu")),
        Unit("ha", "land", Fraction(150_000), 4, N_("ha")),
        Unit("share", "count", Fraction(10_000), 4, N_("shares")),
        Unit("person", "count", Fraction(10_000), 0, N_("persons")),
        Unit("household", "count", Fraction(10_000), 0, N_("households")),
        Unit("piece", "count", Fraction(10_000), 4, N_("pieces")),
        Unit("point", "count", Fraction(10_000), 4, N_("points")),
        Unit("day", "time", Fraction(10_000), 4, N_("days")),
        Unit("year", "time", Fraction(10_000), 4, N_("years")),
        Unit("number", "rate", Fraction(1), 12, N_("number")),
        Unit("percent", "rate", Fraction(1, 100), 12, N_("percent")),
    )
}


ONE = {
    "persons": N_("person"), "households": N_("household"), "pieces": N_("piece"), "shares": N_("share"),
    "points": N_("point"), "days": N_("day"), "years": N_("year"), N_("hours"): N_("hour"),
    N_("months"): N_("month"), N_("packs"): N_("pack"), N_("parts"): N_("part"),
}  # fmt: skip
"""Catalogue texts of what is counted -> the text after one of it."""


def counted(number: str, label: str) -> str:
    """The catalogue text of what is counted as it stands after `number`: “piece” after 1, else “pieces”."""
    return ONE.get(label, label) if number.lstrip("+−-") == "1" else label


def unit(code: str) -> Unit:
    """The unit named `code`. Refuses with UnknownUnit."""
    try:
        return UNITS[code]
    except KeyError:
        raise UnknownUnit(unit=code, known=", ".join(UNITS)) from None


def small_units(text: str | int | Decimal, code: str) -> int:
    """Read a quantity a person wrote, in unit `code`, as whole small units.

    Refuses with NotAQuantity when the text is no plain number (1e9 is a slip of the finger, or what a table
    made of a long number) or finer than a small unit.
    """
    of = unit(code)
    if isinstance(text, float):
        raise TypeError("a float is not a quantity; use Decimal or text")
    try:
        number = Decimal(str(text).strip().replace(",", "").replace("，", ""))
    except InvalidOperation:
        raise NotAQuantity(text=text, unit=of.label, places=of.places) from None
    if not number.is_finite() or (isinstance(text, str) and "e" in text.casefold()):
        raise NotAQuantity(text=text, unit=of.label, places=of.places)
    small = Fraction(number) * of.small
    if small.denominator != 1:
        raise NotAQuantity(text=text, unit=of.label, places=of.places)
    return int(small)


def written(small: int, code: str) -> Fraction:
    """Small units back to the number a person reads, exactly."""
    return Fraction(small) / unit(code).small


def half_up(value: Fraction) -> int:
    """To whole small units or fen, half up."""
    return int((value * 2 + 1) // 2)


def shared(total: int, weights: Mapping[K, int]) -> dict[K, int]:
    """A whole shared by weights: largest remainder, ties to the smaller key; the parts add up.

    Nothing where no weight is above zero.
    """
    whole = sum(weights.values())
    if not whole:
        return {}
    parts = {key: total * weight // whole for key, weight in weights.items()}
    order = sorted(weights, key=lambda key: (-(total * weights[key] % whole), key))
    for key in order[: total - sum(parts.values())]:
        parts[key] += 1
    return parts
