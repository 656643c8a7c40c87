"""Products, channels and orders as they stand, read from what happened to them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Q, QuerySet, Sum

from lianjie.facts.models import (
    Lot,
    OrderClaim,
    OrderRefund,
    PaymentMatch,
    Pick,
    Product,
    SalesChannel,
    SalesOrder,
    SalesOrderLine,
    ShipmentLoad,
)
from lianjie.facts.queries.in_kind import number, numbered
from lianjie.facts.queries.parties import SLICE
from lianjie.facts.queries.slices import all_after, slice_after
from lianjie.facts.rules import market as rules
from lianjie.facts.rules.in_kind import GoodCountedOtherwise
from lianjie.facts.rules.market import LineStanding, OrderMoney


@dataclass(frozen=True)
class ProductRow:
    """One product."""

    id: int
    code: str
    reference: str
    name: str
    good: str
    grade: str
    unit: str
    content: int
    specification: str
    certificate: str
    certificate_until: date | None
    producer: str
    origin: str
    origin_code: str
    attribution: str


@dataclass(frozen=True)
class ChannelRow:
    """One sales channel."""

    id: int
    code: str
    reference: str
    kind: str
    name: str
    platform: str
    payer: str
    fee: rules.FeeRule


@dataclass(frozen=True)
class LineRow:
    """One line of an order, and how far it went."""

    id: int
    place: int
    product: str
    product_code: str
    good: str
    grade: str
    unit: str
    packs: int
    owner: str
    attribution: str
    standing: LineStanding


@dataclass(frozen=True)
class OrderRow:
    """One order and where it stands.

    state  entered, part_sent, sent, given_back, cancelled: how far the goods are; payment is `money`
    """

    id: int
    key: str
    channel: str
    channel_code: str
    channel_kind: str
    number: str
    reference: str
    day: date
    paid_at: datetime | None
    sent_day: date | None
    buyer_id: int | None
    buyer: str
    ship_to: str
    contract: str
    pairing: str
    refunds_borne_by: str
    evidence: str
    debtor_code: str
    money: OrderMoney
    lines: tuple[LineRow, ...]

    @property
    def state(self) -> str:
        """How far the goods are."""
        lines = [line.standing for line in self.lines]
        if all(line.cancelled == line.quantity for line in lines):
            return "cancelled"
        if all(line.sent and line.back == line.sent and not line.to_send for line in lines):
            return "given_back"
        if not any(line.sent for line in lines):
            return "entered"
        return "part_sent" if any(line.to_send for line in lines) else "sent"


@dataclass(frozen=True)
class RefundRow:
    """Something given back or cancelled."""

    number: str
    reference: str
    day: date
    kind: str
    quantity: int
    unit: str
    amount_fen: int
    why: str


@dataclass(frozen=True)
class PaidRow:
    """A payment's part for one order; `back` when it was paid back to the buyer."""

    number: str
    reference: str
    day: date
    fen: int
    back: bool


@dataclass(frozen=True)
class Page:
    """Some rows, and where the next page begins; "" on the last."""

    rows: tuple
    next_after: str


def same_unit(organisation_id: int, good: str, unit: str) -> None:
    """One good is counted in one unit, in products and in lots. Refuses with GoodCountedOtherwise."""
    refuse_other_unit(units(organisation_id, [good]), good, unit)


def units(organisation_id: int, goods: Iterable[str]) -> dict[str, str]:
    """Good -> the unit its products and lots are counted in."""
    wanted, found = sorted(set(goods)), {}
    for start in range(0, len(wanted), SLICE):
        for model in (Product, Lot):
            rows = model.objects.current().filter(
                organisation_id=organisation_id, good__in=wanted[start : start + SLICE]
            )
            found |= dict(rows.order_by().values_list("good", "unit").distinct())
    return found


def refuse_other_unit(units: Mapping[str, str], good: str, unit: str) -> None:
    """Refuses with GoodCountedOtherwise."""
    if units.get(good, unit) != unit:
        raise GoodCountedOtherwise(good=good, unit=units[good])


def products(organisation_id: int, search: str = "") -> tuple[ProductRow, ...]:
    """Products that stand, by name."""
    found = Product.objects.current().filter(organisation_id=organisation_id)
    if search:
        found = found.filter(
            Q(name__icontains=search) | Q(good__icontains=search) | Q(key__istartswith=search)
        )
    return tuple(
        ProductRow(
            row.pk, number(row), row.reference, row.name, row.good, row.grade, row.unit, row.content,
            row.specification, row.certificate, row.certificate_until,
            row.producer.name if row.producer else "", row.origin.name if row.origin else "",
            row.origin.code if row.origin else "", row.attribution,
        )
        for row in found.select_related("producer", "origin").order_by("name", "pk")
    )  # fmt: skip


