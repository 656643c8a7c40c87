"""The households of an organisation; and one household over all its organisations, as of any day."""

from datetime import date
from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from lianjie.facts.queries import registers
from lianjie.facts.queries.linked import Tie
from lianjie.facts.queries.registers import Asked
from lianjie.ledger.queries import belonging
from lianjie.ledger.queries.due import Due
from lianjie.ledger.queries.payouts import LineRow
from lianjie.pages import access
from lianjie.pages import household as page
from lianjie.pages.access import Place
from lianjie.pages.api.said import PROBLEMS, Fen, Listed, Paged, left, named

router = Router(tags=["households"])
Quantity = Annotated[
    int,
    Field(
        description="Whole small units: grams of kg, fen of yuan, ten-thousandths of mu, share, piece, day"
    ),
]


class HouseholdsAsked(Listed):
    search: str = Field("", max_length=60, description="Beginning of a name, its pinyin, or a code")
    village: str = Field("", max_length=12, description="Code of an area")


class Household(Schema):
    party: str = Field(description="Code of the household")
    name: str = Field(description="Masked unless the reader enters facts here")
    village: str
    group: str
    people: int
    status: str
    is_member: bool


class Households(Paged):
    rows: list[Household]


@router.get("/o/{code}/households/", url_name="api-households", response={200: Households, **PROBLEMS})
def households(request: HttpRequest, code: str, asked: Query[HouseholdsAsked]) -> Households:
    """Households with anything in the organisation's books, in pages."""
    place = access.place(request, code, "read")
    narrowed = Asked(search=asked.search.strip(), village=asked.village)
    found = registers.page(
        "households", place.id, timezone.localdate(), narrowed, after=asked.after, limit=asked.limit
    )
    left(request, place)
    rows = [
        Household(
            party=row.party_code,
            name=named(row.cells["party"], place),
            village=row.cells["village"],
            group=row.cells["group"],
            people=row.cells["people"],
            status=row.cells["status"],
            is_member=row.cells["member"],
        )
        for row in found.rows
    ]
    return Households(rows=rows, next_after=found.next_after)


class Linkage(Schema):
    """What ties the household to an organisation. `amount` is empty where the tie has none."""

    kind: str = Field(
        description="membership, shares, share_agreement, lease, parcel, order, plot, loan, input, work,"
        " post, case or tally"
    )
    organisation: str
    day: date
    until_day: date | None = Field(
        description="The first day on which it runs no more; empty while it runs on"
    )
    text: str
    amount: Quantity | None
    unit: str = Field(description="yuan, mu, kg, share …; empty without an amount")
    number: str = Field(description="The number of the loan or order, or the reference of the fact")


class DueLine(Schema):
    """Something due. Nothing is set off: what the household owes stands beside what it is owed."""

    kind: str = Field(
        description="rent, wage, produce, settlement, bond, other, loan, order, advance, material"
        " or bond_given"
    )
    by_household: bool = Field(description="True when the household is to give")
    organisation: str
    day: date | None = Field(description="Empty when no day was agreed")
    since: date | None = Field(
        description="Of a sum without a day: the day of its oldest part; what was owed first is paid first"
    )
    state: str = Field(description="coming, late, open (no day agreed) or unbooked")
    about: str
    fen: Fen | None
    good: str
    quantity: Quantity | None
    unit: str


class Payment(Schema):
    """A payment to the household or one of its people: whether it has reached it, and why not."""

    batch: int
    purpose: str
    method: str
    fen: Fen
    state: str
    day: date = Field(description="The day for which the batch was made")
    settled_day: date | None
    reason: str
    account_end: str = Field(description="The last digits of the account")


class YearIncome(Schema):
    """What it was owed in a year, by stream, before any payment."""

    year: int
    by_stream: dict[str, Fen]


class MovementLine(Schema):
    """One movement of the books, or goods that no entry tells. Amounts have no sign: `says` tells the way."""

    day: date
    organisation: str
    text: str
    says: str = Field(
        description="put_in, given_back, owed, paid, advance, repaid, lent, came_back, forgiven, with_it,"
        " worked_up, material_back, bond, bond_out, got, brought, undone or empty"
    )
    fen: Fen | None
    good: str
    quantity: Quantity | None
    unit: str
    source: str = Field(description="The entry of the journal; empty when no entry tells it")
    undone: bool


