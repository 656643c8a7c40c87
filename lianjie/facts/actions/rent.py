"""Terms of rent agreed for a lease, and what becomes of it: handed back, renewed, sub-let."""

from datetime import date
from typing import cast

from django.db import transaction

from lianjie.base.refusal import Refusal, Refusals
from lianjie.base.words import N_
from lianjie.facts.actions.store import Entry, Kept, Want, keep, next_key
from lianjie.facts.actions.withdraw import ReasonMissing, content
from lianjie.facts.models import Lease, LeaseChange, Party, RentPayment, RentTerms
from lianjie.facts.queries import rents
from lianjie.facts.queries.parties import NoSuchParty
from lianjie.facts.rules import rent_terms
from lianjie.facts.rules.rent import Grain, LeaseTerms
from lianjie.facts.rules.rent_terms import ChangeGiven, Handing


class NoSuchLease(Refusal):
    what = N_("There is no lease “{lease}” that still stands.")
    fix = N_("Look it up in the register of land and leases.")


class NoSuchRentPaid(Refusal):
    what = N_("No payment of the rent of {year} stands.")
    fix = N_("Look at the lease: every rent says whether it was handed over.")


@transaction.atomic
def agree(entry: Entry, key: str, terms: LeaseTerms, *, day: date, evidence: str) -> Kept:
    """Enter the terms of rent of a lease; other terms later are a correction.

    terms  only what is said about the rent is kept; the rest is the lease's own

    Refuses with NoSuchLease or, with everything that cannot be, Refusals.
    """
    row = _lease(entry, key)
    if found := list(rent_terms.refusals(terms)):
        raise Refusals(found)
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
        "day": day,
        "evidence": evidence,
        **_grain(terms.grain),
    }
    return keep(RentTerms, [Want(key, row.area_id, fields, refers={"lease_id": key})], entry)


def _grain(grain: Grain | None) -> dict[str, object]:
    if grain is None:
        return {"good": "", "grams_per_mu": 0, "market": "", "window_first": "", "window_last": ""}
    return {
        "good": grain.good,
        "grams_per_mu": grain.grams_per_mu,
        "market": grain.market,
        "window_first": "{:02d}-{:02d}".format(*grain.window_first),
        "window_last": "{:02d}-{:02d}".format(*grain.window_last),
        "window_years_before": grain.years_before,
        "reset_years": grain.reset_years,
    }


@transaction.atomic
def change(entry: Entry, key: str, given: ChangeGiven) -> Kept:
    """Enter what becomes of a lease. The lease itself stays as it was signed."""
    row = _lease(entry, key)
    found = rents.lease(entry.organisation_id, key)
    if found is None:
        raise NoSuchLease(lease=key)
    back = next((each for each in found.changes if each.kind == "hand_back"), None)
    if back is not None and given.kind == "renewal":
        raise rent_terms.RenewalAfterHandBack(day=back.day)
    rent_terms.refuse_change(found.terms, given, found.contract_until)
    taker = _party(given.taker) if given.kind == "sublease" else None
    fields = {
        "lease_id": row.pk,
        "kind": given.kind,
        "day": given.day,
        "until_day": given.until if given.kind == "renewal" else None,
        "taker_id": taker.pk if taker else None,
        "consent": given.consent,
        "evidence": given.evidence,
    }
    want = Want(f"{key}-{given.kind}-{given.day}"[:110], row.area_id, fields, refers={"lease_id": key})
    return keep(LeaseChange, [want], entry)


@transaction.atomic
def hand(entry: Entry, key: str, given: Handing, *, grams: int = 0) -> RentPayment:
    """Enter that a rent was handed over; `ledger.actions.rents.pay` checks it and books it."""
    row = _lease(entry, key)
    agent = _party(given.agent) if given.agent else None
    fields = {
        "lease_id": row.pk,
        "household_id": row.lessor_id,
        "year": given.year,
        "hop": given.hop,
        "agent_id": agent.pk if agent else None,
        "amount_fen": given.fen,
        "method": given.method,
        "quantity": grams,
        "day": given.day,
        "evidence": given.evidence.strip(),
    }
    want = Want(f"{key}:{given.year}/{given.hop}", row.area_id, fields, refers={"lease_id": key})
    kept = keep(RentPayment, [want], entry)
    (made,) = (*kept.new, *(row for _, row in kept.corrected))
    return cast(RentPayment, made)


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
    RentPayment.objects.create(
        **content(last),
        key=next_key(last.key),
        source_id=entry.source_id,
        corrects_id=last.pk,
        withdrawn=True,
        reason=reason.strip()[:300],
        recorded_at=entry.at,
        recorded_by_id=entry.by,
    )
    return last.reference


def _lease(entry: Entry, key: str) -> Lease:
    rows = Lease.objects.current().filter(organisation_id=entry.organisation_id, key__startswith=key)
    found = next((row for row in rows if row.key.partition("~")[0] == key), None)
    if found is None:
        raise NoSuchLease(lease=key)
    return found


def _party(code: str) -> Party:
    found = Party.objects.filter(code=code).first()
    if found is None:
        raise NoSuchParty(code=code)
    return found
