"""Lend in kind, take back, ask for time, report a loss, decide. Each verb is one transaction.

A verb writes its row, reads the loan and the lots anew and lets the rules judge the whole: when they refuse,
nothing was written.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions.stock import (
    Books,
    area_of,
    enter_one,
    hand_over,
    holds,
    is_member,
    lot_of,
    party_of,
    refuse_for_sale,
    same_unit,
)
from lianjie.facts.actions.store import next_key
from lianjie.facts.actions.withdraw import FactStillUsed, NoSuchFact, ReasonMissing, content
from lianjie.facts.models import (
    Fact,
    InputIssue,
    Loan,
    LoanDecision,
    LoanDeferral,
    LoanLoss,
    LoanReturn,
    Lot,
    LotLoss,
    MarketLot,
    MaterialIssue,
    MaterialReturn,
    PieceReturn,
)
from lianjie.facts.queries import in_kind as queries
from lianjie.facts.rules import in_kind as rules
from lianjie.facts.rules.handed import InKindFact
from lianjie.facts.rules.in_kind import Goods, Standing


class NoSuchLoan(Refusal):
    what = N_("There is no loan “{loan}” in these books.")
    fix = N_("Look it up in the list of loans.")


@dataclass(frozen=True)
class Lending:
    """Goods of a lot are lent. `ratio` is in millionths of a returned unit for each unit lent."""

    number: str
    day: date
    borrower: str
    lot: str
    quantity: int
    due_day: date
    rule: str = "same"
    ratio: int = rules.ONE
    owed_good: str = ""
    owed_unit: str = "kg"
    season: str = ""
    area_mu4: int = 0
    substitute: str = ""
    substitute_unit: str = "kg"
    substitute_ratio: int = 0
    disease: str = "decided"
    disaster: str = "decided"
    negligence: str = "borrower"
    evidence: str = ""


@dataclass(frozen=True)
class Returning:
    """Goods come back. They become a lot of their own; its number is `lot`, or the receipt's."""

    receipt: str
    day: date
    loan: str
    goods: Goods
    lot: str = ""
    grade: str = ""
    evidence: str = ""


@dataclass(frozen=True)
class Asking:
    """The household asks to return later."""

    number: str
    day: date
    loan: str
    until: date
    extra_mu4: int = 0
    wish: str = ""
    evidence: str = ""


@dataclass(frozen=True)
class Losing:
    """Part of what is owed was lost; quantity in small units of the good owed."""

    number: str
    day: date
    loan: str
    cause: str
    quantity: int
    account: str = ""
    evidence: str = ""


@dataclass(frozen=True)
class Deciding:
    """A person's answer to the deferral or loss `about` (its reference).

    until     a deferral's new due day; None refuses it
    forgiven  of a loss, what the lender bears; the rest stays owed
    """

    number: str
    day: date
    loan: str
    about: str
    person_name: str
    grounds: str
    until: date | None = None
    forgiven: int = 0
    evidence: str = ""


@transaction.atomic
def lend(given: Lending, books: Books) -> str:
    """Lend; returns the loan's reference. Refuses with what the rules refuse, NoSuchLot or NumberTaken."""
    lot, borrower = lot_of(books, given.lot), party_of(given.borrower)
    refuse_for_sale(lot)
    lent = Goods(lot.good, lot.unit, given.quantity)
    owed = rules.owed(lent, given.rule, given.owed_good.strip(), given.owed_unit, given.ratio)
    if given.due_day <= given.day:
        raise rules.DueBeforeLent(due=given.due_day, day=given.day)
    if given.substitute and given.substitute_ratio <= 0:
        raise rules.RatioNotAboveZero
    same_unit(books, owed)
    fields = {
        "day": given.day,
        "borrower_id": borrower.pk,
        "to_member": is_member(books, borrower, given.day),
        "lot_id": lot.pk,
        "quantity": given.quantity,
        "rule": given.rule,
        "owed_good": owed.good,
        "owed_unit": owed.unit,
        "owed_quantity": owed.quantity,
        "ratio_e6": rules.ONE if given.rule == "same" else given.ratio,
        "due_day": given.due_day,
        "season": given.season,
        "area_mu4": given.area_mu4,
        "substitute": given.substitute,
        "substitute_unit": given.substitute_unit,
        "substitute_ratio_e6": given.substitute_ratio,
        "disease_borne_by": given.disease,
        "disaster_borne_by": given.disaster,
        "negligence_borne_by": given.negligence,
        "evidence": given.evidence,
    }
    row, new = enter_one(Loan, given.number, borrower.area_id, fields, books)
    if new:
        holds(lot)
        hand_over(
            books,
            InKindFact(row.reference, row.day, "lent", borrower.code, row.to_member, went=lent, owed=owed),
        )
    return str(row.reference)


