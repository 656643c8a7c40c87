"""An encrypted file, written and read as a stream.

Layout: MAGIC, a line of JSON (salt and cost of the key, nonce prefix), then pieces of at most 1 MiB, each 4
bytes of length and AES-256-GCM ciphertext with tag. The nonce is prefix (7 bytes) ‖ number (4) ‖ last (1),
and the header is associated data, so that no piece can be changed, left out, moved or come from another file,
and a file cut short is noticed (the STREAM construction). The key is scrypt of the passphrase.
"""

import io
import json
import os
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_

MAGIC = b"LIANJIE-BACKUP-1\n"
PIECE = 1024 * 1024
COST = {"n": 2**15, "r": 8, "p": 1}
SHORTEST = 12


class PassphraseTooShort(Refusal):
    what = N_("The passphrase of a backup needs at least {least} characters.")
    fix = N_("Choose a longer one, and keep it where the backup is not.")


class NotABackup(Refusal):
    what = N_("{path} is not a backup of Lianjie.")
    fix = N_("Choose the file that lianjie backup wrote.")


class BackupDoesNotOpen(Refusal):
    what = N_("{path} does not open: the passphrase is another one, or the file was changed or cut short.")
    fix = N_("Check the passphrase; otherwise take another copy or an older backup.")


class Sealing(io.RawIOBase):
    """Write plain, get a sealed file. Close it, or it counts as cut short."""

    def __init__(self, to: BinaryIO, passphrase: str) -> None:
        if len(passphrase) < SHORTEST:
            raise PassphraseTooShort(least=SHORTEST)
        self.to, self.number, self.held = to, 0, bytearray()
        salt, self.prefix = os.urandom(16), os.urandom(7)
        told = {"salt": salt.hex(), "prefix": self.prefix.hex(), **COST}
        self.header = MAGIC + json.dumps(told).encode() + b"\n"
        self.cipher = AESGCM(_key(passphrase, salt, COST))
        to.write(self.header)

    def writable(self) -> bool:
        return True

    def write(self, data) -> int:
        self.held += data
        while len(self.held) > PIECE:
            self._piece(bytes(self.held[:PIECE]), last=False)
            del self.held[:PIECE]
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._piece(bytes(self.held), last=True)
            super().close()

    def _piece(self, plain: bytes, *, last: bool) -> None:
        nonce = self.prefix + self.number.to_bytes(4, "big") + bytes((last,))
        sealed = self.cipher.encrypt(nonce, plain, self.header)
        self.to.write(len(sealed).to_bytes(4, "big") + sealed)
        self.number += 1


class Opening(io.RawIOBase):
    """Read a sealed file as plain. Refuses with NotABackup or BackupDoesNotOpen, at the latest at its end."""

    def __init__(self, source: BinaryIO, passphrase: str, path: object) -> None:
        self.source, self.path, self.number, self.held, self.ended = source, path, 0, b"", False
        magic, line = source.read(len(MAGIC)), source.readline(1000)
        try:
            told = json.loads(line)
            cost = {name: int(told[name]) for name in COST}
            salt, self.prefix = bytes.fromhex(told["salt"]), bytes.fromhex(told["prefix"])
        except (ValueError, KeyError, TypeError):
            raise NotABackup(path=path) from None
        if magic != MAGIC or cost["n"] > 2**20 or cost["r"] > 32 or cost["p"] > 16:
            raise NotABackup(path=path)
        self.header = magic + line
        try:
            self.cipher = AESGCM(_key(passphrase, salt, cost))
        except ValueError:
            raise NotABackup(path=path) from None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        if not self.held and not self.ended:
            self.held = self._piece()
        taken = self.held[: len(buffer)]
        buffer[: len(taken)] = taken
        self.held = self.held[len(taken) :]
        return len(taken)

    def _piece(self) -> bytes:
        length = int.from_bytes(self.source.read(4), "big")
        sealed = self.source.read(length) if 16 <= length <= PIECE + 16 else b""
        number = self.number.to_bytes(4, "big")
        self.number += 1
        for last in (False, True):
            try:
                plain = self.cipher.decrypt(self.prefix + number + bytes((last,)), sealed, self.header)
            except (InvalidTag, ValueError):
                continue
            self.ended = last
            if last and self.source.read(1):
                break
            return plain or (b"" if last else self._piece())
        raise BackupDoesNotOpen(path=self.path)


def _key(passphrase: str, salt: bytes, cost: dict[str, int]) -> bytes:
    return Scrypt(salt=salt, length=32, **cost).derive(passphrase.encode())
