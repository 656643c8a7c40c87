"""Objections without answer in an area, the late ones first: what a supervisor asks about."""

from datetime import date

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext

from lianjie.facts.queries import assignments
from lianjie.ledger.queries import objections
from lianjie.ledger.rules.objection import STATES
from lianjie.pages import access, export


def listing(request: HttpRequest, code: str) -> HttpResponseBase:
    """The list, on the page or as a file. No names: whose objection it is stands in the organisation."""
    today = timezone.localdate()
    area = assignments.area(access.grants(request), code, today)
    if area is None or not any(area.path.startswith(path) for path in access.areas(request, "read")):
        raise Http404
    late = bool(request.GET.get("late"))
    rows = sorted(
        objections.open_below([area.path], today, late_only=late),
        key=lambda each: (not each.late, each.until or date.max),
    )
    wanted = request.GET.get("as")
    if wanted in ("csv", "xlsx"):
        heading = [
            gettext("Organisation"),
            gettext("Year"),
            gettext("Raised on"),
            gettext("Answer until"),
            gettext("State"),
            gettext("Late"),
        ]
        body = [
            (
                each.organisation_name,
                each.year,
                f"{timezone.localdate(each.raised_at)}",
                f"{each.until or ''}",
                gettext(STATES[each.state]),
                gettext("yes") if each.late else gettext("no"),
            )
            for each in rows
        ]
        write = export.csv_file if wanted == "csv" else export.xlsx_file
        return write(f"{code}-{gettext('Objections')}", heading, body)
    return render(
        request,
        "disclosure/area.html",
        {"area": area, "rows": rows, "late": late, "overdue": sum(each.late for each in rows)},
    )
