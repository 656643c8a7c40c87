"""Co-ops of an area and whether a branch secretary chairs them (R1, M09)."""

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext

from lianjie.facts.queries import assignments, branch_led
from lianjie.pages import access, export


def listing(request: HttpRequest, code: str) -> HttpResponseBase:
    """The list with numerator and denominator, on the page or as a file."""
    today = timezone.localdate()
    area = assignments.area(access.grants(request), code, today)
    if area is None or not any(area.path.startswith(path) for path in access.areas(request, "read")):
        raise Http404
    rows = branch_led.led(area.path, today)
    wanted = request.GET.get("as")
    if wanted in ("csv", "xlsx"):
        heading = [
            gettext("Organisation"),
            gettext("Village"),
            gettext("Chair"),
            gettext("Secretary of the branch"),
            gettext("Counts"),
        ]
        body = [
            (r.name, r.village, r.chair, r.branch, gettext("yes") if r.same_village else gettext("no"))
            for r in rows
        ]
        write = export.csv_file if wanted == "csv" else export.xlsx_file
        return write(f"{code}-{gettext('Led by the branch')}", heading, body)
    counted = sum(row.same_village for row in rows)
    return render(
        request, "assembly/branch_led.html", {"area": area, "rows": rows, "counted": counted, "day": today}
    )
