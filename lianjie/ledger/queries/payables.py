"""What an organisation still owes its people, item by item, less what is on its way.

Open items, not balances: a rent is paid in full whatever else the household owes (Land Contracting
Law, art. 39).
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Q, Sum

from lianjie.base.fen import Fen
from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.models import Party
from lianjie.facts.queries import rents, stock
from lianjie.ledger.models import Entry, PayoutItem, Posting, Settlement
from lianjie.ledger.queries.owed import still_owed


class WagesInABatch(Refusal):
    what = N_("Wages of the payroll {key} are in batch {batch}: paying all of it would pay them twice.")
    fix = N_("Pay what is left by a batch, or enter first that those payments failed.")


class MoreThanProduce(Refusal):
    what = N_(
        "Of {delivery} {left} yuan are still owed to the household; {given} yuan cannot be taken from it."
    )
    fix = N_("Take at most that, or another delivery; what is on its way or paid is the household's own.")


ACCOUNTS = ("114", "211", "212", "213")
PURPOSES: Mapping[str, tuple[str, ...]] = {
    "settlement": (),
    "rent": ("rent:", "rentpayment:"),
    "wages": ("payroll:", "wagepayment:"),
    "produce": ("delivery:", "floorincome:"),
}
"""Purpose of a batch -> how the entries that owe begin. A settlement owes by its allotments."""

PURPOSE_WORDS = {
    "settlement": N_("Settlement of the year"),
    "rent": N_("Rent"),
    "wages": N_("Wages"),
    "produce": N_("Produce"),
}


@dataclass(frozen=True)
class Item:
    """So much of one source on one account, owed to one party."""

    party_id: int
    source: str
    account: str
    fen: int


def items(organisation_id: int, purpose: str, *, carried: bool = False) -> list[Item]:
    """What is owed and neither paid nor on its way, by party, source and account; every one above zero.

    carried  with the rents an agent has in hand for the household
    """
    found = _settled_years(organisation_id) if purpose == "settlement" else _booked(organisation_id, purpose)
    for (party, source, account), fen in _sent(organisation_id).items():
        if (party, source, account) in found:
            found[party, source, account] -= fen
    held = (
        set() if carried or purpose != "rent" else {f"rent:{rent}" for rent in rents.carried(organisation_id)}
    )
    return [Item(*key, fen) for key, fen in sorted(found.items()) if fen > 0 and key[1] not in held]


def waiting(organisation_id: int, source: str) -> bool:
    """True while a payment of it is on its way."""
    rows = PayoutItem.objects.filter(line__batch__organisation_id=organisation_id, source=source)
    return rows.filter(line__state="waiting").exists()


def overpaid(organisation_id: int, purpose: str) -> list[Item]:
    """Sources of which more was sent than is owed since they were corrected: for a person to see to."""
    found = _booked(organisation_id, purpose)
    for key, fen in _sent(organisation_id).items():
        if key in found:
            found[key] -= fen
    return [Item(*key, -fen) for key, fen in sorted(found.items()) if fen < 0]


def produce_of(organisation_id: int, party_id: int) -> list[tuple[str, int]]:
    """Deliveries for which a household is still owed something that is not on its way, and how much."""
    return [
        (each.source, each.fen)
        for each in items(organisation_id, "produce")
        if each.party_id == party_id and each.source.startswith("delivery:")
    ]


def produce(organisation_id: int, party: str, delivery: str, fen: int) -> str:
    """The account on which a delivery is owed to its grower, once an advance is set off against it.

    Refuses with MoreThanProduce when less than nothing would be left of it.
    """
    found = _booked(organisation_id, "produce")
    sent = _sent(organisation_id)
    source = base_of(delivery)
    left = {key: owed - sent.get(key, 0) for key, owed in found.items() if key[1] == source}
    known = Party.objects.filter(code=party).values_list("pk", flat=True).first()
    mine = {key: owed for key, owed in left.items() if key[0] == known}
    if not mine or min(mine.values()) < 0:
        owed = sum(mine.values()) + fen if mine else 0
        raise MoreThanProduce(delivery=source, left=Fen(owed), given=Fen(fen))
    (_, _, account), _ = max(mine.items(), key=lambda each: each[1])
    return account


def refuse_in_batch(organisation_id: int, payroll: str) -> None:
    """By hand a payroll is paid whole: refuses with WagesInABatch once any was sent or is on its way."""
    lines = PayoutItem.objects.filter(
        line__batch__organisation_id=organisation_id,
        source=f"payroll:{payroll}",
        line__state__in=("waiting", "settled"),
    )
    batch = lines.values_list("line__batch__number", flat=True).first()
    if batch is not None:
        raise WagesInABatch(key=payroll, batch=batch)


def elsewhere_until(organisation_id: int) -> date | None:
    """The last day of books brought in from elsewhere; None when all are kept here.

    Whatever was owed up to it is paid by those books: it is not offered here a second time.
    """
    brought = Entry.objects.filter(
        organisation_id=organisation_id, posted=True, source__gte="balances:", source__lt="balances;"
    )
    found: date | None = brought.aggregate(day=Max("day"))["day"]
    return found


def base_of(source: str) -> str:
    """The source an entry is about: reversals, later versions, wages and rents paid stand with the first."""
    plain = source
    while plain.startswith("reversal:"):
        plain = plain.removeprefix("reversal:")
    plain = re.sub(r"~\d+", "", plain)
    plain = re.sub(r"^rentpayment:(.*)/\w+$", r"rent:\1", plain)
    return re.sub(r"^wagepayment:", "payroll:", plain)


def _booked(organisation_id: int, purpose: str) -> dict[tuple[int, str, str], int]:
    begins = Q()
    for prefix in PURPOSES[purpose]:
        for start in (prefix, f"reversal:{prefix}"):
            # A range, not LIKE: both databases then use the index of sources.
            begins |= Q(entry__source__gte=start, entry__source__lt=start[:-1] + ";")
    kept_elsewhere = elsewhere_until(organisation_id)
    later = Q(entry__day__gt=kept_elsewhere) if kept_elsewhere else Q()
    rows = (
        Posting.objects.filter(
            begins,
            later,
            entry__organisation_id=organisation_id,
            entry__posted=True,
            party__isnull=False,
            account__in=ACCOUNTS,
            good="",
        )
        .values_list("party_id", "entry__source", "account")
        .annotate(Sum("amount_fen"))
    )
    found: dict[tuple[int, str, str], int] = defaultdict(int)
    for party, source, account, fen in rows:
        found[party, base_of(source), account] -= fen
    if purpose == "produce":
        for (party, source), fen in stock.set_off(organisation_id).items():
            # Where it is owed; a delivery corrected to another account stands on both, on one with nothing.
            at = [key for key in found if key[:2] == (party, source)]
            if at:
                found[max(at, key=lambda key: found[key])] -= fen
    return found


def _settled_years(organisation_id: int) -> dict[tuple[int, str, str], int]:
    found: dict[tuple[int, str, str], int] = {}
    for each in Settlement.objects.filter(organisation_id=organisation_id, state="posted"):
        for due in still_owed(each.pk):
            if not due.good:
                key = due.party_id, settlement_source(each.year, each.round), due.account
                found[key] = found.get(key, 0) + due.fen
    return found


def settlement_source(year: int, turn: int) -> str:
    """How an item names a settlement."""
    return f"settlement:{year}.{turn}"


def _sent(organisation_id: int) -> dict[tuple[int, str, str], int]:
    """What lines on their way, or settled, pay of each source. What a settlement paid counts by Payout."""
    rows = PayoutItem.objects.filter(line__batch__organisation_id=organisation_id).filter(
        Q(line__state="waiting") | Q(line__state="settled") & ~Q(line__batch__purpose="settlement")
    )
    sums = rows.values_list("line__party_id", "source", "account").annotate(Sum("amount_fen"))
    return {(party, source, account): int(fen) for party, source, account, fen in sums}
