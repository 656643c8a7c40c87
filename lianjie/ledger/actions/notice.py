"""Put a notice up: where, from when, until when, with a photo. Open to everyone as long as it is up."""

import secrets
from datetime import date, datetime

from django.db import transaction

from lianjie.facts.actions.expert import keep_picture
from lianjie.ledger import parameters
from lianjie.ledger.actions.settlement import TextMissing, _lock, _note
from lianjie.ledger.models import NoticePosting
from lianjie.ledger.queries.settlements import SettlementRow
from lianjie.ledger.rules import flow
from lianjie.ledger.rules import notice as rules


@transaction.atomic
def put_up(
    row: SettlementRow,
    *,
    where: str,
    since: date,
    until: date,
    photo: bytes = b"",
    at: datetime,
    by: int | None,
) -> str:
    """Record a posted notice; returns the token of its public page. The photo is kept without its traces.

    Refuses with NotNow, TextMissing, PostedTooShortly, PostedTooLong, NotAPicture or PictureTooLarge.
    """
    stored = _lock(row)
    if stored.state not in ("disclosed", "decided") or row.objections_until is None:
        raise flow.NotNow(state=stored.state, act=flow.ACT_WORDS["disclose"])
    if not where.strip():
        raise TextMissing
    of = rules.profile(parameters.text("notice"), "wall", since)
    rules.check_term(of, since, until, row.objections_until)
    made = NoticePosting.objects.create(
        settlement=stored,
        token=secrets.token_urlsafe(15),
        where=where.strip()[:160],
        since=since,
        until=until,
        photo=keep_picture(photo) if photo else "",
        at=at,
        by_id=by,
    )
    _note("post-notice", stored, by, made.where, {"since": f"{since}", "until": f"{until}"})
    return made.token
