"""The current facts of one organisation and year as a book: what a workbook of it would say."""

from collections.abc import Callable, Collection, Iterator
from datetime import date, timedelta
from typing import Any

from lianjie.facts import sealing
from lianjie.facts.models import (
    AccountBalance,
    AnnouncedFigure,
    Area,
    Contribution,
    Delivery,
    Household,
    Lease,
    Membership,
    Organisation,
    OrganisationLink,
    Parcel,
    Party,
    Person,
    PersonalDetail,
    Post,
    RegisteredStatus,
    Residence,
    ShareAgreement,
    Tally,
    YearFigure,
)
from lianjie.facts.queries.parties import SLICE
from lianjie.facts.rules import identity
from lianjie.facts.rules.book import (
    AgreementRow,
    AnnouncedRow,
    AreaRow,
    BalanceRow,
    Book,
    ContributionRow,
    DeliveryRow,
    FigureRow,
    LandRow,
    LinkRow,
    MemberRow,
    OrganisationRow,
    PartyRow,
    PersonRow,
    PostRow,
    TallyRow,
)
from lianjie.facts.rules.personal import masked


def book(organisation_id: int, year: int, *, show_identity: bool = False) -> Book:
    """Everything that stands for the year: facts of the year itself, and whatever began before its end.

    show_identity  whole identity numbers, for a role that needs them; else masked, and reading the
                   workbook back leaves the registered ones as they are
    """
    return _Exporter(organisation_id, year, show_identity).book()


def organisation_row(organisation_id: int, year: int) -> OrganisationRow:
    """The organisation as the first sheet says it: what a book of a single entered row begins with."""
    row = Organisation.objects.select_related("party__area").get(pk=organisation_id)
    party = row.party
    return OrganisationRow(
        party.code,
        party.name,
        row.kind,
        party.area.code,
        year,
        row.credit_code,
        row.founded_day,
        party.invented,
    )


def _code(party: Party | None) -> str:
    return party.code if party else ""


def _base(key: str) -> str:
    return key.partition("~")[0]


