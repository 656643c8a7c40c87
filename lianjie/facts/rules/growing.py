"""A season on a base: protocol steps done or late, net weight of a harvest, a delivery in dispute.

Nothing here is stored: what is late, what a delivery weighs net and whether it is disputed is read from
the facts up to a day.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Literal

from lianjie.base.quantity import half_up
from lianjie.base.refusal import Refusal
from lianjie.base.words import N_

WHOLE = 10_000
"""Shares of weight are kept in hundredths of a percent."""


class NoPlots(Refusal):
    what = N_("A season needs at least one plot of its base.")
    fix = N_("Enter the plots of the base first, then name them in the season.")


class UnknownPlot(Refusal):
    what = N_("Plot “{plot}” does not belong to base {base}.")
    fix = N_("Use one of the base's plots, or enter the plot first.")


class SeasonEndsBeforeStart(Refusal):
    what = N_("The season would end on {last_day}, before it begins on {day}.")
    fix = N_("Correct the days.")


class StepUnreadable(Refusal):
    what = N_("Line {line} of the protocol cannot be read: “{text}”.")
    fix = N_(
        "Write code, name, first day and last day with bars between them, then materials and machine hours: "
        "T1 | 移栽 | 2025-04-01 | 2025-04-20 | 基肥 200 公斤/亩 | 1.5"
    )


class StepTwice(Refusal):
    what = N_("Step {step} is in the protocol twice.")
    fix = N_("Give each step its own code.")


class StepOutsideSeason(Refusal):
    what = N_("Step {step} runs from {first} to {last}, outside the season.")
    fix = N_("Give the step days within the season, or lengthen the season.")


class UnknownStep(Refusal):
    what = N_("The protocol of season {season} has no step “{step}”.")
    fix = N_("Choose a step of the protocol.")


class DoneInFuture(Refusal):
    what = N_("{day} is still to come.")
    fix = N_("Enter work on the day it is done, or later.")


class OtherCropWeighedIn(Refusal):
    what = N_("Of season {season} loads of {good} were weighed in; it cannot become one of {other}.")
    fix = N_("Plan a season of its own, or take back what was weighed in first.")
    about = "good"


class WeighedInOutside(Refusal):
    what = N_("Of season {season} a load was weighed in on {day}, outside the days of this plan.")
    fix = N_("Let the season last over that day, or take back the load first.")
    about = "last_day"


class PlotNotEmpty(Refusal):
    what = N_(
        "On plot {plot} work, an estimate or a load of season {season} is entered; it cannot leave the plan."
    )
    fix = N_("Name the plot too, or take back what is entered of it first.")
    about = "plots"


class StepWasDone(Refusal):
    what = N_("Step {step} of season {season} is entered as done; it cannot leave the protocol.")
    fix = N_("Keep the step, or take back the work first.")
    about = "protocol"


class PlotWithoutSize(Refusal):
    what = N_("Plot {plot} has no size.")
    fix = N_("Write how many mu are grown on it, more than 0.")


class NotAWeight(Refusal):
    what = N_("The gross weight must be above the tare, and both not below zero.")
    fix = N_("Weigh again: gross with the sacks, tare the sacks alone.")


class NotAShare(Refusal):
    what = N_("Moisture and impurity must be from 0 up to less than 100 percent.")
    fix = N_("Write the percent the meter shows, for example 14.5.")


class NothingLeft(Refusal):
    what = N_("After the deductions nothing is left of the weight.")
    fix = N_("Check moisture and impurity; if they are right, the load is not taken.")


class HarvestWhileWaiting(Refusal):
    what = N_("Plot {plot} may not be harvested before {until}: “{what_given}” was prescribed on {given}.")
    fix = N_(
        "Wait until that day, or choose the plot the crop really came from. Case {case} has the details."
    )


class NothingToAnswer(Refusal):
    what = N_("Delivery {receipt} is not in dispute.")
    fix = N_("Look it up again; it may have been answered meanwhile.")


class AlreadyDisputed(Refusal):
    what = N_("Delivery {receipt} is already in dispute.")
    fix = N_("Answer that dispute first.")


class DisputedBeforeDelivery(Refusal):
    what = N_("The day {day} is before the day of the delivery, {delivered}.")
    fix = N_("Correct the day.")


class AnsweredBeforeRaised(Refusal):
    what = N_("The day {day} is before the day the dispute was raised, {raised}.")
    fix = N_("Correct the day.")


class AnswerNeedsPerson(Refusal):
    what = N_("A dispute is raised and answered by a named person, in words.")
    fix = N_("Write the name and what was said.")


@dataclass(frozen=True)
class Step:
    """One step of the protocol, with the days in which it is to be done (both included)."""

    code: str
    name: str
    first: date
    last: date
    materials: str = ""
    machine_hours: str = ""


def read_protocol(text: str, start: date, last_day: date) -> tuple[Step, ...]:
    """Steps, one a line with bars. Refuses with StepUnreadable, StepTwice or StepOutsideSeason."""
    steps: list[Step] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        step = _step(number, line)
        if step.code in {each.code for each in steps}:
            raise StepTwice(step=step.code)
        if step.first > step.last or step.first < start or step.last > last_day:
            raise StepOutsideSeason(step=step.code, first=step.first, last=step.last)
        steps.append(step)
    return tuple(steps)


def _step(number: int, line: str) -> Step:
    parts = [part.strip() for part in line.replace("｜", "|").split("|")]
    parts += [""] * (6 - len(parts))
    code, name, first, last, materials, hours = parts[:6]
    try:
        if not (code and name) or len(parts) > 6 or (hours and not 0 <= Decimal(hours) < 10_000):
            raise ValueError
        return Step(
            code[:20], name[:60], date.fromisoformat(first), date.fromisoformat(last), materials, hours
        )
    except (ValueError, InvalidOperation):
        raise StepUnreadable(line=number, text=line.strip()) from None


def write_protocol(steps: Iterable[Step]) -> str:
    """The text `read_protocol` reads."""
    return "\n".join(
        " | ".join((s.code, s.name, str(s.first), str(s.last), s.materials, s.machine_hours)) for s in steps
    )


Progress = Literal["done", "done_late", "late", "now", "ahead"]


def progress(step: Step, done: date | None, on: date) -> Progress:
    """How a step of a plot stands at the end of day `on`."""
    if done is not None and done <= on:
        return "done_late" if done > step.last else "done"
    if on > step.last:
        return "late"
    return "now" if on >= step.first else "ahead"


@dataclass(frozen=True)
class Weighing:
    """A harvest on the scale. Weights in grams, shares of weight in hundredths of a percent."""

    gross_grams: int
    tare_grams: int = 0
    moisture: int = 0
    standard_moisture: int = 0
    impurity: int = 0
    standard_impurity: int = 0


@dataclass(frozen=True)
class NetWeight:
    """What counts, and what was taken off for each reason. Grams; the four parts add up to the gross."""

    net: int
    tare: int
    for_impurity: int
    for_moisture: int


def net_weight(weighing: Weighing) -> NetWeight:
    """The weight that counts.

    Impurity above the agreed share is taken off; then water above the agreed share, on dry matter: what
    stays is the weight the same dry matter has at the agreed moisture, net = w x (100 - m) / (100 - s).
    Drier or cleaner than agreed adds nothing. Each is rounded to a whole gram, half a gram for the grower.

    Refuses with NotAWeight, NotAShare or NothingLeft.
    Source of the shares: the delivery terms agreed for the season; the formula is conservation of dry mass.
    """
    w = weighing
    if w.tare_grams < 0 or w.gross_grams <= w.tare_grams:
        raise NotAWeight
    if not all(0 <= s < WHOLE for s in (w.moisture, w.standard_moisture, w.impurity, w.standard_impurity)):
        raise NotAShare
    load = w.gross_grams - w.tare_grams
    clean = half_up(Fraction(load * (WHOLE - max(0, w.impurity - w.standard_impurity)), WHOLE))
    wet = max(w.moisture, w.standard_moisture)
    net = half_up(Fraction(clean * (WHOLE - wet), WHOLE - w.standard_moisture))
    if net <= 0:
        raise NothingLeft
    return NetWeight(net, w.tare_grams, load - clean, clean - net)


@dataclass(frozen=True)
class Raised:
    """Somebody does not accept a delivery as it was weighed or graded."""

    reference: str
    day: date
    by: str
    claim: str


@dataclass(frozen=True)
class Answered:
    """A named person answers: the weight stands, or another one is right."""

    reference: str
    day: date
    by: str
    text: str
    outcome: str
    net_grams: int


OUTCOMES = ("stands", "corrected")


@dataclass(frozen=True)
class Dispute:
    """One dispute of a delivery; `answer` is None while it is open."""

    raised: Raised
    answer: Answered | None


def disputes(
    raised: Iterable[Raised], answers: Mapping[str, Answered], on: date | None = None
) -> tuple[Dispute, ...]:
    """A delivery's disputes at the end of day `on` (None: all), the oldest first.

    answers   reference of what was raised -> its answer
    """
    seen = sorted(raised, key=lambda each: (each.day, each.reference))
    found = []
    for each in seen:
        if on is not None and each.day > on:
            continue
        answer = answers.get(each.reference)
        if answer is not None and on is not None and answer.day > on:
            answer = None
        found.append(Dispute(each, answer))
    return tuple(found)


def open_dispute(of: Sequence[Dispute]) -> Dispute | None:
    """The one still unanswered; there is never more than one."""
    return next((each for each in of if each.answer is None), None)


@dataclass(frozen=True)
class Waiting:
    """A prescription with a waiting period on a plot: no harvest before `until`."""

    case: str
    plot: str
    given: date
    until: date
    what: str


def refuse_while_waiting(plot: str, day: date, waits: Iterable[Waiting]) -> None:
    """Refuses with HarvestWhileWaiting when `day` falls into a waiting period of the plot."""
    for each in sorted(waits, key=lambda wait: wait.until, reverse=True):
        if each.plot in ("", plot) and each.given <= day < each.until:
            raise HarvestWhileWaiting(
                plot=plot, until=each.until, what_given=each.what, given=each.given, case=each.case
            )
