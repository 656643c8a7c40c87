"""One recipient's amount, explained: which rule, which numbers, which rounding, and why nothing when nothing.

Everything is worked out again from the plan, what was given and the outcome; nothing is stored.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from lianjie.base.quantity import written
from lianjie.base.words import N_, Say, english, label_in
from lianjie.ledger.rules import terms
from lianjie.ledger.rules.clause import rounding_words, step_rule
from lianjie.ledger.rules.expression import parse, plain
from lianjie.ledger.rules.given import Given
from lianjie.ledger.rules.meaning import Meaning, _OfOne
from lianjie.ledger.rules.nothing import Nothing, whose
from lianjie.ledger.rules.outcome import Line, Outcome, StepResult
from lianjie.ledger.rules.plan import Plan, Quantification, Rounding, Step
from lianjie.ledger.rules.wording import Wording, constant, sentence


@dataclass(frozen=True)
class Explanation:
    """One line of one recipient, with everything needed to check it by hand.

    memo           a quantification: credited to the account, not paid
    asked          what the step's amount came to, and how
    rule           the step's rule in words
    weight, whole  the recipient's weight and the sum of all weights, in weight_unit (translated)
    quota_fen      the exact part before rounding, as quota_text shows it
    bound          "floor" or "cap" when a limit held the line
    sentences      the whole reasoning, a finished sentence each
    sources        references of the facts behind the weight, such as "delivery:17"
    """

    step: str
    title: str
    memo: bool
    stream: str
    legal_basis: str
    law: str
    amount_fen: int
    pool_label: str
    pool_fen: int | None
    asked: str
    rule: str
    weight_label: str
    weight: Fraction
    weight_unit: str
    whole: Fraction
    quota_fen: Fraction
    quota_text: str
    rounding_text: str
    bound: str
    goods: str
    cash_fen: int
    contribution_fen: int
    sentences: tuple[str, ...]
    sources: tuple[str, ...]


def explain(
    plan: Plan,
    given: Given,
    outcome: Outcome,
    step: str,
    recipient: str,
    *,
    language: str = "zh-Hans",
    say: Say = english,
) -> Explanation:
    """Explain one line. KeyError when the step has no line for the recipient: ask `why_nothing`."""
    return Explainer(plan, given, outcome, language=language, say=say).explain(step, recipient)


def explanations(
    plan: Plan,
    given: Given,
    outcome: Outcome,
    recipient: str,
    *,
    language: str = "zh-Hans",
    say: Say = english,
) -> tuple[Explanation, ...]:
    """Every line of one recipient, in the order of the plan; quantifications last."""
    return Explainer(plan, given, outcome, language=language, say=say).explanations(recipient)


def why_nothing(
    plan: Plan,
    given: Given,
    outcome: Outcome,
    step: str,
    recipient: str,
    *,
    language: str = "zh-Hans",
    say: Say = english,
) -> str:
    """Why a recipient gets nothing by a step, in a sentence."""
    return Explainer(plan, given, outcome, language=language, say=say).why_nothing(step, recipient)


class Explainer:
    """Explains many lines of one outcome; make it once when there are many recipients."""

    def __init__(
        self, plan: Plan, given: Given, outcome: Outcome, *, language: str = "zh-Hans", say: Say = english
    ) -> None:
        self.plan, self.outcome, self.language, self.say = plan, outcome, language, say
        self.wording = Wording(plan, language, say)
        self.meaning = Meaning(plan, given)
        for result in outcome.steps:
            self.meaning.decide(result)
        self._sums: dict[str, int] = {}
        self._said: dict[tuple[str, str], str] = {}
        self._memos = {memo.name: memo for memo in plan.quantifications}

    def explanations(self, recipient: str) -> tuple[Explanation, ...]:
        return tuple(self.explain(result.name, recipient) for result, _ in self.outcome.lines_of(recipient))

    def explain(self, step: str, recipient: str) -> Explanation:
        result = self.outcome.step(step)
        line = result.by_recipient[recipient]
        memo = self._memos.get(step)
        if memo is not None:
            return self._memo(memo, result, line)
        rule = self.plan.step(step)
        assert rule is not None, step
        return self._line(rule, result, line)

    # money

    def asked(self, step: str) -> str:
        """What a step's amount came to, and how: for lines, parts and parties alike."""
        rule, result = self.plan.step(step), self.outcome.step(step)
        assert rule is not None, step
        if not result.ran:
            return self.say(N_("This step was not carried out."))
        self._enter(rule, result)
        return self._asked(rule, result)

    def _enter(self, step: Step, result: StepResult) -> None:
        self.meaning.in_step = {}
        if step.pool and result.pool_fen is not None:
            whole = self.meaning.value(step.pool)
            assert isinstance(whole, Fraction)
            self.meaning.in_step = {"pool": whole, "rest": Fraction(result.pool_fen, 100)}

    def _asked(self, step: Step, result: StepResult) -> str:
        text = self._came_to(step, result) + self._limits(step, result)
        if result.short_fen or (result.pool_fen is not None and result.asked_fen > result.pool_fen):
            there = self.say(N_("; there was {pool}"))
            return text + there.format(pool=self.wording.fen(max(result.pool_fen or 0, 0)))
        return text

    def _once(self, what: str, step: Step, tell: Callable[[], str]) -> str:
        """What is the same for every line of a step is told once."""
        if (what, step.name) not in self._said:
            self._said[what, step.name] = tell()
        return self._said[what, step.name]

    def _came_to(self, step: Step, result: StepResult) -> str:
        amount = self.wording.yuan(result.asked_fen / 100)
        if step.rest:
            text = self.say(N_("what is left of {pool}: {amount}"))
            return text.format(pool=self.wording.name(step.pool), amount=amount)
        if step.percent:
            percent, whole = result.values["percent"], result.values["of"]
            text = self.say(N_("{percent}% of {name} {whole} = {amount}"))
            return text.format(
                percent=self.wording.number(percent),
                name=self.wording.held(step.of),
                whole=self.wording.yuan(whole),
                amount=self.wording.yuan(percent * whole / 100),
            )
        if step.rate:
            text = self.say(N_("{rate} × {whole} = {amount}"))
            return text.format(
                rate=self._rate(step.by, result.values["rate"]),
                whole=self._counted(step.by, result.whole),
                amount=self.wording.yuan(result.values["rate"] * result.whole),
            )
        value = self.wording.yuan(result.values["amount"])
        if constant(step.amount) is not None:
            return value
        filled = self.wording.filled(step.amount, self.meaning)
        if isinstance(parse(step.amount).tree, ast.Name | ast.Attribute):
            return filled
        return self.say(N_("{formula} = {amount}")).format(formula=filled, amount=value)

    def _rate(self, by: str, rate: Fraction) -> str:
        """Money for each unit; where the unit is itself money, percent."""
        return self.wording.quantity(rate, "percent" if self.wording.unit_of(by) == "yuan" else "yuan")

    def _limits(self, step: Step, result: StepResult) -> str:
        found = ""
        for key, text in (("at_least", N_("; at least {limit}")), ("at_most", N_("; at most {limit}"))):
            if key in result.values:
                found += self.say(text).format(limit=self.wording.yuan(result.values[key]))
        return found

    # one line

    def _line(self, step: Step, result: StepResult, line: Line) -> Explanation:
        self._enter(step, result)
        pool = step.pool or step.paid_by
        rounding = self.plan.rounding_of(step)
        asked = self._once("asked", step, lambda: self._asked(step, result))
        sentences = tuple(map(sentence, self._sentences(step, result, line, asked, rounding)))
        return Explanation(
            step=step.name,
            title=label_in(step.label, self.language, step.name),
            memo=False,
            stream=step.stream,
            legal_basis=self.say(terms.LEGAL_BASIS_LABELS[self.plan.legal_basis_of(step)]),
            law=step.law,
            amount_fen=line.amount_fen,
            pool_label=self.wording.name(pool),
            pool_fen=result.pool_fen,
            asked=asked,
            rule=self._once("rule", step, lambda: step_rule(self.wording, step)),
            rounding_text=rounding_words(self.wording, rounding),
            goods=self._goods(step, line),
            sentences=sentences,
            **self._counts(step.by, result, line),
        )

    def _memo(self, memo: Quantification, result: StepResult, line: Line) -> Explanation:
        self.meaning.in_step = {}
        amount = self.wording.fen(result.amount_fen)
        asked = amount
        if constant(memo.amount) is None:
            filled = self.wording.filled(memo.amount, self.meaning)
            same = isinstance(parse(memo.amount).tree, ast.Name)
            asked = (
                filled if same else self.say(N_("{formula} = {amount}")).format(formula=filled, amount=amount)
            )
        rounding = Rounding()
        text = self.say(N_("{title}: {asked}, credited to accounts and not paid."))
        title = label_in(memo.label, self.language, memo.name)
        sentences = [
            text.format(title=title, asked=asked),
            *self._weight_sentences(memo.by, result, line),
            self._share_sentence(memo.by, result, line, result.amount_fen),
            self._rounding_sentence(line, rounding),
        ]
        return Explanation(
            step=memo.name,
            title=title,
            memo=True,
            stream="",
            legal_basis="",
            law=memo.law,
            amount_fen=line.amount_fen,
            pool_label=self.wording.of(memo.amount),
            pool_fen=None,
            asked=asked,
            rule=self.say(N_("{amount}, by {weight}, among {group}")).format(
                amount=self.wording.money(memo.amount),
                weight=self.wording.name(memo.by),
                group=self.wording.name(memo.among),
            ),
            rounding_text=rounding_words(self.wording, rounding),
            goods="",
            sentences=tuple(map(sentence, sentences)),
            **self._counts(memo.by, result, line),
        )

    def _counts(self, by: str, result: StepResult, line: Line) -> dict[str, Any]:
        memo = result.name in self._memos
        return {
            "weight_label": self.wording.name(by),
            "weight": line.weight,
            "weight_unit": self.wording.unit(self.wording.unit_of(by)),
            "whole": result.whole,
            "quota_fen": line.quota_fen,
            "quota_text": self._quota(line.quota_fen),
            "bound": line.bound,
            "cash_fen": 0 if memo else line.cash_fen,
            "contribution_fen": line.contribution_fen,
            "sources": self.sources(by, line.recipient),
        }

    def _quota(self, quota: Fraction) -> str:
        """Exact: a decimal that ends, or the decimal and the fraction of fen."""
        if "/" not in plain(quota / 100, 12):
            text = plain(quota / 100, 12)
            return self.wording.yuan(quota / 100) if len(text.partition(".")[2]) <= 4 else self._long(text)
        return self.say(N_("{amount} = {fraction} fen")).format(
            amount=self.wording.yuan(quota / 100), fraction=plain(quota)
        )

    def _long(self, text: str) -> str:
        whole, _, rest = text.partition(".")
        return self.say(N_("{number} yuan")).format(number=f"{int(whole):,}.{rest}")

    # sentences

    def _sentences(
        self, step: Step, result: StepResult, line: Line, asked: str, rounding: Rounding
    ) -> Iterator[str]:
        title = label_in(step.label, self.language, step.name)
        yield self.say(N_("{title}: {asked}.")).format(title=title, asked=asked)
        yield from self._weight_sentences(step.by, result, line)
        if step.rate:
            yield from self._rate_sentences(step, result, line)
        elif line.bound:
            yield self._bound_sentence(step, line)
        elif line.weight:
            whole = self._whole_sum(result)
            yield self._share_sentence(step.by, result, line, self._divided(result, line, whole))
        yield self._rounding_sentence(line, rounding, self._residual_of(step, result, line))
        yield from self._kept(step, line)

    def _whole_sum(self, result: StepResult) -> int:
        """The sum a step divided, in fen: its lines, what caps left over, what rounding left."""
        if result.name not in self._sums:
            lines = sum(each.amount_fen for each in result.lines) + result.excess_fen
            residual = 0 if _to_recipient(result) else result.residual_fen
            self._sums[result.name] = lines + residual
        return self._sums[result.name]

    def _divided(self, result: StepResult, line: Line, whole: int) -> int | None:
        """The sum that was divided, when it explains the quota; None beside limits of others."""
        return whole if line.quota_fen * result.whole == whole * line.weight else None

    def _whose(self, code: str) -> str:
        return whose(self.meaning.recipients[code], self.say)

    def _counted(self, by: str, value: Fraction) -> str:
        code = self.wording.unit_of(by)
        if code == "part":
            return self.wording.number(value)
        return self.wording.quantity(value, code)

    def _weight_sentences(self, by: str, result: StepResult, line: Line) -> Iterator[str]:
        weight = self.plan.weight(by)
        details = {
            "whose": self._whose(line.recipient),
            "label": self.wording.name(by),
            "weight": self._counted(by, line.weight),
            "whole": self._counted(by, result.whole),
        }
        if by == terms.EQUALLY:
            text = self.say(N_("All count the same; there are {number} of them."))
            yield text.format(number=self.wording.number(result.whole))
            return
        if weight is not None:
            formula = self.wording.filled(weight.formula, self._scope_of(line.recipient))
            text = self.say(N_("{label} of {whose}: {formula} = {weight}; of all together {whole}."))
            yield text.format(formula=formula, **details)
            return
        text = self.say(N_("{label} of {whose}: {weight}; of all together {whole}."))
        yield text.format(**details)

    def _scope_of(self, code: str) -> _OfOne:
        return _OfOne(self.meaning, self.meaning.recipients[code])

    def _share_sentence(self, by: str, result: StepResult, line: Line, total: int | None) -> str:
        details = {
            "weight": self._counted(by, line.weight),
            "whole": self._counted(by, result.whole),
            "quota": self._quota(line.quota_fen),
        }
        if total is None:
            text = N_("After the limits of others, the part for {weight} of {whole} is {quota}.")
            return self.say(text).format(**details)
        text = N_("{total} × {weight} ÷ {whole} = {quota}.")
        return self.say(text).format(total=self.wording.fen(total), **details)

    def _rate_sentences(self, step: Step, result: StepResult, line: Line) -> Iterator[str]:
        rate = result.values["rate"]
        full = max(rate, Fraction(0)) * line.weight * 100
        text = self.say(N_("{rate} × {weight} = {quota}."))
        yield text.format(
            rate=self._rate(step.by, rate),
            weight=self._counted(step.by, line.weight),
            quota=self._quota(full),
        )
        if line.bound:
            yield self._bound_sentence(step, line)
        elif line.quota_fen != full:
            text = self.say(N_("There is not enough for all; in proportion this is {quota}."))
            yield text.format(quota=self._quota(line.quota_fen))

    def _bound_sentence(self, step: Step, line: Line) -> str:
        floor = line.bound == "floor"
        formula = step.each_at_least if floor else step.each_at_most
        limit = self.wording.yuan(line.quota_fen / 100)
        words = limit
        if constant(formula) is None:
            filled = self.wording.filled(formula, self._scope_of(line.recipient))
            words = self.say(N_("{formula} = {amount}")).format(formula=filled, amount=limit)
        text = N_("Each gets at least: {limit}.") if floor else N_("Each gets at most: {limit}.")
        return self.say(text).format(limit=words)

    def _residual_of(self, step: Step, result: StepResult, line: Line) -> int:
        mine = result.residual_to.removeprefix("recipient ").strip() == line.recipient
        return result.residual_fen if _to_recipient(result) and mine else 0

    def _rounding_sentence(self, line: Line, rounding: Rounding, residual: int = 0) -> str:
        amount = self.wording.fen(line.amount_fen)
        if residual:
            text = self.say(N_("{rule} With the residual of {residual}: {amount}."))
            rule = rounding_words(self.wording, rounding)
            return text.format(rule=rule, residual=self.wording.fen(residual), amount=amount)
        if line.quota_fen == line.amount_fen:
            return self.say(N_("The amount is {amount}; nothing needs rounding.")).format(amount=amount)
        up = line.amount_fen > line.quota_fen
        text = (
            N_("{rule} This line is rounded up: {amount}.")
            if up
            else N_("{rule} This line is rounded down: {amount}.")
        )
        return self.say(text).format(rule=rounding_words(self.wording, rounding), amount=amount)

    def _goods(self, step: Step, line: Line) -> str:
        goods = step.in_kind
        if goods is None or not line.quantity:
            return ""
        return self.say(N_("{quantity} of {good}, worth {worth}")).format(
            quantity=self.wording.quantity(written(line.quantity, goods.unit), goods.unit),
            good=label_in(goods.label, self.language, goods.good),
            worth=self.wording.fen(line.goods_fen),
        )

    def _kept(self, step: Step, line: Line) -> Iterator[str]:
        goods = self._goods(step, line)
        if goods:
            yield self.say(N_("Of it in goods: {goods}.")).format(goods=goods)
        if line.contribution_fen:
            kept = self.wording.fen(line.contribution_fen)
            yield self.say(N_("Of it, {amount} becomes contribution.")).format(amount=kept)
        if goods or line.contribution_fen:
            yield self.say(N_("In money: {amount}.")).format(amount=self.wording.fen(line.cash_fen))

    # where the weight comes from

    def sources(self, by: str, recipient: str) -> tuple[str, ...]:
        """References of the facts behind a weight, each once, in the order of the formula's names."""
        known = self.meaning.recipients[recipient].sources
        found: dict[str, None] = {}
        for name in self._measures(by, set()):
            found |= dict.fromkeys(known.get(name, ()))
        return tuple(found)

    def _measures(self, name: str, seen: set[str]) -> Iterator[str]:
        if name in seen:
            return
        seen.add(name)
        weight = self.plan.weight(name)
        if weight is None:
            yield name
            return
        for each in sorted(parse(weight.formula).names):
            yield from self._measures(each, seen)

    def why_nothing(self, step: str, recipient: str) -> str:
        """Why a recipient gets nothing by a step, in a sentence."""
        return Nothing(self.plan, self.outcome, self.meaning, self.wording).why(step, recipient)


def _to_recipient(result: StepResult) -> bool:
    return result.residual_to.startswith("recipient ")
