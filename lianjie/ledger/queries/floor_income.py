"""Floor incomes of orders as the journal holds them."""

from collections import defaultdict

from lianjie.ledger.models import Posting
from lianjie.ledger.queries.payables import base_of

BEGINS = "floorincome:"


def source_of(order: str, household: str) -> str:
    """How the journal names what an order's floor income leaves to be paid to a household."""
    return f"{BEGINS}{order}:{household}"


def booked(organisation_id: int, *, party_id: int | None = None, order: str = "") -> dict[str, int]:
    """Source -> fen booked and not taken back, of one order or household or of all."""
    begins = f"{BEGINS}{order}:" if order else BEGINS
    rows = Posting.objects.filter(
        entry__organisation_id=organisation_id,
        entry__source__startswith=begins,
        entry__reversed_by=None,
        party__isnull=False,
    )
    if party_id is not None:
        rows = rows.filter(party_id=party_id)
    found: dict[str, int] = defaultdict(int)
    for source, fen in rows.values_list("entry__source", "amount_fen"):
        found[base_of(source)] -= fen
    return dict(found)
