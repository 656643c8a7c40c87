"""What a plan's names must satisfy before it can run: each declared once, known where used, no circles."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.ledger.rules import terms
from lianjie.ledger.rules.expression import is_name, parse
from lianjie.ledger.rules.plan import Plan, Rounding, Step


class NameTaken(Refusal):
    what = N_("“{name}” is declared more than once ({places}).")
    fix = N_("Give each figure, measure, weight, part and step a name of its own.")


class UnknownName(Refusal):
    what = N_("{where}: “{name}” is not known here.")
    fix = N_("Declare it, or use one of: {known}.")


class NotYetKnown(Refusal):
    what = N_("{where}: “{name}” is decided only by a later step.")
    fix = N_("Move this step after step “{step}”.")


class NeedsItself(Refusal):
    what = N_("{where}: “{name}” is what this step itself decides.")
    fix = N_("Work the amount out from figures, or from steps before this one.")


class GoesInCircles(Refusal):
    what = N_("“{name}” is defined by itself: {path}.")
    fix = N_("Break the circle by giving one of them as a figure.")


class StepIsUnclear(Refusal):
    what = N_("Step “{step}” says {said} of {choices}.")
    fix = N_("Say exactly one of them.")


class DoesNotFit(Refusal):
    what = N_("Step “{step}”: “{key}” does not go with “{other}”.")
    fix = N_("Leave “{key}” out, or use it with {fitting}.")


class RatiosDoNotAddUp(Refusal):
    what = N_("Step “{step}”: the parts add up to {total} percent, not 100.")
    fix = N_("Correct the percentages, or write “rest” for one of the parts.")


class PercentTwice(Refusal):
    what = N_("Step “{step}”: {key} = {name}, but “{name}” is itself in percent: it would be divided twice.")
    fix = N_('Write {key} = "{name} * 100".')


class NobodyTakesTheResidual(Refusal):
    what = N_("Step “{step}” rounds to {to} yuan by “{mode}” and does not say who takes the residual.")
    fix = N_("Add residual_to = a party, “pool”, or “recipient CODE”.")


class NotAPool(Refusal):
    what = N_("Step “{step}”: “{name}” is not money to give from.")
    fix = N_("Name a figure in yuan or a part made by an earlier step: {known}.")


class ZhHansTitleMissing(Refusal):
    what = N_("The plan has no title in Simplified Chinese (zh-Hans).")
    fix = N_('Write title = {{ zh-Hans = "…" }}.')


AMOUNTS = ("percent", "amount", "rate", "rest")
PLACES = ("to", "among", "into")


def problems_of_names(plan: Plan) -> list[Refusal]:
    """Every problem of declaration and reference in the plan."""
    problems: list[Refusal] = []
    if not plan.title.get("zh-Hans"):
        problems.append(ZhHansTitleMissing())
    problems.extend(_taken(plan))
    for number, step in enumerate(plan.steps):
        problems.extend(_shape(plan, step))
        problems.extend(_references(plan, number))
    problems.extend(_formulas(plan))
    return problems or list(_circles(plan))


def _taken(plan: Plan) -> Iterator[Refusal]:
    places: dict[str, list[str]] = {}
    for place, names in (
        ("figure", [each.name for each in plan.figures]),
        ("measure", [each.name for each in plan.measures]),
        ("weight", [each.name for each in plan.weights]),
        ("attribute", list(plan.attributes)),
        ("step", [each.name for each in plan.steps]),
        ("part", [part for step in plan.steps for part in step.into]),
        ("quantification", [each.name for each in plan.quantifications]),
        (
            "language",
            [
                *terms.BUILT_IN,
                *terms.IN_A_STEP,
                *terms.ATTRIBUTES,
                *terms.MEASURES,
                terms.EQUALLY,
            ],
        ),
    ):
        for name in names:
            places.setdefault(name, []).append(place)
    for kind, those in (("group", plan.groups), ("party", plan.parties)):
        seen: set[str] = {terms.EVERYONE} if kind == "group" else {"pool", "share", "refuse"}
        for each in those:
            if each.name in seen:
                yield NameTaken(name=each.name, places=kind)
            seen.add(each.name)
    for name, where in places.items():
        if len(where) > 1:
            yield NameTaken(name=name, places=", ".join(where))


def _shape(plan: Plan, step: Step) -> Iterator[Refusal]:
    """One place, one source, one way to say how much; and the options that go with them."""
    for choices in (PLACES, ("pool", "paid_by"), AMOUNTS):
        said = [key for key in choices if getattr(step, key)]
        if len(said) != 1:
            words = ", ".join("from" if key == "pool" else key for key in choices)
            yield StepIsUnclear(step=step.name, said=" + ".join(said) or "none", choices=words)
    if bool(step.percent) != bool(step.of):
        yield StepIsUnclear(
            step=step.name,
            said="percent" if step.percent else "of",
            choices="percent + of",
        )
    if bool(step.among) != bool(step.by):
        yield StepIsUnclear(step=step.name, said="among" if step.among else "by", choices="among + by")
    for key, other, fits in _misfits(step):
        yield DoesNotFit(step=step.name, key=key, other=other, fitting=fits)
    for key in ("percent", "into_contribution"):
        figure = plan.figure(getattr(step, key))
        if figure is not None and figure.unit == "percent":
            yield PercentTwice(step=step.name, key=key, name=figure.name)
    yield from _ratios(step)
    rounding = plan.rounding_of(step)
    needs_owner = _leaves_residual(step, rounding)
    if needs_owner and not step.residual_to:
        yield NobodyTakesTheResidual(step=step.name, to=rounding.to, mode=rounding.mode)


def _leaves_residual(step: Step, rounding: Rounding) -> bool:
    if step.rate or step.to:
        return False
    return rounding.mode not in ("largest_remainder", "first") or rounding.to * 100 != 1


def _misfits(step: Step) -> Iterator[tuple[str, str, str]]:
    if step.rate and not step.among:
        yield "rate", "to" if step.to else "into", "among + by"
    if step.rate and step.at_least and step.each_at_most:
        # Raising the whole to its least amount would lift lines above their own cap.
        yield "at_least", "each_at_most", "each_at_least, or without a cap"
    if step.rest and step.paid_by:
        yield "rest", "paid_by", "from"
    if step.labels and not step.into:
        yield "labels", "to" if step.to else "among", "into"
    for key in ("each_at_least", "each_at_most", "in_kind", "into_contribution"):
        if getattr(step, key) and not step.among:
            yield key, "to" if step.to else "into", "among"
    if step.excess_to and not step.each_at_most:
        yield "excess_to", "among", "each_at_most"
    if step.residual_to and (step.rate or step.to):
        yield (
            "residual_to",
            "rate" if step.rate else "to",
            "among or into with a fixed amount",
        )
    if step.paid_by and step.if_short != "share":
        yield "if_short", "paid_by", "from"
    if step.residual_to == "pool" and step.paid_by:
        yield "residual_to", "paid_by", "a party or a recipient"
    if step.excess_to == "pool" and step.paid_by:
        yield "excess_to", "paid_by", "a party"
    rounding = step.rounding
    if rounding and step.to and rounding.mode in ("largest_remainder", "first"):
        yield f"rounding {rounding.mode}", "to", "among or into"
    if rounding and (rounding.to * 100).denominator != 1:
        yield f"rounding {rounding.to}", "yuan", "whole fen, such as 0.01, 0.1, 1, 10"


def _ratios(step: Step) -> Iterator[Refusal]:
    sizes = list(step.into.values())
    if sizes.count("rest") > 1:
        yield StepIsUnclear(step=step.name, said="rest + rest", choices=", ".join(step.into))
    percents = [size for size in sizes if size.endswith(("%", "％"))]
    if not percents or not all(_plain_percent(size) for size in percents):
        return
    total = sum(parse(size[:-1].strip()).number(_NOTHING) for size in percents)
    with_rest = "rest" in sizes
    if len(percents) + with_rest == len(sizes) and (total > 100 if with_rest else total != 100):
        yield RatiosDoNotAddUp(step=step.name, total=total)


def _plain_percent(size: str) -> bool:
    return not parse(size).names and not parse(size[:-1].strip()).names


class _Nothing:
    def value(self, name: str) -> str:
        raise KeyError(name)

    def aggregate(self, function: str, what: str, group: str) -> Fraction:
        raise KeyError(what)


_NOTHING: "_Nothing" = _Nothing()  # a percentage written out has no names to look up


def _references(plan: Plan, number: int) -> Iterator[Refusal]:
    step, where = plan.steps[number], f"step “{plan.steps[number].name}”"
    pools = [each.name for each in plan.figures if each.unit == "yuan"]
    pools += [part for earlier in plan.steps[:number] for part in earlier.into if not plan.party(part)]
    if step.pool and step.pool not in pools:
        yield NotAPool(step=step.name, name=step.pool, known=", ".join(pools) or "–")
    parties = [each.name for each in plan.parties]
    for key, also in (
        ("paid_by", ()),
        ("to", ()),
        ("excess_to", ("pool",)),
        ("if_short", ("share", "refuse")),
    ):
        value = getattr(step, key)
        if value and value not in (*parties, *also):
            yield UnknownName(
                where=f"{where}, {key}",
                name=value,
                known=", ".join((*parties, *also)) or "–",
            )
    owner = step.residual_to
    if owner and owner not in (*parties, "pool") and not owner.startswith("recipient "):
        yield UnknownName(
            where=f"{where}, residual_to",
            name=owner,
            known=", ".join((*parties, "pool", "recipient CODE")),
        )
    for part in step.into:
        if not is_name(part):
            yield UnknownName(where=f"{where}, into", name=part, known="letters, digits, _")
    for part in step.labels:
        if step.into and part not in step.into:
            yield UnknownName(where=f"{where}, labels", name=part, known=", ".join(step.into))
    yield from _group_and_weight(plan, where, step.among, step.by)


def _group_and_weight(plan: Plan, where: str, group: str, weight: str) -> Iterator[Refusal]:
    groups = [*(each.name for each in plan.groups), terms.EVERYONE]
    if group and group not in groups:
        yield UnknownName(where=f"{where}, among", name=group, known=", ".join(groups))
    if weight and not _is_weight(plan, weight):
        known = [
            *(each.name for each in plan.weights),
            *(each.name for each in plan.measures),
            *terms.MEASURES,
            terms.EQUALLY,
        ]
        yield UnknownName(where=f"{where}, by", name=weight, known=", ".join(known))


def _is_weight(plan: Plan, name: str) -> bool:
    return name == terms.EQUALLY or plan.weight(name) is not None or _of_one(plan, name)


def _formulas(plan: Plan) -> Iterator[Refusal]:
    """Every expression uses only names that exist where it stands."""
    shared = {each.name for each in plan.figures} | set(terms.BUILT_IN)
    decided = {each.name for each in plan.steps} | {part for step in plan.steps for part in step.into}
    general = shared | decided
    of_one = general | set(terms.ATTRIBUTES) | set(plan.attributes) | {each.name for each in plan.weights}
    for figure in plan.figures:
        if figure.formula:
            yield from _unknown(plan, f"figure “{figure.name}”, is", figure.formula, general)
    for group in plan.groups:
        yield from _unknown(plan, f"group “{group.name}”, where", group.where, of_one, measures=True)
    for weight in plan.weights:
        yield from _unknown(plan, f"weight “{weight.name}”, is", weight.formula, of_one, measures=True)
    for step in plan.steps:
        for key, text, one in formulas_of(step):
            known = (of_one if one else general) | set(terms.IN_A_STEP)
            yield from _unknown(plan, f"step “{step.name}”, {key}", text, known, measures=one)
    for memo in plan.quantifications:
        where = f"quantification “{memo.name}”"
        yield from _unknown(plan, f"{where}, amount", memo.amount, general)
        yield from _group_and_weight(plan, where, memo.among, memo.by)


def formulas_of(step: Step) -> Iterator[tuple[str, str, bool]]:
    """Each formula of a step: its key, its text, and whether it is asked of each recipient."""
    for key in (
        "percent",
        "of",
        "amount",
        "rate",
        "when",
        "at_least",
        "at_most",
        "into_contribution",
    ):
        if getattr(step, key):
            yield key, getattr(step, key), False
    for key in ("each_at_least", "each_at_most"):
        if getattr(step, key):
            yield key, getattr(step, key), True
    for part, size in step.into.items():
        if size != "rest":
            yield f"into.{part}", size, False
    if step.in_kind:
        yield "in_kind.value", step.in_kind.value, False
        if step.in_kind.quantity:
            yield "in_kind.quantity", step.in_kind.quantity, False
        if step.in_kind.each:
            yield "in_kind.each", step.in_kind.each, True


def _unknown(plan: Plan, where: str, text: str, known: set[str], measures: bool = False) -> Iterator[Refusal]:
    expression = parse(text)
    for name in sorted(expression.names):
        if name not in known and not (measures and _of_one(plan, name)):
            yield UnknownName(where=where, name=name, known=", ".join(sorted(known)))
    for found in sorted(expression.aggregates, key=str):
        yield from _group_and_weight(plan, where, found.group, found.what)


def _of_one(plan: Plan, name: str) -> bool:
    """A measure, or what one recipient has received by a step: `received.first_dividend`."""
    if name.startswith(terms.RECEIVED):
        return plan.step(name.removeprefix(terms.RECEIVED)) is not None
    return plan.measure_unit(name) is not None


def _circles(plan: Plan) -> Iterator[Refusal]:
    """Nothing is defined by itself, and no step needs what a later step decides."""
    edges = _edges(plan)
    for name in [
        *(each.name for each in plan.figures),
        *(f"weight {each.name}" for each in plan.weights),
    ]:
        path = _path_back(edges, name)
        if path:
            yield GoesInCircles(
                name=name.split()[-1],
                path=" → ".join(each.split()[-1] for each in path),
            )
            return
    decided_by = {step.name: number for number, step in enumerate(plan.steps)}
    decided_by |= {part: number for number, step in enumerate(plan.steps) for part in step.into}
    for number, step in enumerate(plan.steps):
        needs = set(_needs_of_step(plan, step))
        for name in sorted(_reach(edges, needs)):
            later = decided_by.get(name, -1)
            if later == number:
                yield NeedsItself(where=f"step “{step.name}”", name=name)
            elif later > number:
                yield NotYetKnown(where=f"step “{step.name}”", name=name, step=plan.steps[later].name)


def _edges(plan: Plan) -> dict[str, set[str]]:
    edges = {each.name: set(_needs(each.formula)) for each in plan.figures if each.formula}
    edges |= {f"weight {each.name}": set(_needs(each.formula, plan)) for each in plan.weights}
    edges |= {f"group {each.name}": set(_needs(each.where, plan)) for each in plan.groups}
    return edges


def _needs(text: str, plan: Plan | None = None) -> Iterator[str]:
    expression = parse(text)
    for name in expression.names:
        name = name.removeprefix(terms.RECEIVED)
        yield f"weight {name}" if plan and plan.weight(name) else name
    for found in expression.aggregates:
        yield f"group {found.group}"
        if found.what:
            yield _weight_needed(found.what)


def _weight_needed(name: str) -> str:
    """A weight by its own name; `received.STEP` needs that step."""
    return name.removeprefix(terms.RECEIVED) if name.startswith(terms.RECEIVED) else f"weight {name}"


def _needs_of_step(plan: Plan, step: Step) -> Iterator[str]:
    yield from (f"group {step.among}", _weight_needed(step.by), step.pool)
    for _, text, one in formulas_of(step):
        yield from _needs(text, plan if one else None)


def _reach(edges: dict[str, set[str]], start: Iterable[str]) -> set[str]:
    seen: set[str] = set()
    waiting = list(start)
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(edges.get(name, ()))
    return seen


def _path_back(edges: dict[str, set[str]], start: str) -> list[str]:
    """A path from `start` to itself, or nothing."""
    came_from: dict[str, str] = {}
    waiting = [start]
    while waiting:
        name = waiting.pop(0)
        for each in sorted(edges.get(name, ())):
            if each == start:
                path = [start, name]
                while path[-1] != start:
                    path.append(came_from[path[-1]])
                return path[::-1] if len(path) > 2 or name != start else [start, start]
            if each not in came_from:
                came_from[each] = name
                waiting.append(each)
    return []
