"""Expert consultation: cases, opinions, prescriptions with a waiting period, visits, the end."""

from django import forms
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lianjie.facts.actions import expert as actions
from lianjie.facts.actions.store import Entry
from lianjie.facts.queries import expert
from lianjie.pages import access
from lianjie.pages.growing import entered
from lianjie.pages.growing_forms import code_field
from lianjie.pages.offtake_forms import choices
from lianjie.pages.settlement_forms import day_field, text_field

TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}


class CaseForm(forms.Form):
    """A trouble put to experts."""

    number = code_field(_("Number of the case"), _("Letters, digits, points and dashes."))
    base_code = code_field(_("Base"))
    plot = forms.CharField(
        label=_("Plot"), help_text=_("Empty for the whole base."), max_length=20, required=False
    )
    day = day_field(_("Day"))
    by = forms.CharField(label=_("Asked by"), max_length=80)
    symptoms = text_field(_("Symptoms"), length=600)
    photo = forms.FileField(
        label=_("Photo"), help_text=_("JPEG, PNG or WebP, at most 12 MiB."), required=False
    )


class CaseStepForm(forms.Form):
    """What happened in a case."""

    kind = forms.ChoiceField(label=_("Kind"), choices=choices("case_step"))
    day = day_field(_("Day"))
    person = forms.CharField(label=_("Who"), max_length=80)
    text = text_field(_("Findings, treatment or result"), length=600)
    dose = forms.CharField(label=_("Dose"), max_length=200, required=False)
    waiting_days = forms.IntegerField(
        label=_("Days to wait before harvest"), min_value=0, max_value=400, required=False
    )
    photo = forms.FileField(
        label=_("Photo"), help_text=_("JPEG, PNG or WebP, at most 12 MiB."), required=False
    )


def listing(request: HttpRequest, code: str) -> HttpResponse:
    """The cases, open ones first."""
    place = access.place(request, code, "read")
    may = "enter_facts" in place.rights
    return render(
        request, "growing/cases.html", {"place": place, "rows": expert.cases(place.id), "may_enter": may}
    )


def case(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """One case from symptoms to its end."""
    place = access.place(request, code, "read")
    found = expert.case(place.id, number)
    if found is None:
        raise Http404
    may = "enter_facts" in place.rights and not found.closed
    return render(request, "growing/case.html", {"place": place, "case": found, "may_enter": may})


def case_new(request: HttpRequest, code: str) -> HttpResponse:
    """Put a trouble to experts."""
    place = access.place(request, code, "enter_facts")
    begin = {"day": timezone.localdate(), "base_code": request.GET.get("base", "")}
    form = CaseForm(request.POST or None, request.FILES or None, initial=begin)

    def enter(entry: Entry) -> str:
        said = form.cleaned_data | {"photo": _picture(form)}
        actions.open_case(entry, said.pop("number"), **said)
        return reverse("case", args=[code, form.cleaned_data["number"]])

    return entered(request, place, form, enter, title=gettext("Ask experts"))


def step_new(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Enter what happened in a case."""
    place = access.place(request, code, "enter_facts")
    form = CaseStepForm(request.POST or None, request.FILES or None, initial={"day": timezone.localdate()})

    def enter(entry: Entry) -> str:
        said = form.cleaned_data | {"photo": _picture(form)}
        actions.add_step(entry, number, **(said | {"waiting_days": said["waiting_days"] or 0}))
        return reverse("case", args=[code, number])

    return entered(request, place, form, enter, title=gettext("Enter what happened"))


def photo(request: HttpRequest, code: str, number: str, name: str) -> HttpResponseBase:
    """A picture of a case, to whoever may read the case."""
    place = access.place(request, code, "read")
    found = expert.case(place.id, number)
    if found is None or name not in found.photos:
        raise Http404
    path = actions.folder() / name
    if not path.is_file():
        raise Http404
    answer = FileResponse(path.open("rb"), content_type=TYPES[name.rpartition(".")[2]])
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _picture(form: forms.Form) -> str:
    given = form.cleaned_data["photo"]
    if not given:
        return ""
    if given.size > actions.LARGEST:
        raise actions.PictureTooLarge(most=actions.LARGEST // 1024 // 1024)
    return actions.keep_picture(given.read())
