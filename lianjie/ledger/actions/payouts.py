"""Batches of payments: made by one, approved by another, sent once, answered, corrected as new lines."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count

from django.db import transaction
from django.db.models import Max

from lianjie.base.digest import sha256
from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions.audit import note as note_act
from lianjie.facts.actions.bank import rule
from lianjie.facts.actions.personal import log_seen
from lianjie.facts.models import BankAccount, Party
from lianjie.facts.queries import bank as accounts
from lianjie.ledger import banks
from lianjie.ledger.actions import carrying_out, journal, wages_sent
from lianjie.ledger.models import Entry, PayoutBatch, PayoutEvent, PayoutItem, PayoutLine, Settlement
from lianjie.ledger.queries import payables, payouts, settlements
from lianjie.ledger.queries.owed import still_owed
from lianjie.ledger.queries.payables import Item
from lianjie.ledger.rules import booking_payout
from lianjie.ledger.rules.payment_file import BatchFile, Fate, Payer, Payment, match


class NothingToSend(Refusal):
    what = N_("Nobody chosen is owed anything for this purpose that can be paid this way.")
    fix = N_("Look at who was left out and why; an account may be missing or wait for approval.")


class NotInThisState(Refusal):
    words = ("state",)
    what = N_("Batch {number} is “{state}”; this step is not for it.")
    fix = N_("Follow the order: made, approved, sent, answered, closed.")


class LineNotWaiting(Refusal):
    words = ("state",)
    what = N_("Payment {identity} is “{state}” already.")
    fix = N_("Nothing is paid twice. Open the batch to see what became of it.")


class LineNotSettled(Refusal):
    words = ("state",)
    what = N_("Payment {identity} is “{state}”: only money a bank has paid can come back.")
    fix = N_("Look at the payment in its batch.")


class BackBeforePaid(Refusal):
    what = N_("Payment {identity} was made on {paid}; it cannot have come back on {day}.")
    fix = N_("Write the day of the bank's slip.")


class ReceiptMissing(Refusal):
    what = N_("A payment by hand needs its evidence.")
    fix = N_("Name the signed sheet, the thumb print or the receipt.")


class BatchStillOpen(Refusal):
    what = N_("Payments of batch {number} that still wait: {count}.")
    fix = N_("Read the bank's answer, or enter what became of each.")


class NoPayer(Refusal):
    what = N_("The organisation itself has no approved bank account to pay from.")
    fix = N_("Enter its account and have a second person approve it.")


class AmountMoved(Refusal):
    what = N_("What is owed to {party} is no longer what the payment says: {owed} instead of {sent} fen.")
    fix = N_("Enter the payment as failed and make a new batch.")


@dataclass(frozen=True)
class LeftOut:
    """Somebody owed money who is not in the batch, and why: no_account, waiting_account or same_account."""

    party_id: int
    fen: int
    why: str


@dataclass(frozen=True)
class Made:
    """A new batch, and who is not in it."""

    number: int
    left_out: tuple[LeftOut, ...]


@transaction.atomic
def make(
    organisation_id: int,
    *,
    purpose: str,
    method: str,
    layout: str = "",
    day: date,
    note: str = "",
    party_ids: Collection[int] | None = None,
    at: datetime,
    by: int | None,
) -> Made:
    """Everybody (or those chosen) who is owed something for this purpose, one line each.

    A line that takes the place of a failed one names it; with the very account that failed, the household is
    left out. Refuses with NothingToSend or NoSuchLayout.
    """
    Party.objects.select_for_update().get(pk=organisation_id)
    if method == "bank":
        banks.layout(layout)
    by_party: dict[int, list[Item]] = defaultdict(list)
    for item in payables.items(organisation_id, purpose):
        if party_ids is None or item.party_id in party_ids:
            by_party[item.party_id].append(item)
    to = accounts.payees(organisation_id, list(by_party)) if method == "bank" else {}
    failed = _failed(organisation_id, list(by_party))
    chosen, left_out = [], []
    for party, owed in by_party.items():
        why = _why_not(organisation_id, party, to.get(party), failed.get(party)) if method == "bank" else ""
        if why:
            left_out.append(LeftOut(party, sum(each.fen for each in owed), why))
        else:
            chosen.append(party)
    if not chosen:
        raise NothingToSend
    number = (
        PayoutBatch.objects.filter(organisation_id=organisation_id).aggregate(m=Max("number"))["m"] or 0
    ) + 1
    batch = PayoutBatch.objects.create(
        organisation_id=organisation_id,
        number=number,
        purpose=purpose,
        method=method,
        layout=layout if method == "bank" else "",
        day=day,
        note=note.strip()[:60],
        count=len(chosen),
        total_fen=sum(each.fen for party in chosen for each in by_party[party]),
        recorded_at=at,
        recorded_by_id=by,
    )
    codes = dict(Party.objects.filter(pk__in=chosen).values_list("pk", "code"))
    seq = count(1)
    lines = PayoutLine.objects.bulk_create(
        PayoutLine(
            batch=batch,
            identity=f"LJ{organisation_id:06d}{number:06d}{next(seq):06d}",
            party_id=party,
            account=to.get(party),
            amount_fen=sum(each.fen for each in by_party[party]),
            replaces=failed.get(party),
        )
        for party in sorted(chosen, key=codes.__getitem__)
    )
    PayoutItem.objects.bulk_create(
        PayoutItem(line=line, source=each.source, account=each.account, amount_fen=each.fen)
        for line in lines
        for each in by_party[line.party_id]
    )
    _event(batch, "make", at=at, by=by, details={"count": batch.count, "fen": batch.total_fen})
    return Made(number, tuple(left_out))


@transaction.atomic
def approve(organisation_id: int, number: int, *, verdict: str, reason: str, at: datetime, by: int) -> None:
    """A second person's word on a batch, with what they were shown. Rejected, its lines owe again.

    Refuses with NotInThisState, OwnWork or RejectedWithoutReason.
    """
    batch = _lock(organisation_id, number, "draft")
    seen = payouts.shown_to_checker(organisation_id, number)
    rule(
        organisation_id,
        batch.reference,
        maker=batch.recorded_by_id,
        seen=seen,
        verdict=verdict,
        reason=reason,
        at=at,
        by=by,
    )
    if verdict == "rejected":
        batch.lines.update(state="dropped")
    _advance(batch, verdict, at=at, by=by, text=reason)


@transaction.atomic
def export(organisation_id: int, number: int, *, at: datetime, by: int | None) -> tuple[str, bytes]:
    """The file for the bank: name and bytes. Asked for again, the same bytes; each time is kept.

    Refuses with NotInThisState, NoPayer, TooManyLines or FieldNotForBank.
    """
    batch = _lock(organisation_id, number, "approved", "exported")
    own = accounts.payer(organisation_id)
    if own is None:
        raise NoPayer
    payer = Payer(batch.organisation.name, own.number, own.bank, own.bank_code)
    of = banks.layout(batch.layout)
    data = banks.write(of, batch_file(batch, payer))
    digest = sha256(data.hex())
    if batch.state == "approved":
        batch.sha256, batch.exported_at = digest, at
        batch.save(update_fields=["sha256", "exported_at"])
        _advance(batch, "exported", at=at, by=by)
    else:
        _event(batch, "again", at=at, by=by, details={"same": digest == batch.sha256})
    paid = list(batch.lines.filter(account_id__isnull=False).values_list("party_id", flat=True))
    kinds = ("account", "id_number") if _wants_id(batch) else ("account",)
    log_seen(
        paid, kinds, purpose="payment", organisation_id=organisation_id, subject=batch.reference, at=at, by=by
    )
    return f"{batch.organisation.code}-{batch.day:%Y%m%d}-{number}.{of.ending}", data


def batch_file(batch: PayoutBatch, payer: Payer) -> BatchFile:
    """The batch as the layouts take it: accounts in full, so only for the bank."""
    rows = list(batch.lines.order_by("identity"))
    ids = [row.account_id for row in rows if row.account_id]
    to = accounts.open_accounts(ids, with_id_numbers=_wants_id(batch))
    payments = tuple(
        Payment(
            row.identity,
            to[row.account_id].holder,
            to[row.account_id].number,
            to[row.account_id].bank,
            to[row.account_id].bank_code,
            row.amount_fen,
            to[row.account_id].id_number,
        )
        for row in rows
        if row.account_id
    )
    return BatchFile(f"LJ-{batch.organisation_id}-{batch.number}", payer, batch.day, batch.note, payments)


def _wants_id(batch: PayoutBatch) -> bool:
    return any(value == "id_number" for _, value in banks.layout(batch.layout).columns)


@transaction.atomic
def read_answer(
    organisation_id: int,
    number: int,
    data: bytes,
    *,
    layout: str = "",
    day: date,
    at: datetime,
    by: int | None,
) -> Mapping[str, int]:
    """Take a bank's answer over: settled lines are booked, failed ones owe again. All of it, or nothing.

    The same answer again changes nothing. Refuses with NotInThisState, ReturnUnreadable, and every row that
    fits no line, fits several, or says otherwise than what stands.

    returns  how many became settled and failed
    """
    batch = _lock(organisation_id, number, "exported", "closed")
    told = banks.read_return(banks.layout(layout or batch.layout), data)
    sent = batch_file(batch, Payer("", "", "", "")).payments
    states = dict(batch.lines.values_list("identity", "state"))
    fates = match(told, sent, states)
    settled = [each for each in fates if each.status == "settled"]
    failed = [each for each in fates if each.status == "failed"]
    if settled:
        _settle(
            batch,
            [each.identity for each in settled],
            evidence=f"{batch.reference} {sha256(data.hex())[:16]}",
            day=day,
            at=at,
            by=by,
        )
    _fail(batch, failed)
    found = {"settled": len(settled), "failed": len(failed)}
    if fates:
        _event(batch, "answer", at=at, by=by, details=found | {"sha256": sha256(data.hex())})
    return found


@transaction.atomic
def settle(
    organisation_id: int,
    number: int,
    identities: Collection[str],
    *,
    evidence: str,
    day: date,
    at: datetime,
    by: int | None,
) -> int:
    """Enter lines as paid, with their evidence: cash signed for, or a bank slip read by a person.

    Refuses with NotInThisState, ReceiptMissing or LineNotWaiting. returns  fen paid
    """
    batch = _lock(organisation_id, number, "approved", "exported")
    if batch.method == "bank" and batch.state == "approved":
        raise NotInThisState(number=number, state=batch.state)
    if not evidence.strip():
        raise ReceiptMissing
    total = _settle(batch, identities, evidence=evidence.strip(), day=day, at=at, by=by)
    _event(batch, "settle", at=at, by=by, text=evidence, details={"count": len(identities), "fen": total})
    return total


@transaction.atomic
def fail(
    organisation_id: int, number: int, identity: str, *, reason: str, at: datetime, by: int | None
) -> None:
    """Enter one line as failed; what it paid is owed again. Refuses with LineNotWaiting or ReceiptMissing."""
    batch = _lock(organisation_id, number, "approved", "exported")
    if not reason.strip():
        raise ReceiptMissing
    _waiting(batch, [identity])
    _fail(batch, [Fate(identity, "failed", "", reason.strip())])
    _event(batch, "fail", at=at, by=by, text=reason, details={"identity": identity})


@transaction.atomic
def came_back(
    organisation_id: int,
    number: int,
    identity: str,
    *,
    evidence: str,
    day: date,
    at: datetime,
    by: int | None,
) -> None:
    """A bank sent a payment back after it had counted as paid: the line ends, and what it paid is owed again.

    Only a person says so, with the bank's slip; no answer file does. The line is kept and never sent again.
    Refuses with NotInThisState, ReceiptMissing, LineNotSettled or BackBeforePaid.
    """
    batch = _lock(organisation_id, number, "exported", "closed")
    if not evidence.strip():
        raise ReceiptMissing
    line = batch.lines.select_for_update().select_related("party").filter(identity=identity).first()
    if line is None or line.state != "settled" or batch.method != "bank":
        raise LineNotSettled(identity=identity, state=line.state if line else "dropped")
    if line.settled_day and day < line.settled_day:
        raise BackBeforePaid(identity=identity, day=day, paid=line.settled_day)
    if batch.purpose == "settlement":
        (source,) = {each.source for each in line.items.all()}
        found = settlements.by_id(_settlement(organisation_id, source).pk)
        how = {"method": batch.method, "evidence": evidence, "day": day, "at": at, "by": by}
        entry_id = carrying_out.take_back(found, line.party_id, **how)
    else:
        text = N_("Payment came back")
        journal.reverse(int(line.entry_id or 0), day=day, text=text, at=at, by=by)
        entry_id = Entry.objects.get(reverses_id=line.entry_id).pk
        wages_sent.take_back(batch, identity, evidence, at, by)
    line.state, line.back_entry_id = "returned", entry_id
    line.reason_code, line.reason = "returned", f"{day} {evidence.strip()}"[:200]
    line.save(update_fields=["state", "back_entry", "reason_code", "reason"])
    _event(batch, "came_back", at=at, by=by, text=evidence, details={"identity": identity})


@transaction.atomic
def close(organisation_id: int, number: int, *, at: datetime, by: int | None) -> None:
    """All lines have an end. Refuses with BatchStillOpen."""
    batch = _lock(organisation_id, number, "approved", "exported")
    left = batch.lines.filter(state="waiting").count()
    if left:
        raise BatchStillOpen(count=left, number=number)
    _advance(batch, "closed", at=at, by=by)


def _settle(
    batch: PayoutBatch, identities: Collection[str], *, evidence: str, day: date, at: datetime, by: int | None
) -> int:
    lines = _waiting(batch, identities)
    if batch.purpose == "settlement":
        return _settle_year(batch, lines, evidence=evidence, day=day, at=at, by=by)
    paid = booking_payout.PAID_FROM[batch.method]
    entries = []
    for line in lines:
        items = [(each.account, each.amount_fen) for each in line.items.all()]
        entries.append(booking_payout.paid(line.identity, day, line.party.code, items, paid))
    journal.book(batch.organisation_id, entries, at=at, by=by)
    booked = payouts.entries_of([each.source for each in entries], batch.organisation_id)
    for line, entry in zip(lines, entries, strict=True):
        _settled(line, booked[entry.source], evidence, day)
    wages_sent.note(batch, lines, evidence, day, at, by)
    return sum(line.amount_fen for line in lines)


def _settle_year(
    batch: PayoutBatch, lines: Sequence[PayoutLine], *, evidence: str, day: date, at: datetime, by: int | None
) -> int:
    """A settlement keeps its own payments; one entry pays all these parties."""
    of: dict[str, list[PayoutLine]] = defaultdict(list)
    for line in lines:
        (source,) = {each.source for each in line.items.all()}
        of[source].append(line)
    total = 0
    for source, some in of.items():
        row = _settlement(batch.organisation_id, source)
        due: dict[int, int] = defaultdict(int)
        for each in still_owed(row.pk):
            due[each.party_id] += 0 if each.good else each.fen
        for line in some:
            if due[line.party_id] != line.amount_fen:
                raise AmountMoved(party=line.party.code, owed=due[line.party_id], sent=line.amount_fen)
        named = settlements.by_id(row.pk)
        parties = {line.party_id for line in some}
        total += carrying_out.pay(
            named, parties, method=batch.method, evidence=evidence, day=day, at=at, by=by
        )
        entry = payouts.entry_of_payout(row.pk, some[0].party_id, batch.method)
        for line in some:
            _settled(line, entry, evidence, day)
    return total


def _settlement(organisation_id: int, source: str) -> Settlement:
    year, turn = source.removeprefix("settlement:").split(".")
    return Settlement.objects.get(organisation_id=organisation_id, year=int(year), round=int(turn))


def _settled(line: PayoutLine, entry_id: int, evidence: str, day: date) -> None:
    line.state, line.entry_id, line.evidence, line.settled_day = "settled", entry_id, evidence[:300], day
    line.save(update_fields=["state", "entry", "evidence", "settled_day"])


def _fail(batch: PayoutBatch, fates: Sequence[Fate]) -> None:
    for each in fates:
        batch.lines.filter(identity=each.identity, state="waiting").update(
            state="failed", reason_code=each.code[:12], reason=each.reason[:200]
        )


def _waiting(batch: PayoutBatch, identities: Collection[str]) -> list[PayoutLine]:
    wanted = set(identities)
    rows = [
        row
        for row in batch.lines.select_related("party").prefetch_related("items").order_by("identity")
        if row.identity in wanted
    ]
    for row in rows:
        if row.state != "waiting":
            raise LineNotWaiting(identity=row.identity, state=row.state)
    missing = wanted - {row.identity for row in rows}
    if missing or not rows:
        raise LineNotWaiting(identity=min(missing, default=""), state="dropped")
    return rows


def _failed(organisation_id: int, party_ids: Sequence[int]) -> dict[int, PayoutLine]:
    """Each party's last failed line that nothing has taken the place of."""
    rows = PayoutLine.objects.filter(
        batch__organisation_id=organisation_id, state__in=("failed", "returned"), replaced_by=None
    ).order_by("pk")
    wanted = set(party_ids)
    return {row.party_id: row for row in rows if row.party_id in wanted}


