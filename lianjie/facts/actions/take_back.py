"""Take back what was entered of a season, case, workshop, order or lease by mistake; it stays on record.

Of what books something only material used out of a lot, which goes back into it: other goods, money and pay
have verbs of their own, which reverse their entries. What was booked by the terms or prices taken back is
marked where it stands and booked anew there.
"""

from typing import Any

from django.db import transaction

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions.stock import Books, take_over
from lianjie.facts.actions.store import base
from lianjie.facts.actions.withdraw import FactStillUsed, NoSuchFact, ReasonMissing, taken_back
from lianjie.facts.models import (
    BondMove,
    CallOff,
    CaseStep,
    ExpertCase,
    Fact,
    GrowingBase,
    InsurancePolicy,
    Lease,
    LeaseChange,
    MaterialIssue,
    MaterialUse,
    OfftakeContract,
    OfftakeDelivery,
    OfftakePromise,
    OrderBreach,
    OrderMoney,
    OrderSale,
    PieceReturn,
    Plot,
    PriceRecord,
    Recognition,
    RentTerms,
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
ORDERED = (
    OfftakePromise, CallOff, OfftakeDelivery, OrderMoney, OrderSale, OrderBreach, InsurancePolicy,
)  # fmt: skip
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
    PriceRecord: (),
    OfftakeContract: tuple((model, "contract") for model in ORDERED),
    OfftakePromise: (),
    CallOff: (),
    RentTerms: (),
    LeaseChange: ((BondMove, "sublease"),),
}
"""What can be taken back -> what rests on it and must be taken back first."""
TABLES = {model._meta.model_name or "": model for model in USERS}


class LetAnew(Refusal):
    what = N_("The land was let anew from {day} on, under lease {lease}.")
    fix = N_("Take that lease back first, if the land was never handed back.")


@transaction.atomic
def take_back(reference: str, reason: str, books: Books) -> str:
    """Withdraw the fact; returns the new row's reference. A case whose end is taken back is open again.

    Refuses with ReasonMissing, NoSuchFact, FactStillUsed or LetAnew.
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
    if isinstance(found, LeaseChange) and found.kind == "hand_back":
        _refuse_let_anew(found)
    row = taken_back(found, reason, books.entry)
    if isinstance(found, MaterialUse) and found.lot_id:
        take_over(books, found.reference)
    return str(row.reference)


def _refuse_let_anew(found: LeaseChange) -> None:
    """The land of a lease that runs on cannot be under another one."""
    of = found.lease
    others = Lease.objects.current().filter(
        organisation_id=found.organisation_id, parcel__code=of.parcel.code, day__gte=found.day
    )
    if of.until_day is not None:
        others = others.filter(day__lt=of.until_day)
    other = others.exclude(key__startswith=base(of.key)).order_by("day").first()
    if other is not None:
        raise LetAnew(day=other.day, lease=base(other.key))


def _user(found: Any, users: type[Fact], column: str) -> Any:
    """A fact that stands and rests on any version of `found`."""
    rows = users.objects.current().filter(organisation_id=found.organisation_id).select_related(column)
    near = rows.filter(**{f"{column}__key__startswith": base(found.key)})
    return next((row for row in near if base(getattr(row, column).key) == base(found.key)), None)
