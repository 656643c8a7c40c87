"""Orders: prices seen, orders signed, quantities promised and called off, deliveries priced by the terms."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from lianjie.base.fen import Fen
from lianjie.base.refusal import Refusal, Refusals
from lianjie.base.words import N_
from lianjie.facts.actions.store import Entry, Kept, Want, base, keep, next_key
from lianjie.facts.models import (
    CallOff,
    Delivery,
    Membership,
    OfftakeContract,
    OfftakeDelivery,
    OfftakePromise,
    Party,
    PriceRecord,
)
from lianjie.facts.queries import offtake as queries
from lianjie.facts.queries.parties import NoSuchParty
from lianjie.facts.rules import offtake as rules
from lianjie.facts.rules.handed import DeliveryFact, Handed, Post
from lianjie.facts.rules.offtake import OrderTerms, Priced


class OrderNumberTaken(Refusal):
    what = N_("There is already an order {number}, with other terms.")
    fix = N_("Give this one another number, or change the order on its own page, with a reason.")


class NoSuchOrder(Refusal):
    what = N_("There is no order “{number}” that still stands.")
    fix = N_("Look it up in the register of orders.")


class NothingPromised(Refusal):
    what = N_("A promise or call-off needs a weight above zero.")
    fix = N_("Give the weight in kilograms.")


class CallOffBeforeOrder(Refusal):
    what = N_("The call-off is due on {due_day}, outside the days of the order, {first} to {last}.")
    fix = N_("Give a day within the order's days.")


class CalledMoreThanOrdered(Refusal):
    what = N_("With this call-off {called} kg would be called off, and the order is for {ordered} kg.")
    fix = N_("Call off less, or agree on a larger order first.")


class GrowerNotAHousehold(Refusal):
    what = N_("“{code}” is not a household.")
    fix = N_("Only households promise and deliver a crop here; choose one.")


class NoSuchDelivery(Refusal):
    what = N_("There is no delivery “{reference}” that still stands.")
    fix = N_("Look it up in the register of deliveries.")


class DeliveryPricedBefore(Refusal):
    what = N_("This delivery is already priced by order {order}.")
    fix = N_("Open the order; the price and its reason stand beside the delivery.")


class DeliveryAgreedHigher(Refusal):
    what = N_("The receipt says {agreed} yuan a kilogram, more than the {offered} yuan the order gives.")
    fix = N_("The higher price stands. Correct the delivery first if the receipt was written wrongly.")


class ReceiptUsed(Refusal):
    what = N_("Receipt {receipt} of {year} is already entered.")
    fix = N_("Give the number of the receipt in the grower's hand, or price the delivery that stands.")


@dataclass(frozen=True)
class DeliveryGiven:
    """A crop handed in under an order, before it is priced."""

    household: str
    day: date
    receipt: str
    grade: str
    grams: int
    evidence: str = ""


@transaction.atomic
def record_price(
    entry: Entry, *, day: date, good: str, grade: str, market: str, fen_per_kg: int, evidence: str
) -> Kept:
    """Keep a price seen. The same place, day, good and grade with another price is a correction."""
    want = Want(
        f"{day}-{market}-{good}-{grade}"[:110],
        _area(entry),
        {
            "day": day,
            "good": good,
            "grade": grade,
            "market": market,
            "fen_per_kg": fen_per_kg,
            "evidence": evidence,
        },
    )
    return keep(PriceRecord, [want], entry)


@transaction.atomic
def sign(entry: Entry, terms: OrderTerms, *, amend: bool = False) -> Kept:
    """Enter an order as it was signed; with `amend`, the changed terms of one that stands.

    Refuses with Refusals, NoSuchParty or OrderNumberTaken. The same terms again change nothing.
    """
    if found := list(rules.refusals(terms)):
        raise Refusals(found)
    fields = {name: value for name, value in asdict(terms).items() if name not in ("number", "buyer")}
    fields |= {"day": fields.pop("start"), "until_day": fields.pop("until")}
    fields |= {"buyer_id": _party(terms.buyer).pk, "floors": dict(terms.floors)}
    kept = keep(OfftakeContract, [Want(terms.number, _area(entry), fields)], entry)
    if kept.corrected and not amend:
        raise OrderNumberTaken(number=terms.number)
    return kept


@transaction.atomic
def promise(entry: Entry, number: str, *, household: str, grams: int, extent_mu4: int, evidence: str) -> Kept:
    """Enter what a household promised to grow under an order; another weight later is a correction."""
    order, home = _order(entry, number), _household(household)
    if grams <= 0:
        raise NothingPromised
    fields = {
        "contract_id": order.pk,
        "household_id": home.pk,
        "grams": grams,
        "extent_mu4": extent_mu4,
        "day": order.signed_day,
        "evidence": evidence,
    }
    key = f"{number}-{household}"
    return keep(OfftakePromise, [Want(key, home.area_id, fields, refers={"contract_id": number})], entry)


@transaction.atomic
def call_off(entry: Entry, number: str, *, call: str, day: date, due_day: date, grams: int) -> Kept:
    """Enter a part of the order the buyer asks for by a day."""
    order = _order(entry, number)
    if grams <= 0:
        raise NothingPromised
    if not order.day <= due_day < order.until_day:
        last = queries.last_day(order.until_day)
        raise CallOffBeforeOrder(due_day=due_day, first=order.day, last=last)
    others = queries.of_order(CallOff, entry.organisation_id, number).exclude(number=call)
    in_all = grams + sum(others.values_list("grams", flat=True))
    if in_all > order.grams:
        raise CalledMoreThanOrdered(called=_kg(in_all), ordered=_kg(order.grams))
    fields = {"contract_id": order.pk, "number": call, "grams": grams, "due_day": due_day, "day": day}
    want = Want(f"{number}-{call}", _area(entry), fields, refers={"contract_id": number})
    return keep(CallOff, [want], entry)


@transaction.atomic
def take(entry: Entry, number: str, given: DeliveryGiven, *, post: Post) -> Priced:
    """Enter a delivery under an order: weighed, priced by the terms and booked, in one step.

    Refuses with ReceiptUsed, and for all the reasons of rules.offtake.price.
    """
    order, home = _order(entry, number), _household(given.household)
    key = f"{given.day.year}-{given.receipt}"
    if Delivery.objects.filter(organisation_id=entry.organisation_id, key=key).exists():
        raise ReceiptUsed(receipt=given.receipt, year=given.day.year)
    if given.grams <= 0:
        raise NothingPromised
    priced = priced_by(entry, order, order.good, given.grade, given.day)
    row = _delivery(
        entry,
        key=key,
        area_id=home.area_id,
        household_id=home.pk,
        day=given.day,
        receipt=given.receipt,
        good=order.good,
        grade=given.grade,
        grams=given.grams,
        evidence=given.evidence,
        priced=priced,
    )
    _hand(entry, row, "", post)
    _reason(entry, order, row, priced)
    return priced


@transaction.atomic
def price_delivery(entry: Entry, number: str, reference: str, *, post: Post) -> Priced:
    """Price a delivery that stands by an order's terms: a new version of it with the price, and the reason.

    Refuses with NoSuchDelivery, DeliveryPricedBefore, DeliveryAgreedHigher, and as rules.offtake.price does.
    """
    order, old = _order(entry, number), _standing(entry, reference)
    priced = priced_by(entry, order, old.good, old.grade, old.day)
    if old.price_fen_per_kg > priced.fen_per_kg:
        raise DeliveryAgreedHigher(agreed=_yuan(old.price_fen_per_kg), offered=_yuan(priced.fen_per_kg))
    row = old
    if old.price_fen_per_kg < priced.fen_per_kg:
        row = _delivery(
            entry,
            key=next_key(old.key),
            corrects_id=old.pk,
            area_id=old.area_id,
            household_id=old.household_id,
            day=old.day,
            receipt=old.receipt,
            good=old.good,
            grade=old.grade,
            grams=old.grams,
            evidence=old.evidence,
            priced=priced,
        )
        _hand(entry, row, old.reference, post)
    _reason(entry, order, row, priced)
    return priced


def _standing(entry: Entry, reference: str) -> Delivery:
    key = reference.removeprefix("delivery:")
    found = Delivery.objects.current().filter(organisation_id=entry.organisation_id, key=key).first()
    if found is None:
        raise NoSuchDelivery(reference=reference)
    before = queries.pricing_of(entry.organisation_id, key)
    if before is not None:
        raise DeliveryPricedBefore(order=before.order)
    return found


def priced_by(entry: Entry, order: OfftakeContract, good: str, grade: str, day: date) -> Priced:
    """The price the terms give on a day, from the prices on record."""
    seen = queries.prices_seen(entry.organisation_id, good, day)
    return rules.price(queries.terms_of(order), good, grade, day, seen)


def _delivery(entry: Entry, *, priced: Priced, **fields: Any) -> Delivery:
    return Delivery.objects.create(
        organisation_id=entry.organisation_id,
        source_id=entry.source_id,
        place=entry.place,
        recorded_at=entry.at,
        recorded_by_id=entry.by,
        price_fen_per_kg=priced.fen_per_kg,
        amount_fen=rules.worth(fields["grams"], priced.fen_per_kg),
        **fields,
    )


def _reason(entry: Entry, order: OfftakeContract, row: Delivery, priced: Priced) -> None:
    """Keep every price that was weighed, and which one won."""
    OfftakeDelivery.objects.create(
        organisation_id=entry.organisation_id,
        area_id=row.area_id,
        key=base(row.key),
        day=row.day,
        source_id=entry.source_id,
        place=entry.place,
        recorded_at=entry.at,
        recorded_by_id=entry.by,
        contract=order,
        delivery=row,
        fen_per_kg=priced.fen_per_kg,
        won=priced.won,
        candidates=[written_candidate(each) for each in priced.candidates],
    )


def written_candidate(candidate: rules.Candidate) -> Mapping[str, Any]:
    """A price that was weighed, as it is stored."""
    seen = candidate.seen
    return {
        "kind": candidate.kind,
        "fen_per_kg": candidate.fen_per_kg,
        "record": seen.reference if seen else "",
        "seen_fen_per_kg": seen.fen_per_kg if seen else 0,
        "seen_day": seen.day.isoformat() if seen else "",
        "market": seen.market if seen else "",
    }


def _hand(entry: Entry, row: Delivery, reverses: str, post: Post) -> None:
    member = (
        Membership.objects.on(row.day)
        .filter(organisation_id=entry.organisation_id, member_id=row.household_id)
        .exists()
    )
    fact = DeliveryFact(row.reference, row.day, row.household.code, member, row.amount_fen)
    post(
        "delivery",
        [Handed(fact, reverses)],
        organisation_id=entry.organisation_id,
        year=row.day.year,
        at=entry.at,
        by=entry.by,
    )


def _order(entry: Entry, number: str) -> OfftakeContract:
    found = queries.standing_order(entry.organisation_id, number)
    if found is None:
        raise NoSuchOrder(number=number)
    return found


def _party(code: str) -> Party:
    found = Party.objects.filter(code=code).first()
    if found is None:
        raise NoSuchParty(code=code)
    return found


def _household(code: str) -> Party:
    found = _party(code)
    if found.kind != "household":
        raise GrowerNotAHousehold(code=code)
    return found


def _area(entry: Entry) -> int:
    return Party.objects.values_list("area_id", flat=True).get(pk=entry.organisation_id)


def _kg(grams: int) -> str:
    return f"{Decimal(grams) / 1000:f}"


def _yuan(fen: int) -> str:
    return str(Fen(fen))
