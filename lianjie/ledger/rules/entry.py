"""A balanced journal record, in money and in goods.

One sign rule: debit above zero, credit below. An entry balances in each kind on its own; only a dated
price or an agreed ratio turns one kind into another, and then both sides stand in the entry.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from lianjie.base.digest import sha256
from lianjie.base.fen import Fen
from lianjie.base.refusal import Refusal
from lianjie.base.words import N_

MONEY = ""


class EntryUnbalanced(Refusal):
    what = N_("The entry “{source}” does not balance: debits and credits in {kind} differ by {difference}.")
    fix = N_("Check its lines; nothing was booked.")


class EntryEmpty(Refusal):
    what = N_("The entry “{source}” has no lines.")
    fix = N_("Book only what moves money or goods.")


class BookedDifferently(Refusal):
    what = N_("“{source}” is already booked with other content.")
    fix = N_("Enter a correction: the old entry is reversed and the new one booked.")


@dataclass(frozen=True, slots=True)
class Posting:
    """One line: `amount` fen when `good` is empty, else whole small units of that good.

    account  code in the chart, with a detail after a dot where the chart asks for one ("332.1")
    party    code of the member, household or other party, or "" for none
    """

    account: str
    amount: int
    party: str = ""
    good: str = MONEY

    @property
    def fen(self) -> Fen:
        """The money of a money line."""
        return Fen(self.amount if self.good == MONEY else 0)


@dataclass(frozen=True)
class Entry:
    """What is booked for one source, balanced in every kind."""

    source: str
    day: date
    text: str
    postings: tuple[Posting, ...]

    def __post_init__(self) -> None:
        if not self.postings:
            raise EntryEmpty(source=self.source)
        for kind, sum_ in balance(self.postings).items():
            if sum_:
                raise EntryUnbalanced(
                    source=self.source,
                    kind=kind or "yuan",
                    difference=Fen(sum_) if kind == MONEY else sum_,
                )

    @property
    def content_hash(self) -> str:
        """Same content, same hash: a retry is told from a different booking under the same source."""
        lines = sorted((p.account, p.party, p.good, p.amount) for p in self.postings)
        content = json.dumps([self.source, self.day.isoformat(), lines], ensure_ascii=False)
        return sha256(content)


def balance(postings: Iterable[Posting]) -> dict[str, int]:
    """Sum of each kind; an entry may stand only when all are zero."""
    sums: dict[str, int] = defaultdict(int)
    for posting in postings:
        sums[posting.good] += posting.amount
    return dict(sums)


def entry(source: str, day: date, text: str, *postings: Posting) -> Entry:
    """Build an entry, leaving out lines of nothing. Refuses what does not balance."""
    return Entry(source, day, text, tuple(p for p in postings if p.amount))


def reversal(of: Entry, day: date, text: str) -> Entry:
    """The same lines with the other sign, under its own source."""
    turned = tuple(Posting(p.account, -p.amount, p.party, p.good) for p in of.postings)
    return Entry(f"reversal:{of.source}", day, text, turned)
