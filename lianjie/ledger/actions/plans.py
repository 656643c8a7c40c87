"""Adopt versions of a plan of distribution."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from lianjie.base.digest import sha256
from lianjie.facts.actions.audit import note
from lianjie.ledger.models import Plan
from lianjie.ledger.rules import plan_text


@dataclass(frozen=True)
class Adopted:
    """A version kept in the database; `fresh` is false when the same text was already there."""

    plan_id: int
    code: str
    version: int
    fresh: bool


@transaction.atomic
def adopt(organisation_id: int, text: str, *, adopted_by: str, at: datetime, by: int | None) -> Adopted:
    """Keep a plan as the next version. The same text twice is kept once. Refuses with all its problems."""
    plan = plan_text.read(text)
    digest = sha256(text)
    versions = Plan.objects.filter(organisation_id=organisation_id, code=plan.code)
    same = versions.filter(sha256=digest).order_by("-version").first()
    if same is not None:
        return Adopted(same.pk, same.code, same.version, fresh=False)
    last = versions.aggregate(Max("version"))["version__max"] or 0
    row = Plan.objects.create(
        organisation_id=organisation_id,
        code=plan.code,
        version=last + 1,
        text=text,
        sha256=digest,
        effective_from=plan.effective_from,
        effective_until=plan.effective_until,
        adopted_by=adopted_by,
        recorded_at=at,
        recorded_by_id=by,
    )
    note(
        "adopt",
        subject=f"plan:{row.code}/{row.version}",
        organisation_id=organisation_id,
        text=adopted_by,
        after={"version": row.version, "sha256": digest},
        by=by,
    )
    return Adopted(row.pk, row.code, row.version, fresh=True)
