"""The books of an organisation: the journal, and the trial balance of some months."""

from datetime import date
from typing import Annotated

from django.http import HttpRequest
from django.utils.translation import gettext
from ninja import Field, Query, Router, Schema

from lianjie.facts.queries import history
from lianjie.ledger.queries import balances
from lianjie.ledger.queries import journal as entries
from lianjie.pages import access
from lianjie.pages.api.said import PROBLEMS, Fen, Listed, Paged, left
from lianjie.pages.closing import Months
from lianjie.pages.settlement_way import language

router = Router(tags=["books"])
LINES = 200
Amount = Annotated[int, Field(description="Whole fen; of goods, whole small units of `unit` (grams of kg)")]


class JournalAsked(Listed):
    limit: int = Field(25, ge=1, le=100, description="Entries of a page")
    year: int | None = Field(None, ge=1949, le=2199)
    search: str = Field("", max_length=60, description="In the text, the source, a party; or an account")


class Posting(Schema):
    """One line of an entry; one side of it is zero."""

    account: str
    party: str = Field(description="Code of the party it is about, or empty")
    debit_fen: Fen
    credit_fen: Fen
    good: str
    quantity: int = Field(description="Whole small units of the good; debit above zero")


class Entry(Schema):
    number: int
    day: date
    own_day: date | None = Field(description="The day of the fact, when it was booked later")
    source: str = Field(description="The fact or settlement that is booked")
    text: str
    postings: list[Posting] = Field(description=f"At most {LINES}; `more` says how many were left out")
    more: int
    total_fen: Fen
    reversed: bool
    reverses: str


class Journal(Paged):
    rows: list[Entry]


@router.get("/o/{code}/journal/", url_name="api-journal", response={200: Journal, **PROBLEMS})
def journal(request: HttpRequest, code: str, asked: Query[JournalAsked]) -> Journal:
    """What was booked, the newest first, in pages."""
    place = access.place(request, code, "read")
    found = entries.page(
        place.id,
        year=asked.year,
        search=asked.search.strip(),
        after=asked.after,
        limit=asked.limit,
        lines=LINES,
    )
    left(request, place)
    rows = [
        Entry(
            number=row.number,
            day=row.day,
            own_day=row.own_day,
            source=row.source,
            text=gettext(row.text) if row.text else "",
            postings=[
                Posting(
                    account=line.account,
                    party=line.party_code,
                    debit_fen=line.debit_fen,
                    credit_fen=line.credit_fen,
                    good=line.good,
                    quantity=line.quantity,
                )
                for line in row.postings
            ],
            more=row.more,
            total_fen=row.total_fen,
            reversed=row.reversed,
            reverses=row.reverses,
        )
        for row in found.rows
    ]
    return Journal(rows=rows, next_after=found.next_after)


class TrialAsked(Schema):
    year: int | None = Field(
        None, ge=1949, le=2199, description="The last year with something in it unless told"
    )
    month: int = Field(0, ge=0, le=12, description="0 for the whole year")


class TrialLine(Schema):
    """One account, in fen; or one account of a good, in small units. Net amounts are debit above zero."""

    account: str
    name: str
    good: str
    unit: str
    opening: Amount
    debit: Amount
    credit: Amount
    closing: Amount


class TrialBalance(Schema):
    """Empty, and without days, when nothing is booked."""

    start_day: date | None
    until_day: date | None = Field(description="The first day after it")
    rows: list[TrialLine]


@router.get(
    "/o/{code}/trial-balance/", url_name="api-trial-balance", response={200: TrialBalance, **PROBLEMS}
)
def trial_balance(request: HttpRequest, code: str, asked: Query[TrialAsked]) -> TrialBalance:
    """Every account over a year or one of its months."""
    place = access.place(request, code, "read")
    booked = balances.months(place.id)
    if not booked:
        return TrialBalance(start_day=None, until_day=None, rows=[])
    months = Months(asked.year or booked[-1].year, asked.month)
    found = balances.trial_balance(place.id, months.start, months.until)
    units = history.units(place.id, {row.good for row in found if row.good})
    chart = balances.chart()
    rows = [
        TrialLine(
            account=row.account,
            name=chart.named(row.account, language())[1],
            good=row.good,
            unit=units.get(row.good, "") if row.good else "yuan",
            opening=row.opening,
            debit=row.debit,
            credit=row.credit,
            closing=row.closing,
        )
        for row in found
    ]
    return TrialBalance(start_day=months.start, until_day=months.until, rows=rows)
