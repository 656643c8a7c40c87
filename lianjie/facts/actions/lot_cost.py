"""What a lot cost: with it the stock has a worth in money, which goes with its goods when they leave."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from lianjie.facts.actions.stock import COMMISSION, Books, Lots, enter_all, hand_any
from lianjie.facts.actions.store import Sieve, Want, alone, base, standing
from lianjie.facts.models import LotCost
from lianjie.facts.queries import lot_worth
from lianjie.facts.rules import in_kind as rules
from lianjie.facts.rules.handed import LotCostFact


@dataclass(frozen=True)
class Costing:
    """What the whole lot cost, fen, and how that was met: one of rules.in_kind.COST_WAYS."""

    lot: str
    day: date
    fen: int
    way: str
    evidence: str = ""
    place: str = ""


def cost(given: Costing, books: Books) -> str:
    """Enter what a lot cost; returns the reference. The same again changes nothing.

    Goods that had left the lot before cost their part at once: operating expense (521). A lot on sale has its
    cost from what it was made of. Refuses with NoSuchLot, LotIsForSale, LotCostEmpty, NotInTheFuture or
    NumberTaken.
    """
    return alone(cost_all, given, books)


@transaction.atomic
def cost_all(given: Sequence[Costing], books: Books) -> list[str]:
    """Enter costs as `cost` does, all of them or none; RowsRefused says which cannot be."""
    sieve, wants = Sieve(), []
    lots = Lots.of(books, (each.lot for each in given))
    known = standing(LotCost, books.organisation_id, (each.lot for each in given))
    stands = lot_worth.costed(books.organisation_id, [lot.pk for lot in lots.by_number.values()])
    for number, each in enumerate(given):
        with sieve.of(number):
            lot = lots.seed(each.lot)
            if each.fen <= 0:
                raise rules.LotCostEmpty(lot=each.lot)
            gone = (
                0 if each.way == "held" else each.fen * (lot.quantity - stands[lot.pk].left) // lot.quantity
            )
            if each.lot in known:
                gone = known[each.lot].gone_fen
            fields = {
                "day": each.day, "lot_id": lot.pk, "amount_fen": each.fen, "way": each.way,
                "gone_fen": max(gone, 0), "evidence": each.evidence,
            }  # fmt: skip
            wants.append(Want(each.lot, lot.area_id, fields, each.place, {"lot_id": base(lot.key)}))
    rows = enter_all(LotCost, wants, books, sieve)
    facts = [
        LotCostFact(
            row.reference, row.day, row.way, row.amount_fen, row.gone_fen,
            lots.by_number[each.lot].origin == COMMISSION,
        )
        for each, (row, new) in zip(given, rows, strict=True)
        if new and row.way != "held"
    ]  # fmt: skip
    hand_any(books, facts)
    return [str(row.reference) for row, _ in rows]
