"""Members, households and people of one organisation, for lists and pages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Concat

from lianjie.facts.models import (
    Area,
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
from lianjie.facts.queries.listed import listed, spelled
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
    """Some members in the order asked for, and where the next page begins.

    total  None in a large organisation: nobody counts a hundred thousand for a page of fifty
    """

    rows: tuple[MemberRow, ...]
    next_after: str
    total: int | None


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
    "name": ("sort_key", False),
    "code": ("code", False),
    "capital": ("capital_fen", True),
    "joined": ("day", True),
}
"""Sort -> the field, and whether the greatest comes first. All but `joined` walk the list of parties."""

FEW = 1_000
"""With more memberships than this nobody counts them for a page."""


def members(
    organisation_id: int, day: date, chosen: MemberFilter, *, after: str = "", limit: int = 50
) -> MemberPage:
    """One page of members. `after` is the `next_after` of the page before.

    Unless sorted by `joined`, a page has `limit` parties: who left and came back has a row for each standing.
    """
    standings = _standings(organisation_id, day, chosen)
    narrowed = tuple(_of_party(organisation_id, chosen, day))
    parties = listed(organisation_id).filter(*narrowed)
    wanted = standings.filter(member_id__in=parties.values("party_id")) if narrowed else standings
    field, descending = SORTS[chosen.sort]
    if chosen.sort == "joined":
        shown = slice_after(wanted, field, descending, after=after, limit=limit)
        place = {each.pk: nth for nth, each in enumerate(shown.rows)}
        found = Membership.objects.filter(pk__in=list(place)).order_by().values_list(*TOLD)
        rows = sorted(found, key=lambda row: place[row[0]])
    else:
        standing = Exists(standings.filter(member_id=OuterRef("party_id")))
        shown = slice_after(
            parties.filter(standing), field, descending, after=after, limit=limit, tie="party_id"
        )
        place = {each.party_id: nth for nth, each in enumerate(shown.rows)}
        found = standings.filter(member_id__in=list(place)).order_by().values_list(*TOLD)
        rows = sorted(found, key=lambda row: (place[row[1]], row[0]))
    made = tuple(_with_sums(organisation_id, day, rows))
    return MemberPage(made, shown.next_after, None if _many(organisation_id) else wanted.count())


TOLD = (
    "pk", "member_id", "member__code", "member__name", "member__kind", "member__area__name",
    "day", "until_day", "is_farmer", "consent", "tags",
)  # fmt: skip
"""What a list tells of a standing and its party, in the order of `_with_sums`."""


def villages_and_tags(
    organisation_id: int, many: bool | None = None
) -> tuple[list[tuple[str, str]], list[str]]:
    """What the list of members may be narrowed to: (code, name) of villages, and tags.

    A large organisation's villages are those in its own area.

    many  True for a large one, when it is known
    """
    rows = Membership.objects.current().filter(organisation_id=organisation_id)
    if not (_many(organisation_id) if many is None else many):
        villages = rows.order_by().values_list("member__area__code", "member__area__name").distinct()
        tags = rows.order_by().values_list("tags", flat=True).distinct()
    else:
        here = Party.objects.select_related("area").get(pk=organisation_id).area
        member = Membership.objects.filter(organisation_id=organisation_id, member_id=OuterRef("pk"))
        living = Party.objects.filter(Exists(member), area_id=OuterRef("pk"))
        villages = Area.objects.within(here).filter(Exists(living)).values_list("code", "name")
        tags = _tags(organisation_id)
    return sorted(villages), sorted({tag for text in tags for tag in text.split()})


def _tags(organisation_id: int) -> Iterator[str]:
    """Every different text of tags, one step of the index each."""
    rows = Membership.objects.filter(organisation_id=organisation_id).order_by("organisation", "tags")
    last: str | None = ""
    while last is not None:
        yield last
        last = rows.filter(tags__gt=last).values_list("tags", flat=True).first()


def all_members(organisation_id: int, day: date, chosen: MemberFilter) -> Iterator[MemberRow]:
    """Every member that fits, in slices that keep memory flat."""
    after = ""
    while True:
        page = members(organisation_id, day, chosen, after=after, limit=500)
        yield from page.rows
        after = page.next_after
        if not after:
            return


def _many(organisation_id: int) -> bool:
    """True when the organisation has, or had, more than FEW memberships."""
    return Membership.objects.filter(organisation_id=organisation_id).order_by()[FEW : FEW + 1].exists()


def _standings(organisation_id: int, day: date, chosen: MemberFilter) -> QuerySet[Membership]:
    """Memberships of the standing and with the tag asked for."""
    found = Membership.objects.filter(organisation_id=organisation_id)
    if chosen.standing == "now":
        found = found.on(day)
    elif chosen.standing == "left":
        found = found.current().filter(until_day__lte=day)
    else:
        found = found.current()
    if chosen.tag:
        found = found.annotate(padded=Concat(Value(" "), "tags", Value(" "))).filter(
            padded__contains=f" {chosen.tag} "
        )
    return found


def _of_party(organisation_id: int, chosen: MemberFilter, day: date) -> Iterator[Q]:
    """What is asked of a line of the list of parties."""
    if chosen.kind:
        yield Q(kind=chosen.kind)
    if chosen.status:
        running = RegisteredStatus.objects.on(day).filter(status=chosen.status)
        yield Q(Exists(running.filter(household_id=OuterRef("party_id"))))
    if chosen.village:
        yield Q(area_id__in=list(Area.objects.filter(code=chosen.village).values_list("pk", flat=True)))
    if chosen.search:
        yield spelled(organisation_id, chosen.search, "party_id")


def _with_sums(organisation_id: int, day: date, rows: Sequence[tuple]) -> Iterator[MemberRow]:
    """The members shown, with capital and registered status: two questions, however long the list."""
    ids = [row[1] for row in rows]
    running = RegisteredStatus.objects.on(day).filter(household_id__in=ids).order_by()
    statuses = dict(running.values_list("household_id", "status"))
    paid = Contribution.objects.current().filter(organisation_id=organisation_id, member_id__in=ids)
    sums = paid.order_by().values_list("member_id").annotate(Sum("amount_fen"), Sum("shares_e4"))
    capital = {member: (int(fen), int(e4)) for member, fen, e4 in sums}
    for _, member, code, name, kind, area, joined, until, is_farmer, consent, tags in rows:
        fen, e4 = capital.get(member, (0, 0))
        yield MemberRow(
            party_id=member,
            code=code,
            name=name,
            kind=kind,
            area_name=area,
            joined_day=joined,
            until_day=until,
            is_farmer=is_farmer,
            consent=consent,
            tags=tuple(sorted(tags.split())),
            status=statuses.get(member, ""),
            contribution_fen=fen,
            shares_e4=e4,
        )
