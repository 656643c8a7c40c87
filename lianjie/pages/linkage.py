"""One household across every organisation it is linked to: its year by stream (L7, S2, S3)."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from lianjie.facts.queries import household, people
from lianjie.ledger.queries import income
from lianjie.ledger.rules.income import STREAMS, together
from lianjie.pages import access
from lianjie.pages.access import Place


def page(request: HttpRequest, party: str) -> HttpResponse:
    """What all organisations together owe a household for a year, and where to see each.

    Only organisations in which the reader may see this household count.
    """
    places = [
        (place, row)
        for each in access.readable_organisations(request.user)
        for place in [access.place(request, each.code, "read_own")]
        if (row := people.linked_party(place.id, party)) is not None and _may_see(place, row.id)
    ]
    if not places:
        raise Http404
    row = places[0][1]
    organisations = [place.id for place, _ in places]
    parties = [row.id, *household.resident_ids(row.id)]
    years = income.years(parties, organisations)
    asked = request.GET.get("year", "")
    last = years[0] if years else timezone.localdate().year - 1
    year = int(asked) if asked.isdigit() and int(asked) in years else last
    found = income.year_income(parties, year, organisations)
    streams = together(found.parts)
    context = {
        "party": row,
        "places": [place for place, _ in places],
        "years": years,
        "year": year,
        "streams": [(STREAMS[name], fen) for name, fen in streams.items()],
        "parts": [
            (part.organisation, part.name, [part.by_stream.get(name, 0) for name in streams], part.total)
            for part in found.parts
        ],
        "total_fen": sum(streams.values()),
        "paid_fen": found.paid_fen,
    }
    return render(request, "members/linkage.html", context)


def _may_see(place: Place, party_id: int) -> bool:
    return place.reads or party_id in place.own
