"""Some orders of a file against those that stand: what becomes of each, and the writing of it in columns."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl
from django.utils.timezone import localdate

from lianjie.base.fen import Fen
from lianjie.base.words import N_
from lianjie.facts import bulk, sealing
from lianjie.facts.actions.market import NoSuchChannel
from lianjie.facts.actions.stock import Books, area_of, is_member
from lianjie.facts.actions.store import next_key
from lianjie.facts.models import (
    Fact,
    OrderReceiver,
    OrderRefund,
    SalesChannel,
    SalesOrder,
    SalesOrderLine,
)
from lianjie.facts.queries import order_file as queries
from lianjie.facts.queries.in_kind import numbered
from lianjie.facts.queries.parties import SLICE
from lianjie.facts.rules.order_file_rows import Understood
from lianjie.facts.rules.order_sales import SALES, ZONE, PostSales, SaleKind, digests

IS_SENT = N_("Sent on {day}; its sale is booked.")
IS_BACK = N_("{fen} yuan more given back.")
IS_CANCELLED = N_("All given back before it was sent: {fen} yuan.")
IS_OTHER = N_("Other items or another amount ({old} → {new} yuan); the former version stays on record.")
MOST_NOTED = 500
"""Changes of a slice that are told one by one."""
GONE = "not in the file any more"
LEFT_OTHER = N_("The file says {new} yuan, {old} yuan are booked. Nothing is changed: correct it by hand.")
LEFT_OWN = N_("It is sent by our own shipments; what the file says about it is passed over.")


@dataclass(frozen=True)
class Slice:
    """Some orders of a file, with their lines."""

    orders: pl.DataFrame
    lines: pl.DataFrame
    receivers: pl.DataFrame
    channel: str
    sheet: str

    @staticmethod
    def of(found: Understood, start: int, length: int, channel: str, sheet: str) -> "Slice":
        orders = found.orders.slice(start, length)
        names = orders.select("number")
        if orders.height == found.orders.height:
            return Slice(orders, found.lines, found.receivers, channel, sheet)
        lines = found.lines.join(names, on="number", how="semi", maintain_order="left")
        return Slice(orders, lines, found.receivers.join(names, on="number", how="semi"), channel, sheet)


@dataclass
class Written:
    """How many orders came to what, and those that changed or were left, with the reason."""

    counts: dict[str, int] = field(default_factory=dict)
    changes: list[dict[str, Any]] = field(default_factory=list)

    def note(self, row: Mapping[str, Any], outcome: str, text: str, **details: object) -> None:
        said = {name: str(value) for name, value in details.items()}
        self.changes.append(
            {"number": row["number"], "row": row["row"], "outcome": outcome, "text": text, "details": said}
        )


def compared(some: Slice, organisation_id: int) -> pl.DataFrame:
    """The orders with what stands of each and `outcome`: new, unchanged, sent, corrected or left."""
    stands = queries.standing(organisation_id, some.channel, some.orders.get_column("number").to_list())
    orders = some.orders.with_columns(
        digests(some.orders, some.lines, some.channel, pl.col("sent_day")).alias("digest")
    )
    if not stands.height:
        return orders.join(stands, on="number", how="left", maintain_order="left").with_columns(
            pl.lit("new").alias("outcome"), pl.col("digest").alias("as_old")
        )
    orders = orders.join(stands, on="number", how="left", maintain_order="left")
    as_old = digests(orders, some.lines, some.channel, pl.col("old_sent_day"))
    orders = orders.with_columns(as_old.alias("as_old"))
    same = pl.col("as_old") == pl.col("old_digest")
    outcome = pl.when(pl.col("order_id").is_null() | pl.col("withdrawn")).then(pl.lit("new"))
    outcome = outcome.when(same & pl.col("old_sent_day").is_null() & pl.col("sent_day").is_not_null()).then(
        pl.lit("sent")
    )
    outcome = outcome.when(same).then(pl.lit("unchanged"))
    outcome = outcome.when(pl.col("old_sent_day").is_null()).then(pl.lit("corrected"))
    orders = orders.with_columns(outcome.otherwise(pl.lit("left")).alias("outcome"))
    changed = orders.filter(pl.col("outcome").is_in(["sent", "corrected"])).get_column("order_id").to_list()
    own = _shipped_by_us(changed)
    if own:
        shipped = pl.col("order_id").is_in(list(own)) & pl.col("outcome").is_in(["sent", "corrected"])
        orders = orders.with_columns(
            pl.when(shipped).then(pl.lit("own")).otherwise(pl.col("outcome")).alias("outcome")
        )
    return orders


def write(some: Slice, books: Books, post_sales: PostSales) -> Written:
    """Write what is new and what went forward, inside the caller's transaction."""
    context = _Context(some, books, post_sales)
    orders = compared(some, books.organisation_id)
    done = Written(dict(orders.get_column("outcome").value_counts().iter_rows()))
    new = context.orders(orders.filter(pl.col("outcome") == "new"))
    changed = context.versions(orders.filter(pl.col("outcome").is_in(["sent", "corrected"])), done)
    entered = pl.concat([new, changed])
    lines = context.lines(entered, some.lines)
    _carry_over(changed, lines)
    context.post("sold", context.sales(entered))
    for row in orders.filter(pl.col("outcome") == "left").head(MOST_NOTED).iter_rows(named=True):
        done.note(row, "left", LEFT_OTHER, new=Fen(row["amount_fen"]), old=Fen(row["old_amount_fen"]))
    for row in orders.filter(pl.col("outcome") == "own").head(MOST_NOTED).iter_rows(named=True):
        done.note(row, "left", LEFT_OWN)
    done.counts["left"] = done.counts.get("left", 0) + done.counts.pop("own", 0)
    alive = orders.filter(pl.col("outcome").is_in(["unchanged"]))
    ids = pl.concat(
        [
            entered.select("number", "id", "key", "sent_day"),
            alive.select(
                "number", pl.col("order_id").alias("id"), "key", pl.col("old_sent_day").alias("sent_day")
            ),
        ]
    )
    _give_back(some, orders, ids, context, done)
    _keep_receivers(some, new, books)
    return done


