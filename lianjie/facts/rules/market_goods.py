"""Lots for sale: from deliveries, through sorting, packing and moving, to what is picked for an order.

Every step is a work with what went in, what came out and what was lost, and the three add up. So the grams of
any lot can be followed back to deliveries: a lot's provenance is a set of exact shares, never rounded on the
way; only what is finally told to a household is rounded, once.

Source: producers keep records of what they sell and where it comes from (Agricultural Product Quality and
Safety Law, 2022, arts. 27, 38, 39).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from lianjie.base.refusal import Finding, Refusal
from lianjie.base.words import N_
from lianjie.facts.rules.market import said

PLACE_KINDS = ("store", "cold_room", "outlet")
WORK_KINDS = ("pool", "sort", "pack", "move", "lose", "came_back")
ORIGINS = {
    "pool": "delivered",
    "sort": "sorted",
    "pack": "packed",
    "move": "moved",
    "came_back": "sent_back",
}
"""Kind of work -> origin of the lots it makes."""
LOSS_CAUSES = ("trimming", "drying", "rot", "transport", "disaster", "negligence", "other")
MUCH_LOST = Fraction(1, 5)


class NothingWentIn(Refusal):
    what = N_("Nothing went into this work.")
    fix = N_("Choose at least one lot or delivery and write how much of it.")


class NothingCameOut(Refusal):
    what = N_("Nothing came out of this work.")
    fix = N_("Write what came out. If all of it was lost, enter a loss.")


class GoodsDoNotAddUp(Refusal):
    what = N_("{went} went in, {came} came out and {lost} were lost: {off} are missing or too much.")
    fix = N_("Weigh again, or correct what came out or what was lost.")


class LossNeedsCause(Refusal):
    what = N_("{lost} were lost without a cause.")
    fix = N_("Say how they were lost.")


class GoodsMixed(Refusal):
    what = N_("{one} and {other} cannot go into one lot.")
    fix = N_("Work on goods of one kind and one owner at a time.")


class DeliveryHasLess(Refusal):
    what = N_("Of delivery {receipt}, {left} are not in a lot yet; {quantity} would be more than that.")
    fix = N_("Write at most that.")


class DeliveryUnpriced(Refusal):
    what = N_("Delivery {receipt} has no price, so it was not bought.")
    fix = N_("Price it first, or take it on consignment at an agreed price.")


class DeliveryBought(Refusal):
    what = N_("Delivery {receipt} was bought at its price; it cannot be on consignment too.")
    fix = N_("Make it a lot of our own goods.")


class AgreedPriceMissing(Refusal):
    what = N_("Goods on consignment need the price agreed with the growers.")
    fix = N_("Write yuan for one kilogram or piece.")


class PickWrongGood(Refusal):
    what = N_("Lot {lot} holds {held}, the order asks for {asked}.")
    fix = N_("Choose a lot of what was ordered.")


class PickAboveLine(Refusal):
    what = N_("{quantity} is more than the {left} of this line that are not picked yet.")
    fix = N_("Pick at most that.")


class HalfPack(Refusal):
    what = N_("{quantity} are not whole packs of {content}.")
    fix = N_("Pack or pick whole packs.")


@dataclass(frozen=True)
class Source:
    """So much of a delivery or lot went into a lot's making. `kind`: delivery or lot."""

    kind: str
    id: int
    quantity: int


@dataclass(frozen=True)
class Put:
    """What went into a work: a lot with what it still holds, its good, its owner and what that cost."""

    name: str
    good: str
    unit: str
    owner: str
    quantity: int
    cost_fen: int


