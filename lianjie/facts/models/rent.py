"""How a lease's rent is counted beyond a yearly cash sum, and what became of the lease."""

from django.db import models

from lianjie.facts.models.agreements import EVIDENCE_OF_CONSENT, Lease
from lianjie.facts.models.in_kind import Lot
from lianjie.facts.models.record import Fact
from lianjie.facts.models.registry import Party
from lianjie.facts.rules import bond


class RentTerms(Fact):
    """Terms of rent of one lease, from its first rent on. Without them it is the lease's yearly cash rent.

    In grain: `grams_per_mu` of `good`, at the mean of the prices `market` showed in the window, of `grade`
    alone when one is agreed, taken anew every `reset_years` years. The rent rises by `step_millionths` every
    `step_years` years (0: never), on the first rent or, when compound, on the one before. `paid_years` years
    are paid at a time, in advance. Floor and share: the rent is the floor, and a share of a result is
    distributed with the year's settlement.
    """

    KINDS = [(kind, kind) for kind in ("cash", "grain")]

    lease = models.ForeignKey(Lease, on_delete=models.PROTECT, related_name="rent_terms")
    kind = models.CharField(max_length=5, choices=KINDS)
    good = models.CharField(max_length=40, blank=True)
    grade = models.CharField(max_length=20, blank=True, default="")
    grams_per_mu = models.BigIntegerField(default=0)
    market = models.CharField(max_length=80, blank=True)
    window_first = models.CharField(max_length=5, blank=True, help_text="month and day, 09-01")
    window_last = models.CharField(max_length=5, blank=True)
    window_years_before = models.PositiveSmallIntegerField(default=0)
    reset_years = models.PositiveSmallIntegerField(default=1)
    fixed_years = models.PositiveSmallIntegerField(default=0, help_text="first years paid in fixed cash")
    fixed_fen_per_mu = models.BigIntegerField(default=0)
    step_years = models.PositiveSmallIntegerField(default=0)
    step_millionths = models.BigIntegerField(default=0)
    step_compound = models.BooleanField(default=False)
    paid_years = models.PositiveSmallIntegerField(default=1)
    share_millionths = models.BigIntegerField(default=0, help_text="of `share_of`; 40 % = 400000")
    share_of = models.CharField(max_length=120, blank=True, help_text="the result the share is of, as agreed")

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(paid_years__gte=1, reset_years__gte=1), name="rentterms_years"
            ),
            models.CheckConstraint(
                condition=models.Q(share_millionths=0, share_of="")
                | models.Q(share_millionths__range=(1, 1_000_000)) & ~models.Q(share_of=""),
                name="rentterms_share",
            ),
        ]


class LeaseChange(Fact):
    """A lease handed back from `day` on, renewed up to `until_day`, or sub-let from `day` on.

    A sub-lease runs up to `until_day`, or as long as the lease.
    """

    KINDS = [(kind, kind) for kind in ("hand_back", "renewal", "sublease")]

    lease = models.ForeignKey(Lease, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=10, choices=KINDS)
    until_day = models.DateField(null=True, blank=True)
    taker = models.ForeignKey(
        Party, null=True, blank=True, on_delete=models.PROTECT, related_name="subleases"
    )
    consent = models.CharField(max_length=12, blank=True, choices=EVIDENCE_OF_CONSENT)


class RentPayment(Fact):
    """A rent handed over whole: to the household, or first to an agent and then confirmed by the household.

    `year` is that of the rent; `amount_fen` what the journal owes for it. In grain, `quantity` grams of `lot`
    settle `in_kind_fen` of it, and `method` says how the rest was paid; in_kind when there is none.
    """

    HOPS = [(hop, hop) for hop in ("agent", "household")]
    METHODS = [(method, method) for method in ("bank", "cash", "in_kind")]

    lease = models.ForeignKey(Lease, on_delete=models.PROTECT, related_name="rent_payments")
    household = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="rents_received")
    year = models.PositiveSmallIntegerField()
    hop = models.CharField(max_length=9, choices=HOPS)
    agent = models.ForeignKey(
        Party, null=True, blank=True, on_delete=models.PROTECT, related_name="rents_carried"
    )
    amount_fen = models.BigIntegerField()
    method = models.CharField(max_length=7, choices=METHODS)
    quantity = models.BigIntegerField(default=0)
    lot = models.ForeignKey(Lot, null=True, blank=True, on_delete=models.PROTECT, related_name="rents_handed")
    in_kind_fen = models.BigIntegerField(default=0)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(amount_fen__gt=0)
                & (models.Q(hop="household") | models.Q(agent__isnull=False)),
                name="rentpayment_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(lot__isnull=True, in_kind_fen=0)
                | models.Q(
                    lot__isnull=False,
                    quantity__gt=0,
                    in_kind_fen__gt=0,
                    in_kind_fen__lte=models.F("amount_fen"),
                ),
                name="rentpayment_in_kind",
            ),
        ]


class BondMove(Fact):
    """A bond agreed, paid in, given back or forfeited under one agreement; see rules/bond.py.

    Under a contract or sub-lease the organisation holds it for the payer; under a lease the lessor holds it.
    """

    contract = models.ForeignKey(
        "facts.AssetContract", null=True, blank=True, on_delete=models.PROTECT, related_name="bond_moves"
    )
    lease = models.ForeignKey(
        Lease, null=True, blank=True, on_delete=models.PROTECT, related_name="bond_moves"
    )
    sublease = models.ForeignKey(
        LeaseChange, null=True, blank=True, on_delete=models.PROTECT, related_name="bond_moves"
    )
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="bond_moves")
    act = models.CharField(max_length=9, choices=[(act, act) for act in bond.ACTS])
    kind = models.CharField(max_length=12, choices=[(kind, kind) for kind in bond.KINDS])
    fen = models.BigIntegerField()
    by = models.CharField(max_length=4, choices=[(way, way) for way in ("bank", "cash")])
    decided_by = models.CharField(max_length=80, blank=True)
    grounds = models.CharField(max_length=300, blank=True)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(fen__gt=0)
                & (
                    models.Q(contract__isnull=True, lease__isnull=False, sublease__isnull=True)
                    | models.Q(contract__isnull=False, lease__isnull=True, sublease__isnull=True)
                    | models.Q(contract__isnull=True, lease__isnull=True, sublease__isnull=False)
                ),
                name="bondmove_of_one",
            ),
            models.CheckConstraint(
                condition=models.Q(act__in=("agreed", "paid"))
                | (~models.Q(decided_by="") & ~models.Q(grounds="")),
                name="bondmove_decided",
            ),
        ]
        indexes = [models.Index(fields=["party", "organisation", "day"])]
