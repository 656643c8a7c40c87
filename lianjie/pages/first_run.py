"""The first account, on an empty database: with the code the console shows, once."""

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lianjie.base.refusal import Refusal
from lianjie.facts.actions import accounts as actions
from lianjie.facts.queries import accounts
from lianjie.pages import signing_in


class SetUpForm(forms.Form):
    """Who looks after the accounts, and of which area."""

    code = forms.CharField(
        label=_("Code of the console"),
        max_length=60,
        help_text=_("Shown where Lianjie was started; lianjie setup-code shows it again."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    area = forms.CharField(
        label=_("Code of your area"),
        max_length=12,
        help_text=_("The official code of your province, prefecture, county, township or village."),
    )
    area_name = forms.CharField(label=_("Name of your area"), max_length=60)
    full_name = forms.CharField(label=_("Your name"), max_length=60)
    username = forms.RegexField(
        r"^[\w.@+-]+$", label=_("User name"), max_length=150, help_text=_("The name you sign in with.")
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("Twelve characters or more: a few words that do not belong together."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("The same again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict:
        given = super().clean() or {}
        if given.get("password") != given.get("again"):
            self.add_error("again", gettext("The two passwords differ."))
        return given


@login_not_required
def set_up(request: HttpRequest) -> HttpResponse:
    """The form; not found as soon as there is an account."""
    if accounts.any_user():
        raise Http404
    form = SetUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {name: value for name, value in form.cleaned_data.items() if name != "again"}
        try:
            made = actions.set_up(given.pop("code"), **given)
        except Refusal as refusal:
            form.add_error(None, refusal.say(gettext))
        else:
            signing_in.let_in(request, get_user_model().objects.get(pk=made))
            return redirect("enrol")
    return render(request, "accounts/set_up.html", {"form": form}, status=422 if form.errors else 200)
