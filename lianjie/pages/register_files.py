"""Registers as Excel: take a template or what stands, bring a filled one in.

As with the year's workbook: the whole file is tried and rolled back, what it would do is shown, then it is
entered; a large one is checked and entered as a background task. Any problem, and the reader's own file comes
back with a column of reasons.
"""

import secrets
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from shutil import copyfile

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from lianjie.base.refusal import Refusal
from lianjie.facts import registers
from lianjie.facts.actions import job_run
from lianjie.facts.actions.store import Entry, SourceGiven
from lianjie.facts.queries import job_run as jobs
from lianjie.facts.registers import bringing, importing, taking
from lianjie.facts.registers.bringing import Brought
from lianjie.facts.registers.register import Desk, Family
from lianjie.facts.workbook import reader
from lianjie.facts.workbook.annotate import annotated
from lianjie.ledger.actions.posting import post
from lianjie.pages import access, fact_form
from lianjie.pages.access import Place
from lianjie.pages.entering import told_if_late
from lianjie.pages.export import XLSX, sent
from lianjie.pages.fact_form import language
from lianjie.pages.workbook import told, waiting_file

KIND = "register_import"


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
    context = {"families": shown, "search": search, "jobs": jobs.page(place.id, kind=KIND, limit=5).rows}
    return render(request, "register_files/home.html", _frame(place) | context)


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
    """Try a whole file: every problem by sheet, row and column, or what entering it would do.

    A large file is only read here; it is checked and entered as a background task.
    """
    place = access.place(request, code, "read")
    given = request.FILES.get("file")
    if given is None:
        messages.error(request, gettext("Choose a file first."))
        return redirect("register-files", place.code)
    data = b"".join(given.chunks())
    token = secrets.token_hex(16)
    waiting = {"token": token, "name": given.name[:150], "sha256": sha256(data).hexdigest()}
    context: dict[str, object] = {"name": given.name}
    try:
        raw = reader.read(data, waiting["name"], registers.SHEETS)
        rows = bringing.rows_of(raw)
        waiting["large"] = "yes" if sum(rows.values()) > importing.SMALL else ""
        if waiting["large"]:
            context["rows"] = [
                (registers.REGISTERS[of].sheet.caption.named(language()), n) for of, n in rows.items()
            ]
            context["total"] = sum(rows.values())
        else:
            desk = _desk(request, place, waiting)
            with transaction.atomic():
                found = bringing.enter(bringing.compare(raw, registers.REGISTERS, desk, place.rights), desk)
                transaction.set_rollback(True)
            context |= {"brought": found, "counts": counts(_listed(found))}
    except Refusal as refusal:
        has_file = annotated(data, refusal, waiting_file(token, "reasons"))
        request.session[_session(place)] = waiting if has_file else None
        return _refused(request, place, refusal, given.name, has_file)
    waiting_file(token, "registers").write_bytes(data)
    request.session[_session(place)] = waiting
    return render(request, "register_files/check.html", _frame(place) | context)


@require_POST
def confirm(request: HttpRequest, code: str) -> HttpResponse:
    """Enter the file that was tried, checked again, because facts may have changed meanwhile; or ask for the
    background task that does."""
    place = access.place(request, code, "read")
    waiting = request.session.get(_session(place))
    path = waiting_file(waiting["token"], "registers") if waiting else None
    if path is None or not path.exists():
        messages.error(request, gettext("The checked file is no longer here. Choose it again."))
        return redirect("register-files", place.code)
    if waiting["large"]:
        if not _may_enter(place):
            raise PermissionDenied("enter_facts")
        return redirect("job", place.code, _ask(request, place, waiting, path))
    try:
        raw = reader.read(path, waiting["name"], registers.SHEETS)
        with told_if_late(request, place):
            desk = _desk(request, place, waiting)
            brought = bringing.bring(raw, registers.REGISTERS, desk, place.rights)
    except Refusal as refusal:
        return _refused(request, place, refusal, waiting["name"], False)
    path.unlink(missing_ok=True)
    request.session[_session(place)] = None
    text = gettext("The file is entered: {new} new, {corrected} corrected, {unchanged} unchanged.")
    messages.success(
        request, text.format(new=brought.new, corrected=brought.corrected, unchanged=brought.unchanged)
    )
    return redirect("register-files", place.code)


def _ask(request: HttpRequest, place: Place, waiting: Mapping[str, str], path: Path) -> int:
    """Ask for the task; pressed twice, it is one."""
    folder = Path(settings.DATA) / "jobs" / "files"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = folder / f"{waiting['token']}.xlsx"
    if not kept.exists():
        copyfile(path, kept)
    payload = {
        "file": str(kept.relative_to(settings.DATA)),
        "name": waiting["name"],
        "sha256": waiting["sha256"],
        "rights": sorted(place.rights),
    }
    return job_run.enqueue(
        KIND,
        f"registers:{waiting['token']}",
        payload,
        organisation_id=place.id,
        at=timezone.now(),
        by=request.user.pk,
        title=waiting["name"],
        right="enter_facts" if "enter_facts" in place.rights else "decide",
    )


def reasons(request: HttpRequest, code: str) -> HttpResponseBase:
    """The refused file with its column of reasons."""
    place = access.place(request, code, "read")
    waiting = request.session.get(_session(place))
    path = waiting_file(waiting["token"], "reasons") if waiting else None
    if path is None or not path.exists():
        raise Http404
    return FileResponse(path.open("rb"), as_attachment=True, filename=waiting["name"], content_type=XLSX)


def _desk(request: HttpRequest, place: Place, waiting: Mapping[str, str]) -> Desk:
    source = SourceGiven("workbook", waiting["name"], waiting["sha256"])
    entry = Entry(place.id, source, timezone.now(), request.user.pk)
    return Desk(entry, post, fact_form.deliver_to(place.id))


def _refused(request: HttpRequest, place: Place, refusal: Refusal, name: str, has_file: bool) -> HttpResponse:
    context = _frame(place) | told(refusal) | {"name": name, "has_file": has_file}
    return render(request, "register_files/refused.html", context, status=422)


def _listed(brought: Brought) -> dict[str, list[int]]:
    return {code: [c.new, c.corrected, c.unchanged] for code, c in brought.by_register.items()}


def counts(by_register: Mapping[str, Sequence[int]]) -> list[dict[str, object]]:
    """Rows new, corrected and unchanged by sheet, in the reader's words."""
    return [
        {
            "caption": _named(code),
            "new": new,
            "corrected": corrected,
            "unchanged": unchanged,
        }
        for code, (new, corrected, unchanged) in by_register.items()
        if new or corrected or unchanged
    ]


def _named(code: str) -> str:
    return registers.REGISTERS[code].sheet.caption.named(language())


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
