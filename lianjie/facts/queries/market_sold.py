"""What sales say of whose goods they were: takes of lots by line, pools of a season, a household's sales."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction

from lianjie.facts.models import LotInput, MarketLot, OrderRefund, Pick, SalesOrderLine
from lianjie.facts.queries import market, market_goods
from lianjie.facts.queries.in_kind import number
from lianjie.facts.queries.parties import SLICE
from lianjie.facts.rules.market_goods import mixed


@dataclass(frozen=True)
class SoldLine:
    """One line as far as it is sold: what the buyer kept, and what it brought in net."""

    line: int
    quantity: int
    net_fen: int
    shares: dict[int, Fraction]


def sold(lines: Collection[int]) -> dict[int, SoldLine]:
    """Line -> what the buyer kept and the exact shares of deliveries behind it.

    What was given back of the whole order lowers every line by its amount.
    """
    rows = []
    for some in _slices(lines):
        rows += SalesOrderLine.objects.filter(pk__in=some).select_related("order", "product")
    standing = market.standings(rows)
    takes: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for some in _slices(lines):
        picks = Pick.objects.current().filter(line_id__in=some).order_by("pk")
        for line, lot, quantity in picks.values_list("line_id", "lot_id", "quantity"):
            takes[line].append((lot, quantity))
    shares = market_goods.provenance({lot for each in takes.values() for lot, _ in each})
    back = _back([row.pk for row in rows], {row.order_id for row in rows})
    found = {}
    for row in rows:
        now = standing[row.pk]
        whole = back[1].get(row.order_id, 0)
        part = whole * row.amount_fen // row.order.amount_fen if row.order.amount_fen else 0
        found[row.pk] = SoldLine(
            row.pk,
            now.with_buyer,
            now.sold_fen - back[0].get(row.pk, 0) - part,
            mixed((quantity, shares[lot]) for lot, quantity in takes[row.pk]),
        )
    return found


def _back(lines: list[int], orders: set[int]) -> tuple[dict[int, int], dict[int, int]]:
    """Fen given back by line, and of whole orders."""
    by_line: dict[int, int] = defaultdict(int)
    by_order: dict[int, int] = defaultdict(int)
    for some in _slices(orders):
        rows = OrderRefund.objects.current().filter(order_id__in=some).exclude(kind="cancelled")
        for order, line, fen in rows.values_list("order_id", "line_id", "amount_fen"):
            if line:
                by_line[line] += fen
            else:
                by_order[order] += fen
    return by_line, by_order


def pool(organisation_id: int, good: str, year: int) -> dict[int, int]:
    """Delivery -> grams of a good that went into lots in a year."""
    rows = LotInput.objects.current().filter(
        organisation_id=organisation_id, delivery__good=good, day__year=year
    )
    sums: dict[int, int] = defaultdict(int)
    for delivery, quantity in rows.values_list("delivery_id", "quantity"):
        sums[delivery] += quantity
    return sums


def averaged(organisation_id: int, good: str, year: int) -> list[int]:
    """Lines of a year whose money is shared at the season's average price."""
    rows = SalesOrderLine.objects.current().filter(
        organisation_id=organisation_id,
        product__good=good,
        product__attribution="average",
        order__day__year=year,
    )
    return list(rows.order_by("pk").values_list("pk", flat=True))


def orders_of(organisation_id: int, party_id: int, limit: int = 100) -> list[tuple[str, str]]:
    """Orders that some of a household's deliveries went into, the latest first: channel, number."""
    works = LotInput.objects.current().filter(
        organisation_id=organisation_id, delivery__household_id=party_id
    )
    level = set(
        MarketLot.objects.current().filter(work__in=works.values("work_id")).values_list("lot_id", flat=True)
    )
    lots = set(level)
    while level:
        later = LotInput.objects.current().filter(lot_id__in=level).values("work_id")
        made = MarketLot.objects.current().filter(work__in=later).values_list("lot_id", flat=True)
        level = set(made) - lots
        lots |= level
    rows = (
        Pick.objects.current()
        .filter(lot_id__in=lots)
        .select_related("line__order__channel")
        .order_by("-day", "-pk")
    )
    found: dict[tuple[str, str], None] = {}
    for row in rows[: limit * 5]:
        found[number(row.line.order.channel), row.line.order.number] = None
    return list(found)[:limit]


def _slices(ids: Collection[int]):
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), SLICE):
        yield wanted[start : start + SLICE]
