"""Households with nothing: a list for whoever looks after an area (who is being left out)."""

from collections.abc import Iterable, Iterator

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from lianjie.base.words import N_
from lianjie.facts.queries import assignments, unlinked
from lianjie.facts.queries.unlinked import UnlinkedRow
from lianjie.pages import access, columns, export
from lianjie.pages.columns import Column
from lianjie.pages.members import STATUSES

COLUMNS = (
    Column("code", N_("Code"), "code"),
    Column("name", N_("Name")),
    Column("village", N_("Village")),
    Column("status", N_("Registered status"), "word:status"),
)


def page(request: HttpRequest) -> HttpResponseBase:
    """Households of the reader's areas that nothing links, searched and narrowed; `?as=csv` or `?as=xlsx`."""
    areas, today = access.areas(request, "read"), timezone.localdate()
    if not areas:
        raise PermissionDenied("area:read")
    under = assignments.area(access.grants(request), request.GET.get("area", ""), today)
    if under is not None and any(under.path.startswith(path) for path in areas):
        areas = [under.path]
    search = request.GET.get("search", "").strip()[:60]
    status = request.GET.get("status", "")
    status = status if status in STATUSES else ""
    if request.GET.get("as") in ("csv", "xlsx"):
        rows = unlinked.every(areas, today, search=search, status=status)
        return export.as_asked(
            request.GET["as"],
            f"unlinked-{today}",
            columns.heading(COLUMNS),
            columns.written(COLUMNS, _cells(rows)),
        )
    shown = unlinked.page(areas, today, search=search, status=status, after=request.GET.get("after", ""))
    return render(
        request,
        "members/unlinked.html",
        {
            "rows": shown.rows,
            "next_after": shown.next_after,
            "search": search,
            "status": status,
            "statuses": STATUSES,
        },
    )


def _cells(rows: Iterable[UnlinkedRow]) -> Iterator[dict[str, object]]:
    for row in rows:
        yield {"code": row.code, "name": row.name, "village": row.village, "status": row.status}
