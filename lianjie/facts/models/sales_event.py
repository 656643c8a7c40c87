"""What sells in its own way: a livestream, a group-buy round, and what a channel settles."""

from django.db import models
from django.db.models import F, Q

from lianjie.facts.models.market import Product, SalesChannel, SalesOrder, SalesOrderLine
from lianjie.facts.models.record import Fact
from lianjie.facts.rules.channel_settlement import OUTCOMES
from lianjie.facts.rules.group_buy import SHORTAGE_RULES


class LivestreamEvent(Fact):
    """A livestream: orders of its channel paid from `start_at` up to, not including, `until_at`.

    products  codes of the products it sold; empty: all of the channel
    counties  codes of the areas it sold for; a line counts for the county its product comes from
    """

    name = models.CharField(max_length=120)
    channel = models.ForeignKey(SalesChannel, on_delete=models.PROTECT, related_name="livestreams")
    start_at = models.DateTimeField()
    until_at = models.DateTimeField()
    host = models.CharField(max_length=80, blank=True)
    products = models.JSONField(default=list)
    counties = models.JSONField(default=list)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(until_at__gt=F("start_at")), name="livestreamevent_until_after_start"
            ),
        ]


class GroupBuyRound(Fact):
    """A round of one product at one price: orders of its channel paid within it and not sent yet.

    rule  what happens when there is less than was ordered; chosen here, before anybody orders
    """

    name = models.CharField(max_length=120)
    channel = models.ForeignKey(SalesChannel, on_delete=models.PROTECT, related_name="rounds")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="rounds")
    price_fen = models.BigIntegerField(help_text="a pack")
    start_at = models.DateTimeField()
    until_at = models.DateTimeField()
    rule = models.CharField(max_length=10, choices=[(each, each) for each in SHORTAGE_RULES])
    pickup = models.CharField(max_length=120, blank=True, help_text="where it is handed out")

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(until_at__gt=F("start_at")) & Q(price_fen__gt=0), name="groupbuyround_window"
            ),
        ]


class GroupBuyClosing(Fact):
    """The round is closed with what can be delivered. `word`: what the lots are drawn from."""

    round = models.ForeignKey(GroupBuyRound, on_delete=models.PROTECT, related_name="closings")
    supply_packs = models.BigIntegerField()
    word = models.CharField(max_length=120, blank=True)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=Q(supply_packs__gte=0), name="groupbuyclosing_supply"),
        ]


class GroupBuyShare(Fact):
    """What one order of a round gets, and why."""

    closing = models.ForeignKey(GroupBuyClosing, on_delete=models.PROTECT, related_name="shares")
    order = models.ForeignKey(SalesOrder, on_delete=models.PROTECT, related_name="shares")
    line = models.ForeignKey(SalesOrderLine, on_delete=models.PROTECT, related_name="shares")
    wanted_packs = models.BigIntegerField()
    given_packs = models.BigIntegerField()
    charged_fen = models.BigIntegerField()
    text = models.CharField(max_length=400)
    details = models.JSONField(default=dict)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(given_packs__gte=0, given_packs__lte=F("wanted_packs"), charged_fen__gte=0),
                name="groupbuyshare_within",
            ),
        ]


class ChannelStatement(Fact):
    """What a channel settled: paid out, kept as its fee, for which orders. Its key is channel:number."""

    channel = models.ForeignKey(SalesChannel, on_delete=models.PROTECT, related_name="statements")
    number = models.CharField(max_length=60)
    layout = models.CharField(max_length=40)
    into = models.CharField(max_length=3, choices=[("102", "102"), ("109", "109")], default="109")
    gross_fen = models.BigIntegerField()
    back_fen = models.BigIntegerField()
    fee_fen = models.BigIntegerField()
    paid_fen = models.BigIntegerField()


class ChannelStatementLine(Fact):
    """One order of a statement, against the order as it stood that day."""

    statement = models.ForeignKey(ChannelStatement, on_delete=models.PROTECT, related_name="lines")
    number = models.CharField(max_length=60)
    order = models.ForeignKey(
        SalesOrder, null=True, blank=True, on_delete=models.PROTECT, related_name="settled_lines"
    )
    gross_fen = models.BigIntegerField()
    back_fen = models.BigIntegerField()
    fee_fen = models.BigIntegerField()
    ours_fen = models.BigIntegerField(null=True, help_text="what the order stood for, less given back")
    outcome = models.CharField(max_length=10, choices=[(each, each) for each in OUTCOMES])
