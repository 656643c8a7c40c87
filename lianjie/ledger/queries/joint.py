"""A joint co-op's year from its ledger: what it cost, what it left, and each village's part."""

from dataclasses import dataclass

from lianjie.facts.queries import joint as facts
from lianjie.facts.queries.joint import JoinedVillage
from lianjie.ledger.queries.forms import year_forms
from lianjie.ledger.rules.joint import VillagePart, by_parts

COSTS = (3, 4, 5, 6, 9, 11)
"""Lines of form 02: operating expenses, taxes, administration, finance, other expenses, income tax."""
INCOME = (1, 2, 8)
SURPLUS = 12


@dataclass(frozen=True)
class JointYear:
    """Fen. `rows`: each village with its part; empty when none joined with parts."""

    year: int
    income_fen: int
    cost_fen: int
    surplus_fen: int
    all_parts: int
    rows: tuple[tuple[JoinedVillage, VillagePart], ...]


def year(organisation_id: int, of: int) -> JointYear | None:
    """The year by the parts agreed last in it; None when nothing is booked."""
    forms = year_forms(organisation_id, of)
    if forms is None:
        return None
    lines = {line.number: line.fen for line in forms.surplus}
    villages = {row.code: row for row in facts.joined(organisation_id, of)}
    cost, surplus = sum(lines[number] for number in COSTS), lines[SURPLUS]
    parts = {code: row.parts for code, row in villages.items()}
    shared = by_parts(cost, surplus, parts) if parts else ()
    return JointYear(
        of,
        sum(lines[number] for number in INCOME),
        cost,
        surplus,
        sum(parts.values()),
        tuple((villages[part.code], part) for part in shared),
    )
