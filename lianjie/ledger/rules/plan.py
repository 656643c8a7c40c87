"""A plan of distribution as data: what a year's money passes through, step by step, and whose it becomes.

`plan_text.read` turns TOML into a `Plan` and refuses with every problem; `plan_text.write` turns it back.
The reference is docs/reference/plan.md.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import TypeVar

from lianjie.base.period import Period
from lianjie.base.refusal import Refusal
from lianjie.base.words import N_, Label, Say, english, label_in
from lianjie.ledger.rules import terms


@dataclass(frozen=True)
class Rounding:
    """To a multiple of `to` (yuan for money, else the figure's shown unit), by `mode`."""

    to: Fraction = Fraction(1, 100)
    mode: str = "largest_remainder"


@dataclass(frozen=True)
class Figure:
    """A named number of the year: given from outside, or computed when `formula` is set.

    In formulas money is in yuan and a rate is a plain number (40 percent is 0.4); any other quantity is
    in the figure's own unit.
    """

    name: str
    label: Label
    unit: str = "yuan"
    formula: str = ""
    rounding: Rounding | None = None
    role: str = ""


@dataclass(frozen=True)
class Measure:
    """A measure beyond the standard ones, per recipient."""

    name: str
    label: Label
    unit: str


@dataclass(frozen=True)
class Group:
    """Some of the recipients: those for whom `where` holds."""

    name: str
    label: Label
    where: str


@dataclass(frozen=True)
class Weight:
    """What one recipient counts for, as a formula over its measures and attributes."""

    name: str
    label: Label
    formula: str
    unit: str = "number"
    rounding: Rounding | None = None


@dataclass(frozen=True)
class Party:
    """A fund or body outside the list of recipients that takes or pays money: reserve, collective ...

    With `code` it is a registered party with an account of its own; without, a fund inside the organisation.
    """

    name: str
    label: Label
    code: str = ""


@dataclass(frozen=True)
class InKind:
    """Part of a step's lines handed over as whole goods.

    value     formula, yuan for one `unit`
    quantity  formula: how many units there are in all, shared by weight; or
    each      formula per recipient: how many units that recipient takes
    """

    good: str
    label: Label
    unit: str
    value: str
    quantity: str = ""
    each: str = ""


@dataclass(frozen=True)
class Step:
    """One stage of the waterfall: an amount from a pool (or a payer) to a party, a group, or parts.

    Exactly one of `to`, `among` + `by`, `into` says where the money goes.
    Exactly one of `percent` + `of`, `amount`, `rate`, `rest` says how much.
    `labels` says what people call the parts of `into`.
    """

    name: str
    label: Label
    pool: str = ""
    paid_by: str = ""
    to: str = ""
    among: str = ""
    by: str = ""
    into: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, Label] = field(default_factory=dict)
    percent: str = ""
    of: str = ""
    amount: str = ""
    rate: str = ""
    rest: bool = False
    when: str = ""
    at_least: str = ""
    at_most: str = ""
    each_at_least: str = ""
    each_at_most: str = ""
    excess_to: str = ""
    if_short: str = "share"
    rounding: Rounding | None = None
    residual_to: str = ""
    in_kind: InKind | None = None
    into_contribution: str = ""
    legal_basis: str = ""
    law: str = ""
    stream: str = ""
    role: str = ""


@dataclass(frozen=True)
class Quantification:
    """A memo: an amount credited to member accounts without being paid (reserve, subsidy, donation)."""

    name: str
    label: Label
    amount: str
    among: str
    by: str
    kind: str = "reserve"
    law: str = ""


