"""What a settlement comes to: every step, every line, what is left, and what someone must look at.

The same plan and the same `Given` always make the same outcome, and `digest` is its name.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

from lianjie.base.digest import sha256
from lianjie.base.refusal import Finding
from lianjie.ledger.rules.expression import plain
from lianjie.ledger.rules.given import canonical


@dataclass(frozen=True)
class Line:
    """One recipient's part of one step.

    weight            in the weight's own unit
    quota_fen         the exact part before rounding, limits included
    amount_fen        all it gets by this step, goods and kept capital included
    bound             "floor" or "cap" when each_at_least or each_at_most held the line
    quantity          whole small units of the step's good, worth goods_fen
    contribution_fen  part of the amount kept as share capital
    """

    recipient: str
    weight: Fraction
    quota_fen: Fraction
    amount_fen: int
    bound: str = ""
    quantity: int = 0
    goods_fen: int = 0
    contribution_fen: int = 0

    @property
    def cash_fen(self) -> int:
        """What is owed in money."""
        return self.amount_fen - self.goods_fen - self.contribution_fen


@dataclass(frozen=True)
class StepResult:
    """One step as it ran, or one quantification (then `lines` are memos).

    ran         false when its condition did not hold
    asked_fen   what its rule comes to, before the pool's limit and rounding
    pool_fen    what the pool held before; None when a party pays
    amount_fen  what it took out of the pool, or out of the payer
    whole       the sum of all weights
    parts       part -> fen, for a step that splits a pool
    parties     party -> fen it received; below zero, what it paid
    residual    fen that rounding left (below zero: lacked), and who took it
    short_fen   how much the pool lacked
    values      each evaluated piece of the rule: percent, of, amount, rate, at_least, at_most
    """

    name: str
    ran: bool = True
    asked_fen: Fraction = Fraction(0)
    pool_fen: int | None = None
    amount_fen: int = 0
    whole: Fraction = Fraction(0)
    lines: tuple[Line, ...] = ()
    parts: Mapping[str, int] = field(default_factory=dict)
    parties: Mapping[str, int] = field(default_factory=dict)
    residual_fen: int = 0
    residual_to: str = ""
    excess_fen: int = 0
    short_fen: int = 0
    values: Mapping[str, Fraction] = field(default_factory=dict)

    @cached_property
    def by_recipient(self) -> Mapping[str, Line]:
        return {line.recipient: line for line in self.lines}


@dataclass(frozen=True)
class Outcome:
    """A settlement worked out, nothing written.

    figures  name -> exact value in the unit the plan calculates in
    left     pool -> fen that no step gave away
    """

    organisation: str
    plan: str
    version: str
    figures: Mapping[str, Fraction]
    steps: tuple[StepResult, ...]
    memos: tuple[StepResult, ...]
    left: Mapping[str, int]
    findings: tuple[Finding, ...] = ()

    @cached_property
    def _by_name(self) -> Mapping[str, StepResult]:
        return {each.name: each for each in (*self.steps, *self.memos)}

    def step(self, name: str) -> StepResult:
        """The step or quantification called `name`; KeyError when there is none."""
        return self._by_name[name]

    @cached_property
    def totals(self) -> Mapping[str, int]:
        """Recipient -> fen of all its lines, goods and kept capital included."""
        found: dict[str, int] = {}
        for step in self.steps:
            for line in step.lines:
                found[line.recipient] = found.get(line.recipient, 0) + line.amount_fen
        return found

    @cached_property
    def parties(self) -> Mapping[str, int]:
        """Party of the plan -> fen it received in all; below zero, what it paid."""
        found: dict[str, int] = {}
        for step in self.steps:
            for party, fen in step.parties.items():
                found[party] = found.get(party, 0) + fen
        return found

    def lines_of(self, recipient: str) -> Iterator[tuple[StepResult, Line]]:
        """Each step that gives this recipient something, with its line; quantifications last."""
        for step in (*self.steps, *self.memos):
            line = step.by_recipient.get(recipient)
            if line is not None:
                yield step, line

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical text: equal outcomes, equal digests, on any machine."""
        return sha256(outcome_json(self))


def outcome_json(outcome: Outcome) -> str:
    """Canonical JSON: keys sorted, lines by recipient, exact numbers as text. Findings are not part of it."""
    return canonical(
        {
            "organisation": outcome.organisation,
            "plan": outcome.plan,
            "version": outcome.version,
            "figures": {name: plain(value) for name, value in outcome.figures.items()},
            "steps": [_step_body(each) for each in outcome.steps],
            "memos": [_step_body(each) for each in outcome.memos],
            "left": dict(outcome.left),
        }
    )


def _step_body(step: StepResult) -> dict[str, Any]:
    return {
        "name": step.name,
        "ran": step.ran,
        "asked_fen": plain(step.asked_fen),
        "pool_fen": step.pool_fen,
        "amount_fen": step.amount_fen,
        "whole": plain(step.whole),
        "parts": dict(step.parts),
        "parties": dict(step.parties),
        "residual": [step.residual_fen, step.residual_to],
        "excess_fen": step.excess_fen,
        "short_fen": step.short_fen,
        "values": {name: plain(value) for name, value in step.values.items()},
        "lines": [_line_body(line) for line in step.lines],
    }


def _line_body(line: Line) -> list[Any]:
    return [
        line.recipient,
        plain(line.weight),
        plain(line.quota_fen),
        line.amount_fen,
        line.bound,
        line.quantity,
        line.goods_fen,
        line.contribution_fen,
    ]
