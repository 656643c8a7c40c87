"""Balances by account, and the figures of a year read from them."""

from datetime import date
from functools import cache
from importlib.resources import files

from django.db.models import Sum

from lianjie.ledger.models import Posting
from lianjie.ledger.rules import year as rules
from lianjie.ledger.rules.accounts import Chart, read_chart


@cache
def chart() -> Chart:
    """The chart of accounts in force since 2023."""
    text = files("lianjie.ledger").joinpath("parameters/chart-coop-2023.toml").read_text("utf-8")
    return read_chart(text)


def balances(organisation_id: int, until: date) -> dict[str, int]:
    """Net fen by account from all posted entries before `until`; zero balances left out."""
    rows = (
        Posting.objects.filter(
            entry__organisation_id=organisation_id,
            entry__posted=True,
            entry__day__lt=until,
            good="",
        )
        .values_list("account")
        .annotate(Sum("amount_fen"))
        .order_by("account")
    )
    return {account: int(fen) for account, fen in rows if fen}


def year_figures(organisation_id: int, year: int) -> dict[str, int]:
    """Figures of the year in fen, from the books as they stand; empty when nothing is booked.

    After a settlement has closed the year the income accounts are empty; ask before, or replay.
    """
    found = balances(organisation_id, date(year + 1, 1, 1))
    return rules.figures(found, chart()) if found else {}
