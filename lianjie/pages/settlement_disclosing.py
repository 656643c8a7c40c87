"""Disclose a result, take objections, answer them, record the assembly's vote."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from lianjie.base.refusal import Refusal
from lianjie.facts import parameters as given_facts
from lianjie.facts.queries import assembly as meetings
from lianjie.facts.rules.working_days import YearNotLoaded
from lianjie.ledger.actions import objection, objection_code, settlement
from lianjie.ledger.queries import notice_terms, settlements, statements
from lianjie.ledger.queries import objections as waiting_ones
from lianjie.ledger.rules import flow
from lianjie.ledger.rules.flow import Vote
from lianjie.pages import access
from lianjie.pages.disclosure import notice
from lianjie.pages.settlement import seen, sums
from lianjie.pages.settlement_forms import (
    AcceptForm,
    AnswerForm,
    DisclosingForm,
    ObjectionForm,
    ReasonForm,
    ResolutionChoice,
    VoteForm,
)
from lianjie.pages.settlement_way import attempt, frame, language, link, opened, who_may


@dataclass(frozen=True)
class Listed:
    """An objection and where it stands, side by side for the list."""

    row: statements.ObjectionRow
    standing: waiting_ones.Standing


def disclosing(request: HttpRequest, code: str, year: int, turn: int) -> HttpResponse:
    """What will be frozen and posted for all, masked; POST freezes it."""
    place, row = opened(request, code, year, turn, "settle")
    worked, missing = seen(row)
    if worked is None:
        context = frame(place, row, "settlement-trial", missing=missing)
        return render(request, "settlement/missing.html", context, status=422)
    form = DisclosingForm(
        request.POST or None, initial={"day": timezone.localdate(), "digest": worked.outcome.digest}
    )
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        refusals = attempt(
            lambda: settlement.disclose(
                row, day=asked["day"], digest=asked["digest"], at=timezone.now(), by=request.user.pk
            )
        )
        if not refusals:
            messages.success(request, gettext("Disclosed. Inputs and result are frozen from now on."))
            return redirect(reverse("disclosure", args=[place.code, row.year, row.round]))
    until = None
    try:
        until = notice_terms.until(place.id, "disclosure", timezone.localdate())
    except YearNotLoaded as refusal:
        refusals = refusals or (refusal,)
    return render(
        request,
        "settlement/disclosing.html",
        frame(
            place,
            row,
            "settlement",
            form=form,
            refusals=refusals,
            sums=sums(worked),
            open_findings=worked.open_findings,
            until=until,
            notice=notice(worked, limit=8),
            digest=worked.outcome.digest,
        ),
        status=422 if refusals else 200,
    )


def objections(request: HttpRequest, code: str, year: int, turn: int) -> HttpResponse:
    """Objections and answers. A household raises its own; the office may raise one on its behalf."""
    place, row = opened(request, code, year, turn, "read_own")
    if not row.frozen:
        place, row = opened(request, code, year, turn, "read")
    worked, _ = seen(row)
    parties = _may_object(place, worked) if worked and row.state in ("disclosed", "decided") else []
    steps = (
        [(s.name, worked.plan.named(s.name, language(), gettext)) for s in worked.plan.steps]
        if worked
        else []
    )
    wanted = {"party": request.GET.get("party", ""), "step": request.GET.get("step", "")}
    form = ObjectionForm(request.POST or None, parties=parties, steps=steps, initial=wanted)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        party = access.party(place, asked["party"])
        refusals = attempt(
            lambda: settlement.object_to(
                row,
                party.id,
                asked["text"],
                step_name=asked["step"],
                at=timezone.now(),
                by=request.user.pk,
            )
        )
        if not refusals:
            messages.success(request, gettext("The objection is recorded. Someone must answer it by name."))
            return redirect(link("settlement-objections", place, row))
    return render(
        request,
        "settlement/objections.html",
        frame(
            place,
            row,
            "settlement-objections",
            form=form,
            refusals=refusals,
            labels=dict(steps),
            objections=_listed(row, None if place.reads else place.own),
            overdue=waiting_ones.overdue(row.id, timezone.localdate()) if place.reads else (),
            maker=request.user.pk in waiting_ones.makers(row.id),
            may_decide="decide" in place.rights,
            may_object=bool(parties) and ("settle" in place.rights or bool(place.own)),
            may_answer="settle" in place.rights,
        ),
        status=422 if refusals else 200,
    )


def answer(request: HttpRequest, code: str, year: int, turn: int, number: int) -> HttpResponse:
    """Answer one objection, by name."""
    place, row = opened(request, code, year, turn, "settle")
    found = next((each for each in statements.objections(row.id) if each.id == number), None)
    form = AnswerForm(request.POST or None, initial={"person_name": request.user.get_full_name()})
    refusals: tuple[Refusal, ...] = ()
    if found is None:
        return redirect(link("settlement-objections", place, row))
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        refusals = attempt(
            lambda: settlement.answer(
                found.id,
                outcome=asked["outcome"],
                text=asked["text"],
                person_name=asked["person_name"],
                at=timezone.now(),
                by=request.user.pk,
            )
        )
        if not refusals:
            messages.success(request, gettext("The answer is recorded."))
            return redirect(link("settlement-objections", place, row))
    worked, _ = seen(row)
    label = worked.plan.named(found.step_name, language(), gettext) if worked and found.step_name else ""
    context = frame(
        place, row, "settlement-objections", form=form, refusals=refusals, objection=found, label=label
    )
    return render(request, "settlement/answer.html", context, status=422 if refusals else 200)


def take_up(request: HttpRequest, code: str, year: int, turn: int, number: int) -> HttpResponse:
    """POST: the reader looks into an objection; the household sees the name."""
    place, row = opened(request, code, year, turn, "settle")
    found = _found(row, number)
    if request.method == "POST":
        name = request.user.get_full_name() or request.user.get_username()
        for refusal in attempt(
            lambda: objection.take_up(found.id, person_name=name, at=timezone.now(), by=request.user.pk)
        ):
            messages.error(request, refusal.say(gettext))
    return redirect(link("settlement-objections", place, row))


def pass_over(request: HttpRequest, code: str, year: int, turn: int, number: int) -> HttpResponse:
    """Decide to book although an objection has no answer: by name, with a reason, kept."""
    place, row = opened(request, code, year, turn, "decide")
    found = _found(row, number)
    form = AcceptForm(request.POST or None, initial={"person_name": request.user.get_full_name()})
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        refusals = attempt(
            lambda: objection.pass_over(found.id, **asked, at=timezone.now(), by=request.user.pk)
        )
        if not refusals:
            messages.success(request, gettext("The decision is recorded; the household can read it."))
            return redirect(link("settlement-objections", place, row))
    title = gettext("Book although this objection has no answer")
    context = frame(
        place, row, "settlement-objections", form=form, refusals=refusals, objection=found, title=title
    )
    return render(request, "settlement/passing.html", context, status=422 if refusals else 200)


def new_code(request: HttpRequest, code: str, year: int, turn: int, party: str) -> HttpResponse:
    """A new code for one household's statement; the old one shuts."""
    place, row = opened(request, code, year, turn, "settle")
    who = access.party(place, party)
    if not row.frozen:
        raise Http404
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        objection_code.issue_anew(row, who.id, reason=reason, at=timezone.now(), by=request.user.pk)
        messages.success(
            request, gettext("The new code stands on the statement from now on. Print it again.")
        )
        return redirect("statement", place.code, who.code, row.year)
    context = frame(place, row, "settlement-objections", form=form, party=who)
    return render(request, "settlement/code.html", context)


