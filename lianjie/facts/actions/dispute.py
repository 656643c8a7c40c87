"""Deliveries disputed and answered. Each verb is one transaction."""

from collections.abc import Callable
from datetime import date

from django.db import transaction

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions.enter import enter
from lianjie.facts.actions.growing import NoDelivery
from lianjie.facts.actions.store import Entry, Want, base, keep
from lianjie.facts.models import Delivery, DeliveryDispute, DisputeAnswer
from lianjie.facts.queries import disputes as disputed
from lianjie.facts.queries import growing as queries
from lianjie.facts.rules import growing as rules
from lianjie.facts.rules.book import Book
from lianjie.facts.rules.handed import Post


class NetWeightSame(Refusal):
    what = N_("The weight found is the one that stands.")
    fix = N_("Answer that the delivery stands, or give the weight that is right.")


@transaction.atomic
def raise_dispute(entry: Entry, receipt: str, *, day: date, by: str, claim: str) -> DeliveryDispute:
    """Say that a delivery is not accepted as it stands. `receipt`: key of the delivery.

    Refuses with NoDelivery, AnswerNeedsPerson or AlreadyDisputed.
    """
    delivery = _delivery(entry, receipt)
    if not (by.strip() and claim.strip()):
        raise rules.AnswerNeedsPerson
    if day < delivery.day:
        raise rules.AnsweredBeforeRaised(day=day, raised=delivery.day)
    of = base(delivery.key)
    before = disputed.of_delivery(entry.organisation_id, of)
    if rules.open_dispute(before):
        raise rules.AlreadyDisputed(receipt=delivery.receipt)
    fields = {
        "of": of,
        "delivery_id": delivery.pk,
        "day": day,
        "raised_by": by.strip(),
        "claim": claim.strip(),
    }
    want = Want(f"{of}/{len(before) + 1}", delivery.area_id, fields, refers={"delivery_id": of})
    return keep(DeliveryDispute, [want], entry).new[0]


@transaction.atomic
def answer_dispute(
    entry: Entry,
    receipt: str,
    *,
    day: date,
    by: str,
    text: str,
    net_grams: int | None,
    book: Callable[[str, date, int], Book],
    post: Post,
) -> DisputeAnswer:
    """Answer the open dispute: the delivery stands (None), or is corrected to the weight found.

    book  makes the one-row book of the corrected delivery from its reference, its day and the weight

    Refuses with NothingToAnswer, AnswerNeedsPerson, AnsweredBeforeRaised or NetWeightSame.
    """
    delivery = _delivery(entry, receipt)
    open_ = rules.open_dispute(disputed.of_delivery(entry.organisation_id, base(delivery.key)))
    if open_ is None:
        raise rules.NothingToAnswer(receipt=delivery.receipt)
    if not (by.strip() and text.strip()):
        raise rules.AnswerNeedsPerson
    if day < open_.raised.day:
        raise rules.AnsweredBeforeRaised(day=day, raised=open_.raised.day)
    if net_grams is not None:
        made = book(delivery.reference, delivery.day, net_grams)
        entered = enter(made, source=entry.source, by=entry.by, at=entry.at, post=post)
        if not entered.corrected:
            raise NetWeightSame
    key = open_.raised.reference.partition(":")[2]
    dispute = DeliveryDispute.objects.get(organisation_id=entry.organisation_id, key=key)
    fields = {
        "dispute_id": dispute.pk,
        "day": day,
        "answered_by": by.strip(),
        "text": text.strip(),
        "outcome": "stands" if net_grams is None else "corrected",
        "net_grams": net_grams or 0,
    }
    return keep(DisputeAnswer, [Want(key, dispute.area_id, fields)], entry).new[0]


def _delivery(entry: Entry, receipt: str) -> Delivery:
    key = base(receipt.removeprefix("delivery:"))
    found = queries.standing(Delivery, entry.organisation_id, key)
    if found is None:
        raise NoDelivery(receipt=receipt)
    return found
