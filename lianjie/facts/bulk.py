"""Many rows into the database inside the caller's own transaction.

The ORM writes a row at a time and is nineteen times slower than the database itself on a year's
booking. Here rows come as columns (Polars) and go in by COPY on PostgreSQL and by prepared statements
of many rows on SQLite. Keys, foreign keys, checks and triggers stay on.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Any

import polars as pl
from django.db import connection, transaction

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
                # What stands in every row alike is written into the statement: a third less to hand over.
                same = {column: _literal(rows.get_column(column)) for column in rows.columns}
                places = ", ".join(same[column] or "%s" for column in rows.columns)
                differ = rows.select(column for column in rows.columns if not same[column])
                values = differ.rows() if differ.width else [()] * rows.height
                # So are many rows at a time: a third less again.
                for several, together in _groups(values):
                    statement = f"INSERT INTO {name} ({columns}) VALUES " + ", ".join(
                        [f"({places})"] * several
                    )
                    cursor.executemany(statement, together)


def _groups(rows: Sequence[tuple[Any, ...]]) -> Iterator[tuple[int, list[list[Any]]]]:
    """How many rows a statement has, and the values of each such statement."""
    last = len(rows) % TOGETHER
    for several, some in ((TOGETHER, rows[: len(rows) - last]), (last, rows[len(rows) - last :])):
        if some:
            starts = range(0, len(some), several)
            yield several, [list(chain.from_iterable(some[at : at + several])) for at in starts]


PLAIN = re.compile(r"[\w .:+/!-]*")


def _literal(column: pl.Series) -> str:
    """The one value of a column as SQL text; "" when it has several, or one that is better handed over."""
    value = column[0]
    if value is None:
        return "NULL" if column.null_count() == len(column) else ""
    if column.null_count() or not (column == value).all():
        return ""
    if type(value) is int:
        return str(value)
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
