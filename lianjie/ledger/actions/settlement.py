"""Take a settlement from draft to the assembly's decision; carrying_out.py does the rest."""

from datetime import date, datetime

import polars as pl
from django.db import transaction

from lianjie.base.digest import sha256
from lianjie.base.period import Period
from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts import parameters as given_facts
from lianjie.facts.actions.assembly import ResolutionUnknown
from lianjie.facts.actions.audit import note
from lianjie.facts.queries import assembly as meetings
from lianjie.facts.queries.parties import NoSuchParty, ids_by_code
from lianjie.ledger import bulk, parameters
from lianjie.ledger.actions import objection_code
from lianjie.ledger.models import (
    Acceptance,
    Allotment,
    Answer,
    Decision,
    DecisionByResolution,
    Objection,
    Plan,
    Settlement,
    SettlementEvent,
    Step,
)
from lianjie.ledger.queries import notice_terms, objections, settlements
from lianjie.ledger.queries.settlements import SettlementRow
from lianjie.ledger.rules import flow
from lianjie.ledger.rules import objection as objecting
from lianjie.ledger.rules.flow import Vote
from lianjie.ledger.rules.given import given_json
from lianjie.ledger.rules.plan import NoPlanInForce
from lianjie.ledger.rules.step_booking import BookedStep, booked_steps

ALLOTMENT_SCHEMA = {
    "step_id": pl.Int64,
    "party_id": pl.Int64,
    "account": pl.String,
    "amount_fen": pl.Int64,
    "good": pl.String,
    "quantity": pl.Int64,
    "memo": pl.Boolean,
}

FROZEN_COLUMNS = (
    "state",
    "given",
    "given_sha256",
    "outcome_sha256",
    "disclosed_day",
    "objections_until",
)


class OneIsOpen(Refusal):
    words = ("state",)
    what = N_("{year} is already being settled (round {round}, {state}).")
    fix = N_("Go on with that settlement, or withdraw or reverse it first.")


class PlanOfAnother(Refusal):
    what = N_("The plan does not belong to this organisation.")
    fix = N_("Choose one of its own plans.")


class NoSuchFinding(Refusal):
    what = N_("The settlement has no such finding any more.")
    fix = N_("Open the trial again and look at the findings that are left.")


class AcceptanceUnnamed(Refusal):
    what = N_("A finding is accepted only by a named person who says why.")
    fix = N_("Give the name and the reason.")


class NotTheSameAsShown(Refusal):
    what = N_("The facts or the plan changed after this trial was shown.")
    fix = N_("Look at the new result, then disclose it.")


class TextMissing(Refusal):
    what = N_("The text is empty.")
    fix = N_("Write what is meant in one or two sentences.")


class AnsweredAlready(Refusal):
    what = N_("This objection already has an answer.")
    fix = N_("Answers stay as they were given; a new objection can be raised.")


@transaction.atomic
def draft(organisation_id: int, year: int, plan_id: int, *, at: datetime, by: int | None) -> int:
    """Begin a year's settlement under one kept plan. One at a time for a year.

    returns  the settlement's id
    """
    rounds = Settlement.objects.filter(organisation_id=organisation_id, year=year)
    alive = rounds.exclude(state__in=("withdrawn", "reversed")).first()
    if alive is not None:
        raise OneIsOpen(year=year, round=alive.round, state=alive.state)
    _check_plan(organisation_id, plan_id, year)
    row = Settlement.objects.create(
        organisation_id=organisation_id,
        year=year,
        round=settlements.next_round(organisation_id, year),
        plan_id=plan_id,
        recorded_at=at,
    )
    _event(row, "draft", at=at, by=by)
    return row.pk


@transaction.atomic
def change_plan(row: SettlementRow, plan_id: int, *, at: datetime, by: int | None) -> None:
    """Settle under another version; only before the disclosure."""
    flow.next_state(row.state, "try")
    _check_plan(row.organisation_id, plan_id, row.year)
    stored = _lock(row)
    stored.plan_id = plan_id
    stored.save(update_fields=["plan"])
    _event(stored, "plan", at=at, by=by, details={"plan": plan_id})


@transaction.atomic
def keep_trial(row: SettlementRow, *, at: datetime, by: int | None) -> str:
    """Note that a trial was run and looked at; the books and the facts stay as they are.

    returns  the outcome's digest
    """
    worked = settlements.worked(row)
    stored = _lock(row)
    stored.state = flow.next_state(stored.state, "try")
    stored.save(update_fields=["state"])
    _event(stored, "try", at=at, by=by, details={"digest": worked.outcome.digest})
    return worked.outcome.digest


