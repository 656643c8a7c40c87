"""Book rents as they fall due: owed to the household from that day, never set against anything it owes."""

from datetime import date, datetime

from django.db import transaction

from lianjie.facts.queries.rents import rents_due
from lianjie.facts.rules.rent import RentDue
from lianjie.ledger.actions import journal
from lianjie.ledger.models import Entry
from lianjie.ledger.rules import booking


def source_of(rent: RentDue) -> str:
    """How the journal names a rent: its lease and the year it is for."""
    return f"rent:{rent.reference.removeprefix('lease:')}:{rent.day.year}"


def not_booked(organisation_id: int, start: date, until: date) -> tuple[RentDue, ...]:
    """Rents fallen due in the period that the journal does not hold yet."""
    found = rents_due(organisation_id, start, until)
    booked = set(
        Entry.objects.filter(
            organisation_id=organisation_id, source__startswith="rent:", reversed_by=None
        ).values_list("source", flat=True)
    )
    return tuple(each for each in found if source_of(each) not in booked)


@transaction.atomic
def book_rents(organisation_id: int, start: date, until: date, *, at: datetime, by: int | None) -> int:
    """Book every rent that fell due and is not booked yet. Doing it again books nothing.

    returns  how many were booked
    """
    entries = [
        booking.rent(source_of(each), each.day, each.lessor, each.member, each.fen)
        for each in not_booked(organisation_id, start, until)
    ]
    return journal.book(organisation_id, [each for each in entries if each], at=at, by=by)
