"""Order files as four kinds of platform would export them, made from one small world of orders.

A `Sold` is what really happened; each export writes how one platform would tell it at some moment. Everything
is invented. Shares no code with the product.
"""

import csv
import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

import xlsxwriter

NAMES = ("刘桂兰", "陈阿强", "周小满", "吴大妈")
GOODS = {"PG5": ("云岭糖心苹果", "5斤装"), "MY10": ("麻芋（魔芋）", "10斤装"), "JD30": ("散养土鸡蛋", "30枚")}


@dataclass(frozen=True)
class Item:
    product: str
    packs: int
    fen: int
    back_fen: int = 0


@dataclass(frozen=True)
class Sold:
    """One order: when it was paid, sent, given back; None when it was not."""

    number: str
    items: tuple[Item, ...]
    paid: datetime | None
    sent: datetime | None = None
    back: datetime | None = None
    kind: str = ""

    @property
    def fen(self) -> int:
        return sum(each.fen for each in self.items)


def yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def at(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S") if moment else ""


def told(order: Sold, until: datetime) -> Sold:
    """The order as it stood at a moment."""
    paid = order.paid if order.paid and order.paid <= until else None
    sent = order.sent if order.sent and order.sent <= until else None
    back = order.back if order.back and order.back <= until else None
    items = order.items if back else tuple(Item(i.product, i.packs, i.fen) for i in order.items)
    return Sold(order.number, items, paid, sent, back, order.kind if back else "")


SHOP = [
    "主订单编号",
    "子订单编号",
    "选购商品",
    "商品规格",
    "商品数量",
    "商家编码",
    "商品金额",
    "订单应付金额",
    "订单状态",
    "支付完成时间",
    "发货时间",
    "售后状态",
    "退款金额",
    "售后完成时间",
    "收件人",
    "收件人手机号",
    "详细地址",
]


def short_video_shop(orders: list[Sold]) -> tuple[list[str], list[list[str]]]:
    rows = []
    for order in orders:
        state = "待支付" if not order.paid else "已完成" if order.sent else "备货中"
        if order.back and not order.sent:
            state = "已关闭"
        for number, item in enumerate(order.items, 1):
            title, spec = GOODS[item.product]
            after = "-"
            if item.back_fen:
                after = "退货退款成功" if order.kind == "return" else "退款成功"
            rows.append(
                [
                    order.number,
                    f"{order.number}-{number}",
                    title,
                    spec,
                    str(item.packs),
                    item.product,
                    yuan(item.fen),
                    yuan(order.fen),
                    state,
                    at(order.paid),
                    at(order.sent),
                    after,
                    yuan(item.back_fen),
                    at(order.back if item.back_fen else None),
                    NAMES[number % 4],
                    "13900000000",
                    "某市某路1号",
                ]
            )
    return SHOP, rows


GROUP = [
    "订单号",
    "订单状态",
    "商品",
    "商品规格",
    "商家编码-规格维度",
    "商家实收金额(元)",
    "商品数量(件)",
    "支付时间",
    "发货时间",
    "售后状态",
    "退款金额(元)",
    "退款时间",
    "收货人",
    "手机",
    "收货地址",
]


def group_buy_platform(orders: list[Sold]) -> tuple[list[str], list[list[str]]]:
    rows = []
    for order in orders:
        (item,) = order.items
        title, spec = GOODS[item.product]
        state = "待付款" if not order.paid else "已签收" if order.sent else "待发货"
        if order.back and not order.sent:
            state = "未发货，退款成功"
        elif order.back and item.back_fen == item.fen:
            state = "已发货，退款成功"
        after = "退款成功" if item.back_fen else "无售后或售后取消"
        rows.append(
            [
                order.number,
                state,
                title,
                spec,
                item.product,
                yuan(order.fen),
                str(item.packs),
                at(order.paid),
                at(order.sent),
                after,
                yuan(item.back_fen),
                at(order.back),
                "李某",
                "13800000000",
                "某县某镇",
            ]
        )
    return GROUP, rows


MARKET = [
    "订单编号",
    "商品清单",
    "宝贝总数量",
    "买家实际支付金额",
    "订单状态",
    "订单付款时间",
    "发货时间",
    "退款状态",
    "退款金额",
    "退款时间",
    "收货人姓名",
    "收货地址",
    "联系手机",
]


def marketplace(orders: list[Sold]) -> tuple[list[str], list[list[str]]]:
    rows = []
    for order in orders:
        listed = "；".join(" ".join(GOODS[i.product]) + f" × {i.packs}" for i in order.items)
        back = sum(i.back_fen for i in order.items)
        state = "等待买家付款" if not order.paid else "交易成功" if order.sent else "买家已付款，等待卖家发货"
        if order.back and not order.sent:
            state = "交易关闭"
        rows.append(
            [
                f'="{order.number}"',
                listed,
                str(sum(i.packs for i in order.items)),
                yuan(order.fen),
                state,
                at(order.paid),
                at(order.sent),
                "退款成功" if back else "没有申请退款",
                yuan(back),
                at(order.back),
                "赵某",
                "某省某市",
                "'13700000000",
            ]
        )
    return MARKET, rows


MINI = [
    "订单号",
    "商品名称",
    "SKU属性",
    "商品编码(自定义)",
    "商品数量",
    "商品实付金额",
    "订单状态",
    "支付时间",
    "发货时间",
    "售后类型",
    "商品已退款金额",
    "退款完成时间",
    "收件人姓名",
    "收件人手机",
    "收件人地址",
]


def mini_shop(orders: list[Sold]) -> tuple[list[str], list[list[str]]]:
    rows = []
    for order in orders:
        state = "待付款" if not order.paid else "待收货" if order.sent else "待发货"
        if order.back and not order.sent:
            state = "已取消"
        for item in order.items:
            title, spec = GOODS[item.product]
            after = ("退货退款" if order.kind == "return" else "仅退款") if item.back_fen else "/"
            rows.append(
                [
                    order.number,
                    title,
                    spec,
                    item.product,
                    str(item.packs),
                    yuan(item.fen),
                    state,
                    at(order.paid),
                    at(order.sent),
                    after,
                    yuan(item.back_fen) if item.back_fen else "/",
                    at(order.back if item.back_fen else None),
                    "钱某",
                    "13600000000",
                    "某区某街",
                ]
            )
    return MINI, rows


EXPORTS = {
    "short_video_shop": short_video_shop,
    "group_buy_platform": group_buy_platform,
    "marketplace": marketplace,
    "mini_shop": mini_shop,
}
ENDINGS = {
    "short_video_shop": "xlsx",
    "group_buy_platform": "utf-8-sig",
    "marketplace": "gb18030",
    "mini_shop": "xlsx",
}


def written(captions: list[str], rows: list[list[str]], ending: str) -> bytes:
    """The file: "xlsx", or the encoding of a CSV."""
    if ending != "xlsx":
        text = io.StringIO()
        csv.writer(text, lineterminator="\r\n").writerows([captions, *rows])
        return text.getvalue().encode(ending)
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet("订单")
    for line, row in enumerate([captions, *rows]):
        sheet.write_row(line, 0, row)
    book.close()
    return file.getvalue()


def exported(layout: str, orders: list[Sold], until: datetime | None = None) -> bytes:
    """What a platform of this kind exports of these orders, at a moment."""
    seen = orders if until is None else [told(each, until) for each in orders]
    return written(*EXPORTS[layout](seen), ENDINGS[layout])


def world(
    seed: int, count: int, *, items: int = 3, start: datetime = datetime(2026, 6, 18, 19)
) -> list[Sold]:
    """Invented orders of some days: most sent, some given back in part or whole, some never paid."""
    random, made = Random(seed), []
    for number in range(count):
        paid = start + timedelta(minutes=random.randrange(60 * 24 * 3))
        things = []
        for product in random.sample(sorted(GOODS), random.randint(1, items)):
            packs = random.randint(1, 3)
            things.append(Item(product, packs, packs * random.randrange(1500, 9900)))
        sent = paid + timedelta(hours=random.randrange(1, 60)) if random.random() < 0.85 else None
        back, kind, fate = None, "", random.random()
        if sent and fate < 0.2:
            back = sent + timedelta(days=random.randrange(1, 10))
            kind = "return" if fate < 0.1 else "refund"
            first = things[0]
            part = first.fen if kind == "return" else random.randrange(100, first.fen)
            things[0] = Item(first.product, first.packs, first.fen, part)
        elif not sent and fate < 0.3:
            back, kind = paid + timedelta(hours=2), "cancelled"
            things = [Item(i.product, i.packs, i.fen, i.fen) for i in things]
        never = fate > 0.96
        made.append(
            Sold(
                f"69{seed:03d}{number:012d}",
                tuple(things),
                None if never else paid,
                None if never else sent,
                None if never else back,
                "" if never else kind,
            )
        )
    return made
