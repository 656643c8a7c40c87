"""Inputs handed out: what came back of the goods, and what was repaid of the advance.

An advance is repaid in cash, through the bank, with the goods themselves, or out of one delivery when the
household signed that it may be. Rent and wages are no way of repaying it (Land Contracting Law, art. 39;
Regulations on wages of rural migrant workers 2019, art. 11).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from lianjie.base.fen import Fen
from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.rules.in_kind import Goods, said

WAYS = ("goods", "cash", "bank", "produce")


class BackBeforeHandedOut(Refusal):
    what = N_("Input {receipt} was handed out on {given}; nothing of it can come back on {day}.")
    fix = N_("Correct the day.")


class MoreBackThanOut(Refusal):
    what = N_("Of input {receipt} {left} can still come back on {day}; {given} is more than that.")
    fix = N_("Count again; what the household brings beside it is a lot of its own.")


class MoreThanAdvance(Refusal):
    what = N_(
        "Of the advance for input {receipt} {left} yuan are still owed; {given} yuan are more than that."
    )
    fix = N_("Enter at most what is owed.")


class NothingBack(Refusal):
    what = N_("Nothing of input {receipt} came back.")
    fix = N_("Give the quantity of the goods that came back, or the sum that was repaid.")


class GoodsOrMoney(Refusal):
    what = N_("Money repaid for input {receipt} comes without goods.")
    fix = N_("Enter goods that came back and money repaid each on its own receipt.")


class SetOffUnsigned(Refusal):
    what = N_("An advance is taken from the money for produce only when the household signed that it may be.")
    fix = N_("Write where the signed paper is kept, or enter what the household repaid in cash.")
    about = "evidence"


class NotItsDelivery(Refusal):
    what = N_("“{delivery}” is no delivery of this household.")
    fix = N_("Give the receipt of produce that the household brought, with its year: 2025-BD0001.")
    about = "delivery"


@dataclass(frozen=True)
class Issued:
    """An input as handed out."""

    receipt: str
    day: date
    goods: Goods
    advance_fen: int


@dataclass(frozen=True)
class Back:
    """Goods that came back of it (small units), and by how much the advance falls."""

    day: date
    quantity: int
    fen: int


@dataclass(frozen=True)
class Standing:
    """What is still out of an input, small units, and what is still owed of its advance."""

    out: int
    owed_fen: int


def share_of_advance(issued: Issued, before: int, quantity: int) -> int:
    """What goods that come back take off the advance: their part of it, half a fen for the household.

    before  small units that came back earlier

    Counted on all that came back so far, so that the parts of a whole return add up to the advance.
    """
    whole = issued.goods.quantity

    def part(back: int) -> int:
        return (issued.advance_fen * back * 2 + whole) // (2 * whole)

    return part(before + quantity) - part(before)


def standing(issued: Issued, backs: Iterable[Back], on: date | None = None) -> Standing:
    """Where an input stands at the end of day `on`; None takes everything.

    Refuses with BackBeforeHandedOut, MoreBackThanOut or MoreThanAdvance.
    """
    out, owed = issued.goods.quantity, issued.advance_fen
    for back in sorted(backs, key=lambda each: each.day):
        if on is not None and back.day > on:
            break
        if back.day < issued.day:
            raise BackBeforeHandedOut(receipt=issued.receipt, given=issued.day, day=back.day)
        if back.quantity > out:
            raise MoreBackThanOut(
                receipt=issued.receipt,
                left=said(issued.goods, out),
                given=said(issued.goods, back.quantity),
                day=back.day,
            )
        if back.fen > owed:
            raise MoreThanAdvance(receipt=issued.receipt, left=Fen(owed), given=Fen(back.fen))
        out, owed = out - back.quantity, owed - back.fen
    return Standing(out, owed)
