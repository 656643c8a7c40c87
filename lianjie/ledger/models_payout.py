"""Batches of payments: what is sent to a bank or handed over, line by line, and what became of each line."""

from django.conf import settings
from django.db import models
from django.db.models import Q

METHODS = ("bank", "cash")
BATCH_STATES = ("draft", "approved", "rejected", "exported", "closed")
LINE_STATES = ("waiting", "settled", "failed", "dropped", "returned")

PAID = ("settled", "returned")


class PayoutBatch(models.Model):
    """Payments of one purpose from one organisation, approved together.

    draft → approved → exported → closed; a rejected one ends, with its reason kept. `sha256` is the hash of
    the file that left the house. What is decided before approval (purpose, method, layout) never changes.
    """

    organisation = models.ForeignKey("facts.Party", on_delete=models.PROTECT, related_name="payout_batches")
    number = models.PositiveIntegerField()
    purpose = models.CharField(max_length=12)
    method = models.CharField(max_length=6, choices=[(m, m) for m in METHODS])
    layout = models.CharField(
        max_length=40, blank=True, help_text="layout of the bank's file; empty for cash"
    )
    day = models.DateField(help_text="when the money is to be paid")
    note = models.CharField(max_length=60, blank=True, help_text="what the passbook shows")
    state = models.CharField(max_length=10, choices=[(s, s) for s in BATCH_STATES], default="draft")
    count = models.PositiveIntegerField()
    total_fen = models.BigIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)
    exported_at = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "number"], name="payoutbatch_once")]

    @property
    def reference(self) -> str:
        """How rulings and acts name it."""
        return f"payoutbatch:{self.number}"


class PayoutLine(models.Model):
    """One payment with one id for life. A failed line is not sent again: its correction is a new line.

    waiting → settled | failed; dropped when the batch was rejected or the line taken out before it left.
    settled → returned when the bank sends the money back later; what it paid is owed again.
    """

    batch = models.ForeignKey(PayoutBatch, on_delete=models.PROTECT, related_name="lines")
    identity = models.CharField(max_length=35, unique=True, help_text="EndToEndId; never used again")
    party = models.ForeignKey("facts.Party", on_delete=models.PROTECT, related_name="payout_lines")
    account = models.ForeignKey("facts.BankAccount", null=True, on_delete=models.PROTECT, related_name="+")
    amount_fen = models.BigIntegerField()
    replaces = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by"
    )
    state = models.CharField(max_length=8, choices=[(s, s) for s in LINE_STATES], default="waiting")
    reason_code = models.CharField(max_length=12, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    evidence = models.CharField(max_length=300, blank=True)
    settled_day = models.DateField(null=True, blank=True)
    entry = models.ForeignKey("ledger.Entry", null=True, on_delete=models.PROTECT, related_name="+")
    back_entry = models.ForeignKey("ledger.Entry", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="payoutline_above_zero"),
            models.CheckConstraint(
                condition=(Q(state__in=PAID) & Q(entry__isnull=False) & Q(settled_day__isnull=False))
                | (~Q(state__in=PAID) & Q(entry__isnull=True)),
                name="payoutline_settled_is_booked",
            ),
            models.CheckConstraint(
                condition=Q(state="returned", back_entry__isnull=False)
                | (~Q(state="returned") & Q(back_entry__isnull=True)),
                name="payoutline_returned_is_booked",
            ),
        ]
        indexes = [models.Index(fields=["party", "state"])]


class PayoutItem(models.Model):
    """What a line pays: so much of what one source owes the party, on one account of the books. Append-only.

    source  base reference of the entry that owes ("rent:…", "delivery:…", "payroll:…", "settlement:2025.1")
    """

    line = models.ForeignKey(PayoutLine, on_delete=models.PROTECT, related_name="items")
    source = models.CharField(max_length=200)
    account = models.CharField(max_length=60)
    amount_fen = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "source", "account"], name="payoutitem_once"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="payoutitem_above_zero"),
        ]
        indexes = [models.Index(fields=["source"])]


class PayoutEvent(models.Model):
    """What was done to a batch: made, ruled, exported, a return read, a line taken as paid. Append-only."""

    batch = models.ForeignKey(PayoutBatch, on_delete=models.PROTECT, related_name="events")
    act = models.CharField(max_length=20)
    text = models.CharField(max_length=300, blank=True)
    details = models.JSONField(default=dict)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
