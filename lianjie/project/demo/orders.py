"""A shop of seven counties: a livestream day, apples cleared by group buying, a platform's statement.

Small copies of M2 and M3. The orders come in as the files platforms export, through the same door as
anybody's; a test counts them again from those files. Everything is invented.
"""

import csv
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from io import StringIO
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from lianjie.facts.actions import channel_settlement, group_buy, job_run, livestream, market, order_file
from lianjie.facts.actions.channel_settlement import StatementGiven
from lianjie.facts.actions.enter import SourceGiven, enter
from lianjie.facts.actions.group_buy import RoundGiven
from lianjie.facts.actions.job_run import Worker
from lianjie.facts.actions.livestream import EventGiven
from lianjie.facts.actions.stock import Books
from lianjie.facts.queries import group_buy as rounds
from lianjie.facts.queries import order_file as queries
from lianjie.facts.queries import parties
from lianjie.facts.rules.book import AreaRow, Book, MemberRow, OrganisationRow, PartyRow, PostRow
from lianjie.facts.rules.market import ChannelGiven, FeeRule, ProductGiven
from lianjie.facts.rules.order_file import begun, guessed
from lianjie.facts.workbook import order_table
from lianjie.ledger.actions.posting import post
from lianjie.project.demo.people import AREAS, VILLAGES, homes
from lianjie.project.worker import HANDLERS

CODE, YEAR = "SHOP", 2026
AT = datetime(2026, 7, 20, 1, tzinfo=UTC)
SINCE = date(2026, 1, 5)
LIVE, GROUP, STALL = "ZB", "PG", "TG"
PLATFORM, GROUPS = "PTSP", "PTPG"
HERE = ZoneInfo("Asia/Shanghai")
START, UNTIL = datetime(2026, 6, 18, 9, tzinfo=HERE), datetime(2026, 6, 19, tzinfo=HERE)
COUNTIES = (
    ("539901000000", "云岭县（示例）"),
    ("539902000000", "望江县（示例）"),
    ("539903000000", "石门县（示例）"),
    ("539904000000", "青溪县（示例）"),
    ("539905000000", "白水县（示例）"),
    ("539906000000", "龙潭县（示例）"),
    ("539907000000", "松岗县（示例）"),
)
PRODUCTS = (
    # code, name, kg or pieces in a pack, yuan, county
    ("PG10", "糖心苹果10斤装", "kg", 5, 69, 0),
    ("MY10", "魔芋精粉礼盒", "kg", 1, 158, 1),
    ("TC05", "高山老白茶", "kg", 1, 298, 2),
    ("HT20", "核桃20斤装", "kg", 10, 236, 3),
    ("JG06", "土鸡六只装", "kg", 9, 388, 4),
    ("FM04", "百花蜜四瓶装", "kg", 2, 176, 5),
    ("XG08", "干香菇礼盒", "kg", 2, 208, 6),
)
"""One product of each county."""
SHOP = (
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
)
PINGO = (
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
)
SETTLED = ("订单号", "订单实付金额", "退款金额", "平台服务费", "达人佣金", "结算金额")


def add(say: Callable[[str], None]) -> None:
    """Enter the shop and everything it sold. Adding it twice changes nothing."""
    say(_("A livestream day for seven counties, and apples bought in groups …"))
    with transaction.atomic():
        enter(_book(), source=SourceGiven("demo", CODE), by=None, at=AT, post=post)
        books = _books(AT)
        _catalogue(books)
    for channel, name, data in files():
        _bring(channel, name, data)
    with transaction.atomic():
        _event(books)
        _round()
        given = StatementGiven(LIVE, "2026-06", date(2026, 7, 5), "结算单2026-06.csv", statement())
        channel_settlement.bring_statement(given, books)


def _book() -> Book:
    place, _name = VILLAGES["JB"]
    members = homes("JB", 12)
    return Book(
        OrganisationRow(
            CODE, "云岭七县电商联合社", "joint_coop", place, YEAR, founded_day=SINCE, invented=True
        ),
        areas=(*AREAS, *(AreaRow(code, name) for code, name in COUNTIES[1:])),
        parties=(
            *(home.party for home in members),
            PartyRow(PLATFORM, "短视频平台（示例）", "enterprise", place),
            PartyRow(GROUPS, "拼团平台（示例）", "enterprise", place),
        ),
        people=tuple(person for home in members for person in home.people),
        posts=(PostRow(members[0].head.code, "chair", CODE, SINCE, evidence="设立大会决议"),),
        members=tuple(MemberRow(home.code, SINCE, "signed", evidence="入社申请书") for home in members),
    )


