"""Where somebody is signed in: begun, seen, ended. Ending one takes its session away at once."""

from datetime import datetime
from importlib import import_module

from django.conf import settings
from django.db import transaction

from lianjie.base.acting import acting
from lianjie.facts.actions import api_tokens
from lianjie.facts.actions.audit import note
from lianjie.facts.models import SignIn


def begin(user_id: int, session_key: str, *, now: datetime) -> int:
    """Note a new sign-in from where the request came; returns its number."""
    who = acting()
    row = SignIn.objects.create(
        user_id=user_id,
        session_key=session_key,
        began_at=now,
        seen_at=now,
        address=who.address[:45],
        device=who.device[:120],
    )
    return row.pk


def seen(number: int, session_key: str, *, now: datetime) -> None:
    """Note that it is in use, and the key of its session, which changes with the password."""
    SignIn.objects.filter(pk=number).update(seen_at=now, session_key=session_key)


@transaction.atomic
def end(user_id: int, *, now: datetime, number: int | None = None, other_than: int | None = None) -> int:
    """End one sign-in of a user, all and its tokens, or all but one; returns how many sign-ins ran."""
    if number is None and other_than is None:
        api_tokens.end(user_id, now=now)
    rows = SignIn.objects.filter(user_id=user_id, ended_at=None).exclude(pk=other_than)
    if number is not None:
        rows = rows.filter(pk=number)
    ended = list(rows.select_related("user"))
    for row in ended:
        import_module(settings.SESSION_ENGINE).SessionStore(row.session_key).delete()
    if ended:
        rows.update(ended_at=now)
        note("account:end-session", subject=f"user:{ended[0].user.get_username()}", text=str(len(ended)))
    return len(ended)


def over(number: int, *, now: datetime) -> None:
    """Signed out, or timed out."""
    SignIn.objects.filter(pk=number, ended_at=None).update(ended_at=now)
