"""Sales, what is given back, buyers' payments, and goods that change their shape -> their entries.

Goods of our own stand in 121, those with an outlet that sells for us in 125, growers' goods with us in 128.
A sale: what the buyer owes to 113 (members 114), income to 501, what the goods cost from 121 or 125 to 521.
Growers' goods leave 128 at the agreed price; what they fetched above it is income (501), below it expense
(521). Advances of buyers are 211. Kilograms come from outside (502), go with a sale (521) or are lost (529),
so that every good balances on its own.

Source: accounting system 财会〔2021〕37号, notes on 113, 114, 121, 125, 128, 211, 501, 521, 529.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from lianjie.base.words import N_
from lianjie.facts.rules.handed_market import (
    BuyerPaid,
    GoodsChanged,
    GoodsCost,
    SaleGivenBack,
    SaleMade,
)
from lianjie.ledger.rules.allotment import share
from lianjie.ledger.rules.booking import payable
from lianjie.ledger.rules.booking_in_kind import FROM_OUTSIDE, GONE, claim
from lianjie.ledger.rules.entry import Entry, Posting, entry

INCOME, COST, ADVANCES = "501", "521", "211"
STANDS = {"own": "121", "outlet": "125", "consigned": "128"}
CHANGED = {
    "pooled": N_("Deliveries made a lot"),
    "sorted": N_("Goods sorted"),
    "packed": N_("Goods packed"),
    "moved": N_("Goods moved"),
    "lost": N_("Goods lost from stock"),
}


def sale(fact: SaleMade) -> Entry | None:
    """Income of goods handed over, and the cost of them. None when it moves nothing."""
    agreed = sum(part.cost_fen for part in fact.goods if part.held == "consigned")
    cost = sum(part.cost_fen for part in fact.goods if part.held != "consigned")
    gain = fact.consigned_fen - agreed
    lines = [
        Posting(claim(fact.member), fact.revenue_fen + fact.consigned_fen, fact.party),
        Posting(INCOME, -fact.revenue_fen),
        Posting(INCOME if gain > 0 else COST, -gain),
        Posting(COST, cost),
        *_stock(fact.goods, -1),
    ]
    lines += [Posting(COST, quantity, good=good) for good, quantity in _sums(fact.goods)]
    return _entry(fact.reference, fact.day, N_("Goods sold"), lines)


def given_back(fact: SaleGivenBack) -> Entry | None:
    """Less income; what growers bear is taken from what they are owed. Goods come back are stock again."""
    parts = share(fact.fen, {each.party: each.weight for each in fact.borne}).parts if fact.borne else {}
    borne = sum(parts.values())
    agreed = sum(part.cost_fen for part in fact.back if part.held == "consigned")
    cost = sum(part.cost_fen for part in fact.back if part.held != "consigned")
    lines = [
        Posting(INCOME, fact.fen - borne),
        *(Posting(payable(each.member), parts[each.party], each.party) for each in fact.borne),
        Posting(claim(fact.member), -fact.fen, fact.party),
        *_stock(fact.back, 1),
        Posting(INCOME, -agreed),
        Posting(COST, -cost),
    ]
    lines += [Posting(COST, -quantity, good=good) for good, quantity in _sums(fact.back)]
    for goods in fact.lost:
        lines += [
            Posting(GONE, goods.quantity, good=goods.good),
            Posting(COST, -goods.quantity, good=goods.good),
        ]
    return _entry(fact.reference, fact.day, N_("Given back to a buyer"), lines)


def paid(fact: BuyerPaid) -> Entry | None:
    """Money in: orders first, the rest an advance. Money paid back goes the other way."""
    sign = -1 if fact.back else 1
    money = (
        Posting(fact.into, sign * (fact.matched_fen + fact.advance_fen))
        if fact.into
        else Posting(ADVANCES, fact.matched_fen, fact.party)
    )
    lines = [
        money,
        Posting(claim(fact.member), -sign * fact.matched_fen, fact.party),
        Posting(ADVANCES, -sign * fact.advance_fen, fact.party),
    ]
    text = N_("Paid back to a buyer") if fact.back else N_("Payment of a buyer")
    return _entry(fact.reference, fact.day, text, lines)


def changed(fact: GoodsChanged) -> Entry | None:
    """Goods in another shape or place: what stood before, what stands after, what is gone."""
    owed = sum(part.fen for part in fact.owed)
    came, went = sum(part.cost_fen for part in fact.came), sum(part.cost_fen for part in fact.went)
    lines = [
        *_stock(fact.went, -1),
        *_stock(fact.came, 1),
        *(Posting(payable(part.member), -part.fen, part.party) for part in fact.owed),
        Posting(GONE, fact.lost_fen),
    ]
    if fact.kind == "pooled" and not fact.owed:
        # Bought when they were delivered: the money stands in 121 already, only kilograms come in.
        lines = [line for line in lines if line.good]
    else:
        assert came + fact.lost_fen == went + owed, "what goods cost does not vanish"
    sums: dict[str, int] = defaultdict(int)
    for goods in fact.lost:
        lines.append(Posting(GONE, goods.quantity, good=goods.good))
        sums[goods.good] += goods.quantity
    for parts, sign in ((fact.came, 1), (fact.went, -1)):
        for good, quantity in _sums(parts):
            sums[good] += sign * quantity
    lines += [Posting(FROM_OUTSIDE, -over, good=good) for good, over in sums.items()]
    return _entry(fact.reference, fact.day, CHANGED[fact.kind], lines)


def _stock(parts: Iterable[GoodsCost], sign: int) -> Iterator[Posting]:
    for part in parts:
        yield Posting(STANDS[part.held], sign * part.cost_fen)
        yield Posting(STANDS[part.held], sign * part.goods.quantity, good=part.goods.good)


def _sums(parts: Iterable[GoodsCost]) -> Iterable[tuple[str, int]]:
    sums: dict[str, int] = defaultdict(int)
    for part in parts:
        sums[part.goods.good] += part.goods.quantity
    return sums.items()


def _entry(reference: str, day: date, text: str, lines: Iterable[Posting]) -> Entry | None:
    """One posting for each account, party and good; None when nothing is left."""
    sums: dict[tuple[str, str, str], int] = defaultdict(int)
    for line in lines:
        sums[line.account, line.party, line.good] += line.amount
    kept = [
        Posting(account, amount, party, good) for (account, party, good), amount in sums.items() if amount
    ]
    return entry(reference, day, text, *kept) if kept else None
