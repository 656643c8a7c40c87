"""What the goods of a lot stand for in money as they leave it: an equal part of what is left of its cost.

What was booked already is read from the entries, so that the parts of a lot add up to its cost whatever was
taken back meanwhile; whoever takes the last of a lot takes the fen left over.
"""

from collections.abc import Collection
from fractions import Fraction

from django.db.models import Sum

from lianjie.base.quantity import half_up
from lianjie.facts.queries import lot_worth as facts
from lianjie.facts.queries.lot_worth import Costed
from lianjie.facts.queries.parties import SLICE
from lianjie.facts.rules.handed import Handed, InKindFact
from lianjie.ledger.models import Posting
from lianjie.ledger.rules.booking_in_kind import ON_BEHALF, STOCK


def booked(organisation_id: int, references: Collection[str]) -> int:
    """Fen these facts put on the accounts of the stock, below zero what they took."""
    wanted, total = list(references), 0
    for start in range(0, len(wanted), SLICE):
        rows = Posting.objects.filter(
            entry__organisation_id=organisation_id,
            entry__source__in=wanted[start : start + SLICE],
            account__in=(STOCK, ON_BEHALF),
            good="",
        )
        total += rows.aggregate(fen=Sum("amount_fen"))["fen"] or 0
    return total


class Worth:
    """What lots are worth as a batch of facts is booked, one after another.

    The facts are entered already and their entries are not, so what a lot holds is counted back by the batch.
    """

    def __init__(self, organisation_id: int, rows: Collection[Handed]) -> None:
        moved = [row.fact for row in rows if isinstance(row.fact, InKindFact) and row.fact.lot_id]
        self._fen: dict[int, int] = {}
        self._left: dict[int, int] = {}
        self._input: dict[str, list[int]] = {}
        stands = facts.costed(organisation_id, [fact.lot_id for fact in moved])
        for pk, lot in stands.items():
            if lot.fen is not None:
                self._fen[pk], self._left[pk] = worth(organisation_id, lot), lot.left
        for fact in moved:
            if fact.lot_id in self._left:
                self._left[fact.lot_id] += _went(fact)
                if fact.of and fact.of not in self._input:
                    given = facts.issue(organisation_id, fact.of)
                    took = -booked(organisation_id, given.references)
                    self._input[fact.of] = [took, given.quantity - given.back]
                if fact.of:
                    self._input[fact.of][1] -= _went(fact)

    def of(self, fact: InKindFact) -> int:
        """Fen the goods of this fact take out of their lot, or bring back; 0 of a lot without a cost."""
        if fact.lot_id not in self._fen or not _went(fact):
            return 0
        part = self._back(fact) if fact.of else self._out(fact)
        self._fen[fact.lot_id] += part if fact.of else -part
        self._left[fact.lot_id] -= _went(fact)
        return part

    def _out(self, fact: InKindFact) -> int:
        return part_of(self._fen[fact.lot_id], self._left[fact.lot_id], _went(fact))

    def _back(self, fact: InKindFact) -> int:
        """The part of what the input took that is still out."""
        took, out = self._input[fact.of]
        part = part_of(took, out, -_went(fact))
        self._input[fact.of] = [took - part, out + _went(fact)]
        return part


def worth(organisation_id: int, lot: Costed) -> int:
    """Fen what is left of a lot stands for; 0 when nobody said what it cost."""
    return 0 if lot.fen is None else lot.fen + booked(organisation_id, lot.references)


def of_lot(organisation_id: int, lot_id: int) -> int:
    """Fen what is left of the lot with this id stands for."""
    return worth(organisation_id, facts.costed(organisation_id, [lot_id])[lot_id])


def part_gone(organisation_id: int, lot_id: int, quantity: int) -> int:
    """Fen that go with so much of a lot, which is entered as gone and not booked yet."""
    lot = facts.costed(organisation_id, [lot_id])[lot_id]
    return part_of(worth(organisation_id, lot), lot.left + quantity, quantity)


def part_of(fen: int, left: int, quantity: int) -> int:
    """The part of a worth that goes with so much of what is left; nothing of a worth that is used up."""
    if fen <= 0 or quantity >= left:
        return max(fen, 0)
    return half_up(Fraction(fen * quantity, left))


def _went(fact: InKindFact) -> int:
    """Small units that left the lot for good; below zero what came back."""
    return (
        fact.stood_for + (fact.went.quantity if fact.went else 0) - (fact.came.quantity if fact.came else 0)
    )