def _books(at: datetime) -> Books:
    return Books(parties.organisation(CODE).id, SourceGiven("demo", f"{CODE} sales"), at, None, post)


def _catalogue(books: Books) -> None:
    for code, name, unit, content, _yuan, county in PRODUCTS:
        given = ProductGiven(
            code,
            SINCE,
            name,
            name,
            unit,
            content * 1_000,
            origin=COUNTIES[county][0],
            producer=CODE,
            attribution="pool",
            evidence="产品认定表（示例）",
        )
        market.add_product(given, books)
    fee = FeeRule("net", 50_000, 0)
    market.add_channel(
        ChannelGiven(LIVE, SINCE, "livestream", "七县好物直播间", "短视频平台", PLATFORM, fee), books
    )
    market.add_channel(ChannelGiven(GROUP, SINCE, "group_buy", "苹果拼团", "拼团平台", GROUPS, fee), books)
    market.add_channel(ChannelGiven(STALL, SINCE, "group_buy", "社区团长", "", ""), books)


@cache
def files() -> tuple[tuple[str, str, bytes], ...]:
    """Channel, name and content of the order files: two exports of the shop, and the group-buy platform's."""
    orders = list(_live())
    return (
        (LIVE, "直播订单导出-0620.csv", _csv(SHOP, _shop_rows(orders, datetime(2026, 6, 20, tzinfo=HERE)))),
        (LIVE, "直播订单导出-0715.csv", _csv(SHOP, _shop_rows(orders, datetime(2026, 7, 15, tzinfo=HERE)))),
        (GROUP, "拼团订单导出.csv", _csv(PINGO, _group_rows())),
    )


def _live() -> Iterator[dict]:
    """Orders of the day and some before and after it; a few given back, most of them late."""
    random = Random("seven counties")
    for number in range(1, 2_901):
        paid = START + timedelta(seconds=random.randrange(15 * 3600))
        if number % 40 == 0:
            paid += timedelta(days=random.choice((-1, 1)))
        items = []
        for product in random.sample(PRODUCTS, 2 if random.random() < 0.25 else 1):
            packs = random.choice((1, 1, 1, 2, 2, 3))
            items.append([product, packs, packs * product[4] * 100 - random.choice((0, 0, 500, 1_000)), 0])
        sent = paid + timedelta(hours=random.randrange(6, 40))
        fate = random.random()
        back, kind = None, "-"
        if fate < 0.05:
            back = sent + timedelta(days=random.randrange(2, 20))
            kind = "退货退款成功" if fate < 0.02 else "退款成功"
            items[0][3] = items[0][2] if fate < 0.02 else random.randrange(300, 2_000)
        yield {
            "number": f"6918{number:011d}",
            "paid": paid,
            "sent": sent,
            "back": back,
            "kind": kind,
            "items": items,
        }


def _shop_rows(orders: list[dict], until: datetime) -> Iterator[list[str]]:
    """What the shop's export says at a moment."""
    for order in orders:
        sent = order["sent"] if order["sent"] <= until else None
        back = order["back"] if order["back"] and order["back"] <= until else None
        total = sum(item[2] for item in order["items"])
        for place, (product, packs, fen, back_fen) in enumerate(order["items"], 1):
            given = back_fen if back else 0
            yield [
                order["number"],
                f"{order['number']}-{place}",
                product[1],
                "",
                str(packs),
                product[0],
                _yuan(fen),
                _yuan(total),
                "已完成" if sent else "备货中",
                _at(order["paid"]),
                _at(sent),
                order["kind"] if given else "-",
                _yuan(given),
                _at(back if given else None),
                "收件人（示例）",
                "13000000000",
                "示例地址",
            ]


