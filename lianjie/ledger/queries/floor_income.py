"""Floor incomes of orders as the journal holds them, and what their buyers are to make good."""

from collections import defaultdict

from lianjie.base.fen import Fen
from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.queries import order_account
from lianjie.ledger.models import Posting
from lianjie.ledger.queries.payables import base_of

BEGINS = "floorincome:"
CLAIMS = "floorclaim:"


class MoreThanFloorBooked(Refusal):
    what = N_(
        "Of the floor incomes of order {order} {booked} yuan are booked; {received} yuan made good is more."
    )
    fix = N_(
        "Book the floor incomes first; a payment entered with a wrong sum is withdrawn and entered anew."
    )


def source_of(order: str, household: str, begins: str = BEGINS) -> str:
    """How the journal names what an order's floor income leaves to be paid to a household."""
    return f"{begins}{order}:{household}"


def booked(
    organisation_id: int, *, party_id: int | None = None, order: str = "", begins: str = BEGINS
) -> dict[str, int]:
    """Source -> fen booked and not taken back, of one order or household or of all.

    begins  CLAIMS for what buyers are to make good of them
    """
    rows = Posting.objects.filter(
        entry__organisation_id=organisation_id,
        entry__source__startswith=f"{begins}{order}:" if order else begins,
        entry__reversed_by=None,
        party__isnull=False,
    )
    if party_id is not None:
        rows = rows.filter(party_id=party_id)
    sign = 1 if begins == CLAIMS else -1
    found: dict[str, int] = defaultdict(int)
    for source, fen in rows.values_list("entry__source", "amount_fen"):
        found[base_of(source)] += sign * fen
    return dict(found)


def to_come(organisation_id: int, order: str) -> int:
    """Fen booked of an order's floor incomes that its buyer has not made good."""
    whole = sum(booked(organisation_id, order=order).values())
    return whole - order_account.floor_received(organisation_id, order)


def refuse_beyond(organisation_id: int, order: str) -> None:
    """Refuses with MoreThanFloorBooked when the buyer would have made good more than is booked."""
    left = to_come(organisation_id, order)
    if left < 0:
        received = order_account.floor_received(organisation_id, order)
        raise MoreThanFloorBooked(order=order, booked=Fen(received + left), received=Fen(received))
