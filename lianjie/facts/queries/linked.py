"""Where a household is linked, and by what: over organisations, as of any day (L7)."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache

from django.db import connection

from lianjie.facts.models import (
    AssetContract,
    BondMove,
    Contribution,
    Delivery,
    DeliveryDispute,
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
from lianjie.facts.models.record import Spell
from lianjie.facts.queries import bonds, in_kind, rents, tie_rows
from lianjie.facts.queries.people import PartyRow, party_row
from lianjie.facts.queries.rents import LeaseDetail
from lianjie.facts.queries.tie_rows import KINDS, NEVER, TieRow, as_day, standing

OF_PARTY: tuple[tuple[type[Fact], str], ...] = (
    (Membership, "member"),
    (ShareAgreement, "member"),
    (Contribution, "member"),
    (Parcel, "household"),
    (Lease, "lessor"),
    (AssetContract, "payer"),
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
    (BondMove, "party"),
)
"""Every table that ties a party to an organisation, and the column that names the party."""
BY_WAY: tuple[tuple[type[Fact], str, type[Fact], str], ...] = (
    (RentTerms, "lease", Lease, "lessor"),
    (LeaseChange, "lease", Lease, "lessor"),
    (OfftakeDelivery, "delivery", Delivery, "household"),
    (WeighIn, "delivery", Delivery, "household"),
    (DeliveryDispute, "delivery", Delivery, "household"),
)
"""Tables that name the party by way of another one."""
UNPRICED = "delivery without a price"
"""Told beside the tables: such a delivery stands in no entry."""

Table = type[Fact] | str
TABLES: tuple[Table, ...] = (
    *(model for model, _ in OF_PARTY),
    OrganisationLink,
    OrganisationLink,
    *(model for model, *_ in BY_WAY),
    UNPRICED,
)
Tied = Mapping[int, frozenset[Table]]
"""Organisation -> the tables in which somebody has a fact in its books: no other need be asked."""
ORDER = (
    "membership", "share_agreement", "shares", "lease", "contract", "parcel", "order", "plot", "case",
    "tally", "loan", "input", "work", "post", "bond", "bond_sublet", "bond_given",
)  # fmt: skip
"""Kinds of a tie, in the order a page shows those of one day."""
BONDS = {"contract": "bond", "sublease": "bond_sublet", "lease": "bond_given"}
"""What a bond is under -> the kind of tie."""


@dataclass(frozen=True)
class Whose:
    """A household as its page names it, and whoever lives in it on the day.

    let     organisation -> the leases of its land there
    always  who belonged to it all the time on record
    spells  who belonged to it for a time only -> those times, half-open: nothing counts in two households
    """

    row: PartyRow
    area_path: str
    status: str
    people: dict[int, str]
    tied: Tied
    let: Mapping[int, tuple[LeaseDetail, ...]]
    always: frozenset[int] = frozenset()
    spells: Mapping[int, tuple[tuple[date, date], ...]] = field(default_factory=dict)

    @property
    def ids(self) -> list[int]:
        """The household and whoever ever lived in it: wages are owed to a person."""
        return [self.row.id, *sorted({*self.always, *self.spells})]

    def belongs(self, party: int, day: date) -> bool:
        """Whether what a party in `ids` did on a day is this household's.

        Before the first day on record a person is of its first household; who left for nowhere is of none.
        """
        if party not in self.spells:
            return True
        return any(start <= day < until for start, until in self.spells[party])


@dataclass(frozen=True)
class Tie:
    """One linkage. `value` is written as `shown`, a kind of column ("yuan", "mu", "quantity" …).

    kind   membership, shares, share_agreement, lease, contract (an asset let to it), parcel, order, plot,
           loan, input, work, post, case, tally, bond or bond_sublet (held for the party, under a contract
           or sub-lease), bond_given (by it)
    until  half-open; None while it runs on
    kept   fen held of a bond
    ends   of a bond: the first day after what it is under, None while that has no end
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
    kept: int = 0
    ends: date | None = None

    @property
    def bond(self) -> bool:
        """True for a bond, whoever holds it."""
        return self.kind in BONDS.values()

    def runs(self, on: date) -> bool:
        return self.until is None or on < self.until


def whose(code: str, on: date) -> Whose | None:
    """The household, person or organisation with this code, with its people on the day."""
    row = Party.objects.select_related("area", "household").filter(code=code).first()
    if row is None:
        return None
    people, status, always, spells = _home(row.pk, on)
    where = tied([row.pk, *sorted(always)])
    where = _tied_by_day(where, spells) if spells else where
    return Whose(
        party_row(row),
        row.area.path,
        status,
        people,
        where,
        {
            organisation: rents.leases(
                organisation, lessor_id=row.pk, plain=not {RentTerms, LeaseChange} & models
            )
            for organisation, models in where.items()
            if Lease in models
        },
        always,
        spells,
    )


Spells = dict[int, tuple[tuple[date, date], ...]]


