"""The year's workbook: take the template or the facts out, bring a filled one in.

Bringing in has two steps: the whole file is checked and what it would change is shown; then it is entered.
Between them the file waits in the data folder under a name nobody can guess.
"""

import re
import secrets
import time
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from lianjie.base.refusal import Refusal, Refusals
from lianjie.base.words import N_
from lianjie.facts.actions.enter import Entered, SourceGiven, enter
from lianjie.facts.queries import export as exported
from lianjie.facts.queries import overview
from lianjie.facts.queries.known import known
from lianjie.facts.rules import checking
from lianjie.facts.rules.book import Book
from lianjie.facts.rules.choices import YEARLY_KINDS
from lianjie.facts.rules.raw import InWorkbook
from lianjie.facts.rules.sheets import BY_CODE
from lianjie.facts.workbook import reader, writer
from lianjie.facts.workbook.annotate import annotated
from lianjie.ledger.actions.posting import post
from lianjie.ledger.queries import balances
from lianjie.pages import access
from lianjie.pages.access import Place
from lianjie.pages.entering import told_if_late
from lianjie.pages.export import XLSX, sent
from lianjie.pages.fact_form import language

SHOWN = 200
"""Refusals on the page; the annotated file has them all."""

KEPT_SECONDS = 24 * 3600


class AnotherOrganisation(Refusal):
    what = N_("This workbook belongs to {code}, not to {here}.")
    fix = N_("Open the page of that organisation and bring it in there.")


def home(request: HttpRequest, code: str) -> HttpResponse:
    """Take out, or choose a file."""
    place = _place(request, code, "read")
    years = overview.years(place.id, timezone.localdate())
    return render(request, "office/workbook.html", _frame(place) | {"years": years})


def template(request: HttpRequest, code: str) -> HttpResponseBase:
    """The empty workbook in the reader's language."""
    place = _place(request, code, "read")
    return sent(f"{place.code}-template", lambda path: writer.template(path, language()))


def facts(request: HttpRequest, code: str) -> HttpResponseBase:
    """The current facts of a year as the workbook they could have been read from; numbers masked."""
    place = _place(request, code, "read")
    asked = request.GET.get("year", "")
    if not re.fullmatch(r"(19|20|21)\d\d", asked):
        raise Http404
    book = exported.book(place.id, int(asked))
    return sent(f"{place.code}-{asked}", lambda path: writer.export(book, path, language()))


@require_POST
def check(request: HttpRequest, code: str) -> HttpResponse:
    """Check a whole file: every problem by sheet, row and column, or what entering it would do."""
    place = _place(request, code, "enter_facts")
    given = request.FILES.get("file")
    if given is None:
        messages.error(request, gettext("Choose a file first."))
        return redirect("workbook", place.code)
    data = b"".join(given.chunks())
    token = secrets.token_hex(16)
    waiting = {"token": token, "name": given.name[:150], "sha256": sha256(data).hexdigest()}
    try:
        book = _book(place, data, given.name)
        counted = _tried(request, place, book, waiting)
    except Refusal as refusal:
        has_file = annotated(data, refusal, waiting_file(token, "reasons"))
        request.session[_session(place)] = waiting if has_file else None
        return _refused(request, place, refusal, given.name, has_file)
    waiting_file(token, "book").write_bytes(data)
    request.session[_session(place)] = waiting
    return render(
        request,
        "office/workbook_check.html",
        _frame(place)
        | {
            "name": given.name,
            "book": book,
            "entered": counted,
            "counts": _counts(counted),
            "findings": book.findings[:SHOWN],
        },
    )


