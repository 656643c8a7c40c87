"""Change the everyday numbers of a plan without touching its text: percentages, amounts, rounding, days.

`numbers(plan)` says which numbers may be changed; `changed(plan, wanted)` gives the plan with new ones.
A change is named "step.STEP.percent", "figure.NAME.is", "step.STEP.rounding_to", "plan.effective_from".
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from lianjie.base.refusal import Refusal, Refusals
from lianjie.base.words import N_, Label
from lianjie.ledger.rules.allotment import MODES
from lianjie.ledger.rules.expression import plain
from lianjie.ledger.rules.plan import Figure, Plan, Rounding, Step

PLAIN = (
    "percent",
    "amount",
    "rate",
    "at_least",
    "at_most",
    "each_at_least",
    "each_at_most",
    "into_contribution",
)
"""Entries of a step that may be a plain number."""


class NotANumberHere(Refusal):
    what = N_("“{text}” is not a number ({name}).")
    fix = N_("Write a plain number, for example 65 or 0.5.")


class NotADayHere(Refusal):
    what = N_("“{text}” is not a day ({name}).")
    fix = N_("Write it like 2025-01-01.")


class UnknownChange(Refusal):
    what = N_("The plan has nothing to change under “{name}”.")
    fix = N_("Open the plan again, or change its text.")


@dataclass(frozen=True)
class Number:
    """A number of the plan that can be changed in a field.

    kind   percent, amount, rate, at_least …: what the number is
    about  label of the step or figure it belongs to
    """

    name: str
    kind: str
    about: Label
    value: str


def numbers(plan: Plan) -> tuple[Number, ...]:
    """Every plain number of the plan's figures and steps, in order."""
    return (*_of_figures(plan), *_of_steps(plan))


def _of_figures(plan: Plan) -> Iterator[Number]:
    for figure in plan.figures:
        text = figure.formula.removesuffix("%")
        if figure.formula and _number(text) is not None:
            kind = "percent" if figure.formula.endswith("%") else "figure"
            yield Number(f"figure.{figure.name}.is", kind, figure.label, text)


def _of_steps(plan: Plan) -> Iterator[Number]:
    for step in plan.steps:
        for kind in PLAIN:
            text = getattr(step, kind)
            if text and _number(text) is not None:
                yield Number(f"step.{step.name}.{kind}", kind, step.label, text)
        for part, size in step.into.items():
            if size.endswith("%") and _number(size[:-1]) is not None:
                yield Number(f"step.{step.name}.into.{part}", "part", step.label, size[:-1])


def changed(plan: Plan, wanted: Mapping[str, str]) -> Plan:
    """The plan with these entries. Refuses with every entry that cannot be taken."""
    problems: list[Refusal] = []
    for name, text in wanted.items():
        try:
            plan = _change(plan, name, text.strip())
        except Refusal as problem:
            problems.append(problem)
    if problems:
        raise Refusals(problems)
    return plan


def _change(plan: Plan, name: str, text: str) -> Plan:
    what, _, rest = name.partition(".")
    if what == "plan":
        return _head(plan, rest, text)
    if what == "figure":
        figure = plan.figure(rest.removesuffix(".is"))
        if figure is None:
            raise UnknownChange(name=name)
        return replace(plan, figures=_swapped(plan.figures, figure, _figure(figure, text)))
    step_name, _, key = rest.partition(".")
    step = plan.step(step_name)
    if what != "step" or step is None:
        raise UnknownChange(name=name)
    return replace(plan, steps=_swapped(plan.steps, step, _step(plan, step, key, text)))


def _head(plan: Plan, key: str, text: str) -> Plan:
    if key == "version":
        return replace(plan, version=text or plan.version)
    if key not in ("effective_from", "effective_until"):
        raise UnknownChange(name=f"plan.{key}")
    if key == "effective_until" and not text:
        return replace(plan, effective_until=None)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise NotADayHere(text=text, name=key) from None
    return (
        replace(plan, effective_from=day) if key == "effective_from" else replace(plan, effective_until=day)
    )


def _figure(figure: Figure, text: str) -> Figure:
    value = _needed(text, figure.name)
    return replace(figure, formula=f"{value}%" if figure.formula.endswith("%") else value)


def _step(plan: Plan, step: Step, key: str, text: str) -> Step:
    if key in PLAIN:
        entry: dict[str, str] = {key: _needed(text, step.name)}
        return replace(step, **entry)  # type: ignore[arg-type]
    if key.startswith("into."):
        part = key.removeprefix("into.")
        if part not in step.into:
            raise UnknownChange(name=f"step.{step.name}.{key}")
        return replace(step, into={**step.into, part: f"{_needed(text, part)}%"})
    if key == "residual_to":
        return replace(step, residual_to=text)
    now = plan.rounding_of(step)
    if key == "rounding_to":
        value = Fraction(_needed(text, step.name))
        if value <= 0:
            raise NotANumberHere(text=text, name=step.name)
        return _rounded(plan, step, Rounding(value, now.mode))
    if key == "rounding_mode" and text in MODES:
        return _rounded(plan, step, Rounding(now.to, text))
    raise UnknownChange(name=f"step.{step.name}.{key}")


def _rounded(plan: Plan, step: Step, wanted: Rounding) -> Step:
    """A rounding that is already the usual one is not written down."""
    return step if wanted == plan.rounding_of(step) else replace(step, rounding=wanted)


def _needed(text: str, name: str) -> str:
    value = _number(text)
    if value is None:
        raise NotANumberHere(text=text, name=name)
    return plain(value)


def _number(text: str) -> Fraction | None:
    try:
        value = Fraction(text)
    except (ValueError, ZeroDivisionError):
        return None
    return None if "/" in text or "_" in text or "e" in text.lower() else value


def _swapped(rows: tuple, old: object, new: object) -> tuple:  # type: ignore[type-arg]
    return tuple(new if row is old else row for row in rows)
