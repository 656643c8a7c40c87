"""Book rents as they fall due: owed to the household from that day, never set against anything it owes."""

from datetime import date, datetime
from fractions import Fraction

from django.db import transaction

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions import rent as facts
from lianjie.facts.actions.rent import NoSuchLease
from lianjie.facts.actions.store import Entry
from lianjie.facts.queries import rents as leases
from lianjie.facts.queries.rents import rents_due
from lianjie.facts.rules.rent import RentDue
from lianjie.facts.rules.rent_terms import Handing, PaidBeforeDue, RentOnItsWay, refuse_handing
from lianjie.ledger.actions import journal
from lianjie.ledger.models import Entry as Record
from lianjie.ledger.models import Posting
from lianjie.ledger.queries import payables
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


class RentNotBooked(Refusal):
    what = N_("The rent of {year} under lease {lease} is not booked, so nothing is owed for it yet.")
    fix = N_("Book the rents due first, then enter that it was handed over.")


@transaction.atomic
def pay(entry: Entry, key: str, given: Handing) -> str:
    """Hand over a rent whole: to the household, or to an agent whose hand-over the household confirms later.

    What is owed and where it stands is the journal's, whatever the terms say since. With an agent the debt to
    the household stands until its own receipt is entered: two hops, two confirmations.

    returns the reference of the payment

    Refuses with NoSuchLease, RentNotBooked, PaidBeforeDue or what `rent_terms.refuse_handing` says.
    """
    lease = leases.lease(entry.organisation_id, key)
    if lease is None:
        raise NoSuchLease(lease=key)
    owed = Posting.objects.filter(
        entry__organisation_id=entry.organisation_id,
        entry__source=f"rent:{key}:{given.year}",
        entry__posted=True,
        entry__reversed_by=None,
        party__isnull=False,
    ).select_related("entry", "party")
    line = owed.first()
    if line is None:
        raise RentNotBooked(year=given.year, lease=key)
    if given.day < line.entry.day:
        raise PaidBeforeDue(year=given.year, due_day=line.entry.day, day=given.day)
    before = leases.handed(key, entry.organisation_id, given.year)
    refuse_handing(given, -line.amount_fen, lease.terms.grain is not None, before)
    source = f"rent:{key}:{given.year}"
    if not any(each.source == source for each in payables.items(entry.organisation_id, "rent", carried=True)):
        raise RentOnItsWay(year=given.year)
    grams = 0
    if given.method == "in_kind" and lease.terms.grain:
        exact = Fraction(lease.terms.extent_mu4 * lease.terms.grain.grams_per_mu, 10_000)
        grams = int(exact + Fraction(1, 2))
    row = facts.hand(entry, key, given, grams=grams)
    made = booking.rent_handed(
        row.reference,
        given.day,
        household=line.party.code if line.party else "",
        account=line.account,
        agent=given.agent,
        hop=given.hop,
        method=given.method,
        amount_fen=given.fen,
    )
    journal.book(entry.organisation_id, [made], at=entry.at, by=entry.by)
    return str(row.reference)


@transaction.atomic
def take_back(entry: Entry, key: str, year: int, reason: str) -> None:
    """Withdraw the last hop of a rent's way and reverse its entry."""
    reference = facts.take_back(entry, key, year, reason)
    booked_as = Record.objects.get(organisation_id=entry.organisation_id, source=reference)
    journal.reverse(booked_as.pk, day=booked_as.day, text=N_("Correction"), at=entry.at, by=entry.by)
