"""Terms of rent agreed for a lease, and what becomes of it: handed back, renewed, sub-let."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

from django.db import transaction

from lianjie.base.refusal import Refusal, Refusals
from lianjie.base.words import N_
from lianjie.facts.actions.stock import Lots, named, parties_of, party_of
from lianjie.facts.actions.store import (
    Entry,
    Kept,
    Sieve,
    Want,
    base,
    keep,
    plainly,
    renumbered,
    standing,
)
from lianjie.facts.actions.withdraw import ReasonMissing, taken_back
from lianjie.facts.models import Lease, LeaseChange, Lot, LotCost, RentPayment, RentTerms
from lianjie.facts.queries import rents
from lianjie.facts.queries.rents import LeaseDetail
from lianjie.facts.rules import rent_terms
from lianjie.facts.rules.in_kind import LotCostUnsaid
from lianjie.facts.rules.rent import Grain, LeaseTerms
from lianjie.facts.rules.rent_terms import ChangeGiven, Handing


class NoSuchLease(Refusal):
    what = N_("There is no lease “{lease}” that still stands.")
    fix = N_("Look it up in the register of land and leases.")


class NoSuchRentPaid(Refusal):
    what = N_("No payment of the rent of {year} stands.")
    fix = N_("Look at the lease: every rent says whether it was handed over.")


@dataclass(frozen=True)
class TermsGiven:
    """Terms of rent of a lease; only what is said about the rent is kept, the rest is the lease's own."""

    lease: str
    terms: LeaseTerms
    day: date
    evidence: str = ""
    place: str = ""


def agree(entry: Entry, key: str, terms: LeaseTerms, *, day: date, evidence: str) -> Kept:
    """Enter the terms of rent of a lease; other terms later are a correction.

    terms  only what is said about the rent is kept; the rest is the lease's own

    Refuses with NoSuchLease or, with everything that cannot be, Refusals.
    """
    with plainly():
        return agree_all(entry, [TermsGiven(key, terms, day, evidence)])


@transaction.atomic
def agree_all(entry: Entry, given: Sequence[TermsGiven]) -> Kept:
    """Enter terms as `agree` does, all of them or none; RowsRefused says which cannot be."""
    sieve, wants = Sieve(), []
    found = standing(Lease, entry.organisation_id, (each.lease for each in given))
    for number, each in enumerate(given):
        with sieve.of(number):
            if each.lease not in found:
                raise NoSuchLease(lease=each.lease)
            row, terms = found[each.lease], each.terms
            if wrong := list(rent_terms.refusals(terms)):
                raise Refusals(wrong)
            fields = {
                "lease_id": row.pk,
                "kind": "grain" if terms.grain else "cash",
                "step_years": terms.step.years if terms.step else 0,
                "step_millionths": terms.step.millionths if terms.step else 0,
                "step_compound": terms.step.compound if terms.step else False,
                "fixed_years": terms.fixed_years,
                "fixed_fen_per_mu": terms.fixed_fen_per_mu,
                "paid_years": terms.paid_years,
                "share_millionths": terms.share_millionths,
                "share_of": terms.share_of,
                "day": each.day,
                "evidence": each.evidence,
                **_grain(terms.grain),
            }
            wants.append(Want(each.lease, row.area_id, fields, each.place, {"lease_id": each.lease}))
    sieve.close()
    return keep(RentTerms, wants, entry)


def _grain(grain: Grain | None) -> dict[str, object]:
    if grain is None:
        return {
            "good": "",
            "grade": "",
            "grams_per_mu": 0,
            "market": "",
            "window_first": "",
            "window_last": "",
        }
    return {
        "good": grain.good,
        "grade": grain.grade.strip(),
        "grams_per_mu": grain.grams_per_mu,
        "market": grain.market,
        "window_first": "{:02d}-{:02d}".format(*grain.window_first),
        "window_last": "{:02d}-{:02d}".format(*grain.window_last),
        "window_years_before": grain.years_before,
        "reset_years": grain.reset_years,
    }


def change(entry: Entry, key: str, given: ChangeGiven) -> Kept:
    """Enter what becomes of a lease. The lease itself stays as it was signed."""
    with plainly():
        return change_all(entry, [(key, given)], [entry.place])


