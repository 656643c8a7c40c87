"""Check a plan by its text alone."""

import ast
from collections.abc import Iterator

from lianjie.base.period import Period
from lianjie.base.refusal import Finding
from lianjie.base.words import N_, Label
from lianjie.ledger.rules import terms
from lianjie.ledger.rules.expression import parse
from lianjie.ledger.rules.plan import Figure, Group, Measure, Party, Plan, Quantification, Step, Weight
from lianjie.ledger.rules.plan_names import formulas_of

WAGES = N_("Regulation on Ensuring Wage Payment to Migrant Workers (2019), arts. 11 and 15")
LAND = N_("Rural Land Contracting Law (2018), art. 39; judicial interpretation of 2020, art. 17")
LABOUR = N_(
    "Law on Farmers' Professional Cooperatives (2017 revision), art. 13; regulation on registering market"
    " entities (2021), art. 13"
)
COOP_LAW = {
    "13": N_("Law on Farmers' Professional Cooperatives (2017 revision), art. 13"),
    "41 and 44": N_("Law on Farmers' Professional Cooperatives (2017 revision), arts. 41 and 44"),
    "42": N_("Law on Farmers' Professional Cooperatives (2017 revision), art. 42"),
    "44": N_("Law on Farmers' Professional Cooperatives (2017 revision), art. 44"),
    "53": N_("Law on Farmers' Professional Cooperatives (2017 revision), art. 53"),
}

Named = Figure | Measure | Group | Weight | Party | Step | Quantification

STREAM_OF = {"rent": "rent", "wage": "wage", "produce_payment": "produce"}
"""The stream that belongs to a legal basis which is somebody's claim, not a distribution."""


def coop_law(article: str) -> str:
    """The cooperative law with its article, a catalogue text, as findings cite it."""
    return COOP_LAW[article]


def check_plan(plan: Plan, period: Period | None = None) -> tuple[Finding, ...]:
    """What can be said before a figure is known; with a period, also whether the plan rules it."""
    return (
        *_dates(plan, period),
        *_labels(plan),
        *_law_given(plan),
        *_roundings(plan),
        *_claims(plan),
        *_labour(plan),
        *_patronage_key(plan),
        *_subsidy(plan),
        *_conversion(plan),
        *_roles(plan),
    )


def measures_behind(plan: Plan, name: str) -> frozenset[str]:
    """The measures a weight is made of, products left out: {"delivery_kg"} for `delivery_kg.apple`."""
    found: set[str] = set()
    waiting, seen = [name], set()
    while waiting:
        each = waiting.pop()
        if each in seen:
            continue
        seen.add(each)
        weight = plan.weight(each)
        if weight is not None:
            waiting.extend(parse(weight.formula).names)
        elif plan.measure_unit(each) is not None:
            found.add(each.partition(".")[0])
    return frozenset(found)


def is_patronage(step: Step) -> bool:
    return bool(step.among) and "patronage" in (step.role, step.stream)


def is_remainder(step: Step) -> bool:
    return bool(step.among) and step.role in ("remainder", "preference", "guarantee")


def _dates(plan: Plan, period: Period | None) -> Iterator[Finding]:
    if period is None:
        return
    last = period.last_day
    if period.start in plan.in_force and (last is None or last in plan.in_force):
        return
    text = N_("The plan holds {in_force}, but the period settled is {period}.")
    details = {"in_force": str(plan.in_force), "period": str(period)}
    yield Finding("plan-not-in-force", text, details, "error", "plan")


def _labels(plan: Plan) -> Iterator[Finding]:
    text = N_("“{name}” has no label in Simplified Chinese, so members cannot read it.")
    for name, label in _labelled(plan):
        if not label.get("zh-Hans"):
            yield Finding("label-missing", text, {"name": name}, "warning", name)


def _labelled(plan: Plan) -> Iterator[tuple[str, Label]]:
    named: tuple[Named, ...] = (
        *plan.figures,
        *plan.measures,
        *plan.groups,
        *plan.weights,
        *plan.parties,
        *plan.steps,
        *plan.quantifications,
    )
    for each in named:
        yield each.name, each.label
    for step in plan.steps:
        for part in step.into:
            if plan.party(part) is None:
                yield part, step.labels.get(part, {})


def _law_given(plan: Plan) -> Iterator[Finding]:
    text = N_("{step} does not name the law, charter clause or resolution it rests on.")
    ruled: tuple[Step | Quantification, ...] = (*plan.steps, *plan.quantifications)
    for each in ruled:
        if not each.law:
            yield Finding("law-missing", text, {"step": each.label}, "warning", each.name)


def _roundings(plan: Plan) -> Iterator[Finding]:
    text = N_(
        "{step} gives left-over money to the first in the order of codes, so a place in the list is money."
    )
    for step in plan.steps:
        if plan.rounding_of(step).mode == "first":
            yield Finding("rounding-first", text, {"step": step.label}, "warning", step.name)


# claims are not distributions


