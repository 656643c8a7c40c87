"""Database triggers that keep booked rows as they are.

An application can forget; a trigger cannot. A row of these tables is never updated or deleted:
a correction is a new row. The same promise on SQLite and PostgreSQL.
"""

from collections.abc import Iterable, Mapping

from django.db import migrations
from django.db.backends.base.base import BaseDatabaseWrapper

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


def operation(tables: Mapping[str, tuple[str, ...]]) -> migrations.RunPython:
    """A migration step that installs the guards."""
    return migrations.RunPython(
        lambda apps, editor: install(editor.connection, tables),
        lambda apps, editor: remove(editor.connection, tables),
        elidable=False,
    )
