"""What a collective holds, how it is used, let, worn and given away, and the income of the year by source.

Money in whole fen, land in ten-thousandths of a mu, quantities in ten-thousandths.
"""

from django.db import models
from django.db.models import Q

from lianjie.facts.models.record import Fact
from lianjie.facts.models.registry import Party
from lianjie.facts.rules import asset_income, assets


def _choices(values: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(value, value) for value in values]


class CollectiveAsset(Fact):
    """One entry of the register. `day` is the day from which it is there."""

    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, choices=_choices(assets.KINDS))
    category = models.CharField(max_length=10, choices=_choices(assets.CATEGORIES))
    origin = models.CharField(max_length=12, choices=_choices(assets.ORIGINS))
    paid = models.CharField(max_length=8, choices=_choices(assets.PAID))
    spec = models.CharField(max_length=120, blank=True)
    location = models.CharField(max_length=120, blank=True)
    keeper = models.CharField(max_length=80, blank=True)
    quantity_e4 = models.BigIntegerField(default=10_000)
    counted_in = models.CharField(max_length=20, blank=True)
    extent_mu4 = models.BigIntegerField(default=0)
    cost_fen = models.BigIntegerField(default=0)
    residual_e6 = models.BigIntegerField(default=0, help_text="millionths of the cost")
    life_months = models.PositiveIntegerField(default=0, help_text="0: not depreciated")
    taken_fen = models.BigIntegerField(default=0, help_text="depreciation in the books before the register")
    taken_until = models.DateField(null=True, blank=True)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(
                    cost_fen__gte=0, taken_fen__gte=0, residual_e6__gte=0, residual_e6__lte=1_000_000
                ),
                name="collectiveasset_worth",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "day"])]


class AssetUse(Fact):
    """How an asset is used from a day on, while no contract lets it."""

    asset = models.ForeignKey(CollectiveAsset, on_delete=models.PROTECT, related_name="uses")
    use = models.CharField(max_length=6, choices=_choices(assets.USES))
    note = models.CharField(max_length=200, blank=True)


class AssetContract(Fact):
    """An asset let or contracted out: signed on `day`, running from `start_day`."""

    asset = models.ForeignKey(CollectiveAsset, on_delete=models.PROTECT, related_name="contracts")
    payer = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    to_member = models.BooleanField(help_text="a member on the day of signing: where the claim stands")
    start_day = models.DateField()
    until_day = models.DateField()
    first_due_day = models.DateField()
    yearly_fen = models.BigIntegerField()
    rise_years = models.PositiveSmallIntegerField(default=0)
    rise_fen = models.BigIntegerField(default=0)
    extent_mu4 = models.BigIntegerField(default=0)
    purpose = models.CharField(max_length=120, blank=True)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(yearly_fen__gt=0, until_day__gt=models.F("start_day")),
                name="assetcontract_terms",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "day"])]


class ContractEnd(Fact):
    """A contract ended before its time, from `day` on."""

    contract = models.ForeignKey(AssetContract, on_delete=models.PROTECT, related_name="ends")
    grounds = models.CharField(max_length=300)


class ContractDue(Fact):
    """A payment under a contract fell due, and was booked as income of that day."""

    contract = models.ForeignKey(AssetContract, on_delete=models.PROTECT, related_name="dues")
    turn = models.PositiveSmallIntegerField()
    fen = models.BigIntegerField()

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=Q(fen__gt=0), name="contractdue_above_zero"),
        ]
        indexes = [models.Index(fields=["organisation", "day"])]


class ContractReceipt(Fact):
    """Money received under a contract; below zero, given back of what was received beyond all it owes. The
    collective's account or cash box, never a person's account (collective law, art. 44)."""

    contract = models.ForeignKey(AssetContract, on_delete=models.PROTECT, related_name="receipts")
    fen = models.BigIntegerField()
    into = models.CharField(max_length=4, choices=_choices(("bank", "cash")))

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=~Q(fen=0), name="contractreceipt_not_zero"),
        ]


class AssetCharge(Fact):
    """Depreciation of an asset for the month of `day`, booked once."""

    asset = models.ForeignKey(CollectiveAsset, on_delete=models.PROTECT, related_name="charges")
    fen = models.BigIntegerField()

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=Q(fen__gt=0), name="assetcharge_above_zero"),
        ]
        indexes = [models.Index(fields=["organisation", "day"])]


class AssetDisposal(Fact):
    """An asset sold, scrapped, lost or handed over, by a decision under a name."""

    asset = models.ForeignKey(CollectiveAsset, on_delete=models.PROTECT, related_name="disposals")
    way = models.CharField(max_length=11, choices=_choices(assets.WAYS))
    proceeds_fen = models.BigIntegerField(default=0)
    into = models.CharField(max_length=4, choices=_choices(("bank", "cash")))
    person_name = models.CharField(max_length=80)
    resolution = models.CharField(max_length=200)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(proceeds_fen__gte=0) & ~Q(person_name="") & ~Q(resolution=""),
                name="assetdisposal_decided",
            ),
        ]


class CollectiveIncome(Fact):
    """Income of a collective that comes from no contract in the register, by source."""

    source_of = models.CharField(max_length=15, choices=_choices(asset_income.SOURCES))
    fen = models.BigIntegerField()
    into = models.CharField(max_length=4, choices=_choices(asset_income.INTO))
    payer_name = models.CharField(max_length=120, blank=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=Q(fen__gt=0), name="collectiveincome_above_zero"),
        ]
        indexes = [models.Index(fields=["organisation", "day"])]
