"""Codes of an app as a second factor (RFC 6238, six digits, half a minute), with recovery codes on paper."""

import secrets
from base64 import b32encode
from datetime import datetime, timedelta

from django.db import transaction
from django_otp.oath import hotp

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts import sealing
from lianjie.facts.actions.audit import note
from lianjie.facts.models import RecoveryCode, SecondFactor

STEP = 30
"""Seconds in which a code changes."""
DRIFT = 1
"""Codes before and after the present one that still count: clocks of phones differ."""
FREE_TRIES = 5
LONGEST_WAIT = timedelta(minutes=15)
CODES = 10
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that are taken for one another."""


class FactorCodeWrong(Refusal):
    what = N_("This code is not right, or it has been used already.")
    fix = N_("Wait for the next code in the app and type it. A recovery code counts once.")


class TooManyCodes(Refusal):
    what = N_("Too many wrong codes were typed.")
    fix = N_("Try again after {until}.")


class AlreadySetUp(Refusal):
    what = N_("Codes are set up for this account.")
    fix = N_("Take them off first, then set them up anew.")


@transaction.atomic
def begin(user_id: int) -> str:
    """The key for the app, in base 32: the one begun before, or a new one. Refuses with AlreadySetUp."""
    row = SecondFactor.objects.filter(user_id=user_id).first()
    if row is None:
        sealed = sealing.seal(secrets.token_hex(20), sealing.second_factor_row(user_id))
        row = SecondFactor.objects.create(user_id=user_id, key_sealed=sealed)
    if row.confirmed_at is not None:
        raise AlreadySetUp
    return b32encode(_key(row)).decode()


def confirm(user_id: int, code: str, *, now: datetime) -> tuple[str, ...]:
    """Set it up when the app's code is right; returns the recovery codes, shown this once.

    Refuses with FactorCodeWrong, TooManyCodes or AlreadySetUp.
    """
    row = SecondFactor.objects.filter(user_id=user_id).first()
    if row is None or row.confirmed_at is not None:
        raise AlreadySetUp
    _try(user_id, code, now, recovery=False)
    with transaction.atomic():
        SecondFactor.objects.filter(user_id=user_id).update(confirmed_at=now)
        note("account:second-factor", subject=f"user:{row.user.get_username()}", by=user_id)
        return _new_codes(user_id)


def verify(user_id: int, code: str, *, now: datetime) -> None:
    """Take a code of the app, or a recovery code, once. Refuses with FactorCodeWrong or TooManyCodes."""
    _try(user_id, code, now, recovery=True)


@transaction.atomic
def new_codes(user_id: int) -> tuple[str, ...]:
    """New recovery codes; the old ones count no more."""
    row = SecondFactor.objects.get(user_id=user_id)
    note("account:codes", subject=f"user:{row.user.get_username()}", by=user_id)
    return _new_codes(user_id)


@transaction.atomic
def take_off(user_id: int, *, reason: str) -> bool:
    """Take the second factor off an account, noted with the reason; False when there was none."""
    row = SecondFactor.objects.filter(user_id=user_id).first()
    if row is None:
        return False
    note("account:reset", subject=f"user:{row.user.get_username()}", text=reason)
    RecoveryCode.objects.filter(user_id=user_id).delete()
    row.delete()
    return True


def _try(user_id: int, code: str, now: datetime, *, recovery: bool) -> None:
    """The failure is kept though the request is refused: the refusal is raised after the transaction."""
    with transaction.atomic():
        row = SecondFactor.objects.select_for_update().filter(user_id=user_id).first()
        if row is None:
            raise FactorCodeWrong
        if (until := waits_until(row.failures, row.failed_at)) and now < until:
            raise TooManyCodes(until=f"{until.astimezone():%H:%M:%S}")
        typed = "".join(code.split()).replace("-", "").lower()
        right = _take_step(row, typed, now) or (recovery and _take_recovery(user_id, typed, now))
        row.failures, row.failed_at = (0, None) if right else (row.failures + 1, now)
        row.save(update_fields=["failures", "failed_at", "last_step"])
    if not right:
        raise FactorCodeWrong


def waits_until(failures: int, failed_at: datetime | None) -> datetime | None:
    """After five wrong codes the wait doubles from half a minute to a quarter of an hour."""
    if failed_at is None or failures < FREE_TRIES:
        return None
    return failed_at + min(timedelta(seconds=STEP << min(failures - FREE_TRIES, 10)), LONGEST_WAIT)


def _take_step(row: SecondFactor, typed: str, now: datetime) -> bool:
    """True when it is the app's code of now or of the half minutes beside it, and none so late was used."""
    if len(typed) != 6 or not (typed.isascii() and typed.isdigit()):
        return False
    key, present = _key(row), int(now.timestamp()) // STEP
    for step in range(present - DRIFT, present + DRIFT + 1):
        if step > row.last_step and secrets.compare_digest(f"{hotp(key, step):06}", typed):
            row.last_step = step
            return True
    return False


def _take_recovery(user_id: int, typed: str, now: datetime) -> bool:
    hashed = sealing.recovery_hash(user_id, typed)
    unused = RecoveryCode.objects.filter(
        user_id=user_id, index__in=sealing.recovery_indexes(hashed), used_at=None
    )
    return unused.update(used_at=now, sealed=None) == 1


def _new_codes(user_id: int) -> tuple[str, ...]:
    codes = tuple("".join(secrets.choice(LETTERS) for _ in range(10)) for _ in range(CODES))
    RecoveryCode.objects.filter(user_id=user_id).delete()
    hashes = [sealing.recovery_hash(user_id, code) for code in codes]
    name = sealing.recovery_row(user_id)
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user_id=user_id, index=sealing.recovery_index(each), sealed=sealing.seal(each, name))
        for each in hashes
    )
    return tuple(f"{code[:5]}-{code[5:]}" for code in codes)


def _key(row: SecondFactor) -> bytes:
    return bytes.fromhex(sealing.opened(row.key_sealed, sealing.second_factor_row(row.user_id)))
