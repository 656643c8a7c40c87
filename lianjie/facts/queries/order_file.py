"""Layouts that ship, mappings that were saved, and orders of files as they stand here."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl
from django.db import connection
from django.db.models import Sum

from lianjie.facts import sealing
from lianjie.facts.models import (
    ChannelStatementLine,
    GroupBuyShare,
    OrderClaim,
    OrderMapping,
    OrderReceiver,
    OrderRefund,
    PaymentMatch,
    Product,
    SalesOrder,
    SalesOrderLine,
)
from lianjie.facts.queries.in_kind import numbered
from lianjie.facts.queries.parties import SLICE
from lianjie.facts.rules.order_file import FileMapping, Layout, layout

HANGING = (ChannelStatementLine, GroupBuyShare, OrderClaim, OrderRefund, PaymentMatch)
"""Tables whose rows hang on an order and may move to its next version."""
STANDS = {
    "number": pl.String,
    "order_id": pl.Int64,
    "key": pl.String,
    "old_digest": pl.String,
    "old_day": pl.Date,
    "old_sent_day": pl.Date,
    "old_amount_fen": pl.Int64,
    "withdrawn": pl.Boolean,
}


@cache
def layouts() -> tuple[Layout, ...]:
    """The layouts that ship, the commonest first."""
    folder = files("lianjie.facts.parameters.order_layouts")
    texts = [(each.name, each.read_text("utf-8")) for each in folder.iterdir() if each.name.endswith(".toml")]
    made = [(text, layout(name.removesuffix(".toml"), text)) for name, text in texts]
    return tuple(each for _, each in sorted(made, key=lambda one: one[0].split("order = ")[1][:2]))


def sample(code: str) -> bytes | None:
    """A file (CSV, UTF-8) of invented orders as the platform of a layout would export it; None if unknown."""
    if code not in {each.code for each in layouts()}:
        return None
    return (files("lianjie.facts.parameters.order_layouts") / f"{code}.csv").read_bytes()


def mapping(organisation_id: int, channel: str) -> FileMapping | None:
    """What was settled for a channel, or None."""
    rows = OrderMapping.objects.current().filter(organisation_id=organisation_id)
    row = rows.filter(numbered(channel)).first()
    if row is None:
        return None
    return FileMapping(row.layout, row.shape, row.columns, row.states, row.refunds, row.goods, row.personal)


def contents(organisation_id: int) -> dict[str, int]:
    """Code of a product -> what a pack of it holds, in small units; 0 when it is sold loose."""
    rows = Product.objects.current().filter(organisation_id=organisation_id).values_list("key", "content")
    return {key.partition("~")[0]: content for key, content in rows}


def standing(organisation_id: int, channel: str, numbers: Sequence[str]) -> pl.DataFrame:
    """Orders of a channel that stand here, those taken back too: STANDS."""
    wanted = list(set(numbers))
    found = _heads(organisation_id, [f"{channel}:{number}" for number in wanted])
    # A version that was corrected is not the head; its number is looked up once more, with its tilde.
    versions = SalesOrder.objects.filter(
        organisation_id=organisation_id, key__startswith=f"{channel}:", key__contains="~"
    )
    if len(found) < len(wanted) and versions.exists():
        missing = sorted(set(wanted) - {row[0] for row in found})
        corrected = versions.filter(corrected_by__isnull=True)
        for start in range(0, len(missing), SLICE):
            found += corrected.filter(number__in=missing[start : start + SLICE]).values_list(*HEAD)
    return pl.DataFrame(found, schema=STANDS, orient="row")


HEAD = ("number", "id", "key", "digest", "day", "sent_day", "amount_fen", "withdrawn")


def _heads(organisation_id: int, keys: Sequence[str]) -> list[tuple]:
    """The orders no other corrects, by their keys: twenty thousand handed over as one value."""
    table = SalesOrder._meta.db_table
    given = "unnest(%s::text[]) AS w(value)" if connection.vendor == "postgresql" else "json_each(%s) AS w"
    value = keys if connection.vendor == "postgresql" else json.dumps(keys)
    statement = (
        f"SELECT {', '.join(f'o.{each}' for each in HEAD)} FROM {given} "
        # CROSS: SQLite takes the tables in this order, and finds each text by the key's index.
        f"CROSS JOIN {table} o WHERE o.organisation_id = %s AND o.key = w.value "
        f"AND NOT EXISTS (SELECT 1 FROM {table} n WHERE n.corrects_id = o.id)"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [value, organisation_id])
        return list(cursor.fetchall())


def given_back(orders: Sequence[int]) -> pl.DataFrame:
    """Fen given back so far: order_id, line place (0 for the order as a whole), back_fen, backs."""
    found: list[tuple[int, int, int]] = []
    wanted = sorted(set(orders))
    for start in range(0, len(wanted), SLICE):
        rows = OrderRefund.objects.current().filter(order_id__in=wanted[start : start + SLICE]).order_by()
        for order, key, fen in rows.values_list("order_id", "line__key").annotate(Sum("amount_fen")):
            found.append((order, place_of(key) if key else 0, fen))
    schema = {"order_id": pl.Int64, "place": pl.Int64, "back_fen": pl.Int64}
    return (
        pl.DataFrame(found, schema=schema, orient="row")
        .group_by("order_id", "place")
        .agg(pl.col("back_fen").sum())
    )


def product_ids(organisation_id: int) -> dict[str, int]:
    """Code of a product -> its id."""
    rows = Product.objects.current().filter(organisation_id=organisation_id).values_list("key", "id")
    return {key.partition("~")[0]: pk for key, pk in rows}


def standing_on(orders: Sequence[int]) -> set[int]:
    """Orders that another fact of ours stands on, a pick or a shipment: a file does not change those."""
    found: set[int] = set()
    # Cancelled in part: what the file calls sent is less than was ordered.
    cancelled = OrderRefund.objects.current().filter(kind="cancelled")
    for start in range(0, len(orders), SLICE):
        gone = cancelled.filter(order_id__in=orders[start : start + SLICE])
        found.update(gone.values_list("order_id", flat=True))
    passed = (SalesOrder, SalesOrderLine, *HANGING)
    for start in range(0, len(orders), SLICE):
        some = orders[start : start + SLICE]
        for model, path in ((SalesOrder, "pk"), (SalesOrderLine, "order_id")):
            for relation in model._meta.related_objects:
                other: Any = relation.related_model
                if other in passed or not hasattr(other, "corrected_by"):
                    continue
                column = relation.field.name
                of = f"{column}_id" if path == "pk" else f"{column}__order_id"
                rows = other.objects.current().filter(**{f"{of}__in": some})
                found.update(rows.values_list(of, flat=True))
    return found


def line_ids(orders: Sequence[int]) -> pl.DataFrame:
    """Lines of orders as they stand: order_id, place, line_id, quantity."""
    found: list[tuple[int, int, int, int]] = []
    wanted = sorted(set(orders))
    for start in range(0, len(wanted), SLICE):
        rows = SalesOrderLine.objects.current().filter(order_id__in=wanted[start : start + SLICE])
        for pk, order, key, quantity in rows.values_list("id", "order_id", "key", "quantity"):
            found.append((order, place_of(key), pk, quantity))
    schema = {"order_id": pl.Int64, "place": pl.Int64, "line_id": pl.Int64, "quantity": pl.Int64}
    return pl.DataFrame(found, schema=schema, orient="row")


def place_of(key: str) -> int:
    """The place of a line in its order, from its key "CH:1/2~3"."""
    return int(key.rpartition("/")[2].partition("~")[0])


def receivers(organisation_id: int, orders: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Order key -> the receiver's data, opened."""
    for start in range(0, len(orders), SLICE):
        rows = OrderReceiver.objects.filter(
            organisation_id=organisation_id, order_key__in=orders[start : start + SLICE]
        )
        for row in rows.order_by("order_key"):
            yield (
                row.order_key,
                sealing.opened(row.sealed, sealing.receiver_row(organisation_id, row.order_key)),
            )


def titles(language: str) -> Mapping[str, str]:
    """Code of a layout -> what it is called."""
    of = "en" if language == "en" else "zh-Hans"
    return {each.code: each.title[of] for each in layouts()}
