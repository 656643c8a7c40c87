"""Places; deliveries made a lot; sorting, packing, moving, loss; picking. Each verb is one transaction."""

import json
import re
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from lianjie.base.digest import sha256
from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts import sealing
from lianjie.facts.actions.growing import NoDelivery
from lianjie.facts.actions.market import NoSuchProduct, hand_over, kept, line_of, sale_of
from lianjie.facts.actions.stock import (
    Books,
    NoSuchLot,
    NumberTaken,
    NumberUnclear,
    area_of,
    enter_one,
    holds,
    is_member,
    lot_of,
)
from lianjie.facts.actions.store import base, next_key
from lianjie.facts.models import (
    Delivery,
    Lot,
    LotInput,
    LotWork,
    MarketLot,
    Party,
    Pick,
    Product,
    SalesOrderLine,
    StockPlace,
)
from lianjie.facts.queries import market as sales
from lianjie.facts.queries import market_goods as queries
from lianjie.facts.queries.in_kind import number, numbered
from lianjie.facts.rules import market as market_rules
from lianjie.facts.rules import market_goods as rules
from lianjie.facts.rules.handed_market import GoodsChanged, GoodsCost, Held, Owed
from lianjie.facts.rules.in_kind import Goods, LotNotThereYet, NothingMoved
from lianjie.facts.rules.market_goods import Put


class NoSuchPlace(Refusal):
    what = N_("There is no place “{place}” in this stock.")
    fix = N_("Enter the place first, or choose another.")


class DeliveryNotThereYet(Refusal):
    what = N_("Delivery {receipt} came in on {came}; it cannot be in a lot of {day}.")
    fix = N_("Correct the day of the lot.")


class LotNumberUsed(Refusal):
    what = N_("There is a lot “{lot}” already.")
    fix = N_("Give the new lot another number.")


@dataclass(frozen=True)
class Take:
    """So much of a lot (its number) or, when a lot is made of deliveries, of a delivery (its key)."""

    name: str
    quantity: int


@dataclass(frozen=True)
class Make:
    """A lot that came out. With `product` it is packed: `packs` of what a pack holds."""

    lot: str
    quantity: int = 0
    grade: str = ""
    product: str = ""
    packs: int = 0


@dataclass(frozen=True)
class WorkGiven:
    """One work on goods. `kind`: pool (takes are deliveries), sort, pack, move or lose.

    agreed_fen   with it a pool is on consignment: what growers get for a kilogram or piece
    place        where what came out stands
    """

    number: str
    day: date
    kind: str
    takes: tuple[Take, ...]
    makes: tuple[Make, ...] = ()
    lost: int = 0
    cause: str = ""
    place: str = ""
    consigned: bool = False
    agreed_fen: int = 0
    done_by: str = ""
    evidence: str = ""


PICK_NUMBER = re.compile(r"[\w.-]{1,20}")


@dataclass(frozen=True)
class PickGiven:
    """Goods of a lot for a line of an order: packs, or a quantity of what is sold loose.

    number  by which the same pick is known again, however often it is sent; without it each is another
    """

    channel: str
    order: str
    line: int
    lot: str
    day: date
    quantity: int = 0
    packs: int = 0
    number: str = ""


@dataclass(frozen=True)
class _In:
    put: Put
    held: Held
    lot: Lot | None = None
    delivery: queries.FreeDelivery | None = None


@transaction.atomic
def add_place(code: str, *, name: str, kind: str, day: date, books: Books) -> str:
    """Enter a store, cold room or outlet; returns its reference."""
    if not market_rules.CODE.fullmatch(code):
        raise market_rules.CodeUnusable(code=code)
    row, _ = enter_one(StockPlace, code, area_of(books), {"day": day, "name": name, "kind": kind}, books)
    return str(row.reference)


@transaction.atomic
def work(given: WorkGiven, books: Books) -> str:
    """Enter a work; returns its reference. The same again changes nothing.

    Refuses with NothingWentIn, NothingCameOut, GoodsDoNotAddUp, LossNeedsCause, GoodsMixed, LotHasLess,
    LotNotThereYet, DeliveryHasLess, DeliveryUnpriced, DeliveryBought, AgreedPriceMissing, NoSuchPlace,
    NoSuchProduct, HalfPack, LotNumberUsed or NumberTaken.
    """
    place = place_of(books, given.place)
    before = LotWork.objects.current().filter(
        numbered(given.number), organisation_id=books.organisation_id, digest=_digest(given)
    )
    if not before.exists():
        return _new_work(given, place, books)
    return str(_enter(given, place, 0, [], books)[0].reference)


