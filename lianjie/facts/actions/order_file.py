"""Bring a platform's order file into the books: all of it checked first, then step by step.

Platform and order number name an order. What stands with the same content is passed over, so the same file
twice, or the same orders in any number of files in any order, end in the same books. A later file may say
that an order was sent, or that more was given back: both only ever go forward.
"""

from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext

from lianjie.base.circles import no_circles
from lianjie.base.refusal import Refusals
from lianjie.base.words import N_
from lianjie.facts.actions.job_run import Run
from lianjie.facts.actions.market import NoSuchChannel
from lianjie.facts.actions.order_rows import Slice, write
from lianjie.facts.actions.stock import Books, area_of
from lianjie.facts.actions.store import SourceGiven, Want, keep
from lianjie.facts.models import OrderMapping, SalesChannel
from lianjie.facts.queries import order_file as queries
from lianjie.facts.queries.in_kind import numbered
from lianjie.facts.rules import order_file_rows as reading
from lianjie.facts.rules.handed import Post
from lianjie.facts.rules.order_file import PERSONAL, FileMapping, check_columns
from lianjie.facts.rules.order_file_rows import Understood
from lianjie.facts.rules.order_sales import PostSales
from lianjie.facts.workbook import order_table
from lianjie.facts.workbook.order_table import OrderTable

STEP = 40_000
"""Orders written in one transaction."""


def digest_of(data: bytes) -> str:
    """The hash by which a file is known again."""
    return sha256(data).hexdigest()


@transaction.atomic
def settle_mapping(channel: str, mapping: FileMapping, books: Books) -> None:
    """Save what was settled for a channel's files; the former version stays on record."""
    rows = SalesChannel.objects.current().filter(organisation_id=books.organisation_id)
    found = rows.filter(numbered(channel)).first()
    if found is None:
        raise NoSuchChannel(code=channel)
    fields = {
        "day": localdate(books.at),
        "channel_id": found.pk,
        "layout": mapping.layout,
        "shape": mapping.shape,
        "columns": dict(mapping.columns),
        "states": dict(mapping.states),
        "refunds": dict(mapping.refunds),
        "goods": dict(mapping.goods),
        "personal": mapping.personal,
    }
    before = queries.mapping(books.organisation_id, channel)
    if before != mapping:
        keep(OrderMapping, [Want(channel, area_of(books), fields)], books.entry)


def without_receivers(table: OrderTable, mapping: FileMapping) -> OrderTable:
    """The table with receivers' names, phones and addresses emptied, unless they are to be kept."""
    if mapping.personal:
        return table
    captions = {mapping.columns[field] for field in PERSONAL if mapping.columns.get(field)}
    # A column nobody settled may hold them too: only what is read is kept.
    read = set(mapping.columns.values()) - captions
    dropped = [str(at) for at, caption in enumerate(table.captions) if caption not in read]
    return replace(table, frame=table.frame.with_columns(pl.lit("").alias(each) for each in dropped))


def understood(table: OrderTable, mapping: FileMapping, organisation_id: int, today: date) -> Understood:
    """What the file says. Refuses with Refusals when its columns do not fit the mapping."""
    wrong = check_columns(mapping, table.captions)
    if wrong:
        raise Refusals(wrong)
    products = queries.contents(organisation_id)
    return reading.read(table.frame, table.sheet, table.captions, mapping, products, today)


def bring_in(run: Run, *, post: Post, post_sales: PostSales) -> None:
    """The background task: payload file, channel, name, sha256, mapping.

    Fails with every problem of the file, and hands out the same rows with their reasons; or writes it.
    """
    if "result" not in run.cursor:
        _write(run, post, post_sales)
    # Only now that the last step stands: a worker killed before its end finds everything done.
    run.result |= run.cursor["result"]
    (Path(settings.DATA) / run.payload["file"]).unlink(missing_ok=True)


@no_circles()
def _write(run: Run, post: Post, post_sales: PostSales) -> None:
    asked = run.payload
    at, by = run.asked_at, run.asked_by
    assert run.organisation_id is not None
    run.report(0, 0, N_("The whole file is read and checked; nothing is written yet."), now=True)
    table = OrderTable.kept(Path(settings.DATA) / asked["file"])
    found = understood(table, FileMapping(**asked["mapping"]), run.organisation_id, localdate(at))
    if found.problems:
        path = run.folder / "reasons.xlsx"
        order_table.annotated(table, list(found.problems), path, gettext)
        run.give(path, name=f"{Path(asked['name']).stem}-{gettext('reasons')}.xlsx")
        raise Refusals(found.problems)
    counts: dict[str, int] = dict(run.cursor.get("counts", {}))
    changes: list[dict[str, Any]] = list(run.cursor.get("changes", []))
    total = found.orders.height
    for start in range(run.cursor.get("at", 0), total, STEP):
        run.report(start, total, N_("Orders are being written."), now=True)
        with run.step(at=start + STEP, counts=counts, changes=changes):
            books = Books(
                run.organisation_id, SourceGiven("workbook", asked["name"], asked["sha256"]), at, by, post
            )
            done = write(Slice.of(found, start, STEP, asked["channel"], table.sheet), books, post_sales)
            for name, count in done.counts.items():
                counts[name] = counts.get(name, 0) + count
            changes += done.changes[: max(MOST_CHANGES - len(changes), 0)]
    read = {"rows": found.rows, "repeated": found.repeated, "unpaid": found.unpaid}
    run.report(total, total, N_("Every order of the file is here."), now=True)
    with run.step(at=total, result=read | {"counts": counts, "changes": changes, "orders": total}):
        pass


MOST_CHANGES = 500
"""Changes kept with their reasons, for the page."""
