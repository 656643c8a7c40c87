"""What came of it: crop handed in, points counted, the year's figures and the books brought in."""

from django.db import models

from lianjie.facts.models.record import Fact
from lianjie.facts.models.registry import Party


class Delivery(Fact):
    """Crop handed in, graded and weighed; the receipt is in the grower's hand."""

    household = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="deliveries")
    receipt = models.CharField(max_length=40)
    good = models.CharField(max_length=40)
    grade = models.CharField(max_length=20, blank=True)
    grams = models.BigIntegerField()
    price_fen_per_kg = models.BigIntegerField()
    amount_fen = models.BigIntegerField()

    class Meta(Fact.Meta):
        indexes = [
            models.Index(fields=["organisation", "day", "id"], name="delivery_in_order"),
            models.Index(fields=["household", "organisation", "day"]),
        ]


class Tally(Fact):
    """A counted quantity the plan may use as a weight: work points, persons, sheep kept."""

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="tallies")
    year = models.PositiveSmallIntegerField()
    measure = models.CharField(max_length=40)
    unit = models.CharField(max_length=12)
    quantity = models.BigIntegerField(help_text="whole small units of `unit`")

    class Meta(Fact.Meta):
        indexes = [models.Index(fields=["party", "organisation", "day"])]


class YearFigure(Fact):
    """A figure of the year that the books do not hold: an appraised price, an income of another book."""

    year = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=60)
    unit = models.CharField(max_length=12)
    value = models.CharField(max_length=40, help_text="as written, a plain decimal in `unit`")


class AccountBalance(Fact):
    """One line of a trial balance brought in from books kept elsewhere, before the year is closed."""

    year = models.PositiveSmallIntegerField()
    account = models.CharField(max_length=60)
    debit_fen = models.BigIntegerField(default=0)
    credit_fen = models.BigIntegerField(default=0)


class AnnouncedFigure(Fact):
    """A figure already printed or promised, to hold against what the plan gives.

    `of` is an expression of the plan's language; with a recipient it is about that one's line.
    """

    year = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80)
    of = models.CharField(max_length=200)
    unit = models.CharField(max_length=12)
    value = models.CharField(max_length=40)
    tolerance = models.CharField(max_length=40, default="0")
    recipient = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
