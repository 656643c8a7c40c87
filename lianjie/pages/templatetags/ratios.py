"""Filters for exact ratios: written rounded, kept exact."""

from decimal import Decimal
from fractions import Fraction

from django import template

register = template.Library()


def _whole(value: Fraction) -> Decimal:
    """Rounded half up, as people round."""
    return Decimal((2 * value + 1) // 2)


@register.filter
def percent(value: Fraction | None) -> str:
    """A ratio as a percentage with one decimal; a dash where it says nothing."""
    return "–" if value is None else f"{_whole(value * 1000) / 10:,.1f} %"


@register.filter
def unit_price(value: Fraction | None) -> str:
    """Fen a kilogram -> yuan with four decimals; a dash without a price."""
    return "–" if value is None else f"{_whole(value * 100) / 10_000:,.4f}"


@register.filter
def tonnes(value: Fraction | int | None) -> str:
    """Grams -> tonnes with three decimals; a dash for none."""
    return "–" if value is None else f"{_whole(Fraction(value) / 1000) / 1000:,.3f}"


@register.filter
def whole_yuan(value: Fraction | None) -> str:
    """A mean in fen -> yuan with two decimals; a dash where it says nothing."""
    return "–" if value is None else f"{_whole(value) / 100:,.2f}"
