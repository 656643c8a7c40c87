"""Hold what was printed or promised against what the rule gives."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from lianjie.base.quantity import unit
from lianjie.base.refusal import Finding, Refusal
from lianjie.base.words import N_
from lianjie.ledger.rules.expression import Value, parse, plain
from lianjie.ledger.rules.given import Announced, Given
from lianjie.ledger.rules.meaning import FEN_IN_YUAN, Meaning, _OfOne
from lianjie.ledger.rules.outcome import Line, StepResult
from lianjie.ledger.rules.plan import Plan

TEXT = N_("“{name}” was announced as {announced} {unit}; the rule gives {computed}.")
UNREADABLE = N_("“{name}” cannot be checked: {why}")


def differing(
    plan: Plan, given: Given, meaning: Meaning, steps: Sequence[StepResult], memos: Sequence[StepResult] = ()
) -> Iterator[Finding]:
    """A finding for each announced figure that is off by more than its tolerance."""
    paid = {step.name: step.by_recipient for step in steps}
    credited = {memo.name: memo.by_recipient for memo in memos}
    for each in given.announced:
        try:
            computed = parse(each.of).number(_Announced(meaning, each, paid, credited))
        except (KeyError, AssertionError):
            details = {"name": each.name, "why": each.of}
            yield Finding("announced-unreadable", UNREADABLE, details, "warning", each.name)
            continue
        except Refusal as refusal:
            details = {"name": each.name, "why": refusal.say()}
            yield Finding("announced-unreadable", UNREADABLE, details, "warning", each.name)
            continue
        scale = _scale(each.unit)
        if abs(computed / scale - each.value) > each.tolerance:
            details = {
                "name": each.name,
                "announced": plain(each.value),
                "unit": each.unit,
                "computed": _shown(computed / scale),
            }
            yield Finding("announced-differs", TEXT, details, "warning", each.name, each.source)


def _scale(code: str) -> Fraction:
    """How much one of an announced unit is in the unit formulas count in."""
    counted = {"money": "yuan", "rate": "number"}.get(unit(code).kind)
    return unit(code).small / unit(counted).small if counted else Fraction(1)


def _shown(value: Fraction) -> str:
    """Exact when it ends; else to six decimals, with an ellipsis."""
    text = plain(value)
    return text if "/" not in text else f"{plain(Fraction(int(value * 10**6), 10**6))}…"


class _Announced:
    """Names as an announced figure uses them.

    With a recipient, the name of a step or quantification is that one's line; `total` adds up steps only.
    """

    def __init__(
        self,
        meaning: Meaning,
        announced: Announced,
        paid: Mapping[str, Mapping[str, Line]],
        credited: Mapping[str, Mapping[str, Line]],
    ) -> None:
        self.meaning = meaning
        self.paid = paid
        self.lines = {**paid, **credited}
        recipient = meaning.recipients.get(announced.recipient)
        self.one = _OfOne(meaning, recipient) if recipient is not None else None

    def value(self, name: str) -> Value:
        if self.one is None:
            return self.meaning.value(name)
        code = self.one.recipient.code
        if name == "total":
            fen = sum(line[code].amount_fen for line in self.paid.values() if code in line)
            return Fraction(fen, FEN_IN_YUAN)
        if name in self.lines:
            line = self.lines[name].get(code)
            return Fraction(line.amount_fen if line else 0, FEN_IN_YUAN)
        return self.one.value(name)

    def aggregate(self, function: str, what: str, group: str) -> Fraction:
        return self.meaning.aggregate(function, what, group)
