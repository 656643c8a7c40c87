"""Tokens of programs: made by the person itself, shown once, kept as a digest, ended at will or by their day.

A token is the person: it may what the person may, and less when it only reads.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions.audit import note
from lianjie.facts.models import ApiToken

MARK = "lianjie_"
"""What every token begins with, so that one left lying about is known for what it is."""
DAYS = (7, 30, 90, 365)
MOST = 20
"""Tokens of one person that run at a time."""
NOTED_EVERY = timedelta(minutes=1)


class TokenNameTaken(Refusal):
    what = N_("You have a token named “{name}”.")
    fix = N_("Choose another name, or end that one first.")


class TooManyTokens(Refusal):
    what = N_("You have {most} tokens already.")
    fix = N_("End one that no program uses any more.")


@dataclass(frozen=True)
class TokenAsked:
    """A name that tells the program, how many days it counts (one of DAYS), and whether it only reads."""

    name: str
    days: int
    reads_only: bool


@dataclass(frozen=True)
class TokenShown:
    """A token that counts, as the door needs it."""

    id: int
    user_id: int
    reads_only: bool


@transaction.atomic
def make(user_id: int, asked: TokenAsked, *, now: datetime) -> str:
    """A new token of the person's own; its text is returned this once.

    Refuses with TokenNameTaken or TooManyTokens.
    """
    assert asked.days in DAYS, asked.days
    running = ApiToken.objects.select_for_update().filter(user_id=user_id, ended_at=None)
    running.filter(until_at__lte=now).update(ended_at=now)
    names = list(running.values_list("name", flat=True))
    if asked.name in names:
        raise TokenNameTaken(name=asked.name)
    if len(names) >= MOST:
        raise TooManyTokens(most=MOST)
    text = MARK + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        user_id=user_id,
        name=asked.name,
        digest=_digest(text),
        reads_only=asked.reads_only,
        made_at=now,
        until_at=now + timedelta(days=asked.days),
    )
    note("account:token", subject=f"user:{row.user.get_username()}", text=row.name)
    return text


@transaction.atomic
def end(user_id: int, *, now: datetime, number: int | None = None) -> int:
    """End one token of a person, or all; returns how many were running."""
    rows = ApiToken.objects.filter(user_id=user_id, ended_at=None)
    if number is not None:
        rows = rows.filter(pk=number)
    ended = list(rows.select_related("user"))
    if ended:
        rows.update(ended_at=now)
        names = ", ".join(row.name for row in ended)
        note("account:token-end", subject=f"user:{ended[0].user.get_username()}", text=names)
    return len(ended)


def shown(text: str, *, now: datetime) -> TokenShown | None:
    """The token with this text while it counts; its use is noted, once a minute at most. None otherwise."""
    row = ApiToken.objects.filter(
        digest=_digest(text), ended_at=None, until_at__gt=now, user__is_active=True
    ).first()
    if row is None:
        return None
    if row.used_at is None or now - row.used_at >= NOTED_EVERY:
        ApiToken.objects.filter(pk=row.pk).update(used_at=now)
    return TokenShown(row.pk, row.user_id, row.reads_only)


def made_here(text: str) -> bool:
    """True for a token that was made here and counts no more: whoever shows it has guessed nothing."""
    return ApiToken.objects.filter(digest=_digest(text)).exists()


def _digest(text: str) -> str:
    """The text holds 32 random bytes, so a plain digest is enough: there is nothing to guess it from."""
    return hashlib.sha256(text.encode()).hexdigest()