@transaction.atomic
def accept(
    row: SettlementRow, key: str, *, person_name: str, reason: str, at: datetime, by: int | None
) -> None:
    """A named person takes a finding on, with a reason. Accepting twice keeps the first."""
    flow.next_state(row.state, "disclose")
    if not person_name.strip() or not reason.strip():
        raise AcceptanceUnnamed()
    finding = next((each for each in settlements.worked(row).findings if each.key == key), None)
    if finding is None:
        raise NoSuchFinding()
    if finding.severity == "error":
        raise flow.CannotBeAccepted(finding=finding.say())
    kept, new = Acceptance.objects.get_or_create(
        settlement_id=row.id,
        finding_key=key,
        defaults={
            "finding_text": finding.say()[:500],
            "person_name": person_name.strip(),
            "reason": reason.strip(),
            "at": at,
            "by_id": by,
        },
    )
    if new:
        _note("accept", kept.settlement, by, reason.strip(), {"finding": key})


@transaction.atomic
def disclose(row: SettlementRow, *, day: date, digest: str = "", at: datetime, by: int | None) -> None:
    """Freeze inputs and result, and open them for objection.

    digest  of the result the reader saw; refuses with NotTheSameAsShown when it is no longer that

    Refuses with FindingsOpen while a finding is neither mended nor accepted.
    """
    stored = _lock(row)
    state = flow.next_state(stored.state, "disclose")
    worked = settlements.worked(row)
    if digest and digest != worked.outcome.digest:
        raise NotTheSameAsShown()
    open_findings = worked.open_findings
    if open_findings:
        texts = "; ".join(each.say() for each in open_findings)
        raise flow.FindingsOpen(count=len(open_findings), findings=texts)
    _write_steps(stored, booked_steps(worked.plan, worked.outcome, settlements.member_codes(row)))
    stored.state = state
    stored.given = given_json(worked.given)
    stored.given_sha256 = sha256(stored.given)
    stored.outcome_sha256 = worked.outcome.digest
    stored.disclosed_day = day
    stored.objections_until = notice_terms.until(row.organisation_id, "disclosure", day)
    stored.save(update_fields=FROZEN_COLUMNS)
    listed = ids_by_code({each.code for each in worked.given.recipients})
    objection_code.issue(stored.pk, listed.values(), at=at, by=by)
    _event(stored, "disclose", at=at, by=by, details={"digest": worked.outcome.digest})


@transaction.atomic
def object_to(
    row: SettlementRow, party_id: int, text: str, *, step_name: str = "", at: datetime, by: int | None
) -> int:
    """A household questions its settlement, or one line of it. Open until the money is booked.

    returns  the objection's id
    """
    stored = _lock(row)
    if stored.state not in ("disclosed", "decided"):
        raise flow.NotNow(state=stored.state, act=flow.ACT_WORDS["object"])
    if not text.strip():
        raise TextMissing()
    made = Objection.objects.create(
        settlement=stored,
        party_id=party_id,
        step_name=step_name,
        text=text.strip(),
        raised_at=at,
        raised_by_id=by,
    )
    _note("object", stored, by, text.strip(), {"objection": made.pk})
    return made.pk


@transaction.atomic
def answer(
    objection_id: int, *, outcome: str, text: str, person_name: str, at: datetime, by: int | None
) -> None:
    """Answer an objection once, by a named person who did not make the settlement.

    Refuses with AnsweredByItsMaker or AnsweredAlready.
    """
    objection = Objection.objects.select_for_update().get(pk=objection_id)
    objecting.check_answerer(by, objections.makers(objection.settlement_id))
    if Answer.objects.filter(objection=objection).exists():
        raise AnsweredAlready()
    if not text.strip() or not person_name.strip():
        raise TextMissing()
    Answer.objects.create(
        objection=objection,
        outcome=outcome,
        text=text.strip(),
        person_name=person_name.strip(),
        at=at,
        by_id=by,
    )
    _note("answer", objection.settlement, by, text.strip(), {"objection": objection_id, "outcome": outcome})


@transaction.atomic
def decide_by(row: SettlementRow, key: str, *, at: datetime, by: int | None) -> None:
    """The assembly decided by a resolution on record: its counts are taken, none is typed in.

    key  of the resolution: "2026-1/3"

    Refuses with ResolutionUnknown, NotASettlementsResolution, and whatever the vote lacks.
    """
    found = meetings.resolution(row.organisation_id, key)
    if found is None:
        raise ResolutionUnknown(number=key)
    if found.matter != "ordinary" or DecisionByResolution.objects.filter(resolution_id=found.id).exists():
        raise flow.NotASettlementsResolution(number=key)
    vote = Vote(found.day, found.members, found.present, found.votes_total, found.votes_for)
    _decide(row, vote, resolution=key, minutes=found.title, made_by=found.id, at=at, by=by)


