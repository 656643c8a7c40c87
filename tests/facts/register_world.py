"""Something in every register, entered by the verbs the pages call."""

from collections.abc import Mapping
from datetime import date

from lianjie.facts.actions import in_kind, offtake, stock
from lianjie.facts.actions.in_kind import Asking, Deciding, Lending, Losing, Returning
from lianjie.facts.actions.offtake import DeliveryGiven
from lianjie.facts.actions.stock import Issuing, LosingLot, Receiving
from lianjie.facts.registers.register import Desk
from lianjie.facts.rules.book import Book
from lianjie.facts.rules.in_kind import Goods
from lianjie.facts.rules.offtake import OrderTerms

KG, PIECE = 1_000, 10_000
SEED = "魔芋种芋"


def deliver(cells: Mapping[str, str], today: date) -> Book:
    raise NotImplementedError


def ground(desk: Desk, family: str) -> None:
    """What must stand in other registers before the family's own rows can."""
    GROUND.get(family, lambda desk: None)(desk)


def fill(desk: Desk, family: str) -> None:
    ground(desk, family)
    FILL[family](desk)


def _in_kind(desk: Desk) -> None:
    books = desk.books
    stock.receive(
        Receiving("L1", date(2025, 2, 1), Goods(SEED, "kg", 900_500), "granted", "一级", "局", "单 1"), books
    )
    stock.receive(Receiving("M1", date(2025, 2, 1), Goods("母鸡", "piece", 60 * PIECE), "bought"), books)
    stock.lose_from_stock(LosingLot("S1", date(2025, 2, 3), "L1", "other", 35 * KG, "烂\n了", "=盘点"), books)
    lend = {"day": date(2025, 3, 1), "borrower": "COOP-H1", "lot": "L1", "quantity": 200 * KG,
            "due_day": date(2025, 11, 30), "season": "2025 秋", "area_mu4": 12_500}  # fmt: skip
    in_kind.lend(Lending("J1", **lend, disease="lender"), books)
    in_kind.lend(Lending("J2", **(lend | {"borrower": "COOP-H2"})), books)
    in_kind.lend(Lending("J3", date(2025, 3, 2), "COOP-H3", "M1", 20 * PIECE, date(2026, 3, 1), "offspring",
                         25_500_000, "鸡蛋", "piece", substitute="玉米", substitute_ratio=2_500_000),
                             books)  # fmt: skip
    in_kind.give_back(
        Returning("R1", date(2025, 10, 20), "J1", Goods(SEED, "kg", 120 * KG), grade="二级"), books
    )
    in_kind.give_back(Returning("R2", date(2025, 10, 21), "J2", Goods(SEED, "kg", 50 * KG), "L-R2"), books)
    asked = in_kind.ask_deferral(
        Asking("Y1", date(2025, 11, 1), "J2", date(2026, 11, 30), 20_000, "再种"), books
    )
    in_kind.decide(
        Deciding("P1", date(2025, 11, 2), "J2", asked, "理事会", "同意", date(2026, 11, 30)), books
    )
    lost = in_kind.report_loss(
        Losing("B1", date(2025, 8, 1), "J1", "disease", 30 * KG, "软腐病", "照片"), books
    )
    in_kind.decide(Deciding("P2", date(2025, 8, 5), "J1", lost, "理事会", "病害", forgiven=30 * KG), books)
    in_kind.ask_deferral(Asking("Y2", date(2025, 11, 3), "J1", date(2026, 10, 1)), books)
    in_kind.lend(Lending("J4", date(2025, 10, 20), "COOP-H3", "R1", 20 * KG, date(2026, 10, 1)), books)
    stock.issue(Issuing("F1", date(2025, 3, 5), "COOP-H2", "L1", 15_250, 32_050), books)


def _orders(desk: Desk) -> None:
    entry = desk.entry
    for day, fen in ((date(2025, 9, 1), 650), (date(2025, 9, 8), 702)):
        offtake.record_price(
            entry, day=day, good="苹果", grade="", market="县批发市场", fen_per_kg=fen, evidence="照片"
        )
    offtake.sign(entry, OrderTerms(
        number="DD1", buyer="COOP", signed_day=date(2025, 3, 1), start=date(2025, 9, 1), until=date(2025, 11,
        1),
        good="苹果", grams=20_000 * KG, floors={"一级": 680, "二级": 520}, breach="按定金罚则",
        loss_bearer="shared", loss_clause="共担", market="县批发市场", premium_millionths=52_500,
        market_days=10,
        deposit_fen=1_000_00, pay_within_days=15, backing="insurance", insurance="保单 7", assured=True,
    ))  # fmt: skip
    offtake.promise(entry, "DD1", household="COOP-H1", grams=3_000 * KG, extent_mu4=21_000, evidence="")
    offtake.call_off(entry, "DD1", call="C1", day=date(2025, 9, 2), due_day=date(2025, 9, 20), grams=500 * KG)
    given = DeliveryGiven("COOP-H1", date(2025, 9, 9), "BD1", "一级", 312_500, "磅单")
    offtake.take(entry, "DD1", given, post=desk.post)


GROUND: dict = {}
FILL = {"in-kind": _in_kind, "orders": _orders}
