"""The demonstration as a journey needs it: built once for each state of the product, then copied."""

import hashlib
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from django.conf import settings
from django.db import connection

from lianjie.project.demo import world

FOLDERS = ("pictures", "files")


def build() -> None:
    """Fill the SQLite test database, and the data folder, with the demonstration."""
    kept = _kept()
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


def _kept() -> Path:
    """Where it is kept: under a name of all code and data it is built from."""
    files = [each for each in settings.PACKAGE.rglob("*") if each.suffix in (".py", ".toml", ".csv")]
    whole = hashlib.sha256()
    for path in sorted(files):
        whole.update(path.read_bytes())
    return Path(settings.ROOT) / "var" / "migrated" / f"demo-{whole.hexdigest()[:20]}"


def _keep(kept: Path) -> None:
    """Written aside and moved into place: two processes may do it at once."""
    for old in kept.parent.glob("demo-*"):
        shutil.rmtree(old, ignore_errors=True)
    aside = kept.with_name(f"{kept.name}.{os.getpid()}")
    aside.mkdir(parents=True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(aside / "demo.sqlite3")])
    for name in FOLDERS:
        if (Path(settings.DATA) / name).exists():
            shutil.copytree(Path(settings.DATA) / name, aside / name)
    try:
        aside.rename(kept)
    except OSError:
        shutil.rmtree(aside, ignore_errors=True)