@require_POST
def confirm(request: HttpRequest, code: str) -> HttpResponse:
    """Enter the file that was checked; checked again, because facts may have changed meanwhile."""
    place = _place(request, code, "enter_facts")
    waiting = request.session.get(_session(place))
    path = waiting_file(waiting["token"], "book") if waiting else None
    if path is None or not path.exists():
        messages.error(request, gettext("The checked file is no longer here. Choose it again."))
        return redirect("workbook", place.code)
    try:
        with told_if_late(request, place):
            book = _book(place, path.read_bytes(), waiting["name"])
            entered = _enter(request, book, waiting)
    except Refusal as refusal:
        return _refused(request, place, refusal, waiting["name"], False)
    path.unlink(missing_ok=True)
    request.session[_session(place)] = None
    text = gettext("The workbook is entered: {new} new, {corrected} corrected, {unchanged} unchanged.")
    messages.success(
        request,
        text.format(new=entered.new, corrected=entered.corrected, unchanged=entered.unchanged),
    )
    return redirect("organisation", place.code)


def reasons(request: HttpRequest, code: str) -> HttpResponseBase:
    """The refused file with its column of reasons."""
    place = _place(request, code, "enter_facts")
    waiting = request.session.get(_session(place))
    path = waiting_file(waiting["token"], "reasons") if waiting else None
    if path is None or not path.exists():
        raise Http404
    return FileResponse(path.open("rb"), as_attachment=True, filename=waiting["name"], content_type=XLSX)


def _book(place: Place, data: bytes, name: str) -> Book:
    raw = reader.read(data, name)
    chart = {code: account.name for code, account in balances.chart().accounts.items()}
    book = checking.check(raw, known(raw, chart))
    if book.organisation.code != place.code:
        raise AnotherOrganisation(code=book.organisation.code, here=place.code)
    return book


def _enter(request: HttpRequest, book: Book, waiting: dict[str, str]) -> Entered:
    source = SourceGiven("workbook", waiting["name"], waiting["sha256"])
    return enter(book, source=source, by=request.user.pk, at=timezone.now(), post=post)


def _tried(request: HttpRequest, place: Place, book: Book, waiting: dict[str, str]) -> Entered:
    """What entering would do, found by doing it and rolling all of it back."""
    with transaction.atomic():
        entered = _enter(request, book, waiting)
        transaction.set_rollback(True)
    return entered


def _refused(request: HttpRequest, place: Place, refusal: Refusal, name: str, has_file: bool) -> HttpResponse:
    context = _frame(place) | told(refusal) | {"name": name, "has_file": has_file}
    return render(request, "office/workbook_refused.html", context, status=422)


def told(refusal: Refusal) -> dict[str, object]:
    """Every reason with its place, as far as a page shows them, and how many there are."""
    every = refusal.refusals if isinstance(refusal, Refusals) else (refusal,)
    rows = [
        {
            "place": each.place if isinstance(each, InWorkbook) else None,
            "text": each.reason(gettext) if isinstance(each, InWorkbook) else each.say(gettext),
        }
        for each in every[:SHOWN]
    ]
    return {"rows": rows, "count": len(every)}


def _counts(entered: Entered) -> list[tuple[str, object]]:
    """Counts by sheet, in the reader's words; what touches nothing is left out."""
    own = {
        "statuses": gettext("Registered status"),
        "parcels": gettext("Parcels"),
        "leases": gettext("Lease"),
    }
    return [
        (own.get(code) or BY_CODE[code].caption.named(language()), counts)
        for code, counts in entered.by_sheet.items()
        if counts.new or counts.corrected or counts.unchanged
    ]


def _place(request: HttpRequest, code: str, right: str) -> Place:
    """The organisation asked for, if its year is one workbook."""
    place = access.place(request, code, right)
    if place.kind not in YEARLY_KINDS:
        raise Http404
    return place


def _frame(place: Place) -> dict[str, object]:
    return {"place": place, "may_enter": "enter_facts" in place.rights}


def _session(place: Place) -> str:
    return f"workbook:{place.code}"


def waiting_file(token: str, kind: str) -> Path:
    """Where a file waits; files nobody came back for are removed."""
    folder = Path(settings.DATA) / "waiting"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for old in folder.iterdir():
        if old.stat().st_mtime < time.time() - KEPT_SECONDS:
            old.unlink(missing_ok=True)
    return folder / f"{token}-{kind}.xlsx"
