"""What is sold: products, channels, orders with their lines and claims, what is given back, payments.

Goods are whole small units of the product's unit: grams for kg, ten-thousandths for pieces.
"""

from django.db import models
from django.db.models import Q

from lianjie.facts.models.agreements import OrganisationLink
from lianjie.facts.models.offtake import OfftakeContract
from lianjie.facts.models.record import Fact, OneOfMany
from lianjie.facts.models.registry import Area, Party
from lianjie.facts.rules import market as rules


def _choices(values: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(value, value) for value in values]


class Product(Fact):
    """A good as it is sold. Its key is its code; `content` is what one pack holds, 0 when sold loose."""

    name = models.CharField(max_length=80)
    good = models.CharField(max_length=40)
    grade = models.CharField(max_length=20, blank=True)
    unit = models.CharField(max_length=5, choices=_choices(rules.UNITS))
    content = models.BigIntegerField(default=0)
    specification = models.CharField(max_length=120, blank=True)
    certificate = models.CharField(max_length=120, blank=True)
    certificate_until = models.DateField(null=True, blank=True, help_text="last day of validity")
    producer = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    origin = models.ForeignKey(Area, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    attribution = models.CharField(max_length=8, choices=_choices(rules.ATTRIBUTIONS), default="lot")

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=Q(content__gte=0), name="product_content"),
        ]


class SalesChannel(Fact):
    """A way of selling, its fee, and who pays: the platform, or without a payer each buyer."""

    kind = models.CharField(max_length=20, choices=_choices(rules.CHANNEL_KINDS))
    name = models.CharField(max_length=80)
    platform = models.CharField(max_length=80, blank=True)
    payer = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    fee_basis = models.CharField(max_length=5, choices=_choices(rules.FEE_BASES), default="none")
    fee_millionths = models.BigIntegerField(default=0)
    fee_fixed_fen = models.BigIntegerField(default=0, help_text="for each order")


class SalesOrder(OneOfMany):
    """An order. Its key is channel:number; `day` is the day it counts for.

    sent_day  the platform says it was handed over then, and the sale is booked; empty: our shipment books it
    digest    hash of order and lines, so that the same order is known again
    """

    channel = models.ForeignKey(SalesChannel, on_delete=models.PROTECT, related_name="orders", db_index=False)
    number = models.CharField(max_length=60)
    paid_at = models.DateTimeField(null=True, blank=True)
    sent_day = models.DateField(null=True, blank=True)
    buyer = models.ForeignKey(
        Party, null=True, blank=True, on_delete=models.PROTECT, related_name="sales_orders", db_index=False
    )
    buyer_name = models.CharField(max_length=80, blank=True)
    ship_to = models.ForeignKey(
        Area, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    contract = models.ForeignKey(
        OfftakeContract, null=True, blank=True, on_delete=models.PROTECT, related_name="sales", db_index=False
    )
    pairing = models.ForeignKey(
        OrganisationLink, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    refunds_borne_by = models.CharField(
        max_length=12, choices=_choices(rules.BEARERS), default="organisation"
    )
    amount_fen = models.BigIntegerField()
    digest = models.CharField(max_length=64)

    class Meta(OneOfMany.Meta):
        indexes = [
            models.Index(fields=["organisation", "day"]),
            models.Index(fields=["channel", "paid_at"]),
            # A buyer, a contract or a partner stands on few of the orders: those alone are in the index.
            *(
                models.Index(
                    fields=[name], condition=Q(**{f"{name}__isnull": False}), name=f"salesorder_{name}"
                )
                for name in ("buyer", "contract", "pairing")
            ),
        ]
        constraints = [
            *OneOfMany.Meta.constraints,
            models.CheckConstraint(condition=Q(amount_fen__gte=0), name="salesorder_amount"),
        ]


class SalesOrderLine(OneOfMany):
    """One line of an order. Its key is that of the order, a slash and the line's place.

    owner  own: bought from the growers; consigned: theirs until it is sold
    """

    order = models.ForeignKey(SalesOrder, on_delete=models.PROTECT, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="lines")
    packs = models.BigIntegerField(default=0)
    quantity = models.BigIntegerField()
    amount_fen = models.BigIntegerField()
    owner = models.CharField(max_length=10, choices=_choices(rules.OWNERS), default="own")

    class Meta(OneOfMany.Meta):
        constraints = [
            *OneOfMany.Meta.constraints,
            models.CheckConstraint(
                condition=Q(quantity__gt=0, amount_fen__gte=0), name="salesorderline_above_zero"
            ),
        ]


class OrderRefund(OneOfMany):
    """Money given back, goods come back, spoilt or never arrived: each lowers net sales on its own day."""

    order = models.ForeignKey(SalesOrder, on_delete=models.PROTECT, related_name="refunds")
    line = models.ForeignKey(
        SalesOrderLine, null=True, blank=True, on_delete=models.PROTECT, related_name="refunds"
    )
    kind = models.CharField(max_length=12, choices=_choices(rules.REFUND_KINDS))
    quantity = models.BigIntegerField(default=0)
    amount_fen = models.BigIntegerField(default=0)
    why = models.CharField(max_length=300, blank=True)

    class Meta(OneOfMany.Meta):
        indexes = [models.Index(fields=["organisation", "day"])]
        constraints = [
            *OneOfMany.Meta.constraints,
            models.CheckConstraint(
                condition=Q(quantity__gte=0, amount_fen__gte=0)
                & (Q(quantity__gt=0) | Q(amount_fen__gt=0))
                & (Q(line__isnull=False) | Q(quantity=0)),
                name="orderrefund_something",
            ),
        ]


class OrderClaim(Fact):
    """Somebody counts an order as theirs. An order with three claims is still one order."""

    order = models.ForeignKey(SalesOrder, on_delete=models.PROTECT, related_name="claims")
    kind = models.CharField(max_length=16, choices=_choices(rules.CLAIM_KINDS))
    claimant = models.CharField(max_length=120)


class BuyerPayment(Fact):
    """Money from a buyer or platform, or, with `back`, money paid back to one. Its key is its number."""

    payer = models.ForeignKey(
        Party, null=True, blank=True, on_delete=models.PROTECT, related_name="payments_in"
    )
    payer_name = models.CharField(max_length=120, blank=True)
    channel = models.ForeignKey(
        SalesChannel, null=True, blank=True, on_delete=models.PROTECT, related_name="payments"
    )
    into = models.CharField(max_length=3, choices=[("101", "101"), ("102", "102")], default="102")
    amount_fen = models.BigIntegerField()
    back = models.BooleanField(default=False)

    class Meta(Fact.Meta):
        indexes = [models.Index(fields=["organisation", "day"])]
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="buyerpayment_above_zero"),
        ]


class PaymentMatch(Fact):
    """So much of a payment is for one order. What is matched to none is an advance."""

    payment = models.ForeignKey(BuyerPayment, on_delete=models.PROTECT, related_name="matches")
    order = models.ForeignKey(SalesOrder, on_delete=models.PROTECT, related_name="payments")
    amount_fen = models.BigIntegerField()

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="paymentmatch_above_zero"),
        ]
