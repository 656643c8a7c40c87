"""Close a year by its plan: run every step, exactly, and say what each recipient gets.

`run(plan, given)` is pure: a trial, a disclosed settlement, a replay and a worked case all come through here.
What can go on but needs a person becomes a finding; what cannot go on is a refusal.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor, lcm

from lianjie.base.fen import Fen
from lianjie.base.quantity import unit
from lianjie.base.refusal import Finding, Refusal, Refusals
from lianjie.base.words import N_
from lianjie.ledger.rules.allotment import Shared, fill, round_quotas, share, to_step
from lianjie.ledger.rules.announced import differing
from lianjie.ledger.rules.expression import plain, rounded
from lianjie.ledger.rules.given import Given, problems_of_input
from lianjie.ledger.rules.meaning import FEN_IN_YUAN, Meaning
from lianjie.ledger.rules.outcome import Line, Outcome, StepResult
from lianjie.ledger.rules.plan import InKind, Plan, Quantification, Step


class PoolIsNotWholeFen(Refusal):
    what = N_("“{pool}” is {value} yuan, which is not whole fen, so it cannot be given from.")
    fix = N_('Round the figure where it is defined, for example round = {{ to = "0.01", mode = "down" }}.')


class NobodyToShareWith(Refusal):
    what = N_("Step “{step}” has {amount} yuan to share among “{group}” by “{weight}”, but nobody counts.")
    fix = N_("Check the group and the entries it counts by, or give the step a condition (when).")


class WeightBelowZero(Refusal):
    what = N_("Step “{step}”: “{weight}” of recipient {code} is {value}, below zero.")
    fix = N_("Correct the entries it comes from, or write max(0, …) in the weight.")


class PoolTooSmall(Refusal):
    what = N_("Step “{step}” needs {asked} yuan, but “{pool}” holds only {pool_fen}.")
    fix = N_("Lower the amount, or say with if_short what happens then: “share”, or the party that pays.")


class PartsExceedTheWhole(Refusal):
    what = N_("Step “{step}”: the parts add up to {parts} yuan, more than the {amount} there is.")
    fix = N_("Lower the fixed parts, or make one of them “rest”.")


class ResidualHasNoTaker(Refusal):
    what = N_("Step “{step}”: {code}, who is to take the residual of {residual} yuan, is not listed.")
    fix = N_("List the recipient, or name another taker in residual_to.")


class ResidualIsLacking(Refusal):
    what = N_("Step “{step}”: rounding gives out {lacking} yuan too much, and {taker} cannot bear it.")
    fix = N_("Round down, or let a party that has money take the residual.")


class FloorAboveCap(Refusal):
    what = N_("Step “{step}”: the least amount {least} is above the greatest amount {most}.")
    fix = N_("Correct at_least or at_most.")


def run(plan: Plan, given: Given) -> Outcome:
    """Work out a settlement. Writes nothing; the order of recipients never matters.

    Refuses with Refusals holding every problem of the input, or the first step that cannot go on.
    """
    problems = problems_of_input(plan, given)
    if problems:
        raise Refusals(problems)
    return _Run(plan, given).outcome()


@dataclass(frozen=True)
class _Taken:
    """What a step takes from its source, before it is divided."""

    fen: int
    short_fen: int = 0

    @property
    def to_divide(self) -> int:
        return self.fen + self.short_fen


class _Run:
    def __init__(self, plan: Plan, given: Given) -> None:
        self.plan = plan
        self.given = given
        self.meaning = Meaning(plan, given)
        self.pools: dict[str, int] = {}
        self.whole_pools: dict[str, int] = {}
        self.findings: list[Finding] = []

    def outcome(self) -> Outcome:
        steps = tuple(self._step(step) for step in self.plan.steps)
        memos = tuple(self._memo(memo) for memo in self.plan.quantifications)
        self._parts_left()
        return Outcome(
            organisation=self.given.organisation,
            plan=self.plan.code,
            version=self.plan.version,
            figures={each.name: self.meaning.figure(each.name) for each in self.plan.figures},
            steps=steps,
            memos=memos,
            left=dict(sorted(self.pools.items())),
            findings=(*self.findings, *differing(self.plan, self.given, self.meaning, steps, memos)),
        )

    # one step

    def _step(self, step: Step) -> StepResult:
        self._open(step.pool)
        result = self._divided(step)
        if step.pool:
            self.pools[step.pool] -= result.amount_fen
        for part, fen in result.parts.items():
            if self.plan.party(part) is None:
                self.pools[part] = self.whole_pools[part] = fen
        self.meaning.decide(result)
        self.meaning.in_step = {}
        return result

    def _open(self, pool: str) -> None:
        if not pool:
            return
        if pool not in self.pools:
            value = self.meaning.figure(pool) * FEN_IN_YUAN
            if value.denominator != 1:
                raise PoolIsNotWholeFen(pool=pool, value=plain(value / FEN_IN_YUAN))
            self.pools[pool] = self.whole_pools[pool] = int(value)
        self.meaning.in_step = {
            "pool": Fraction(self.whole_pools[pool], FEN_IN_YUAN),
            "rest": Fraction(self.pools[pool], FEN_IN_YUAN),
        }

    def _divided(self, step: Step) -> StepResult:
        pool_fen = self.pools[step.pool] if step.pool else None
        if step.when and not self.meaning.truth(step.when):
            nothing = {part: 0 for part in step.into if self.plan.party(part) is None}
            return StepResult(step.name, ran=False, pool_fen=pool_fen, parts=nothing)
        if step.rate:
            return self._by_rate(step, pool_fen)
        asked, values = self._asked(step)
        taken = self._take(step, self._round_total(step, asked), pool_fen)
        base = StepResult(
            step.name, asked_fen=asked, pool_fen=pool_fen, short_fen=taken.short_fen, values=values
        )
        if step.to:
            return self._settle(step, replace(base, parties={step.to: taken.to_divide}), taken)
        if step.into:
            return self._into(step, base, taken)
        return self._among(step, base, taken)

    def _asked(self, step: Step) -> tuple[Fraction, dict[str, Fraction]]:
        """What the rule comes to in fen, its limits included, and each piece as evaluated."""
        number = self.meaning.number
        values: dict[str, Fraction] = {}
        if step.rest:
            asked = self.meaning.in_step["rest"]
        elif step.percent:
            values = {"percent": number(step.percent), "of": number(step.of)}
            asked = values["percent"] / 100 * values["of"]
        else:
            asked = values["amount"] = number(step.amount)
        asked = self._limited(step, asked, values)
        if asked < 0:
            self._note_below_zero(step, asked)
        return max(asked, Fraction(0)) * FEN_IN_YUAN, values

    def _limited(self, step: Step, asked: Fraction, values: dict[str, Fraction]) -> Fraction:
        if step.at_least:
            values["at_least"] = self.meaning.number(step.at_least)
        if step.at_most:
            values["at_most"] = self.meaning.number(step.at_most)
        least, most = values.get("at_least"), values.get("at_most")
        if least is not None and most is not None and least > most:
            raise FloorAboveCap(step=step.name, least=plain(least), most=plain(most))
        if least is not None:
            asked = max(asked, least)
        return asked if most is None else min(asked, most)

    def _round_total(self, step: Step, asked: Fraction) -> int:
        """The step's whole amount in fen. Dividing has its own rounding; a fixed amount is rounded here."""
        rounding = self.plan.rounding_of(step)
        if step.to:
            return int(rounded(asked, rounding.to * FEN_IN_YUAN, rounding.mode))
        return int(rounded(asked, Fraction(1), "half_up"))

    def _take(self, step: Step, wanted: int, pool_fen: int | None) -> _Taken:
        if pool_fen is None or wanted <= pool_fen:
            return _Taken(wanted)
        there, lacking = max(pool_fen, 0), wanted - max(pool_fen, 0)
        if step.if_short == "refuse":
            raise PoolTooSmall(step=step.name, asked=_yuan(wanted), pool=step.pool, pool_fen=_yuan(pool_fen))
        if lacking == 1 and not step.amount and not step.rate:
            return _Taken(there)  # two halves of a fen, both rounded up: the later step yields
        self._note_short(step, wanted, there)
        return _Taken(there) if step.if_short == "share" else _Taken(there, lacking)

    # three ways to divide

    def _into(self, step: Step, base: StepResult, taken: _Taken) -> StepResult:
        total = taken.to_divide
        quotas: dict[str, Fraction] = {}
        for part, size in step.into.items():
            if size != "rest":
                number = self.meaning.number(size)
                percent = size.rstrip().endswith(("%", "％"))
                quotas[part] = max(number, Fraction(0)) * (total if percent else FEN_IN_YUAN)
        sized = sum(quotas.values(), Fraction(0))
        if sized > total:
            raise PartsExceedTheWhole(step=step.name, parts=plain(sized / 100), amount=_yuan(total))
        quotas |= {part: total - sized for part, size in step.into.items() if size == "rest"}
        rounding = self.plan.rounding_of(step)
        shared = round_quotas(quotas, total, int(rounding.to * FEN_IN_YUAN), rounding.mode)
        parties = {part: fen for part, fen in shared.parts.items() if self.plan.party(part)}
        parts = {part: fen for part, fen in shared.parts.items() if part not in parties}
        result = replace(base, parts=parts, parties=parties)
        return self._settle(step, self._residual(step, result, shared.residual_fen, taken), taken)

    def _among(self, step: Step, base: StepResult, taken: _Taken) -> StepResult:
        weights = self._weights(step)
        whole = sum(weights.values(), Fraction(0))
        total = taken.to_divide
        if not total:
            return self._settle(step, replace(base, whole=whole), taken)
        if not whole:
            raise NobodyToShareWith(step=step.name, amount=_yuan(total), group=step.among, weight=step.by)
        rounding = self.plan.rounding_of(step)
        step_fen = int(rounding.to * FEN_IN_YUAN)
        if step.each_at_least or step.each_at_most:
            floors, caps = self._limits(step, weights, step_fen)
            quotas = fill(total, weights, floors, caps)
            bounds = _bounds(quotas, floors, caps)
            given_out = round_quotas(quotas, total, step_fen, rounding.mode)
            placed = sum(quotas.values(), Fraction(0))
            excess = total - _ceil(placed)
            shared = Shared(given_out.parts, given_out.residual_fen - excess)
        else:
            quotas, bounds, excess = {}, {}, 0
            shared = share(total, _whole_numbers(weights), step_fen, rounding.mode)
        lines = tuple(
            Line(
                code,
                weight,
                quotas[code] if quotas else total * weight / whole,
                shared.parts[code],
                bounds.get(code, ""),
            )
            for code, weight in weights.items()
        )
        result = replace(base, whole=whole, lines=lines, excess_fen=excess)
        result = self._residual(step, result, shared.residual_fen, taken)
        return self._settle(step, self._kept(step, self._excess(step, result)), taken)

    def _by_rate(self, step: Step, pool_fen: int | None) -> StepResult:
        """So much for each unit of weight; every line is rounded by itself."""
        rate = self.meaning.number(step.rate)
        weights = self._weights(step)
        rounding = self.plan.rounding_of(step)
        step_fen = int(rounding.to * FEN_IN_YUAN)
        quotas = {code: max(rate, Fraction(0)) * weight * FEN_IN_YUAN for code, weight in weights.items()}
        floors, caps = self._limits(step, weights, step_fen)
        quotas = {code: _clamp(quota, floors.get(code), caps.get(code)) for code, quota in quotas.items()}
        bounds = _bounds(quotas, floors, caps)
        values = {"rate": rate}
        exact = sum(quotas.values(), Fraction(0))
        asked = self._limited(step, exact / FEN_IN_YUAN, values) * FEN_IN_YUAN
        limited = asked != exact
        if asked and not exact:  # at least so much, where the rate gives nothing: by weight alone
            quotas, exact = self._by_weight(step, asked, weights), asked
        parts = round_quotas(quotas, floor(exact), step_fen, rounding.mode).parts
        wanted = sum(parts.values())
        if limited:  # a limit on the whole step: its lines give way in proportion
            wanted = int(rounded(asked, Fraction(1), "down"))
            parts = _in_proportion(wanted, quotas, parts)
        taken = self._take(step, wanted, pool_fen)
        if taken.to_divide < wanted:
            parts = _in_proportion(taken.to_divide, quotas, parts)
        if sum(parts.values()) != exact and (limited or taken.to_divide < wanted):
            quotas = {code: sum(parts.values()) * quota / exact for code, quota in quotas.items()}
        lines = tuple(
            Line(code, weight, quotas[code], parts[code], bounds.get(code, ""))
            for code, weight in weights.items()
        )
        result = StepResult(
            step.name,
            asked_fen=asked,
            pool_fen=pool_fen,
            whole=sum(weights.values(), Fraction(0)),
            lines=lines,
            short_fen=taken.short_fen,
            values=values,
        )
        return self._settle(step, self._kept(step, result), taken)

    def _by_weight(self, step: Step, fen: Fraction, weights: Mapping[str, Fraction]) -> dict[str, Fraction]:
        whole = sum(weights.values(), Fraction(0))
        if not whole:
            raise NobodyToShareWith(step=step.name, amount=plain(fen / 100), group=step.among, weight=step.by)
        return {code: fen * weight / whole for code, weight in weights.items()}

    # what dividing needs

    def _weights(self, step: Step) -> dict[str, Fraction]:
        weights = self.meaning.weights(step.by, step.among)
        for code, weight in weights.items():
            if weight < 0:
                raise WeightBelowZero(step=step.name, weight=step.by, code=code, value=plain(weight))
        return {code: weight for code, weight in weights.items() if weight}

    def _limits(
        self, step: Step, weights: Mapping[str, Fraction], step_fen: int
    ) -> tuple[dict[str, Fraction], dict[str, Fraction | None]]:
        """Least and greatest fen of each line, moved to whole rounding steps."""
        least: dict[str, Fraction] = {}
        most: dict[str, Fraction | None] = {}
        for code in weights:
            if step.each_at_least:
                yuan = max(self.meaning.number_of(step.each_at_least, code), Fraction(0))
                least[code] = to_step(yuan * FEN_IN_YUAN, step_fen, up=True)
            if step.each_at_most:
                yuan = max(self.meaning.number_of(step.each_at_most, code), Fraction(0))
                most[code] = to_step(yuan * FEN_IN_YUAN, step_fen, up=False)
        return least, most

    def _residual(self, step: Step, result: StepResult, residual: int, taken: _Taken) -> StepResult:
        """Hand what rounding left, or the lack of it, to the one the plan names."""
        if not residual:
            return result
        to = step.residual_to or "pool"
        result = replace(result, residual_fen=residual, residual_to=to)
        if to.startswith("recipient "):
            return self._residual_to_recipient(step, result, to.removeprefix("recipient ").strip())
        if to != "pool":
            parties = dict(result.parties)
            parties[to] = parties.get(to, 0) + residual
            return replace(result, parties=parties)
        held = self.pools[step.pool] - taken.fen
        if residual < 0 and -residual > held:
            raise ResidualIsLacking(step=step.name, lacking=_yuan(-residual), taker=step.pool)
        return result

    def _residual_to_recipient(self, step: Step, result: StepResult, code: str) -> StepResult:
        if code not in self.meaning.recipients:
            raise ResidualHasNoTaker(step=step.name, code=code, residual=_yuan(result.residual_fen))
        old = result.by_recipient.get(code, Line(code, Fraction(0), Fraction(0), 0))
        new = replace(old, amount_fen=old.amount_fen + result.residual_fen)
        if new.amount_fen < 0:
            raise ResidualIsLacking(step=step.name, lacking=_yuan(-result.residual_fen), taker=code)
        lines = [line for line in result.lines if line.recipient != code]
        return replace(result, lines=tuple(sorted([*lines, new], key=lambda line: line.recipient)))

    def _excess(self, step: Step, result: StepResult) -> StepResult:
        """What the caps of all left over goes to excess_to, else stays in the pool."""
        if not result.excess_fen or step.excess_to in ("", "pool"):
            return result
        parties = dict(result.parties)
        parties[step.excess_to] = parties.get(step.excess_to, 0) + result.excess_fen
        return replace(result, parties=parties)

    def _kept(self, step: Step, result: StepResult) -> StepResult:
        """Goods in place of money, and the part that stays as share capital."""
        if step.in_kind is not None:
            result = replace(result, lines=tuple(self._in_kind(step, step.in_kind, result)))
        if step.into_contribution:
            percent = self.meaning.number(step.into_contribution)
            lines = tuple(
                replace(line, contribution_fen=floor((line.amount_fen - line.goods_fen) * percent / 100))
                for line in result.lines
            )
            result = replace(result, lines=lines)
        return result

    def _in_kind(self, step: Step, goods: InKind, result: StepResult) -> Iterator[Line]:
        value = self.meaning.number(goods.value) * FEN_IN_YUAN
        small = unit(goods.unit).small
        # Counted goods go in whole pieces, weighed goods in whole grams.
        piece = Fraction(1) if unit(goods.unit).kind == "count" else 1 / small
        counts = self._goods(goods, result, piece)
        kept = Fraction(0)
        for line in result.lines:
            fits = floor(line.amount_fen / (value * piece)) if value > 0 else 0
            pieces = min(counts[line.recipient], fits)
            kept += (counts[line.recipient] - pieces) * piece
            quantity = pieces * piece
            worth = int(rounded(quantity * value, Fraction(1), "half_up"))
            yield replace(line, quantity=int(quantity * small), goods_fen=min(worth, line.amount_fen))
        if kept:
            self._note_goods_kept(step, goods, kept)

    def _goods(self, goods: InKind, result: StepResult, piece: Fraction) -> Mapping[str, int]:
        """How many pieces each recipient takes, before looking at what its money is worth."""
        if goods.each:
            asked = {
                line.recipient: self.meaning.number_of(goods.each, line.recipient) for line in result.lines
            }
            return {code: floor(max(number, Fraction(0)) / piece) for code, number in asked.items()}
        pieces = floor(max(self.meaning.number(goods.quantity), Fraction(0)) / piece)
        weights = _whole_numbers({line.recipient: line.weight for line in result.lines})
        return share(pieces, weights).parts if any(weights.values()) else dict.fromkeys(weights, 0)

    def _settle(self, step: Step, result: StepResult, taken: _Taken) -> StepResult:
        """Count what the source really gave, and let whoever pays pay."""
        parties = dict(result.parties)
        lines = sum(line.amount_fen for line in result.lines)
        given_out = lines + sum(result.parts.values()) + sum(parties.values())
        # Whoever pays what a pool lacks pays for what is given out, never into the pool.
        short = min(taken.short_fen, max(given_out - taken.fen, 0))
        if short:
            parties[step.if_short] = parties.get(step.if_short, 0) - short
            given_out -= short
        result = replace(result, short_fen=short if taken.short_fen else result.short_fen)
        if step.paid_by:
            parties[step.paid_by] = parties.get(step.paid_by, 0) - given_out
        return replace(result, amount_fen=given_out, parties={k: v for k, v in sorted(parties.items()) if v})

    # memos

    def _memo(self, memo: Quantification) -> StepResult:
        amount = max(self.meaning.number(memo.amount), Fraction(0)) * FEN_IN_YUAN
        fen = int(rounded(amount, Fraction(1), "half_up"))
        weights = {c: w for c, w in self.meaning.weights(memo.by, memo.among).items() if w > 0}
        whole = sum(weights.values(), Fraction(0))
        base = StepResult(memo.name, asked_fen=amount, whole=whole, values={"amount": amount / FEN_IN_YUAN})
        if not fen or not whole:
            return base
        parts = share(fen, _whole_numbers(weights)).parts
        lines = tuple(
            Line(code, weight, fen * weight / whole, parts[code]) for code, weight in weights.items()
        )
        return replace(base, amount_fen=fen, lines=lines)

    # findings

    def _note_short(self, step: Step, wanted: int, there: int) -> None:
        details = {"step": step.label, "wanted": _yuan(wanted), "there": _yuan(there)}
        text = N_("{step} needs {wanted} yuan, but only {there} yuan is there; all get less in proportion.")
        payer = self.plan.party(step.if_short)
        if payer is not None:
            text = N_(
                "{step} needs {wanted} yuan, but only {there} yuan is there; {payer} pays the difference."
            )
            details["payer"] = payer.label
        self.findings.append(Finding("pool-short", text, details, "warning", step.name))

    def _note_below_zero(self, step: Step, asked: Fraction) -> None:
        text = N_("{step} comes to {asked} yuan, below zero; nothing is given.")
        details = {"step": step.label, "asked": plain(asked)}
        self.findings.append(Finding("below-zero", text, details, "warning", step.name))

    def _note_goods_kept(self, step: Step, goods: InKind, kept: Fraction) -> None:
        text = N_("{step}: {kept} {good} are worth more than the lines they would be part of, and stay.")
        details = {"step": step.label, "kept": plain(kept), "good": goods.label}
        self.findings.append(Finding("goods-kept", text, details, "warning", step.name))

    def _parts_left(self) -> None:
        text = N_("{left} yuan of {part} is given to nobody.")
        for pool, fen in sorted(self.pools.items()):
            if fen and self.plan.part_step(pool) is not None:
                details = {"part": {"zh-Hans": self.plan.named(pool, "zh-Hans")}, "left": _yuan(fen)}
                self.findings.append(Finding("part-left", text, details, "warning", pool))


