"""Make a backup, see whether one is sound, bring one back."""

import gzip
import hashlib
import io
import json
import os
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts import keyring
from lianjie.facts.actions import seal as seals
from lianjie.facts.actions.audit import note
from lianjie.facts.queries import audit
from lianjie.project.recovery import container, engines

DATABASE, MANIFEST = "database", "manifest.json"
KEYS = ("field.key",)
"""Without the field key the identity numbers of a backup are lost; the signing key is made anew."""
FOLDERS = ("pictures", "files")
OWN = ("holidays.toml", "workshops.toml")
"""Files an office wrote itself."""


class BackupIncomplete(Refusal):
    what = N_("{path} does not hold what it says it holds: {name}.")
    fix = N_("Take another copy or an older backup.")


class BackupOfNewerVersion(Refusal):
    what = N_("{path} was made by a newer version of Lianjie (it knows {migration}).")
    fix = N_("Bring Lianjie up to date, then restore.")


class BackupOfOtherEngine(Refusal):
    what = N_("{path} is a backup of a {engine} database.")
    fix = N_("Name a {engine} database in LIANJIE_DATABASE, then restore.")


class RestoredDiffers(Refusal):
    what = N_("What was restored differs from what the backup holds: {name}.")
    fix = N_("Do not work with it. Restore again, or take an older backup.")


