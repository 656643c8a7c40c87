"""Rents that fall due, from the leases as they stand, their terms and what became of them."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from lianjie.facts.models import (
    Contribution,
    Lease,
    LeaseChange,
    Membership,
    PriceRecord,
    RentPayment,
    RentTerms,
)
from lianjie.facts.rules.offtake import PriceSeen
from lianjie.facts.rules.rent import Change, Grain, LeaseTerms, RentDue, Step, changed, due
from lianjie.facts.rules.rent_terms import Handed


@dataclass(frozen=True)
class ChangeRow:
    """What became of a lease."""

    kind: str
    day: date
    until: date | None
    taker: str
    consent: str
    evidence: str


@dataclass(frozen=True)
class LeaseDetail:
    """A lease with its terms of rent; `terms` as they run after all changes, `first` before them.

    terms_reference  of what was agreed beside the lease itself, "" when it says all
    """

    key: str
    reference: str
    parcel_id: int
    parcel: str
    lessor_id: int
    lessor_name: str
    village: str
    form: str
    evidence: str
    contract_until: date | None
    contract_mu4: int
    measured_mu4: int | None
    basis: str
    terms: LeaseTerms
    first: LeaseTerms
    changes: tuple[ChangeRow, ...]
    terms_reference: str = ""


def rents_of_leases(
    organisation_id: int,
    start: date,
    until: date,
    lessor_id: int | None = None,
    *,
    let: Iterable[LeaseDetail] | None = None,
) -> tuple[tuple[LeaseDetail, RentDue], ...]:
    """Each rent beside its lease; of one household when `lessor_id` is given.

    let  its leases, when they are known
    """
    members = Membership.objects.during(start, until).filter(organisation_id=organisation_id)
    if lessor_id is not None:
        members = members.filter(member_id=lessor_id)
    ids = set(members.order_by().values_list("member_id", flat=True))
    if let is None:
        let = leases(organisation_id, ids, lessor_id=lessor_id)
    else:
        let = tuple(_with_standing(lease, lease.lessor_id in ids) for lease in let)
    seen = _prices(organisation_id) if any(lease.terms.grain for lease in let) else defaultdict(list)
    found = [
        (lease, each)
        for lease in let
        for each in due(lease.terms, start, until, seen[lease.terms.grain.good if lease.terms.grain else ""])
    ]
    return tuple(sorted(found, key=lambda pair: (pair[1].day, pair[1].reference)))


def _with_standing(lease: LeaseDetail, member: bool) -> LeaseDetail:
    terms, first = (replace(terms, member=member) for terms in (lease.terms, lease.first))
    return replace(lease, terms=terms, first=first)


def schedule(organisation_id: int, lease: LeaseDetail, years: int = 30) -> tuple[RentDue, ...]:
    """Every rent of one lease from its first to its last, or for `years` years while it has no end."""
    start = lease.terms.start
    # The rent of a last year that is not whole falls due after the lease's end.
    until = date(lease.terms.until.year + 2 if lease.terms.until else start.year + years, start.month, 1)
    grain = lease.terms.grain
    return tuple(due(lease.terms, start, until, _prices(organisation_id)[grain.good if grain else ""]))


def leases(
    organisation_id: int,
    members: set[int] | None = None,
    only: Collection[Lease] | None = None,
    lessor_id: int | None = None,
    *,
    plain: bool = False,
) -> tuple[LeaseDetail, ...]:
    """Leases that stand, those of one household, or `only` these rows; `members` are ids.

    plain  True when it is known that neither terms of rent nor changes were entered: nobody asks for them
    """
    here: dict[str, Any] = {"organisation_id": organisation_id}
    rows, of_lease = Lease.objects.current().filter(**here), dict(here)
    if only is not None:
        rows = rows.filter(pk__in=[row.pk for row in only])
        of_lease["lease__key__in"] = [key for row in only for key in versions(row.key)]
    if lessor_id is not None:
        rows, of_lease["lease__lessor_id"] = rows.filter(lessor_id=lessor_id), lessor_id
    by_lease: dict[str, RentTerms] = {}
    became: dict[str, list[LeaseChange]] = defaultdict(list)
    if not plain:
        for agreed in RentTerms.objects.current().filter(**of_lease).select_related("lease"):
            by_lease[_base(agreed.lease.key)] = agreed
        changes = LeaseChange.objects.current().filter(**of_lease).select_related("lease", "taker")
        for change in changes.order_by("day", "pk"):
            became[_base(change.lease.key)].append(change)
    found = (
        _detail(row, by_lease.get(_base(row.key)), became[_base(row.key)], row.lessor_id in (members or ()))
        for row in rows.select_related("lessor__area", "parcel")
    )
    # Not by the database: SQLite would walk all leases there are, to have one household's in order.
    return tuple(sorted(found, key=lambda each: each.key))


def handed(key: str, organisation_id: int, year: int | None = None) -> tuple[Handed, ...]:
    """Hops of the rents of a lease that stand, of one year or of all."""
    return tuple(each for of, each in of_years(key, organisation_id) if year is None or of == year)


def handed_back(organisation_id: int) -> dict[str, date]:
    """Key of each lease handed back -> the first day the land was the household's again."""
    rows = LeaseChange.objects.current().filter(organisation_id=organisation_id, kind="hand_back")
    latest_first = rows.order_by("-day").values_list("key", "day")
    return {key.partition("-hand_back-")[0]: day for key, day in latest_first}