def _claims(plan: Plan) -> Iterator[Finding]:
    for step in plan.steps:
        yield from _stream(plan, step)
        basis = plan.legal_basis_of(step)
        if basis == "wage" and step.in_kind is not None:
            text = N_("{step} pays wages in goods. Wages are paid in money only.")
            yield Finding("wage-in-kind", text, {"step": step.label}, "error", step.name, WAGES)
        if basis in STREAM_OF and step.into_contribution:
            text = N_("{step} turns what a member is owed into contribution. A claim cannot be set off so.")
            details = {"step": step.label}
            yield Finding("claim-into-contribution", text, details, "error", step.name, coop_law("13"))
        if basis == "rent" and step.among and _subtracts(plan, step):
            text = N_("{step} takes something off the rent. Rent is paid in full; debts are collected apart.")
            yield Finding("rent-netted", text, {"step": step.label}, "error", step.name, LAND)


def _stream(plan: Plan, step: Step) -> Iterator[Finding]:
    basis = plan.legal_basis_of(step)
    due = STREAM_OF.get(basis)
    if not step.stream or not step.among:
        return
    wrong = step.stream != due if due else step.stream in STREAM_OF.values()
    if wrong:
        text = N_(
            "{step} mixes a claim (rent, wage, payment for produce) with a distribution. Give it one nature."
        )
        details = {"step": step.label}
        yield Finding("nature-contradicts", text, details, "error", step.name)


def _subtracts(plan: Plan, step: Step) -> bool:
    """Whether what one recipient gets is lowered by something of its own."""
    weight = plan.weight(step.by)
    texts = [weight.formula] if weight is not None else []
    texts += [text for _, text, each in formulas_of(step) if each]
    return any(
        isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub) and _of_one(plan, node.right)
        for text in texts
        for node in ast.walk(parse(text).tree)
    )


def _of_one(plan: Plan, node: ast.expr) -> bool:
    names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    return any(plan.measure_unit(name) is not None and plan.figure(name) is None for name in names)


# the law of cooperatives, as far as the text shows


def _coop_steps(plan: Plan) -> Iterator[Step]:
    return (step for step in plan.steps if plan.legal_basis_of(step) == "coop_surplus")


def _labour(plan: Plan) -> Iterator[Finding]:
    for step in _coop_steps(plan):
        if not is_remainder(step):
            continue
        if measures_behind(plan, step.by) & terms.LABOUR_MEASURES:
            text = N_("{step} shares the remaining surplus by labour. Labour is never contribution.")
            yield Finding("labour-as-capital", text, {"step": step.label}, "error", step.name, LABOUR)


def _patronage_key(plan: Plan) -> Iterator[Finding]:
    for step in _coop_steps(plan):
        if not is_patronage(step):
            continue
        behind = measures_behind(plan, step.by)
        if behind & terms.DELIVERY_MEASURES:
            continue
        details = {"step": step.label}
        if behind & terms.LABOUR_MEASURES:
            text = N_(
                "{step} returns surplus by labour. Only the charter can make labour a member's dealings."
            )
            yield Finding("patronage-by-labour", text, details, "warning", step.name, coop_law("44"))
        elif "land_mu" in behind:
            text = N_("{step} returns surplus by land. Only the charter can make land a member's dealings.")
            yield Finding("patronage-by-land", text, details, "warning", step.name, coop_law("44"))
        else:
            text = N_("{step} is called a patronage refund, but is not shared by members' dealings.")
            yield Finding("patronage-not-by-dealings", text, details, "error", step.name, coop_law("44"))


def _subsidy(plan: Plan) -> Iterator[Finding]:
    pools = {step.pool for step in plan.steps if step.among}
    for memo in plan.quantifications:
        if memo.kind == "reserve":
            continue
        details = {"step": memo.label}
        if memo.by != terms.EQUALLY:
            text = N_(
                "{step} must be equal for all members; property from subsidies and gifts has no other key."
            )
            yield Finding("subsidy-not-equal", text, details, "error", memo.name, coop_law("44"))
        if parse(memo.amount).names & pools:
            text = N_(
                "{step}: the same property is also given out. It is counted in accounts, never divided."
            )
            yield Finding("subsidy-divided", text, details, "error", memo.name, coop_law("53"))


def _conversion(plan: Plan) -> Iterator[Finding]:
    text = N_("{step} turns surplus into contribution. The assembly must vote on it; minute the vote.")
    for step in _coop_steps(plan):
        if step.into_contribution:
            yield Finding("conversion-vote", text, {"step": step.label}, "note", step.name, coop_law("44"))


def _roles(plan: Plan) -> Iterator[Finding]:
    """Without roles the limits of the law cannot be worked out."""
    shares = [step for step in _coop_steps(plan) if step.among]
    if not shares:
        return
    if not any(figure.role == "current_surplus" for figure in plan.figures):
        text = N_(
            "No figure is marked as the surplus of the year (role = “current_surplus”), so the limits of the"
            " law cannot be checked."
        )
        yield Finding("surplus-unmarked", text, {}, "warning", "plan", coop_law("44"))
    text = N_("{step} shares surplus of the cooperative, but its role is not said (patronage, remainder …).")
    for step in shares:
        if not step.role and step.stream != "patronage":
            yield Finding("role-missing", text, {"step": step.label}, "warning", step.name, coop_law("44"))
