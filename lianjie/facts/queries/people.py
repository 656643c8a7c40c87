"""Members, households and people of one organisation, for lists and pages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import BigIntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Concat

from lianjie.facts.models import (
    Contribution,
    Delivery,
    Lease,
    Membership,
    OrganisationLink,
    Parcel,
    Party,
    RegisteredStatus,
    Residence,
    ShareAgreement,
    Tally,
)
from lianjie.facts.queries.names import named_like
from lianjie.facts.queries.slices import slice_after


@dataclass(frozen=True)
class PartyRow:
    """A household, person or organisation as pages name it."""

    id: int
    code: str
    kind: str
    name: str
    area_name: str
    village_group: str
    invented: bool


@dataclass(frozen=True)
class MemberRow:
    """One standing in the organisation, with what lists show beside it."""

    party_id: int
    code: str
    name: str
    kind: str
    area_name: str
    joined_day: date
    until_day: date | None
    is_farmer: bool
    consent: str
    tags: tuple[str, ...]
    status: str
    contribution_fen: int
    shares_e4: int


@dataclass(frozen=True)
class MemberFilter:
    """What a list of members is narrowed to; empty texts narrow nothing.

    standing  "now", "left" or "all"
    village   code of an area
    sort      "name", "code", "joined" or "capital"
    """

    search: str = ""
    status: str = ""
    kind: str = ""
    standing: str = "now"
    village: str = ""
    tag: str = ""
    sort: str = "name"


@dataclass(frozen=True)
class MemberPage:
    """Some members in the order asked for, and where the next page begins."""

    rows: tuple[MemberRow, ...]
    next_after: str
    total: int


def linked_party(organisation_id: int, code: str) -> PartyRow | None:
    """The party with this code if it has a fact in the organisation's books, or its home in the area."""
    row = Party.objects.select_related("area", "household").filter(code=code).first()
    if row is None or not _linked(organisation_id, row):
        return None
    return party_row(row)


def party_row(row: Party) -> PartyRow:
    """A model row as pages get it."""
    group = row.household.village_group if row.kind == "household" and hasattr(row, "household") else ""
    return PartyRow(row.pk, row.code, row.kind, row.name, row.area.name, group, row.invented)


def _linked(organisation_id: int, row: Party) -> bool:
    if row.pk == organisation_id:
        return True
    tables = (
        (Membership, "member"),
        (Contribution, "member"),
        (Delivery, "household"),
        (Lease, "lessor"),
        (ShareAgreement, "member"),
        (Parcel, "household"),
        (Tally, "party"),
        (Residence, "household"),
        (Residence, "person"),
        (RegisteredStatus, "household"),
    )
    if any(
        model.objects.filter(**{field: row.pk, "organisation": organisation_id}).exists()
        for model, field in tables
    ):
        return True
    if OrganisationLink.objects.filter(
        Q(giver=row.pk) | Q(taker=row.pk), organisation=organisation_id
    ).exists():
        return True
    home = Party.objects.select_related("area").get(pk=organisation_id)
    return row.kind != "organisation" and row.area.path.startswith(home.area.path)


SORTS = {
    "name": ("member__sort_key", False),
    "code": ("member__code", False),
    "joined": ("day", True),
    "capital": ("capital_fen", True),
}
"""Sort -> the field, and whether the greatest comes first."""


def members(
    organisation_id: int, day: date, chosen: MemberFilter, *, after: str = "", limit: int = 50
) -> MemberPage:
    """One page of members. `after` is the `next_after` of the page before."""
    found = _members(organisation_id, day, chosen)
    shown = slice_after(found, *SORTS[chosen.sort], after=after, limit=limit)
    return MemberPage(tuple(_with_sums(day, shown.rows)), shown.next_after, found.count())


def villages_and_tags(organisation_id: int) -> tuple[list[tuple[str, str]], list[str]]:
    """What the list of members may be narrowed to: (code, name) of villages, and tags."""
    rows = Membership.objects.current().filter(organisation_id=organisation_id)
    villages = rows.values_list("member__area__code", "member__area__name").distinct()
    tags = {tag for text in rows.values_list("tags", flat=True).distinct() for tag in text.split()}
    return sorted(villages), sorted(tags)


def all_members(organisation_id: int, day: date, chosen: MemberFilter) -> Iterator[MemberRow]:
    """Every member that fits, in slices that keep memory flat."""
    after = ""
    while True:
        page = members(organisation_id, day, chosen, after=after, limit=500)
        yield from page.rows
        after = page.next_after
        if not after:
            return


def _members(organisation_id: int, day: date, chosen: MemberFilter) -> QuerySet[Membership]:
    found = Membership.objects.filter(organisation_id=organisation_id)
    if chosen.standing == "now":
        found = found.on(day)
    elif chosen.standing == "left":
        found = found.current().filter(until_day__lte=day)
    else:
        found = found.current()
    if chosen.kind:
        found = found.filter(member__kind=chosen.kind)
    if chosen.status:
        running = RegisteredStatus.objects.on(day).filter(status=chosen.status)
        found = found.filter(member_id__in=running.values("household_id"))
    if chosen.village:
        found = found.filter(member__area__code=chosen.village)
    if chosen.tag:
        found = found.annotate(padded=Concat(Value(" "), "tags", Value(" "))).filter(
            padded__contains=f" {chosen.tag} "
        )
    if chosen.search:
        found = found.filter(named_like("member", chosen.search))
    return found.select_related("member", "member__area").annotate(
        capital_fen=_sum(organisation_id, "amount_fen"), held_e4=_sum(organisation_id, "shares_e4")
    )


def _sum(organisation_id: int, field: str) -> Coalesce:
    """Capital or shares of the member of each row, added up by the database."""
    paid = Contribution.objects.current().filter(
        organisation_id=organisation_id, member_id=OuterRef("member_id")
    )
    summed = paid.order_by().values("member_id").annotate(all=Sum(field)).values("all")
    return Coalesce(Subquery(summed, output_field=BigIntegerField()), 0)


def _with_sums(day: date, rows: Sequence[Membership]) -> Iterator[MemberRow]:
    """The members shown, with their registered status: one question, however long the list."""
    ids = [row.member_id for row in rows]
    statuses = dict(
        RegisteredStatus.objects.on(day).filter(household_id__in=ids).values_list("household_id", "status")
    )
    for row in rows:
        party = row.member
        yield MemberRow(
            party_id=party.pk,
            code=party.code,
            name=party.name,
            kind=party.kind,
            area_name=party.area.name,
            joined_day=row.day,
            until_day=row.until_day,
            is_farmer=row.is_farmer,
            consent=row.consent,
            tags=tuple(sorted(row.tags.split())),
            status=statuses.get(party.pk, ""),
            contribution_fen=row.capital_fen,  # type: ignore[attr-defined]
            shares_e4=row.held_e4,  # type: ignore[attr-defined]
        )
