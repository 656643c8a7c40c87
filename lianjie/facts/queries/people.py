"""Members, households and people of one organisation, for lists and pages."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet, Sum

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
    status: str
    contribution_fen: int
    sort_key: str


@dataclass(frozen=True)
class MemberFilter:
    """What a list of members is narrowed to; empty texts narrow nothing.

    standing  "now", "left" or "all"
    """

    search: str = ""
    status: str = ""
    kind: str = ""
    standing: str = "now"


@dataclass(frozen=True)
class MemberPage:
    """Some members in the order of their names, and where the next page begins."""

    rows: tuple[MemberRow, ...]
    next_after: str
    total: int


def linked_party(organisation_id: int, code: str) -> PartyRow | None:
    """The party with this code if it has to do with the organisation: a fact in its books, or a home in its area."""
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


def members(
    organisation_id: int, day: date, chosen: MemberFilter, *, after: str = "", limit: int = 50
) -> MemberPage:
    """One page of members. `after` is the `next_after` of the page before: "sort_key|party id"."""
    found = _members(organisation_id, day, chosen)
    total = found.count()
    if after:
        key, _, pk = after.rpartition("|")
        found = found.filter(Q(member__sort_key__gt=key) | Q(member__sort_key=key, member_id__gt=int(pk)))
    rows = list(found[: limit + 1])
    shown = rows[:limit]
    last = shown[-1] if len(rows) > limit else None
    next_after = f"{last.member.sort_key}|{last.member_id}" if last else ""
    return MemberPage(tuple(_with_sums(organisation_id, day, shown)), next_after, total)


def all_members(organisation_id: int, day: date, chosen: MemberFilter) -> Iterator[MemberRow]:
    """Every member that fits, in the order of names, in slices that keep memory flat."""
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
    if chosen.search:
        text = chosen.search
        pinyin = text.lower().replace(" ", "")
        found = found.filter(
            Q(member__name__contains=text)
            | Q(member__code__istartswith=text)
            | Q(member__sort_key__contains=text.lower())
            | Q(member__sort_key__contains=pinyin)
        )
    return found.select_related("member", "member__area").order_by("member__sort_key", "member_id")


def _with_sums(organisation_id: int, day: date, rows: list[Membership]) -> Iterator[MemberRow]:
    """Capital and registered status of the members shown: two questions, however long the list."""
    ids = [row.member_id for row in rows]
    paid = dict(
        Contribution.objects.current()
        .filter(organisation_id=organisation_id, member_id__in=ids)
        .values_list("member_id")
        .annotate(Sum("amount_fen"))
        .order_by()
    )
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
            status=statuses.get(party.pk, ""),
            contribution_fen=int(paid.get(party.pk, 0)),
            sort_key=party.sort_key,
        )