class FileThere(Refusal):
    what = N_("{path} is already there.")
    fix = N_("Choose another name; a backup never overwrites a file.")


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself.

    totals  rows of each table and all debits, at the moment of the backup
    seal    number and digest of the last seal, "" when nothing was sealed
    """

    made_at: str
    engine: str
    version: str
    migrations: tuple[str, ...]
    totals: dict[str, int]
    seal: str
    members: dict[str, str]


def make(path: Path, passphrase: str, *, at: datetime) -> Manifest:
    """Write everything to the new file `path`, then open it again and check it.

    Refuses with FileThere, PassphraseTooShort, ProgramMissing and so on; no half file stays behind.
    """
    if path.exists():
        raise FileThere(path=path)
    path.parent.mkdir(parents=True, exist_ok=True)
    seals.seal()
    last = audit.last_seal()
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with _scratch() as folder:
            # Keys may turn while the database is written out: both rings are kept as one.
            keys = {name: _key(name) for name in KEYS}
            totals, engine = engines.dump(folder / DATABASE)
            engines.check_file(folder / DATABASE)
            members = {DATABASE: folder / DATABASE}
            members |= _keys(folder, keys)
            members |= {str(file.relative_to(settings.DATA)): file for file in _files()}
            digests = {name: _digest(file) for name, file in members.items()}
            told = Manifest(
                at.astimezone(UTC).isoformat(timespec="seconds"),
                engine,
                _version(),
                tuple(sorted(".".join(each) for each in MigrationRecorder(connection).applied_migrations())),
                totals,
                f"{last.number} {last.digest}" if last else "",
                digests,
            )
            with aside.open("xb") as file:
                os.chmod(aside, 0o600)
                _write(container.Sealing(file, passphrase), members, told)
                file.flush()
                os.fsync(file.fileno())
        check(aside, passphrase)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    note("backup", subject=f"backup:{path.name}", after={"seal": told.seal, "fen": totals["fen"]})
    return told


def check(path: Path, passphrase: str) -> Manifest:
    """Read a backup to its end and check all that is in it; returns what it says of itself."""
    with _scratch() as folder:
        return _unpacked(path, passphrase, folder)


def restore(
    path: Path, passphrase: str, *, replace: bool, at: datetime, say: Callable[[str], None]
) -> Manifest:
    """Bring a backup back into the database and data folder of the settings, and up to this version.

    replace  put what is there aside first, under a name that says when; nothing is deleted

    Refuses with BackupIncomplete, BackupOfNewerVersion, BackupOfOtherEngine, DatabaseNotEmpty or
    RestoredDiffers.
    """
    stamp = f"before-restore-{at:%Y%m%d-%H%M%S}"
    with _scratch() as folder:
        told = _unpacked(path, passphrase, folder)
        if told.engine != connection.vendor:
            raise BackupOfOtherEngine(path=path, engine=told.engine)
        known = {".".join(key) for key in MigrationLoader(None).disk_migrations}
        for migration in told.migrations:
            if migration not in known:
                raise BackupOfNewerVersion(path=path, migration=migration)
        kept = engines.load(folder / DATABASE, replace=replace, aside=stamp)
        if kept:
            say(str(kept))
        _restored_as_told(told)
        for name in told.members:
            if name != DATABASE:
                _place(folder / name, Path(settings.DATA) / name.removeprefix("keys/"), stamp)
    call_command("migrate", verbosity=0, interactive=False)
    seals.check()
    note("restore", subject=f"backup:{path.name}", after={"seal": told.seal, "made_at": told.made_at})
    return told


def _write(to: Any, members: dict[str, Path], told: Manifest) -> None:
    with (
        io.BufferedWriter(to, container.PIECE) as buffered,
        gzip.GzipFile(fileobj=buffered, mode="wb", compresslevel=3) as packed,
        tarfile.open(fileobj=packed, mode="w|") as tar,
    ):
        for name, file in members.items():
            tar.add(file, arcname=name, recursive=False)
        text = json.dumps(told.__dict__, ensure_ascii=False, indent=1).encode()
        entry = tarfile.TarInfo(MANIFEST)
        entry.size = len(text)
        tar.addfile(entry, io.BytesIO(text))


def _unpacked(path: Path, passphrase: str, folder: Path) -> Manifest:
    """Everything into `folder`, held against the manifest."""
    with path.open("rb") as file:
        opened = io.BufferedReader(container.Opening(file, passphrase, path.name))
        try:
            with tarfile.open(fileobj=opened, mode="r|gz") as tar:
                tar.extractall(folder, filter="data")
            while opened.read(1 << 20):
                pass
        except (tarfile.TarError, EOFError, OSError):
            raise container.BackupDoesNotOpen(path=path.name) from None
    try:
        text = json.loads((folder / MANIFEST).read_text("utf-8"))
        told = Manifest(**text | {"migrations": tuple(text["migrations"])})
    except (OSError, ValueError, TypeError, KeyError):
        raise BackupIncomplete(path=path.name, name=MANIFEST) from None
    for name, digest in told.members.items():
        if not (folder / name).is_file() or _digest(folder / name) != digest:
            raise BackupIncomplete(path=path.name, name=name)
    engines.check_file(folder / DATABASE)
    return told


def _restored_as_told(told: Manifest) -> None:
    with connection.cursor() as cursor:

        def ask(statement: str) -> Any:
            cursor.execute(statement)
            return cursor

        now = engines.totals(ask)
    for name, count in told.totals.items():
        if now.get(name) != count:
            raise RestoredDiffers(name=name)


def _place(file: Path, target: Path, stamp: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists() and target.read_bytes() != file.read_bytes():
        target.replace(target.with_name(f"{target.name}.{stamp}"))
    if not target.exists():
        target.write_bytes(file.read_bytes())
        target.chmod(0o600)


def _key(name: str) -> str:
    path = Path(settings.DATA) / name
    return path.read_text() if path.exists() else ""


def _keys(folder: Path, before: dict[str, str]) -> dict[str, Path]:
    """Files of keys that open what was sealed before the dump or after it."""
    found = {}
    for name, text in before.items():
        now = _key(name)
        if not now:
            continue
        found[f"keys/{name}"] = folder / name
        (folder / name).write_text(keyring.joined(text or now, now))
    return found


def _files() -> Iterator[Path]:
    yield from (path for name in OWN if (path := Path(settings.DATA) / name).is_file())
    for name in FOLDERS:
        yield from sorted(each for each in (Path(settings.DATA) / name).rglob("*") if each.is_file())


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _scratch() -> Iterator[Path]:
    """A folder for its owner only, beside the data: a database must not lie about in a shared one."""
    Path(settings.DATA).mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".recovery-", dir=settings.DATA) as name:
        yield Path(name)


def _version() -> str:
    from lianjie import __version__

    return __version__
