"""Open a group-buy round, take orders, close it with what there is: each order's part and its reason.

What is not delivered is cancelled on the order itself, so it is never charged and never booked.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate, localtime

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions import market
from lianjie.facts.actions.livestream import channel_of, withdraw
from lianjie.facts.actions.market_back import RefundGiven, give_back
from lianjie.facts.actions.stock import Books, area_of, enter_one
from lianjie.facts.actions.withdraw import FactStillUsed
from lianjie.facts.models import (
    GroupBuyClosing,
    GroupBuyRound,
    GroupBuyShare,
    Product,
)
from lianjie.facts.queries import group_buy as queries
from lianjie.facts.queries.in_kind import number, numbered
from lianjie.facts.rules import group_buy as rules
from lianjie.facts.rules import market as market_rules
from lianjie.facts.rules.market import CODE, CodeUnusable, LineGiven, OrderGiven


class NoSuchRound(Refusal):
    what = N_("There is no round “{round}” in these books.")
    fix = N_("Look it up in the list of rounds.")


class RoundPriceNotAboveZero(Refusal):
    what = N_("The price of a pack must be above zero.")
    fix = N_("Write what one pack costs.")


class RoundProductLoose(Refusal):
    what = N_("Product {product} is not sold in packs.")
    fix = N_("Enter a product with the content of a pack.")


class RoundOrderEmpty(Refusal):
    what = N_("An order needs at least one pack, and a name.")
    fix = N_("Write who orders, and how many packs.")


@dataclass(frozen=True)
class RoundGiven:
    """A round as it is opened; `rule`: what happens when there is less than was ordered."""

    code: str
    name: str
    channel: str
    product: str
    price_fen: int
    start_at: datetime
    until_at: datetime
    rule: str
    pickup: str = ""
    evidence: str = ""


@transaction.atomic
def open_round(given: RoundGiven, books: Books) -> str:
    """Open a round; returns its reference. The same again changes nothing.

    Refuses with CodeUnusable, RoundEndsBeforeItBegins, RoundPriceNotAboveZero, RoundProductLoose,
    NoSuchChannel, NoSuchProduct or NumberTaken.
    """
    if not CODE.fullmatch(given.code):
        raise CodeUnusable(code=given.code)
    if given.until_at <= given.start_at:
        raise rules.RoundEndsBeforeItBegins
    if given.price_fen <= 0:
        raise RoundPriceNotAboveZero
    products = Product.objects.current().filter(organisation_id=books.organisation_id)
    product = products.filter(numbered(given.product)).first()
    if product is None:
        raise market.NoSuchProduct(code=given.product)
    if not product.content:
        raise RoundProductLoose(product=product.name)
    fields = {
        "day": localdate(given.start_at),
        "name": given.name,
        "channel_id": channel_of(given.channel, books).pk,
        "product_id": product.pk,
        "price_fen": given.price_fen,
        "start_at": given.start_at,
        "until_at": given.until_at,
        "rule": given.rule,
        "pickup": given.pickup,
        "evidence": given.evidence,
    }
    row, _new = enter_one(GroupBuyRound, given.code, area_of(books), fields, books)
    return str(row.reference)


@transaction.atomic
def take_order(code: str, order_number: str, buyer: str, packs: int, books: Books) -> str:
    """Take an order by hand: at a stall, by telephone. Returns the order's number.

    order_number  sent with the form, so that pressing twice orders once
    Refuses with RoundClosed or RoundOrderEmpty, or as `market.enter_order` does.
    """
    row = round_of(code, books)
    if books.at >= row.until_at or _closing(row) is not None:
        raise rules.RoundClosed(round=row.name)
    if packs <= 0 or not buyer.strip():
        raise RoundOrderEmpty
    line = LineGiven(number(row.product), row.price_fen * packs, packs=packs)
    paid = max(books.at, row.start_at)
    order = OrderGiven(
        number(row.channel),
        order_number,
        localdate(paid),
        (line,),
        paid_at=localtime(paid).replace(microsecond=0),
        buyer_name=buyer.strip(),
    )
    market.enter_order(order, books)
    return order_number


@transaction.atomic
def close_round(code: str, supply_packs: int, word: str, books: Books) -> str:
    """Close a round with what can be delivered: every order's part, its reason, and what it is not charged.

    Refuses with RoundStillOpen, RoundClosed, RoundWithoutOrders, RoundLotNeedsWord or RoundSupplyNegative.
    """
    row = round_of(code, books)
    if _closing(row) is not None:
        raise rules.RoundClosed(round=row.name)
    if books.at < row.until_at:
        raise rules.RoundStillOpen(round=row.name, until=localtime(row.until_at).strftime("%Y-%m-%d %H:%M"))
    lines = {each.key: each for each in queries.ordered(row)}
    wanted = [rules.Wanted(each.key, each.packs, turn) for turn, each in enumerate(lines.values(), 1)]
    shares = rules.shared(row.rule, supply_packs, wanted, word)
    fields = {
        "day": localdate(books.at),
        "round_id": row.pk,
        "supply_packs": supply_packs,
        "word": word.strip(),
    }
    closing, _new = enter_one(GroupBuyClosing, number(row), row.area_id, fields, books)
    made = []
    for turn, share in enumerate(shares, 1):
        line = lines[share.key]
        charged = market_rules.part_of(line.amount_fen, share.wanted, 0, share.packs)
        made.append(
            GroupBuyShare(
                **market.kept(books.entry, row.area_id, f"{closing.key}/{turn}", localdate(books.at)),
                closing=closing,
                order_id=line.order_id,
                line_id=line.line_id,
                wanted_packs=share.wanted,
                given_packs=share.packs,
                charged_fen=charged,
                text=share.text,
                details=dict(share.details),
            )
        )
        if share.short:
            given = RefundGiven(
                f"{number(row)}-T{turn}",
                localdate(books.at),
                number(row.channel),
                line.number,
                "cancelled",
                line.amount_fen - charged,
                line.place,
                share.short * row.product.content,
                why=row.name[:200],
            )
            give_back(given, books)
    GroupBuyShare.objects.bulk_create(made, batch_size=2000)
    return str(closing.reference)


@transaction.atomic
def take_round_back(code: str, reason: str, books: Books) -> None:
    """Withdraw a round that was not closed; its orders stay. Refuses with FactStillUsed or ReasonMissing."""
    row = round_of(code, books)
    closing = _closing(row)
    if closing is not None:
        raise FactStillUsed(reference=row.reference, user=closing.reference)
    withdraw(row, reason, books)


def round_of(code: str, books: Books) -> GroupBuyRound:
    """The standing round, locked until the transaction ends. Refuses with NoSuchRound."""
    rows = GroupBuyRound.objects.current().filter(organisation_id=books.organisation_id)
    found = rows.filter(numbered(code)).first()
    if found is None:
        raise NoSuchRound(round=code)
    GroupBuyRound.objects.select_for_update().get(pk=found.pk)
    return GroupBuyRound.objects.select_related("channel", "product").get(pk=found.pk)


def _closing(row: GroupBuyRound) -> GroupBuyClosing | None:
    return GroupBuyClosing.objects.current().filter(round=row).first()
