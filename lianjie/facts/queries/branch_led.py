"""Co-ops chaired by a branch secretary (R1, indicator M09): numerator, denominator, and the posts behind."""

from dataclasses import dataclass
from datetime import date

from lianjie.facts.models import Organisation, OrganisationLink, Post

COOPS = ("coop", "joint_coop")


@dataclass(frozen=True)
class LedRow:
    """A co-op, its chair, and the branch of which the chair is the secretary ("" when of none)."""

    code: str
    name: str
    village: str
    chair: str
    branch: str
    same_village: bool
    """The branch stands in the co-op's own area, or leads it by a link."""


def led(path: str, day: date) -> list[LedRow]:
    """Every co-op of an area and below. Numerator: rows with `same_village`; denominator: all."""
    inside = {"party__area__path__gte": path, "party__area__path__lt": path + "~"}
    coops = Organisation.objects.filter(kind__in=COOPS, **inside).select_related("party__area")
    ids = [row.party_id for row in coops]
    chairs = {
        post.held_in_id: post
        for post in Post.objects.on(day).filter(title="chair", held_in_id__in=ids).select_related("person")
    }
    people = [post.person_id for post in chairs.values()]
    branches: dict[int, list[Post]] = {}
    found = Post.objects.on(day).filter(
        title="secretary", person_id__in=people, held_in__organisation__kind="branch"
    )
    for post in found.select_related("held_in"):
        branches.setdefault(post.person_id, []).append(post)
    links = set(
        OrganisationLink.objects.on(day)
        .filter(taker_id__in=ids, kind="leads")
        .values_list("giver_id", "taker_id")
    )
    return [
        _row(row, chairs.get(row.party_id), branches, links)
        for row in coops.order_by("party__area__path", "party__sort_key", "pk")
    ]


def _row(
    row: Organisation, chair: Post | None, branches: dict[int, list[Post]], links: set[tuple[int, int]]
) -> LedRow:
    area = row.party.area
    held = branches.get(chair.person_id, []) if chair else []
    near = [
        post
        for post in held
        if post.held_in.area_id == row.party.area_id or (post.held_in_id, row.party_id) in links
    ]
    shown = (near or held)[:1]
    return LedRow(
        row.party.code,
        row.party.name,
        area.name,
        chair.person.name if chair else "",
        shown[0].held_in.name if shown else "",
        bool(near),
    )
