"""Pairings, pledges, projects and benefits as they stand."""

from datetime import date

from lianjie.facts.models import OrganisationLink
from lianjie.facts.queries.in_kind import number


def running(organisation_id: int, day: date) -> list[tuple[str, str]]:
    """(number, partner) of the pairings that run on a day, for a choice."""
    rows = OrganisationLink.objects.on(day).filter(organisation_id=organisation_id, kind="pairs")
    return [(number(row), row.giver.name) for row in rows.select_related("giver").order_by("day", "pk")]
