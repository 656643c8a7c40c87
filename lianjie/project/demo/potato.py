"""A potato village: a thousand seed tubers handed to each household, potatoes brought in and stored.

A small copy of L6 in the mission: inputs by the piece, against a receipt.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from random import Random

from django.db import transaction
from django.utils.translation import gettext as _

from lianjie.facts.actions import stock
from lianjie.facts.actions.enter import SourceGiven, enter
from lianjie.facts.actions.stock import Books, Issuing, LosingLot, Receiving
from lianjie.facts.queries import parties
from lianjie.facts.rules.book import Book, DeliveryRow, MemberRow, OrganisationRow, PostRow
from lianjie.facts.rules.in_kind import Goods
from lianjie.ledger.actions.posting import post
from lianjie.project.demo.people import AREAS, VILLAGES, Home, homes

CODE, YEAR, HOUSEHOLDS = "POTA", 2025, 10
AT = datetime(2025, 12, 20, 1, tzinfo=UTC)
TUBERS, POTATO = "马铃薯种薯", "马铃薯"
KG, PIECE = 1_000, 10_000
EACH = 1_000 * PIECE


@transaction.atomic
def add(say: Callable[[str], None]) -> None:
    """Enter the village, its seed and its store. Doing it again changes nothing."""
    say(_("Handing out seed potatoes in {village} …").format(village=VILLAGES["ML"][1]))
    members = homes("ML", HOUSEHOLDS)
    enter(_book(members), source=SourceGiven("demo", CODE), by=None, at=AT, post=post)
    books = Books(parties.organisation(CODE).id, SourceGiven("demo", f"{CODE} seed"), AT, None, post)
    seed = Receiving(
        "ZS2025-01", date(2025, 2, 20), Goods(TUBERS, "piece", EACH * HOUSEHOLDS), "granted", "原种",
        "云岭县农业农村局（示例）", "入库单（示例）",
    )  # fmt: skip
    stock.receive(seed, books)
    for number, home in enumerate(members, 1):
        receipt, day = f"ZF2025-{number:02d}", date(2025, 3, 2)
        stock.issue(Issuing(receipt, day, home.code, "ZS2025-01", EACH, evidence="领用单（示例）"), books)
    cellar = Goods(POTATO, "kg", 12_000 * KG)
    stock.receive(
        Receiving("JC2025-01", date(2025, 9, 28), cellar, "harvested", "商品薯", "", "入窖单（示例）"), books
    )
    lost = LosingLot(
        "JS2025-01", date(2025, 11, 15), "JC2025-01", "other", 85 * KG, "窖藏失水", "盘点表（示例）"
    )
    stock.lose_from_stock(lost, books)


def _book(members: tuple[Home, ...]) -> Book:
    place, _name = VILLAGES["ML"]
    since = date(2023, 2, 1)
    return Book(
        OrganisationRow(
            CODE, "马铃坪马铃薯专业合作社", "coop", place, YEAR, founded_day=since, invented=True
        ),
        areas=AREAS,
        parties=tuple(home.party for home in members),
        people=tuple(person for home in members for person in home.people),
        posts=(PostRow(members[0].head.code, "chair", CODE, since, evidence="设立大会决议"),),
        members=tuple(MemberRow(home.code, since, "signed", evidence="入社申请书") for home in members),
        deliveries=tuple(_brought(home) for home in members),
    )


def _brought(home: Home) -> DeliveryRow:
    chance = Random(f"potato {home.code}")
    grams = chance.randint(900, 2_400) * KG
    return DeliveryRow(
        f"TD{YEAR}-{home.code}", date(YEAR, 9, chance.randint(10, 26)), home.code, POTATO, grams, 160,
        grams * 160 // 1000, grade="商品薯", evidence="过磅单（示例）",
    )  # fmt: skip
