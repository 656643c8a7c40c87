"""Where a household is linked, and by what: over organisations, as of any day (L7)."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.db import connection
from django.db.models import QuerySet

from lianjie.facts.models import (
    Contribution,
    Delivery,
    ExpertCase,
    Fact,
    InputIssue,
    Lease,
    LeaseChange,
    Loan,
    Membership,
    OfftakeDelivery,
    OfftakePromise,
    OrganisationLink,
    Parcel,
    Party,
    Plot,
    Post,
    RegisteredStatus,
    RentTerms,
    Residence,
    ShareAgreement,
    Tally,
    WeighIn,
    WorkAgreement,
)
from lianjie.facts.queries import in_kind, rents
from lianjie.facts.queries.people import PartyRow, party_row
from lianjie.facts.queries.rents import LeaseDetail

OF_PARTY: tuple[tuple[type[Fact], str], ...] = (
    (Membership, "member"),
    (ShareAgreement, "member"),
    (Contribution, "member"),
    (Parcel, "household"),
    (Lease, "lessor"),
    (OfftakePromise, "household"),
    (Loan, "borrower"),
    (InputIssue, "household"),
    (WorkAgreement, "worker"),
    (Plot, "household"),
    (Delivery, "household"),
    (Tally, "party"),
    (Residence, "household"),
    (RegisteredStatus, "household"),
    (Post, "person"),
)
"""Every table that ties a party to an organisation, and the column that names the party."""
BY_WAY: tuple[tuple[type[Fact], str, type[Fact], str], ...] = (
    (RentTerms, "lease", Lease, "lessor"),
    (LeaseChange, "lease", Lease, "lessor"),
    (OfftakeDelivery, "delivery", Delivery, "household"),
    (WeighIn, "delivery", Delivery, "household"),
)
"""Tables that name the party by way of another one."""


TABLES: tuple[type[Fact], ...] = (
    *(model for model, _ in OF_PARTY),
    OrganisationLink,
    OrganisationLink,
    *(model for model, *_ in BY_WAY),
)
Tied = Mapping[int, frozenset[type[Fact]]]
"""Organisation -> the tables in which somebody has a fact in its books: no other need be asked."""


@dataclass(frozen=True)
class Whose:
    """A household as its page names it, and whoever lives in it on the day.

    let  organisation -> the leases of its land there
    """

    row: PartyRow
    area_path: str
    status: str
    people: dict[int, str]
    tied: Tied
    let: Mapping[int, tuple[LeaseDetail, ...]]

    @property
    def ids(self) -> list[int]:
        """The household and its people: wages are owed to a person."""
        return [self.row.id, *self.people]


@dataclass(frozen=True)
class Tie:
    """One linkage. `value` is written as `shown`, a kind of column ("yuan", "mu", "quantity" …).

    kind   membership, shares, share_agreement, lease, parcel, order, plot, loan, input, work, post, case or
           tally
    until  half-open; None while it runs on
    number what opens its page: a fact's reference, a lease's key, the number of an order or loan
    """

    kind: str
    organisation_id: int
    day: date
    until: date | None
    text: str
    shown: str = "text"
    value: object = ""
    number: str = ""
    note: str = ""

    def runs(self, on: date) -> bool:
        return self.until is None or on < self.until


def whose(code: str, on: date) -> Whose | None:
    """The household, person or organisation with this code, with its people on the day."""
    row = Party.objects.select_related("area", "household").filter(code=code).first()
    if row is None:
        return None
    lives = Residence.objects.on(on).filter(household_id=row.pk).select_related("person")
    status = RegisteredStatus.objects.on(on).filter(household_id=row.pk).order_by("-day", "-pk").first()
    people = {each.person_id: each.person.name for each in lives.order_by("pk")}
    where = tied([row.pk, *people])
    return Whose(
        party_row(row),
        row.area.path,
        status.status if status else "",
        people,
        where,
        {
            organisation: rents.leases(
                organisation, lessor_id=row.pk, plain=not {RentTerms, LeaseChange} & models
            )
            for organisation, models in where.items()
            if Lease in models
        },
    )


def tied(parties: Collection[int]) -> Tied:
    """Organisations in whose books any of the parties ever had a fact, and in which tables: one question."""
    found: dict[int, set[type[Fact]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_tied_statement(len(parties)), [*parties] * len(TABLES))
        for nth, organisation in cursor.fetchall():
            found.setdefault(organisation, set()).add(TABLES[nth])
    return {organisation: frozenset(models) for organisation, models in found.items()}


@lru_cache(maxsize=64)
def _tied_statement(parties: int) -> str:
    places = ", ".join(["%s"] * parties)
    direct: list[tuple[type[Fact], str]] = [
        *OF_PARTY,
        (OrganisationLink, "giver"),
        (OrganisationLink, "taker"),
    ]
    own = [
        f"FROM {model._meta.db_table} fact WHERE fact.{column}_id IN ({places})" for model, column in direct
    ]
    by_way = [
        f"FROM {between._meta.db_table} b JOIN {model._meta.db_table} fact ON fact.{by}_id = b.id"
        f" WHERE b.{column}_id IN ({places})"
        for model, by, between, column in BY_WAY
    ]
    return " UNION ".join(
        f"SELECT {nth} AS nth, fact.organisation_id {rest}" for nth, rest in enumerate([*own, *by_way])
    )


def named(organisations: Collection[int]) -> list[tuple[int, str, str]]:
    """Id, code and name of organisations, by code."""
    return list(Party.objects.filter(pk__in=organisations).order_by("code").values_list("pk", "code", "name"))


def organised(organisations: Collection[int]) -> dict[int, tuple[str, str]]:
    """Id -> name and kind of every organisation that is a member of these or linked to them."""
    members = Membership.objects.filter(organisation_id__in=organisations, member__kind="organisation")
    links = OrganisationLink.objects.filter(organisation_id__in=organisations)
    ids = {*members.values_list("member_id", flat=True)}
    for pair in links.values_list("giver_id", "taker_id"):
        ids.update(pair)
    rows = Party.objects.filter(pk__in=ids - set(organisations), kind="organisation")
    return {pk: (name, kind) for pk, name, kind in rows.values_list("pk", "name", "organisation__kind")}


def ties(of: Whose, organisations: Collection[int], on: date) -> list[Tie]:
    """Every linkage entered up to the day, those that run first, then by kind and day.

    What happened later than the day, and what was corrected or withdrawn, is left out.
    """
    if not organisations:
        return []
    found = [
        *_shares(of, organisations, on),
        *_land(of, organisations, on),
        *_season(of, organisations, on),
        *_in_kind(of, organisations, on),
        *_people(of, organisations, on),
    ]
    return sorted(found, key=lambda tie: (not tie.runs(on), -tie.day.toordinal()))


def _on(model: type[Fact], of: Whose, organisations: Collection[int], on: date, **party: object) -> QuerySet:
    """Facts of one table up to the day, of the party named; where there are none, nobody is asked."""
    at = [each for each in organisations if model in of.tied.get(each, ())]
    if model is ExpertCase:  # asked for by plot
        at = [*organisations] if any(Plot in models for models in of.tied.values()) else []
    if not at:
        return model.objects.none()
    found: QuerySet = model.objects.current()
    return found.filter(organisation_id__in=at, day__lte=on, **party).order_by("day", "pk")


def _shares(of: Whose, organisations: Collection[int], on: date) -> Iterator[Tie]:
    me = of.row.id
    for row in _on(Membership, of, organisations, on, member_id=me):
        yield Tie(
            "membership", row.organisation_id, row.day, row.until_day, row.consent, "word:consent",
            row.consent, row.reference, " ".join(sorted(row.tags.split())),
        )  # fmt: skip
    for row in _on(ShareAgreement, of, organisations, on, member_id=me):
        yield Tie(
            "share_agreement", row.organisation_id, row.day, row.until_day, row.fund, "yuan",
            row.amount_fen, row.reference, row.method,
        )  # fmt: skip
    held: dict[int, list[Contribution]] = {}
    for row in _on(Contribution, of, organisations, on, member_id=me):
        held.setdefault(row.organisation_id, []).append(row)
    for organisation, rows in held.items():
        shares = sum(row.shares_e4 for row in rows)
        yield Tie(
            "shares", organisation, rows[0].day, None, "", "quantity" if shares else "yuan",
            (shares, "share") if shares else sum(row.amount_fen for row in rows), rows[-1].reference,
        )  # fmt: skip


def _land(of: Whose, organisations: Collection[int], on: date) -> Iterator[Tie]:
    let: set[str] = set()
    for organisation in sorted(set(organisations) & set(of.let)):
        for lease in of.let[organisation]:
            if lease.first.start <= on:
                let.add(lease.parcel)
            if lease.terms.start <= on:
                yield Tie(
                    "lease", organisation, lease.terms.start, lease.terms.until, lease.parcel, "mu",
                    lease.terms.extent_mu4, lease.key, "verbal" if lease.form == "verbal" else "",
                )  # fmt: skip
    for row in _on(Parcel, of, organisations, on, household_id=of.row.id):
        if row.code not in let:
            yield Tie(
                "parcel", row.organisation_id, row.day, None, f"{row.code} {row.name}".strip(), "mu",
                row.contract_extent_mu4, row.reference,
            )  # fmt: skip


def _season(of: Whose, organisations: Collection[int], on: date) -> Iterator[Tie]:
    me = of.row.id
    for row in _on(OfftakePromise, of, organisations, on, household_id=me).select_related("contract__buyer"):
        order = row.contract
        yield Tie(
            "order", row.organisation_id, row.day, order.until_day, f"{order.good} · {order.buyer.name}",
            "quantity", (row.grams, "kg"), order.key.partition("~")[0],
        )  # fmt: skip
    for row in _on(Plot, of, organisations, on, household_id=me).select_related("base"):
        yield Tie(
            "plot", row.organisation_id, row.day, None, f"{row.base.name} {row.code}", "mu",
            row.extent_mu4, row.base.key.partition("~")[0],
        )  # fmt: skip
    for row in _on(ExpertCase, of, organisations, on, plot__household_id=me).select_related("base"):
        ends = row.steps.filter(kind="closed", day__lte=on, withdrawn=False).order_by("day").first()
        yield Tie(
            "case", row.organisation_id, row.day, ends.day if ends else None, row.base.name, "text",
            row.symptoms, row.key.partition("~")[0],
        )  # fmt: skip
    for row in _on(Tally, of, organisations, on, party_id=me):
        yield Tie(
            "tally", row.organisation_id, row.day, date(row.year + 1, 1, 1), row.measure, "quantity",
            (row.quantity, row.unit), row.reference,
        )  # fmt: skip


def _in_kind(of: Whose, organisations: Collection[int], on: date) -> Iterator[Tie]:
    lent = _on(Loan, of, organisations, on, borrower_id=of.row.id).select_related("lot", "borrower__area")
    for row, stored in zip(in_kind.rows_of(list(lent), on), lent, strict=True):
        done = not row.standing.outstanding
        yield Tie(
            "loan", stored.organisation_id, row.terms.day, row.terms.day if done else None,
            row.terms.lent.good, "quantity", (row.terms.lent.quantity, row.terms.lent.unit), row.number,
            row.state,
        )  # fmt: skip
    for row in _on(InputIssue, of, organisations, on, household_id=of.row.id).select_related("lot"):
        yield Tie(
            "input", row.organisation_id, row.day, date(row.day.year + 1, 1, 1), row.lot.good, "quantity",
            (row.quantity, row.lot.unit), row.key.partition("~")[0],
        )  # fmt: skip


def _people(of: Whose, organisations: Collection[int], on: date) -> Iterator[Tie]:
    for row in _on(WorkAgreement, of, organisations, on, worker_id__in=of.ids).select_related(
        "workshop", "worker"
    ):
        yield Tie(
            "work", row.organisation_id, row.day, row.until_day, f"{row.workshop.name} {row.job}", "yuan",
            row.rate_fen, row.workshop.key.partition("~")[0], f"{row.worker.name} {row.basis}",
        )  # fmt: skip
    for row in _on(Post, of, organisations, on, person_id__in=of.ids).select_related("person", "held_in"):
        yield Tie(
            "post", row.organisation_id, row.day, row.until_day, row.held_in.name, "word:title", row.title,
            row.reference, row.person.name,
        )  # fmt: skip
