"""Take back what was entered of a season, a case or a workshop by mistake; it stays on record.

Of what books something only material used out of a lot, which goes back into it: other goods, money and pay
have verbs of their own, which reverse their entries.
"""

from typing import Any

from django.db import transaction

from lianjie.facts.actions.stock import Books, take_over
from lianjie.facts.actions.store import base
from lianjie.facts.actions.withdraw import FactStillUsed, NoSuchFact, ReasonMissing, taken_back
from lianjie.facts.models import (
    CaseStep,
    ExpertCase,
    Fact,
    GrowingBase,
    MaterialIssue,
    MaterialUse,
    PieceReturn,
    Plot,
    Recognition,
    Season,
    StepDone,
    WageFloor,
    WeighIn,
    WorkAgreement,
    WorkDone,
    Workshop,
    YieldEstimate,
)

GROWN = (StepDone, YieldEstimate, WeighIn)
USERS: dict[type[Fact], tuple[tuple[type[Fact], str], ...]] = {
    MaterialUse: (),
    StepDone: ((MaterialUse, "done"),),
    YieldEstimate: (),
    CaseStep: (),
    ExpertCase: ((CaseStep, "case"),),
    Season: tuple((model, "season") for model in GROWN),
    Plot: (*((model, "plot") for model in GROWN), (ExpertCase, "plot")),
    GrowingBase: ((Plot, "base"), (Season, "base"), (ExpertCase, "base")),
    WorkAgreement: tuple((model, "agreement") for model in (WorkDone, MaterialIssue, PieceReturn)),
    Recognition: (),
    WageFloor: (),
    Workshop: ((WorkAgreement, "workshop"), (Recognition, "workshop")),
}
"""What can be taken back -> what rests on it and must be taken back first."""
TABLES = {model._meta.model_name or "": model for model in USERS}


@transaction.atomic
def take_back(reference: str, reason: str, books: Books) -> str:
    """Withdraw the fact; returns the new row's reference. A case whose end is taken back is open again.

    Refuses with ReasonMissing, NoSuchFact or FactStillUsed.
    """
    if not reason.strip():
        raise ReasonMissing
    name, _, key = reference.partition(":")
    model = TABLES.get(name)
    rows = model.objects.current() if model else StepDone.objects.none()
    found: Any = rows.filter(organisation_id=books.organisation_id, key=key).first()
    if found is None:
        raise NoSuchFact(reference=reference)
    for users, column in USERS[type(found)]:
        user = _user(found, users, column)
        if user is not None:
            raise FactStillUsed(reference=found.reference, user=user.reference)
    row = taken_back(found, reason, books.entry)
    if isinstance(found, MaterialUse) and found.lot_id:
        take_over(books, found.reference)
    return str(row.reference)


def _user(found: Any, users: type[Fact], column: str) -> Any:
    """A fact that stands and rests on any version of `found`."""
    rows = users.objects.current().filter(organisation_id=found.organisation_id).select_related(column)
    near = rows.filter(**{f"{column}__key__startswith": base(found.key)})
    return next((row for row in near if base(getattr(row, column).key) == base(found.key)), None)
