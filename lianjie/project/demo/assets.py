"""What the Shanghe collective holds: a store let, greenhouses till autumn, forest land in part; waste land.

A small copy of R3: income by source, under both definitions. The years before 2026 stand in the trial
balance, so their income is entered as held already; the contracts begin with 2026. Three more collectives
have their income of 2025, one above 30,000 only because of a subsidy. Everything is invented.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from lianjie.facts.actions import asset_income, assets, bond
from lianjie.facts.actions.asset_income import Earning, Ending, LettingOut, Receiving
from lianjie.facts.actions.assets import Registering, Using
from lianjie.facts.actions.bond import Bonding
from lianjie.facts.actions.enter import SourceGiven
from lianjie.facts.actions.stock import Books
from lianjie.facts.queries import parties
from lianjie.facts.rules.asset_income import Contract
from lianjie.facts.rules.assets import Asset
from lianjie.ledger.actions.posting import post
from lianjie.project.demo import collective, herb

AT = datetime(2026, 10, 12, 1, tzinfo=UTC)
FIVE, TAKEN = 50_000, date(2025, 12, 31)
MU = 10_000
BUILT = date(2021, 12, 20)
HELD = (
    # Together 310,000 yuan and 62,000 worn by the end of 2025, as the trial balance has it.
    (Asset("ZC-01", "粮仓", "building", "operating", BUILT, 19_000_000, FIVE, 228, 3_800_000, TAKEN,
           origin="poverty_fund", evidence="扶贫资产确权移交清单（示例）"),
     "砖混，400 平方米", "村委会东侧", "幢"),
    (Asset("ZC-02", "蔬菜大棚", "facility", "operating", BUILT, 12_000_000, FIVE, 228, 2_400_000, TAKEN,
           origin="granted", evidence="项目验收单（示例）"), "钢架，6 栋", "坝子田", "栋"),
    (Asset("ZC-03", "文化活动室", "building", "welfare", BUILT, origin="donated",
           evidence="备查簿（示例）"), "", "村委会院内", "间"),
    (Asset("ZC-04", "到户微耕机", "equipment", "household", BUILT, origin="poverty_fund",
           evidence="到户发放花名册（示例）"), "175 型", "各户", "台"),
    (Asset("ZY-01", "后山集体林地", "forest_land", "operating", BUILT, extent_mu4=860 * MU, origin="by_law",
           evidence="林权证（示例）"), "", "后山", ""),
    (Asset("ZY-02", "河滩荒地", "waste_land", "operating", BUILT, extent_mu4=320 * MU, origin="by_law",
           evidence="集体土地清查表（示例）"), "", "河滩", ""),
)  # fmt: skip
LET = (
    # number, asset, payer, first day, last day and after, first due, yuan a year, every n years, yuan, mu
    ("FB2026-01", "ZC-01", herb.COMPANY, date(2026, 1, 1), date(2029, 1, 1), date(2026, 1, 15), 36_000,
     0, 0, 0),
    ("FB2026-02", "ZC-02", "SH05", date(2026, 1, 1), date(2031, 1, 1), date(2026, 6, 30), 12_000, 0, 0, 0),
    ("FB2026-03", "ZY-01", herb.SECOND, date(2026, 3, 1), date(2056, 3, 1), date(2026, 3, 31), 18_000,
     5, 1_800, 300),
    ("FB2026-04", "ZY-02", "SH07", date(2026, 1, 1), date(2031, 1, 1), date(2026, 1, 31), 8_000, 0, 0, 80),
)  # fmt: skip
INCOME = (
    # organisation, number, day, source, yuan, from whom: held in the books already
    (collective.CODE, "SR2024-01", date(2024, 12, 31), "contracting", 66_000, "粮仓、大棚承租方"),
    (collective.CODE, "SR2024-02", date(2024, 12, 31), "operating", 170_000, "米线加工坊"),
    (collective.CODE, "SR2025-01", date(2025, 12, 31), "contracting", 66_000, "粮仓、大棚承租方"),
    (collective.CODE, "SR2025-02", date(2025, 12, 31), "operating", 170_000, "米线加工坊"),
    ("XHJT", "SR2025-01", date(2025, 12, 31), "contracting", 34_500, "鱼塘承包户"),
    ("SQJT", "SR2025-01", date(2025, 12, 31), "operating", 18_200, "农机服务"),
    ("SQJT", "SR2025-02", date(2025, 9, 30), "subsidy", 50_000, "县农业农村局（示例）"),
    ("SPJT", "SR2025-01", date(2025, 12, 31), "contracting", 9_800, "山场承包户"),
)


def add(say: Callable[[str], None]) -> None:
    """Enter the register, its contracts and the income. Adding them twice changes nothing."""
    say(_("Entering the assets of {code} …").format(code=collective.CODE))
    with transaction.atomic():
        books = _books(collective.CODE)
        for asset, spec, location, counted_in in HELD:
            assets.register(
                Registering(asset, spec, location, "村保管员（示例）", counted_in=counted_in), books
            )
        for number, day, asset_number, use, note in (
            ("ZC-03-S1", BUILT, "ZC-03", "own", "村民活动"),
            ("ZY-02-S1", BUILT, "ZY-02", "idle", "待开发"),
        ):
            assets.use(Using(number, day, asset_number, use, note), books)
        for number, held, payer, start, until, due, yuan, years, rise, mu in LET:
            terms = Contract(number, held, payer, start, until, due, yuan * 100, years, rise * 100, mu * MU)
            given = LettingOut(terms, date(2025, 12, 28), evidence="成员代表会议决议、合同（示例）")
            asset_income.let(given, books)
        assets.book_due(date(2026, 9, 30), books)
        _received(books)
        _bonds(books)
        for code, number, day, source, yuan, payer in INCOME:
            earning = Earning(number, day, source, yuan * 100, "held", payer, evidence="收据（示例）")
            asset_income.earn(earning, _books(code))


def _received(books: Books) -> None:
    """The store's rent in full, half of the greenhouses', nothing yet of the forest's.

    The waste land's was paid two years ahead; its contract ended early, and the second year was given back.
    """
    for receipt, day, contract, yuan in (
        ("SK2026-01", date(2026, 1, 14), "FB2026-01", 36_000),
        ("SK2026-02", date(2026, 7, 2), "FB2026-02", 6_000),
        ("SK2026-03", date(2026, 1, 20), "FB2026-04", 16_000),
    ):
        money = Receiving(receipt, day, contract, yuan * 100, evidence="银行回单（示例）")
        asset_income.receive(money, books)
    ended = Ending("ZZ2026-02", date(2026, 9, 30), "FB2026-04", "承包方迁往外县，双方协商终止")
    asset_income.end(ended, books)
    back = Receiving("TK2026-01", date(2026, 10, 8), "FB2026-04", -800_000, evidence="银行回单（示例）")
    asset_income.receive(back, books)


def _bonds(books: Books) -> None:
    """The store's is held, the forest's not paid in; the greenhouses' is kept though their contract ended."""
    paper, slip = "合同第七条（示例）", "银行回单（示例）"
    for number, contract, yuan in (
        ("YJ2026-01", "FB2026-01", 5_000),
        ("YJ2026-02", "FB2026-02", 3_000),
        ("YJ2026-03", "FB2026-03", 10_000),
    ):
        agreed = Bonding(number, date(2026, 3, 1), "agreed", yuan * 100, contract, evidence=paper)
        bond.move(agreed, books)
        if contract != "FB2026-03":
            paid = Bonding(f"{number}-1", date(2026, 3, 2), "paid", yuan * 100, contract, evidence=slip)
            bond.move(paid, books)
    asset_income.end(Ending("ZZ2026-01", date(2026, 10, 1), "FB2026-02", "双方协商提前终止"), books)
    bond.move(
        Bonding("YJ2026-02-2", date(2026, 10, 9), "forfeited", 600_00, "FB2026-02",
                decided_by="成员代表会议（示例）", grounds="棚膜破损未修"), books,
    )  # fmt: skip


def _books(code: str) -> Books:
    organisation = parties.organisation(code)
    return Books(organisation.id, SourceGiven("demo", f"{code} assets"), AT, None, post)
