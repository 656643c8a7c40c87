"""A glut: what each household and store says it holds, the plan to clear it, offers, and what was sold.

Goods in grams, money in fen, prices in fen for a kilogram. Nothing here is booked: what the organisation
itself sells is an order of the market.
"""

from django.db import models
from django.db.models import F, Q

from lianjie.facts.models.agreements import OrganisationLink
from lianjie.facts.models.record import Fact
from lianjie.facts.models.registry import Party
from lianjie.facts.rules import glut as rules


class ClearingPlan(Fact):
    """A plan to clear what is left of a good: from `day` to the day before `until_day`, so much, by whom."""

    good = models.CharField(max_length=40)
    until_day = models.DateField()
    target_grams = models.BigIntegerField()
    in_charge = models.CharField(max_length=80)
    channels = models.CharField(max_length=200, blank=True, help_text="kinds of channel, space-separated")
    past_years = models.PositiveSmallIntegerField(default=3)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(target_grams__gt=0, until_day__gt=F("day"), past_years__gte=1),
                name="clearingplan_terms",
            ),
        ]


class StockDeclaration(Fact):
    """What a household or a store of the organisation holds of a good on `day`, and how it came to that.

    since_day   day of the opening stock; came, went and lost count from then up to `day`
    holder      the household; empty for a store, which then has a name
    """

    holder = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    store = models.CharField(max_length=60, blank=True)
    good = models.CharField(max_length=40)
    grade = models.CharField(max_length=20, blank=True)
    since_day = models.DateField()
    opening_grams = models.BigIntegerField()
    came_grams = models.BigIntegerField(default=0)
    went_grams = models.BigIntegerField(default=0)
    lost_grams = models.BigIntegerField(default=0)

    class Meta(Fact.Meta):
        indexes = [models.Index(fields=["organisation", "good", "day"])]
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(opening_grams__gte=0, came_grams__gte=0, went_grams__gte=0, lost_grams__gte=0)
                & Q(went_grams__lte=F("opening_grams") + F("came_grams") - F("lost_grams"))
                & Q(day__gte=F("since_day"))
                & (Q(holder__isnull=False, store="") | (Q(holder__isnull=True) & ~Q(store=""))),
                name="stockdeclaration_adds_up",
            ),
        ]


class StockOffer(Fact):
    """Somebody offers to take so much at a price, at a place, between two days."""

    plan = models.ForeignKey(ClearingPlan, on_delete=models.PROTECT, related_name="offers")
    pairing = models.ForeignKey(
        OrganisationLink, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    buyer_name = models.CharField(max_length=120)
    grade = models.CharField(max_length=20, blank=True)
    grams = models.BigIntegerField()
    price_fen = models.BigIntegerField(help_text="for a kilogram")
    place_of = models.CharField(max_length=120)
    from_day = models.DateField()
    until_day = models.DateField()

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(grams__gt=0, price_fen__gt=0, until_day__gt=F("from_day")),
                name="stockoffer_terms",
            ),
        ]


class OfferAnswer(Fact):
    """A person accepts or declines an offer."""

    offer = models.ForeignKey(StockOffer, on_delete=models.PROTECT, related_name="answers")
    answer = models.CharField(max_length=8, choices=[(value, value) for value in rules.ANSWERS])
    person_name = models.CharField(max_length=80)
    grounds = models.CharField(max_length=300)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=~Q(person_name=""), name="offeranswer_by_a_person"),
        ]


class ReportedSale(Fact):
    """Sold by a household or store outside the organisation's orders; of past years, perhaps a whole period.

    seller  the household; empty for a village or store as a whole
    """

    seller = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    offer = models.ForeignKey(
        StockOffer, null=True, blank=True, on_delete=models.PROTECT, related_name="sales"
    )
    good = models.CharField(max_length=40)
    grade = models.CharField(max_length=20, blank=True)
    grams = models.BigIntegerField()
    amount_fen = models.BigIntegerField()
    buyer_name = models.CharField(max_length=120, blank=True)

    class Meta(Fact.Meta):
        indexes = [models.Index(fields=["organisation", "good", "day"])]
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(grams__gt=0, amount_fen__gte=0), name="reportedsale_something"
            ),
        ]
