"""A co-op with four shops on four kinds of platform, and a door for their files."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import uuid4

from django.conf import settings

from lianjie.facts.actions import job_run, market, order_file
from lianjie.facts.actions.enter import SourceGiven
from lianjie.facts.actions.job_run import Worker
from lianjie.facts.actions.stock import Books
from lianjie.facts.models import JobRun, Organisation, Party
from lianjie.facts.queries import order_file as queries
from lianjie.facts.rules.market import ChannelGiven, ProductGiven
from lianjie.facts.rules.order_file import FileMapping, begun
from lianjie.facts.workbook import order_table
from lianjie.ledger.actions.posting import post
from lianjie.project.worker import HANDLERS
from tests.facts.order_files import made

AT = datetime(2026, 11, 1, 8, tzinfo=UTC)
DAY = date(2026, 1, 1)
CHANNELS = {
    "SHOP": "short_video_shop",
    "PIN": "group_buy_platform",
    "MALL": "marketplace",
    "MINI": "mini_shop",
}
TITLES = {f"{title} {spec}": code for code, (title, spec) in made.GOODS.items()}


@dataclass
class Shop:
    """The co-op, and what it brings in."""

    coop: Party
    books: Books

    def mapping(self, channel: str, table: order_table.OrderTable) -> FileMapping:
        layout = next(each for each in queries.layouts() if each.code == CHANNELS[channel])
        first = begun(layout, table.captions)
        return FileMapping(**(vars(first) | {"goods": TITLES}))

    def ask(self, channel: str, data: bytes, name: str = "orders", mapping: FileMapping | None = None) -> int:
        table = order_table.read(data, name)
        folder = settings.DATA / "waiting"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{uuid4().hex}.parquet"
        table.keep(path)
        payload = {
            "file": str(path.relative_to(settings.DATA)),
            "channel": channel,
            "name": name,
            "sha256": order_file.digest_of(data),
            "mapping": vars(mapping or self.mapping(channel, table)),
        }
        return job_run.enqueue(
            "order_import", path.stem, payload, organisation_id=self.coop.pk, at=AT, by=None
        )

    def bring(self, channel: str, data: bytes, name: str = "orders") -> JobRun:
        """Ask and do it; returns the job as it ended."""
        pk = self.ask(channel, data, name)
        Worker(HANDLERS).work_one()
        return JobRun.objects.get(pk=pk)

    def bring_sold(self, channel: str, orders: list[made.Sold], until: datetime | None = None) -> JobRun:
        done = self.bring(channel, made.exported(CHANNELS[channel], orders, until))
        assert done.state == "done", done.refusals
        return done


def build() -> Shop:
    from tests.ledger import coop

    home = coop.make(balances=False)
    payer = Party.objects.create(
        code="PLAT", kind="organisation", name="云上平台（示例）", area=home.area, invented=True
    )
    Organisation.objects.create(party=payer, kind="enterprise")
    books = Books(home.pk, SourceGiven("page", "shops"), AT, None, post)
    for code, (title, _spec) in made.GOODS.items():
        unit, content = ("piece", 30 * 10_000) if code == "JD30" else ("kg", int(code[2:]) * 500)
        market.add_product(ProductGiven(code, DAY, title, title, unit=unit, content=content), books)
    kinds = {"SHOP": "livestream", "PIN": "group_buy", "MALL": "platform_shop", "MINI": "platform_shop"}
    for code, kind in kinds.items():
        market.add_channel(ChannelGiven(code, DAY, kind, code, code, "PLAT"), books)
    return Shop(home, books)


def totals(shop: Shop) -> dict[str, int]:
    """What the tables hold, read past the product's own queries."""
    from django.db import connection

    def one(statement: str) -> int:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return int(cursor.fetchone()[0] or 0)

    alive = "x.withdrawn = {no} AND NOT EXISTS (SELECT 1 FROM {table} y WHERE y.corrects_id = x.id)"
    no = "false" if connection.vendor == "postgresql" else "0"

    def of(what: str, table: str, more: str = "") -> int:
        return one(f"SELECT {what} FROM {table} x WHERE {alive.format(no=no, table=table)} {more}")

    ledger = "SELECT SUM(amount_fen) FROM ledger_posting p JOIN ledger_entry e ON e.id = p.entry_id WHERE "
    yes = "true" if connection.vendor == "postgresql" else "1"
    return {
        "orders": of("COUNT(*)", "facts_salesorder"),
        "gross": of("SUM(amount_fen)", "facts_salesorder"),
        "lines": of("COUNT(*)", "facts_salesorderline"),
        "line_fen": of("SUM(amount_fen)", "facts_salesorderline"),
        "quantity": of("SUM(quantity)", "facts_salesorderline"),
        "sent_fen": of("SUM(amount_fen)", "facts_salesorder", "AND x.sent_day IS NOT NULL"),
        "back": of("SUM(amount_fen)", "facts_orderrefund"),
        "cancelled": of("SUM(amount_fen)", "facts_orderrefund", "AND x.kind = 'cancelled'"),
        "income": -one(f"{ledger} p.account = '501' AND e.posted = {yes}"),
        "owed": one(f"{ledger} p.account = '113' AND e.posted = {yes}"),
    }


def expected(orders: list[made.Sold]) -> dict[str, int]:
    """The same figures from what really happened, in plain Python."""
    paid = [each for each in orders if each.paid]
    sent = [each for each in paid if each.sent]
    items = [item for each in paid for item in each.items]
    packs = {"PG5": 2_500, "MY10": 5_000, "JD30": 300_000}
    cancelled = sum(each.fen for each in paid if each.back and not each.sent)
    back = sum(item.back_fen for each in sent for item in each.items)
    gross = sum(each.fen for each in paid)
    sent_fen = sum(each.fen for each in sent)
    return {
        "orders": len(paid),
        "gross": gross,
        "lines": len(items),
        "line_fen": gross,
        "quantity": sum(item.packs * packs[item.product] for item in items),
        "sent_fen": sent_fen,
        "back": back + cancelled,
        "cancelled": cancelled,
        "income": sent_fen - back,
        "owed": sent_fen - back,
    }
