"""What a step of a season really used, beside what its protocol plans: materials and machine hours.

A protocol plans doses and hours a mu. They are compared on the plots for which somebody recorded what was
used: on others nothing is known, and nothing known is not nothing used.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction

from lianjie.base.quantity import half_up, shared
from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.rules.growing import Step

MU = 10_000
"""Sizes are kept in ten-thousandths of a mu."""
MINUTE = "minute"
"""The unit of machine hours where they stand among materials."""


class HoursUnreadable(Refusal):
    what = N_("“{text}” is not a number of machine hours.")
    fix = N_("Write hours with at most two decimals; one hour and a half is 1.5, twenty minutes 0.33.")
    about = "machine_hours"


class NotDoneYet(Refusal):
    what = N_("Step {step} is not entered as done on plot {plot}.")
    fix = N_("Enter first that it was done there, then what was used.")
    about = "step"


class GoodUnclear(Refusal):
    what = N_("“{good}” cannot be the name of a material.")
    fix = N_("Write what was used in up to 40 characters without “/”, “~”, “?” or “#”, or choose its lot.")
    about = "good"


class NotOfTheLot(Refusal):
    what = N_("Lot {lot} holds {held}, not {good}.")
    fix = N_("Choose the lot it was taken from, or leave the lot empty when it came from elsewhere.")
    about = "lot"


class LotOnBehalf(Refusal):
    what = N_("Lot {lot} was bought on behalf of members; who gets it owes for it.")
    fix = N_("Hand it out as an input with what is owed, then enter its use without a lot.")
    about = "lot"


class UsedTwice(Refusal):
    what = N_("{good} used on plot {plot} on {day} is already entered for step {step} with another content.")
    fix = N_("Take that entry back on its page, then enter what was used that day altogether.")
    about = "quantity"


def minutes_of(text: str) -> int | None:
    """Hours a person wrote as whole minutes, half a minute up; None for nothing written.

    Two decimals tell every minute apart, so what `hours_of` writes is read as it was.
    Refuses with HoursUnreadable.
    """
    if not text.strip():
        return None
    try:
        hours = Decimal(text.strip())
    except InvalidOperation:
        raise HoursUnreadable(text=text) from None
    if not hours.is_finite() or not 0 <= hours < 100_000 or hours != round(hours, 2):
        raise HoursUnreadable(text=text)
    return int((hours * 60).to_integral_value(ROUND_HALF_UP))


def hours_of(minutes: int | None) -> str:
    """Minutes as decimal hours, at most two decimals; "" for None."""
    if minutes is None:
        return ""
    made = f"{(Decimal(minutes) / 60).quantize(Decimal('0.01'), ROUND_HALF_UP):f}"
    return made.rstrip("0").rstrip(".")


@dataclass(frozen=True)
class Dose:
    """What a protocol plans of one material: small units a mu."""

    good: str
    unit: str
    per_mu: Fraction


WORDS = {
    **dict.fromkeys(("公斤", "千克", "kg"), ("kg", 1_000)),
    **dict.fromkeys(("克", "g"), ("kg", 1)),
    **dict.fromkeys(("斤", "市斤", "jin"), ("kg", 500)),
    **dict.fromkeys(("吨", "t"), ("kg", 1_000_000)),
    **dict.fromkeys(
        (*"株棵个件枚只袋卷根头尾羽盘瓶包片张块粒", "pieces", "piece", "plants", "bags"), ("piece", 10_000)
    ),
}
"""A unit as a protocol writes it -> how the good is counted, and its small units."""
SIZES = {**dict.fromkeys(("亩", "畝", "mu"), 1), **dict.fromkeys(("公顷", "公頃", "ha", "hectare"), 15)}
"""A size of land as a protocol writes it -> mu."""
_WORD = "|".join(sorted(WORDS, key=len, reverse=True))
_SIZE = "|".join(sorted(SIZES, key=len, reverse=True))
_GOOD = r"(?P<good>(?!(?:每|一)?\s*(?:亩|畝|公顷|公頃))[^\s:：].{0,39}?)"
_MUCH = rf"(?<![\d.~～–—-])(?P<much>\d+(?:\.\d+)?)\s*(?P<word>{_WORD})"
_A = rf"(?P<a>{_SIZE})"
_DO = r"\s*(?:使用|施用|施|用|撒|栽|种|播|投放|投)?量?\s*[:：]?\s*"
DOSES = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"{_GOOD}\s*[:：]?\s*{_MUCH}\s*(?:/|每|per\b|an?\b)\s*(?:1\s*)?{_A}",
        rf"{_GOOD}\s*[:：]?\s*(?:每|一|1)?\s*{_A}{_DO}{_MUCH}",
        rf"(?:每|一|1)\s*{_A}{_DO}(?!\d){_GOOD}\s*{_MUCH}",
    )
)
"""“基肥 200 公斤/亩”, “基肥每亩施 200 公斤”, “每亩施基肥 200 公斤”; a mu or a hectare."""


def _planned_of(materials: str) -> Iterator[tuple[str, Dose | None]]:
    """Each part of what a step plans, with the dose read in it."""
    for part in re.split("[、，,;；\n]", unicodedata.normalize("NFKC", materials)):
        text = part.strip().rstrip("。.")
        hit = next((found for form in DOSES if (found := form.fullmatch(text))), None)
        if hit is None:
            yield text, None
            continue
        unit, small = WORDS[hit["word"].lower()]
        yield text, Dose(hit["good"].strip(), unit, Fraction(hit["much"]) * small / SIZES[hit["a"].lower()])


def doses(materials: str) -> tuple[Dose, ...]:
    """Doses a step plans: “基肥 200 公斤/亩” and the other forms of DOSES, with “、” or commas between."""
    return tuple(dose for _, dose in _planned_of(materials) if dose)


def unread(materials: str) -> tuple[str, ...]:
    """What a step plans with a figure that no dose could be read in: a range, no good named, no size."""
    return tuple(text for text, dose in _planned_of(materials) if dose is None and re.search(r"\d", text))


def planned_minutes(step: Step) -> Fraction | None:
    """Machine minutes a mu a step plans; None when it plans none."""
    return Fraction(step.machine_hours) * 60 if step.machine_hours else None


def shared_by_size(total: int, sizes: Mapping[str, int], least: int = 1) -> dict[str, int]:
    """What was used on several plots together, shared by their size.

    total   small units, a multiple of `least`
    sizes   plot -> its size, above zero
    least   no part is finer: 10 000 for pieces

    Largest remainder, ties to the smaller plot code; the parts add up.
    """
    return {plot: parts * least for plot, parts in shared(total // least, sizes).items()}


@dataclass(frozen=True)
class Done:
    """A step done on a plot of so many ten-thousandths of a mu; `minutes` None when not recorded."""

    step: str
    plot: str
    mu4: int
    minutes: int | None


@dataclass(frozen=True)
class Used:
    """Some of a material used on a plot for a step."""

    step: str
    plot: str
    good: str
    unit: str
    quantity: int


@dataclass(frozen=True)
class Compared:
    """One material, or with unit `minute` the machines: planned and used on `mu4` together, in small units.

    planned  None when the protocol gives no figure
    """

    good: str
    unit: str
    planned: int | None
    used: int
    mu4: int

    @property
    def over(self) -> int | None:
        """Used above the plan; below zero when less was used."""
        return None if self.planned is None else self.used - self.planned

    @property
    def used_per_mu(self) -> int:
        return half_up(Fraction(self.used * MU, self.mu4))

    @property
    def planned_per_mu(self) -> int | None:
        return None if self.planned is None else half_up(Fraction(self.planned * MU, self.mu4))


@dataclass(frozen=True)
class StepUse:
    """What a step used. `silent`: plots on which it was done, figures are planned and none is recorded."""

    step: Step
    lines: tuple[Compared, ...]
    silent: tuple[str, ...]


def compared(protocol: Sequence[Step], done: Iterable[Done], used: Iterable[Used]) -> tuple[StepUse, ...]:
    """Planned beside used, for each step that was done somewhere."""
    at: dict[str, list[Done]] = {step.code: [] for step in protocol}
    of: dict[str, list[Used]] = {step.code: [] for step in protocol}
    for each in done:
        at.get(each.step, []).append(each)
    for use in used:
        of.get(use.step, []).append(use)
    return tuple(_step(step, at[step.code], of[step.code]) for step in protocol if at[step.code])


def _step(step: Step, done: Sequence[Done], used: Sequence[Used]) -> StepUse:
    known = {use.plot for use in used}
    planned = {(dose.good, dose.unit): dose.per_mu for dose in doses(step.materials)}
    mu4 = sum(each.mu4 for each in done if each.plot in known)
    lines = []
    for good, unit in dict.fromkeys((*planned, *((use.good, use.unit) for use in used))) if mu4 else ():
        total = sum(use.quantity for use in used if (use.good, use.unit) == (good, unit))
        lines.append(Compared(good, unit, _planned(planned.get((good, unit)), mu4), total, mu4))
    run = [each for each in done if each.minutes is not None]
    if mu4 := sum(each.mu4 for each in run):
        minutes = sum(each.minutes or 0 for each in run)
        lines.append(Compared("", MINUTE, _planned(planned_minutes(step), mu4), minutes, mu4))
    plans = bool(planned or step.machine_hours)
    silent = [each.plot for each in done if plans and each.plot not in known and each.minutes is None]
    return StepUse(step, tuple(lines), tuple(sorted(silent)))


def totals(steps: Iterable[StepUse], mu4: int) -> tuple[Compared, ...]:
    """The season's sums over its steps, on all its plots: `mu4` together."""
    sums: dict[tuple[str, str], list[Compared]] = {}
    for line in (line for step in steps for line in step.lines):
        sums.setdefault((line.good, line.unit), []).append(line)
    found = []
    for (good, unit), lines in sorted(sums.items(), key=lambda each: each[0][1] == MINUTE):
        figures = [line.planned for line in lines if line.planned is not None]
        found.append(
            Compared(good, unit, sum(figures) if figures else None, sum(line.used for line in lines), mu4)
        )
    return tuple(found)


def _planned(per_mu: Fraction | None, mu4: int) -> int | None:
    return None if per_mu is None else half_up(per_mu * mu4 / MU)