class Whole(Schema):
    """What did I put in, what do I get, and has it reached me: over all organisations the reader sees."""

    party: str
    name: str
    village: str
    status: str
    people: int
    on: date
    organisations: list[str]
    owed_fen: Fen = Field(description="Still owed to it")
    capital_fen: Fen = Field(description="Paid in as capital")
    linkages: list[Linkage]
    due: list[DueLine]
    payments: list[Payment] = Field(description="The latest twelve")
    income: list[YearIncome]
    movements: list[MovementLine] = Field(description="The latest first, in pages of 25")
    next_after: str = Field(description="Give it as `after` for the next movements; empty on the last")


class WholeAsked(Schema):
    on: date | None = Field(None, description="As of the end of this day; today unless told, and never later")
    after: str = Field("", max_length=60, description="`next_after` of the page before; empty for the first")


@router.get("/h/{party}/", url_name="api-linkage", response={200: Whole, **PROBLEMS})
def household(request: HttpRequest, party: str, asked: Query[WholeAsked]) -> Whole:
    """One household: what ties it, what it is owed and owes, what reached it, and everything that moved."""
    today = timezone.localdate()
    on = min(asked.on or today, today)
    who, places = page.opened(request, party, on)
    booked = belonging.movements_of(who, list(places), on)
    lines = page.lines_of(who, booked, places, 0, on, page.cursor(asked.after), page.PAGE + 1)
    told = page.overview(who, booked, places, on)
    own = any(grant.party_id == who.row.id for grant in access.grants(request))
    entering = next((each for each in places.values() if "enter_facts" in each.rights), None)
    for each in places.values():
        if not own:
            left(request, each)
    whose = entering or next(iter(places.values()), None)
    open_name = own or who.row.kind == "organisation"
    return Whole(
        party=who.row.code,
        name=named(who.row.name, whose, own=open_name),
        village=who.row.area_name,
        status=who.status,
        people=len(who.people),
        on=on,
        organisations=[each.code for each in places.values()],
        owed_fen=told["owed_fen"],
        capital_fen=told["capital_fen"],
        linkages=[_linkage(tie, place) for tie, place, *_ in told["ties"]],
        due=[_due(one, place) for one, place, *_ in told["due"]],
        payments=[_payment(each) for each in told["sent"]],
        income=[YearIncome(year=of, by_stream=sums) for of, sums in told["sums"].items()],
        movements=[_movement(each) for each in lines[: page.PAGE]],
        next_after=lines[page.PAGE - 1].cursor if len(lines) > page.PAGE else "",
    )


def _linkage(tie: Tie, place: Place) -> Linkage:
    amount, unit = _amount(tie)
    words = tie.text if tie.kind not in ("case", "work") else ""
    return Linkage(
        kind=tie.kind,
        organisation=place.code,
        day=tie.day,
        until_day=tie.until,
        text=words,
        amount=amount,
        unit=unit,
        number=tie.number,
    )


def _amount(tie: Tie) -> tuple[int | None, str]:
    if tie.shown == "quantity" and isinstance(tie.value, tuple):
        return tie.value
    if tie.shown in ("yuan", "mu") and isinstance(tie.value, int):
        return tie.value, tie.shown
    return None, ""


def _due(one: Due, place: Place) -> DueLine:
    good, quantity, unit = one.goods or ("", None, "")
    return DueLine(
        kind=one.kind,
        by_household=one.by_household,
        organisation=place.code,
        day=one.day,
        since=one.since,
        state=one.state,
        about=one.about,
        fen=one.fen,
        good=good,
        quantity=quantity,
        unit=unit,
    )


def _payment(row: LineRow) -> Payment:
    return Payment(
        batch=row.batch,
        purpose=row.purpose,
        method=row.method,
        fen=row.fen,
        state=row.state,
        day=row.day,
        settled_day=row.settled_day,
        reason=row.reason,
        account_end=row.end,
    )


def _movement(line: page.Line) -> MovementLine:
    reason = line.reason
    good = line.good or (reason.good if reason else "")
    of_reason = (reason.quantity, reason.unit) if reason and reason.quantity else (None, "")
    quantity, unit = (line.quantity, line.unit) if line.good else of_reason
    return MovementLine(
        day=line.day,
        organisation=line.place.code,
        text=line.text,
        says=line.says,
        fen=line.fen,
        good=good,
        quantity=quantity,
        unit=unit,
        source=line.source,
        undone=line.undone,
    )
