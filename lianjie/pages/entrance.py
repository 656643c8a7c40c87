"""Home: what this reader may open. Own households first, then organisations, then areas."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from lianjie.facts.queries import assignments
from lianjie.pages import access

SHOWN = 60
"""Organisations on one page of an area; the search finds the rest."""


def home(request: HttpRequest) -> HttpResponse:
    """Everything the reader may open, searchable."""
    granted = access.grants(request)
    search = request.GET.get("search", "").strip()
    named = [g for g in granted if g.organisation_id is not None]
    reading = tuple(g for g in granted if "read" in access.RIGHTS[g.role])
    areas = assignments.granted_areas(reading, timezone.localdate())
    found = assignments.organisations(granted if search else named, search=search, limit=SHOWN)
    return render(
        request,
        "home.html",
        {
            "own": assignments.own_households(granted),
            "organisations": found,
            "areas": () if search else areas,
            "search": search,
            "registers": bool(access.areas(request, "assign")),
            "looks_after": bool(access.holding(request, "assign")),
            "searchable": bool(areas) or len(found) > 8 or bool(search),
        },
    )


def empty(request: HttpRequest, code: str) -> HttpResponse:
    """An organisation's frame with nothing in it: what a page costs before it says anything.

    `bin/bench pages` divides by it.
    """
    return render(request, "blank.html", {"place": access.place(request, code, "read")})


def area(request: HttpRequest, code: str) -> HttpResponse:
    """One area of a supervisor: the areas below with their counts, and the organisations in it."""
    granted = access.grants(request)
    today = timezone.localdate()
    here = assignments.area(granted, code, today)
    if here is None:
        raise Http404
    search = request.GET.get("search", "").strip()
    return render(
        request,
        "area.html",
        {
            "area": here,
            "above": [row for row in assignments.areas_above(here.path) if _covered(granted, row.path)],
            "below": () if search else assignments.areas_within(here.path, today),
            "organisations": assignments.organisations(granted, search=search, under=here.path, limit=SHOWN),
            "search": search,
            "registers": bool(access.areas(request, "assign")),
            "shown": SHOWN,
            "reads": _holds(request, "read", here.path),
            "watches": _holds(request, "watch_data", here.path),
        },
    )


def _holds(request: HttpRequest, right: str, path: str) -> bool:
    return any(path.startswith(each) for each in access.areas(request, right))


def _covered(granted, path: str) -> bool:
    return any(g.organisation_id is None and g.area_path and path.startswith(g.area_path) for g in granted)
