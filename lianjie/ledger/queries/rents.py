"""Rents as the journal holds them."""

from django.db.models import Sum

from lianjie.facts.rules.rent import RentDue
from lianjie.ledger.models import Posting


def source_of(rent: RentDue) -> str:
    """How the journal names a rent: its lease and the year it is for."""
    return f"rent:{rent.reference.removeprefix('lease:')}:{rent.day.year}"


def booked(organisation_id: int) -> dict[str, int]:
    """Source of every rent booked and not reversed -> fen owed by it."""
    rows = (
        Posting.objects.filter(
            entry__organisation_id=organisation_id,
            entry__source__startswith="rent:",
            entry__reversed_by=None,
            party__isnull=False,
        )
        .values("entry__source")
        .annotate(sum=Sum("amount_fen"))
    )
    return {row["entry__source"]: -row["sum"] for row in rows}
