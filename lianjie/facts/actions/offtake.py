"""Orders: prices seen, orders signed, quantities promised and called off, deliveries priced by the terms."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import transaction

from lianjie.base.fen import Fen
from lianjie.base.refusal import Refusal, Refusals
from lianjie.base.words import N_
from lianjie.facts import bulk
from lianjie.facts.actions.stock import members, named, not_in_the_future, parties_of, party_of
from lianjie.facts.actions.store import (
    Entry,
    Kept,
    Sieve,
    Want,
    alone,
    base,
    keep,
    newest,
    next_key,
    plainly,
    standing,
)
from lianjie.facts.models import (
    CallOff,
    Delivery,
    OfftakeContract,
    OfftakeDelivery,
    OfftakePromise,
    Party,
    PriceRecord,
)
from lianjie.facts.queries import offtake as queries
from lianjie.facts.queries.in_kind import numbered
from lianjie.facts.rules import offtake as rules
from lianjie.facts.rules.handed import DeliveryFact, Handed, Post
from lianjie.facts.rules.offtake import OrderTerms, Priced


class OrderGoodFixed(Refusal):
    what = N_("Deliveries of another good than {good} are priced by order {number}.")
    fix = N_("Leave the good as it is, or sign another order for {good}.")


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
    what = N_("{called} kg would be called off, and the order is for {ordered} kg.")
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
    place: str = ""


@dataclass(frozen=True)
class PriceGiven:
    """A price seen at a market; an empty grade is a price for every grade."""

    day: date
    good: str
    grade: str
    market: str
    fen_per_kg: int
    evidence: str = ""
    place: str = ""


@dataclass(frozen=True)
class PromiseGiven:
    """What a household promised to grow under an order."""

    order: str
    household: str
    grams: int
    extent_mu4: int
    evidence: str = ""
    place: str = ""


@dataclass(frozen=True)
class CallGiven:
    """A part of an order the buyer asks for by a day."""

    order: str
    call: str
    day: date
    due_day: date
    grams: int
    place: str = ""


def record_price(
    entry: Entry, *, day: date, good: str, grade: str, market: str, fen_per_kg: int, evidence: str
) -> Kept:
    """Keep a price seen. The same place, day, good and grade with another price is a correction."""
    with plainly():
        return record_prices(entry, [PriceGiven(day, good, grade, market, fen_per_kg, evidence)])


@transaction.atomic
def record_prices(entry: Entry, given: Sequence[PriceGiven]) -> Kept:
    """Keep prices seen, as `record_price` does."""
    area, wants, sieve = _area(entry), [], Sieve()
    for number, each in enumerate(given):
        with sieve.of(number):
            not_in_the_future(each.day, entry)
            if each.fen_per_kg <= 0:
                raise rules.PriceSeenNotAboveZero(good=each.good, day=each.day)
        fields = {name: value for name, value in asdict(each).items() if name != "place"}
        key = f"{each.day}-{each.market}-{each.good}-{each.grade}"[:110]
        wants.append(Want(key, area, fields, each.place))
    sieve.close()
    return keep(PriceRecord, wants, entry)


@transaction.atomic
def sign(entry: Entry, terms: OrderTerms, *, amend: bool = False) -> Kept:
    """Enter an order as it was signed; with `amend`, the changed terms of one that stands.

    Refuses with Refusals, NoSuchParty or OrderNumberTaken. The same terms again change nothing.
    """
    if found := list(rules.refusals(terms)):
        raise Refusals(found)
    taken = OfftakeDelivery.objects.current().filter(
        numbered(terms.number, "contract__key"), organisation_id=entry.organisation_id
    )
    if amend and taken.exclude(contract__good=terms.good).exists():
        raise OrderGoodFixed(number=terms.number, good=terms.good)
    called = _called(entry, terms.number).total()
    if called > terms.grams:
        raise CalledMoreThanOrdered(called=_kg(called), ordered=_kg(terms.grams))
    fields = {name: value for name, value in asdict(terms).items() if name not in ("number", "buyer")}
    fields |= {"day": fields.pop("start"), "until_day": fields.pop("until")}
    fields |= {"buyer_id": party_of(terms.buyer).pk, "floors": dict(terms.floors)}
    kept = keep(OfftakeContract, [Want(terms.number, _area(entry), fields)], entry)
    if any(old for old, _ in kept.corrected) and not amend:
        raise OrderNumberTaken(number=terms.number)
    return kept


def promise(entry: Entry, number: str, *, household: str, grams: int, extent_mu4: int, evidence: str) -> Kept:
    """Enter what a household promised to grow under an order; another weight later is a correction."""
    with plainly():
        return promise_all(entry, [PromiseGiven(number, household, grams, extent_mu4, evidence)])


@transaction.atomic
def promise_all(entry: Entry, given: Sequence[PromiseGiven]) -> Kept:
    """Enter promises as `promise` does, all of them or none; RowsRefused says which cannot be."""
    sieve, wants = Sieve(), []
    orders = _orders(entry, (each.order for each in given))
    homes = parties_of(each.household for each in given)
    for number, each in enumerate(given):
        with sieve.of(number):
            order, home = _among(orders, each.order), _home(homes, each.household)
            if each.grams <= 0:
                raise NothingPromised
            fields = {
                "contract_id": order.pk,
                "household_id": home.pk,
                "grams": each.grams,
                "extent_mu4": each.extent_mu4,
                "day": order.signed_day,
                "evidence": each.evidence,
            }
            key, refers = f"{each.order}-{each.household}", {"contract_id": each.order}
            wants.append(Want(key, home.area_id, fields, each.place, refers))
    sieve.close()
    return keep(OfftakePromise, wants, entry)


def call_off(entry: Entry, number: str, *, call: str, day: date, due_day: date, grams: int) -> Kept:
    """Enter a part of the order the buyer asks for by a day."""
    with plainly():
        return call_all(entry, [CallGiven(number, call, day, due_day, grams)])


@transaction.atomic
def call_all(entry: Entry, given: Sequence[CallGiven]) -> Kept:
    """Enter call-offs as `call_off` does, all of them or none."""
    sieve, wants, area = Sieve(), [], _area(entry)
    orders = _orders(entry, (each.order for each in given))
    called = {of: _called(entry, of) for of in orders}
    for number, each in enumerate(given):
        with sieve.of(number):
            order = _among(orders, each.order)
            if each.grams <= 0:
                raise NothingPromised
            if not order.day <= each.due_day < order.until_day:
                last = queries.last_day(order.until_day)
                raise CallOffBeforeOrder(due_day=each.due_day, first=order.day, last=last)
            others = called[each.order]
            in_all = each.grams + others.total() - others[each.call]
            if in_all > order.grams:
                raise CalledMoreThanOrdered(called=_kg(in_all), ordered=_kg(order.grams))
            others[each.call] = each.grams
            fields = {
                "contract_id": order.pk,
                "number": each.call,
                "grams": each.grams,
                "due_day": each.due_day,
                "day": each.day,
            }
            key, refers = f"{each.order}-{each.call}", {"contract_id": each.order}
            wants.append(Want(key, area, fields, each.place, refers))
    sieve.close()
    return keep(CallOff, wants, entry)


def _called(entry: Entry, number: str) -> Counter[str]:
    """Number of a call-off -> grams, of one order."""
    rows = queries.of_order(CallOff, entry.organisation_id, number)
    return Counter(dict(rows.values_list("number", "grams")))


def take(entry: Entry, number: str, given: DeliveryGiven, *, post: Post) -> Priced:
    """Enter a delivery under an order: weighed, priced by the terms and booked, in one step.

    Refuses with ReceiptUsed, and for all the reasons of rules.offtake.price.
    """
    return alone(partial(take_all, entry), (number, given), post=post)


@transaction.atomic
def take_all(entry: Entry, given: Sequence[tuple[str, DeliveryGiven]], *, post: Post) -> list[Priced]:
    """Enter deliveries, each with the number of its order, as `take` does: all of them or none."""
    sieve, found = Sieve(), []
    orders = _orders(entry, (number for number, _ in given))
    homes = parties_of(each.household for _, each in given)
    heads = newest(Delivery, entry.organisation_id, [_key(each) for _, each in given])
    used = {key for key, head in heads.items() if not head.withdrawn}
    seen = queries.Prices(entry.organisation_id)
    for n, (number, each) in enumerate(given):
        with sieve.of(n):
            order, home = _among(orders, number), _home(homes, each.household)
            if _key(each) in used:
                raise ReceiptUsed(receipt=each.receipt, year=each.day.year)
            if each.grams <= 0:
                raise NothingPromised
            terms, good = queries.terms_of(order), order.good
            priced = rules.price(terms, good, each.grade, each.day, seen.until(good, each.day))
            used.add(_key(each))
            taken_back = heads.get(_key(each))
            row = _delivery(
                entry,
                key=next_key(taken_back.key) if taken_back else _key(each),
                corrects_id=taken_back.pk if taken_back else None,
                area_id=home.area_id,
                household=home,
                day=each.day,
                receipt=each.receipt,
                good=good,
                grade=each.grade,
                grams=each.grams,
                evidence=each.evidence,
                place=each.place or entry.place,
                priced=priced,
            )
            found.append((order, row, priced))
    sieve.close()
    bulk.insert([row for _, row, _ in found])
    _hand(entry, [(row, "") for _, row, _ in found], post)
    again = [base(row.key) for _, row, _ in found if row.corrects_id]
    before = standing(OfftakeDelivery, entry.organisation_id, again)
    bulk.insert([priced_so(entry, *each, before.get(base(each[1].key))) for each in found])
    return [priced for *_, priced in found]


def _key(given: DeliveryGiven) -> str:
    return f"{given.day.year}-{given.receipt}"


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
        row = priced_version(entry, old, priced, post)
    priced_so(entry, order, row, priced).save(force_insert=True)
    return priced


def priced_version(entry: Entry, old: Delivery, priced: Priced, post: Post) -> Delivery:
    """The delivery at another price: a new version, and its entry in place of the former one's."""
    row = _delivery(
        entry,
        key=next_key(old.key),
        corrects_id=old.pk,
        area_id=old.area_id,
        household=old.household,
        day=old.day,
        receipt=old.receipt,
        good=old.good,
        grade=old.grade,
        grams=old.grams,
        evidence=old.evidence,
        place=entry.place,
        priced=priced,
    )
    row.save(force_insert=True)
    _hand(entry, [(row, old.reference)], post)
    return row


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
    return Delivery(
        organisation_id=entry.organisation_id,
        source_id=entry.source_id,
        recorded_at=entry.at,
        recorded_by_id=entry.by,
        price_fen_per_kg=priced.fen_per_kg,
        amount_fen=rules.worth(fields["grams"], priced.fen_per_kg),
        **fields,
    )