def _home(household: int, on: date) -> tuple[dict[int, str], str, frozenset[int], Spells]:
    """Id and name of whoever lives there on the day, the registered status ("" without one), who lived there
    all the time on record, and when the others did."""
    lived = f"SELECT here.person_id FROM {Residence._meta.db_table} here WHERE here.household_id = %s"
    statement = (
        f"SELECT 1, fact.day, fact.id, fact.person_id, person.name, fact.household_id, fact.until_day"
        f" FROM {Residence._meta.db_table} fact"
        f" JOIN {Party._meta.db_table} person ON person.id = fact.person_id"
        f" WHERE fact.person_id IN ({lived} AND here.day <= %s) AND {standing(Residence)}"
        f" UNION ALL SELECT 2, fact.day, fact.id, 0, fact.status, 0, fact.until_day"
        f" FROM {RegisteredStatus._meta.db_table} fact WHERE fact.household_id = %s AND fact.day <= %s"
        f" AND (fact.until_day IS NULL OR fact.until_day > %s) AND {standing(RegisteredStatus)}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [household, on, household, on, on])
        found = cursor.fetchall()
    people: dict[int, str] = {}
    by_person: dict[int, list[tuple[date, date, int]]] = {}
    statuses = []
    for one, day, pk, person, text, home, until in sorted(found, key=lambda row: row[2]):
        first, end = as_day(day), as_day(until) if until else date.max
        if one == 2:
            statuses.append((first, pk, text))
            continue
        by_person.setdefault(person, []).append((first, end, home))
        if home == household and first <= on < end:
            people[person] = text
    always, spells = set(), {}
    for person, of in by_person.items():
        here = _spells(sorted(of), household)
        if here == ((date.min, date.max),):
            always.add(person)
        elif any(start <= on for start, _ in here):
            spells[person] = here
    return people, max(statuses)[2] if statuses else "", frozenset(always), spells


def _spells(lived: list[tuple[date, date, int]], household: int) -> tuple[tuple[date, date], ...]:
    """When a person was of a household, by where it lived, in order; spells that touch are one."""
    found: list[tuple[date, date]] = []
    for nth, (first, until, home) in enumerate(lived):
        start = date.min if nth == 0 else first
        if home != household:
            continue
        if found and found[-1][1] >= start:
            found[-1] = found[-1][0], max(until, found[-1][1])
        else:
            found.append((start, until))
    return tuple(found)


def _tied_by_day(known: Tied, spells: Spells) -> Tied:
    """With what ties those who belonged to a household for a time: only facts of that time."""
    places = ", ".join(["%s"] * len(spells))
    statement = " UNION ALL ".join(
        f"SELECT {nth}, fact.organisation_id, fact.{column}_id, fact.day,"
        f" {'fact.until_day' if issubclass(model, Spell) else NEVER}"
        f" FROM {model._meta.db_table} fact WHERE fact.{column}_id IN ({places})"
        for nth, (model, column) in enumerate(OF_PARTY)
    )
    found = {organisation: set(models) for organisation, models in known.items()}
    with connection.cursor() as cursor:
        cursor.execute(statement, [*spells] * len(OF_PARTY))
        for nth, organisation, person, day, until in cursor.fetchall():
            first = as_day(day)
            last = as_day(until) if until else date.max if issubclass(OF_PARTY[nth][0], Spell) else None
            if any(
                first < end and (last > start if last else first >= start) for start, end in spells[person]
            ):
                found.setdefault(organisation, set()).add(OF_PARTY[nth][0])
    return {organisation: frozenset(models) for organisation, models in found.items()}


def tied(parties: Collection[int]) -> Tied:
    """Organisations in whose books any of the parties ever had a fact, and in which tables: one question."""
    found: dict[int, set[Table]] = {}
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
    unpriced = (
        f"FROM {Delivery._meta.db_table} fact WHERE fact.household_id IN ({places}) AND fact.amount_fen = 0"
    )
    return " UNION ".join(
        f"SELECT {nth} AS nth, fact.organisation_id {rest}"
        for nth, rest in enumerate([*own, *by_way, unpriced])
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
    among = frozenset[Table]().union(*(of.tied.get(each, frozenset()) for each in organisations))
    rows = tie_rows.rows(of.row.id, of.ids, among, organisations, on)
    first = {kind: nth for nth, kind in enumerate(ORDER)}
    let = {
        lease.parcel
        for organisation in set(organisations) & set(of.let)
        for lease in of.let[organisation]
        if lease.first.start <= on
    }
    lone = (row for row in rows if row.kind != "shares" and not (row.kind == "parcel" and row.text in let))
    found = [_tie(each) for row in lone for each in _while_here(of, row, on)]
    found += [*_shares(row for row in rows if row.kind == "shares"), *_leases(of, organisations, on)]
    found += _cases(of, organisations, on) if Plot in among else []
    found += _loans(of, organisations, on) if Loan in among else []
    found += _bonds(of, organisations, on) if BondMove in among else []
    return sorted(found, key=lambda tie: (not tie.runs(on), -tie.day.toordinal(), first[tie.kind]))


def _while_here(of: Whose, row: TieRow, on: date) -> Iterator[TieRow]:
    """Work and posts of whoever belonged to the household for a time, as long as that was."""
    if row.who not in of.spells:
        yield row
        return
    for start, end in of.spells[row.who]:
        first, until = max(row.day, start), min(row.until or date.max, end)
        if first < until and first <= on:
            yield replace(row, day=first, until=None if until == date.max else until)


def _tie(row: TieRow) -> Tie:
    """A row of tie_rows as the page shows it; shares are added up by `_shares`."""
    number, base = f"{KINDS[row.kind].model._meta.model_name}:{row.number}", row.number.partition("~")[0]
    at = row.kind, row.organisation_id, row.day
    match row.kind:
        case "membership":
            tags = " ".join(sorted(row.note.split()))
            return Tie(*at, row.until, row.text, "word:consent", row.text, number, tags)
        case "share_agreement":
            return Tie(*at, row.until, row.text, "yuan", row.value, number, row.note)
        case "parcel":
            return Tie(*at, None, f"{row.text} {row.note}".strip(), "mu", row.value, number)
        case "contract":
            return Tie(*at, row.until, row.text, "yuan", row.value, base, row.note)
        case "order":
            return Tie(*at, row.until, f"{row.text} · {row.note}", "quantity", (row.value, "kg"), base)
        case "plot":
            return Tie(*at, None, f"{row.text} {row.note}", "mu", row.value, base)
        case "tally":
            ends = date(row.beside + 1, 1, 1)
            return Tie(*at, ends, row.text, "quantity", (row.value, row.note), number)
        case "input":
            ends = date(row.day.year + 1, 1, 1)
            return Tie(*at, ends, row.text, "quantity", (row.value, row.note), base)
        case "work":
            who, _, basis = row.note.rpartition("~")
            return Tie(*at, row.until, f"{row.text} · {who}", "yuan", row.value, base, basis)
    held, _, title = row.text.rpartition("~")
    return Tie(*at, row.until, held, "word:title", title, number, row.note)


def _shares(rows: Iterable[TieRow]) -> Iterator[Tie]:
    """Capital of each organisation in one line."""
    held: dict[int, list[TieRow]] = {}
    for row in rows:
        held.setdefault(row.organisation_id, []).append(row)
    for organisation, paid in held.items():
        shares = sum(row.value for row in paid)
        yield Tie(
            "shares", organisation, paid[0].day, None, "", "quantity" if shares else "yuan",
            (shares, "share") if shares else sum(row.beside for row in paid),
            f"contribution:{paid[-1].number}",
        )  # fmt: skip


def _leases(of: Whose, organisations: Collection[int], on: date) -> Iterator[Tie]:
    for organisation in sorted(set(organisations) & set(of.let)):
        for lease in of.let[organisation]:
            if lease.terms.start <= on:
                yield Tie(
                    "lease", organisation, lease.terms.start, lease.terms.until, lease.parcel, "mu",
                    lease.terms.extent_mu4, lease.key, "verbal" if lease.form == "verbal" else "",
                )  # fmt: skip


def _cases(of: Whose, organisations: Collection[int], on: date) -> Iterator[Tie]:
    """Expert cases are about a plot."""
    rows = ExpertCase.objects.current().filter(
        organisation_id__in=organisations, day__lte=on, plot__household_id=of.row.id
    )
    for row in rows.select_related("base").order_by("day", "pk"):
        ends = row.steps.filter(kind="closed", day__lte=on, withdrawn=False).order_by("day").first()
        yield Tie(
            "case", row.organisation_id, row.day, ends.day if ends else None, row.base.name, "text",
            row.symptoms, row.key.partition("~")[0],
        )  # fmt: skip


def _loans(of: Whose, organisations: Collection[int], on: date) -> Iterator[Tie]:
    found = Loan.objects.current().filter(
        organisation_id__in=organisations, day__lte=on, borrower_id=of.row.id
    )
    lent = list(found.select_related("lot", "borrower__area").order_by("day", "pk"))
    for row, stored in zip(in_kind.rows_of(lent, on), lent, strict=True):
        done = not row.standing.outstanding
        yield Tie(
            "loan", stored.organisation_id, row.terms.day,
            row.standing.last + timedelta(days=1) if done else None,
            row.terms.lent.good, "quantity", (row.terms.lent.quantity, row.terms.lent.unit), row.number,
            row.state,
        )  # fmt: skip


def _bonds(of: Whose, organisations: Collection[int], on: date) -> Iterator[Tie]:
    """A bond ends once all that was paid in is given back or forfeited."""
    for each in bonds.of_party(of.row.id, organisations, on):
        over = each.bond.paid > 0 and not each.bond.held
        yield Tie(
            BONDS[each.under], each.organisation_id, each.first_day, each.last_day if over else None,
            each.about, "yuan", each.bond.held or each.bond.agreed, each.page, each.kind, each.bond.held,
            each.ends,
        )  # fmt: skip
