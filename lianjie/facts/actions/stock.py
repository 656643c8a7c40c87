"""Goods into stock by lot, out of it as inputs or as losses."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions.store import (
    Entry,
    Kept,
    Sieve,
    SourceGiven,
    Want,
    alone,
    base,
    keep,
    ready,
    standing,
    write,
)
from lianjie.facts.models import Fact, InputIssue, Loan, Lot, LotCost, LotLoss, MarketLot, Membership, Party
from lianjie.facts.queries import in_kind as queries
from lianjie.facts.queries.parties import SLICE, NoSuchParty
from lianjie.facts.rules import in_kind as rules
from lianjie.facts.rules.handed import Handed, InKindFact, LotCostFact, Post
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


def not_in_the_future(day: date, entry: Entry) -> None:
    """Refuses with NotInTheFuture what is entered before its day."""
    if day > localdate(entry.at):
        raise NotInTheFuture(day=day)


COMMISSION = "commission"
UNCLEAR = "/~?#%\\"
"""What a part of a key or an address cannot hold."""


def unclear(character: str) -> bool:
    """Whether a number cannot hold it: it parts an address, or nobody sees it."""
    return character in UNCLEAR or unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp")


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
    place: str = ""


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
    place: str = ""


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
    place: str = ""


def receive(given: Receiving, books: Books) -> str:
    """Enter a lot; returns its reference. Entering it again changes nothing.

    Refuses with NothingMoved, PartOfAPiece, GoodCountedOtherwise, NumberTaken or NotInTheFuture.
    """
    return alone(receive_all, given, books)


@transaction.atomic
def receive_all(given: Sequence[Receiving], books: Books) -> list[str]:
    """Enter lots as `receive` does, all of them or none; RowsRefused says which cannot be."""
    sieve, units = Sieve(), Units.of(books, (each.goods.good for each in given))
    area, wants = area_of(books), []
    for number, each in enumerate(given):
        with sieve.of(number):
            rules.moved(each.goods)
            units.same(each.goods)
            fields = {
                "day": each.day,
                "good": each.goods.good,
                "unit": each.goods.unit,
                "quantity": each.goods.quantity,
                "grade": each.grade,
                "origin": each.origin,
                "giver": each.giver,
                "evidence": each.evidence,
            }
            wants.append(Want(each.lot, area, fields, each.place))
    rows = enter_all(Lot, wants, books, sieve)
    came = [
        InKindFact(row.reference, row.day, "lot", came=each.goods, commission=each.origin == COMMISSION)
        for each, (row, new) in zip(given, rows, strict=True)
        if new
    ]
    hand_over(books, *came)
    return [row.reference for row, _ in rows]


def issue(given: Issuing, books: Books) -> str:
    """Hand an input out of a lot; returns its reference.

    Refuses with NoSuchLot, LotHasLess, PartOfAPiece, NoSuchParty, NumberTaken and so on.
    """
    return alone(issue_all, given, books)


@transaction.atomic
def issue_all(given: Sequence[Issuing], books: Books) -> list[str]:
    """Hand inputs out as `issue` does, all of them or none."""
    sieve = Sieve()
    lots = Lots.of(books, (each.lot for each in given))
    homes = parties_of(each.household for each in given)
    costed = standing(LotCost, books.organisation_id, (each.lot for each in given if each.amount_fen))
    wants = []
    for number, each in enumerate(given):
        with sieve.of(number):
            lot, household = lots.seed(each.lot), named(homes, each.household)
            if each.amount_fen and each.lot not in costed:
                raise rules.LotCostUnsaid(lot=each.lot)
            rules.moved(Goods(lot.good, lot.unit, each.quantity))
            if each.amount_fen < 0:
                raise rules.AdvanceBelowZero(good=lot.good)
            fields = {
                "day": each.day,
                "household_id": household.pk,
                "lot_id": lot.pk,
                "quantity": each.quantity,
                "amount_fen": each.amount_fen,
                "evidence": each.evidence,
            }
            wants.append(Want(each.receipt, household.area_id, fields, each.place))
    rows = enter_all(InputIssue, wants, books, sieve)
    fresh = [(each, row) for each, (row, new) in zip(given, rows, strict=True) if new]
    lots.hold(each.lot for each, _ in fresh)
    member = members(books, (homes[each.household].pk for each, _ in fresh))
    facts = []
    for each, row in fresh:
        lot, home = lots.by_number[each.lot], homes[each.household]
        went = Goods(lot.good, lot.unit, each.quantity)
        facts.append(
            InKindFact(
                row.reference, row.day, "issued", home.code, member(home.pk, each.day), went=went,
                advance_fen=each.amount_fen, commission=lot.origin == COMMISSION, lot_id=lot.pk,
            )
        )  # fmt: skip
    hand_over(books, *facts)
    return [row.reference for row, _ in rows]


def lose_from_stock(given: LosingLot, books: Books) -> str:
    """Enter goods lost in the store, with evidence; returns the reference."""
    return alone(lose_all, given, books)


@transaction.atomic
def lose_all(given: Sequence[LosingLot], books: Books) -> list[str]:
    """Enter goods lost as `lose_from_stock` does, all of them or none."""
    sieve, lots, wants = Sieve(), Lots.of(books, (each.lot for each in given)), []
    for number, each in enumerate(given):
        with sieve.of(number):
            lot = lots.seed(each.lot)
            rules.moved(Goods(lot.good, lot.unit, each.quantity))
            if not each.evidence.strip():
                raise rules.LossNeedsEvidence
            fields = {
                "day": each.day,
                "lot_id": lot.pk,
                "cause": each.cause,
                "quantity": each.quantity,
                "account": each.account,
                "evidence": each.evidence,
            }
            wants.append(Want(each.number, lot.area_id, fields, each.place))
    rows = enter_all(LotLoss, wants, books, sieve)
    fresh = [(each, row) for each, (row, new) in zip(given, rows, strict=True) if new]
    lots.hold(each.lot for each, _ in fresh)
    facts = []
    for each, row in fresh:
        lot = lots.by_number[each.lot]
        went = Goods(lot.good, lot.unit, each.quantity)
        commission = lot.origin == COMMISSION
        facts.append(
            InKindFact(row.reference, row.day, "lot_lost", went=went, commission=commission, lot_id=lot.pk)
        )
    hand_over(books, *facts)
    return [row.reference for row, _ in rows]


# What every verb on goods asks


def enter_one(
    model: type[Fact], number: str, area_id: int, fields: Mapping[str, Any], books: Books
) -> tuple[Any, bool]:
    """The stored row and whether it is new: the same content again is passed over.

    Refuses with NumberUnclear, NumberTaken or NotInTheFuture.
    """
    return alone(lambda wants: enter_all(model, wants, books, Sieve()), Want(number, area_id, dict(fields)))


def enter_all(model: type[Fact], wants: Sequence[Want], books: Books, sieve: Sieve) -> list[tuple[Any, bool]]:
    """Each stored row and whether it is new, as `enter_one` does.

    sieve  what was refused of the rows before; when it holds any, nothing is entered
    """
    sieve.close()
    for number, want in enumerate(wants):
        with sieve.of(number):
            if not want.key or len(want.key) > 40 or any(map(unclear, want.key)):
                raise NumberUnclear(number=want.key)
    return enter_keyed(model, wants, books, sieve, lambda want: NumberTaken(number=want.key))


def enter_keyed(
    model: type[Fact],
    wants: Sequence[Want],
    books: Books,
    sieve: Sieve,
    taken_by: Callable[[Want], Refusal],
) -> list[tuple[Any, bool]]:
    """As `enter_all`, of facts whose keys are made and not written by hand; `taken_by` says what stands."""
    for number, want in enumerate(wants):
        with sieve.of(number):
            not_in_the_future(want.fields["day"], books.entry)
    sieve.close()
    kept: Kept
    at = {want.key: number for number, want in enumerate(wants)}
    if len(at) == len(wants):
        # Told before it is written: the database would say it without words.
        kept = ready(model, wants, books.entry)
        for old, row in kept.corrected:
            if old:
                number = at[base(row.key)]
                sieve.at[number] = taken_by(wants[number])
        sieve.close()
        write(kept, books.entry)
    else:
        kept = keep(model, wants, books.entry)
    # A number taken back may be entered anew; one that stands is never overwritten.
    taken, free = {base(row.key) for old, row in kept.corrected if old}, {row.key for row in kept.new}
    for number, want in enumerate(wants):
        if want.key in taken and want.key not in free:
            sieve.at[number] = taken_by(want)
        free.discard(want.key)
    sieve.close()
    made = {base(row.key): row for row in (*kept.new, *(row for _, row in kept.corrected))}
    stood = standing(model, books.organisation_id, (want.key for want in wants if want.key not in made))
    return [(made[want.key], True) if want.key in made else (stood[want.key], False) for want in wants]


def hand_over(books: Books, *facts: InKindFact) -> None:
    """Give the ledger what moved."""
    hand_any(books, facts)


def hand_any(books: Books, facts: Sequence[InKindFact | LotCostFact]) -> None:
    """Give the ledger what moved, or what a lot cost."""
    if facts:
        _post(books, [Handed(fact) for fact in facts], facts[0].day.year)


def take_over(books: Books, reference: str) -> None:
    """Have the ledger reverse what it booked of a fact."""
    _post(books, [Handed(None, reference)], books.at.year)


def _post(books: Books, rows: list[Handed], year: int) -> None:
    books.post("in_kind", rows, organisation_id=books.organisation_id, year=year, at=books.at, by=books.by)


@dataclass(frozen=True)
class Lots:
    """Standing lots by number, locked until the transaction ends, and which of them are for sale."""

    by_number: Mapping[str, Lot]
    for_sale: frozenset[int]

    @classmethod
    def of(cls, books: "Books | Entry", numbers: Iterable[str]) -> "Lots":
        found = standing(Lot, books.organisation_id, (number for number in numbers if number))
        ids = [lot.pk for lot in found.values()]
        locked: dict[int, Lot] = {}
        for start in range(0, len(ids), SLICE):
            some = Lot.objects.select_for_update().filter(pk__in=ids[start : start + SLICE])
            locked |= {lot.pk: lot for lot in some.order_by("pk")}
        sold = MarketLot.objects.current().filter(organisation_id=books.organisation_id, lot_id__in=ids)
        return cls(
            {number: locked[lot.pk] for number, lot in found.items()},
            frozenset(sold.values_list("lot_id", flat=True)) if len(ids) <= SLICE else _for_sale(books),
        )

    def seed(self, number: str) -> Lot:
        """The lot, for lending and handing out. Refuses with NoSuchLot or LotIsForSale."""
        lot = self.by_number.get(number)
        if lot is None:
            raise NoSuchLot(lot=number)
        if lot.pk in self.for_sale:
            raise LotIsForSale(lot=queries.number(lot))
        return lot

    def hold(self, numbers: Iterable[str]) -> None:
        """Refuses when one of these lots never held as much as was taken from it."""
        lots = {lot.pk: lot for lot in (self.by_number[number] for number in dict.fromkeys(numbers))}
        for pk, moves in queries.moves(list(lots)).items():
            lot = lots[pk]
            rules.left(queries.number(lot), Goods(lot.good, lot.unit, 0), moves)


def _for_sale(books: "Books | Entry") -> frozenset[int]:
    rows = MarketLot.objects.current().filter(organisation_id=books.organisation_id)
    return frozenset(rows.values_list("lot_id", flat=True))


@dataclass
class Units:
    """One good is counted in one unit, or its kilograms would be added to its pieces."""

    by_good: dict[str, str]

    @classmethod
    def of(cls, books: Books, goods: Iterable[str]) -> "Units":
        wanted, mine = sorted(set(goods)), {"organisation_id": books.organisation_id}
        found: dict[str, str] = {}
        for start in range(0, len(wanted), SLICE):
            some = wanted[start : start + SLICE]
            owed = Loan.objects.current().filter(owed_good__in=some, **mine).order_by()
            found |= dict(owed.values_list("owed_good", "owed_unit").distinct())
            lots = Lot.objects.current().filter(good__in=some, **mine).order_by()
            found |= dict(lots.values_list("good", "unit").distinct())
        return cls(found)

    def same(self, goods: Goods) -> None:
        """Refuses with GoodCountedOtherwise."""
        unit = self.by_good.setdefault(goods.good, goods.unit)
        if unit != goods.unit:
            raise rules.GoodCountedOtherwise(good=goods.good, unit=unit)


def lot_of(books: Books, number: str) -> Lot:
    """The standing lot with this number, locked until the transaction ends."""
    found = Lots.of(books, [number]).by_number.get(number)
    if found is None:
        raise NoSuchLot(lot=number)
    return found


def holds(lot: Lot) -> int:
    """What a lot holds once everything is taken; refuses when it never held that much."""
    return rules.left(queries.number(lot), Goods(lot.good, lot.unit, 0), queries.moves([lot.pk])[lot.pk])


def party_of(code: str) -> Party:
    return named(parties_of([code]), code)


def parties_of(codes: Iterable[str]) -> dict[str, Party]:
    """Parties by code; the unknown are left out."""
    wanted, found = sorted(set(codes)), {}
    for start in range(0, len(wanted), SLICE):
        found |= {row.code: row for row in Party.objects.filter(code__in=wanted[start : start + SLICE])}
    return found


def named(parties: Mapping[str, Party], code: str) -> Party:
    """The party of this code. Refuses with NoSuchParty."""
    if code not in parties:
        raise NoSuchParty(code=code)
    return parties[code]


def area_of(books: Books) -> int:
    return Party.objects.values_list("area_id", flat=True).get(pk=books.organisation_id)


def is_member(books: Books, party: Party, day: date) -> bool:
    return Membership.objects.on(day).filter(organisation_id=books.organisation_id, member=party).exists()


def members(books: "Books | Entry", ids: Iterable[int]) -> Callable[[int, date], bool]:
    """Tells of these parties whether each was a member on a day."""
    wanted = sorted(set(ids))
    spells: dict[int, list[tuple[date, date]]] = {}
    for start in range(0, len(wanted), SLICE):
        rows = Membership.objects.current().filter(
            organisation_id=books.organisation_id, member_id__in=wanted[start : start + SLICE]
        )
        for party, first, until in rows.values_list("member_id", "day", "until_day"):
            spells.setdefault(party, []).append((first, until or date.max))
    return lambda party, day: any(first <= day < until for first, until in spells.get(party, ()))


def same_unit(books: Books, goods: Goods) -> None:
    """One good is counted in one unit, or its kilograms would be added to its pieces."""
    Units.of(books, [goods.good]).same(goods)
