"""How a fact is kept: where it came from, what it corrects, never overwritten."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.db import models


@dataclass(frozen=True)
class SealedColumn:
    """A column of sealed values, named in its model's `SEALED`, so that turning the keys misses none.

    name      the column
    row       model row -> the name its value is bound to (facts/sealing.py)
    index     the column of the keyed index, "" for none; `index_of` makes it from the text
    digest    the column of the digest, in a table whose rows never change
    """

    name: str
    row: Callable[[Any], str] = str
    index: str = ""
    index_of: Callable[[str], str] = str
    digest: str = ""


class Source(models.Model):
    """The document facts came from: a workbook, a page, a paper."""

    KINDS = [("workbook", "workbook"), ("page", "page"), ("demo", "demo")]

    kind = models.CharField(max_length=10, choices=KINDS)
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64, blank=True)
    received_at = models.DateTimeField()
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT)

    def __str__(self) -> str:
        return self.name


@cache
def _uncorrected(table: str) -> models.Func:
    return models.Func(
        models.F("pk"),
        template=f"NOT EXISTS (SELECT 1 FROM {table} later WHERE later.corrects_id = %(expressions)s)",
        output_field=models.BooleanField(),
    )


class FactQuerySet(models.QuerySet):
    """Facts as they stand now: not withdrawn and not corrected by a later one."""

    def current(self) -> "FactQuerySet":
        # Not by the relation: from a join without a partner PostgreSQL cannot tell that nearly all stay.
        return self.filter(_uncorrected(self.model._meta.db_table), withdrawn=False)

    def on(self, day) -> "FactQuerySet":
        """Spells running on `day`."""
        return self.current().lasting(day).filter(day__lte=day)

    def lasting(self, day) -> "FactQuerySet":
        """Spells that end after `day`, or never."""
        return self.filter(models.Q(until_day__isnull=True) | models.Q(until_day__gt=day))

    def during(self, start, until) -> "FactQuerySet":
        """Spells with at least one day in the half-open period."""
        return self.current().lasting(start).filter(day__lt=until)


class Fact(models.Model):
    """One thing that happened on a day, in the books of one organisation.

    `key` names the fact within its organisation and table, so that entering the same file or form
    twice enters it once. A correction is a new row with `corrects`; with `withdrawn` it takes the
    old one back. Database triggers refuse any update or delete.
    """

    organisation = models.ForeignKey("facts.Party", on_delete=models.PROTECT, related_name="+")
    area = models.ForeignKey("facts.Area", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=120)
    day = models.DateField()
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=80, blank=True, help_text="where in the source: Deliveries!A7")
    evidence = models.CharField(max_length=300, blank=True)
    corrects = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="corrected_by",
    )
    withdrawn = models.BooleanField(default=False)
    reason = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = FactQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["organisation", "key"], name="%(class)s_key"),
        ]

    @property
    def reference(self) -> str:
        """How other records name this fact, the same on every database: `delivery:2025-0017`."""
        return f"{self._meta.model_name}:{self.key}"


class CorrectsFew(models.OneToOneField):
    """To one row at most, as a partial unique index of the table keeps it: nearly all rows correct none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **(kwargs | {"db_index": False}))
        self._unique = False


class OneOfMany(Fact):
    """A fact there are hundreds of thousands of: what stands alike in all of them has no index of its own.

    Its organisation is found by the key's index, and only what corrects another is in the index of that. An
    index costs as much as a fifth of the row it points at.
    """

    organisation = models.ForeignKey(
        "facts.Party", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    area = models.ForeignKey("facts.Area", on_delete=models.PROTECT, related_name="+", db_index=False)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+", db_index=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    corrects = CorrectsFew(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrected_by"
    )

    class Meta(Fact.Meta):
        abstract = True
        constraints = [
            *Fact.Meta.constraints,
            models.UniqueConstraint(
                fields=["corrects"], condition=models.Q(corrects__isnull=False), name="%(class)s_corrects"
            ),
        ]


class Spell(Fact):
    """A fact that lasts: from `day` up to, not including, `until_day`; None while it runs.

    To end it, enter a correction with `until_day` set; both rows stay.
    """

    until_day = models.DateField(null=True, blank=True)

    class Meta(Fact.Meta):
        abstract = True
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(until_day__isnull=True) | models.Q(until_day__gt=models.F("day")),
                name="%(class)s_until_after_day",
            ),
        ]


class Correction(models.Model):
    """A registry entry changed (a name written wrongly, a household moved): what, from what, why."""

    party = models.ForeignKey("facts.Party", on_delete=models.PROTECT, related_name="corrections")
    field = models.CharField(max_length=40)
    before = models.CharField(max_length=300, blank=True)
    after = models.CharField(max_length=300, blank=True)
    reason = models.CharField(max_length=300)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
