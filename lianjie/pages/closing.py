"""The trial balance, and months closed and opened again."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext

from lianjie.base.words import N_
from lianjie.ledger.queries import balances
from lianjie.ledger.queries.balances import TrialRow
from lianjie.pages import access, columns, export
from lianjie.pages.columns import Column
from lianjie.pages.settlement_way import language

COLUMNS = (
    Column("account", N_("Account"), "code"),
    Column("name", N_("Name of the account")),
    Column("good", N_("Goods")),
    Column("opening_debit", N_("Opening, debit"), "yuan"),
    Column("opening_credit", N_("Opening, credit"), "yuan"),
    Column("debit", N_("Moved, debit"), "yuan"),
    Column("credit", N_("Moved, credit"), "yuan"),
    Column("closing_debit", N_("Closing, debit"), "yuan"),
    Column("closing_credit", N_("Closing, credit"), "yuan"),
)
SIDES = tuple(column.name for column in COLUMNS[3:])


@dataclass(frozen=True)
class Months:
    """What was asked: a year, and in it one month or all (0); `start` to `until` are firsts of months."""

    year: int
    month: int

    @property
    def start(self) -> date:
        return date(self.year, self.month or 1, 1)

    @property
    def until(self) -> date:
        last = self.month or 12
        return date(self.year + last // 12, last % 12 + 1, 1)


def trial_balance(request: HttpRequest, code: str) -> HttpResponseBase:
    """Every account over a year or one of its months; `?as=csv` or `?as=xlsx` gives it as a file."""
    place = access.place(request, code, "read")
    years = sorted({each.year for each in balances.months(place.id)}, reverse=True)
    chosen = _months(request, years)
    rows = balances.trial_balance(place.id, chosen.start, chosen.until) if chosen else ()
    wanted = request.GET.get("as", "")
    if wanted in ("csv", "xlsx") and chosen:
        name = f"{place.code}-trial-balance-{chosen.start:%Y%m}-{chosen.year}{chosen.month or 12:02}"
        return export.as_asked(wanted, name, columns.heading(COLUMNS), _written(rows))
    money = [_cells(row) for row in rows if not row.good]
    return render(
        request,
        "closing/trial_balance.html",
        {
            "place": place,
            "years": years,
            "chosen": chosen,
            "months": range(1, 13),
            "sides": COLUMNS[3:],
            "money": money,
            "goods": [_cells(row) for row in rows if row.good],
            "sums": {side: sum(int(str(row[side])) for row in money) for side in SIDES},
        },
    )


def _months(request: HttpRequest, years: list[int]) -> Months | None:
    """The year and month asked for; the last year with something in it unless told."""
    year, month = request.GET.get("year", ""), request.GET.get("month", "")
    if not years:
        return None
    at = int(year) if year.isdigit() and int(year) in years else years[0]
    return Months(at, int(month) if month.isdigit() and 1 <= int(month) <= 12 else 0)


def _cells(row: TrialRow) -> dict[str, object]:
    """A row in two columns each for opening, moved and closing."""
    account = balances.chart().accounts.get(row.account)
    return {
        "account": row.account,
        "name": account.named(language()) if account else gettext("Account not in the chart"),
        "good": row.good,
        "opening_debit": max(row.opening, 0),
        "opening_credit": max(-row.opening, 0),
        "debit": row.debit,
        "credit": row.credit,
        "closing_debit": max(row.closing, 0),
        "closing_credit": max(-row.closing, 0),
    }


def _written(rows: Iterable[TrialRow]) -> Iterator[list[str | int | Decimal]]:
    """The rows of a file: money in yuan, goods in whole small units."""
    for row in rows:
        cells = _cells(row)
        sides = [int(str(cells[side])) for side in SIDES]
        amounts = sides if row.good else [Decimal(fen) / 100 for fen in sides]
        yield [row.account, str(cells["name"]), row.good, *amounts]