class _Exporter:
    """Gathers one book; remembers whom its facts name, so that they are listed too."""

    def __init__(self, organisation_id: int, year: int, show_identity: bool) -> None:
        self.organisation_id = organisation_id
        self.year = year
        self.after = date(year + 1, 1, 1)
        self.show_identity = show_identity
        self.named: dict[int, None] = {}

    def book(self) -> Book:
        posts, links, members = self.posts(), self.links(), self.members()
        rows = {
            "agreements": self.agreements(),
            "contributions": self.contributions(),
            "land": self.land(),
            "deliveries": self.deliveries(),
            "tallies": self.tallies(),
            "announced": self.announced(),
        }
        self._registered_here()
        people = self.people()
        parties = self.parties()
        organisation = organisation_row(self.organisation_id, self.year)
        villages = {organisation.village, *(p.village for p in parties), *(p.village for p in people)}
        return Book(
            organisation=organisation,
            areas=self.areas(villages - {""}),
            parties=parties,
            people=people,
            posts=posts,
            links=links,
            members=members,
            figures=self.figures(),
            balances=self.balances(),
            **rows,
        )

    def name(self, *ids: int | None) -> None:
        for pk in ids:
            if pk is not None and pk != self.organisation_id:
                self.named.setdefault(pk)

    def _begun(self, model: Any, *parties: str) -> Iterator[Any]:
        """Facts of this organisation that began before the year's end, in the order of entering."""
        rows = model.objects.current().filter(organisation=self.organisation_id, day__lt=self.after)
        yield from self._naming(rows, parties)

    def _of_year(self, model: Any, *parties: str) -> Iterator[Any]:
        rows = model.objects.current().filter(organisation=self.organisation_id, year=self.year)
        yield from self._naming(rows, parties)

    def _naming(self, rows: Any, parties: Collection[str]) -> Iterator[Any]:
        for row in rows.select_related(*parties).order_by("pk"):
            self.name(*(getattr(row, f"{party}_id") for party in parties))
            yield row

    def posts(self) -> tuple[PostRow, ...]:
        return tuple(
            PostRow(r.person.code, r.title, r.held_in.code, r.day, r.until_day, r.evidence)
            for r in self._begun(Post, "person", "held_in")
        )

    def links(self) -> tuple[LinkRow, ...]:
        return tuple(
            LinkRow(r.giver.code, r.taker.code, r.kind, r.day, r.until_day, r.parts, r.evidence)
            for r in self._begun(OrganisationLink, "giver", "taker")
        )

    def members(self) -> tuple[MemberRow, ...]:
        return tuple(
            MemberRow(
                r.member.code,
                r.day,
                r.consent,
                r.until_day,
                r.is_farmer,
                _code(r.represented_by),
                r.extra_votes,
                r.tags,
                r.evidence,
            )
            for r in self._begun(Membership, "member", "represented_by")
        )

    def agreements(self) -> tuple[AgreementRow, ...]:
        return tuple(
            AgreementRow(
                code=_base(r.key),
                member=r.member.code,
                fund=r.fund,
                amount_fen=r.amount_fen,
                day=r.day,
                principle=r.principle,
                method=r.method,
                consent=r.consent,
                until_day=r.until_day,
                floor_fen_per_year=r.floor_fen_per_year,
                guarantor=r.guarantor,
                principal_returned=r.principal_returned,
                evidence=r.evidence,
            )
            for r in self._begun(ShareAgreement, "member")
        )

    def contributions(self) -> tuple[ContributionRow, ...]:
        agreed = dict(
            ShareAgreement.objects.filter(organisation=self.organisation_id).values_list("pk", "key")
        )
        return tuple(
            ContributionRow(
                _base(r.key),
                r.day,
                r.member.code,
                r.origin,
                r.amount_fen,
                r.shares_e4,
                _base(agreed.get(r.agreement_id, "")),
                r.right_until_day,
                r.evidence,
            )
            for r in self._begun(Contribution, "member")
        )

    def land(self) -> tuple[LandRow, ...]:
        """A row for each lease; one row for a parcel that is not let."""
        leases: dict[str, list[Lease]] = {}
        rows = Lease.objects.current().filter(organisation=self.organisation_id)
        for lease in rows.select_related("parcel").order_by("pk"):
            leases.setdefault(_base(lease.parcel.key), []).append(lease)
        return tuple(
            _land_row(parcel, lease)
            for parcel in self._begun(Parcel, "household")
            for lease in (leases.get(_base(parcel.key)) or [None])
        )

    def deliveries(self) -> tuple[DeliveryRow, ...]:
        first = date(self.year, 1, 1)
        return tuple(
            DeliveryRow(
                r.receipt,
                r.day,
                r.household.code,
                r.good,
                r.grams,
                r.price_fen_per_kg,
                r.amount_fen,
                r.grade,
                r.evidence,
            )
            for r in self._begun(Delivery, "household")
            if r.day >= first
        )

    def tallies(self) -> tuple[TallyRow, ...]:
        return tuple(
            TallyRow(r.party.code, r.measure, r.unit, r.quantity, r.evidence)
            for r in self._of_year(Tally, "party")
        )

    def figures(self) -> tuple[FigureRow, ...]:
        return tuple(FigureRow(r.name, r.unit, r.value, r.evidence) for r in self._of_year(YearFigure))

    def balances(self) -> tuple[BalanceRow, ...]:
        return tuple(BalanceRow(r.account, r.debit_fen, r.credit_fen) for r in self._of_year(AccountBalance))

    def announced(self) -> tuple[AnnouncedRow, ...]:
        return tuple(
            AnnouncedRow(r.name, r.of, r.unit, r.value, r.tolerance, _code(r.recipient), r.evidence)
            for r in self._of_year(AnnouncedFigure, "recipient")
        )

    def _registered_here(self) -> None:
        """Households and people whose home or status came in with this organisation's books."""
        for model, fields in (
            (RegisteredStatus, ("household_id",)),
            (Residence, ("household_id", "person_id")),
        ):
            rows = model.objects.current().filter(organisation=self.organisation_id, day__lt=self.after)
            for ids in rows.order_by("pk").values_list(*fields):
                self.name(*ids)
        self._with_residents()

    def _with_residents(self) -> None:
        homes = self._by_named(lambda some: Residence.objects.on(self._last()).filter(household_id__in=some))
        for residence in homes:
            self.name(residence.person_id)
        lived = self._by_named(lambda some: Residence.objects.on(self._last()).filter(person_id__in=some))
        for residence in lived:
            self.name(residence.household_id)

    def _last(self) -> date:
        return self.after - timedelta(days=1)

    def _by_named(self, rows: Callable[[list[int]], Any]) -> list[Any]:
        """Rows about the parties named, asked for in slices, in the order of entering."""
        ids = sorted(self.named)
        found = [row for start in range(0, len(ids), SLICE) for row in rows(ids[start : start + SLICE])]
        return sorted(found, key=lambda row: row.pk)

    def people(self) -> tuple[PersonRow, ...]:
        homes = {
            r.person_id: r
            for r in self._by_named(
                lambda some: (
                    Residence.objects.on(self._last()).filter(person_id__in=some).select_related("household")
                )
            )
        }
        rows = self._by_named(
            lambda some: Person.objects.filter(pk__in=some).select_related("party", "party__area")
        )
        phones = self._phones()
        return tuple(self._person(row, homes.get(row.pk), phones.get(row.pk, "")) for row in rows)

    def _phones(self) -> dict[int, str]:
        rows = self._by_named(
            lambda some: PersonalDetail.objects.filter(party_id__in=some, kind="phone").order_by("number")
        )
        newest = {row.party_id: row for row in sorted(rows, key=lambda row: row.number)}
        return {pk: self._phone(row) for pk, row in newest.items() if row.sealed is not None}

    def _phone(self, row: PersonalDetail) -> str:
        if not self.show_identity:
            return masked("phone", row.end)
        name = sealing.detail_row(row.party_id, row.kind, row.number)
        return sealing.opened(row.sealed, name, row.digest)

    def _person(self, row: Person, home: Residence | None, phone: str) -> PersonRow:
        return PersonRow(
            code=row.party.code,
            name=row.party.name,
            household=home.household.code if home else "",
            relation=home.relation if home else "",
            since_day=home.day if home else None,
            village="" if home else row.party.area.code,
            id_number=self._id_number(row),
            birth_day=row.birth_day,
            phone=phone,
        )

    def _id_number(self, row: Person) -> str:
        if row.id_number_sealed is None:
            return ""
        number = sealing.opened(row.id_number_sealed, sealing.person_row(row.pk))
        return number if self.show_identity else identity.mask(number)

    def parties(self) -> tuple[PartyRow, ...]:
        def about(model: Any) -> dict[int, Any]:
            return {row.pk: row for row in self._by_named(lambda some: model.objects.filter(pk__in=some))}

        homes, bodies = about(Household), about(Organisation)
        statuses = {
            row.household_id: row
            for row in self._by_named(
                lambda some: RegisteredStatus.objects.on(self._last()).filter(household_id__in=some)
            )
        }
        rows = self._by_named(
            lambda some: Party.objects.filter(pk__in=some).exclude(kind="person").select_related("area")
        )
        return tuple(
            _party_row(row, homes.get(row.pk), bodies.get(row.pk), statuses.get(row.pk)) for row in rows
        )

    def areas(self, codes: set[str]) -> tuple[AreaRow, ...]:
        """The areas named, and those above them."""
        found: dict[str, str] = {}
        rows = Area.objects.filter(code__in=sorted(codes), valid_until__isnull=True)
        level = list(rows.select_related("parent"))
        while level:
            found |= {area.code: area.name for area in level}
            above = {area.parent_id for area in level if area.parent_id}
            level = list(Area.objects.filter(pk__in=above)) if above else []
        return tuple(AreaRow(code, found[code]) for code in sorted(found))


