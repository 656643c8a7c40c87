"""Database triggers that keep booked rows as they are.

An application can forget; a trigger cannot. A row of these tables is never updated or deleted:
a correction is a new row. The same promise on SQLite and PostgreSQL.
"""

import re
from collections.abc import Iterable, Mapping

from django.db import migrations
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

MESSAGE = "lianjie: {table} is append-only; enter a correction instead"

PG_FUNCTION = """
CREATE OR REPLACE FUNCTION lianjie_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'lianjie: % is append-only; enter a correction instead', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def statements(vendor: str, table: str, may_change: Iterable[str], columns: Iterable[str]) -> list[str]:
    """SQL that guards `table`; `may_change` names the columns an update may touch."""
    frozen = [column for column in columns if column not in set(may_change)]
    if vendor == "sqlite":
        message = MESSAGE.format(table=table)
        of = f" OF {', '.join(frozen)}" if set(frozen) != set(columns) else ""
        return [
            f"CREATE TRIGGER {table}_no_{name} BEFORE {what} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
            for name, what in (("update", f"UPDATE{of}"), ("delete", "DELETE"))
        ]
    of = f" OF {', '.join(frozen)}" if set(frozen) != set(columns) else ""
    return [
        PG_FUNCTION,
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE{of} ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION lianjie_append_only()",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION lianjie_append_only()",
    ]


def install(connection: BaseDatabaseWrapper, tables: Mapping[str, tuple[str, ...]]) -> None:
    """Guard each table; the value names columns that may still change."""
    with connection.cursor() as cursor:
        for table, may_change in tables.items():
            columns = [c.name for c in connection.introspection.get_table_description(cursor, table)]
            for statement in statements(connection.vendor, table, may_change, columns):
                cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper, tables: Mapping[str, tuple[str, ...]]) -> None:
    """Take the guards off: migrations that rebuild a table, and tests that empty the database."""
    with connection.cursor() as cursor:
        for table in tables:
            on = f" ON {table}" if connection.vendor == "postgresql" else ""
            for name in ("update", "delete"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{name}{on}")


def guarded(connection: BaseDatabaseWrapper, cursor: CursorWrapper) -> dict[str, list[str]]:
    """Guarded table -> the columns an update may not touch, in the table's order, read from its trigger."""
    found: dict[str, list[str]] = {}
    if connection.vendor == "sqlite":
        cursor.execute(
            "SELECT tbl_name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%_no_update'"
        )
        named = {
            table: set(re.split(r",\s*", of[1])) if (of := re.search(r"UPDATE OF (.*?) ON ", sql)) else None
            for table, sql in cursor.fetchall()
        }
    else:
        cursor.execute(
            "SELECT c.relname, array(SELECT a.attname FROM pg_attribute a "
            "WHERE a.attrelid = c.oid AND a.attnum = ANY(t.tgattr)) "
            "FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE t.tgname LIKE '%%_no_update'"
        )
        named = {table: set(columns) or None for table, columns in cursor.fetchall()}
    for table, frozen in named.items():
        columns = [c.name for c in connection.introspection.get_table_description(cursor, table)]
        found[table] = [c for c in columns if frozen is None or c in frozen]
    return found


def operation(tables: Mapping[str, tuple[str, ...]]) -> migrations.RunPython:
    """A migration step that installs the guards."""
    return migrations.RunPython(
        lambda apps, editor: install(editor.connection, tables),
        lambda apps, editor: remove(editor.connection, tables),
        elidable=False,
    )
