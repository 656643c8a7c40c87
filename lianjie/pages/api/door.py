"""Who asks: a program by its token, or a page's script by the browser's session. Every "no" is JSON.

A token stands for its person, and opens nothing beside the API: on a page it is not looked at. Without a
token the session counts, and whoever sends something needs the page's CSRF token as in a form.
"""

from collections.abc import Callable

from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views import defaults

from lianjie.base.words import N_
from lianjie.facts.actions import api_tokens
from lianjie.facts.actions.api_tokens import TokenShown
from lianjie.pages import access
from lianjie.pages.api.said import because, problem

PREFIX = "/api/"
NAME = {"username": "api token"}
"""Under which wrong tokens are counted by address, as wrong passwords are by name and address."""

READS_ONLY = (
    "TokenReadsOnly",
    N_("This token only reads."),
    N_("Make one that may also enter, on the page “My account”."),
)


def here(request: HttpRequest) -> bool:
    """True for a request to the API; the page that describes it is a page."""
    return request.path.startswith(PREFIX) and request.path != PREFIX


def token_of(request: HttpRequest) -> TokenShown | None:
    """The token that was shown, once the door has let it in."""
    found: TokenShown | None = getattr(request, "api_token", None)
    return found


class Door:
    """Middleware, after authentication and before anything asks who acts."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not here(request):
            return self.get_response(request)
        refused = self._show(request)
        answer = refused or self.get_response(request)
        if answer.status_code == 405:
            answer = problem(405, Allow=answer.headers.get("Allow", ""))
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def process_view(self, request: HttpRequest, view, args, kwargs) -> HttpResponse | None:
        if not here(request):
            return None
        if not request.user.is_authenticated:
            return problem(401, **{"WWW-Authenticate": "Bearer"})
        token = token_of(request)
        if token and token.reads_only and request.method not in access.READING:
            return problem(403, because(*READS_ONLY))
        return None

    def _show(self, request: HttpRequest) -> HttpResponse | None:
        """Let the person of the token in; what is answered when it does not count."""
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        if AxesProxyHandler.is_locked(request, NAME):
            return problem(429, **{"Retry-After": "1800"})
        found = api_tokens.shown(text.strip(), now=timezone.now())
        user = get_user_model().objects.filter(pk=found.user_id).first() if found else None
        if found is None or user is None:
            if not api_tokens.made_here(text.strip()):
                AxesProxyHandler.user_login_failed(Door, NAME, request)
            return problem(401, **{"WWW-Authenticate": "Bearer"})
        request.user = user
        request.api_token = found  # type: ignore[attr-defined]
        return None


# What Django answers when no view does: the pages' own, or JSON.


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem(400) if here(request) else defaults.bad_request(request, exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem(403) if here(request) else defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem(404) if here(request) else defaults.page_not_found(request, exception)


def our_fault(request: HttpRequest) -> HttpResponse:
    return problem(500) if here(request) else defaults.server_error(request)
