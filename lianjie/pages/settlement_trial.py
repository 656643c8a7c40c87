"""A settlement's result: the waterfall, the findings, every household's line, the figures used."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from lianjie.base.refusal import Finding
from lianjie.base.words import label_in
from lianjie.ledger.actions import settlement
from lianjie.ledger.queries import sides, statements
from lianjie.ledger.queries.settlements import Accepted, Worked
from lianjie.ledger.queries.statements import PartyName
from lianjie.ledger.rules.outcome import StepResult
from lianjie.ledger.rules.plan import Plan, Quantification, Step
from lianjie.pages import export
from lianjie.pages.settlement import seen, sums
from lianjie.pages.settlement_forms import AcceptForm
from lianjie.pages.settlement_way import attempt, frame, language, link, opened
from lianjie.pages.settlement_words import Words, figure_text

PAGE = 50


@dataclass(frozen=True)
class StepRow:
    """One step of the waterfall. `pool` is empty when a party pays; `before_fen` is what the pool held."""

    name: str
    label: str
    rule: str
    asked: str
    law: str
    pool: str
    before_fen: int | None
    amount_fen: int
    receivers: str
    count: int
    ran: bool
    residual_fen: int
    residual_to: str
    short_fen: int
    memo: bool


@dataclass(frozen=True)
class Proof:
    """A pool and what became of it: the parts add up, or the page says by how much they do not."""

    pool: str
    whole_fen: int
    given_fen: int
    left_fen: int

    @property
    def adds_up(self) -> bool:
        return self.whole_fen == self.given_fen + self.left_fen


@dataclass(frozen=True)
class FigureRow:
    """A figure used: as given or as computed."""

    name: str
    label: str
    value: str
    unit: str
    source: str
    formula: str


@dataclass(frozen=True)
class FindingRow:
    """A finding and who took it on."""

    finding: Finding
    text: str
    accepted: Accepted | None
    may_accept: bool


@dataclass(frozen=True)
class HouseholdRow:
    """What one recipient gets, step by step; None where it has no part in the step."""

    code: str
    name: str
    village: str
    cells: tuple[int | None, ...]
    total_fen: int


@dataclass(frozen=True)
class Allotments:
    """The table of recipients: a page of it, and the sums of all."""

    columns: tuple[tuple[str, str], ...]
    rows: tuple[HouseholdRow, ...]
    sums: tuple[int, ...]
    total_fen: int
    count: int
    next_after: str


def trial(request: HttpRequest, code: str, year: int, turn: int) -> HttpResponseBase:
    """The result with its table. POST notes that this trial was looked at."""
    place, row = opened(request, code, year, turn)
    worked, missing = seen(row)
    if request.method == "POST":
        place, row = opened(request, code, year, turn, "settle")
        missing = attempt(lambda: settlement.keep_trial(row, at=timezone.now(), by=request.user.pk))
        if not missing:
            return redirect(link("settlement-trial", place, row))
    if worked is None:
        context = frame(place, row, "settlement-trial", missing=missing)
        return render(request, "settlement/missing.html", context, status=422)
    if request.GET.get("as") in ("csv", "xlsx"):
        return _file(request.GET["as"], f"{place.code}-{row.year}-allotments", worked)
    return render(
        request,
        "settlement/trial.html",
        frame(
            place,
            row,
            "settlement-trial",
            worked=worked,
            sums=sums(worked),
            steps=tuple(step_rows(worked)),
            proofs=tuple(proofs(worked)),
            figures=tuple(figure_rows(worked)),
            findings=tuple(_findings(worked, not row.frozen and "settle" in place.rights)),
            sides=sides.of_trial(row, worked),
            table=allotments(worked, request.GET),
            search=request.GET.get("search", ""),
            sort=request.GET.get("sort", "code"),
            may_settle="settle" in place.rights,
            accept_form=AcceptForm(initial={"person_name": request.user.get_full_name()}),
            refusals=missing,
        ),
        status=422 if missing else 200,
    )


def acceptance(request: HttpRequest, code: str, year: int, turn: int, key: str) -> HttpResponse:
    """A named person takes one finding on; the form stands beside the finding."""
    place, row = opened(request, code, year, turn, "settle")
    worked, missing = seen(row)
    finding = next((f for f in worked.findings if f.key == key), None) if worked else None
    form = AcceptForm(request.POST or None, initial={"person_name": request.user.get_full_name()})
    refusals = missing
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        refusals = attempt(
            lambda: settlement.accept(
                row,
                key,
                person_name=asked["person_name"],
                reason=asked["reason"],
                at=timezone.now(),
                by=request.user.pk,
            )
        )
        if not refusals:
            messages.success(request, gettext("The finding is accepted; name and reason are kept."))
            return redirect(link("settlement-trial", place, row))
    context = frame(
        place,
        row,
        "settlement-trial",
        form=form,
        finding=finding,
        text=finding.say(gettext, language()) if finding else "",
        refusals=refusals,
    )
    return render(request, "settlement/acceptance.html", context, status=422 if refusals else 200)


def step_rows(worked: Worked) -> Iterator[StepRow]:
    """Every step in order, then what is quantified."""
    plan, words = worked.plan, Words(worked)
    for result in worked.outcome.steps:
        step = plan.step(result.name)
        assert step is not None
        yield _step_row(plan, step, result, words)
    memos = {memo.name: memo for memo in plan.quantifications}
    for result in worked.outcome.memos:
        yield _step_row(plan, memos[result.name], result, words)


def _step_row(plan: Plan, step: Step | Quantification, result: StepResult, words: Words) -> StepRow:
    tongue, pool = language(), getattr(step, "pool", "")
    return StepRow(
        name=step.name,
        label=label_in(step.label, tongue, step.name),
        rule=words.rule(step),
        asked=words.asked(step),
        law=step.law,
        pool=plan.named(pool, tongue, gettext) if pool else "",
        before_fen=result.pool_fen,
        amount_fen=result.amount_fen,
        receivers=words.receivers(step),
        count=len(result.lines),
        ran=result.ran,
        residual_fen=result.residual_fen,
        residual_to=plan.named(result.residual_to, tongue, gettext) if result.residual_to else "",
        short_fen=result.short_fen,
        memo=isinstance(step, Quantification),
    )


def proofs(worked: Worked) -> Iterator[Proof]:
    """For every pool: the whole, what its steps took, what is left."""
    given: dict[str, int] = {}
    whole: dict[str, int] = {}
    for result in worked.outcome.steps:
        step = worked.plan.step(result.name)
        if step is not None and step.pool:
            whole.setdefault(step.pool, result.pool_fen or 0)
            given[step.pool] = given.get(step.pool, 0) + result.amount_fen
    for pool, fen in whole.items():
        label = worked.plan.named(pool, language(), gettext)
        yield Proof(label, fen, given[pool], worked.outcome.left.get(pool, 0))


def figure_rows(worked: Worked) -> Iterator[FigureRow]:
    """The figures the plan names, with where each comes from."""
    words = Words(worked)
    for figure in worked.plan.figures:
        label = label_in(figure.label, language(), figure.name)
        given = worked.given.figures.get(figure.name)
        if figure.formula or given is None:
            value = worked.outcome.figures.get(figure.name, Fraction(0))
            text, unit = figure_text(value, figure.unit)
            yield FigureRow(figure.name, label, text, unit, "", words.formula(figure.formula))
        else:
            text, unit = figure_text(given.in_unit(figure.unit), figure.unit)
            yield FigureRow(figure.name, label, text, unit, given.source, "")


def allotments(worked: Worked, asked) -> Allotments:
    """The recipients, searched and sorted. `asked` holds search, sort and after."""
    steps = [step for step in worked.outcome.steps if step.lines]
    names = {r.code: r for r in worked.given.recipients}
    parties = statements.names_by_code(worked.outcome.totals)
    rows = [_household(code, names[code].name, parties.get(code), steps) for code in worked.outcome.totals]
    found = sorted(_searched(rows, asked.get("search", "")), key=_order(asked.get("sort", "code")))
    start = int(asked["after"]) if str(asked.get("after", "")).isdigit() else 0
    return Allotments(
        columns=tuple((s.name, worked.plan.named(s.name, language(), gettext)) for s in steps),
        rows=tuple(found[start : start + PAGE]),
        sums=tuple(sum(line.amount_fen for line in step.lines) for step in steps),
        total_fen=sum(worked.outcome.totals.values()),
        count=len(found),
        next_after=str(start + PAGE) if start + PAGE < len(found) else "",
    )


def _household(code: str, name: str, party: PartyName | None, steps: list[StepResult]) -> HouseholdRow:
    lines = [step.by_recipient.get(code) for step in steps]
    cells = tuple(line.amount_fen if line else None for line in lines)
    village = f"{party.village} {party.group}".strip() if party else ""
    return HouseholdRow(code, name, village, cells, sum(cell or 0 for cell in cells))


def _searched(rows: list[HouseholdRow], search: str) -> list[HouseholdRow]:
    wanted = search.strip().casefold()
    return [r for r in rows if wanted in r.code.casefold() or wanted in r.name or wanted in r.village]


def _order(sort: str):
    if sort == "most":
        return lambda row: (-row.total_fen, row.code)
    if sort == "least":
        return lambda row: (row.total_fen, row.code)
    if sort == "village":
        return lambda row: (row.village, row.code)
    return lambda row: row.code


def _findings(worked: Worked, may_accept: bool) -> Iterator[FindingRow]:
    for each in worked.findings:
        taken = worked.accepted.get(each.key)
        open_ = may_accept and taken is None and each.severity == "warning"
        yield FindingRow(each, each.say(gettext, language()), taken, open_)


def _file(kind: str, name: str, worked: Worked) -> HttpResponseBase:
    """The whole table: amounts in yuan as numbers, the last row sums."""
    table = allotments(worked, {"search": "", "sort": "code"})
    steps = [step for step in worked.outcome.steps if step.lines]
    names = {r.code: r for r in worked.given.recipients}
    parties = statements.names_by_code(worked.outcome.totals)
    heading = [
        gettext("Code"),
        gettext("Name"),
        gettext("Village"),
        *(c for _, c in table.columns),
        gettext("Total"),
    ]

    def rows() -> Iterator[list[str | Decimal]]:
        for code in sorted(worked.outcome.totals):
            row = _household(code, names[code].name, parties.get(code), steps)
            amounts = [Decimal(cell or 0) / 100 for cell in (*row.cells, row.total_fen)]
            yield [row.code, row.name, row.village, *amounts]
        yield [gettext("Total"), "", "", *(Decimal(fen) / 100 for fen in (*table.sums, table.total_fen))]

    return export.as_asked(kind, name, heading, rows())
