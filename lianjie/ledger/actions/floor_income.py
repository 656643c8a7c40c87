"""Book what an order's floor income leaves to be paid: the words “income assured” are kept in money."""

from collections.abc import Collection
from datetime import date

from django.db import transaction

from lianjie.base.fen import Fen
from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions import take_back as taking
from lianjie.facts.actions.offtake import NoSuchOrder
from lianjie.facts.actions.stock import Books
from lianjie.facts.actions.store import Entry, base
from lianjie.facts.models import OfftakePromise
from lianjie.facts.queries import offtake, standing
from lianjie.ledger.actions import journal
from lianjie.ledger.models import Entry as Record
from lianjie.ledger.queries import floor_income, payables
from lianjie.ledger.rules import booking


class OrderNotOver(Refusal):
    what = N_("Order {order} takes the crop until {last}; what a lost harvest leaves is not known before.")
    fix = N_("Book the floor income after that day.")


class OrderKeptElsewhere(Refusal):
    what = N_("Order {order} ended within the books brought in up to {until}; those books hold it.")
    fix = N_("Book nothing here; what is still owed from then stands in the balances brought in.")


class FloorIncomeOnItsWay(Refusal):
    what = N_("The floor income of {household} under order {order} is in a batch of payments.")
    fix = N_("Wait for the bank's answer, then book the difference.")


class FloorIncomeStands(Refusal):
    what = N_("{fen} yuan of floor income are booked for {household} under order {order}.")
    fix = N_("Correct what makes it fall short, book the floor income anew, and withdraw the promise then.")


@transaction.atomic
def book(entry: Entry, number: str, homes: Collection[str], today: date) -> int:
    """Book the floor income of some households of an order, on its last day: assured less what they got.

    Pressed again it books what deliveries corrected since have changed, and nothing else. The organisation
    owes it whoever bears the loss; where the buyer does, its claim on the buyer is booked with it.

    returns how many were booked

    Refuses with NoSuchOrder, OrderNotOver, OrderKeptElsewhere, FloorIncomeOnItsWay, or MoreThanFloorBooked
    when the buyer has made good more than would be left.
    """
    found = offtake.order(entry.organisation_id, number)
    if found is None:
        raise NoSuchOrder(number=number)
    last = offtake.last_day(found.terms.until)
    if today <= last:
        raise OrderNotOver(order=number, last=last)
    kept = payables.elsewhere_until(entry.organisation_id)
    if kept is not None and last <= kept:
        raise OrderKeptElsewhere(order=number, until=kept)
    terms = found.terms
    known = floor_income.booked(entry.organisation_id, order=number)
    claims = floor_income.booked(entry.organisation_id, order=number, begins=floor_income.CLAIMS)
    buyer = terms.buyer in standing.members_on(entry.organisation_id, terms.signed_day)
    members = standing.members_on(entry.organisation_id, last)
    count = 0
    for home in found.homes:
        source = floor_income.source_of(number, home.code)
        claim = floor_income.source_of(number, home.code, floor_income.CLAIMS)
        due = home.floor.short if home.floor else 0
        asked = due if terms.loss_bearer == "buyer" else 0
        if home.code not in homes or (due, asked) == (known.get(source, 0), claims.get(claim, 0)):
            continue
        if payables.waiting(entry.organisation_id, source):
            raise FloorIncomeOnItsWay(household=home.name, order=number)
        made = [
            booking.floor_income(_anew(entry, source), last, home.code, home.code in members, due),
            booking.floor_claim(_anew(entry, claim), last, terms.buyer, buyer, asked),
        ]
        rows = [each for each in made if each]
        journal.book(entry.organisation_id, rows, at=entry.at, by=entry.by, late=True)
        count += 1
    floor_income.refuse_beyond(entry.organisation_id, number)
    return count


def book_all(entry: Entry, number: str, today: date) -> int:
    """Book the floor incomes of every household of an order, as `book` does."""
    found = offtake.order(entry.organisation_id, number)
    if found is None:
        raise NoSuchOrder(number=number)
    return book(entry, number, [home.code for home in found.homes], today)


@transaction.atomic
def take_back_promise(reference: str, reason: str, books: Books) -> str:
    """Withdraw what a household promised; returns the new row's reference.

    Refuses with FloorIncomeStands while a floor income is booked for it, or as facts.actions.take_back does.
    """
    found = OfftakePromise.objects.current().filter(
        organisation_id=books.organisation_id, key=reference.partition(":")[2]
    )
    promise = found.select_related("contract", "household").first()
    if promise is not None:
        order, home = base(promise.contract.key), promise.household
        source = floor_income.source_of(order, home.code)
        fen = floor_income.booked(books.organisation_id, order=order).get(source, 0)
        if fen:
            raise FloorIncomeStands(household=home.name, order=order, fen=Fen(fen))
    return taking.take_back(reference, reason, books)


def _anew(entry: Entry, source: str) -> str:
    """Take back what stands under a source; under which name it is booked next."""
    rows = Record.objects.filter(organisation_id=entry.organisation_id, reverses=None)
    mine = [row for row in rows.filter(source__startswith=source) if payables.base_of(row.source) == source]
    for row in mine:
        if not hasattr(row, "reversed_by"):
            text = N_("Floor income booked anew, as deliveries and terms stand now")
            journal.reverse(row.pk, text=text, at=entry.at, by=entry.by)
    return f"{source}~{len(mine) + 1}" if mine else source
