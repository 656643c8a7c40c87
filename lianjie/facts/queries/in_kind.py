"""Loans in kind and stock lots as they stand, read from their steps."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.db.models import BigIntegerField, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from lianjie.base.quantity import half_up
from lianjie.base.quantity import unit as unit_of
from lianjie.facts.models import (
    InputBack,
    InputIssue,
    Loan,
    LoanDecision,
    LoanDeferral,
    LoanLoss,
    LoanReturn,
    Lot,
    LotInput,
    LotLoss,
    MaterialIssue,
    MaterialReturn,
    MaterialUse,
    Pick,
    RentPayment,
)
from lianjie.facts.queries.names import named_like
from lianjie.facts.queries.parties import SLICE
from lianjie.facts.queries.slices import all_after, slice_after
from lianjie.facts.rules import in_kind as rules
from lianjie.facts.rules.in_kind import Asked, Decided, Goods, LoanTerms, Lost, Move, Returned, Standing, Step

STATES = ("open", "overdue", "asked", "closed")


def number(row) -> str:
    """The number on the paper: the key without the version a correction gave it."""
    return str(row.key).partition("~")[0]


@dataclass(frozen=True)
class LoanRow:
    """One loan and where it stands on the day asked about."""

    id: int
    number: str
    reference: str
    borrower_id: int
    borrower_code: str
    borrower: str
    village: str
    lot: str
    season: str
    grade: str
    area_mu4: int
    evidence: str
    ratio_e6: int
    terms: LoanTerms
    standing: Standing
    state: str

    @property
    def for_each(self) -> Goods:
        """What is agreed to be returned for one unit lent, a part of a piece too."""
        back = self.terms.returns
        one = Fraction(self.ratio_e6, rules.ONE) * unit_of(back.unit).small
        return Goods(back.good, back.unit, half_up(one))

    @property
    def substitute_pays(self) -> Goods:
        """How much of what is owed one unit of the substitute pays."""
        terms = self.terms
        paid = Fraction(terms.substitute_ratio, rules.ONE) * unit_of(terms.returns.unit).small
        return Goods(terms.returns.good, terms.returns.unit, half_up(paid))

    @property
    def bearers(self) -> tuple[tuple[str, str], ...]:
        """Cause and who bears it."""
        return self.terms.bearers


@dataclass(frozen=True)
class LoanEvent:
    """One line of a loan's story. `kind`: lent, returned, asked, lost, granted, refused, forgiven, borne."""

    day: date
    kind: str
    reference: str
    number: str
    quantity: Goods | None = None
    until: date | None = None
    text: str = ""
    person: str = ""
    lot: str = ""
    area_mu4: int = 0
    cause: str = ""
    evidence: str = ""
    open: bool = False
    pays: Goods | None = None
    agreed: str = ""
    """Who bears such a loss by the agreement, when the decision was another."""
    may_go: bool = True
    """False when something later rests on it, so that it cannot be taken back."""


@dataclass(frozen=True)
class LoanPage:
    """Some loans, where the next page begins, how many there are."""

    rows: tuple[LoanRow, ...]
    next_after: str
    total: int


def terms(row: Loan) -> LoanTerms:
    """A stored loan as the rules know it."""
    lent = Goods(row.lot.good, row.lot.unit, row.quantity)
    return LoanTerms(
        number(row),
        row.day,
        row.borrower.code,
        lent,
        row.rule,
        Goods(row.owed_good, row.owed_unit, row.owed_quantity),
        row.due_day,
        row.substitute,
        row.substitute_unit,
        row.substitute_ratio_e6,
        (
            ("disease", row.disease_borne_by),
            ("disaster", row.disaster_borne_by),
            ("negligence", row.negligence_borne_by),
        ),
    )


def steps(loans: Collection[int]) -> dict[int, list[Step]]:
    """Loan id -> what happened to it, in order of entry within a day."""
    found: dict[int, list[tuple[date, int, Step]]] = {pk: [] for pk in loans}
    wanted = sorted(found)
    for start in range(0, len(wanted), SLICE):
        some = wanted[start : start + SLICE]
        for model, made in (
            (LoanReturn, _returned),
            (LoanDeferral, _asked),
            (LoanLoss, _lost),
            (LoanDecision, _decided),
        ):
            rows = model.objects.current().filter(loan_id__in=some)
            if model is LoanDecision:
                rows = rows.select_related("deferral", "loss")
            for row in rows.order_by("recorded_at", "pk"):
                found[row.loan_id].append((row.day, model is LoanDecision, made(row)))
    return {pk: [step for _, _, step in sorted(each, key=lambda one: one[:2])] for pk, each in found.items()}


