"""Pairing assistance: a partner pledges, something arrives, projects pay households; end and take back.

Each verb is one transaction; the same content again changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions.glut import NoSuchPartner, withdrawn
from lianjie.facts.actions.registry import sort_key
from lianjie.facts.actions.stock import Books, area_of, enter_one, party_of
from lianjie.facts.actions.withdraw import next_version
from lianjie.facts.models import (
    Fact,
    Organisation,
    OrganisationLink,
    PairingProject,
    Party,
    Pledge,
    PledgeDelivery,
    ProjectBenefit,
    SalesOrder,
    StockOffer,
)
from lianjie.facts.queries.in_kind import number, numbered
from lianjie.facts.rules import pairing as rules
from lianjie.facts.rules.handed import Handed
from lianjie.facts.rules.pairing import PairingMoney


class NoSuchPledge(Refusal):
    what = N_("There is no pledge “{number}” here.")
    fix = N_("Enter the pledge first, or correct its number.")


class NoSuchProject(Refusal):
    what = N_("There is no project “{number}” here.")
    fix = N_("Enter the project first, or correct its number.")


class PartnerIsNoOrganisation(Refusal):
    what = N_("“{code}” is no organisation.")
    fix = N_("A partner is a region's government, a unit, a firm or a society; give it a code of its own.")


@dataclass(frozen=True)
class Pairing:
    """A partner helps the organisation of the books. `until`: the day after the last, None while it runs.

    partner  code; one nobody has yet is registered under `name` as `kind`
    """

    number: str
    day: date
    partner: str
    name: str = ""
    kind: str = "public_body"
    until: date | None = None
    evidence: str = ""


@dataclass(frozen=True)
class Pledging:
    """A promise: fen, or a quantity in small units of `unit`."""

    number: str
    day: date
    pairing: str
    kind: str
    what: str
    fen: int = 0
    quantity: int = 0
    unit: str = ""
    due: date | None = None
    evidence: str = ""


@dataclass(frozen=True)
class Arriving:
    """Something of a pledge arrived; money may belong to a project."""

    number: str
    day: date
    pledge: str
    fen: int = 0
    quantity: int = 0
    project: str = ""
    taken_as: str = "elsewhere"
    into: str = "bank"
    evidence: str = ""


@dataclass(frozen=True)
class Projecting:
    """A project of a pairing."""

    number: str
    day: date
    pairing: str
    name: str
    base_year: int | None = None
    evidence: str = ""


@dataclass(frozen=True)
class Benefiting:
    """A household got so much of a project; with `base`, had so much of the same in the base year."""

    number: str
    day: date
    project: str
    household: str
    kind: str
    fen: int
    base: bool = False
    evidence: str = ""


@transaction.atomic
def pair(given: Pairing, books: Books) -> str:
    """Enter a pairing. Refuses with PairingEndsFirst, NoSuchParty, PartnerIsNoOrganisation or NumberTaken."""
    if given.until and given.until <= given.day:
        raise rules.PairingEndsFirst
    partner = _partner(given, books)
    fields = {
        "day": given.day,
        "until_day": given.until,
        "giver_id": partner.pk,
        "taker_id": books.organisation_id,
        "kind": "pairs",
        "evidence": given.evidence,
    }
    row, _ = enter_one(OrganisationLink, given.number, area_of(books), fields, books)
    return str(row.reference)


@transaction.atomic
def end(of: str, until: date, evidence: str, books: Books) -> str:
    """A pairing ended: its last day is the day before `until`. Refuses with NoSuchPartner."""
    row = _pairing(books, of)
    if until <= row.day:
        raise rules.PairingEndsFirst
    if row.until_day == until:
        return str(row.reference)
    new = next_version(row, books.entry, until_day=until, evidence=evidence or row.evidence)
    return str(new.reference)


@transaction.atomic
def pledge(given: Pledging, books: Books) -> str:
    """Enter a pledge. Refuses with NoSuchPartner, PairingOver, PledgeUnclear or MoneyIsFunds."""
    rules.check_pledge(given.kind, given.fen, given.quantity, given.unit)
    of = _running(books, given.pairing, given.day)
    fields = {
        "day": given.day,
        "pairing_id": of.pk,
        "kind": given.kind,
        "what": given.what,
        "amount_fen": given.fen,
        "quantity": given.quantity,
        "unit": given.unit,
        "due_day": given.due,
        "evidence": given.evidence,
    }
    row, _ = enter_one(Pledge, given.number, of.area_id, _same_pairing(Pledge, given, fields, books), books)
    return str(row.reference)


@transaction.atomic
def project(given: Projecting, books: Books) -> str:
    """Enter a project. Refuses with NoSuchPartner or PairingOver."""
    of = _running(books, given.pairing, given.day)
    fields = {
        "day": given.day,
        "pairing_id": of.pk,
        "name": given.name,
        "base_year": given.base_year,
        "evidence": given.evidence,
    }
    fields = _same_pairing(PairingProject, given, fields, books)
    row, _ = enter_one(PairingProject, given.number, of.area_id, fields, books)
    return str(row.reference)


@transaction.atomic
def arrive(given: Arriving, books: Books) -> str:
    """Enter what arrived of a pledge; money taken into the books is booked.

    Refuses with NoSuchPledge, NoSuchProject, OtherProject, ArrivedNothing, ArrivalNeedsEvidence or
    ArrivedBookedNowhere.
    """
    of = _one(Pledge, books, given.pledge, NoSuchPledge)
    rules.check_arrived(of.amount_fen, given.fen, given.quantity, given.taken_as, given.evidence)
    into = _one(PairingProject, books, given.project, NoSuchProject) if given.project else None
    if into and number(into.pairing) != number(of.pairing):
        raise rules.OtherProject(project=given.project)
    fields = {
        "day": given.day,
        "pledge_id": of.pk,
        "project_id": into.pk if into else None,
        "amount_fen": given.fen,
        "quantity": given.quantity,
        "taken_as": given.taken_as,
        "into": given.into,
        "evidence": given.evidence,
    }
    row, new = enter_one(PledgeDelivery, given.number, of.area_id, fields, books)
    if new and row.taken_as != "elsewhere":
        hand_over(books, PairingMoney(row.reference, row.day, row.amount_fen, row.taken_as, row.into))
    return str(row.reference)


@transaction.atomic
def benefit(given: Benefiting, books: Books) -> str:
    """Enter what a household got. Refuses with BenefitNotAboveZero, BaseYearMissing, BaseTwice."""
    of, home = _one(PairingProject, books, given.project, NoSuchProject), party_of(given.household)
    if given.fen < 0 or not (given.fen or given.base):
        raise rules.BenefitNotAboveZero
    if given.base and of.base_year is None:
        raise rules.BaseYearMissing(project=given.project)
    if given.base and given.day.year != of.base_year:
        raise rules.BaseInOtherYear(day=given.day, year=of.base_year)
    others = ProjectBenefit.objects.current().filter(project=of, household=home, base=True)
    if given.base and others.exclude(numbered(given.number)).exists():
        raise rules.BaseTwice(household=given.household)
    fields = {
        "day": given.day,
        "project_id": of.pk,
        "household_id": home.pk,
        "kind": given.kind,
        "amount_fen": given.fen,
        "base": given.base,
        "evidence": given.evidence,
    }
    row, _ = enter_one(ProjectBenefit, given.number, home.area_id, fields, books)
    return str(row.reference)


TABLES: dict[str, type[Fact]] = {
    model._meta.model_name or "": model
    for model in (OrganisationLink, Pledge, PairingProject, PledgeDelivery, ProjectBenefit)
}
USERS: dict[type[Fact], tuple[tuple[type[Fact], str], ...]] = {
    Pledge: ((PledgeDelivery, "pledge"),),
    PairingProject: ((PledgeDelivery, "project"), (ProjectBenefit, "project")),
    OrganisationLink: (
        (Pledge, "pairing"), (PairingProject, "pairing"), (StockOffer, "pairing"), (SalesOrder, "pairing"),
    ),
}  # fmt: skip


@transaction.atomic
def take_back(reference: str, reason: str, books: Books) -> str:
    """Withdraw an entry; money it booked is reversed. Refuses as `glut.take_back` does."""
    found = withdrawn(reference, reason, books, TABLES, USERS)
    if isinstance(found, PledgeDelivery) and found.taken_as != "elsewhere":
        hand_over(books, None, reverses=found.reference)
    return found.reference


def hand_over(books: Books, fact: PairingMoney | None, reverses: str = "") -> None:
    """Give the ledger money that arrived."""
    year = fact.day.year if fact else books.at.year
    rows = [Handed(fact, reverses)]
    books.post("pairing", rows, organisation_id=books.organisation_id, year=year, at=books.at, by=books.by)


def _partner(given: Pairing, books: Books) -> Party:
    found = Party.objects.filter(code=given.partner).first()
    if found is None and given.name:
        found = Party.objects.create(
            code=given.partner, kind="organisation", name=given.name, sort_key=sort_key(given.name),
            area_id=area_of(books), invented=Party.objects.get(pk=books.organisation_id).invented,
        )  # fmt: skip
        Organisation.objects.create(party=found, kind=given.kind)
    if found is None:
        found = party_of(given.partner)
    if found.kind != "organisation":
        raise PartnerIsNoOrganisation(code=given.partner)
    return found


def _pairing(books: Books, of: str) -> OrganisationLink:
    rows = OrganisationLink.objects.current().filter(
        numbered(of), organisation_id=books.organisation_id, kind="pairs"
    )
    found = rows.first()
    if not of or found is None:
        raise NoSuchPartner(number=of)
    return found


def _running(books: Books, of: str, day: date) -> OrganisationLink:
    row = _pairing(books, of)
    if day < row.day or (row.until_day and day >= row.until_day):
        raise rules.PairingOver(number=of, day=day)
    return row


def _same_pairing(
    model: type[Fact], given: Pledging | Projecting, fields: dict[str, object], books: Books
) -> Mapping[str, object]:
    """Entered again after its pairing ended, a fact still points to the version it was entered under."""
    rows = model.objects.current().filter(numbered(given.number), organisation_id=books.organisation_id)
    stands = rows.filter(numbered(given.pairing, "pairing__key")).values_list("pairing_id", flat=True).first()
    return fields | {"pairing_id": stands} if stands else fields


def _one(model, books: Books, of: str, refusal: type[Refusal]):
    rows = model.objects.current().filter(numbered(of), organisation_id=books.organisation_id)
    found = rows.first()
    if not of or found is None:
        raise refusal(number=of)
    return found
