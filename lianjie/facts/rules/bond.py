"""A bond under a lease or contract: a deposit (押金) or, where it says so, a risk reserve (风险保证金).

The lessee pays it in; it is held for whoever paid, never income, until it is given back or forfeited by a
decision under a name, with its grounds. Under a contract the organisation lets, and under its sub-lease of
leased land, it holds the bond; under a lease of another's land the organisation is the lessee, and the lessor
(a household, or a collective) holds it.
Sources: domain list, sections 4.2 and 4.4 (bond); collective law, art. 44; nothing is ever set off.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from lianjie.base.fen import Fen
from lianjie.base.refusal import Finding, Refusal
from lianjie.base.words import N_

Act = Literal["agreed", "paid", "returned", "forfeited"]
ACTS: tuple[Act, ...] = ("agreed", "paid", "returned", "forfeited")
KINDS = ("deposit", "risk_reserve")


class BondOfNothing(Refusal):
    what = N_("A bond is an amount above zero.")
    fix = N_("Enter the amount the lease or contract names.")


class BondNotAgreed(Refusal):
    what = N_("Under {agreement} no bond was agreed by {day}.")
    fix = N_("Enter first what the lease or contract says about a bond.")


class MoreThanAgreed(Refusal):
    what = N_("Of the bond of {agreed} yuan {left} are still to be paid in, not {given}.")
    fix = N_("Enter what was paid in; if more was agreed since, enter that first.")


class MoreThanHeld(Refusal):
    what = N_("Of the bond {held} yuan are held on {day}, not {given}.")
    fix = N_("Enter a bond that was paid in first; what was given back or forfeited is no longer held.")


class BondNeedsDecision(Refusal):
    what = N_("A bond is given back or forfeited by a decision.")
    fix = N_("Say who decided it, and on what grounds.")


@dataclass(frozen=True)
class Move:
    """One thing that happened to a bond; `fen` above zero."""

    act: Act
    day: date
    fen: int


@dataclass(frozen=True)
class Bond:
    """What was agreed, and what became of it, in fen."""

    agreed: int = 0
    paid: int = 0
    returned: int = 0
    forfeited: int = 0

    @property
    def held(self) -> int:
        """Still held for whoever paid it."""
        return self.paid - self.returned - self.forfeited

    @property
    def unpaid(self) -> int:
        """Agreed and not paid in."""
        return self.agreed - self.paid


KEPT_TOO_LONG = {
    "contract": N_(
        "The contract ended on {day}, and {held} yuan of its bond are still held for {party}: give them "
        "back, or decide on what grounds they are forfeited."
    ),
    "lease": N_(
        "The lease ended on {day}, and {party} still holds {held} yuan of its bond: have them given back, or "
        "enter the decision by which they are forfeited."
    ),
    "sublease": N_(
        "The sub-lease ended on {day}, and {held} yuan of its bond are still held for {party}: give them "
        "back, or decide on what grounds they are forfeited."
    ),
}
"""What a bond is under -> what is to be done once that is over."""


def overdue(bond: Bond, ends: date | None, on: date) -> bool:
    """Still held on the day though what it is under is over. `ends`: the first day after it, None: no end."""
    return bool(bond.held and ends is not None and ends <= on)


def findings(under: str, bond: Bond, party: str, ends: date | None, on: date) -> tuple[Finding, ...]:
    """What a person must see to: a bond still held. `under`: contract, lease or sublease."""
    if ends is None or not overdue(bond, ends, on):
        return ()
    told = {"day": ends - timedelta(days=1), "held": str(Fen(bond.held)), "party": party}
    return (Finding("bond-still-held", KEPT_TOO_LONG[under], told),)


def standing(moves: Iterable[Move]) -> Bond:
    """What these moves come to."""
    found = Bond()
    for each in moves:
        found = replace(found, **{each.act: getattr(found, each.act) + each.fen})
    return found


def accept(agreement: str, given: Move, before: Iterable[Move], decided_by: str, grounds: str) -> None:
    """Refuse what cannot have happened after `before`.

    Refuses with BondOfNothing, BondNeedsDecision, BondNotAgreed, MoreThanAgreed or MoreThanHeld.
    """
    if given.fen <= 0:
        raise BondOfNothing
    if given.act in ("returned", "forfeited") and not (decided_by.strip() and grounds.strip()):
        raise BondNeedsDecision
    moves = list(before)
    by_then = standing(each for each in moves if each.day <= given.day)
    if given.act == "paid":
        if not by_then.agreed:
            raise BondNotAgreed(agreement=agreement, day=given.day)
        left = standing(moves).unpaid
        if given.fen > left:
            raise MoreThanAgreed(
                agreed=Fen(by_then.agreed).yuan, left=Fen(left).yuan, given=Fen(given.fen).yuan
            )
    elif given.act != "agreed":
        held = min(by_then.held, standing(moves).held)
        if given.fen > held:
            raise MoreThanHeld(held=Fen(held).yuan, day=given.day, given=Fen(given.fen).yuan)
