"""What a booked settlement still owes to whom."""

from dataclasses import dataclass

from django.db.models import Sum

from lianjie.ledger.models import Allotment, Payout
from lianjie.ledger.rules.step_booking import PAYABLE


@dataclass(frozen=True)
class Payable:
    """What is still owed to one party from a settlement: in money and in goods worth so much."""

    party_id: int
    account: str
    good: str
    fen: int


def still_owed(settlement_id: int) -> list[Payable]:
    """What the settlement still owes, by party, account and good, in order of party."""
    due = (
        Allotment.objects.filter(
            step__settlement_id=settlement_id, memo=False, account__in=PAYABLE, party__isnull=False
        )
        .values_list("party_id", "account", "good")
        .annotate(Sum("amount_fen"))
        .order_by("party_id", "account", "good")
    )
    done = set(
        Payout.objects.filter(settlement_id=settlement_id, reverses=None, reversed_by=None)
        .values_list("party_id", "method")
        .distinct()
    )
    by_hand = {party for party, method in done if method == "in_kind"}
    in_money = {party for party, method in done if method != "in_kind"}
    return [
        Payable(party, account, good, int(fen))
        for party, account, good, fen in due
        if fen > 0 and party not in (by_hand if good else in_money)
    ]
