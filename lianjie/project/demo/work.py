"""Three workshops of three forms around the herb co-op in the spring of 2026, every one of them invented.

March is paid, April is entered and waits for the chair: sorting in a hall by the day, weaving at home by the
piece, weeding with the co-op by the hour. One day of March was corrected after it was paid.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from lianjie.facts.actions import home_work, stock, work
from lianjie.facts.actions.home_work import BringingBack, GivingBack, HandingOut
from lianjie.facts.actions.stock import Books, Receiving
from lianjie.facts.actions.store import Entry, SourceGiven
from lianjie.facts.actions.work import Counted
from lianjie.facts.queries import parties
from lianjie.facts.queries import work as queries
from lianjie.facts.rules.in_kind import Goods
from lianjie.facts.rules.work import WHOLE, Norm, Terms
from lianjie.ledger.actions.posting import post
from lianjie.project.demo import herb
from lianjie.project.demo.people import homes

START, MARCH, YEAR = date(2026, 1, 1), date(2026, 3, 31), 2026
MATERIAL_DAY, PAPER = date(2026, 3, 1), "来料加工收发单（示例）"
SHOPS = (
    ("CJ1", "黄精分拣车间（示例）", "factory", "上河村旧校舍", "day", 13_000, "SH", "分拣烘干"),
    ("CJ2", "竹编居家加工（示例）", "home", "下河村各户", "piece", 450, "XH", "编竹篮"),
    ("CJ3", "合作社田间车间（示例）", "coop", "石桥村基地", "hour", 1_750, "SQ", "除草移栽"),
)
BAMBOO, BASKET = "竹篾", "竹篮"
HOME = {"product": BASKET, "allowance_e6": 50_000, "materials": (Norm(BAMBOO, "kg", 250),)}
"""What the weavers agreed: a quarter of a kilogram a basket, one in twenty may have a defect."""
DONE = {"day": (WHOLE, 0), "piece": (40 * WHOLE, 2 * WHOLE), "hour": (6 * WHOLE, 0)}
"""What each worker gives on a day of work, and how many pieces have defects."""


def add(say: Callable[[str], None]) -> None:
    """Enter the workshops. Doing it again changes nothing."""
    say(_("Entering three workshops and their wages …"))
    with transaction.atomic():
        _add()


def _add() -> None:
    organisation = parties.organisation(herb.CODE)
    at = datetime(YEAR, 5, 6, 1, 0, tzinfo=UTC)
    entry = Entry(organisation.id, SourceGiven("demo", f"{herb.CODE} workshops {YEAR}"), at, None)
    if queries.workshop(organisation.id, SHOPS[0][0]):
        return
    work.set_floor(entry, start=START, hour_fen=1_600, evidence="县人社局通知（示例）")
    for code, name, form, address, basis, rate, village, job in SHOPS:
        work.open_workshop(entry, code, name=name, form=form, address=address, start=START)
        work.recognise(
            entry,
            code,
            by="云岭县人社局（示例）",
            criteria="longjing-2018" if form == "factory" else "wushan",
            start=START,
            until=None,
            evidence="认定文件（示例）",
            persons={"factory": 10, "home": 6, "coop": 6}[form],
        )
        if form == "home":
            books = Books(organisation.id, entry.source, at, None, post)
            stock.receive(
                Receiving(
                    "ZM2026-1", START, Goods(BAMBOO, "kg", 400_000), "bought", evidence="采购单（示例）"
                ),
                books,
            )
        workers = [home.head.code for home in homes(village, 6)]
        for nth, worker in enumerate(workers, start=1):
            terms = Terms(
                number=f"{code}-{nth}",
                workshop=code,
                worker=worker,
                job=job,
                start=START,
                until=None,
                basis=basis,
                rate_fen=rate,
                evidence="承揽协议（示例）" if form == "home" else "用工协议（示例）",
                **(HOME if form == "home" else {}),
            )
            work.agree(entry, terms)
            if form == "home":
                given = HandingOut(
                    f"LL-{terms.number}", MATERIAL_DAY, terms.number, "ZM2026-1", 60_000, PAPER
                )
                home_work.hand_out(given, books)
        if form == "coop":
            _public_post(entry, code, homes(village, 7)[-1].head.code)
        _months(entry, code, basis, len(workers))


def _public_post(entry: Entry, code: str, worker: str) -> None:
    """A post paid from public money, by the month."""
    terms = Terms(
        number="GY-1",
        workshop=code,
        worker=worker,
        job="乡村保洁员",
        start=START,
        until=date(YEAR + 1, 1, 1),
        basis="month",
        rate_fen=105_000,
        day_hours=3,
        cost="521",
        public_post=True,
        funder="云岭县人社局公益性岗位补贴（示例）",
        evidence="公益性岗位协议（示例）",
    )
    work.agree(entry, terms)
    for day in (date(YEAR, 1, 31), date(YEAR, 2, 28), MARCH):
        work.enter_sheet(entry, code, day, [Counted("GY-1", WHOLE)])


def _months(entry: Entry, code: str, basis: str, workers: int) -> None:
    for week in range(4):
        _sheet(entry, code, basis, workers, date(YEAR, 3, 2) + timedelta(weeks=week))
    slips = work.draft(entry.organisation_id, code, MARCH)
    row = work.approve(
        entry,
        code,
        MARCH,
        approved_by="理事长（示例）",
        seen_fen=sum(slip.fen for slip in slips),
        post=post,
    )
    work.pay(entry, row.key, day=date(YEAR, 4, 3), method="bank", evidence="银行代发回单（示例）", post=post)
    _sheet(entry, code, basis, workers, date(YEAR, 4, 7))
    quantity, defects = DONE[basis]
    counted = [Counted(f"{code}-1", quantity * 3 // 2, defects)]
    if basis != "piece":
        work.enter_sheet(entry, code, date(YEAR, 3, 2), counted)
        return
    books = Books(entry.organisation_id, entry.source, entry.at, None, post)
    home_work.bring_back(
        BringingBack("JH-CJ2-1-again", date(YEAR, 3, 2), "CJ2-1", 20 * WHOLE, {}, PAPER), books
    )
    home_work.give_back(
        GivingBack("TL-1", date(YEAR, 4, 8), "CJ2-2", "ZM2026-1", 4_000, evidence=PAPER), books
    )


def _sheet(entry: Entry, code: str, basis: str, workers: int, day: date) -> None:
    quantity, defects = DONE[basis]
    if basis == "piece":
        books = Books(entry.organisation_id, entry.source, entry.at, None, post)
        for nth in range(1, workers + 1):
            number = f"{code}-{nth}"
            causes = {"work": defects - WHOLE, "material": WHOLE}
            receipt = f"JH-{number}-{day:%m%d}"
            home_work.bring_back(BringingBack(receipt, day, number, quantity, causes, PAPER), books)
        return
    counted = [Counted(f"{code}-{nth}", quantity, defects) for nth in range(1, workers + 1)]
    work.enter_sheet(entry, code, day, counted)
