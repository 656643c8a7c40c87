"""Work given out to homes: hand material out, take pieces and material back. Each verb is one transaction.

Pieces brought go into the attendance of their day, so that the payroll pays them without being typed again. A
verb writes its row, reads the worker's account anew and lets the rules judge the whole.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction

from lianjie.facts.actions.stock import Books, enter_one, holds, lot_of, same_unit
from lianjie.facts.actions.store import Want, keep, next_key
from lianjie.facts.actions.withdraw import FactStillUsed, NoSuchFact, ReasonMissing, content
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
from lianjie.facts.rules.in_kind import Goods, LossNeedsEvidence, NothingMoved
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


@dataclass(frozen=True)
class BringingBack:
    """Pieces are brought, in ten-thousandths; `defects`: cause -> pieces."""

    receipt: str
    day: date
    agreement: str
    pieces_e4: int
    defects: Mapping[str, int] = field(default_factory=dict)
    evidence: str = ""


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


@transaction.atomic
def hand_out(given: HandingOut, books: Books) -> str:
    """Hand material to a home worker; returns the reference. The same again changes nothing.

    Refuses with NoSuchWorkAgreement, NotGivenOut, NotAMaterialOf, NoSuchLot, LotHasLess and so on.
    """
    agreement, terms = _agreement(books, given.agreement, given.day)
    lot = _material(books, given, terms)
    fields = {
        "day": given.day, "agreement_id": agreement.pk, "lot_id": lot.pk,
        "quantity": given.quantity, "evidence": given.evidence,
    }  # fmt: skip
    row, new = enter_one(MaterialIssue, given.receipt, agreement.area_id, fields, books)
    if new:
        holds(lot)
        _booked(books, row, "out", terms, (Goods(lot.good, lot.unit, given.quantity),))
    return str(row.reference)


@transaction.atomic
def bring_back(given: BringingBack, books: Books) -> str:
    """Take pieces from a home worker: into the stock, into the attendance of the day, off the material.

    Refuses with MoreDefectsThanPieces, MoreThanWithWorker, WorkOutsideAgreement and so on.
    """
    agreement, terms = _agreement(books, given.agreement, given.day)
    if given.pieces_e4 <= 0:
        raise NothingMoved(good=terms.product)
    defects = {cause: number for cause, number in given.defects.items() if number}
    brought = rules.Brought(given.pieces_e4, defects)
    rules.check_brought(given.receipt, brought)
    fields = {
        "day": given.day, "agreement_id": agreement.pk, "pieces_e4": given.pieces_e4,
        "defects": defects, "evidence": given.evidence,
    }  # fmt: skip
    made = Goods(terms.product, "piece", brought.good_e4)
    lot = None
    known = PieceReturn.objects.current().filter(
        in_kind.numbered(given.receipt), organisation_id=books.organisation_id
    )
    if made.quantity and not known.exists():
        same_unit(books, made)
        of = {
            "day": given.day, "good": made.good, "unit": made.unit, "quantity": made.quantity,
            "origin": "made", "giver": agreement.worker.name,
        }  # fmt: skip
        lot, _ = enter_one(Lot, given.receipt, agreement.area_id, of, books)
        fields["lot_id"] = lot.pk
    row, new = enter_one(PieceReturn, given.receipt, agreement.area_id, fields, books)
    if new:
        _count(books, agreement, terms, given.day)
        material = rules.used(terms, given.pieces_e4)
        _booked(books, row, "brought", terms, material, made if lot else None)
    return str(row.reference)


@transaction.atomic
def give_back(given: GivingBack, books: Books) -> str:
    """Take material back into its lot, or enter it as lost, with evidence; wages are not touched.

    Refuses with HandedOutBefore, MoreThanWithWorker, LossNeedsEvidence and so on.
    """
    agreement, terms = _agreement(books, given.agreement, given.day)
    lot = _material(books, given, terms)
    out = MaterialIssue.objects.current().filter(lot=lot, agreement__key=agreement.key)
    if not out.exists():
        raise rules.HandedOutBefore(lot=given.lot, worker=terms.worker)
    if given.lost and not given.evidence.strip():
        raise LossNeedsEvidence
    fields = {
        "day": given.day, "agreement_id": agreement.pk, "lot_id": lot.pk, "quantity": given.quantity,
        "lost": given.lost, "account": given.account, "evidence": given.evidence,
    }  # fmt: skip
    row, new = enter_one(MaterialReturn, given.receipt, agreement.area_id, fields, books)
    if new:
        kind = "lost" if given.lost else "returned"
        _booked(books, row, kind, terms, (Goods(lot.good, lot.unit, given.quantity),))
    return str(row.reference)


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
    agreement = WorkAgreement.objects.select_related("workshop", "worker").get(pk=found.agreement_id)
    terms = terms_of(agreement)
    row = _withdrawn(found, reason, books)
    if isinstance(found, PieceReturn):
        if found.lot is not None:
            taken = [move for move in in_kind.moves([found.lot.pk])[found.lot.pk] if move.quantity < 0]
            if taken:
                raise FactStillUsed(reference=found.reference, user=found.lot.reference)
            _withdrawn(found.lot, reason, books)
        _count(books, agreement, terms, found.day)
    else:
        holds(found.lot)
    _judge(books, terms)
    _post(books, None, found.reference)
    return str(row.reference)


def _agreement(books: Books, number: str, day: date) -> tuple[WorkAgreement, Terms]:
    """The standing agreement, locked with everything under it until the transaction ends."""
    Party.objects.select_for_update().get(pk=books.organisation_id)
    rows = WorkAgreement.objects.current().filter(organisation_id=books.organisation_id)
    found = rows.filter(in_kind.numbered(number)).select_related("workshop", "worker").first()
    if not number or found is None:
        raise NoSuchWorkAgreement(number=number, workshop="")
    terms = terms_of(found)
    if not terms.home:
        raise rules.NotGivenOut(number=number)
    work_rules.check_work(Done("", terms, day, 0))
    return found, terms


def _material(books: Books, given: HandingOut | GivingBack, terms: Terms) -> Lot:
    lot = lot_of(books, given.lot)
    if given.quantity <= 0:
        raise NothingMoved(good=lot.good)
    if all((norm.good, norm.unit) != (lot.good, lot.unit) for norm in terms.materials):
        known = ", ".join(norm.good for norm in terms.materials)
        raise rules.NotAMaterialOf(number=terms.number, good=lot.good, known=known)
    return lot


def _count(books: Books, agreement: WorkAgreement, terms: Terms, day: date) -> None:
    """The attendance of a day is the sum of what was brought on it."""
    rows = queries.brought(books.organisation_id, terms.number).filter(day=day)
    parts = [rules.Brought(row.pieces_e4, row.defects) for row in rows]
    done = Done("", terms, day, sum(each.pieces_e4 for each in parts), sum(each.defects_e4 for each in parts))
    work_rules.check_work(done)
    fields = {
        "agreement_id": agreement.pk, "day": day, "quantity_e4": done.quantity_e4,
        "defects_e4": done.defects_e4,
    }  # fmt: skip
    want = Want(f"{terms.number}-{day}", agreement.area_id, fields, refers={"agreement_id": terms.number})
    keep(WorkDone, [want], books.entry)


def _booked(
    books: Books, row: Any, kind: Any, terms: Terms, material: tuple[Goods, ...], made: Goods | None = None
) -> None:
    _judge(books, terms)
    _post(books, HomeWorkFact(row.reference, row.day, kind, terms.worker, material, made))


def _judge(books: Books, terms: Terms) -> None:
    rules.balances(terms.worker, queries.steps(books.organisation_id, terms))


def _post(books: Books, fact: HomeWorkFact | None, reverses: str = "") -> None:
    year = fact.day.year if fact else books.at.year
    rows = [Handed(fact, reverses)]
    books.post("home_work", rows, organisation_id=books.organisation_id, year=year, at=books.at, by=books.by)


def _withdrawn(found: Any, reason: str, books: Books) -> Any:
    return type(found).objects.create(
        **content(found),
        key=next_key(found.key),
        source_id=books.entry.source_id,
        corrects_id=found.pk,
        withdrawn=True,
        reason=reason.strip()[:300],
        recorded_at=books.at,
        recorded_by_id=books.by,
    )
