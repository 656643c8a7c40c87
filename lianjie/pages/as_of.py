"""The day a page or a file is as of: `?on=`, today when none is asked."""

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django_htmx.http import HttpResponseClientRedirect

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_


class NotADayYet(Refusal):
    """`?on=` names no day, or one to come: of that nothing is known."""

    what = N_("“{text}” is not a day up to today.")
    fix = N_("Give a day up to today, as 2026-03-31. Here is how things stand today.")


def day_asked(request: HttpRequest) -> date:
    """The day of `?on=`; today without one. Raises NotADayYet, which `on_today` answers."""
    today = timezone.localdate()
    text = request.GET.get("on", "").strip()
    try:
        day = date.fromisoformat(text) if text else today
    except ValueError:
        raise NotADayYet(text=text[:20]) from None
    if day > today:
        raise NotADayYet(text=text[:20])
    return day


def on_today(request: HttpRequest, refusal: NotADayYet) -> HttpResponse:
    """To the same list as it is today, with the reason above it: no file is given of another day."""
    messages.error(request, refusal.say(gettext))
    query = request.GET.copy()
    for name in ("on", "as", "after"):
        query.pop(name, None)
    address = f"{request.path}?{query.urlencode()}"
    return HttpResponseClientRedirect(address) if request.headers.get("HX-Request") else redirect(address)