def _yuan(fen: int) -> str:
    return str(Fen(fen))


def _ceil(number: Fraction) -> int:
    return -floor(-number)


def _clamp(quota: Fraction, least: Fraction | None, most: Fraction | None) -> Fraction:
    if most is not None:
        quota = min(quota, most)
    return quota if least is None else max(quota, least)


def _bounds(
    quotas: Mapping[str, Fraction], floors: Mapping[str, Fraction], caps: Mapping[str, Fraction | None]
) -> dict[str, str]:
    found = {code: "cap" for code, cap in caps.items() if cap is not None and quotas[code] == cap}
    return found | {code: "floor" for code, least in floors.items() if least and quotas[code] == least}


def _whole_numbers(weights: Mapping[str, Fraction]) -> dict[str, int]:
    """The same proportions in whole numbers."""
    scale = lcm(*(weight.denominator for weight in weights.values())) if weights else 1
    return {code: int(weight * scale) for code, weight in weights.items()}


def _in_proportion(total: int, quotas: Mapping[str, Fraction], parts: Mapping[str, int]) -> dict[str, int]:
    """`total` fen by the exact quotas, for lines that must give way together."""
    if not any(quotas.values()):
        return dict(parts)
    return dict(share(total, _whole_numbers(quotas)).parts)
