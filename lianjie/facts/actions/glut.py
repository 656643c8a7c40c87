"""Clear a glut: plan it, declare what is there, offer, answer, sell; correct and take back.

Each verb is one transaction; the same content again changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Sum

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions.stock import (
    Books,
    NotInTheFuture,
    area_of,
    enter_all,
    enter_one,
    named,
    parties_of,
    party_of,
)
from lianjie.facts.actions.store import Sieve, Want, alone, keep
from lianjie.facts.actions.withdraw import FactStillUsed, NoSuchFact, ReasonMissing, taken_back
from lianjie.facts.models import (
    ClearingPlan,
    Fact,
    OfferAnswer,
    OrganisationLink,
    Party,
    ReportedSale,
    StockDeclaration,
    StockOffer,
)
from lianjie.facts.queries.in_kind import number, numbered
from lianjie.facts.rules import glut as rules


class NoSuchClearingPlan(Refusal):
    what = N_("There is no clearing plan “{number}” here.")
    fix = N_("Enter the plan first, or correct its number.")


class NoSuchOffer(Refusal):
    what = N_("There is no offer “{number}” here.")
    fix = N_("Enter the offer first, or correct its number.")


class NoSuchDeclaration(Refusal):
    what = N_("There is no declaration “{number}” that still stands.")
    fix = N_("Look it up in the list of declarations.")


class NoSuchPartner(Refusal):
    what = N_("There is no pairing “{number}” here.")
    fix = N_("Enter the pairing first, or leave it out.")


@dataclass(frozen=True)
class Planning:
    """A plan to clear `target` grams of a good from `day` to the day before `until`."""

    number: str
    day: date
    until: date
    good: str
    target: int
    in_charge: str
    channels: tuple[str, ...] = ()
    past_years: int = 3
    evidence: str = ""


@dataclass(frozen=True)
class Declaring:
    """What a household (`holder`, a code) or a `store` holds on `day`; grams, counted from `since`."""

    number: str
    day: date
    since: date
    good: str
    opening: int
    came: int = 0
    went: int = 0
    lost: int = 0
    holder: str = ""
    store: str = ""
    grade: str = ""
    evidence: str = ""
    place: str = ""


@dataclass(frozen=True)
class Offering:
    """A buyer or partner offers; the window is from `start` to the day before `until`."""

    number: str
    day: date
    plan: str
    buyer: str
    grams: int
    price_fen: int
    place: str
    start: date
    until: date
    grade: str = ""
    pairing: str = ""
    evidence: str = ""


@dataclass(frozen=True)
class Answering:
    """A person accepts or declines an offer."""

    number: str
    day: date
    offer: str
    answer: str
    person_name: str
    grounds: str


@dataclass(frozen=True)
class Selling:
    """Sold outside the organisation's orders. `seller`: a household's code, or "" for all together."""

    number: str
    day: date
    good: str
    grams: int
    fen: int
    seller: str = ""
    offer: str = ""
    grade: str = ""
    buyer: str = ""
    evidence: str = ""


@transaction.atomic
def plan(given: Planning, books: Books) -> str:
    """Enter a plan; returns its reference. Refuses with PlanUnclear, PastYearsUnclear or NumberTaken."""
    rules.check_plan(given.day, given.until, given.target, given.past_years)
    fields = {
        "day": given.day,
        "until_day": given.until,
        "good": given.good,
        "target_grams": given.target,
        "in_charge": given.in_charge,
        "channels": " ".join(given.channels),
        "past_years": given.past_years,
        "evidence": given.evidence,
    }
    row, _ = enter_one(ClearingPlan, given.number, area_of(books), fields, books)
    return str(row.reference)


def declare(given: Declaring, books: Books) -> str:
    """Enter a declaration. Refuses with HolderUnclear, StockDoesNotAddUp, WeightNegative and so on."""
    return alone(declare_all, given, books)


@transaction.atomic
def declare_all(given: Sequence[Declaring], books: Books) -> list[str]:
    """Enter declarations as `declare` does, all of them or none; RowsRefused says which cannot be."""
    sieve, area = Sieve(), area_of(books)
    holders = parties_of(each.holder for each in given if each.holder)
    wants = []
    for at, each in enumerate(given):
        with sieve.of(at):
            wants.append(_declared(each, holders, area))
    return [str(row.reference) for row, _ in enter_all(StockDeclaration, wants, books, sieve)]


@transaction.atomic
def correct_declaration(given: Declaring, books: Books) -> str:
    """Put a declaration right by a new one under its number; the old one stays on record."""
    found = StockDeclaration.objects.current().filter(
        numbered(given.number), organisation_id=books.organisation_id
    )
    if not given.number or not found.exists():
        raise NoSuchDeclaration(number=given.number)
    want = _declared(given, parties_of([given.holder]), area_of(books))
    if given.day > books.at.date():
        raise NotInTheFuture(day=given.day)
    kept = keep(StockDeclaration, [want], books.entry)
    row = kept.corrected[0][1] if kept.corrected else found.get()
    return str(row.reference)


@transaction.atomic
def offer(given: Offering, books: Books) -> str:
    """Enter an offer. Refuses with NoSuchClearingPlan, NoSuchPartner or OfferUnclear."""
    rules.check_offer(given.grams, given.price_fen, given.start, given.until)
    of = plan_row(books, given.plan)
    fields = {
        "day": given.day,
        "plan_id": of.pk,
        "pairing_id": _pairing(books, given.pairing),
        "buyer_name": given.buyer,
        "grade": given.grade,
        "grams": given.grams,
        "price_fen": given.price_fen,
        "place_of": given.place,
        "from_day": given.start,
        "until_day": given.until,
        "evidence": given.evidence,
    }
    row, _ = enter_one(StockOffer, given.number, of.area_id, fields, books)
    return str(row.reference)


@transaction.atomic
def answer(given: Answering, books: Books) -> str:
    """A person's answer to an offer. Refuses with OfferAnswered."""
    of = _offer(books, given.offer)
    fields = {
        "day": given.day,
        "offer_id": of.pk,
        "answer": given.answer,
        "person_name": given.person_name,
        "grounds": given.grounds,
    }
    other = OfferAnswer.objects.current().filter(offer=of).exclude(numbered(given.number)).first()
    if other is not None:
        raise rules.OfferAnswered(number=number(of), person=other.person_name, day=other.day)
    row, _ = enter_one(OfferAnswer, given.number, of.area_id, fields, books)
    return str(row.reference)