def ends(organisation_id: int) -> dict[str, date]:
    """Key of each lease renewed or handed back -> the day after its last as it now runs."""
    rows = LeaseChange.objects.current().filter(organisation_id=organisation_id, kind="renewal")
    found: dict[str, date] = {}
    for key, until in rows.order_by("until_day").values_list("lease__key", "until_day"):
        if until is not None:
            found[_base(key)] = until
    return found | handed_back(organisation_id)


def of_years(key: str, organisation_id: int) -> list[tuple[int, Handed]]:
    """Year of the rent and the hop, in order of day."""
    rows = RentPayment.objects.current().filter(organisation_id=organisation_id, key__startswith=f"{key}:")
    return [
        (
            row.year,
            Handed(
                row.hop,
                row.day,
                row.agent.code if row.agent else "",
                row.agent.name if row.agent else "",
                _base(row.lot.key) if row.lot else "",
                f"{row.lot.good} {row.lot.grade}".strip() if row.lot else "",
                row.quantity,
                row.in_kind_fen,
                row.method,
            ),
        )
        for row in rows.select_related("agent", "lot").order_by("day", "pk")
        if row.key.rpartition(":")[0] == key
    ]


def carried(organisation_id: int) -> frozenset[str]:
    """Rents (lease, colon, year) that an agent holds and the household has not yet confirmed."""
    rows = RentPayment.objects.current().filter(organisation_id=organisation_id)
    hops: dict[str, set[str]] = defaultdict(set)
    for key, hop in rows.values_list("key", "hop"):
        hops[key.partition("/")[0]].add(hop)
    return frozenset(rent for rent, done in hops.items() if done == {"agent"})


@dataclass(frozen=True)
class ValuedRow:
    """A land right of a household valued as capital."""

    reference: str
    day: date
    fen: int
    shares_e4: int
    evidence: str


def valued(organisation_id: int, lessor_id: int) -> tuple[ValuedRow, ...]:
    """Land rights the household put in as capital, the earliest first."""
    rows = Contribution.objects.current().filter(
        organisation_id=organisation_id, member_id=lessor_id, origin="land_right"
    )
    return tuple(
        ValuedRow(row.reference, row.day, row.amount_fen, row.shares_e4, row.evidence)
        for row in rows.order_by("day", "pk")
    )


def lease(organisation_id: int, key: str) -> LeaseDetail | None:
    """One lease, or None."""
    rows = Lease.objects.current().filter(organisation_id=organisation_id, key__startswith=key)
    found = leases(organisation_id, only=[row for row in rows if _base(row.key) == key])
    return found[0] if found else None


def versions(key: str) -> list[str]:
    """The keys of a fact from its first version to this one."""
    first, _, number = key.partition("~")
    return [first, *(f"{first}~{n}" for n in range(2, int(number or 1) + 1))]


def _detail(row: Lease, terms: RentTerms | None, became: list[LeaseChange], member: bool) -> LeaseDetail:
    first = _terms(row, terms, member)
    steps = [Change(each.kind, each.day, each.until_day) for each in became if each.kind != "sublease"]
    return LeaseDetail(
        _base(row.key),
        row.reference,
        row.parcel_id,
        row.parcel.code,
        row.lessor_id,
        row.lessor.name,
        row.lessor.area.name,
        row.form,
        row.evidence,
        row.parcel.contract_until_day,
        row.parcel.contract_extent_mu4,
        row.parcel.measured_extent_mu4,
        row.extent_basis,
        changed(first, steps),
        first,
        tuple(
            ChangeRow(
                each.kind,
                each.day,
                each.until_day,
                each.taker.name if each.taker else "",
                each.consent,
                each.evidence,
            )
            for each in became
        ),
        terms.reference if terms else "",
    )


def _terms(row: Lease, agreed: RentTerms | None, member: bool) -> LeaseTerms:
    more: dict[str, Any] = {}
    if agreed is not None:
        more = {
            "fixed_years": agreed.fixed_years,
            "fixed_fen_per_mu": agreed.fixed_fen_per_mu,
            "paid_years": agreed.paid_years,
            "share_millionths": agreed.share_millionths,
            "share_of": agreed.share_of,
        }
        if agreed.step_years:
            more["step"] = Step(agreed.step_years, agreed.step_millionths, agreed.step_compound)
        if agreed.kind == "grain":
            more["grain"] = Grain(
                agreed.good,
                agreed.grams_per_mu,
                agreed.market,
                _month_and_day(agreed.window_first),
                _month_and_day(agreed.window_last),
                agreed.window_years_before,
                agreed.reset_years,
                agreed.grade,
            )
    return LeaseTerms(
        f"lease:{_base(row.key)}",
        row.lessor.code,
        member,
        row.day,
        row.until_day,
        row.extent_mu4,
        row.rent_fen_per_mu,
        row.due_month,
        row.due_day_of_month,
        **more,
    )


def _prices(organisation_id: int) -> defaultdict[str, list[PriceSeen]]:
    """Good -> prices on record, only of goods some rent is counted in."""
    found: defaultdict[str, list[PriceSeen]] = defaultdict(list)
    goods = RentTerms.objects.current().filter(organisation_id=organisation_id, kind="grain")
    rows = PriceRecord.objects.current().filter(
        organisation_id=organisation_id, good__in=goods.values("good").distinct()
    )
    for r in rows.order_by("day", "pk"):
        found[r.good].append(PriceSeen(r.reference, r.day, r.market, r.grade, r.fen_per_kg))
    return found


def _month_and_day(text: str) -> tuple[int, int]:
    return int(text[:2]), int(text[3:])


def _base(key: str) -> str:
    return key.partition("~")[0]
