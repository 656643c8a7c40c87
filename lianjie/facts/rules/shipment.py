"""Goods on their way: waypoints in order, weights that only shrink, temperatures, what arrived."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from lianjie.base.refusal import Finding, Refusal
from lianjie.base.words import N_
from lianjie.facts.rules.market import said

MUCH_LOST = Fraction(2, 100)


class WaypointOutOfOrder(Refusal):
    what = N_("{waypoint} was reached at {reached}, before the last waypoint {last}.")
    fix = N_("Enter waypoints in the order in which they were reached.")


class ReachedBeforeLeft(Refusal):
    what = N_("{waypoint} cannot be reached before the vehicle left.")
    fix = N_("Correct one of the times.")


class TemperaturesCrossed(Refusal):
    what = N_("The coldest temperature is above the warmest.")
    fix = N_("Exchange them.")


class HeavierOnTheWay(Refusal):
    what = N_("At {waypoint} {now} were weighed, more than the {before} before.")
    fix = N_("Check both weights; goods do not grow on the way.")


class ReceivedBeforeSent(Refusal):
    what = N_("Shipment {shipment} left on {left}; it cannot arrive on {day}.")
    fix = N_("Correct the day.")


class MoreThanSent(Refusal):
    what = N_("{received} were received, more than the {sent} that were sent.")
    fix = N_("Check both weights.")


class ReceivedTwice(Refusal):
    what = N_("What arrived with shipment {shipment} is already entered with other figures.")
    fix = N_("Take that receipt back first, with a reason.")


class ReceiverMissing(Refusal):
    what = N_("A receipt needs the name of who received the goods.")
    fix = N_("Write who signed for them.")


@dataclass(frozen=True)
class Leg:
    """A waypoint reached, with what was weighed there."""

    waypoint: str
    reached_at: datetime
    grams: int | None


@dataclass(frozen=True)
class Weighed:
    """One stage of the way: its weight, and what was lost since the stage before."""

    name: str
    grams: int
    lost: int


def check_leg(
    before: Sequence[Leg],
    leg: Leg,
    *,
    loaded: int,
    left_at: datetime | None,
    coldest_dc: int | None,
    warmest_dc: int | None,
) -> None:
    """Refuse a waypoint that cannot follow the ones before it."""
    if before and leg.reached_at < before[-1].reached_at:
        raise WaypointOutOfOrder(
            waypoint=leg.waypoint, reached=f"{leg.reached_at:%Y-%m-%d %H:%M}", last=before[-1].waypoint
        )
    if left_at and leg.reached_at < left_at:
        raise ReachedBeforeLeft(waypoint=leg.waypoint)
    if coldest_dc is not None and warmest_dc is not None and coldest_dc > warmest_dc:
        raise TemperaturesCrossed
    weighed = [each.grams for each in before if each.grams is not None]
    last = weighed[-1] if weighed else loaded
    if leg.grams is not None and leg.grams > last:
        raise HeavierOnTheWay(waypoint=leg.waypoint, now=said(leg.grams, "kg"), before=said(last, "kg"))


def check_received(quantity: int, sent: int, unit: str) -> None:
    """Refuse more than was sent."""
    if quantity > sent or quantity < 0:
        raise MoreThanSent(received=said(quantity, unit), sent=said(sent, unit))


def stages(loaded: int, legs: Sequence[Leg], received: int | None) -> tuple[Weighed, ...]:
    """Weights from loading to receipt, each with what was lost since the one before."""
    found = [Weighed("", loaded, 0)]
    for leg in legs:
        if leg.grams is not None:
            found.append(Weighed(leg.waypoint, leg.grams, found[-1].grams - leg.grams))
    if received is not None:
        found.append(Weighed("", received, found[-1].grams - received))
    return tuple(found)


def findings(
    loaded: int, received: int | None, seal: str, seal_intact: bool | None, left: date, today: date
) -> tuple[Finding, ...]:
    """What a person should look at."""
    found = []
    if received is not None and Fraction(loaded - received, loaded) > MUCH_LOST:
        found.append(Finding("much-lost-on-the-way", N_("More than 2 % was lost on the way.")))
    if seal and seal_intact is False:
        found.append(Finding("seal-broken", N_("The seal was broken on arrival.")))
    if received is None and (today - left).days > 14:
        found.append(Finding("not-received", N_("It left more than two weeks ago and was not received.")))
    return tuple(found)
