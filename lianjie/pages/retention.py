"""How long sealed personal data are kept: the rules, what is past them, what holds it, what was erased."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lianjie.base.refusal import Refusal
from lianjie.facts.actions import personal as acts
from lianjie.facts.queries import retention
from lianjie.facts.queries.parties import NoSuchParty
from lianjie.facts.queries.retention import Due, Hold
from lianjie.facts.rules.retention import Term
from lianjie.pages import access
from lianjie.pages.access import Place
from lianjie.pages.in_kind_forms import short_text

SHOWN = 100
"""So many things due are listed; the command goes over all."""


@dataclass(frozen=True)
class RuleLine:
    """A term, and how many values are past it: those that would go, and those a hold keeps."""

    term: Term
    going: int
    held: int


class HoldForm(forms.Form):
    """Whom to hold, why, till when."""

    party = short_text(_("Household or person"), help_text=_("Its code. Empty: everybody in these books."))
    why = short_text(_("Case or letter"), required=True, longest=300)
    until_day = forms.DateField(
        label=_("Last day"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


def page(request: HttpRequest, code: str) -> HttpResponse:
    """The rules and a dry run; sending lays a hold, which stands at once."""
    place = access.place(request, code, "watch_data")
    form = HoldForm(request.POST or None, initial={"party": request.GET.get("party", "")})
    if request.method == "POST" and form.is_valid():
        whose, until = form.cleaned_data["party"].strip(), form.cleaned_data["until_day"]
        try:
            acts.hold(
                place.id,
                access.party(place, whose).id if whose else None,
                why=form.cleaned_data["why"],
                until_day=until + timedelta(days=1) if until else None,
                at=timezone.now(),
                by=access.user_id(request),
            )
        except Http404:
            form.add_error("party", NoSuchParty(code=whose).say(gettext))
        except Refusal as refusal:
            form.add_error(None, refusal.say(gettext))
        else:
            messages.success(request, gettext("Nothing of it is erased while the hold stands."))
            return redirect("retention", code)
    return _page(request, place, form)


def lift(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Ask that a hold ends; or, by another person, agree or say why it stays."""
    place = access.place(request, code, "watch_data")
    if request.method != "POST":
        return redirect("retention", code)
    verdict, given = request.POST.get("verdict", ""), {"reason": request.POST.get("reason", "")}
    try:
        if verdict in ("approved", "rejected"):
            access.require_second_factor(request, place)
            acts.rule_lift(
                place.id, number, verdict=verdict, at=timezone.now(), by=access.user_id(request), **given
            )
        else:
            acts.ask_lift(place.id, number, at=timezone.now(), by=access.user_id(request), **given)
    except Refusal as refusal:
        return _page(request, place, HoldForm(), problem=refusal)
    done = {"approved": gettext("The hold is lifted."), "rejected": gettext("The hold stays.")}
    asked = gettext("Asked. The hold stands until another person agrees.")
    messages.success(request, done.get(verdict, asked))
    return redirect("retention", code)


def _page(
    request: HttpRequest, place: Place, form: HoldForm, *, problem: Refusal | None = None
) -> HttpResponse:
    today = timezone.localdate()
    due, more = retention.dry_run(place.id, today, limit=SHOWN)
    context = {
        "place": place,
        "rules": _rules(retention.terms(today), due),
        "kept": retention.kept_for_good(today),
        "due": due,
        "more": more,
        "last": retention.last_run(place.id),
        "holds": [(row, _may_rule(request, row)) for row in retention.holds(place.id, today)],
        "form": form,
        "problem": problem,
    }
    failed = problem is not None or bool(form.errors)
    return render(request, "personal/retention.html", context, status=422 if failed else 200)


def _rules(terms: dict[str, Term], due: list[Due]) -> list[RuleLine]:
    going, held = Counter[str](), Counter[str]()
    for each in due:
        (held if each.held_back else going)[each.kind] += each.values
    return [RuleLine(term, going[kind], held[kind]) for kind, term in terms.items()]


def _may_rule(request: HttpRequest, row: Hold) -> bool:
    return row.asked and row.asked_by_id != request.user.pk
