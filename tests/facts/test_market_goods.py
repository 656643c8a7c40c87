"""From deliveries to lots, packs, picks, shipments and receipts, and back; costs and origins. M1, M4."""

from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from lianjie.facts.actions import market, market_back, market_goods, market_undo, shipment, stock
from lianjie.facts.actions.enter import SourceGiven
from lianjie.facts.actions.market_back import RefundGiven
from lianjie.facts.actions.market_goods import Make, PickGiven, Take, WorkGiven
from lianjie.facts.actions.shipment import LegGiven, ReceivingGiven, ShippingGiven
from lianjie.facts.actions.stock import Books, Issuing, NumberTaken
from lianjie.facts.actions.withdraw import FactStillUsed
from lianjie.facts.models import Delivery, Organisation, Party, Pick
from lianjie.facts.queries import market as sales
from lianjie.facts.queries import market_goods as queries
from lianjie.facts.rules import in_kind as in_kind_rules
from lianjie.facts.rules import market_goods as rules
from lianjie.facts.rules import shipment as way
from lianjie.facts.rules.market import ChannelGiven, LineGiven, OrderGiven, ProductGiven
from lianjie.ledger.actions.posting import post
from lianjie.ledger.models import Posting
from tests.ledger import coop
from tests.support.fill import fill

pytestmark = [pytest.mark.both, pytest.mark.mission("M1", "M4")]
AT = datetime(2026, 11, 1, 8, tzinfo=UTC)
KG = 1_000
DAY = date(2026, 1, 5)


@pytest.fixture
def books() -> Books:
    """The co-op of tests/ledger/coop.py: H1 brought 1,200 kg, H2 800, H3 333, H4 (no member) 100, at ¥6."""
    made = coop.make(balances=False)
    buyer = Party.objects.create(
        code="SHOP", kind="organisation", name="云上拼购（示例）", area=made.area, invented=True
    )
    Organisation.objects.create(party=buyer, kind="enterprise")
    given = Books(made.pk, SourceGiven("page", "market"), AT, None, post)
    market_goods.add_place("CK", name="冷库", kind="cold_room", day=DAY, books=given)
    market_goods.add_place("OUT", name="代销点", kind="outlet", day=DAY, books=given)
    market.add_product(ProductGiven("BOX", DAY, "红富士5公斤装", "apple", content=5 * KG), given)
    market.add_product(ProductGiven("LOOSE", DAY, "红富士散装", "apple"), given)
    market.add_channel(ChannelGiven("WS", DAY, "wholesale", "批发"), given)
    return given


def in_ledger(books: Books, account: str, good: str = "", party: str = "") -> int:
    rows = Posting.objects.filter(
        entry__organisation_id=books.organisation_id, entry__posted=True, account=account, good=good
    )
    if party:
        rows = rows.filter(party__code=party)
    return sum(rows.values_list("quantity" if good else "amount_fen", flat=True))


def pooled(books: Books, **changed) -> str:
    takes = (Take("d0", 1_200 * KG), Take("d1", 800 * KG))
    given = WorkGiven("GP1", DAY, "pool", takes, (Make("L1", 2_000 * KG),), place="CK")
    return market_goods.work(replace(given, **changed), books)


def packed(books: Books) -> None:
    pooled(books)
    market_goods.work(
        WorkGiven("FJ1", DAY, "sort", (Take("L1", 2_000 * KG),),
                  (Make("A1", 1_500 * KG, "一级"), Make("B1", 450 * KG, "二级")), 50 * KG, "rot", "CK"),
        books,
    )  # fmt: skip
    market_goods.work(
        WorkGiven("BZ1", DAY, "pack", (Take("A1", 1_010 * KG),), (Make("P1", product="BOX", packs=200),),
                  10 * KG, "trimming", "CK"),
        books,
    )  # fmt: skip


def ordered(books: Books, packs: int = 100, **changed) -> None:
    lines = (LineGiven("BOX", packs * 5_000, packs),)
    market.enter_order(replace(OrderGiven("WS", "S1", DAY, lines, buyer="SHOP"), **changed), books)


def lot(books: Books, number: str) -> queries.MarketLotRow:
    found = queries.lot(books.organisation_id, number, AT.date())
    assert found is not None
    return found


