"""Income of a collective: the common reserve first, then members by their income shares."""

from collections.abc import Iterator

from lianjie.base.refusal import Finding, Severity
from lianjie.base.words import N_
from lianjie.ledger.rules.checks_text import measures_behind
from lianjie.ledger.rules.given import Given
from lianjie.ledger.rules.outcome import Outcome, StepResult
from lianjie.ledger.rules.plan import Plan, Step

NAMED = 5
LAW = N_("Law on Rural Collective Economic Organisations (2024), art. 42")


def check_collective(plan: Plan, given: Given, outcome: Outcome) -> Iterator[Finding]:
    """Findings about the steps whose legal basis is the collective's income."""
    ran = [
        (step, outcome.step(step.name))
        for step in plan.steps
        if plan.legal_basis_of(step) == "collective_income"
    ]
    shared = [(step, result) for step, result in ran if step.among and result.amount_fen]
    if not shared:
        return
    yield from _reserve_first(ran)
    yield from _members(given, shared)
    yield from _shares(plan, shared)


def _reserve_first(ran: list[tuple[Step, StepResult]]) -> Iterator[Finding]:
    shared = drawn = False
    for step, result in ran:
        if step.role == "reserve":
            drawn = True
            if shared and result.amount_fen:
                text = N_("{step} comes after income was already shared. The common reserve comes first.")
                yield Finding("collective-order", text, {"step": step.label}, "error", step.name, LAW)
        shared = shared or bool(step.among and result.amount_fen)
    if not drawn:
        text = N_("Income of the collective is shared without drawing the common reserve the charter sets.")
        yield Finding("collective-no-reserve", text, {}, "warning", "plan", LAW)


def _members(given: Given, shared: list[tuple[Step, StepResult]]) -> Iterator[Finding]:
    if not any("member" in each.attributes for each in given.recipients):
        text = N_("Nobody's membership is recorded, so it cannot be checked that only members share.")
        yield Finding("membership-unknown", text, {}, "warning", "plan", LAW)
        return
    members = {each.code for each in given.recipients if each.attributes.get("member") is True}
    text = N_("{step} gives income of the collective to {count} who are not its members: {codes}.")
    for step, result in shared:
        others = [x.recipient for x in result.lines if x.amount_fen and x.recipient not in members]
        if others:
            codes = ", ".join(others[:NAMED]) + (" …" if len(others) > NAMED else "")
            details = {"step": step.label, "count": len(others), "codes": codes}
            severity: Severity = "warning" if step.role == "welfare" else "error"
            yield Finding("collective-not-members", text, details, severity, step.name, LAW)


def _shares(plan: Plan, shared: list[tuple[Step, StepResult]]) -> Iterator[Finding]:
    text = N_("{step} shares income of the collective, but not by members' income shares.")
    for step, _ in shared:
        if step.role in ("welfare", "cost"):
            continue
        behind = measures_behind(plan, step.by)
        if not any(plan.measure_unit(name) == "share" for name in behind):
            yield Finding("collective-not-by-shares", text, {"step": step.label}, "warning", step.name, LAW)