def _group_rows() -> Iterator[list[str]]:
    """Twenty-four thousand jin of apples, ten jin a box."""
    random = Random("apples")
    for number in range(1, 1_901):
        paid = datetime(2026, 5, 6, 8, tzinfo=HERE) + timedelta(minutes=random.randrange(60 * 24 * 20))
        packs = random.choice((1, 1, 1, 2))
        fen, spoilt = packs * 4_990, random.random() < 0.02
        yield [
            f"260506-{number:06d}",
            "已签收",
            "糖心苹果10斤装",
            "",
            "PG10",
            _yuan(fen),
            str(packs),
            _at(paid),
            _at(paid + timedelta(hours=30)),
            "退款成功" if spoilt else "无售后或售后取消",
            _yuan(1_500 if spoilt else 0),
            _at(paid + timedelta(days=6)) if spoilt else "",
        ]


@cache
def statement() -> bytes:
    """What the platform settled in June: all but the last twenty orders, one with another sum, and one that
    nobody knows."""
    rows = []
    for turn, order in enumerate(list(_live())[:-20]):
        gross = sum(item[2] for item in order["items"])
        back = sum(item[3] for item in order["items"]) if order["back"] else 0
        if turn == 100:
            gross -= 1_000
        fee, commission = (gross - back) * 5 // 100, (gross - back) * 8 // 100
        rows.append(
            [
                order["number"],
                _yuan(gross),
                _yuan(back),
                _yuan(fee),
                _yuan(commission),
                _yuan(gross - back - fee - commission),
            ]
        )
    rows.append(["6918999999999", "88.00", "0.00", "4.40", "0.00", "83.60"])
    return _csv(SETTLED, rows)


def _bring(channel: str, name: str, data: bytes) -> None:
    table = order_table.read(data, name)
    mapping = begun(guessed(queries.layouts(), table.captions), table.captions)
    folder = Path(settings.DATA) / "jobs" / "files"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest = order_file.digest_of(data)
    path = folder / f"{digest}.parquet"
    order_file.without_receivers(table, mapping).keep(path)
    books = _books(AT)
    with transaction.atomic():
        order_file.settle_mapping(channel, mapping, books)
    payload = {
        "file": str(path.relative_to(settings.DATA)),
        "channel": channel,
        "name": name,
        "sha256": digest,
        "mapping": vars(mapping),
    }
    job_run.enqueue(
        "order_import",
        f"orders:demo:{channel}:{digest[:16]}",
        payload,
        organisation_id=books.organisation_id,
        at=AT,
        by=None,
        title=f"{channel} · {name}",
    )
    worker = Worker(HANDLERS)
    while worker.work_one():
        pass
    path.unlink(missing_ok=True)


def _event(books: Books) -> None:
    given = EventGiven(
        "ZB0618",
        "六一八七县好物直播",
        LIVE,
        START,
        UNTIL,
        "驻村第一书记（示例）",
        (),
        tuple(code for code, _ in COUNTIES),
        "直播排期表（示例）",
    )
    livestream.add_event(given, books)


def _round() -> None:
    """A round in the quarter: seventy boxes wanted, fifty there, shared in proportion."""
    if any(each.supply is not None for each in rounds.every(parties.organisation(CODE).id)):
        return  # closed when the demonstration was built before: it takes no orders any more
    start, until = datetime(2026, 7, 10, 8, tzinfo=HERE), datetime(2026, 7, 12, 20, tzinfo=HERE)
    given = RoundGiven(
        "TG0712", "七月苹果团购", STALL, "PG10", 5_990, start, until, "pro_rata", "社区服务站（示例）"
    )
    group_buy.open_round(given, _books(start))
    random = Random("round")
    for turn, home in enumerate(homes("SH", 24), 1):
        moment = start + timedelta(hours=2 * turn)
        packs = random.choice((1, 2, 3, 4, 5))
        group_buy.take_order("TG0712", f"TG0712-{turn:03d}", home.party.name, packs, _books(moment))
    group_buy.close_round("TG0712", 50, "", _books(until + timedelta(hours=1)))


def _csv(captions: tuple[str, ...], rows) -> bytes:
    text = StringIO()
    csv.writer(text).writerows([captions, *rows])
    return text.getvalue().encode("utf-8-sig")


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def _at(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S") if moment else ""
