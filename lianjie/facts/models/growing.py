"""Bases, their plots and seasons, work done, harvests weighed in, disputes, and cases put to experts."""

from django.db import models
from django.db.models import Q

from lianjie.facts.models.agreements import Parcel
from lianjie.facts.models.in_kind import Lot
from lianjie.facts.models.record import Fact, Spell
from lianjie.facts.models.registry import Party
from lianjie.facts.models.season import Delivery
from lianjie.facts.rules.growing import OUTCOMES
from lianjie.facts.rules.in_kind import UNITS


class GrowingBase(Fact):
    """A production base of the organisation. Its key is its code."""

    name = models.CharField(max_length=80)


class Plot(Fact):
    """A piece of a base, and who grows on it. Its key is base/plot."""

    base = models.ForeignKey(GrowingBase, on_delete=models.PROTECT, related_name="plots")
    code = models.CharField(max_length=20)
    household = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="plots")
    parcel = models.ForeignKey(Parcel, null=True, blank=True, on_delete=models.PROTECT, related_name="plots")
    extent_mu4 = models.BigIntegerField()

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=Q(extent_mu4__gt=0), name="plot_extent"),
        ]
        indexes = [models.Index(fields=["household", "organisation", "day"])]


class Season(Spell):
    """A crop on some plots of a base, with its protocol. A changed plan is a new version.

    plots      codes of plots of the base
    protocol   steps: code, name, first, last (days as text), materials, machine_hours
    standards  shares of weight in hundredths of a percent, agreed for deliveries
    """

    base = models.ForeignKey(GrowingBase, on_delete=models.PROTECT, related_name="seasons")
    good = models.CharField(max_length=40)
    variety = models.CharField(max_length=60, blank=True)
    target_grams = models.BigIntegerField()
    plots = models.JSONField()
    protocol = models.JSONField()
    standard_moisture = models.PositiveSmallIntegerField(default=0)
    standard_impurity = models.PositiveSmallIntegerField(default=0)


class StepDone(Fact):
    """A step of the protocol done on a plot; `day` is when. `machine_minutes`: None when not recorded."""

    season = models.ForeignKey(Season, on_delete=models.PROTECT, related_name="done")
    plot = models.ForeignKey(Plot, on_delete=models.PROTECT, related_name="done")
    step = models.CharField(max_length=20)
    done_by = models.CharField(max_length=80)
    machine_minutes = models.PositiveIntegerField(null=True, blank=True)


class MaterialUse(Fact):
    """What was really used of one material on a plot, for a step done there; `lot` when out of the stock.

    quantity  small units of `unit`: grams for kg, ten-thousandths for pieces
    """

    done = models.ForeignKey(StepDone, on_delete=models.PROTECT, related_name="materials")
    lot = models.ForeignKey(Lot, null=True, blank=True, on_delete=models.PROTECT, related_name="uses")
    good = models.CharField(max_length=40)
    unit = models.CharField(max_length=5, choices=[(unit, unit) for unit in UNITS])
    quantity = models.BigIntegerField()

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=Q(quantity__gt=0), name="materialuse_above_zero"),
        ]


class YieldEstimate(Fact):
    """What a plot is expected to give, as seen on a day."""

    season = models.ForeignKey(Season, on_delete=models.PROTECT, related_name="estimates")
    plot = models.ForeignKey(Plot, on_delete=models.PROTECT, related_name="estimates")
    grams = models.BigIntegerField()
    estimated_by = models.CharField(max_length=80)


class WeighIn(Fact):
    """How a harvest was weighed: gross, tare, moisture, impurity and the net weight the delivery has.

    Its key is that of the delivery; `receipt_by` is who weighed.
    """

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="weighings")
    season = models.ForeignKey(Season, on_delete=models.PROTECT, related_name="weighings")
    plot = models.ForeignKey(Plot, on_delete=models.PROTECT, related_name="weighings")
    gross_grams = models.BigIntegerField()
    tare_grams = models.BigIntegerField(default=0)
    moisture = models.PositiveSmallIntegerField(default=0)
    standard_moisture = models.PositiveSmallIntegerField(default=0)
    impurity = models.PositiveSmallIntegerField(default=0)
    standard_impurity = models.PositiveSmallIntegerField(default=0)
    net_grams = models.BigIntegerField()
    weighed_by = models.CharField(max_length=80)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(net_grams__gt=0, net_grams__lte=models.F("gross_grams")), name="weighin_net"
            ),
        ]


class DeliveryDispute(Fact):
    """A delivery is not accepted as it stands. `of` is the delivery's base key, whatever its version."""

    of = models.CharField(max_length=120, db_index=True)
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="disputes")
    raised_by = models.CharField(max_length=80)
    claim = models.CharField(max_length=400)


class DisputeAnswer(Fact):
    """A named person answers a dispute. With `corrected` the delivery has a new version of `net_grams`."""

    dispute = models.OneToOneField(DeliveryDispute, on_delete=models.PROTECT, related_name="answer")
    answered_by = models.CharField(max_length=80)
    text = models.CharField(max_length=400)
    outcome = models.CharField(max_length=10, choices=[(value, value) for value in OUTCOMES])
    net_grams = models.BigIntegerField(default=0)


class ExpertCase(Fact):
    """A trouble on a base put to experts. Its key is its number; no plot means the whole base."""

    base = models.ForeignKey(GrowingBase, on_delete=models.PROTECT, related_name="cases")
    plot = models.ForeignKey(Plot, null=True, blank=True, on_delete=models.PROTECT, related_name="cases")
    asked_by = models.CharField(max_length=80)
    symptoms = models.CharField(max_length=600)
    photo = models.CharField(max_length=80, blank=True, help_text="name of the picture kept, by its content")


class CaseStep(Fact):
    """What happened in a case: an opinion, a prescription, a visit, its end."""

    KINDS = [(kind, kind) for kind in ("diagnosis", "prescription", "visit", "closed")]

    case = models.ForeignKey(ExpertCase, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=12, choices=KINDS)
    person = models.CharField(max_length=80)
    text = models.CharField(max_length=600)
    dose = models.CharField(max_length=200, blank=True)
    waiting_days = models.PositiveSmallIntegerField(default=0)
    photo = models.CharField(max_length=80, blank=True)
