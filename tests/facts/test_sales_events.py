"""A livestream, a group-buy round and a platform's statement against plain Python over the raw files. M2, M3.

The script below shares no code with the product: it reads the files platforms exported with the csv module.
"""

import csv
import io
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from lianjie.base.refusal import Refusals
from lianjie.facts.actions import channel_settlement, group_buy
from lianjie.facts.actions.channel_settlement import StatementGiven
from lianjie.facts.queries import channel_settlement as settled
from lianjie.facts.queries import group_buy as rounds
from lianjie.facts.queries import livestream as queries
from lianjie.facts.queries import parties
from lianjie.facts.rules.group_buy import RoundClosed
from lianjie.facts.rules.livestream import total
from lianjie.project.demo import orders as demo

pytestmark = [pytest.mark.both, pytest.mark.mission("M2", "M3")]


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def fen(text: str) -> int:
    return int(Decimal(text or "0") * 100)


def counted(data: bytes) -> tuple[Counter, Counter]:
    """Gross and given back by product of what was paid on 18 June from nine o'clock."""
    gross, back = Counter(), Counter()
    for row in rows(data):
        paid = datetime.strptime(row["支付完成时间"], "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007
        if datetime(2026, 6, 18, 9) <= paid < datetime(2026, 6, 19):
            gross[row["商家编码"]] += fen(row["商品金额"])
            back[row["商家编码"]] += fen(row["退款金额"])
    return gross, back


def test_the_demonstration_is_what_its_raw_files_say(engine):
    demo.add(lambda text: None)
    home = parties.organisation(demo.CODE).id
    event = queries.event(home, "ZB0618")
    (_, _, early), (_, _, late), (_, _, group) = demo.files()
    gross, back = counted(late)
    product_of = {demo.COUNTIES[county][0]: code for code, _n, _u, _c, _y, county in demo.PRODUCTS}
    sold = queries.sales(home, event)
    assert {each.code: each.gross_fen for each in sold} == {c: gross[p] for c, p in product_of.items()}
    assert {each.code: each.net_fen for each in sold} == {
        c: gross[p] - back[p] for c, p in product_of.items()
    }
    whole = total(sold)
    assert whole.gross_fen == sum(gross.values()) >= 89_000_000, "890,000 yuan in a day, for seven counties"
    assert len(sold) == 7

    # What came later than the first export changed the net, and never the gross.
    first_gross, first_back = counted(early)
    assert first_gross == gross
    assert sum(first_back.values()) < sum(back.values())
    on_the_20th = total(queries.sales(home, event, until=date(2026, 6, 19)))
    assert on_the_20th.gross_fen == whole.gross_fen
    assert on_the_20th.net_fen > whole.net_fen
    listed = sum(each.amount_fen for each in queries.every_order(home, event, None))
    assert listed == whole.gross_fen

    # Apples by group buying: tens of thousands of jin.
    packs = sum(int(row["商品数量(件)"]) for row in rows(group))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT SUM(quantity) FROM facts_salesorderline WHERE key LIKE %s", [f"{demo.GROUP}:%"]
        )
        assert cursor.fetchone()[0] == packs * 5_000
    assert packs * 10 > 20_000

    _the_round(home)
    _the_statement(home)
    before = _counts()
    demo.add(lambda text: None)
    assert _counts() == before, "everything again changes nothing"


def _the_round(home: int) -> None:
    row = rounds.round_(home, "TG0712")
    shares = rounds.shares(row)
    wanted = sum(each.wanted for each in shares)
    assert wanted > 50
    floors = [each.wanted * 50 // wanted for each in shares]
    rests = sorted(range(len(shares)), key=lambda n: (-(shares[n].wanted * 50 % wanted), n))
    for at in rests[: 50 - sum(floors)]:
        floors[at] += 1
    assert [each.given for each in shares] == floors
    assert sum(floors) == 50
    assert [each.charged_fen for each in shares] == [5_990 * packs for packs in floors]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT SUM(r.amount_fen) FROM facts_orderrefund r WHERE r.kind = 'cancelled' AND r.key LIKE %s",
            ["TG0712%"],
        )
        assert cursor.fetchone()[0] == 5_990 * (wanted - 50)
    with pytest.raises(RoundClosed):
        group_buy.take_order("TG0712", "late", "某人", 1, demo._books(datetime(2026, 7, 11, tzinfo=UTC)))


def _the_statement(home: int) -> None:
    row = settled.statement(home, "ZB-2026-06")
    file = rows(demo.statement())
    assert row.fee_fen == sum(fen(each["平台服务费"]) + fen(each["达人佣金"]) for each in file)
    assert row.paid_fen == sum(fen(each["结算金额"]) for each in file)
    assert row.counts == {"matched": len(file) - 2, "differs": 1, "unknown": 1}
    missing, _ = settled.missing(home, until=date(2026, 7, 20))
    late = rows(demo.files()[1][2])
    left: Counter = Counter()
    for each in late:
        left[each["主订单编号"]] += fen(each["商品金额"]) - fen(each["退款金额"])
    unsettled = left.keys() - {each["订单号"] for each in file}
    assert {each.number: each.net_fen for each in missing} == {n: left[n] for n in unsettled if left[n]}
    assert len(unsettled) == 20
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.account, SUM(p.amount_fen) FROM ledger_posting p "
            "JOIN ledger_entry e ON e.id = p.entry_id "
            "WHERE e.source LIKE 'channelstatement:%%' GROUP BY p.account"
        )
        booked = dict(cursor.fetchall())
    assert booked == {"109": row.paid_fen, "521": row.fee_fen, "113": -row.paid_fen - row.fee_fen}
    broken = demo.statement().replace(b"83.60", b"83.61")
    given = StatementGiven(demo.LIVE, "2026-07", date(2026, 7, 6), "x.csv", broken)
    with pytest.raises(Refusals):
        channel_settlement.bring_statement(given, demo._books(demo.AT + timedelta(days=1)))


def _counts() -> list[int]:
    found = []
    with connection.cursor() as cursor:
        for table in ("facts_salesorder", "facts_salesorderline", "facts_orderrefund", "ledger_entry",
                      "ledger_posting", "facts_groupbuyshare", "facts_channelstatementline"):  # fmt: skip
            cursor.execute(f"SELECT COUNT(*) FROM {table}")
            found.append(cursor.fetchone()[0])
    return found