def _returned(row: LoanReturn) -> Returned:
    return Returned(row.reference, row.day, Goods(row.good, row.unit, row.quantity), row.pays)


def _asked(row: LoanDeferral) -> Asked:
    return Asked(row.reference, row.day, row.until, row.extra_mu4, row.wish)


def _lost(row: LoanLoss) -> Lost:
    return Lost(row.reference, row.day, row.cause, row.quantity)


def _decided(row: LoanDecision) -> Decided:
    about = row.deferral or row.loss
    return Decided(row.reference, row.day, about.reference, row.until, row.forgiven)


def loans(organisation_id: int, on: date | None = None) -> QuerySet:
    """Standing loans of one organisation with what is still owed, at the end of day `on` or altogether."""

    def total(model, field: str) -> Coalesce:
        rows = model.objects.current().filter(loan_id=OuterRef("pk")).order_by().values("loan_id")
        rows = rows.filter(day__lte=on) if on else rows
        return Coalesce(
            Subquery(rows.annotate(n=Sum(field)).values("n")[:1], output_field=BigIntegerField()), 0
        )

    return (
        Loan.objects.current()
        .filter(organisation_id=organisation_id)
        .select_related("borrower__area", "lot")
        .annotate(
            outstanding=F("owed_quantity") - total(LoanReturn, "pays") - total(LoanDecision, "forgiven")
        )
    )


def page(
    organisation_id: int, on: date, *, search: str = "", state: str = "", after: str = "", limit: int = 50
) -> LoanPage:
    """Loans lent by day `on` as they stood at its end, the latest first.

    state  open, overdue, asked, closed or "" for all
    """
    found = _narrowed(organisation_id, on, search, state)
    shown = slice_after(found, "day", True, after=after, limit=limit)
    return LoanPage(tuple(rows_of(shown.rows, on)), shown.next_after, found.count())


def every(organisation_id: int, on: date, *, search: str = "", state: str = "") -> Iterator[LoanRow]:
    """All loans that fit and were lent by day `on`, for an export."""
    waiting: list[Loan] = []
    for row in all_after(_narrowed(organisation_id, on, search, state), "day", True):
        waiting.append(row)
        if len(waiting) == SLICE:
            yield from rows_of(waiting, on)
            waiting = []
    yield from rows_of(waiting, on)


def _narrowed(organisation_id: int, on: date, search: str, state: str) -> QuerySet:
    found = loans(organisation_id, on).filter(day__lte=on)
    if search:
        hit = named_like("borrower", search) | Q(key__istartswith=search) | Q(lot__key__istartswith=search)
        found = found.filter(hit | Q(lot__good__icontains=search))
    if state == "closed":
        return found.filter(outstanding=0)
    if not state:
        return found
    found = found.exclude(outstanding=0)
    decided = LoanDecision.objects.current().filter(day__lte=on)
    waiting = LoanDeferral.objects.current().filter(day__lte=on).exclude(decisions__in=decided)
    if state == "asked":
        return found.filter(pk__in=waiting.values("loan_id"))
    if state == "overdue":
        later = decided.filter(until__gte=on)
        return found.filter(due_day__lt=on).exclude(pk__in=later.values("loan_id"))
    return found


def rows_of(found: Collection[Loan], on: date) -> Iterator[LoanRow]:
    """Stored loans with where each stands on a day."""
    happened = steps([row.pk for row in found])
    for row in found:
        agreed = terms(row)
        now = rules.standing(agreed, happened[row.pk], on)
        yield LoanRow(
            row.pk,
            number(row),
            row.reference,
            row.borrower_id,
            row.borrower.code,
            row.borrower.name,
            row.borrower.area.name,
            number(row.lot),
            row.season,
            row.lot.grade,
            row.area_mu4,
            row.evidence,
            row.ratio_e6,
            agreed,
            now,
            now.state(on),
        )


def loan(organisation_id: int, of: str, on: date) -> LoanRow | None:
    """The loan with this number, or None."""
    found = loans(organisation_id).filter(numbered(of))
    return next(rows_of(list(found[:1]), on), None)


def loans_of(organisation_id: int, party_id: int, on: date) -> tuple[LoanRow, ...]:
    """Every loan of one household, the latest first."""
    found = loans(organisation_id).filter(borrower_id=party_id, day__lte=on).order_by("-day", "-pk")
    return tuple(rows_of(list(found), on))