@dataclass(frozen=True)
class Plan:
    """The whole plan. Its steps run in order."""

    code: str
    version: str
    title: Label
    kind: str
    legal_basis: str
    effective_from: date
    steps: tuple[Step, ...]
    effective_until: date | None = None
    source: str = ""
    attributes: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    measures: tuple[Measure, ...] = ()
    groups: tuple[Group, ...] = ()
    weights: tuple[Weight, ...] = ()
    parties: tuple[Party, ...] = ()
    quantifications: tuple[Quantification, ...] = ()

    @property
    def in_force(self) -> Period:
        """The days the plan rules."""
        return Period(self.effective_from, self.effective_until)

    def figure(self, name: str) -> Figure | None:
        return _named(self.figures, name)

    def weight(self, name: str) -> Weight | None:
        return _named(self.weights, name)

    def group(self, name: str) -> Group | None:
        return _named(self.groups, name)

    def party(self, name: str) -> Party | None:
        return _named(self.parties, name)

    def step(self, name: str) -> Step | None:
        return _named(self.steps, name)

    def measure_unit(self, name: str) -> str | None:
        """The unit in which formulas see this measure; None when nobody declared it."""
        own = _named(self.measures, name)
        if own is not None:
            return own.unit
        standard = terms.standard_measure(name)
        return standard.unit if standard else None

    def legal_basis_of(self, step: Step) -> str:
        """The step's own legal basis, else the plan's."""
        return step.legal_basis or self.legal_basis

    def rounding_of(self, step: Step) -> Rounding:
        """The step's rounding, else fen: each line by itself for a rate, else by largest remainder."""
        if step.rounding is not None:
            return step.rounding
        return Rounding(mode="largest_remainder" if not step.rate and not step.to else "half_up")

    def part_step(self, name: str) -> Step | None:
        """The step that makes the part called `name`."""
        return next((step for step in self.steps if name in step.into), None)

    def named(self, name: str, language: str, say: Say = english) -> str:
        """The label people see for any name in the plan."""
        declared = next((each for each in self._labelled() if each.name == name), None)
        if declared is not None:
            return label_in(declared.label, language, name)
        maker = self.part_step(name)
        if maker is not None:
            return label_in(maker.labels.get(name, {}), language, name)
        product = name.partition(".")[2]
        standard = terms.standard_measure(name)
        if standard is not None:
            return f"{say(standard.label)} ({product})" if product else say(standard.label)
        texts = terms.BUILT_IN | terms.IN_A_STEP | terms.ATTRIBUTES | _WORDS
        return say(texts[name]) if name in texts else name

    def _labelled(
        self,
    ) -> Iterable["Figure | Measure | Group | Weight | Party | Step | Quantification"]:
        yield from self.figures
        yield from self.parties
        yield from self.groups
        yield from self.weights
        yield from self.measures
        yield from self.steps
        yield from self.quantifications


_WORDS = {terms.EQUALLY: N_("equal parts"), terms.EVERYONE: N_("all recipients")}


Named = TypeVar("Named", Figure, Measure, Group, Weight, Party, Step)


def _named(these: Iterable[Named], name: str) -> Named | None:
    return next((each for each in these if each.name == name), None)


class NoPlanInForce(Refusal):
    what = N_("No version of plan {code} is in force on {day}.")
    fix = N_("Write a version that begins on or before that day.")


class TwoPlansInForce(Refusal):
    what = N_("Versions {first} and {second} of plan {code} are both in force on {day}.")
    fix = N_("End version {first} the day version {second} begins.")


class PeriodSpansVersions(Refusal):
    what = N_("The period {period} is ruled by more than one version of plan {code}: {versions}.")
    fix = N_("Settle two periods, divided on {day}, each under its own version.")


def in_force(versions: Iterable[Plan], period: Period) -> Plan:
    """The one version that rules the whole period.

    Refuses with NoPlanInForce, TwoPlansInForce, or PeriodSpansVersions when the rule changes inside it.
    """
    plans = sorted(versions, key=lambda plan: plan.effective_from)
    code = plans[0].code if plans else ""
    ruling = [plan for plan in plans if period.start in plan.in_force]
    if not ruling:
        raise NoPlanInForce(code=code, day=period.start)
    if len(ruling) > 1:
        first, second = ruling[0].version, ruling[1].version
        raise TwoPlansInForce(code=code, day=period.start, first=first, second=second)
    touched = [plan for plan in plans if plan.in_force.overlaps(period)]
    if len(touched) > 1:
        versions_named = ", ".join(plan.version for plan in touched)
        raise PeriodSpansVersions(
            period=period,
            code=code,
            versions=versions_named,
            day=touched[1].effective_from,
        )
    if period.last_day is not None and period.last_day not in ruling[0].in_force:
        raise NoPlanInForce(code=code, day=period.last_day)
    return ruling[0]
