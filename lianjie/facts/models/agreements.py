"""What was agreed: posts, links, memberships, share agreements, contributions, land and leases."""

from typing import Any, ClassVar

from django.apps import apps
from django.db import models
from django.db.models.functions import Cast, Concat, Left, StrIndex

from lianjie.facts.models.record import Fact, FactQuerySet, Spell
from lianjie.facts.models.registry import Party

EVIDENCE_OF_CONSENT = [
    (kind, kind) for kind in ("signed", "fingerprint", "resolution", "verbal", "transferred")
]


class Post(Spell):
    """A person holds an office in an organisation for a term."""

    TITLES = [
        (title, title)
        for title in (
            "secretary",
            "chair",
            "director",
            "supervisor",
            "manager",
            "accountant",
            "champion",
        )
    ]

    person = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="posts")
    held_in = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="posts_here")
    title = models.CharField(max_length=20, choices=TITLES)

    class Meta(Spell.Meta):
        indexes = [models.Index(fields=["person", "organisation", "day"])]


class OrganisationLink(Spell):
    """Two organisations belong together: a branch leads a co-op, a village joins one, a partner helps."""

    KINDS = [(kind, kind) for kind in ("leads", "founds", "member", "chain", "supplies", "buys", "pairs")]

    giver = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="links_out")
    taker = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="links_in")
    kind = models.CharField(max_length=10, choices=KINDS)
    parts = models.BigIntegerField(default=0, help_text="parts of cost and surplus, for a joint co-op")


class Membership(Spell):
    """Standing in the co-op, with evidence that the member agreed (arts. 19-26)."""

    member = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="memberships")
    represented_by = models.ForeignKey(
        Party,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="represents",
    )
    is_farmer = models.BooleanField(default=True)
    consent = models.CharField(max_length=12, choices=EVIDENCE_OF_CONSENT)
    extra_votes = models.PositiveSmallIntegerField(default=0)
    tags = models.CharField(
        max_length=200,
        blank=True,
        help_text="named groups of the plan, space-separated",
    )

    class Meta(Spell.Meta):
        indexes = [
            models.Index(fields=["member", "organisation", "day"]),
            models.Index(fields=["organisation", "day"]),
            models.Index(fields=["organisation", "tags"]),
        ]


class ShareAgreement(Spell):
    """A household's fund becomes a share: the principle and the method of the dividend, signed."""

    member = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="share_agreements")
    fund = models.CharField(max_length=60)
    amount_fen = models.BigIntegerField()
    floor_fen_per_year = models.BigIntegerField(default=0)
    floor_rate_millionths = models.BigIntegerField(default=0, help_text="of the amount, a year; 5 % = 50000")
    guarantor = models.CharField(max_length=120, blank=True)
    principle = models.CharField(max_length=300)
    method = models.CharField(max_length=300)
    principal_returned = models.BooleanField(default=False)
    consent = models.CharField(max_length=12, choices=EVIDENCE_OF_CONSENT)

    class Meta(Spell.Meta):
        constraints = [
            *Spell.Meta.constraints,
            models.CheckConstraint(condition=models.Q(amount_fen__gt=0), name="shareagreement_amount"),
        ]
        indexes = [models.Index(fields=["member", "organisation", "day"])]


class Contribution(Fact):
    """Capital paid in. Never labour (registration rules 2021, art. 13). A return of capital is negative."""

    ORIGINS = [
        (origin, origin)
        for origin in (
            "own_money",
            "household_fund",
            "land_right",
            "goods",
            "collective",
            "enterprise",
        )
    ]

    member = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="contributions")
    origin = models.CharField(max_length=15, choices=ORIGINS)
    amount_fen = models.BigIntegerField()
    shares_e4 = models.BigIntegerField(default=0, help_text="ten-thousandths of a share")
    agreement = models.ForeignKey(
        ShareAgreement,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="contributions",
    )
    right_until_day = models.DateField(
        null=True, blank=True, help_text="a land right: the first day it cannot be used any more"
    )

    class Meta(Fact.Meta):
        indexes = [
            models.Index(fields=["member", "organisation", "day"]),
            models.Index(fields=["organisation", "day"]),
        ]


class Parcel(Fact):
    """A plot a household may let: contract extent and measured extent, in ten-thousandths of a mu."""

    household = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="parcels")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=80, blank=True)
    contract_extent_mu4 = models.BigIntegerField()
    measured_extent_mu4 = models.BigIntegerField(null=True, blank=True)
    land_type = models.CharField(max_length=40, blank=True)
    grade = models.CharField(max_length=20, blank=True)
    contract_until_day = models.DateField(null=True, blank=True)

    class Meta(Fact.Meta):
        indexes = [models.Index(fields=["household", "organisation", "day"])]


class LeaseQuerySet(FactQuerySet):
    """Leases, which last as long as what became of them says: handed back earlier, or renewed beyond."""

    def lasting(self, day) -> FactQuerySet:
        changes = apps.get_model("facts", "LeaseChange").objects.current()
        back = changes.filter(kind="hand_back", day__lte=day)
        renewed = changes.filter(kind="renewal", until_day__gt=day)
        signed = models.Q(until_day__isnull=True) | models.Q(until_day__gt=day)
        # Names, not a look at the changes for each lease: both databases then read the changes once.
        return self.alias(let_as=_let_as("~")).filter(
            ~models.Q(let_as__in=back.values_list(_let_as("-hand_back-"))),
            signed | models.Q(let_as__in=renewed.values_list(_let_as("-renewal-"))),
        )


def _let_as(ends: str) -> Concat:
    """Whose lease and its name, from the key of a version of it or of what became of it."""
    key, ends_at = models.F("key"), models.Value(ends)
    name = Left(key, StrIndex(Concat(key, ends_at), ends_at) - 1)
    of = Cast("organisation_id", models.CharField())
    return Concat(of, models.Value("|"), name, output_field=models.CharField())


class Lease(Spell):
    """A parcel's use let to the co-op for a yearly cash rent (Rural Land Contract Law, arts. 36-47)."""

    objects: ClassVar[Any] = LeaseQuerySet.as_manager()

    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, related_name="leases")
    lessor = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="leases")
    extent_basis = models.CharField(
        max_length=8, choices=[("contract", "contract"), ("measured", "measured")]
    )
    extent_mu4 = models.BigIntegerField(help_text="the extent the rent is counted on, agreed")
    rent_fen_per_mu = models.BigIntegerField()
    due_month = models.PositiveSmallIntegerField()
    due_day_of_month = models.PositiveSmallIntegerField()
    form = models.CharField(max_length=8, choices=[("written", "written"), ("verbal", "verbal")])

    class Meta(Spell.Meta):
        indexes = [models.Index(fields=["lessor", "organisation", "day"])]
