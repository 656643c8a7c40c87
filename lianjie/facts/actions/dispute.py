"""Deliveries disputed and answered. Each verb is one transaction."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date

from django.db import transaction

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions.enter import enter
from lianjie.facts.actions.growing import NoDelivery
from lianjie.facts.actions.stock import not_in_the_future
from lianjie.facts.actions.store import Entry, Want, base, keep
from lianjie.facts.models import Delivery, DeliveryDispute, DisputeAnswer, WeighIn
from lianjie.facts.queries import disputes as disputed
from lianjie.facts.queries import growing as queries
from lianjie.facts.rules import growing as rules
from lianjie.facts.rules.book import Book
from lianjie.facts.rules.growing import Weighing
from lianjie.facts.rules.handed import Post


class SameAsStands(Refusal):
    what = N_("What was found is what stands.")
    fix = N_("Answer that the delivery stands, or give what is right.")


@dataclass(frozen=True)
class Found:
    """What is right, when a delivery is corrected.

    weighing   measured anew: the net weight is counted from it, and it becomes the weighing that stands
    net_grams  the weight, when nothing was measured
    """

    net_grams: int
    grade: str
    price_fen_per_kg: int
    weighing: Weighing | None = None


@transaction.atomic
def raise_dispute(entry: Entry, receipt: str, *, day: date, by: str, claim: str) -> DeliveryDispute:
    """Say that a delivery is not accepted as it stands. `receipt`: key of the delivery.

    Refuses with NoDelivery, AnswerNeedsPerson, DisputedBeforeDelivery, NotInTheFuture or AlreadyDisputed.
    """
    delivery = _delivery(entry, receipt)
    if not (by.strip() and claim.strip()):
        raise rules.AnswerNeedsPerson
    if day < delivery.day:
        raise rules.DisputedBeforeDelivery(day=day, delivered=delivery.day)
    not_in_the_future(day, entry)
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
    found: Found | None,
    book: Callable[[str, date, Found], Book],
    post: Post,
) -> DisputeAnswer:
    """Answer the open dispute: the delivery stands (None), or is corrected to what was found.

    book  makes the one-row book of the corrected delivery from its reference, its day and what was found

    Refuses with NothingToAnswer, AnswerNeedsPerson, AnsweredBeforeRaised, NotInTheFuture, SameAsStands,
    NoDelivery when it was never weighed and is measured now, and as rules.net_weight does.
    """
    delivery = _delivery(entry, receipt)
    open_ = rules.open_dispute(disputed.of_delivery(entry.organisation_id, base(delivery.key)))
    if open_ is None:
        raise rules.NothingToAnswer(receipt=delivery.receipt)
    if not (by.strip() and text.strip()):
        raise rules.AnswerNeedsPerson
    if day < open_.raised.day:
        raise rules.AnsweredBeforeRaised(day=day, raised=open_.raised.day)
    not_in_the_future(day, entry)
    net = 0
    if found is not None:
        net = _correct(entry, delivery, found, book, post)
    key = open_.raised.reference.partition(":")[2]
    dispute = DeliveryDispute.objects.get(organisation_id=entry.organisation_id, key=key)
    fields = {
        "dispute_id": dispute.pk,
        "day": day,
        "answered_by": by.strip(),
        "text": text.strip(),
        "outcome": "corrected" if found else "stands",
        "net_grams": net,
    }
    return keep(DisputeAnswer, [Want(key, dispute.area_id, fields)], entry).new[0]


def _correct(
    entry: Entry, delivery: Delivery, found: Found, book: Callable[[str, date, Found], Book], post: Post
) -> int:
    """The delivery anew, and how it was weighed; returns the net weight, grams."""
    if found.weighing:
        found = replace(found, net_grams=rules.net_weight(found.weighing).net)
    made = book(delivery.reference, delivery.day, found)
    changed = bool(enter(made, source=entry.source, by=entry.by, at=entry.at, post=post).corrected)
    if found.weighing:
        key = base(delivery.key)
        weighed = queries.standing(WeighIn, entry.organisation_id, key)
        if weighed is None:
            raise NoDelivery(receipt=delivery.receipt)
        fields = {
            "delivery_id": _delivery(entry, key).pk,
            "season_id": weighed.season_id,
            "plot_id": weighed.plot_id,
            "day": weighed.day,
            "weighed_by": weighed.weighed_by,
            "net_grams": found.net_grams,
            **asdict(found.weighing),
        }
        changed |= keep(WeighIn, [Want(key, weighed.area_id, fields)], entry).changed
    if not changed:
        raise SameAsStands
    return found.net_grams


def _delivery(entry: Entry, receipt: str) -> Delivery:
    key = base(receipt.removeprefix("delivery:"))
    found = queries.standing(Delivery, entry.organisation_id, key)
    if found is None:
        raise NoDelivery(receipt=receipt)
    return found
