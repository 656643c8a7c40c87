"""The potatoes of a village that did not sell in spring: 430 t, a thousandth of a county's.

A small copy of M5: what ten households and a store declare, a plan, offers, sales, and three past years. The
figures come out near what was reported: almost cleared, volume as before, price a little above last year's.
Everything is invented.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from lianjie.facts.actions import glut
from lianjie.facts.actions.enter import SourceGiven
from lianjie.facts.actions.glut import Answering, Declaring, Offering, Planning, Selling
from lianjie.facts.actions.stock import Books
from lianjie.facts.queries import parties
from lianjie.ledger.actions.posting import post
from lianjie.project.demo import potato
from lianjie.project.demo.people import homes

AT = datetime(2026, 6, 20, 1, tzinfo=UTC)
START, UNTIL, COUNTED = date(2026, 2, 1), date(2026, 6, 1), date(2026, 5, 31)
PLAN, KG = "QK2026-01", 1_000
STORE = "村集体气调窖（示例）"
HELD = 30_000
"""Kilograms in spring of each of ten households; the store holds the other 130 t: 430 t together."""
SOLD = (29_700, 29_600, 29_500, 29_400, 29_300, 29_500, 29_600, 29_400, 29_500, 29_500)
"""Of each household, in kilograms; what is lost is 300 kg each."""
PAST = (
    # year, kilograms, yuan: households and store together, from the village's own ledger of sales
    (2023, 421_000, 408_370),
    (2024, 408_500, 416_670),
    (2025, 415_200, 427_656),
)
OFFERS = (
    # number, buyer, kilograms, fen a kilogram, where, answer
    ("YY2026-01", "县农产品批发市场（示例）", 180_000, 104, "马铃坪村口过磅", "accepted"),
    ("YY2026-02", "海云市总工会食堂（示例）", 60_000, 120, "海云市配送中心", "accepted"),
    ("YY2026-03", "淀粉厂（示例）", 200_000, 62, "厂区过磅", "declined"),
)


@transaction.atomic
def add(say: Callable[[str], None]) -> None:
    """Enter the plan and what came of it. Doing it again changes nothing."""
    say(_("Clearing the potatoes of {code} …").format(code=potato.CODE))
    books = Books(parties.organisation(potato.CODE).id, SourceGiven("demo", "glut"), AT, None, post)
    glut.plan(
        Planning(PLAN, START, UNTIL, potato.POTATO, 400_000 * KG, "驻村第一书记（示例）",
                 ("wholesale", "pairing_purchase", "livestream"), 3, "村委会会议纪要（示例）"),
        books,
    )  # fmt: skip
    for number, buyer, kg, fen, place, said in OFFERS:
        offer = Offering(number, date(2026, 2, 15), PLAN, buyer, kg * KG, fen, place, date(2026, 2, 20),
                         UNTIL, "商品薯", evidence="采购意向书（示例）")  # fmt: skip
        glut.offer(offer, books)
        why = "价格低于种植成本" if said == "declined" else "价格合适，上门收购"
        glut.answer(
            Answering(f"DF{number[2:]}", date(2026, 2, 18), number, said, "合作社理事长（示例）", why), books
        )
    _households(books)
    _store(books)
    for year, kg, yuan in PAST:
        past = Selling(f"XS{year}", date(year, 5, 31), potato.POTATO, kg * KG, yuan * 100, grade="商品薯",
                       buyer="多家", evidence=f"{year}年销售台账（示例）")  # fmt: skip
        glut.sell(past, books)


def _households(books: Books) -> None:
    """Ten households: declared in February and again at the end of May; sold against the first offer."""
    for at, (home, kg) in enumerate(zip(homes("ML", potato.HOUSEHOLDS), SOLD, strict=True), 1):
        first = Declaring(f"SB2026-{at:02d}", START, START, potato.POTATO, HELD * KG, holder=home.code,
                          grade="商品薯", evidence="入户核实表（示例）")  # fmt: skip
        glut.declare(first, books)
        last = Declaring(f"SB2026-{at:02d}-2", COUNTED, START, potato.POTATO, HELD * KG, 0, kg * KG, 300 * KG,
                         home.code, grade="商品薯", evidence="入户核实表（示例）")  # fmt: skip
        glut.declare(last, books)
        early, late = kg * 3 // 5, kg - kg * 3 // 5
        for turn, (day, part, fen, offer) in enumerate(
            ((date(2026, 3, 6), early, 104, "YY2026-01"), (date(2026, 4, 20), late, 106, "")), 1
        ):
            sale = Selling(f"XS2026-{at:02d}-{turn}", day, potato.POTATO, part * KG, part * fen, home.code,
                           offer, "商品薯", "" if offer else "贩运户（示例）", "过磅单（示例）")  # fmt: skip
            glut.sell(sale, books)


def _store(books: Books) -> None:
    """130 t in the store: 60 t to the partner's canteens, most of the rest to the wholesale market.

    It declares 12 t left and forgets the 85 kg that dried off: its lots say so.
    """
    held = Declaring("SB2026-K1", COUNTED, START, potato.POTATO, 130_000 * KG, 0, 116_100 * KG, 1_900 * KG,
                     store=STORE, grade="商品薯", evidence="盘点表（示例）")  # fmt: skip
    glut.declare(held, books)
    for number, day, kg, fen, offer, buyer in (
        ("XS2026-K1", date(2026, 3, 20), 60_000, 120, "YY2026-02", ""),
        ("XS2026-K2", date(2026, 5, 8), 56_100, 102, "", "县农产品批发市场（示例）"),
    ):
        sale = Selling(
            number, day, potato.POTATO, kg * KG, kg * fen, "", offer, "商品薯", buyer, "出库单（示例）"
        )
        glut.sell(sale, books)