def story(of: LoanRow) -> tuple[LoanEvent, ...]:
    """Everything that happened to a loan, in order of day."""
    lent = LoanEvent(
        of.terms.day, "lent", of.reference, of.number, of.terms.lent, of.terms.due_day, lot=of.lot,
        area_mu4=of.area_mu4, evidence=of.evidence,
    )  # fmt: skip
    owed = of.terms.returns
    events: list[tuple[date, int, LoanEvent]] = []
    for row in LoanReturn.objects.current().filter(loan_id=of.id):
        lots = Lot.objects.current().filter(returned=row)
        goods = Goods(row.good, row.unit, row.quantity)
        events.append((row.day, row.pk, LoanEvent(
            row.day, "returned", row.reference, number(row), goods, lot=", ".join(number(x) for x in lots),
            evidence=row.evidence, text=row.grade,
            pays=None if row.good == owed.good else Goods(owed.good, owed.unit, row.pays),
        )))  # fmt: skip
    answered = LoanDecision.objects.current().filter(loan_id=of.id).select_related("deferral", "loss")
    done = {row.deferral_id or -row.loss_id for row in answered}
    for row in LoanDeferral.objects.current().filter(loan_id=of.id):
        events.append((row.day, row.pk, LoanEvent(
            row.day, "asked", row.reference, number(row), until=row.until, text=row.wish,
            area_mu4=row.extra_mu4, open=row.pk not in done, may_go=row.pk not in done,
        )))  # fmt: skip
    for row in LoanLoss.objects.current().filter(loan_id=of.id):
        events.append((row.day, row.pk, LoanEvent(
            row.day, "lost", row.reference, number(row), Goods(owed.good, owed.unit, row.quantity),
            text=row.account, cause=row.cause, evidence=row.evidence,
            open=-row.pk not in done, may_go=-row.pk not in done,
        )))  # fmt: skip
    for row in answered:
        if row.deferral_id:
            kind, quantity, agreed = ("granted" if row.until else "refused"), None, ""
        else:
            kind, quantity = ("forgiven" if row.forgiven else "borne"), row.forgiven or row.loss.quantity
            bearer = dict(of.bearers).get(row.loss.cause, "decided")
            by_agreement = {"lender": row.loss.quantity, "borrower": 0}.get(bearer, row.forgiven)
            agreed = bearer if by_agreement != row.forgiven else ""
        events.append((row.day, row.pk, LoanEvent(
            row.day, kind, row.reference, number(row),
            Goods(owed.good, owed.unit, quantity) if quantity else None,
            until=row.until, text=row.grounds, person=row.person_name, evidence=row.evidence, agreed=agreed,
        )))  # fmt: skip
    order = {"returned": 0, "asked": 0, "lost": 0}
    events.sort(key=lambda each: (each[0], order.get(each[2].kind, 1), each[1]))
    first = LoanEvent(**(lent.__dict__ | {"may_go": not events}))
    return (first, *(event for _, _, event in events))


def numbered(of: str, column: str = "key") -> Q:
    """Every version of the fact with this number."""
    return Q(**{column: of}) | Q(**{f"{column}__startswith": f"{of}~"})


def entered(loan_id: int) -> int:
    """How many steps of a loan were ever entered, those taken back too."""
    tables = (LoanReturn, LoanDeferral, LoanLoss, LoanDecision)
    return sum(model.objects.filter(loan_id=loan_id).count() for model in tables)


def rents_in_kind() -> QuerySet:
    """Rents handed over in grain, each once: what an agent carried left the stock with the agent."""
    rows = RentPayment.objects.current().filter(lot__isnull=False)
    return rows.exclude(hop="household", agent__isnull=False)


def moves(lots: Collection[int]) -> dict[int, list[Move]]:
    """Lot id -> what came into it and what left it."""
    found: dict[int, list[Move]] = {pk: [] for pk in lots}
    wanted = sorted(found)
    for start in range(0, len(wanted), SLICE):
        some = wanted[start : start + SLICE]
        for pk, day, quantity in (
            Lot.objects.current().filter(pk__in=some).values_list("pk", "day", "quantity")
        ):
            found[pk].append(Move(day, quantity))
        back = MaterialReturn.objects.current().filter(lot_id__in=some, lost=False)
        for pk, day, quantity in back.values_list("lot_id", "day", "quantity"):
            found[pk].append(Move(day, quantity))
        given = InputBack.objects.current().filter(lot_id__in=some, quantity__gt=0)
        for pk, day, quantity in given.values_list("lot_id", "day", "quantity"):
            found[pk].append(Move(day, quantity))
        handed = rents_in_kind().filter(lot_id__in=some)
        for pk, day, quantity in handed.values_list("lot_id", "day", "quantity"):
            found[pk].append(Move(day, -quantity))
        for model in (Loan, InputIssue, LotLoss, MaterialIssue, MaterialUse, LotInput, Pick):
            rows = model.objects.current().filter(lot_id__in=some).values_list("lot_id", "day", "quantity")
            for pk, day, quantity in rows:
                found[pk].append(Move(day, -quantity))
    return found
