"""Who may do what, and where: the assignments of one user on one day, and what they cover."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Concat

from lianjie.facts.models import Area, Assignment, Membership, Organisation, Party

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


@dataclass(frozen=True)
class AreaRow:
    """An area as lists show it, with how much keeps books in it and below.

    organisations  how many keep books here
    members        standings running in them
    """

    code: str
    name: str
    level: str
    path: str
    organisations: int = 0
    members: int = 0


@dataclass(frozen=True)
class AssignmentRow:
    """One assignment as the list of an organisation's roles shows it."""

    id: int
    username: str
    full_name: str
    role: str
    scope: str
    here: bool
    party_name: str
    start_day: date
    until_day: date | None


@dataclass(frozen=True)
class OwnHousehold:
    """A household (or person) a reader may see because it is the reader's own."""

    party_code: str
    party_name: str
    organisation_code: str
    organisation_name: str


def grants(user_id: int, day: date) -> tuple[Grant, ...]:
    """What the user may do on `day`."""
    rows = _running(day).filter(user_id=user_id).select_related("area")
    return tuple(
        Grant(r.role, r.organisation_id, r.area.path if r.area else None, r.party_id)
        for r in rows.order_by("pk")
    )


def organisation(code: str) -> OrganisationRow | None:
    """The organisation with this code, or None."""
    row = _rows(Organisation.objects.filter(party__code=code)).first()
    return None if row is None else _row(row)


def organisations_by_id(ids: Collection[int]) -> list[OrganisationRow]:
    """The organisations with these ids, by code."""
    return [_row(row) for row in _rows(Organisation.objects.filter(pk__in=ids)).order_by("party__code")]


def organisations(
    granted: Sequence[Grant], *, search: str = "", under: str = "", limit: int = 200
) -> list[OrganisationRow]:
    """Organisations in the scope of the grants that keep books here, or are named by a grant.

    under  path of an area: only organisations in it or below
    """
    scope = Q(pk__in=[g.organisation_id for g in granted if g.organisation_id])
    for grant in granted:
        if grant.organisation_id is None and grant.area_path is not None:
            scope |= Q(kind__in=KEEPS_BOOKS) & _below("party__area__path", grant.area_path)
    rows = _rows(Organisation.objects.filter(scope))
    if under:
        rows = rows.filter(_below("party__area__path", under))
    if search:
        rows = rows.filter(
            Q(party__name__contains=search)
            | Q(party__code__istartswith=search)
            | Q(party__sort_key__contains=search.lower())
        )
    return [_row(r) for r in rows.order_by("party__area__path", "party__sort_key", "pk")[:limit]]


def own_households(granted: Sequence[Grant]) -> list[OwnHousehold]:
    """The reader's own households, each in the organisation it was assigned for."""
    pairs = [(g.organisation_id, g.party_id) for g in granted if g.organisation_id and g.party_id]
    parties = Party.objects.in_bulk({pk for pair in pairs for pk in pair})
    return [
        OwnHousehold(
            parties[own].code, parties[own].name, parties[organisation].code, parties[organisation].name
        )
        for organisation, own in pairs
    ]


def granted_areas(granted: Sequence[Grant], day: date) -> list[AreaRow]:
    """The areas the grants name, counted."""
    paths = {g.area_path for g in granted if g.organisation_id is None and g.area_path}
    return _counted(Area.objects.filter(path__in=paths), day)


def area(granted: Sequence[Grant], code: str, day: date) -> AreaRow | None:
    """The area with this code, if a grant covers it."""
    row = Area.objects.filter(_valid(day), code=code).order_by("-valid_from").first()
    if row is None or not any(
        g.organisation_id is None and g.area_path and row.path.startswith(g.area_path) for g in granted
    ):
        return None
    return _area_row(row)


