"""Whose produce went into a sale, by the rule declared for the product: exact to the gram and the fen.

lot      by the lots the goods were taken from: the provenance of each take, mixed by weight
pool     by every delivery of the good pooled in the season, by weight, whichever lot was taken
average  the goods by lot; the money of all such sales of the season together, by weight, so that everyone
         gets the season's average price

Grams and fen are shared apart, each by the exact shares and each once: largest remainder, ties to the smaller
code.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from lianjie.facts.rules.market_goods import whole_weights
from lianjie.ledger.rules.allotment import share


@dataclass(frozen=True)
class Take:
    """One line of a sale: what the buyer kept, what it brought in net of what was given back.

    shares  code -> exact share of the goods taken; empty when nothing was picked
    """

    line: int
    quantity: int
    net_fen: int
    shares: Mapping[str, Fraction]


@dataclass(frozen=True)
class Part:
    """One code's part of a line."""

    share: Fraction
    quantity: int
    fen: int


def attribute(
    rule: str, line: Take, *, pool: Mapping[str, int] | None = None, season: Sequence[Take] = ()
) -> dict[str, Part]:
    """Code -> its part of one line; parts add up to the line's quantity and, but for `average`, its money.

    pool    code -> grams pooled in the season, for the rule `pool`
    season  every line of the season under the rule `average`, this one among them

    Empty when nothing stands behind the line: nothing picked, or an empty pool.
    """
    shares = _pooled(pool or {}) if rule == "pool" else dict(line.shares)
    if not shares:
        return {}
    weights = whole_weights(shares)
    quantities = share(max(line.quantity, 0), weights).parts
    if rule == "average":
        money = {code: fen for (at, code), fen in _season(season or (line,)).items() if at == line.line}
    else:
        money = dict(share(max(line.net_fen, 0), weights).parts)
    return {code: Part(shares[code], quantities[code], money.get(code, 0)) for code in sorted(shares)}


def _pooled(pool: Mapping[str, int]) -> dict[str, Fraction]:
    total = sum(pool.values())
    return {code: Fraction(grams, total) for code, grams in pool.items() if grams > 0} if total else {}


def _season(lines: Sequence[Take]) -> dict[tuple[int, str], int]:
    """(line, code) -> fen of the whole season by weight."""
    exact = {
        (line.line, code): line.quantity * part
        for line in lines
        for code, part in line.shares.items()
        if line.quantity > 0
    }
    if not exact:
        return {}
    names = {f"{code}|{at:012d}": (at, code) for at, code in exact}
    total = sum(exact.values(), Fraction(0))
    weights = whole_weights({name: exact[key] / total for name, key in names.items()})
    # Only what a line with known growers brought in is shared.
    money = sum(max(line.net_fen, 0) for line in lines if line.shares and line.quantity > 0)
    return {names[name]: fen for name, fen in share(money, weights).parts.items()}
