"""A glut in the tables: declare, correct, offer, answer, sell, take back; orders counted beside. M5."""

from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from lianjie.facts.actions import glut, market, market_back, stock
from lianjie.facts.actions.enter import SourceGiven
from lianjie.facts.actions.glut import Answering, Declaring, Offering, Planning, Selling
from lianjie.facts.actions.market_back import RefundGiven
from lianjie.facts.actions.stock import Books, NumberTaken, Receiving
from lianjie.facts.actions.withdraw import FactStillUsed, ReasonMissing
from lianjie.facts.models import StockDeclaration
from lianjie.facts.queries import glut as queries
from lianjie.facts.rules import glut as rules
from lianjie.facts.rules.in_kind import Goods
from lianjie.facts.rules.market import ChannelGiven, LineGiven, OrderGiven, ProductGiven
from lianjie.ledger.actions.posting import post
from tests.ledger import coop

pytestmark = [pytest.mark.both, pytest.mark.mission("M5")]
START, UNTIL, TODAY = date(2026, 2, 1), date(2026, 6, 1), date(2026, 6, 20)
KG = 1_000
PLAN = Planning("QK-1", START, UNTIL, "马铃薯", 430_000 * KG, "村支书（示例）", ("wholesale",), 2)
FIRST = Declaring("SB-1", START, START, "马铃薯", 1_000 * KG, holder="COOP-H1", grade="商品薯")
OFFER = Offering("YY-1", START, "QK-1", "批发市场", 900 * KG, 105, "村口", START, UNTIL, "商品薯")
SALE = Selling("XS-1", date(2026, 3, 1), "马铃薯", 600 * KG, 63_000, "COOP-H1", "YY-1", "商品薯")
YES = Answering("DF-1", START, "YY-1", "accepted", "郭理事长", "价格合适")


@pytest.fixture
def books() -> Books:
    made = coop.make(balances=False)
    given = Books(made.pk, SourceGiven("page", "glut"), datetime(2026, 6, 20, 8, tzinfo=UTC), None, post)
    glut.plan(PLAN, given)
    return given


def shown(books: Books) -> queries.Figures:
    of = queries.plan(books.organisation_id, "QK-1")
    assert of is not None
    return queries.figures(books.organisation_id, of)


def test_declared_corrected_and_declared_again(books):
    glut.declare(FIRST, books)
    assert glut.declare(FIRST, books) == "stockdeclaration:SB-1"
    with pytest.raises(NumberTaken):
        glut.declare(replace(FIRST, opening=2_000 * KG), books)
    glut.correct_declaration(replace(FIRST, opening=1_200 * KG), books)
    glut.declare(
        replace(
            FIRST, number="SB-2", day=date(2026, 5, 1), opening=1_200 * KG, went=1_100 * KG, lost=40 * KG
        ),
        books,
    )
    found = shown(books)
    assert (found.cleared.opening, found.cleared.closing, found.differing) == (1_200 * KG, 60 * KG, ())
    assert found.cleared.share == Fraction(1_100, 1_200)
    assert StockDeclaration.objects.count() == 3, "the wrong one stays on record"


def test_what_does_not_add_up_is_refused(books):
    for wrong, refusal in (
        (replace(FIRST, store="一号窖"), rules.HolderUnclear),
        (replace(FIRST, holder=""), rules.HolderUnclear),
        (replace(FIRST, went=900 * KG, lost=101 * KG), rules.StockDoesNotAddUp),
        (replace(FIRST, came=-1), rules.WeightNegative),
        (replace(FIRST, since=TODAY), rules.DeclaredBeforeOpening),
    ):
        with pytest.raises(refusal):
            glut.declare(wrong, books)
    with pytest.raises(glut.NoSuchDeclaration):
        glut.correct_declaration(FIRST, books)
    assert not StockDeclaration.objects.exists()


def test_an_offer_is_answered_by_a_person_and_sold_against(books):
    glut.offer(OFFER, books)
    with pytest.raises(rules.OfferNotAccepted):
        glut.sell(SALE, books)
    glut.answer(YES, books)
    with pytest.raises(rules.OfferAnswered):
        glut.answer(replace(YES, number="DF-2", answer="declined"), books)
    glut.sell(SALE, books)
    with pytest.raises(rules.SoldAboveOffer):
        glut.sell(replace(SALE, number="XS-2", grams=301 * KG), books)
    row = queries.offer(books.organisation_id, "YY-1")
    assert row is not None
    assert (row[0].state, row[0].left, row[0].person) == ("accepted", 300 * KG, "郭理事长")
    with pytest.raises(FactStillUsed):
        glut.take_back("stockoffer:YY-1", "wrong", books)
    with pytest.raises(ReasonMissing):
        glut.take_back("reportedsale:XS-1", " ", books)
    glut.take_back("reportedsale:XS-1", "double", books)
    assert shown(books).sold.now.grams == 0
    with pytest.raises(glut.NoSuchPartner):
        glut.offer(replace(OFFER, number="YY-2", pairing="JD-9"), books)


def test_reported_sales_and_orders_are_held_against_past_years(books):
    glut.sell(Selling("P25", date(2025, 3, 1), "马铃薯", 1_000 * KG, 100_000), books)
    glut.sell(Selling("N1", date(2026, 3, 1), "马铃薯", 500 * KG, 52_000), books)
    found = shown(books)
    assert (found.sold.volume_ratio, found.sold.missing) == (None, (2024,))
    glut.sell(Selling("P24", date(2024, 5, 31), "马铃薯", 1_100 * KG, 99_000), books)
    glut.sell(Selling("P23", date(2023, 5, 31), "马铃薯", 9_000 * KG, 1), books)
    market.add_product(ProductGiven("POTATO", START, "马铃薯散装", "马铃薯"), books)
    market.add_channel(ChannelGiven("GATE", START, "walk_in", "门市"), books)
    order = OrderGiven("GATE", "1", date(2026, 4, 1), (LineGiven("POTATO", 60_000, quantity=600 * KG),),
                       sent_day=date(2026, 4, 1))  # fmt: skip
    market.enter_order(order, books)
    back = RefundGiven("T1", date(2026, 4, 3), "GATE", "1", "return", 5_000, 1, 50 * KG)
    market_back.give_back(back, books)
    found = shown(books)
    assert (found.sold.now.grams, found.sold.now.fen) == (1_050 * KG, 107_000)
    assert found.sold.volume_ratio == 1
    assert found.sold.price_ratio == Fraction(107_000, 1_050) / 100


def test_stores_are_held_against_their_lots(books):
    glut.declare(replace(FIRST, number="SB-9", holder="", store="一号窖", went=100 * KG), books)
    assert shown(books).stores is None
    stock.receive(Receiving("L1", START, Goods("马铃薯", "kg", 880 * KG), "harvested"), books)
    found = shown(books)
    assert (found.stores, found.lots) == (900 * KG, 880 * KG)
