"""Accounts of others, for administrators: made, given a link for a password, closed, unlocked. No password is
ever known to two people: an account opens by a link that works once."""

from axes.utils import reset
from django import forms
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.tokens import default_token_generator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lianjie.base.refusal import Refusal
from lianjie.facts.actions import accounts as actions
from lianjie.facts.actions import second_factor, sign_ins
from lianjie.facts.actions.audit import note
from lianjie.facts.queries import accounts
from lianjie.facts.queries.accounts import AccountRow
from lianjie.pages import access

SHOWN = 50


class AccountForm(forms.Form):
    """A new account."""

    username = forms.RegexField(
        r"^[\w.@+-]+$", label=_("User name"), max_length=150, help_text=_("The name they sign in with.")
    )
    full_name = forms.CharField(label=_("Name"), max_length=60)


class ReasonForm(forms.Form):
    """Why the codes are taken off."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("Kept with your name. Make sure that it is really this person who asks."),
    )


def listing(request: HttpRequest) -> HttpResponse:
    """Accounts all of whose roles lie where the reader gives roles."""
    search, after = request.GET.get("search", "").strip(), request.GET.get("after", "")
    rows = accounts.cared_for(
        access.holding(request, "assign"),
        request.user.pk,
        timezone.localdate(),
        search=search,
        after=after,
        limit=SHOWN + 1,
    )
    more = rows[SHOWN - 1].username if len(rows) > SHOWN else ""
    return render(
        request, "accounts/users.html", {"rows": rows[:SHOWN], "search": search, "next_after": more}
    )


def new(request: HttpRequest) -> HttpResponse:
    """Make an account; its link is shown this once."""
    form = AccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.make(form.cleaned_data["username"], form.cleaned_data["full_name"])
        except Refusal as refusal:
            form.add_error("username", refusal.say(gettext))
        else:
            return _link(request, made)
    return render(request, "accounts/user_new.html", {"form": form}, status=422 if form.errors else 200)


def one(request: HttpRequest, name: str) -> HttpResponse:
    """One account, and what may be done with it."""
    row = _found(request, name)
    return render(request, "accounts/user.html", {"row": row, "form": ReasonForm()})


def change(request: HttpRequest, name: str, what: str) -> HttpResponse:
    """One of the changes."""
    row = _found(request, name)
    if request.method != "POST" or what not in CHANGES:
        raise Http404
    return CHANGES[what](request, row)


def _link(request: HttpRequest, user_id: int) -> HttpResponse:
    user = get_user_model().objects.get(pk=user_id)
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    address = reverse("welcome", args=[uid, default_token_generator.make_token(user)])
    note("account:link", subject=f"user:{user.get_username()}")
    context = {"account": user, "address": request.build_absolute_uri(address)}
    answer = render(request, "accounts/link.html", context)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _new_link(request: HttpRequest, row: AccountRow) -> HttpResponse:
    """With codes set up a new password alone opens nothing, so this asks for no code of the administrator."""
    return _link(request, row.id)


def _close(request: HttpRequest, row: AccountRow) -> HttpResponse:
    actions.close(row.id, active=not row.active)
    if row.active:
        sign_ins.end(row.id, now=timezone.now())
    return _done(
        request, row, gettext("The account is closed.") if row.active else gettext("It is open again.")
    )


def _unlock(request: HttpRequest, row: AccountRow) -> HttpResponse:
    reset(username=row.username)
    note("account:unlock", subject=f"user:{row.username}")
    return _done(request, row, gettext("The account is unlocked."))


def _end_sessions(request: HttpRequest, row: AccountRow) -> HttpResponse:
    sign_ins.end(row.id, now=timezone.now())
    return _done(request, row, gettext("It is signed out everywhere."))


def _take_codes_off(request: HttpRequest, row: AccountRow) -> HttpResponse:
    """Takes a code of the administrator: else one stolen password would open every account here."""
    if not access.second_factor_fresh(request):
        raise access.SecondFactorNeeded
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return render(request, "accounts/user.html", {"row": row, "form": form}, status=422)
    second_factor.take_off(row.id, reason=form.cleaned_data["reason"])
    sign_ins.end(row.id, now=timezone.now())
    return _done(request, row, gettext("The codes are taken off. It is signed out everywhere."))


CHANGES = {
    "link": _new_link,
    "close": _close,
    "unlock": _unlock,
    "sessions": _end_sessions,
    "codes": _take_codes_off,
}


def _done(request: HttpRequest, row: AccountRow, text: str) -> HttpResponse:
    messages.success(request, text)
    return redirect("user", row.username)


def _found(request: HttpRequest, name: str) -> AccountRow:
    """Raises Http404 for an account that is not the reader's to look after, as for none."""
    row = accounts.one_cared_for(
        access.holding(request, "assign"), request.user.pk, timezone.localdate(), name
    )
    if row is None:
        raise Http404
    return row
