"""Seal what is append-only, and see whether a seal still holds.

A row of a guarded table never changes, so a hash over the rows since the last seal, chained to it, shows any
later change, even by somebody with the database's password. Whoever keeps a seal's digest elsewhere (printed
on a notice, in a backup, with the township) can tell that the chain was not made anew.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection, transaction
from django.utils import timezone

from lianjie.base.digest import sha256
from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts import append_only
from lianjie.facts.models import Seal

SLICE = 5000
ALWAYS_OPEN = "facts_seal"
"""The chain itself: each seal is held by the next one's `previous`."""


class ChainBroken(Refusal):
    what = N_("Places that no longer match their seals, {count} in all: {places}")
    fix = N_("Compare with a backup taken before, find who changed the database, and restore what was lost.")


@dataclass(frozen=True)
class Break:
    """A place where the books are not what was sealed. `what`: chain, rows missing or rows changed."""

    seal: int
    table: str
    what: str


def seal(*, at: datetime | None = None) -> Seal | None:
    """Seal everything written since the last seal; None when nothing was."""
    tables = guarded()
    ends = _ends(list(tables))
    last = Seal.objects.order_by("-number").first()
    before = _reached(last)
    ranges = {}
    for table, end in sorted(ends.items()):
        start = before.get(table, 0)
        if end > start:
            count, digest = _digest(table, tables[table], start, end)
            ranges[table] = [start, end, count, digest, tables[table]]
    if not ranges:
        return None
    at = (at or timezone.now()).astimezone(UTC).replace(microsecond=0)
    number, previous = (last.number + 1, last.digest) if last else (1, "")
    return Seal.objects.create(
        number=number, at=at, ranges=ranges, previous=previous, digest=_hash(number, at, ranges, previous)
    )


def verify(say: Callable[[int, int], None] | None = None) -> list[Break]:
    """Every place that no longer matches its seal; empty when all hold. `say(done, all)` tells progress."""
    tables = guarded()
    found: list[Break] = []
    previous, total = "", Seal.objects.count()
    for done, each in enumerate(Seal.objects.order_by("number").iterator(), 1):
        if (
            each.number != done
            or each.previous != previous
            or each.digest != _hash(each.number, each.at, each.ranges, each.previous)
        ):
            found.append(Break(each.number, "", "chain"))
        for table, (start, end, count, digest, columns) in each.ranges.items():
            # A column that came later was not sealed then; one that went takes what was sealed with it.
            if not set(columns) <= set(tables.get(table, ())):
                found.append(Break(each.number, table, "rows missing"))
                continue
            now, here = _digest(table, columns, start, end)
            if here != digest:
                found.append(Break(each.number, table, "rows changed" if now == count else "rows missing"))
        previous = each.digest
        if say:
            say(done, total)
    return found


def check() -> None:
    """Refuses with ChainBroken when a seal does not hold."""
    found = verify()
    if found:
        places = ", ".join(f"{b.table or N_('chain')} ({b.seal})" for b in found[:10])
        raise ChainBroken(count=len(found), places=places)


def guarded() -> dict[str, list[str]]:
    """Guarded table -> its columns that never change, as the database's own triggers say."""
    with connection.cursor() as cursor:
        found = append_only.guarded(connection, cursor)
    found.pop(ALWAYS_OPEN, None)
    return found


def _ends(tables: list[str]) -> dict[str, int]:
    """The last id of every table, none of whose earlier rows can still appear.

    On PostgreSQL a row may be committed after one with a higher number; a short lock that waits for whoever
    is writing makes sure that none is on its way. On SQLite there is one writer.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"LOCK TABLE {', '.join(sorted(tables))} IN SHARE MODE")
        ends = {}
        for table in tables:
            cursor.execute(f"SELECT COALESCE(MAX(id), 0) FROM {table}")
            ends[table] = int(cursor.fetchone()[0])
    return ends


def _reached(last: Seal | None) -> dict[str, int]:
    reached: dict[str, int] = {}
    if last is not None:
        for ranges in Seal.objects.order_by("number").values_list("ranges", flat=True):
            reached |= {table: each[1] for table, each in ranges.items()}
    return reached


def _digest(table: str, columns: list[str], start: int, end: int) -> tuple[int, str]:
    """How many rows lie in (start, end], and the hash of all their frozen columns."""
    whole, count = hashlib.sha256(), 0
    for rows in _slices(table, columns, start, end):
        whole.update(repr(rows).encode())
        count += len(rows)
    return count, whole.hexdigest()


def _slices(table: str, columns: list[str], start: int, end: int) -> Iterator[list[tuple[str | None, ...]]]:
    """The rows as text of the database's own making, a fixed number at a time."""
    one = "quote(t.{})" if connection.vendor == "sqlite" else "CAST(t.{} AS text)"
    chosen = ", ".join(one.format(f'"{column}"') for column in columns)
    statement = (
        f"SELECT t.id, {chosen} FROM {table} t WHERE t.id > %s AND t.id <= %s ORDER BY t.id LIMIT {SLICE}"
    )
    while True:
        with connection.cursor() as cursor:
            cursor.execute(statement, [start, end])
            rows = cursor.fetchall()
        if rows:
            yield [row[1:] for row in rows]
        if len(rows) < SLICE:
            return
        start = rows[-1][0]


def _hash(number: int, at: datetime, ranges: dict, previous: str) -> str:
    told = json.dumps(ranges, sort_keys=True, separators=(",", ":"))
    return sha256(str(number), at.astimezone(UTC).isoformat(), told, previous)
