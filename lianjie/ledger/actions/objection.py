"""What becomes of an objection between being raised and being answered."""

from datetime import datetime

from django.db import transaction

from lianjie.ledger.actions.settlement import AnsweredAlready, _note
from lianjie.ledger.models import Answer, Objection, ObjectionPassedOver, ObjectionTaken
from lianjie.ledger.rules import objection as rules


@transaction.atomic
def take_up(objection_id: int, *, person_name: str, at: datetime, by: int | None) -> None:
    """Somebody looks into it, by name; the household sees that. The first to say so stays."""
    objection = _open(objection_id)
    kept, new = ObjectionTaken.objects.get_or_create(
        objection=objection, defaults={"person_name": person_name.strip()[:80], "at": at, "by_id": by}
    )
    if new:
        _note("take-up", objection.settlement, by, kept.person_name, {"objection": objection_id})


@transaction.atomic
def pass_over(objection_id: int, *, person_name: str, reason: str, at: datetime, by: int | None) -> None:
    """A named person decides that the settlement may be booked although this has no answer.

    Refuses with PassedOverUnnamed, NothingToPassOver or AnsweredAlready.
    """
    objection = _open(objection_id)
    if not person_name.strip() or not reason.strip():
        raise rules.PassedOverUnnamed
    if ObjectionPassedOver.objects.filter(objection=objection).exists():
        raise rules.NothingToPassOver
    ObjectionPassedOver.objects.create(
        objection=objection, person_name=person_name.strip(), reason=reason.strip(), at=at, by_id=by
    )
    told = {"objection": objection_id, "by_name": person_name.strip()}
    _note("pass-over", objection.settlement, by, reason.strip(), told)


def _open(objection_id: int) -> Objection:
    objection = Objection.objects.select_for_update().get(pk=objection_id)
    if Answer.objects.filter(objection=objection).exists():
        raise AnsweredAlready
    return objection
