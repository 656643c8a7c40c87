"""What goes into a payment file and what comes back: pure, whatever the bank's layout."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from lianjie.base.refusal import Refusal, Refusals
from lianjie.base.words import N_
from lianjie.facts.rules.bank import alike

Status = Literal["settled", "failed", "waiting"]


class TooManyLines(Refusal):
    what = N_("This bank takes {least} to {most} payments in a file; the batch has {count}.")
    fix = N_("Make several smaller batches, or choose another layout.")


class FieldNotForBank(Refusal):
    what = N_("Line {line}: “{value}” cannot be written in the bank's file ({field}).")
    fix = N_("Correct the account, or take this household out of the batch and pay it another way.")


class ReturnUnreadable(Refusal):
    what = N_("The bank's answer cannot be read: {text}")
    fix = N_("Choose the layout the file has, and the file as the bank gave it, unopened by Excel.")


class ReturnLineUnknown(Refusal):
    what = N_("Row {row}: no payment of this batch fits “{told}”.")
    fix = N_("Check that the answer belongs to this batch; nothing was taken over.")


class ReturnLineUnclear(Refusal):
    what = N_("Row {row}: “{told}” fits {count} payments of this batch.")
    fix = N_("Enter what became of these payments by hand; nothing was taken over.")


class ReturnStatusUnknown(Refusal):
    what = N_("Row {row}: “{status}” is not a status this layout knows.")
    fix = N_("Add the word to the layout, or enter what became of this payment by hand.")


class ReturnDiffers(Refusal):
    what = N_("Row {row}: the payment “{identity}” is already “{state}”; the answer says “{status}”.")
    fix = N_("Ask the bank which is true; enter what became of this payment by hand.")


@dataclass(frozen=True)
class Payment:
    """One line of a file. `number` is the account in full: never shown, never logged."""

    identity: str
    holder: str
    number: str
    bank: str
    bank_code: str
    amount_fen: int
    id_number: str = ""


@dataclass(frozen=True)
class Payer:
    """Whose money it is."""

    name: str
    number: str
    bank: str
    bank_code: str


@dataclass(frozen=True)
class BatchFile:
    """A file to be: payments in order, when and what for."""

    name: str
    payer: Payer
    day: date
    note: str
    payments: tuple[Payment, ...]

    @property
    def total_fen(self) -> int:
        """All payments together."""
        return sum(each.amount_fen for each in self.payments)


@dataclass(frozen=True)
class Told:
    """One row of a bank's answer, as read. What the bank does not repeat is empty."""

    row: int
    status: Status
    identity: str = ""
    holder: str = ""
    number: str = ""
    amount_fen: int | None = None
    code: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Fate:
    """What became of one payment."""

    identity: str
    status: Status
    code: str
    reason: str


def match(told: Iterable[Told], payments: Sequence[Payment], states: dict[str, str]) -> list[Fate]:
    """Each row's payment, by its id, or by account, amount and name where the bank does not repeat ids.

    states  identity -> waiting, settled or failed, as it stands
    returns  only what is news; the same answer read twice brings none

    Refuses with every row that fits none, fits several, or says otherwise than what stands.
    """
    by_id = {each.identity: each for each in payments}
    by_content: dict[tuple[str, int], list[Payment]] = defaultdict(list)
    for each in payments:
        by_content[each.number, each.amount_fen].append(each)
    problems: list[Refusal] = []
    fates: dict[str, Fate] = {}
    taken: set[str] = set()
    for row in told:
        if row.identity:
            fit = [by_id[row.identity]] if row.identity in by_id else []
        else:
            fit = [
                each
                for each in by_content.get((row.number, row.amount_fen or 0), [])
                if each.identity not in taken and (not row.holder or alike(row.holder) == alike(each.holder))
            ]
        shown = row.identity or row.holder
        if not fit:
            problems.append(ReturnLineUnknown(row=row.row, told=shown))
            continue
        if len(fit) > 1 and len({states[each.identity] for each in fit}) > 1:
            problems.append(ReturnLineUnclear(row=row.row, told=shown, count=len(fit)))
            continue
        one = fit[0]
        taken.add(one.identity)
        stands = states[one.identity]
        if row.status == "waiting" or stands == row.status:
            continue
        if stands != "waiting":
            problems.append(
                ReturnDiffers(row=row.row, identity=one.identity, state=stands, status=row.status)
            )
            continue
        fates[one.identity] = Fate(one.identity, row.status, row.code, row.reason)
    if problems:
        raise Refusals(problems)
    return list(fates.values())
