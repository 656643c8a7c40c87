"""Where a household is linked, and by what: over organisations, as of any day (L7)."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from lianjie.facts.models import (
    Contribution,
    Delivery,
    ExpertCase,
    Fact,
    InputIssue,
    Lease,
    Loan,
    Membership,
    OfftakePromise,
    OrganisationLink,
    Parcel,
    Party,
    Plot,
    Post,
    RegisteredStatus,
    Residence,
    ShareAgreement,
    Tally,
    WorkAgreement,
)
from lianjie.facts.queries import in_kind, rents
from lianjie.facts.queries.people import PartyRow, party_row

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
)
"""Every table that ties a party to an organisation, and the column that names the party."""


@dataclass(frozen=True)
class Whose:
    """A household as its page names it, and whoever lives in it on the day."""

    row: PartyRow
    area_path: str
    status: str
    people: dict[int, str]

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
    return Whose(
        party_row(row),
        row.area.path,
        status.status if status else "",
        {each.person_id: each.person.name for each in lives.order_by("pk")},
    )


def organisations_of(parties: Collection[int]) -> list[tuple[int, str]]:
    """Id and code of every organisation in whose books any of the parties ever had a fact."""
    found: QuerySet = Post.objects.filter(person_id__in=parties).order_by().values_list("organisation_id")
    asked = [
        model.objects.filter(**{f"{column}_id__in": parties}).order_by().values_list("organisation_id")
        for model, column in OF_PARTY
    ]
    links = OrganisationLink.objects.filter(Q(giver_id__in=parties) | Q(taker_id__in=parties)).order_by()
    ids = {pk for (pk,) in found.union(*asked, links.values_list("organisation_id"))}
    return list(Party.objects.filter(pk__in=ids).order_by("code").values_list("pk", "code"))


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


def _on(model: Any, organisations: Collection[int], on: date, **of: object) -> QuerySet:
    """Facts of one table up to the day; the caller narrows to the party."""
    found: QuerySet = model.objects.current().filter(organisation_id__in=organisations, day__lte=on, **of)
    return found.order_by("day", "pk")


def _shares(of: Whose, organisations: Collection[int], on: date) -> Iterator[Tie]:
    me = of.row.id
    for row in _on(Membership, organisations, on, member_id=me):
        yield Tie(
            "membership", row.organisation_id, row.day, row.until_day, row.consent, "word:consent",
            row.consent, row.reference, " ".join(sorted(row.tags.split())),
        )  # fmt: skip
    for row in _on(ShareAgreement, organisations, on, member_id=me):
        yield Tie(
            "share_agreement", row.organisation_id, row.day, row.until_day, row.fund, "yuan",
            row.amount_fen, row.reference, row.method,
        )  # fmt: skip
    held: dict[int, list[Contribution]] = {}
    for row in _on(Contribution, organisations, on, member_id=me):
        held.setdefault(row.organisation_id, []).append(row)
    for organisation, rows in held.items():
        shares = sum(row.shares_e4 for row in rows)
        yield Tie(
            "shares", organisation, rows[0].day, None, "", "quantity" if shares else "yuan",
            (shares, "share") if shares else sum(row.amount_fen for row in rows), rows[-1].reference,
        )  # fmt: skip


def _land(of: Whose, organisations: Collection[int], on: date) -> Iterator[Tie]:
    mine = Lease.objects.current().filter(lessor_id=of.row.id, organisation_id__in=organisations, day__lte=on)
    for organisation in sorted(set(mine.values_list("organisation_id", flat=True))):
        for lease in rents.leases(organisation, lessor_id=of.row.id):
            if lease.terms.start <= on:
                yield Tie(
                    "lease", organisation, lease.terms.start, lease.terms.until, lease.parcel, "mu",
                    lease.terms.extent_mu4, lease.key, "verbal" if lease.form == "verbal" else "",
                )  # fmt: skip
    let = set(mine.values_list("parcel__code", flat=True))
    for row in _on(Parcel, organisations, on, household_id=of.row.id):
        if row.code not in let:
            yield Tie(
                "parcel", row.organisation_id, row.day, None, f"{row.code} {row.name}".strip(), "mu",
                row.contract_extent_mu4, row.reference,
            )  # fmt: skip


def _season(of: Whose, organisations: Collection[int], on: date) -> Iterator[Tie]:
    me = of.row.id
    for row in _on(OfftakePromise, organisations, on, household_id=me).select_related("contract__buyer"):
        order = row.contract
        yield Tie(
            "order", row.organisation_id, row.day, order.until_day, f"{order.good} · {order.buyer.name}",
            "quantity", (row.grams, "kg"), order.key.partition("~")[0],
        )  # fmt: skip
    for row in _on(Plot, organisations, on, household_id=me).select_related("base"):
        yield Tie(
            "plot", row.organisation_id, row.day, None, f"{row.base.name} {row.code}", "mu",
            row.extent_mu4, row.base.key.partition("~")[0],
        )  # fmt: skip
    for row in _on(ExpertCase, organisations, on, plot__household_id=me).select_related("base"):
        ends = row.steps.filter(kind="closed", day__lte=on, withdrawn=False).order_by("day").first()
        yield Tie(
            "case", row.organisation_id, row.day, ends.day if ends else None, row.base.name, "text",
            row.symptoms, row.key.partition("~")[0],
        )  # fmt: skip
    for row in _on(Tally, organisations, on, party_id=me):
        yield Tie(
            "tally", row.organisation_id, row.day, date(row.year + 1, 1, 1), row.measure, "quantity",
            (row.quantity, row.unit), row.reference,
        )  # fmt: skip


def _in_kind(of: Whose, organisations: Collection[int], on: date) -> Iterator[Tie]:
    lent = _on(Loan, organisations, on, borrower_id=of.row.id).select_related("lot", "borrower__area")
    for row, stored in zip(in_kind.rows_of(list(lent), on), lent, strict=True):
        done = not row.standing.outstanding
        yield Tie(
            "loan", stored.organisation_id, row.terms.day, row.terms.day if done else None,
            row.terms.lent.good, "quantity", (row.terms.lent.quantity, row.terms.lent.unit), row.number,
            row.state,
        )  # fmt: skip
    for row in _on(InputIssue, organisations, on, household_id=of.row.id).select_related("lot"):
        yield Tie(
            "input", row.organisation_id, row.day, date(row.day.year + 1, 1, 1), row.lot.good, "quantity",
            (row.quantity, row.lot.unit), row.key.partition("~")[0],
        )  # fmt: skip


def _people(of: Whose, organisations: Collection[int], on: date) -> Iterator[Tie]:
    for row in _on(WorkAgreement, organisations, on, worker_id__in=of.ids).select_related(
        "workshop", "worker"
    ):
        yield Tie(
            "work", row.organisation_id, row.day, row.until_day, f"{row.workshop.name} {row.job}", "yuan",
            row.rate_fen, row.workshop.key.partition("~")[0], f"{row.worker.name} {row.basis}",
        )  # fmt: skip
    for row in _on(Post, organisations, on, person_id__in=of.ids).select_related("person", "held_in"):
        yield Tie(
            "post", row.organisation_id, row.day, row.until_day, row.held_in.name, "word:title", row.title,
            row.reference, row.person.name,
        )  # fmt: skip