def _new_work(given: WorkGiven, place: StockPlace | None, books: Books) -> str:
    took = [_took(given, take, books) for take in given.takes]
    makes = [_made(given, make, books) for make in given.makes]
    rules.check_work(
        given.kind, [each.put for each in took], [make.quantity for make, _ in makes], given.lost, given.cause
    )
    first = took[0].put
    row, new = _enter(given, place, sum(each.put.quantity for each in took), makes, books)
    if not new:
        raise NumberTaken(number=given.number)
    entry = books.entry
    LotInput.objects.bulk_create(
        LotInput(
            **kept(entry, row.area_id, f"{row.key}/{at}", given.day),
            work=row,
            lot=each.lot,
            delivery_id=each.delivery.id if each.delivery else None,
            of=each.delivery.key if each.delivery else "",
            quantity=each.put.quantity,
            cost_fen=each.put.cost_fen,
        )
        for at, each in enumerate(took, 1)
    )
    for each in took:
        if each.lot:
            holds(each.lot)
    cost = sum(each.put.cost_fen for each in took)
    costs = rules.spread(cost, [make.quantity for make, _ in makes]) if makes else []
    stands: Held = _held(first.owner, place.kind if place else "")
    came = []
    for (make, product), fen in zip(makes, costs, strict=True):
        _lot(given, make, product, first, fen, row, place, books)
        came.append(GoodsCost(stands, Goods(first.good, first.unit, make.quantity), fen))
    hand_over(books, _fact(given, row.reference, took, came, cost, books))
    return str(row.reference)


def _enter(given: WorkGiven, place, went: int, makes, books: Books) -> tuple[LotWork, bool]:
    same = LotWork.objects.current().filter(
        numbered(given.number), organisation_id=books.organisation_id, digest=_digest(given)
    )
    found = same.first()
    if found:
        return found, False
    fields = {
        "day": given.day,
        "kind": given.kind,
        "to_place_id": place.pk if place else None,
        "went_in": went,
        "came_out": sum(make.quantity for make, _ in makes),
        "lost": given.lost,
        "cause": given.cause if given.lost else "",
        "done_by": given.done_by,
        "digest": _digest(given),
        "evidence": given.evidence,
    }
    row, new = enter_one(LotWork, given.number, area_of(books), fields, books)
    return row, new


def _digest(given: WorkGiven) -> str:
    told = [
        given.kind, str(given.day), given.place, given.lost, given.cause, given.consigned, given.agreed_fen,
        [[take.name, take.quantity] for take in given.takes],
        [[make.lot, make.quantity, make.grade, make.product, make.packs] for make in given.makes],
    ]  # fmt: skip
    return sha256(json.dumps(told, ensure_ascii=False))


def _took(given: WorkGiven, take: Take, books: Books) -> _In:
    if take.quantity <= 0:
        raise rules.NothingWentIn
    if given.kind == "pool":
        return _from_delivery(given, take, books)
    lot = lot_of(books, take.name)
    market = market_lot(lot)
    if given.day < lot.day:
        raise LotNotThereYet(lot=take.name, came=lot.day, day=given.day)
    left, cost = holds(lot), queries.cost_left([lot.pk])[lot.pk]
    fen = rules.cost_of(cost, left, min(take.quantity, left)) if left else 0
    put = Put(take.name, lot.good, lot.unit, market.owner if market else "own", take.quantity, fen)
    kind = market.stands.kind if market and market.stands else ""
    return _In(put, _held(put.owner, kind), lot)


