"""Every file with people's names that leaves is written down where the village can read it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from lianjie.facts.actions import personal
from lianjie.facts.queries.assignments import area
from lianjie.pages import access

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
            _log(request, match.kwargs.get("code", ""))
        return answer


def _log(request: HttpRequest, code: str) -> None:
    """A household's own file is its own business; whoever reads others' is written down."""
    place = access.entered(request, code)
    if place is not None and not place.reads:
        return
    asked = code if place is None else ""
    of = area(access.grants(request), request.GET.get("area", asked), timezone.localdate())
    if place is None and of is None:
        return
    personal.log_file(
        organisation_id=place.id if place else None,
        area_code=of.code if of and place is None else "",
        subject=request.get_full_path(),
        at=timezone.now(),
        by=request.user.pk,
    )
