"""Small copies of M1 and M4: apples pooled, sorted, packed and sold; 48.1 t of ducks that went 4,000 km.

The duck co-op of an invented oasis sends its frozen ducks point to point to its partner far away; what is
weighed at each waypoint, what it lost and what arrived is as a carrier would note it.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random

from django.db import transaction
from django.utils.translation import gettext as _

from lianjie.facts.actions import market, market_back, market_goods, market_paid, shipment
from lianjie.facts.actions.enter import SourceGiven, enter
from lianjie.facts.actions.market_back import RefundGiven
from lianjie.facts.actions.market_goods import Make, PickGiven, Take, WorkGiven
from lianjie.facts.actions.market_paid import MatchGiven, PaymentGiven
from lianjie.facts.actions.shipment import LegGiven, ReceivingGiven, ShippingGiven
from lianjie.facts.actions.stock import Books
from lianjie.facts.queries import market as sales
from lianjie.facts.queries import parties
from lianjie.facts.queries import shipment as shipments
from lianjie.facts.rules.book import Book, DeliveryRow, LinkRow, MemberRow, OrganisationRow, PartyRow, PostRow
from lianjie.facts.rules.market import ChannelGiven, FeeRule, LineGiven, OrderGiven, ProductGiven
from lianjie.ledger.actions.posting import post
from lianjie.project.demo.people import AREAS, VILLAGES, Home, homes

FRUIT, DUCK = "FRUIT", "YAZI"
APPLES, DUCKS = "苹果", "冻白条鸭"
SHOP, PARTNER = "PINGOU", "HEZUO"
AT = datetime(2026, 6, 1, 2, tzinfo=UTC)
COUNTY = "539901000000"
KG = 1_000
LOADED, RECEIVED = 48_100 * KG, 48_055 * KG
WAY = (
    ("玉门（示例）", datetime(2026, 5, 2, 6, tzinfo=UTC), 1_150, 48_096, -195, -178, 660_000),
    ("兰州（示例）", datetime(2026, 5, 2, 21, tzinfo=UTC), 820, 48_091, -192, -171, 470_000),
    ("西安（示例）", datetime(2026, 5, 3, 8, tzinfo=UTC), 620, 48_085, -190, -165, 355_000),
    ("东部冷链园（示例）", datetime(2026, 5, 4, 16, tzinfo=UTC), 1_410, 48_072, -188, -160, 810_000),
)
"""Waypoint, reached at, km since the one before, kg weighed, coldest, warmest (tenths of a degree), fen."""


def add(say: Callable[[str], None]) -> None:
    """Enter both. Adding them twice changes nothing."""
    say(_("Selling apples by group buy, and sending ducks 4,000 km …"))
    with transaction.atomic():
        _apples(_coop(FRUIT, "桃源果品产销专业合作社", "TY", _apple_days(), SHOP, "云上拼购平台（示例）"))
    with transaction.atomic():
        _ducks(_coop(DUCK, "金坝白鸭养殖专业合作社", "JB", _duck_days(), PARTNER, "东部结对协作中心（示例）"))


def _coop(
    code: str, name: str, village: str, brought: list[DeliveryRow], buyer: str, buyer_name: str
) -> Books:
    """A co-op with its members, what they brought, and the buyer it is linked to."""
    place, _name = VILLAGES[village]
    members = homes(village, 12)
    since = date(2023, 3, 1)
    year = brought[0].day.year
    book = Book(
        OrganisationRow(code, name, "coop", place, year, founded_day=since, invented=True),
        areas=AREAS,
        parties=(*(home.party for home in members), PartyRow(buyer, buyer_name, "enterprise", place)),
        people=tuple(person for home in members for person in home.people),
        posts=(PostRow(members[0].head.code, "chair", code, since, evidence="设立大会决议"),),
        links=(LinkRow(buyer, code, "buys", since, evidence="结对协议（示例）"),),
        members=tuple(MemberRow(home.code, since, "signed", evidence="入社申请书") for home in members),
        deliveries=tuple(brought),
    )
    enter(book, source=SourceGiven("demo", f"{code} {year}"), by=None, at=AT, post=post)
    return Books(parties.organisation(code).id, SourceGiven("demo", f"{code} market"), AT, None, post)


def _brought(
    home: Home, number: int, receipt: str, day: date, good: str, grams: int, price: int
) -> DeliveryRow:
    fen = grams * price // 1000
    return DeliveryRow(
        f"{receipt}-{number:02d}", day, home.code, good, grams, price, fen, "统货", "过磅单（示例）"
    )


def _apple_days() -> list[DeliveryRow]:
    rows = []
    for number, home in enumerate(homes("TY", 12), 1):
        chance = Random(f"fruit {home.code}")
        grams = chance.randint(600, 1_800) * KG + chance.randint(0, 999)
        rows.append(_brought(home, number, "PG", date(2025, 10, chance.randint(3, 28)), APPLES, grams, 420))
    return rows


def _duck_days() -> list[DeliveryRow]:
    """Twelve households, 48.7 t together."""
    rows, left = [], 48_700 * KG
    for number, home in enumerate(homes("JB", 12), 1):
        chance = Random(f"duck {home.code}")
        grams = left if number == 12 else chance.randint(3_600, 4_400) * KG + chance.randint(0, 999)
        left -= grams
        rows.append(_brought(home, number, "YA", date(2026, 4, chance.randint(10, 24)), DUCKS, grams, 1_150))
    return rows


def _apples(books: Books) -> None:
    day, brought = date(2025, 11, 1), _apple_days()
    for code, name, kind in (("LK", "一号冷库", "cold_room"), ("CK", "分拣场", "store")):
        market_goods.add_place(code, name=name, kind=kind, day=day, books=books)
    total = sum(row.grams for row in brought)
    rotten, second = total // 50, total // 4
    first = total - second - rotten
    packs = first // (5 * KG)
    market.add_product(
        ProductGiven("BOX5", day, "云岭苹果 5公斤装", APPLES, "kg", 5 * KG, "一级", "果径75毫米以上",
                     "承诺达标合格证 2025-017（示例）", date(2026, 10, 31), FRUIT, COUNTY),
        books,
    )  # fmt: skip
    market.add_product(
        ProductGiven("LOOSE", day, "云岭苹果散装", APPLES, grade="二级", producer=FRUIT, origin=COUNTY,
                     attribution="average"),
        books,
    )  # fmt: skip
    fee = FeeRule("net", 30_000)
    market.add_channel(ChannelGiven("PIN", day, "group_buy", "拼购", "云上拼购", SHOP, fee), books)
    market.add_channel(ChannelGiven("GATE", day, "walk_in", "门市"), books)
    for work in (
        WorkGiven("GP-01", day, "pool", tuple(Take(_key(row), row.grams) for row in brought),
                  (Make("PG-01", total, "统货"),), place="CK", done_by="收购组"),
        WorkGiven("FJ-01", day + timedelta(2), "sort", (Take("PG-01", total),),
                  (Make("PG-01A", first, "一级"), Make("PG-01B", second, "二级")), rotten, "rot", "LK",
                  done_by="分拣组"),
        WorkGiven("BZ-01", day + timedelta(3), "pack", (Take("PG-01A", packs * 5 * KG),),
                  (Make("PG-01A5", product="BOX5", packs=packs),), place="LK", done_by="包装组"),
    ):  # fmt: skip
        market_goods.work(work, books)
    _sell_apples(books, day + timedelta(10), packs)


def _sell_apples(books: Books, day: date, packs: int) -> None:
    """Two rounds of a group buy in one truck, one box short, four boxes sent back; the rest at the gate."""
    rounds = (("PG1111-1", packs // 2), ("PG1111-2", packs // 5))
    for number, count in rounds:
        claims = (("helper_province", "东部省（示例）"), ("platform", "云上拼购（示例）"))
        market.enter_order(
            OrderGiven("PIN", number, day, (LineGiven("BOX5", count * 4_590, count),), claims=claims,
                       ship_to="530000000000", evidence="平台订单（示例）"),
            books,
        )  # fmt: skip
    loose = (LineGiven("LOOSE", 96_000, 0, 400 * KG),)
    market.enter_order(OrderGiven("GATE", "MS1112", day, loose, buyer_name="散客"), books)
    if shipments.one(books.organisation_id, "FY-01") is None:
        picks = [
            market_goods.pick(PickGiven("PIN", number, 1, "PG-01A5", day, packs=count), books)
            for number, count in rounds
        ]
        way = ShippingGiven("FY-01", day, tuple(picks), "省城分拨中心（示例）", None, "LK", "530000000000",
                            carrier="顺路物流（示例）", vehicle="云A·示01", seal="F-017")  # fmt: skip
        shipment.ship(way, books)
        gate = market_goods.pick(PickGiven("GATE", "MS1112", 1, "PG-01B", day, quantity=400 * KG), books)
        shipment.ship(ShippingGiven("ZT-01", day, (gate,), "门市自提"), books)
    got = tuple(("PIN", number, 1, (count - nth) * 5 * KG) for nth, (number, count) in enumerate(rounds))
    shipment.receive(ReceivingGiven("FY-01", day + timedelta(2), got, "分拨中心收货员", True), books)
    market_back.give_back(
        RefundGiven("TH-01", day + timedelta(6), "PIN", "PG1111-1", "return", 4 * 4_590, 1, 20 * KG,
                    "外箱破损", "PG-01R", "CK", "退货单（示例）"),
        books,
    )  # fmt: skip
    paid = PaymentGiven("HK-01", day + timedelta(20), (rounds[0][1] - 4) * 4_590, SHOP,
                        matches=(MatchGiven("PIN", "PG1111-1"),), evidence="平台结算单（示例）")  # fmt: skip
    market_paid.receive_payment(paid, books)


def _ducks(books: Books) -> None:
    """48.1 t in two trucks' worth of boxes, weighed at every waypoint; 45 kg were lost on the way."""
    day, brought = date(2026, 4, 26), _duck_days()
    market_goods.add_place("DK", name="速冻库", kind="cold_room", day=day, books=books)
    market.add_product(
        ProductGiven("DUCK13", day, "沙漠绿洲白条鸭 13公斤箱", DUCKS, "kg", 13 * KG, "", "速冻，每箱五只",
                     "检疫合格证明（示例）", date(2027, 4, 30), DUCK, COUNTY),
        books,
    )  # fmt: skip
    market.add_channel(
        ChannelGiven("BANG", day, "pairing_purchase", "结对采购", "", PARTNER, FeeRule()), books
    )
    total = sum(row.grams for row in brought)
    takes = tuple(Take(_key(row), row.grams) for row in brought)
    for work in (
        WorkGiven("GP-01", day, "pool", takes, (Make("YA-01", total, "统货"),), place="DK", done_by="收购组"),
        WorkGiven("BZ-01", day + timedelta(2), "pack", (Take("YA-01", LOADED + 480 * KG),),
                  (Make("YA-01X", product="DUCK13", packs=3_700),), 480 * KG, "trimming", "DK",
                  done_by="屠宰车间"),
    ):  # fmt: skip
        market_goods.work(work, books)
    leave = date(2026, 5, 1)
    key, _name = shipments.pairings(books.organisation_id)[0]
    lines = (LineGiven("DUCK13", 3_700 * 20_800, 3_700),)
    market.enter_order(
        OrderGiven("BANG", "WY-0501", leave, lines, ship_to="530000000000", pairing=key,
                   claims=(("buyer_unit", "东部某机关食堂（示例）"), ("helper_province", "东部省（示例）")),
                   evidence="结对采购协议（示例）"),
        books,
    )  # fmt: skip
    if shipments.one(books.organisation_id, "DD-0501") is None:
        picked = market_goods.pick(PickGiven("BANG", "WY-0501", 1, "YA-01X", leave, packs=3_700), books)
        way = ShippingGiven("DD-0501", leave, (picked,), "东部冷链园（示例）",
                            datetime(2026, 5, 1, 10, tzinfo=UTC), "DK", "530000000000", key,
                            "沙海冷链（示例）", "新F·示48", "L-0501", "运单与温度记录（示例）")  # fmt: skip
        shipment.ship(way, books)
    for name, at, km, kg, coldest, warmest, cost in WAY:
        leg = LegGiven("DD-0501", name, at, km=km, grams=kg * KG, coldest_dc=coldest, warmest_dc=warmest,
                       cost_fen=cost, evidence="途中记录（示例）")  # fmt: skip
        shipment.reach(leg, books)
    arrived = ReceivingGiven("DD-0501", date(2026, 5, 5), (("BANG", "WY-0501", 1, RECEIVED),),
                             "冷链园 收货员", True, evidence="签收单（示例）")  # fmt: skip
    shipment.receive(arrived, books)
    order = sales.order(books.organisation_id, "BANG", "WY-0501")
    if order and order.money.paid_fen == 0:
        half = order.money.net_fen // 2
        paid = PaymentGiven("HK-0520", date(2026, 5, 20), half, PARTNER,
                            matches=(MatchGiven("BANG", "WY-0501"),), evidence="回单（示例）")  # fmt: skip
        market_paid.receive_payment(paid, books)


def _key(row: DeliveryRow) -> str:
    return f"{row.day.year}-{row.receipt}"
