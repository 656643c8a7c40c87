"""Which months are closed, by whom; what waits before the next; whether the acts still stand as written."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Max

from lianjie.base.digest import sha256
from lianjie.facts.queries import disputes
from lianjie.facts.queries.bookable import bookable
from lianjie.facts.queries.names import user_name
from lianjie.ledger.models import Closing, Entry, Settlement
from lianjie.ledger.queries import balances
from lianjie.ledger.queries.land_rights import not_written_off
from lianjie.ledger.queries.rents import not_booked, parts_of_years, source_of
from lianjie.ledger.rules import closing as rules
from lianjie.ledger.rules.closing import Check
from lianjie.ledger.rules.flow import CARRIED_OUT

SLICE = 900
SUSPENSE = ("154", "181")
SOME = 5
EARLIEST = date(1949, 1, 1)


@dataclass(frozen=True)
class Act:
    """One closing or reopening. `until_day` is the first open day after it."""

    number: int
    act: str
    until_day: date
    reason: str
    sha256: str
    at: datetime
    by: str


@dataclass(frozen=True)
class Month:
    """A month with something booked, or closed; `closed` is the act that closed it as it stands now."""

    first: date
    closed: Act | None


def first_open(organisation_id: int) -> date | None:
    """The first day anything may be booked on; None when nothing is closed."""
    rows = Closing.objects.filter(organisation_id=organisation_id).order_by("-number")
    return rows.values_list("until_day", flat=True).first()


def late_from(organisation_id: int) -> date | None:
    """The day on which what belongs to a closed month or a settled year is booked; None when nothing is shut.

    A year whose settlement is booked stands as the members saw it, whether or not its months are closed.
    """
    settled = Settlement.objects.filter(organisation_id=organisation_id, state__in=CARRIED_OUT)
    year = settled.aggregate(last=Max("year"))["last"]
    days = [first_open(organisation_id), date(year + 1, 1, 1) if year else None]
    return max((day for day in days if day), default=None)


@dataclass(frozen=True)
class Late:
    """Something of closed books that is booked on the first open day. `own_day`: the day it is of."""

    day: date
    own_day: date


def newest(organisation_id: int) -> int:
    """What tells, with `late_since`, which entries came after now. 0 while nothing is shut."""
    if late_from(organisation_id) is None:
        return 0
    return Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def late_since(organisation_id: int, newest: int) -> Late | None:
    """The first entry since then that could not stand on its own day."""
    if not newest:
        return None
    rows = Entry.objects.filter(pk__gt=newest, organisation_id=organisation_id, own_day__isnull=False)
    found = rows.order_by("pk").values_list("day", "own_day").first()
    return Late(*found) if found else None


def since(organisation_id: int) -> date:
    """The day from which a closing looks: the first open one, or long before any books."""
    return first_open(organisation_id) or EARLIEST


def acts(organisation_id: int) -> list[Act]:
    """Every closing and reopening, the latest first."""
    rows = Closing.objects.filter(organisation_id=organisation_id).select_related("by").order_by("-number")
    return [
        Act(
            row.number,
            row.act,
            row.until_day,
            row.reason,
            row.sha256,
            row.at,
            user_name(row.by),
        )
        for row in rows
    ]


def months(organisation_id: int, done: list[Act]) -> list[Month]:
    """Every month from the first booked to the last booked or closed, the latest first."""
    kept = balances.months(organisation_id)
    if not kept:
        return []
    end = max([kept[-1], *(act.until_day - timedelta(days=1) for act in done)])
    found = []
    month = kept[0]
    while month <= end:
        closed: Act | None = None
        for act in reversed(done):
            if act.act == "close" and month < act.until_day:
                closed = closed or act
            elif act.act == "reopen" and month >= act.until_day:
                closed = None
        found.append(Month(month, closed))
        month = rules.month_after(month)
    return found[::-1]


def checks(organisation_id: int, start: date, until: date) -> list[Check]:
    """What must, or should, be seen to before everything dated from `start` up to `until` is closed."""
    found = {
        "sums": [f"{each.month:%Y-%m} {each.account}" for each in _sums(organisation_id, start, until)],
        "unposted": _unposted(organisation_id, start, until),
        "unbooked": _unbooked(organisation_id, start, until),
        "rents": _rents(organisation_id, start, until),
        "disputes": [
            each.receipt
            for each in disputes.listing(organisation_id)
            if each.open and start <= each.day < until
        ],
    }
    standing = balances.balances(organisation_id, until)
    found["stock"] = [code for code, fen in standing.items() if rules.negative_stock(code, fen)]
    found["suspense"] = [code for code in standing if code.split(".")[0] in SUSPENSE]
    if until.month == 1 and not _settled(organisation_id, until.year - 1):
        kinds = {code: balances.chart().accounts.get(code.split(".")[0]) for code in standing}
        found["year"] = [code for code, kept in kinds.items() if kept and kept.kind in ("income", "expense")]
    return [Check(kind, len(names), tuple(names[:SOME])) for kind, names in found.items() if names]


def described(organisation_id: int, start: date | None, until: date) -> dict[str, object]:
    """What an act at `until` pins: the balances there, and the entries since `start` by their hashes."""
    rows = Entry.objects.filter(organisation_id=organisation_id, posted=True, day__lt=until)
    if start is not None:
        rows = rows.filter(day__gte=start)
    count, digest = 0, ""
    for source, content in rows.order_by("pk").values_list("source", "content_hash").iterator(2000):
        count, digest = count + 1, sha256(digest, source, content)
    return {
        "from": start.isoformat() if start else "",
        "until": until.isoformat(),
        "entries": count,
        "entries_sha256": digest,
        "balances": [
            [row.account, row.good, row.debit, row.credit]
            for row in balances.trial_balance(organisation_id, date(1, 1, 1), until)
        ],
    }


def organisations() -> list[int]:
    """Ids of those whose months were ever closed."""
    rows = Closing.objects.order_by("organisation_id")
    return list(rows.values_list("organisation_id", flat=True).distinct())


def broken(organisation_id: int) -> list[str]:
    """Acts whose hash, or whose books, are no longer what was written; nothing unless something is wrong."""
    found, before = [], ""
    rows = list(Closing.objects.filter(organisation_id=organisation_id).order_by("number"))
    for row in rows:
        if row.sha256 != rules.chained(before, row.content):
            found.append(f"{row.number}: hash")
        before = row.sha256
    for nth, row in enumerate(rows):
        if row.act == "close" and all(later.until_day >= row.until_day for later in rows[nth + 1 :]):
            said = json.loads(row.content)
            start = date.fromisoformat(said["from"]) if said["from"] else None
            now = described(organisation_id, start, row.until_day)
            if any(said[name] != value for name, value in now.items()):
                found.append(f"{row.number}: books")
    return found


def _sums(organisation_id: int, start: date, until: date) -> list[balances.Difference]:
    chosen = [month for month in balances.months(organisation_id) if start <= month < until]
    return balances.differences(organisation_id, chosen) if chosen else []


def _unposted(organisation_id: int, start: date, until: date) -> list[str]:
    rows = Entry.objects.filter(organisation_id=organisation_id, posted=False, day__gte=start, day__lt=until)
    return list(rows.values_list("source", flat=True))


def _unbooked(organisation_id: int, start: date, until: date) -> list[str]:
    """References of facts of the period that no entry names."""
    wanted = bookable(organisation_id, start, until)
    missing: list[str] = []
    for at in range(0, len(wanted), SLICE):
        part = wanted[at : at + SLICE]
        rows = Entry.objects.filter(organisation_id=organisation_id, source__in=part)
        missing += sorted({*part} - {*rows.values_list("source", flat=True)})
    return missing


def _rents(organisation_id: int, start: date, until: date) -> list[str]:
    rents = [source_of(each) for each in not_booked(organisation_id, start, until)]
    parts = (*parts_of_years(organisation_id, start, until), *not_written_off(organisation_id, start, until))
    return rents + [source for source, _, _ in parts]


def _settled(organisation_id: int, year: int) -> bool:
    rows = Settlement.objects.filter(organisation_id=organisation_id, year=year, state__in=CARRIED_OUT)
    return rows.exists()
