"""Villages that joined one co-op with their parts, and how many of their households are members."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count

from lianjie.facts.models import Membership, OrganisationLink


@dataclass(frozen=True)
class JoinedVillage:
    """A village's collective that joined. `households`: member households whose home is in its area.

    left  the last day it belonged, when that is within the year asked about
    """

    code: str
    name: str
    area_code: str
    area_name: str
    parts: int
    since: date
    households: int
    evidence: str
    left: date | None = None


def joined(organisation_id: int, year: int) -> tuple[JoinedVillage, ...]:
    """Organisations that joined with parts and belonged to it in the year, in order of their code.

    One that left within the year still shares it: its membership ends with the year (co-op law, art. 25), and
    it bears its part of the losses before (art. 28). Parts changed within the year count as they were last.
    """
    start, until = date(year, 1, 1), date(year + 1, 1, 1)
    on = until - timedelta(days=1)
    links = (
        OrganisationLink.objects.during(start, until)
        .filter(organisation_id=organisation_id, taker_id=organisation_id, kind="member", parts__gt=0)
        .select_related("giver__area")
    )
    rows = list({row.giver.code: row for row in links.order_by("giver__code", "day", "pk")}.values())
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
            row.until_day - timedelta(days=1) if row.until_day and row.until_day < until else None,
        )
        for row in rows
    )  # fmt: skip
