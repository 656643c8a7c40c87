"""Identity numbers at rest: encrypted, bound to their row, found by a keyed index.

Layout of a sealed value: version (1 byte) ‖ key id (1) ‖ nonce (12) ‖ AES-256-GCM ciphertext and tag.
The row is bound in as associated data ("facts_person.id_number_sealed:17"), so that a value moved to
another row does not open. Keys are derived from settings.FIELD_KEY by HKDF, one for each use; the index
is HMAC-SHA-256 cut to 16 bytes, because identity numbers can be guessed and a plain hash would tell them.
"""

import base64
import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.rules import identity

VERSION = 1
NONCE = 12


class SealBroken(Refusal):
    what = N_("A sealed value at {row} does not open: it was changed, or moved from another row.")
    fix = N_("Restore the row from a backup and look for who changed it.")


class SealedWithAnotherKey(Refusal):
    what = N_("The value at {row} was sealed with another key.")
    fix = N_("Start with the field key of this database (field.key, or LIANJIE_FIELD_KEY).")


def seal(text: str, row: str) -> bytes:
    """Encrypt `text` for one row, named "table.column:pk"."""
    nonce = os.urandom(NONCE)
    sealed = AESGCM(_key("seal")).encrypt(nonce, text.encode(), row.encode())
    return bytes((VERSION, _key_id())) + nonce + sealed


def opened(sealed: bytes, row: str) -> str:
    """The text sealed for this row. Refuses with SealBroken or SealedWithAnotherKey."""
    value = bytes(sealed)
    if len(value) < 2 + NONCE or value[0] != VERSION:
        raise SealBroken(row=row)
    if value[1] != _key_id():
        raise SealedWithAnotherKey(row=row)
    try:
        text = AESGCM(_key("seal")).decrypt(value[2 : 2 + NONCE], value[2 + NONCE :], row.encode())
    except InvalidTag:
        raise SealBroken(row=row) from None
    return text.decode()


def index(id_number: str) -> str:
    """The keyed index of an identity number, 32 hex digits: equal for equal numbers, tells nothing else."""
    number = identity.compact(id_number)
    return hmac.new(_key("index"), number.encode(), hashlib.sha256).hexdigest()[:32]


def code_of(text: str) -> str:
    """A name for `text` that nobody can guess and that is always the same: 20 letters and digits."""
    digest = hmac.new(_key("public code"), text.encode(), hashlib.sha256).digest()
    return base64.b32encode(digest).decode().lower()[:20]


def person_row(pk: int) -> str:
    """The name a person's identity number is bound to."""
    return f"facts_person.id_number_sealed:{pk}"


def account_index(number: str) -> str:
    """The keyed index of a bank account number, 32 hex digits."""
    return hmac.new(_key("account index"), number.encode(), hashlib.sha256).hexdigest()[:32]


def account_row(organisation_id: int, key: str) -> str:
    """The name a bank account's number is bound to."""
    return f"facts_bankaccount.number_sealed:{organisation_id}/{key}"


def statement_code_index(code: str) -> str:
    """The keyed index of the code on a statement, 32 hex digits."""
    return hmac.new(_key("statement code index"), code.encode(), hashlib.sha256).hexdigest()[:32]


def statement_code_row(settlement_id: int, party_id: int, number: int) -> str:
    """The name a statement's code is bound to."""
    return f"ledger_statementcode.sealed:{settlement_id}/{party_id}/{number}"


def _key(use: str) -> bytes:
    return _derived(settings.FIELD_KEY, use)


def _key_id() -> int:
    return _derived(settings.FIELD_KEY, "key id")[0]


@lru_cache(maxsize=16)
def _derived(master: str, use: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=f"lianjie field {use}".encode()).derive(master.encode())
