"""The demonstration as a journey needs it: built once for each state of the product, then copied."""

import fcntl
import hashlib
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from django.conf import settings
from django.db import connection

from lianjie.facts import keyring
from lianjie.project.demo import world

FOLDERS = ("pictures", "files")
KEY = "field.key"
"""Kept too: each test process has a key of its own, and only the one that sealed a copy opens it."""


def build() -> None:
    """Fill the SQLite test database, and the data folder, with the demonstration.

    Of test processes that begin at once one builds it; the others wait for its copy.
    """
    kept = _kept()
    kept.parent.mkdir(parents=True, exist_ok=True)
    with (kept.parent / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            world.build(lambda line: None)
            _keep(kept)
            return
    with closing(sqlite3.connect(kept / "demo.sqlite3")) as source:
        connection.ensure_connection()
        source.backup(connection.connection)
    for name in FOLDERS:
        if (kept / name).exists():
            shutil.copytree(kept / name, Path(settings.DATA) / name, dirs_exist_ok=True)
    keyring.write(keyring.parsed((kept / KEY).read_text()))


def _kept() -> Path:
    """Where it is kept: under a name of all code and data it is built from."""
    files = [each for each in settings.PACKAGE.rglob("*") if each.suffix in (".py", ".toml", ".csv")]
    whole = hashlib.sha256()
    for path in sorted(files):
        whole.update(path.read_bytes())
    return Path(settings.ROOT) / "var" / "migrated" / f"demo-{whole.hexdigest()[:20]}"


def _keep(kept: Path) -> None:
    """Written aside and moved into place, so that none is ever half a copy."""
    for old in kept.parent.glob("demo-*"):
        shutil.rmtree(old, ignore_errors=True)
    aside = kept.with_name(f"{kept.name}.part")
    aside.mkdir()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(aside / "demo.sqlite3")])
    for name in FOLDERS:
        if (Path(settings.DATA) / name).exists():
            shutil.copytree(Path(settings.DATA) / name, aside / name)
    shutil.copy(settings.FIELD_KEY_FILE, aside / KEY)
    aside.rename(kept)