def in_areas(code: str, paths: Sequence[str], day: date) -> bool:
    """True when the area with this code lies in one of the areas with these paths, or is one."""
    row = Area.objects.filter(_valid(day), code=code).order_by("-valid_from").first()
    return row is not None and any(row.path.startswith(path) for path in paths)


def areas_within(path: str, day: date) -> list[AreaRow]:
    """The areas one level below, each counted with all below it; those without organisations left out."""
    found = _counted(Area.objects.filter(_valid(day), parent__path=path), day)
    return [row for row in found if row.organisations]


def areas_above(path: str) -> list[AreaRow]:
    """The areas above a path, the widest first."""
    found: list[AreaRow] = []
    row = Area.objects.filter(path=path).select_related("parent").first()
    while row is not None and row.parent is not None:
        row = row.parent
        found.insert(0, _area_row(row))
    return found


def areas_like(search: str, day: date, limit: int = 20) -> list[AreaRow]:
    """Areas whose name holds `search` or whose code begins with it."""
    rows = Area.objects.filter(_valid(day), Q(name__contains=search) | Q(code__startswith=search))
    return [_area_row(row) for row in rows.order_by("path")[:limit]]


def assignments_of(row: OrganisationRow, day: date) -> list[AssignmentRow]:
    """Who may do what in an organisation: assignments to it, and to areas above it, running or to come."""
    above = [row.area_path[:end] for end in range(1, len(row.area_path) + 1)]
    rows = (
        Assignment.objects.filter(Q(organisation_id=row.id) | Q(area__path__in=above, organisation=None))
        .filter(Q(until_day__isnull=True) | Q(until_day__gt=day))
        .select_related("user", "area", "party", "organisation")
        .order_by("role", "user__username", "pk")
    )
    return [
        AssignmentRow(
            id=r.pk,
            username=r.user.get_username(),
            full_name=r.user.get_full_name(),
            role=r.role,
            scope=r.organisation.name if r.organisation else r.area.name,
            here=r.organisation_id == row.id,
            party_name=r.party.name if r.party else "",
            start_day=r.start_day,
            until_day=r.until_day,
        )
        for r in rows
    ]


def _running(day: date) -> QuerySet[Assignment]:
    return Assignment.objects.filter(
        Q(until_day__isnull=True) | Q(until_day__gt=day), user__is_active=True, start_day__lte=day
    )


def _valid(day: date) -> Q:
    return Q(valid_from__lte=day) & (Q(valid_until__isnull=True) | Q(valid_until__gt=day))


def _below(field: str, path: str) -> Q:
    """A range, not `startswith`: LIKE scans the table on SQLite."""
    return Q(**{f"{field}__gte": path, f"{field}__lt": path + "~"})


def _counted(rows: QuerySet[Area], day: date) -> list[AreaRow]:
    """Areas in the order of the tree, with their organisations and members in one question."""
    end = Concat(OuterRef("path"), Value("~"))
    keepers = Organisation.objects.filter(kind__in=KEEPS_BOOKS)
    organisations = keepers.filter(party__area__path__gte=OuterRef("path"), party__area__path__lt=end)
    members = Membership.objects.on(day).filter(
        organisation__area__path__gte=OuterRef("path"), organisation__area__path__lt=end
    )
    found = rows.annotate(organisation_count=_count(organisations), member_count=_count(members))
    return [
        AreaRow(r.code, r.name, r.level, r.path, r.organisation_count, r.member_count)
        for r in found.order_by("path")
    ]


def _count(rows: QuerySet) -> Coalesce:
    counted = rows.order_by().annotate(all=Value(1)).values("all").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _area_row(row: Area) -> AreaRow:
    return AreaRow(row.code, row.name, row.level, row.path)


def _rows(found: QuerySet[Organisation]) -> QuerySet[Organisation]:
    return found.select_related("party", "party__area")


def _row(row: Organisation) -> OrganisationRow:
    party = row.party
    return OrganisationRow(
        party.pk, party.code, party.name, row.kind, party.area.name, party.area.path, party.invented
    )
