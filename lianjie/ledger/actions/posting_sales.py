"""Book many sales at once, in columns.

An order file of a good day has a hundred thousand orders. Those of a channel and day become one entry, as an
accountant books a day's takings, and `SalesBooked` tells which orders those are: any order leads to its
entry, the database checks that they add up to it, and one that is taken back is reversed by itself. What is
given back has an entry for each: it is little, and each is looked up by itself.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import polars as pl
from django.db import connection, transaction

from lianjie.base.digest import sha256
from lianjie.base.words import N_
from lianjie.facts.bulk import instant, load, reserve
from lianjie.facts.models import SalesOrder
from lianjie.facts.queries.parties import SLICE, NoSuchParty, ids_by_code
from lianjie.facts.rules.order_sales import SaleKind
from lianjie.ledger.actions import journal
from lianjie.ledger.models import Entry, Posting, SalesBooked
from lianjie.ledger.queries import closings
from lianjie.ledger.queries.sales_booked import booked_together
from lianjie.ledger.rules.booking_in_kind import claim
from lianjie.ledger.rules.booking_market import INCOME
from lianjie.ledger.rules.entry import Entry as Record
from lianjie.ledger.rules.entry import Posting as Line
from lianjie.ledger.rules.entry import entry as record
from lianjie.ledger.rules.entry import reversal

TEXTS = {"sold": N_("Goods sold"), "given_back": N_("Given back to a buyer")}
ORDER = "salesorder:"


# Without a savepoint of its own: inside one, SQLite walks its whole undo list at every row of a table with
# triggers (0.8 ms a row at a hundred thousand), and the step that calls takes all of it back anyway.
@transaction.atomic(savepoint=False)
def post_sales(
    kind: SaleKind, sales: pl.DataFrame, *, organisation_id: int, at: datetime, by: int | None
) -> None:
    """Book sales of goods of our own, or what was given back of them, all new to the ledger.

    sales  `order_sales.SALES`. Sold: what is owed to 113 or 114, income to 501; given back: the other way.
    """
    if not sales.height:
        return
    owed = pl.when("member").then(pl.lit(claim(True))).otherwise(pl.lit(claim(False)))
    sales = sales.with_columns(owed.alias("account"))
    entries = _together(sales) if kind == "sold" else sales.rename({"reference": "source"})
    sign = 1 if kind == "sold" else -1
    entries = entries.with_columns((pl.col("fen") * sign).alias("fen"))
    entries = entries.with_columns(
        reserve(Entry._meta.db_table, entries.height).alias("id"),
        pl.Series("hash", [_record(row).content_hash for row in entries.iter_rows(named=True)]),
    )
    rows = entries.select(
        pl.col("id"),
        pl.lit(organisation_id).alias("organisation_id"),
        *_days(closings.late_from(organisation_id)),
        pl.col("source"),
        pl.lit(TEXTS[kind]).alias("text"),
        pl.col("hash").alias("content_hash"),
        pl.lit(0).alias("posted"),
        pl.lit(instant(at)).alias("recorded_at"),
        pl.lit(by, dtype=pl.Int64).alias("recorded_by_id"),
    )
    load(Entry._meta.db_table, rows)
    load(Posting._meta.db_table, _postings(entries))
    if kind == "sold":
        _name_orders(entries, organisation_id)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {Entry._meta.db_table} SET posted = %s "
            "WHERE id BETWEEN %s AND %s AND organisation_id = %s AND NOT posted",
            [True, entries.item(0, "id"), entries.item(-1, "id"), organisation_id],
        )


def _together(sales: pl.DataFrame) -> pl.DataFrame:
    """One row for each entry. Its source holds a hash of the orders it books and of their amounts."""
    texts = pl.concat_str("reference", pl.lit(" "), "fen").sort().str.join("\n").alias("texts")
    order = pl.col("order_id")
    days = sales.group_by("channel", "day", "party", "account", maintain_order=True).agg(
        pl.col("fen").sum(), texts, order.min().alias("first_id"), order.max().alias("last_id")
    )
    marks = pl.Series("mark", [sha256(text)[:24] for text in days.get_column("texts")])
    source = pl.concat_str(
        pl.lit("sales:"), "channel", pl.lit(":"), pl.col("day").dt.strftime("%Y-%m-%d"), pl.lit(":"), marks
    )
    return days.with_columns(source.alias("source"))


def _record(row: dict[str, Any]) -> Record:
    """The entry of a row, as the rules know it."""
    lines = (Line(row["account"], row["fen"], row["party"]), Line(INCOME, -row["fen"]))
    return record(row["source"], row["day"], TEXTS["sold"], *lines)


def _days(open_day: date | None) -> tuple[pl.Expr, pl.Expr]:
    """The day each entry is booked on, and its own day when its month was closed already."""
    day = pl.col("day")
    if open_day is None:
        return day.dt.strftime("%Y-%m-%d"), pl.lit(None, dtype=pl.String).alias("own_day")
    own = pl.when(day < open_day).then(day).otherwise(None)
    return (
        pl.max_horizontal(day, pl.lit(open_day)).dt.strftime("%Y-%m-%d").alias("day"),
        own.dt.strftime("%Y-%m-%d").alias("own_day"),
    )


def _postings(entries: pl.DataFrame) -> pl.DataFrame:
    codes = {code for code in entries.get_column("party").unique() if code}
    ids = ids_by_code(codes)
    for code in codes - ids.keys():
        raise NoSuchParty(code=code)
    nobody = pl.lit(None, dtype=pl.Int64)
    party = pl.col("party").replace_strict(ids, default=None, return_dtype=pl.Int64) if ids else nobody
    nothing = (pl.lit("").alias("good"), pl.lit(0).alias("quantity"))
    entry, fen = pl.col("id").alias("entry_id"), pl.col("fen")
    owed = entries.select(entry, "account", party.alias("party_id"), fen.alias("amount_fen"), *nothing)
    income = entries.select(
        entry, pl.lit(INCOME).alias("account"), nobody.alias("party_id"), (-fen).alias("amount_fen"), *nothing
    )
    return pl.concat([owed, income])


def _name_orders(entries: pl.DataFrame, organisation_id: int) -> None:
    brought = SalesOrder.objects.only("channel_id", "source_id").get(pk=entries.item(0, "first_id"))
    rows = entries.select(
        pl.col("id").alias("entry_id"),
        pl.lit(brought.channel_id).alias("channel_id"),
        pl.lit(brought.source_id).alias("source_id"),
        pl.col("day").dt.strftime("%Y-%m-%d"),
        "first_id",
        "last_id",
    )
    load(SalesBooked._meta.db_table, rows)


def reverse_sales(organisation_id: int, texts: Mapping[str, str], *, at: datetime, by: int | None) -> None:
    """Book the opposite of single orders that were booked together; other references are passed over.

    texts  reference -> why it is taken back

    Each under its own source, so that the same again books nothing.
    """
    keys = [each.removeprefix(ORDER) for each in texts if each.startswith(ORDER)]
    for start in range(0, len(keys), SLICE):
        found = booked_together(organisation_id, keys[start : start + SLICE])
        entries = Entry.objects.filter(reversed_by=None).in_bulk({entry for _, _, entry in found})
        back: dict[date, list[Record]] = defaultdict(list)
        for key, fen, entry in found:
            if entry not in entries:
                continue
            whole = journal.read(entries[entry])
            lines = (Line(p.account, fen if p.amount > 0 else -fen, p.party) for p in whole.postings)
            part = record(f"{ORDER}{key}", whole.day, whole.text, *lines)
            own_day = entries[entry].own_day or whole.day
            back[whole.day].append(reversal(part, own_day, texts[f"{ORDER}{key}"]))
        for day, some in back.items():
            journal.book(organisation_id, some, at=at, by=by, late=True, earliest=day)
