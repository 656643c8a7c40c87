"""Many rows into the database inside the caller's own transaction.

The ORM writes a row at a time and is nineteen times slower than the database itself on a year's
booking. Here rows come as columns (Polars) or as rows of a model, and go in by COPY on PostgreSQL and by
prepared statements of many rows on SQLite. Keys, foreign keys, checks and triggers stay on.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain
from operator import attrgetter
from typing import Any, TypeVar

import polars as pl
from django.db import connection, models, transaction

CHUNK = 200_000
"""Rows handed over at a time, to keep memory flat."""
TOGETHER = 200
"""Rows in one statement of SQLite, which takes 32,766 values at most."""


def load(table: str, frame: pl.DataFrame) -> None:
    """Insert every row of `frame` into `table`; its column names are the table's.

    Must run inside `transaction.atomic()`, so that a failure leaves nothing.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("bulk.load runs inside a transaction")
    columns = ", ".join(connection.ops.quote_name(column) for column in frame.columns)
    name = connection.ops.quote_name(table)
    with connection.cursor() as cursor:
        for rows in frame.iter_slices(CHUNK):
            if connection.vendor == "postgresql":
                statement = f"COPY {name} ({columns}) FROM STDIN (FORMAT csv)"
                with cursor.copy(statement) as copy:
                    copy.write(rows.write_csv(include_header=False, quote_style="non_numeric"))
            elif rows.height:
                _statements(cursor, name, {each.name: each.to_list() for each in rows.iter_columns()})


Row = TypeVar("Row", bound=models.Model)
FEW = 20
"""So many rows the ORM writes as quickly."""
AS_IT_IS = (
    models.AutoField,
    models.BooleanField,
    models.CharField,
    models.ForeignKey,
    models.IntegerField,
    models.TextField,
)


def insert(rows: Sequence[Row]) -> Sequence[Row]:
    """Insert rows of one model and give each its id, as `bulk_create` does, several times as quickly."""
    if len(rows) <= FEW:
        return rows[0].__class__._default_manager.bulk_create(rows) if rows else rows
    model = rows[0].__class__
    table = connection.ops.quote_name(model._meta.db_table)
    for row, pk in zip(rows, reserve(model._meta.db_table, len(rows)), strict=True):
        row.pk = pk
        row._state.adding, row._state.db = False, connection.alias
    values = {str(field.column): _column(field, rows) for field in model._meta.concrete_fields}
    with connection.cursor() as cursor, connection.wrap_database_errors:
        if connection.vendor == "postgresql":
            columns = ", ".join(map(connection.ops.quote_name, values))
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for each in zip(*values.values(), strict=True):
                    copy.write_row(each)
        else:
            _statements(cursor, table, values)
    return rows


def _column(field: Any, rows: Sequence[models.Model]) -> list[Any]:
    """What the database is handed for one field of each row; days and instants are made ready once each."""
    held = list(map(attrgetter(field.attname), rows))
    if isinstance(field, AS_IT_IS):
        return held
    if not isinstance(field, models.DateField):
        return [field.get_db_prep_save(value, connection) for value in held]
    ready = {value: field.get_db_prep_save(value, connection) for value in set(held)}
    return [ready[value] for value in held]


def _statements(cursor: Any, table: str, values: Mapping[str, list[Any]]) -> None:
    """Columns into a table of SQLite."""
    columns = ", ".join(map(connection.ops.quote_name, values))
    # What stands in every row alike is written into the statement: a third less to hand over.
    same = {column: _literal(held) for column, held in values.items()}
    places = ", ".join(same[column] or "%s" for column in values)
    differ = [held for column, held in values.items() if not same[column]]
    height = len(next(iter(values.values())))
    # So are many rows at a time: a third less again.
    for several, together in _groups(list(zip(*differ, strict=True)) if differ else [()] * height):
        statement = f"INSERT INTO {table} ({columns}) VALUES " + ", ".join([f"({places})"] * several)
        cursor.executemany(statement, together)


def _groups(rows: Sequence[tuple[Any, ...]]) -> Iterator[tuple[int, list[list[Any]]]]:
    """How many rows a statement has, and the values of each such statement."""
    last = len(rows) % TOGETHER
    for several, some in ((TOGETHER, rows[: len(rows) - last]), (last, rows[len(rows) - last :])):
        if some:
            starts = range(0, len(some), several)
            yield several, [list(chain.from_iterable(some[at : at + several])) for at in starts]


PLAIN = re.compile(r"[\w .:+/!-]*")


def _literal(held: list[Any]) -> str:
    """The one value of a column as SQL text; "" when it has several, or one that is better handed over."""
    value = held[0]
    if held.count(value) < len(held):
        return ""
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(int(value))
    return f"'{value}'" if isinstance(value, str) and PLAIN.fullmatch(value) else ""


def reserve(table: str, rows: int) -> pl.Series:
    """Ids for `rows` new rows of `table`, so that rows of another table can point at them before they are in.

    Inside the transaction that writes them: on SQLite it holds the only writer, on PostgreSQL they come from
    the table's own sequence.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("bulk.reserve runs inside a transaction")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # The sequence is looked up once, not at every row, and its numbers come back as one text.
            cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')::regclass::oid", [table])
            number = f"nextval({cursor.fetchone()[0]}::regclass)"
            cursor.execute(f"SELECT string_agg({number}::text, ',') FROM generate_series(1, %s)", [rows])
            text = pl.Series([cursor.fetchone()[0]], dtype=pl.String).drop_nulls()
            return text.str.split(",").explode().cast(pl.Int64)
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = (cursor.fetchone() or (0,))[0]
        return pl.int_range(last + 1, last + 1 + rows, eager=True)


def instant(moment: datetime) -> str:
    """An instant as both databases read it from text."""
    text = moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return text + ("+00" if connection.vendor == "postgresql" else "")


def instants(local: pl.Series, zone: str) -> pl.Series:
    """Times of a place, without a zone, as both databases read instants from text."""
    mark = "+00" if connection.vendor == "postgresql" else ""
    return (
        local.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
        .dt.convert_time_zone("UTC")
        .dt.strftime("%Y-%m-%d %H:%M:%S")
        + mark
    )