def priced_so(
    entry: Entry,
    order: OfftakeContract,
    row: Delivery,
    priced: Priced,
    before: OfftakeDelivery | None = None,
) -> OfftakeDelivery:
    """Every price that was weighed, and which one won; in place of the reason it had before."""
    return OfftakeDelivery(
        organisation_id=entry.organisation_id,
        area_id=row.area_id,
        key=next_key(before.key) if before else base(row.key),
        corrects_id=before.pk if before else None,
        day=row.day,
        source_id=entry.source_id,
        place=row.place if row.source_id == entry.source_id else entry.place,
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


def _hand(entry: Entry, rows: Sequence[tuple[Delivery, str]], post: Post) -> None:
    """Give the ledger deliveries, each with the reference of what it corrects."""
    member = members(entry, (row.household_id for row, _ in rows))
    facts = [
        Handed(
            DeliveryFact(
                row.reference, row.day, row.household.code, member(row.household_id, row.day), row.amount_fen
            ),
            reverses,
        )
        for row, reverses in rows
    ]
    if facts:
        of, year = entry.organisation_id, rows[0][0].day.year
        post("delivery", facts, organisation_id=of, year=year, at=entry.at, by=entry.by)


def _order(entry: Entry, number: str) -> OfftakeContract:
    return _among(_orders(entry, [number]), number)


def _orders(entry: Entry, numbers: Iterable[str]) -> dict[str, OfftakeContract]:
    return standing(OfftakeContract, entry.organisation_id, numbers, "buyer")


def _among(orders: Mapping[str, OfftakeContract], number: str) -> OfftakeContract:
    if number not in orders:
        raise NoSuchOrder(number=number)
    return orders[number]


def _home(parties: Mapping[str, Party], code: str) -> Party:
    found = named(parties, code)
    if found.kind != "household":
        raise GrowerNotAHousehold(code=code)
    return found


def _area(entry: Entry) -> int:
    return Party.objects.values_list("area_id", flat=True).get(pk=entry.organisation_id)


def _kg(grams: int) -> str:
    return f"{Decimal(grams) / 1000:f}"


def _yuan(fen: int) -> str:
    return str(Fen(fen))
