"""Work given out to homes: hand material out, take pieces and material back. Each verb is one transaction.

Pieces brought go into the attendance of their day, so that the payroll pays them without being typed again. A
verb writes its row, reads the worker's account anew and lets the rules judge the whole.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction

from lianjie.facts.actions.stock import Books, Lots, NoSuchLot, Units, enter_all, holds
from lianjie.facts.actions.store import Sieve, Want, alone, keep, renumbered, standing
from lianjie.facts.actions.withdraw import FactStillUsed, NoSuchFact, ReasonMissing, taken_back
from lianjie.facts.actions.work import NoSuchWorkAgreement
from lianjie.facts.models import (
    Fact,
    Lot,
    MaterialIssue,
    MaterialReturn,
    Party,
    PieceReturn,
    WorkAgreement,
    WorkDone,
)
from lianjie.facts.queries import home_work as queries
from lianjie.facts.queries import in_kind
from lianjie.facts.queries.work import terms_of
from lianjie.facts.rules import home_work as rules
from lianjie.facts.rules import work as work_rules
from lianjie.facts.rules.handed import Handed, HomeWorkFact
from lianjie.facts.rules.in_kind import Goods, LossNeedsEvidence, moved
from lianjie.facts.rules.work import Done, Terms


@dataclass(frozen=True)
class HandingOut:
    """Material of a lot goes to a home worker; quantity in small units of the lot."""

    receipt: str
    day: date
    agreement: str
    lot: str
    quantity: int
    evidence: str = ""
    place: str = ""


@dataclass(frozen=True)
class BringingBack:
    """Pieces are brought, in ten-thousandths; `defects`: cause -> pieces."""

    receipt: str
    day: date
    agreement: str
    pieces_e4: int
    defects: Mapping[str, int] = field(default_factory=dict)
    evidence: str = ""
    place: str = ""


@dataclass(frozen=True)
class GivingBack:
    """Material goes back into its lot, or is lost."""

    receipt: str
    day: date
    agreement: str
    lot: str
    quantity: int
    lost: bool = False
    account: str = ""
    evidence: str = ""
    place: str = ""


def hand_out(given: HandingOut, books: Books) -> str:
    """Hand material to a home worker; returns the reference. The same again changes nothing.

    Refuses with NoSuchWorkAgreement, NotGivenOut, NotAMaterialOf, NoSuchLot, LotHasLess and so on.
    """
    return alone(hand_out_all, given, books)


@transaction.atomic
def hand_out_all(given: Sequence[HandingOut], books: Books) -> list[str]:
    """Hand material out as `hand_out` does, all of it or none; RowsRefused says what cannot be."""
    sieve, agreed, wants = Sieve(), _Agreed(books, given), []
    lots = Lots.of(books, (each.lot for each in given))
    for number, each in enumerate(given):
        with sieve.of(number):
            agreement, terms = agreed.of(each.agreement, each.day)
            lot = _material(lots, each, terms)
            fields = {
                "day": each.day, "agreement_id": agreement.pk, "lot_id": lot.pk,
                "quantity": each.quantity, "evidence": each.evidence,
            }  # fmt: skip
            wants.append(Want(each.receipt, agreement.area_id, fields, each.place))
    rows = enter_all(MaterialIssue, wants, books, sieve)
    fresh = [(each, row) for each, (row, new) in zip(given, rows, strict=True) if new]
    lots.hold(each.lot for each, _ in fresh)
    agreed.judge(each.agreement for each, _ in fresh)
    _post(books, *(_moved(agreed, lots, each, row, "out") for each, row in fresh))
    return [str(row.reference) for row, _ in rows]


def bring_back(given: BringingBack, books: Books) -> str:
    """Take pieces from a home worker: into the stock, into the attendance of the day, off the material.

    Refuses with MoreDefectsThanPieces, MoreThanWithWorker, WorkOutsideAgreement and so on.
    """
    return alone(bring_back_all, given, books)


@transaction.atomic
def bring_back_all(given: Sequence[BringingBack], books: Books) -> list[str]:
    """Take pieces as `bring_back` does, all of them or none."""
    sieve, agreed, wants = Sieve(), _Agreed(books, given), []
    known = standing(PieceReturn, books.organisation_id, (each.receipt for each in given))
    units = Units.of(books, (terms.product for terms in agreed.terms.values()))
    lots: dict[int, Want] = {}
    made: dict[int, Goods] = {}
    for number, each in enumerate(given):
        with sieve.of(number):
            agreement, terms = agreed.of(each.agreement, each.day)
            moved(Goods(terms.product, "piece", each.pieces_e4))
            defects = {cause: count for cause, count in each.defects.items() if count}
            brought = rules.Brought(each.pieces_e4, defects)
            rules.check_brought(each.receipt, brought)
            goods = Goods(terms.product, "piece", brought.good_e4)
            if goods.quantity and each.receipt not in known:
                units.same(goods)
                of = {
                    "day": each.day, "good": goods.good, "unit": goods.unit, "quantity": goods.quantity,
                    "origin": "made", "giver": agreement.worker.name,
                }  # fmt: skip
                lots[number] = Want(each.receipt, agreement.area_id, of, each.place)
                made[number] = goods
            fields = {
                "day": each.day, "agreement_id": agreement.pk, "pieces_e4": each.pieces_e4,
                "defects": defects, "evidence": each.evidence,
            }  # fmt: skip
            wants.append(Want(each.receipt, agreement.area_id, fields, each.place))
    sieve.close()
    with renumbered(list(lots)):
        put = enter_all(Lot, list(lots.values()), books, Sieve())
    for number, (lot, _) in zip(lots, put, strict=True):
        wants[number].fields["lot_id"] = lot.pk
    rows = enter_all(PieceReturn, wants, books, sieve)
    fresh = [number for number, (_, new) in enumerate(rows) if new]
    _count(books, agreed, {(given[number].agreement, given[number].day) for number in fresh})
    agreed.judge(given[number].agreement for number in fresh)
    facts = []
    for number in fresh:
        each, row = given[number], rows[number][0]
        terms = agreed.terms[each.agreement]
        used = rules.used(terms, each.pieces_e4)
        facts.append(HomeWorkFact(row.reference, row.day, "brought", terms.worker, used, made.get(number)))
    _post(books, *facts)
    return [str(row.reference) for row, _ in rows]


def give_back(given: GivingBack, books: Books) -> str:
    """Take material back into its lot, or enter it as lost, with evidence; wages are not touched.

    Refuses with HandedOutBefore, MoreThanWithWorker, LossNeedsEvidence and so on.
    """
    return alone(give_back_all, given, books)


@transaction.atomic
def give_back_all(given: Sequence[GivingBack], books: Books) -> list[str]:
    """Take material back as `give_back` does, all of it or none."""
    sieve, agreed, wants = Sieve(), _Agreed(books, given), []
    lots = Lots.of(books, (each.lot for each in given))
    ids = [row.pk for row in agreed.rows.values()]
    handed = MaterialIssue.objects.current().filter(organisation_id=books.organisation_id)
    out = set(handed.filter(agreement_id__in=ids).values_list("agreement_id", "lot_id"))
    for number, each in enumerate(given):
        with sieve.of(number):
            agreement, terms = agreed.of(each.agreement, each.day)
            lot = _material(lots, each, terms)
            if (agreement.pk, lot.pk) not in out:
                raise rules.HandedOutBefore(lot=each.lot, worker=terms.worker)
            if each.lost and not each.evidence.strip():
                raise LossNeedsEvidence
            fields = {
                "day": each.day, "agreement_id": agreement.pk, "lot_id": lot.pk, "quantity": each.quantity,
                "lost": each.lost, "account": each.account, "evidence": each.evidence,
            }  # fmt: skip
            wants.append(Want(each.receipt, agreement.area_id, fields, each.place))
    rows = enter_all(MaterialReturn, wants, books, sieve)
    fresh = [(each, row) for each, (row, new) in zip(given, rows, strict=True) if new]
    agreed.judge(each.agreement for each, _ in fresh)
    facts = [_moved(agreed, lots, each, row, "lost" if each.lost else "returned") for each, row in fresh]
    _post(books, *facts)
    return [str(row.reference) for row, _ in rows]


@transaction.atomic
def take_back(reference: str, reason: str, books: Books) -> str:
    """Withdraw what should not have been entered; its entry is reversed and the day counted anew.

    Refuses with ReasonMissing, NoSuchFact, FactStillUsed, or what the rules say of the steps that remain.
    """
    if not reason.strip():
        raise ReasonMissing
    name, _, key = reference.partition(":")
    model: type[Fact] | None = {
        "materialissue": MaterialIssue, "materialreturn": MaterialReturn, "piecereturn": PieceReturn
    }.get(name)  # fmt: skip
    found: Any = None
    if model is not None:
        rows = model.objects.current().filter(organisation_id=books.organisation_id, key=key)
        found = rows.first()
    if found is None:
        raise NoSuchFact(reference=reference)
    agreed = _Agreed(books, ())
    agreed.know(WorkAgreement.objects.select_related("workshop", "worker").get(pk=found.agreement_id))
    (terms,) = agreed.terms.values()
    row = taken_back(found, reason, books.entry)
    if isinstance(found, PieceReturn):
        if found.lot is not None:
            taken = [move for move in in_kind.moves([found.lot.pk])[found.lot.pk] if move.quantity < 0]
            if taken:
                raise FactStillUsed(reference=found.reference, user=found.lot.reference)
            taken_back(found.lot, reason, books.entry)
        _count(books, agreed, {(terms.number, found.day)})
    else:
        holds(found.lot)
    agreed.judge([terms.number])
    _hand(books, [Handed(None, found.reference)], books.at.year)
    return str(row.reference)


class _Agreed:
    """Standing agreements some rows name, locked with everything under them until the transaction ends."""

    def __init__(self, books: Books, given: Sequence[HandingOut | BringingBack | GivingBack]) -> None:
        Party.objects.select_for_update().get(pk=books.organisation_id)
        self.books = books
        self.rows: dict[str, WorkAgreement] = {}
        self.terms: dict[str, Terms] = {}
        numbers = [each.agreement for each in given if each.agreement]
        for row in standing(WorkAgreement, books.organisation_id, numbers, "workshop", "worker").values():
            self.know(row)

    def know(self, row: WorkAgreement) -> None:
        terms = terms_of(row)
        self.rows[terms.number], self.terms[terms.number] = row, terms

    def of(self, number: str, day: date) -> tuple[WorkAgreement, Terms]:
        """The agreement, for work on a day. Refuses with NoSuchWorkAgreement or NotGivenOut."""
        if number not in self.rows:
            raise NoSuchWorkAgreement(number=number, workshop="")
        terms = self.terms[number]
        if not terms.home:
            raise rules.NotGivenOut(number=number)
        work_rules.check_work(Done("", terms, day, 0))
        return self.rows[number], terms

    def judge(self, numbers: Iterable[str]) -> None:
        """Refuses when somebody would hold less than nothing of a material."""
        for number in dict.fromkeys(numbers):
            terms = self.terms[number]
            rules.balances(terms.worker, queries.steps(self.books.organisation_id, terms))


def _material(lots: Lots, given: HandingOut | GivingBack, terms: Terms) -> Lot:
    lot = lots.by_number.get(given.lot)
    if lot is None:
        raise NoSuchLot(lot=given.lot)
    moved(Goods(lot.good, lot.unit, given.quantity))
    if all((norm.good, norm.unit) != (lot.good, lot.unit) for norm in terms.materials):
        known = ", ".join(norm.good for norm in terms.materials)
        raise rules.NotAMaterialOf(number=terms.number, good=lot.good, known=known)
    return lot


def _moved(agreed: _Agreed, lots: Lots, given: HandingOut | GivingBack, row: Any, kind: Any) -> HomeWorkFact:
    lot = lots.by_number[given.lot]
    goods = Goods(lot.good, lot.unit, given.quantity)
    return HomeWorkFact(row.reference, row.day, kind, agreed.terms[given.agreement].worker, (goods,))


def _count(books: Books, agreed: _Agreed, days: set[tuple[str, date]]) -> None:
    """The attendance of a day is the sum of what was brought on it, by agreement."""
    wants = []
    for number, day in sorted(days):
        terms = agreed.terms[number]
        rows = queries.brought(books.organisation_id, number).filter(day=day)
        parts = [rules.Brought(row.pieces_e4, row.defects) for row in rows]
        pieces, defects = sum(each.pieces_e4 for each in parts), sum(each.defects_e4 for each in parts)
        work_rules.check_work(Done("", terms, day, pieces, defects))
        agreement = agreed.rows[number]
        fields = {"agreement_id": agreement.pk, "day": day, "quantity_e4": pieces, "defects_e4": defects}
        wants.append(Want(f"{number}-{day}", agreement.area_id, fields, refers={"agreement_id": number}))
    keep(WorkDone, wants, books.entry)


def _post(books: Books, *facts: HomeWorkFact) -> None:
    if facts:
        _hand(books, [Handed(fact) for fact in facts], facts[0].day.year)


def _hand(books: Books, rows: Sequence[Handed], year: int) -> None:
    books.post("home_work", rows, organisation_id=books.organisation_id, year=year, at=books.at, by=books.by)
