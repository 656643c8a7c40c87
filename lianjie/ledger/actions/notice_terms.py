"""An office's own terms of notice and answer: entered by one person, approved by another."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from lianjie.facts.actions import bank
from lianjie.facts.actions.audit import note
from lianjie.facts.models import Party
from lianjie.ledger.models import NoticeTerm
from lianjie.ledger.queries import notice_terms
from lianjie.ledger.rules import notice_term as rules
from lianjie.ledger.rules.notice_term import DayTerm


@dataclass(frozen=True)
class TermGiven:
    """A term as it is entered. `what` disclosure or answer; `counted` calendar or working."""

    organisation_id: int
    what: str
    days: int
    counted: str
    from_day: date
    source: str


@transaction.atomic
def enter(given: TermGiven, *, at: datetime, by: int) -> int:
    """Enter a term; it counts once another person approves it. The same one again while it waits is that one.

    Refuses as rules.notice_term.check does.
    """
    party = Party.objects.select_for_update(of=("self",)).get(pk=given.organisation_id)
    term = DayTerm(given.days, given.counted, given.from_day, given.source.strip()[:200])
    law = notice_terms.law(party.pk, given.what, given.from_day)
    rules.check(term, given.what, party.organisation.kind, law, at.date())
    for row in notice_terms.rows(party.pk, given.what):
        if row.state == "waiting" and row.term == term:
            return row.number
    made = NoticeTerm.objects.create(
        organisation=party, what=given.what, days=term.days, counted=term.counted, from_day=term.from_day,
        source=term.source, at=at, by_id=by,
    )  # fmt: skip
    told = {"days": term.days, "counted": term.counted, "from": f"{term.from_day}"}
    note("term:enter", subject=given.what, organisation_id=party.pk, text=term.source, after=told, by=by)
    return int(made.pk)


@transaction.atomic
def rule(organisation_id: int, number: int, *, verdict: str, reason: str, at: datetime, by: int) -> None:
    """Approve a term or reject it. Refuses with NothingToRule, OwnWork or RejectedWithoutReason."""
    row = NoticeTerm.objects.filter(organisation_id=organisation_id, pk=number).first()
    if row is None:
        raise bank.NothingToRule(subject=str(number))
    now = notice_terms.term(organisation_id, row.what, at.date())
    seen = {
        "what": row.what, "days": row.days, "counted": row.counted, "from": f"{row.from_day}",
        "source": row.source, "before": {"days": now.days, "counted": now.counted},
    }  # fmt: skip
    bank.rule(
        organisation_id, row.reference, maker=row.by_id, seen=seen, verdict=verdict, reason=reason, at=at,
        by=by,
    )  # fmt: skip
