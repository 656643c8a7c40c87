"""The year's statements of one organisation, read from the journal."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, Sum

from lianjie.ledger import parameters
from lianjie.ledger.models import Posting
from lianjie.ledger.queries import balances
from lianjie.ledger.queries.balances import chart
from lianjie.ledger.rules import forms
from lianjie.ledger.rules.forms import EquityRow, FormLine, Moved


@dataclass(frozen=True)
class YearForms:
    """Forms 01 (opening and closing columns), 02 and 03 of one year, its own settlement included.

    ties  the balance sheet balances, and all three give the same undistributed surplus
    """

    year: int
    opening: tuple[FormLine, ...]
    closing: tuple[FormLine, ...]
    surplus: tuple[FormLine, ...]
    equity: tuple[EquityRow, ...]

    @property
    def ties(self) -> bool:
        undistributed = {
            next(line.fen for line in self.closing if line.number == 40),
            self.surplus[-1].fen,
            self.equity[-1].fen["332"],
        }
        equity = next(line.fen for line in self.closing if line.number == 41)
        return forms.ties(self.closing) and len(undistributed) == 1 and self.equity[-1].together == equity


def year_forms(organisation_id: int, year: int) -> YearForms | None:
    """The three statements; None when nothing is booked up to the end of the year.

    A settlement of the year counts in the year, whenever its distribution was booked; its payouts do not.
    """
    form = parameters.text("forms-coop-2021")
    rows = _of_year(organisation_id, year)
    closing = _standing(rows)
    if not closing:
        return None
    before = _of_year(organisation_id, year - 1)
    opening = {}
    for (account, _), fen in _standing(before).items():
        opening[account] = opening.get(account, 0) + fen
    # A year before that is not closed yet: its surplus is undistributed all the same.
    for account in [code for code in opening if chart().account(code).kind in ("income", "expense")]:
        opening["332"] = opening.get("332", 0) + opening.pop(account)
    moved = list(_moved(organisation_id, year))
    lines = forms.surplus(form, forms.surplus_figures(opening, moved, chart()))
    return YearForms(
        year,
        forms.balance_sheet(form, _standing(before)),
        forms.balance_sheet(form, closing),
        lines,
        forms.equity(opening, moved, lines[11].fen),
    )


def years(organisation_id: int) -> list[int]:
    """Years in which something is booked, the latest first."""
    return sorted({month.year for month in balances.months(organisation_id)}, reverse=True)


def _of_year(organisation_id: int, year: int) -> Q:
    """Postings that belong to the books up to the end of a year: by day, but settlements by their year."""
    own = Q(entry__organisation_id=organisation_id, entry__posted=True, good="")
    by_day = Q(entry__settlement__isnull=True, entry__day__lte=date(year, 12, 31))
    by_settlement = Q(entry__settlement__year__lte=year) & ~_payouts()
    paid_in_time = Q(entry__settlement__isnull=False, entry__day__lte=date(year, 12, 31)) & _payouts()
    return own & (by_day | by_settlement | paid_in_time)


def _payouts() -> Q:
    return Q(entry__source__contains=":payout:")


def _standing(rows: Q) -> dict[tuple[str, str], int]:
    found = Posting.objects.filter(rows).values_list("account", "party__code").annotate(Sum("amount_fen"))
    return {(account, party or ""): int(fen) for account, party, fen in found.order_by() if fen}


def _moved(organisation_id: int, year: int) -> Iterator[Moved]:
    """What moved in the year, by what booked it."""
    inside = _of_year(organisation_id, year) & ~_of_year(organisation_id, year - 1)
    closing = Q(entry__source__endswith=":close") | Q(entry__source__endswith=":surplus")
    settled = Q(entry__settlement__year=year) & ~_payouts()
    costs = settled & Q(entry__day__lte=date(year, 12, 31))
    for kind, which in (
        ("closing", settled & closing),
        ("distribution", settled & ~closing & ~costs),
        ("other", ~(settled & closing) & ~(settled & ~closing & ~costs)),
    ):
        rows = Posting.objects.filter(inside & which).values_list("account").annotate(Sum("amount_fen"))
        for account, fen in rows.order_by():
            if fen:
                yield Moved(account, "", kind, int(fen))