def _from_delivery(given: WorkGiven, take: Take, books: Books) -> _In:
    found = queries.free_delivery(books.organisation_id, take.name)
    if found is None:
        raise NoDelivery(receipt=take.name)
    Delivery.objects.select_for_update().get(pk=found.id)
    if given.day < found.day:
        raise DeliveryNotThereYet(receipt=found.receipt, came=found.day, day=given.day)
    if take.quantity > found.free:
        raise rules.DeliveryHasLess(
            receipt=found.receipt,
            left=market_rules.said(found.free, "kg"),
            quantity=market_rules.said(take.quantity, "kg"),
        )
    if given.consigned:
        if found.amount_fen:
            raise rules.DeliveryBought(receipt=found.receipt)
        if given.agreed_fen <= 0:
            raise rules.AgreedPriceMissing
        fen, owner = market_rules.amount(given.agreed_fen, take.quantity, "kg"), "consigned"
    else:
        if not found.amount_fen:
            raise rules.DeliveryUnpriced(receipt=found.receipt)
        gone = found.grams - found.free
        fen, owner = market_rules.part_of(found.amount_fen, found.grams, gone, take.quantity), "own"
    sales.same_unit(books.organisation_id, found.good, "kg")
    put = Put(found.receipt, found.good, "kg", owner, take.quantity, fen)
    return _In(put, _held(owner, ""), delivery=found)


def _made(given: WorkGiven, make: Make, books: Books) -> tuple[Make, Product | None]:
    """What came out, its quantity read from its packs when it is packed."""
    if not make.product:
        return make, None
    product = product_of(books, make.product)
    if not product.content or make.packs <= 0:
        raise rules.HalfPack(quantity=make.packs, content=market_rules.said(product.content, product.unit))
    return Make(make.lot, make.packs * product.content, product.grade, make.product, make.packs), product


def _lot(
    given: WorkGiven,
    make: Make,
    product: Product | None,
    first: Put,
    fen: int,
    row: LotWork,
    place: StockPlace | None,
    books: Books,
) -> None:
    if product and (product.good, product.unit) != (first.good, first.unit):
        raise rules.GoodsMixed(one=first.good, other=product.good)
    name = make.lot or f"{given.number}-{given.makes.index(make) + 1}"
    if Lot.objects.current().filter(numbered(name), organisation_id=books.organisation_id).exists():
        raise LotNumberUsed(lot=name)
    before = market_lot(lot_of(books, given.takes[0].name)) if given.kind == "move" else None
    fields = {
        "day": given.day,
        "good": first.good,
        "unit": first.unit,
        "quantity": make.quantity,
        "grade": make.grade or (lot_of(books, given.takes[0].name).grade if given.kind == "move" else ""),
        "origin": rules.ORIGINS[given.kind],
        "giver": "",
    }
    lot, _ = enter_one(Lot, name, area_of(books), fields, books)
    # A lot that only moved stays packed as it was.
    product_id = product.pk if product else before.product_id if before else None
    packs = make.packs
    if not product and before and before.product and before.product.content:
        packs = make.quantity // before.product.content
    enter_one(
        MarketLot,
        name,
        area_of(books),
        {
            "day": given.day,
            "lot_id": lot.pk,
            "work_id": row.pk,
            "stands_id": place.pk if place else None,
            "product_id": product_id,
            "packs": packs,
            "owner": first.owner,
            "cost_fen": fen,
            "public_code": sealing.code_of(f"lot:{books.organisation_id}:{lot.key}"),
        },
        books,
    )


def _fact(
    given: WorkGiven, reference: str, took: list[_In], came: list[GoodsCost], cost: int, books: Books
) -> GoodsChanged:
    first = took[0].put
    lost = (Goods(first.good, first.unit, given.lost),) if given.lost else ()
    if given.kind == "pool":
        owed = tuple(_owed(each, given.day, books) for each in took) if given.consigned else ()
        return GoodsChanged(reference, given.day, "pooled", tuple(came), (), lost, 0, owed)
    went = tuple(
        GoodsCost(each.held, Goods(each.put.good, each.put.unit, each.put.quantity), each.put.cost_fen)
        for each in took
    )
    names = {"sort": "sorted", "pack": "packed", "move": "moved", "lose": "lost"}
    lost_fen = cost if given.kind == "lose" else 0
    return GoodsChanged(reference, given.day, names[given.kind], tuple(came), went, lost, lost_fen)


def _owed(each: _In, day: date, books: Books) -> Owed:
    assert each.delivery is not None
    party = Party.objects.get(code=each.delivery.household_code)
    return Owed(party.code, is_member(books, party, day), each.put.cost_fen)