@transaction.atomic
def decide(
    row: SettlementRow, vote: Vote, *, resolution: str, minutes: str, at: datetime, by: int | None
) -> None:
    """Record a vote by counts typed in, where no list of members exists; see `decide_by`.

    Refuses with MembersAreKnown, and a vote too early, without quorum, without majority.
    """
    known = len(meetings.members(row.organisation_id, vote.day))
    if known:
        raise flow.MembersAreKnown(members=known)
    _decide(row, vote, resolution=resolution, minutes=minutes, made_by=None, at=at, by=by)


def _decide(
    row: SettlementRow,
    vote: Vote,
    *,
    resolution: str,
    minutes: str,
    made_by: int | None,
    at: datetime,
    by: int | None,
) -> None:
    stored = _lock(row)
    state = flow.next_state(stored.state, "decide")
    assert stored.disclosed_day is not None
    flow.check_vote(
        vote,
        disclosed=stored.disclosed_day,
        organisation_kind=row.organisation_kind,
        disclosure=parameters.text("disclosure"),
        assembly=given_facts.text("assembly"),
        until=stored.objections_until,
    )
    if not resolution.strip():
        raise TextMissing()
    decision = Decision.objects.create(
        settlement=stored,
        resolution=resolution.strip(),
        day=vote.day,
        members=vote.members,
        present=vote.present,
        votes_total=vote.votes_total,
        votes_for=vote.votes_for,
        minutes=minutes.strip(),
        at=at,
        by_id=by,
    )
    if made_by is not None:
        DecisionByResolution.objects.create(decision=decision, resolution_id=made_by)
    stored.state = state
    stored.save(update_fields=["state"])
    _event(stored, "decide", at=at, by=by, text=resolution.strip())


@transaction.atomic
def withdraw(row: SettlementRow, *, reason: str, at: datetime, by: int | None) -> None:
    """Give up a settlement before it is booked; it stays readable, and the year is free for a new one."""
    stored = _lock(row)
    state = flow.next_state(stored.state, "withdraw")
    if not reason.strip():
        raise TextMissing()
    stored.state = state
    stored.save(update_fields=["state"])
    _event(stored, "withdraw", at=at, by=by, text=reason.strip())


def _check_plan(organisation_id: int, plan_id: int, year: int) -> None:
    plan = Plan.objects.filter(pk=plan_id, organisation_id=organisation_id).first()
    if plan is None:
        raise PlanOfAnother()
    last_day = Period.year(year).last_day
    if last_day is None or last_day not in Period(plan.effective_from, plan.effective_until):
        raise NoPlanInForce(code=plan.code, day=last_day)


def _lock(row: SettlementRow) -> Settlement:
    return Settlement.objects.select_for_update().get(pk=row.id)


def _event(
    settlement: Settlement,
    act: str,
    *,
    at: datetime,
    by: int | None,
    text: str = "",
    details: dict | None = None,
) -> None:
    SettlementEvent.objects.create(
        settlement=settlement,
        act=act,
        state=settlement.state,
        text=text[:300],
        details=details or {},
        at=at,
        by_id=by,
    )
    _note(act, settlement, by, text, {"state": settlement.state, **(details or {})})


def _note(act: str, settlement: Settlement, by: int | None, text: str, after: dict[str, object]) -> None:
    subject = f"settlement:{settlement.organisation.code}/{settlement.year}/{settlement.round}"
    note(
        f"settle:{act}",
        subject=subject,
        organisation_id=settlement.organisation_id,
        text=text,
        after=after,
        by=by,
    )


def _write_steps(settlement: Settlement, steps: tuple[BookedStep, ...]) -> None:
    rows = Step.objects.bulk_create(
        Step(
            settlement=settlement,
            seq=seq,
            name=step.name,
            legal_basis=step.legal_basis,
            stream=step.stream,
            role=step.role,
            amount_fen=step.amount_fen,
            debit_account=step.debit_account,
        )
        for seq, step in enumerate(steps, 1)
    )
    ids = ids_by_code({owed.party for step in steps for owed in step.owed if owed.party})
    records = []
    for row, step in zip(rows, steps, strict=True):
        for owed in step.owed:
            if owed.party and owed.party not in ids:
                raise NoSuchParty(code=owed.party)
            party = ids[owed.party] if owed.party else None
            records.append(
                (row.pk, party, owed.account, owed.amount_fen, owed.good, owed.quantity, owed.memo)
            )
    frame = pl.DataFrame(records, schema=ALLOTMENT_SCHEMA, orient="row")
    bulk.load(Allotment._meta.db_table, frame)
