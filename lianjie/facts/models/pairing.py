"""Pairing assistance: what a partner pledged, what came of it, projects and what households got from them.

The pairing itself is a link of kind "pairs" from the partner to the organisation. Money in fen; goods, jobs
and the like in small units of `unit`.
"""

from django.db import models
from django.db.models import Q

from lianjie.facts.models.agreements import OrganisationLink
from lianjie.facts.models.record import Fact
from lianjie.facts.models.registry import Party
from lianjie.facts.rules import pairing as rules


def _choices(values: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(value, value) for value in values]


class Pledge(Fact):
    """What a partner promised: money, or a quantity of something."""

    pairing = models.ForeignKey(OrganisationLink, on_delete=models.PROTECT, related_name="pledges")
    kind = models.CharField(max_length=8, choices=_choices(rules.KINDS))
    what = models.CharField(max_length=120)
    amount_fen = models.BigIntegerField(default=0)
    quantity = models.BigIntegerField(default=0)
    unit = models.CharField(max_length=10, blank=True, choices=_choices(rules.UNITS))
    due_day = models.DateField(null=True, blank=True)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(amount_fen__gt=0, quantity=0) | Q(amount_fen=0, quantity__gt=0),
                name="pledge_one_measure",
            ),
        ]


class PairingProject(Fact):
    """A project a partner brought. `base_year`: the year an increase is measured against."""

    pairing = models.ForeignKey(OrganisationLink, on_delete=models.PROTECT, related_name="projects")
    name = models.CharField(max_length=120)
    base_year = models.PositiveSmallIntegerField(null=True, blank=True)


class PledgeDelivery(Fact):
    """Something of a pledge arrived, with evidence. Money is booked by what it is."""

    pledge = models.ForeignKey(Pledge, on_delete=models.PROTECT, related_name="deliveries")
    project = models.ForeignKey(
        PairingProject, null=True, blank=True, on_delete=models.PROTECT, related_name="money"
    )
    amount_fen = models.BigIntegerField(default=0)
    quantity = models.BigIntegerField(default=0)
    taken_as = models.CharField(max_length=12, choices=_choices(rules.TAKEN_AS), default="elsewhere")
    into = models.CharField(max_length=4, choices=_choices(rules.INTO), default="bank")

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=(Q(amount_fen__gt=0, quantity=0) | Q(amount_fen=0, quantity__gt=0))
                & ~Q(evidence=""),
                name="pledgedelivery_something",
            ),
        ]


class ProjectBenefit(Fact):
    """What a household got from a project; or, with `base`, what it had of the same in the base year."""

    project = models.ForeignKey(PairingProject, on_delete=models.PROTECT, related_name="benefits")
    household = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=_choices(rules.BENEFITS))
    amount_fen = models.BigIntegerField()
    base = models.BooleanField(default=False)

    class Meta(Fact.Meta):
        indexes = [models.Index(fields=["project", "day"])]
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(amount_fen__gt=0) | Q(base=True, amount_fen__gte=0),
                name="projectbenefit_above_zero",
            ),
        ]
