"""What channels settled, against the orders; and what was sent and nobody settled."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from django.db.models import Count, Q, QuerySet, Sum

from lianjie.facts.models import (
    ChannelStatement,
    ChannelStatementLine,
    OrderRefund,
    SalesChannel,
    SalesOrder,
)
from lianjie.facts.queries.in_kind import number, numbered
from lianjie.facts.queries.parties import SLICE
from lianjie.facts.queries.slices import Slice, all_after, slice_after
from lianjie.facts.rules.channel_settlement import StatementLayout, layout


@dataclass(frozen=True)
class OrderStands:
    """An order: what it stands for less given back, and what was settled of it before."""

    order_id: int
    net_fen: int
    settled_fen: int


@dataclass(frozen=True)
class StatementRow:
    """One statement with how many of its orders came to what."""

    id: int
    key: str
    channel: str
    channel_code: str
    number: str
    day: date
    into: str
    gross_fen: int
    back_fen: int
    fee_fen: int
    paid_fen: int
    counts: dict[str, int]


@dataclass(frozen=True)
class StatementLineRow:
    """One order of a statement."""

    number: str
    channel_code: str
    known: bool
    gross_fen: int
    back_fen: int
    fee_fen: int
    ours_fen: int | None
    outcome: str

    @property
    def paid_fen(self) -> int:
        return self.gross_fen - self.back_fen - self.fee_fen

    @property
    def net_fen(self) -> int:
        return self.gross_fen - self.back_fen

    @property
    def differs_fen(self) -> int | None:
        return None if self.ours_fen is None else self.gross_fen - self.back_fen - self.ours_fen


@dataclass(frozen=True)
class MissingRow:
    """An order sent and settled by nobody."""

    number: str
    channel: str
    channel_code: str
    sent_day: date
    net_fen: int


@cache
def layouts() -> tuple[StatementLayout, ...]:
    """The settlement layouts that ship."""
    folder = files("lianjie.facts.parameters.settlement_layouts")
    found = sorted((e for e in folder.iterdir() if e.name.endswith(".toml")), key=lambda each: each.name)
    return tuple(layout(each.name.removesuffix(".toml"), each.read_text("utf-8")) for each in found)


def standing(organisation_id: int, channel: str, numbers: Sequence[str]) -> dict[str, OrderStands]:
    """Number -> the order as it stands."""
    found: dict[str, OrderStands] = {}
    wanted = sorted(set(numbers))
    channels = SalesChannel.objects.filter(numbered(channel), organisation_id=organisation_id)
    rows = SalesOrder.objects.current().filter(organisation_id=organisation_id, channel__in=channels)
    for start in range(0, len(wanted), SLICE):
        some = list(
            rows.filter(number__in=wanted[start : start + SLICE]).values_list("pk", "number", "amount_fen")
        )
        ids = [pk for pk, _, _ in some]
        back = _sums(OrderRefund.objects.current().filter(order_id__in=ids), "order_id")
        lines = ChannelStatementLine.objects.current().filter(
            number__in=[name for _, name, _ in some], statement__channel__in=channels
        )
        settled: dict[str, int] = defaultdict(int)
        for name, gross, given in lines.values_list("number", "gross_fen", "back_fen"):
            settled[name] += gross - given
        for pk, name, fen in some:
            found[name] = OrderStands(pk, fen - back.get(pk, 0), settled[name])
    return found


def page(organisation_id: int, *, search: str = "", after: str = "", limit: int = 50) -> Slice:
    """Statements, the latest first: StatementRows."""
    found = slice_after(_narrowed(organisation_id, search), "day", True, after=after, limit=limit)
    return Slice(tuple(map(_statement, found.rows)), found.next_after)


def every(organisation_id: int, *, search: str = "") -> Iterator[StatementRow]:
    """All that fit, for an export."""
    return map(_statement, all_after(_narrowed(organisation_id, search), "day", True))


def _narrowed(organisation_id: int, search: str) -> QuerySet:
    found = ChannelStatement.objects.current().filter(organisation_id=organisation_id)
    if search:
        found = found.filter(Q(number__icontains=search) | Q(channel__name__icontains=search))
    return found.select_related("channel")


def statement(organisation_id: int, key: str) -> StatementRow | None:
    rows = ChannelStatement.objects.current().filter(numbered(key), organisation_id=organisation_id)
    row = rows.select_related("channel").first()
    return _statement(row) if row else None


def lines(
    of: StatementRow, outcome: str = "", *, after: str = "", limit: int = 100
) -> tuple[tuple[StatementLineRow, ...], str]:
    """Orders of a statement, and where the next page begins."""
    found = ChannelStatementLine.objects.current().filter(statement_id=of.id)
    if outcome:
        found = found.filter(outcome=outcome)
    shown = slice_after(found, "number", False, after=after, limit=limit)
    return tuple(
        StatementLineRow(
            row.number,
            of.channel_code,
            row.order_id is not None,
            row.gross_fen,
            row.back_fen,
            row.fee_fen,
            row.ours_fen,
            row.outcome,
        )
        for row in shown.rows
    ), shown.next_after


def missing(
    organisation_id: int, *, until: date, after: str = "", limit: int = 100
) -> tuple[tuple[MissingRow, ...], str]:
    """Orders of channels that pay by statement, sent up to a day and in no statement; the oldest first."""
    paying = ChannelStatement.objects.current().filter(organisation_id=organisation_id)
    codes = {number(row.channel) for row in paying.select_related("channel")}
    every = SalesChannel.objects.filter(organisation_id=organisation_id)
    channels = [row.pk for row in every if number(row) in codes]
    settled = ChannelStatementLine.objects.current().filter(
        organisation_id=organisation_id, order__isnull=False
    )
    found = (
        SalesOrder.objects.current()
        .filter(organisation_id=organisation_id, channel_id__in=channels, sent_day__lte=until)
        .exclude(pk__in=settled.values("order_id"))
        .select_related("channel")
    )
    shown = slice_after(found, "sent_day", False, after=after, limit=limit)
    back = _sums(
        OrderRefund.objects.current().filter(order_id__in=[row.pk for row in shown.rows]), "order_id"
    )
    return tuple(
        MissingRow(
            row.number,
            row.channel.name,
            number(row.channel),
            row.sent_day,
            row.amount_fen - back.get(row.pk, 0),
        )
        for row in shown.rows
        if row.amount_fen - back.get(row.pk, 0)
    ), shown.next_after


def _sums(rows, by: str) -> dict[int, int]:
    return dict(rows.order_by().values_list(by).annotate(Sum("amount_fen")))


def _statement(row: ChannelStatement) -> StatementRow:
    counted = ChannelStatementLine.objects.current().filter(statement=row).order_by().values_list("outcome")
    return StatementRow(
        row.pk,
        number(row),
        row.channel.name,
        number(row.channel),
        row.number,
        row.day,
        row.into,
        row.gross_fen,
        row.back_fen,
        row.fee_fen,
        row.paid_fen,
        dict(counted.annotate(Count("id"))),
    )
