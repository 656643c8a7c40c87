"""Turn the keys that seal personal data: a new one, everything sealed anew, the old one retired.

Nothing stops meanwhile: whoever seals reads the ring at that moment, older keys go on opening, and a value is
replaced only while it is still the one that was read. A run that was killed is begun again and goes on.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import BinaryField, Count, F, Func

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts import keyring, sealing
from lianjie.facts.actions.audit import note
from lianjie.facts.keyring import Key
from lianjie.facts.models import SealedColumn

BATCH = 1000
"""Values sealed anew in one short transaction, so that nobody waits for the database."""
REST = timedelta(hours=1)
"""How long a new key is in use before an older one may go: longer than any import may hold what it sealed."""
LOCK = 7_215_010_003
"""Number of the lock that two commands on one ring take in turn (PostgreSQL)."""

Say = Callable[[int, int], None]


class SealedValuesChanged(Refusal):
    what = N_("{count} sealed values are not the ones that were entered: {places}")
    fix = N_("Find who changed the database, and restore them from a backup taken before.")


class NoSuchKey(Refusal):
    what = N_("The ring holds no key {id}.")
    fix = N_("See which there are with lianjie keys.")


class NewestKeyStays(Refusal):
    what = N_("Key {id} is the one that seals.")
    fix = N_("Make a newer one with lianjie keys new, and seal everything anew with lianjie keys reseal.")


class KeyInUse(Refusal):
    what = N_("Key {id} still seals values, {count} in all: {where}.")
    fix = N_("Seal everything anew with lianjie keys reseal.")


class KeyTooFresh(Refusal):
    what = N_("The newest key was made less than an hour ago; what was begun before may still be written.")
    fix = N_("Retire the old key after {until}.")


def sealed_columns() -> Iterator[tuple[type[models.Model], SealedColumn]]:
    """Every column of sealed values, whichever room's table it is in."""
    for model in apps.get_models():
        for column in getattr(model, "SEALED", ()):
            yield model, column


def in_use() -> dict[int, dict[str, int]]:
    """Key id -> table -> how many values are sealed with it."""
    found: dict[int, dict[str, int]] = {}
    for model, column in sealed_columns():
        table = model._meta.db_table
        for number, count in _counted(model, column):
            of = found.setdefault(number, {})
            of[table] = of.get(table, 0) + count
    return found


def new(*, at: datetime) -> Key:
    """Make a key; it seals from now on. Refuses with KeysInEnvironment or RingFull."""
    with transaction.atomic():
        _alone()
        ring = keyring.with_new(keyring.ring(), at)
        note("keys:new", subject=f"key:{ring.newest.id}")
        keyring.write(ring)
    return ring.newest


def reseal(say: Say | None = None) -> int:
    """Seal with the newest key what was sealed with another; returns how many values. Safe to run again.

    Refuses with SealBroken or SealedWithAnotherKey at a value that does not open.
    """
    newest = keyring.ring().newest.id
    total = sum(
        count
        for model, column in sealed_columns()
        for number, count in _counted(model, column)
        if number != newest
    )
    done = 0
    for model, column in sealed_columns():
        after = 0
        while some := _batch(model, column, newest, after):
            done += _seal_anew(model, column, some)
            after = some[-1].pk
            if say:
                say(done, max(total, done))
    if done:
        note("keys:reseal", subject=f"key:{newest}", after={"values": done})
    return done


def check() -> int:
    """Open every sealed value that a booked row holds and compare it with the row's digest; returns how many.

    Refuses with SealedValuesChanged. The chain of seals holds the digests; this holds the values to them.
    """
    checked, broken = 0, []
    for model, column in sealed_columns():
        if not column.digest:
            continue
        rows = model._default_manager.filter(**{f"{column.name}__isnull": False}).order_by("pk")
        for row in rows.iterator(chunk_size=BATCH):
            checked += 1
            try:
                sealing.opened(getattr(row, column.name), column.row(row), getattr(row, column.digest) or "-")
            except (sealing.SealBroken, sealing.SealedWithAnotherKey):
                broken.append(column.row(row))
    if broken:
        raise SealedValuesChanged(count=len(broken), places=", ".join(broken[:10]))
    return checked


def retire(number: int, *, at: datetime) -> None:
    """Take a key out of the ring for good.

    Refuses with NoSuchKey, NewestKeyStays, KeyTooFresh, KeyInUse or KeysInEnvironment.
    """
    with transaction.atomic():
        _alone()
        ring = keyring.ring()
        if ring.by_id(number) is None:
            raise NoSuchKey(id=number)
        if ring.newest.id == number:
            raise NewestKeyStays(id=number)
        if ring.newest.made_at and at < ring.newest.made_at + REST:
            raise KeyTooFresh(until=f"{(ring.newest.made_at + REST).astimezone():%Y-%m-%d %H:%M}")
        _wait_for_writers()
        held = in_use().get(number)
        if held:
            where = ", ".join(f"{table} {count}" for table, count in sorted(held.items()))
            raise KeyInUse(count=sum(held.values()), id=number, where=where)
        note("keys:retire", subject=f"key:{number}")
        keyring.write(keyring.without(ring, number))


def _batch(model: type[models.Model], column: SealedColumn, newest: int, after: int) -> list[Any]:
    rows = model._default_manager.filter(pk__gt=after, **{f"{column.name}__isnull": False})
    rows = rows.annotate(sealed_with=_byte(column.name)).exclude(sealed_with=bytes((newest,)))
    return list(rows.order_by("pk")[:BATCH])


def _seal_anew(model: type[models.Model], column: SealedColumn, rows: list[Any]) -> int:
    """Replace the values of some rows where they are still the ones read; returns how many."""
    table, pk = model._meta.db_table, model._meta.pk.column
    index = f', "{column.index}" = %s' if column.index else ""
    statement = f'UPDATE {table} SET "{column.name}" = %s{index} WHERE "{pk}" = %s AND "{column.name}" = %s'
    changes = []
    for row in rows:
        old = bytes(getattr(row, column.name))
        digest = getattr(row, column.digest) if column.digest else ""
        sealed, text = sealing.resealed(old, column.row(row), digest)
        told = [column.index_of(text)] if column.index else []
        changes.append([sealed, *told, row.pk, old])
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(statement, changes)
    return len(changes)


def _counted(model: type[models.Model], column: SealedColumn) -> Iterator[tuple[int, int]]:
    """(key id, values) of one column."""
    rows = model._default_manager.filter(**{f"{column.name}__isnull": False}).order_by()
    found = rows.values(sealed_with=_byte(column.name)).annotate(n=Count("pk"))
    yield from ((bytes(each["sealed_with"])[0], each["n"]) for each in found)


def _byte(column: str) -> Func:
    """The second byte of a sealed value: its key's id."""
    return Func(F(column), 2, 1, function="substr", output_field=BinaryField())


def _alone() -> None:
    """One command on the ring at a time. SQLite's transaction is that already."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _wait_for_writers() -> None:
    """What is being written now is seen by the count that follows."""
    if connection.vendor == "postgresql":
        tables = sorted({model._meta.db_table for model, _ in sealed_columns()})
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {', '.join(tables)} IN SHARE MODE")
