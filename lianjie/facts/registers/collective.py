"""A collective's assets, how they are used and let, and its income by source.

Depreciation and what falls due are counted by the ledger from these rows; nobody types them.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from lianjie.base.words import N_
from lianjie.facts.actions import asset_income, assets
from lianjie.facts.models import (
    AssetContract,
    AssetDisposal,
    AssetUse,
    CollectiveAsset,
    CollectiveIncome,
    ContractEnd,
    ContractReceipt,
)
from lianjie.facts.registers.register import (
    EVIDENCE,
    Desk,
    Family,
    Register,
    Values,
    answers,
    base,
    choice,
    day,
    decimal,
    fields,
    gathered,
    money,
    number,
    party,
    plain,
    quantity,
    scaled,
    sheet,
    singly,
    standing,
    text,
    whole,
)
from lianjie.facts.rules.asset_income import Contract
from lianjie.facts.rules.assets import Asset
from lianjie.facts.rules.schema import Caption as C

KINDS = answers(
    ("building", "房屋建筑物", "building", "房屋建築物"),
    ("facility", "设施（道路、沟渠、大棚、光伏）", "facility", "設施（道路、溝渠、大棚、光伏）"),
    ("equipment", "机器设备", "equipment", "機器設備"),
    ("plantation", "果园、经济林", "orchard or plantation", "果園、經濟林"),
    ("waste_land", "四荒地", "waste land"),
    ("forest_land", "林地", "forest land"),
    ("other_land", "其他集体土地", "other land of the collective", "其他集體土地"),
)
CATEGORIES = answers(
    ("operating", "经营性资产", "operating asset", "經營性資產"),
    ("welfare", "公益性资产", "public-welfare asset", "公益性資產"),
    ("household", "到户类资产", "household-type asset", "到戶類資產"),
)
ORIGINS = answers(
    ("held", "原有", "held before"),
    ("bought", "购入", "bought", "購入"),
    ("built", "自建", "built"),
    ("poverty_fund", "扶贫资金形成", "formed with poverty-alleviation funds", "扶貧資金形成"),
    ("granted", "国家拨给", "granted by the state", "國家撥給"),
    ("donated", "捐赠", "donated", "捐贈"),
    ("by_law", "法定归集体所有", "collective by law", "法定歸集體所有"),
)
PAID = answers(
    ("held", "账上已有或只作登记", "in the books already, or only noted", "賬上已有或只作登記"),
    ("bank", "银行存款支付", "paid from the bank account", "銀行存款支付"),
    ("cash", "现金支付", "paid in cash", "現金支付"),
    ("subsidy", "用收到的补助支付", "paid from a subsidy received", "用收到的補助支付"),
    ("donation", "受赠，未付款", "given, nothing was paid", "受贈，未付款"),
)
USES = answers(
    ("own", "自用", "own use"),
    ("idle", "闲置", "idle", "閒置"),
    ("lent", "无偿借用", "lent free of charge", "無償借用"),
)
WAYS = answers(
    ("sold", "出售", "sold"),
    ("scrapped", "报废", "scrapped", "報廢"),
    ("lost", "毁损灭失", "lost or destroyed", "毀損滅失"),
    ("handed_over", "移交", "handed over"),
)
SOURCES = answers(
    ("operating", "经营收入", "operation", "經營收入"),
    ("contracting", "发包及上交收入", "contracting-out and payments handed up", "發包及上交收入"),
    ("investment", "投资收益", "investment", "投資收益"),
    ("other_operating", "其他经营收入", "other operation", "其他經營收入"),
    ("subsidy", "补助收入", "subsidy", "補助收入"),
    ("other", "其他收入", "other"),
)
INTO = answers(
    ("bank", "银行账户", "bank account", "銀行賬戶"),
    ("cash", "现金", "cash box", "現金"),
    ("held", "账上已有", "in the books already", "賬上已有"),
)
ASSET = number("asset", "资产编号", "Asset", "資產編號", example="ZC001")
CONTRACT = number("contract", "合同编号", "Contract", "合同編號", example="HT001")
DAY = day("day", "日期", "Day")
WHOLE = 10_000
"""A piece, and a percent of a millionth part."""

ASSETS = sheet(
    "assets",
    C("集体资产", "Collective assets", "集體資產"),
    N_("Buildings, equipment, orchards and land of a collective, one row each."),
    (
        number("number", "资产编号", "Number in the register", "資產編號", example="ZC001"),
        text("name", "名称", "What it is", "名稱", required=True, longest=80),
        choice("kind", KINDS, "种类", "Kind", "種類"),
        choice("category", CATEGORIES, "类别", "Category", "類別"),
        day("day", "取得日期", "There since"),
        choice("origin", ORIGINS, "来源", "Where from", "來源"),
        choice("paid", PAID, "入账方式", "How its worth came into the books", "入賬方式"),
        text("spec", "规格", "Specification", "規格", longest=120),
        text("location", "地点", "Place", "地點", longest=120),
        text("keeper", "保管人", "Keeper", longest=80),
        quantity("quantity_e4", "piece", "数量", "How many", "數量"),
        text("counted_in", "计量单位", "Counted in", "計量單位", longest=20),
        quantity("extent_mu4", "mu", "面积（亩）", "Extent (mu)", "面積（畝）"),
        money("cost_fen", "原值（元）", "Price in all (yuan)"),
        decimal("residual", "残值率（%）", "Residual (%)", "殘值率（%）"),
        whole("life_months", "使用年限（月）", "Useful life (months)"),
        money("taken_fen", "已提折旧（元）", "Depreciation so far (yuan)", "已提折舊（元）"),
        day("taken_until", "已提折旧截至", "Depreciation so far, up to", "已提折舊截至", required=False),
        EVIDENCE,
    ),
)  # fmt: skip
SAID = (
    "name", "kind", "category", "day", "origin", "paid", "spec", "location", "keeper", "quantity_e4",
    "counted_in", "extent_mu4", "cost_fen", "life_months", "taken_fen", "taken_until", "evidence",
)  # fmt: skip


def _assets(organisation_id: int) -> Iterator[Values]:
    for row in standing(CollectiveAsset, organisation_id):
        yield fields(row, *SAID, number=base(row.key), residual=plain(row.residual_e6, WHOLE))


def _register(rows: Sequence[Values], desk: Desk) -> object:
    def given(v: Values, place: str) -> assets.Registering:
        of = Asset(
            v["number"], v["name"], v["kind"], v["category"], v["day"], v["cost_fen"],
            scaled(v["residual"], WHOLE, 4), v["life_months"], v["taken_fen"], v["taken_until"],
            v["extent_mu4"], v["origin"], v["paid"], v["evidence"],
        )  # fmt: skip
        kept = (v["spec"], v["location"], v["keeper"], v["quantity_e4"] or WHOLE, v["counted_in"])
        return assets.Registering(of, *kept, place)

    return assets.register_all(gathered(rows, desk, given), desk.books)


ASSET_USES = sheet(
    "asset_uses",
    C("资产使用", "Uses of assets", "資產使用"),
    N_("How an asset is used from a day on; a lease is a contract."),
    (
        number("number", "登记号", "Number", "登記號"), ASSET, DAY,
        choice("use", USES, "使用情况", "Use", "使用情況"),
        text("note", "说明", "Notes", "說明", longest=200), EVIDENCE,
    ),
)  # fmt: skip


def _uses(organisation_id: int) -> Iterator[Values]:
    for row in standing(AssetUse, organisation_id, "asset"):
        yield fields(row, "day", "use", "note", "evidence", number=base(row.key), asset=base(row.asset.key))


def _use(rows: Sequence[Values], desk: Desk) -> object:
    given = gathered(rows, desk, lambda v, place: assets.Using(**v, place=place))
    return assets.use_all(given, desk.books)


DISPOSALS = sheet(
    "asset_disposals",
    C("资产处置", "Assets given away", "資產處置"),
    N_("An asset sold, scrapped, lost or handed over, by a decision under a name."),
    (
        number("number", "处置单号", "Number", "處置單號"), DAY, ASSET,
        choice("way", WAYS, "处置方式", "Way", "處置方式"),
        money("proceeds_fen", "处置收入（元）", "Received for it (yuan)", "處置收入（元）"),
        choice("into", INTO[:2], "收款方式", "Came into"),
        text("person_name", "决定人", "Decided by", "決定人", required=True, longest=80),
        text("resolution", "决议", "Resolution", "決議", required=True, longest=200), EVIDENCE,
    ),
)  # fmt: skip


def _disposals(organisation_id: int) -> Iterator[Values]:
    for row in standing(AssetDisposal, organisation_id, "asset"):
        yield fields(row, "day", "way", "proceeds_fen", "into", "person_name", "resolution", "evidence",
                     number=base(row.key), asset=base(row.asset.key))  # fmt: skip


def _dispose(v: Values, desk: Desk) -> object:
    return assets.dispose(assets.Disposing(**v), desk.books)


CONTRACTS = sheet(
    "asset_contracts",
    C("发包租赁合同", "Contracts on assets", "發包租賃合同"),
    N_("An asset let, or land contracted out: who pays how much a year, from when until when."),
    (
        number("number", "合同编号", "Number of the contract", "合同編號", example="HT001"), ASSET,
        party("payer", "承租（承包）方代码", "Payer", "承租（承包）方代碼"),
        day("day", "签订日期", "Signed on", "簽訂日期"),
        day("start_day", "起始日期", "First day"), day("last_day", "终止日期", "Last day", "終止日期"),
        day("first_due_day", "首次付款日期", "First payment due", "首次付款日期"),
        money("yearly_fen", "年租金（元）", "Yuan a year", required=True, least=1),
        whole("rise_years", "几年递增", "Rises every (years)", "幾年遞增"),
        money("rise_fen", "每次递增（元）", "Rises by (yuan)", "每次遞增（元）"),
        quantity("extent_mu4", "mu", "出租面积（亩）", "Extent let (mu)", "出租面積（畝）"),
        text("purpose", "用途", "Purpose", longest=120), EVIDENCE,
    ),
)  # fmt: skip
AGREED = ("start_day", "first_due_day", "yearly_fen", "rise_years", "rise_fen", "extent_mu4", "purpose")


def _contracts(organisation_id: int) -> Iterator[Values]:
    for row in standing(AssetContract, organisation_id, "asset", "payer"):
        yield fields(row, *AGREED, "day", "evidence", number=base(row.key), asset=base(row.asset.key),
                     payer=row.payer.code, last_day=row.until_day - timedelta(days=1))  # fmt: skip


def _let(rows: Sequence[Values], desk: Desk) -> object:
    def given(v: Values, place: str) -> asset_income.LettingOut:
        terms = Contract(
            v["number"], v["asset"], v["payer"], v["start_day"], v["last_day"] + timedelta(days=1),
            v["first_due_day"], v["yearly_fen"], v["rise_years"], v["rise_fen"], v["extent_mu4"],
        )  # fmt: skip
        return asset_income.LettingOut(terms, v["day"], v["purpose"], v["evidence"], place)

    return asset_income.let_all(gathered(rows, desk, given), desk.books)


RECEIPTS = sheet(
    "contract_receipts",
    C("合同收款", "Received under contracts", "合同收款"),
    N_("Money that came in under a contract."),
    (
        number("receipt", "收据号", "Receipt", "收據號"), CONTRACT, DAY,
        money("fen", "金额（元）", "Amount (yuan)", "金額（元）", required=True, least=None,
              help=N_("Below zero: given back to the payer.")),
        choice("into", INTO[:2], "收款方式", "Came into"), EVIDENCE,
    ),
    ("receipt",),
)  # fmt: skip


def _receipts(organisation_id: int) -> Iterator[Values]:
    for row in standing(ContractReceipt, organisation_id, "contract"):
        yield fields(row, "day", "fen", "into", "evidence", receipt=base(row.key),
                     contract=base(row.contract.key))  # fmt: skip


def _receive(rows: Sequence[Values], desk: Desk) -> object:
    given = gathered(rows, desk, lambda v, place: asset_income.Receiving(**v, place=place))
    return asset_income.receive_all(given, desk.books)


ENDS = sheet(
    "contract_ends",
    C("合同提前终止", "Contracts ended early", "合同提前終止"),
    N_("A contract that ends before its time; no year begun on or after the day is owed."),
    (
        number("number", "终止单号", "Number", "終止單號"), CONTRACT, DAY,
        text("grounds", "理由", "Grounds", required=True, longest=300), EVIDENCE,
    ),
)  # fmt: skip


def _ends(organisation_id: int) -> Iterator[Values]:
    for row in standing(ContractEnd, organisation_id, "contract"):
        yield fields(row, "day", "grounds", "evidence", number=base(row.key), contract=base(row.contract.key))


def _end(v: Values, desk: Desk) -> object:
    return asset_income.end(asset_income.Ending(**v), desk.books)


INCOME = sheet(
    "collective_income",
    C("集体收入", "Collective income", "集體收入"),
    N_("Income by source that comes from no contract in the register."),
    (
        number("number", "凭证号", "Number", "憑證號"), DAY,
        choice("source", SOURCES, "收入来源", "Source of the income", "收入來源"),
        money("fen", "金额（元）", "Amount (yuan)", "金額（元）", required=True, least=1),
        choice("into", INTO, "收款方式", "Came into"),
        text("payer", "付款方", "From whom", longest=120),
        text("note", "说明", "Notes", "說明", longest=200), EVIDENCE,
    ),
)  # fmt: skip


def _income(organisation_id: int) -> Iterator[Values]:
    for row in standing(CollectiveIncome, organisation_id):
        yield fields(row, "day", "fen", "into", "note", "evidence", number=base(row.key),
                     source=row.source_of, payer=row.payer_name)  # fmt: skip


def _earn(rows: Sequence[Values], desk: Desk) -> object:
    given = gathered(rows, desk, lambda v, place: asset_income.Earning(**v, place=place))
    return asset_income.earn_all(given, desk.books)


FAMILY = Family(
    "collective",
    N_("Collective assets, contracts and income"),
    (
        Register(ASSETS, CollectiveAsset, _assets, _register),
        Register(ASSET_USES, AssetUse, _uses, _use),
        Register(CONTRACTS, AssetContract, _contracts, _let),
        Register(RECEIPTS, ContractReceipt, _receipts, _receive),
        Register(ENDS, ContractEnd, _ends, singly(_end)),
        Register(DISPOSALS, AssetDisposal, _disposals, singly(_dispose), last=lambda v: True),
        Register(INCOME, CollectiveIncome, _income, _earn),
    ),
)
