"""How amounts, weights and quantities are written in files: exactly, or with an ellipsis that says so."""

from fractions import Fraction

from lianjie.base.fen import Fen
from lianjie.base.quantity import UNITS, counted, unit
from lianjie.base.words import Say

MINUS = "−"
UP_TO = 6


def yuan(fen: int) -> str:
    """1234567 -> 12,345.67."""
    return str(Fen(fen)).replace("-", MINUS)


def number(value: Fraction, places: int = UP_TO) -> str:
    """As many decimals as it has; beyond `places` it is cut and an ellipsis follows."""
    scaled = abs(value) * 10**places
    whole, part = divmod(int(scaled), 10**places)
    decimals = f"{part:0{places}d}".rstrip("0") if scaled.denominator == 1 else f"{part:0{places}d}…"
    return f"{MINUS if value < 0 else ''}{whole:,}{'.' if decimals else ''}{decimals}"


def exact_yuan(fen: Fraction) -> str:
    """An exact quota in yuan: 1,234.56 or 1,234.566666…"""
    text = number(fen / 100)
    whole, _, decimals = text.partition(".")
    return text if "…" in text else f"{whole}.{decimals:0<2}"


def with_unit(value: Fraction, code: str, say: Say) -> str:
    """1,234.5 kg, the unit in the reader's language; a plain number has none."""
    if code in ("", "number"):
        return number(value)
    if code == "yuan" and (value * 100).denominator == 1:
        return f"{yuan(int(value * 100))} {say(UNITS[code].label)}"
    return f"{number(value)} {say(counted(number(value), UNITS[code].label))}"


def unit_word(code: str, say: Say) -> str:
    """The unit in the reader's language."""
    return say(unit(code).label)


def quantity(small: int, code: str, say: Say) -> str:
    """Whole small units of `code` -> the number people write, with its unit."""
    return with_unit(Fraction(small) / unit(code).small, code, say)
