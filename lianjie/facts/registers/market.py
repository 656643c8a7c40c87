"""What is sold, through whom, from where; orders of buyers; stock declared in a glut.

Platforms' orders come as order files, which know their columns. Works on lots, picks, shipments and what
arrived name goods that wait in the stock at that very moment: they are entered where those are seen.
"""

from collections.abc import Iterator, Sequence

from django.db.models import Prefetch

from lianjie.base.fen import Fen
from lianjie.base.quantity import small_units
from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions import glut, market, market_goods
from lianjie.facts.models import (
    Product,
    SalesChannel,
    SalesOrder,
    SalesOrderLine,
    StockDeclaration,
    StockPlace,
)
from lianjie.facts.registers.register import (
    EVIDENCE,
    UNITS,
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
)
from lianjie.facts.rules.market import ChannelGiven, FeeRule, LineGiven, OrderGiven, ProductGiven
from lianjie.facts.rules.schema import Caption as C
from lianjie.facts.rules.schema import Column

CHANNELS = answers(
    ("enterprise_contract", "企业订单", "contract with an enterprise", "企業訂單"),
    ("wholesale", "批发", "wholesale", "批發"),
    ("livestream", "直播带货", "livestream", "直播帶貨"),
    ("group_buy", "团购", "group buy", "團購"),
    ("platform_shop", "平台店铺", "shop on a platform", "平臺店鋪"),
    ("pairing_purchase", "帮扶采购", "bought by a partner unit", "幫扶採購"),
    ("walk_in", "产地零售", "at the gate", "產地零售"),
)
FEES = answers(
    ("none", "无", "no fee", "無"),
    ("gross", "按订购金额", "on what was ordered", "按訂購金額"),
    ("net", "按退款后金额", "on what is left after giving back", "按退款後金額"),
)
PLACES = answers(
    ("store", "仓库", "store", "倉庫"),
    ("cold_room", "冷库", "cold room", "冷庫"),
    ("outlet", "代销点", "outlet that sells for us", "代銷點"),
)
PARTS = answers(
    ("lot", "按批次", "the lots it was taken from"),
    ("pool", "按当季汇集", "everything pooled in the season", "按當季匯集"),
    ("average", "批次数量、当季均价", "its lots, at the season's average price", "批次數量、當季均價"),
)
BEARERS = answers(
    ("organisation", "本组织", "the organisation", "本組織"),
    ("growers", "种植户按份", "the growers, by their parts", "種植戶按份"),
)
PACK, CONSIGNED = {"pack": "pack", "箱": "pack", "包": "pack", "盒": "pack"}, ("代销", "代銷", "consigned")
LOOSE = {"kg": "kg", "公斤": "kg", "piece": "piece", "件": "piece", "个": "piece", "個": "piece"}
MILLIONTHS = 10_000
"""Millionths of a percent."""
COUNTY = N_("The official code of the county, when it is known.")


class LineUnreadable(Refusal):
    what = N_("“{line}” is not a product of an order with how much and for how many yuan.")
    fix = N_("Write the product, a number, the unit and the yuan with bars between: “PG5 | 2 | 箱 | 79.80”.")


PRODUCTS = sheet(
    "products",
    C("产品", "Products", "產品"),
    N_("What is sold: by the pack with its content, or loose when the content is empty."),
    (
        number("code", "产品代码", "Code of the product", "產品代碼", example="PG5"),
        day("day", "起始日期", "Since", "起始日期"),
        text("name", "名称", "Name", "名稱", required=True, longest=80),
        text("good", "品种", "Good", "品種", required=True, example="苹果"),
        Column("quantity", C("每箱（包）含量", "A pack holds"), "number", "", "2.5", least=0),
        Column("unit", C("单位", "Unit", "單位"), "unit", "", "公斤", True, choices=UNITS),
        text("grade", "等级", "Grade", "等級", longest=20),
        text("specification", "规格", "Specification", "規格", longest=120),
        text("certificate", "认证", "Certificate", "認證", longest=120),
        day("certificate_until", "认证有效期至", "Certificate valid until", "認證有效期至", required=False),
        party("producer", "生产者代码", "Producer", "生產者代碼", required=False),
        text("origin", "产地县代码", "County of origin", "產地縣代碼", longest=12, help=COUNTY),
        choice("attribution", PARTS, "货款归属", "Whose the money is", "貨款歸屬"), EVIDENCE,
    ),
    ("code",),
)  # fmt: skip
MADE = (
    "day", "name", "good", "unit", "grade", "specification", "certificate", "certificate_until",
    "attribution", "evidence",
)  # fmt: skip


def _products(organisation_id: int) -> Iterator[Values]:
    for row in standing(Product, organisation_id, "producer", "origin"):
        yield fields(row, *MADE, code=base(row.key), quantity=row.content,
                     producer=row.producer.code if row.producer else "",
                     origin=row.origin.code if row.origin else "")  # fmt: skip