def _land_row(parcel: Parcel, lease: Lease | None) -> LandRow:
    row: dict[str, Any] = {
        "parcel": _base(parcel.key),
        "household": parcel.household.code,
        "day": parcel.day,
        "contract_extent_mu4": parcel.contract_extent_mu4,
        "name": parcel.name,
        "measured_extent_mu4": parcel.measured_extent_mu4,
        "land_type": parcel.land_type,
        "grade": parcel.grade,
        "contract_until_day": parcel.contract_until_day,
        "evidence": parcel.evidence,
    }
    if lease is not None:
        row |= {
            "lease_day": lease.day,
            "lease_until_day": lease.until_day,
            "extent_basis": lease.extent_basis,
            "rent_fen_per_mu": lease.rent_fen_per_mu,
            "due": f"{lease.due_month:02}-{lease.due_day_of_month:02}",
            "form": lease.form,
            "evidence": lease.evidence,
        }
    return LandRow(**row)


def _party_row(
    row: Party,
    home: Household | None,
    body: Organisation | None,
    status: RegisteredStatus | None,
) -> PartyRow:
    return PartyRow(
        code=row.code,
        name=row.name,
        kind=body.kind if body else "household",
        village=row.area.code,
        village_group=home.village_group if home else "",
        status=status.status if status else "",
        status_day=status.day if status else None,
        national_number=home.national_number if home else "",
        credit_code=body.credit_code if body else "",
    )
