"""The members' assembly: called, attended, what it resolved, its papers."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lianjie.base.refusal import Refusal
from lianjie.facts.actions import assembly as actions
from lianjie.facts.actions import expert
from lianjie.facts.actions.store import Entry, SourceGiven
from lianjie.facts.queries import assembly as queries
from lianjie.facts.rules import assembly as rules
from lianjie.ledger.queries import settlements
from lianjie.pages import access
from lianjie.pages.access import Place
from lianjie.pages.expert import TYPES
from lianjie.pages.settlement_forms import ReasonForm, day_field, text_field
from lianjie.pages.settlement_way import attempt

ON_A_PAGE = 300
"""From more members on the roll comes as a file."""


def _words(of: dict[str, str]) -> Callable[[], list[tuple[str, str]]]:
    return lambda: [(value, gettext(text)) for value, text in of.items()]


class MeetingForm(forms.Form):
    """A meeting as it is called, or was held."""

    number = forms.CharField(label=_("Number of the meeting"), max_length=40)
    day = day_field(_("Day of the meeting"))
    notice_day = day_field(_("Notice given on"))
    form = forms.ChoiceField(label=_("Form of the meeting"), choices=_words(rules.FORMS))
    venue = forms.CharField(label=_("Place"), max_length=120)
    agenda = text_field(_("Agenda"), length=2000)
    chaired_by = forms.CharField(label=_("Chaired by"), max_length=80)


class ResolutionForm(forms.Form):
    """One matter and its counts."""

    number = forms.CharField(label=_("Number of the resolution"), max_length=20)
    title = forms.CharField(label=_("Subject"), max_length=120)
    text = text_field(_("What was resolved"), length=2000)
    matter = forms.ChoiceField(label=_("Kind of matter"), choices=_words(rules.MATTERS))
    votes_for = forms.IntegerField(label=_("Votes in favour"), min_value=0)
    votes_against = forms.IntegerField(label=_("Votes against"), min_value=0)
    votes_abstained = forms.IntegerField(label=_("Abstentions"), min_value=0)


class PaperForm(forms.Form):
    """A paper of the meeting."""

    file = forms.FileField(
        label=_("Minutes, signed list or photo"),
        help_text=_("PDF or picture, at most 10 MiB. A photo is kept without place, hour and device."),
    )


def listing(request: HttpRequest, code: str) -> HttpResponse:
    """All meetings, the newest first."""
    place = access.place(request, code, "read")
    rows = queries.meetings(place.id)
    return render(request, "assembly/list.html", {"place": place, "rows": rows, "may": _may(place)})


def call(request: HttpRequest, code: str) -> HttpResponse:
    """Enter a meeting, or correct the one named by `?meeting=`."""
    place = access.place(request, code, "settle")
    known = queries.meeting(place.id, request.GET.get("meeting", ""))
    names = ("number", "day", "notice_day", "form", "venue", "agenda", "chaired_by")
    initial = {name: getattr(known, name) for name in names} if known else None
    form = MeetingForm(request.POST or None, initial=initial)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        given = actions.Calling(**form.cleaned_data)
        refusals = attempt(lambda: actions.call(_entry(request, place), given))
        if not refusals:
            messages.success(request, gettext("The meeting is entered."))
            return redirect("meeting", place.code, given.number)
    context = {
        "place": place,
        "form": form,
        "refusals": refusals,
        "title": gettext("Enter a meeting"),
        "law": queries.law(place.id, timezone.localdate()),
    }
    return render(request, "assembly/form.html", context, status=422 if refusals else 200)


def one(request: HttpRequest, code: str, meeting: str) -> HttpResponse:
    """A meeting: what the law asks of it, who came, what was resolved, the papers."""
    place = access.place(request, code, "read")
    found = _found(place, meeting)
    law = queries.law(place.id, found.day)
    members = queries.members(place.id, found.day)
    seats = queries.roll(place.id, meeting, found.day)
    listed = [each for each in seats if each.how]
    delegates = found.form == "delegates"
    all_ = len(listed) if delegates else len(members)
    votes = all_ if delegates else len(members) + sum(members.values())
    return render(
        request,
        "assembly/one.html",
        {
            "place": place,
            "meeting": found,
            "members": all_,
            "votes": votes,
            "needed": rules.needed(law, all_, votes),
            "delegates_needed": rules.delegates_needed(law, len(members)) if delegates else 0,
            "extra": [each for each in seats if each.extra_votes] if not delegates else [],
            "seats": listed,
            "resolutions": queries.resolutions(place.id, meeting),
            "papers": queries.papers(place.id, meeting),
            "held": found.day <= timezone.localdate(),
            "may": _may(place),
            "may_decide": "decide" in place.rights,
            "paper_form": PaperForm(),
        },
    )


def roll(request: HttpRequest, code: str, meeting: str) -> HttpResponse:
    """Who came, member by member. The whole list is kept, or nothing."""
    place = access.place(request, code, "settle")
    found = _found(place, meeting)
    seats = queries.roll(place.id, meeting, found.day)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST":
        sent = request.POST
        seated = [
            actions.Seated(
                each.code,
                sent.get(f"how.{each.code}", ""),
                sent.get(f"proxy.{each.code}", "").strip(),
                sent.get(f"mark.{each.code}", "").strip()[:40],
            )
            for each in seats
            if sent.get(f"how.{each.code}", "") in rules.HOW
        ]
        refusals = attempt(lambda: actions.seat(_entry(request, place), meeting, seated))
        if not refusals:
            messages.success(request, gettext("The list of those present is kept."))
            return redirect("meeting", place.code, meeting)
        entered = {each.member: each for each in seated}
        seats = [_typed(each, entered.get(each.code)) for each in seats]
    context = {
        "place": place,
        "meeting": found,
        "seats": seats[:ON_A_PAGE],
        "too_many": len(seats) > ON_A_PAGE,
        "refusals": refusals,
        "how": _words(rules.HOW)(),
        "proxies": queries.law(place.id, found.day).proxy != "nobody",
    }
    return render(request, "assembly/roll.html", context, status=422 if refusals else 200)


def resolve(request: HttpRequest, code: str, meeting: str) -> HttpResponse:
    """Record a resolution with its counts, adopted or not."""
    place = access.place(request, code, "settle")
    found = _found(place, meeting)
    form = ResolutionForm(
        request.POST or None,
        initial={"number": found.resolutions + 1, "votes_against": 0, "votes_abstained": 0},
    )
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        given = actions.Resolving(**form.cleaned_data)
        refusals = attempt(lambda: actions.resolve(_entry(request, place), meeting, given))
        if not refusals:
            messages.success(request, gettext("The resolution is recorded."))
            return redirect("meeting", place.code, meeting)
    context = {
        "place": place,
        "form": form,
        "refusals": refusals,
        "meeting": found,
        "title": gettext("Record a resolution"),
    }
    return render(request, "assembly/form.html", context, status=422 if refusals else 200)


def paper(request: HttpRequest, code: str, meeting: str) -> HttpResponse:
    """Keep a paper of the meeting."""
    place = access.place(request, code, "settle")
    found = _found(place, meeting)
    form = PaperForm(request.POST or None, request.FILES or None)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        content = file.read(actions.LARGEST + 1)
        refusals = attempt(
            lambda: actions.add_paper(_entry(request, place), meeting, str(file.name), content)
        )
        if not refusals:
            messages.success(request, gettext("The paper is kept."))
            return redirect("meeting", place.code, meeting)
    context = {
        "place": place,
        "form": form,
        "refusals": refusals,
        "meeting": found,
        "files": True,
        "title": gettext("Keep a paper of the meeting"),
    }
    return render(request, "assembly/form.html", context, status=422 if refusals else 200)


def kept(request: HttpRequest, code: str, meeting: str, name: str) -> HttpResponseBase:
    """A paper, to whoever may read the meeting."""
    place = access.place(request, code, "read")
    path = expert.folder() / name
    if name not in {each.kept_as for each in queries.papers(place.id, meeting)} or not path.is_file():
        raise Http404
    kinds = TYPES | {"pdf": "application/pdf"}
    answer = FileResponse(path.open("rb"), content_type=kinds[name.rpartition(".")[2]], as_attachment=True)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def take_back(request: HttpRequest, code: str, meeting: str, resolution: str) -> HttpResponse:
    """A resolution does not stand, with the reason."""
    place = access.place(request, code, "decide")
    key = f"{meeting}/{resolution}"
    found = queries.resolution(place.id, key)
    if found is None:
        raise Http404
    form = ReasonForm(request.POST or None)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        used = found.id in settlements.resolutions_used([found.id])
        refusals = attempt(lambda: actions.take_back(_entry(request, place), key, reason=reason, used=used))
        if not refusals:
            messages.success(request, gettext("The resolution is taken back; it stays on record."))
            return redirect("meeting", place.code, meeting)
    context = {
        "place": place,
        "form": form,
        "refusals": refusals,
        "meeting": _found(place, meeting),
        "title": gettext("Take a resolution back"),
    }
    return render(request, "assembly/form.html", context, status=422 if refusals else 200)


def _typed(row: queries.SeatRow, sent: actions.Seated | None) -> queries.SeatRow:
    if sent is None:
        return row
    return queries.SeatRow(row.code, row.name, row.extra_votes, sent.how, sent.proxy, sent.mark)


def _found(place: Place, number: str) -> queries.MeetingRow:
    found = queries.meeting(place.id, number)
    if found is None:
        raise Http404
    return found


def _may(place: Place) -> bool:
    return "settle" in place.rights


def _entry(request: HttpRequest, place: Place) -> Entry:
    return Entry(place.id, SourceGiven("page", "meetings"), timezone.now(), request.user.pk)
