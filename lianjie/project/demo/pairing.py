"""A city and its trade union help the potato village: funds, outlets, jobs, and a duck base.

A small copy of R5: pledges against what arrived, a project with its benefits by household, and orders that
several count as theirs. Everything is invented.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from lianjie.facts.actions import market, pairing
from lianjie.facts.actions.enter import SourceGiven
from lianjie.facts.actions.pairing import Arriving, Benefiting, Pairing, Pledging, Projecting
from lianjie.facts.actions.stock import Books
from lianjie.facts.queries import parties
from lianjie.facts.rules.market import ChannelGiven, LineGiven, OrderGiven, ProductGiven
from lianjie.ledger.actions.posting import post
from lianjie.project.demo import potato
from lianjie.project.demo.people import homes

AT = datetime(2026, 10, 20, 1, tzinfo=UTC)
CITY, UNION, PEOPLE = "JD2025-01", "JD2025-02", 10_000
BASE = "XM2026-01"
CLAIMS = (
    ("buyer_unit", "海云市总工会（示例）"),
    ("helper_province", "海云市（示例）"),
    ("platform", "云上拼购（示例）"),
)


@transaction.atomic
def add(say: Callable[[str], None]) -> None:
    """Enter two pairings and what came of them. Doing it again changes nothing."""
    say(_("Entering the partners of {code} …").format(code=potato.CODE))
    books = Books(parties.organisation(potato.CODE).id, SourceGiven("demo", "pairing"), AT, None, post)
    paper = "结对帮扶协议（示例）"
    pairing.pair(Pairing(CITY, date(2025, 1, 1), "HYS", "海云市（示例）", evidence=paper), books)
    union = Pairing(UNION, date(2025, 3, 1), "HYGH", "海云市总工会（示例）", "association", evidence=paper)
    pairing.pair(union, books)
    day = date(2026, 1, 15)
    for pledge in (
        Pledging("CN2026-01", day, CITY, "funds", "鸭苗繁育基地建设资金", 30_000_000, due=date(2026, 12, 31)),
        Pledging("CN2026-02", day, CITY, "jobs", "市属企业保洁岗位", 0, 12 * PEOPLE, "person"),
        Pledging("CN2026-03", day, UNION, "outlets", "食堂采购马铃薯", 0, 60_000_000, "kg"),
    ):
        pairing.pledge(pledge, books)
    pairing.project(Projecting(BASE, date(2026, 2, 1), CITY, "鸭苗繁育养殖基地（示例）", 2025), books)
    pairing.arrive(
        Arriving("DW2026-01", date(2026, 3, 10), "CN2026-01", 20_000_000, 0, BASE, "special_fund",
                 evidence="银行回单（示例）"),
        books,
    )  # fmt: skip
    jobs = Arriving("DW2026-02", date(2026, 4, 1), "CN2026-02", 0, 7 * PEOPLE, evidence="用工名册（示例）")
    pairing.arrive(jobs, books)
    for at, home in enumerate(homes("ML", potato.HOUSEHOLDS), 1):
        before = Benefiting(
            f"SY2025-{at:02d}", date(2025, 12, 31), BASE, home.code, "sale", 60_000 + 1_500 * at, True,
            "入户核实表（示例）",
        )  # fmt: skip
        pairing.benefit(before, books)
        paid = Benefiting(
            f"SY2026-{at:02d}", date(2026, 9, 30), BASE, home.code, "dividend", 305_000 + 7_300 * at,
            evidence="分红发放表（示例）",
        )  # fmt: skip
        pairing.benefit(paid, books)
    _orders(books)


def _orders(books: Books) -> None:
    """Three orders of the partner, which a unit, a city and a platform count as theirs."""
    seen = date(2026, 6, 25)
    market.add_product(
        ProductGiven("TUDOU-10", seen, "马铃薯10公斤装（示例）", potato.POTATO, content=10_000), books
    )
    market.add_channel(ChannelGiven("JDCG", seen, "pairing_purchase", "结对采购（示例）"), books)
    for number, day, packs, claims in (
        ("1", date(2026, 7, 2), 120, CLAIMS),
        ("2", date(2026, 8, 6), 80, CLAIMS[:2]),
        ("3", date(2026, 9, 3), 60, CLAIMS[:1]),
    ):
        line = LineGiven("TUDOU-10", packs * 1_800, packs=packs)
        order = OrderGiven("JDCG", number, day, (line,), buyer="HYGH", pairing=UNION, claims=claims,
                           sent_day=day, evidence="采购合同（示例）")  # fmt: skip
        market.enter_order(order, books)
