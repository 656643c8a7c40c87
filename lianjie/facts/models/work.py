"""Workshops, work agreements, days and pieces worked, payrolls and what was paid."""

from django.db import models

from lianjie.facts.models.in_kind import Lot
from lianjie.facts.models.record import Fact, Spell
from lianjie.facts.models.registry import Party


class Workshop(Spell):
    """A place of work near home: a factory, home work given out, or the co-op's own."""

    FORMS = [(form, form) for form in ("factory", "home", "coop")]

    name = models.CharField(max_length=80)
    form = models.CharField(max_length=8, choices=FORMS)
    address = models.CharField(max_length=120)


class Recognition(Spell):
    """A workshop recognised by an office under local criteria."""

    workshop = models.ForeignKey(Workshop, on_delete=models.PROTECT, related_name="recognitions")
    recognised_by = models.CharField(max_length=80)
    criteria = models.CharField(max_length=40, help_text="code in parameters/workshops.toml")
    persons = models.PositiveIntegerField(null=True, help_text="recognised for so many persons")


class WageFloor(Spell):
    """The minimum wage of the place for an hour, as the office set it; `evidence` is its source."""

    hour_fen = models.BigIntegerField()


class WorkAgreement(Spell):
    """Work agreed with a person or household: a rate for a day, an hour, a piece or a month.

    `home` holds the terms of home work given out: what is made, the material a piece takes by the norm, and
    how many defects of a million are paid. `funder` is who pays for a public post.
    """

    workshop = models.ForeignKey(Workshop, on_delete=models.PROTECT, related_name="agreements")
    worker = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="work_agreements")
    job = models.CharField(max_length=80)
    basis = models.CharField(max_length=6, choices=[(b, b) for b in ("day", "hour", "piece", "month")])
    rate_fen = models.BigIntegerField()
    status = models.CharField(max_length=6, choices=[(s, s) for s in ("staff", "casual")])
    day_hours = models.PositiveSmallIntegerField(default=8)
    cost = models.CharField(max_length=3, choices=[("401", "401"), ("521", "521")])
    defects_paid = models.BooleanField(default=False)
    public_post = models.BooleanField(default=False)
    funder = models.CharField(max_length=80, null=True)
    home = models.JSONField(null=True, help_text="product, allowance_e6, materials: good, unit, quantity")

    class Meta(Spell.Meta):
        constraints = [
            *Spell.Meta.constraints,
            models.CheckConstraint(condition=models.Q(rate_fen__gt=0), name="workagreement_rate"),
        ]
        indexes = [models.Index(fields=["worker", "organisation", "day"])]


class WorkDone(Fact):
    """What was worked under an agreement on a day, in ten-thousandths of a day, an hour or a piece."""

    agreement = models.ForeignKey(WorkAgreement, on_delete=models.PROTECT, related_name="done")
    quantity_e4 = models.BigIntegerField()
    defects_e4 = models.BigIntegerField(default=0)

    class Meta(Fact.Meta):
        indexes = [models.Index(fields=["organisation", "day"])]
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(
                    quantity_e4__gte=0, defects_e4__gte=0, defects_e4__lte=models.F("quantity_e4")
                ),
                name="workdone_quantity",
            ),
        ]


class MaterialIssue(Fact):
    """Material of a lot handed to a home worker: it stays the organisation's, in the worker's house."""

    agreement = models.ForeignKey(WorkAgreement, on_delete=models.PROTECT, related_name="material")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="material_out")
    quantity = models.BigIntegerField()

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="materialissue_above_zero"),
        ]


class MaterialReturn(Fact):
    """Material a home worker gave back into its lot, or lost."""

    agreement = models.ForeignKey(WorkAgreement, on_delete=models.PROTECT, related_name="+")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="material_back")
    quantity = models.BigIntegerField()
    lost = models.BooleanField(default=False)
    account = models.CharField(max_length=300, blank=True, help_text="what happened")

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="materialreturn_above_zero"),
        ]


class PieceReturn(Fact):
    """Pieces a home worker brought, in ten-thousandths; those without defects became `lot`."""

    agreement = models.ForeignKey(WorkAgreement, on_delete=models.PROTECT, related_name="pieces")
    pieces_e4 = models.BigIntegerField()
    defects = models.JSONField(help_text="cause -> pieces in ten-thousandths")
    lot = models.ForeignKey(Lot, null=True, blank=True, on_delete=models.PROTECT, related_name="made_from")

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=models.Q(pieces_e4__gt=0), name="piecereturn_above_zero"),
        ]


class Payroll(Fact):
    """A payroll approved by a named person; `day` is the last day it pays for."""

    workshop = models.ForeignKey(Workshop, on_delete=models.PROTECT, related_name="payrolls")
    approved_by = models.CharField(max_length=80)
    deduction_evidence = models.CharField(
        max_length=300, blank=True, help_text="where the workers agreed to what is taken off"
    )


class PayrollLine(models.Model):
    """What a payroll gave for the work of one agreement on one day; below zero for a difference taken off."""

    payroll = models.ForeignKey(Payroll, on_delete=models.PROTECT, related_name="lines")
    done = models.ForeignKey(WorkDone, on_delete=models.PROTECT, related_name="paid_lines")
    agreement = models.ForeignKey(WorkAgreement, on_delete=models.PROTECT, related_name="+")
    work = models.CharField(max_length=120, help_text="key of the first version of the work")
    fen = models.BigIntegerField()
    before_fen = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["payroll", "work"], name="payrollline_once")]
        indexes = [models.Index(fields=["work"])]


class WagePayment(Fact):
    """A payroll paid out, with the bank's or the workers' evidence; its key is the payroll's."""

    payroll = models.ForeignKey(Payroll, on_delete=models.PROTECT, related_name="payments")
    method = models.CharField(max_length=4, choices=[("bank", "bank"), ("cash", "cash")])


class WageSent(Fact):
    """One worker's part of a payroll, paid in a batch of payments: the batch has the entry in the books.

    Its key is the identity of the payment and the payroll; `evidence` is the batch's.
    """

    payroll = models.ForeignKey(Payroll, on_delete=models.PROTECT, related_name="sent")
    worker = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    method = models.CharField(max_length=4, choices=[("bank", "bank"), ("cash", "cash")])
