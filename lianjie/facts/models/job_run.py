"""Long work done in the background: one row a job, from asked to done. Rows change; they are no facts."""

from django.conf import settings
from django.db import models

from lianjie.facts.rules.job_run import STATES


class JobRun(models.Model):
    """One piece of long work.

    key       names the work: asking for the same again is the same job
    payload   what to do, for the function registered under `kind`
    right     what a reader needs, beside reading, to stop it or fetch its result
    cursor    how far the work is, written in the same transaction as the work itself
    beats     grows while somebody works on it; who watches counts on a steady clock of its own, so a wall
              clock that jumps is harmless. `heartbeat_at` is shown to people, and nothing hangs on it
    owner     a token of whoever works on it now; only the holder may write
    attempt   how often it was begun since it last moved on
    message   a catalogue text with `details` for its places; `refusals` are packed the same way
    """

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=40)
    payload = models.JSONField(default=dict)
    organisation = models.ForeignKey("facts.Party", null=True, on_delete=models.PROTECT, related_name="+")
    area = models.ForeignKey("facts.Area", null=True, on_delete=models.PROTECT, related_name="+")
    right = models.CharField(max_length=20, default="enter_facts")
    title = models.CharField(max_length=200, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    language = models.CharField(max_length=10, default="zh-hans")
    state = models.CharField(max_length=10, choices=[(s, s) for s in STATES], default="waiting")
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    message = models.CharField(max_length=300, blank=True)
    details = models.JSONField(default=dict)
    cursor = models.JSONField(default=dict)
    beats = models.BigIntegerField(default=0)
    heartbeat_at = models.DateTimeField(null=True)
    owner = models.CharField(max_length=40, blank=True)
    attempt = models.PositiveIntegerField(default=0)
    cancel_asked = models.BooleanField(default=False)
    cancel_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    result = models.JSONField(default=dict)
    result_file = models.CharField(max_length=300, blank=True, help_text="path below the data folder")
    refusals = models.JSONField(default=list)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "asked_at"], name="jobrun_of_organisation"),
            models.Index(
                fields=["id"], condition=models.Q(state__in=["waiting", "running"]), name="jobrun_open"
            ),
        ]

    def __str__(self) -> str:
        return self.key
