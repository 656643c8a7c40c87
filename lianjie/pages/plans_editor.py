"""Write the next version of a plan: numbers in fields, the rest in its text, the clause beside it."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from lianjie.base.refusal import Refusal, Refusals
from lianjie.base.words import N_, label_in
from lianjie.facts.queries import overview
from lianjie.ledger import standard_plans
from lianjie.ledger.actions import plans
from lianjie.ledger.queries import settlements
from lianjie.ledger.queries.settlements import PlanRow
from lianjie.ledger.rules import plan_edit, plan_text
from lianjie.ledger.rules.allotment import MODES
from lianjie.ledger.rules.expression import plain
from lianjie.ledger.rules.plan import Plan, Step
from lianjie.pages import access
from lianjie.pages.access import Place
from lianjie.pages.plans_seen import seen_plan
from lianjie.pages.settlement_comparison import KINDS
from lianjie.pages.settlement_way import attempt, language

TOO_LONG = 200_000
MODE_WORDS = {
    "largest_remainder": N_("down; what is left to the largest fractions"),
    "first": N_("down; what is left to the first by code"),
    "down": N_("down"),
    "up": N_("up"),
    "half_up": N_("to the nearest, halves up"),
    "half_even": N_("to the nearest, halves to even"),
}
UNTIL_TEXT = "plan.effective_until"


@dataclass(frozen=True)
class Choice:
    """One option of a field."""

    value: str
    text: str


@dataclass(frozen=True)
class Field:
    """One entry that can be changed without seeing the text; with choices it is a list."""

    name: str
    label: str
    value: str
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Part:
    """The fields of one step, or of the figures."""

    label: str
    fields: tuple[Field, ...]


def editor(request: HttpRequest, code: str) -> HttpResponse:
    """The editor. `?template=` or `?version=CODE.N` says what to begin from; POST keeps the next version."""
    place = access.place(request, code, "edit_plan")
    rows = settlements.plans(place.id)
    if request.method != "POST":
        return _page(request, place, _beginning(request, place, rows), ())
    text, refusals = _merged(request)
    if "keep" not in request.POST or refusals:
        return _page(request, place, text, refusals)
    resolution = request.POST.get("adopted_by", "").strip()[:200]
    made: list[plans.Adopted] = []
    refusals = attempt(
        lambda: made.append(
            plans.adopt(place.id, text, adopted_by=resolution, at=timezone.now(), by=request.user.pk)
        )
    )
    if refusals:
        return _page(request, place, text, refusals)
    kept = made[0]
    told = gettext("Kept as version %(n)s.") if kept.fresh else gettext("This text is already version %(n)s.")
    messages.success(request, told % {"n": kept.version})
    return redirect("plan", place.code, kept.code, kept.version)


@require_POST
def live(request: HttpRequest, code: str) -> HttpResponse:
    """The clause and the checks of what is typed at this moment; nothing is kept."""
    place = access.place(request, code, "edit_plan")
    text, refusals = _merged(request)
    seen = seen_plan(text, place, _year(place))
    return render(request, "plans/live.html", {"place": place, "seen": seen, "refusals": refusals})


def _page(request: HttpRequest, place: Place, text: str, refusals: tuple[Refusal, ...]) -> HttpResponse:
    seen = seen_plan(text, place, _year(place))
    shown = () if seen.problems and seen.problems == refusals else refusals
    return render(
        request,
        "plans/editor.html",
        {
            "place": place,
            "text": text,
            "seen": seen,
            "parts": tuple(_parts(seen.plan)) if seen.plan else (),
            "head": tuple(_head(seen.plan)) if seen.plan else (),
            "adopted_by": request.POST.get("adopted_by", ""),
            "refusals": shown,
        },
        status=422 if refusals else 200,
    )


def _beginning(request: HttpRequest, place: Place, rows: tuple[PlanRow, ...]) -> str:
    """The text to begin from, its version counted on."""
    template, version = request.GET.get("template", ""), request.GET.get("version", "")
    if template in standard_plans.NAMES:
        return standard_plans.text(template)
    if not version and rows:
        return _next(rows[0], rows)
    if not version:
        return standard_plans.text(standard_plans.name_for(place.kind))
    found = next((row for row in rows if f"{row.code}.{row.version}" == version), None)
    if found is None:
        raise Http404
    return _next(found, rows)


def _next(row: PlanRow, rows: tuple[PlanRow, ...]) -> str:
    last = max(each.version for each in rows if each.code == row.code)
    return _with_version(row.text, row.rules.version, str(last + 1))


def _with_version(text: str, old: str, new: str) -> str:
    """The same text, comments kept, with the next version's number."""
    return text.replace(f'version = "{old}"', f'version = "{new}"', 1)


