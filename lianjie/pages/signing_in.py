"""Signing in and out, and the own password. Who has set up codes is asked for one before being let in."""

import time

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth import views as auth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext

from lianjie.facts.actions import api_tokens, sign_ins
from lianjie.facts.actions.audit import note
from lianjie.facts.queries import accounts
from lianjie.pages import access

WAITING, SINCE, GOING = "waiting", "waiting_since", "waiting_next"
PATIENCE = 600
"""Seconds in which the code must follow the password."""
BACKEND = "django.contrib.auth.backends.ModelBackend"


class SignIn(auth.LoginView):
    """The password. With codes set up nothing is opened yet: the session only knows who must give one."""

    template_name = "registration/sign_in.html"

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        """Without any account there is one to be made first."""
        return super().get(request, *args, **kwargs) if accounts.any_user() else redirect("set-up")

    def form_valid(self, form) -> HttpResponse:
        user = form.get_user()
        going = access.local(self.request, self.get_success_url())
        if not accounts.has_second_factor(user.pk):
            let_in(self.request, user)
            return redirect(going or "home")
        self.request.session.cycle_key()
        self.request.session.update({WAITING: user.pk, SINCE: int(time.time()), GOING: going})
        return redirect("sign-in-code")


class SignOut(auth.LogoutView):
    """Out, and what the browser kept of the pages is thrown away."""

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if number := request.session.get("sign_in"):
            sign_ins.over(number, now=timezone.now())
        answer = super().post(request, *args, **kwargs)
        answer.headers["Clear-Site-Data"] = '"cache"'
        return answer


class Password(auth.PasswordChangeView):
    """A new password of one's own; every other session ends."""

    template_name = "registration/password.html"
    success_url = "/"

    def form_valid(self, form) -> HttpResponse:
        answer = super().form_valid(form)
        user, session = self.request.user, self.request.session
        now, here = timezone.now(), session.get("sign_in")
        sign_ins.seen(here, session.session_key, now=now)
        sign_ins.end(user.pk, other_than=here, now=now)
        api_tokens.end(user.pk, now=now)
        note("account:password", subject=f"user:{user.get_username()}")
        messages.success(
            self.request, gettext("Your password has been changed. You are signed out elsewhere.")
        )
        return answer


class Welcome(auth.PasswordResetConfirmView):
    """A password through a link that an administrator gave; it works once, and three days at most."""

    template_name = "accounts/welcome.html"
    success_url = "/sign-in/"
    post_reset_login = False

    def form_valid(self, form) -> HttpResponse:
        answer = super().form_valid(form)
        sign_ins.end(self.user.pk, now=timezone.now())
        note("account:password", subject=f"user:{self.user.get_username()}", by=self.user.pk)
        messages.success(self.request, gettext("The password is kept. Sign in with it."))
        return answer


def let_in(request: HttpRequest, user) -> None:
    """Sign in with a session of a new key: one that was there before opens nothing."""
    for name in (WAITING, SINCE, GOING, "sign_in", "began", "seen", access.FRESH_AT):
        request.session.pop(name, None)
    login(request, user, backend=BACKEND)


def waiting(request: HttpRequest) -> int | None:
    """Who has given the right password and must still give a code."""
    since = request.session.get(SINCE)
    if since is None or not 0 <= time.time() - since <= PATIENCE:
        return None
    return request.session.get(WAITING)
