"""Settlements: the list, one with its steps, its lines by household, and a statement with its reasons."""

from datetime import date
from typing import Literal

from django.http import Http404, HttpRequest
from ninja import Field, Query, Router, Schema

from lianjie.base.refusal import Refusals
from lianjie.ledger.queries import settlements as queries
from lianjie.ledger.queries import statements
from lianjie.ledger.queries.settlements import SettlementRow, Worked
from lianjie.pages import access
from lianjie.pages import settlement as page
from lianjie.pages import statement as statement_page
from lianjie.pages.api.said import PROBLEMS, Fen, Paged, left, named
from lianjie.pages.settlement_trial import allotments, step_rows
from lianjie.pages.settlement_way import opened
from lianjie.pages.statement import Reason

router = Router(tags=["settlements"])


class Settlement(Schema):
    year: int
    turn: int = Field(description="1 unless an earlier one of the year was given up or undone")
    state: str = Field(
        description="draft, trial, disclosed, decided, posted, paid, closed, withdrawn or reversed"
    )
    plan: str
    plan_version: int
    disclosed_day: date | None
    objections_until: date | None


class Settlements(Schema):
    rows: list[Settlement]


@router.get("/o/{code}/settlements/", url_name="api-settlements", response={200: Settlements, **PROBLEMS})
def settlements(request: HttpRequest, code: str) -> Settlements:
    """All settlements; for a member those that are disclosed."""
    place = access.place(request, code, "read_own")
    found = queries.list_of(place.id)
    return Settlements(
        rows=[_settlement(row) for row in found if place.reads or (row.frozen and row.state != "reversed")]
    )


class Step(Schema):
    """One step of the plan. `memo`: credited to accounts, not paid."""

    name: str
    label: str
    rule: str
    law: str
    pool: str
    amount_fen: Fen
    receivers: str
    count: int
    residual_fen: Fen
    residual_to: str
    memo: bool


class SettlementWhole(Settlement):
    households: int
    to_households_fen: Fen
    to_funds_fen: Fen
    left_fen: Fen
    steps: list[Step]
    findings: list[str] = Field(description="What a person must still accept, in words")


ONE = "/o/{code}/settlements/{int:year}/{int:turn}/"


@router.get(ONE, url_name="api-settlement", response={200: SettlementWhole, **PROBLEMS})
def settlement(request: HttpRequest, code: str, year: int, turn: int) -> SettlementWhole:
    """One settlement worked out, step by step. Refused with its reasons when it cannot be."""
    _, row = opened(request, code, year, turn)
    worked = _worked(row)
    sums = page.sums(worked)
    steps = [
        Step(
            name=each.name,
            label=each.label,
            rule=each.rule,
            law=each.law,
            pool=each.pool,
            amount_fen=each.amount_fen,
            receivers=each.receivers,
            count=each.count,
            residual_fen=each.residual_fen,
            residual_to=each.residual_to,
            memo=each.memo,
        )
        for each in step_rows(worked)
    ]
    return SettlementWhole(
        **_settlement(row).model_dump(),
        households=sums.households,
        to_households_fen=sums.to_households_fen,
        to_funds_fen=sums.to_funds_fen,
        left_fen=sums.left_fen,
        steps=steps,
        findings=[each.say() for each in worked.open_findings],
    )


class AllottedAsked(Schema):
    search: str = Field("", max_length=60, description="In a code, name or village")
    sort: Literal["code", "most", "least", "village"] = "code"
    after: str = Field("", max_length=10, description="`next_after` of the page before; empty for the first")


class Allotted(Schema):
    """What one recipient gets; `by_step` by the name of the step, those without a part left out."""

    party: str
    name: str = Field(description="Masked unless the reader enters facts here")
    village: str
    by_step: dict[str, Fen]
    total_fen: Fen


class Allotments(Paged):
    rows: list[Allotted]
    count: int
    total_fen: Fen = Field(description="Of all recipients, not of this page")


