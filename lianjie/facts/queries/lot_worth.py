"""What lots cost, and which facts took goods and worth out of them: the ledger knows how much each took."""

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction

from lianjie.base.quantity import half_up
from lianjie.facts.models import (
    Fact,
    InputBack,
    InputIssue,
    LoanDecision,
    Lot,
    LotCost,
    LotLoss,
    MaterialUse,
    RentPayment,
)
from lianjie.facts.queries.in_kind import rents_in_kind
from lianjie.facts.queries.parties import SLICE

OUT: tuple[type[Fact], ...] = (InputIssue, LotLoss, MaterialUse)
"""What takes goods out for good, beside what is written off of a loan and rents handed over in grain. Goods
lent, or with a home worker, are still the organisation's."""


SIGNED: tuple[tuple[type[Fact], int], ...] = (*((model, -1) for model in OUT), (InputBack, 1))


def stood_for(written_off: LoanDecision) -> int:
    """Small units of the lot that what a decision writes off had been, whatever was to come back for them."""
    loan = written_off.loan
    return half_up(Fraction(loan.quantity * written_off.forgiven, loan.owed_quantity))


@dataclass(frozen=True)
class Costed:
    """A lot's worth and its goods.

    fen         what it cost, less the part that had gone before that was known; None when nobody said
    left        small units not gone for good
    references  facts that took goods out, or brought some back
    """

    fen: int | None
    left: int
    references: tuple[str, ...]


def costed(organisation_id: int, lots: Collection[int]) -> dict[int, Costed]:
    """Lot id -> its worth and what moved, of facts that stand."""
    wanted = sorted(set(lots))
    fen: dict[int, int] = {}
    left: dict[int, int] = {}
    moved: dict[int, list[str]] = {pk: [] for pk in wanted}
    for start in range(0, len(wanted), SLICE):
        some = {"organisation_id": organisation_id, "lot_id__in": wanted[start : start + SLICE]}
        left |= dict(Lot.objects.filter(pk__in=some["lot_id__in"]).values_list("pk", "quantity"))
        for row in LotCost.objects.current().filter(**some):
            fen[row.lot_id] = row.amount_fen - row.gone_fen
        for model, sign in SIGNED:
            name = model._meta.model_name
            rows = model.objects.current().filter(quantity__gt=0, **some)
            for pk, key, quantity in rows.values_list("lot_id", "key", "quantity"):
                left[pk] += sign * quantity
                moved[pk].append(f"{name}:{key}")
        for row in (
            LoanDecision.objects.current()
            .filter(forgiven__gt=0, organisation_id=organisation_id, loan__lot_id__in=some["lot_id__in"])
            .select_related("loan")
        ):
            lot = row.loan.lot_id
            left[lot] -= stood_for(row)
            moved[lot].append(row.reference)
        for paid in rents_in_kind().filter(**some):
            left[paid.lot_id] -= paid.quantity
            moved[paid.lot_id].append(paid.reference)
    return {pk: Costed(fen.get(pk), left[pk], tuple(moved[pk])) for pk in wanted if pk in left}


def moved_since(cost: LotCost) -> str:
    """The reference of a fact that took goods out at this cost, or "" when none did."""
    models: tuple[type[Fact], ...] = (*OUT, InputBack, RentPayment)
    for model in models:
        rows = model.objects.current().filter(lot_id=cost.lot_id, recorded_at__gte=cost.recorded_at)
        if (row := rows.order_by("pk").first()) is not None:
            return str(row.reference)
    forgiven = LoanDecision.objects.current().filter(
        forgiven__gt=0, loan__lot_id=cost.lot_id, recorded_at__gte=cost.recorded_at
    )
    found = forgiven.order_by("pk").first()
    return str(found.reference) if found else ""


@dataclass(frozen=True)
class Issue:
    """An input handed out: small units, and the references of it and of what came back."""

    quantity: int
    back: int
    references: tuple[str, ...]


def issue(organisation_id: int, reference: str) -> Issue:
    """The input of this reference, with what stands as come back of it."""
    row = InputIssue.objects.get(organisation_id=organisation_id, key=reference.partition(":")[2])
    backs = list(InputBack.objects.current().filter(issue=row, quantity__gt=0))
    return Issue(
        row.quantity, sum(each.quantity for each in backs), (reference, *(b.reference for b in backs))
    )
