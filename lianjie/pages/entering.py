"""Entering one thing by a form, and taking it back: what pages of every subject share."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django import forms
from django.contrib import messages
from django.forms import BaseFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions.stock import Books
from lianjie.facts.actions.store import Entry, SourceGiven
from lianjie.facts.queries import fact as facts
from lianjie.ledger.actions.posting import post
from lianjie.ledger.queries import closings
from lianjie.pages import access, fact_words
from lianjie.pages.access import Place
from lianjie.pages.in_kind_forms import TakeBackForm


def may_enter(place: Place) -> bool:
    """True when the reader enters facts here."""
    return "enter_facts" in place.rights


@contextmanager
def told_if_late(request: HttpRequest, place: Place) -> Iterator[None]:
    """Tell whoever enters something of a closed month or a settled year where it is booked."""
    before = closings.newest(place.id)
    yield
    late = closings.late_since(place.id, before)
    if late:
        text = gettext(
            "The books of {own_day} are closed and stay as they were. What was changed is booked on {day},"
            " the first open day, and keeps its own day beside it."
        )
        messages.info(request, text.format(own_day=late.own_day, day=late.day))


def books(request: HttpRequest, place: Place, subject: str) -> Books:
    """Whose books are written, by whom, and on which subject's page."""
    source = SourceGiven("page", gettext(subject)[:200])
    return Books(place.id, source, timezone.now(), request.user.pk, post)


def entry_of(request: HttpRequest, place: Place, subject: str, reason: str = "") -> Entry:
    """The same for a verb that books nothing; a correction is named by its reason."""
    name = gettext("Correction: {reason}").format(reason=reason) if reason else gettext(subject)
    return Entry(place.id, SourceGiven("page", name[:200]), timezone.now(), request.user.pk)


def entering(
    request: HttpRequest,
    place: Place,
    form: forms.Form,
    title: str,
    back: str,
    run: Callable[[Mapping[str, Any]], str],
    *,
    template: str = "entering.html",
    said: str = N_("Entered."),
    rows: BaseFormSet | None = None,
    **more: Any,
) -> HttpResponse:
    """Show a form; once it is sent and nothing refuses, go where `run` says.

    said   what is told then; "" when `run` tells it itself
    rows   further lines of the form, all alike
    more   for the template: `trail`, where one is, as (address, words); `verb`, on the button in place of the
           title; `about`, beside the title; `reference` of what is withdrawn
    """
    readable = form.is_valid() and (rows is None or rows.is_valid())
    if request.method == "POST" and readable:
        try:
            with told_if_late(request, place):
                target = run(form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.say(gettext))
        else:
            if said:
                messages.success(request, gettext(said))
            return redirect(target)
    if "reference" in more:
        more["taken"] = fact_words.in_a_line(place.id, more["reference"])
    parties = facts.codes_here(place.id) if may_enter(place) else []
    context = {"place": place, "form": form, "rows": rows, "title": title, "back": back, "parties": parties}
    refused = request.method == "POST" and form.is_bound  # a form that asks for more lines is not bound
    return render(request, template, context | more, status=422 if refused else 200)


def entering_at(
    request: HttpRequest,
    place: Place,
    form: forms.Form,
    title: str,
    trail: Sequence[tuple[str, str]],
    run: Callable[[Mapping[str, Any]], str],
    *,
    of: str = "",
    **more: Any,
) -> HttpResponse:
    """`entering` below the pages of `trail`, where one goes back to the last; headed by `of`."""
    more |= {"verb": N_("Enter"), "trail": trail}
    return entering(request, place, form, f"{title} · {of}" if of else title, trail[-1][0], run, **more)


def taking_back(
    request: HttpRequest,
    code: str,
    reference: str,
    subject: str,
    back: str,
    act: Callable[[str, str, Books], object],
) -> HttpResponse:
    """Withdraw an entry by `act`; to correct it, it is entered anew afterwards. `back`: name of the list."""
    place = access.record(request, code, "enter_facts", reference)
    target = reverse(back, args=[place.code])

    def run(given: Mapping[str, Any]) -> str:
        act(reference, given["reason"], books(request, place, subject))
        return target

    form = TakeBackForm(request.POST or None)
    return entering(request, place, form, N_("Withdraw"), target, run, reference=reference)
