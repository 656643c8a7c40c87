"""Every act, and the seals that make a later change of anything booked visible."""

from django.conf import settings
from django.db import models

from lianjie.facts.models.record import Source
from lianjie.facts.models.registry import Party


class Act(models.Model):
    """One thing somebody did: who, when, from where, before and after. Append-only.

    Facts and entries keep their own content and versions: an act that entered some names its `source`, and
    they point to the same one. What is changed in place (a role, a name, an account) stands here as it was
    and as it became.
    """

    DOORS = [(door, door) for door in ("page", "api", "command", "job")]

    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    door = models.CharField(max_length=8, choices=DOORS)
    address = models.CharField(max_length=45, blank=True)
    device = models.CharField(max_length=120, blank=True)
    verb = models.CharField(max_length=40)
    organisation = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=160, blank=True)
    text = models.CharField(max_length=300, blank=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    source = models.ForeignKey(Source, null=True, on_delete=models.PROTECT, related_name="acts")

    class Meta:
        indexes = [models.Index(fields=["organisation", "id"])]


class Seal(models.Model):
    """A hash over everything append-only since the last seal, chained to it.

    ranges  table -> [first id, last id, rows, SHA-256 of the rows, the columns sealed]
    digest  SHA-256 of number, time, ranges and the previous digest
    """

    number = models.PositiveIntegerField(unique=True)
    at = models.DateTimeField()
    ranges = models.JSONField()
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)
