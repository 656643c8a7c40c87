"""Objections as the household sees them through its code, and as supervisors see those that wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils.timezone import localdate

from lianjie.base.refusal import Finding
from lianjie.facts.queries.assignments import KEEPS_BOOKS
from lianjie.facts.rules.working_days import YearNotLoaded
from lianjie.ledger.models import Objection, Settlement, SettlementEvent
from lianjie.ledger.queries import notice_terms
from lianjie.ledger.rules import objection as rules

SHOWN = 200


@dataclass(frozen=True)
class Standing:
    """An objection and where it stands.

    until  the last day for the answer; None when working days cannot be counted, `uncounted` says why
    """

    id: int
    organisation: str
    organisation_name: str
    party_code: str
    year: int
    round: int
    raised_at: datetime
    until: date | None
    state: str
    late: bool
    taken_by: str
    passed_by: str
    passed_reason: str
    uncounted: YearNotLoaded | None


def standing(settlement_id: int, today: date) -> dict[int, Standing]:
    """Objection id -> where it stands."""
    rows = _rows().filter(settlement_id=settlement_id)
    return {row.pk: _standing(row, today) for row in rows}


def open_below(paths: Sequence[str], today: date, *, late_only: bool = False) -> list[Standing]:
    """Objections without answer in organisations of these areas, the oldest first."""
    scope = Q(pk__in=[])
    for path in paths:
        inside = {"gte": path, "lt": path + "~"}
        scope |= Q(**{f"settlement__organisation__area__path__{how}": to for how, to in inside.items()})
    rows = _rows().filter(
        scope,
        answer__isnull=True,
        settlement__organisation__organisation__kind__in=KEEPS_BOOKS,
        settlement__state__in=("disclosed", "decided", "posted", "paid", "closed"),
    )
    found = (_standing(row, today) for row in rows.order_by("pk")[: SHOWN * 2])
    return [each for each in found if each.late or not late_only][:SHOWN]


def overdue(settlement_id: int, today: date) -> tuple[Finding, ...]:
    """A finding for each objection that is late."""
    rows = Objection.objects.filter(settlement_id=settlement_id, answer__isnull=True).select_related("party")
    of = Settlement.objects.values_list("organisation_id", flat=True).get(pk=settlement_id)
    waiting = []
    for row in rows:
        raised = localdate(row.raised_at)
        waiting.append(rules.Waiting(row.pk, row.party.code, raised, _until(of, raised)[0]))
    return rules.overdue(waiting, today)


def makers(settlement_id: int) -> set[int | None]:
    """Users who made the settlement: began it, chose its plan, disclosed it."""
    rows = SettlementEvent.objects.filter(settlement_id=settlement_id, act__in=rules.MAKING)
    return set(rows.values_list("by_id", flat=True))


def _rows():
    return Objection.objects.select_related(
        "party", "settlement__organisation", "answer", "taken", "passed_over"
    )


def _until(organisation_id: int, raised: date) -> tuple[date | None, YearNotLoaded | None]:
    try:
        return notice_terms.until(organisation_id, "answer", raised), None
    except YearNotLoaded as refusal:
        return None, refusal


def _standing(row: Objection, today: date) -> Standing:
    raised = localdate(row.raised_at)
    until, uncounted = _until(row.settlement.organisation_id, raised)
    answer, taken, passed = (getattr(row, name, None) for name in ("answer", "taken", "passed_over"))
    return Standing(
        row.pk,
        row.settlement.organisation.code,
        row.settlement.organisation.name,
        row.party.code,
        row.settlement.year,
        row.settlement.round,
        row.raised_at,
        until,
        rules.state(taken=taken is not None, answered=answer is not None, passed_over=passed is not None),
        answer is None and until is not None and until < today,
        taken.person_name if taken else "",
        passed.person_name if passed else "",
        passed.reason if passed else "",
        uncounted,
    )
