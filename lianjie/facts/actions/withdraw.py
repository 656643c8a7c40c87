"""Take a fact back: it stays on record, with who took it back and why."""

from datetime import datetime
from typing import Any, TypeVar

from django.db import models, transaction

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions.enter import balances
from lianjie.facts.actions.store import Entry, SourceGiven, next_key
from lianjie.facts.models import (
    AccountBalance,
    AnnouncedFigure,
    BondMove,
    Contribution,
    Delivery,
    Fact,
    InputBack,
    Lease,
    LotInput,
    Membership,
    OrganisationLink,
    Parcel,
    RegisteredStatus,
    RentPayment,
    Residence,
    ShareAgreement,
    Tally,
    WeighIn,
    YearFigure,
)
from lianjie.facts.models import Post as PostFact
from lianjie.facts.queries.in_kind import number, numbered
from lianjie.facts.rules.handed import Handed, HandedKind, Post

TABLES: dict[str, type[Fact]] = {
    model._meta.model_name or "": model
    for model in (
        AccountBalance,
        AnnouncedFigure,
        Contribution,
        Delivery,
        Lease,
        Membership,
        OrganisationLink,
        Parcel,
        PostFact,
        RegisteredStatus,
        Residence,
        ShareAgreement,
        Tally,
        YearFigure,
    )
}
F = TypeVar("F", bound=Fact)
POINTED_BY: dict[type[Fact], tuple[tuple[type[Fact], str], ...]] = {
    ShareAgreement: ((Contribution, "agreement"),),
    Parcel: ((Lease, "parcel"),),
    Lease: ((BondMove, "lease"), (RentPayment, "lease")),
    Delivery: ((LotInput, "delivery"), (InputBack, "delivery")),
}
BOOKKEEPING = {
    "id",
    "key",
    "source",
    "corrects",
    "withdrawn",
    "reason",
    "recorded_at",
    "recorded_by",
}


class NoSuchFact(Refusal):
    what = N_("There is no fact “{reference}” that still stands.")
    fix = N_("Look it up again; it may have been corrected or withdrawn meanwhile.")


class ReasonMissing(Refusal):
    what = N_("A fact is withdrawn only with a reason.")
    fix = N_("Write why it is taken back.")


class FactStillUsed(Refusal):
    what = N_("“{reference}” is still used by {user}.")
    fix = N_("Withdraw or correct that one first.")


@transaction.atomic
def withdraw(
    reference: str,
    *,
    organisation_id: int,
    reason: str,
    source: SourceGiven,
    by: int | None,
    at: datetime,
    post: Post,
) -> str:
    """Take back the fact named by `reference` ("delivery:2025-BD0001"); returns the new row's reference.

    How a delivery was weighed is taken back with it, so that the load can be weighed in anew; with a lease
    the rents booked under it are, unless one was handed over.

    Refuses with NoSuchFact, ReasonMissing or FactStillUsed.
    """
    if not reason.strip():
        raise ReasonMissing
    name, _, key = reference.partition(":")
    model = TABLES.get(name)
    found = None if model is None else _current(model, organisation_id, key)
    if model is None or found is None:
        raise NoSuchFact(reference=reference)
    _refuse_if_used(model, found)
    entry = Entry(organisation_id, source, at, by)
    row = taken_back(found, reason, entry)
    if model is Delivery:
        weighed = WeighIn.objects.current().filter(numbered(number(found)), organisation_id=organisation_id)
        for each in weighed:
            taken_back(each, reason, entry)
    _hand_over(found, post, entry)
    return str(row.reference)


def _current(model: type[Fact], organisation_id: int, key: str) -> Any:
    return model.objects.current().filter(organisation_id=organisation_id, key=key).first()


def _refuse_if_used(model: type[Fact], found: Any) -> None:
    for users, field in POINTED_BY.get(model, ()):
        pointing = numbered(number(found), f"{field}__key")
        whose = {f"{field}__organisation": found.organisation_id}
        user = users.objects.current().filter(pointing, **whose).first()
        if user is not None:
            raise FactStillUsed(reference=found.reference, user=user.reference)


def taken_back(found: F, reason: str, entry: Entry) -> F:
    """The row that takes `found` back: all it says, under the next version of its number."""
    return next_version(found, entry, withdrawn=True, reason=reason.strip()[:300])


def next_version(found: F, entry: Entry, **changed: Any) -> F:
    """The row that corrects `found`: all it says but for what changed."""
    said: list[models.Field] = [f for f in found._meta.concrete_fields if f.name not in BOOKKEEPING]
    made = {field.attname: getattr(found, field.attname) for field in said} | changed
    return type(found).objects.create(
        **made,
        key=next_key(found.key),
        source_id=entry.source_id,
        corrects_id=found.pk,
        recorded_at=entry.at,
        recorded_by_id=entry.by,
    )


def _hand_over(found: Any, post: Post, entry: Entry) -> None:
    kinds: dict[type, HandedKind] = {Contribution: "contribution", Delivery: "delivery", Lease: "lease"}
    about = {"organisation_id": entry.organisation_id, "at": entry.at, "by": entry.by}
    if isinstance(found, AccountBalance):
        rows = [Handed(None, found.reference), *balances(entry.organisation_id, found.year, {})]
        post("balance", rows, year=found.year, **about)
    elif type(found) in kinds:
        post(kinds[type(found)], [Handed(None, found.reference)], year=found.day.year, **about)
