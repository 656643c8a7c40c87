"""The own account: password, codes of an app, where one is signed in, tokens of programs."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from lianjie.facts.queries import accounts


def own(request: HttpRequest) -> HttpResponse:
    """What stands between the reader's account and somebody else."""
    user = request.user
    since = timezone.now() - timedelta(seconds=settings.SESSION_IDLE)
    return render(
        request,
        "accounts/own.html",
        {
            "second_factor": accounts.has_second_factor(user.pk),
            "codes_left": accounts.codes_left(user.pk),
            "tokens": len(accounts.tokens(user.pk, now=timezone.now())),
            "sign_ins": len(accounts.sign_ins(user.pk, since=since)),
        },
    )
