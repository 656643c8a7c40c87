"""Register an organisation in an area: for administrators of the area."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lianjie.base.refusal import Refusal
from lianjie.facts.actions.people import register_organisation
from lianjie.facts.queries import assignments
from lianjie.pages import access
from lianjie.pages.words import WORDS


class OrganisationForm(forms.Form):
    """An organisation; the area is chosen by name or code."""

    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("As in its registration."))
    code = forms.RegexField(
        r"^[^\s~/]+$",
        label=_("Code"),
        max_length=40,
        help_text=_("Short and lasting; it stands in addresses."),
    )
    kind = forms.ChoiceField(label=_("Kind"))
    area = forms.CharField(
        label=_("Area"),
        max_length=60,
        help_text=_("The 12-digit code, or the name of the village or township."),
    )
    credit_code = forms.CharField(label=_("Credit code"), max_length=18, required=False)
    founded_day = forms.DateField(
        label=_("Founded"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind, gettext(text)) for kind, text in WORDS["organisation"].items()]  # type: ignore[attr-defined]
        self.fields["area"].widget.attrs["autocomplete"] = "off"


def register(request: HttpRequest) -> HttpResponse:
    """The form. A name that several areas bear is asked again with all of them to choose from."""
    paths = access.areas(request, "assign")
    if not paths:
        raise PermissionDenied
    form = OrganisationForm(request.POST or None)
    candidates: list[assignments.AreaRow] = []
    if request.method == "POST" and form.is_valid():
        candidates = _areas(paths, form.cleaned_data["area"])
        if len(candidates) == 1:
            return _registered(request, form, candidates[0].code)
        text = gettext("Several areas fit. Choose one and give its code.")
        form.add_error("area", text if candidates else gettext("No area of yours has this name or code."))
    return render(
        request,
        "office/organisation.html",
        {"form": form, "candidates": candidates},
        status=422 if form.errors else 200,
    )


def _areas(paths: list[str], text: str) -> list[assignments.AreaRow]:
    """Areas within the reader's own that fit; the exact one alone when there is one."""
    found = [
        row
        for row in assignments.areas_like(text.strip(), timezone.localdate())
        if any(row.path.startswith(path) for path in paths)
    ]
    exact = [row for row in found if text.strip() in (row.code, row.name)]
    return exact or found


def _registered(request: HttpRequest, form: OrganisationForm, area: str) -> HttpResponse:
    given = form.cleaned_data | {"area": area}
    if assignments.organisation(given["code"]) is not None:
        form.add_error("code", gettext("This code is taken. Choose another."))
    else:
        try:
            register_organisation(**given)
        except Refusal as refusal:
            form.add_error(None, refusal.say(gettext))
        else:
            messages.success(request, gettext("The organisation is registered."))
            return redirect("area", area)
    return render(request, "office/organisation.html", {"form": form, "candidates": ()}, status=422)
