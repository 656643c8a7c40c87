"""A konjac village that lends seed: as much comes back at harvest, later if a household plants more.

A small copy of L4 and L6 in the mission: 借芋还芋. What comes back is lent to the next household.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from random import Random

from django.db import transaction
from django.utils.translation import gettext as _

from lianjie.facts.actions import in_kind, lot_cost, stock
from lianjie.facts.actions.enter import SourceGiven, enter
from lianjie.facts.actions.in_kind import Asking, Deciding, Lending, Losing, Returning
from lianjie.facts.actions.lot_cost import Costing
from lianjie.facts.actions.stock import Books, Issuing, LosingLot, Receiving
from lianjie.facts.queries import parties
from lianjie.facts.rules.book import Book, ContributionRow, MemberRow, OrganisationRow, PostRow
from lianjie.facts.rules.in_kind import Goods
from lianjie.ledger.actions.posting import post
from lianjie.project.demo.people import AREAS, VILLAGES, Home, homes

CODE, YEAR = "KONJ", 2025
AT = datetime(2026, 4, 1, 1, tzinfo=UTC)
SEED, HENS, EGGS, FILM, MANURE = "魔芋种芋", "母鸡", "鸡蛋", "地膜", "有机肥"
KG, PIECE, MU = 1_000, 10_000, 10_000
BORROWERS, NEXT = 12, 3
DUE, LATER = date(2025, 11, 30), date(2026, 11, 30)
CHAIR = "理事会（示例）"


def add(say: Callable[[str], None]) -> None:
    """Enter the village, its loans of two seasons and its inputs. Adding them twice changes nothing."""
    say(_("Lending konjac seed in {village} …").format(village=VILLAGES["LZ"][1]))
    members, gone = village()
    with transaction.atomic():
        for moved in (True,) if parties.ids_by_code({gone.code}) else (False, True):
            about = SourceGiven("demo", f"{CODE} 搬入安置点（示例）" if moved else CODE)
            enter(book(members, gone, moved), source=about, by=None, at=AT, post=post)
        books = Books(parties.organisation(CODE).id, SourceGiven("demo", f"{CODE} loans"), AT, None, post)
        _stock(books)
        for number, home in enumerate(members[:BORROWERS], 1):
            _season(books, number, home)
        _again(books, members[BORROWERS:])
        _eggs(books, members[1])
        _inputs(books, members)


def village() -> tuple[tuple[Home, ...], Home]:
    """Those who stay, and the household that left."""
    *stay, gone = homes("LZ", BORROWERS + NEXT + 1)
    return tuple(stay), gone


def book(members: tuple[Home, ...], gone: Home, moved: bool) -> Book:
    """Two shares each; `gone` left at the end of 2025 with its money; it `moved` to new houses."""
    place, _name = VILLAGES["LZ"]
    left = date(YEAR, 12, 31)
    away = replace(gone.party, village_group="安置点") if moved else gone.party
    since = date(2024, 3, 1)
    return Book(
        OrganisationRow(
            CODE, "李子坪魔芋种植专业合作社", "coop", place, YEAR, founded_day=since, invented=True
        ),
        areas=AREAS,
        parties=(*(home.party for home in members), away),
        people=tuple(person for home in (*members, gone) for person in home.people),
        posts=(PostRow(members[0].head.code, "chair", CODE, since, evidence="设立大会决议"),),
        members=(
            *(MemberRow(home.code, since, "signed", evidence="入社申请书") for home in members),
            MemberRow(gone.code, since, "signed", left, evidence="入社申请书、退社申请书"),
        ),
        contributions=(
            *(
                ContributionRow(f"RG-{home.code}", since, home.code, "own_money", 200_000, 20_000)
                for home in (*members, gone)
            ),
            ContributionRow(f"TG-{gone.code}", left, gone.code, "own_money", -200_000, -20_000),
        ),
    )


def _stock(books: Books) -> None:
    day = date(2025, 3, 1)
    for lot, good, unit, quantity, origin, giver, yuan in (
        ("ZY2025-01", SEED, "kg", 5_000 * KG, "granted", "云岭县农业农村局（示例）", 40_000),
        ("MJ2025-01", HENS, "piece", 100 * PIECE, "bought", "青龙镇孵化场（示例）", 3_000),
        ("DM2025-01", FILM, "kg", 300 * KG, "bought", "青龙镇农资店（示例）", 3_600),
        ("YJ2025-01", MANURE, "kg", 8_000 * KG, "bought", "青龙镇农资店（示例）", 6_400),
    ):
        goods = Goods(good, unit, quantity)
        stock.receive(Receiving(lot, day, goods, origin, "", giver, "入库单（示例）"), books)
        way = "granted" if origin == "granted" else "bank"
        lot_cost.cost(Costing(lot, day, yuan * 100, way, "发票、拨付单（示例）"), books)
    lost = LosingLot(
        "BS2025-01", date(2025, 3, 20), "ZY2025-01", "other", 35 * KG, "窖藏腐烂", "盘点表（示例）"
    )
    stock.lose_from_stock(lost, books)


def _season(books: Books, number: int, home: Home) -> None:
    """One household's loan: most return all, some ask for a year, one lost seed to rot, one is late."""
    loan, kg = f"JY2025-{number:02d}", Random(f"konjac {home.code}").randrange(150, 401, 10)
    in_kind.lend(
        Lending(loan, date(2025, 3, 25), home.code, "ZY2025-01", kg * KG, DUE, season="2025 秋",
                area_mu4=kg * MU // 200, disease="lender", disaster="lender",
                evidence="借芋还芋协议（示例）"),
        books,
    )  # fmt: skip
    if number == 4:
        _rotten(books, loan, kg)
    elif number == 8:
        _back(books, loan, 1, kg // 2)
    elif number in (5, 6, 7):
        _back(books, loan, 1, kg * 6 // 10)
        _more_time(books, loan, number)
    else:
        _back(books, loan, 1, kg)


def _back(books: Books, loan: str, turn: int, kg: int) -> None:
    receipt = f"{loan.replace('JY', 'HS')}-{turn}"
    goods = Goods(SEED, "kg", kg * KG)
    in_kind.give_back(
        Returning(receipt, date(2025, 11, 20), loan, goods, grade="二级", evidence="过磅单（示例）"), books
    )


def _more_time(books: Books, loan: str, number: int) -> None:
    """Asked by the household, answered by people: one still waits."""
    ask = Asking(f"{loan}-Y1", date(2025, 11, 22), loan, LATER, 2 * MU, "明年想再种两亩，晚一季还")
    about = in_kind.ask_deferral(ask, books)
    if number == 7:
        return
    granted = LATER if number == 5 else None
    grounds = "有地有劳力，同意扩种" if granted else "土地未落实，先还清"
    decision = Deciding(f"{loan}-P1", date(2025, 11, 25), loan, about, CHAIR, grounds, granted)
    in_kind.decide(decision, books)


def _rotten(books: Books, loan: str, kg: int) -> None:
    lost = Losing(f"{loan}-S1", date(2025, 8, 12), loan, "disease", kg * KG * 3 // 10, "连阴雨后软腐病",
                  "植保站查勘记录（示例）")  # fmt: skip
    about = in_kind.report_loss(lost, books)
    grounds = "协议约定病害由合作社承担"
    decision = Deciding(f"{loan}-P1", date(2025, 8, 20), loan, about, CHAIR, grounds, forgiven=lost.quantity)
    in_kind.decide(decision, books)
    _back(books, loan, 1, kg * 7 // 10)


def _again(books: Books, others: tuple[Home, ...]) -> None:
    """What came back is lent to the next households, sack by sack."""
    for number, home in enumerate(others, 1):
        lot = f"HS2025-{number:02d}-1"
        given = Lending(
            f"JY2026-{number:02d}", date(2026, 3, 20), home.code, lot, 120 * KG, LATER, season="2026 秋",
            area_mu4=6_000, disease="lender", disaster="lender", evidence="借芋还芋协议（示例）",
        )  # fmt: skip
        in_kind.lend(given, books)


def _eggs(books: Books, home: Home) -> None:
    """Twenty hens for 25 eggs each; then the hens belong to the household."""
    given = Lending(
        "JJ2025-01", date(2025, 4, 1), home.code, "MJ2025-01", 20 * PIECE, date(2026, 3, 31), "offspring",
        25_000_000, EGGS, "piece", evidence="借鸡还蛋协议（示例）",
    )  # fmt: skip
    in_kind.lend(given, books)
    eggs = Goods(EGGS, "piece", 499 * PIECE)
    in_kind.give_back(Returning("HD2025-01", date(2025, 12, 10), "JJ2025-01", eggs), books)


def _inputs(books: Books, members: tuple[Home, ...]) -> None:
    for number, home in enumerate(members[:6], 1):
        film = Issuing(f"FF2025-{number:02d}", date(2025, 3, 26), home.code, "DM2025-01", 20 * KG,
                       evidence="领用单（示例）")  # fmt: skip
        stock.issue(film, books)
        if number > 3:
            manure = Issuing(
                f"DF2025-{number:02d}", date(2025, 3, 28), home.code, "YJ2025-01", 400 * KG, 32_000,
                "垫付单（示例）",
            )  # fmt: skip
            stock.issue(manure, books)
