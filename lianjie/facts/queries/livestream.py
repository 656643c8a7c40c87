"""Livestreams: what was sold while they ran, by county, gross and net; every figure down to its orders."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet, Sum

from lianjie.facts.models import Area, LivestreamEvent, OrderRefund, Product, SalesOrder, SalesOrderLine
from lianjie.facts.queries.in_kind import number, numbered
from lianjie.facts.queries.parties import SLICE
from lianjie.facts.queries.slices import Slice, all_after, slice_after
from lianjie.facts.rules.livestream import CountySales, shared_back

RETURNS = ("return", "spoilage", "short_weight")


@dataclass(frozen=True)
class EventRow:
    """One livestream."""

    id: int
    code: str
    reference: str
    name: str
    channel: str
    channel_code: str
    start_at: datetime
    until_at: datetime
    host: str
    products: tuple[str, ...]
    counties: tuple[str, ...]
    evidence: str


@dataclass(frozen=True)
class OrderOfEvent:
    """One line of an order that counts for a livestream."""

    number: str
    paid_at: datetime
    product: str
    county: str
    packs: int
    amount_fen: int
    back_fen: int

    @property
    def net_fen(self) -> int:
        return self.amount_fen - self.back_fen


def page(organisation_id: int, *, search: str = "", after: str = "", limit: int = 50) -> Slice:
    """Livestreams, the latest first: EventRows."""
    found = slice_after(_narrowed(organisation_id, search), "start_at", True, after=after, limit=limit)
    return Slice(tuple(map(_event, found.rows)), found.next_after)


def every(organisation_id: int, *, search: str = "") -> Iterator[EventRow]:
    """All that fit, for an export."""
    return map(_event, all_after(_narrowed(organisation_id, search), "start_at", True))


def _narrowed(organisation_id: int, search: str) -> QuerySet:
    found = LivestreamEvent.objects.current().filter(organisation_id=organisation_id)
    if search:
        said = Q(name__icontains=search) | Q(host__icontains=search) | Q(channel__name__icontains=search)
        found = found.filter(said | Q(key__istartswith=search))
    return found.select_related("channel")


def event(organisation_id: int, code: str) -> EventRow | None:
    found = LivestreamEvent.objects.current().filter(numbered(code), organisation_id=organisation_id)
    row = found.select_related("channel").first()
    return _event(row) if row else None


def sales(organisation_id: int, of: EventRow, until: date | None = None) -> tuple[CountySales, ...]:
    """Gross and net by county of origin, in the order the event names them; others' last, under "".

    until  count only what was given back up to and with this day; None: all that is known. Gross is the same
           whenever it is asked for.
    """
    lines = lines_of(organisation_id, of)
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    wanted = set(of.counties)
    for code, orders, fen in (
        lines.order_by()
        .values_list("product__origin__code")
        .annotate(Sum("packs"), Sum("amount_fen"))
        .values_list("product__origin__code", "packs__sum", "amount_fen__sum")
    ):
        into = sums[code if code in wanted else ""]
        into[0] += fen
        into[3] += orders
    back = OrderRefund.objects.current().filter(line__in=lines)
    if until:
        back = back.filter(day__lte=until)
    for code, kind, fen in (
        back.order_by().values_list("line__product__origin__code", "kind").annotate(Sum("amount_fen"))
    ):
        sums[code if code in wanted else ""][2 if kind in RETURNS else 1] += fen
    for code, fen in _of_whole_orders(lines, until):
        sums[code if code in wanted else ""][1] += fen
    names = dict(Area.objects.filter(code__in=wanted).values_list("code", "name"))
    shown = [*of.counties, *([""] if "" in sums else [])]
    return tuple(CountySales(code, names.get(code, ""), *sums[code]) for code in shown)


def _of_whole_orders(lines: QuerySet, until: date | None) -> Iterator[tuple[str, int]]:
    """What was given back of orders as a whole, shared over their lines: county, fen."""
    back = OrderRefund.objects.current().filter(line__isnull=True, order__in=lines.values("order"))
    if until:
        back = back.filter(day__lte=until)
    totals = dict(back.order_by().values_list("order").annotate(Sum("amount_fen")))
    ids, mine = sorted(totals), set()
    of_order: dict[int, dict[int, int]] = defaultdict(dict)
    county: dict[int, str] = {}
    for start in range(0, len(ids), SLICE):
        some = ids[start : start + SLICE]
        mine |= set(lines.filter(order_id__in=some).values_list("pk", flat=True))
        rows = SalesOrderLine.objects.current().filter(order_id__in=some).order_by("order_id", "pk")
        for pk, order, fen, code in rows.values_list("pk", "order_id", "amount_fen", "product__origin__code"):
            of_order[order][pk] = fen
            county[pk] = code or ""
    for order, weights in of_order.items():
        for pk, fen in shared_back(totals[order], weights).items():
            if pk in mine:
                yield county[pk], fen


def lines_of(organisation_id: int, of: EventRow, county: str | None = None) -> QuerySet:
    """Lines that count: of orders of the channel paid while it ran, of its products."""
    orders = SalesOrder.objects.current().filter(
        organisation_id=organisation_id,
        channel__in=_versions(organisation_id, of.channel_code),
        paid_at__gte=of.start_at,
        paid_at__lt=of.until_at,
    )
    found = SalesOrderLine.objects.current().filter(order__in=orders)
    if of.products:
        every = Product.objects.filter(organisation_id=organisation_id)
        wanted = [pk for pk, key in every.values_list("pk", "key") if key.partition("~")[0] in of.products]
        found = found.filter(product__in=wanted)
    if county:
        found = found.filter(product__origin__code=county)
    elif county == "":
        found = found.exclude(product__origin__code__in=of.counties)
    return found


def orders(
    organisation_id: int, of: EventRow, county: str | None, *, after: str = "", limit: int = 50
) -> tuple[tuple[OrderOfEvent, ...], str]:
    """Lines behind a figure, the largest first, and where the next page begins."""
    found = lines_of(organisation_id, of, county).select_related("order", "product__origin")
    shown = slice_after(found, "amount_fen", True, after=after, limit=limit)
    return tuple(_rows(shown.rows)), shown.next_after


def every_order(organisation_id: int, of: EventRow, county: str | None) -> Iterator[OrderOfEvent]:
    """All of them, for an export."""
    waiting: list[Any] = []
    found = lines_of(organisation_id, of, county).select_related("order", "product__origin")
    for row in all_after(found, "amount_fen", True):
        waiting.append(row)
        if len(waiting) == SLICE:
            yield from _rows(waiting)
            waiting = []
    yield from _rows(waiting)


def _rows(lines) -> Iterator[OrderOfEvent]:
    lines = list(lines)
    back = OrderRefund.objects.current().filter(line_id__in=[row.pk for row in lines]).order_by()
    sums = dict(back.values_list("line_id").annotate(Sum("amount_fen")))
    for row in lines:
        origin = row.product.origin
        yield OrderOfEvent(
            row.order.number,
            row.order.paid_at,
            row.product.name,
            origin.name if origin else "",
            row.packs,
            row.amount_fen,
            sums.get(row.pk, 0),
        )


def _versions(organisation_id: int, channel: str) -> QuerySet:
    from lianjie.facts.models import SalesChannel

    return SalesChannel.objects.filter(numbered(channel), organisation_id=organisation_id)


def _event(row: LivestreamEvent) -> EventRow:
    return EventRow(
        row.pk,
        number(row),
        row.reference,
        row.name,
        row.channel.name,
        number(row.channel),
        row.start_at,
        row.until_at,
        row.host,
        tuple(row.products),
        tuple(row.counties),
        row.evidence,
    )
