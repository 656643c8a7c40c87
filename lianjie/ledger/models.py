"""Tables of the ledger. Booked rows are final: triggers refuse updates and deletes (see migrations).

One sign rule: debit above zero, credit below. People see two columns.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Entry(models.Model):
    """A balanced journal record. `source` names what it books, once per organisation.

    Written with `posted` false, filled with postings, then posted: at that moment the database checks
    that it balances in money and in every good, and from then on nothing of it can change.
    `own_day` is the day of what it books when its month was closed already, and the entry stands on `day`.
    """

    organisation = models.ForeignKey("facts.Party", on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    own_day = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=200)
    text = models.CharField(max_length=300)
    content_hash = models.CharField(max_length=64)
    settlement = models.ForeignKey(
        "ledger.Settlement", null=True, on_delete=models.PROTECT, related_name="entries"
    )
    reverses = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="reversed_by",
    )
    posted = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "source"], name="entry_source_once")]
        indexes = [models.Index(fields=["organisation", "day", "id"], name="entry_in_order")]

    def __str__(self) -> str:
        return self.source


class Posting(models.Model):
    """One line of an entry: so much to the debit (above zero) or credit (below) of an account.

    Money has `good` empty and counts in `amount_fen`; goods name the good and count in `quantity`.
    """

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="postings")
    account = models.CharField(max_length=60)
    # The index below begins with the party; a second one would only slow the booking of a year.
    party = models.ForeignKey(
        "facts.Party",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    amount_fen = models.BigIntegerField(default=0)
    good = models.CharField(max_length=40, default="", blank=True)
    quantity = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(good="") & Q(quantity=0) & ~Q(amount_fen=0))
                | (~Q(good="") & Q(amount_fen=0) & ~Q(quantity=0)),
                name="posting_money_or_good",
            )
        ]
        indexes = [models.Index(fields=["party", "account"])]


class SalesBooked(models.Model):
    """Which orders an entry of a day's sales books: those of `channel` that `source` brought, sent on `day`,
    with ids from `first` to `last`. The part of each is its amount.

    One row for an entry, however many orders it has. The database checks, as the entry is posted, that they
    add up to it; orders are never changed, so they always will.
    """

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="sales")
    channel = models.ForeignKey("facts.SalesChannel", on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey("facts.Source", on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    first = models.OneToOneField("facts.SalesOrder", on_delete=models.PROTECT, related_name="+")
    last = models.OneToOneField("facts.SalesOrder", on_delete=models.PROTECT, related_name="+")


class Balance(models.Model):
    """What the posted entries of one month put on each side of an account, in money and in each good.

    `debit` and `credit` count fen when `good` is empty, else small units of the good. Kept by a trigger in
    the statement that posts an entry; `queries.balances.differences` adds the lines up again and compares.
    """

    # The constraint below begins with the organisation.
    organisation = models.ForeignKey(
        "facts.Party", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    month = models.DateField(help_text="its first day")
    account = models.CharField(max_length=60)
    good = models.CharField(max_length=40, default="", blank=True)
    debit = models.BigIntegerField()
    credit = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "month", "account", "good"], name="balance_once")
        ]


class Closing(models.Model):
    """The books are shut up to `until_day`, or opened again from it. An organisation's latest act counts.

    From then on the database refuses any entry dated before `until_day`. `content` holds the balances at that
    day as canonical text; `sha256` is the hash of it and of the act before.
    """

    ACTS = [(act, act) for act in ("close", "reopen")]

    organisation = models.ForeignKey("facts.Party", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(help_text="1, 2, 3 … in one organisation")
    act = models.CharField(max_length=6, choices=ACTS)
    until_day = models.DateField(help_text="the first open day, the first of a month")
    reason = models.CharField(max_length=300, blank=True)
    content = models.TextField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="closing_number_once"),
            models.CheckConstraint(condition=Q(act="close") | ~Q(reason=""), name="reopening_has_reason"),
        ]


class Plan(models.Model):
    """One version of an organisation's plan of distribution, as text in the rule language (TOML)."""

    organisation = models.ForeignKey("facts.Party", on_delete=models.PROTECT, related_name="plans")
    code = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    effective_from = models.DateField()
    effective_until = models.DateField(null=True, blank=True)
    adopted_by = models.CharField(max_length=200, blank=True, help_text="resolution that adopted it")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "code", "version"], name="plan_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"


class Settlement(models.Model):
    """One year's settlement of one organisation under one version of its plan.

    draft → trial → disclosed → decided → posted → paid → closed; reversed or withdrawn end it early.
    Inputs are frozen when it is disclosed: `given` is the canonical text and `given_sha256` its hash.
    """

    STATES = [
        (state, state)
        for state in (
            "draft",
            "trial",
            "disclosed",
            "decided",
            "posted",
            "paid",
            "closed",
            "withdrawn",
            "reversed",
        )
    ]

    organisation = models.ForeignKey("facts.Party", on_delete=models.PROTECT, related_name="settlements")
    year = models.PositiveSmallIntegerField()
    round = models.PositiveSmallIntegerField(default=1)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="settlements")
    state = models.CharField(max_length=10, choices=STATES, default="draft")
    given = models.TextField(blank=True)
    given_sha256 = models.CharField(max_length=64, blank=True)
    outcome_sha256 = models.CharField(max_length=64, blank=True)
    disclosed_day = models.DateField(null=True, blank=True)
    objections_until = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "year", "round"], name="settlement_round_once"),
            models.UniqueConstraint(
                fields=["organisation", "year"],
                condition=~Q(state__in=["withdrawn", "reversed"]),
                name="settlement_one_alive",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id}/{self.year}/{self.round}"