@transaction.atomic
def pick(given: PickGiven, books: Books) -> str:
    """Take goods from a lot for a line of an order; returns the pick's reference. They stay ours until sent.

    The same number with the same content again changes nothing. Refuses with NumberTaken, NumberUnclear,
    NoSuchSale, NoSuchSaleLine, NoSuchLot, PickWrongGood, PickAboveLine, HalfPack, LotHasLess or
    LotNotThereYet.
    """
    order = sale_of(books, given.channel, given.order)
    line = line_of(order, given.line)
    lot = lot_of(books, given.lot)
    market = market_lot(lot)
    if market is None:
        raise NoSuchLot(lot=given.lot)
    quantity = given.packs * line.product.content if given.packs else given.quantity
    if quantity <= 0:
        raise NothingMoved(good=lot.good)
    place = given.number or str(Pick.objects.filter(line=line).count() + 1)
    if not PICK_NUMBER.fullmatch(place):
        raise NumberUnclear(number=place)
    before = Pick.objects.current().filter(numbered(f"{line.key}/{place}"), line=line).first()
    if before is not None:
        if (base(before.lot.key), before.day, before.quantity) != (given.lot, given.day, quantity):
            raise NumberTaken(number=place)
        return str(before.reference)
    _fits(line, lot, market, given.lot)
    if line.packs and quantity % line.product.content:
        raise rules.HalfPack(
            quantity=market_rules.said(quantity, lot.unit),
            content=market_rules.said(line.product.content, lot.unit),
        )
    standing = sales.standings([line])[line.pk]
    if quantity > standing.to_pick:
        raise rules.PickAboveLine(
            quantity=market_rules.said(quantity, lot.unit),
            left=market_rules.said(standing.to_pick, lot.unit),
        )
    if given.day < lot.day:
        raise LotNotThereYet(lot=given.lot, came=lot.day, day=given.day)
    left, cost = holds(lot), queries.cost_left([lot.pk])[lot.pk]
    fields = {
        "day": given.day,
        "line_id": line.pk,
        "lot_id": lot.pk,
        "packs": quantity // line.product.content if line.packs else 0,
        "quantity": quantity,
        "cost_fen": rules.cost_of(cost, left, min(quantity, left)) if left else 0,
    }
    entry = books.entry
    # A pick taken back may be entered anew under its number: the key has a version.
    gone = Pick.objects.filter(numbered(f"{line.key}/{place}"), line=line, corrected_by=None).first()
    key = next_key(gone.key) if gone else f"{line.key}/{place}"
    common = kept(entry, line.area_id, key, given.day)
    row = Pick.objects.create(**(common | fields), corrects=gone)
    holds(lot)
    return str(row.reference)


# What the other verbs ask


def place_of(books: Books, code: str) -> StockPlace | None:
    """The place with this code; None for "". Refuses with NoSuchPlace."""
    if not code:
        return None
    rows = StockPlace.objects.current().filter(numbered(code), organisation_id=books.organisation_id)
    found = rows.first()
    if found is None:
        raise NoSuchPlace(place=code)
    return found


def product_of(books: Books, code: str) -> Product:
    """The product with this code. Refuses with NoSuchProduct."""
    found = Product.objects.current().filter(numbered(code), organisation_id=books.organisation_id).first()
    if found is None:
        raise NoSuchProduct(code=code)
    return found


def market_lot(lot: Lot) -> MarketLot | None:
    """What only a lot for sale has; None for seed, inputs and the like."""
    return MarketLot.objects.current().filter(lot=lot).select_related("stands", "product").first()


def held(lot: Lot) -> Held:
    """Where a lot stands in the books."""
    market = market_lot(lot)
    return _held(market.owner, market.stands.kind if market.stands else "") if market else "own"


def _held(owner: str, place_kind: str) -> Held:
    if owner == "consigned":
        return "consigned"
    return "outlet" if place_kind == "outlet" else "own"


def _fits(line: SalesOrderLine, lot: Lot, market: MarketLot, name: str) -> None:
    product = line.product
    asked, has = (product.good, product.unit, line.owner), (lot.good, lot.unit, market.owner)
    grade = product.grade and lot.grade and product.grade != lot.grade
    if asked != has or grade or (market.product and number(market.product) != number(product)):
        raise rules.PickWrongGood(
            lot=name,
            held=" ".join(filter(None, (lot.good, lot.grade, market.product and market.product.name))),
            asked=" ".join(filter(None, (product.good, product.grade, product.name))),
        )
