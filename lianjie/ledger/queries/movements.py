"""Everything the journal holds about some parties, over organisations and up to a day.

Every question begins with the party: there is an index on it, so a large ledger costs no more than a small.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet, Sum

from lianjie.ledger.models import PayoutItem, Posting
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
    paid = _sent(parties, organisations)
    found: dict[tuple[int, str, str, str, str], int] = defaultdict(int)
    for organisation, account, good, source, fen, small in rows:
        sent = paid.get(source.removeprefix("reversal:"))
        for of, part in [(source, int(small if good else fen))] if sent is None else sent[account]:
            back = -1 if sent is not None and source.startswith("reversal:") else 1
            found[organisation, account, good, kind_of(of), about(of)] += back * part
    return [
        Part(organisation, account, good, kind, amount, of)
        for (organisation, account, good, kind, of), amount in found.items()
    ]


def _sent(
    parties: Collection[int], organisations: Collection[int]
) -> dict[str, dict[str, list[tuple[str, int]]]]:
    """Source of a payment sent in a batch -> account -> what it pays, and how much of it."""
    found: dict[str, dict[str, list[tuple[str, int]]]] = {}
    rows = PayoutItem.objects.filter(
        line__party_id__in=parties, line__batch__organisation_id__in=organisations
    )
    for identity, account, source, fen in rows.values_list(
        "line__identity", "account", "source", "amount_fen"
    ):
        found.setdefault(f"payout:{identity}", defaultdict(list))[account].append((source, fen))
    return found


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
