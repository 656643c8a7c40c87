"""What was done to a settlement, what was asked about it, how the assembly voted, who has been paid."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.models import Party
from lianjie.facts.queries.names import user_name
from lianjie.ledger.models import Decision, Objection, Payout, SettlementEvent

SLICE = 900


class NoSuchObjection(Refusal):
    what = N_("This settlement has no such objection.")
    fix = N_("Open it from the list of objections.")


@dataclass(frozen=True)
class EventRow:
    """One act: by whom, when, and the reason that was given."""

    act: str
    state: str
    text: str
    who: str
    at: datetime


@dataclass(frozen=True)
class AnswerRow:
    """The answer to an objection."""

    outcome: str
    text: str
    person_name: str
    at: datetime


@dataclass(frozen=True)
class ObjectionRow:
    """A question about a line, or about the whole when `step_name` is empty."""

    id: int
    party_id: int
    party_code: str
    party_name: str
    step_name: str
    text: str
    raised_at: datetime
    raised_by: str
    answer: AnswerRow | None


@dataclass(frozen=True)
class DecisionRow:
    """The assembly's vote."""

    resolution: str
    day: date
    members: int
    present: int
    votes_total: int
    votes_for: int
    minutes: str
    who: str
    at: datetime
    typed: bool
    """The counts were typed in: no list of members existed."""


@dataclass(frozen=True)
class PaidRow:
    """Money or goods handed to one party."""

    party_id: int
    party_code: str
    party_name: str
    amount_fen: int
    day: date
    method: str
    evidence: str


@dataclass(frozen=True)
class PartyName:
    """A party as lists name it."""

    id: int
    code: str
    name: str
    kind: str
    village: str
    group: str


def events(settlement_id: int) -> tuple[EventRow, ...]:
    """Everything done to the settlement, in order."""
    rows = SettlementEvent.objects.filter(settlement_id=settlement_id).select_related("by").order_by("pk")
    return tuple(EventRow(r.act, r.state, r.text, user_name(r.by), r.at) for r in rows)


def objections(settlement_id: int, party_ids: Iterable[int] | None = None) -> tuple[ObjectionRow, ...]:
    """Objections, unanswered first; with `party_ids` only those of these parties."""
    rows = Objection.objects.filter(settlement_id=settlement_id)
    if party_ids is not None:
        rows = rows.filter(party_id__in=list(party_ids))
    rows = rows.select_related("party", "raised_by", "answer").order_by("pk")
    return tuple(sorted(map(_objection, rows), key=lambda each: (each.answer is not None, each.id)))


def objection(settlement_id: int, objection_id: int) -> ObjectionRow:
    """One objection of this settlement. Refuses with NoSuchObjection."""
    rows = Objection.objects.filter(settlement_id=settlement_id, pk=objection_id)
    row = rows.select_related("party", "raised_by", "answer").first()
    if row is None:
        raise NoSuchObjection()
    return _objection(row)


def decision(settlement_id: int) -> DecisionRow | None:
    """The vote, once it was held."""
    row = Decision.objects.filter(settlement_id=settlement_id).select_related("by", "by_resolution").first()
    if row is None:
        return None
    return DecisionRow(
        row.resolution,
        row.day,
        row.members,
        row.present,
        row.votes_total,
        row.votes_for,
        row.minutes,
        user_name(row.by),
        row.at,
        not hasattr(row, "by_resolution"),
    )


def paid(settlement_id: int, party_id: int | None = None) -> tuple[PaidRow, ...]:
    """Payments of the settlement, in order of party; with `party_id` those of one."""
    rows = Payout.objects.filter(settlement_id=settlement_id)
    if party_id is not None:
        rows = rows.filter(party_id=party_id)
    return tuple(
        PaidRow(r.party_id, r.party.code, r.party.name, r.amount_fen, r.day, r.method, r.evidence)
        for r in rows.select_related("party").order_by("party__code", "pk")
    )


def names(ids: Iterable[int]) -> dict[int, PartyName]:
    """Parties by id, as lists name them."""
    return {each.id: each for each in _named("pk", sorted(set(ids)))}


def names_by_code(codes: Iterable[str]) -> dict[str, PartyName]:
    """Parties by code, as lists name them."""
    return {each.code: each for each in _named("code", sorted(set(codes)))}


def _named(field: str, wanted: list[Any]) -> Iterable[PartyName]:
    for start in range(0, len(wanted), SLICE):
        rows = Party.objects.filter(**{f"{field}__in": wanted[start : start + SLICE]})
        for row in rows.select_related("area", "household"):
            group = row.household.village_group if hasattr(row, "household") else ""
            yield PartyName(row.pk, row.code, row.name, row.kind, row.area.name, group)


def _objection(row: Objection) -> ObjectionRow:
    answer = getattr(row, "answer", None)
    return ObjectionRow(
        row.pk,
        row.party_id,
        row.party.code,
        row.party.name,
        row.step_name,
        row.text,
        row.raised_at,
        user_name(row.raised_by),
        AnswerRow(answer.outcome, answer.text, answer.person_name, answer.at) if answer else None,
    )
