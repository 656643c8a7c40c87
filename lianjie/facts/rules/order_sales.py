"""Many sales handed to the ledger at once, as columns; and an order's digest in columns."""

from datetime import datetime
from hashlib import sha256
from typing import Literal, Protocol

import polars as pl

SALES = {
    "reference": pl.String,
    "order_id": pl.Int64,
    "channel": pl.String,
    "day": pl.Date,
    "party": pl.String,
    "member": pl.Boolean,
    "fen": pl.Int64,
}
"""An order sent, or something given back, a row: goods of our own without lots.

reference  of the order or of what was given back
order_id   of the order as it stands
party      code of who owes it, "" for nobody registered
fen        above zero
"""
SaleKind = Literal["sold", "given_back"]
ZONE = "Asia/Shanghai"
"""Platforms write the time of day in China."""


class PostSales(Protocol):
    """Books many sales inside the caller's transaction. `ledger.actions.posting_sales.post_sales` is one."""

    def __call__(
        self, kind: SaleKind, sales: pl.DataFrame, *, organisation_id: int, at: datetime, by: int | None
    ) -> None: ...


def digests(orders: pl.DataFrame, lines: pl.DataFrame, channel: str, sent: pl.Expr) -> pl.Series:
    """`market.digest` of every order, equal to it by test: the same text is hashed, built in columns.

    sent  the day each order counts as sent, or null
    """
    quote = pl.lit('"')
    item = pl.concat_str(
        pl.lit('["'), "product", pl.lit('", '), "packs", pl.lit(", "), "quantity_given", pl.lit(", "),
        "amount_fen", pl.lit(', "own"]'),
    )  # fmt: skip
    # A line in packs says how many; what they weigh is the product's matter.
    of = lines.sort("number", "place").with_columns(pl.lit(0).alias("quantity_given"))
    joined = of.group_by("number", maintain_order=True).agg(item.str.join(", ").alias("items"))
    texts = orders.join(joined, on="number", how="left", maintain_order="left").select(
        pl.concat_str(
            pl.lit('["'), pl.lit(channel), pl.lit(":"), "number", pl.lit('", "'),
            pl.col("day").dt.strftime("%Y-%m-%d"), pl.lit('", "'),
            pl.col("paid_at").dt.strftime("%Y-%m-%dT%H:%M:%S+08:00"), pl.lit('", '), quote,
            sent.dt.strftime("%Y-%m-%d").fill_null(""), quote,
            pl.lit(', ["", "", "", "", ""], "organisation", ['), pl.col("items").fill_null(""), pl.lit("]]"),
        )
    )  # fmt: skip
    return pl.Series(
        [sha256(text.encode()).hexdigest() for text in texts.to_series().to_list()], dtype=pl.String
    )
