"""Foreign keys of tables written by the hundred thousand: looked up once a statement, not once a row.

PostgreSQL looks up every key of every row by itself: an order file of 200,000 rows waits nine of its twenty
seconds for two million such look-ups of the same few dozen rows. Here one trigger looks up the different
values of a statement, and another refuses to take away a row that is pointed at. That is the whole of a
foreign key, save that a row must be there before what points at it, and not only at the commit. SQLite
looks keys up quickly and keeps its own.

Only for append-only tables: no update of theirs needs a look, and parents that are append-only never go.
"""

from collections.abc import Iterable

from django.db import migrations
from django.db.backends.base.base import BaseDatabaseWrapper

KEYS = """
SELECT k.conname, a.attname, k.confrelid::regclass::text, EXISTS (
    SELECT 1 FROM pg_trigger t WHERE t.tgrelid = k.confrelid
    AND t.tgname = k.confrelid::regclass::text || '_no_delete'
) FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
WHERE k.contype = 'f' AND k.conrelid = %s::regclass ORDER BY a.attname
"""
MISSING = """
    SELECT '{column}' AS name, f.id FROM (SELECT DISTINCT {column} AS id FROM fresh) f WHERE f.id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM {parent} p WHERE p.id = f.id OFFSET 0 {lock})
"""
# OFFSET 0: each value is found by the primary key, however the first statement of the session looked.
THERE = """
CREATE FUNCTION lianjie_keys_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE missing record;
BEGIN
    SELECT * INTO missing FROM ({queries}) m LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'lianjie: {table}.% = % points at nothing', missing.name, missing.id
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$
"""
STAYS = """
CREATE FUNCTION lianjie_kept_for_{table}_{column}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (TG_OP = 'DELETE' OR OLD.id <> NEW.id)
    AND EXISTS (SELECT 1 FROM {table} WHERE {column} = OLD.id) THEN
        RAISE EXCEPTION 'lianjie: {table}.{column} = % points at this row', OLD.id
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$
"""


def install(connection: BaseDatabaseWrapper, tables: Iterable[str]) -> None:
    """Put the two triggers in the place of each foreign key of `tables`."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(KEYS, [table])
            found = cursor.fetchall()
            for name, column, parent, stays in found:
                cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
                if not stays:
                    cursor.execute(STAYS.format(table=table, column=column))
                    cursor.execute(
                        f"CREATE TRIGGER kept_for_{table}_{column} BEFORE DELETE OR UPDATE OF id ON {parent} "
                        f"FOR EACH ROW EXECUTE FUNCTION lianjie_kept_for_{table}_{column}()"
                    )
            queries = "UNION ALL".join(
                MISSING.format(column=column, parent=parent, lock="" if stays else "FOR KEY SHARE")
                for _, column, parent, stays in found
            )
            cursor.execute(THERE.format(table=table, queries=queries))
            cursor.execute(
                f"CREATE TRIGGER {table}_keys AFTER INSERT ON {table} "
                f"REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION lianjie_keys_{table}()"
            )


def operation(tables: Iterable[str]) -> migrations.RunPython:
    """A migration step that installs them."""
    return migrations.RunPython(
        lambda apps, editor: install(editor.connection, tables), migrations.RunPython.noop
    )
