"""Accounts: who may sign in, with what, and where they are signed in."""

from dataclasses import dataclass
from datetime import datetime

from lianjie.facts.models import RecoveryCode, SecondFactor, SignIn


@dataclass(frozen=True)
class SignInRow:
    """One sign-in that is running."""

    id: int
    began_at: datetime
    seen_at: datetime
    address: str
    device: str


def has_second_factor(user_id: int) -> bool:
    """True when codes are set up and confirmed."""
    return SecondFactor.objects.filter(user_id=user_id, confirmed_at__isnull=False).exists()


def codes_left(user_id: int) -> int:
    """Recovery codes not used yet."""
    return RecoveryCode.objects.filter(user_id=user_id, used_at=None).count()


def sign_ins(user_id: int, *, since: datetime) -> list[SignInRow]:
    """Where a user is signed in, the latest first; those not seen `since` have timed out."""
    rows = SignIn.objects.filter(user_id=user_id, ended_at=None, seen_at__gt=since).order_by("-seen_at")
    return [SignInRow(row.pk, row.began_at, row.seen_at, row.address, row.device) for row in rows]
