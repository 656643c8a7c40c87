"""Stock by lot, goods lent in kind with everything that happens to a loan, inputs handed out.

Quantities are whole small units of `unit`: grams for kg, ten-thousandths for pieces.
"""

from django.db import models
from django.db.models import Q

from lianjie.facts.models.record import Fact
from lianjie.facts.models.registry import Party
from lianjie.facts.rules.in_kind import BEARERS, CAUSES, COST_WAYS, MADE, ORIGINS, RULES, UNITS
from lianjie.facts.rules.inputs import WAYS


def _choices(values: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(value, value) for value in values]


class LoanReturn(Fact):
    """Goods a borrower brought back. `pays` is how much of the debt they settle, in units owed."""

    loan = models.ForeignKey("facts.Loan", on_delete=models.PROTECT, related_name="returns")
    good = models.CharField(max_length=40)
    unit = models.CharField(max_length=5, choices=_choices(UNITS))
    quantity = models.BigIntegerField()
    grade = models.CharField(max_length=20, blank=True)
    pays = models.BigIntegerField()

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=Q(quantity__gt=0, pays__gt=0), name="loanreturn_above_zero"),
        ]


class Lot(Fact):
    """Goods that came into the stock together and are kept apart, so that a sack can be followed.

    `returned` is the return it came from; then it has been lent before.
    """

    good = models.CharField(max_length=40)
    unit = models.CharField(max_length=5, choices=_choices(UNITS))
    quantity = models.BigIntegerField()
    grade = models.CharField(max_length=20, blank=True)
    origin = models.CharField(max_length=10, choices=_choices(ORIGINS + MADE))
    giver = models.CharField(max_length=120, blank=True, help_text="who sold or granted it")
    returned = models.ForeignKey(
        LoanReturn, null=True, blank=True, on_delete=models.PROTECT, related_name="lots"
    )

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=Q(quantity__gt=0), name="lot_above_zero"),
            models.CheckConstraint(
                condition=Q(origin="returned", returned__isnull=False)
                | (~Q(origin="returned") & Q(returned__isnull=True)),
                name="lot_returned_by",
            ),
        ]


class LotCost(Fact):
    """What a lot cost and how that was met; entered with the lot or later, with the invoice. Key: its lot's.

    gone_fen  the part of goods that had left the lot before; `held` is the worth of what was left alone
    """

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="costs")
    amount_fen = models.BigIntegerField()
    way = models.CharField(max_length=7, choices=_choices(COST_WAYS))
    gone_fen = models.BigIntegerField(default=0)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(amount_fen__gt=0, gone_fen__gte=0, gone_fen__lte=models.F("amount_fen")),
                name="lotcost_above_zero",
            ),
        ]


class Loan(Fact):
    """Goods lent from a lot and what was agreed about their return."""

    borrower = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="loans")
    to_member = models.BooleanField(help_text="a member on the day of lending: where the claim stands")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="loans")
    quantity = models.BigIntegerField()
    rule = models.CharField(max_length=10, choices=_choices(RULES))
    owed_good = models.CharField(max_length=40)
    owed_unit = models.CharField(max_length=5, choices=_choices(UNITS))
    owed_quantity = models.BigIntegerField()
    ratio_e6 = models.BigIntegerField(default=1_000_000, help_text="millionths of a unit owed per unit lent")
    due_day = models.DateField()
    season = models.CharField(max_length=40, blank=True)
    area_mu4 = models.BigIntegerField(default=0, help_text="planted with it, ten-thousandths of a mu")
    substitute = models.CharField(max_length=40, blank=True)
    substitute_unit = models.CharField(max_length=5, choices=_choices(UNITS), default="kg")
    substitute_ratio_e6 = models.BigIntegerField(default=0)
    disease_borne_by = models.CharField(max_length=8, choices=_choices(BEARERS), default="decided")
    disaster_borne_by = models.CharField(max_length=8, choices=_choices(BEARERS), default="decided")
    negligence_borne_by = models.CharField(max_length=8, choices=_choices(BEARERS), default="borrower")

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=Q(quantity__gt=0, owed_quantity__gt=0), name="loan_above_zero"),
            models.CheckConstraint(condition=Q(due_day__gt=models.F("day")), name="loan_due_after_day"),
        ]
        indexes = [
            models.Index(fields=["borrower", "organisation", "day"]),
            models.Index(fields=["organisation", "day"]),
        ]


