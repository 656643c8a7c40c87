"""SQLite and PostgreSQL behind the same name.

The product knows one database, `default`. A test that runs on both engines runs twice, and before each
run `default` is the one it is for: the main thread's connection, and the address from which threads of
the live server open theirs. Each is migrated once and kept, blank, in `var/migrated` until a migration
changes; every process, and every child process of a test, begins from a copy.
"""

import hashlib
import itertools
import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.operations import BaseDatabaseOperations

from lianjie.project.settings import _database
from tests.support.postgres import Cluster

ENGINES = ("sqlite", "postgresql")


@dataclass
class Made:
    """A migrated test database: its settings, the main thread's connection and a blank copy's name."""

    settings: dict[str, object]
    connection: BaseDatabaseWrapper
    blank: str


class Databases:
    """The test databases of this process."""

    def __init__(self) -> None:
        self.made: dict[str, Made] = {}
        self.cluster: Cluster | None = None
        self.current = ""
        self._numbers = itertools.count(1)

    def use(self, engine: str) -> None:
        """Make `engine` the default database; raises NoPostgres when it cannot be had."""
        if engine == self.current:
            return
        if engine not in self.made:
            self.made[engine] = self._sqlite() if engine == "sqlite" else self._postgresql()
        self._install(self.made[engine].settings, self.made[engine].connection)
        self.current = engine

    def _install(self, to: dict[str, object], connection: BaseDatabaseWrapper) -> None:
        connections.settings["default"] = to
        connections["default"] = connection
        ContentType.objects.clear_cache()

    def _sqlite(self) -> Made:
        connection = connections["default"]
        kept = _kept("sqlite3")
        if kept.exists():
            shutil.copyfile(kept, connection.creation._get_test_db_name())  # type: ignore[attr-defined]
        connection.creation.create_test_db(
            verbosity=0, autoclobber=True, serialize=False, keepdb=kept.exists()
        )
        _flush_past_the_guards(type(connection.ops))
        name = str(connection.settings_dict["NAME"])
        blank = name.replace(".sqlite3", "-blank.sqlite3")
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [blank])
        if not kept.exists():
            _keep(kept, Path(blank).read_bytes())
        return Made(connections.settings["default"], connection, blank)

    def _postgresql(self) -> Made:
        self.cluster = Cluster()
        self.cluster.execute("CREATE DATABASE lianjie")
        # Connections of the live server's threads end with their request.
        address = _database(self.cluster.address("lianjie")) | {"CONN_MAX_AGE": 0}
        to = connections.configure_settings({"default": address})["default"]
        self._install(to, None)
        connection = connections.create_connection("default")
        self._install(to, connection)
        kept = _kept("sql")
        if kept.exists():
            name = connection.creation._get_test_db_name()  # type: ignore[attr-defined]
            self.cluster.execute(f'CREATE DATABASE "{name}"')
            self.cluster.restore(name, kept)
        connection.creation.create_test_db(
            verbosity=0, autoclobber=True, serialize=False, keepdb=kept.exists()
        )
        connection.close()
        name = to["NAME"]
        self.cluster.execute(f'CREATE DATABASE "{name}_blank" TEMPLATE "{name}"')
        if not kept.exists():
            _keep(kept, self.cluster.dump(f"{name}_blank"))
        return Made(to, connection, f"{name}_blank")

    def private(self) -> str:
        """The address (LIANJIE_DATABASE) of a new, migrated, empty database on the current engine."""
        number = next(self._numbers)
        blank = self.made[self.current].blank
        if self.current == "sqlite":
            path = Path(blank).with_name(f"private-{number}.sqlite3")
            shutil.copyfile(blank, path)
            return str(path)
        assert self.cluster is not None
        self.cluster.execute(f'CREATE DATABASE "private_{number}" TEMPLATE "{blank}"')
        return self.cluster.address(f"private_{number}")

    def close(self) -> None:
        """Close every connection and stop the cluster."""
        for made in self.made.values():
            made.connection.close()
        if self.cluster:
            self.cluster.stop()


def _kept(ending: str) -> Path:
    """Where a migrated, empty database of this state of the migrations is kept between runs."""
    files = [*settings.PACKAGE.glob("*/migrations/*.py")]
    files += [settings.PACKAGE / "facts" / name for name in ("append_only.py", "listed.py")]
    files.append(settings.ROOT / "requirements" / "test.txt")
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(files))).hexdigest()
    return Path(settings.ROOT) / "var" / "migrated" / f"{digest[:20]}.{ending}"


def _keep(path: Path, content: bytes) -> None:
    """Written aside and moved into place, so that two processes never read half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for old in path.parent.glob(f"*{path.suffix}"):
        old.unlink(missing_ok=True)
    aside = path.with_name(f"{path.name}.{os.getpid()}")
    aside.write_bytes(content)
    aside.replace(path)


def _flush_past_the_guards(operations: type) -> None:
    """Let the flush after a test with real transactions empty append-only tables on SQLite.

    PostgreSQL flushes by TRUNCATE, which row triggers do not see; SQLite deletes row by row. The class is
    changed, not one connection: beside the browser's loop the main thread has a connection of its own.
    """
    plain = operations.execute_sql_flush  # type: ignore[attr-defined]

    def execute_sql_flush(self: BaseDatabaseOperations, sql_list: list[str]) -> None:
        with without_triggers(self.connection):
            plain(self, sql_list)

    operations.execute_sql_flush = execute_sql_flush  # type: ignore[attr-defined]


@contextmanager
def without_triggers(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Take every trigger of a SQLite database off, and put the same ones back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for _, statement in triggers:
                cursor.execute(statement)


def child_environment(address: str, **more: str) -> dict[str, str]:
    """The environment for a child process that works on the database at `address`."""
    return os.environ | {
        "LIANJIE_DATA": str(settings.DATA),
        "LIANJIE_DATABASE": address,
        "DJANGO_SETTINGS_MODULE": "lianjie.project.settings",
        "PYTHONPATH": str(settings.ROOT),
        **more,
    }


def rows_of(address: str, statement: str) -> list[tuple[object, ...]]:
    """What a query answers on a private database, read past Django."""
    if address.startswith("postgresql://"):
        import psycopg

        with psycopg.connect(address) as there:
            return list(there.execute(statement.encode()).fetchall())
    here = sqlite3.connect(f"file:{address}?mode=ro", uri=True)
    try:
        return here.execute(statement).fetchall()
    finally:
        here.close()


PYTHON = sys.executable
