"""A joint co-op's cost and surplus of a year by the parts of the villages that joined."""

from collections.abc import Mapping
from dataclasses import dataclass

from lianjie.base.fen import Fen
from lianjie.ledger.rules.allotment import allot


@dataclass(frozen=True)
class VillagePart:
    """What one village bears and gets, in fen; a loss is a surplus below zero."""

    code: str
    parts: int
    cost_fen: int
    surplus_fen: int


def by_parts(cost_fen: int, surplus_fen: int, parts: Mapping[str, int]) -> tuple[VillagePart, ...]:
    """Cost and surplus shared by parts, each exact to the fen: largest remainder, ties to the smaller code.

    parts  code of the village's collective -> its parts, above zero as agreed when it joined

    Refuses with NothingToShareBy when nobody has a part.
    """
    cost, surplus = _shared(cost_fen, parts), _shared(surplus_fen, parts)
    return tuple(VillagePart(code, parts[code], cost[code], surplus[code]) for code in sorted(parts))


def _shared(fen: int, parts: Mapping[str, int]) -> dict[str, int]:
    """A loss is shared like a surplus: each bears its part of it."""
    sign = -1 if fen < 0 else 1
    return {code: sign * part.n for code, part in allot(Fen(abs(fen)), parts).items()}
