"""Members of an organisation, and one member's account of a year."""

from datetime import date
from typing import Annotated, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from lianjie.facts.queries import household, people
from lianjie.facts.queries.people import MemberFilter
from lianjie.ledger.queries import accounts
from lianjie.ledger.rules.member_account import Movement as AccountMovement
from lianjie.pages import access
from lianjie.pages.api.said import PROBLEMS, Fen, Grams, Listed, Paged, left, named

router = Router(tags=["members"])
SharesE4 = Annotated[int, Field(description="Shares in whole ten-thousandths")]


class MembersAsked(Listed):
    """What the list is narrowed to; empty narrows nothing."""

    search: str = Field("", max_length=60, description="Beginning of a name, its pinyin, or a code")
    status: Literal["", "ordinary", "registered", "exited", "monitored", "risk_eliminated"] = ""
    kind: Literal["", "household", "person", "organisation"] = ""
    standing: Literal["now", "left", "all"] = "now"
    village: str = Field("", max_length=12, description="Code of an area")
    sort: Literal["name", "code", "joined", "capital"] = "name"


class Member(Schema):
    """One standing in the organisation. `until_day`: the first day on which it stands no more."""

    party: str = Field(description="Code of the household, person or organisation")
    name: str = Field(description="Masked unless the reader enters facts here")
    kind: str
    village: str
    joined_day: date
    until_day: date | None
    is_farmer: bool
    status: str
    capital_fen: Fen
    shares_e4: SharesE4


class Members(Paged):
    rows: list[Member]


@router.get("/o/{code}/members/", url_name="api-members", response={200: Members, **PROBLEMS})
def members(request: HttpRequest, code: str, asked: Query[MembersAsked]) -> Members:
    """The members, searched, narrowed, sorted, in pages."""
    place = access.place(request, code, "read")
    chosen = MemberFilter(
        asked.search.strip(), asked.status, asked.kind, asked.standing, asked.village, sort=asked.sort
    )
    page = people.members(place.id, timezone.localdate(), chosen, after=asked.after, limit=asked.limit)
    left(request, place)
    rows = [
        Member(
            party=row.code,
            name=named(row.name, place, own=row.party_id in place.own, person=row.kind != "organisation"),
            kind=row.kind,
            village=row.area_name,
            joined_day=row.joined_day,
            until_day=row.until_day,
            is_farmer=row.is_farmer,
            status=row.status,
            capital_fen=row.contribution_fen,
            shares_e4=row.shares_e4,
        )
        for row in page.rows
    ]
    return Members(rows=rows, next_after=page.next_after)


class Traded(Schema):
    good: str
    grams: Grams
    fen: Fen


class Moved(Schema):
    """One line of the member account, column by column."""

    fund_contribution_fen: Fen = Field(description="Capital from a household's public funds")
    other_contribution_fen: Fen = Field(description="Other capital paid in")
    reserve_fen: Fen
    subsidy_fen: Fen
    donation_fen: Fen
    patronage_fen: Fen = Field(description="Surplus returned by dealings")
    remainder_fen: Fen = Field(description="Remaining surplus shared out")
    traded: list[Traded]


class AccountLine(Schema):
    """`text` is in English; `source` names the fact or settlement behind it."""

    day: date
    text: str
    source: str
    moved: Moved


class Account(Schema):
    """The member account of a year: opening + lines = closing, column by column."""

    party: str
    name: str
    year: int
    opening: Moved
    lines: list[AccountLine]
    closing: Moved


class YearAsked(Schema):
    year: int | None = Field(None, ge=1949, le=2199, description="This year unless told")


@router.get("/o/{code}/members/{party}/", url_name="api-member", response={200: Account, **PROBLEMS})
def member(request: HttpRequest, code: str, party: str, asked: Query[YearAsked]) -> Account:
    """One member's account of a year. A household reads its own; whoever reads here, any."""
    place = access.place(request, code, "read_own")
    who = access.party(place, party)
    today = timezone.localdate()
    year = asked.year or today.year
    linked = household.linkages(place.id, who.id, today, year, household.home(who.id))
    kept = accounts.member_account(
        year, linked, accounts.allotted_years(place.id, who.id, max(year, today.year))
    )
    left(request, place)
    return Account(
        party=who.code,
        name=named(who.name, place, own=who.id in place.own, person=who.kind != "organisation"),
        year=year,
        opening=_moved(kept.opening),
        lines=[
            AccountLine(day=each.day, text=each.text, source=each.reference, moved=_moved(each.movement))
            for each in kept.lines
        ],
        closing=_moved(kept.closing),
    )


def _moved(of: AccountMovement) -> Moved:
    return Moved(
        fund_contribution_fen=of.fund_contribution,
        other_contribution_fen=of.other_contribution,
        reserve_fen=of.reserve,
        subsidy_fen=of.subsidy,
        donation_fen=of.donation,
        patronage_fen=of.patronage,
        remainder_fen=of.remainder,
        traded=[Traded(good=good, grams=grams, fen=fen) for good, (grams, fen) in of.traded.items()],
    )
