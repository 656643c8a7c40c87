"""A settlement's files: statements, the notice, the workbook, the journal, one by one or all together."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from lianjie.facts.queries import child, overview
from lianjie.ledger import parameters
from lianjie.ledger.actions import objection_code
from lianjie.ledger.documents import folder
from lianjie.ledger.documents.allotment_workbook import allotment_xlsx
from lianjie.ledger.documents.notice import notice_pdf, notice_png
from lianjie.ledger.documents.papers import Door, Issuer, Papers, Payment
from lianjie.ledger.documents.settlement_json import settlement_json
from lianjie.ledger.documents.statement import statement_pdf, statements_pdf
from lianjie.ledger.queries import balances, journal, notices, settlements, statements
from lianjie.ledger.queries.settlements import SettlementRow, Worked
from lianjie.ledger.rules import notice as notice_rules
from lianjie.ledger.rules import objection as rules
from lianjie.ledger.rules.flow import CARRIED_OUT
from lianjie.pages import access, export
from lianjie.pages.access import Place
from lianjie.pages.settlement import seen
from lianjie.pages.settlement_way import frame, language, opened
from lianjie.pages.words import WORDS

PDF = "application/pdf"
NOTICES = ("notice.pdf", "notice.png")


def _workbook(made: Papers) -> bytes:
    target = BytesIO()
    allotment_xlsx(target, made)
    return target.getvalue()


WRITERS: dict[str, tuple[Callable[[Papers], bytes], str]] = {
    "allotments.xlsx": (_workbook, export.XLSX),
    "statements.pdf": (statements_pdf, PDF),
    "notice.pdf": (notice_pdf, PDF),
    "notice.png": (notice_png, "image/png"),
    "settlement.json": (lambda made: settlement_json(made).encode(), "application/json"),
}
"""File name -> who writes it, and its kind."""


def files(request: HttpRequest, code: str, year: int, turn: int) -> HttpResponse:
    """What can be taken along."""
    place, row = opened(request, code, year, turn)
    worked, missing = seen(row)
    if worked is None:
        context = frame(place, row, "settlement-files", missing=missing)
        return render(request, "settlement/missing.html", context, status=422)
    return render(request, "settlement/files.html", frame(place, row, "settlement-files"))


def archive(request: HttpRequest, code: str, year: int, turn: int) -> HttpResponseBase:
    """Every file of the settlement in one archive."""
    place, row = opened(request, code, year, turn)
    worked, _ = seen(row)
    if worked is None:
        raise Http404
    entries = journal.records(place.id, settlement_id=row.id) if row.state in CARRIED_OUT else ()
    chart = balances.chart() if row.state in CARRIED_OUT else None
    with tempfile.TemporaryDirectory() as made:
        out = Path(made) / "files"
        folder.write_all(
            out, papers(place, row, worked, _doors(request, place, row)), entries=entries, chart=chart
        )
        answer = zipped(out, f"{place.code}-{row.year}.zip")
    answer.rows = export.Rows(len(worked.given.recipients))  # type: ignore[attr-defined]
    return answer


def one(request: HttpRequest, code: str, year: int, turn: int, name: str) -> HttpResponse:
    """One file. The notice is for everyone once it is disclosed; the others for whoever reads all here."""
    if name in NOTICES:
        place, row, worked = _read(request, code, year, turn)
    else:
        place, row = opened(request, code, year, turn)
        worked = seen(row)[0]
    if worked is None or name not in WRITERS:
        raise Http404
    write, kind = WRITERS[name]
    doors = _doors(request, place, row) if name == "statements.pdf" else None
    answer = sent(write(papers(place, row, worked, doors)), f"{place.code}-{row.year}-{name}", kind)
    answer.rows = export.Rows(len(worked.given.recipients))  # type: ignore[attr-defined]
    return answer


def papers(
    place: Place, row: SettlementRow, worked: Worked, doors: Mapping[str, Door] | None = None
) -> Papers:
    """Everything the documents are written from."""
    posts = {
        each.title: each.person_name
        for each in overview.overview(place.id, row.recorded_at.date(), row.year).posts
        if each.organisation_name == place.name
    }
    payments: dict[str, tuple[Payment, ...]] = {}
    for each in statements.paid(row.id):
        method = gettext(WORDS["method"].get(each.method, each.method))
        made = Payment(each.day, each.amount_fen, method, each.evidence)
        payments[each.party_code] = (*payments.get(each.party_code, ()), made)
    return Papers(
        plan=worked.plan,
        plan_text=row.plan.text,
        given=worked.given,
        outcome=worked.outcome,
        issuer=Issuer(
            name=place.name,
            code=place.code,
            year=row.year,
            area=place.area_name,
            chair=posts.get("chair", ""),
            accountant=posts.get("accountant", ""),
            invented=place.invented,
            state=row.state,
            disclosed_day=row.disclosed_day,
            objections_until=row.objections_until,
            disclosure_law=settlements.disclosure_law(row),
            notice_until=_notice_until(row),
        ),
        language=language(),
        say=gettext,
        payments=payments,
        doors=doors or {},
        children=child.among([each.code for each in worked.given.recipients], timezone.localdate()),
    )


def _notice_until(row: SettlementRow) -> date | None:
    """The last day of the notice: of the last one put up, else the usual day."""
    if row.disclosed_day is None or row.objections_until is None:
        return None
    up = notices.of(row.id)
    wall = notice_rules.profile(parameters.text("notice"), "wall", row.disclosed_day)
    return up[-1].until if up else notice_rules.usual_until(wall, row.disclosed_day, row.objections_until)


def _doors(
    request: HttpRequest, place: Place, row: SettlementRow, party_id: int | None = None
) -> dict[str, Door]:
    """Codes to be printed: all for whoever hands the statements out, else a household's own."""
    if row.state in ("withdrawn", "reversed") or not ("settle" in place.rights or party_id in place.own):
        return {}
    found = objection_code.printed(row.id, None if party_id is None else [party_id])
    return {
        code: Door(
            each.code,
            each.pin,
            request.build_absolute_uri(reverse("code", args=[rules.grouped(each.code)])),
        )
        for code, each in found.items()
    }


