"""Orders as they stand: the register, one order with all that came for it, prices seen, why a price."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from lianjie.base.refusal import Refusal
from lianjie.facts.models import (
    CallOff,
    Delivery,
    Fact,
    OfftakeContract,
    OfftakeDelivery,
    OfftakePromise,
    OrderSale,
    PriceRecord,
)
from lianjie.facts.queries.in_kind import numbered
from lianjie.facts.rules import offtake as rules
from lianjie.facts.rules.offtake import Called, FloorIncome, Fulfilment, OrderTerms, PriceSeen

OLDEST_DAYS = 366
"""No order asks for a price older than this."""


@dataclass(frozen=True)
class OrderRow:
    """An order in the register. Grams promised, delivered under it, and fen they came to."""

    number: str
    buyer: str
    good: str
    start: date
    until: date
    grams: int
    promised: int
    delivered: int
    fen: int
    assured: bool


@dataclass(frozen=True)
class Weighed:
    """A price the terms offered; `record` names the price record, `seen_fen_per_kg` what it said."""

    kind: str
    fen_per_kg: int
    record: str
    seen_fen_per_kg: int
    seen_day: str
    market: str
    won: bool


@dataclass(frozen=True)
class PricedRow:
    """A delivery under an order, with its price and every price that was weighed.

    now  fen a kilogram by the prices on record today; None unless they were corrected since it was priced
    """

    reference: str
    order: str
    household: str
    household_name: str
    day: date
    receipt: str
    good: str
    grade: str
    grams: int
    fen_per_kg: int
    amount_fen: int
    won: str
    weighed: tuple[Weighed, ...]
    evidence: str = ""
    now: int | None = None

    @property
    def differs(self) -> bool:
        """True when the prices on record now give another price than those it was priced by."""
        return self.now is not None


@dataclass(frozen=True)
class HomeRow:
    """A household under an order."""

    code: str
    name: str
    village: str
    extent_mu4: int
    fulfilment: Fulfilment
    floor: FloorIncome | None = None


@dataclass(frozen=True)
class OrderDetail:
    """An order with everything under it."""

    terms: OrderTerms
    buyer_name: str
    reference: str
    version: int
    homes: tuple[HomeRow, ...]
    total: Fulfilment
    call_offs: tuple[Called, ...]
    deliveries: tuple[PricedRow, ...]


@dataclass(frozen=True)
class PriceRow:
    """A price on record."""

    reference: str
    day: date
    good: str
    grade: str
    market: str
    fen_per_kg: int
    evidence: str


@dataclass(frozen=True)
class Unpriced:
    """A delivery that could be priced by an order."""

    reference: str
    household_name: str
    day: date
    receipt: str
    grade: str
    grams: int
    fen_per_kg: int


@dataclass(frozen=True)
class HouseholdOrder:
    """What one household promised under an order and brought."""

    number: str
    good: str
    buyer: str
    until: date
    fulfilment: Fulfilment
    deliveries: tuple[PricedRow, ...]
    floor: FloorIncome | None = None


def last_day(until: date) -> date:
    """The last day of a period that ends before `until`."""
    return until - timedelta(days=1)


def standing_order(organisation_id: int, number: str) -> OfftakeContract | None:
    """The newest version of an order. For actions of this room."""
    rows = OfftakeContract.objects.current().filter(organisation_id=organisation_id)
    return rows.filter(numbered(number)).select_related("buyer").first()


def of_order(model: type[Fact], organisation_id: int, number: str) -> QuerySet[Any]:
    """Facts of one table under an order, whichever of its versions they were entered for."""
    rows = model.objects.current().filter(organisation_id=organisation_id)
    return rows.filter(numbered(number, "contract__key"))


def terms_of(row: OfftakeContract) -> OrderTerms:
    """A stored order as the rules see it."""
    return OrderTerms(
        number=_base(row.key),
        buyer=row.buyer.code,
        signed_day=row.signed_day,
        start=row.day,
        until=row.until_day,
        good=row.good,
        grams=row.grams,
        floors=row.floors,
        breach=row.breach,
        loss_bearer=row.loss_bearer,
        loss_clause=row.loss_clause,
        market=row.market,
        premium_millionths=row.premium_millionths,
        market_days=row.market_days,
        same_day_market=row.same_day_market,
        deposit_fen=row.deposit_fen,
        pay_within_days=row.pay_within_days,
        backing=row.backing,
        floor_income_fen_per_mu=row.floor_income_fen_per_mu,
        insurance=row.insurance,
        assured=row.assured,
        evidence=row.evidence,
    )


def prices_seen(organisation_id: int, good: str, day: date) -> tuple[PriceSeen, ...]:
    """Prices of a good on record in the year up to `day`."""
    rows = PriceRecord.objects.current().filter(
        organisation_id=organisation_id,
        good=good,
        day__lte=day,
        day__gte=day - timedelta(days=OLDEST_DAYS),
    )
    return tuple(_seen(row) for row in rows.order_by("pk"))


def _seen(row: PriceRecord) -> PriceSeen:
    return PriceSeen(row.reference, row.day, row.market, row.grade, row.fen_per_kg)


class Prices:
    """Prices on record by good, each good read once."""

    def __init__(self, organisation_id: int) -> None:
        self.organisation_id = organisation_id
        self._seen: dict[str, list[PriceSeen]] = {}

    def until(self, good: str, day: date) -> tuple[PriceSeen, ...]:
        """As `prices_seen`."""
        if good not in self._seen:
            rows = PriceRecord.objects.current().filter(organisation_id=self.organisation_id, good=good)
            self._seen[good] = [_seen(row) for row in rows.order_by("day", "pk")]
        seen, first = self._seen[good], day - timedelta(days=OLDEST_DAYS)
        start = bisect_left(seen, first, key=lambda each: each.day)
        return tuple(seen[start : bisect_right(seen, day, key=lambda each: each.day)])


def prices(organisation_id: int, good: str = "") -> tuple[PriceRow, ...]:
    """Prices on record, the latest first."""
    rows = PriceRecord.objects.current().filter(organisation_id=organisation_id)
    if good:
        rows = rows.filter(good=good)
    return tuple(
        PriceRow(r.reference, r.day, r.good, r.grade, r.market, r.fen_per_kg, r.evidence)
        for r in rows.order_by("-day", "good", "grade", "pk")[:500]
    )


def orders(organisation_id: int) -> tuple[OrderRow, ...]:
    """The register, the latest window first."""
    promised = _sums(
        OfftakePromise.objects.current()
        .filter(organisation_id=organisation_id)
        .values_list("contract__key", "grams")
    )
    came: dict[str, list[PricedRow]] = {}
    for each in _priced(organisation_id, Q()):
        came.setdefault(each.order, []).append(each)
    rows = OfftakeContract.objects.current().filter(organisation_id=organisation_id).select_related("buyer")
    found = []
    for row in rows.order_by("-day", "key"):
        number = _base(row.key)
        under = came.get(number, [])
        found.append(
            OrderRow(
                number,
                row.buyer.name,
                row.good,
                row.day,
                row.until_day,
                row.grams,
                promised.get(number, 0),
                sum(each.grams for each in under),
                sum(each.amount_fen for each in under),
                row.assured,
            )
        )
    return tuple(found)


def order(organisation_id: int, number: str) -> OrderDetail | None:
    """One order with promises, call-offs and deliveries, or None."""
    row = standing_order(organisation_id, number)
    if row is None:
        return None
    deliveries = _priced(organisation_id, numbered(number, "contract__key"))
    promises = of_order(OfftakePromise, organisation_id, number).select_related("household__area")
    homes = _homes(terms_of(row), list(promises), deliveries)
    total = Fulfilment(
        sum(each.fulfilment.promised for each in homes),
        sum(each.grams for each in deliveries),
        sum(each.amount_fen for each in deliveries),
    )
    # What the buyer called off comes from the organisation's own hand once it sells itself.
    sold = sum(of_order(OrderSale, organisation_id, number).values_list("grams", flat=True))
    asked = of_order(CallOff, organisation_id, number).values_list("number", "due_day", "grams")
    now = priced_now(organisation_id, number)
    deliveries = tuple(replace(each, now=now.get(each.reference)) for each in deliveries)
    return OrderDetail(
        terms_of(row),
        row.buyer.name,
        row.reference,
        int(row.key.partition("~")[2] or 1),
        homes,
        total,
        rules.called(asked, sold or total.delivered),
        deliveries,
    )


def every_priced(organisation_id: int) -> tuple[PricedRow, ...]:
    """Deliveries under every order, each as it stands now."""
    return _priced(organisation_id, Q())


def priced(organisation_id: int, number: str) -> tuple[PricedRow, ...]:
    """Deliveries under an order, each as it stands now."""
    return _priced(organisation_id, numbered(number, "contract__key"))


def priced_now(organisation_id: int, number: str) -> dict[str, int]:
    """Reference of a delivery -> fen a kilogram by the prices on record now, where they were corrected since.

    The terms are those it was priced by. A delivery corrected since, or agreed higher than now, stands.
    """
    found, seen = {}, Prices(organisation_id)
    rows = of_order(OfftakeDelivery, organisation_id, number).select_related("contract__buyer", "delivery")
    for reason in rows.filter(delivery__corrected_by=None):
        row, terms = reason.delivery, terms_of(reason.contract)
        if row.withdrawn or not (terms.market or terms.same_day_market):
            continue
        try:
            best = rules.price(terms, row.good, row.grade, row.day, seen.until(row.good, row.day))
        except Refusal:
            continue
        agreed_higher = row.price_fen_per_kg > max(reason.fen_per_kg, best.fen_per_kg - 1)
        if best.fen_per_kg != reason.fen_per_kg and not agreed_higher:
            found[row.reference] = best.fen_per_kg
    return found


def unpriced(organisation_id: int, terms: OrderTerms) -> tuple[Unpriced, ...]:
    """Deliveries of the order's good within its days that no order has priced yet."""
    keys = OfftakeDelivery.objects.current().filter(organisation_id=organisation_id)
    done = {_base(key) for key in keys.values_list("key", flat=True)}
    rows = (
        Delivery.objects.current()
        .filter(
            organisation_id=organisation_id,
            good=terms.good,
            grade__in=list(terms.floors),
            day__gte=terms.start,
            day__lt=terms.until,
        )
        .select_related("household")
        .order_by("day", "key")
    )
    return tuple(
        Unpriced(
            row.reference,
            row.household.name,
            row.day,
            row.receipt,
            row.grade,
            row.grams,
            row.price_fen_per_kg,
        )
        for row in rows
        if _base(row.key) not in done
    )


