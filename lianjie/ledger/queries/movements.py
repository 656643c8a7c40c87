"""Everything the journal holds about some parties, over organisations and up to a day.

Every question begins with the party: there is an index on it, so a large ledger costs no more than a small.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet, Sum

from lianjie.ledger.models import Posting
from lianjie.ledger.rules.movement import Part, about, kind_of


@dataclass(frozen=True)
class MovementRow:
    """One posting. `amount` is fen, or small units of `good` when it names one; debit above zero."""

    id: int
    day: date
    organisation_id: int
    party_id: int
    source: str
    text: str
    account: str
    good: str
    amount: int
    reversed: bool


def of_parties(
    parties: Collection[int],
    organisations: Collection[int],
    start: date | None,
    on: date,
    *,
    before: tuple[date, int] | None = None,
    limit: int | None = 50,
) -> list[MovementRow]:
    """Movements from `start` to the end of day `on`, the latest first.

    before  day and id of a row: only what comes after it in this order
    limit   how many at most; None for all, for an export
    """
    found = _postings(parties, organisations, on)
    if start is not None:
        found = found.filter(entry__day__gte=start)
    if before is not None:
        day, pk = before
        found = found.filter(Q(entry__day__lt=day) | Q(entry__day=day, pk__lt=pk))
    rows = found.order_by("-entry__day", "-pk").values_list(
        "pk",
        "entry__day",
        "entry__organisation_id",
        "party_id",
        "entry__source",
        "entry__text",
        "account",
        "good",
        "amount_fen",
        "quantity",
        "entry__reversed_by",
    )
    return [
        MovementRow(pk, day, of, party, source, text, account, good, quantity if good else fen, bool(undone))
        for pk, day, of, party, source, text, account, good, fen, quantity, undone in rows[:limit]
    ]


def sums(parties: Collection[int], organisations: Collection[int], on: date) -> list[Part]:
    """What the postings up to the end of day `on` add up to, by organisation, account, good and kind."""
    rows = (
        _postings(parties, organisations, on)
        .values_list("entry__organisation_id", "account", "good", "entry__source")
        .annotate(fen=Sum("amount_fen"), small=Sum("quantity"))
        .order_by("entry__organisation_id", "account", "good")
    )
    found: dict[tuple[int, str, str, str, str], int] = defaultdict(int)
    for organisation, account, good, source, fen, small in rows:
        found[organisation, account, good, kind_of(source), about(source)] += int(small if good else fen)
    return [
        Part(organisation, account, good, kind, amount, of)
        for (organisation, account, good, kind, of), amount in found.items()
    ]


def years(parties: Collection[int], organisations: Collection[int]) -> list[int]:
    """Years in which anything moved, the latest first."""
    found = _postings(parties, organisations, date.max).dates("entry__day", "year")
    return sorted({day.year for day in found}, reverse=True)


def _postings(parties: Collection[int], organisations: Collection[int], on: date) -> QuerySet[Posting]:
    return Posting.objects.filter(
        party_id__in=parties,
        entry__organisation_id__in=organisations,
        entry__posted=True,
        entry__day__lte=on,
    )