def _listed(row: settlements.SettlementRow, parties: frozenset[int] | None) -> list[Listed]:
    standing = waiting_ones.standing(row.id, timezone.localdate())
    return [Listed(each, standing[each.id]) for each in statements.objections(row.id, parties)]


def _found(row: settlements.SettlementRow, number: int) -> statements.ObjectionRow:
    found = next((each for each in statements.objections(row.id) if each.id == number), None)
    if found is None:
        raise Http404
    return found


def decision(request: HttpRequest, code: str, year: int, turn: int) -> HttpResponse:
    """The assembly's vote, with what the law asks of it: a resolution on record, or counts typed in where no
    list of members exists."""
    place, row = opened(request, code, year, turn)
    today = timezone.localdate()
    members = meetings.members(place.id, today)
    form = _vote_form(request, place, row, bool(members))
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST":
        place, row = opened(request, code, year, turn, "decide")
        if form.is_valid():
            refusals = attempt(lambda: _decide(request, row, form.cleaned_data))
            if not refusals:
                messages.success(request, gettext("The vote is recorded."))
                return redirect(link("settlement", place, row))
    day = row.objections_until or today
    all_, votes = len(members), len(members) + sum(members.values())
    law = given_facts.text("assembly")
    worked, _ = seen(row)
    return render(
        request,
        "settlement/decision.html",
        frame(
            place,
            row,
            "settlement",
            form=form,
            refusals=refusals,
            members=all_,
            votes=votes,
            needed=flow.needed(law, row.organisation_kind, day, all_, votes),
            decided=statements.decision(row.id),
            sums=sums(worked) if worked else None,
            waiting=settlements.objections_open(row.id),
            may="decide" in place.rights,
            none_to_choose=bool(members) and not form.fields["resolution"].choices,  # type: ignore[attr-defined]
            who=who_may("decide"),
        ),
        status=422 if refusals else 200,
    )


def _vote_form(
    request: HttpRequest, place: access.Place, row: settlements.SettlementRow, known: bool
) -> VoteForm | ResolutionChoice:
    if not known:
        return VoteForm(request.POST or None, initial={"day": timezone.localdate()})
    rows = [each for each in meetings.resolutions(place.id) if each.matter == "ordinary"]
    used = settlements.resolutions_used([each.id for each in rows])
    since = row.disclosed_day
    choices = [
        (each.key, f"{each.key} · {each.day} · {each.title} ({each.votes_for}/{each.votes_total})")
        for each in rows
        if each.id not in used and since is not None and each.day >= since
    ]
    return ResolutionChoice(request.POST or None, resolutions=choices)


def _decide(request: HttpRequest, row: settlements.SettlementRow, asked: dict) -> None:
    who = {"at": timezone.now(), "by": request.user.pk}
    if "votes_total" not in asked:
        settlement.decide_by(row, asked["resolution"], **who)
        return
    vote = Vote(*(asked[name] for name in ("day", "members", "present", "votes_total", "votes_for")))
    settlement.decide(row, vote, resolution=asked["resolution"], minutes=asked["minutes"], **who)


def _may_object(place: access.Place, worked: settlements.Worked) -> list[tuple[str, str]]:
    """Recipients for whom this reader may object: its own households, or all for the office."""
    named = [(r.code, f"{r.name} ({r.code})") for r in worked.given.recipients]
    if "settle" in place.rights:
        return named
    own = {each.code for each in statements.names(place.own).values()}
    return [(code, text) for code, text in named if code in own]