@transaction.atomic
def change_all(entry: Entry, given: Sequence[tuple[str, ChangeGiven]], places: Sequence[str]) -> Kept:
    """Enter changes, each with the key of its lease, as `change` does: all of them or none.

    A second change of a lease is judged once the first is entered.
    """
    sieve, wants = Sieve(), []
    firsts: dict[str, int] = {}
    later = [n for n, (key, _) in enumerate(given) if firsts.setdefault(key, n) != n]
    rows = standing(Lease, entry.organisation_id, (key for key, _ in given))
    details = {each.key: each for each in rents.leases(entry.organisation_id, only=rows.values())}
    people = parties_of(each.taker for _, each in given)
    for key, number in firsts.items():
        with sieve.of(number):
            each = given[number][1]
            if key not in rows:
                raise NoSuchLease(lease=key)
            row, found = rows[key], details[key]
            back = next((one for one in found.changes if one.kind == "hand_back"), None)
            if back is not None and each.kind == "renewal":
                raise rent_terms.RenewalAfterHandBack(day=back.day)
            rent_terms.refuse_change(found.terms, each, found.contract_until)
            if each.kind == "renewal":
                _refuse_other_lease(entry, row, found, each)
            taker = named(people, each.taker) if each.kind == "sublease" else None
            fields = {
                "lease_id": row.pk,
                "kind": each.kind,
                "day": each.day,
                "until_day": each.until if each.kind != "hand_back" else None,
                "taker_id": taker.pk if taker else None,
                "consent": each.consent,
                "evidence": each.evidence,
            }
            becoming = rent_terms.change_key(key, each.kind, each.day)
            wants.append(Want(becoming, row.area_id, fields, places[number], {"lease_id": key}))
    sieve.close()
    kept = keep(LeaseChange, wants, entry)
    if later:
        with renumbered(later):
            more = change_all(entry, [given[n] for n in later], [places[n] for n in later])
        kept = Kept(kept.new + more.new, kept.corrected + more.corrected, kept.stood | more.stood)
    return kept


def _refuse_other_lease(entry: Entry, row: Lease, found: LeaseDetail, given: ChangeGiven) -> None:
    """The same land cannot be let twice on one day; the lease signed for a new price is another one."""
    others = Lease.objects.current().filter(
        organisation_id=entry.organisation_id, parcel__code=row.parcel.code, day__lt=given.until
    )
    ends = rents.ends(entry.organisation_id)
    for other in others.exclude(pk=row.pk).order_by("day", "pk"):
        until = ends.get(base(other.key), other.until_day)
        if found.terms.until is not None and (until is None or until > found.terms.until):
            last = (given.until or date.max) - timedelta(days=1)
            raise rent_terms.RenewalMeetsLease(last=last, day=other.day, lease=base(other.key))


@transaction.atomic
def hand(
    entry: Entry,
    key: str,
    given: Handing,
    *,
    grams: int = 0,
    in_kind_fen: int = 0,
    grain: Grain | None = None,
) -> RentPayment:
    """Enter that a rent was handed over; `ledger.actions.rents.pay` checks it and books it.

    grams, in_kind_fen  grain handed over and what it settles; with `grain` it leaves its lot now

    Refuses with NotTheGrainAgreed, LotCostUnsaid, NoSuchLot, LotIsForSale or LotHasLess.
    """
    row = _lease(entry, key)
    lots = Lots.of(entry, [given.lot])
    if grain is not None:
        _refuse_other_grain(entry, lots.seed(given.lot), given, grain)
    agent = party_of(given.agent) if given.agent else None
    fields = {
        "lease_id": row.pk,
        "household_id": row.lessor_id,
        "year": given.year,
        "hop": given.hop,
        "agent_id": agent.pk if agent else None,
        "amount_fen": given.fen,
        "method": given.method,
        "quantity": grams,
        "lot_id": lots.by_number[given.lot].pk if grams else None,
        "in_kind_fen": in_kind_fen,
        "day": given.day,
        "evidence": given.evidence.strip(),
    }
    want = Want(f"{key}:{given.year}/{given.hop}", row.area_id, fields, refers={"lease_id": key})
    kept = keep(RentPayment, [want], entry)
    (made,) = (*kept.new, *(row for _, row in kept.corrected))
    if grain is not None:
        lots.hold([given.lot])
    return cast(RentPayment, made)


def _refuse_other_grain(entry: Entry, lot: Lot, given: Handing, grain: Grain) -> None:
    held = f"{lot.good} {lot.grade}".strip()
    if lot.good != grain.good or lot.unit != "kg" or (grain.grade and lot.grade != grain.grade):
        raise rent_terms.NotTheGrainAgreed(lot=given.lot, held=held, agreed=grain.crop)
    if given.lot not in standing(LotCost, entry.organisation_id, [given.lot]):
        raise LotCostUnsaid(lot=given.lot)


@transaction.atomic
def take_back(entry: Entry, key: str, year: int, reason: str) -> str:
    """Withdraw the last hop of a rent's way, with a reason; returns its reference.

    Refuses with ReasonMissing or NoSuchRentPaid.
    """
    if not reason.strip():
        raise ReasonMissing
    rows = RentPayment.objects.current().filter(organisation_id=entry.organisation_id, year=year)
    found = [row for row in rows if row.key.partition("/")[0] == f"{key}:{year}"]
    last = max(found, key=lambda row: row.hop == "household", default=None)
    if last is None:
        raise NoSuchRentPaid(year=year)
    taken_back(last, reason, entry)
    return last.reference


def _lease(entry: Entry, key: str) -> Lease:
    found = standing(Lease, entry.organisation_id, [key]).get(key)
    if found is None:
        raise NoSuchLease(lease=key)
    return cast(Lease, found)
