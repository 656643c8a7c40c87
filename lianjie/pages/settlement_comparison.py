"""Compare with another version of the plan or with changed numbers, household by household; write nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext

from lianjie.base.refusal import Finding, Refusal, Refusals
from lianjie.base.words import N_, label_in
from lianjie.ledger.documents import plots
from lianjie.ledger.queries import settlements, statements
from lianjie.ledger.queries.settlements import Comparison, Difference, PlanRow, SettlementRow, Worked
from lianjie.ledger.rules import plan_edit, plan_text
from lianjie.ledger.rules.plan import Plan
from lianjie.pages import export
from lianjie.pages.access import Place
from lianjie.pages.settlement import seen
from lianjie.pages.settlement_way import frame, language, opened

PAGE = 50
SORTS = (
    ("gain", N_("Gains most first")),
    ("loss", N_("Loses most first")),
    ("code", N_("Code")),
)

KINDS = {
    "percent": N_("percent"),
    "amount": N_("amount (yuan)"),
    "rate": N_("rate (yuan)"),
    "at_least": N_("in all at least (yuan)"),
    "at_most": N_("in all at most (yuan)"),
    "each_at_least": N_("each at least (yuan)"),
    "each_at_most": N_("each at most (yuan)"),
    "into_contribution": N_("percent kept as capital"),
    "part": N_("part in percent"),
    "figure": N_("value"),
}


@dataclass(frozen=True)
class Field:
    """One number that may be tried otherwise."""

    name: str
    about: str
    kind: str
    value: str
    now: str


@dataclass(frozen=True)
class Row:
    """One recipient before and after."""

    code: str
    name: str
    village: str
    difference: Difference


@dataclass(frozen=True)
class Asked:
    """What is compared with: a kept version, changed numbers, or both.

    changes  names of plan_edit -> the text typed, only where it differs
    """

    version: int | None = None
    changes: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.version or self.changes)


@dataclass(frozen=True)
class Tried:
    """Both results, or what was refused."""

    before: Worked | None
    after: Worked | None
    refusals: tuple[Refusal, ...] = ()

    @property
    def comparison(self) -> Comparison | None:
        if self.before is None or self.after is None:
            return None
        return settlements.compare(self.before, self.after)

    @property
    def new_findings(self) -> tuple[Finding, ...]:
        """Findings the other plan would bring."""
        if self.before is None or self.after is None:
            return ()
        known = {each.key for each in self.before.findings}
        return tuple(each for each in self.after.findings if each.key not in known)


def comparison(request: HttpRequest, code: str, year: int, turn: int) -> HttpResponseBase:
    """Choose what to compare with, and see who gains and who loses."""
    place, row = opened(request, code, year, turn)
    versions = settlements.plans(place.id)
    asked = _asked(request, row, versions)
    tried = _tried(place, row, asked)
    wanted = request.GET.get("as", "")
    if tried.comparison and wanted in ("csv", "xlsx"):
        return _file(wanted, f"{place.code}-{row.year}-comparison", tried.comparison)
    sort = request.GET.get("sort", "gain")
    found = tuple(sorted(_rows(tried.comparison), key=_order(sort))) if tried.comparison and asked else ()
    start = int(after) if (after := request.GET.get("after", "")).isdigit() else 0
    return render(
        request,
        "settlement/comparison.html",
        frame(
            place,
            row,
            "settlement-comparison",
            fields=tuple(_fields(_base(row, versions, asked), request)),
            versions=[(v, label_in(v.rules.title, language(), v.code)) for v in versions],
            chosen=asked.version or row.plan.id,
            asked=bool(asked),
            tried=tried,
            new_findings=[(f, f.say(gettext, language())) for f in tried.new_findings],
            comparison=tried.comparison,
            funds=_funds(tried) if tried.comparison else (),
            rows=found[start : start + PAGE],
            total=len(found),
            next_after=str(start + PAGE) if start + PAGE < len(found) else "",
            sort=sort,
            sorts=SORTS,
            query=request.GET.urlencode(),
        ),
        status=422 if tried.refusals else 200,
    )


def plot(request: HttpRequest, code: str, year: int, turn: int) -> HttpResponse:
    """Who gains and who loses, as a drawing; the table beside it says the same."""
    place, row = opened(request, code, year, turn)
    tried = _tried(place, row, _asked(request, row, settlements.plans(place.id)))
    if tried.comparison is None:
        raise Http404
    rows = plots.changes(
        {each.code: each.before_fen for each in tried.comparison.rows},
        {each.code: each.after_fen for each in tried.comparison.rows},
        {each.code: each.name for each in tried.comparison.rows},
    )
    svg = plots.gains_svg(rows, language=language(), say=gettext)
    return HttpResponse(svg, content_type="image/svg+xml")


def _asked(request: HttpRequest, row: SettlementRow, versions: tuple[PlanRow, ...]) -> Asked:
    chosen = request.GET.get("version", "")
    version = int(chosen) if chosen.isdigit() and int(chosen) != row.plan.id else None
    asked = Asked(version)
    now = {number.name: number.value for number in plan_edit.numbers(_base(row, versions, asked))}
    typed = {name: request.GET[name].strip() for name in now if request.GET.get(name, "").strip()}
    return Asked(version, {name: text for name, text in typed.items() if text != now[name]})


def _base(row: SettlementRow, versions: tuple[PlanRow, ...], asked: Asked) -> Plan:
    """The plan whose numbers are shown: the version chosen, else the settlement's own."""
    return next((v.rules for v in versions if v.id == asked.version), row.plan.rules)


