"""Households that nothing links to any organisation: who is being left out."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from lianjie.facts.models import (
    Delivery,
    InputIssue,
    Lease,
    Loan,
    Membership,
    OfftakePromise,
    Party,
    Plot,
    RegisteredStatus,
    Residence,
    ShareAgreement,
    WorkAgreement,
)
from lianjie.facts.queries.names import named_like
from lianjie.facts.queries.slices import Slice, all_after, slice_after

RUNNING = ((Membership, "member"), (ShareAgreement, "member"), (Lease, "lessor"))
ENTERED = (
    (OfftakePromise, "household"),
    (Loan, "borrower"),
    (InputIssue, "household"),
    (Plot, "household"),
    (Delivery, "household"),
)


@dataclass(frozen=True)
class UnlinkedRow:
    """A household with nothing."""

    code: str
    name: str
    village: str
    status: str


def page(
    areas: Collection[str], on: date, *, search: str = "", status: str = "", after: str = "", limit: int = 50
) -> Slice:
    """Some households of the areas (paths) that nothing links on the day, by code; nothing is counted."""
    shown = slice_after(_found(areas, on, search, status), "code", False, after=after, limit=limit)
    return Slice(tuple(_rows(shown.rows, on)), shown.next_after)


def every(areas: Collection[str], on: date, *, search: str = "", status: str = "") -> Iterator[UnlinkedRow]:
    """All of them, for an export."""
    yield from _rows(all_after(_found(areas, on, search, status), "code", False), on)


def _found(areas: Collection[str], on: date, search: str, status: str) -> QuerySet[Party]:
    """No membership, share or lease that runs, no promise, loan, input, plot or delivery, nobody at work."""
    scope = Q(pk__in=())
    for path in areas:
        scope |= Q(area__path__gte=path, area__path__lt=path + "~")
    found = Party.objects.filter(scope, kind="household").select_related("area")
    for model, column in RUNNING:
        found = found.filter(~Exists(model.objects.on(on).filter(**{column: OuterRef("pk")})))
    for model, column in ENTERED:
        rows = model.objects.current().filter(day__lte=on, **{column: OuterRef("pk")})
        found = found.filter(~Exists(rows))
    people = Residence.objects.on(on).filter(household=OuterRef(OuterRef("pk"))).values("person_id")
    at_work = WorkAgreement.objects.on(on).filter(Q(worker=OuterRef("pk")) | Q(worker__in=people))
    found = found.filter(~Exists(at_work))
    if status:
        registered = RegisteredStatus.objects.on(on).filter(status=status, household=OuterRef("pk"))
        found = found.filter(Exists(registered))
    return found.filter(named_like("", search)) if search else found


def _rows(found: Collection[Party] | Iterator[Party], on: date) -> Iterator[UnlinkedRow]:
    rows = list(found)
    statuses = dict(
        RegisteredStatus.objects.on(on)
        .filter(household_id__in=[row.pk for row in rows])
        .values_list("household_id", "status")
    )
    for row in rows:
        yield UnlinkedRow(row.code, row.name, row.area.name, statuses.get(row.pk, ""))
