"""Batches of payments and their lines. No program approves or pays: that takes a person and a code."""

from datetime import date
from typing import Literal

from django.http import Http404, HttpRequest
from ninja import Field, Query, Router, Schema

from lianjie.ledger.queries import payouts as queries
from lianjie.ledger.queries.payouts import BatchRow
from lianjie.pages import access
from lianjie.pages.api.said import PROBLEMS, Fen, Listed, left, named

router = Router(tags=["payouts"])


class Batch(Schema):
    number: int
    purpose: str
    method: str = Field(description="bank or cash")
    day: date = Field(description="To be paid on")
    note: str
    state: str
    count: int
    total_fen: Fen
    settled_fen: Fen
    failed_fen: Fen
    waiting_fen: Fen


class Batches(Schema):
    rows: list[Batch]


@router.get("/o/{code}/payouts/", url_name="api-payouts", response={200: Batches, **PROBLEMS})
def payouts(request: HttpRequest, code: str) -> Batches:
    """The latest two hundred batches, the latest first."""
    place = access.place(request, code, "read")
    return Batches(rows=[_batch(row) for row in queries.batches(place.id)])


class LinesAsked(Listed):
    search: str = Field(
        "", max_length=60, description="Beginning of a name, its pinyin, a code; or a payment"
    )
    state: Literal["", "waiting", "settled", "failed", "returned", "dropped"] = ""


class PayoutLine(Schema):
    identity: str = Field(description="Names the payment, here and at the bank")
    party: str
    name: str = Field(description="Masked unless the reader enters facts here")
    village: str
    fen: Fen
    bank: str
    account_end: str = Field(description="The last digits of the account; the rest is never shown")
    state: str
    reason: str = Field(description="Why it failed or came back")
    settled_day: date | None
    evidence: str
    replaces: str = Field(description="The failed payment it is sent instead of")
    replaced_by: str
    items: dict[str, Fen] = Field(description="What it pays: the entry or settlement, and how much of it")


class BatchWhole(Batch):
    lines: list[PayoutLine]
    next_after: str = Field(description="Give it as `after` for the next lines; empty on the last")


@router.get("/o/{code}/payouts/{int:number}/", url_name="api-payout", response={200: BatchWhole, **PROBLEMS})
def payout(request: HttpRequest, code: str, number: int, asked: Query[LinesAsked]) -> BatchWhole:
    """One batch with its lines, in pages."""
    place = access.place(request, code, "read")
    row = queries.batch(place.id, number)
    if row is None:
        raise Http404
    further = queries.lines(
        place.id,
        number,
        search=asked.search.strip(),
        state=asked.state,
        after=asked.after,
        limit=asked.limit + 1,
    )
    shown = further[: asked.limit]
    left(request, place)
    lines = [
        PayoutLine(
            identity=line.identity,
            party=line.party_code,
            name=named(line.party, place),
            village=line.village,
            fen=line.fen,
            bank=line.bank,
            account_end=line.end,
            state=line.state,
            reason=line.reason,
            settled_day=line.settled_day,
            evidence=line.evidence,
            replaces=line.replaces,
            replaced_by=line.replaced_by,
            items=dict(line.items),
        )
        for line in shown
    ]
    return BatchWhole(
        **_batch(row).model_dump(),
        lines=lines,
        next_after=shown[-1].identity if len(further) > len(shown) else "",
    )


def _batch(row: BatchRow) -> Batch:
    return Batch(
        number=row.number,
        purpose=row.purpose,
        method=row.method,
        day=row.day,
        note=row.note,
        state=row.state,
        count=row.count,
        total_fen=row.total_fen,
        settled_fen=row.settled_fen,
        failed_fen=row.failed_fen,
        waiting_fen=row.waiting_fen,
    )