@transaction.atomic
def give_back(given: Returning, books: Books) -> str:
    """Take goods back into a lot of their own; returns the return's reference."""
    loan = loan_of(books, given.loan)
    terms = queries.terms(loan)
    paid = rules.pays(terms, given.goods)
    same_unit(books, given.goods)
    fields = {
        "day": given.day,
        "loan_id": loan.pk,
        "good": given.goods.good,
        "unit": given.goods.unit,
        "quantity": given.goods.quantity,
        "grade": given.grade,
        "pays": paid,
        "evidence": given.evidence,
    }
    row, new = enter_one(LoanReturn, given.receipt, loan.area_id, fields, books)
    if not new:
        return str(row.reference)
    _stands(loan)
    of_lot = {
        "day": given.day,
        "good": given.goods.good,
        "unit": given.goods.unit,
        "quantity": given.goods.quantity,
        "grade": given.grade,
        "origin": "returned",
        "giver": loan.borrower.name[:120],
        "returned_id": row.pk,
    }
    enter_one(Lot, given.lot or given.receipt, area_of(books), of_lot, books)
    settled = Goods(terms.returns.good, terms.returns.unit, -paid)
    hand_over(books, _fact(loan, row, "returned", came=given.goods, owed=settled))
    return str(row.reference)


@transaction.atomic
def ask_deferral(given: Asking, books: Books) -> str:
    """Note that the household asks for more time; it changes nothing until a person decides."""
    loan = loan_of(books, given.loan)
    fields = {
        "day": given.day,
        "loan_id": loan.pk,
        "until": given.until,
        "extra_mu4": given.extra_mu4,
        "wish": given.wish,
        "evidence": given.evidence,
    }
    row, new = enter_one(LoanDeferral, given.number, loan.area_id, fields, books)
    if new and not _stands(loan).outstanding:
        raise rules.NothingOwed(loan=given.loan)
    return str(row.reference)


@transaction.atomic
def report_loss(given: Losing, books: Books) -> str:
    """Note what was lost, with evidence; it stays owed until a person decides who bears it."""
    loan = loan_of(books, given.loan)
    if not given.evidence.strip():
        raise rules.LossNeedsEvidence
    fields = {
        "day": given.day,
        "loan_id": loan.pk,
        "cause": given.cause,
        "quantity": given.quantity,
        "account": given.account,
        "evidence": given.evidence,
    }
    if given.quantity <= 0:
        raise rules.NothingMoved(good=loan.owed_good)
    row, new = enter_one(LoanLoss, given.number, loan.area_id, fields, books)
    if new:
        _stands(loan)
    return str(row.reference)


@transaction.atomic
def decide(given: Deciding, books: Books) -> str:
    """A named person decides a deferral or a loss; what is forgiven is written off in the ledger."""
    if not given.person_name.strip() or not given.grounds.strip():
        raise rules.DecisionNeedsPerson
    loan = loan_of(books, given.loan)
    about = _waiting(loan, given.about)
    deferral = about if isinstance(about, LoanDeferral) else None
    fields = {
        "day": given.day,
        "loan_id": loan.pk,
        "deferral_id": deferral.pk if deferral else None,
        "loss_id": None if deferral else about.pk,
        "until": given.until if deferral else None,
        "forgiven": 0 if deferral else given.forgiven,
        "person_name": given.person_name.strip(),
        "grounds": given.grounds.strip(),
        "evidence": given.evidence,
    }
    if fields["forgiven"] < 0:
        raise rules.ForgivenBeyondLoss(forgiven=given.forgiven, lost=about.quantity)
    row, new = enter_one(LoanDecision, given.number, loan.area_id, fields, books)
    if new:
        _stands(loan)
        if row.forgiven:
            gone = Goods(loan.owed_good, loan.owed_unit, -row.forgiven)
            hand_over(books, _fact(loan, row, "forgiven", owed=gone))
    return str(row.reference)


