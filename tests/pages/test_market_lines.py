"""Orders of more than four lines and works on several lots, entered on pages without a script. M1."""

from datetime import UTC, date, datetime

import pytest

from lianjie.facts.actions import market
from lianjie.facts.actions.enter import SourceGiven
from lianjie.facts.actions.stock import Books
from lianjie.facts.models import LotInput, SalesOrder
from lianjie.facts.rules.market import ChannelGiven, ProductGiven
from lianjie.ledger.actions.posting import post

pytestmark = [pytest.mark.django_db, pytest.mark.mission("M1")]
DAY = date(2025, 1, 1)
NOW = datetime(2026, 1, 6, 9, tzinfo=UTC)


@pytest.fixture
def chen(reads, world):
    books = Books(world.coop.pk, SourceGiven("page", "lines"), NOW, None, post)
    for at in range(6):
        market.add_product(ProductGiven(f"P{at}", DAY, f"天麻{at}", "天麻", content=(at + 1) * 500), books)
    market.add_channel(ChannelGiven("PF", DAY, "wholesale", "批发"), books)
    return reads("chen")


def test_an_order_has_as_many_lines_as_it_needs(chen):
    address = "/o/C2001/sales/enter/"
    form = {"channel": "PF", "number": "S-1", "day": "2025-10-23", "buyer_name": "药行", "rows": "4",
            "refunds_borne_by": "organisation", "evidence": ""}  # fmt: skip
    for at in range(1, 5):
        form |= {f"product_{at}": f"P{at}", f"packs_{at}": "2", f"price_{at}": "10", f"owner_{at}": "own"}
    page = chen.post(address, form | {"more": "1"})
    assert page.status_code == 200
    assert not SalesOrder.objects.exists()
    assert page.context["form"].rows == 8
    text = page.content.decode()
    assert 'name="product_8"' in text
    assert 'value="药行"' in text, "what was typed is kept"
    form |= {"rows": "8", "product_5": "P5", "packs_5": "3", "price_5": "10", "owner_5": "own"}
    form |= {"product_6": "P0", "packs_6": "1", "price_6": "10", "owner_6": "own"}
    done = chen.post(address, form)
    assert done.status_code == 302, done.context["form"].errors
    order = SalesOrder.objects.get()
    assert (order.lines.count(), order.amount_fen) == (6, 12_000)


def test_one_work_takes_several_lots(chen, world):
    from lianjie.facts.actions import market_goods
    from lianjie.facts.actions.market_goods import Make, Take, WorkGiven
    from lianjie.facts.queries import market_goods as queries

    books = Books(world.coop.pk, SourceGiven("page", "lines"), NOW, None, post)
    free = queries.free_deliveries(world.coop.pk).rows[:3]
    if len({row.good for row in free}) != 1 or len(free) < 3:
        pytest.fail(f"the world has not three deliveries of one good: {free}")
    for at, row in enumerate(free):
        work = WorkGiven(f"GP{at}", row.day, "pool", (Take(row.key, row.free),), (Make(f"L{at}", row.free),))
        market_goods.work(work, books)
    address = "/o/C2001/lots/of/L0/work/sort/"
    assert 'name="also_1"' in chen.get(address).content.decode()
    more = chen.post(address, {"rows": "4", "more": "1"})
    assert 'name="also_2"' in more.content.decode()
    kilos = [str(row.free / 1_000) for row in free]
    form = {"number": "FJ-1", "day": "2025-12-20", "quantity": kilos[0], "rows": "8", "also_1": "L1",
            "part_1": kilos[1], "also_2": "L2", "part_2": kilos[2], "grade_1": "一级",
            "came_1": str(sum(row.free for row in free) / 1_000), "lot_1": "A1"}  # fmt: skip
    done = chen.post(address, form)
    assert done.status_code == 302, done.context["form"].errors
    assert sorted(LotInput.objects.filter(work__key="FJ-1").values_list("lot__key", flat=True)) == [
        "L0",
        "L1",
        "L2",
    ]
