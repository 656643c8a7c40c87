"""Every file with people's names that leaves is written down where the village can read it."""

from collections.abc import Callable, Iterator

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from lianjie.facts.actions import personal
from lianjie.facts.queries import parties
from lianjie.facts.queries.assignments import area
from lianjie.pages import access
from lianjie.pages.export import Rows

NOT_LOGGED = frozenset(
    {
        # The log itself, and files that keep a line for each person in them.
        "seen", "area-seen", "person-everything", "payout-file",
        # No person is named in these.
        "workbook-template", "register-template", "plan-toml", "trial-balance", "forms", "closings", "assets",
        "assets-due", "products", "prices", "area-branch-led", "area-income", "area-objections",
    }
)  # fmt: skip
"""Names of addresses whose files need no line here; any other file is taken to name people."""


class Taken:
    """Middleware, inside the guard: a line in the log for each file, before its first byte leaves."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        match = request.resolver_match
        if match is None or answer.status_code != 200 or match.url_name in NOT_LOGGED:
            return answer
        if "attachment" in answer.headers.get("Content-Disposition", "") and request.user.is_authenticated:
            line = _log(request, match.kwargs.get("code", ""), match.kwargs.get("party", ""))
            if line is not None and hasattr(answer, "rows"):
                _count(answer, line, answer.rows)
        return answer


def _log(request: HttpRequest, code: str, party: str) -> int | None:
    """A household's own file is its own business; whoever reads others' is written down."""
    place = access.entered(request, code)
    whose = parties.ids_by_code([party]).get(party) if party else None
    own = {grant.party_id for grant in access.grants(request) if grant.party_id}
    if (whose in own) if whose is not None else (place is not None and not place.reads):
        return None
    of = None
    if place is None and whose is None:
        of = area(access.grants(request), request.GET.get("area", code), timezone.localdate())
    return personal.log_file(
        organisation_id=place.id if place else None,
        area_code=of.code if of else "",
        party_id=whose,
        subject=request.get_full_path(),
        at=timezone.now(),
        by=request.user.pk,
    )


def _count(answer: HttpResponseBase, line: int, rows: Rows) -> None:
    """Keep how many rows left: at once when the file is made, else after its last byte."""
    if not isinstance(answer, StreamingHttpResponse) or isinstance(answer, FileResponse):
        personal.log_rows(line, rows.count)
        return
    parts = answer.streaming_content

    def counted() -> Iterator[bytes]:
        yield from parts
        personal.log_rows(line, rows.count)

    answer.streaming_content = counted()
