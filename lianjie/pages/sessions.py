"""Being signed in: how long it lasts, where, ending it from afar; and whose address a request has."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from lianjie.facts.actions import sign_ins
from lianjie.facts.queries import accounts
from lianjie.pages.api.door import token_of

NOTED_EVERY = 60
"""Seconds between two notes that a session is in use."""
BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
"""Marks in the text a browser sends, the more special first, and the browser's name."""
SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)
Respond = Callable[[HttpRequest], HttpResponse]


class Proxies:
    """Middleware, the first: behind LIANJIE_PROXIES proxies, the address is the one the first of them saw.

    Without it everybody would come from the proxy, and one person's wrong passwords would lock out all. The
    header's further entries are whatever a client sent, so they are counted from the right and no further.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.PROXIES:
            told = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
            if len(told) >= settings.PROXIES and told[-settings.PROXIES]:
                request.META["REMOTE_ADDR"] = told[-settings.PROXIES]
        return self.get_response(request)


class Sessions:
    """Middleware, after authentication: ends what is idle or old, and notes what is in use."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and token_of(request) is None:
            self._keep(request)
        return self.get_response(request)

    def _keep(self, request: HttpRequest) -> None:
        session, now = request.session, int(time.time())
        number = session.get("sign_in")
        if number is None:
            if not session.session_key:
                session.create()
            session["sign_in"] = sign_ins.begin(request.user.pk, session.session_key, now=timezone.now())
            session["began"] = session["seen"] = now
            return
        idle, age = now - session["seen"], now - session["began"]
        if idle > settings.SESSION_IDLE or age > settings.SESSION_LONGEST:
            sign_ins.over(number, now=timezone.now())
            logout(request)
            messages.info(request, gettext("You were signed out because nothing was done for a while."))
        elif idle >= NOTED_EVERY:
            session["seen"] = now
            sign_ins.seen(number, session.session_key, now=timezone.now())


def named(device: str) -> str:
    """What a browser calls itself, in two words: "Firefox, Windows"; else its own text."""
    browser = next((name for mark, name in BROWSERS if mark in device), "")
    system = next((name for mark, name in SYSTEMS if mark in device), "")
    return ", ".join(each for each in (browser, system) if each) or device or gettext("Unknown")


def listing(request: HttpRequest) -> HttpResponse:
    """Where the reader is signed in; the present one marked."""
    since = timezone.now() - timedelta(seconds=settings.SESSION_IDLE)
    rows = [replace(row, device=named(row.device)) for row in accounts.sign_ins(request.user.pk, since=since)]
    here = request.session.get("sign_in")
    return render(request, "accounts/sessions.html", {"rows": rows, "here": here})


@require_POST
def end(request: HttpRequest, number: int) -> HttpResponse:
    """End one of the reader's own. Another's number ends nothing, and is told from none by nothing."""
    if number == request.session.get("sign_in"):
        sign_ins.over(number, now=timezone.now())
        logout(request)
        return redirect("sign-in")
    ended = sign_ins.end(request.user.pk, number=number, now=timezone.now())
    return _ended(request, ended)


@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """End all but this one."""
    here = request.session.get("sign_in")
    return _ended(request, sign_ins.end(request.user.pk, other_than=here, now=timezone.now()))


def _ended(request: HttpRequest, count: int) -> HttpResponse:
    text = gettext("Signed out there.") if count else gettext("Nothing was signed in there any more.")
    messages.success(request, text)
    return redirect("sessions")
