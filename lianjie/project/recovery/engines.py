"""A database into one file and back, on both engines, consistent while others write."""

import glob
import os
import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from lianjie import __version__
from lianjie.base.refusal import Refusal
from lianjie.base.words import N_

Totals = dict[str, int]
"""Table -> rows; "fen" -> all money to the debit; "goods" -> all goods to the debit."""


class ProgramMissing(Refusal):
    what = N_("The program {program} of PostgreSQL {version} or newer is not on this machine.")
    fix = N_("Install the PostgreSQL client programs; on Debian: apt-get install postgresql-client")


class ProgramFailed(Refusal):
    what = N_("{program} ended with: {text}")
    fix = N_("Mend what it names and try again; nothing was kept.")


class DatabaseDamaged(Refusal):
    what = N_("The database in the file is damaged: {text}")
    fix = N_("Take an older backup; keep this file for whoever looks after the software.")


class DatabaseNotEmpty(Refusal):
    what = N_("The database to restore into is not empty.")
    fix = N_("Make an empty database and name it in LIANJIE_DATABASE, or stop the server and say --replace.")


def dump(to: Path) -> tuple[Totals, str]:
    """Write the database as it stands at one moment to `to`; returns its totals and the engine's name."""
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(connection.settings_dict["NAME"], timeout=60)) as here:
            here.execute("VACUUM INTO ?", [str(to)])
        with closing(sqlite3.connect(f"file:{to}?mode=ro", uri=True)) as kept:
            return totals(kept.execute), "sqlite"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        _run("pg_dump", "--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={to}")

        def ask(statement: str) -> Any:
            cursor.execute(statement)
            return cursor

        return totals(ask), "postgresql"


def totals(ask) -> Totals:
    """Rows of every table, and all debits. `ask` runs a statement and answers something to fetch from."""
    if connection.vendor == "sqlite":
        named = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    else:
        named = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    tables = sorted(row[0] for row in ask(named).fetchall())
    told = {table: int(ask(f'SELECT COUNT(*) FROM "{table}"').fetchone()[0]) for table in tables}
    for name, column in (("fen", "amount_fen"), ("goods", "quantity")):
        debit = f"SELECT COALESCE(SUM({column}), 0) FROM ledger_posting WHERE {column} > 0"
        told[name] = int(ask(debit).fetchone()[0])
    return told


def check_file(path: Path) -> None:
    """Refuses with DatabaseDamaged when the file is no sound database of its engine."""
    if _is_sqlite(path):
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as kept:
            (sound,) = kept.execute("PRAGMA integrity_check").fetchone()
            loose = kept.execute("PRAGMA foreign_key_check").fetchone()
        if sound != "ok" or loose:
            raise DatabaseDamaged(text=sound if sound != "ok" else f"foreign key {loose}")
        return
    _run("pg_restore", "--list", str(path), quiet=True, database=False)


def load(path: Path, *, replace: bool, aside: str) -> Path | None:
    """Make `path` the database of the settings; returns where the former one was put, if there was one.

    aside   added to the name of what was there before
    Refuses with DatabaseNotEmpty.
    """
    if connection.vendor == "sqlite":
        target = Path(connection.settings_dict["NAME"])
        connection.close()
        kept = None
        if target.exists() and _holds_something(target):
            if not replace:
                raise DatabaseNotEmpty
            kept = target.with_name(f"{target.name}.{aside}")
        for ending in ("-wal", "-shm"):
            if kept and target.with_name(target.name + ending).exists():
                with closing(sqlite3.connect(target)) as there:
                    there.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        if kept:
            target.replace(kept)
        for ending in ("-wal", "-shm"):
            target.with_name(target.name + ending).unlink(missing_ok=True)
        fresh = target.with_name(f"{target.name}.restoring")
        shutil.copyfile(path, fresh)
        fresh.replace(target)
        return kept
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('public.facts_party') IS NOT NULL")
        there = bool(cursor.fetchone()[0])
        if there and not replace:
            cursor.execute("SELECT EXISTS (SELECT 1 FROM facts_party)")
            if cursor.fetchone()[0]:
                raise DatabaseNotEmpty
        if there:
            cursor.execute(f'ALTER SCHEMA public RENAME TO "{aside}"')
            cursor.execute("CREATE SCHEMA public")
    connection.close()
    _run(
        "pg_restore",
        "--no-owner",
        "--exit-on-error",
        "--single-transaction",
        f"--dbname={_name()}",
        str(path),
    )
    return Path(aside) if there else None


def copy_before_migrating() -> Path | None:
    """Keep a copy of a SQLite database that has somebody in it and is about to be migrated; its path.

    PostgreSQL migrates inside transactions; SQLite rebuilds tables, and a copy costs little.
    """
    path = Path(connection.settings_dict["NAME"])
    if connection.vendor != "sqlite" or not path.exists() or not _holds_something(path):
        return None
    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return None
    kept = path.with_name(f"{path.name}.before-{__version__}-{timezone.now():%Y%m%d-%H%M%S}")
    with closing(sqlite3.connect(path, timeout=60)) as here:
        here.execute("VACUUM INTO ?", [str(kept)])
    return kept


def _holds_something(path: Path) -> bool:
    """True when somebody is registered in it, or it cannot be read."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as there:
            return bool(there.execute("SELECT COUNT(*) FROM facts_party").fetchone()[0])
    except sqlite3.Error:
        return path.stat().st_size > 0


def _is_sqlite(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(15) == b"SQLite format 3"


def _name() -> str:
    return str(connection.settings_dict["NAME"])


def _run(name: str, *arguments: str, quiet: bool = False, database: bool = True) -> None:
    to = connection.settings_dict
    environment = os.environ | {
        "PGHOST": to["HOST"] or "",
        "PGPORT": to["PORT"] or "",
        "PGUSER": to["USER"] or "",
        "PGPASSWORD": to["PASSWORD"] or "",
        "PGDATABASE": _name() if database else "",
    }
    done = subprocess.run(
        [_program(name), *arguments],
        capture_output=True,
        text=True,
        env={k: v for k, v in environment.items() if v},
    )
    if done.returncode:
        raise ProgramFailed(program=name, text=done.stderr.strip()[:400])


def _program(name: str) -> str:
    """The newest of this name; it must not be older than the server."""
    found = [*glob.glob(f"/usr/lib/postgresql/*/bin/{name}")]
    if on_path := shutil.which(name):
        found.append(on_path)
    newest = max(found, key=_version, default="")
    needed = connection.connection.info.server_version // 10000 if connection.connection else 0
    if not newest or _version(newest) < needed:
        raise ProgramMissing(program=name, version=needed or 15)
    return newest


def _version(program: str) -> int:
    told = subprocess.run([program, "--version"], capture_output=True, text=True).stdout
    match = re.search(r"\d+", told)
    return int(match.group()) if match else 0
