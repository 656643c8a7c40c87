"""Settlements: the list, a new one, and one settlement's way from draft to closed."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from lianjie.base.refusal import Refusal, Refusals
from lianjie.base.words import label_in
from lianjie.facts.queries import overview
from lianjie.ledger.actions import carrying_out, settlement
from lianjie.ledger.queries import settlements, sides, statements
from lianjie.ledger.queries.settlements import SettlementRow, Worked
from lianjie.ledger.rules.flow import CARRIED_OUT
from lianjie.pages import access, settlement_way
from lianjie.pages.access import Place
from lianjie.pages.settlement_forms import BeginForm, ReverseForm, WithdrawForm
from lianjie.pages.settlement_way import attempt, frame, language, link, opened

UNDER_WAY = ("draft", "trial", "disclosed", "decided", "posted")


@dataclass(frozen=True)
class Line:
    """One settlement in the list."""

    row: SettlementRow
    plan_title: str
    sides: Mapping[str, int] | None


@dataclass(frozen=True)
class Sums:
    """What a settlement comes to, in fen."""

    households: int
    to_households_fen: int
    to_funds_fen: int
    left_fen: int
    open_findings: int


def listing(request: HttpRequest, code: str) -> HttpResponse:
    """All settlements, and the form that begins this year's. POST begins one."""
    place = access.place(request, code, "read_own")
    plans = settlements.plans(place.id) if "settle" in place.rights else ()
    form, refusals = _begin_form(request, place, plans), ()
    if request.method == "POST":
        place = access.place(request, code, "settle")
        if form.is_valid():
            asked = form.cleaned_data
            refusals = attempt(
                lambda: settlement.draft(
                    place.id, asked["year"], int(asked["plan"]), at=timezone.now(), by=request.user.pk
                )
            )
            if not refusals:
                return redirect(link("settlement", place, _latest(place, asked["year"])))
    rows = [r for r in settlements.list_of(place.id) if place.reads or (r.frozen and r.state != "reversed")]
    parts = sides.of_settled(rows)
    return render(
        request,
        "settlement/list.html",
        {
            "place": place,
            "lines": [
                Line(r, label_in(r.plan.rules.title, language(), r.plan.code), parts.get(r.id)) for r in rows
            ],
            "form": form,
            "plans": plans,
            "refusals": refusals,
            "open": bool(refusals) or form.is_bound or not any(r.state in UNDER_WAY for r in rows),
        },
        status=422 if refusals else 200,
    )


def way(request: HttpRequest, code: str, year: int, turn: int) -> HttpResponse:
    """One settlement: what was done, by whom, and the one next act."""
    place, row = opened(request, code, year, turn)
    events = statements.events(row.id)
    worked, missing = seen(row)
    return render(
        request,
        "settlement/way.html",
        frame(
            place,
            row,
            "settlement",
            plan_title=label_in(row.plan.rules.title, language(), row.plan.code),
            stages=settlement_way.stages(row, events),
            history=settlement_way.history(events),
            next=settlement_way.next_act(place, row),
            sums=sums(worked) if worked else None,
            missing=missing,
            decision=statements.decision(row.id),
            waiting=settlements.objections_open(row.id),
            may_withdraw="settle" in place.rights and row.state in ("draft", "trial", "disclosed", "decided"),
            may_reverse="settle" in place.rights and row.state in CARRIED_OUT,
        ),
    )


def withdrawal(request: HttpRequest, code: str, year: int, turn: int) -> HttpResponse:
    """Give a settlement up before it is booked."""
    place, row = opened(request, code, year, turn, "settle")
    form = WithdrawForm(request.POST or None)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        refusals = attempt(
            lambda: settlement.withdraw(row, reason=reason, at=timezone.now(), by=request.user.pk)
        )
        if not refusals:
            return redirect(link("settlement", place, row))
    return _ending(request, place, row, form, refusals, "withdraw")


def reversal(request: HttpRequest, code: str, year: int, turn: int) -> HttpResponse:
    """Undo a booked settlement by opposite entries."""
    place, row = opened(request, code, year, turn, "settle")
    form = ReverseForm(request.POST or None, initial={"day": timezone.localdate()})
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        refusals = attempt(
            lambda: carrying_out.reverse(
                row, day=asked["day"], reason=asked["reason"], at=timezone.now(), by=request.user.pk
            )
        )
        if not refusals:
            return redirect(link("settlement", place, row))
    return _ending(request, place, row, form, refusals, "reverse")


def _ending(
    request: HttpRequest,
    place: Place,
    row: SettlementRow,
    form: WithdrawForm | ReverseForm,
    refusals: tuple[Refusal, ...],
    act: str,
) -> HttpResponse:
    context = frame(place, row, "settlement", form=form, refusals=refusals, act=act)
    return render(request, "settlement/ending.html", context, status=422 if refusals else 200)


def seen(row: SettlementRow) -> tuple[Worked | None, tuple[Refusal, ...]]:
    """The result, or every reason why there is none."""
    try:
        return settlements.worked(row), ()
    except Refusals as many:
        return None, many.refusals
    except Refusal as one:
        return None, (one,)


def sums(worked: Worked) -> Sums:
    """The few figures that say what the result is."""
    outcome = worked.outcome
    return Sums(
        households=sum(fen > 0 for fen in outcome.totals.values()),
        to_households_fen=sum(outcome.totals.values()),
        to_funds_fen=sum(fen for fen in outcome.parties.values() if fen > 0),
        left_fen=sum(outcome.left.values()),
        open_findings=len(worked.open_findings),
    )


def _begin_form(request: HttpRequest, place: Place, plans: tuple[settlements.PlanRow, ...]) -> BeginForm:
    settled = {r.year for r in settlements.list_of(place.id) if r.state in settlement_way.STAGES}
    today = timezone.localdate()
    years = overview.years(place.id, today)
    ended = [year for year in years if year < today.year]
    year = next((y for y in ended if y not in settled), years[0])
    ruling = [p for p in plans if p.effective_from.year <= year]
    return BeginForm(
        request.POST or None,
        plans=plans,
        language=language(),
        initial={"year": year, "plan": ruling[0].id if ruling else None},
    )


def _latest(place: Place, year: int) -> SettlementRow:
    return next(r for r in settlements.list_of(place.id) if r.year == year)


def change_plan(request: HttpRequest, code: str, year: int, turn: int) -> HttpResponse:
    """Settle under another kept version of the plan, before the disclosure."""
    place, row = opened(request, code, year, turn, "settle")
    plans = settlements.plans(place.id)
    form = BeginForm(
        request.POST or None,
        plans=plans,
        language=language(),
        initial={"year": row.year, "plan": row.plan.id},
    )
    del form.fields["year"]
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        chosen = int(form.cleaned_data["plan"])
        refusals = attempt(lambda: settlement.change_plan(row, chosen, at=timezone.now(), by=request.user.pk))
        if not refusals:
            return redirect(link("settlement-trial", place, row))
    context = frame(
        place, row, "settlement", form=form, refusals=refusals, act=gettext("Settle under this plan")
    )
    return render(request, "settlement/plan.html", context, status=422 if refusals else 200)