def _why_not(organisation_id: int, party_id: int, to: BankAccount | None, failed: PayoutLine | None) -> str:
    if to is None:
        some = accounts.of_party(organisation_id, party_id)
        return "waiting_account" if any(each.state == "waiting" for each in some) else "no_account"
    if failed is not None and failed.account_id == to.pk and failed.reason_code in payouts.ACCOUNT_FAULTS:
        return "same_account"
    return ""


def _lock(organisation_id: int, number: int, *states: str) -> PayoutBatch:
    rows = PayoutBatch.objects.select_for_update().select_related("organisation")
    batch = rows.filter(organisation_id=organisation_id, number=number).first()
    if batch is None or batch.state not in states:
        raise NotInThisState(number=number, state=batch.state if batch else "")
    return batch


def _advance(batch: PayoutBatch, state: str, *, at: datetime, by: int | None, text: str = "") -> None:
    batch.state = state
    batch.save(update_fields=["state"])
    _event(batch, state, at=at, by=by, text=text)


def _event(
    batch: PayoutBatch, act: str, *, at: datetime, by: int | None, text: str = "", details: dict | None = None
) -> None:
    PayoutEvent.objects.create(
        batch=batch, act=act, text=text.strip()[:300], details=details or {}, at=at, by_id=by
    )
    note_act(
        f"pay:{act}",
        subject=batch.reference,
        organisation_id=batch.organisation_id,
        text=text,
        after={"state": batch.state, **(details or {})},
        by=by,
    )
