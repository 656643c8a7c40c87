"""Months closed in order, and opened again: what may be done, and what must be seen to before.

A closing moves the first open day forward by whole months; a reopening moves it back. Nothing is booked
before the first open day. Source: basic accounting work rules (会计基础工作规范), art. 64: everything of the
period is entered before its books are closed.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from lianjie.base.digest import sha256
from lianjie.base.refusal import Refusal
from lianjie.base.words import N_


class ClosedMeanwhile(Refusal):
    what = N_("Somebody closed the month while this was being booked; nothing was written.")
    fix = N_("Do it again: it is then dated on the first open day.")


class PeriodClosed(Refusal):
    what = N_("The books are closed up to {open}; nothing can be dated {day} any more.")
    fix = N_(
        "Book it on {open} or later. Or have the months opened again, with a reason, by whoever decides."
    )


class MonthNotOver(Refusal):
    what = N_("The month that ends before {until} is not over yet.")
    fix = N_("Close it once it has ended.")


class ClosedAlready(Refusal):
    what = N_("The books are closed up to {open} already.")
    fix = N_("Choose a later month.")


class NotClosed(Refusal):
    what = N_("Nothing from {day} on is closed.")
    fix = N_("Choose a closed month.")


class ClosingNeedsReason(Refusal):
    what = N_("A reason is needed.")
    fix = N_("Write why the months are opened again, or why they are closed with what is still open.")


class MustBeSeenTo(Refusal):
    what = N_("To be put right before these months can be closed: {count}; the first: {first}")
    fix = N_("Put them right; the page of closings lists them.")


CHECKS: Mapping[str, tuple[str, bool]] = {
    "sums": (N_("stored sums that are not what the lines add up to"), True),
    "unposted": (N_("entries begun and never posted"), True),
    "unbooked": (N_("facts without their entry"), True),
    "rents": (N_("rents fallen due and not booked"), False),
    "disputes": (N_("deliveries in dispute"), False),
    "suspense": (N_("accounts for what is pending (154, 181) that are not empty"), False),
    "stock": (N_("accounts of the stock (121 to 128) that stand below zero"), False),
    "year": (N_("income and expense accounts of a year whose settlement is not booked"), False),
}
"""Kind -> in words, and whether it stops the closing. The others need a reason."""


@dataclass(frozen=True)
class Check:
    """Something found before a closing: `count` of a kind in CHECKS, and a few of them by name."""

    kind: str
    count: int
    some: tuple[str, ...]

    @property
    def text(self) -> str:
        return CHECKS[self.kind][0]

    @property
    def stops(self) -> bool:
        return CHECKS[self.kind][1]


STOCK = ("121", "122", "124", "125", "127", "128")
"""Accounts of goods: nobody holds less than nothing."""


def negative_stock(account: str, closing: int) -> bool:
    """Whether goods, or what they are worth, stand below zero (debit above zero)."""
    return closing < 0 and account.partition(".")[0] in STOCK


def month_after(month: date) -> date:
    """The first day of the next month."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def may_close(open_day: date | None, until: date, today: date, checks: Iterable[Check], reason: str) -> None:
    """Refuses with ClosedAlready, MonthNotOver, MustBeSeenTo and ClosingNeedsReason."""
    if open_day is not None and until <= open_day:
        raise ClosedAlready(open=open_day)
    if until.day != 1 or until > today:
        raise MonthNotOver(until=until)
    found = list(checks)
    stopping = [each for each in found if each.stops]
    if stopping:
        raise MustBeSeenTo(count=sum(each.count for each in stopping), first=stopping[0].text)
    if found and not reason.strip():
        raise ClosingNeedsReason()


def may_reopen(open_day: date | None, day: date, reason: str) -> None:
    """Refuses with NotClosed and ClosingNeedsReason."""
    if open_day is None or day >= open_day or day.day != 1:
        raise NotClosed(day=day)
    if not reason.strip():
        raise ClosingNeedsReason()


def content(**parts: object) -> str:
    """An act as the canonical text that is hashed."""
    return json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def chained(before: str, text: str) -> str:
    """The hash of an act and of the one before it ("" for the first)."""
    return sha256(before, text)
