"""Which orders an entry of a day's sales books, and which entry books an order."""

from collections.abc import Sequence

from django.db.models import OuterRef, QuerySet, Subquery

from lianjie.facts.models import SalesOrder
from lianjie.ledger.models import SalesBooked


def booked_together(organisation_id: int, orders: Sequence[str]) -> list[tuple[str, int, int]]:
    """Key, amount in fen and entry of those orders that were booked with others of their day."""
    of = SalesBooked.objects.filter(
        channel=OuterRef("channel"),
        source=OuterRef("source"),
        day=OuterRef("sent_day"),
        first__lte=OuterRef("pk"),
        last__gte=OuterRef("pk"),
    )
    rows = SalesOrder.objects.filter(organisation_id=organisation_id, key__in=orders, amount_fen__gt=0)
    rows = rows.annotate(entry=Subquery(of.values("entry_id")[:1])).filter(entry__isnull=False)
    return list(rows.values_list("key", "amount_fen", "entry"))


def orders_of(entry_id: int) -> QuerySet[SalesOrder]:
    """The orders an entry of a day's sales books; none for any other entry."""
    row = SalesBooked.objects.filter(entry=entry_id).first()
    if row is None:
        return SalesOrder.objects.none()
    of = {"channel_id": row.channel_id, "source_id": row.source_id, "sent_day": row.day, "amount_fen__gt": 0}
    return SalesOrder.objects.filter(pk__gte=row.first_id, pk__lte=row.last_id, **of)