def _product(rows: Sequence[Values], desk: Desk) -> object:
    def given(v: Values, place: str) -> ProductGiven:
        said = {name: v[name] for name in (*MADE, "code", "producer", "origin")}
        return ProductGiven(**said, content=int(v["quantity"]), place=place)

    return market.add_products(gathered(rows, desk, given), desk.books)


SHOPS = sheet(
    "sales_channels",
    C("销售渠道", "Sales channels", "銷售渠道"),
    N_("Through whom goods are sold, who pays, and what it costs."),
    (
        number("code", "渠道代码", "Code of the channel", "渠道代碼", example="ZB"),
        day("day", "起始日期", "Since", "起始日期"),
        choice("kind", CHANNELS, "类型", "Kind", "類型"),
        text("name", "名称", "Name", "名稱", required=True, longest=80),
        text("platform", "平台", "Platform", "平臺", longest=80),
        party("payer", "付款方代码", "Payer", "付款方代碼", required=False),
        choice("fee_basis", FEES, "服务费计算", "Fee", "服務費計算"),
        decimal("fee", "服务费率（%）", "Fee (%)", "服務費率（%）"),
        money("fee_fixed_fen", "每单服务费（元）", "Fee an order (yuan)", "每單服務費（元）"), EVIDENCE,
    ),
    ("code",),
)  # fmt: skip


def _shops(organisation_id: int) -> Iterator[Values]:
    for row in standing(SalesChannel, organisation_id, "payer"):
        yield fields(row, "day", "kind", "name", "platform", "fee_basis", "fee_fixed_fen", "evidence",
                     code=base(row.key), payer=row.payer.code if row.payer else "",
                     fee=plain(row.fee_millionths, MILLIONTHS))  # fmt: skip


def _shop(rows: Sequence[Values], desk: Desk) -> object:
    def given(v: Values, place: str) -> ChannelGiven:
        fee = FeeRule(v["fee_basis"], scaled(v["fee"], MILLIONTHS, 4), v["fee_fixed_fen"])
        said = {name: v[name] for name in ("code", "day", "kind", "name", "platform", "payer", "evidence")}
        return ChannelGiven(**said, fee=fee, place=place)

    return market.add_channels(gathered(rows, desk, given), desk.books)


STORES = sheet(
    "stock_places",
    C("存放地点", "Places of stock", "存放地點"),
    N_("Stores, cold rooms and outlets."),
    (
        number("code", "地点代码", "Code of the place", "地點代碼", example="LK1"),
        text("name", "名称", "Name", "名稱", required=True, longest=80),
        choice("kind", PLACES, "类型", "Kind", "類型"), day("day", "起始日期", "Since", "起始日期"),
    ),
    ("code",),
)  # fmt: skip


def _stores(organisation_id: int) -> Iterator[Values]:
    for row in standing(StockPlace, organisation_id):
        yield fields(row, "name", "kind", "day", code=base(row.key))


def _store(v: Values, desk: Desk) -> object:
    return market_goods.add_place(v["code"], name=v["name"], kind=v["kind"], day=v["day"], books=desk.books)


SALES = sheet(
    "sales_orders",
    C("销售订单", "Sales orders", "銷售訂單"),
    N_("Orders of buyers, one row each. A platform's orders come as order files, and are not on this sheet."),
    (
        number("channel", "渠道代码", "Channel", "渠道代碼", example="PF"),
        Column("number", C("订单号", "Order number", "訂單號"), "code", "", "XS001", True, longest=60),
        day("day", "下单日期", "Ordered on", "下單日期"),
        text("lines", "商品明细", "Products", "商品明細", required=True, longest=2000,
             help=N_("Product | number | unit | yuan; semicolons between products. “箱” stands for a pack."),
             example="PG5 | 2 | 箱 | 79.80；PG | 12.5 | 公斤 | 66"),
        party("buyer", "买方代码", "Buyer", "買方代碼", required=False),
        text("buyer_name", "买方名称", "Buyer's name", "買方名稱", longest=80),
        text("ship_to", "送达地代码", "Area it goes to", "送達地代碼", longest=12),
        number("contract", "收购订单号", "Called under order", "收購訂單號", required=False),
        day("sent_day", "交货日期", "Handed over on", "交貨日期", required=False,
            help=N_("Only when it was handed over already; empty when a shipment of ours takes it.")),
        choice("refunds_borne_by", BEARERS, "退款由谁承担", "Refunds are borne by", "退款由誰承擔",
               required=False),
        EVIDENCE,
    ),
    ("channel", "number"),
)  # fmt: skip
SOLD = ("day", "buyer_name", "sent_day", "evidence")


