"""Under an order: deposit and money, crop the organisation itself sells, breaches, insurance."""

from django.db import models
from django.db.models import Q

from lianjie.facts.models.offtake import OfftakeContract
from lianjie.facts.models.record import Fact, Spell
from lianjie.facts.models.registry import Party
from lianjie.facts.rules.order_account import BREACHES, MONEY, PAYERS, REMEDIES


def _choices(values: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(value, value) for value in values]


class OrderMoney(Fact):
    """Money that moved under an order. `party` is whose account it stands in."""

    contract = models.ForeignKey(OfftakeContract, on_delete=models.PROTECT, related_name="money")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=_choices(MONEY))
    amount_fen = models.BigIntegerField()
    penalty_fen = models.BigIntegerField(default=0, help_text="given on top when a deposit is doubled")
    about = models.CharField(max_length=60, blank=True, help_text="number of the breach, policy or claim")

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(amount_fen__gt=0, penalty_fen__gte=0), name="ordermoney_above_zero"
            ),
        ]


class OrderSale(Fact):
    """Crop the organisation itself delivered to the buyer: its price by the terms, and what it had cost."""

    contract = models.ForeignKey(OfftakeContract, on_delete=models.PROTECT, related_name="order_sales")
    grade = models.CharField(max_length=20)
    grams = models.BigIntegerField()
    fen_per_kg = models.BigIntegerField()
    amount_fen = models.BigIntegerField()
    cost_fen = models.BigIntegerField(default=0)
    due_day = models.DateField()
    won = models.CharField(max_length=8)
    candidates = models.JSONField(help_text="kind, fen a kilogram, and the price record behind it")

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(grams__gt=0, amount_fen__gte=0, cost_fen__gte=0), name="ordersale_above_zero"
            ),
        ]


class OrderBreach(Fact):
    """Who broke the order and how, the loss it caused, and what is asked for it: the deposit or damages."""

    contract = models.ForeignKey(OfftakeContract, on_delete=models.PROTECT, related_name="breaches")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=_choices(BREACHES))
    grams = models.BigIntegerField(default=0)
    loss_fen = models.BigIntegerField(default=0)
    remedy = models.CharField(max_length=8, choices=_choices(REMEDIES))
    damages_fen = models.BigIntegerField(default=0)
    account = models.CharField(max_length=400)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(grams__gte=0, loss_fen__gte=0)
                & (Q(damages_fen=0) | Q(remedy="damages", damages_fen__gt=0)),
                name="orderbreach_damages",
            ),
        ]


class InsurancePolicy(Spell):
    """A policy that pays for a lost harvest under an order."""

    contract = models.ForeignKey(OfftakeContract, on_delete=models.PROTECT, related_name="policies")
    insurer = models.CharField(max_length=120)
    premium_fen = models.BigIntegerField()
    premium_by = models.CharField(max_length=8, choices=_choices(PAYERS))
    cover_fen = models.BigIntegerField()
    clause = models.CharField(max_length=400, help_text="what it pays for")

    class Meta(Spell.Meta):
        constraints = [
            *Spell.Meta.constraints,
            models.CheckConstraint(
                condition=Q(cover_fen__gt=0, premium_fen__gte=0), name="insurancepolicy_cover"
            ),
        ]


class InsuranceClaim(Fact):
    """A loss reported to the insurer."""

    policy = models.ForeignKey(InsurancePolicy, on_delete=models.PROTECT, related_name="claims")
    claimed_fen = models.BigIntegerField()
    account = models.CharField(max_length=400)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=Q(claimed_fen__gt=0), name="insuranceclaim_above_zero"),
        ]
