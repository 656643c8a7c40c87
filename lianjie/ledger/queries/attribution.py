"""Whose produce went into which order, told by household and by delivery."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from lianjie.facts.queries import market, market_goods, market_sold
from lianjie.facts.queries.market import LineRow, OrderRow
from lianjie.facts.queries.market_goods import From
from lianjie.facts.queries.market_sold import SoldLine
from lianjie.ledger.rules.attribution import Take, attribute


@dataclass(frozen=True)
class DeliveryPart:
    """A delivery's part of a line: exact share, small units, fen. `of` None: goods no delivery made."""

    of: From | None
    share: Fraction
    quantity: int
    fen: int


@dataclass(frozen=True)
class HouseholdPart:
    """A household's part of a line, and the deliveries it is made of."""

    code: str
    name: str
    share: Fraction
    quantity: int
    fen: int
    deliveries: tuple[DeliveryPart, ...]


@dataclass(frozen=True)
class LineParts:
    """One line of an order, whose it was, by which rule."""

    line: LineRow
    rule: str
    quantity: int
    fen: int
    households: tuple[HouseholdPart, ...]


@dataclass(frozen=True)
class WentHere:
    """One line of somebody's sale that some of a household's goods went into."""

    order: OrderRow
    line: LineRow
    rule: str
    part: HouseholdPart


def of_order(organisation_id: int, order: OrderRow) -> tuple[LineParts, ...]:
    """Every line of an order with whose goods it was."""
    found = market_sold.sold([line.id for line in order.lines])
    return tuple(_line(organisation_id, order, line, found[line.id]) for line in order.lines)


def of_household(organisation_id: int, party_id: int, code: str) -> Iterator[WentHere]:
    """Where a household's produce went, the latest first."""
    for channel, number in market_sold.orders_of(organisation_id, party_id):
        order = market.order(organisation_id, channel, number)
        if order is None:
            continue
        for line in of_order(organisation_id, order):
            for part in line.households:
                if part.code == code and part.quantity:
                    yield WentHere(order, line.line, line.rule, part)


def _line(organisation_id: int, order: OrderRow, line: LineRow, sold: SoldLine) -> LineParts:
    shares, season = dict(sold.shares), {sold.line: sold}
    pooled: dict[int, int] = {}
    year = order.day.year
    if line.attribution == "pool":
        pooled = market_sold.pool(organisation_id, line.good, year)
        total = sum(pooled.values())
        shares = {pk: Fraction(grams, total) for pk, grams in pooled.items()} if total else {}
    elif line.attribution == "average":
        season |= market_sold.sold(market_sold.averaged(organisation_id, line.good, year))
    # Of the whole season, so that every page of it gives the odd fen to the same household.
    everyone = {pk: share for one in season.values() for pk, share in one.shares.items()} | shares
    told = {each.delivery: each for each in market_goods.told(everyone)}
    names = {pk: _code(pk, told) for pk in everyone}
    takes = {pk: _take(one, names) for pk, one in season.items()}
    parts = attribute(
        line.attribution,
        takes[sold.line],
        pool={names[pk]: grams for pk, grams in pooled.items()},
        season=tuple(takes.values()) if line.attribution == "average" else (),
    )
    rows = []
    for pk in shares:
        part = parts[names[pk]]
        rows.append(DeliveryPart(told.get(pk), part.share, part.quantity, part.fen))
    money = sum(row.fen for row in rows) if line.attribution == "average" else sold.net_fen
    return LineParts(line, line.attribution, sold.quantity, money, _households(rows))


def _take(sold: SoldLine, names: dict[int, str]) -> Take:
    return Take(
        sold.line, sold.quantity, sold.net_fen, {names[pk]: share for pk, share in sold.shares.items()}
    )


def _code(pk: int, told: dict[int, From]) -> str:
    """Households in order of their codes, then deliveries; goods of no delivery last."""
    of = told.get(pk)
    return f"{of.household_code}|{of.key}" if of else f"~{abs(pk):012d}"


def _households(rows: list[DeliveryPart]) -> tuple[HouseholdPart, ...]:
    groups: dict[str, list[DeliveryPart]] = {}
    for row in rows:
        groups.setdefault(row.of.household_code if row.of else "", []).append(row)
    made = [
        HouseholdPart(
            code,
            some[0].of.household if some[0].of else "",
            sum((row.share for row in some), Fraction(0)),
            sum(row.quantity for row in some),
            sum(row.fen for row in some),
            tuple(sorted(some, key=lambda row: (-row.quantity, row.of.key if row.of else ""))),
        )
        for code, some in groups.items()
    ]
    return tuple(sorted(made, key=lambda each: (not each.code, -each.quantity, each.code)))
