"""Tokens of programs: the reader's own, made for one use, shown once, ended at will."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianjie.base.refusal import Refusal
from lianjie.facts.actions import api_tokens
from lianjie.facts.actions.api_tokens import DAYS, TokenAsked
from lianjie.facts.queries import accounts
from lianjie.pages import access


class TokenForm(forms.Form):
    """What it is for, how long it counts, and whether it only reads."""

    name = forms.CharField(
        label=_("Name"), max_length=60, help_text=_("The program and where it runs: “scales in the yard”.")
    )
    days = forms.TypedChoiceField(label=_("Counts for"), coerce=int, initial=90)
    writes = forms.BooleanField(
        label=_("It may also enter what I may enter"),
        required=False,
        help_text=_("Else it only reads. Approving and paying always take you and a code."),
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        choices = [(days, ngettext("{n} day", "{n} days", days).format(n=days)) for days in DAYS]
        self.fields["days"].choices = choices  # type: ignore[attr-defined]


def listing(request: HttpRequest) -> HttpResponse:
    """The tokens that count. POST makes one: its text is on the answer, and never again."""
    form, made = TokenForm(request.POST or None), ""
    if request.method == "POST":
        if accounts.has_second_factor(request.user.pk) and not access.second_factor_fresh(request):
            raise access.SecondFactorNeeded
        if form.is_valid():
            said = form.cleaned_data
            asked = TokenAsked(said["name"], said["days"], not said["writes"])
            try:
                made = api_tokens.make(request.user.pk, asked, now=timezone.now())
            except Refusal as refusal:
                form.add_error("name", refusal.say(gettext))
            else:
                form = TokenForm()
    answer = render(
        request,
        "accounts/tokens.html",
        {"rows": accounts.tokens(request.user.pk, now=timezone.now()), "form": form, "made": made},
        status=422 if form.errors else 200,
    )
    if made:
        answer["Cache-Control"] = "no-store"
    return answer


@require_POST
def end(request: HttpRequest, number: int) -> HttpResponse:
    """End one of the reader's own. Another's number ends nothing, and is told from none by nothing."""
    api_tokens.end(request.user.pk, now=timezone.now(), number=number)
    return redirect("tokens")