def sent(books: Books, packs: int = 100) -> None:
    picked = market_goods.pick(PickGiven("WS", "S1", 1, "P1", DAY, packs=packs), books)
    shipment.ship(ShippingGiven("YS1", DAY, (picked,), "广州", pairing="", seal="A77"), books)


def test_deliveries_become_a_lot_and_their_grams_are_used_once(books):
    pooled(books)
    pooled(books)
    assert (lot(books, "L1").left.quantity, lot(books, "L1").cost_fen) == (2_000 * KG, 1_200_000)
    assert in_ledger(books, "121", "apple") == 2_000 * KG
    assert queries.free_delivery(books.organisation_id, "d0").free == 0
    assert [row.free for row in queries.free_deliveries(books.organisation_id).rows] == [333 * KG, 100 * KG]
    more = WorkGiven("GP2", DAY, "pool", (Take("d0", 1),), (Make("L2", 1),))
    with pytest.raises(rules.DeliveryHasLess):
        market_goods.work(more, books)
    with pytest.raises(NumberTaken):
        pooled(books, takes=(Take("d2", 10 * KG),), makes=(Make("L1", 10 * KG),))
    with pytest.raises(market_goods.LotNumberUsed):
        market_goods.work(replace(more, takes=(Take("d2", 1),), makes=(Make("L1", 1),)), books)
    with pytest.raises(market_goods.DeliveryNotThereYet):
        market_goods.work(replace(more, day=date(2025, 1, 1), takes=(Take("d2", 1),)), books)


def test_sorting_and_packing_add_up_or_are_refused(books):
    packed(books)
    held = {row.number: row.left.quantity for row in queries.holding(books.organisation_id, AT.date())}
    assert held == {"A1": 490 * KG, "B1": 450 * KG, "P1": 1_000 * KG}
    assert in_ledger(books, "121", "apple") == 1_940 * KG
    assert in_ledger(books, "529", "apple") == 60 * KG
    assert sum(queries.cost_left([lot(books, name).id])[lot(books, name).id] for name in held) == 1_200_000
    assert lot(books, "P1").packs == 200
    off = WorkGiven("FJ2", DAY, "sort", (Take("B1", 450 * KG),), (Make("C1", 440 * KG),), 9 * KG, "rot")
    with pytest.raises(rules.GoodsDoNotAddUp):
        market_goods.work(off, books)
    with pytest.raises(rules.LossNeedsCause):
        market_goods.work(replace(off, lost=10 * KG, cause=""), books)
    with pytest.raises(in_kind_rules.LotHasLess):
        market_goods.work(
            replace(off, takes=(Take("B1", 451 * KG),), makes=(Make("C1", 451 * KG),), lost=0), books
        )
    with pytest.raises(stock.LotIsForSale):
        stock.issue(Issuing("R1", DAY, "COOP-H1", "B1", KG), books)
    market_goods.work(
        WorkGiven("HS1", DAY, "lose", (Take("B1", 450 * KG),), lost=450 * KG, cause="rot"), books
    )
    assert lot(books, "B1").left.quantity == 0
    assert in_ledger(books, "529") == 276_924, "450 of 1,950 kg carried this much of ¥12,000"


def test_a_lot_is_followed_to_households_exactly(books):
    packed(books)
    share = queries.provenance([lot(books, "P1").id])[lot(books, "P1").id]
    told = queries.told(share)
    assert [(each.household_code, each.share) for each in told] == [
        ("COOP-H1", Fraction(3, 5)), ("COOP-H2", Fraction(2, 5)),
    ]  # fmt: skip
    before, after = queries.way(lot(books, "A1").id)
    assert [step.kind for step in before] == ["pool", "sort"]
    assert [step.number for step in after] == ["BZ1"]


