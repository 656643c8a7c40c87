"""Goods for sale: places, the works that make lots of lots, what a lot costs and where it stands, picks.

`Lot` (in_kind.py) says how much of what came in and holds the stock; what only goods for sale have stands
beside it here. Quantities are whole small units of the good.
"""

from django.db import models
from django.db.models import F, Q

from lianjie.facts.models.in_kind import Lot
from lianjie.facts.models.market import OrderRefund, Product, SalesOrderLine, _choices
from lianjie.facts.models.record import Fact
from lianjie.facts.models.season import Delivery
from lianjie.facts.rules import market as rules
from lianjie.facts.rules import market_goods as goods


class StockPlace(Fact):
    """Where goods are kept: a store, a cold room, or an outlet that sells them for us. Key: its code."""

    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=_choices(goods.PLACE_KINDS))


class LotWork(Fact):
    """Deliveries made a lot; goods sorted, packed, moved, lost, or come back from a buyer. Key: its number.

    What went in is what came out and what was lost: the database holds it.
    """

    kind = models.CharField(max_length=10, choices=_choices(goods.WORK_KINDS))
    to_place = models.ForeignKey(
        StockPlace, null=True, blank=True, on_delete=models.PROTECT, related_name="works"
    )
    went_in = models.BigIntegerField()
    came_out = models.BigIntegerField()
    lost = models.BigIntegerField(default=0)
    cause = models.CharField(max_length=12, choices=_choices(goods.LOSS_CAUSES), blank=True)
    done_by = models.CharField(max_length=80, blank=True)
    digest = models.CharField(max_length=64, help_text="hash of what went in and came out")

    class Meta(Fact.Meta):
        indexes = [models.Index(fields=["organisation", "day"])]
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(went_in__gt=0, came_out__gte=0, lost__gte=0)
                & Q(went_in=F("came_out") + F("lost")),
                name="lotwork_adds_up",
            ),
        ]


class LotInput(Fact):
    """What went into a work: part of a lot, of a delivery, or goods a buyer sent back. Key: work/place."""

    work = models.ForeignKey(LotWork, on_delete=models.PROTECT, related_name="inputs")
    lot = models.ForeignKey(Lot, null=True, blank=True, on_delete=models.PROTECT, related_name="inputs")
    delivery = models.ForeignKey(
        Delivery, null=True, blank=True, on_delete=models.PROTECT, related_name="inputs"
    )
    of = models.CharField(
        max_length=120, blank=True, db_index=True, help_text="base key of the delivery, whatever its version"
    )
    refund = models.ForeignKey(
        OrderRefund, null=True, blank=True, on_delete=models.PROTECT, related_name="inputs"
    )
    quantity = models.BigIntegerField()
    cost_fen = models.BigIntegerField(default=0)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=Q(quantity__gt=0, cost_fen__gte=0), name="lotinput_above_zero"),
            models.CheckConstraint(
                condition=Q(lot__isnull=False, delivery__isnull=True, refund__isnull=True)
                | Q(lot__isnull=True, delivery__isnull=False, refund__isnull=True)
                | Q(lot__isnull=True, delivery__isnull=True, refund__isnull=False),
                name="lotinput_of_one",
            ),
        ]


class MarketLot(Fact):
    """A lot for sale: its work, whose it is, what it cost, where it stands. Key: that of the lot.

    product, packs  what it was packed as
    public_code     what the code on the box says; it cannot be guessed
    """

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="market")
    work = models.ForeignKey(LotWork, on_delete=models.PROTECT, related_name="lots")
    stands = models.ForeignKey(
        StockPlace, null=True, blank=True, on_delete=models.PROTECT, related_name="lots"
    )
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="lots")
    packs = models.BigIntegerField(default=0)
    owner = models.CharField(max_length=10, choices=_choices(rules.OWNERS))
    cost_fen = models.BigIntegerField(default=0)
    public_code = models.CharField(max_length=32, db_index=True)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=Q(packs__gte=0, cost_fen__gte=0), name="marketlot_above_zero"),
        ]


class Pick(Fact):
    """Goods taken from a lot for a line of an order. They are ours until they are sent. Key: line/place."""

    line = models.ForeignKey(SalesOrderLine, on_delete=models.PROTECT, related_name="picks")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="picks")
    packs = models.BigIntegerField(default=0)
    quantity = models.BigIntegerField()
    cost_fen = models.BigIntegerField(default=0)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=Q(quantity__gt=0, cost_fen__gte=0), name="pick_above_zero"),
        ]
