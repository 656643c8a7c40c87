"""Who: areas, parties (households, people, organisations), status over time, who may do what."""

from django.conf import settings
from django.db import models

from lianjie.facts import sealing
from lianjie.facts.models.record import SealedColumn, Spell


class AreaQuerySet(models.QuerySet):
    def within(self, area: "Area") -> "AreaQuerySet":
        """`area` and all below it. A range, not `startswith`: LIKE scans the table on SQLite."""
        return self.filter(path__gte=area.path, path__lt=area.path + "~")


class Area(models.Model):
    """An administrative area, valid for a time. Codes are merged and used again, so the tree is kept
    in `path`, made of our own ids, and never read from the code's digits."""

    LEVELS = [(level, level) for level in ("province", "prefecture", "county", "township", "village")]

    code = models.CharField(max_length=12)
    name = models.CharField(max_length=60)
    level = models.CharField(max_length=10, choices=LEVELS)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    path = models.CharField(max_length=60, unique=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    successor = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = AreaQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "valid_from"], name="area_code_from")]

    def __str__(self) -> str:
        return self.name


class Party(models.Model):
    """Anyone who can hold a share, be owed money or keep books: a household, a person, an organisation."""

    KINDS = [(kind, kind) for kind in ("household", "person", "organisation")]

    code = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=12, choices=KINDS)
    name = models.CharField(max_length=120)
    sort_key = models.CharField(max_length=200, db_index=True, help_text="pinyin of the name, for lists")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="parties")
    invented = models.BooleanField(default=False, help_text="part of a demonstration, not a real party")

    class Meta:
        indexes = [models.Index(fields=["area", "sort_key", "id"])]

    def __str__(self) -> str:
        return self.name


class Household(models.Model):
    """A farming family: the economic unit that leases land, holds funds and is listed."""

    party = models.OneToOneField(Party, primary_key=True, on_delete=models.PROTECT, related_name="household")
    national_number = models.CharField(max_length=30, blank=True, db_index=True)
    village_group = models.CharField(max_length=40, blank=True)


class Person(models.Model):
    """A human being: votes, signs, is paid. The identity number is sealed; see facts/sealing.py."""

    party = models.OneToOneField(Party, primary_key=True, on_delete=models.PROTECT, related_name="person")
    id_number_sealed = models.BinaryField(null=True)
    id_number_index = models.CharField(max_length=32, blank=True, db_index=True)
    birth_day = models.DateField(null=True, blank=True)

    SEALED = (
        SealedColumn(
            "id_number_sealed",
            lambda row: sealing.person_row(row.pk),
            index="id_number_index",
            index_of=sealing.index,
        ),
    )


class Organisation(models.Model):
    """A branch, collective, co-op, joint co-op or enterprise. A village committee is an area's organ and
    never a member (Law on Farmers' Professional Cooperatives, art. 19)."""

    KINDS = [
        (kind, kind)
        for kind in (
            "branch",
            "collective",
            "coop",
            "joint_coop",
            "enterprise",
            "association",
            "committee",
            "public_body",
        )
    ]

    party = models.OneToOneField(
        Party, primary_key=True, on_delete=models.PROTECT, related_name="organisation"
    )
    kind = models.CharField(max_length=12, choices=KINDS)
    credit_code = models.CharField(max_length=18, blank=True)
    founded_day = models.DateField(null=True, blank=True)


class Residence(Spell):
    """A person belongs to a household from a day."""

    household = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="residents")
    person = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="residences")
    relation = models.CharField(max_length=20, help_text="to the head; 'head' for the head")

    class Meta(Spell.Meta):
        indexes = [models.Index(fields=["household", "organisation", "day"])]


class RegisteredStatus(Spell):
    """What a household is registered as, from a day. History is what makes relapse visible."""

    STATUSES = [
        (status, status)
        for status in (
            "ordinary",
            "registered",
            "exited",
            "monitored",
            "risk_eliminated",
        )
    ]

    household = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="statuses")
    status = models.CharField(max_length=20, choices=STATUSES)

    class Meta(Spell.Meta):
        indexes = [models.Index(fields=["household", "organisation", "day"])]


class Assignment(models.Model):
    """What a signed-in user may do: a role, for an organisation or an area and all below it, dated."""

    ROLES = [
        (role, role)
        for role in (
            "accountant",
            "chair",
            "approver",
            "cashier",
            "supervisor",
            "auditor",
            "member",
            "administrator",
        )
    ]

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assignments")
    role = models.CharField(max_length=15, choices=ROLES)
    organisation = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    area = models.ForeignKey(Area, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    party = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    start_day = models.DateField()
    until_day = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(organisation__isnull=False) | models.Q(area__isnull=False),
                name="assignment_has_scope",
            )
        ]
