"""Shipments: what was loaded, the legs of the way with weights and temperatures, what the buyer received."""

from django.db import models
from django.db.models import Q

from lianjie.facts.models.agreements import OrganisationLink
from lianjie.facts.models.market import SalesOrderLine
from lianjie.facts.models.market_goods import Pick, StockPlace
from lianjie.facts.models.record import Fact
from lianjie.facts.models.registry import Area


class Shipment(Fact):
    """Goods on their way. Its key is its number; `day` is when it left.

    pairing  the partner it goes to point to point, when it does
    """

    left_at = models.DateTimeField(null=True, blank=True)
    from_place = models.ForeignKey(
        StockPlace, null=True, blank=True, on_delete=models.PROTECT, related_name="shipments"
    )
    destination = models.CharField(max_length=120)
    ship_to = models.ForeignKey(Area, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    pairing = models.ForeignKey(
        OrganisationLink, null=True, blank=True, on_delete=models.PROTECT, related_name="shipments"
    )
    carrier = models.CharField(max_length=80, blank=True)
    vehicle = models.CharField(max_length=40, blank=True)
    seal = models.CharField(max_length=40, blank=True)
    loaded = models.BigIntegerField(help_text="weighed out, small units of the good")

    class Meta(Fact.Meta):
        indexes = [models.Index(fields=["organisation", "day"])]
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=Q(loaded__gt=0), name="shipment_loaded"),
        ]


class ShipmentLoad(Fact):
    """A pick that went with a shipment, whole; `revenue_fen` was booked for it. Key: shipment/place."""

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="loads")
    pick = models.ForeignKey(Pick, on_delete=models.PROTECT, related_name="loads")
    revenue_fen = models.BigIntegerField(default=0)


class ShipmentLeg(Fact):
    """A waypoint reached: when, weighed how, how warm on the way, at what cost. Key: shipment/place."""

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="legs")
    waypoint = models.CharField(max_length=120)
    vehicle = models.CharField(max_length=40, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    reached_at = models.DateTimeField()
    km = models.PositiveIntegerField(default=0)
    grams = models.BigIntegerField(null=True, blank=True, help_text="weighed here; empty when it was not")
    coldest_dc = models.SmallIntegerField(null=True, blank=True, help_text="tenths of a degree Celsius")
    warmest_dc = models.SmallIntegerField(null=True, blank=True)
    seal = models.CharField(max_length=40, blank=True)
    cost_fen = models.BigIntegerField(default=0)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=Q(cost_fen__gte=0), name="shipmentleg_cost"),
        ]


class ShipmentReceipt(Fact):
    """What the buyer weighed in of one line of an order. Key: shipment/line."""

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="receipts")
    line = models.ForeignKey(SalesOrderLine, on_delete=models.PROTECT, related_name="receipts")
    quantity = models.BigIntegerField()
    received_by = models.CharField(max_length=80)
    seal_intact = models.BooleanField(null=True)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=Q(quantity__gte=0), name="shipmentreceipt_quantity"),
        ]
