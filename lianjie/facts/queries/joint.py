"""Villages that joined one co-op with their parts, and how many of their households are members."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from lianjie.facts.models import Membership, OrganisationLink


@dataclass(frozen=True)
class JoinedVillage:
    """A village's collective that joined. `households`: member households whose home is in its area."""

    code: str
    name: str
    area_code: str
    area_name: str
    parts: int
    since: date
    households: int
    evidence: str


def joined(organisation_id: int, on: date) -> tuple[JoinedVillage, ...]:
    """Organisations that joined with parts and belong to it on a day, in order of their code."""
    rows = list(
        OrganisationLink.objects.on(on)
        .filter(organisation_id=organisation_id, taker_id=organisation_id, kind="member", parts__gt=0)
        .select_related("giver__area")
        .order_by("giver__code")
    )
    homes = dict(
        Membership.objects.on(on)
        .filter(organisation_id=organisation_id, member__kind="household")
        .filter(member__area_id__in={row.giver.area_id for row in rows})
        .values_list("member__area_id")
        .annotate(Count("pk"))
        .order_by()
    )
    return tuple(
        JoinedVillage(
            row.giver.code, row.giver.name, row.giver.area.code, row.giver.area.name, row.parts, row.day,
            homes.get(row.giver.area_id, 0), row.evidence,
        )
        for row in rows
    )  # fmt: skip
