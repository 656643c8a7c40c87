"""The journal as people read it: entries with their lines, the newest first."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Case, Count, F, Q, QuerySet, Sum, When

from lianjie.facts.models import Party
from lianjie.facts.queries import history
from lianjie.facts.queries.names import user_name
from lianjie.facts.queries.slices import years_of
from lianjie.ledger.models import Entry, Posting
from lianjie.ledger.queries.sales_booked import booked_together
from lianjie.ledger.rules.entry import Entry as Record
from lianjie.ledger.rules.entry import Posting as Line

BATCH = 200
MOST = 2_000
"""More entries than this are not counted for a page of them."""


@dataclass(frozen=True)
class PostingRow:
    """One line in two columns; one of them is zero. Goods count in whole small units of `unit`."""

    account: str
    party_code: str
    party_name: str
    debit_fen: int
    credit_fen: int
    good: str
    quantity: int
    unit: str

    @property
    def credit(self) -> bool:
        return self.credit_fen > 0 or self.quantity < 0


class Shown(NamedTuple):
    """A line as the database gives it."""

    account: str
    party_code: str
    party_name: str
    amount_fen: int
    good: str
    quantity: int


@dataclass(frozen=True)
class EntryRow:
    """One entry; `own_day` when it is booked late.

    `more` lines were left out of `postings`; the sums are those of all. `recorded_by` is "" when no
    person entered it."""

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
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True)
class JournalPage:
    """Some entries, where the next page begins, how many there are; None above MOST."""

    rows: tuple[EntryRow, ...]
    next_after: str
    total: int | None


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
    total = None if _many(organisation_id, year, settlement_id, search) else found.count()
    if "_" in after:
        day, _, number = after.partition("_")
        # An address typed by hand may hold anything: then the first entry begins.
        with suppress(ValidationError, ValueError):
            found = found.filter(Q(day__lt=day) | Q(day=day, pk__lt=int(number)))
    rows = list(found.order_by("-day", "-pk")[: limit + 1])
    shown = rows[:limit]
    last = shown[-1] if len(rows) > limit else None
    return JournalPage(
        _rows(organisation_id, shown, lines),
        f"{last.day}_{last.pk}" if last else "",
        total,
    )


def years(organisation_id: int) -> list[int]:
    """Years in which something is booked, the latest first."""
    return years_of(Entry, organisation_id)


def records(
    organisation_id: int, *, year: int | None = None, settlement_id: int | None = None
) -> Iterator[Record]:
    """All entries in order of day, as the rules know them: for exports."""
    found = _entries(organisation_id, year, settlement_id, "").order_by("day", "pk")
    found = found.prefetch_related("postings__party")
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


def goods(organisation_id: int) -> set[str]:
    """Every good the books of an organisation name."""
    lines = Posting.objects.filter(entry__organisation_id=organisation_id).exclude(good="")
    return set(lines.order_by().values_list("good", flat=True).distinct())


def of_facts(organisation_id: int, references: Sequence[str]) -> tuple[EntryRow, ...]:
    """What some facts booked, and the entries that took it back, in the order in which they were booked."""
    found = _entries(organisation_id, None, None, "")
    named = Q(source__in=references) | Q(reverses__source__in=references)
    orders = [each.removeprefix("salesorder:") for each in references if each.startswith("salesorder:")]
    if orders:
        # Booked with others of their day, and taken back by themselves.
        named |= Q(pk__in={entry for _, _, entry in booked_together(organisation_id, orders)})
        named |= Q(source__in=[f"reversal:salesorder:{key}" for key in orders])
    return _rows(organisation_id, list(found.filter(named).order_by("pk")), 200)


def _many(organisation_id: int, year: int | None, settlement_id: int | None, search: str) -> bool:
    """Whether there are more than MOST. What is not posted yet counts too: so two thousand entries need not
    be fetched, the index of days is enough."""
    found = _found(Entry.objects.filter(organisation_id=organisation_id), year, settlement_id, search)
    return bool(found.order_by()[MOST : MOST + 1].exists())


def _entries(
    organisation_id: int, year: int | None, settlement_id: int | None, search: str
) -> QuerySet[Entry]:
    booked = Entry.objects.filter(organisation_id=organisation_id, posted=True)
    found = _found(booked, year, settlement_id, search)
    found = found.annotate(taken_back=F("reversed_by__pk"), takes_back=F("reverses__source"))
    return found.prefetch_related("recorded_by")


def _found(
    found: QuerySet[Entry], year: int | None, settlement_id: int | None, search: str
) -> QuerySet[Entry]:
    if year is not None:
        found = found.filter(day__gte=date(year, 1, 1), day__lt=date(year + 1, 1, 1))
    if settlement_id is not None:
        found = found.filter(settlement_id=settlement_id)
    if search:
        hit = Q(text__icontains=search) | Q(source__istartswith=search)
        hit |= Q(postings__account=search) | Q(postings__party__code__iexact=search)
        hit |= Q(postings__party__name__icontains=search)
        found = found.filter(hit).distinct()
    return found


def _lines(entry_ids: list[int], limit: int) -> dict[int, tuple[list[Shown], int, int]]:
    """The first lines of each entry, debits first, with how many it has and what it moves in fen.

    An entry of a settlement has a line for every household: those are counted, not read.
    """
    moved = Sum(Case(When(amount_fen__gt=0, then="amount_fen"), default=0))
    counted = Posting.objects.filter(entry_id__in=entry_ids).values_list("entry_id")
    found: dict[int, tuple[list[Shown], int, int]] = {
        entry_id: ([], n, int(fen)) for entry_id, n, fen in counted.annotate(n=Count("pk"), fen=moved)
    }
    long = [entry_id for entry_id, (_, n, _) in found.items() if n > limit]
    lines = sorted((*_of_short(found.keys() - set(long)), *_of_long(long, limit)), key=_debits_first)
    # By themselves: in one question PostgreSQL would read all parties there are.
    parties = Party.objects.filter(pk__in={whose for _, _, _, whose, *_ in lines})
    named = {pk: of for pk, *of in parties.values_list("pk", "code", "name")}
    for _, entry_id, account, whose, *rest in lines:
        if len(found[entry_id][0]) < limit:
            found[entry_id][0].append(Shown(account, *named.get(whose, ("", "")), *rest))
    return found


def _debits_first(line: tuple[Any, ...]) -> tuple[bool, int]:
    number, *_, fen, _, quantity = line
    return fen < 0 or quantity < 0, number


def _of_short(entry_ids: Collection[int]) -> Iterable[tuple[Any, ...]]:
    columns = ("pk", "entry_id", "account", "party_id", "amount_fen", "good", "quantity")
    return Posting.objects.filter(entry_id__in=entry_ids).values_list(*columns)


def _of_long(entry_ids: list[int], limit: int) -> list[tuple[Any, ...]]:
    """As many debits, then as many credits of each, in one question: an index finds them."""
    side = """SELECT * FROM (
        SELECT id, entry_id, account, party_id, amount_fen, good, quantity FROM ledger_posting
        WHERE entry_id = %s AND (amount_fen {0} 0 OR quantity {0} 0) ORDER BY id LIMIT %s) side"""
    if not entry_ids:
        return []
    sides = [side.format(sign) for sign in "><" for _ in entry_ids]
    asked = [each for _ in "><" for entry_id in entry_ids for each in (entry_id, limit)]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(sides), asked)
        return list(cursor.fetchall())


def _rows(organisation_id: int, entries: list[Entry], limit: int) -> tuple[EntryRow, ...]:
    lines = _lines([row.pk for row in entries], limit)
    goods = {line.good for shown, _, _ in lines.values() for line in shown if line.good}
    units = history.units(organisation_id, goods) if goods else {}
    return tuple(_row(row, *lines[row.pk], units) for row in entries)


def _row(row: Any, postings: list[Shown], lines: int, total_fen: int, units: Mapping[str, str]) -> EntryRow:
    return EntryRow(
        number=row.pk,
        day=row.day,
        own_day=row.own_day,
        source=row.source,
        text=row.text,
        postings=tuple(
            PostingRow(
                each.account,
                each.party_code,
                each.party_name,
                max(each.amount_fen, 0),
                max(-each.amount_fen, 0),
                each.good,
                each.quantity,
                units.get(each.good, "kg") if each.good else "",
            )
            for each in postings
        ),
        more=lines - len(postings),
        total_fen=total_fen,
        reversed=row.taken_back is not None,
        reverses=row.takes_back or "",
        recorded_at=row.recorded_at,
        recorded_by=user_name(row.recorded_by),
    )
