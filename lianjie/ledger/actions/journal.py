"""Book entries: once per source, balanced, never changed."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

import polars as pl
from django.db import IntegrityError, transaction
from django.db.models import Min, QuerySet

from lianjie.facts.queries.parties import NoSuchParty, ids_by_code
from lianjie.ledger import bulk
from lianjie.ledger.models import Entry as EntryRow
from lianjie.ledger.models import Posting as PostingRow
from lianjie.ledger.queries import closings
from lianjie.ledger.rules import entry as rules
from lianjie.ledger.rules.closing import ClosedMeanwhile, PeriodClosed
from lianjie.ledger.rules.entry import BookedDifferently, Entry, Posting

SLICE = 900
POSTING_SCHEMA = {
    "entry_id": pl.Int64,
    "account": pl.String,
    "party_id": pl.Int64,
    "amount_fen": pl.Int64,
    "good": pl.String,
    "quantity": pl.Int64,
}


@transaction.atomic
def book(
    organisation_id: int,
    entries: Sequence[Entry],
    *,
    at: datetime,
    by: int | None,
    settlement_id: int | None = None,
    reverses: int | None = None,
    late: bool = False,
    earliest: date | None = None,
) -> int:
    """Write entries and post them: all or none.

    late  what is dated in a closed month or a settled year is booked on the first day after and keeps its
          own day beside it; otherwise a closed month refuses with PeriodClosed
    earliest  a day before which nothing is booked either: it is as if closed up to it

    An entry already booked with the same content is passed over; with other content it refuses with
    BookedDifferently. The database checks that each balances.

    returns  how many were new
    """
    known = _hashes(organisation_id, [e.source for e in entries])
    fresh: list[Entry] = []
    for entry in entries:
        if entry.source not in known:
            fresh.append(entry)
        elif known[entry.source] != entry.content_hash:
            raise BookedDifferently(source=entry.source)
    if not fresh:
        return 0
    open_day = closings.late_from(organisation_id) if late else None
    open_day = max(filter(None, (open_day, earliest)), default=None)
    ids = ids_by_code({p.party for e in fresh for p in e.postings if p.party})
    frame = pl.DataFrame(
        {
            "id": bulk.reserve(EntryRow._meta.db_table, len(fresh)),
            "day": [str(max(e.day, open_day) if open_day else e.day) for e in fresh],
            "own_day": [str(e.day) if open_day and e.day < open_day else None for e in fresh],
            "source": [e.source for e in fresh],
            "text": [e.text for e in fresh],
            "content_hash": [e.content_hash for e in fresh],
        },
        schema_overrides={"own_day": pl.String},
    ).with_columns(
        pl.lit(organisation_id, pl.Int64).alias("organisation_id"),
        pl.lit(settlement_id, pl.Int64).alias("settlement_id"),
        pl.lit(reverses, pl.Int64).alias("reverses_id"),
        pl.lit(False).alias("posted"),
        pl.lit(bulk.instant(at)).alias("recorded_at"),
        pl.lit(by, pl.Int64).alias("recorded_by_id"),
    )
    numbers = frame["id"].to_list()
    postings = _postings(numbers, fresh, ids)
    bulk.load(EntryRow._meta.db_table, frame)
    bulk.load(PostingRow._meta.db_table, postings)
    post_entries(numbers)
    return len(fresh)


def post_entries(ids: Sequence[int]) -> None:
    """Shut the entries: the database checks each balances, and from now on nothing of it changes.

    Refuses with PeriodClosed when one is dated in a closed month, or ClosedMeanwhile when it was closed
    between the look and the writing.
    """
    for rows in _rows(ids):
        _refuse_closed(rows)
        try:
            rows.update(posted=True)
        except IntegrityError as problem:
            if "the month is closed" in str(problem):
                raise ClosedMeanwhile from None
            raise


@transaction.atomic
def reverse(entry_id: int, *, day: date | None = None, text: str, at: datetime, by: int | None) -> None:
    """Book the opposite of a posted entry; both stay. Reversing twice books once.

    day  on which day it is booked, refused with PeriodClosed when that is closed; None for the day of what it
         takes back: late as `book` has it when that is closed, and never before the entry itself stands
    """
    row = EntryRow.objects.get(pk=entry_id, posted=True)
    book(
        row.organisation_id,
        [rules.reversal(read(row), day or row.own_day or row.day, text)],
        at=at,
        by=by,
        settlement_id=row.settlement_id,
        reverses=row.pk,
        late=day is None,
        earliest=row.day if day is None else None,
    )


def _rows(ids: Sequence[int]) -> Iterator[QuerySet[EntryRow]]:
    """The entries with these ids; those that follow each other, as a whole book's do, in one question."""
    if ids and max(ids) - min(ids) + 1 == len(ids) == len(set(ids)):
        yield EntryRow.objects.filter(pk__gte=min(ids), pk__lte=max(ids))
        return
    for start in range(0, len(ids), SLICE):
        yield EntryRow.objects.filter(pk__in=ids[start : start + SLICE])


def _refuse_closed(rows: QuerySet[EntryRow]) -> None:
    """The database refuses too; here the answer has words."""
    days = dict(rows.order_by().values_list("organisation_id").annotate(Min("day")))
    for organisation_id, day in days.items():
        open_day = closings.first_open(organisation_id)
        if open_day is not None and day < open_day:
            raise PeriodClosed(open=open_day, day=day)


def read(row: EntryRow) -> Entry:
    """A stored entry as the rules see it; building it checks again that it balances."""
    lines = row.postings.order_by("pk").values_list(
        "account", "amount_fen", "quantity", "party__code", "good"
    )
    return Entry(
        row.source,
        row.day,
        row.text,
        tuple(
            Posting(account, quantity if good else fen, party or "", good)
            for account, fen, quantity, party, good in lines
        ),
    )


def _hashes(organisation_id: int, sources: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for start in range(0, len(sources), SLICE):
        found.update(
            EntryRow.objects.filter(
                organisation_id=organisation_id,
                source__in=sources[start : start + SLICE],
            ).values_list("source", "content_hash")
        )
    return found


def _postings(numbers: Sequence[int], entries: Sequence[Entry], ids: dict[str, int]) -> pl.DataFrame:
    records = []
    for number, entry in zip(numbers, entries, strict=True):
        for p in entry.postings:
            if p.party and p.party not in ids:
                raise NoSuchParty(code=p.party)
            party = ids[p.party] if p.party else None
            money, goods = (p.amount, 0) if not p.good else (0, p.amount)
            records.append((number, p.account, party, money, p.good, goods))
    return pl.DataFrame(records, schema=POSTING_SCHEMA, orient="row")
