"""A herb base of a thousand mu with plots of households, and a passion-fruit base with an expert case.

Everything here is invented. The loads weighed in are of 2026, a year the demonstration does not settle.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from lianjie.facts.actions import dispute, expert, growing, growing_used, stock, weighing
from lianjie.facts.actions.dispute import Found
from lianjie.facts.actions.growing import SeasonGiven
from lianjie.facts.actions.growing_used import Material
from lianjie.facts.actions.stock import Books, Receiving
from lianjie.facts.actions.store import Entry, SourceGiven
from lianjie.facts.actions.weighing import Harvest
from lianjie.facts.queries import disputes, parties
from lianjie.facts.rules.growing import Step, Weighing
from lianjie.facts.rules.in_kind import PIECE, Goods
from lianjie.ledger.actions.posting import post
from lianjie.pages.growing import corrected_book, delivery_book
from lianjie.project.demo import herb, land
from lianjie.project.demo.people import homes

YEAR = 2026
MANURE = "腐熟农家肥"
WEIGHER = "过磅员（示例）"
HERB_BASE, FRUIT_BASE = "SP-YC", "JB-BXG"
HERB_SEASON, FRUIT_SEASON = "HJ2026", "BXG2026"
HERB_STEPS = (
    Step("T1", "清园施肥", date(YEAR, 2, 20), date(YEAR, 3, 15), f"{MANURE} 1500 公斤/亩", "0.5"),
    Step("T2", "中耕除草", date(YEAR, 4, 10), date(YEAR, 5, 10), "人工除草两遍", ""),
    Step("T3", "采挖", date(YEAR, 9, 15), date(YEAR, 11, 15), "", "1.2"),
)
FRUIT_STEPS = (
    Step("B1", "定植", date(YEAR, 2, 15), date(YEAR, 3, 10), "百香果苗 110 株/亩", "0.8"),
    Step("B2", "上架绑蔓", date(YEAR, 4, 1), date(YEAR, 4, 30), "架材、绑带", ""),
    Step("B3", "人工授粉", date(YEAR, 5, 20), date(YEAR, 6, 20), "", ""),
)


@transaction.atomic
def add(say: Callable[[str], None]) -> None:
    """Enter both bases, their seasons, loads and the case. Doing it again changes nothing."""
    say(_("Entering the bases and seasons …"))
    _herbs(_entry(herb.CODE))
    _fruit(_entry(land.CODE))


def _entry(code: str) -> Entry:
    organisation = parties.organisation(code)
    at = datetime(YEAR, 10, 20, 1, 0, tzinfo=UTC)
    return Entry(organisation.id, SourceGiven("demo", f"{code} bases {YEAR}"), at, None)


def _herbs(entry: Entry) -> None:
    """Twenty plots of fifty mu: a thousand."""
    growing.add_base(entry, HERB_BASE, name="松坪千亩中药材基地（示例）", day=date(2025, 1, 5))
    growers = [home for village in ("SH", "XH", "SQ", "SP") for home in homes(village, 6)][-20:]
    plots = [f"D{number:02d}" for number in range(1, 21)]
    for plot, home in zip(plots, growers, strict=True):
        growing.add_plot(
            entry, HERB_BASE, plot, household=home.code, extent_mu4=500_000, day=date(2025, 1, 5)
        )
    growing.plan_season(
        entry,
        SeasonGiven(
            HERB_SEASON,
            HERB_BASE,
            date(YEAR, 2, 1),
            date(YEAR, 12, 15),
            "黄精",
            "滇黄精二号（示例）",
            400_000_000,
            (),
            HERB_STEPS,
            1_800,
            200,
            "合作社种植计划（示例）",
        ),
    )
    for step, some, day in (("T1", plots[10:], date(YEAR, 3, 10)), ("T2", plots[:15], date(YEAR, 5, 8))):
        _done(entry, HERB_SEASON, step, some, day)
    _manured(entry, plots)
    for plot in plots[:4]:
        growing.estimate(
            entry, HERB_SEASON, plot=plot, day=date(YEAR, 8, 1), grams=20_000_000, by="农技员（示例）"
        )
    _load(entry, HERB_SEASON, "D19", date(YEAR, 10, 8), "GB26-001", 1_260_000, 2_150, 310)
    _load(entry, HERB_SEASON, "D20", date(YEAR, 10, 9), "GB26-002", 980_000, 1_760, 150)
    _load(entry, HERB_SEASON, "D18", date(YEAR, 10, 9), "GB26-003", 1_105_000, 2_400, 200)
    if not disputes.of_delivery(entry.organisation_id, f"{YEAR}-GB26-001"):
        dispute.raise_dispute(
            entry,
            f"{YEAR}-GB26-001",
            day=date(YEAR, 10, 10),
            by="种植户本人（示例）",
            claim="水分测高了，要求复测",
        )
        again = Weighing(1_260_000, 5_000, 2_010, 1_800, 310, 200)
        dispute.answer_dispute(
            entry,
            f"{YEAR}-GB26-001",
            day=date(YEAR, 10, 12),
            by="执行监事（示例）",
            text="双方在场复测，水分 20.1%",
            found=Found(0, "一等", 1_350, again),
            book=corrected_book(entry.organisation_id),
            post=post,
        )
        dispute.raise_dispute(
            entry, f"{YEAR}-GB26-003", day=date(YEAR, 10, 11), by="种植户本人（示例）", claim="等级定低了"
        )


def _manured(entry: Entry, plots: list[str]) -> None:
    """Manure on half of the plots, some out of the stock: more than planned; of the others no record."""
    day, books = date(YEAR, 3, 10), _books(entry)
    came = Goods(MANURE, "kg", 320_000_000)
    stock.receive(
        Receiving("NJF26-01", date(YEAR, 2, 20), came, "granted", giver="县有机肥项目（示例）"), books
    )
    _done(entry, HERB_SEASON, "T1", plots[:10], day, machine_minutes=16_110)
    for some, grams, lot in ((plots[:4], 312_000_000, "NJF26-01"), (plots[4:10], 441_000_000, "")):
        used = [Material(MANURE, "kg", grams, lot)]
        growing_used.use_together(HERB_SEASON, "T1", some, day, used, books, "领料单（示例）")


def _books(entry: Entry) -> Books:
    return Books(entry.organisation_id, entry.source, entry.at, entry.by, post)


def _fruit(entry: Entry) -> None:
    growing.add_base(entry, FRUIT_BASE, name="金坝百香果基地（示例）", day=date(2025, 12, 1))
    plots = [f"P{number}" for number in range(1, 7)]
    for plot, home in zip(plots, homes("JB", 14)[:6], strict=True):
        growing.add_plot(
            entry, FRUIT_BASE, plot, household=home.code, extent_mu4=62_500, day=date(2025, 12, 1)
        )
    growing.plan_season(
        entry,
        SeasonGiven(
            FRUIT_SEASON,
            FRUIT_BASE,
            date(YEAR, 2, 1),
            date(YEAR, 12, 20),
            "百香果",
            "黄金果（示例）",
            45_000_000,
            (),
            FRUIT_STEPS,
        ),
    )
    _done(entry, FRUIT_SEASON, "B1", plots, date(YEAR, 3, 6), machine_minutes=1_710)
    young = [Material("百香果苗", "piece", 4_200 * PIECE)]
    growing_used.use_together(
        FRUIT_SEASON, "B1", plots, date(YEAR, 3, 6), young, _books(entry), "种苗送货单（示例）"
    )
    _done(entry, FRUIT_SEASON, "B2", plots[:4], date(YEAR, 5, 3))
    expert.open_case(
        entry,
        "HZ26-01",
        base_code=FRUIT_BASE,
        plot="P2",
        day=date(YEAR, 7, 2),
        by="种植户本人（示例）",
        symptoms="叶片出现褐色斑点，约三成植株落叶，幼果有水渍状病斑",
    )
    for step in CASE:
        expert.add_step(entry, "HZ26-01", **step)
    _load(entry, FRUIT_SEASON, "P1", date(YEAR, 7, 12), "BX26-001", 420_000, 0, 0)


CASE = (
    {
        "kind": "diagnosis",
        "day": date(YEAR, 7, 3),
        "person": "县农技站专家甲（示例）",
        "text": "疑似疫病，建议取样",
    },
    {
        "kind": "diagnosis",
        "day": date(YEAR, 7, 5),
        "person": "农学院专家乙（示例）",
        "text": "镜检确认为疫病",
    },
    {
        "kind": "prescription",
        "day": date(YEAR, 7, 5),
        "person": "农学院专家乙（示例）",
        "text": "喷施烯酰吗啉，清除病叶并排水",
        "dose": "50% 水分散粒剂 1500 倍液，隔七天一次，共两次（示例）",
        "waiting_days": 14,
    },
    {"kind": "visit", "day": date(YEAR, 7, 20), "person": "县农技站专家甲（示例）", "text": "新叶无病斑"},
    {"kind": "closed", "day": date(YEAR, 7, 28), "person": "县农技站专家甲（示例）", "text": "病情已控制"},
)


def _done(
    entry: Entry, season: str, step: str, plots: list[str], day: date, machine_minutes: int | None = None
) -> None:
    growing.do_step(
        entry,
        season,
        step=step,
        plots=plots,
        day=day,
        done_by="生产小组（示例）",
        evidence="田间记录（示例）",
        today=day,
        machine_minutes=machine_minutes,
    )


def _load(
    entry: Entry,
    season: str,
    plot: str,
    day: date,
    receipt: str,
    gross_grams: int,
    moisture: int,
    impurity: int,
) -> None:
    load = Harvest(season, plot, day, receipt, gross_grams, 5_000, moisture, impurity, WEIGHER)
    if disputes.of_delivery(entry.organisation_id, f"{day.year}-{receipt}"):
        return
    price = Decimal("13.50") if season == HERB_SEASON else Decimal(0)
    book = delivery_book(entry.organisation_id, load, grade="一等", price=price)
    weighing.weigh_in(entry, load, book=book, post=post)
