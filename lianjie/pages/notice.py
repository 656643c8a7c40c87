"""A notice put up: recorded by the office, open to everyone until its last day, then gone."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lianjie.base.refusal import Refusal
from lianjie.base.words import label_in
from lianjie.facts.actions import expert
from lianjie.ledger import parameters
from lianjie.ledger.actions import notice as actions
from lianjie.ledger.queries import notices, settlements
from lianjie.ledger.rules import notice as rules
from lianjie.pages.disclosure import notice
from lianjie.pages.expert import TYPES
from lianjie.pages.settlement_forms import day_field
from lianjie.pages.settlement_way import attempt, frame, language, link, opened

DEAD = ("withdrawn", "reversed")


class PostingForm(forms.Form):
    """Where and how long."""

    where = forms.CharField(
        label=_("Where it is put up"), max_length=160, help_text=_("Board, group chat, office.")
    )
    since = day_field(_("Put up on"))
    until = day_field(_("Taken down after"))
    photo = forms.FileField(
        label=_("Photo of the notice"),
        required=False,
        help_text=_("Not required. Kept without place, hour and device."),
    )


def posting(request: HttpRequest, code: str, year: int, turn: int) -> HttpResponse:
    """Notices of a settlement; POST records one more."""
    place, row = opened(request, code, year, turn, "settle")
    if not row.frozen or row.objections_until is None:
        raise Http404
    today = timezone.localdate()
    of = rules.profile(parameters.text("notice"), "wall", today)
    initial = {"since": today, "until": rules.usual_until(of, today, row.objections_until)}
    form = PostingForm(request.POST or None, request.FILES or None, initial=initial)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        photo = asked["photo"].read(expert.LARGEST + 1) if asked["photo"] else b""
        refusals = attempt(
            lambda: actions.put_up(
                row,
                where=asked["where"],
                since=asked["since"],
                until=asked["until"],
                photo=photo,
                at=timezone.now(),
                by=request.user.pk,
            )
        )
        if not refusals:
            messages.success(request, gettext("The notice is recorded."))
            return redirect(link("notice-posting", place, row))
    context = frame(
        place, row, "settlement-files", form=form, refusals=refusals, rows=notices.of(row.id), today=today
    )
    return render(request, "disclosure/posting.html", context, status=422 if refusals else 200)


def photo(request: HttpRequest, code: str, year: int, turn: int, name: str) -> HttpResponseBase:
    """The photo of a notice, to whoever reads here."""
    _, row = opened(request, code, year, turn)
    path = expert.folder() / name
    if name not in {each.photo for each in notices.of(row.id)} or not path.is_file():
        raise Http404
    answer = FileResponse(path.open("rb"), content_type=TYPES[name.rpartition(".")[2]])
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


@login_not_required
def public(request: HttpRequest, token: str) -> HttpResponse:
    """The notice as the wall shows it; 404 when there is none, 410 after its last day."""
    found = notices.by_token(token)
    if found is None:
        raise Http404
    row = settlements.by_id(found.settlement_id)
    if rules.is_gone(found.until, timezone.localdate()) or row.state in DEAD:
        return render(request, "disclosure/gone.html", status=410)
    context = {
        "row": row,
        "posting": found,
        "notice": notice(settlements.worked(row), audience="wall"),
        "plan_title": label_in(row.plan.rules.title, language(), row.plan.code),
    }
    answer = render(request, "disclosure/public.html", context)
    answer.headers["X-Robots-Tag"] = "noindex, noarchive"
    answer.headers["Cache-Control"] = "no-store"
    return answer