def _sales(organisation_id: int) -> Iterator[Values]:
    rows = (
        SalesOrder.objects.current()
        .filter(organisation_id=organisation_id, paid_at=None, pairing=None, claims=None)
        .select_related("channel", "buyer", "ship_to", "contract")
        .prefetch_related(
            Prefetch("lines", SalesOrderLine.objects.current().select_related("product").order_by("pk"))
        )
    )
    for row in rows.order_by("day", "pk").iterator(chunk_size=500):
        bearer = row.refunds_borne_by
        yield fields(row, *SOLD, "number", channel=base(row.channel.key), lines=_written(row.lines.all()),
                     buyer=row.buyer.code if row.buyer else "",
                     ship_to=row.ship_to.code if row.ship_to else "",
                     contract=base(row.contract.key) if row.contract else "",
                     refunds_borne_by="" if bearer == "organisation" else bearer)  # fmt: skip


def _written(lines: Sequence[SalesOrderLine]) -> str:
    told = []
    for line in lines:
        small = 1_000 if line.product.unit == "kg" else 10_000
        how_much = (str(line.packs), "箱") if line.packs else (
            plain(line.quantity, small), "公斤" if line.product.unit == "kg" else "件"
        )  # fmt: skip
        parts = [base(line.product.key), *how_much, f"{Fen(line.amount_fen).yuan:f}"]
        told.append(" | ".join(parts + [CONSIGNED[0]] * (line.owner == "consigned")))
    return "；".join(told)


def _read(said: str) -> tuple[LineGiven, ...]:
    """Lines as people write them. Refuses with LineUnreadable."""
    found = []
    for line in filter(None, (each.strip() for each in said.replace("；", ";").split(";"))):
        product, how_much, unit, yuan, owner = ([each.strip() for each in line.split("|")] + [""] * 5)[:5]
        try:
            fen = small_units(yuan, "yuan")
            packs = int(how_much) if unit in PACK else 0
            loose = 0 if unit in PACK else small_units(how_much, LOOSE[unit])
        except (Refusal, KeyError, ValueError):
            raise LineUnreadable(line=line) from None
        if not product or line.count("|") > 4 or owner not in ("", *CONSIGNED):
            raise LineUnreadable(line=line)
        found.append(LineGiven(product, fen, packs, loose, "consigned" if owner else "own"))
    return tuple(found)


def _sell(rows: Sequence[Values], desk: Desk) -> object:
    def given(v: Values, place: str) -> OrderGiven:
        said = {name: v[name] for name in (*SOLD, "channel", "number", "buyer", "ship_to", "contract")}
        bearer = v["refunds_borne_by"] or "organisation"
        return OrderGiven(**said, lines=_read(v["lines"]), refunds_borne_by=bearer, place=place)

    return market.enter_orders(gathered(rows, desk, given), desk.books)


DECLARED = sheet(
    "stock_declarations",
    C("滞销存量申报", "Stock declared", "滯銷存量申報"),
    N_("What a household or a store holds of a good on a day, and how it came to that."),
    (
        number("number", "申报号", "Number", "申報號"), day("day", "申报日期", "Held on", "申報日期"),
        text("good", "品种", "Good", "品種", required=True),
        text("grade", "等级", "Grade", "等級", longest=20),
        party("holder", "农户代码", "Household", "農戶代碼", required=False),
        text("store", "仓储点", "Store, when it is no household", "倉儲點", longest=60),
        day("since", "起算日期", "Counted since", "起算日期"),
        quantity("opening", "kg", "期初（公斤）", "At first (kg)", required=True),
        quantity("came", "kg", "收入（公斤）", "Came in (kg)"),
        quantity("went", "kg", "售出（公斤）", "Went out (kg)"),
        quantity("lost", "kg", "损耗（公斤）", "Lost (kg)", "損耗（公斤）"), EVIDENCE,
    ),
)  # fmt: skip


def _declared(organisation_id: int) -> Iterator[Values]:
    for row in standing(StockDeclaration, organisation_id, "holder"):
        yield fields(row, "day", "good", "grade", "store", "evidence", number=base(row.key),
                     holder=row.holder.code if row.holder else "", since=row.since_day,
                     opening=row.opening_grams, came=row.came_grams, went=row.went_grams,
                     lost=row.lost_grams)  # fmt: skip


def _declare(rows: Sequence[Values], desk: Desk) -> object:
    given = gathered(rows, desk, lambda v, place: glut.Declaring(**v, place=place))
    return glut.declare_all(given, desk.books)


FAMILY = Family(
    "market",
    N_("Products, channels, orders and stock for sale"),
    (
        Register(PRODUCTS, Product, _products, _product),
        Register(SHOPS, SalesChannel, _shops, _shop),
        Register(STORES, StockPlace, _stores, singly(_store)),
        Register(SALES, SalesOrder, _sales, _sell),
        Register(DECLARED, StockDeclaration, _declared, _declare),
    ),
)