TABLES: dict[str, type[Fact]] = {
    model._meta.model_name or "": model
    for model in (Loan, LoanReturn, LoanDeferral, LoanLoss, LoanDecision, Lot, LotLoss, InputIssue)
}
BOOKED = (Loan, LoanReturn, LoanDecision, Lot, LotLoss, InputIssue)
USERS: dict[type[Fact], tuple[tuple[type[Fact], str], ...]] = {
    Loan: tuple((model, "loan") for model in (LoanReturn, LoanDeferral, LoanLoss, LoanDecision)),
    Lot: tuple(
        (model, "lot")
        for model in (Loan, InputIssue, LotLoss, MarketLot, MaterialIssue, MaterialReturn, PieceReturn)
    ),
    LoanDeferral: ((LoanDecision, "deferral"),),
    LoanLoss: ((LoanDecision, "loss"),),
}
"""What rests on a fact: it must be taken back first."""


@transaction.atomic
def take_back(reference: str, reason: str, books: Books) -> str:
    """Withdraw what should not have been entered; its entry in the ledger is reversed.

    To correct a figure, take the step back and enter it anew under the same number.
    Refuses with ReasonMissing, NoSuchFact, FactStillUsed, or what the rules say of the steps that remain.
    """
    if not reason.strip():
        raise ReasonMissing
    name, _, key = reference.partition(":")
    model = TABLES.get(name)
    rows = model.objects.current() if model else Lot.objects.none()
    found: Any = rows.filter(organisation_id=books.organisation_id, key=key).first()
    if found is None or (isinstance(found, Lot) and found.returned_id):
        raise NoSuchFact(reference=reference)
    if isinstance(found, LoanReturn):
        for lot in Lot.objects.current().filter(returned=found):
            withdraw_row(lot, reason, books)
    row = withdraw_row(found, reason, books)
    if isinstance(found, BOOKED):
        hand_over(books, None, reverses=found.reference)
    if hasattr(found, "loan_id"):
        _stands(found.loan)
    return str(row.reference)


def withdraw_row(found: Any, reason: str, books: Books) -> Any:
    """The row that takes `found` back. Refuses with FactStillUsed."""
    for users, column in USERS.get(type(found), ()):
        user = users.objects.current().filter(**{column: found}).first()
        if user is not None:
            raise FactStillUsed(reference=found.reference, user=user.reference)
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


def loan_of(books: Books, number: str) -> Loan:
    """The standing loan with this number, locked until the transaction ends."""
    rows = Loan.objects.current().filter(queries.numbered(number), organisation_id=books.organisation_id)
    found = rows.first()
    if not number or found is None:
        raise NoSuchLoan(loan=number)
    Loan.objects.select_for_update().get(pk=found.pk)
    return Loan.objects.select_related("borrower", "lot").get(pk=found.pk)


def _stands(loan: Loan) -> Standing:
    """The loan read anew; the rules refuse a step that cannot be."""
    return rules.standing(queries.terms(loan), queries.steps([loan.pk])[loan.pk])


def _waiting(loan: Loan, reference: str) -> Any:
    name, _, key = reference.partition(":")
    model = {"loandeferral": LoanDeferral, "loanloss": LoanLoss}.get(name)
    found = model.objects.current().filter(loan=loan, key=key).first() if model else None
    if found is None:
        raise rules.NothingToDecide(reference=reference)
    return found


def _fact(loan: Loan, row: Any, kind: Any, **goods: Goods) -> InKindFact:
    """The claim stays where the loan put it."""
    return InKindFact(row.reference, row.day, kind, loan.borrower.code, loan.to_member, **goods)