class LoanDeferral(Fact):
    """A household asks to return later, usually to plant more. It grants nothing by itself."""

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="deferrals")
    until = models.DateField()
    extra_mu4 = models.BigIntegerField(default=0)
    wish = models.CharField(max_length=300, blank=True, help_text="in the household's own words")


class LoanLoss(Fact):
    """Part of what is owed was lost with the borrower."""

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="losses")
    cause = models.CharField(max_length=10, choices=_choices(CAUSES))
    quantity = models.BigIntegerField(help_text="small units of the good owed")
    account = models.CharField(max_length=300, blank=True, help_text="what happened")

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=Q(quantity__gt=0), name="loanloss_above_zero"),
        ]


class LoanDecision(Fact):
    """A named person answers a deferral or a loss, with a reason. Nothing decides by itself.

    For a deferral `until` is the new due day, empty when refused; for a loss `forgiven` is written off.
    """

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="decisions")
    deferral = models.ForeignKey(
        LoanDeferral, null=True, blank=True, on_delete=models.PROTECT, related_name="decisions"
    )
    loss = models.ForeignKey(
        LoanLoss, null=True, blank=True, on_delete=models.PROTECT, related_name="decisions"
    )
    until = models.DateField(null=True, blank=True)
    forgiven = models.BigIntegerField(default=0)
    person_name = models.CharField(max_length=80)
    grounds = models.CharField(max_length=300)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(deferral__isnull=False, loss__isnull=True, forgiven=0)
                | Q(deferral__isnull=True, loss__isnull=False, until__isnull=True, forgiven__gte=0),
                name="loandecision_about_one",
            ),
            models.CheckConstraint(condition=~Q(person_name="") & ~Q(grounds=""), name="loandecision_named"),
        ]


class LotLoss(Fact):
    """Goods of a lot lost while the organisation kept them."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="losses")
    cause = models.CharField(max_length=10, choices=_choices(CAUSES))
    quantity = models.BigIntegerField()
    account = models.CharField(max_length=300, blank=True)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=Q(quantity__gt=0), name="lotloss_above_zero"),
        ]


class InputIssue(Fact):
    """Seed, fertiliser, film, chicks handed to a grower against a receipt: free, or as an advance in money.

    An advance stands in the household's current account. It is never taken from rent.
    """

    household = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="inputs")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="issues")
    quantity = models.BigIntegerField()
    amount_fen = models.BigIntegerField(default=0, help_text="the advance; 0 when it is free")

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(quantity__gt=0, amount_fen__gte=0), name="inputissue_above_zero"
            ),
        ]
        indexes = [
            models.Index(fields=["household", "organisation", "day"]),
            models.Index(fields=["organisation", "day"]),
        ]


class InputBack(Fact):
    """What came back of an input handed out: goods not used, or money of the advance.

    `delivery` is the produce an advance is set off against, as the household signed; never rent, never wages.
    """

    issue = models.ForeignKey(InputIssue, on_delete=models.PROTECT, related_name="backs")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="inputs_back")
    way = models.CharField(max_length=8, choices=_choices(WAYS))
    quantity = models.BigIntegerField(default=0)
    amount_fen = models.BigIntegerField(default=0, help_text="by how much the advance falls")
    delivery = models.ForeignKey(
        "facts.Delivery", null=True, blank=True, on_delete=models.PROTECT, related_name="set_off"
    )

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(way="goods", quantity__gt=0, amount_fen__gte=0, delivery__isnull=True)
                | Q(way__in=("cash", "bank"), quantity=0, amount_fen__gt=0, delivery__isnull=True)
                | (Q(way="produce", quantity=0, amount_fen__gt=0, delivery__isnull=False) & ~Q(evidence="")),
                name="inputback_one_way",
            ),
        ]
