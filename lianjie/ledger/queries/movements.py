"""Everything the journal holds about some parties, over organisations and up to a day.

Every question begins with the party: there is an index on it, so a large ledger costs no more than a small.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import islice

from django.db import connection

from lianjie.ledger.models import Allotment, Payout, PayoutItem, PayoutLine, Posting
from lianjie.ledger.queries.payables import base_of
from lianjie.ledger.rules.movement import (
    ADVANCE,
    Part,
    Stands,
    about,
    by_party,
    debt,
    kind_of,
    kind_of_line,
)
from lianjie.ledger.rules.movement import since as since_day


@dataclass(frozen=True)
class MovementRow:
    """One posting. `amount` is fen, or small units of `good` when it names one; debit above zero.

    own_day  the day of what it books, also when it was booked late
    settled  True when a settlement booked it
    pays     of a payment in a batch that pays for more than the household: what of it is the household's, by
             the source it pays, in the sign of `amount`
    """

    id: int
    day: date
    organisation_id: int
    party_id: int
    source: str
    text: str
    account: str
    good: str
    amount: int
    settled: bool
    reversed: bool
    own_day: date
    pays: tuple[tuple[str, int], ...] = ()


def of_parties(parties: Collection[int], organisations: Collection[int]) -> list[MovementRow]:
    """Every movement of these parties in these organisations, the latest first: one question for a page.

    The organisations are picked here: asked for them too, SQLite would begin with all their entries.
    """
    rows = (
        Posting.objects.filter(party_id__in=parties, entry__posted=True)
        .order_by("-entry__day", "-pk")
        .values_list(
            "pk",
            "entry__day",
            "entry__organisation_id",
            "party_id",
            "entry__source",
            "entry__text",
            "account",
            "good",
            "amount_fen",
            "quantity",
            "entry__settlement_id",
            "entry__reversed_by",
            "entry__own_day",
        )
    )
    at = set(organisations)
    return [
        MovementRow(
            pk,
            day,
            of,
            party,
            source,
            text,
            account,
            good,
            quantity if good else fen,
            bool(settled),
            bool(undone),
            own or day,
        )
        for pk, day, of, party, source, text, account, good, fen, quantity, settled, undone, own in rows
        if of in at
    ]


def within(
    rows: Iterable[MovementRow],
    start: date | None,
    on: date,
    *,
    before: tuple[date, int] | None = None,
    limit: int | None = 50,
) -> list[MovementRow]:
    """Those from `start` to the end of day `on`, in their order.

    before  day and id of a row: only what comes after it in this order
    limit   how many at most; None for all, for an export
    """
    found = (row for row in rows if row.day <= on and (start is None or row.day >= start))
    if before is not None:
        found = (row for row in found if (row.day, row.id) < before)
    return list(islice(found, limit))


def sums(
    rows: Iterable[MovementRow], parties: Collection[int], organisations: Collection[int], on: date
) -> list[Part]:
    """What the movements up to the end of day `on` add up to, by organisation, account, good and kind."""
    whole: dict[tuple[int, str, str, str, str], int] = defaultdict(int)
    found: dict[tuple[int, str, str, str, str], int] = defaultdict(int)
    for row in rows:
        for of, part in row.pays if row.day <= on else ():
            found[row.organisation_id, row.account, row.good, kind_of(of), about(of)] += part
        if row.day <= on and not row.pays:
            kind = kind_of_line(row.source, row.account, row.amount)
            whole[row.organisation_id, row.account, row.good, row.source, kind] += row.amount
    paid = (
        sent(parties, organisations)
        if any(source.partition("payout:")[1] for _, _, _, source, _ in whole)
        else {}
    )
    for (organisation, account, good, source, kind), amount in sorted(whole.items()):
        pays = paid.get(source.removeprefix("reversal:"))
        if pays is None:
            found[organisation, account, good, kind, about(source)] += amount
            continue
        back = -1 if source.startswith("reversal:") else 1
        for of, part in pays[account]:
            found[organisation, account, good, kind_of(of), about(of)] += back * part
    return [
        Part(organisation, account, good, kind, amount, of)
        for (organisation, account, good, kind, of), amount in found.items()
    ]


def since(
    rows: Iterable[MovementRow], stands: Iterable[Stands], on: date
) -> dict[tuple[int, str, str], date]:
    """Organisation, kind and instalment of what is owed on a day -> the day since which it is, in part."""
    within_day = [row for row in rows if row.day <= on and not row.good]
    undone = {row.source for row in within_day if row.source.startswith("reversal:")}
    grew: dict[tuple[int, str, str], list[tuple[date, int]]] = defaultdict(list)
    for row in within_day:
        if row.source in undone or f"reversal:{row.source}" in undone:
            continue
        key = debt(row.account, kind_of_line(row.source, row.account, row.amount), about(row.source))
        if key and (amount := row.amount if by_party(key[0]) else -row.amount) > 0:
            grew[row.organisation_id, *key].append((row.day, amount))
    left = {
        (each.organisation, *key): fen
        for each in stands
        for key, fen in (
            *each.owed.items(),
            *(((what, ""), fen) for what, fen in each.charged.items()),
            ((ADVANCE, ""), each.advances),
        )
    }
    found = {key: since_day(grew[key], fen) for key, fen in left.items() if fen > 0 and key in grew}
    return {key: day for key, day in found.items() if day}


def rents(rows: Iterable[MovementRow], party: int) -> dict[int, dict[str, int]]:
    """Organisation -> what `rents.booked` gives of the party: source of a rent not reversed -> fen owed."""
    found: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        if row.party_id == party and row.source.startswith("rent:") and not row.reversed:
            found[row.organisation_id][base_of(row.source)] -= 0 if row.good else row.amount
    return found


HANDED = {"allotment": Allotment, "payout": Payout, "line": PayoutLine}
"""What a party was given by settlements, handed by hand, and sent in batches."""


def handed(parties: Collection[int]) -> frozenset[str]:
    """Which of HANDED name any of the parties: no other need be asked."""
    places = ", ".join(["%s"] * len(parties))
    asked = (
        f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {model._meta.db_table} WHERE party_id IN ({places}))"
        for name, model in HANDED.items()
    )
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked), [*parties] * len(HANDED))
        return frozenset(name for (name,) in cursor.fetchall())


def sent(
    parties: Collection[int], organisations: Collection[int]
) -> dict[str, dict[str, list[tuple[str, int]]]]:
    """Source of a payment sent in a batch -> account -> what it pays, and how much of it."""
    found: dict[str, dict[str, list[tuple[str, int]]]] = {}
    rows = PayoutItem.objects.filter(
        line__party_id__in=parties, line__batch__organisation_id__in=organisations
    )
    for identity, account, source, fen in rows.values_list(
        "line__identity", "account", "source", "amount_fen"
    ):
        found.setdefault(f"payout:{identity}", defaultdict(list))[account].append((source, fen))
    return found


def years(rows: Iterable[MovementRow]) -> list[int]:
    """Years in which anything moved, the latest first."""
    return sorted({row.day.year for row in rows}, reverse=True)
