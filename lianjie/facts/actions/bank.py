"""Bank accounts entered by one person and approved by another; rulings of every kind."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts import sealing
from lianjie.facts.actions.audit import note
from lianjie.facts.actions.store import Entry, Want, keep
from lianjie.facts.models import BankAccount, Party, Ruling
from lianjie.facts.queries import bank as queries
from lianjie.facts.queries.parties import NoSuchParty
from lianjie.facts.rules import bank as rules


class NothingToRule(Refusal):
    what = N_("“{subject}” does not wait for approval.")
    fix = N_("Look at the list of what waits; somebody may have ruled on it.")


class OwnWork(Refusal):
    what = N_("Nobody approves what they entered themselves.")
    fix = N_("Let another person with the right look at it.")


class RejectedWithoutReason(Refusal):
    what = N_("A rejection needs its reason.")
    fix = N_("Say what is wrong, so that it can be mended.")


@dataclass(frozen=True)
class AccountGiven:
    """An account as a household gave it."""

    party: str
    holder: str
    bank: str
    number: str
    day: date
    bank_code: str = ""
    evidence: str = ""


@transaction.atomic
def add_account(entry: Entry, given: AccountGiven) -> BankAccount:
    """Enter an account of a household, a person, or the organisation whose books these are; it waits for a
    second person. The same account again changes nothing.

    Refuses with NoSuchParty, NotAnAccountNumber, AccountIncomplete or HolderDiffers.
    """
    party = Party.objects.filter(code=given.party).first()
    if party is None or (party.kind == "organisation" and party.pk != entry.organisation_id):
        raise NoSuchParty(code=given.party)
    found = rules.number(given.number)
    if not given.holder.strip() or not given.bank.strip():
        raise rules.AccountIncomplete
    if rules.alike(given.holder) not in {rules.alike(name) for name in queries.names_of(party.pk)}:
        raise rules.HolderDiffers(holder=given.holder.strip(), party=party.name)
    same = queries.standing(entry.organisation_id, party.pk, sealing.account_indexes(found))
    if same is not None and (same.holder, same.bank) == (given.holder.strip(), given.bank.strip()):
        return same
    earlier = BankAccount.objects.filter(organisation_id=entry.organisation_id, party=party).count()
    key = f"{given.party}/{earlier + 1}"
    row = sealing.account_row(entry.organisation_id, key)
    sealed = sealing.seal(found, row)
    fields = {
        "party_id": party.pk,
        "holder": given.holder.strip(),
        "bank": given.bank.strip(),
        "bank_code": given.bank_code.strip(),
        "number_sealed": sealed,
        "number_index": sealing.account_index(found),
        "number_digest": sealing.digest(sealed, row),
        "number_end": found[-4:],
        "day": given.day,
        "until_day": None,
        "evidence": given.evidence,
    }
    return keep(BankAccount, [Want(key, party.area_id, fields)], entry).new[0]


@transaction.atomic
def rule_account(
    organisation_id: int, key: str, *, verdict: str, reason: str, at: datetime, by: int
) -> Ruling:
    """Rule on an account that waits. Refuses with NothingToRule, OwnWork or RejectedWithoutReason."""
    row = BankAccount.objects.current().filter(organisation_id=organisation_id, key=key).first()
    if row is None:
        raise NothingToRule(subject=key)
    seen = {
        "party": row.party.code,
        "holder": row.holder,
        "bank": row.bank,
        "number": f"****{row.number_end}",
    }
    before = queries.approved_before(row)
    if before is not None:
        seen |= {
            "before": {"holder": before.holder, "bank": before.bank, "number": f"****{before.number_end}"}
        }
    return rule(
        organisation_id,
        row.reference,
        maker=row.recorded_by_id,
        seen=seen,
        verdict=verdict,
        reason=reason,
        at=at,
        by=by,
    )


def rule(
    organisation_id: int,
    subject: str,
    *,
    maker: int | None,
    seen: dict[str, Any],
    verdict: str,
    reason: str,
    at: datetime,
    by: int,
) -> Ruling:
    """Keep a checker's word on anything a maker entered, once. Call it inside the caller's transaction."""
    if Ruling.objects.filter(subject=_subject(organisation_id, subject)).exists():
        raise NothingToRule(subject=subject)
    if maker is not None and maker == by:
        raise OwnWork
    if verdict == "rejected" and not reason.strip():
        raise RejectedWithoutReason
    row = Ruling.objects.create(
        organisation_id=organisation_id,
        subject=_subject(organisation_id, subject),
        verdict=verdict,
        reason=reason.strip()[:300],
        seen=seen,
        maker_id=maker,
        at=at,
        by_id=by,
    )
    note(
        f"rule:{verdict}",
        subject=subject,
        organisation_id=organisation_id,
        text=reason.strip(),
        after=seen,
        by=by,
    )
    return row


def _subject(organisation_id: int, subject: str) -> str:
    return queries.subject(organisation_id, subject)
