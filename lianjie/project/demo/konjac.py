"""More of the konjac village: a rent partly in grain, land of a collective, an order lost to frost.

Small copies of L2, L3 and L7; who moved away and left is entered with the village. All invented.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from lianjie.facts.actions import lot_cost, offtake, rent, stock
from lianjie.facts.actions import order_account as money
from lianjie.facts.actions.enter import enter
from lianjie.facts.actions.lot_cost import Costing
from lianjie.facts.actions.offtake import DeliveryGiven
from lianjie.facts.actions.order_account import Moving
from lianjie.facts.actions.stock import Books, Receiving
from lianjie.facts.actions.store import SourceGiven
from lianjie.facts.queries import offtake as orders
from lianjie.facts.queries import parties, rents
from lianjie.facts.rules.book import LandRow
from lianjie.facts.rules.in_kind import Goods
from lianjie.facts.rules.offtake import OrderTerms
from lianjie.facts.rules.rent import Grain
from lianjie.facts.rules.rent_terms import Handing
from lianjie.ledger.actions import floor_income
from lianjie.ledger.actions import rents as paying
from lianjie.ledger.actions.posting import post
from lianjie.project.demo import collective, herb, in_kind
from lianjie.project.demo.people import Home

YEAR, KG, MU = 2025, 1_000, 10_000
STARTS, ENDS = date(YEAR, 1, 1), date(YEAR + 5, 1, 1)
MAIZE = Grain("玉米", 300 * KG, "青龙镇粮站（示例）", (12, 1), (12, 10), grade="二等")
OWN_LAND, FIELD = "HT-SHJT", "DK-LZ03"
"""Parcels: riverside land the collective never contracted out, and a household's field."""
ORDER = OrderTerms(
    number="DD2025-MY",
    buyer=herb.COMPANY,
    signed_day=date(YEAR, 3, 5),
    start=date(YEAR, 9, 1),
    until=date(YEAR, 12, 1),
    good="鲜魔芋",
    grams=12_000 * KG,
    floors={"统货": 320},
    breach="任何一方违约，按未履行部分货款的百分之十支付违约金",
    loss_bearer="buyer",
    loss_clause="因灾减产或绝收的，收购方补足每亩八百元的保底收入",
    backing="floor_income",
    floor_income_fen_per_mu=80_000,
    pay_within_days=15,
    assured=True,
    evidence="订单合同原件（示例）",
)


def land(homes: tuple[Home, ...]) -> tuple[LandRow, ...]:
    """The parcels let to the co-op; the collective's is its own, contracted out to nobody."""
    terms = {"lease_day": STARTS, "lease_until_day": ENDS, "extent_basis": "contract", "form": "written"}
    return (
        LandRow(
            FIELD, homes[2].code, date(2020, 1, 1), 2 * MU, "屋后地", land_type="旱地",
            contract_until_day=date(2050, 1, 1), rent_fen_per_mu=0, due="12-20", evidence="流转合同（示例）",
            **terms,
        ),
        LandRow(
            OWN_LAND, collective.CODE, date(2020, 6, 1), 30 * MU, "河滩机动地", land_type="旱地",
            rent_fen_per_mu=8_000, due="06-30", evidence="村民代表会议决议、租赁合同（示例）", **terms,
        ),
    )  # fmt: skip


@transaction.atomic
def add(say: Callable[[str], None]) -> None:
    """Enter them. Doing it again changes nothing."""
    homes, gone = in_kind.village()
    say(_("Entering the rents of {code} …").format(code=in_kind.CODE))
    source = SourceGiven("demo", f"{in_kind.CODE} land")
    let = replace(in_kind.book(homes, gone, moved=True), land=land(homes))
    enter(let, source=source, by=None, at=in_kind.AT, post=post)
    books = Books(parties.organisation(in_kind.CODE).id, source, in_kind.AT, None, post)
    _rents(books, homes[2])
    _order(books, homes[3:6])


def _rents(books: Books, home: Home) -> None:
    """Two mu at 300 kg each: 400 kg are handed over in maize, the rest through the bank."""
    entry, field = books.entry, f"{FIELD}@{STARTS}"
    for day, fen in ((date(YEAR, 12, 2), 234), (date(YEAR, 12, 8), 238)):
        offtake.record_price(
            entry, day=day, good=MAIZE.good, grade=MAIZE.grade, market=MAIZE.market, fen_per_kg=fen,
            evidence="粮站收购牌价照片（示例）",
        )  # fmt: skip
    found = rents.lease(books.organisation_id, field)
    assert found is not None, home.code
    terms = replace(found.first, grain=MAIZE)
    rent.agree(entry, field, terms, day=STARTS, evidence="流转合同第四条（示例）")
    came = date(YEAR, 11, 25)
    maize = Goods(MAIZE.good, "kg", 2_000 * KG)
    stock.receive(
        Receiving("YM2025-01", came, maize, "bought", MAIZE.grade, "青龙镇粮站（示例）", "过磅单（示例）"),
        books,
    )
    lot_cost.cost(Costing("YM2025-01", came, 440_000, "bank", "发票（示例）"), books)
    year = date(YEAR, 1, 1), date(YEAR + 1, 1, 1)
    paying.book_rents(books.organisation_id, *year, at=books.at, by=None)
    for key, due, lot, grams in (
        (field, date(YEAR, 12, 22), "YM2025-01", 400 * KG),
        (f"{OWN_LAND}@{STARTS}", date(YEAR, 7, 2), "", 0),
    ):
        if not rents.handed(key, books.organisation_id, YEAR):
            paper = "领粮签字单、银行回单（示例）" if lot else "银行回单（示例）"
            owed = 141_600 if lot else 240_000
            given = Handing(YEAR, "household", due, owed, "bank", paper, lot=lot, grams=grams)
            paying.pay(entry, key, given)


def _order(books: Books, growers: tuple[Home, ...]) -> None:
    """An early frost: one brought a little, two nothing. The buyer owes what is missing, and paid half."""
    entry, number = books.entry, ORDER.number
    if orders.standing_order(books.organisation_id, number) is not None:
        return
    offtake.sign(entry, ORDER)
    for home in growers:
        offtake.promise(
            entry, number, household=home.code, grams=3_000 * KG, extent_mu4=2 * MU,
            evidence="种植承诺书（示例）",
        )  # fmt: skip
    brought = DeliveryGiven(
        growers[0].code, date(YEAR, 10, 20), "MY2025-1", "统货", 150 * KG, "过磅单（示例）"
    )
    offtake.take(entry, number, brought, post=post)
    floor_income.book_all(entry, number, books.at.date())
    received = Moving(
        "BD2025-01", number, date(YEAR + 1, 1, 15), "floor", 200_000, evidence="银行回单（示例）"
    )
    money.move(received, books)
