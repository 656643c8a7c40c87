"""The market's demonstration: every figure a page shows is what the raw events add up to. M1, M4."""

from fractions import Fraction

import pytest
from django.db.models import Sum

from lianjie.facts.models import (
    Delivery,
    LotInput,
    LotWork,
    MarketLot,
    OrderRefund,
    Pick,
    SalesOrder,
    Shipment,
    ShipmentReceipt,
)
from lianjie.facts.queries import market as sales
from lianjie.facts.queries import market_goods, parties, shipment
from lianjie.ledger.models import Posting
from lianjie.ledger.queries import attribution
from lianjie.project.demo import market

pytestmark = [pytest.mark.django_db, pytest.mark.mission("M1", "M4")]


def total(rows, column: str = "quantity") -> int:
    return rows.aggregate(n=Sum(column))["n"] or 0


@pytest.fixture
def built():
    market.add(lambda line: None)
    market.add(lambda line: None)


def test_ducks_went_four_thousand_kilometres_and_forty_five_kilograms_were_lost(built):
    of = parties.organisation(market.DUCK)
    row = shipment.one(of.id, "DD-0501")
    raw = Shipment.objects.get(organisation_id=of.id, key="DD-0501")
    sent = total(Pick.objects.filter(loads__shipment=raw))
    received = total(ShipmentReceipt.objects.filter(shipment=raw))
    assert (row.loaded, row.received, row.lost) == (sent, received, sent - received)
    assert (row.loaded, row.lost, row.km) == (48_100_000, 45_000, 4_000)
    stages = shipment.story(row, market.AT.date()).stages
    assert sum(stage.lost for stage in stages) == row.lost
    assert row.pairing == "东部结对协作中心（示例）"
    order = SalesOrder.objects.get(organisation_id=of.id, number="WY-0501")
    short = OrderRefund.objects.get(order=order)
    assert (short.quantity, short.amount_fen) == (45_000, order.amount_fen * 45_000 // 48_100_000)
    assert order.claims.count() == 2


@pytest.mark.parametrize("code", [market.FRUIT, market.DUCK])
def test_grams_in_are_grams_out_and_stock_and_loss_and_the_books_agree(built, code):
    of = parties.organisation(code).id
    mine = {"organisation_id": of}
    pooled = total(LotInput.objects.filter(**mine, delivery__isnull=False))
    lost = total(LotWork.objects.filter(**mine), "lost")
    picked = total(Pick.objects.filter(**mine))
    back = total(LotInput.objects.filter(**mine, refund__isnull=False))
    held = sum(row.left.quantity for row in market_goods.holding(of, market.AT.date()))
    assert pooled + back == lost + picked + held
    assert pooled == total(Delivery.objects.filter(**mine), "grams")
    good = market.APPLES if code == market.FRUIT else market.DUCKS
    booked = {
        account: total(Posting.objects.filter(entry__organisation_id=of, account=account, good=good))
        for account in ("121", "502", "521", "529")
    }
    gone = total(OrderRefund.objects.filter(**mine, kind__in=["short_weight", "spoilage"]))
    assert booked == {"121": held, "502": -pooled, "521": picked - back - gone, "529": lost + gone}
    lots = list(MarketLot.objects.filter(**mine).values_list("lot_id", flat=True))
    money = total(Posting.objects.filter(entry__organisation_id=of, account="121", good=""), "amount_fen")
    assert money == sum(market_goods.cost_left(lots)[lot] for lot in lots)


def test_every_gram_and_fen_of_an_order_is_somebodys(built):
    for code, channel, number in (
        (market.DUCK, "BANG", "WY-0501"), (market.FRUIT, "PIN", "PG1111-1"), (market.FRUIT, "GATE", "MS1112"),
    ):  # fmt: skip
        of = parties.organisation(code).id
        order = sales.order(of, channel, number)
        for line in attribution.of_order(of, order):
            assert sum(home.quantity for home in line.households) == line.line.standing.with_buyer
            assert sum(home.fen for home in line.households) == line.fen == order.money.net_fen
            assert sum((home.share for home in line.households), Fraction(0)) == 1
            assert len(line.households) == 12
    party = order_member = attribution.of_order(of, order)[0].households[0]
    member = parties.ids_by_code([party.code])[party.code]
    went = list(attribution.of_household(of, member, order_member.code))
    assert {each.order.number for each in went} == {"PG1111-1", "PG1111-2", "MS1112"}
