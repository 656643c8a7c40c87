"""Template filters: how money, land, weight, dates and coded words are written.

Numbers are whole small units; the exact value is written, never a rounded one.
"""

from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext

from lianjie.base.fen import Fen
from lianjie.base.quantity import UNITS, written
from lianjie.base.quantity import counted as label_after
from lianjie.base.refusal import Finding, Refusal
from lianjie.facts.rules.relation import choice
from lianjie.pages import words

register = template.Library()
MINUS = "−"


def _number(value: Fraction, places: int, least: int = 0) -> str:
    """`value` with at most `places` decimals and at least `least`, thousands set apart."""
    sign = MINUS if value < 0 else ""
    scaled = abs(value) * 10**places
    whole, part = divmod(round(scaled), 10**places)
    decimals = f"{part:0{places}d}" if places else ""
    while len(decimals) > least and decimals.endswith("0"):
        decimals = decimals[:-1]
    return f"{sign}{whole:,}" + (f".{decimals}" if decimals else "")


@register.filter
def yuan(value: Fen | Fraction | int | None) -> str:
    """Fen -> 1,234.50. Nothing for None. A part of a fen, in a price, is written to six decimals."""
    if value is None or value == "":
        return ""
    if isinstance(value, Fraction):
        return _number(value / 100, 6, 2)
    return _number(Fraction(int(value.n if isinstance(value, Fen) else value), 100), 2, 2)


@register.filter
def yuan_or_blank(value: Fen | int | None) -> str:
    """Like yuan, but nothing for zero: for the columns of an account."""
    return yuan(value) if value else ""


@register.filter
def signed(value: Fen | int | None) -> str:
    """Fen with its sign, also above zero: +1,234.50."""
    text = yuan(value)
    return f"+{text}" if text and int(value.n if isinstance(value, Fen) else value) > 0 else text


@register.filter
def mu(value: int | None) -> str:
    """Ten-thousandths of a mu -> 3.25."""
    return "" if value is None else _number(written(value, "mu"), 4)


@register.filter
def square_metres(value: int | None) -> str:
    """Ten-thousandths of a mu -> square metres, to two decimals: a mu is two thirds of a thousand."""
    return "" if value is None else _number(Fraction(value, 15), 2)


@register.filter
def kg(value: int | None) -> str:
    """Grams -> kilograms."""
    return "" if value is None else _number(written(value, "kg"), 3)


@register.filter
def shares(value: int | None) -> str:
    """Ten-thousandths of a share -> shares; nothing for none."""
    return "" if not value else _number(written(value, "share"), 4)


@register.filter
def counted(number: str, label: str) -> str:
    """A number as written, with what is counted: {{ row.packs|whole|counted:"packs" }} -> 1 pack, 2 packs."""
    return f"{number} {gettext(label_after(number, label))}"


@register.filter
def quantity(value: int | None, unit: str) -> str:
    """Small units of `unit` -> the number with its unit, in the reader's language."""
    if value is None or unit not in UNITS:
        return "" if value is None else str(value)
    return counted(_number(written(value, unit), min(UNITS[unit].places, 6)), UNITS[unit].label)


@register.filter
def hours(minutes: int | None) -> str:
    """Minutes -> 7.75 hours."""
    return "" if minutes is None else counted(_number(Fraction(minutes, 60), 2), "hours")


@register.filter
def whole(value: int | None) -> str:
    """A count with its thousands set apart."""
    return "" if value is None else f"{value:,}"


@register.filter
def millionths(value: int | None) -> str:
    """A rate in millionths -> 5 %."""
    return "" if value is None else f"{_number(Fraction(value, 10_000), 4)} %"


@register.filter
def percent(value: int | None) -> str:
    """A share in hundredths of a percent -> 14.5 %."""
    return "" if value is None else f"{_number(Fraction(value, 100), 2)} %"


@register.filter
def fraction(value: Fraction | None) -> str:
    """An exact share: the percentage to two decimals, and the fraction while it is short."""
    if value is None:
        return ""
    exact = f" ({value.numerator}/{value.denominator})" if 1 < value.denominator < 10_000 else ""
    return f"{_number(Fraction(value) * 100, 2, 2)} %{exact}"


@register.filter
def tenths(value: int | None) -> str:
    """Tenths of a degree -> degrees: −18.5."""
    return "" if value is None else _number(Fraction(value, 10), 1)


@register.filter
def day(value: date | None) -> str:
    """A date, always 2026-03-05: the same in every language, and it sorts."""
    return "" if value is None else value.isoformat()[:10]


@register.filter
def last_day(value: date | None) -> str:
    """The last day of a period that runs up to, not including, `value`."""
    return "" if value is None else day(value - timedelta(days=1))


@register.filter
def at(value: datetime | None) -> str:
    """An instant in local time, to the minute."""
    return "" if value is None else localtime(value).strftime("%Y-%m-%d %H:%M")


@register.filter
def word(value: str | None, of: str) -> str:
    """A coded word in the reader's language: {{ row.status|word:"status" }}."""
    if not value:
        return ""
    text = words.WORDS[of].get(value)
    return gettext(text) if text else str(value)


@register.filter
def relation(written: str) -> str:
    """A known relation in words, another as written: {{ row.relation|relation }}."""
    return word(choice(written), "relation")


@register.filter
def yes_no(value: object) -> str:
    """Yes or no in the reader's language."""
    return gettext("yes") if value else gettext("no")


@register.filter
def price(value: int | None) -> str:
    """Fen for one kilogram or mu -> yuan."""
    return yuan(value)


@register.filter
def shown(value: object, kind: str) -> str:
    """A cell of a column: `kind` names a filter above, or is "text", "code" (one line) or "word:status"."""
    if value is None or value == "":
        return ""
    name, _, of = kind.partition(":")
    if name == "word":
        return word(str(value), of)
    if name == "quantity":
        number, unit = value
        return quantity(number, unit)
    return str(value) if name in ("text", "code") else register.filters[name](value)


@register.filter
def cell(row: Any, column: Any) -> str:
    """What a row shows in a column: {{ row.cells|cell:column }}."""
    return shown(row.get(column.name), column.kind)


@register.filter
def cells(row: Any, columns: Any) -> SafeString:
    """The cells of a row from the second column on: {{ row.cells|cells:register.columns }}."""
    return format_html_join(
        "\n",
        '<td class="{}">{}</td>',
        ((column.look, shown(row.get(column.name), column.kind)) for column in columns[1:]),
    )


@register.filter
def said(value: Refusal | Finding) -> str:
    """A refusal or finding in the reader's language."""
    return value.say(gettext)


@register.filter
def masked(value: str) -> str:
    """A name for posted lists: 王**, 欧阳*."""
    return value[:1] + "*" * max(len(value) - 1, 0)
