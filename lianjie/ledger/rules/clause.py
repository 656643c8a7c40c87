"""A plan as numbered articles that a member can read and an assembly can adopt."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from lianjie.base.words import N_, Say, english, label_in
from lianjie.ledger.rules import terms
from lianjie.ledger.rules.plan import Plan, Quantification, Rounding, Step
from lianjie.ledger.rules.wording import Wording, constant, hundredth, sentence

KIND_TITLES = {
    "coop": N_("distribution of the surplus of a farmers' cooperative"),
    "collective": N_("distribution of the income of a rural collective"),
    "contract": N_("sharing of profit under a contract"),
}
MODES = {
    "largest_remainder": N_(
        "Each amount is rounded down to {to}; what is left over goes, {to} at a time, to the largest"
        " fractions, and among equal ones to the smaller code."
    ),
    "first": N_(
        "Each amount is rounded down to {to}; what is left over goes, {to} at a time, to the first in"
        " the order of codes."
    ),
    "down": N_("Each amount is rounded down to {to}."),
    "up": N_("Each amount is rounded up to {to}."),
    "half_up": N_("Each amount is rounded to the nearest {to}, halves up."),
    "half_even": N_("Each amount is rounded to the nearest {to}, halves to the even one."),
}
_NEAREST = N_("{name} = {rule}, rounded to the nearest {to};")
FIGURE_MODES = {
    "largest_remainder": _NEAREST,
    "half_up": _NEAREST,
    "first": _NEAREST,
    "half_even": N_("{name} = {rule}, rounded to the nearest {to}, halves to the even one;"),
    "down": N_("{name} = {rule}, rounded down to {to};"),
    "up": N_("{name} = {rule}, rounded up to {to};"),
}
MEMO_KINDS = {
    "reserve": N_("reserve share"),
    "subsidy": N_("equal share of state-subsidised property"),
    "donation": N_("equal share of donated property"),
}


@dataclass(frozen=True)
class Article:
    """One article: its number from 1, a heading, a text, and what holds besides.

    about   the step, group, figure … it is about; empty for the whole plan
    """

    number: int
    heading: str
    text: str
    points: tuple[str, ...] = ()
    law: str = ""
    about: str = ""


def clause(plan: Plan, *, language: str = "zh-Hans", say: Say = english) -> tuple[Article, ...]:
    """The whole plan in one language. `say` translates catalogue texts into the same language."""
    writer = _Writer(Wording(plan, language, say))
    return tuple(Article(number, *rest.parts) for number, rest in enumerate(writer.articles(), start=1))


def step_rule(wording: Wording, step: Step) -> str:
    """What one step says, in one sentence: how much, of what, to whom, by what."""
    return sentence(_Writer(wording).rule(step))


def rounding_words(wording: Wording, rounding: Rounding) -> str:
    """How amounts are rounded, in a sentence."""
    return wording.say(MODES[rounding.mode]).format(to=wording.yuan(rounding.to))


@dataclass(frozen=True)
class _Unnumbered:
    heading: str
    text: str
    points: tuple[str, ...] = ()
    law: str = ""
    about: str = ""

    @property
    def parts(self) -> tuple[str, str, tuple[str, ...], str, str]:
        points = tuple(map(sentence, self.points))
        return self.heading, sentence(self.text), points, self.law, self.about


class _Writer:
    def __init__(self, wording: Wording) -> None:
        self.wording, self.plan, self.say = wording, wording.plan, wording.say

    def articles(self) -> Iterator[_Unnumbered]:
        yield self._scope()
        if self.plan.figures:
            yield _Unnumbered(self.say(N_("Figures")), self._figures_text(), tuple(self._figures()))
        if self.plan.groups:
            heading, text = self.say(N_("Who takes part")), self.say(N_("For this plan:"))
            yield _Unnumbered(heading, text, tuple(self._groups()))
        if self.plan.weights:
            heading, text = self.say(N_("What each one counts for")), self.say(N_("For this plan:"))
            yield _Unnumbered(heading, text, tuple(self._weights()))
        for step in self.plan.steps:
            heading = self._label(step)
            yield _Unnumbered(heading, self.rule(step), tuple(self.points(step)), step.law, step.name)
        for memo in self.plan.quantifications:
            yield self._memo(memo)
        yield self._order()

    def _label(self, named: Step | Quantification) -> str:
        return label_in(named.label, self.wording.language, named.name)

    def _scope(self) -> _Unnumbered:
        plan = self.plan
        text = self.say(N_("This plan rules the {kind}. It is version {version} and holds from {day}."))
        points = []
        if plan.effective_until:
            until = self.say(N_("It holds up to, but not including, {day}."))
            points.append(until.format(day=plan.effective_until))
        if plan.source:
            points.append(self.say(N_("It rests on: {source}.")).format(source=plan.source))
        basis = self.say(terms.LEGAL_BASIS_LABELS[plan.legal_basis])
        points.append(
            self.say(N_("Unless a step says otherwise, what is given is {basis}.")).format(basis=basis)
        )
        words = text.format(
            kind=self.say(KIND_TITLES[plan.kind]), version=plan.version, day=plan.effective_from
        )
        return _Unnumbered(self.say(N_("Scope")), words, tuple(points))

    def _figures_text(self) -> str:
        return self.say(N_("The distribution is worked out from these figures of the year:"))

    def _figures(self) -> Iterator[str]:
        for figure in self.plan.figures:
            name = self.wording.name(figure.name)
            if not figure.formula:
                text = self.say(N_("{name}, taken from the accounts, in {unit};"))
                yield text.format(
                    name=name,
                    unit=self.say(N_("yuan"))
                    if figure.unit == "yuan"
                    else self.wording.unit(figure.unit) or self.say(N_("number")),
                )
                continue
            words = (
                self.wording.money(figure.formula)
                if figure.unit == "yuan"
                else self.wording.of(figure.formula)
            )
            if figure.rounding:
                yield self._rounded_figure(name, words, figure.unit, figure.rounding)
            else:
                yield self.say(N_("{name} = {rule};")).format(name=name, rule=words)

    def _rounded_figure(self, name: str, rule: str, unit: str, rounding: Rounding) -> str:
        to = rounding.to / 100 if unit == "percent" else rounding.to  # people round percent in percent
        step = self.wording.quantity(to, unit)
        return self.say(FIGURE_MODES[rounding.mode]).format(name=name, rule=rule, to=step)

    def _groups(self) -> Iterator[str]:
        for group in self.plan.groups:
            text = self.say(N_("“{group}” are those of whom this holds: {test};"))
            test = self.wording.condition(group.where)
            yield text.format(group=self.wording.name(group.name), test=test)

    def _weights(self) -> Iterator[str]:
        for weight in self.plan.weights:
            text = self.say(N_("“{weight}” = {rule};"))
            yield text.format(weight=self.wording.name(weight.name), rule=self.wording.of(weight.formula))

    # one step

    def rule(self, step: Step) -> str:
        if step.rate:
            return self._rate(step)
        if step.rest:
            return self._rest(step)
        return self._sum(step)

    def _among(self, step: Step) -> dict[str, str]:
        group = self.wording.name(step.among) if step.among else ""
        return {
            "pool": self.wording.name(step.pool or step.paid_by),
            "party": self.wording.name(step.to) if step.to else "",
            "group": group,
            "weight": self.wording.name(step.by) if step.by else "",
            "parts": self._parts(step),
        }

    def _rate(self, step: Step) -> str:
        if step.by == terms.EQUALLY:
            text = N_("From {pool}, each of {group} gets {rate}.")
            if step.paid_by:
                text = N_("{pool} pays each of {group} {rate}.")
        else:
            text = N_("From {pool}, {group} get {rate} for each unit of {weight}{unit}.")
            if step.paid_by:
                text = N_("{pool} pays {group} {rate} for each unit of {weight}{unit}.")
        code = self.wording.unit_of(step.by)
        word = (
            ""
            if code in ("part", "number", "")
            else self.say(N_(" ({unit})")).format(unit=self.wording.unit(code))
        )
        return self.say(text).format(rate=self._rate_words(step), unit=word, **self._among(step))

    def _rate_words(self, step: Step) -> str:
        """Money for each unit; where the unit is itself money, percent."""
        rate = constant(step.rate)
        if rate is not None and self.wording.unit_of(step.by) == "yuan":
            return self.wording.quantity(rate, "percent")
        return self.wording.money(step.rate)

    def _rest(self, step: Step) -> str:
        text = {
            "to": N_("{what} goes to {party}."),
            "among": N_("{what} is shared among {group} by {weight}."),
            "into": N_("{what} is divided: {parts}."),
        }[_place(step)]
        if step.by == terms.EQUALLY:
            text = N_("{what} is shared among {group} in equal parts.")
        return self.say(text).format(what=self.left_of(step), **self._among(step))

    def left_of(self, step: Step) -> str:
        """What a step that takes the rest takes: all of a pool nobody took from before, or what is left."""
        earlier = self.plan.steps[: self.plan.steps.index(step)]
        taken = any(each.pool == step.pool for each in earlier)
        text = N_("what is then left of {pool}") if taken else N_("the whole of {pool}")
        return self.say(text).format(pool=self.wording.name(step.pool))

    def _sum(self, step: Step) -> str:
        text = {
            "to": N_("From {pool}, {amount} goes to {party}."),
            "among": N_("From {pool}, {amount} is shared among {group} by {weight}."),
            "into": N_("From {pool}, {amount} is divided: {parts}."),
        }[_place(step)]
        if step.paid_by:
            text = {
                "to": N_("{pool} pays {amount} to {party}."),
                "among": N_("{pool} pays {amount}, shared among {group} by {weight}."),
                "into": N_("{pool} pays {amount}, divided: {parts}."),
            }[_place(step)]
        if step.by == terms.EQUALLY:
            text = N_("From {pool}, {amount} is shared among {group} in equal parts.")
            if step.paid_by:
                text = N_("{pool} pays {amount}, shared among {group} in equal parts.")
        return self.say(text).format(amount=self.amount(step), **self._among(step))

    def amount(self, step: Step) -> str:
        """How much, in words."""
        if step.percent:
            return self._percentage(step)
        return self.wording.money(step.amount)

    def _percentage(self, step: Step) -> str:
        whole = self.wording.held(step.of)
        if constant(step.percent) is not None:
            text = self.say(N_("{percent}% of {whole}"))
            return text.format(percent=self.wording.of(step.percent), whole=whole)
        rate = hundredth(step.percent)
        if rate:
            return f"{whole} × {self.wording.held(rate)}"
        return f"{whole} × {self.wording.held(step.percent)}%"

    def _parts(self, step: Step) -> str:
        sized = self.say(N_("{part}: {size}"))
        found = []
        for part, size in step.into.items():
            words = self.say(N_("the rest")) if size == "rest" else self.wording.money(size)
            if size.rstrip().endswith(("%", "％")):
                words = self.wording.of(size)
            found.append(sized.format(part=self.wording.name(part), size=words))
        return self.say(N_("; ")).join(found)

    def points(self, step: Step) -> Iterator[str]:
        """What holds besides the rule, a sentence each."""
        money = self.wording.money
        for text, formula in (
            (N_("In all at least {limit}."), step.at_least),
            (N_("In all at most {limit}."), step.at_most),
            (N_("Each at least {limit}."), step.each_at_least),
            (N_("Each at most {limit}."), step.each_at_most),
        ):
            if formula:
                yield self.say(text).format(limit=money(formula))
        if step.when:
            yield self.say(N_("Only when this holds: {test}.")).format(test=self.wording.condition(step.when))
        yield from self._taken_over(step)
        yield from self._kept(step)
        if step.legal_basis and step.legal_basis != self.plan.legal_basis:
            basis = self.say(terms.LEGAL_BASIS_LABELS[step.legal_basis])
            yield self.say(N_("It is {basis}.")).format(basis=basis)
        if not step.to:
            yield from self._rounding(step)

    def _taken_over(self, step: Step) -> Iterator[str]:
        if step.excess_to and step.excess_to != "pool":
            party = self.wording.name(step.excess_to)
            yield self.say(N_("What the upper limit leaves over goes to {party}.")).format(party=party)
        elif step.each_at_most:
            yield self.say(N_("What the upper limit leaves over stays where it was."))
        if step.pool and not step.rest and not step.percent:
            yield self._short(step)

    def _short(self, step: Step) -> str:
        if step.if_short == "refuse":
            return self.say(N_("When there is too little, nothing may be distributed."))
        if step.if_short != "share":
            party = self.wording.name(step.if_short)
            return self.say(N_("When there is too little, {party} pays the difference.")).format(party=party)
        if step.to:
            return self.say(N_("When there is too little, what is there is taken."))
        return self.say(N_("When there is too little, all get less in proportion."))

    def _kept(self, step: Step) -> Iterator[str]:
        goods = step.in_kind
        if goods is not None:
            label = label_in(goods.label, self.wording.language, goods.good)
            details = {
                "good": label,
                "value": self.wording.money(goods.value),
                "unit": self.wording.unit(goods.unit),
            }
            if goods.each:
                text = N_("Of it, {good} is handed over at {value} for one ({unit}): each takes {count}.")
                yield self.say(text).format(count=self.wording.of(goods.each), **details)
            else:
                text = N_("Of it, {good} is handed over at {value} for one ({unit}): {count} in all.")
                yield self.say(text).format(count=self.wording.of(goods.quantity), **details)
        if step.into_contribution:
            percent = self.wording.of(step.into_contribution)
            yield self.say(N_("{percent}% of the money becomes contribution.")).format(percent=percent)

    def _rounding(self, step: Step) -> Iterator[str]:
        rounding = self.plan.rounding_of(step)
        usual = Rounding(mode="half_up") if step.rate else Rounding()
        if rounding != usual:
            yield rounding_words(self.wording, rounding)
        if step.residual_to:
            taker = self.residual_taker(step.residual_to, step)
            yield self.say(N_("What rounding leaves or lacks is for {taker}.")).format(taker=taker)

    def residual_taker(self, taker: str, step: Step) -> str:
        if taker.startswith("recipient "):
            code = taker.removeprefix("recipient ").strip()
            return self.say(N_("recipient {code}")).format(code=code)
        return self.wording.name(step.pool if taker == "pool" else taker)

    def _memo(self, memo: Quantification) -> _Unnumbered:
        text = N_(
            "{amount} is credited to the accounts of {group} by {weight} as {kind}. Nothing is paid out."
        )
        words = self.say(text).format(
            amount=self.wording.money(memo.amount),
            group=self.wording.name(memo.among),
            weight=self.wording.name(memo.by),
            kind=self.say(MEMO_KINDS[memo.kind]),
        )
        return _Unnumbered(self._label(memo), words, (), memo.law, memo.name)

    def _order(self) -> _Unnumbered:
        text = self.say(
            N_(
                "The steps are carried out in the order of these articles, each from what the ones"
                " before it left."
            )
        )
        lines = self.say(N_("Where an article says nothing else: {rule}"))
        usual = rounding_words(self.wording, Rounding(Fraction(1, 100), "largest_remainder"))
        each = self.say(N_("Amounts paid for each unit are rounded one by one to the nearest {to}."))
        points = (lines.format(rule=usual), each.format(to=self.wording.yuan(Fraction(1, 100))))
        return _Unnumbered(self.say(N_("Order and rounding")), text, points)


def _place(step: Step) -> str:
    return "to" if step.to else "among" if step.among else "into"
