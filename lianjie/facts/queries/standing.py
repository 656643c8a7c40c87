"""What every party put in and handed in, for one organisation and period: the weights of a settlement."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from lianjie.base.period import Period
from lianjie.base.quantity import unit
from lianjie.facts.models import (
    AnnouncedFigure,
    Contribution,
    Delivery,
    Lease,
    Membership,
    OrganisationLink,
    Party,
    RegisteredStatus,
    RentTerms,
    Residence,
    Tally,
    WorkDone,
    YearFigure,
)

COUNT = int(unit("share").small)
"""Counts are kept in ten-thousandths."""


@dataclass
class Measure:
    """A quantity in small units of `unit`, with the facts it was counted from."""

    unit: str
    quantity: int = 0
    sources: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Standing:
    """One party's standing towards one organisation in a period.

    attributes  member, farmer, status, village, tags, joined …: what groups of a plan may ask about
    measures    name -> Measure
    """

    party_id: int
    code: str
    name: str
    kind: str
    attributes: dict[str, object]
    measures: dict[str, Measure]


@dataclass(frozen=True)
class GivenFigure:
    """A figure of the year as entered: `value` is the plain decimal that was written, in `unit`."""

    name: str
    unit: str
    value: str
    source: str


@dataclass(frozen=True)
class AnnouncedGiven:
    """A figure printed or promised, as entered; `recipient` is a code or ""."""

    name: str
    of: str
    unit: str
    value: str
    tolerance: str
    recipient: str
    source: str


def standings(organisation_id: int, period: Period) -> list[Standing]:
    """Every party linked to the organisation in the period, in the order of party codes."""
    measures = _Measures()
    members = {m.member_id: m for m in _members(organisation_id, period)}
    measures.contributions(_until(Contribution, organisation_id, period), period)
    let = Lease.objects.during(period.start, period.until).filter(organisation_id=organisation_id)
    measures.leases(let, sharing(organisation_id))
    measures.deliveries(
        Delivery.objects.current().filter(
            organisation_id=organisation_id, day__gte=period.start, day__lt=period.until
        )
    )
    measures.tallies(Tally.objects.current().filter(organisation_id=organisation_id, year=period.start.year))
    measures.work(
        WorkDone.objects.current()
        .filter(
            organisation_id=organisation_id,
            agreement__basis="day",
            day__gte=period.start,
            day__lt=period.until,
        )
        .values_list("key", "agreement__worker_id", "day", "quantity_e4")
    )
    links = _villages(organisation_id, period)
    measures.parts(links)
    ids = set(members) | set(measures.by_party)
    parties = {
        p.pk: p for p in Party.objects.filter(pk__in=ids).select_related("area", "household", "organisation")
    }
    _count_people(parties.values(), period, measures)
    statuses = _statuses(ids, period)
    return sorted(
        (
            Standing(
                party_id=party.pk,
                code=party.code,
                name=party.name,
                kind=party.kind,
                attributes=_attributes(party, members.get(party.pk), statuses.get(party.pk)),
                measures=dict(measures.by_party[party.pk]),
            )
            for party in parties.values()
        ),
        key=lambda standing: standing.code,
    )


def year_figures(organisation_id: int, year: int) -> list[GivenFigure]:
    """Figures entered for the year, by name."""
    rows = YearFigure.objects.current().filter(organisation_id=organisation_id, year=year).order_by("name")
    return [GivenFigure(r.name, r.unit, r.value, r.reference) for r in rows]


def announced(organisation_id: int, year: int) -> list[AnnouncedGiven]:
    """Figures announced for the year, by name."""
    rows = AnnouncedFigure.objects.current().filter(organisation_id=organisation_id, year=year)
    return [
        AnnouncedGiven(
            r.name,
            r.of,
            r.unit,
            r.value,
            r.tolerance,
            r.recipient.code if r.recipient else "",
            r.reference,
        )
        for r in rows.select_related("recipient").order_by("name")
    ]


def sharing(organisation_id: int) -> frozenset[str]:
    """Leases (the parcel, “@” and the first day) whose terms promise a share beside the rent."""
    rows = RentTerms.objects.current().filter(organisation_id=organisation_id, share_millionths__gt=0)
    return frozenset(key.partition("~")[0] for key in rows.values_list("lease__key", flat=True))


def rented(organisation_id: int, period: Period) -> int:
    """How many leases of the period have a rent that falls due by itself."""
    let = Lease.objects.during(period.start, period.until).filter(organisation_id=organisation_id)
    return let.filter(Q(rent_fen_per_mu__gt=0) | Q(rent_terms__kind="grain")).distinct().count()


def members_on(organisation_id: int, day: date) -> frozenset[str]:
    """Codes of the members on a day."""
    rows = Membership.objects.on(day).filter(organisation_id=organisation_id)
    return frozenset(rows.values_list("member__code", flat=True))


def _members(organisation_id: int, period: Period) -> QuerySet[Membership]:
    """Memberships with a day in the period; whoever left at year end still shares in the year (art. 25)."""
    return Membership.objects.during(period.start, period.until).filter(organisation_id=organisation_id)


def _until(model: type[Contribution], organisation_id: int, period: Period) -> QuerySet[Contribution]:
    return model.objects.current().filter(organisation_id=organisation_id, day__lt=period.until)


def _villages(organisation_id: int, period: Period) -> list[OrganisationLink]:
    """Who joined, by these books; parts changed within the period count as they were last."""
    rows = OrganisationLink.objects.during(period.start, period.until).filter(
        organisation_id=organisation_id, taker_id=organisation_id, kind="member"
    )
    last = {row.giver_id: row for row in rows.order_by("day", "pk")}
    return sorted(last.values(), key=lambda row: (row.key, row.pk))


def _statuses(ids: Iterable[int], period: Period) -> dict[int, str]:
    """Registered status on the last day of the period."""
    rows = RegisteredStatus.objects.on(_last_day(period)).filter(household_id__in=ids)
    return dict(rows.values_list("household_id", "status"))


def _last_day(period: Period) -> date:
    return period.last_day or period.start


def _count_people(parties: Iterable[Party], period: Period, measures: "_Measures") -> None:
    homes = [p.pk for p in parties if p.kind == "household"]
    for home in homes:
        measures.add(home, "households", "household", COUNT)
    rows = Residence.objects.on(_last_day(period)).filter(household_id__in=homes)
    for key, home in rows.order_by("key").values_list("key", "household_id"):
        measures.add(home, "persons", "person", COUNT, f"residence:{key}")


def _attributes(party: Party, membership: Membership | None, status: str | None) -> dict[str, object]:
    attributes: dict[str, object] = {
        "member": membership is not None,
        "farmer": membership.is_farmer if membership else party.kind == "household",
        "status": status or "",
        "village": party.area.code,
        "village_name": party.area.name,
        "tags": tuple(sorted(membership.tags.split())) if membership else (),
        "joined": membership.day.isoformat() if membership else "",
        "organisation_kind": party.organisation.kind if party.kind == "organisation" else "",
    }
    return attributes


class _Measures:
    """Adds up measures by party, remembering the facts behind each."""

    def __init__(self) -> None:
        self.by_party: dict[int, dict[str, Measure]] = defaultdict(dict)

    def add(self, party: int, name: str, unit_code: str, quantity: int, source: str = "") -> None:
        measure = self.by_party[party].setdefault(name, Measure(unit_code))
        measure.quantity += quantity
        if source:
            measure.sources.append(source)

    def contributions(self, rows: Iterable[Contribution], period: Period) -> None:
        """Capital and shares at the end of the period, and share-days within it."""
        for row in _ordered(rows):
            held = (period.until - max(row.day, period.start)) // timedelta(days=1)
            self.add(row.member_id, "contribution", "yuan", row.amount_fen, row.reference)
            # The official member account keeps capital from household funds in a column of its own.
            self.add(
                row.member_id,
                f"{row.origin}_contribution",
                "yuan",
                row.amount_fen,
                row.reference,
            )
            if row.shares_e4:
                self.add(row.member_id, "shares", "share", row.shares_e4, row.reference)
                self.add(
                    row.member_id,
                    f"{row.origin}_shares",
                    "share",
                    row.shares_e4,
                    row.reference,
                )
                self.add(
                    row.member_id,
                    "share_days",
                    "day",
                    row.shares_e4 * held,
                    row.reference,
                )

    def leases(self, rows: Iterable[Lease], sharing: Collection[str]) -> None:
        """Land let on any day of the year; a parcel let anew within it counts once, by its later lease."""
        last = {}
        for row in sorted(rows, key=lambda each: (each.day, each.key, each.pk)):
            last[row.lessor_id, row.key.partition("~")[0].rpartition("@")[0]] = row
        for row in _ordered(last.values()):
            self.add(row.lessor_id, "land_mu", "mu", row.extent_mu4, row.reference)
            if row.key.partition("~")[0] in sharing:
                self.add(row.lessor_id, "land_sharing_mu", "mu", row.extent_mu4, row.reference)

    def deliveries(self, rows: Iterable[Delivery]) -> None:
        for row in _ordered(rows):
            for suffix in ("", f".{row.good}"):
                self.add(
                    row.household_id,
                    f"delivery_kg{suffix}",
                    "kg",
                    row.grams,
                    row.reference,
                )
                self.add(
                    row.household_id,
                    f"delivery_yuan{suffix}",
                    "yuan",
                    row.amount_fen,
                    row.reference,
                )

    def tallies(self, rows: Iterable[Tally]) -> None:
        for row in _ordered(rows):
            self.add(row.party_id, row.measure, row.unit, row.quantity, row.reference)

    def work(self, rows: Iterable[tuple[str, int, date, int]]) -> None:
        """Days worked, counted for the household the worker belonged to that day."""
        rows = sorted(rows)
        homes: dict[int, list[Residence]] = defaultdict(list)
        for lived in Residence.objects.current().filter(person_id__in={worker for _, worker, _, _ in rows}):
            homes[lived.person_id].append(lived)
        for key, worker, day, quantity in rows:
            home = next(
                (
                    lived.household_id
                    for lived in homes[worker]
                    if lived.day <= day and (lived.until_day is None or day < lived.until_day)
                ),
                worker,
            )
            self.add(home, "work_days", "day", quantity, f"workdone:{key}")

    def parts(self, rows: Iterable[OrganisationLink]) -> None:
        for row in rows:
            self.add(row.giver_id, "parts", "share", row.parts * COUNT, row.reference)


def _ordered(rows: Iterable) -> Iterator:
    """The same order on every database: sources are part of the frozen inputs."""
    return iter(sorted(rows, key=lambda row: (row.key, row.pk)))
