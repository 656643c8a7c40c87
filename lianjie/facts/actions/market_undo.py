"""Take back what should not have been entered on the market: it stays on record, with the reason."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction

from lianjie.facts.actions.in_kind import withdraw_row
from lianjie.facts.actions.stock import Books
from lianjie.facts.actions.withdraw import FactStillUsed, NoSuchFact, ReasonMissing
from lianjie.facts.models import (
    BuyerPayment,
    Fact,
    Lot,
    LotInput,
    LotWork,
    MarketLot,
    OrderClaim,
    OrderRefund,
    PaymentMatch,
    Pick,
    Product,
    SalesChannel,
    SalesOrder,
    SalesOrderLine,
    Shipment,
    ShipmentLeg,
    ShipmentLoad,
    ShipmentReceipt,
    StockPlace,
)
from lianjie.facts.queries import market as queries
from lianjie.facts.queries.in_kind import number
from lianjie.facts.rules.handed import Handed

TABLES: dict[str, type[Fact]] = {
    model._meta.model_name or "": model
    for model in (
        Product, SalesChannel, StockPlace, SalesOrder, OrderRefund, OrderClaim, BuyerPayment, PaymentMatch,
        LotWork, Pick, Shipment, ShipmentLeg, ShipmentReceipt,
    )
}  # fmt: skip
PARTS: dict[type[Fact], tuple[tuple[type[Fact], str], ...]] = {
    SalesOrder: ((SalesOrderLine, "order"), (OrderClaim, "order")),
    BuyerPayment: ((PaymentMatch, "payment"),),
    LotWork: ((LotInput, "work"), (MarketLot, "work"), (Lot, "market__work")),
    OrderRefund: (
        (LotInput, "refund"),
        (MarketLot, "work__inputs__refund"),
        (Lot, "market__work__inputs__refund"),
        (LotWork, "inputs__refund"),
    ),
    Shipment: ((ShipmentLoad, "shipment"),),
}
"""What goes with a fact when it is taken back."""
USERS: dict[type[Fact], tuple[tuple[type[Fact], str], ...]] = {
    Product: ((SalesOrderLine, "product"), (MarketLot, "product")),
    SalesChannel: ((SalesOrder, "channel"), (BuyerPayment, "channel")),
    StockPlace: ((LotWork, "to_place"), (Shipment, "from_place")),
    SalesOrder: ((OrderRefund, "order"), (PaymentMatch, "order"), (Pick, "line__order")),
    LotWork: ((LotInput, "lot__market__work"), (Pick, "lot__market__work")),
    OrderRefund: (
        (LotInput, "lot__market__work__inputs__refund"),
        (Pick, "lot__market__work__inputs__refund"),
    ),
    Pick: ((ShipmentLoad, "pick"),),
    Shipment: ((ShipmentLeg, "shipment"), (ShipmentReceipt, "shipment")),
}
"""What rests on a fact: it must be taken back first."""


@transaction.atomic
def take_back(reference: str, reason: str, books: Books) -> str:
    """Withdraw a fact of the market with everything that is part of it; its entries are reversed.

    Refuses with ReasonMissing, NoSuchFact or FactStillUsed.
    """
    if not reason.strip():
        raise ReasonMissing
    name, _, key = reference.partition(":")
    model = TABLES.get(name)
    rows: Any = model.objects.current() if model else Product.objects.none()
    found = rows.filter(organisation_id=books.organisation_id, key=key).first()
    if model is None or found is None:
        raise NoSuchFact(reference=reference)
    if isinstance(found, LotWork) and found.kind == "came_back":
        raise FactStillUsed(reference=reference, user=f"orderrefund:{number(found)}")
    for user in _users(model, found):
        raise FactStillUsed(reference=reference, user=user.reference)
    lines = _lines(found)
    gone = [found.reference]
    for part, column in PARTS.get(model, ()):
        for row in list(part.objects.current().filter(**{column: found}).distinct()):
            gone.append(row.reference)
            withdraw_row(row, reason, books)
    if isinstance(found, ShipmentReceipt):
        gone += _short_weight(found, reason, books)
    made = withdraw_row(found, reason, books)
    _still_stands(lines, reference)
    _reverse(gone, books)
    return str(made.reference)


def _users(model: type[Fact], found: Any) -> Iterator[Fact]:
    for users, column in USERS.get(model, ()):
        yield from users.objects.current().filter(**{column: found})[:1]


def _lines(found: Any) -> list[int]:
    """Lines whose standing changes: what was given back must still have been sent."""
    if isinstance(found, Shipment):
        loads = ShipmentLoad.objects.current().filter(shipment=found)
        return list(loads.values_list("pick__line_id", flat=True))
    return []


def _still_stands(lines: list[int], reference: str) -> None:
    rows = list(SalesOrderLine.objects.filter(pk__in=lines).select_related("order", "product"))
    standing = queries.standings(rows)
    for row in rows:
        left = queries.sold_fen(row.order_id) - queries.booked_back_fen(row.order_id)
        if standing[row.pk].with_buyer < 0 or left < 0:
            user = OrderRefund.objects.current().filter(order_id=row.order_id).first()
            raise FactStillUsed(reference=reference, user=user.reference if user else row.reference)


def _short_weight(found: ShipmentReceipt, reason: str, books: Books) -> list[str]:
    """What the receipt found missing goes with it."""
    of = f"{number(found.shipment)}-S"
    rows = OrderRefund.objects.current().filter(
        line=found.line, kind="short_weight", key__startswith=of, day=found.day
    )
    gone = []
    for row in rows:
        gone.append(row.reference)
        withdraw_row(row, reason, books)
    return gone


def _reverse(references: list[str], books: Books) -> None:
    rows = [Handed(None, reference) for reference in references]
    books.post(
        "market", rows, organisation_id=books.organisation_id, year=books.at.year, at=books.at, by=books.by
    )
