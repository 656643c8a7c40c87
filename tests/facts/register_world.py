"""Something in every register, entered by the verbs the pages call."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from lianjie.facts.actions import (
    assembly,
    asset_income,
    assets,
    bond,
    expert,
    glut,
    growing,
    growing_used,
    home_work,
    in_kind,
    input_back,
    lot_cost,
    market,
    market_goods,
    offtake,
    order_account,
    rent,
    stock,
    weighing,
    work,
)
from lianjie.facts.actions.bond import Bonding
from lianjie.facts.actions.growing_used import Material
from lianjie.facts.actions.in_kind import Asking, Deciding, Lending, Losing, Returning
from lianjie.facts.actions.input_back import ComingBack
from lianjie.facts.actions.lot_cost import Costing
from lianjie.facts.actions.offtake import DeliveryGiven
from lianjie.facts.actions.stock import Issuing, LosingLot, Receiving
from lianjie.facts.models import Lease, Parcel, Party
from lianjie.facts.queries import rents
from lianjie.facts.registers.register import Desk
from lianjie.facts.rules.asset_income import Contract
from lianjie.facts.rules.assets import Asset
from lianjie.facts.rules.book import Book
from lianjie.facts.rules.growing import Step as Planned
from lianjie.facts.rules.handed import Handed
from lianjie.facts.rules.in_kind import Goods
from lianjie.facts.rules.market import ChannelGiven, FeeRule, LineGiven, OrderGiven, ProductGiven
from lianjie.facts.rules.offtake import OrderTerms
from lianjie.facts.rules.rent import Grain, Step
from lianjie.facts.rules.rent_terms import ChangeGiven, Handing, RentToHand
from lianjie.facts.rules.sheets import BY_CODE
from lianjie.facts.rules.work import Norm, Terms
from lianjie.ledger.actions.rents import book_rents
from lianjie.pages import fact_form

KG, PIECE = 1_000, 10_000
SEED = "魔芋种芋"


def deliver(organisation_id: int) -> Callable[[Sequence[Mapping[str, str]], date], Book]:
    return lambda rows, day: fact_form.book_of_many(organisation_id, BY_CODE["deliveries"], rows, day)


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
    lot_cost.cost(Costing("L1", date(2025, 2, 2), 900_501, "granted", "拨付单"), books)
    stock.issue(Issuing("F1", date(2025, 3, 5), "COOP-H2", "L1", 15_250, 32_050), books)
    stock.issue(Issuing("F2", date(2025, 3, 6), "COOP-H1", "L1", 15_000, 30_050), books)
    back = date(2025, 6, 1)
    input_back.come_back(ComingBack("G1", back, "F2", "goods", 5_000), books)
    input_back.come_back(ComingBack("G2", back, "F2", "cash", fen=10_000, evidence="收据 7"), books)


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


def _leased(desk: Desk) -> None:
    """Two parcels let to the organisation."""
    entry = desk.entry
    home = Party.objects.get(code="COOP-H1")
    row = {"organisation_id": entry.organisation_id, "area_id": home.area_id, "source_id": entry.source_id,
           "recorded_at": entry.at}  # fmt: skip
    for code in ("D1", "D2"):
        parcel = Parcel.objects.create(**row, key=code, code=code, household=home, day=date(2020, 1, 1),
                                       contract_extent_mu4=50_000, land_type="dry",
                                       contract_until_day=date(2050, 1, 1))  # fmt: skip
        Lease.objects.create(
            **row, key=f"{code}@2024-01-01", parcel=parcel, lessor=home, day=date(2024, 1, 1),
            until_day=date(2034, 1, 1), extent_mu4=50_000, extent_basis="contract", rent_fen_per_mu=50_000,
            due_month=12, due_day_of_month=1, form="written",
        )  # fmt: skip


def _let(desk: Desk) -> None:
    """A third parcel, whose rent of 2026 is booked; then the two others."""
    entry = desk.entry
    home = Party.objects.get(code="COOP-H2")
    row = {"organisation_id": entry.organisation_id, "area_id": home.area_id, "source_id": entry.source_id,
           "recorded_at": entry.at}  # fmt: skip
    parcel = Parcel.objects.create(**row, key="D3", code="D3", household=home, day=date(2020, 1, 1),
                                   contract_extent_mu4=20_000, land_type="dry",
                                   contract_until_day=date(2050, 1, 1))  # fmt: skip
    Lease.objects.create(
        **row, key="D3@2024-01-01", parcel=parcel, lessor=home, day=date(2024, 1, 1), extent_mu4=20_000,
        until_day=date(2034, 1, 1), extent_basis="contract", rent_fen_per_mu=50_000, due_month=3,
        due_day_of_month=1, form="written",
    )  # fmt: skip
    year = date(2026, 1, 1), date(2026, 4, 1)
    book_rents(entry.organisation_id, *year, at=entry.at, by=None)
    _leased(desk)


def _rents(desk: Desk) -> None:
    entry = desk.entry
    paid = Handing(2026, "household", date(2026, 3, 5), 100_000, "bank", "回单 4")
    fact = RentToHand("D3@2024-01-01", paid, (entry.source.kind, entry.source.name, entry.source.sha256), "")
    desk.post("rent", [Handed(fact)], organisation_id=entry.organisation_id, year=2026, at=entry.at, by=None)
    first, second = (rents.lease(entry.organisation_id, f"{code}@2024-01-01") for code in ("D1", "D2"))
    grain = Grain("玉米", 500_000, "县粮库", (9, 1), (10, 31), 0, 2, "二等")
    terms = replace(first.first, grain=grain, fixed_years=2, fixed_fen_per_mu=60_000, paid_years=2)
    rent.agree(entry, "D1@2024-01-01", terms, day=date(2024, 1, 1), evidence="合同 3 条")
    terms = replace(second.first, step=Step(3, 52_500, True))
    rent.agree(entry, "D2@2024-01-01", terms, day=date(2024, 1, 1), evidence="")
    rent.change(entry, "D1@2024-01-01", ChangeGiven("renewal", date(2025, 1, 1), date(2040, 1, 1)))
    sub_let = ChangeGiven("sublease", date(2025, 2, 1), None, "COOP-H2", "signed", "同意书")
    rent.change(entry, "D2@2024-01-01", sub_let)
    rent.change(entry, "D2@2024-01-01", ChangeGiven("hand_back", date(2026, 2, 1)))


def _work(desk: Desk) -> None:
    entry = desk.entry
    work.open_workshop(entry, "CJ1", name="藤编", form="factory", address="村部", start=date(2025, 1, 1))
    work.recognise(entry, "CJ1", by="县人社局", criteria="wushan", start=date(2025, 2, 1),
                   until=date(2027, 2, 1), evidence="文 3", persons=12)  # fmt: skip
    work.set_floor(entry, start=date(2025, 1, 1), hour_fen=2_000, evidence="文 1")
    for number, worker, basis, rate in (("W1", "COOP-H1", "day", 12_000), ("W2", "COOP-H2", "piece", 350)):
        work.agree(entry, Terms(number, "CJ1", worker, "编筐", date(2025, 1, 1), None, basis, rate,
                                defects_paid=basis == "day", evidence="协议"))  # fmt: skip
    work.agree(entry, Terms("W3", "CJ1", "COOP-H3", "编", date(2025, 1, 1), None, "piece", 450,
                            evidence="承揽协议", product="竹篮", allowance_e6=20_500,
                            materials=(Norm("竹篾", "kg", 250), Norm("扣 大", "piece", 40_000))))  # fmt: skip
    work.agree(entry, Terms("W4", "CJ1", "COOP-H4", "保洁", date(2025, 1, 1), date(2026, 1, 1),
                            "month", 80_000, public_post=True, funder="县局", evidence="协议"))  # fmt: skip
    for day in (3, 4):
        counted = [work.Counted("W1", 10_000 - day * 1_000), work.Counted("W2", 40 * PIECE, 2 * PIECE)]
        work.enter_sheet(entry, "CJ1", date(2025, 3, day), counted)


def _paid(desk: Desk) -> None:
    _work(desk)
    until = date(2025, 3, 31)
    seen = sum(
        line.fen for slip in work.draft(desk.entry.organisation_id, "CJ1", until) for line in slip.lines
    )
    made = work.approve(desk.entry, "CJ1", until, approved_by="理事长", seen_fen=seen, post=desk.post)
    work.pay(desk.entry, made.key, day=date(2025, 4, 5), method="bank", evidence="回单 9", post=desk.post)


def _growing(desk: Desk) -> None:
    entry, org = desk.entry, desk.entry.organisation_id
    growing.add_base(entry, "JD1", name="北坡", day=date(2025, 1, 1))
    for code, home in (("A1", "COOP-H1"), ("A2", "COOP-H2")):
        growing.add_plot(entry, "JD1", code, household=home, extent_mu4=25_000, day=date(2025, 1, 2))
    steps = (Planned("T1", "移栽", date(2025, 4, 1), date(2025, 4, 20), "基肥", "1.5"),
             Planned("T2", "除草", date(2025, 5, 1), date(2025, 5, 9)))  # fmt: skip
    growing.plan_season(entry, growing.SeasonGiven(
        "JJ1", "JD1", date(2025, 3, 1), date(2025, 11, 30), "苹果", "红", 9_000 * KG, (),
        steps, 1_450, 200, "表",
    ))  # fmt: skip
    growing.do_step(entry, "JJ1", step="T1", plots=["A1", "A2"], day=date(2025, 4, 3), done_by="王",
                    evidence="", today=desk.today, machine_minutes=465)  # fmt: skip
    growing.do_step(entry, "JJ1", step="T2", plots=["A1"], day=date(2025, 5, 3), done_by="王", evidence="",
                    today=desk.today, machine_minutes=0)  # fmt: skip
    growing.do_step(entry, "JJ1", step="T2", plots=["A2"], day=date(2025, 5, 3), done_by="王", evidence="",
                    today=desk.today)  # fmt: skip
    used = [Material("有机肥", "kg", 401 * KG, "YJ1"), Material("苗木", "piece", 155 * PIECE)]
    growing_used.use_together("JJ1", "T1", ["A1", "A2"], date(2025, 4, 3), used, desk.books, "领料单")
    growing.estimate(entry, "JJ1", plot="A1", day=date(2025, 8, 1), grams=4_000 * KG, by="李")
    load = {
        "receipt": "GB1",
        "day": "2025-10-01",
        "good": "苹果",
        "grade": "一级",
        "price_fen_per_kg": "6.80",
    }
    weighing.weigh_in(
        entry,
        weighing.Harvest("JJ1", "A1", date(2025, 10, 1), "GB1", 520_500, 12_000, 1_600, 150, "赵"),
        book=lambda home, good, net: deliver(org)(
            [load | {"household": home, "grams": f"{net.net / 1000:.3f}"}], date(2025, 10, 1)
        ),
        post=desk.post,
    )


def _manure(desk: Desk) -> None:
    manure = Goods("有机肥", "kg", 800 * KG)
    stock.receive(Receiving("YJ1", date(2025, 3, 1), manure, "bought"), desk.books)


def _base(desk: Desk) -> None:
    growing.add_base(desk.entry, "JD1", name="北坡", day=date(2025, 1, 1))
    growing.add_plot(desk.entry, "JD1", "A1", household="COOP-H1", extent_mu4=25_000, day=date(2025, 1, 2))


def _experts(desk: Desk) -> None:
    entry, day = desk.entry, date(2025, 6, 1)
    expert.open_case(entry, "HZ1", base_code="JD1", plot="A1", day=day, by="魏家", symptoms="叶黄")
    expert.add_step(entry, "HZ1", kind="diagnosis", day=day, person="陈农艺师", text="缺铁")
    expert.add_step(entry, "HZ1", kind="prescription", day=day, person="陈农艺师", text="螯合铁",
                    dose="1:800", waiting_days=10)  # fmt: skip
    expert.add_step(entry, "HZ1", kind="closed", day=day, person="陈农艺师", text="转绿")


def _order_money(desk: Desk) -> None:
    books, day = desk.books, date(2025, 9, 10)
    sold = order_account.Selling("XS1", "DD1", day, "一级", 200 * KG, evidence="单")
    order_account.sell(sold, books)
    by = order_account.Insuring("BX1", "DD1", "人保", date(2025, 3, 1), date(2026, 3, 1), 300_00, "coop",
                                9_000_00, "绝收", "单")  # fmt: skip
    order_account.insure(by, books)
    lost = order_account.Claiming("BA1", "DD1", "BX1", day, 2_000_00, "霜冻", "照片")
    order_account.claim(lost, books)
    broken = order_account.Breaking("WY1", "DD1", day, "COOP-H1", "shortfall", "少交", "damages", 100 * KG,
                                    500_00, 400_00, "函")  # fmt: skip
    order_account.break_(broken, books)
    for number, kind, fen, about in (
        ("DJ1", "deposit", 1_000_00, ""),
        ("SK1", "payment", 500_00, ""),
        ("BF1", "premium", 300_00, "BX1"),
        ("PK1", "payout", 900_00, "BA1"),
    ):
        moving = order_account.Moving(number, "DD1", day, kind, fen, about=about, evidence="回单")
        order_account.move(moving, books)  # fmt: skip
    order_account.move(order_account.Moving("PC1", "DD1", day, "payment", 50_00, "COOP-H1"), books)


def _given_out(desk: Desk) -> None:
    """An agreement on home work and a lot of its material."""
    entry = desk.entry
    work.open_workshop(entry, "CJ1", name="藤编", form="home", address="村部", start=date(2025, 1, 1))
    made = {"product": "竹篮", "materials": (Norm("竹篾", "kg", 250),), "evidence": "承揽协议"}
    work.agree(entry, Terms("W3", "CJ1", "COOP-H3", "编", date(2025, 1, 1), None, "piece", 450, **made))
    stock.receive(Receiving("CL1", date(2025, 1, 2), Goods("竹篾", "kg", 90 * KG), "bought"), desk.books)


def _home_work(desk: Desk) -> None:
    books = desk.books
    home_work.hand_out(home_work.HandingOut("FL1", date(2025, 2, 1), "W3", "CL1", 40 * KG, "签"), books)
    defects = {"work": 2 * PIECE, "other": PIECE}
    home_work.bring_back(
        home_work.BringingBack("YS1", date(2025, 2, 9), "W3", 60 * PIECE, defects, "签"), books
    )
    back = home_work.GivingBack("TL1", date(2025, 2, 10), "W3", "CL1", 5 * KG)
    home_work.give_back(back, books)
    lost = home_work.GivingBack("TL2", date(2025, 2, 10), "W3", "CL1", KG, True, "受潮", "照片")
    home_work.give_back(lost, books)


def _market(desk: Desk) -> None:
    books, day = desk.books, date(2025, 1, 1)
    market.add_product(
        ProductGiven("PG5", day, "云岭苹果", "苹果", content=5 * KG, grade="一级", producer="COOP",
                     origin="530922103201", certificate="绿色", certificate_until=date(2027, 1, 1)),
        books,
    )  # fmt: skip
    market.add_product(ProductGiven("PG", day, "散苹果", "苹果", attribution="pool"), books)
    fee = FeeRule("net", 52_500, 30)
    market.add_channel(ChannelGiven("ZB", day, "livestream", "直播间", "某平台", "COOP", fee, "合同"), books)
    market.add_channel(ChannelGiven("PF", day, "wholesale", "批发"), books)
    market_goods.add_place("LK1", name="冷库", kind="cold_room", day=day, books=books)
    lines = (LineGiven("PG5", 79_80, 2), LineGiven("PG", 66_00, 0, 12_500, "consigned"))
    market.enter_order(
        OrderGiven("PF", "XS1", date(2025, 9, 1), lines, sent_day=date(2025, 9, 2), buyer="COOP",
                   ship_to="530922103201", refunds_borne_by="growers", evidence="单"),
        books,
    )  # fmt: skip
    market.enter_order(OrderGiven("PF", "XS2", date(2025, 9, 3), lines[:1], buyer_name="张大姐"), books)
    held = glut.Declaring("SB1", date(2025, 9, 5), date(2025, 9, 1), "苹果", 900 * KG, KG, 20 * KG, 3 * KG,
                          "COOP-H1", grade="一级")  # fmt: skip
    glut.declare(held, books)
    stored = glut.Declaring("SB2", date(2025, 9, 5), date(2025, 9, 1), "苹果", 100 * KG, store="北库")
    glut.declare(stored, books)


def _collective(desk: Desk) -> None:
    books, day = desk.books, date(2024, 1, 1)
    shed = Asset("ZC1", "冷库", "building", "operating", day, 90_000_00, 50_000, 240, 1_500_00,
                 date(2024, 12, 31), origin="poverty_fund", evidence="验收单")  # fmt: skip
    assets.register(assets.Registering(shed, "300 m³", "村口", "王", 2 * PIECE, "座"), books)
    land = Asset("ZC2", "北坡荒地", "waste_land", "operating", day, extent_mu4=1_200_000, origin="by_law")
    assets.register(assets.Registering(land), books)
    press = Asset("ZC3", "榨机", "equipment", "operating", day, 8_000_00, 50_000, 60)
    assets.register(assets.Registering(press), books)
    assets.use(assets.Using("SY1", date(2024, 2, 1), "ZC1", "idle", "待租", "照片"), books)
    terms = Contract("HT1", "ZC2", "COOP-H1", date(2024, 3, 1), date(2034, 3, 1), date(2024, 3, 1),
                     12_000_00, 3, 500_00, 600_000)  # fmt: skip
    asset_income.let(asset_income.LettingOut(terms, date(2024, 2, 20), "果园", "合同"), books)
    asset_income.receive(asset_income.Receiving("SJ1", date(2024, 3, 2), "HT1", 12_000_00), books)
    asset_income.receive(asset_income.Receiving("SJ2", date(2025, 3, 2), "HT1", 20_000_00), books)
    asset_income.end(asset_income.Ending("ZZ1", date(2026, 3, 1), "HT1", "协商", "协议"), books)
    asset_income.receive(
        asset_income.Receiving("TK1", date(2026, 3, 1), "HT1", -8_000_00, "cash", "领条"), books
    )
    gone = assets.Disposing("CZ1", date(2025, 6, 1), "ZC3", "sold", "王主任", "决议 3", 1_000_00)
    assets.dispose(gone, books)
    asset_income.earn(asset_income.Earning("SR1", date(2025, 7, 1), "subsidy", 5_000_00, payer="县局"), books)


def _agreed(desk: Desk) -> None:
    """Leases, one of them sub-let, and contracts."""
    _let(desk)
    _rents(desk)
    _collective(desk)


def _bonds(desk: Desk) -> None:
    lease, day = "D1@2024-01-01", date(2024, 3, 1)
    decided = {"decided_by": "理事会", "grounds": "到期"}
    for number, fen, under in (
        ("B", 6_000_00, {"contract": "HT1"}),
        ("F", 2_000_00, {"lease": lease, "kind": "risk_reserve", "evidence": "合同 9 条"}),
        ("Z", 800_05, {"sublease": "D2@2024-01-01-sublease-2025-02-01"}),
    ):
        bond.move(Bonding(f"{number}0", day, "agreed", fen, **under), desk.books)
        bond.move(Bonding(f"{number}1", day, "paid", fen, by="cash", **under), desk.books)
        over = under | decided
        bond.move(Bonding(f"{number}2", date(2026, 3, 2), "returned", 300_00, **over), desk.books)
        bond.move(Bonding(f"{number}3", date(2026, 3, 3), "forfeited", 500_00, **over), desk.books)


GROUND = {
    "rents": _let,
    "growing": _manure,
    "experts": _base,
    "order-money": _orders,
    "home-work": _given_out,
    "bonds": _agreed,
}


def _assembly(desk: Desk) -> None:
    held = assembly.Calling("2026-1", date(2026, 1, 20), date(2026, 1, 5), "村委会", "年度分配", "理事长")
    assembly.call(desk.entry, held)
    seats = [assembly.Seated("COOP-H1", "signed", mark="1"), assembly.Seated("COOP-H2", "absent")]
    assembly.seat(desk.entry, "2026-1", seats)


FILL = {
    "assembly": _assembly,
    "in-kind": _in_kind,
    "orders": _orders,
    "rents": _rents,
    "work": _paid,
    "growing": _growing,
    "experts": _experts,
    "order-money": _order_money,
    "home-work": _home_work,
    "market": _market,
    "collective": _collective,
    "bonds": _bonds,
}
