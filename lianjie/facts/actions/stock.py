"""Goods into stock by lot, out of it as inputs or as losses."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions.store import Entry, Kept, SourceGiven, Want, keep
from lianjie.facts.models import Fact, InputIssue, Loan, Lot, LotLoss, MarketLot, Membership, Party
from lianjie.facts.queries import in_kind as queries
from lianjie.facts.queries.parties import NoSuchParty
from lianjie.facts.rules import in_kind as rules
from lianjie.facts.rules.handed import Handed, InKindFact, Post
from lianjie.facts.rules.in_kind import Goods


class NumberTaken(Refusal):
    what = N_("The number “{number}” is already entered with another content.")
    fix = N_("Give this one another number, or take the other back first.")


class NumberUnclear(Refusal):
    what = N_("“{number}” cannot be a number of a receipt.")
    fix = N_("Use up to 40 characters without “/”, “~”, “?” or “#”.")


class NoSuchLot(Refusal):
    what = N_("There is no lot “{lot}” in this stock.")
    fix = N_("Choose a lot from the stock, or enter first what came in.")


class NotInTheFuture(Refusal):
    what = N_("{day} has not come yet.")
    fix = N_("Enter what has happened.")


class LotIsForSale(Refusal):
    what = N_("Lot {lot} is kept for sale.")
    fix = N_("Use its page: sort, pack, move, lose or pick it there; take seed and inputs from other lots.")


@dataclass(frozen=True)
class Books:
    """Whose books, from which document, by whom, when, and how the ledger books it."""

    organisation_id: int
    source: SourceGiven
    at: datetime
    by: int | None
    post: Post
    place: str = ""

    @property
    def entry(self) -> Entry:
        return Entry(self.organisation_id, self.source, self.at, self.by, self.place)


@dataclass(frozen=True)
class Receiving:
    """Goods come into the stock."""

    lot: str
    day: date
    goods: Goods
    origin: str
    grade: str = ""
    giver: str = ""
    evidence: str = ""


@dataclass(frozen=True)
class Issuing:
    """An input is handed to a grower. `amount_fen` is owed as an advance; 0 when it is free."""

    receipt: str
    day: date
    household: str
    lot: str
    quantity: int
    amount_fen: int = 0
    evidence: str = ""


@dataclass(frozen=True)
class LosingLot:
    """Goods of a lot lost in the store."""

    number: str
    day: date
    lot: str
    cause: str
    quantity: int
    account: str
    evidence: str


@transaction.atomic
def receive(given: Receiving, books: Books) -> str:
    """Enter a lot; returns its reference. Entering it again changes nothing.

    Refuses with NothingMoved, GoodCountedOtherwise, NumberTaken or NotInTheFuture.
    """
    if given.goods.quantity <= 0:
        raise rules.NothingMoved(good=given.goods.good)
    same_unit(books, given.goods)
    fields = {
        "day": given.day,
        "good": given.goods.good,
        "unit": given.goods.unit,
        "quantity": given.goods.quantity,
        "grade": given.grade,
        "origin": given.origin,
        "giver": given.giver,
        "evidence": given.evidence,
    }
    row, new = enter_one(Lot, given.lot, area_of(books), fields, books)
    if new:
        hand_over(books, InKindFact(row.reference, row.day, "lot", came=given.goods))
    return row.reference


@transaction.atomic
def issue(given: Issuing, books: Books) -> str:
    """Hand an input out of a lot; returns its reference.

    Refuses with NoSuchLot, LotHasLess, NoSuchParty, NumberTaken and so on.
    """
    lot, household = lot_of(books, given.lot), party_of(given.household)
    refuse_for_sale(lot)
    if given.quantity <= 0:
        raise rules.NothingMoved(good=lot.good)
    fields = {
        "day": given.day,
        "household_id": household.pk,
        "lot_id": lot.pk,
        "quantity": given.quantity,
        "amount_fen": given.amount_fen,
        "evidence": given.evidence,
    }
    row, new = enter_one(InputIssue, given.receipt, household.area_id, fields, books)
    if new:
        holds(lot)
        went = Goods(lot.good, lot.unit, given.quantity)
        member = is_member(books, household, given.day)
        fact = InKindFact(
            row.reference, row.day, "issued", household.code, member, went=went, advance_fen=given.amount_fen
        )
        hand_over(books, fact)
    return row.reference


@transaction.atomic
def lose_from_stock(given: LosingLot, books: Books) -> str:
    """Enter goods lost in the store, with evidence; returns the reference."""
    lot = lot_of(books, given.lot)
    refuse_for_sale(lot)
    if given.quantity <= 0:
        raise rules.NothingMoved(good=lot.good)
    if not given.evidence.strip():
        raise rules.LossNeedsEvidence
    fields = {
        "day": given.day,
        "lot_id": lot.pk,
        "cause": given.cause,
        "quantity": given.quantity,
        "account": given.account,
        "evidence": given.evidence,
    }
    row, new = enter_one(LotLoss, given.number, lot.area_id, fields, books)
    if new:
        holds(lot)
        went = Goods(lot.good, lot.unit, given.quantity)
        hand_over(books, InKindFact(row.reference, row.day, "lot_lost", went=went))
    return row.reference


# What every verb on goods asks


def enter_one(
    model: type[Fact], number: str, area_id: int, fields: Mapping[str, Any], books: Books
) -> tuple[Any, bool]:
    """The stored row and whether it is new: the same content again is passed over.

    Refuses with NumberUnclear, NumberTaken or NotInTheFuture.
    """
    if not number or len(number) > 40 or any(each in number for each in "/~?#%\\"):
        raise NumberUnclear(number=number)
    if fields["day"] > localdate(books.at):
        raise NotInTheFuture(day=fields["day"])
    kept: Kept = keep(model, [Want(number, area_id, dict(fields))], books.entry)
    if kept.unchanged:
        rows = model.objects.current().filter(organisation_id=books.organisation_id)
        return rows.get(queries.numbered(number)), False
    for old, row in kept.corrected:
        # A number taken back may be entered anew; one that stands is never overwritten.
        if old:
            raise NumberTaken(number=number)
        return row, True
    return kept.new[0], True


def hand_over(books: Books, fact: InKindFact | None, reverses: str = "") -> None:
    """Give the ledger what moved."""
    year = fact.day.year if fact else books.at.year
    rows = [Handed(fact, reverses)]
    books.post("in_kind", rows, organisation_id=books.organisation_id, year=year, at=books.at, by=books.by)


def lot_of(books: Books, number: str) -> Lot:
    """The standing lot with this number, locked until the transaction ends."""
    rows = Lot.objects.current().filter(queries.numbered(number), organisation_id=books.organisation_id)
    found = rows.first()
    if not number or found is None:
        raise NoSuchLot(lot=number)
    return Lot.objects.select_for_update().get(pk=found.pk)


def refuse_for_sale(lot: Lot) -> None:
    """A lot for sale carries what it cost: it is sorted, packed, moved, lost or picked, never lent."""
    if MarketLot.objects.current().filter(lot=lot).exists():
        raise LotIsForSale(lot=queries.number(lot))


def holds(lot: Lot) -> int:
    """What a lot holds once everything is taken; refuses when it never held that much."""
    return rules.left(queries.number(lot), Goods(lot.good, lot.unit, 0), queries.moves([lot.pk])[lot.pk])


def party_of(code: str) -> Party:
    found = Party.objects.filter(code=code).first()
    if found is None:
        raise NoSuchParty(code=code)
    return found


def area_of(books: Books) -> int:
    return Party.objects.values_list("area_id", flat=True).get(pk=books.organisation_id)


def is_member(books: Books, party: Party, day: date) -> bool:
    return Membership.objects.on(day).filter(organisation_id=books.organisation_id, member=party).exists()


def same_unit(books: Books, goods: Goods) -> None:
    """One good is counted in one unit, or its kilograms would be added to its pieces."""
    mine = {"organisation_id": books.organisation_id}
    other = Lot.objects.current().filter(good=goods.good, **mine).exclude(unit=goods.unit).first()
    if other is not None:
        raise rules.GoodCountedOtherwise(good=goods.good, unit=other.unit)
    owed = Loan.objects.current().filter(owed_good=goods.good, **mine).exclude(owed_unit=goods.unit).first()
    if owed is not None:
        raise rules.GoodCountedOtherwise(good=goods.good, unit=owed.owed_unit)
