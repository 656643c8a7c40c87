"""Close months in order, and open them again: recorded acts, each chained to the one before."""

from datetime import date, datetime

from django.db import connection, transaction

from lianjie.ledger.models import Closing
from lianjie.ledger.queries import closings
from lianjie.ledger.rules import closing as rules


@transaction.atomic
def close(
    organisation_id: int, until: date, *, today: date, reason: str = "", at: datetime, by: int | None
) -> None:
    """Shut everything dated before `until`, the first of a month; keep the balances there and their hash.

    Refuses as `rules.may_close` does. `reason` is needed when something open does not stop the closing.
    """
    _one_at_a_time(organisation_id)
    open_day = closings.first_open(organisation_id)
    found = closings.checks(organisation_id, closings.since(organisation_id), until) if until <= today else []
    rules.may_close(open_day, until, today, found, reason)
    _act(organisation_id, "close", open_day, until, reason, at=at, by=by)


@transaction.atomic
def reopen(organisation_id: int, day: date, *, reason: str, at: datetime, by: int | None) -> None:
    """Open every closed month from `day`, the first of one, on. Refuses as `rules.may_reopen` does."""
    _one_at_a_time(organisation_id)
    open_day = closings.first_open(organisation_id)
    rules.may_reopen(open_day, day, reason)
    _act(organisation_id, "reopen", open_day, day, reason, at=at, by=by)


def _one_at_a_time(organisation_id: int) -> None:
    """Wait for whoever is posting into these books; SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM facts_party WHERE id = %s FOR NO KEY UPDATE", [organisation_id])


def _act(
    organisation_id: int,
    act: str,
    start: date | None,
    until: date,
    reason: str,
    *,
    at: datetime,
    by: int | None,
) -> None:
    last = Closing.objects.filter(organisation_id=organisation_id).order_by("-number").first()
    number = last.number + 1 if last else 1
    text = rules.content(
        organisation=organisation_id,
        number=number,
        act=act,
        reason=reason.strip(),
        at=at.isoformat(),
        by=by or 0,
        **closings.described(organisation_id, start if act == "close" else until, until),
    )
    Closing.objects.create(
        organisation_id=organisation_id,
        number=number,
        act=act,
        until_day=until,
        reason=reason.strip()[:300],
        content=text,
        sha256=rules.chained(last.sha256 if last else "", text),
        at=at,
        by_id=by,
    )
