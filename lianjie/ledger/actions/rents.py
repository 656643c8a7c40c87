"""Book rents as they fall due: owed to the household from that day, never set against anything it owes."""

from datetime import date, datetime

from django.db import transaction

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.queries.rents import rents_due
from lianjie.facts.rules.rent import RentDue
from lianjie.ledger.actions import journal
from lianjie.ledger.queries.rents import booked, source_of
from lianjie.ledger.rules import booking


class RentHasNoPrice(Refusal):
    what = N_(
        "{count} rents in grain have no price yet; the first is {lease}, due on {day}: no price of {good} "
        "at “{market}” is on record from {first} to {last}."
    )
    fix = N_("Enter the prices seen there; or book only up to the day before.")


def not_booked(organisation_id: int, start: date, until: date) -> tuple[RentDue, ...]:
    """Rents fallen due in the period that the journal does not hold yet."""
    found = rents_due(organisation_id, start, until)
    known = booked(organisation_id)
    return tuple(each for each in found if source_of(each) not in known)


@transaction.atomic
def book_rents(organisation_id: int, start: date, until: date, *, at: datetime, by: int | None) -> int:
    """Book every rent that fell due and is not booked yet: all of them, or none. Again books nothing.

    Refuses with RentHasNoPrice while a rent in grain waits for its price.

    returns  how many were booked
    """
    rents = not_booked(organisation_id, start, until)
    _refuse_without_price(rents)
    entries = [
        booking.rent(source_of(each), each.day, each.lessor, each.member, each.fen)
        for each in rents
        if each.fen is not None
    ]
    return journal.book(organisation_id, [each for each in entries if each], at=at, by=by, late=True)


def _refuse_without_price(rents: tuple[RentDue, ...]) -> None:
    waiting = [each for each in rents if each.fen is None]
    if not waiting:
        return
    first = waiting[0]
    window = next(year.window for year in first.years if year.fen_per_mu is None)
    assert window is not None
    raise RentHasNoPrice(
        count=len(waiting),
        lease=first.reference.removeprefix("lease:"),
        day=first.day,
        good=window.good,
        market=window.market,
        first=window.first,
        last=window.last,
    )
