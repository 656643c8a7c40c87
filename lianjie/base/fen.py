"""Money as whole fen (1 yuan = 100 fen)."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import total_ordering

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_


class NotAnAmount(Refusal):
    what = N_("“{text}” is not an amount of money.")
    fix = N_("Write yuan with at most two decimals, for example 1234.50.")


@total_ordering
@dataclass(frozen=True, slots=True)
class Fen:
    """A whole number of fen. Adds and compares; never divides: to divide is to allot."""

    n: int

    def __post_init__(self) -> None:
        if type(self.n) is not int:
            raise TypeError(f"Fen takes a whole number, not {type(self.n).__name__}")

    @classmethod
    def of_yuan(cls, text: str | int | Decimal) -> "Fen":
        """Read yuan. Refuses floats (TypeError) and more than two decimals (NotAnAmount)."""
        if isinstance(text, float):
            raise TypeError("a float is not an amount of money; use Decimal or text")
        try:
            fen = Decimal(str(text).strip().replace(",", "").replace("，", "")) * 100
        except InvalidOperation:
            raise NotAnAmount(text=text) from None
        if not fen.is_finite() or fen != fen.to_integral_value():
            raise NotAnAmount(text=text)
        return cls(int(fen))

    @property
    def yuan(self) -> Decimal:
        """The same amount in yuan, always with two decimals."""
        return Decimal(self.n).scaleb(-2)

    def __add__(self, other: "Fen") -> "Fen":
        return Fen(self.n + other.n) if isinstance(other, Fen) else NotImplemented

    def __sub__(self, other: "Fen") -> "Fen":
        return Fen(self.n - other.n) if isinstance(other, Fen) else NotImplemented

    def __neg__(self) -> "Fen":
        return Fen(-self.n)

    def __mul__(self, times: int) -> "Fen":
        return Fen(self.n * times) if type(times) is int else NotImplemented

    __rmul__ = __mul__

    def __lt__(self, other: "Fen") -> bool:
        return self.n < other.n if isinstance(other, Fen) else NotImplemented

    def __bool__(self) -> bool:
        return self.n != 0

    def __str__(self) -> str:
        return f"{self.yuan:,.2f}"
