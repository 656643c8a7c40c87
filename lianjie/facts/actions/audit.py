"""Note acts. Call it inside the transaction of what is noted: both stand, or neither."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from lianjie.base.acting import acting
from lianjie.facts.models import Act


def note(
    verb: str,
    *,
    subject: str = "",
    organisation_id: int | None = None,
    text: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    source_id: int | None = None,
    by: int | None = None,
    at: datetime | None = None,
) -> Act:
    """Keep one act of whoever acts now; `by` and `at` where the caller knows better.

    verb     a short word with a label in `facts.rules.acts`: "enter", "assign", "settle:disclose"
    subject  what it was done to, as a reference or name: "user:chen", "settlement:HERB/2025/1"
    before, after   only what changed, as plain data; never an identity number, phone, card or password
    """
    who = acting()
    return Act.objects.create(
        at=at or timezone.now(),
        by_id=by if by is not None else who.by,
        door=who.door,
        address=who.address[:45],
        device=who.device[:120],
        verb=verb[:40],
        organisation_id=organisation_id,
        subject=subject[:160],
        text=text[:300],
        before=before,
        after=after,
        source_id=source_id,
    )
