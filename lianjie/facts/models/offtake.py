"""Orders: what a buyer promises to take at which price rule, who promised to grow it, and prices seen."""

from django.db import models

from lianjie.facts.models.record import Fact, Spell
from lianjie.facts.models.registry import Party
from lianjie.facts.models.season import Delivery


class PriceRecord(Fact):
    """A price seen on a day at a named place. An empty grade is a price for every grade."""

    good = models.CharField(max_length=40)
    grade = models.CharField(max_length=20, blank=True)
    market = models.CharField(max_length=80, help_text="where it was seen")
    fen_per_kg = models.BigIntegerField()

    class Meta(Fact.Meta):
        indexes = [models.Index(fields=["organisation", "good", "day"])]
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=models.Q(fen_per_kg__gt=0), name="pricerecord_above_zero"),
        ]


class OfftakeContract(Spell):
    """An order: `day` to `until_day` is the window in which the crop is taken.

    The price of a delivery is the best of the grade's floor, the market's price with a premium, and the
    price of the day; an empty market or an empty grade in `floors` leaves that one out.
    """

    BEARERS = [(who, who) for who in ("grower", "buyer", "shared")]
    BACKINGS = [(kind, kind) for kind in ("none", "floor_income", "insurance")]

    buyer = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="orders_given")
    signed_day = models.DateField()
    good = models.CharField(max_length=40)
    grams = models.BigIntegerField()
    floors = models.JSONField(help_text="grade -> floor in fen a kilogram, 0 for none")
    market = models.CharField(max_length=80, blank=True, help_text="whose price counts, with the premium")
    premium_millionths = models.BigIntegerField(
        default=0, help_text="added to the market's price; 5 % = 50000"
    )
    market_days = models.PositiveSmallIntegerField(default=7, help_text="how old the market's price may be")
    same_day_market = models.CharField(max_length=80, blank=True, help_text="whose price of the day counts")
    deposit_fen = models.BigIntegerField(default=0)
    pay_within_days = models.PositiveSmallIntegerField(default=0)
    breach = models.CharField(max_length=400)
    loss_bearer = models.CharField(max_length=8, choices=BEARERS)
    loss_clause = models.CharField(max_length=400)
    backing = models.CharField(max_length=12, choices=BACKINGS, default="none")
    floor_income_fen_per_mu = models.BigIntegerField(default=0)
    insurance = models.CharField(max_length=120, blank=True, help_text="insurer and number of the policy")
    assured = models.BooleanField(
        default=False, help_text="print that income is assured in drought and flood"
    )

    class Meta(Spell.Meta):
        constraints = [
            *Spell.Meta.constraints,
            models.CheckConstraint(condition=models.Q(grams__gt=0), name="offtakecontract_quantity"),
            models.CheckConstraint(
                condition=models.Q(assured=False) | ~models.Q(backing="none"), name="offtakecontract_backed"
            ),
        ]


class OfftakePromise(Fact):
    """A household promises a quantity under an order."""

    contract = models.ForeignKey(OfftakeContract, on_delete=models.PROTECT, related_name="promises")
    household = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="promises")
    grams = models.BigIntegerField()
    extent_mu4 = models.BigIntegerField(default=0)

    class Meta(Fact.Meta):
        indexes = [models.Index(fields=["household", "organisation", "day"])]


class CallOff(Fact):
    """The buyer asks for a part of the order by a day. `day` is when it was asked."""

    contract = models.ForeignKey(OfftakeContract, on_delete=models.PROTECT, related_name="call_offs")
    number = models.CharField(max_length=20)
    grams = models.BigIntegerField()
    due_day = models.DateField()


class OfftakeDelivery(Fact):
    """A delivery priced by an order's terms, and why: every price that was weighed, and which one won."""

    contract = models.ForeignKey(OfftakeContract, on_delete=models.PROTECT, related_name="deliveries")
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="offtakes")
    fen_per_kg = models.BigIntegerField()
    won = models.CharField(max_length=8)
    candidates = models.JSONField(help_text="kind, fen a kilogram, and the price record behind it")