def test_what_is_shipped_is_sold_and_what_is_short_is_not_paid_for(books):
    packed(books)
    ordered(books)
    with pytest.raises(rules.HalfPack):
        market_goods.pick(PickGiven("WS", "S1", 1, "P1", DAY, quantity=7 * KG), books)
    with pytest.raises(rules.PickAboveLine):
        market_goods.pick(PickGiven("WS", "S1", 1, "P1", DAY, packs=101), books)
    with pytest.raises(rules.PickWrongGood):
        market_goods.pick(PickGiven("WS", "S1", 1, "W1", DAY, packs=1), _with_pears(books))
    sent(books)
    row = sales.order(books.organisation_id, "WS", "S1")
    assert (row.state, in_ledger(books, "501"), in_ledger(books, "113", party="SHOP")) == (
        "sent", -500_000, 500_000,
    )  # fmt: skip
    assert in_ledger(books, "521", "apple") == 500 * KG
    assert in_ledger(books, "121", "apple") == 1_440 * KG
    assert in_ledger(books, "521") == Pick.objects.get().cost_fen == 310_768
    leg = LegGiven(
        "YS1", "兰州", datetime(2026, 1, 6, 3, tzinfo=UTC), grams=499 * KG, warmest_dc=41, coldest_dc=12
    )
    shipment.reach(leg, books)
    shipment.reach(leg, books)
    with pytest.raises(way.HeavierOnTheWay):
        shipment.reach(replace(leg, waypoint="西安", grams=499 * KG + 1), books)
    with pytest.raises(way.WaypointOutOfOrder):
        shipment.reach(replace(leg, waypoint="西安", reached_at=datetime(2026, 1, 6, 2, tzinfo=UTC)), books)
    arrived = ReceivingGiven("YS1", date(2026, 1, 8), (("WS", "S1", 1, 495 * KG),), "李收货", True)
    with pytest.raises(way.MoreThanSent):
        shipment.receive(replace(arrived, lines=(("WS", "S1", 1, 501 * KG),)), books)
    shipment.receive(arrived, books)
    shipment.receive(arrived, books)
    with pytest.raises(way.ReceivedTwice):
        shipment.receive(replace(arrived, received_by="王"), books)
    assert (in_ledger(books, "501"), in_ledger(books, "529", "apple")) == (-495_000, 65 * KG)
    assert in_ledger(books, "521", "apple") == 495 * KG


def _with_pears(books: Books) -> Books:
    fill(
        Delivery, organisation_id=books.organisation_id, key="pear", day=DAY, good="pear", grams=10 * KG,
        amount_fen=1_000, household=Party.objects.get(code="COOP-H1"), receipt="PEAR",
    )  # fmt: skip
    market_goods.work(WorkGiven("GPW", DAY, "pool", (Take("pear", 10 * KG),), (Make("W1", 10 * KG),)), books)
    return books


def test_goods_sent_back_are_stock_again_with_their_history(books):
    packed(books)
    ordered(books)
    sent(books)
    back = RefundGiven(
        "T1", date(2026, 1, 9), "WS", "S1", "return", 50_000, 1, 50 * KG, "外箱破损", "RE1", "CK"
    )
    market_back.give_back(back, books)
    market_back.give_back(back, books)
    again = lot(books, "RE1")
    assert (again.left.quantity, again.packs, again.origin) == (50 * KG, 10, "sent_back")
    assert (in_ledger(books, "501"), in_ledger(books, "121", "apple")) == (-450_000, 1_490 * KG)
    assert queries.told(queries.provenance([again.id])[again.id])[0].share == Fraction(3, 5)
    lots = [lot(books, name).id for name in ("A1", "B1", "P1", "RE1")]
    held = sum(queries.cost_left(lots)[each] for each in lots)
    assert held == 1_200_000 + in_ledger(books, "121"), "what goods cost is in a lot or in what was sold"
    with pytest.raises(FactStillUsed):
        market_undo.take_back("shipment:YS1", "错", books)
    market_undo.take_back("orderrefund:T1", "登记错", books)
    assert queries.lot(books.organisation_id, "RE1", AT.date()) is None
    market_undo.take_back("shipment:YS1", "车没走", books)
    assert (in_ledger(books, "501"), in_ledger(books, "121", "apple")) == (0, 1_940 * KG)


def test_growers_bear_what_the_contract_lays_on_them(books):
    packed(books)
    ordered(books, refunds_borne_by="growers")
    sent(books)
    before = in_ledger(books, "114")
    market_back.give_back(RefundGiven("T1", date(2026, 1, 9), "WS", "S1", "refund", 1_001), books)
    assert in_ledger(books, "501") == -500_000
    assert in_ledger(books, "114") - before == 1_001
    assert in_ledger(books, "114", party="COOP-H1") == 601, "three fifths, the odd fen to the larger rest"


