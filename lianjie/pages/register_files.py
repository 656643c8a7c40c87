"""Registers as Excel: take a template or what stands, bring a filled one in.

As with the year's workbook: the whole file is tried and rolled back, what it would do is shown, then it is
entered. Any problem, and the reader's own file comes back with a column of reasons.
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import sha256

from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from lianjie.base.refusal import Refusal
from lianjie.facts import registers
from lianjie.facts.actions.store import Entry, SourceGiven
from lianjie.facts.registers import bringing, taking
from lianjie.facts.registers.bringing import Brought
from lianjie.facts.registers.register import Desk, Family
from lianjie.facts.rules.book import Book
from lianjie.facts.rules.sheets import BY_CODE
from lianjie.facts.workbook import reader
from lianjie.facts.workbook.annotate import annotated
from lianjie.ledger.actions.posting import post
from lianjie.pages import access, fact_form
from lianjie.pages.access import Place
from lianjie.pages.export import XLSX, sent
from lianjie.pages.fact_form import language
from lianjie.pages.workbook import told, waiting_file


def home(request: HttpRequest, code: str) -> HttpResponse:
    """Every register with its files; `?family=` comes first, `?search=` narrows what is taken out."""
    place = access.place(request, code, "read")
    wanted = request.GET.get("family", "")
    families = sorted(registers.FAMILIES, key=lambda family: family.code != wanted)
    shown = [
        {
            "code": family.code,
            "title": gettext(family.title),
            "wanted": family.code == wanted,
            "registers": [
                {"code": r.code, "caption": r.sheet.caption.named(language()), "help": gettext(r.sheet.help)}
                for r in family.registers
            ],
        }
        for family in families
    ]
    search = request.GET.get("search", "").strip()[:60] if wanted in registers.BY_CODE else ""
    return render(request, "register_files/home.html", _frame(place) | {"families": shown, "search": search})


def template(request: HttpRequest, code: str, family: str) -> HttpResponseBase:
    """The empty file of a family in the reader's language."""
    place, of = access.place(request, code, "read"), _family(family)
    return sent(f"{place.code}-{of.code}-template", lambda path: taking.template(of, path, language()))


def export(request: HttpRequest, code: str, family: str) -> HttpResponseBase:
    """What stands: the family, or `?register=` alone; `?search=` as on the list."""
    place, of = access.place(request, code, "read"), _family(family)
    only, search = request.GET.get("register", ""), request.GET.get("search", "").strip()[:60]
    if only and only not in of.by_code:
        raise Http404
    return sent(
        f"{place.code}-{only or of.code}",
        lambda path: taking.export(of, place.id, path, language(), only=only, search=search),
    )


@require_POST
def check(request: HttpRequest, code: str) -> HttpResponse:
    """Try a whole file: every problem by sheet, row and column, or what entering it would do."""
    place = access.place(request, code, "read")
    given = request.FILES.get("file")
    if given is None:
        messages.error(request, gettext("Choose a file first."))
        return redirect("register-files", place.code)
    data = b"".join(given.chunks())
    token = secrets.token_hex(16)
    waiting = {"token": token, "name": given.name[:150], "sha256": sha256(data).hexdigest()}
    try:
        with transaction.atomic():
            brought = _bring(request, place, data, waiting)
            transaction.set_rollback(True)
    except Refusal as refusal:
        has_file = annotated(data, refusal, waiting_file(token, "reasons"))
        request.session[_session(place)] = waiting if has_file else None
        return _refused(request, place, refusal, given.name, has_file)
    waiting_file(token, "registers").write_bytes(data)
    request.session[_session(place)] = waiting
    context = {"name": given.name, "brought": brought, "counts": _counts(brought)}
    return render(request, "register_files/check.html", _frame(place) | context)


@require_POST
def confirm(request: HttpRequest, code: str) -> HttpResponse:
    """Enter the file that was tried; checked again, because facts may have changed meanwhile."""
    place = access.place(request, code, "read")
    waiting = request.session.get(_session(place))
    path = waiting_file(waiting["token"], "registers") if waiting else None
    if path is None or not path.exists():
        messages.error(request, gettext("The checked file is no longer here. Choose it again."))
        return redirect("register-files", place.code)
    try:
        brought = _bring(request, place, path.read_bytes(), waiting)
    except Refusal as refusal:
        return _refused(request, place, refusal, waiting["name"], False)
    path.unlink(missing_ok=True)
    request.session[_session(place)] = None
    text = gettext("The file is entered: {new} new, {corrected} corrected, {unchanged} unchanged.")
    messages.success(
        request, text.format(new=brought.new, corrected=brought.corrected, unchanged=brought.unchanged)
    )
    return redirect("register-files", place.code)


def reasons(request: HttpRequest, code: str) -> HttpResponseBase:
    """The refused file with its column of reasons."""
    place = access.place(request, code, "read")
    waiting = request.session.get(_session(place))
    path = waiting_file(waiting["token"], "reasons") if waiting else None
    if path is None or not path.exists():
        raise Http404
    return FileResponse(path.open("rb"), as_attachment=True, filename=waiting["name"], content_type=XLSX)


def _bring(request: HttpRequest, place: Place, data: bytes, waiting: dict[str, str]) -> Brought:
    source = SourceGiven("workbook", waiting["name"], waiting["sha256"])
    entry = Entry(place.id, source, timezone.now(), request.user.pk)

    def deliver(rows: Sequence[Mapping[str, str]], day: date) -> Book:
        return fact_form.book_of_many(place.id, BY_CODE["deliveries"], rows, day)

    raw = reader.read(data, waiting["name"], registers.SHEETS)
    return bringing.bring(raw, registers.REGISTERS, Desk(entry, post, deliver), place.rights)


def _refused(request: HttpRequest, place: Place, refusal: Refusal, name: str, has_file: bool) -> HttpResponse:
    context = _frame(place) | told(refusal) | {"name": name, "has_file": has_file}
    return render(request, "register_files/refused.html", context, status=422)


def _counts(brought: Brought) -> list[tuple[str, object]]:
    """Counts by sheet, in the reader's words."""
    return [
        (registers.REGISTERS[code].sheet.caption.named(language()), counts)
        for code, counts in brought.by_register.items()
        if counts.new or counts.corrected or counts.unchanged
    ]


def _family(code: str) -> Family:
    if code not in registers.BY_CODE:
        raise Http404
    return registers.BY_CODE[code]


def _may_enter(place: Place) -> bool:
    return any(register.right in place.rights for register in registers.REGISTERS.values())


def _frame(place: Place) -> dict[str, object]:
    return {"place": place, "may_enter": _may_enter(place)}


def _session(place: Place) -> str:
    return f"register-file:{place.code}"
