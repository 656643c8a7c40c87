"""Seed and stock lent in kind: what is owed, what came back, what was deferred, lost or forgiven.

A loan's state is never stored. It is read from its steps in order of day, so any day of the past can be asked
for, and a step that cannot follow the ones before it is refused.

Source of the rules: in-kind loan programmes as published (domain list, section 6); an interest that is not
agreed is none (Civil Code, art. 680).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from lianjie.base.quantity import NotAQuantity, half_up
from lianjie.base.quantity import unit as unit_of
from lianjie.base.refusal import Finding, Refusal
from lianjie.base.words import N_

UNITS = ("kg", "piece")
RULES = ("same", "ratio", "offspring", "product")
"""same: as much of the same; ratio: so much of the same for each unit; offspring: so many for each head;
product: another good at an agreed ratio."""
CAUSES = ("disease", "disaster", "negligence", "other")
BEARERS = ("lender", "borrower", "decided")
ORIGINS = ("opening", "bought", "commission", "granted", "harvested", "returned", "made")
"""commission: inputs bought on behalf of members, who owe what they cost once they have them."""
MADE = ("delivered", "sorted", "packed", "moved", "sent_back")
"""Origins of lots that a work of the market made."""
COST_WAYS = ("bank", "cash", "owed", "granted", "harvest", "held")
"""How a lot's cost was met: paid from the bank or in cash, owed to who sold it, granted in kind, what growing
it cost (harvest), or held: what is left of the lot is in the books already, by a trial balance brought in."""
ONE = 1_000_000
"""Ratios are kept in millionths."""
PIECE = 10_000
"""Small units of a piece."""


class NothingMoved(Refusal):
    what = N_("The quantity of {good} must be above zero.")
    fix = N_("Write how much was weighed or counted.")
    about = "quantity"


class AdvanceBelowZero(Refusal):
    what = N_("The advance for {good} is below zero.")
    fix = N_("Write what the household owes for it, or 0 when it is free.")


class PartOfAPiece(Refusal):
    what = N_("{quantity} pieces of {good}: a piece cannot be parted.")
    fix = N_("Write a whole number of pieces, or keep the good by weight.")
    about = "quantity"


class GoodCountedOtherwise(Refusal):
    what = N_("{good} is counted in {unit} here.")
    fix = N_("Use the same unit, or give the good another name.")


class LotHasLess(Refusal):
    what = N_("Lot {lot} holds {left} on {day}, {short} less than is taken from it.")
    fix = N_("Take less, another lot, or enter first what came into this one.")


class LotCostUnsaid(Refusal):
    what = N_(
        "Nothing says what lot {lot} cost: money settled with its goods would leave a stock below zero."
    )
    fix = N_("Enter first what it cost, on the lot's page; or that it stands in the books already.")
    about = "lot"


class LotCostEmpty(Refusal):
    what = N_("The cost of lot {lot} must be above zero.")
    fix = N_("Write what was paid for the whole lot, carriage included.")
    about = "amount_fen"


class LotNotThereYet(Refusal):
    what = N_("Lot {lot} came in on {came}; it cannot be used on {day}.")
    fix = N_("Correct the day, or choose another lot.")


class ReturnGoodMissing(Refusal):
    what = N_("A loan returned in another good needs the name of that good.")
    fix = N_("Write what is returned, and how much of it for each unit lent.")


class RatioNotAboveZero(Refusal):
    what = N_("The ratio of return must be above zero.")
    fix = N_("Write how much is returned for each unit lent; 1 means as much as was lent.")


class DueBeforeLent(Refusal):
    what = N_("The loan would be due on {due}, before it is lent on {day}.")
    fix = N_("Give a due day after the day of lending, usually after the harvest.")


class StepBeforeLoan(Refusal):
    what = N_("Loan {loan} was lent on {lent}; nothing can happen to it on {day}.")
    fix = N_("Correct the day.")


class MoreThanOwed(Refusal):
    what = N_("Loan {loan} still owes {outstanding} on {day}; {given} would be more than that.")
    fix = N_("Enter what is owed; buy the rest from the household as a delivery.")


class WrittenOffBefore(Refusal):
    what = N_("Loan {loan}: {forgiven} were written off; {given} are more than the {outstanding} still owed.")
    fix = N_(
        "Take the decision of the loss back, with its reason, and decide it anew; then enter the return."
    )


class NotTheAgreedGood(Refusal):
    what = N_("Loan {loan} is returned in {agreed}; {good} was not agreed.")
    fix = N_("Return the agreed good, or agree on a substitute and its ratio in a new loan.")


class DeferralNotLater(Refusal):
    what = N_("The loan is due on {due}; {asked} is not later.")
    fix = N_("Ask for a later day.")


class AlreadyAsked(Refusal):
    what = N_("A deferral of loan {loan} is already asked for and not yet decided.")
    fix = N_("Decide that one first.")


class LossBeyondLoan(Refusal):
    what = N_("{quantity} cannot be lost: loan {loan} owes {outstanding} on {day}.")
    fix = N_("Enter only what was lost of what is still owed.")


class NothingOwed(Refusal):
    what = N_("Loan {loan} owes nothing any more.")
    fix = N_("There is nothing to defer.")


class DecidedAlready(Refusal):
    what = N_("“{reference}” is decided already.")
    fix = N_("Withdraw that decision first, with its reason.")


class DecisionNeedsPerson(Refusal):
    what = N_("A deferral or a loss is decided by a person, with a reason.")
    fix = N_("Write the name of who decides, and why.")


class LossNeedsEvidence(Refusal):
    what = N_("A loss needs evidence.")
    fix = N_("Write where the vet's report, the photo or the inspection record is kept.")


class ForgivenBeyondLoss(Refusal):
    what = N_("{forgiven} cannot be forgiven: {lost} was lost.")
    fix = N_("Forgive at most what was lost.")


class DecidedBeforeAsked(Refusal):
    what = N_("The decision of {day} would come before what it decides, of {asked}.")
    fix = N_("Correct the day.")


class NothingToDecide(Refusal):
    what = N_("“{reference}” is nothing that waits for a decision.")
    fix = N_("Look the loan up again.")


@dataclass(frozen=True)
class Goods:
    """So many whole small units of a good: grams for kg, ten-thousandths for pieces."""

    good: str
    unit: str
    quantity: int


@dataclass(frozen=True)
class LoanTerms:
    """What was lent and what was agreed.

    returns            what is owed altogether, by the rule
    substitute         another good that is taken instead, or ""
    substitute_ratio   millionths of an owed unit that one unit of the substitute pays
    bearers            cause of a loss -> who bears it: lender, borrower, or decided when it happens
    """

    number: str
    day: date
    borrower: str
    lent: Goods
    rule: str
    returns: Goods
    due_day: date
    substitute: str = ""
    substitute_unit: str = "kg"
    substitute_ratio: int = 0
    bearers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Returned:
    """Goods brought back; `pays` is how much of the debt they settle."""

    reference: str
    day: date
    goods: Goods
    pays: int


@dataclass(frozen=True)
class Asked:
    """The household asks for more time, usually to plant more."""

    reference: str
    day: date
    until: date
    extra_mu4: int = 0
    reason: str = ""


@dataclass(frozen=True)
class Lost:
    """Some of what is owed was lost with the borrower."""

    reference: str
    day: date
    cause: str
    quantity: int


@dataclass(frozen=True)
class Decided:
    """A named person answers a deferral (`until`: the new due day, None refuses) or a loss (`forgiven`)."""

    reference: str
    day: date
    about: str
    until: date | None
    forgiven: int


Step = Returned | Asked | Lost | Decided


@dataclass(frozen=True)
class Standing:
    """Where a loan stands on a day. Quantities are in small units of the owed good; `last`: its last step."""

    owed: int
    returned: int
    forgiven: int
    first_due: date
    due: date
    asked: Asked | None
    lost: tuple[Lost, ...]
    last: date

    @property
    def outstanding(self) -> int:
        """What is still to come back."""
        return self.owed - self.returned - self.forgiven

    def state(self, on: date) -> str:
        """returned, written_off, settled (part of each), asked, overdue, deferred or running."""
        if not self.outstanding:
            return (
                "settled"
                if self.returned and self.forgiven
                else "returned"
                if self.returned
                else "written_off"
            )
        if self.asked:
            return "asked"
        if on > self.due:
            return "overdue"
        return "deferred" if self.due > self.first_due else "running"


def moved(goods: Goods) -> Goods:
    """Goods that can move: above zero, by the gram or by whole pieces.

    Refuses with NothingMoved or PartOfAPiece.
    """
    if goods.quantity <= 0:
        raise NothingMoved(good=goods.good)
    if goods.unit == "piece" and goods.quantity % PIECE:
        told = f"{Decimal(goods.quantity) / PIECE:f}".rstrip("0")
        raise PartOfAPiece(good=goods.good, quantity=told)
    return goods


def owed(lent: Goods, rule: str, good: str, unit: str, ratio: int) -> Goods:
    """What must come back for `lent`. `ratio`: millionths of a returned unit for each unit lent.

    Grams half up; of pieces what is above a whole one is not owed, for nobody can return it.
    Refuses with NothingMoved, PartOfAPiece, ReturnGoodMissing or RatioNotAboveZero.
    """
    moved(lent)
    if rule == "same":
        return lent
    if ratio <= 0:
        raise RatioNotAboveZero
    if rule == "ratio":
        good, unit = lent.good, lent.unit
    if not good:
        raise ReturnGoodMissing
    units = Fraction(lent.quantity) / unit_of(lent.unit).small * Fraction(ratio, ONE)
    back = Goods(good, unit, half_up(units * unit_of(unit).small))
    if unit == "piece":
        back = replace(back, quantity=back.quantity // PIECE * PIECE)
    if back.quantity <= 0:
        raise RatioNotAboveZero
    return back


def ratio_of(text: str) -> int:
    """A plain decimal as millionths. Refuses with NotAQuantity."""
    try:
        scaled = Decimal(text.strip()) * ONE
    except InvalidOperation:
        raise NotAQuantity(text=text, unit="number", places=6) from None
    if not scaled.is_finite() or scaled != int(scaled):
        raise NotAQuantity(text=text, unit="number", places=6)
    return int(scaled)


def pays(terms: LoanTerms, brought: Goods) -> int:
    """How much of the debt the goods settle: one for one, or by the ratio agreed for the substitute.

    Grams half up; a part of a piece counts as a whole one, for the borrower.
    Refuses with NothingMoved, PartOfAPiece or NotTheAgreedGood.
    """
    moved(brought)
    if (brought.good, brought.unit) == (terms.returns.good, terms.returns.unit):
        return brought.quantity
    if not terms.substitute or (brought.good, brought.unit) != (terms.substitute, terms.substitute_unit):
        raise NotTheAgreedGood(loan=terms.number, agreed=terms.returns.good, good=brought.good)
    units = Fraction(brought.quantity) / unit_of(brought.unit).small * Fraction(terms.substitute_ratio, ONE)
    paid = half_up(units * unit_of(terms.returns.unit).small)
    if terms.returns.unit == "piece":
        paid = -(-paid // PIECE) * PIECE
    if paid <= 0:
        raise NothingMoved(good=brought.good)
    return paid


def pays_at_most(terms: LoanTerms, brought: Goods, left: int) -> int:
    """How much the goods settle when only `left` is owed.

    A substitute seldom pays the last gram exactly: when one gram less of it would not be enough, it pays
    what is left, and the loan is returned. Refuses as `pays` does.
    """
    paid = pays(terms, brought)
    if brought.unit != "kg" or not 0 < left < paid:
        return paid
    less = replace(brought, quantity=brought.quantity - 1)
    return left if not less.quantity or pays(terms, less) < left else paid


def standing(terms: LoanTerms, steps: Iterable[Step], on: date | None = None) -> Standing:
    """Where the loan stands at the end of day `on`; None takes every step.

    Steps of one day count in the order given.

    Refuses the first step that cannot follow the ones before it.
    """
    if terms.due_day <= terms.day:
        raise DueBeforeLent(due=terms.due_day, day=terms.day)
    now = Standing(terms.returns.quantity, 0, 0, terms.due_day, terms.due_day, None, (), terms.day)
    decided: set[str] = set()
    open_: dict[str, Asked | Lost] = {}
    for step in sorted(steps, key=lambda each: each.day):
        if on is not None and step.day > on:
            break
        if step.day < terms.day:
            raise StepBeforeLoan(loan=terms.number, lent=terms.day, day=step.day)
        if isinstance(step, Decided):
            now = _decided(now, step, open_, decided)
        else:
            now = _happened(terms, now, step)
            if not isinstance(step, Returned):
                open_[step.reference] = step
        now = _with(now, last=step.day)
    return now


def _happened(terms: LoanTerms, now: Standing, step: Returned | Asked | Lost) -> Standing:
    if isinstance(step, Returned):
        if now.outstanding < step.pays <= now.outstanding + now.forgiven:
            raise WrittenOffBefore(
                loan=terms.number,
                forgiven=said(terms.returns, now.forgiven),
                given=said(terms.returns, step.pays),
                outstanding=said(terms.returns, now.outstanding),
            )
        if step.pays > now.outstanding:
            raise MoreThanOwed(
                loan=terms.number,
                outstanding=said(terms.returns, now.outstanding),
                day=step.day,
                given=said(terms.returns, step.pays),
            )
        return _with(now, returned=now.returned + step.pays)
    if isinstance(step, Asked):
        if now.asked:
            raise AlreadyAsked(loan=terms.number)
        if step.until <= now.due:
            raise DeferralNotLater(due=now.due, asked=step.until)
        return _with(now, asked=step)
    waiting = sum(each.quantity for each in now.lost)
    if step.quantity <= 0:
        raise NothingMoved(good=terms.returns.good)
    if step.quantity + waiting > now.outstanding:
        raise LossBeyondLoan(
            quantity=said(terms.returns, step.quantity),
            loan=terms.number,
            outstanding=said(terms.returns, now.outstanding - waiting),
            day=step.day,
        )
    return _with(now, lost=(*now.lost, step))


def _decided(now: Standing, step: Decided, open_: dict[str, "Asked | Lost"], decided: set[str]) -> Standing:
    if step.about in decided:
        raise DecidedAlready(reference=step.about)
    about = open_.get(step.about)
    if about is None:
        raise NothingToDecide(reference=step.about)
    if step.day < about.day:
        raise DecidedBeforeAsked(day=step.day, asked=about.day)
    decided.add(step.about)
    if isinstance(about, Asked):
        if step.until is not None and step.until <= now.due:
            raise DeferralNotLater(due=now.due, asked=step.until)
        return _with(now, asked=None, due=step.until or now.due)
    if not 0 <= step.forgiven <= about.quantity or step.forgiven > now.outstanding:
        raise ForgivenBeyondLoss(forgiven=step.forgiven, lost=about.quantity)
    rest = tuple(each for each in now.lost if each.reference != about.reference)
    return _with(now, forgiven=now.forgiven + step.forgiven, lost=rest)


def _with(now: Standing, **changed: object) -> Standing:
    return Standing(**(now.__dict__ | changed))


@dataclass(frozen=True)
class Move:
    """Goods into a lot (above zero) or out of it (below)."""

    day: date
    quantity: int


def left(lot: str, of: Goods, moves: Sequence[Move], on: date | None = None) -> int:
    """What a lot holds at the end of day `on`. On one day goods come before they go.

    Refuses with LotNotThereYet or LotHasLess.
    """
    came = min((move.day for move in moves if move.quantity > 0), default=date.max)
    held = 0
    for move in sorted(moves, key=lambda each: (each.day, each.quantity < 0)):
        if on is not None and move.day > on:
            break
        if move.day < came:
            raise LotNotThereYet(lot=lot, came=came, day=move.day)
        if held + move.quantity < 0:
            raise LotHasLess(
                lot=lot, left=said(of, held), short=said(of, -held - move.quantity), day=move.day
            )
        held += move.quantity
    return held


def said(of: Goods, quantity: int) -> str:
    """A quantity as a refusal names it: 120 kg, 99."""
    text = f"{Decimal(quantity) / int(unit_of(of.unit).small):,f}"
    return f"{text} kg" if of.unit == "kg" else text


def check(terms: LoanTerms) -> tuple[Finding, ...]:
    """What a person should look at before the loan is signed."""
    found = []
    same_good = (terms.returns.good, terms.returns.unit) == (terms.lent.good, terms.lent.unit)
    if same_good and terms.returns.quantity > terms.lent.quantity:
        found.append(
            Finding(
                "more-back-than-lent",
                N_("More is returned than was lent: the agreement must say so, or it is not owed."),
                where=terms.number,
                law=N_("Civil Code, art. 680"),
            )
        )
    return tuple(found)
