"""What the names in a plan's expressions stand for while a settlement runs.

Figures are worked out when first asked for, so one may use what earlier steps decided. Money is in yuan,
measures in their written unit, everything an exact fraction.
"""

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import TypeVar

from lianjie.base.quantity import unit
from lianjie.base.refusal import Refusal
from lianjie.base.words import N_, Say, english
from lianjie.ledger.rules import terms
from lianjie.ledger.rules.expression import Value, parse, rounded
from lianjie.ledger.rules.given import Given, Recipient
from lianjie.ledger.rules.outcome import StepResult
from lianjie.ledger.rules.plan import Figure, Plan, Rounding

Answer = TypeVar("Answer", Fraction, bool)
FEN_IN_YUAN = 100
COUNTED = Fraction(1)
BEST: Mapping[str, Callable[[Iterable[Fraction]], Fraction]] = {
    "sum": lambda values: sum(values, Fraction(0)),
    "highest": max,
    "lowest": min,
}


class RecipientNotCounted(Refusal):
    """A formula that cannot be worked out for one recipient; `refusal` says why."""

    what = N_("Recipient {code}: {why}")
    fix = N_("Complete the recipient's entries, or change the formula.")

    def say(self, say: Say = english) -> str:
        """The expression's own refusal, in the same language."""
        details = self.details | {"why": self.details["refusal"].say(say)}
        return f"{say(self.what).format_map(details)} {say(self.fix)}"


class Meaning:
    """The values of one run: figures, decided steps and parts, weights and groups of the recipients."""

    def __init__(self, plan: Plan, given: Given) -> None:
        self.plan = plan
        self.given = given
        self.recipients = {each.code: each for each in sorted(given.recipients, key=lambda r: r.code)}
        self.decided: dict[str, Fraction] = {}
        self.received: dict[str, Mapping[str, int]] = {}
        self.in_step: dict[str, Fraction] = {}
        self._figures: dict[str, Fraction] = {}
        self._weights: dict[str, dict[str, Fraction]] = {}
        self._members: dict[str, tuple[str, ...]] = {}
        self._aggregates: dict[tuple[str, str, str], Fraction] = {}

    # what steps ask

    def number(self, text: str) -> Fraction:
        """A general formula's value."""
        return parse(text).number(self)

    def truth(self, text: str) -> bool:
        return parse(text).truth(self)

    def number_of(self, text: str, code: str) -> Fraction:
        """A formula asked of one recipient."""
        return self._asked_of(self.recipients[code], parse(text).number)

    def figure(self, name: str) -> Fraction:
        """A figure's exact value in the unit the plan calculates in."""
        if name not in self._figures:
            figure = self.plan.figure(name)
            assert figure is not None, name
            self._figures[name] = self._figure(figure)
        return self._figures[name]

    def group(self, name: str) -> tuple[str, ...]:
        """Codes of the recipients in a group, in the order of their codes."""
        if name == terms.EVERYONE:
            return tuple(self.recipients)
        if name not in self._members:
            group = self.plan.group(name)
            assert group is not None, name
            where = parse(group.where)
            self._members[name] = tuple(
                code for code, each in self.recipients.items() if self._asked_of(each, where.truth)
            )
        return self._members[name]

    def weights(self, name: str, group: str) -> dict[str, Fraction]:
        """Code -> weight of each in the group, in the weight's unit."""
        codes = self.group(group)
        if name == terms.EQUALLY:
            return dict.fromkeys(codes, COUNTED)
        known = self._weights.setdefault(name, {})
        weigh = self._weigher(name)
        for code in codes:
            if code not in known:
                known[code] = weigh(self.recipients[code])
        return {code: known[code] for code in codes}

    def decide(self, result: StepResult) -> None:
        """Let later formulas see what a step came to."""
        self.decided[result.name] = Fraction(result.amount_fen, FEN_IN_YUAN)
        self.received[result.name] = {line.recipient: line.amount_fen for line in result.lines}
        step = self.plan.step(result.name)
        for part in step.into if step else ():
            fen = result.parts.get(part, result.parties.get(part, 0))
            self.decided[part] = Fraction(fen, FEN_IN_YUAN)

    # what expressions ask

    def value(self, name: str) -> Value:
        """A name that stands for one thing, whoever is asked about."""
        if name in self.in_step:
            return self.in_step[name]
        if name in self.decided:
            return self.decided[name]
        if name in terms.BUILT_IN:
            period = self.given.period
            return str(period.start if name == "period_start" else period.last_day)
        return self.figure(name)

    def aggregate(self, function: str, what: str, group: str) -> Fraction:
        """sum, highest, lowest of a weight over a group, or count of the group."""
        key = (function, what, group)
        if key not in self._aggregates:
            if function == "count":
                found = Fraction(len(self.group(group)))
            else:
                values = self.weights(what, group).values()
                found = BEST[function](values) if values else Fraction(0)
            self._aggregates[key] = found
        return self._aggregates[key]

    # how

    def _figure(self, figure: Figure) -> Fraction:
        if not figure.formula:
            return self.given.figures[figure.name].in_unit(figure.unit)
        value = parse(figure.formula).number(self)
        return round_shown(value, figure.rounding, figure.unit)

    def _weigher(self, name: str) -> Callable[[Recipient], Fraction]:
        weight = self.plan.weight(name)
        if name.startswith(terms.RECEIVED):
            return lambda each: self.received_by(each.code, name)
        if weight is not None:
            formula = parse(weight.formula)
            return lambda each: round_shown(
                self._asked_of(each, formula.number), weight.rounding, weight.unit
            )
        small = self.measure_small(name)
        return lambda each: each.measures.get(name, 0) / small

    def _asked_of(self, recipient: Recipient, ask: "Callable[[_OfOne], Answer]") -> "Answer":
        """A formula's answer for one recipient; a refusal names the recipient."""
        try:
            return ask(_OfOne(self, recipient))
        except RecipientNotCounted:
            raise
        except Refusal as refusal:
            raise RecipientNotCounted(code=recipient.code, refusal=refusal) from None

    def received_by(self, code: str, name: str) -> Fraction:
        """`received.STEP` of one recipient, in yuan."""
        return Fraction(self.received[name.removeprefix(terms.RECEIVED)].get(code, 0), FEN_IN_YUAN)

    def measure_small(self, name: str) -> Fraction:
        """How many small units of a measure make one of the unit it is written in."""
        code = self.plan.measure_unit(name)
        assert code is not None, name
        return unit(code).small


