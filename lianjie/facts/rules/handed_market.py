"""What the ledger is handed of sales and of goods that change their shape.

`held` says where goods stand: own (in our store), outlet (ours, with somebody who sells them for us) or
consigned (the growers', with us at an agreed price).
`cost_fen` is what they cost us; of consigned goods it is the agreed price.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from lianjie.facts.rules.in_kind import Goods

Held = Literal["own", "outlet", "consigned"]


@dataclass(frozen=True)
class Owed:
    """Somebody's part of a sum; `member` tells members' accounts from others'."""

    party: str
    member: bool
    fen: int


@dataclass(frozen=True)
class Grower:
    """Somebody whose goods these were, and their exact part as a whole number."""

    party: str
    member: bool
    weight: int


@dataclass(frozen=True)
class GoodsCost:
    """Goods of one lot, where they stand and what they cost."""

    held: Held
    goods: Goods
    cost_fen: int


@dataclass(frozen=True)
class SaleMade:
    """Goods handed over: what the buyer owes, and what left the stock for it.

    party        who owes it; "" for a buyer who is not registered
    revenue_fen  of goods of our own
    consigned_fen  of goods of the growers: what is above or below the agreed price is ours
    """

    reference: str
    day: date
    party: str
    member: bool
    revenue_fen: int
    consigned_fen: int = 0
    goods: tuple[GoodsCost, ...] = ()


@dataclass(frozen=True)
class SaleGivenBack:
    """Money the buyer need not pay or gets back, and goods that came back, spoilt or were lost on the way.

    fen    altogether
    borne  growers who bear it, by the contract, with whole-number weights; empty: the organisation bears it
    back   goods that are in our stock again
    lost   goods that are nobody's any more
    """

    reference: str
    day: date
    party: str
    member: bool
    fen: int
    borne: tuple[Grower, ...] = ()
    back: tuple[GoodsCost, ...] = ()
    lost: tuple[Goods, ...] = ()


@dataclass(frozen=True)
class BuyerPaid:
    """Money of a buyer. matched_fen settles orders, advance_fen is owed back until it does.

    into  101 cash, 102 bank; "" when an advance received before is now matched
    back  money paid back to the buyer
    """

    reference: str
    day: date
    party: str
    member: bool
    into: str
    matched_fen: int
    advance_fen: int = 0
    back: bool = False


@dataclass(frozen=True)
class GoodsChanged:
    """Goods taken in from deliveries, turned into other lots, moved, or lost.

    came, went  what is there after, and what was there before
    lost        goods lost on the way; `lost_fen` what they cost, when that is not borne by what is left
    owed        growers' claims for consigned goods, at the agreed price
    bought      the goods were bought already: only kilograms come in
    """

    reference: str
    day: date
    kind: Literal["pooled", "sorted", "packed", "moved", "lost"]
    came: tuple[GoodsCost, ...] = ()
    went: tuple[GoodsCost, ...] = ()
    lost: tuple[Goods, ...] = ()
    lost_fen: int = 0
    owed: tuple[Owed, ...] = ()
