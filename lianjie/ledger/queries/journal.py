"""The journal as people read it: entries with their lines, the newest first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from lianjie.ledger.models import Entry
from lianjie.ledger.rules.entry import Entry as Record
from lianjie.ledger.rules.entry import Posting as Line

BATCH = 200


@dataclass(frozen=True)
class PostingRow:
    """One line in two columns; one of them is zero. Goods count in whole small units."""

    account: str
    party_code: str
    party_name: str
    debit_fen: int
    credit_fen: int
    good: str
    quantity: int


@dataclass(frozen=True)
class EntryRow:
    """One entry; `own_day` when it is booked late.

    `more` lines were left out of `postings`; the sums are those of all."""

    number: int
    day: date
    own_day: date | None
    source: str
    text: str
    postings: tuple[PostingRow, ...]
    more: int
    total_fen: int
    reversed: bool
    reverses: str


@dataclass(frozen=True)
class JournalPage:
    """Some entries, where the next page begins, how many there are."""

    rows: tuple[EntryRow, ...]
    next_after: str
    total: int


def page(
    organisation_id: int,
    *,
    year: int | None = None,
    settlement_id: int | None = None,
    search: str = "",
    after: str = "",
    limit: int = 25,
    lines: int = 12,
) -> JournalPage:
    """Entries, the newest first. `lines` is how many lines of a long entry are shown."""
    found = _entries(organisation_id, year, settlement_id, search)
    total = found.count()
    if "_" in after:
        day, _, number = after.partition("_")
        if number.isdigit():
            found = found.filter(Q(day__lt=day) | Q(day=day, pk__lt=int(number)))
    rows = list(found.order_by("-day", "-pk")[: limit + 1])
    shown = rows[:limit]
    last = shown[-1] if len(rows) > limit else None
    return JournalPage(
        tuple(_row(row, lines) for row in shown), f"{last.day}_{last.pk}" if last else "", total
    )


def records(
    organisation_id: int, *, year: int | None = None, settlement_id: int | None = None
) -> Iterator[Record]:
    """All entries in order of day, as the rules know them: for exports."""
    found = _entries(organisation_id, year, settlement_id, "").order_by("day", "pk")
    for row in found.iterator(chunk_size=BATCH):
        lines = tuple(
            Line(
                each.account,
                each.quantity if each.good else each.amount_fen,
                each.party.code if each.party else "",
                each.good,
            )
            for each in sorted(row.postings.all(), key=lambda posting: posting.pk)
        )
        yield Record(row.source, row.day, row.text, lines)


def of_facts(organisation_id: int, references: Sequence[str]) -> tuple[EntryRow, ...]:
    """What some facts booked, and the entries that took it back, in the order in which they were booked."""
    found = _entries(organisation_id, None, None, "")
    named = Q(source__in=references) | Q(reverses__source__in=references)
    return tuple(_row(row, 200) for row in found.filter(named).order_by("pk"))


def _entries(
    organisation_id: int, year: int | None, settlement_id: int | None, search: str
) -> QuerySet[Entry]:
    found = Entry.objects.filter(organisation_id=organisation_id, posted=True)
    if year is not None:
        found = found.filter(day__gte=date(year, 1, 1), day__lt=date(year + 1, 1, 1))
    if settlement_id is not None:
        found = found.filter(settlement_id=settlement_id)
    if search:
        hit = Q(text__icontains=search) | Q(source__istartswith=search)
        hit |= Q(postings__account=search) | Q(postings__party__code__iexact=search)
        hit |= Q(postings__party__name__icontains=search)
        found = found.filter(hit).distinct()
    return found.select_related("reverses", "reversed_by").prefetch_related("postings__party")


def _row(row: Entry, limit: int) -> EntryRow:
    postings = sorted(row.postings.all(), key=lambda each: (each.amount_fen < 0, each.pk))
    return EntryRow(
        number=row.pk,
        day=row.day,
        own_day=row.own_day,
        source=row.source,
        text=row.text,
        postings=tuple(
            PostingRow(
                each.account,
                each.party.code if each.party else "",
                each.party.name if each.party else "",
                max(each.amount_fen, 0),
                max(-each.amount_fen, 0),
                each.good,
                each.quantity,
            )
            for each in postings[:limit]
        ),
        more=max(len(postings) - limit, 0),
        total_fen=sum(each.amount_fen for each in postings if each.amount_fen > 0),
        reversed=hasattr(row, "reversed_by"),
        reverses=row.reverses.source if row.reverses else "",
    )
