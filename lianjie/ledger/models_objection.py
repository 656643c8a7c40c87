"""The household's own way to object: its code, and what becomes of an objection besides the answer."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from lianjie.facts import sealing
from lianjie.facts.models.record import SealedColumn
from lianjie.facts.rules.working_days import COUNTED
from lianjie.ledger.rules.notice_term import WHAT


class StatementCode(models.Model):
    """What opens one party's lines of one settlement: code and number, sealed; the newest of a party counts.

    `index` finds a code and tells nothing; see facts/sealing.py.
    """

    settlement = models.ForeignKey("ledger.Settlement", on_delete=models.PROTECT, related_name="codes")
    party = models.ForeignKey("facts.Party", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField(default=1, help_text="one more each time it is made anew")
    index = models.CharField(max_length=32, unique=True)
    sealed = models.BinaryField()
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["settlement", "party", "number"], name="statementcode_once")
        ]

    SEALED = (
        SealedColumn(
            "sealed",
            lambda row: sealing.statement_code_row(row.settlement_id, row.party_id, row.number),
            index="index",
            index_of=lambda text: sealing.statement_code_index(text.partition(" ")[0]),
            digest="digest",
        ),
    )


class NoticePosting(models.Model):
    """A notice put up: where, from when, until its last day; `token` is its public page."""

    settlement = models.ForeignKey("ledger.Settlement", on_delete=models.PROTECT, related_name="notices")
    token = models.CharField(max_length=40, unique=True)
    where = models.CharField(max_length=160)
    since = models.DateField()
    until = models.DateField()
    photo = models.CharField(max_length=80, blank=True, help_text="name of the picture kept, by its content")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="noticeposting_until_after_since")
        ]


class NoticeTerm(models.Model):
    """An office's own days for a notice or an answer, from a day on; counts once approved. Append-only."""

    organisation = models.ForeignKey("facts.Party", on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=12, choices=[(what, what) for what in WHAT])
    days = models.PositiveSmallIntegerField()
    counted = models.CharField(max_length=8, choices=[(counted, counted) for counted in COUNTED])
    from_day = models.DateField()
    source = models.CharField(max_length=200)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(source=""), name="noticeterm_source")]

    @property
    def reference(self) -> str:
        """How a ruling names it."""
        return f"noticeterm:{self.pk}"


class CodeTry(models.Model):
    """A try to open a statement by its code: for shutting the door, not for keeping. Gone after a day."""

    at = models.DateTimeField(db_index=True)
    index = models.CharField(max_length=32, db_index=True)
    address = models.CharField(max_length=45, db_index=True)
    passed = models.BooleanField(default=False)


class ObjectionTaken(models.Model):
    """Somebody looks into an objection, by name."""

    objection = models.OneToOneField("ledger.Objection", on_delete=models.PROTECT, related_name="taken")
    person_name = models.CharField(max_length=80)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")


class ObjectionPassedOver(models.Model):
    """A named person decides to book although this objection has no answer. Never silent."""

    objection = models.OneToOneField("ledger.Objection", on_delete=models.PROTECT, related_name="passed_over")
    person_name = models.CharField(max_length=80)
    reason = models.CharField(max_length=500)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason="") & ~Q(person_name=""), name="passedover_named")
        ]
