"""Lists of sales events: searched, page by page, and whole as a file."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from lianjie.facts.queries.slices import Slice
from lianjie.pages import columns, export
from lianjie.pages.access import Place
from lianjie.pages.columns import Column


class Listed(Protocol):
    """A module of queries that gives a list by pages and as a whole."""

    def page(self, organisation_id: int, *, search: str, after: str) -> Slice: ...
    def every(self, organisation_id: int, *, search: str) -> Iterator[Any]: ...


def listing(
    request: HttpRequest,
    place: Place,
    template: str,
    queries: Listed,
    shown: Sequence[Column],
    cells: Callable[[Any], Mapping[str, Any]],
    context: Mapping[str, Any] | None = None,
    status: int = 200,
) -> HttpResponseBase:
    """`?search=` narrows, `?after=` goes on; `?as=csv` or `?as=xlsx` gives all of it.

    shown, cells   the columns of the file, and what a row says in them and in the template's `rows`
    """
    search, wanted = request.GET.get("search", "").strip()[:60], request.GET.get("as", "")
    if wanted in ("csv", "xlsx"):
        rows = (cells(row) for row in queries.every(place.id, search=search))
        assert request.resolver_match is not None
        name = f"{place.code}-{request.resolver_match.url_name}"
        return export.as_asked(wanted, name, columns.heading(shown), columns.written(shown, rows))
    page = queries.page(place.id, search=search, after=request.GET.get("after", ""))
    told = {
        "place": place,
        "rows": [cells(row) for row in page.rows],
        "next_after": page.next_after,
        "search": search,
        "may_enter": "enter_facts" in place.rights,
    }
    return render(request, template, told | dict(context or {}), status=status)
