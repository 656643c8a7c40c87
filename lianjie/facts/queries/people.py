"""Members, households and people of one organisation, for lists and pages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Concat

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
    "joined": ("day", True),
    "capital": ("capital_fen", True),
}
"""Sort -> the field, and whether the greatest comes first. Names and codes are the party's own."""

FEW = 1_000
"""With more memberships than this, a list walks the parties in its order instead of sorting the members."""


def members(
    organisation_id: int, day: date, chosen: MemberFilter, *, after: str = "", limit: int = 50
) -> MemberPage:
    """One page of members. `after` is the `next_after` of the page before.

    A page sorted by name or code has `limit` parties: whoever left and came back has a row for each standing.
    """
    standings = _standings(organisation_id, day, chosen)
    field, descending = SORTS[chosen.sort]
    if chosen.sort in ("name", "code"):
        parties = Party.objects.filter(_tied(organisation_id, standings), *_of_party(chosen, day, ""))
        shown = slice_after(parties, field, descending, after=after, limit=limit)
        place = {party.pk: nth for nth, party in enumerate(shown.rows)}
        found = standings.filter(member_id__in=list(place)).select_related("member", "member__area")
        rows = sorted(found, key=lambda row: (place[row.member_id], row.pk))
    else:
        wanted = standings.filter(*_of_party(chosen, day, "member")).select_related("member", "member__area")
        if chosen.sort == "capital":
            wanted = wanted.annotate(capital_fen=_capital(organisation_id))
        shown = slice_after(wanted, field, descending, after=after, limit=limit)
        rows = list(shown.rows)
    made = tuple(_with_sums(organisation_id, day, rows))
    if _many(organisation_id):
        return MemberPage(made, shown.next_after, None)
    return MemberPage(made, shown.next_after, standings.filter(*_of_party(chosen, day, "member")).count())


def villages_and_tags(organisation_id: int) -> tuple[list[tuple[str, str]], list[str]]:
    """What the list of members may be narrowed to: (code, name) of villages, and tags.

    A large organisation's villages are those in its own area.
    """
    rows = Membership.objects.current().filter(organisation_id=organisation_id)
    if not _many(organisation_id):
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


def _tied(organisation_id: int, standings: QuerySet[Membership]) -> Q:
    """Parties with one of these standings: by name when they are few, else asked for each in turn."""
    if _many(organisation_id):
        return Q(Exists(standings.filter(member_id=OuterRef("pk"))))
    return Q(pk__in=list(standings.order_by().values_list("member_id", flat=True)))


def _of_party(chosen: MemberFilter, day: date, party: str) -> Iterator[Q]:
    """What is asked of the party itself; `party` is the path to it, "" when the row is the party."""
    at = f"{party}__" if party else ""
    if chosen.kind:
        yield Q(**{f"{at}kind": chosen.kind})
    if chosen.status:
        running = RegisteredStatus.objects.on(day).filter(status=chosen.status)
        yield Q(Exists(running.filter(household_id=OuterRef(f"{at}pk"))))
    if chosen.village:
        yield Q(**{f"{at}area__code": chosen.village})
    if chosen.search:
        yield named_like(party, chosen.search)


def _capital(organisation_id: int) -> Coalesce:
    """Capital of the member of each row, added up by the database."""
    paid = Contribution.objects.current().filter(
        organisation_id=organisation_id, member_id=OuterRef("member_id")
    )
    summed = paid.order_by().values("member_id").annotate(all=Sum("amount_fen")).values("all")
    return Coalesce(Subquery(summed, output_field=BigIntegerField()), 0)


def _with_sums(organisation_id: int, day: date, rows: Sequence[Membership]) -> Iterator[MemberRow]:
    """The members shown, with capital and registered status: two questions, however long the list."""
    ids = [row.member_id for row in rows]
    statuses = dict(
        RegisteredStatus.objects.on(day).filter(household_id__in=ids).values_list("household_id", "status")
    )
    paid = Contribution.objects.current().filter(organisation_id=organisation_id, member_id__in=ids)
    sums = paid.order_by().values("member_id").annotate(fen=Sum("amount_fen"), e4=Sum("shares_e4"))
    capital = {each["member_id"]: each for each in sums}
    for row in rows:
        party, held = row.member, capital.get(row.member_id, {})
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
            contribution_fen=int(held.get("fen") or 0),
            shares_e4=int(held.get("e4") or 0),
        )
