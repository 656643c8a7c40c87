"""What a decided settlement does to the books: booked once, paid, closed; corrected by reversal only."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, Sum

from lianjie.base.digest import sha256
from lianjie.base.fen import Fen
from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.ledger.actions import journal
from lianjie.ledger.actions.settlement import TextMissing, _event, _lock
from lianjie.ledger.models import Allotment, Entry, Payout, Posting, Settlement, Step
from lianjie.ledger.queries import balances, settlements
from lianjie.ledger.queries.owed import still_owed
from lianjie.ledger.queries.settlements import SettlementRow
from lianjie.ledger.rules import flow, year
from lianjie.ledger.rules.booking import OPERATING_EXPENSE
from lianjie.ledger.rules.entry import Entry as Record

PAID_FROM = {"bank": "102", "cash": "101", "in_kind": "121"}


class ReplayDiffers(Refusal):
    what = N_("Worked out again from its frozen inputs, the settlement differs from what was disclosed.")
    fix = N_("Do not book it. Keep a copy of the database and tell whoever looks after the software.")


class NothingToPay(Refusal):
    what = N_("Nothing is owed to {count} of the chosen households, or it has been paid already.")
    fix = N_("Choose those that are still to be paid.")


class NothingCameBack(Refusal):
    what = N_("No payment to this household stands that could have come back.")
    fix = N_("Look at the payments of the settlement; one that came back once is owed again.")


class StillOwed(Refusal):
    what = N_("{owed} yuan of this settlement has not been paid yet.")
    fix = N_("Pay the rest first, or leave the settlement open until it is paid.")


class EvidenceMissing(Refusal):
    what = N_("A payment needs its evidence.")
    fix = N_("Name the bank slip, the signed list or the receipt.")


def post(row: SettlementRow, *, day: date, at: datetime, by: int | None) -> int:
    """Book a decided settlement in one transaction, once; see post_many.

    returns  how many entries were new
    """
    return post_many([row], day=day, at=at, by=by)


@transaction.atomic
def post_many(rows: Sequence[SettlementRow], *, day: date, at: datetime, by: int | None) -> int:
    """Book decided settlements, all or none: a county's at once, or one.

    Books the steps that are costs, closes the year's income and expenses, books the distributions and
    carries them into 332.2. A settlement already booked is left alone.

    Refuses with ObjectionsOpen, and with ReplayDiffers when the frozen inputs give another result than
    was disclosed.
    """
    decided = [(row, stored) for row in rows if (stored := _ready(row)) is not None]
    todo = [row for row, _ in decided]
    costs = Q(debit_account=OPERATING_EXPENSE)
    made = _book_steps(todo, costs, day=None, at=at, by=by)
    made += sum(_close_year(row, at=at, by=by) for row in todo)
    made += _book_steps(todo, ~costs, day=day, at=at, by=by)
    for row, stored in decided:
        clearing = year.clear_distributions(row.source, day, _distributed(row))
        made += journal.book(row.organisation_id, clearing, at=at, by=by, settlement_id=row.id)
        stored.state = flow.next_state(stored.state, "post")
        stored.save(update_fields=["state"])
        _event(stored, "post", at=at, by=by)
    return made


def _ready(row: SettlementRow) -> Settlement | None:
    """The locked settlement, fit to be booked; None when it is booked already."""
    stored = _lock(row)
    if stored.state == "posted":
        return None
    flow.next_state(stored.state, "post")
    waiting = settlements.objections_open(row.id)
    if waiting:
        raise flow.ObjectionsOpen(count=waiting)
    if settlements.worked(row).outcome.digest != stored.outcome_sha256:
        raise ReplayDiffers()
    return stored


@transaction.atomic
def pay(
    row: SettlementRow,
    party_ids: Iterable[int],
    *,
    method: str,
    evidence: str,
    day: date,
    at: datetime,
    by: int | None,
) -> int:
    """Hand the money (or, by method in_kind, the goods) of a booked settlement to these parties.

    One entry for the batch. Refuses with NothingToPay when one of them is owed nothing this way, so that
    nobody is paid twice.

    returns  fen paid
    """
    stored = _lock(row)
    flow.next_state(stored.state, "pay")
    if not evidence.strip():
        raise EvidenceMissing()
    chosen = set(party_ids)
    due = [
        each
        for each in still_owed(row.id)
        if each.party_id in chosen and bool(each.good) == (method == "in_kind")
    ]
    missing = chosen - {each.party_id for each in due}
    if missing or not chosen:
        raise NothingToPay(count=len(missing))
    before = Payout.objects.filter(settlement=stored)
    batch = before.filter(reverses=None).values("entry").distinct().count() + 1
    turns = Counter(before.exclude(reverses=None).filter(method=method).values_list("party_id", flat=True))
    record = _head(row, f"{row.source}:payout:{batch}", day, N_("Payout"), at, by)
    record.save()
    total = sum(each.fen for each in due)
    Posting.objects.bulk_create(
        [
            *(
                Posting(entry=record, account=each.account, party_id=each.party_id, amount_fen=each.fen)
                for each in due
            ),
            Posting(entry=record, account=PAID_FROM[method], amount_fen=-total),
        ]
    )
    journal.post_entries([record.pk])
    Payout.objects.bulk_create(
        Payout(
            settlement=stored,
            party_id=party_id,
            amount_fen=sum(each.fen for each in due if each.party_id == party_id),
            day=day,
            method=method,
            evidence=evidence.strip(),
            entry=record,
            at=at,
            by_id=by,
            turn=turns[party_id] + 1,
        )
        for party_id in sorted(chosen)
    )
    _event(stored, "pay", at=at, by=by, details={"parties": len(chosen), "fen": total})
    return total


@transaction.atomic
def take_back(
    row: SettlementRow, party_id: int, *, method: str, evidence: str, day: date, at: datetime, by: int | None
) -> int:
    """Money paid to one party has come back: it is owed again, and the settlement is open for payments again.

    returns  id of the entry

    Refuses with NothingCameBack when no such payment stands, or EvidenceMissing.
    """
    stored = _lock(row)
    state = flow.next_state(stored.state, "money_back")
    if not evidence.strip():
        raise EvidenceMissing()
    paid = Payout.objects.filter(
        settlement=stored, party_id=party_id, method=method, reverses=None, reversed_by=None
    ).first()
    if paid is None:
        raise NothingCameBack()
    source = f"reversal:{row.source}:payout:{paid.pk}"
    record = _head(row, source, day, N_("Payment came back"), at, by)
    record.save()
    lines = Posting.objects.filter(entry_id=paid.entry_id, party_id=party_id)
    Posting.objects.bulk_create(
        [
            *(
                Posting(entry=record, account=each.account, party_id=party_id, amount_fen=-each.amount_fen)
                for each in lines
            ),
            Posting(entry=record, account=PAID_FROM[method], amount_fen=paid.amount_fen),
        ]
    )
    journal.post_entries([record.pk])
    Payout.objects.create(
        settlement=stored, party_id=party_id, amount_fen=-paid.amount_fen, day=day, method=method,
        evidence=evidence.strip(), entry=record, at=at, by_id=by, turn=paid.turn, reverses=paid,
    )  # fmt: skip
    stored.state = state
    stored.save(update_fields=["state"])
    details = {"parties": 1, "fen": paid.amount_fen}
    _event(stored, "money_back", at=at, by=by, text=evidence.strip(), details=details)
    return int(record.pk)


@transaction.atomic
def mark_paid(row: SettlementRow, *, at: datetime, by: int | None) -> None:
    """All is handed over. Refuses with StillOwed."""
    _advance(row, "paid", at=at, by=by, unpaid_ok=False)


@transaction.atomic
def close(row: SettlementRow, *, at: datetime, by: int | None) -> None:
    """The year is done; the settlement can only be read, or reversed."""
    _advance(row, "close", at=at, by=by, unpaid_ok=True)


@transaction.atomic
def reverse(row: SettlementRow, *, day: date, reason: str, at: datetime, by: int | None) -> None:
    """Undo a booked settlement by opposite entries, payouts included; both stay in the journal.

    What was booked within the year is reversed on its own day, so that the year can be settled anew.
    """
    stored = _lock(row)
    state = flow.next_state(stored.state, "reverse")
    if not reason.strip():
        raise TextMissing()
    for record in Entry.objects.filter(settlement=stored, reverses=None, reversed_by=None).order_by("-pk"):
        on = record.day if record.day <= last_day(row) else day
        journal.reverse(record.pk, day=on, text=reason.strip()[:300], at=at, by=by)
    stored.state = state
    stored.save(update_fields=["state"])
    _event(stored, "reverse", at=at, by=by, text=reason.strip())


def _head(row: SettlementRow, source: str, day: date, text: str, at: datetime, by: int | None) -> Entry:
    """The head of an entry whose postings are written after it; not yet saved."""
    return Entry(
        organisation_id=row.organisation_id,
        day=day,
        source=source,
        text=text,
        content_hash=sha256(row.outcome_sha256, source),
        settlement_id=row.id,
        recorded_at=at,
        recorded_by_id=by,
    )


def _advance(row: SettlementRow, act: str, *, at: datetime, by: int | None, unpaid_ok: bool) -> None:
    stored = _lock(row)
    state = flow.next_state(stored.state, act)
    left = 0 if unpaid_ok else sum(each.fen for each in still_owed(row.id))
    if left:
        raise StillOwed(owed=str(Fen(left)))
    stored.state = state
    stored.save(update_fields=["state"])
    _event(stored, act, at=at, by=by)


def _close_year(row: SettlementRow, *, at: datetime, by: int | None) -> int:
    found = balances.balances(row.organisation_id, date(row.year + 1, 1, 1))
    closing: list[Record] = year.closing(row.source, last_day(row), found, balances.chart())
    return journal.book(row.organisation_id, closing, at=at, by=by, settlement_id=row.id)


def last_day(row: SettlementRow) -> date:
    """Of the year that is settled."""
    return date(row.year, 12, 31)


def _book_steps(
    rows: Sequence[SettlementRow], which: Q, *, day: date | None, at: datetime, by: int | None
) -> int:
    """One entry for each step that moves money; its postings come straight from the allotments.

    day  of the entries; None for the last day of each year
    """
    by_id = {row.id: row for row in rows}
    moved = Allotment.objects.filter(step=OuterRef("pk"), memo=False)
    steps = Step.objects.filter(which, Exists(moved), settlement_id__in=list(by_id)).order_by(
        "settlement", "seq"
    )
    heads = []
    for settlement_id, name in steps.values_list("settlement_id", "name"):
        row = by_id[settlement_id]
        text = settlements.read_plan(row.plan.text).named(name, "zh-Hans")
        heads.append(_head(row, f"{row.source}:{name}", day or last_day(row), text, at, by))
    for start in range(0, len(heads), journal.SLICE):
        ids = [head.pk for head in Entry.objects.bulk_create(heads[start : start + journal.SLICE])]
        _book_allotments(ids)
        journal.post_entries(ids)
    return len(heads)


def _book_allotments(entry_ids: list[int]) -> None:
    """Copy the allotments of each entry's step into its postings, inside the database."""
    places = ", ".join(["%s"] * len(entry_ids))
    steps = f"""
        FROM ledger_entry e
        JOIN ledger_settlement t ON t.id = e.settlement_id
        JOIN ledger_step s ON s.settlement_id = t.id
            AND e.source = 'settlement:' || t.year || '.' || t.round || ':' || s.name
        JOIN ledger_allotment a ON a.step_id = s.id AND NOT a.memo
        WHERE e.id IN ({places})
    """
    columns = "INSERT INTO ledger_posting (entry_id, account, party_id, amount_fen, good, quantity)"
    debits = f"""
        {columns} SELECT e.id, s.debit_account, NULL, SUM(a.amount_fen), '', 0 {steps}
        AND s.debit_account <> '' GROUP BY e.id, s.debit_account HAVING SUM(a.amount_fen) <> 0
    """
    credits = f"{columns} SELECT e.id, a.account, a.party_id, -a.amount_fen, '', 0 {steps}"
    with connection.cursor() as cursor:
        cursor.execute(debits, entry_ids)
        cursor.execute(credits, entry_ids)


def _distributed(row: SettlementRow) -> int:
    """What this settlement put on 332.1."""
    rows = Posting.objects.filter(entry__settlement_id=row.id, account=year.DISTRIBUTIONS)
    return int(rows.aggregate(Sum("amount_fen"))["amount_fen__sum"] or 0)
