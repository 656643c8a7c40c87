"""The trial balance, and months closed and opened again."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lianjie.base.quantity import UNITS
from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.queries import history
from lianjie.ledger.actions import closing
from lianjie.ledger.queries import balances, closings
from lianjie.ledger.queries.balances import TrialRow
from lianjie.ledger.rules import closing as rules
from lianjie.ledger.rules.closing import month_after
from lianjie.pages import access, columns, export
from lianjie.pages.access import Place
from lianjie.pages.columns import Column
from lianjie.pages.settlement_way import attempt, language

COLUMNS = (
    Column("account", N_("Account"), "code"),
    Column("name", N_("Name of the account")),
    Column("good", N_("Goods")),
    Column("unit", N_("Unit")),
    Column("opening_debit", N_("Opening, debit"), "yuan"),
    Column("opening_credit", N_("Opening, credit"), "yuan"),
    Column("debit", N_("Moved, debit"), "yuan"),
    Column("credit", N_("Moved, credit"), "yuan"),
    Column("closing_debit", N_("Closing, debit"), "yuan"),
    Column("closing_credit", N_("Closing, credit"), "yuan"),
)
SIDES = tuple(column.name for column in COLUMNS[4:])


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
    units = history.units(place.id, {row.good for row in rows if row.good})
    wanted = request.GET.get("as", "")
    if wanted in ("csv", "xlsx") and chosen:
        name = f"{place.code}-trial-balance-{chosen.start:%Y%m}-{chosen.year}{chosen.month or 12:02}"
        return export.as_asked(wanted, name, columns.heading(COLUMNS), _written(rows, units))
    money = [_cells(row) for row in rows if not row.good]
    return render(
        request,
        "closing/trial_balance.html",
        {
            "place": place,
            "years": years,
            "chosen": chosen,
            "months": range(1, 13),
            "sides": COLUMNS[4:],
            "money": money,
            "goods": [_cells(row) | {"unit": units.get(row.good, "")} for row in rows if row.good],
            "below": [
                _cells(row) | {"unit": units.get(row.good, ""), "closing": -row.closing}
                for row in rows
                if rules.negative_stock(row.account, row.closing)
            ],
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
    code, name = balances.chart().named(row.account, language())
    return {
        "account": code,
        "name": name or gettext("Account not in the chart"),
        "good": row.good,
        "opening_debit": max(row.opening, 0),
        "opening_credit": max(-row.opening, 0),
        "debit": row.debit,
        "credit": row.credit,
        "closing_debit": max(row.closing, 0),
        "closing_credit": max(-row.closing, 0),
    }


def _written(rows: Iterable[TrialRow], units: Mapping[str, str]) -> Iterator[list[str | Decimal]]:
    """The rows of a file: money in yuan, goods in the unit beside them."""
    for row in rows:
        cells = _cells(row)
        code = units.get(row.good, "kg") if row.good else "yuan"
        small = int(UNITS[code].small)
        amounts = [Decimal(int(str(cells[side]))) / small for side in SIDES]
        yield [str(cells["account"]), str(cells["name"]), row.good, gettext(UNITS[code].label), *amounts]


# Months closed


class CloseForm(forms.Form):
    """Up to which month, and why it is closed with what is still open."""

    until = forms.ChoiceField(label=_("Close up to and including"))
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=300,
        help_text=_("Needed when something is still open that does not stop the closing."),
    )

    def __init__(self, data: QueryDict | None, choices: list[tuple[str, str]]) -> None:
        super().__init__(data)
        cast(forms.ChoiceField, self.fields["until"]).choices = choices


class ReopenForm(forms.Form):
    """From which month on, and why."""

    day = forms.ChoiceField(label=_("Open again from"))
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, data: QueryDict | None, choices: list[tuple[str, str]]) -> None:
        super().__init__(data)
        cast(forms.ChoiceField, self.fields["day"]).choices = choices


def listing(request: HttpRequest, code: str) -> HttpResponse:
    """Which months are closed and by whom, what waits before the next; POST closes up to one."""
    place = access.place(request, code, "read")
    return _closings(request, place, "settle", CloseForm if request.method == "POST" else None)


def reopening(request: HttpRequest, code: str) -> HttpResponse:
    """POST opens closed months again; anything else shows which are closed."""
    place = access.place(request, code, "read")
    return _closings(request, place, "decide", ReopenForm if request.method == "POST" else None)


def _closings(
    request: HttpRequest, place: Place, right: str, sent: type[CloseForm | ReopenForm] | None
) -> HttpResponse:
    done, today = closings.acts(place.id), timezone.localdate()
    months = closings.months(place.id, done)
    shut = [month for month in months if month.closed]
    over = [month for month in reversed(months) if not month.closed and month_after(month.first) <= today]
    close_choices = [(month_after(month.first).isoformat(), _month(month.first)) for month in over]
    reopen_choices = [(month.first.isoformat(), _month(month.first)) for month in shut]
    close_form, reopen_form = CloseForm(None, close_choices), ReopenForm(None, reopen_choices)
    refusals: tuple[Refusal, ...] = ()
    if sent is not None:
        access.place(request, place.code, right)
        form = sent(request.POST, close_choices if sent is CloseForm else reopen_choices)
        if form.is_valid():
            refusals = attempt(partial(_carry_out, request, place, form))
            if not refusals:
                messages.success(request, gettext("Recorded."))
                return redirect("closings", place.code)
        close_form, reopen_form = (form, reopen_form) if sent is CloseForm else (close_form, form)
    asked = request.POST.get("until") or request.GET.get("until", "")
    until = next((value for value, _ in close_choices if value == asked), "") or (
        close_choices[0][0] if close_choices else ""
    )
    if not close_form.is_bound:
        close_form.initial["until"] = until
    return render(
        request,
        "closing/list.html",
        {
            "place": place,
            "months": months,
            "acts": done,
            "until": until,
            "checks": closings.checks(place.id, closings.since(place.id), date.fromisoformat(until))
            if until
            else [],
            "close_form": close_form if close_choices and "settle" in place.rights else None,
            "reopen_form": reopen_form if reopen_choices and "decide" in place.rights else None,
            "refusals": refusals,
        },
        status=422 if sent is not None else 200,
    )


def _carry_out(request: HttpRequest, place: Place, form: forms.Form) -> None:
    given, now = form.cleaned_data, timezone.now()
    if isinstance(form, CloseForm):
        closing.close(
            place.id,
            date.fromisoformat(given["until"]),
            today=timezone.localdate(),
            reason=given["reason"],
            at=now,
            by=request.user.pk,
        )
    else:
        day = date.fromisoformat(given["day"])
        closing.reopen(place.id, day, reason=given["reason"], at=now, by=request.user.pk)


def _month(first: date) -> str:
    return f"{first:%Y-%m}"
