"""The members' assembly: called, held, attended, what it resolved, and its papers."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from lianjie.facts.models.record import Fact
from lianjie.facts.models.registry import Party
from lianjie.facts.rules.assembly import FORMS, HOW, MATTERS


def _choices(values) -> list[tuple[str, str]]:
    return [(value, value) for value in values]


class Meeting(Fact):
    """An assembly of the members or of their delegates, on `day`."""

    form = models.CharField(max_length=10, choices=_choices(FORMS))
    notice_day = models.DateField(help_text="when the members were told")
    venue = models.CharField(max_length=120)
    agenda = models.CharField(max_length=2000)
    chaired_by = models.CharField(max_length=80)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=Q(notice_day__lte=F("day")), name="meeting_told_before"),
        ]


class Attendance(Fact):
    """How one member took part. Of an assembly of delegates every delegate has one, absent or not."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="seats")
    member = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="attendances")
    how = models.CharField(max_length=8, choices=_choices(HOW))
    proxy = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    mark = models.CharField(
        max_length=40, blank=True, help_text="line on the list that was signed, or number of the print"
    )


class Resolution(Fact):
    """One matter voted on, with its counts as they were: of all members and all votes."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="resolutions")
    title = models.CharField(max_length=120)
    text = models.CharField(max_length=2000)
    matter = models.CharField(max_length=8, choices=_choices(MATTERS))
    members = models.PositiveIntegerField()
    present = models.PositiveIntegerField()
    votes_total = models.PositiveIntegerField()
    votes_present = models.PositiveIntegerField()
    votes_for = models.PositiveIntegerField()
    votes_against = models.PositiveIntegerField()
    votes_abstained = models.PositiveIntegerField()
    votes_needed = models.PositiveIntegerField()
    law = models.CharField(max_length=120)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(present__lte=F("members"))
                & Q(votes_present__lte=F("votes_total"))
                & Q(votes_for__lte=F("votes_present")),
                name="resolution_counts",
            ),
        ]


class MeetingPaper(models.Model):
    """A paper of a meeting: minutes, the signed list, a photo. Kept as it is, found by its content's hash."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="papers")
    name = models.CharField(max_length=120)
    kept_as = models.CharField(max_length=80, help_text="name of the file kept, by its content")
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meeting", "sha256"], name="meetingpaper_once")]
