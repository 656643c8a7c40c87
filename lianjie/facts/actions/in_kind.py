"""Lend in kind, take back, ask for time, report a loss, decide. Each verb is one transaction.

A verb writes its row, reads the loan and the lots anew and lets the rules judge the whole: when they refuse,
nothing was written.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import transaction

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions.stock import (
    COMMISSION,
    Books,
    Lots,
    Units,
    area_of,
    enter_all,
    hand_over,
    holds,
    members,
    named,
    parties_of,
    take_over,
)
from lianjie.facts.actions.store import Sieve, Want, alone, renumbered, standing
from lianjie.facts.actions.withdraw import FactStillUsed, NoSuchFact, ReasonMissing, taken_back
from lianjie.facts.models import (
    Fact,
    InputBack,
    InputIssue,
    Loan,
    LoanDecision,
    LoanDeferral,
    LoanLoss,
    LoanReturn,
    Lot,
    LotCost,
    LotLoss,
    MarketLot,
    MaterialIssue,
    MaterialReturn,
    MaterialUse,
    PieceReturn,
    RentPayment,
)
from lianjie.facts.queries import in_kind as queries
from lianjie.facts.queries import lot_worth
from lianjie.facts.queries.parties import SLICE
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
    place: str = ""


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
    place: str = ""


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
    place: str = ""


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
    place: str = ""


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
    place: str = ""


def lend(given: Lending, books: Books) -> str:
    """Lend; returns the loan's reference. Refuses with what the rules refuse, NoSuchLot or NumberTaken."""
    return alone(lend_all, given, books)


@transaction.atomic
def lend_all(given: Sequence[Lending], books: Books) -> list[str]:
    """Lend as `lend` does, all of them or none; RowsRefused says which cannot be."""
    sieve, wants = Sieve(), []
    lots, people = Lots.of(books, (each.lot for each in given)), parties_of(each.borrower for each in given)
    member = members(books, (each.pk for each in people.values()))
    units = Units.of(books, _goods_owed(given, lots))
    moved: list[tuple[Goods, Goods]] = []
    for number, each in enumerate(given):
        with sieve.of(number):
            lot, borrower = lots.seed(each.lot), named(people, each.borrower)
            lent = Goods(lot.good, lot.unit, each.quantity)
            owed = rules.owed(lent, each.rule, each.owed_good.strip(), each.owed_unit, each.ratio)
            if each.due_day <= each.day:
                raise rules.DueBeforeLent(due=each.due_day, day=each.day)
            if each.substitute and each.substitute_ratio <= 0:
                raise rules.RatioNotAboveZero
            units.same(owed)
            to_member = member(borrower.pk, each.day)
            fields = _lent(each, lot, owed) | {"borrower_id": borrower.pk, "to_member": to_member}
            wants.append(Want(each.number, borrower.area_id, fields, each.place))
            moved.append((lent, owed, lot.origin == COMMISSION))
    rows = enter_all(Loan, wants, books, sieve)
    lots.hold(each.lot for each, (_, new) in zip(given, rows, strict=True) if new)
    facts = []
    for each, (row, new), (lent, owed, commission) in zip(given, rows, moved, strict=True):
        if new:
            code = each.borrower
            facts.append(
                InKindFact(
                    row.reference, row.day, "lent", code, row.to_member, went=lent, owed=owed,
                    commission=commission,
                )
            )  # fmt: skip
    hand_over(books, *facts)
    return [str(row.reference) for row, _ in rows]


def _goods_owed(given: Sequence[Lending], lots: Lots) -> Iterator[str]:
    for each in given:
        if each.lot in lots.by_number:
            yield lots.by_number[each.lot].good
        yield each.owed_good.strip()


