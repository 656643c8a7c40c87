"""What is held on a person beyond the books: sealed details, who saw them, corrections, holds, erasures."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from lianjie.facts import sealing
from lianjie.facts.models.record import SealedColumn
from lianjie.facts.models.registry import Area, Party
from lianjie.facts.rules.personal import CORRECTABLE, DETAILS, HEALTH


class PersonalDetail(models.Model):
    """A phone, or what is known of somebody's health: the newest of a kind counts. Append-only.

    sealed  None when nothing is known any more, or it was erased; `end` are the last four of a phone
    """

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="details")
    kind = models.CharField(max_length=12, choices=[(kind, kind) for kind in DETAILS])
    number = models.PositiveSmallIntegerField(help_text="one more each time it is entered anew")
    sealed = models.BinaryField(null=True)
    index = models.CharField(max_length=32, blank=True, db_index=True)
    digest = models.CharField(max_length=64, blank=True)
    end = models.CharField(max_length=4, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    SEALED = (
        SealedColumn(
            "sealed",
            lambda row: sealing.detail_row(row.party_id, row.kind, row.number),
            index="index",
            # Three reasons of health would be told apart by an index: only a phone has one.
            index_of=lambda text: "" if text in HEALTH else sealing.detail_index(text),
            digest="digest",
        ),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "kind", "number"], name="personaldetail_once")
        ]


class GuardianConsent(models.Model):
    """A guardian's word on the data of somebody under 14: the newest counts. Append-only."""

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="guardian_consents")
    guardian = models.CharField(max_length=80)
    relation = models.CharField(max_length=40, help_text="what the guardian is to the child")
    day = models.DateField()
    evidence = models.CharField(max_length=300, help_text="where it is written")
    taken_back = models.BooleanField(default=False)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")


class CorrectionRequest(models.Model):
    """Somebody says that something registered is wrong; another person rules on it (Ruling). Append-only.

    `before` and `after` are sealed whatever the field, so that both stay and neither lies open.
    """

    organisation = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="correction_requests")
    field = models.CharField(max_length=12, choices=[(field, field) for field in CORRECTABLE])
    before_sealed = models.BinaryField(null=True)
    before_digest = models.CharField(max_length=64)
    after_sealed = models.BinaryField(null=True)
    after_digest = models.CharField(max_length=64)
    reason = models.CharField(max_length=300)
    evidence = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    SEALED = (
        SealedColumn(
            "before_sealed",
            lambda row: sealing.request_row(row.organisation_id, row.number, "before"),
            digest="before_digest",
        ),
        SealedColumn(
            "after_sealed",
            lambda row: sealing.request_row(row.organisation_id, row.number, "after"),
            digest="after_digest",
        ),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="correctionrequest_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="correctionrequest_reason"),
        ]

    @property
    def reference(self) -> str:
        """How a ruling names it."""
        return f"correctionrequest:{self.number}"


class Seen(models.Model):
    """Somebody saw sealed data of somebody: whole, or in a file. Append-only.

    party    whose; None for people who are not registered, then `count` tells how many, and for a list as a
             file: whom it may name is for queries.personal.lists_naming
    area     where they lived then, so that a village can ask
    subject  the file or batch it was in; "" when it was looked at on a page
    """

    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    door = models.CharField(max_length=8)
    address = models.CharField(max_length=45, blank=True)
    device = models.CharField(max_length=120, blank=True)
    organisation = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    party = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="seen")
    area = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=60, help_text="kinds of rules.personal.SHOWN, a space between")
    count = models.PositiveIntegerField(default=1)
    purpose = models.CharField(max_length=30)
    reason = models.CharField(max_length=300, blank=True)
    subject = models.CharField(max_length=160, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "id"]),
            models.Index(fields=["party", "id"]),
            models.Index(fields=["area", "id"]),
        ]


class FileRows(models.Model):
    """How many rows a file had when its last byte had left; none when it broke off. Append-only."""

    seen = models.OneToOneField(Seen, on_delete=models.PROTECT, related_name="file_rows")
    rows = models.PositiveIntegerField()


class LegalHold(models.Model):
    """Nothing of this person, or of anybody in these books, is erased while it stands. Append-only."""

    organisation = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    party = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="holds")
    why = models.CharField(max_length=300)
    until_day = models.DateField(null=True, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(why=""), name="legalhold_why")]


class LiftRequest(models.Model):
    """Somebody says that a hold may end; another person rules on it (Ruling). Append-only."""

    hold = models.ForeignKey(LegalHold, on_delete=models.PROTECT, related_name="requests")
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="liftrequest_reason")]


class HoldLifted(models.Model):
    """A hold is over before its day: why, and who let it end at another's request. Append-only."""

    hold = models.OneToOneField(LegalHold, on_delete=models.PROTECT, related_name="lifted")
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")


class Erasure(models.Model):
    """Sealed values of somebody were erased because their time was over: what, by which rule. Append-only."""

    party = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="erasures")
    kind = models.CharField(max_length=12)
    values = models.PositiveIntegerField(help_text="how many")
    due_day = models.DateField()
    source = models.CharField(max_length=300, help_text="the law or rule, as it stood")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