def test_consigned_goods_are_owed_at_the_agreed_price_and_the_rest_is_ours(books):
    fill(
        Delivery, organisation_id=books.organisation_id, key="c1", day=DAY, good="apple", grams=100 * KG,
        amount_fen=0, household=Party.objects.get(code="COOP-H1"), receipt="C1",
    )  # fmt: skip
    given = WorkGiven("DX1", DAY, "pool", (Take("c1", 100 * KG),), (Make("CL", 100 * KG),), consigned=True)
    with pytest.raises(rules.AgreedPriceMissing):
        market_goods.work(given, books)
    with pytest.raises(rules.DeliveryUnpriced):
        market_goods.work(replace(given, consigned=False), books)
    with pytest.raises(rules.DeliveryBought):
        market_goods.work(replace(given, agreed_fen=500, takes=(Take("d0", 100 * KG),)), books)
    market_goods.work(replace(given, agreed_fen=500), books)
    assert (in_ledger(books, "128"), in_ledger(books, "114", party="COOP-H1")) == (50_000, -50_000)
    lines = (LineGiven("LOOSE", 64_000, quantity=80 * KG, owner="consigned"),)
    market.enter_order(OrderGiven("WS", "S1", DAY, lines, buyer="SHOP"), books)
    picked = market_goods.pick(PickGiven("WS", "S1", 1, "CL", DAY, quantity=80 * KG), books)
    shipment.ship(ShippingGiven("YS1", DAY, (picked,), "县城"), books)
    assert (in_ledger(books, "128"), in_ledger(books, "501"), in_ledger(books, "128", "apple")) == (
        10_000, -24_000, 20 * KG,
    )  # fmt: skip


def test_goods_with_an_outlet_stand_apart_until_they_are_sold(books):
    packed(books)
    market_goods.work(
        WorkGiven("YK1", DAY, "move", (Take("P1", 500 * KG),), (Make("P1-2", 500 * KG),), place="OUT"), books
    )
    assert (in_ledger(books, "125", "apple"), in_ledger(books, "125")) == (500 * KG, 310_768)
    assert (lot(books, "P1-2").packs, lot(books, "P1-2").place) == (100, "代销点")
    ordered(books)
    picked = market_goods.pick(PickGiven("WS", "S1", 1, "P1-2", DAY, packs=100), books)
    shipment.ship(ShippingGiven("YS1", DAY, (picked,), "县城"), books)
    assert (in_ledger(books, "125", "apple"), in_ledger(books, "125"), in_ledger(books, "521")) == (
        0,
        0,
        310_768,
    )


def test_taking_back_goes_from_the_last_to_the_first(books):
    packed(books)
    with pytest.raises(FactStillUsed):
        market_undo.take_back("lotwork:GP1", "错", books)
    market_undo.take_back("lotwork:BZ1", "错", books)
    market_undo.take_back("lotwork:FJ1", "错", books)
    market_undo.take_back("lotwork:GP1", "错", books)
    assert in_ledger(books, "121", "apple") == in_ledger(books, "529", "apple") == 0
    packed(books)
    assert lot(books, "P1").left.quantity == 1_000 * KG


def test_a_pick_sent_twice_is_one_pick(books):
    packed(books)
    ordered(books)
    given = PickGiven("WS", "S1", 1, "P1", DAY, packs=40, number="X-1")
    first = market_goods.pick(given, books)
    assert market_goods.pick(given, books) == first
    assert lot(books, "P1").packs_left == 160
    with pytest.raises(NumberTaken):
        market_goods.pick(replace(given, packs=41), books)
    market_undo.take_back(first, "wrong lot", books)
    again = market_goods.pick(given, books)
    assert again != first
    assert market_goods.pick(replace(given, number="X-2"), books) not in (first, again)
    assert lot(books, "P1").packs_left == 120


def test_a_delivery_corrected_after_it_went_into_a_lot_is_flagged(books):
    packed(books)
    shares = queries.provenance([lot(books, "P1").id])[lot(books, "P1").id]
    assert not any(each.since for each in queries.told(shares))
    old = Delivery.objects.get(key="d0")
    twin = Delivery.objects.get(pk=old.pk)
    twin.pk, twin.key, twin.corrects_id, twin.grams = None, "d0~2", old.pk, 1_100 * KG
    twin.save()
    (since,) = (each.since for each in queries.told(shares) if each.since)
    assert (since.was_grams, since.grams, since.withdrawn) == (1_200 * KG, 1_100 * KG, False)
    assert since.household == old.household.name