@router.get(f"{ONE}trial/", url_name="api-settlement-trial", response={200: Allotments, **PROBLEMS})
def lines(request: HttpRequest, code: str, year: int, turn: int, asked: Query[AllottedAsked]) -> Allotments:
    """The lines of a settlement, recipient by recipient, in pages of 50. A statement tells why."""
    place, row = opened(request, code, year, turn)
    table = allotments(_worked(row), asked.model_dump())
    left(request, place)
    steps = [name for name, _ in table.columns]
    rows = [
        Allotted(
            party=each.code,
            name=named(each.name, place),
            village=each.village,
            by_step={name: fen for name, fen in zip(steps, each.cells, strict=True) if fen is not None},
            total_fen=each.total_fen,
        )
        for each in table.rows
    ]
    return Allotments(rows=rows, count=table.count, total_fen=table.total_fen, next_after=table.next_after)


class PutIn(Schema):
    """What it put in, in words with units, and the facts that say so."""

    amounts: dict[str, str]
    sources: list[str]


class Why(Schema):
    """One line of a statement and the whole reasoning, a sentence each."""

    step: str
    title: str
    stream: str
    legal_basis: str
    law: str
    amount_fen: Fen
    cash_fen: Fen = Field(description="The part paid in money")
    kept_fen: Fen = Field(description="The part kept as the household's capital")
    memo: bool = Field(description="Credited to its account, not paid")
    sentences: list[str]
    sources: list[str] = Field(description="References of the facts behind its weight")


class Paid(Schema):
    fen: Fen
    day: date
    method: str
    evidence: str


class Statement(Settlement):
    """One household's year: what it put in, what it gets and why exactly that much, and what was paid."""

    party: str
    name: str
    total_fen: Fen
    cash_fen: Fen
    goods_fen: Fen
    kept_fen: Fen
    put_in: list[PutIn]
    lines: list[Why]
    nothing: dict[str, str] = Field(description="Steps that give it nothing, with the reason")
    paid: list[Paid]


@router.get(
    "/o/{code}/statements/{party}/{int:year}/",
    url_name="api-statement",
    response={200: Statement, **PROBLEMS},
)
def statement(request: HttpRequest, code: str, party: str, year: int) -> Statement:
    """The statement of a year: a household's own once it is disclosed; whoever reads here, any."""
    place = access.place(request, code, "read_own")
    who = access.party(place, party)
    row = statement_page.of_year(place, year)
    if row is None:
        raise Http404
    told = statement_page.made(place, who, row, _worked(row))
    left(request, place)
    lines = [each for stream in told.streams for each in stream.reasons]
    return Statement(
        **_settlement(row).model_dump(),
        party=who.code,
        name=named(who.name, place, own=who.id in place.own, person=who.kind != "organisation"),
        total_fen=told.total_fen,
        cash_fen=told.cash_fen,
        goods_fen=told.goods_fen,
        kept_fen=told.kept_fen,
        put_in=[
            PutIn(amounts=dict(each.amounts), sources=[fact.text for fact in each.sources])
            for each in told.put_in
        ],
        lines=[_why(each) for each in (*lines, *told.memos)],
        nothing=dict(told.nothing),
        paid=[
            Paid(fen=each.amount_fen, day=each.day, method=each.method, evidence=each.evidence)
            for each in statements.paid(row.id, who.id)
        ],
    )


def _why(reason: Reason) -> Why:
    line = reason.line
    return Why(
        step=line.step,
        title=line.title,
        stream=line.stream,
        legal_basis=line.legal_basis,
        law=line.law,
        amount_fen=line.amount_fen,
        cash_fen=line.cash_fen,
        kept_fen=line.contribution_fen,
        memo=line.memo,
        sentences=list(line.sentences),
        sources=list(line.sources),
    )


def _settlement(row: SettlementRow) -> Settlement:
    return Settlement(
        year=row.year,
        turn=row.round,
        state=row.state,
        plan=row.plan.code,
        plan_version=row.plan.version,
        disclosed_day=row.disclosed_day,
        objections_until=row.objections_until,
    )


def _worked(row: SettlementRow) -> Worked:
    """Worked out, or refused with every reason why not."""
    worked, missing = page.seen(row)
    if worked is None:
        raise missing[0] if len(missing) == 1 else Refusals(missing)
    return worked