def _merged(request: HttpRequest) -> tuple[str, tuple[Refusal, ...]]:
    """The text as typed or uploaded, with the numbers that were changed in their fields put in."""
    upload = request.FILES.get("file")
    text = request.POST.get("text", "")
    if upload is not None:
        text = upload.read(TOO_LONG).decode("utf-8", errors="replace").lstrip("\ufeff")
    text = text.replace("\r\n", "\n")[:TOO_LONG]
    changes = {
        name.removeprefix("new:"): value
        for name, value in request.POST.items()
        if name.startswith("new:")
        and value.strip() != request.POST.get(f"was:{name.removeprefix('new:')}", value)
    }
    if not changes or upload is not None:
        return text, ()
    try:
        return plan_text.write(plan_edit.changed(plan_text.read(text), changes)), ()
    except Refusals as many:
        return text, many.refusals
    except Refusal as one:
        return text, (one,)


def _head(plan: Plan) -> Iterator[Field]:
    yield Field("plan.version", gettext("Version"), plan.version)
    yield Field("plan.effective_from", gettext("In force from"), plan.effective_from.isoformat())
    until = plan.effective_until.isoformat() if plan.effective_until else ""
    yield Field(UNTIL_TEXT, gettext("Until, not including"), until)


def _parts(plan: Plan) -> Iterator[Part]:
    numbers = plan_edit.numbers(plan)
    figures = tuple(
        Field(n.name, label_in(n.about, language(), n.name), n.value)
        for n in numbers
        if n.name.startswith("figure.")
    )
    if figures:
        yield Part(gettext("Figures"), figures)
    for step in plan.steps:
        fields = [
            Field(n.name, _number_label(plan, n), n.value)
            for n in numbers
            if n.name.startswith(f"step.{step.name}.")
        ]
        if not step.to and not step.rate:
            fields += _rounding(plan, step)
        if fields:
            yield Part(label_in(step.label, language(), step.name), tuple(fields))


def _number_label(plan: Plan, number: plan_edit.Number) -> str:
    if number.kind == "part":
        return f"{plan.named(number.name.rpartition('.')[2], language(), gettext)} (%)"
    return gettext(KINDS[number.kind])


def _rounding(plan: Plan, step: Step) -> list[Field]:
    now = plan.rounding_of(step)
    takers = [Choice("", gettext("as the rounding says"))]
    if step.pool:
        takers.append(Choice("pool", plan.named(step.pool, language(), gettext)))
    takers += [Choice(p.name, label_in(p.label, language(), p.name)) for p in plan.parties]
    if step.residual_to.startswith("recipient "):
        takers.append(Choice(step.residual_to, step.residual_to))
    modes = tuple(Choice(mode, gettext(MODE_WORDS[mode])) for mode in MODES)
    name = f"step.{step.name}"
    return [
        Field(f"{name}.rounding_to", gettext("Rounded to (yuan)"), plain(now.to)),
        Field(f"{name}.rounding_mode", gettext("Rounding"), now.mode, modes),
        Field(f"{name}.residual_to", gettext("Remainder to"), step.residual_to, tuple(takers)),
    ]


def _year(place: Place) -> int:
    """The year on whose figures a plan is tried: the last one with facts."""
    return overview.years(place.id, timezone.localdate())[0]
