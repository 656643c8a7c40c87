"""What is given back of an order, or cancelled before it is sent."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions.market import debtor, hand_over, line_of, sale_of
from lianjie.facts.actions.stock import Books, enter_one, is_member
from lianjie.facts.models import OrderRefund
from lianjie.facts.queries import market as queries
from lianjie.facts.rules import market as rules
from lianjie.facts.rules.handed_market import SaleGivenBack


class BackBeforeOrdered(Refusal):
    what = N_("Order {number} is of {ordered}; nothing can be given back on {day}.")
    fix = N_("Correct the day.")


@dataclass(frozen=True)
class RefundGiven:
    """Something given back. `line` is the line's place in the order, 0 for the whole order."""

    number: str
    day: date
    channel: str
    order: str
    kind: str
    amount_fen: int = 0
    line: int = 0
    quantity: int = 0
    why: str = ""
    evidence: str = ""


@transaction.atomic
def give_back(given: RefundGiven, books: Books) -> str:
    """Enter what is given back or cancelled; returns its reference. The same again changes nothing.

    What was sent lowers the income booked for it; what was cancelled before it was sent books nothing.
    Refuses with NoSuchSale, NoSuchSaleLine, BackBeforeOrdered, RefundNothing, RefundLineMissing,
    RefundAboveOrder, GoodsBackAboveSent, CancelAboveOpen or NumberTaken.
    """
    order = sale_of(books, given.channel, given.order)
    line = line_of(order, given.line) if given.line else None
    if given.day < order.day:
        raise BackBeforeOrdered(number=given.order, ordered=order.day, day=given.day)
    standing = queries.standings([line])[line.pk] if line else None
    left = queries.sold_fen(order.pk) - queries.booked_back_fen(order.pk)
    fields = {
        "day": given.day,
        "order_id": order.pk,
        "line_id": line.pk if line else None,
        "kind": given.kind,
        "quantity": given.quantity,
        "amount_fen": given.amount_fen,
        "why": given.why,
        "evidence": given.evidence,
    }
    if given.amount_fen < 0 or given.quantity < 0 or not (given.amount_fen or given.quantity):
        raise rules.RefundNothing
    if line is None and given.quantity:
        raise rules.RefundLineMissing
    row, new = enter_one(OrderRefund, given.number, order.area_id, fields, books)
    if not new:
        return str(row.reference)
    rules.check_refund(
        given.kind, order.number, standing, fen=given.amount_fen, quantity=given.quantity, left_fen=left,
        unit=line.product.unit if line else "kg",
    )  # fmt: skip
    if given.kind != "cancelled" and given.amount_fen:
        party = debtor(order)
        member = bool(party and is_member(books, party, row.day))
        hand_over(
            books,
            SaleGivenBack(row.reference, row.day, party.code if party else "", member, row.amount_fen),
        )
    return str(row.reference)