def check_work(kind: str, went: Sequence[Put], came: Sequence[int], lost: int, cause: str) -> None:
    """Refuse a work whose goods do not add up.

    came  quantities of the lots that came out
    """
    if not went or any(put.quantity <= 0 for put in went):
        raise NothingWentIn
    first = went[0]
    for put in went:
        if (put.good, put.owner) != (first.good, first.owner):
            raise GoodsMixed(one=f"{first.good} ({first.name})", other=f"{put.good} ({put.name})")
    if kind == "lose":
        came = ()
    elif not came or any(quantity <= 0 for quantity in came):
        raise NothingCameOut
    total = sum(put.quantity for put in went)
    off = total - sum(came) - lost
    if off or lost < 0:
        raise GoodsDoNotAddUp(
            went=said(total, first.unit),
            came=said(sum(came), first.unit),
            lost=said(lost, first.unit),
            off=said(abs(off), first.unit),
        )
    if lost and not cause:
        raise LossNeedsCause(lost=said(lost, first.unit))


def cost_of(cost_left: int, left: int, quantity: int) -> int:
    """What `quantity` of a lot costs when it leaves; whoever takes the last takes the fen left over."""
    return cost_left if quantity == left else cost_left * quantity // left


def spread(cost_fen: int, quantities: Sequence[int]) -> list[int]:
    """A cost over what came out, by quantity, one after another: the last takes the fen left over."""
    total, gone, done, parts = sum(quantities), 0, 0, []
    for quantity in quantities:
        done += quantity
        parts.append(cost_fen * done // total - gone)
        gone += parts[-1]
    return parts


def findings(kind: str, went: int, lost: int) -> tuple[Finding, ...]:
    """What a person should look at."""
    if kind != "lose" and lost and Fraction(lost, went) > MUCH_LOST:
        return (Finding("much-lost", N_("More than a fifth was lost in this step."), severity="warning"),)
    return ()


def provenance(
    lots: Iterable[int], sources: Mapping[int, Sequence[Source]], unknown: Callable[[int], int]
) -> dict[int, dict[int, Fraction]]:
    """Lot -> delivery -> its exact share of the lot; the shares of a lot add up to one.

    sources  lot -> what went into its making; a lot with none was bought or held before
    unknown  the key under which goods of such a lot are told, never that of a delivery

    A loss takes from every source alike: goods that are mixed cannot be told apart.
    """
    made: dict[int, dict[int, Fraction]] = {}

    def of(lot: int) -> dict[int, Fraction]:
        stack = [lot]
        while stack:
            now = stack[-1]
            if now in made:
                stack.pop()
                continue
            parts = sources.get(now, ())
            waiting = [part.id for part in parts if part.kind == "lot" and part.id not in made]
            if waiting:
                stack += waiting
                continue
            made[now] = _mixed(now, parts, made, unknown)
            stack.pop()
        return made[lot]

    return {lot: of(lot) for lot in lots}


def _mixed(
    lot: int,
    parts: Sequence[Source],
    made: Mapping[int, Mapping[int, Fraction]],
    unknown: Callable[[int], int],
) -> dict[int, Fraction]:
    total = sum(part.quantity for part in parts)
    if not total:
        return {unknown(lot): Fraction(1)}
    shares: dict[int, Fraction] = {}
    for part in parts:
        whole = Fraction(part.quantity, total)
        of = {part.id: Fraction(1)} if part.kind == "delivery" else made[part.id]
        for delivery, share in of.items():
            shares[delivery] = shares.get(delivery, Fraction(0)) + whole * share
    return shares


def mixed(parts: Iterable[tuple[int, Mapping[int, Fraction]]]) -> dict[int, Fraction]:
    """Provenance of several takes together: (quantity, shares of its lot). Empty when nothing was taken."""
    kept = [(quantity, shares) for quantity, shares in parts if quantity > 0]
    total = sum(quantity for quantity, _ in kept)
    found: dict[int, Fraction] = {}
    for quantity, shares in kept:
        for delivery, share in shares.items():
            found[delivery] = found.get(delivery, Fraction(0)) + Fraction(quantity, total) * share
    return found


def whole_weights(shares: Mapping[str, Fraction]) -> dict[str, int]:
    """Exact shares as whole numbers in the same proportion."""
    common = 1
    for share in shares.values():
        common = common * share.denominator // _gcd(common, share.denominator)
    return {code: int(share * common) for code, share in shares.items()}


def _gcd(a: int, b: int) -> int:
    while b:
        a, b = b, a % b
    return a