def pricing_of(organisation_id: int, delivery_key: str) -> PricedRow | None:
    """Why a delivery has its price, or None when no order priced it."""
    found = _priced(organisation_id, numbered(_base(delivery_key)))
    return found[0] if found else None


def of_household(
    organisation_id: int, party_id: int, here: Collection[type[Fact]] = (OfftakePromise, OfftakeDelivery)
) -> tuple[HouseholdOrder, ...]:
    """Every order a household promised to or delivered under; `here`: tables with anything of it."""
    if not {OfftakePromise, OfftakeDelivery} & set(here):
        return ()
    promised = {
        _base(row.contract.key): row
        for row in OfftakePromise.objects.current()
        .filter(organisation_id=organisation_id, household_id=party_id)
        .select_related("contract")
    }
    came = _priced(organisation_id, Q(delivery__household_id=party_id))
    numbers = sorted({*promised, *(each.order for each in came)})
    if not numbers:
        return ()
    rows = OfftakeContract.objects.current().filter(organisation_id=organisation_id).select_related("buyer")
    standing = {_base(row.key): row for row in rows}
    found = []
    for number in (each for each in numbers if each in standing):
        row = standing[number]
        under = tuple(each for each in came if each.order == number)
        grams, fen = sum(each.grams for each in under), sum(each.amount_fen for each in under)
        promise = promised.get(number)
        fulfilled = Fulfilment(promise.grams if promise else 0, grams, fen)
        floor = rules.floor_income(terms_of(row), promise.extent_mu4, fen) if promise else None
        found.append(HouseholdOrder(number, row.good, row.buyer.name, row.until_day, fulfilled, under, floor))
    return tuple(found)


