"""Where money is sent, and what a second person said of it."""

from django.conf import settings
from django.db import models

from lianjie.facts import sealing
from lianjie.facts.models.record import SealedColumn, Spell
from lianjie.facts.models.registry import Party


class BankAccount(Spell):
    """An account a household or person wants its money on. The number is sealed; see facts/sealing.py.

    Used only once somebody else approved it; see Ruling.
    """

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="bank_accounts")
    holder = models.CharField(
        max_length=120, help_text="the name as the bank keeps it, never corrected by us"
    )
    bank = models.CharField(max_length=120)
    bank_code = models.CharField(max_length=20, blank=True, help_text="routing number: CNAPS or BIC")
    number_sealed = models.BinaryField(null=True, help_text="None when erased")
    number_index = models.CharField(max_length=32, blank=True, db_index=True)
    number_digest = models.CharField(max_length=64)
    number_end = models.CharField(max_length=4)

    SEALED = (
        SealedColumn(
            "number_sealed",
            lambda row: sealing.account_row(row.organisation_id, row.key),
            index="number_index",
            index_of=sealing.account_index,
            digest="number_digest",
        ),
    )


class Ruling(models.Model):
    """What a checker said of something a maker entered: kept whether it passed or not. Append-only."""

    VERDICTS = [(verdict, verdict) for verdict in ("approved", "rejected")]

    organisation = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(
        max_length=160, unique=True, help_text="a reference: bankaccount:KEY, payoutbatch:KEY"
    )
    verdict = models.CharField(max_length=10, choices=VERDICTS)
    reason = models.CharField(max_length=300, blank=True)
    seen = models.JSONField(help_text="what the checker was shown: totals, count, differences")
    maker = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(verdict="approved") | ~models.Q(reason=""),
                name="ruling_rejected_with_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(maker__isnull=True) | ~models.Q(maker=models.F("by")),
                name="ruling_by_another",
            ),
        ]
