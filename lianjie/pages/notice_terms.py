"""Terms of notice and answer of one organisation: what counts, who decided it, what waits for approval."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lianjie.base.refusal import Refusal
from lianjie.facts.rules.working_days import COUNTED
from lianjie.ledger.actions import notice_terms as acts
from lianjie.ledger.queries import notice_terms
from lianjie.ledger.rules.notice_term import WHAT
from lianjie.pages import access
from lianjie.pages.access import Place
from lianjie.pages.in_kind_forms import short_text, words


class TermForm(forms.Form):
    """A term as an office decides it."""

    what = forms.ChoiceField(label=_("What for"), choices=lambda: words("notice_term", *WHAT))
    days = forms.IntegerField(label=_("Number of days"), min_value=0, max_value=999)
    counted = forms.ChoiceField(label=_("Counted as"), choices=lambda: words("counted", *COUNTED))
    from_day = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}))
    source = short_text(_("Where it is decided"), required=True, longest=200)


def page(request: HttpRequest, code: str) -> HttpResponse:
    """What counts today, by law or by the office's own term; sending enters one, which another approves."""
    place = access.place(request, code, "settle" if request.method == "POST" else "read")
    form = TermForm(request.POST or None, initial={"from_day": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            acts.enter(
                acts.TermGiven(place.id, **form.cleaned_data),
                at=timezone.localtime(),
                by=access.user_id(request),
            )
        except Refusal as refusal:
            form.add_error(None, refusal.say(gettext))
        else:
            messages.success(request, gettext("Entered. It counts once another person approves it."))
            return redirect("notice-terms", code)
    return _page(request, place, form)


def rule(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Approve a term or reject it."""
    place = access.place(request, code, "approve")
    if request.method != "POST":
        return redirect("notice-terms", code)
    verdict = "approved" if request.POST.get("verdict") == "approved" else "rejected"
    reason = request.POST.get("reason", "")
    try:
        acts.rule(
            place.id,
            number,
            verdict=verdict,
            reason=reason,
            at=timezone.localtime(),
            by=access.user_id(request),
        )
    except Refusal as refusal:
        return _page(request, place, TermForm(), problem=refusal)
    messages.success(request, gettext("Entered."))
    return redirect("notice-terms", code)


def _page(
    request: HttpRequest, place: Place, form: TermForm, *, problem: Refusal | None = None
) -> HttpResponse:
    today = timezone.localdate()
    rows = notice_terms.rows(place.id)
    context = {
        "place": place,
        "now": [(what, notice_terms.term(place.id, what, today)) for what in WHAT],
        "rows": rows,
        "years": sorted(notice_terms.days_off().years),
        "form": form,
        "problem": problem,
        "may_enter": "settle" in place.rights,
        "may_rule": "approve" in place.rights,
    }
    failed = problem is not None or bool(form.errors)
    return render(request, "disclosure/terms.html", context, status=422 if failed else 200)
