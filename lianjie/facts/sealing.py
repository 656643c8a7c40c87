"""Personal data at rest: encrypted, bound to their row, found by a keyed index.

Layout of a sealed value: version (1 byte) ‖ key id (1) ‖ nonce (12) ‖ AES-256-GCM ciphertext and tag, of
salt (16) ‖ text. The row is bound in as associated data ("facts_person.id_number_sealed:17"), so that a value
moved to another row does not open. Keys are derived from the ring (keyring.py) by HKDF, one for each use.

The index is HMAC-SHA-256, because identity numbers can be guessed and a plain hash would tell them: two hex
digits of the key's id, then thirty of the digest. While keys turn, a value may be indexed under any key of
the ring: look up by all of `indexes`, write the newest.

`digest` is what stays when keys turn: SHA-256 of salt, row and text, kept in a column that never changes. It
tells nothing to whoever lacks the salt, which is inside the sealed value and gone when that is erased.
"""

import base64
import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts import keyring
from lianjie.facts.rules import identity

VERSION = 2
NONCE, SALT = 12, 16


class SealBroken(Refusal):
    what = N_("A sealed value at {row} does not open: it was changed, or moved from another row.")
    fix = N_("Restore the row from a backup and look for who changed it.")


class SealedWithAnotherKey(Refusal):
    what = N_("The value at {row} was sealed with another key.")
    fix = N_("Start with the field key of this database (field.key, or LIANJIE_FIELD_KEY).")


class Erased(Refusal):
    what = N_("The value at {row} was erased when its time was over.")
    fix = N_("Ask the person again if it is needed, and enter it anew.")


def seal(text: str, row: str) -> bytes:
    """Encrypt `text` for one row, named "table.column:pk", with the newest key."""
    return _sealed(os.urandom(SALT), text, row)


def opened(sealed: bytes | None, row: str, digest: str = "") -> str:
    """The text sealed for this row; held against its `digest` where one is kept.

    Refuses with SealBroken, SealedWithAnotherKey, or Erased when nothing is left.
    """
    if sealed is None:
        raise Erased(row=row)
    salt, text = _parts(sealed, row)
    if digest and not hmac.compare_digest(digest, _digest(salt, text, row)):
        raise SealBroken(row=row)
    return text


def resealed(sealed: bytes, row: str, digest: str = "") -> tuple[bytes, str]:
    """The same value under the newest key, its digest unchanged; and the text. Refuses as `opened` does."""
    text = opened(sealed, row, digest)
    salt, _ = _parts(sealed, row)
    return _sealed(salt, text, row), text


def digest(sealed: bytes, row: str) -> str:
    """What stays the same when keys turn, 64 hex digits."""
    return _digest(*_parts(sealed, row), row)


def index(id_number: str) -> str:
    """The keyed index of an identity number, 32 hex digits: equal for equal numbers, tells nothing else."""
    return indexes(id_number)[0]


def indexes(id_number: str) -> list[str]:
    """Every index the number may stand under while keys turn, the newest key's first."""
    return _indexes("index", identity.compact(id_number))


def code_of(text: str) -> str:
    """A name for `text` that nobody can guess and that is always the same: 20 letters and digits."""
    digest = hmac.new(bytes.fromhex(keyring.ring().names), text.encode(), hashlib.sha256).digest()
    return base64.b32encode(digest).decode().lower()[:20]


def person_row(pk: int) -> str:
    """The name a person's identity number is bound to."""
    return f"facts_person.id_number_sealed:{pk}"


def second_factor_row(user_id: int) -> str:
    """The name the key of a user's code app is bound to."""
    return f"facts_secondfactor.key_sealed:{user_id}"


def recovery_hash(user_id: int, code: str) -> str:
    """What is sealed of a recovery code: enough to make its index under another key, not the code."""
    return hashlib.sha256(f"recovery:{user_id}:{code}".encode()).hexdigest()


def recovery_index(hashed: str) -> str:
    """The keyed index of a recovery code, 32 hex digits."""
    return recovery_indexes(hashed)[0]


def recovery_indexes(hashed: str) -> list[str]:
    """Every index the recovery code may stand under."""
    return _indexes("recovery index", hashed)


def recovery_row(user_id: int) -> str:
    """The name the hash of a user's recovery code is bound to."""
    return f"facts_recoverycode.sealed:{user_id}"


def receiver_row(organisation_id: int, key: str) -> str:
    """The name a receiver's data are bound to."""
    return f"facts_orderreceiver.sealed:{organisation_id}:{key}"


def detail_row(party_id: int, kind: str, number: int) -> str:
    """The name a phone or a reason of health is bound to."""
    return f"facts_personaldetail.sealed:{party_id}/{kind}/{number}"


def detail_index(text: str) -> str:
    """The keyed index of a phone, 32 hex digits."""
    return _indexes("detail index", text)[0]


def request_row(organisation_id: int, number: int, side: str) -> str:
    """The name the value before or after a correction is bound to."""
    return f"facts_correctionrequest.{side}_sealed:{organisation_id}/{number}"


def account_index(number: str) -> str:
    """The keyed index of a bank account number, 32 hex digits."""
    return account_indexes(number)[0]


def account_indexes(number: str) -> list[str]:
    """Every index the account may stand under."""
    return _indexes("account index", number)


def account_row(organisation_id: int, key: str) -> str:
    """The name a bank account's number is bound to; a corrected row keeps its first one's."""
    return f"facts_bankaccount.number_sealed:{organisation_id}/{key.partition('~')[0]}"


def statement_code_index(code: str) -> str:
    """The keyed index of the code on a statement, 32 hex digits."""
    return statement_code_indexes(code)[0]


def statement_code_indexes(code: str) -> list[str]:
    """Every index the code may stand under."""
    return _indexes("statement code index", code)


def statement_code_row(settlement_id: int, party_id: int, number: int) -> str:
    """The name a statement's code is bound to."""
    return f"ledger_statementcode.sealed:{settlement_id}/{party_id}/{number}"


def _indexes(use: str, text: str) -> list[str]:
    return [
        f"{key.id:02x}"
        + hmac.new(keyring.derived(key.secret, use), text.encode(), hashlib.sha256).hexdigest()[:30]
        for key in reversed(keyring.ring().keys)
    ]


def _sealed(salt: bytes, text: str, row: str) -> bytes:
    key, nonce = keyring.ring().newest, os.urandom(NONCE)
    return (
        bytes((VERSION, key.id))
        + nonce
        + _cipher(key.secret).encrypt(nonce, salt + text.encode(), row.encode())
    )


def _parts(sealed: bytes, row: str) -> tuple[bytes, str]:
    """Salt and text. Refuses with SealBroken or SealedWithAnotherKey."""
    value = bytes(sealed)
    if len(value) < 2 + NONCE + SALT or value[0] != VERSION:
        raise SealBroken(row=row)
    key = keyring.ring().by_id(value[1])
    if key is None:
        raise SealedWithAnotherKey(row=row)
    try:
        whole = _cipher(key.secret).decrypt(value[2 : 2 + NONCE], value[2 + NONCE :], row.encode())
    except InvalidTag:
        raise SealBroken(row=row) from None
    return whole[:SALT], whole[SALT:].decode()


def _digest(salt: bytes, text: str, row: str) -> str:
    return hashlib.sha256(b"\0".join((salt, row.encode(), text.encode()))).hexdigest()


@lru_cache(maxsize=256)
def _cipher(secret: str) -> AESGCM:
    return AESGCM(keyring.derived(secret, "seal"))
