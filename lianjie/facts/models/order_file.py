"""What was settled about a platform's order files, and receivers' data where it is kept."""

from django.db import models

from lianjie.facts import sealing
from lianjie.facts.models.market import SalesChannel
from lianjie.facts.models.record import Fact, SealedColumn
from lianjie.facts.rules.order_file import SHAPES


class OrderMapping(Fact):
    """Which column of a channel's files is which, and what its words mean. Its key is the channel's code."""

    channel = models.ForeignKey(SalesChannel, on_delete=models.PROTECT, related_name="mappings")
    layout = models.CharField(max_length=40)
    shape = models.CharField(max_length=5, choices=[(each, each) for each in SHAPES])
    columns = models.JSONField()
    states = models.JSONField()
    refunds = models.JSONField()
    goods = models.JSONField(default=dict)
    personal = models.BooleanField(default=False, help_text="keep receivers' data, sealed")


class OrderReceiver(models.Model):
    """Name, phone and address of an order's receiver, sealed. No fact: it may and should be erased."""

    organisation = models.ForeignKey("facts.Party", on_delete=models.PROTECT, related_name="+")
    order_key = models.CharField(max_length=120)
    sealed = models.BinaryField()
    kept_at = models.DateTimeField()

    SEALED = (SealedColumn("sealed", lambda row: sealing.receiver_row(row.organisation_id, row.order_key)),)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "order_key"], name="orderreceiver_once")
        ]