def channels(organisation_id: int) -> tuple[ChannelRow, ...]:
    """Sales channels that stand, by name."""
    found = SalesChannel.objects.current().filter(organisation_id=organisation_id)
    return tuple(
        ChannelRow(
            row.pk, number(row), row.reference, row.kind, row.name, row.platform,
            row.payer.name if row.payer else "",
            rules.FeeRule(row.fee_basis, row.fee_millionths, row.fee_fixed_fen),
        )
        for row in found.select_related("payer").order_by("name", "pk")
    )  # fmt: skip


def page(
    organisation_id: int,
    *,
    search: str = "",
    channel: str = "",
    claimant: str = "",
    year: str = "",
    after: str = "",
    limit: int = 50,
) -> Page:
    """Orders, the latest first."""
    found = narrowed(organisation_id, search, channel, claimant, year)
    shown = slice_after(found, "day", True, after=after, limit=limit)
    return Page(tuple(rows_of(shown.rows)), shown.next_after)


def every(
    organisation_id: int, *, search: str = "", channel: str = "", claimant: str = "", year: str = ""
) -> Iterator[OrderRow]:
    """All orders that fit, for an export."""
    waiting: list[SalesOrder] = []
    for row in all_after(narrowed(organisation_id, search, channel, claimant, year), "day", True):
        waiting.append(row)
        if len(waiting) == SLICE:
            yield from rows_of(waiting)
            waiting = []
    yield from rows_of(waiting)


def narrowed(
    organisation_id: int, search: str = "", channel: str = "", claimant: str = "", year: str = ""
) -> QuerySet:
    """Standing orders of one organisation that fit; `claimant`: counted by them as theirs."""
    found = (
        SalesOrder.objects.current()
        .filter(organisation_id=organisation_id)
        .select_related("channel__payer", "buyer", "ship_to", "contract", "pairing")
    )
    if channel:
        found = found.filter(channel__in=SalesChannel.objects.filter(numbered(channel)))
    if claimant:
        claims = OrderClaim.objects.current().filter(organisation_id=organisation_id, claimant=claimant)
        found = found.filter(pk__in=claims.values("order_id"))
    if year.isdecimal() and int(year):
        found = found.filter(day__year=int(year))
    if search:
        found = found.filter(
            Q(number__istartswith=search)
            | Q(buyer__name__icontains=search)
            | Q(buyer_name__icontains=search)
            | Q(lines__product__name__icontains=search)
        ).distinct()
    return found


def order(organisation_id: int, channel: str, of: str) -> OrderRow | None:
    """The order with this number in this channel, or None."""
    found = narrowed(organisation_id).filter(numbered(rules.order_key(channel, of)))
    return next(rows_of(list(found[:1])), None)


def rows_of(found: Collection[SalesOrder]) -> Iterator[OrderRow]:
    """Stored orders with where each stands."""
    ids = [row.pk for row in found]
    of_lines, of_money = lines(ids), money(ids)
    for row in found:
        yield OrderRow(
            row.pk, number(row), row.channel.name, number(row.channel), row.channel.kind, row.number,
            row.reference, row.day, row.paid_at, row.sent_day, row.buyer_id,
            row.buyer.name if row.buyer else row.buyer_name,
            row.ship_to.name if row.ship_to else "", number(row.contract) if row.contract else "",
            number(row.pairing) if row.pairing else "", row.refunds_borne_by, row.evidence, _debtor(row),
            replace(of_money[row.pk], amount_fen=row.amount_fen), tuple(of_lines[row.pk]),
        )  # fmt: skip


def _debtor(row: SalesOrder) -> str:
    """Code of who pays for an order; "" when it is nobody registered."""
    party = row.channel.payer or row.buyer
    return party.code if party else ""


def money(orders: Collection[int]) -> dict[int, OrderMoney]:
    """Order id -> given back and paid. `amount_fen` is left at 0: it stands on the order."""
    back: dict[int, int] = defaultdict(int)
    paid: dict[int, int] = defaultdict(int)
    wanted = sorted(orders)
    for start in range(0, len(wanted), SLICE):
        some = wanted[start : start + SLICE]
        rows = OrderRefund.objects.current().filter(order_id__in=some).order_by().values_list("order_id")
        back.update(dict(rows.annotate(Sum("amount_fen"))))
        for pk, fen, out in (
            PaymentMatch.objects.current()
            .filter(order_id__in=some)
            .values_list("order_id", "amount_fen", "payment__back")
        ):
            paid[pk] += -fen if out else fen
    return {pk: OrderMoney(0, back[pk], paid[pk]) for pk in wanted}


