"""What is given back of an order, or cancelled before it is sent."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.db import transaction

from lianjie.base.digest import sha256
from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts import sealing
from lianjie.facts.actions.market import debtor, hand_over, kept, line_of, sale_of
from lianjie.facts.actions.market_goods import LotNumberUsed, place_of
from lianjie.facts.actions.stock import Books, area_of, enter_one, is_member
from lianjie.facts.models import (
    Lot,
    LotInput,
    LotWork,
    MarketLot,
    OrderRefund,
    Party,
    Pick,
    SalesOrder,
    SalesOrderLine,
)
from lianjie.facts.queries import market as queries
from lianjie.facts.queries import market_goods
from lianjie.facts.queries.in_kind import numbered
from lianjie.facts.rules import market as rules
from lianjie.facts.rules import market_goods as goods_rules
from lianjie.facts.rules.handed_market import GoodsCost, Grower, SaleGivenBack
from lianjie.facts.rules.in_kind import Goods


class BackBeforeOrdered(Refusal):
    what = N_("Order {number} is of {ordered}; nothing can be given back on {day}.")
    fix = N_("Correct the day.")


class NothingPickedToReturn(Refusal):
    what = N_("Line {line} of order {number} was never picked from a lot, so nothing can go back into stock.")
    fix = N_("Enter it as spoilt or as money given back, or pick the goods of the order first.")


class GrowersUnknown(Refusal):
    what = N_("Growers bear what order {number} gives back, but no lot says whose goods they were.")
    fix = N_("Pick the goods of the order from their lots first.")


@dataclass(frozen=True)
class RefundGiven:
    """Something given back. `line` is the line's place in the order, 0 for the whole order.

    into, place  the lot that goods of a return become, and where it stands; without a lot they are not kept
    """

    number: str
    day: date
    channel: str
    order: str
    kind: str
    amount_fen: int = 0
    line: int = 0
    quantity: int = 0
    why: str = ""
    into: str = ""
    place: str = ""
    evidence: str = ""


@transaction.atomic
def give_back(given: RefundGiven, books: Books) -> str:
    """Enter what is given back or cancelled; returns its reference. The same again changes nothing.

    What was sent lowers the income booked for it; what was cancelled before it was sent books nothing.
    Refuses with NoSuchSale, NoSuchSaleLine, BackBeforeOrdered, RefundNothing, RefundLineMissing,
    RefundAboveOrder, GoodsBackAboveSent, CancelAboveOpen, NothingPickedToReturn, GrowersUnknown or
    NumberTaken.
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
    if given.kind != "cancelled":
        hand_over(books, _fact(given, order, line, row, books))
    return str(row.reference)


def _fact(
    given: RefundGiven, order: SalesOrder, line: SalesOrderLine | None, row: OrderRefund, books: Books
) -> SaleGivenBack:
    party = debtor(order)
    back, lost = (), ()
    if line is not None and given.quantity:
        goods = Goods(line.product.good, line.product.unit, given.quantity)
        picked = Pick.objects.current().filter(line=line).exists()
        if given.kind == "return" and given.into:
            if not picked:
                raise NothingPickedToReturn(number=order.number, line=given.line)
            back = (_into_stock(given, line, row, goods, books),)
        elif picked:
            lost = (goods,)
    return SaleGivenBack(
        row.reference,
        row.day,
        party.code if party else "",
        bool(party and is_member(books, party, row.day)),
        row.amount_fen,
        _growers(order, line, row.day, books) if row.amount_fen else (),
        back,
        lost,
    )


def _into_stock(
    given: RefundGiven, line: SalesOrderLine, refund: OrderRefund, goods: Goods, books: Books
) -> GoodsCost:
    """The lot that goods sent back become: what they cost when they were picked, whole the last time."""
    place = place_of(books, given.place)
    if Lot.objects.current().filter(numbered(given.into), organisation_id=books.organisation_id).exists():
        raise LotNumberUsed(lot=given.into)
    picked = list(Pick.objects.current().filter(line=line).values_list("quantity", "cost_fen"))
    before = LotInput.objects.current().filter(refund__line=line).values_list("quantity", "cost_fen")
    left = sum(q for q, _ in picked) - sum(q for q, _ in before)
    cost = sum(c for _, c in picked) - sum(c for _, c in before)
    fen = goods_rules.cost_of(cost, left, goods.quantity)
    entry, home = books.entry, area_of(books)
    work = LotWork.objects.create(
        **kept(entry, home, refund.key, given.day), kind="came_back", to_place=place,
        went_in=goods.quantity, came_out=goods.quantity, digest=sha256(refund.reference),
    )  # fmt: skip
    LotInput.objects.create(
        **kept(entry, home, f"{refund.key}/1", given.day), work=work, refund=refund,
        quantity=goods.quantity, cost_fen=fen,
    )  # fmt: skip
    fields = {
        "day": given.day,
        "good": goods.good,
        "unit": goods.unit,
        "quantity": goods.quantity,
        "grade": line.product.grade,
        "origin": goods_rules.ORIGINS["came_back"],
        "giver": "",
    }
    lot, _ = enter_one(Lot, given.into, home, fields, books)
    content = line.product.content
    MarketLot.objects.create(
        **kept(entry, home, lot.key, given.day), lot=lot, work=work, stands=place,
        product=line.product if content and goods.quantity % content == 0 else None,
        packs=goods.quantity // content if content else 0, owner=line.owner, cost_fen=fen,
        public_code=sealing.code_of(f"lot:{books.organisation_id}:{lot.key}"),
    )  # fmt: skip
    outlet = bool(place and place.kind == "outlet")
    held = "consigned" if line.owner == "consigned" else "outlet" if outlet else "own"
    return GoodsCost(held, goods, fen)


def _growers(order: SalesOrder, line: SalesOrderLine | None, day: date, books: Books) -> tuple[Grower, ...]:
    """Whose goods the order was made of, when the contract says that growers bear what is given back."""
    if order.refunds_borne_by != "growers":
        return ()
    picks = Pick.objects.current().filter(line__order=order)
    if line is not None:
        picks = picks.filter(line=line)
    taken = list(picks.values_list("lot_id", "quantity"))
    shares = market_goods.provenance({lot for lot, _ in taken})
    whose = market_goods.told(goods_rules.mixed((quantity, shares[lot]) for lot, quantity in taken))
    parts: dict[str, Fraction] = {}
    for each in whose:
        parts[each.household_code] = parts.get(each.household_code, Fraction(0)) + each.share
    if not parts:
        raise GrowersUnknown(number=order.number)
    known = {party.code: party for party in Party.objects.filter(code__in=parts)}
    return tuple(
        Grower(code, is_member(books, known[code], day), weight)
        for code, weight in sorted(goods_rules.whole_weights(parts).items())
    )