def _lent(given: Lending, lot: Lot, owed: Goods) -> dict[str, Any]:
    return {
        "day": given.day,
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


def give_back(given: Returning, books: Books) -> str:
    """Take goods back into a lot of their own; returns the return's reference."""
    return alone(give_back_all, given, books)


@transaction.atomic
def give_back_all(given: Sequence[Returning], books: Books) -> list[str]:
    """Take goods back as `give_back` does, all of them or none."""
    sieve, loans, wants = Sieve(), Loans.of(books, (each.loan for each in given)), []
    units = Units.of(books, (each.goods.good for each in given))
    known = standing(LoanReturn, books.organisation_id, (each.receipt for each in given))
    left = {number: at.outstanding for number, at in loans.stand(loans.by_number).items()}
    for number, each in enumerate(given):
        with sieve.of(number):
            loan = loans.get(each.loan)
            paid = rules.pays_at_most(queries.terms(loan), each.goods, left[each.loan])
            if each.receipt in known:
                paid = known[each.receipt].pays
            else:
                left[each.loan] -= paid
            units.same(each.goods)
            fields = _came(each) | {"loan_id": loan.pk, "pays": paid, "evidence": each.evidence}
            wants.append(Want(each.receipt, loan.area_id, fields, each.place))
    rows = enter_all(LoanReturn, wants, books, sieve)
    fresh = [(n, each) for n, each in enumerate(given) if rows[n][1]]
    loans.stand(each.loan for _, each in fresh)
    area, lots = area_of(books), []
    for n, each in fresh:
        giver = loans.by_number[each.loan].borrower.name[:120]
        of_lot = _came(each) | {"origin": "returned", "giver": giver, "returned_id": rows[n][0].pk}
        lots.append(Want(each.lot or each.receipt, area, of_lot, each.place))
    with renumbered([n for n, _ in fresh]):
        enter_all(Lot, lots, books, Sieve())
    facts = []
    for n, each in fresh:
        loan, row = loans.by_number[each.loan], rows[n][0]
        settled = Goods(loan.owed_good, loan.owed_unit, -row.pays)
        facts.append(_fact(loan, row, "returned", came=each.goods, owed=settled))
    hand_over(books, *facts)
    return [str(row.reference) for row, _ in rows]


def _came(given: Returning) -> dict[str, Any]:
    goods = given.goods
    return {
        "day": given.day,
        "good": goods.good,
        "unit": goods.unit,
        "quantity": goods.quantity,
        "grade": given.grade,
    }


def ask_deferral(given: Asking, books: Books) -> str:
    """Note that the household asks for more time; it changes nothing until a person decides."""
    return alone(ask_all, given, books)


@transaction.atomic
def ask_all(given: Sequence[Asking], books: Books) -> list[str]:
    """Note deferrals as `ask_deferral` does, all of them or none."""
    sieve, loans, wants = Sieve(), Loans.of(books, (each.loan for each in given)), []
    for number, each in enumerate(given):
        with sieve.of(number):
            loan = loans.get(each.loan)
            fields = {
                "day": each.day,
                "loan_id": loan.pk,
                "until": each.until,
                "extra_mu4": each.extra_mu4,
                "wish": each.wish,
                "evidence": each.evidence,
            }
            wants.append(Want(each.number, loan.area_id, fields, each.place))
    rows = enter_all(LoanDeferral, wants, books, sieve)
    asked = [each.loan for each, (_, new) in zip(given, rows, strict=True) if new]
    for loan, stands in loans.stand(asked).items():
        if not stands.outstanding:
            raise rules.NothingOwed(loan=loan)
    return [str(row.reference) for row, _ in rows]


def report_loss(given: Losing, books: Books) -> str:
    """Note what was lost, with evidence; it stays owed until a person decides who bears it."""
    return alone(report_all, given, books)


@transaction.atomic
def report_all(given: Sequence[Losing], books: Books) -> list[str]:
    """Note losses as `report_loss` does, all of them or none."""
    sieve, loans, wants = Sieve(), Loans.of(books, (each.loan for each in given)), []
    for number, each in enumerate(given):
        with sieve.of(number):
            loan = loans.get(each.loan)
            if not each.evidence.strip():
                raise rules.LossNeedsEvidence
            rules.moved(Goods(loan.owed_good, loan.owed_unit, each.quantity))
            fields = {
                "day": each.day,
                "loan_id": loan.pk,
                "cause": each.cause,
                "quantity": each.quantity,
                "account": each.account,
                "evidence": each.evidence,
            }
            wants.append(Want(each.number, loan.area_id, fields, each.place))
    rows = enter_all(LoanLoss, wants, books, sieve)
    loans.stand(each.loan for each, (_, new) in zip(given, rows, strict=True) if new)
    return [str(row.reference) for row, _ in rows]


def decide(given: Deciding, books: Books) -> str:
    """A named person decides a deferral or a loss; what is forgiven is written off in the ledger."""
    return alone(decide_all, given, books)


@transaction.atomic
def decide_all(given: Sequence[Deciding], books: Books) -> list[str]:
    """Decide as `decide` does, all of them or none."""
    sieve, loans, wants = Sieve(), Loans.of(books, (each.loan for each in given)), []
    waiting = _waiting(books, given)
    for number, each in enumerate(given):
        with sieve.of(number):
            if not each.person_name.strip() or not each.grounds.strip():
                raise rules.DecisionNeedsPerson
            loan, about = loans.get(each.loan), waiting.get(each.about)
            if about is None or about.loan_id != loan.pk:
                raise rules.NothingToDecide(reference=each.about)
            deferral = about if isinstance(about, LoanDeferral) else None
            if not deferral and each.forgiven < 0:
                raise rules.ForgivenBeyondLoss(forgiven=each.forgiven, lost=about.quantity)
            if each.forgiven:
                rules.moved(Goods(loan.owed_good, loan.owed_unit, each.forgiven))
            fields = {
                "day": each.day,
                "loan_id": loan.pk,
                "deferral_id": deferral.pk if deferral else None,
                "loss_id": None if deferral else about.pk,
                "until": each.until if deferral else None,
                "forgiven": 0 if deferral else each.forgiven,
                "person_name": each.person_name.strip(),
                "grounds": each.grounds.strip(),
                "evidence": each.evidence,
            }
            wants.append(Want(each.number, loan.area_id, fields, each.place))
    rows = enter_all(LoanDecision, wants, books, sieve)
    loans.stand(each.loan for each, (_, new) in zip(given, rows, strict=True) if new)
    facts = []
    for each, (row, new) in zip(given, rows, strict=True):
        if new and row.forgiven:
            loan = loans.by_number[each.loan]
            gone = Goods(loan.owed_good, loan.owed_unit, -row.forgiven)
            fact = _fact(loan, row, "forgiven", owed=gone)
            commission, was = loan.lot.origin == COMMISSION, lot_worth.stood_for(row)
            facts.append(replace(fact, commission=commission, lot_id=loan.lot_id, stood_for=was))
    hand_over(books, *facts)
    return [str(row.reference) for row, _ in rows]


TABLES: dict[str, type[Fact]] = {
    model._meta.model_name or "": model
    for model in (
        Loan, LoanReturn, LoanDeferral, LoanLoss, LoanDecision, Lot, LotCost, LotLoss, InputIssue, InputBack
    )
}  # fmt: skip
BOOKED = (Loan, LoanReturn, LoanDecision, Lot, LotCost, LotLoss, InputIssue, InputBack)
OUT_OF_A_LOT: tuple[type[Fact], ...] = (
    Loan, InputIssue, LotCost, LotLoss, MarketLot, MaterialIssue, MaterialReturn, MaterialUse, PieceReturn,
    RentPayment,
)  # fmt: skip
USERS: dict[type[Fact], tuple[tuple[type[Fact], str], ...]] = {
    Loan: tuple((model, "loan") for model in (LoanReturn, LoanDeferral, LoanLoss, LoanDecision)),
    Lot: tuple((model, "lot") for model in OUT_OF_A_LOT),
    InputIssue: ((InputBack, "issue"),),
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
        take_over(books, found.reference)
    if hasattr(found, "loan_id"):
        _stands(found.loan)
    if isinstance(found, InputBack):
        holds(found.lot)
    return str(row.reference)


def withdraw_row(found: Any, reason: str, books: Books) -> Any:
    """The row that takes `found` back. Refuses with FactStillUsed."""
    for users, column in USERS.get(type(found), ()):
        user = users.objects.current().filter(**{column: found}).first()
        if user is not None:
            raise FactStillUsed(reference=found.reference, user=user.reference)
    if isinstance(found, LotCost) and (user := lot_worth.moved_since(found)):
        raise FactStillUsed(reference=found.reference, user=user)
    return taken_back(found, reason, books.entry)


@dataclass(frozen=True)
class Loans:
    """Standing loans by number, with borrower and lot, locked until the transaction ends."""

    by_number: Mapping[str, Loan]

    @classmethod
    def of(cls, books: Books, numbers: Iterable[str]) -> "Loans":
        wanted = [number for number in numbers if number]
        found = standing(Loan, books.organisation_id, wanted, "borrower", "lot")
        ids = sorted(loan.pk for loan in found.values())
        for start in range(0, len(ids), SLICE):
            rows = Loan.objects.select_for_update().filter(pk__in=ids[start : start + SLICE])
            list(rows.order_by("pk").values_list("pk"))
        return cls(found)

    def get(self, number: str) -> Loan:
        """The loan. Refuses with NoSuchLoan."""
        if number not in self.by_number:
            raise NoSuchLoan(loan=number)
        return self.by_number[number]

    def stand(self, numbers: Iterable[str]) -> dict[str, Standing]:
        """How loans stand, read anew; the rules refuse a step that cannot be."""
        loans = {number: self.by_number[number] for number in numbers}
        steps = queries.steps([loan.pk for loan in loans.values()])
        return {of: rules.standing(queries.terms(loan), steps[loan.pk]) for of, loan in loans.items()}


def _stands(loan: Loan) -> Standing:
    return rules.standing(queries.terms(loan), queries.steps([loan.pk])[loan.pk])


def _waiting(books: Books, given: Sequence[Deciding]) -> dict[str, LoanDeferral | LoanLoss]:
    """Deferrals and losses by reference."""
    found: dict[str, LoanDeferral | LoanLoss] = {}
    keys = sorted({each.about.partition(":")[2] for each in given})
    for model in (LoanDeferral, LoanLoss):
        for start in range(0, len(keys), SLICE):
            rows = model.objects.current().filter(key__in=keys[start : start + SLICE])
            mine = rows.filter(organisation_id=books.organisation_id)
            found |= {row.reference: row for row in mine}
    return found


def _fact(loan: Loan, row: Any, kind: Any, **goods: Goods) -> InKindFact:
    """The claim stays where the loan put it."""
    return InKindFact(row.reference, row.day, kind, loan.borrower.code, loan.to_member, **goods)
