"""Book rents as they fall due: owed to the household from that day, never set against anything it owes."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from lianjie.base.fen import Fen
from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions import rent as facts
from lianjie.facts.actions.rent import NoSuchLease
from lianjie.facts.actions.stock import COMMISSION
from lianjie.facts.actions.store import Entry
from lianjie.facts.actions.withdraw import ReasonMissing
from lianjie.facts.models import RentPayment
from lianjie.facts.queries import rents as leases
from lianjie.facts.queries.rents import LeaseDetail
from lianjie.facts.rules.rent import GrainOwed, RentDue, grain_owed
from lianjie.facts.rules.rent_terms import (
    Handed,
    Handing,
    PaidBeforeDue,
    RentOnItsWay,
    in_grain,
    refuse_handing,
)
from lianjie.ledger.actions import journal
from lianjie.ledger.models import Entry as Record
from lianjie.ledger.models import Posting
from lianjie.ledger.queries import lot_worth, payables
from lianjie.ledger.queries.land_rights import not_written_off
from lianjie.ledger.queries.payables import base_of
from lianjie.ledger.queries.rents import not_booked, parts_of_years, source_of
from lianjie.ledger.rules import booking
from lianjie.ledger.rules.booking_in_kind import stock_account
from lianjie.ledger.rules.entry import Entry as Booked


class RentHasNoPrice(Refusal):
    what = N_(
        "Rents in grain without a price yet: {count}; the first is {lease}, due on {day}: no price of {good} "
        "at “{market}” is on record from {first} to {last}."
    )
    fix = N_("Enter the prices seen there, then book again.")


@transaction.atomic
def book_rents(organisation_id: int, start: date, until: date, *, at: datetime, by: int | None) -> int:
    """Book every rent that fell due and is not booked yet. Again books nothing.

    Of rents paid in advance the later years' parts wait in 171; each is charged on its own due day. Land
    rights put in as capital are written off for the period's whole months.

    A rent in grain without its price waits for it, and keeps no other household's rent waiting.

    Refuses with RentHasNoPrice when nothing is left to book but rents that wait for their price.

    returns  how many rents and months were booked
    """
    found = not_booked(organisation_id, start, until)
    entries = _entries(organisation_id, tuple(each for each in found if each.fen is not None))
    count = journal.book(organisation_id, entries, at=at, by=by, late=True)
    parts = parts_of_years(organisation_id, start, until)
    numbered = _next(organisation_id, "rentyear", [source for source, _, _ in parts])
    spread = [booking.rent_year(numbered[source], day, fen) for source, day, fen in parts if fen]
    begun = journal.book(organisation_id, spread, at=at, by=by, late=True)
    months = not_written_off(organisation_id, start, until)
    numbered = _next(organisation_id, "landright", [source for source, _, _ in months])
    lost = [booking.land_right_used(numbered[source], day, fen) for source, day, fen in months]
    count += journal.book(organisation_id, lost, at=at, by=by, late=True)
    if not count + begun:
        _refuse_without_price(found)
    return count


def _entries(organisation_id: int, rents: Sequence[RentDue]) -> list[Booked]:
    numbered = _next(organisation_id, "rent", [source_of(each) for each in rents])
    made = [
        booking.rent(
            numbered[source_of(each)],
            each.day,
            each.lessor,
            each.member,
            each.fen or 0,
            sum(year.fen or 0 for year in each.years[1:]),
        )
        for each in rents
    ]
    return [each for each in made if each]


def _next(organisation_id: int, kind: str, sources: Sequence[str]) -> dict[str, str]:
    """Source -> its next number, the first time itself: what was taken back is never used twice."""
    taken: dict[str, int] = defaultdict(int)
    rows = Record.objects.filter(
        organisation_id=organisation_id, source__gte=f"{kind}:", source__lt=f"{kind};"
    )
    for source in rows.filter(reversed_by__isnull=False).values_list("source", flat=True):
        taken[base_of(source)] += 1
    return {each: f"{each}~{taken[each] + 1}" if each in taken else each for each in sources}


def without_price(rents: Sequence[RentDue]) -> RentHasNoPrice | None:
    """How many rents in grain wait for a price, and which is the first; None when none does."""
    waiting = [each for each in rents if each.fen is None]
    if not waiting:
        return None
    first = waiting[0]
    window = next(year.window for year in first.years if year.fen_per_mu is None)
    assert window is not None
    return RentHasNoPrice(
        count=len(waiting),
        lease=first.reference.removeprefix("lease:"),
        day=first.day,
        good=window.good,
        market=window.market,
        first=window.first,
        last=window.last,
    )


def _refuse_without_price(rents: Sequence[RentDue]) -> None:
    if found := without_price(rents):
        raise found


class RentNotBooked(Refusal):
    what = N_("The rent of {year} under lease {lease} is not booked, so nothing is owed for it yet.")
    fix = N_("Book the rents due first, then enter that it was handed over.")


class RentStandsAsBooked(Refusal):
    what = N_("The rent of {year} under lease {lease} is booked as terms and prices give it: {booked} yuan.")
    fix = N_("Correct the lease, its terms or the prices first, if they are wrong.")


class RentOfAnother(Refusal):
    what = N_("The rent of {year} is booked to {booked}, and the lease is with {lessor} now.")
    fix = N_("Book it anew first; then hand it over.")


class RentKeptElsewhere(Refusal):
    what = N_("The rent of {year} fell due within the books brought in up to {until}; those books paid it.")
    fix = N_("Enter nothing here; what is still owed from then stands in the balances brought in.")


@transaction.atomic
def book_anew(entry: Entry, key: str, year: int, reason: str) -> None:
    """Take back a rent booked otherwise than terms, prices and the lease's end give it now, and book that.

    What was handed over stays: what is then owed more, or was handed over too much, stands on the
    household's account, and nothing is set against anything.

    Refuses with ReasonMissing, NoSuchLease, RentNotBooked, RentOnItsWay, RentHasNoPrice, RentStandsAsBooked.
    """
    if not reason.strip():
        raise ReasonMissing
    lease, line = _owed(entry.organisation_id, key, year)
    found = leases.schedule(entry.organisation_id, lease)
    member = line.account == booking.payable(member=True)
    now = tuple(replace(each, member=member) for each in found if each.day.year == year)
    _refuse_without_price(now)
    same = line.party is not None and all(each.lessor == line.party.code for each in now)
    if same and sum(each.fen or 0 for each in now) == -line.amount_fen:
        raise RentStandsAsBooked(year=year, lease=key, booked=Fen(-line.amount_fen))
    if payables.waiting(entry.organisation_id, f"rent:{key}:{year}"):
        raise RentOnItsWay(year=year)
    text = reason.strip()[:200]
    parts = Record.objects.filter(
        organisation_id=entry.organisation_id, source__startswith=f"rentyear:{key}:{year}-", reversed_by=None
    )
    for row in (line.entry, *parts):
        journal.reverse(row.pk, text=text, at=entry.at, by=entry.by)
    made = _entries(entry.organisation_id, now)
    journal.book(entry.organisation_id, made, at=entry.at, by=entry.by, late=True)


def reverse_all(organisation_id: int, reference: str, *, text: str, at: datetime, by: int | None) -> None:
    """Reverse every rent booked under a lease that is taken back. Refuses with RentOnItsWay."""
    key = base_of(reference).removeprefix("lease:")
    begins = Q(source__startswith=f"rent:{key}:") | Q(source__startswith=f"rentyear:{key}:")
    for row in Record.objects.filter(begins, organisation_id=organisation_id, reversed_by=None):
        source = base_of(row.source)
        if payables.waiting(organisation_id, source):
            raise RentOnItsWay(year=source.rpartition(":")[2])
        journal.reverse(row.pk, text=text, at=at, by=by)


def _owed(organisation_id: int, key: str, year: int) -> tuple[LeaseDetail, Posting]:
    """The lease, and what the journal owes the household for its rent of the year."""
    lease = leases.lease(organisation_id, key)
    if lease is None:
        raise NoSuchLease(lease=key)
    source = f"rent:{key}:{year}"
    line = (
        Posting.objects.filter(
            Q(entry__source=source) | Q(entry__source__startswith=f"{source}~"),
            entry__organisation_id=organisation_id,
            entry__posted=True,
            entry__reversed_by=None,
            party__isnull=False,
        )
        .select_related("entry", "party")
        .first()
    )
    if line is None:
        raise RentNotBooked(year=year, lease=key)
    return lease, line


@transaction.atomic
def pay(entry: Entry, key: str, given: Handing) -> str:
    """Hand over a rent whole: to the household, or to an agent whose hand-over the household confirms later.

    What is owed and where it stands is the journal's, whatever the terms say since. With an agent the debt to
    the household stands until its own receipt is entered: two hops, two confirmations.

    returns the reference of the payment

    Refuses with NoSuchLease, RentNotBooked, PaidBeforeDue or what `rent_terms.refuse_handing` says.
    """
    lease, line = _owed(entry.organisation_id, key, given.year)
    kept = payables.elsewhere_until(entry.organisation_id)
    if line.party is not None and line.party_id != lease.lessor_id:
        booked_to = line.party.name
        raise RentOfAnother(year=given.year, booked=booked_to, lessor=lease.lessor_name)
    due_day = line.entry.own_day or line.entry.day
    if kept is not None and due_day <= kept:
        raise RentKeptElsewhere(year=given.year, until=kept)
    if given.day < due_day:
        raise PaidBeforeDue(year=given.year, due_day=due_day, day=given.day)
    before = leases.handed(key, entry.organisation_id, given.year)
    grain = owed_in_grain(entry.organisation_id, lease, given.year)
    refuse_handing(given, -line.amount_fen, grain is not None, before)
    source = f"rent:{key}:{given.year}"
    if not any(each.source == source for each in payables.items(entry.organisation_id, "rent", carried=True)):
        raise RentOnItsWay(year=given.year)
    given, grams, in_kind_fen = _in_grain(given, grain, before)
    leaves = lease.terms.grain if grams and not before else None
    row = facts.hand(entry, key, given, grams=grams, in_kind_fen=in_kind_fen, grain=leaves)
    made = booking.rent_handed(
        row.reference,
        given.day,
        household=line.party.code if line.party else "",
        account=line.account,
        agent=given.agent,
        hop=given.hop,
        method=given.method,
        amount_fen=given.fen,
        grain=_gone(row) if leaves else None,
    )
    journal.book(entry.organisation_id, [made], at=entry.at, by=entry.by, late=True)
    return str(row.reference)


def _in_grain(given: Handing, grain: GrainOwed | None, before: Sequence[Handed]) -> tuple[Handing, int, int]:
    """The hand-over with the grain in it and what that settles; what an agent carried is what arrives."""
    if before:
        was = before[0]
        return replace(given, lot=was.lot, method=was.method), was.grams, was.in_kind_fen
    if grain is None or not (given.lot or given.method == "in_kind"):
        return given, 0, 0
    grams, fen = in_grain(given, grain)
    return replace(given, method="in_kind" if fen == given.fen else given.method), grams, fen


def _gone(row: RentPayment) -> booking.InGrain:
    lot = row.lot
    assert lot is not None
    cost = lot_worth.part_gone(row.organisation_id, lot.pk, row.quantity)
    return booking.InGrain(
        lot.good, row.quantity, row.in_kind_fen, cost, stock_account(lot.origin == COMMISSION)
    )


def owed_in_grain(organisation_id: int, lease: LeaseDetail, year: int) -> GrainOwed | None:
    """The grain the rent of a year is; None when it is none, or has no price."""
    if lease.terms.grain is None:
        return None
    found = next((each for each in leases.schedule(organisation_id, lease) if each.day.year == year), None)
    return grain_owed(lease.terms, found) if found else None


@transaction.atomic
def take_back(entry: Entry, key: str, year: int, reason: str) -> None:
    """Withdraw the last hop of a rent's way and reverse its entry."""
    reference = facts.take_back(entry, key, year, reason)
    booked_as = Record.objects.get(organisation_id=entry.organisation_id, source=reference)
    text = reason.strip()[:200]
    journal.reverse(booked_as.pk, text=text, at=entry.at, by=entry.by)
