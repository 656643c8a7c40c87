"""Say what is wrong with a page, and answer it."""

from datetime import datetime

from django.db import transaction

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions.audit import note
from lianjie.facts.models import Remark, RemarkAnswer

LONGEST = 1000
A_DAY = 50
"""So many remarks of one account a day: a stuck key or a script stops there."""


class NothingSaid(Refusal):
    what = N_("There are no words to keep.")
    fix = N_("Say in a sentence what is wrong, or what became of it.")


class TooManyRemarks(Refusal):
    what = N_("{count} remarks were sent from this account today.")
    fix = N_("Send the next one tomorrow, or call whoever looks after the system.")


@transaction.atomic
def say(*, page: str, text: str, version: str, language: str, at: datetime, by: int) -> Remark:
    """Keep what somebody says of a page; the same words on the same page while unanswered are one remark.

    Refuses with NothingSaid or TooManyRemarks.
    """
    words = text.strip()[:LONGEST]
    if len(words) < 2:
        raise NothingSaid
    where = page.partition("?")[0][:200]
    same = Remark.objects.filter(by_id=by, page=where, text=words, answers__isnull=True).first()
    if same is not None:
        return same
    count = Remark.objects.filter(by_id=by, at__date=at.date()).count()
    if count >= A_DAY:
        raise TooManyRemarks(count=count)
    return Remark.objects.create(
        page=where, text=words, version=version[:40], language=language[:10], at=at, by_id=by
    )


@transaction.atomic
def answer(remark_id: int, *, text: str, at: datetime, by: int) -> None:
    """Say what became of it; the writer reads that. Refuses with NothingSaid."""
    words = text.strip()[:LONGEST]
    if len(words) < 2:
        raise NothingSaid
    remark = Remark.objects.select_for_update().get(pk=remark_id)
    RemarkAnswer.objects.create(remark=remark, text=words, at=at, by_id=by)
    note("remark:answer", subject=f"remark:{remark.pk}", text=words[:300], by=by)
