"""What the ledger is handed in the transaction that enters a fact.

`facts` does not know the ledger: the caller passes in `post`, and leaving it out is a TypeError.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from lianjie.facts.rules.handed_channel import ChannelSettled
from lianjie.facts.rules.handed_market import BuyerPaid, GoodsChanged, SaleGivenBack, SaleMade
from lianjie.facts.rules.in_kind import Goods
from lianjie.facts.rules.order_account import FloorsToBook
from lianjie.facts.rules.pairing import PairingMoney
from lianjie.facts.rules.rent_terms import RentToHand

HandedKind = Literal[
    "contribution",
    "delivery",
    "balance",
    "in_kind",
    "wages",
    "market",
    "home_work",
    "order",
    "assets",
    "pairing",
    "channel",
    "bond",
    "lease",
    "rent",
    "floors",
]


@dataclass(frozen=True)
class ContributionFact:
    """Capital paid in; negative when given back."""

    reference: str
    day: date
    party: str
    origin: str
    amount_fen: int


@dataclass(frozen=True)
class DeliveryFact:
    """Crop handed in; `member` tells members' accounts from others'."""

    reference: str
    day: date
    party: str
    member: bool
    amount_fen: int


@dataclass(frozen=True)
class BalanceFact:
    """One line of a trial balance."""

    reference: str
    account: str
    debit_fen: int
    credit_fen: int


InKindKind = Literal[
    "lot", "lent", "returned", "forgiven", "lot_lost", "issued", "used", "input_back", "advance_paid"
]


@dataclass(frozen=True)
class InKindFact:
    """Goods that moved.

    party   whose claim changes, or who got an input; "" for stock alone
    came    goods that came into the stock
    went    goods that left it
    owed    by how much the party's claim in kind changes: lent above zero, settled below
    advance_fen   money the party owes for an input; below zero what falls of it
    paid_from     how an advance was repaid: 101 cash, 102 bank, or the reference of the delivery it is
                  set off against
    commission    the goods of the stock were bought on behalf of members
    lot_id        the lot goods left or came back to: what they cost goes with them
    of            reference of the input that comes back
    stood_for     small units of the lot that what is written off of a loan had been
    """

    reference: str
    day: date
    kind: InKindKind
    party: str = ""
    member: bool = False
    came: Goods | None = None
    went: Goods | None = None
    owed: Goods | None = None
    advance_fen: int = 0
    commission: bool = False
    paid_from: str = ""
    lot_id: int = 0
    of: str = ""
    stood_for: int = 0


@dataclass(frozen=True)
class LotCostFact:
    """What a lot cost, fen, and how that was met: bank, cash, owed, granted.

    gone_fen    its part of goods that had left the lot before
    commission  the goods were bought on behalf of members
    """

    reference: str
    day: date
    way: str
    fen: int
    gone_fen: int = 0
    commission: bool = False


@dataclass(frozen=True)
class WageLine:
    """What one worker gets. `status` staff or casual; `cost` the account it is a cost of."""

    party: str
    status: str
    cost: str
    fen: int


@dataclass(frozen=True)
class WagesFact:
    """Wages of a payroll: owed when it is approved; with `paid_from` (101 cash, 102 bank) paid out."""

    reference: str
    day: date
    lines: tuple[WageLine, ...]
    paid_from: str = ""


MarketFact = SaleMade | SaleGivenBack | BuyerPaid | GoodsChanged


HomeWorkKind = Literal["out", "brought", "returned", "lost"]


@dataclass(frozen=True)
class HomeWorkFact:
    """Material of the organisation that moved to, with or from a home worker; `made` came of it."""

    reference: str
    day: date
    kind: HomeWorkKind
    party: str
    material: tuple[Goods, ...]
    made: Goods | None = None


@dataclass(frozen=True)
class OrderFact:
    """Money under an order.

    kind         as in rules.order_account.MONEY, or sale, damages (owed to us), damages_ours (owed by us)
    member       whether the party's account is a member's
    penalty_fen  given on top when a deposit is doubled
    cost_fen     what the crop sold had cost
    order        its number, and `bearer` who bears a lost harvest by it
    """

    reference: str
    day: date
    kind: str
    party: str
    member: bool
    fen: int
    penalty_fen: int = 0
    cost_fen: int = 0
    order: str = ""
    bearer: str = ""


@dataclass(frozen=True)
class AssetFact:
    """What moved with an asset of a collective, or income of it; fen.

    kind    asset, charge, due, receipt, given_back, disposal or income
    of      kind of the asset; of income its source
    way     how it was paid (bank, cash, subsidy, donation), or where money went (bank, cash)
    fen     the amount: cost, charge, payment, proceeds or income; below zero only of given_back
    cost_fen, taken_fen  of an asset that is given away: its cost, and depreciation up to then
    """

    reference: str
    day: date
    kind: Literal["asset", "charge", "due", "receipt", "given_back", "disposal", "income"]
    of: str
    fen: int
    way: str = ""
    category: str = "operating"
    party: str = ""
    member: bool = False
    cost_fen: int = 0
    taken_fen: int = 0


@dataclass(frozen=True)
class BondFact:
    """A bond paid in, given back or forfeited; fen above zero.

    by    bank or cash
    held  True when the organisation holds it for the party, False when the party holds the organisation's
    """

    reference: str
    day: date
    act: Literal["agreed", "paid", "returned", "forfeited"]
    fen: int
    by: str
    party: str
    member: bool
    held: bool


@dataclass(frozen=True)
class Handed:
    """One fact to book.

    fact      what to book; None when a fact was withdrawn and nothing takes its place
    reverses  reference of the fact it corrects or withdraws ("delivery:17"), whose entry is to be
              reversed first; "" for a new fact

    Balances are booked as one entry a year, so they are handed over together: every balance of the year
    as it stands now, the corrected ones with `reverses`.
    """

    fact: (
        ContributionFact
        | DeliveryFact
        | BalanceFact
        | InKindFact
        | LotCostFact
        | WagesFact
        | MarketFact
        | HomeWorkFact
        | OrderFact
        | AssetFact
        | PairingMoney
        | ChannelSettled
        | BondFact
        | RentToHand
        | FloorsToBook
        | None
    )
    reverses: str = ""


class Post(Protocol):
    """Books facts of one kind, inside the caller's transaction. `ledger.actions.post` is one."""

    def __call__(
        self,
        kind: HandedKind,
        rows: Sequence[Handed],
        *,
        organisation_id: int,
        year: int,
        at: datetime,
        by: int | None,
    ) -> None: ...
