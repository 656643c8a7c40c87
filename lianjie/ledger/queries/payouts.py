"""Batches of payments as people read them, what a checker is shown, and the reconciliation to the books."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from lianjie.facts.queries import bank as accounts
from lianjie.facts.queries import disputes
from lianjie.facts.queries.bank import RulingRow
from lianjie.facts.queries.names import named_like
from lianjie.ledger.models import Entry, Payout, PayoutBatch, PayoutEvent, PayoutItem, PayoutLine, Posting
from lianjie.ledger.rules.booking_payout import PAID_FROM

ACCOUNT_FAULTS = ("AC01", "AC03", "AC04", "AC06", "BE01", "")
"""Reasons that lie with the account: sending to the same one again would fail again."""


@dataclass(frozen=True)
class BatchRow:
    """One batch. Sums in fen by what became of its lines."""

    number: int
    purpose: str
    method: str
    layout: str
    day: date
    note: str
    state: str
    count: int
    total_fen: int
    settled_fen: int
    failed_fen: int
    waiting_fen: int
    waiting: int
    failed: int
    sha256: str
    made_by: str
    made_by_id: int | None
    recorded_at: datetime
    ruling: RulingRow | None


@dataclass(frozen=True)
class LineRow:
    """One payment of a batch, or of a household."""

    batch: int
    purpose: str
    method: str
    identity: str
    party_code: str
    party: str
    village: str
    holder: str
    bank: str
    end: str
    fen: int
    state: str
    reason: str
    evidence: str
    settled_day: date | None
    day: date
    replaces: str
    replaced_by: str
    items: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class EventRow:
    """One thing done to a batch."""

    act: str
    text: str
    at: datetime
    by: str
    details: dict[str, Any]


@dataclass(frozen=True)
class Difference:
    """What a checker should look at. `what`: changed_account, much_more, much_less or first_time."""

    party_code: str
    party: str
    what: str
    fen: int
    before_fen: int


@dataclass(frozen=True)
class Reconciled:
    """Batches against the journal, in fen. Equal when `sent` is `booked` and every line has its entry."""

    sent: int
    booked: int
    without_entry: tuple[str, ...]
    differing: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """True when batches and journal say the same, to the fen."""
        return self.sent == self.booked and not self.without_entry and not self.differing


def batches(organisation_id: int, *, limit: int = 200) -> list[BatchRow]:
    """The latest first."""
    return [_batch(row) for row in _batches(organisation_id).order_by("-number")[:limit]]


def batch(organisation_id: int, number: int) -> BatchRow | None:
    """One batch, or None."""
    row = _batches(organisation_id).filter(number=number).first()
    return _batch(row) if row else None


def disputed(organisation_id: int, number: int) -> list[tuple[str, str, int]]:
    """Code and key of every delivery a batch pays that is argued about now, with the fen it pays."""
    open_ = disputes.open_keys(organisation_id)
    rows = PayoutItem.objects.filter(
        line__batch__organisation_id=organisation_id,
        line__batch__number=number,
        source__startswith="delivery:",
    )
    found = rows.order_by("pk").values_list("line__party__code", "source", "amount_fen") if open_ else ()
    keys = ((party, source.removeprefix("delivery:").partition("~")[0], fen) for party, source, fen in found)
    return [(party, key, fen) for party, key, fen in keys if key in open_]


def lines(
    organisation_id: int,
    number: int,
    *,
    search: str = "",
    state: str = "",
    after: str = "",
    limit: int | None = None,
) -> list[LineRow]:
    """The payments of a batch, by their ids; `after` one of them, `limit` of them."""
    found = _lines(PayoutLine.objects.filter(batch__organisation_id=organisation_id, batch__number=number))
    if search:
        found = found.filter(named_like("party", search) | Q(identity__iexact=search))
    if state:
        found = found.filter(state=state)
    if after:
        found = found.filter(identity__gt=after)
    return [_line(row) for row in found.order_by("identity")[:limit]]


def of_party(organisation_id: int, party_id: int, *, on: date | None = None) -> list[LineRow]:
    """Every payment to one party, the latest first: what has reached it, and what has not and why."""
    found = PayoutLine.objects.filter(batch__organisation_id=organisation_id, party_id=party_id)
    if on is not None:
        found = found.filter(batch__day__lte=on)
    return [_line(row) for row in _lines(found).exclude(state="dropped").order_by("-pk")]


def to_parties(
    party_ids: Collection[int],
    organisation_ids: Collection[int],
    on: date,
    *,
    belongs: Callable[[int, date], bool] | None = None,
    limit: int = 12,
) -> list[LineRow]:
    """The latest payments to a household and its people from these organisations, up to a day: what reached
    it, what is on its way, what failed and why.

    belongs  whether one of the parties belonged to the household on the day of the payment
    """
    found = PayoutLine.objects.filter(
        party_id__in=party_ids, batch__organisation_id__in=organisation_ids, batch__day__lte=on
    )
    rows = _lines(found).exclude(state="dropped").order_by("-pk")
    if belongs is None:
        return [_line(row) for row in rows[:limit]]
    return [_line(row) for row in rows if belongs(row.party_id, row.batch.day)][:limit]


def events(organisation_id: int, number: int) -> list[EventRow]:
    """What was done to a batch, in order."""
    rows = PayoutEvent.objects.filter(batch__organisation_id=organisation_id, batch__number=number)
    return [
        EventRow(row.act, row.text, row.at, row.by.get_username() if row.by else "", row.details)
        for row in rows.select_related("by").order_by("pk")
    ]


def differences(organisation_id: int, number: int) -> list[Difference]:
    """Where this batch is not like the last payment of its purpose to the same party."""
    rows = list(
        PayoutLine.objects.filter(batch__organisation_id=organisation_id, batch__number=number)
        .select_related("party", "account", "batch")
        .order_by("identity")
    )
    if not rows:
        return []
    before: dict[int, PayoutLine] = {}
    earlier = PayoutLine.objects.filter(
        batch__organisation_id=organisation_id,
        batch__purpose=rows[0].batch.purpose,
        batch__number__lt=number,
        state="settled",
    )
    for row in earlier.select_related("account").order_by("pk"):
        before[row.party_id] = row
    found = []
    for row in rows:
        last = before.get(row.party_id)
        what = _difference(row, last, bool(before))
        if what:
            found.append(
                Difference(
                    row.party.code, row.party.name, what, row.amount_fen, last.amount_fen if last else 0
                )
            )
    return found


def shown_to_checker(organisation_id: int, number: int) -> dict[str, Any]:
    """Totals, count and differences as they stand on the ruling for good."""
    row = batch(organisation_id, number)
    assert row is not None
    found = differences(organisation_id, number)
    return {
        "count": row.count,
        "total_fen": row.total_fen,
        "purpose": row.purpose,
        "differences": [
            f"{each.party_code} {each.what} {each.before_fen} → {each.fen}" for each in found[:50]
        ],
        "differences_in_all": len(found),
    }


def waiting(organisation_id: int) -> list[BatchRow]:
    """Batches that wait for a second person."""
    return [row for row in batches(organisation_id) if row.state == "draft"]


def reconciled(organisation_id: int) -> Reconciled:
    """Every settled line against its entry, and all of them against the money that left 101 and 102."""
    of_here = PayoutLine.objects.filter(batch__organisation_id=organisation_id)
    # What came back of a settlement's payment has an entry of its own; any other payment was reversed.
    settled = of_here.filter(Q(state="settled") | Q(state="returned", batch__purpose="settlement"))
    sent = int(settled.aggregate(s=Sum("amount_fen"))["s"] or 0)
    without, differing = [], []
    by_entry: dict[int, list[PayoutLine]] = {}
    for row in settled.select_related("entry", "batch"):
        by_entry.setdefault(row.entry_id or 0, []).append(row)
    booked = 0
    sums = dict(
        Posting.objects.filter(
            entry_id__in=list(by_entry),
            account__in=PAID_FROM.values(),
            entry__posted=True,
            entry__reversed_by=None,
        )
        .values_list("entry_id")
        .annotate(Sum("amount_fen"))
    )
    back = of_here.filter(state="returned", batch__purpose="settlement")
    came = Posting.objects.filter(
        entry__in=back.values("back_entry"), account__in=PAID_FROM.values(), entry__posted=True
    )
    sent -= int(back.aggregate(s=Sum("amount_fen"))["s"] or 0)
    booked -= int(came.aggregate(s=Sum("amount_fen"))["s"] or 0)
    for entry_id, rows in by_entry.items():
        of_lines = sum(row.amount_fen for row in rows)
        in_books = -int(sums.get(entry_id, 0))
        booked += in_books
        if not in_books:
            without += [row.identity for row in rows]
        elif in_books != of_lines:
            differing += [row.identity for row in rows]
    return Reconciled(sent, booked, tuple(without), tuple(differing))


def entries_of(sources: Sequence[str], organisation_id: int) -> dict[str, int]:
    """Source -> id of its entry."""
    found: dict[str, int] = {}
    for start in range(0, len(sources), 900):
        rows = Entry.objects.filter(organisation_id=organisation_id, source__in=sources[start : start + 900])
        found |= dict(rows.values_list("source", "pk"))
    return found


def entry_of_payout(settlement_id: int, party_id: int, method: str) -> int:
    """The entry by which a settlement was paid to one party."""
    standing = Payout.objects.filter(settlement_id=settlement_id, reverses=None, reversed_by=None)
    row = standing.get(party_id=party_id, method=method)
    return int(row.entry_id)


def _batches(organisation_id: int) -> QuerySet[PayoutBatch]:
    sums = {
        f"{state}_fen": Sum("lines__amount_fen", filter=Q(lines__state=state), default=0)
        for state in ("settled", "failed", "waiting")
    }
    counts = {
        f"{state}_count": Count("lines", filter=Q(lines__state=state)) for state in ("failed", "waiting")
    }
    rows = PayoutBatch.objects.filter(organisation_id=organisation_id).select_related("recorded_by")
    return rows.annotate(**sums, **counts)


def _batch(row: Any) -> BatchRow:
    return BatchRow(
        row.number, row.purpose, row.method, row.layout, row.day, row.note, row.state, row.count,
        row.total_fen,
        int(row.settled_fen), int(row.failed_fen), int(row.waiting_fen), row.waiting_count, row.failed_count,
        row.sha256, row.recorded_by.get_username() if row.recorded_by else "", row.recorded_by_id,
        row.recorded_at, accounts.ruling(row.organisation_id, row.reference),
    )  # fmt: skip


def _lines(found: QuerySet[PayoutLine]) -> QuerySet[PayoutLine]:
    return found.select_related(
        "batch", "party__area", "account", "replaces", "replaced_by"
    ).prefetch_related("items")


def _line(row: PayoutLine) -> LineRow:
    after = getattr(row, "replaced_by", None)
    reason = " ".join(each for each in (row.reason_code, row.reason) if each)
    items = tuple((each.source, each.amount_fen) for each in row.items.all())
    return LineRow(
        row.batch.number, row.batch.purpose, row.batch.method, row.identity, row.party.code, row.party.name,
        row.party.area.name, row.account.holder if row.account else "",
        row.account.bank if row.account else "",
        row.account.number_end if row.account else "", row.amount_fen, row.state, reason, row.evidence,
        row.settled_day, row.batch.day, row.replaces.identity if row.replaces else "",
        after.identity if after else "", items,
    )  # fmt: skip


def _difference(row: PayoutLine, last: PayoutLine | None, any_before: bool) -> str:
    if last is None:
        return "first_time" if any_before else ""
    if row.account_id and row.account_id != last.account_id:
        return "changed_account"
    if row.amount_fen > 2 * last.amount_fen:
        return "much_more"
    return "much_less" if 2 * row.amount_fen < last.amount_fen else ""
