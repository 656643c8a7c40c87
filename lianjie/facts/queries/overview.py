"""One organisation at a glance: who leads it, who belongs to it, what it works with."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, Sum

from lianjie.facts.models import (
    AccountBalance,
    Contribution,
    Delivery,
    Lease,
    Membership,
    Organisation,
    OrganisationLink,
    Party,
    Post,
    Tally,
    YearFigure,
)
from lianjie.facts.queries.slices import years_of


@dataclass(frozen=True)
class PostRow:
    """Someone holds an office: here, or in an organisation linked to this one."""

    person_name: str
    title: str
    organisation_name: str
    day: date
    until_day: date | None


@dataclass(frozen=True)
class LinkRow:
    """A link, said as a sentence: giver kind taker. `parts` of `all_parts` in a joint co-op."""

    giver_code: str
    giver_name: str
    giver_kind: str
    taker_name: str
    taker_kind: str
    kind: str
    parts: int
    all_parts: int


@dataclass(frozen=True)
class Overview:
    """Counts and sums on `day` and in `year`: fen, grams, ten-thousandths of a mu."""

    credit_code: str
    founded_day: date | None
    members: int
    member_households: int
    member_organisations: int
    farmers: int
    capital_fen: int
    household_fund_fen: int
    land_mu4: int
    lessors: int
    lessor_bodies: int
    deliveries: int
    delivered_grams: int
    delivered_fen: int
    posts: tuple[PostRow, ...]
    links: tuple[LinkRow, ...]

    @property
    def empty(self) -> bool:
        """True when nothing has been entered yet."""
        return not (self.members or self.capital_fen or self.land_mu4 or self.deliveries)


RANK = tuple(title for title, _ in Post.TITLES)
"""Posts in the order people name them: secretary, chair, directors."""


def overview(organisation_id: int, day: date, year: int) -> Overview:
    """The organisation on `day`, with the season of `year`."""
    row = Organisation.objects.get(pk=organisation_id)
    members = (
        Membership.objects.on(day)
        .filter(organisation_id=organisation_id)
        .aggregate(
            all=Count("pk"),
            households=Count("pk", filter=Q(member__kind="household")),
            organisations=Count("pk", filter=Q(member__kind="organisation")),
            farmers=Count("pk", filter=Q(is_farmer=True)),
        )
    )
    capital = (
        Contribution.objects.current()
        .filter(organisation_id=organisation_id, day__lte=day)
        .aggregate(all=Sum("amount_fen"), funds=Sum("amount_fen", filter=Q(origin="household_fund")))
    )
    land = (
        Lease.objects.on(day)
        .filter(organisation_id=organisation_id)
        .aggregate(
            mu4=Sum("extent_mu4"),
            lessors=Count("lessor", distinct=True, filter=Q(lessor__kind="household")),
            bodies=Count("lessor", distinct=True, filter=~Q(lessor__kind="household")),
        )
    )
    season = (
        Delivery.objects.current()
        .filter(organisation_id=organisation_id, day__gte=date(year, 1, 1), day__lt=date(year + 1, 1, 1))
        .aggregate(all=Count("pk"), grams=Sum("grams"), fen=Sum("amount_fen"))
    )
    links = _links(organisation_id, day)
    return Overview(
        credit_code=row.credit_code,
        founded_day=row.founded_day,
        members=members["all"],
        member_households=members["households"],
        member_organisations=members["organisations"],
        farmers=members["farmers"],
        capital_fen=int(capital["all"] or 0),
        household_fund_fen=int(capital["funds"] or 0),
        land_mu4=int(land["mu4"] or 0),
        lessors=land["lessors"],
        lessor_bodies=land["bodies"],
        deliveries=season["all"],
        delivered_grams=int(season["grams"] or 0),
        delivered_fen=int(season["fen"] or 0),
        posts=posts_around(organisation_id, day),
        links=links,
    )


def posts_around(organisation_id: int, day: date) -> tuple[PostRow, ...]:
    """Posts running on `day` in the organisation and in those linked to it (R1: who leads it)."""
    around = OrganisationLink.objects.on(day).filter(Q(giver=organisation_id) | Q(taker=organisation_id))
    near = {organisation_id}
    for giver, taker in around.values_list("giver_id", "taker_id"):
        near |= {giver, taker}
    rows = (
        Post.objects.on(day)
        .filter(held_in_id__in=near)
        .select_related("person", "held_in")
        .order_by("held_in__sort_key", "title", "person__sort_key")
    )
    found = [PostRow(r.person.name, r.title, r.held_in.name, r.day, r.until_day) for r in rows[:60]]
    here = Party.objects.values_list("name", flat=True).get(pk=organisation_id)
    return tuple(sorted(found, key=lambda post: (post.organisation_name != here, RANK.index(post.title))))


def years(organisation_id: int, today: date) -> list[int]:
    """Years with something in them, the latest first; this year when there is nothing at all."""
    found: set[int] = set()
    for dated in (Delivery, Contribution):
        found.update(years_of(dated, organisation_id))
    for yearly in (YearFigure, AccountBalance, Tally):
        rows = yearly.objects.filter(organisation_id=organisation_id)
        found |= set(rows.values_list("year", flat=True).distinct())
    return sorted(found or {today.year}, reverse=True)


def _links(organisation_id: int, day: date) -> tuple[LinkRow, ...]:
    rows = list(
        OrganisationLink.objects.on(day)
        .filter(Q(giver=organisation_id) | Q(taker=organisation_id))
        .select_related("giver__organisation", "taker__organisation")
        .order_by("kind", "giver__sort_key", "taker__sort_key", "pk")
    )
    all_parts = sum(r.parts for r in rows if r.kind == "member" and r.taker_id == organisation_id)
    return tuple(
        LinkRow(
            r.giver.code,
            r.giver.name,
            r.giver.organisation.kind,
            r.taker.name,
            r.taker.organisation.kind,
            r.kind,
            r.parts,
            all_parts if r.kind == "member" and r.taker_id == organisation_id else 0,
        )
        for r in rows
    )