class _Context:
    """What every row of this slice has in common."""

    def __init__(self, some: Slice, books: Books, post_sales: PostSales) -> None:
        self.post_sales = post_sales
        self.some, self.books, self.entry = some, books, books.entry
        rows = SalesChannel.objects.current().filter(organisation_id=books.organisation_id)
        channel = rows.filter(numbered(some.channel)).select_related("payer").first()
        if channel is None:
            raise NoSuchChannel(code=some.channel)
        self.channel, self.payer = channel, channel.payer
        self.home = area_of(books)
        self.at = bulk.instant(books.at)
        self._products: dict[str, int] | None = None
        self._members: dict[date, bool] = {}

    def fact(self, frame: pl.DataFrame, **columns: pl.Expr) -> pl.DataFrame:
        """The columns every fact has, and some more."""
        common = {
            "organisation_id": pl.lit(self.books.organisation_id),
            "area_id": pl.lit(self.home),
            "source_id": pl.lit(self.entry.source_id),
            "place": pl.lit(f"{self.some.sheet}!A"[:60]) + pl.col("row").cast(pl.String),
            "evidence": pl.lit(""),
            "withdrawn": pl.lit(0),
            "reason": pl.lit(""),
            "recorded_at": pl.lit(self.at),
            "recorded_by_id": pl.lit(self.books.by, dtype=pl.Int64),
        }
        return frame.select(**(common | columns))

    def orders(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Write new orders; the frame with `id`, `key` and no former version."""
        fresh = f"{self.some.channel}:" + pl.col("number")
        keyed = frame.with_columns(pl.col("order_id").alias("corrects_id"), pl.col("key").alias("old_key"))
        key = pl.col("old_key").map_elements(next_key, return_dtype=pl.String, skip_nulls=True)
        return self._store(keyed.with_columns(pl.coalesce(key, fresh).alias("key")))

    def versions(self, frame: pl.DataFrame, done: Written) -> pl.DataFrame:
        """Write the next version of orders that were sent or changed since."""
        for row in frame.head(MOST_NOTED).iter_rows(named=True):
            if row["outcome"] == "sent":
                done.note(row, "sent", IS_SENT, day=row["sent_day"])
            else:
                old, new = Fen(row["old_amount_fen"]), Fen(row["amount_fen"])
                done.note(row, "corrected", IS_OTHER, old=old, new=new)
        return self.orders(frame)

    def _store(self, frame: pl.DataFrame) -> pl.DataFrame:
        # What is booked together has ids next to each other.
        frame = frame.sort("sent_day", maintain_order=True)
        frame = frame.with_columns(bulk.reserve(SalesOrder._meta.db_table, frame.height).alias("id"))
        if frame.height:
            paid = bulk.instants(frame.get_column("paid_at"), ZONE)
            rows = self.fact(
                frame,
                id=pl.col("id"),
                key=pl.col("key"),
                day=pl.col("day").dt.strftime("%Y-%m-%d"),
                corrects_id=pl.col("corrects_id"),
                channel_id=pl.lit(self.channel.pk),
                number=pl.col("number"),
                paid_at=pl.lit(paid),
                sent_day=pl.col("sent_day").dt.strftime("%Y-%m-%d"),
                buyer_name=pl.lit(""),
                refunds_borne_by=pl.lit("organisation"),
                amount_fen=pl.col("amount_fen"),
                digest=pl.col("digest"),
            )
            bulk.load(SalesOrder._meta.db_table, rows)
        return frame

    def lines(self, orders: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
        """Write the lines of orders just written; the frame with `id`, `order_id` and `old_id`."""
        of = orders.select("number", "day", pl.col("key").alias("order_key"), "id", "corrects_id", "outcome")
        frame = lines.join(of.rename({"id": "order_id"}), on="number", how="inner", maintain_order="left")
        before = orders.filter(pl.col("outcome") != "new").get_column("corrects_id").to_list()
        old = queries.line_ids(before).select(
            "place", pl.col("order_id").alias("corrects_id"), pl.col("line_id").alias("old_id")
        )
        frame = frame.join(old, on=["corrects_id", "place"], how="left", maintain_order="left")
        frame = frame.with_columns(bulk.reserve(SalesOrderLine._meta.db_table, frame.height).alias("id"))
        product = pl.col("product").replace_strict(self.products, return_dtype=pl.Int64)
        rows = self.fact(
            frame,
            id=pl.col("id"),
            key=pl.col("order_key") + "/" + pl.col("place").cast(pl.String),
            day=pl.col("day").dt.strftime("%Y-%m-%d"),
            corrects_id=pl.col("old_id"),
            order_id=pl.col("order_id"),
            product_id=product,
            packs=pl.col("packs"),
            quantity=pl.col("quantity"),
            amount_fen=pl.col("amount_fen"),
            owner=pl.lit("own"),
        )
        bulk.load(SalesOrderLine._meta.db_table, rows)
        return frame

    @property
    def products(self) -> dict[str, int]:
        if self._products is None:
            self._products = queries.product_ids(self.books.organisation_id)
        return self._products

    def post(self, kind: SaleKind, sales: pl.DataFrame) -> None:
        """Have the ledger book SALES, given without what all of them have in common."""
        days = {day: self.member(day) for day in sales.get_column("day").unique().to_list()}
        member = pl.col("day").replace_strict(
            list(days) or [date.min], list(days.values()) or [False], return_dtype=pl.Boolean
        )
        common = {
            "channel": pl.lit(self.some.channel),
            "party": pl.lit(self.payer.code if self.payer else ""),
            "member": member,
        }
        books = self.books
        self.post_sales(
            kind,
            sales.with_columns(**common).select(SALES.keys()),
            organisation_id=books.organisation_id,
            at=books.at,
            by=books.by,
        )

    def sales(self, orders: pl.DataFrame) -> pl.DataFrame:
        """What is booked of orders that were sent."""
        return orders.filter(pl.col("sent_day").is_not_null() & (pl.col("amount_fen") > 0)).select(
            (pl.lit("salesorder:") + pl.col("key")).alias("reference"),
            pl.col("id").alias("order_id"),
            pl.col("sent_day").alias("day"),
            pl.col("amount_fen").alias("fen"),
        )

    def member(self, day: date) -> bool:
        """Whether the platform is a member of ours on a day: where its debt stands."""
        if day not in self._members:
            self._members[day] = bool(self.payer and is_member(self.books, self.payer, day))
        return self._members[day]


def _give_back(
    some: Slice, orders: pl.DataFrame, ids: pl.DataFrame, context: _Context, done: Written
) -> None:
    """Enter what was given back beyond what stands. The file's sums only ever grow."""
    wanted = _wanted(some, ids)
    known = queries.given_back(wanted.get_column("order_id").unique().to_list())
    if not wanted.height:
        return
    wanted = wanted.join(known, on=["order_id", "place"], how="left").with_columns(
        pl.col("back_fen").fill_null(0)
    )
    sums = known.group_by("order_id").agg(pl.col("back_fen").sum().alias("all_back"))
    wanted = wanted.join(sums, on="order_id", how="left").with_columns(pl.col("all_back").fill_null(0))
    more = pl.col("fen") - pl.max_horizontal(
        "back_fen", pl.col("all_back") - pl.col("fen_of_order") + pl.col("fen")
    )
    fresh = wanted.with_columns(more.alias("more")).filter(pl.col("more") > 0)
    if not fresh.height:
        return
    lines = queries.line_ids(fresh.get_column("order_id").unique().to_list())
    fresh = fresh.join(lines, on=["order_id", "place"], how="left").sort("row", "place")
    today = localdate(context.books.at)
    day = pl.max_horizontal(pl.col("refunded_day").fill_null(today), pl.col("order_day"))
    fresh = fresh.with_columns(
        day.alias("day"), bulk.reserve(OrderRefund._meta.db_table, fresh.height).alias("id")
    )
    whole = (pl.col("kind").is_in(["return", "spoilage", "cancelled"])) & (
        pl.col("fen") == pl.col("line_fen")
    )
    key = pl.concat_str(pl.lit(f"{some.channel}:"), "number", pl.lit("/R"), "place", pl.lit("."), "fen")
    fresh = fresh.with_columns(key.alias("key"))
    rows = context.fact(
        fresh,
        id=pl.col("id"),
        key=pl.col("key"),
        day=pl.col("day").dt.strftime("%Y-%m-%d"),
        order_id=pl.col("order_id"),
        line_id=pl.col("line_id"),
        kind=pl.col("kind"),
        quantity=pl.when(whole).then(pl.col("quantity")).otherwise(0),
        amount_fen=pl.col("more"),
        why=pl.lit(""),
    )
    bulk.load(OrderRefund._meta.db_table, rows)
    for row in fresh.head(MOST_NOTED).iter_rows(named=True):
        text = IS_CANCELLED if row["kind"] == "cancelled" else IS_BACK
        done.note(row, "given_back", text, fen=Fen(row["more"]))
    booked = fresh.filter(pl.col("kind") != "cancelled").select(
        (pl.lit("orderrefund:") + pl.col("key")).alias("reference"),
        "order_id",
        "day",
        pl.col("more").alias("fen"),
    )
    context.post("given_back", booked)
    done.counts["given_back"] = fresh.get_column("order_id").n_unique()


def _wanted(some: Slice, ids: pl.DataFrame) -> pl.DataFrame:
    """What the file says was given back: of a line, of an order as a whole (place 0), or all unsent."""
    of = some.orders.select(
        "number",
        "back",
        pl.col("day").alias("order_day"),
        pl.col("refund_fen").alias("of_order"),
        pl.col("refund_kind").alias("order_kind"),
        pl.col("refunded_day").alias("order_refunded"),
        "amount_fen",
    ).join(ids.select("number", pl.col("id").alias("order_id"), "sent_day"), on="number", how="inner")
    lines = some.lines.join(of.drop("amount_fen"), on="number", how="inner")
    sent, whole = pl.col("sent_day").is_not_null(), pl.col("back") == "whole"
    by_line = lines.filter((sent & (pl.col("refund_fen") > 0)) | (whole & ~sent)).select(
        "number",
        "row",
        "order_id",
        "place",
        "order_day",
        pl.when(whole).then(pl.lit("cancelled")).otherwise(pl.col("refund_kind")).alias("kind"),
        pl.when(whole).then(pl.col("amount_fen")).otherwise(pl.col("refund_fen")).alias("fen"),
        pl.col("amount_fen").alias("line_fen"),
        pl.coalesce("refunded_day", "order_refunded").alias("refunded_day"),
    )
    rows = some.orders.select("number", "row")
    by_order = (
        of.filter(sent & (pl.col("of_order") > 0))
        .join(rows, on="number")
        .select(
            "number",
            "row",
            "order_id",
            pl.lit(0, pl.Int64).alias("place"),
            "order_day",
            pl.when(pl.col("order_kind").is_in(["", "none"]))
            .then(pl.lit("refund"))
            .otherwise(pl.col("order_kind"))
            .alias("kind"),
            pl.col("of_order").alias("fen"),
            pl.col("amount_fen").alias("line_fen"),
            pl.col("order_refunded").alias("refunded_day"),
        )
    )
    both = pl.concat([by_line, by_order])
    return both.filter(pl.col("fen") > 0).with_columns(
        pl.col("fen").sum().over("order_id").alias("fen_of_order")
    )


def _carry_over(changed: pl.DataFrame, lines: pl.DataFrame) -> None:
    """What hangs on the former version of an order hangs on the new one: claims, payments, cancellations.

    Each is corrected by a twin that points at the new row; nothing of it was booked, so nothing is again.
    """
    moved = dict(changed.select("corrects_id", "id").iter_rows())
    if not moved:
        return
    of_line = dict(lines.filter(pl.col("old_id").is_not_null()).select("old_id", "id").iter_rows())
    for some in _slices(list(moved)):
        gone = SalesOrderLine.objects.current().filter(order_id__in=some).exclude(pk__in=list(of_line))
        twins = [_twin(row, withdrawn=True, reason=GONE) for row in gone]
        SalesOrderLine.objects.bulk_create(twins, batch_size=2000)
        for model in queries.HANGING:
            rows = model.objects.current().filter(order_id__in=some)
            twins = []
            for row in rows:
                new = {"order_id": moved[row.order_id]}
                if getattr(row, "line_id", None):
                    new["line_id"] = of_line.get(row.line_id)
                twins.append(_twin(row, **new))
            model.objects.bulk_create(twins, batch_size=2000)


def _twin(row: Fact, **changes: object) -> Fact:
    """The next version of a row, the same but for `changes`."""
    kept = {
        each.attname: getattr(row, each.attname)
        for each in row._meta.concrete_fields
        if each.attname not in ("id", "key", "corrects_id")
    }
    return type(row)(**(kept | {"key": next_key(row.key), "corrects_id": row.pk} | changes))


def _slices(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), SLICE):
        yield ids[start : start + SLICE]


def _shipped_by_us(orders: Iterable[int]) -> set[int]:
    """Orders that something of ours already stands on: a pick, a shipment."""
    return queries.standing_on(list(orders))


def _keep_receivers(some: Slice, new: pl.DataFrame, books: Books) -> None:
    """Receivers' data of new orders, sealed; only where that was chosen."""
    if not some.receivers.height:
        return
    wanted = some.receivers.join(new.select("number"), on="number", how="semi")
    organisation = books.organisation_id
    rows = []
    for number, *data in wanted.select("number", "receiver", "phone", "address").iter_rows():
        key = f"{some.channel}:{number}"
        text = json.dumps(data, ensure_ascii=False)
        sealed = sealing.seal(text, sealing.receiver_row(organisation, key))
        rows.append(
            OrderReceiver(organisation_id=organisation, order_key=key, sealed=sealed, kept_at=books.at)
        )
    OrderReceiver.objects.bulk_create(rows, batch_size=2000, ignore_conflicts=True)
