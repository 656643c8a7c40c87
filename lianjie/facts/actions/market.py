"""Products, channels, orders, what is given back, claims. Each verb is one transaction.

Orders come one by one from a page or by the thousand from a file: both go through `enter_orders`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.timezone import localdate

from lianjie.base.refusal import Refusal, Refusals
from lianjie.base.words import N_
from lianjie.facts import bulk
from lianjie.facts.actions.stock import (
    Books,
    NotInTheFuture,
    NumberTaken,
    area_of,
    enter_all,
    members,
    named,
    parties_of,
)
from lianjie.facts.actions.store import Entry, Sieve, Want, alone, base, newest, next_key
from lianjie.facts.models import (
    Area,
    OfftakeContract,
    OrderClaim,
    OrderSale,
    OrganisationLink,
    Party,
    Product,
    SalesChannel,
    SalesOrder,
    SalesOrderLine,
)
from lianjie.facts.queries import market as queries
from lianjie.facts.queries.in_kind import numbered
from lianjie.facts.queries.parties import SLICE, NoSuchParty
from lianjie.facts.rules import market as rules
from lianjie.facts.rules.handed import Handed
from lianjie.facts.rules.handed_market import SaleMade
from lianjie.facts.rules.market import ChannelGiven, OrderGiven, ProductGiven


class NoSuchProduct(Refusal):
    what = N_("There is no product “{code}” here.")
    fix = N_("Enter the product first, or correct its code.")


class NoSuchChannel(Refusal):
    what = N_("There is no sales channel “{code}” here.")
    fix = N_("Enter the channel first, or correct its code.")


class NoSuchSale(Refusal):
    what = N_("There is no order “{number}” in these books.")
    fix = N_("Look it up in the list of sales.")


class NoSuchSaleLine(Refusal):
    what = N_("Order {number} has no line {line}.")
    fix = N_("Choose one of its lines.")


class NoSuchCounty(Refusal):
    what = N_("There is no area with the code “{code}”.")
    fix = N_("Use an official code of the area register.")


class NoSuchContract(Refusal):
    what = N_("There is no order contract “{number}” in these books.")
    fix = N_("Enter the contract first, or leave it out.")


class SoldOnTheContract(Refusal):
    what = N_(
        "Order {number} would sell a second time what is sold on the account of contract {contract}: "
        "its sale {sale} of {day}."
    )
    fix = N_("Enter this sale on the contract's own account, or take its sales back and enter them all here.")


class NoSuchPairing(Refusal):
    what = N_("There is no link to a partner “{key}” in these books.")
    fix = N_("Enter the link between the organisations first, or leave it out.")


@dataclass(frozen=True)
class OrdersEntered:
    """What became of some orders: ids of those written, and how many stood already."""

    new: tuple[int, ...]
    unchanged: int


def add_product(given: ProductGiven, books: Books) -> str:
    """Enter a product; returns its reference. The same again changes nothing.

    Refuses with CodeUnusable, NumberTaken, GoodCountedOtherwise, NoSuchParty or NoSuchCounty.
    """
    return alone(add_products, given, books)


@transaction.atomic
def add_products(given: Sequence[ProductGiven], books: Books) -> list[str]:
    """Enter products as `add_product` does, all of them or none; RowsRefused says which cannot be."""
    sieve, area, wants = Sieve(), area_of(books), []
    units = queries.units(books.organisation_id, (each.good for each in given))
    people = parties_of(each.producer for each in given if each.producer)
    counties = areas_of(each.origin for each in given if each.origin)
    for number, each in enumerate(given):
        with sieve.of(number):
            if not rules.CODE.fullmatch(each.code):
                raise rules.CodeUnusable(code=each.code)
            queries.refuse_other_unit(units, each.good, each.unit)
            if each.content < 0:
                raise rules.PackHoldsLessThanNothing(code=each.code)
            if each.origin and each.origin not in counties:
                raise NoSuchCounty(code=each.origin)
            fields = {
                "day": each.day,
                "name": each.name,
                "good": each.good,
                "grade": each.grade,
                "unit": each.unit,
                "content": each.content,
                "specification": each.specification,
                "certificate": each.certificate,
                "certificate_until": each.certificate_until,
                "producer_id": named(people, each.producer).pk if each.producer else None,
                "origin_id": counties[each.origin] if each.origin else None,
                "attribution": each.attribution,
                "evidence": each.evidence,
            }
            wants.append(Want(each.code, area, fields, each.place))
            units[each.good] = each.unit
    return [row.reference for row, _new in enter_all(Product, wants, books, sieve)]


def add_channel(given: ChannelGiven, books: Books) -> str:
    """Enter a sales channel; returns its reference."""
    return alone(add_channels, given, books)


@transaction.atomic
def add_channels(given: Sequence[ChannelGiven], books: Books) -> list[str]:
    """Enter channels as `add_channel` does, all of them or none; RowsRefused says which cannot be."""
    sieve, area, wants = Sieve(), area_of(books), []
    people = parties_of(each.payer for each in given if each.payer)
    for number, each in enumerate(given):
        with sieve.of(number):
            if not rules.CODE.fullmatch(each.code):
                raise rules.CodeUnusable(code=each.code)
            if not 0 <= each.fee.millionths <= 1_000_000 or each.fee.fixed_fen < 0:
                raise rules.FeeOutOfRange(code=each.code)
            fields = {
                "day": each.day,
                "kind": each.kind,
                "name": each.name,
                "platform": each.platform,
                "payer_id": named(people, each.payer).pk if each.payer else None,
                "fee_basis": each.fee.basis,
                "fee_millionths": each.fee.millionths,
                "fee_fixed_fen": each.fee.fixed_fen,
                "evidence": each.evidence,
            }
            wants.append(Want(each.code, area, fields, each.place))
    return [row.reference for row, _new in enter_all(SalesChannel, wants, books, sieve)]


def enter_order(given: OrderGiven, books: Books) -> SalesOrder:
    """Enter one order; returns it. Refuses as `enter_orders` does, with the one refusal there is."""
    try:
        enter_orders([given], books)
    except Refusals as refused:
        if len(refused.refusals) == 1:
            raise refused.refusals[0] from None
        raise
    return sale_of(books, given.channel, given.number)


@transaction.atomic
def enter_orders(given: Sequence[OrderGiven], books: Books) -> OrdersEntered:
    """Enter orders: all or none. What stands with the same content is passed over.

    Refuses with Refusals: every order that cannot be entered, each with its own reason, among them
    NumberTaken for an order that stands with other content.
    """
    if not given:
        return OrdersEntered((), 0)
    known = _Known(given, books)
    refused: list[Refusal] = []
    for order in given:
        refused += known.refusals(order)
    if refused:
        raise Refusals(refused)
    heads = newest(SalesOrder, books.organisation_id, [order.key for order in given])
    fresh: list[tuple[OrderGiven, str, int | None]] = []
    seen: dict[str, str] = {}
    for order in given:
        digest, head = rules.digest(order), heads.get(order.key)
        stands = seen.get(order.key) or (head.digest if head and not head.withdrawn else "")
        if not stands:
            fresh.append((order, next_key(head.key) if head else order.key, head.pk if head else None))
            seen[order.key] = digest
        elif stands != digest:
            refused.append(NumberTaken(number=order.number))
    if refused:
        raise Refusals(refused)
    if not fresh:
        return OrdersEntered((), len(given))
    rows = bulk.insert([known.order(order, key, corrects) for order, key, corrects in fresh])
    pairs = [(order, row) for (order, _key, _), row in zip(fresh, rows, strict=True)]
    bulk.insert([line for order, row in pairs for line in known.lines(order, row)])
    bulk.insert([claim for order, row in pairs for claim in known.claims(order, row)])
    sold = [Handed(sale) for order, row in pairs if (sale := known.sale(order, row))]
    if sold:
        year = given[0].day.year
        books.post("market", sold, organisation_id=books.organisation_id, year=year, at=books.at, by=books.by)
    return OrdersEntered(tuple(row.pk for row in rows), len(given) - len(fresh))


@transaction.atomic
def claim_order(channel: str, number: str, kind: str, claimant: str, *, day: date, books: Books) -> str:
    """Note that somebody counts an order as theirs; the order is still counted once."""
    order = sale_of(books, channel, number)
    before = OrderClaim.objects.current().filter(order=order)
    for row in before:
        if (row.kind, row.claimant) == (kind, claimant):
            return str(row.reference)
    key = f"{order.key}/{OrderClaim.objects.filter(order=order).count() + 1}"
    claim = OrderClaim.objects.create(
        order=order, kind=kind, claimant=claimant, **kept(books.entry, order.area_id, key, day)
    )
    return str(claim.reference)


# What the other verbs of the market ask


def sale_of(books: Books, channel: str, number: str) -> SalesOrder:
    """The standing order, locked until the transaction ends. Refuses with NoSuchSale."""
    rows = SalesOrder.objects.current().filter(
        numbered(rules.order_key(channel, number)), organisation_id=books.organisation_id
    )
    found = rows.first()
    if found is None:
        raise NoSuchSale(number=number)
    SalesOrder.objects.select_for_update().get(pk=found.pk)
    return SalesOrder.objects.select_related("channel__payer", "buyer").get(pk=found.pk)


def line_of(order: SalesOrder, place: int) -> SalesOrderLine:
    """The line at this place of an order. Refuses with NoSuchSaleLine."""
    found = (
        SalesOrderLine.objects.current()
        .filter(order=order, key=f"{order.key}/{place}")
        .select_related("product")
        .first()
    )
    if found is None:
        raise NoSuchSaleLine(number=order.number, line=place)
    return found


def debtor(order: SalesOrder) -> Party | None:
    """Who pays for an order: the platform, or its registered buyer."""
    return order.channel.payer or order.buyer


def hand_over(books: Books, fact, reverses: str = "") -> None:
    """Give the ledger one fact of the market."""
    year = fact.day.year if fact else books.at.year
    rows = [Handed(fact, reverses)]
    books.post("market", rows, organisation_id=books.organisation_id, year=year, at=books.at, by=books.by)


def party_id(code: str) -> int | None:
    if not code:
        return None
    found = Party.objects.filter(code=code).values_list("pk", flat=True).first()
    if found is None:
        raise NoSuchParty(code=code)
    return found


def area_id(code: str) -> int | None:
    if not code:
        return None
    found = areas_of([code]).get(code)
    if found is None:
        raise NoSuchCounty(code=code)
    return found


def areas_of(codes: Iterable[str]) -> dict[str, int]:
    """Areas by code, each the latest of its code; the unknown are left out."""
    wanted, found = sorted(set(codes)), {}
    for start in range(0, len(wanted), SLICE):
        rows = Area.objects.filter(code__in=wanted[start : start + SLICE]).order_by("valid_from")
        found |= dict(rows.values_list("code", "pk"))
    return found


def kept(entry: Entry, area_id: int, key: str, day: date, evidence: str = "", place: str = "") -> dict:
    """The columns every fact has."""
    return {
        "organisation_id": entry.organisation_id,
        "area_id": area_id,
        "key": key,
        "day": day,
        "source_id": entry.source_id,
        "place": place[:80],
        "evidence": evidence,
        "recorded_at": entry.at,
        "recorded_by_id": entry.by,
    }


class _Known:
    """Everything some orders name, read once for all of them."""

    def __init__(self, given: Sequence[OrderGiven], books: Books) -> None:
        self.books, self.entry = books, books.entry
        self.today = localdate(books.at)
        mine = {"organisation_id": books.organisation_id}
        self.home = area_of(books)
        self.channels = {
            base(row.key): row
            for row in SalesChannel.objects.current().filter(**mine).select_related("payer")
        }
        self.products = {base(row.key): row for row in Product.objects.current().filter(**mine)}
        self.contents = {code: row.content for code, row in self.products.items()}
        self.buyers = self._by_code(Party.objects.all(), {order.buyer for order in given})
        areas = Area.objects.order_by("valid_from")
        self.areas = self._by_code(areas, {order.ship_to for order in given})
        self.contracts = self._by_key(OfftakeContract, {order.contract for order in given})
        self.sold = self._sold({order.contract for order in given} - {""})
        self.pairings = self._by_key(OrganisationLink, {order.pairing for order in given})
        payers = {row.payer_id for row in self.channels.values()} | {row.pk for row in self.buyers.values()}
        self.member = members(books, payers - {None})

    @staticmethod
    def _by_code(rows, codes: set[str]) -> dict:
        wanted = sorted(codes - {""})
        found = {}
        for start in range(0, len(wanted), SLICE):
            found.update({row.code: row for row in rows.filter(code__in=wanted[start : start + SLICE])})
        return found

    def _by_key(self, model, keys: set[str]) -> dict[str, int]:
        if not keys - {""}:
            return {}
        rows = model.objects.current().filter(organisation_id=self.books.organisation_id)
        return {base(key): pk for key, pk in rows.values_list("key", "pk") if base(key) in keys}

    def _sold(self, contracts: set[str]) -> dict[str, tuple[str, date]]:
        """Contract -> a sale on its own account: a contract's sales stand in one place, none counts twice."""
        if not contracts:
            return {}
        # Nobody sells on the contract's account while this is entered.
        Party.objects.select_for_update().get(pk=self.books.organisation_id)
        rows = OrderSale.objects.current().filter(organisation_id=self.books.organisation_id)
        found = rows.order_by("-day", "-pk").values_list("contract__key", "key", "day")
        return {base(key): (base(sale), day) for key, sale, day in found if base(key) in contracts}

    def refusals(self, order: OrderGiven) -> list[Refusal]:
        """Everything for which this order cannot be entered."""
        found = list(rules.refusals(order, self.contents))
        last = max(order.day, order.sent_day or order.day)
        if last > self.today:
            found.append(NotInTheFuture(day=last))
        if order.channel not in self.channels:
            found.append(NoSuchChannel(code=order.channel))
        for code in {line.product for line in order.lines} - self.products.keys():
            found.append(NoSuchProduct(code=code))
        if order.buyer and order.buyer not in self.buyers:
            found.append(NoSuchParty(code=order.buyer))
        if order.ship_to and order.ship_to not in self.areas:
            found.append(NoSuchCounty(code=order.ship_to))
        if order.contract and order.contract not in self.contracts:
            found.append(NoSuchContract(number=order.contract))
        if order.contract in self.sold:
            sale, day = self.sold[order.contract]
            found.append(SoldOnTheContract(number=order.number, contract=order.contract, sale=sale, day=day))
        if order.pairing and order.pairing not in self.pairings:
            found.append(NoSuchPairing(key=order.pairing))
        return found

    def order(self, given: OrderGiven, key: str, corrects: int | None) -> SalesOrder:
        """The row of an order."""
        buyer, area = self.buyers.get(given.buyer), self.areas.get(given.ship_to)
        return SalesOrder(
            **kept(self.entry, self.home, key, given.day, given.evidence, given.place),
            corrects_id=corrects,
            channel_id=self.channels[given.channel].pk,
            number=given.number,
            paid_at=given.paid_at,
            sent_day=given.sent_day,
            buyer_id=buyer.pk if buyer else None,
            buyer_name=given.buyer_name[:80],
            ship_to_id=area.pk if area else None,
            contract_id=self.contracts.get(given.contract),
            pairing_id=self.pairings.get(given.pairing),
            refunds_borne_by=given.refunds_borne_by,
            amount_fen=given.amount_fen,
            digest=rules.digest(given),
        )

    def lines(self, given: OrderGiven, order: SalesOrder):
        """The rows of an order's lines."""
        for at, line in enumerate(given.lines, 1):
            yield SalesOrderLine(
                **kept(self.entry, self.home, f"{order.key}/{at}", given.day, "", given.place),
                order_id=order.pk,
                product_id=self.products[line.product].pk,
                packs=line.packs,
                quantity=rules.quantity_of(line, self.contents[line.product]),
                amount_fen=line.amount_fen,
                owner=line.owner,
            )

    def claims(self, given: OrderGiven, order: SalesOrder):
        """The rows of an order's claims."""
        for at, (kind, claimant) in enumerate(dict.fromkeys(given.claims), 1):
            key = f"{order.key}/{at}"
            yield OrderClaim(
                **kept(self.entry, self.home, key, given.day), order_id=order.pk, kind=kind, claimant=claimant
            )

    def sale(self, given: OrderGiven, order: SalesOrder) -> SaleMade | None:
        """What is booked of an order that was handed over already."""
        if given.sent_day is None or not order.amount_fen:
            return None
        party = self.channels[given.channel].payer or self.buyers.get(given.buyer)
        consigned = sum(line.amount_fen for line in given.lines if line.owner == "consigned")
        return SaleMade(
            order.reference,
            given.sent_day,
            party.code if party else "",
            party is not None and self.member(party.pk, given.sent_day),
            order.amount_fen - consigned,
            consigned,
        )