def round_shown(value: Fraction, rounding: Rounding | None, shown_unit: str) -> Fraction:
    """Round a computed number the way its declaration says, in the unit people see.

    A percent figure is calculated as a plain number but rounded in percent.
    """
    if rounding is None:
        return value
    seen = unit("percent").small if shown_unit == "percent" else Fraction(1)
    mode = "half_up" if rounding.mode == "largest_remainder" else rounding.mode
    return rounded(value / seen, rounding.to, mode) * seen


class _OfOne:
    """The names as one recipient sees them: its measures and attributes, then the general ones."""

    def __init__(self, meaning: Meaning, recipient: Recipient) -> None:
        self.meaning = meaning
        self.recipient = recipient

    def value(self, name: str) -> Value:
        meaning, recipient = self.meaning, self.recipient
        if name.startswith(terms.RECEIVED):
            return meaning.received_by(recipient.code, name)
        if meaning.plan.weight(name) is not None:
            known = meaning._weights.setdefault(name, {})
            if recipient.code not in known:
                known[recipient.code] = meaning._weigher(name)(recipient)
            return known[recipient.code]
        if name in terms.ATTRIBUTES or name in meaning.plan.attributes:
            return self._attribute(name)
        if meaning.plan.measure_unit(name) is not None and meaning.plan.figure(name) is None:
            return recipient.measures.get(name, 0) / meaning.measure_small(name)
        return meaning.value(name)

    def _attribute(self, name: str) -> Value:
        empty: dict[str, Value] = {"member": False, "tags": ()}
        absent = empty.get(name, "")
        value = self.recipient.kind if name == "kind" else self.recipient.attributes.get(name, absent)
        if isinstance(value, bool | str):
            return value
        return tuple(value) if isinstance(value, list | tuple) else Fraction(value)

    def aggregate(self, function: str, what: str, group: str) -> Fraction:
        return self.meaning.aggregate(function, what, group)
