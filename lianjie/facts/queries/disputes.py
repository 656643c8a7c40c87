"""Deliveries in dispute, read from what was raised and answered; as of any day.

A settlement asks `open_in` before it is decided: figures still argued about are named there.
"""

from dataclasses import dataclass
from datetime import date

from lianjie.facts.models import Delivery, DeliveryDispute, DisputeAnswer
from lianjie.facts.rules.growing import Answered, Dispute, Raised, disputes, open_dispute


@dataclass(frozen=True)
class DisputedRow:
    """A delivery with its disputes; `delivery` is its key, `grams` as it stands now."""

    delivery: str
    receipt: str
    day: date
    household: str
    household_code: str
    good: str
    grams: int
    disputes: tuple[Dispute, ...]
    open: Dispute | None


def of_delivery(organisation_id: int, delivery: str, on: date | None = None) -> tuple[Dispute, ...]:
    """Disputes of one delivery (its base key) at the end of day `on`."""
    return _by_delivery(organisation_id, on, of=delivery).get(delivery, ())


def listing(organisation_id: int, on: date | None = None) -> list[DisputedRow]:
    """Every delivery ever disputed: open ones first, then the latest."""
    by_delivery = _by_delivery(organisation_id, on)
    rows = Delivery.objects.current().filter(organisation_id=organisation_id)
    found = []
    keys = {key: value for key, value in by_delivery.items() if value}
    for row in rows.filter(receipt__in=_receipts(keys)).select_related("household"):
        of = keys.get(row.key.partition("~")[0])
        if of:
            found.append(_row(row, of))
    return sorted(found, key=lambda each: (each.open is None, -each.day.toordinal(), each.receipt))


def open_in(organisation_id: int, year: int, on: date | None = None) -> list[DisputedRow]:
    """Deliveries of a year still in dispute: what a settlement's findings must name."""
    return [row for row in listing(organisation_id, on) if row.open and row.day.year == year]


def open_keys(organisation_id: int) -> frozenset[str]:
    """Keys of deliveries in dispute now, to mark them wherever they are shown."""
    found = _by_delivery(organisation_id, None)
    return frozenset(key for key, of in found.items() if open_dispute(of))


def _receipts(keys: dict[str, tuple[Dispute, ...]]) -> list[str]:
    return [key.partition("-")[2] for key in keys]


def _row(row: Delivery, of: tuple[Dispute, ...]) -> DisputedRow:
    return DisputedRow(
        row.key.partition("~")[0],
        row.receipt,
        row.day,
        row.household.name,
        row.household.code,
        row.good,
        row.grams,
        of,
        open_dispute(of),
    )


def _by_delivery(organisation_id: int, on: date | None, **narrow: str) -> dict[str, tuple[Dispute, ...]]:
    raised: dict[str, list[Raised]] = {}
    rows = list(DeliveryDispute.objects.current().filter(organisation_id=organisation_id, **narrow))
    if not rows:
        return {}
    for row in rows:
        raised.setdefault(row.of, []).append(Raised(row.reference, row.day, row.raised_by, row.claim))
    answers = {
        f"deliverydispute:{row.dispute.key}": Answered(
            row.reference, row.day, row.answered_by, row.text, row.outcome, row.net_grams
        )
        for row in DisputeAnswer.objects.current()
        .filter(organisation_id=organisation_id, dispute__in=rows)
        .select_related("dispute")
    }
    return {of: disputes(each, answers, on) for of, each in raised.items()}
