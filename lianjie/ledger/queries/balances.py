"""Balances by account, and the figures of a year read from them.

Whole months come from the sums kept as entries are posted; only the days of a month begun are added up from
the lines.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from django.db import connection
from django.db.models import Sum

from lianjie.ledger.models import Balance, Posting
from lianjie.ledger.rules import year as rules
from lianjie.ledger.rules.accounts import Chart, read_chart


@dataclass(frozen=True)
class TrialRow:
    """One account over some months: net at the start, both sides in between, net at the end.

    Fen when `good` is empty, else small units of the good; debit above zero.
    """

    account: str
    good: str
    opening: int
    debit: int
    credit: int

    @property
    def closing(self) -> int:
        return self.opening + self.debit - self.credit


@dataclass(frozen=True)
class Difference:
    """A stored sum that is not what the lines add up to; (debit, credit) of each."""

    organisation_id: int
    month: date
    account: str
    good: str
    stored: tuple[int, int]
    lines: tuple[int, int]


@cache
def chart() -> Chart:
    """The chart of accounts in force since 2023."""
    text = files("lianjie.ledger").joinpath("parameters/chart-coop-2023.toml").read_text("utf-8")
    return read_chart(text)


def balances(organisation_id: int, until: date) -> dict[str, int]:
    """Net fen by account from all posted entries before `until`; zero balances left out."""
    month = until.replace(day=1)
    months = Balance.objects.filter(organisation_id=organisation_id, month__lt=month, good="")
    found: dict[str, int] = {}
    for account, debit, credit in (
        months.order_by().values_list("account").annotate(Sum("debit"), Sum("credit"))
    ):
        found[account] = int(debit - credit)
    if until != month:
        lines = Posting.objects.filter(
            entry__organisation_id=organisation_id,
            entry__posted=True,
            entry__day__gte=month,
            entry__day__lt=until,
            good="",
        )
        for account, fen in lines.order_by().values_list("account").annotate(Sum("amount_fen")):
            found[account] = found.get(account, 0) + int(fen)
    return {account: fen for account, fen in sorted(found.items()) if fen}


def trial_balance(organisation_id: int, start: date, until: date) -> tuple[TrialRow, ...]:
    """Every account that ever moved before `until`, money first; both days are firsts of months."""
    assert start.day == until.day == 1, (start, until)
    rows = Balance.objects.filter(organisation_id=organisation_id, month__lt=until)
    found: dict[tuple[str, str], list[int]] = {}
    for month, account, good, debit, credit in rows.values_list(
        "month", "account", "good", "debit", "credit"
    ).iterator():
        sums = found.setdefault((good, account), [0, 0, 0])
        if month < start:
            sums[0] += debit - credit
        else:
            sums[1] += debit
            sums[2] += credit
    return tuple(TrialRow(account, good, *sums) for (good, account), sums in sorted(found.items()))


def months(organisation_id: int) -> list[date]:
    """First days of the months in which something is booked, the earliest first."""
    rows = Balance.objects.filter(organisation_id=organisation_id)
    return sorted(rows.order_by().values_list("month", flat=True).distinct())


def differences(organisation_id: int | None = None, months: Iterable[date] = ()) -> list[Difference]:
    """Where the stored sums and the lines part: nothing, unless something is wrong.

    organisation_id  None for every organisation
    months           first days of the months looked at; empty for all
    """
    chosen = sorted(months)
    stored = {
        (organisation, month, account, good): (debit, credit)
        for organisation, month, account, good, debit, credit in _stored(organisation_id, chosen)
    }
    lines = {
        (organisation, _day(month), account, good): (int(debit), int(credit))
        for organisation, month, account, good, debit, credit in _added_up(organisation_id, chosen)
    }
    return [
        Difference(*key, stored.get(key, (0, 0)), lines.get(key, (0, 0)))
        for key in sorted({*stored, *lines})
        if stored.get(key) != lines.get(key)
    ]


def year_figures(organisation_id: int, year: int) -> dict[str, int]:
    """Figures of the year in fen, from the books as they stand; empty when nothing is booked.

    After a settlement has closed the year the income accounts are empty; ask before, or replay.
    """
    found = balances(organisation_id, date(year + 1, 1, 1))
    return rules.figures(found, chart()) if found else {}


def _stored(organisation_id: int | None, months: list[date]) -> Iterable[tuple]:
    rows = Balance.objects.all()
    if organisation_id is not None:
        rows = rows.filter(organisation_id=organisation_id)
    if months:
        rows = rows.filter(month__in=months)
    return rows.values_list("organisation_id", "month", "account", "good", "debit", "credit").iterator()


def _added_up(organisation_id: int | None, months: list[date]) -> list[tuple]:
    """The same sums from the lines, in one question to the database."""
    sqlite = connection.vendor == "sqlite"
    month = "date(e.day, 'start of month')" if sqlite else "date_trunc('month', e.day)::date"
    greater = "MAX" if sqlite else "GREATEST"
    where, values = "e.posted", list[object]()
    if organisation_id is not None:
        where += " AND e.organisation_id = %s"
        values.append(organisation_id)
    if months:
        where += f" AND {month} IN ({', '.join(['%s'] * len(months))})"
        values += [each.isoformat() if sqlite else each for each in months]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT e.organisation_id, {month}, p.account, p.good,
                SUM({greater}(p.amount_fen + p.quantity, 0)), SUM({greater}(-p.amount_fen - p.quantity, 0))
            FROM ledger_entry e JOIN ledger_posting p ON p.entry_id = e.id
            WHERE {where} GROUP BY 1, 2, 3, 4
            """,
            values,
        )
        return cursor.fetchall()


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value
