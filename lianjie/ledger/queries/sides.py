"""The collective's part beside the households': to whom a settlement's money goes, and the year before."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Sum

from lianjie.facts.models import Organisation
from lianjie.ledger.models import Allotment
from lianjie.ledger.queries import settlements
from lianjie.ledger.queries.settlements import SettlementRow, Worked
from lianjie.ledger.queries.statements import names_by_code
from lianjie.ledger.rules.flow import CARRIED_OUT
from lianjie.ledger.rules.step_booking import booked_steps

SIDES = ("households", "collective", "others", "kept")
"""Households and people; village collectives; other organisations; what stays in the organisation's funds."""


@dataclass(frozen=True)
class Side:
    """One side's part in fen; below zero it pays. `before_fen` None when the year before was not settled."""

    name: str
    fen: int
    before_fen: int | None

    @property
    def change_fen(self) -> int | None:
        return None if self.before_fen is None else self.fen - self.before_fen


def of_trial(row: SettlementRow, worked: Worked) -> tuple[Side, ...]:
    """Each side's part by this settlement beside that by the standing one of the year before.

    A side with nothing in either year is left out, but households and the collective never are.
    """
    owed: Counter[str] = Counter()
    for step in booked_steps(worked.plan, worked.outcome, settlements.member_codes(row)):
        for each in step.owed:
            owed[each.party] += 0 if each.memo else each.amount_fen
    now = _by_side(row, owed)
    last = [each for each in settlements.list_of(row.organisation_id) if each.year == row.year - 1]
    before = next(iter(of_settled(last).values()), None)
    found = (Side(name, now[name], before[name] if before else None) for name in SIDES)
    return tuple(each for each in found if each.name in SIDES[:2] or each.fen or each.before_fen)


def of_settled(rows: Iterable[SettlementRow]) -> dict[int, Counter[str]]:
    """Settlement id -> side -> fen, of those that are carried out and stand."""
    kinds = {row.id: row.organisation_kind for row in rows if row.state in CARRIED_OUT}
    lines = Allotment.objects.filter(step__settlement_id__in=kinds, memo=False).order_by()
    found: dict[int, Counter[str]] = {}
    parts = lines.values_list("step__settlement_id", "party__kind", "party__organisation__kind")
    for of, kind, organisation_kind, fen in parts.annotate(fen=Sum("amount_fen")):
        side = _side(kinds[of], kind, organisation_kind)
        found.setdefault(of, Counter())[side] += int(fen)
    return found


def _by_side(row: SettlementRow, owed: Mapping[str, int]) -> Counter[str]:
    """`owed`: party code -> fen, "" for the organisation's own funds."""
    parties = names_by_code(code for code in owed if code)
    organisations = [each.id for each in parties.values() if each.kind == "organisation"]
    kinds = dict(Organisation.objects.filter(pk__in=organisations).values_list("pk", "kind"))
    found: Counter[str] = Counter()
    for code, fen in owed.items():
        party = parties.get(code)
        kind, of = (party.kind, kinds.get(party.id)) if party else (None, None)
        found[_side(row.organisation_kind, kind, of)] += fen
    return found


def _side(settles: str, kind: str | None, organisation_kind: str | None) -> str:
    if kind is None:
        return "collective" if settles == "collective" else "kept"
    if kind != "organisation":
        return "households"
    return "collective" if organisation_kind == "collective" else "others"
