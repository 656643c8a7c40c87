"""Parties by code, for rooms that book and share out."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db import connection

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.models import Membership, Party

SLICE = 900
"""SQLite takes at most 999 values in one question."""


class NoSuchParty(Refusal):
    what = N_("No household, person or organisation has the code “{code}”.")
    fix = N_("Enter it first, or correct the code.")


@dataclass(frozen=True)
class OrganisationRow:
    """An organisation that keeps books here."""

    id: int
    code: str
    name: str
    kind: str
    area_id: int
    area_name: str


def ids_by_code(codes: Collection[str]) -> dict[str, int]:
    """Database ids of the parties with these codes; codes nobody has are left out."""
    wanted = sorted(set(codes))
    found: dict[str, int] = {}
    for start in range(0, len(wanted), SLICE):
        found.update(Party.objects.filter(code__in=wanted[start : start + SLICE]).values_list("code", "pk"))
    return found


def organisation(code: str) -> OrganisationRow:
    """The organisation with this code. Refuses with NoSuchParty."""
    party = (
        Party.objects.filter(code=code, kind="organisation").select_related("area", "organisation").first()
    )
    if party is None:
        raise NoSuchParty(code=code)
    return OrganisationRow(
        party.pk,
        party.code,
        party.name,
        party.organisation.kind,
        party.area_id,
        party.area.name,
    )


def member_codes(organisation_id: int, start: date, until: date) -> set[str]:
    """Codes of everyone who was a member on some day of the half-open period."""
    rows = Membership.objects.during(start, until).filter(organisation_id=organisation_id)
    return set(rows.values_list("member__code", flat=True))


def any_real_household() -> bool:
    """True when someone who is not part of a demonstration is in the database; False before it has tables."""
    if Party._meta.db_table not in connection.introspection.table_names():
        return False
    return Party.objects.filter(kind="household", invented=False).exists()