def _homes(
    terms: OrderTerms, promises: list[OfftakePromise], deliveries: tuple[PricedRow, ...]
) -> tuple[HomeRow, ...]:
    named = {row.household.code: row for row in promises}
    names = {each.household: each.household_name for each in deliveries}
    fulfilled = rules.fulfilment(
        {code: row.grams for code, row in named.items()},
        ((each.household, each.grams, each.amount_fen) for each in deliveries),
    )
    found = []
    for code, each in fulfilled.items():
        row = named.get(code)
        if row is None:
            found.append(HomeRow(code, names[code], "", 0, each))
        else:
            village, floor = row.household.area.name, rules.floor_income(terms, row.extent_mu4, each.fen)
            found.append(HomeRow(code, row.household.name, village, row.extent_mu4, each, floor))
    return tuple(found)


def _priced(organisation_id: int, which: Q) -> tuple[PricedRow, ...]:
    """Deliveries under orders, each as it stands now, with the reason of its price."""
    reasons = {
        _base(row.key): row
        for row in OfftakeDelivery.objects.current()
        .filter(which, organisation_id=organisation_id)
        .select_related("contract", "delivery")
    }
    if not reasons:
        return ()
    homes = {row.delivery.household_id for row in reasons.values()}
    days = [row.day for row in reasons.values()]
    standing = Delivery.objects.current().filter(
        organisation_id=organisation_id,
        good__in={row.delivery.good for row in reasons.values()},
        day__gte=min(days),
        day__lte=max(days),
    )
    if len(homes) == 1:
        standing = standing.filter(household_id__in=homes)
    rows = standing.select_related("household").order_by("day", "key")
    return tuple(_priced_row(row, reasons[key]) for row in rows if (key := _base(row.key)) in reasons)


def _priced_row(row: Delivery, reason: OfftakeDelivery) -> PricedRow:
    return PricedRow(
        row.reference,
        _base(reason.contract.key),
        row.household.code,
        row.household.name,
        row.day,
        row.receipt,
        row.good,
        row.grade,
        row.grams,
        row.price_fen_per_kg,
        row.amount_fen,
        reason.won,
        tuple(Weighed(**each, won=each["kind"] == reason.won) for each in reason.candidates),
        row.evidence,
    )


def _sums(rows) -> dict[str, int]:
    sums: dict[str, int] = {}
    for key, grams in rows:
        sums[_base(key)] = sums.get(_base(key), 0) + grams
    return sums


def _base(key: str) -> str:
    return key.partition("~")[0]
