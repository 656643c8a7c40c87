"""Platforms' order files: four layouts, any order of files, any duplicates: the same books. M1, M3."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from lianjie.facts.actions import market, market_undo, order_file
from lianjie.facts.actions.job_run import Worker
from lianjie.facts.models import JobRun, OrderReceiver
from lianjie.facts.queries import order_file as queries
from lianjie.facts.rules.handed import Handed
from lianjie.facts.rules.market import LineGiven, OrderGiven
from lianjie.facts.workbook import order_table
from lianjie.ledger.actions import journal
from lianjie.ledger.models import Entry, Posting
from lianjie.ledger.queries import sales_booked
from lianjie.ledger.queries.journal import of_facts
from lianjie.project.worker import HANDLERS
from tests.facts.order_files import made, shop
from tests.facts.order_files.shop import CHANNELS, Shop
from tests.support.fill import fill

pytestmark = [pytest.mark.both, pytest.mark.mission("M1", "M3")]


@pytest.fixture
def here() -> Shop:
    return shop.build()


def world(channel: str, seed: int = 1, count: int = 60) -> list[made.Sold]:
    return made.world(seed, count, items=1 if channel == "PIN" else 3)


@pytest.mark.parametrize("channel", CHANNELS)
def test_what_a_platform_exported_is_what_stands_here(here, channel):
    orders = world(channel)
    done = here.bring_sold(channel, orders)
    assert done.result["counts"]["new"] == sum(1 for each in orders if each.paid)
    assert shop.totals(here) == shop.expected(orders)
    assert not OrderReceiver.objects.exists(), "receivers are dropped unless they are wanted"
    again = here.bring_sold(channel, orders)
    assert set(again.result["counts"]) <= {"unchanged", "left"}
    assert again.result["counts"]["left"] == 0
    assert shop.totals(here) == shop.expected(orders)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("channel", CHANNELS)
def test_files_in_any_order_split_repeated_and_shuffled_end_in_the_same_books(here, channel, seed):
    """Exports of four moments, cut in pieces at orders, rows shuffled, some twice, in any order."""
    random, orders = Random(seed), world(channel, seed=seed, count=30)
    export = made.EXPORTS[CHANNELS[channel]]
    pieces = []
    for hours in (12, 40, 90, 24 * 30):
        seen = [made.told(each, datetime(2026, 6, 18, 19) + timedelta(hours=hours)) for each in orders]
        cut = random.randrange(1, len(seen))
        for part in (seen[:cut], seen[cut:]):
            captions, rows = export(part)
            rows = rows + random.sample(rows, len(rows) // 4)
            random.shuffle(rows)
            pieces.append(made.written(captions, rows, made.ENDINGS[CHANNELS[channel]]))
    pieces += random.sample(pieces, 2)
    random.shuffle(pieces)
    for data in pieces:
        done = here.bring(channel, data)
        assert done.state == "done", done.refusals
    assert shop.totals(here) == shop.expected(orders)


def test_an_order_of_a_file_is_the_same_as_one_entered_by_hand(here):
    """Its digest is equal to that of the slower way, so that either is known again by the other."""
    orders = [each for each in world("SHOP", count=12) if each.paid]
    here.bring_sold("SHOP", orders)
    by_hand = [
        OrderGiven(
            "SHOP",
            each.number,
            each.paid.date(),
            tuple(LineGiven(item.product, item.fen, packs=item.packs) for item in each.items),
            paid_at=each.paid.replace(tzinfo=ZoneInfo("Asia/Shanghai")),
            sent_day=each.sent.date() if each.sent else None,
        )
        for each in orders
    ]
    assert market.enter_orders(by_hand, here.books).unchanged == len(orders)


def test_receivers_are_sealed_when_they_are_wanted(here):
    orders = world("MALL", count=5)
    data = made.exported("marketplace", orders)
    table = order_table.read(data, "mall.csv")
    wanted = replace(here.mapping("MALL", table), personal=True)
    assert "赵某" in str(order_file.without_receivers(table, wanted).frame.to_dict())
    plain = order_file.without_receivers(table, here.mapping("MALL", table))
    assert not any(each in str(plain.frame.to_dict()) for each in ("赵某", "13700000000", "某省某市"))
    here.ask("MALL", data, "mall.csv", wanted)
    Worker(HANDLERS).work_one()
    kept = OrderReceiver.objects.all()
    assert len(kept) == sum(1 for each in orders if each.paid)
    assert "赵某".encode() not in bytes(kept[0].sealed)
    opened = dict(queries.receivers(here.coop.pk, [each.order_key for each in kept]))
    assert set(opened.values()) == {'["赵某", "13700000000", "某省某市"]'}


BROKEN = {
    "OrderNumberBroken": ("主订单编号", 6.9215e17),
    "OrderNumberEmpty": ("主订单编号", ""),
    "OrderNumberStrange": ("主订单编号", "号 1/2"),
    "OrderAmountUnreadable": ("商品金额", "12.345"),
    "OrderPacksUnreadable": ("商品数量", "半箱"),
    "OrderTimeUnreadable": ("发货时间", "昨天"),
    "OrderNotPaidYet": ("支付完成时间", ""),
    "OrderTimeAhead": ("支付完成时间", "2027-01-01 08:00:00"),
    "OrderSentTooEarly": ("发货时间", "2026-01-01 08:00:00"),
    "OrderStateUnknown": ("订单状态", "走丢了"),
    "OrderGoodsUnknown": ("商家编码", "XX"),
    "OrderRefundAboveAmount": ("退款金额", "99999"),
    "OrderIsCut": ("订单应付金额", "1.00"),
}


def test_one_wrong_cell_is_named_and_nothing_is_written(here):
    """Each kind of wrong cell, one after another; the copy with its reasons, mended, goes in."""
    order = made.Sold("6900001", (made.Item("PG5", 2, 4_000, 4_000),), datetime(2026, 6, 18, 20),
                      datetime(2026, 6, 19, 9), datetime(2026, 6, 22, 9), "refund")  # fmt: skip
    captions, rows = made.short_video_shop([order])
    for name, (caption, value) in BROKEN.items():
        row = list(rows[0])
        row[captions.index(caption)] = value
        if name == "OrderGoodsUnknown":
            row[captions.index("选购商品")] = "从没见过"
        done = here.bring("SHOP", made.written(captions, [row], "xlsx"))
        assert done.state == "failed", name
        assert name in [each["code"] for each in done.refusals], (name, done.refusals)
        assert shop.totals(here)["orders"] == 0
        copy = order_table.read((settings.DATA / done.result_file).read_bytes(), "copy.xlsx")
        assert copy.captions[-1] in ("原因", "Reasons"), copy.captions
        assert copy.frame.height == 1
    captions, rows = copy.captions, [list(copy.frame.row(0)[1:])]
    rows[0][list(captions).index("订单应付金额")] = "40.00"
    assert here.bring("SHOP", made.written(list(captions), rows, "xlsx")).state == "done"
    assert shop.totals(here) == shop.expected([order])


def test_stopped_and_carried_on_nothing_is_lost_or_twice(here, monkeypatch):
    monkeypatch.setattr(order_file, "STEP", 10)
    orders = world("SHOP", count=40)
    pk = here.ask("SHOP", made.exported("short_video_shop", orders))
    steps = []

    def stop_after_two() -> bool:
        steps.append(1)
        return len(steps) > 5

    Worker(HANDLERS, stopping=stop_after_two).work_one()
    part = shop.totals(here)["orders"]
    assert 0 < part < len([each for each in orders if each.paid])
    assert JobRun.objects.get(pk=pk).state == "waiting"
    Worker(HANDLERS).work_one()
    assert JobRun.objects.get(pk=pk).result["counts"]["new"] == len([each for each in orders if each.paid])
    assert shop.totals(here) == shop.expected(orders)


def test_orders_booked_together_are_found_singly_and_taken_back_singly(here):
    orders = [each for each in world("SHOP", count=40) if each.paid]
    here.bring_sold("SHOP", orders)
    entries = Entry.objects.filter(source__startswith="sales:")
    sent = [each for each in orders if each.sent]
    assert len(entries) == len({each.sent.date() for each in sent}), "one for each channel and day"
    named = Counter()
    for entry in entries:
        assert journal.read(entry).content_hash == entry.content_hash
        of = list(sales_booked.orders_of(entry.pk))
        named.update(order.number for order in of)
        owed = sum(line.amount for line in journal.read(entry).postings if line.amount > 0)
        assert owed == sum(order.amount_fen for order in of)
        assert {order.sent_day for order in of} == {entry.day}
    assert named == Counter(each.number for each in sent), "each order stands in one entry, once"
    whole = [each for each in sent if not any(item.back_fen for item in each.items)]
    taken, before = whole[0], shop.totals(here)
    shown = of_facts(here.coop.pk, [f"salesorder:SHOP:{taken.number}"])
    assert [row.number for row in shown] == [
        entry.pk for entry in entries if entry.day == taken.sent.date()
    ], "the order leads to its entry"
    market_undo.take_back(f"salesorder:SHOP:{taken.number}", "keyed twice", here.books)
    after = shop.totals(here)
    for name in ("gross", "sent_fen", "income", "owed"):
        assert after[name] == before[name] - taken.fen, name
    shown = of_facts(here.coop.pk, [f"salesorder:SHOP:{taken.number}"])
    assert [row.source for row in shown][1:] == [f"reversal:salesorder:SHOP:{taken.number}"]
    assert shown[1].total_fen == taken.fen
    here.books.post("market", [Handed(None, f"salesorder:SHOP:{taken.number}")],
                    organisation_id=here.coop.pk, year=2026, at=shop.AT, by=None)  # fmt: skip
    assert shop.totals(here) == after, "reversed once"
    done = here.bring_sold("SHOP", orders)
    assert done.result["counts"]["new"] == 1, "the file that still holds it enters it anew"
    assert shop.totals(here) == shop.expected(orders)


def test_the_database_refuses_an_entry_its_orders_do_not_add_up_to(here):
    here.bring_sold("SHOP", [each for each in world("SHOP", count=12) if each.paid])
    entry = fill(Entry, organisation=here.coop, day=shop.DAY, source="sales:SHOP:none")
    fill(Posting, entry=entry, account="113", amount_fen=5)
    fill(Posting, entry=entry, account="501", amount_fen=-5)
    with pytest.raises(IntegrityError, match="do not add up"), transaction.atomic():
        journal.post_entries([entry.pk])
