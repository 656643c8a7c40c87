"""Rents that fall due, from the leases as they stand."""

from datetime import date

from lianjie.facts.models import Lease, Membership
from lianjie.facts.rules.rent import LeaseTerms, RentDue, due


def rents_due(organisation_id: int, start: date, until: date) -> tuple[RentDue, ...]:
    """Every rent the organisation owes from `start` up to, not including, `until`; by day, then lease."""
    members = set(
        Membership.objects.during(start, until)
        .filter(organisation_id=organisation_id)
        .values_list("member_id", flat=True)
    )
    leases = Lease.objects.during(start, until).filter(organisation_id=organisation_id)
    found = [
        each
        for row in leases.select_related("lessor")
        for each in due(_terms(row, row.lessor_id in members), start, until)
    ]
    return tuple(sorted(found, key=lambda each: (each.day, each.reference)))


def _terms(row: Lease, member: bool) -> LeaseTerms:
    return LeaseTerms(
        f"lease:{row.key.partition('~')[0]}",
        row.lessor.code,
        member,
        row.day,
        row.until_day,
        row.extent_mu4,
        row.rent_fen_per_mu,
        row.due_month,
        row.due_day_of_month,
    )