class SettlementEvent(models.Model):
    """What was done to a settlement, by whom, when and why. Append-only."""

    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, related_name="events")
    act = models.CharField(max_length=20)
    state = models.CharField(max_length=10, help_text="state after the act")
    text = models.CharField(max_length=300, blank=True)
    details = models.JSONField(default=dict)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")


class Step(models.Model):
    """One step of a frozen settlement, or one quantification to the member accounts (role "quantify").

    `debit_account` is charged with what the step gives out of a pool; empty when nothing is to book.
    """

    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, related_name="steps")
    seq = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=60)
    legal_basis = models.CharField(max_length=25)
    stream = models.CharField(max_length=12)
    role = models.CharField(max_length=12)
    amount_fen = models.BigIntegerField()
    debit_account = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["settlement", "seq"], name="step_seq_once"),
            models.UniqueConstraint(fields=["settlement", "name"], name="step_name_once"),
        ]


class Allotment(models.Model):
    """So much of one step for one party, or for a fund of the organisation (no party), and its account.

    Below zero, the party or fund pays. Goods stand with their worth in `amount_fen`. The frozen inputs replay
    to the same lines, so weights and quotients are not stored a second time.
    """

    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="allotments", db_index=False)
    party = models.ForeignKey(
        "facts.Party", null=True, on_delete=models.PROTECT, related_name="allotments", db_index=False
    )
    account = models.CharField(max_length=60, blank=True)
    amount_fen = models.BigIntegerField()
    good = models.CharField(max_length=40, blank=True, default="")
    quantity = models.BigIntegerField(default=0)
    memo = models.BooleanField(default=False, help_text="quantified to the member, not owed: reserve shares")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["step", "party", "account", "good"], name="allotment_once"),
            models.CheckConstraint(condition=~Q(amount_fen=0), name="allotment_not_empty"),
        ]
        indexes = [models.Index(fields=["party", "step"])]


class Acceptance(models.Model):
    """A named person accepts a finding, with a reason. Never silent."""

    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, related_name="acceptances")
    finding_key = models.CharField(max_length=200)
    finding_text = models.CharField(max_length=500)
    person_name = models.CharField(max_length=80)
    reason = models.CharField(max_length=500)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["settlement", "finding_key"], name="acceptance_once"),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(person_name=""), name="acceptance_named"),
        ]


class Objection(models.Model):
    """A household questions its line; someone answers before the settlement is posted."""

    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, related_name="objections")
    party = models.ForeignKey("facts.Party", on_delete=models.PROTECT, related_name="objections")
    step_name = models.CharField(max_length=60, blank=True)
    text = models.CharField(max_length=1000)
    raised_at = models.DateTimeField()
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )


class Answer(models.Model):
    """The recorded answer to an objection."""

    OUTCOMES = [(outcome, outcome) for outcome in ("upheld", "explained", "rejected")]

    objection = models.OneToOneField(Objection, on_delete=models.PROTECT, related_name="answer")
    outcome = models.CharField(max_length=10, choices=OUTCOMES)
    text = models.CharField(max_length=1000)
    person_name = models.CharField(max_length=80)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")


class Decision(models.Model):
    """The assembly's vote on a disclosed settlement (arts. 29-30: counted against all votes)."""

    settlement = models.OneToOneField(Settlement, on_delete=models.PROTECT, related_name="decision")
    resolution = models.CharField(max_length=80)
    day = models.DateField()
    members = models.PositiveIntegerField()
    present = models.PositiveIntegerField()
    votes_total = models.PositiveIntegerField()
    votes_for = models.PositiveIntegerField()
    minutes = models.CharField(max_length=300)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(votes_for__lte=F("votes_total")) & Q(present__lte=F("members")),
                name="decision_counts",
            )
        ]


class DecisionByResolution(models.Model):
    """The resolution on record by which a settlement was decided; none where the counts were typed in."""

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="by_resolution")
    resolution = models.OneToOneField(
        "facts.Resolution", on_delete=models.PROTECT, related_name="settlement_decision"
    )


class Payout(models.Model):
    """Money of a posted settlement handed to one party. A mistake is reversed by another row, tied to it."""

    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, related_name="payouts")
    party = models.ForeignKey("facts.Party", on_delete=models.PROTECT, related_name="payouts")
    amount_fen = models.BigIntegerField()
    day = models.DateField()
    method = models.CharField(max_length=10, choices=[(m, m) for m in ("bank", "cash", "in_kind")])
    evidence = models.CharField(max_length=300)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="payouts")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    turn = models.PositiveSmallIntegerField(default=1, help_text="one more each time the money came back")
    reverses = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="reversed_by"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["settlement", "party", "method", "turn"],
                condition=models.Q(reverses__isnull=True),
                name="payout_once",
            )
        ]


from lianjie.ledger.models_objection import (  # noqa: E402
    CodeTry,
    NoticePosting,
    NoticeTerm,
    ObjectionPassedOver,
    ObjectionTaken,
    StatementCode,
)
from lianjie.ledger.models_payout import PayoutBatch, PayoutEvent, PayoutItem, PayoutLine  # noqa: E402

__all__ = [
    "Acceptance",
    "Allotment",
    "Answer",
    "Balance",
    "Closing",
    "CodeTry",
    "Decision",
    "DecisionByResolution",
    "Entry",
    "NoticePosting",
    "NoticeTerm",
    "Objection",
    "ObjectionPassedOver",
    "ObjectionTaken",
    "Payout",
    "PayoutBatch",
    "PayoutEvent",
    "PayoutItem",
    "PayoutLine",
    "Plan",
    "Posting",
    "Settlement",
    "SettlementEvent",
    "StatementCode",
    "Step",
]
