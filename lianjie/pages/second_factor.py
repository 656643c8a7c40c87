"""Codes of an app: set up, asked for at sign-in, asked for again before money is approved or paid."""

import segno
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lianjie.base.refusal import Refusal
from lianjie.facts.actions import second_factor as actions
from lianjie.facts.queries import accounts
from lianjie.pages import access, signing_in


class CodeForm(forms.Form):
    """Six digits, or a recovery code."""

    code = forms.CharField(
        label=_("Verification code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autofocus": True,
                "spellcheck": "false",
            }
        ),
    )


def enrol(request: HttpRequest) -> HttpResponse:
    """The key as a picture and as text; a first code confirms it, and the recovery codes are shown once."""
    user = request.user
    if accounts.has_second_factor(user.pk):
        return redirect("account")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            codes = actions.confirm(user.pk, form.cleaned_data["code"], now=timezone.now())
        except Refusal as refusal:
            form.add_error("code", refusal.say(gettext))
        else:
            access.mark_second_factor(request)
            return _codes(request, codes, access.local(request, request.GET.get("next", "")))
    key = actions.begin(user.pk)
    address = (
        f"otpauth://totp/{gettext('Lianjie')}:{user.get_username()}?secret={key}&issuer={gettext('Lianjie')}"
    )
    picture = segno.make(address, error="m", micro=False).svg_inline(
        scale=5, border=3, svgclass="qr", lineclass=None, title=gettext("Key for the app")
    )
    return render(
        request,
        "accounts/enrol.html",
        {"form": form, "key": " ".join(key[at : at + 4] for at in range(0, len(key), 4)), "picture": picture},
        status=422 if form.errors else 200,
    )


def ask(request: HttpRequest) -> HttpResponse:
    """Asked for again, before what needs it: the reader is signed in."""
    going = access.local(request, request.GET.get("next", ""))
    if not accounts.has_second_factor(request.user.pk):
        return redirect("enrol")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _right(form, request.user.pk):
        access.mark_second_factor(request)
        return redirect(going or "home")
    return render(
        request, "accounts/code.html", {"form": form, "again": True}, status=422 if form.errors else 200
    )


@login_not_required
def at_sign_in(request: HttpRequest) -> HttpResponse:
    """The second step of signing in, after the right password and before anything is opened."""
    waiting = signing_in.waiting(request)
    user = get_user_model().objects.filter(pk=waiting, is_active=True).first() if waiting else None
    if user is None:
        return redirect("sign-in")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _right(form, user.pk):
        going = access.local(request, request.session.get(signing_in.GOING, ""))
        signing_in.let_in(request, user)
        access.mark_second_factor(request)
        return redirect(going or settings.LOGIN_REDIRECT_URL)
    return render(
        request, "accounts/code.html", {"form": form, "again": False}, status=422 if form.errors else 200
    )


@require_POST
def new_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes, for whoever has just typed a code."""
    if not accounts.has_second_factor(request.user.pk):
        return redirect("enrol")
    if not access.second_factor_fresh(request):
        raise access.SecondFactorNeeded
    return _codes(request, actions.new_codes(request.user.pk), "")


@require_POST
def take_off(request: HttpRequest) -> HttpResponse:
    """One's own, after a code."""
    if not access.second_factor_fresh(request):
        raise access.SecondFactorNeeded
    actions.take_off(request.user.pk, reason="")
    access.forget_second_factor(request)
    messages.success(request, gettext("No code is asked for at sign-in any more."))
    return redirect("account")


def _right(form: CodeForm, user_id: int) -> bool:
    try:
        actions.verify(user_id, form.cleaned_data["code"], now=timezone.now())
    except Refusal as refusal:
        form.add_error("code", refusal.say(gettext))
        return False
    return True


def _codes(request: HttpRequest, codes: tuple[str, ...], going: str) -> HttpResponse:
    return render(request, "accounts/codes.html", {"codes": codes, "going": going or "/"})
