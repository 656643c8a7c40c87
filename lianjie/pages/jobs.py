"""Background tasks: the list, one with its progress, stop it, carry on, fetch its result."""

from mimetypes import guess_type

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from lianjie.base.refusal import Refusal
from lianjie.facts.actions import job_run as acts
from lianjie.facts.queries import job_run as queries
from lianjie.facts.queries.job_run import JobRow
from lianjie.facts.rules.job_run import unpacked
from lianjie.pages import access
from lianjie.pages.access import Place
from lianjie.pages.register_files import counts as register_counts

SUBJECT = {
    "order_import": "order-files",
    "register_import": "register-files",
    "statement_import": "channel-statements",
}
"""Kind of job -> the page it was asked for on."""


def listing(request: HttpRequest, code: str) -> HttpResponse:
    """Every task of the organisation, the latest first."""
    place = access.place(request, code, "read")
    page = queries.page(place.id, after=request.GET.get("after", ""))
    return render(request, "jobs/list.html", {"place": place, "page": page})


def one(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One task. A script asks again every two seconds while it runs; without one, the page is loaded anew."""
    place, job = _opened(request, code, number)
    template = "jobs/progress.html" if request.headers.get("HX-Request") else "jobs/one.html"
    context = {
        "place": place,
        "job": job,
        "said": gettext(job.message).format_map(dict(job.details)) if job.message else "",
        "problems": [
            {"text": text, "place": pack.get("place")}
            for text, pack in zip(unpacked(job.refusals, gettext), job.refusals, strict=True)
        ],
        "placed": any(pack.get("place") for pack in job.refusals),
        "counts": register_counts(job.result.get("registers", {})),
        "changes": [
            dict(each) | {"said": gettext(each["text"]).format_map(each["details"])}
            for each in job.result.get("changes", ())[:200]
        ],
        "may_change": job.right in place.rights,
        "subject": _subject(place, job),
    }
    return render(request, template, context)


@require_POST
def stop(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Stop a task before its next step. What it wrote stays."""
    place, job = _opened(request, code, number, changing=True)
    return _changed(request, place, job, lambda: acts.ask_cancel(job.id, by=request.user.pk))


@require_POST
def carry_on(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Let a stopped or failed task go on from where it was."""
    place, job = _opened(request, code, number, changing=True)
    return _changed(request, place, job, lambda: acts.carry_on(job.id))


def result(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """The file a task made."""
    _, job = _opened(request, code, number, changing=True)
    if job.file is None:
        raise Http404
    name = str(job.result.get("name") or job.file.name)
    kind = guess_type(name)[0] or "application/octet-stream"
    return FileResponse(job.file.open("rb"), as_attachment=True, filename=name, content_type=kind)


def _opened(request: HttpRequest, code: str, number: int, *, changing: bool = False) -> tuple[Place, JobRow]:
    place = access.place(request, code, "read")
    job = queries.one(place.id, number)
    if job is None:
        raise Http404
    if changing and job.right not in place.rights:
        raise PermissionDenied(job.right)
    return place, job


def _changed(request: HttpRequest, place: Place, job: JobRow, change) -> HttpResponse:
    try:
        change()
    except Refusal as refusal:
        messages.error(request, refusal.say(gettext))
    return redirect("job", place.code, job.id)


def _subject(place: Place, job: JobRow) -> str:
    """Where the task belongs: an address its payload names, or its kind's page."""
    try:
        return reverse(SUBJECT[job.kind], args=[place.code])
    except (KeyError, NoReverseMatch):
        return ""