def _tried(place: Place, row: SettlementRow, asked: Asked) -> Tried:
    before, refusals = seen(row)
    if before is None or not asked:
        return Tried(before, None, refusals)
    try:
        plan = plan_edit.changed(_base(row, settlements.plans(place.id), asked), asked.changes)
        return Tried(before, settlements.what_if(row, plan_text.write(plan)))
    except Refusals as many:
        return Tried(before, None, many.refusals)
    except Refusal as one:
        return Tried(before, None, (one,))


def _fields(plan: Plan, request: HttpRequest) -> Iterator[Field]:
    for number in plan_edit.numbers(plan):
        about = label_in(number.about, language(), number.name)
        if number.kind == "part":
            about = f"{about}: {plan.named(number.name.rpartition('.')[2], language(), gettext)}"
        typed = request.GET.get(number.name, "").strip()
        yield Field(number.name, about, gettext(KINDS[number.kind]), typed or number.value, number.value)


def _rows(comparison: Comparison) -> list[Row]:
    parties = statements.names_by_code(each.code for each in comparison.rows)
    return [
        Row(
            each.code,
            each.name,
            f"{p.village} {p.group}".strip() if (p := parties.get(each.code)) else "",
            each,
        )
        for each in comparison.rows
    ]


def _order(sort: str):
    if sort == "code":
        return lambda row: row.code
    sign = 1 if sort == "loss" else -1
    return lambda row: (sign * row.difference.gain_fen, row.code)


def _funds(tried: Tried) -> tuple[tuple[str, Difference], ...]:
    comparison, plan = tried.comparison, tried.after.plan if tried.after else None
    if comparison is None or plan is None:
        return ()
    return tuple((plan.named(each.code, language(), gettext), each) for each in comparison.parties)


def _file(kind: str, name: str, comparison: Comparison) -> HttpResponseBase:
    heading = [
        gettext(text)
        for text in (N_("Code"), N_("Name"), N_("Village"), N_("Before"), N_("After"), N_("Difference"))
    ]
    rows = (
        [
            row.code,
            row.name,
            row.village,
            *(
                Decimal(fen) / 100
                for fen in (row.difference.before_fen, row.difference.after_fen, row.difference.gain_fen)
            ),
        ]
        for row in _rows(comparison)
    )
    return export.as_asked(kind, name, heading, rows)
