"""A group-buy round: what each order gets when there is less than was ordered, and why exactly that much.

The rule is chosen when the round opens and stands on its page from then on. What is not delivered is never
charged. Whole packs only: nobody gets half a box.

Asked for by those who run such rounds: foodcoop-adam/foodsoft, issues 2, 3, 174, 473 and 764 (domain list,
PAINS 48).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_

SHORTAGE_RULES = ("pro_rata", "first_come", "lot", "spread")
"""pro_rata: in proportion to what was ordered, largest remainder, ties to the earlier order.
first_come: the earlier order first, in full.
lot: in an order drawn by lot, each in full.
spread: one pack to each in turn, the earlier order first: the smallest part is as large as it can be."""

WHOLE = N_("There was enough: everything ordered, {wanted} packs.")
PRO_RATA = N_(
    "{supply} packs for {total} ordered: {wanted} × {supply} ÷ {total} = {quotient}, rounded down to "
    "{floor}; the {left} packs left over go to the largest remainders, ties to the earlier order: "
    "{extra} more."
)
FIRST_COME = N_(
    "In order of time, number {turn}: {before} packs were still there, {given} of {wanted} given."
)
LOT = N_(
    "Drawn by lot, number {turn} (draw {draw}): {before} packs were still there, {given} of {wanted} given."
)
SPREAD = N_("One pack to each in turn: {given} of {wanted}; nobody who wanted more got fewer than {least}.")


class RoundSupplyNegative(Refusal):
    what = N_("The packs there are cannot be below zero.")
    fix = N_("Write how many packs can be delivered; 0 when nothing can.")


class RoundWithoutOrders(Refusal):
    what = N_("Nothing was ordered in this round.")
    fix = N_("Wait for orders, or take the round back.")


class RoundLotNeedsWord(Refusal):
    what = N_("A draw by lot needs a word that nobody could know before the round ended.")
    fix = N_("Write the number of a public lottery drawn after the end, and where it stands.")


class RoundClosed(Refusal):
    what = N_("Round {round} is closed; it takes no more orders.")
    fix = N_("Order in the next round.")


class RoundStillOpen(Refusal):
    what = N_("Round {round} takes orders until {until}.")
    fix = N_("Close it after that.")


class RoundEndsBeforeItBegins(Refusal):
    what = N_("The round would end before it begins.")
    fix = N_("Correct one of the times.")


@dataclass(frozen=True)
class Wanted:
    """One order of a round. `turn` is its place in order of time; `key` names it."""

    key: str
    packs: int
    turn: int


@dataclass(frozen=True)
class Given:
    """What one order gets, and why: a catalogue text with its details."""

    key: str
    wanted: int
    packs: int
    text: str
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def short(self) -> int:
        """Packs ordered and not delivered: never charged."""
        return self.wanted - self.packs


def shared(rule: str, supply: int, orders: Sequence[Wanted], word: str = "") -> tuple[Given, ...]:
    """What each order gets of `supply` packs, in order of time.

    word  what a draw by lot is drawn from, unknown before the round ended

    The parts never add up to more than the supply, and to all of it when there are orders for all of it.
    Refuses with RoundSupplyNegative, RoundWithoutOrders or RoundLotNeedsWord.
    """
    if supply < 0:
        raise RoundSupplyNegative
    if not orders:
        raise RoundWithoutOrders
    in_time = sorted(orders, key=lambda each: (each.turn, each.key))
    if sum(each.packs for each in in_time) <= supply:
        return tuple(Given(e.key, e.packs, e.packs, WHOLE, {"wanted": e.packs}) for e in in_time)
    if rule == "pro_rata":
        return _pro_rata(supply, in_time)
    if rule == "spread":
        return _spread(supply, in_time)
    if rule == "lot":
        if not word.strip():
            raise RoundLotNeedsWord
        drawn = sorted(in_time, key=lambda each: (draw(word, each.key), each.key))
        found = {each.key: each for each in _in_turn(supply, drawn, LOT, word)}
        return tuple(found[each.key] for each in in_time)
    return _in_turn(supply, in_time, FIRST_COME, "")


def draw(word: str, key: str) -> str:
    """An order's number in the draw: anybody can count it again from the word and the order's key."""
    return sha256(f"{word.strip()}|{key}".encode()).hexdigest()[:12]


def _pro_rata(supply: int, orders: Sequence[Wanted]) -> tuple[Given, ...]:
    total = sum(each.packs for each in orders)
    floors = {each.key: each.packs * supply // total for each in orders}
    left = supply - sum(floors.values())
    by_rest = sorted(orders, key=lambda each: (-(each.packs * supply % total), each.turn, each.key))
    extra = {each.key for each in by_rest[:left]}
    return tuple(
        Given(
            each.key,
            each.packs,
            floors[each.key] + (each.key in extra),
            PRO_RATA,
            {
                "supply": supply,
                "total": total,
                "wanted": each.packs,
                "quotient": _hundredths(each.packs * supply, total),
                "floor": floors[each.key],
                "left": left,
                "extra": int(each.key in extra),
            },
        )
        for each in orders
    )


def _hundredths(over: int, under: int) -> str:
    """A quotient cut after two decimals, for reading; nothing is counted with it."""
    cut = over * 100 // under
    return f"{cut // 100}.{cut % 100:02d}"


def _in_turn(supply: int, orders: Sequence[Wanted], text: str, word: str) -> tuple[Given, ...]:
    made, left = [], supply
    for turn, each in enumerate(orders, 1):
        packs = min(each.packs, left)
        details = {"turn": turn, "before": left, "given": packs, "wanted": each.packs}
        if word:
            details["draw"] = draw(word, each.key)  # type: ignore[assignment]
        made.append(Given(each.key, each.packs, packs, text, details))
        left -= packs
    return tuple(made)


def _spread(supply: int, orders: Sequence[Wanted]) -> tuple[Given, ...]:
    """The highest level everybody can be given, then one more to the earlier ones who want it."""
    level = 0
    while sum(min(each.packs, level + 1) for each in orders) <= supply:
        level += 1
    packs = {each.key: min(each.packs, level) for each in orders}
    left = supply - sum(packs.values())
    for each in [each for each in orders if each.packs > level][:left]:
        packs[each.key] += 1
    return tuple(
        Given(
            each.key,
            each.packs,
            packs[each.key],
            SPREAD,
            {"given": packs[each.key], "wanted": each.packs, "least": level},
        )
        for each in orders
    )
