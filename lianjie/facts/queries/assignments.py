"""Who may do what, and where: the assignments of one user on one day."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from lianjie.facts.models import Assignment, Organisation

KEEPS_BOOKS = ("coop", "joint_coop", "collective", "association")
"""Kinds of organisation that close a year here; the others are known, linked and read."""


@dataclass(frozen=True)
class Grant:
    """One role, for one organisation or for an area and all below it; `party_id` for a member's own."""

    role: str
    organisation_id: int | None
    area_path: str | None
    party_id: int | None

    def covers(self, organisation_id: int, area_path: str) -> bool:
        """True when an organisation lies in the scope of the grant."""
        if self.organisation_id is not None:
            return self.organisation_id == organisation_id
        return self.area_path is not None and area_path.startswith(self.area_path)


@dataclass(frozen=True)
class OrganisationRow:
    """An organisation as lists show it."""

    id: int
    code: str
    name: str
    kind: str
    area_name: str
    area_path: str
    invented: bool


def grants(user_id: int, day: date) -> tuple[Grant, ...]:
    """What the user may do on `day`."""
    rows = Assignment.objects.filter(
        Q(until_day__isnull=True) | Q(until_day__gt=day), user_id=user_id, start_day__lte=day
    ).select_related("area")
    return tuple(
        Grant(r.role, r.organisation_id, r.area.path if r.area else None, r.party_id)
        for r in rows.order_by("pk")
    )


def organisation(code: str) -> OrganisationRow | None:
    """The organisation with this code, or None."""
    row = _rows(Organisation.objects.filter(party__code=code)).first()
    return None if row is None else _row(row)


def organisations(granted: tuple[Grant, ...], *, search: str = "", limit: int = 200) -> list[OrganisationRow]:
    """Organisations in the scope of the grants that keep books here, or are named by a grant."""
    scope = Q(pk__in=[g.organisation_id for g in granted if g.organisation_id])
    for grant in granted:
        if grant.organisation_id is None and grant.area_path is not None:
            scope |= Q(
                party__area__path__gte=grant.area_path,
                party__area__path__lt=grant.area_path + "~",
                kind__in=KEEPS_BOOKS,
            )
    rows = _rows(Organisation.objects.filter(scope))
    if search:
        rows = rows.filter(
            Q(party__name__contains=search)
            | Q(party__code__istartswith=search)
            | Q(party__sort_key__contains=search.lower())
        )
    return [_row(r) for r in rows.order_by("party__area__path", "party__sort_key", "pk")[:limit]]


def _rows(found: QuerySet[Organisation]) -> QuerySet[Organisation]:
    return found.select_related("party", "party__area")


def _row(row: Organisation) -> OrganisationRow:
    party = row.party
    return OrganisationRow(
        party.pk, party.code, party.name, row.kind, party.area.name, party.area.path, party.invented
    )
