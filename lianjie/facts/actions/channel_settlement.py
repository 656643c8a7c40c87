"""Bring a channel's settlement file in: against the orders, and into the books. One statement, one entry."""

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext

from lianjie.base.refusal import Refusals
from lianjie.base.words import N_
from lianjie.facts.actions.job_run import Run
from lianjie.facts.actions.livestream import channel_of
from lianjie.facts.actions.market import kept
from lianjie.facts.actions.stock import Books, area_of, enter_one, is_member
from lianjie.facts.actions.store import SourceGiven
from lianjie.facts.models import ChannelStatement, ChannelStatementLine
from lianjie.facts.queries import channel_settlement as queries
from lianjie.facts.rules import channel_settlement as rules
from lianjie.facts.rules.handed import Handed, Post
from lianjie.facts.rules.handed_channel import ChannelSettled
from lianjie.facts.rules.raw import InWorkbook
from lianjie.facts.workbook import order_table
from lianjie.facts.workbook.order_table import OrderTable


@dataclass(frozen=True)
class StatementGiven:
    """A file as it came. `into`: 109 the money stays with the platform, 102 it was paid to the bank."""

    channel: str
    number: str
    day: date
    name: str
    data: bytes
    into: str = "109"


@transaction.atomic
def bring_statement(given: StatementGiven, books: Books) -> str:
    """Check a whole file, keep each order's line with what came of it, and book it; returns its number.

    The same statement again changes nothing. Refuses with Refusals (every row in the way), NoSuchChannel or
    NumberTaken.
    """
    table = order_table.read(given.data, given.name)
    return _bring(given, table, sha256(given.data).hexdigest(), books)


def _bring(given: StatementGiven, table: OrderTable, digest: str, books: Books) -> str:
    channel = channel_of(given.channel, books)
    layout = rules.guessed(queries.layouts(), table.captions)
    settled, problems = rules.read(layout, table.captions, table.frame.iter_rows(), table.sheet)
    if problems:
        raise Refusals(problems)
    fee, paid = sum(each.fee_fen for each in settled), sum(each.paid_fen for each in settled)
    fields = {
        "day": given.day,
        "channel_id": channel.pk,
        "number": given.number,
        "layout": layout.code,
        "into": given.into,
        "gross_fen": sum(each.gross_fen for each in settled),
        "back_fen": sum(each.back_fen for each in settled),
        "fee_fen": fee,
        "paid_fen": paid,
        "evidence": f"{given.name} {digest}"[-300:],
    }
    row, new = enter_one(ChannelStatement, f"{given.channel}-{given.number}", area_of(books), fields, books)
    if not new:
        return str(row.reference)
    known = queries.standing(books.organisation_id, given.channel, [each.number for each in settled])
    lines = []
    for turn, each in enumerate(settled, 1):
        ours = known.get(each.number)
        lines.append(
            ChannelStatementLine(
                **kept(
                    books.entry,
                    row.area_id,
                    f"{row.key}/{turn}",
                    given.day,
                    place=f"{table.sheet}!A{each.row}",
                ),
                statement=row,
                number=each.number[:60],
                order_id=ours.order_id if ours else None,
                gross_fen=each.gross_fen,
                back_fen=each.back_fen,
                fee_fen=each.fee_fen,
                ours_fen=ours.net_fen if ours else None,
                outcome=rules.outcome(each, ours.settled_fen if ours else 0, ours.net_fen if ours else None),
            )
        )
    ChannelStatementLine.objects.bulk_create(lines, batch_size=2000)
    payer = channel.payer
    member = bool(payer and is_member(books, payer, given.day))
    fact = ChannelSettled(
        row.reference, given.day, payer.code if payer else "", member, given.into, paid, fee
    )
    books.post(
        "channel",
        [Handed(fact)],
        organisation_id=books.organisation_id,
        year=given.day.year,
        at=books.at,
        by=books.by,
    )
    return str(row.reference)


def bring_in(run: Run, *, post: Post) -> None:
    """The background task: payload file (a table as kept), channel, number, day, name, sha256, into.

    Fails with every row in the way, and hands out the same rows with their reasons; or books the statement.
    """
    asked = run.payload
    path = Path(settings.DATA) / asked["file"]
    if "reference" not in run.cursor:
        assert run.organisation_id is not None
        run.report(0, 0, N_("The whole file is read and checked; nothing is written yet."), now=True)
        table = OrderTable.kept(path)
        source = SourceGiven("workbook", asked["name"], asked["sha256"])
        books = Books(run.organisation_id, source, run.asked_at, run.asked_by, post)
        day = date.fromisoformat(asked["day"])
        given = StatementGiven(asked["channel"], asked["number"], day, asked["name"], b"", asked["into"])
        try:
            with run.step(reference=f"channelstatement:{asked['channel']}-{asked['number']}"):
                _bring(given, table, asked["sha256"], books)
        except Refusals as refusals:
            placed = [each for each in refusals.refusals if isinstance(each, InWorkbook)]
            if placed:
                copy = run.folder / "reasons.xlsx"
                order_table.annotated(table, placed, copy, gettext)
                run.give(copy, name=f"{Path(asked['name']).stem}-{gettext('reasons')}.xlsx")
            raise
    run.result["statement"] = run.cursor["reference"].partition(":")[2]
    path.unlink(missing_ok=True)
