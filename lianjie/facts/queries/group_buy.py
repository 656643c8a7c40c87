"""Group-buy rounds: what was ordered, what each order gets and why, what is charged."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from lianjie.facts.models import (
    GroupBuyClosing,
    GroupBuyRound,
    GroupBuyShare,
    OrderRefund,
    SalesChannel,
    SalesOrderLine,
)
from lianjie.facts.queries.in_kind import number, numbered
from lianjie.facts.queries.slices import Slice, all_after, slice_after


@dataclass(frozen=True)
class Ordered:
    """One order of a round, in order of time."""

    key: str
    number: str
    order_id: int
    line_id: int
    place: int
    buyer: str
    paid_at: datetime
    packs: int
    amount_fen: int


@dataclass(frozen=True)
class ShareRow:
    """What one order got: packs, what it is charged, and the reason."""

    number: str
    buyer: str
    wanted: int
    given: int
    amount_fen: int
    charged_fen: int
    text: str
    details: Mapping[str, Any]

    @property
    def short(self) -> int:
        return self.wanted - self.given

    @property
    def back_fen(self) -> int:
        """Never charged: given back when it was paid already."""
        return self.amount_fen - self.charged_fen


@dataclass(frozen=True)
class RoundRow:
    """One round; `supply` and `closed_day` once it is closed."""

    id: int
    code: str
    reference: str
    name: str
    channel: str
    channel_code: str
    product: str
    price_fen: int
    start_at: datetime
    until_at: datetime
    rule: str
    pickup: str
    supply: int | None
    word: str
    closed_day: date | None

    @property
    def state(self) -> str:
        """open, ended (waits to be closed) or closed."""
        return "closed" if self.supply is not None else "open" if timezone.now() < self.until_at else "ended"


def page(organisation_id: int, *, search: str = "", after: str = "", limit: int = 50) -> Slice:
    """Rounds, the latest first: RoundRows."""
    found = slice_after(_narrowed(organisation_id, search), "start_at", True, after=after, limit=limit)
    return Slice(tuple(map(_round, found.rows)), found.next_after)


def every(organisation_id: int, *, search: str = "") -> Iterator[RoundRow]:
    """All that fit, for an export."""
    return map(_round, all_after(_narrowed(organisation_id, search), "start_at", True))


def _narrowed(organisation_id: int, search: str) -> QuerySet:
    found = GroupBuyRound.objects.current().filter(organisation_id=organisation_id)
    if search:
        said = Q(name__icontains=search) | Q(product__name__icontains=search) | Q(pickup__icontains=search)
        found = found.filter(said | Q(channel__name__icontains=search) | Q(key__istartswith=search))
    standing = Prefetch("closings", GroupBuyClosing.objects.current(), to_attr="standing")
    return found.select_related("channel", "product").prefetch_related(standing)


def round_(organisation_id: int, code: str) -> RoundRow | None:
    row = _narrowed(organisation_id, "").filter(numbered(code)).first()
    return _round(row) if row else None


def orders(row: RoundRow) -> list[Ordered]:
    """What was ordered in a round, in order of time."""
    return ordered(GroupBuyRound.objects.select_related("channel", "product").get(pk=row.id))


def ordered(row: GroupBuyRound) -> list[Ordered]:
    """Lines of the round's product, paid within it, not sent and not cancelled otherwise."""
    channels = SalesChannel.objects.filter(numbered(number(row.channel)), organisation_id=row.organisation_id)
    lines = (
        SalesOrderLine.objects.current()
        .filter(
            order__in=_orders(row, channels),
            product__key__regex=rf"^{number(row.product)}(~\d+)?$",
            product__organisation_id=row.organisation_id,
        )
        .select_related("order")
        .order_by("order__paid_at", "order__number", "pk")
    )
    shares = GroupBuyShare.objects.filter(closing__round=row).values("line")
    gone = OrderRefund.objects.current().filter(kind="cancelled").exclude(line__in=shares).values("line")
    return [
        Ordered(
            each.key,
            each.order.number,
            each.order_id,
            each.pk,
            int(each.key.rpartition("/")[2]),
            each.order.buyer_name,
            each.order.paid_at,
            each.packs,
            each.amount_fen,
        )
        for each in lines.exclude(pk__in=gone)
    ]


def _orders(row: GroupBuyRound, channels):
    from lianjie.facts.models import SalesOrder

    return SalesOrder.objects.current().filter(
        organisation_id=row.organisation_id,
        channel__in=channels,
        paid_at__gte=row.start_at,
        paid_at__lt=row.until_at,
        sent_day__isnull=True,
    )


def shares(row: RoundRow) -> tuple[ShareRow, ...]:
    """What each order got, in order of time."""
    found = GroupBuyShare.objects.current().filter(closing__round_id=row.id, closing__withdrawn=False)
    return tuple(
        ShareRow(
            each.order.number,
            each.order.buyer_name,
            each.wanted_packs,
            each.given_packs,
            each.line.amount_fen,
            each.charged_fen,
            each.text,
            each.details,
        )
        for each in found.select_related("order", "line").order_by("pk")
    )


def _round(row: Any) -> RoundRow:
    """A round of `_narrowed`, which holds the closing that stands in `standing`."""
    closing = row.standing[0] if row.standing else None
    return RoundRow(
        row.pk,
        number(row),
        row.reference,
        row.name,
        row.channel.name,
        number(row.channel),
        row.product.name,
        row.price_fen,
        row.start_at,
        row.until_at,
        row.rule,
        row.pickup,
        closing.supply_packs if closing else None,
        closing.word if closing else "",
        closing.day if closing else None,
    )
