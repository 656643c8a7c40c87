"""The keys that seal personal data: several, the newest seals, the older ones open what they sealed.

A ring is one line of text, in the file field.key or in LIANJIE_FIELD_KEY: secrets from the oldest to the
newest, spaces between, each as SECRET or MADE=SECRET. A key's id, 0 to 255, is drawn from its secret, so
that nobody numbers keys by hand. `names=…` keeps what public codes are made of when the first key is gone:
they are printed on packages and name nobody, so they do not turn with the keys.
"""

import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_

NAMES = "names"
STAMP = "%Y%m%dT%H%M%SZ"


class KeysInEnvironment(Refusal):
    what = N_("The keys stand in LIANJIE_FIELD_KEY, where no command writes.")
    fix = N_("Set it to this line where the server is started, and start it again: {line}")


class RingFull(Refusal):
    what = N_("The ring holds {count} keys; no id is free.")
    fix = N_("Seal everything anew with lianjie keys reseal, then retire the old keys.")


@dataclass(frozen=True)
class Key:
    """One secret. `id` is the byte before everything it sealed; `made_at` is None when nobody kept it."""

    id: int
    secret: str
    made_at: datetime | None


@dataclass(frozen=True)
class Ring:
    """Keys from the oldest to the newest; `names` is 32 bytes in hex."""

    keys: tuple[Key, ...]
    names: str

    @property
    def newest(self) -> Key:
        return self.keys[-1]

    def by_id(self, number: int) -> Key | None:
        return next((key for key in self.keys if key.id == number), None)


def ring() -> Ring:
    """The ring as it is now: a file changed by a command counts from the next value sealed."""
    if settings.FIELD_KEY:
        return parsed(settings.FIELD_KEY)
    about = os.stat(settings.FIELD_KEY_FILE)
    return _read(str(settings.FIELD_KEY_FILE), about.st_ino, about.st_mtime_ns, about.st_size)


@lru_cache(maxsize=4)
def _read(path: str, *_state: int) -> Ring:
    return parsed(Path(path).read_text())


@lru_cache(maxsize=8)
def parsed(text: str) -> Ring:
    """The ring a text holds. ValueError when it holds no key."""
    keys: list[Key] = []
    names = ""
    for word in text.split():
        before, _, after = word.rpartition("=")
        if before == NAMES:
            names = after
            continue
        made = datetime.strptime(before, STAMP).replace(tzinfo=UTC) if before else None
        keys.append(Key(derived(after, "key id")[0], after, made))
    if not keys:
        raise ValueError("the key ring holds no key")
    return Ring(tuple(keys), names or derived(keys[0].secret, "public code").hex())


def told(keys: Iterable[Key], names: str) -> str:
    """The line a ring is kept as."""
    words = [f"{NAMES}={names}"]
    words += [f"{key.made_at:{STAMP}}={key.secret}" if key.made_at else key.secret for key in keys]
    return " ".join(words)


def with_new(now: Ring, at: datetime) -> Ring:
    """The ring with one more key, the newest. Refuses with RingFull."""
    if len(now.keys) >= 200:
        raise RingFull(count=len(now.keys))
    while True:
        secret = secrets.token_urlsafe(48)
        number = derived(secret, "key id")[0]
        if now.by_id(number) is None:
            made = at.astimezone(UTC).replace(microsecond=0)
            return Ring((*now.keys, Key(number, secret, made)), now.names)


def without(now: Ring, number: int) -> Ring:
    """The ring without one key."""
    return Ring(tuple(key for key in now.keys if key.id != number), now.names)


def joined(first: str, second: str) -> str:
    """One ring that opens what either opens, for a backup during which keys turned."""
    if first == second:
        return first
    one, two = parsed(first), parsed(second)
    older = [key for key in one.keys if two.by_id(key.id) is None]
    return told([*older, *two.keys], two.names)


def write(new: Ring) -> None:
    """Put the ring in the place of the file, whole or not at all. Refuses with KeysInEnvironment."""
    line = told(new.keys, new.names)
    if settings.FIELD_KEY:
        raise KeysInEnvironment(line=line)
    path = Path(settings.FIELD_KEY_FILE)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)


@lru_cache(maxsize=2048)
def derived(secret: str, use: str) -> bytes:
    """The 32 bytes of one use of a secret (HKDF-SHA-256)."""
    return HKDF(SHA256(), 32, salt=None, info=f"lianjie field {use}".encode()).derive(secret.encode())
