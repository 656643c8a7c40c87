"""Everything that ties one party to one organisation, in one view (L7)."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from lianjie.facts.models import (
    Contribution,
    Delivery,
    DeliveryDispute,
    Lease,
    LeaseChange,
    Membership,
    Parcel,
    Post,
    RegisteredStatus,
    RentTerms,
    Residence,
    ShareAgreement,
    Tally,
)
from lianjie.facts.queries import linked, rents
from lianjie.facts.queries.linked import Table, Tied
from lianjie.facts.queries.rents import LeaseDetail
from lianjie.facts.rules.rent import Grain


@dataclass(frozen=True)
class StandingRow:
    """A spell of membership."""

    reference: str
    day: date
    until_day: date | None
    is_farmer: bool
    consent: str
    evidence: str
    tags: tuple[str, ...]
    represented_by: str


@dataclass(frozen=True)
class ContributionRow:
    """Capital paid in (below zero: returned)."""

    reference: str
    day: date
    origin: str
    amount_fen: int
    shares_e4: int
    evidence: str


@dataclass(frozen=True)
class AgreementRow:
    """A share agreement."""

    reference: str
    day: date
    until_day: date | None
    fund: str
    amount_fen: int
    floor_fen_per_year: int
    floor_rate_millionths: int
    principle: str
    method: str
    principal_returned: bool


@dataclass(frozen=True)
class LandRow:
    """A parcel, and the lease running on it when there is one; its rent is in money or in grain."""

    reference: str
    code: str
    name: str
    contract_extent_mu4: int
    leased_mu4: int | None
    rent_fen_per_mu: int | None
    rent_in_grain: Grain | None
    lease_day: date | None
    lease_until_day: date | None


@dataclass(frozen=True)
class DeliveryRow:
    """One receipt."""

    reference: str
    day: date
    receipt: str
    good: str
    grade: str
    grams: int
    price_fen_per_kg: int
    amount_fen: int


@dataclass(frozen=True)
class TallyRow:
    """A counted measure of a year: work points, days worked."""

    reference: str
    year: int
    measure: str
    unit: str
    quantity: int


@dataclass(frozen=True)
class StatusRow:
    """Registered status for a time; history is never overwritten (R6)."""

    status: str
    day: date
    until_day: date | None
    corrected: bool


@dataclass(frozen=True)
class ResidentRow:
    """A person of the household; whether an identity number is kept, never the number."""

    id: int
    code: str
    name: str
    relation: str
    day: date
    until_day: date | None
    has_id_number: bool


@dataclass(frozen=True)
class PostRow:
    """An office a person of the household holds or held."""

    person_name: str
    title: str
    held_in: str
    day: date
    until_day: date | None


@dataclass(frozen=True)
class Linkages:
    """All of it. Deliveries are those of the years asked for; everything else is complete."""

    standings: tuple[StandingRow, ...]
    contributions: tuple[ContributionRow, ...]
    agreements: tuple[AgreementRow, ...]
    leases: tuple[LeaseDetail, ...]
    land: tuple[LandRow, ...]
    deliveries: tuple[DeliveryRow, ...]
    tallies: tuple[TallyRow, ...]
    statuses: tuple[StatusRow, ...]
    residents: tuple[ResidentRow, ...]
    posts: tuple[PostRow, ...]
    disputed: bool

    @property
    def capital_fen(self) -> int:
        """Capital as it stands."""
        return sum(row.amount_fen for row in self.contributions)

    @property
    def shares_e4(self) -> int:
        """Shares as they stand."""
        return sum(row.shares_e4 for row in self.contributions)

    @property
    def leased_mu4(self) -> int:
        """Land let to the organisation."""
        return sum(row.leased_mu4 or 0 for row in self.land)

    @property
    def delivered_fen(self) -> int:
        """Deliveries of the year, in fen."""
        return sum(row.amount_fen for row in self.deliveries)

    @property
    def delivered_grams(self) -> int:
        """Deliveries of the year, in grams."""
        return sum(row.grams for row in self.deliveries)


@dataclass(frozen=True)
class Home:
    """A party with whoever ever lived in it, and where and by what they are tied; see `linked.tied`."""

    tied: Tied
    residents: tuple[ResidentRow, ...]


def home(party_id: int) -> Home:
    """Asked once for a page of the party."""
    lives = _residents(party_id)
    return Home(linked.tied([party_id, *(each.id for each in lives)]), lives)


def linkages(organisation_id: int, party_id: int, day: date, year: int, of: Home) -> Linkages:
    """What ties the party to the organisation: as of `day`, deliveries of `year`.

    of  the party's home; tables without anything are not asked
    """
    tied = of.tied
    here = tied.get(organisation_id, frozenset())
    anywhere = frozenset[Table]().union(*tied.values())
    let = _leases(organisation_id, party_id, here)
    return Linkages(
        standings=_standings(organisation_id, party_id) if Membership in here else (),
        contributions=_contributions(organisation_id, party_id) if Contribution in here else (),
        agreements=_agreements(organisation_id, party_id) if ShareAgreement in here else (),
        leases=let,
        land=_land(organisation_id, party_id, day, let) if {Parcel, Lease} & here else (),
        deliveries=_deliveries(organisation_id, party_id, year) if Delivery in here else (),
        tallies=_tallies(organisation_id, party_id) if Tally in here else (),
        statuses=_statuses(party_id) if RegisteredStatus in anywhere else (),
        residents=of.residents,
        posts=_posts(party_id) if Post in anywhere else (),
        disputed=DeliveryDispute in here,
    )


def _contributions(organisation_id: int, party_id: int) -> tuple[ContributionRow, ...]:
    """Capital paid in, the earliest first."""
    rows = Contribution.objects.current().filter(organisation_id=organisation_id, member_id=party_id)
    return tuple(
        ContributionRow(r.reference, r.day, r.origin, r.amount_fen, r.shares_e4, r.evidence)
        for r in rows.order_by("day", "pk")
    )


def _deliveries(organisation_id: int, party_id: int, year: int) -> tuple[DeliveryRow, ...]:
    """Receipts of a year, the earliest first."""
    rows = Delivery.objects.current().filter(
        organisation_id=organisation_id,
        household_id=party_id,
        day__gte=date(year, 1, 1),
        day__lt=date(year + 1, 1, 1),
    )
    return tuple(
        DeliveryRow(r.reference, r.day, r.receipt, r.good, r.grade, r.grams, r.price_fen_per_kg, r.amount_fen)
        for r in rows.order_by("day", "pk")
    )


def party_years(organisation_id: int, party_id: int) -> list[int]:
    """Years in which the party delivered or paid in, the latest first."""
    brought = Delivery.objects.filter(organisation_id=organisation_id, household_id=party_id)
    paid = Contribution.objects.filter(organisation_id=organisation_id, member_id=party_id)
    days = brought.order_by().values_list("day").union(paid.order_by().values_list("day"))
    return sorted({day.year for (day,) in days}, reverse=True)


def _standings(organisation_id: int, party_id: int) -> tuple[StandingRow, ...]:
    rows = Membership.objects.current().filter(organisation_id=organisation_id, member_id=party_id)
    return tuple(
        StandingRow(
            r.reference,
            r.day,
            r.until_day,
            r.is_farmer,
            r.consent,
            r.evidence,
            tuple(sorted(r.tags.split())),
            r.represented_by.name if r.represented_by else "",
        )
        for r in rows.select_related("represented_by").order_by("day", "pk")
    )


def _agreements(organisation_id: int, party_id: int) -> tuple[AgreementRow, ...]:
    rows = ShareAgreement.objects.current().filter(organisation_id=organisation_id, member_id=party_id)
    return tuple(
        AgreementRow(
            r.reference,
            r.day,
            r.until_day,
            r.fund,
            r.amount_fen,
            r.floor_fen_per_year,
            r.floor_rate_millionths,
            r.principle,
            r.method,
            r.principal_returned,
        )
        for r in rows.order_by("day", "pk")
    )


def _leases(organisation_id: int, party_id: int, here: frozenset[Table]) -> tuple[LeaseDetail, ...]:
    if Lease not in here:
        return ()
    return rents.leases(organisation_id, lessor_id=party_id, plain=not {RentTerms, LeaseChange} & here)


def _land(
    organisation_id: int, party_id: int, day: date, let: tuple[LeaseDetail, ...]
) -> tuple[LandRow, ...]:
    running = {each.parcel_id: each for each in let if each.terms.runs(day)}
    rows = Parcel.objects.current().filter(
        Q(household_id=party_id, organisation_id=organisation_id) | Q(pk__in=list(running))
    )
    return tuple(_land_row(r, running.get(r.pk)) for r in rows.order_by("code", "pk"))


def _land_row(row: Parcel, lease: LeaseDetail | None) -> LandRow:
    terms = lease.terms if lease else None
    return LandRow(
        lease.reference if lease else row.reference,
        row.code,
        row.name,
        row.contract_extent_mu4,
        terms.extent_mu4 if terms else None,
        terms.rent_fen_per_mu if terms and not terms.grain else None,
        terms.grain if terms else None,
        terms.start if terms else None,
        terms.until if terms else None,
    )


def _tallies(organisation_id: int, party_id: int) -> tuple[TallyRow, ...]:
    rows = Tally.objects.current().filter(organisation_id=organisation_id, party_id=party_id)
    return tuple(
        TallyRow(r.reference, r.year, r.measure, r.unit, r.quantity)
        for r in rows.order_by("-year", "measure", "pk")
    )


def _statuses(party_id: int) -> tuple[StatusRow, ...]:
    rows = RegisteredStatus.objects.filter(household_id=party_id, withdrawn=False)
    return tuple(
        StatusRow(r.status, r.day, r.until_day, hasattr(r, "corrected_by"))
        for r in rows.select_related("corrected_by").order_by("day", "pk")
    )


def _residents(party_id: int) -> tuple[ResidentRow, ...]:
    rows = Residence.objects.current().filter(household_id=party_id).select_related("person__person")
    return tuple(
        ResidentRow(
            r.person_id,
            r.person.code,
            r.person.name,
            r.relation,
            r.day,
            r.until_day,
            bool(r.person.person.id_number_index),
        )
        for r in rows.order_by("-relation", "person__sort_key", "pk")
    )


def _posts(party_id: int) -> tuple[PostRow, ...]:
    lives = Residence.objects.current().filter(household_id=party_id).values("person_id")
    rows = Post.objects.current().filter(Q(person_id=party_id) | Q(person_id__in=lives))
    return tuple(
        PostRow(r.person.name, r.title, r.held_in.name, r.day, r.until_day)
        for r in rows.select_related("person", "held_in").order_by("-day", "pk")
    )
