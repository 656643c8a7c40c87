"""Who may do what in an organisation, from when to when."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lianjie.base.refusal import Refusal
from lianjie.facts.actions.roles import end_role, give_role
from lianjie.facts.queries import assignments
from lianjie.pages import access
from lianjie.pages.words import WORDS

ROLES = ("accountant", "chair", "approver", "cashier", "member", "supervisor", "auditor")
"""Roles an organisation's own administrator gives; administrators are made by whoever runs the system."""


class RoleForm(forms.Form):
    """One role for one user."""

    username = forms.CharField(
        label=_("User name"), max_length=150, help_text=_("The name they sign in with.")
    )
    role = forms.ChoiceField(label=_("Role"))
    party = forms.CharField(
        label=_("Own household"),
        max_length=40,
        required=False,
        help_text=_("For a member: the code of the household whose account they may see."),
    )
    start_day = forms.DateField(
        label=_("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    last_day = forms.DateField(
        label=_("Last day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role, gettext(WORDS["role"][role])) for role in ROLES]  # type: ignore[attr-defined]


def roles(request: HttpRequest, code: str) -> HttpResponse:
    """The list, and a form that gives one more."""
    place = access.place(request, code, "assign")
    row = assignments.organisation(code)
    today = timezone.localdate()
    form = RoleForm(request.POST or None, initial={"start_day": today})
    if request.method == "POST" and form.is_valid():
        try:
            _give(place, form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.say(gettext))
        else:
            messages.success(request, gettext("The role is given."))
            return redirect("roles", place.code)
    return render(
        request,
        "office/roles.html",
        {"place": place, "rows": assignments.assignments_of(row, today), "form": form},
        status=422 if form.errors else 200,
    )


def end(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """End a role given in this organisation: yesterday was its last day."""
    place = access.place(request, code, "assign")
    if request.method != "POST":
        raise Http404
    if not end_role(number, organisation_id=place.id, day=timezone.localdate()):
        raise Http404
    messages.success(request, gettext("The role has ended."))
    return redirect("roles", place.code)


def _give(place: access.Place, given: dict) -> None:
    give_role(
        given["username"],
        given["role"],
        organisation_id=place.id,
        organisation=place.code,
        party=given["party"],
        start_day=given["start_day"],
        last_day=given["last_day"],
    )