def lines(orders: Collection[int]) -> dict[int, list[LineRow]]:
    """Order id -> its lines in order, each with how far it went."""
    found: dict[int, list[LineRow]] = {pk: [] for pk in orders}
    wanted = sorted(found)
    for start in range(0, len(wanted), SLICE):
        some = wanted[start : start + SLICE]
        rows = list(
            SalesOrderLine.objects.current()
            .filter(order_id__in=some)
            .select_related("product", "order")
            .order_by("pk")
        )
        stand = standings(rows)
        for row in rows:
            found[row.order_id].append(_line(row, stand[row.pk]))
    return found


def standings(rows: Collection[SalesOrderLine]) -> dict[int, LineStanding]:
    """Line id -> how far it went; lines with their orders read."""
    ids = sorted(row.pk for row in rows)
    back: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for start in range(0, len(ids), SLICE):
        some = OrderRefund.objects.current().filter(line_id__in=ids[start : start + SLICE])
        for pk, kind, quantity, fen in some.values_list("line_id", "kind", "quantity", "amount_fen"):
            if kind == "cancelled":
                back[pk][0] += quantity
                back[pk][1] += fen
            else:
                back[pk][2] += quantity
    picked: dict[int, int] = defaultdict(int)
    went: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for start in range(0, len(ids), SLICE):
        some_ids = ids[start : start + SLICE]
        taken = Pick.objects.current().filter(line_id__in=some_ids).order_by().values_list("line_id")
        picked.update(dict(taken.annotate(Sum("quantity"))))
        loads = ShipmentLoad.objects.current().filter(pick__line_id__in=some_ids).order_by()
        for pk, quantity, fen in loads.values_list("pick__line_id").annotate(
            Sum("pick__quantity"), Sum("revenue_fen")
        ):
            went[pk] = (quantity, fen)
    made = {}
    for row in rows:
        cancelled, cancelled_fen, came_back = back[row.pk]
        sent, fen = went[row.pk]
        if row.order.sent_day:
            sent, fen = row.quantity, row.amount_fen
        made[row.pk] = LineStanding(
            row.quantity, row.amount_fen, sent, fen, cancelled, cancelled_fen, came_back, picked[row.pk]
        )
    return made


def _line(row: SalesOrderLine, standing: LineStanding) -> LineRow:
    return LineRow(
        row.pk, int(row.key.rpartition("/")[2]), row.product.name, number(row.product), row.product.good,
        row.product.grade, row.product.unit, row.packs, row.owner, row.product.attribution, standing,
    )  # fmt: skip


def sold_fen(order_id: int) -> int:
    """Fen of an order that are booked as sold."""
    return sum(line.standing.sold_fen for line in lines([order_id])[order_id])


def booked_back_fen(order_id: int) -> int:
    """Fen of an order given back after they were booked."""
    rows = OrderRefund.objects.current().filter(order_id=order_id).exclude(kind="cancelled")
    return rows.aggregate(n=Sum("amount_fen"))["n"] or 0


def claims(order_id: int) -> list[tuple[str, str, str]]:
    """Who counts an order as theirs: kind, who, reference."""
    rows = OrderClaim.objects.current().filter(order_id=order_id).order_by("pk")
    return [(row.kind, row.claimant, row.reference) for row in rows]


def refunds(order_id: int) -> list[RefundRow]:
    """What was given back or cancelled of an order, in order of day."""
    rows = OrderRefund.objects.current().filter(order_id=order_id).select_related("line__product")
    return [
        RefundRow(
            number(row), row.reference, row.day, row.kind, row.quantity,
            row.line.product.unit if row.line else "kg", row.amount_fen, row.why,
        )
        for row in rows.order_by("day", "pk")
    ]  # fmt: skip


def payments(order_id: int) -> list[PaidRow]:
    """What was paid for an order, in order of day."""
    rows = PaymentMatch.objects.current().filter(order_id=order_id).select_related("payment")
    return [
        PaidRow(number(row.payment), row.payment.reference, row.day, row.amount_fen, row.payment.back)
        for row in rows.order_by("day", "pk")
    ]