def statement(request: HttpRequest, code: str, year: int, turn: int, party: str) -> HttpResponse:
    """One household's statement as PDF: its own for a household, once disclosed."""
    place, row, worked = _read(request, code, year, turn)
    who = access.party(place, party)
    if all(each.code != who.code for each in worked.given.recipients):
        raise Http404
    doors = _doors(request, place, row, who.id)
    return sent(statement_pdf(papers(place, row, worked, doors), who.code), f"{who.code}-{row.year}.pdf", PDF)


def _read(request: HttpRequest, code: str, year: int, turn: int) -> tuple[Place, SettlementRow, Worked]:
    """For everyone once it is disclosed, before that only for those who read all here."""
    place, row = opened(request, code, year, turn, "read_own")
    worked = seen(row)[0] if row.frozen or place.reads else None
    if worked is None:
        raise Http404
    return place, row, worked


def sent(data: bytes, name: str, kind: str) -> HttpResponse:
    """A file to keep."""
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def zipped(folder: Path, name: str) -> HttpResponseBase:
    """Every file of a folder as one archive, sent while it is read; the same files give the same bytes."""
    # Closed, and so deleted, by whoever reads it to the end.
    file = tempfile.TemporaryFile()  # noqa: SIM115
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for path in sorted(each for each in folder.rglob("*") if each.is_file()):
            archive.writestr(ZipInfo(path.relative_to(folder).as_posix()), path.read_bytes(), ZIP_DEFLATED)
    file.seek(0)
    response = StreamingHttpResponse(_chunks(file), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(1 << 16):
            yield chunk
