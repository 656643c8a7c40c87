"""What somebody says is wrong with a page, and what became of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Remark(models.Model):
    """Words on a page: `page` its address up to a "?", `version` of the software. Append-only."""

    page = models.CharField(max_length=200)
    text = models.CharField(max_length=1000)
    version = models.CharField(max_length=40)
    language = models.CharField(max_length=10)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="remark_text")]
        indexes = [models.Index(fields=["by", "id"], name="remark_by_writer")]


class RemarkAnswer(models.Model):
    """What became of a remark, for its writer to read: the newest counts. Append-only."""

    remark = models.ForeignKey(Remark, on_delete=models.PROTECT, related_name="answers")
    text = models.CharField(max_length=1000)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="remarkanswer_text")]