@transaction.atomic
def sell(given: Selling, books: Books) -> str:
    """Enter a sale. Refuses with SoldNothing, OfferNotAccepted or SoldAboveOffer."""
    rules.check_sold(given.grams, given.fen)
    seller = party_of(given.seller) if given.seller else None
    of = _offer(books, given.offer) if given.offer else None
    if of and not OfferAnswer.objects.current().filter(offer=of, answer="accepted").exists():
        raise rules.OfferNotAccepted(number=given.offer)
    area_id = seller.area_id if seller else area_of(books)
    fields: Mapping[str, object] = {
        "day": given.day,
        "seller_id": seller.pk if seller else None,
        "offer_id": of.pk if of else None,
        "good": given.good,
        "grade": given.grade,
        "grams": given.grams,
        "amount_fen": given.fen,
        "buyer_name": given.buyer or (of.buyer_name if of else ""),
        "evidence": given.evidence,
    }
    row, new = enter_one(ReportedSale, given.number, area_id, fields, books)
    if new and of:
        sold = ReportedSale.objects.current().filter(offer=of).aggregate(n=Sum("grams"))["n"]
        if sold > of.grams:
            left = rules.in_kg(of.grams - sold + given.grams)
            raise rules.SoldAboveOffer(number=given.offer, left=left, given=rules.in_kg(given.grams))
    return str(row.reference)


TABLES: dict[str, type[Fact]] = {
    model._meta.model_name or "": model
    for model in (ClearingPlan, StockDeclaration, StockOffer, OfferAnswer, ReportedSale)
}
USERS: dict[type[Fact], tuple[tuple[type[Fact], str], ...]] = {
    ClearingPlan: ((StockOffer, "plan"),),
    StockOffer: ((OfferAnswer, "offer"), (ReportedSale, "offer")),
}


@transaction.atomic
def take_back(reference: str, reason: str, books: Books) -> str:
    """Withdraw an entry of a glut. Refuses with ReasonMissing, NoSuchFact or FactStillUsed."""
    return withdrawn(reference, reason, books, TABLES, USERS).reference


def withdrawn(
    reference: str,
    reason: str,
    books: Books,
    tables: Mapping[str, type[Fact]],
    users: Mapping[type[Fact], tuple[tuple[type[Fact], str], ...]],
) -> Fact:
    """Take back one fact of these tables that no other of `users` needs; returns what stood."""
    if not reason.strip():
        raise ReasonMissing
    name, _, key = reference.partition(":")
    model = tables.get(name)
    rows = model.objects.current().filter(organisation_id=books.organisation_id, key=key) if model else ()
    found: Fact | None = next(iter(rows), None)
    if model is None or found is None:
        raise NoSuchFact(reference=reference)
    for other, column in users.get(model, ()):
        pointing = numbered(number(found), f"{column}__key")
        mine = other.objects.current().filter(pointing, organisation_id=books.organisation_id)
        user = mine.first()
        if user is not None:
            raise FactStillUsed(reference=reference, user=user.reference)
    taken_back(found, reason, books.entry)
    return found


def plan_row(books: Books, of: str) -> ClearingPlan:
    """The standing plan with this number. Refuses with NoSuchClearingPlan."""
    rows = ClearingPlan.objects.current().filter(numbered(of), organisation_id=books.organisation_id)
    found = rows.first()
    if not of or found is None:
        raise NoSuchClearingPlan(number=of)
    return found


def _offer(books: Books, of: str) -> StockOffer:
    rows = StockOffer.objects.current().filter(numbered(of), organisation_id=books.organisation_id)
    found = rows.first()
    if not of or found is None:
        raise NoSuchOffer(number=of)
    return StockOffer.objects.select_for_update().get(pk=found.pk)


def _pairing(books: Books, of: str) -> int | None:
    if not of:
        return None
    rows = OrganisationLink.objects.current().filter(
        numbered(of), organisation_id=books.organisation_id, kind="pairs"
    )
    found = rows.values_list("pk", flat=True).first()
    if found is None:
        raise NoSuchPartner(number=of)
    return found


def _declared(given: Declaring, holders: Mapping[str, Party], area_id: int) -> Want:
    shape = rules.Declared(
        given.holder or given.store, "", given.good, given.grade, given.since, given.day, given.opening,
        given.came, given.went, given.lost,
    )  # fmt: skip
    rules.check_declared(given.holder, given.store, shape)
    holder = named(holders, given.holder) if given.holder else None
    fields = {
        "day": given.day,
        "since_day": given.since,
        "holder_id": holder.pk if holder else None,
        "store": given.store.strip(),
        "good": given.good,
        "grade": given.grade,
        "opening_grams": given.opening,
        "came_grams": given.came,
        "went_grams": given.went,
        "lost_grams": given.lost,
        "evidence": given.evidence,
    }
    return Want(given.number, holder.area_id if holder else area_id, fields, given.place)
