"""Who acts and from where, for whatever is noted while a request is answered."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from lianjie.base.acting import Acting, as_acting
from lianjie.pages.api.door import here


class ActingMiddleware:
    """Comes after authentication."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        address = request.META.get("REMOTE_ADDR", "")
        device = request.headers.get("User-Agent", "")[:120]
        by = request.user.pk if request.user.is_authenticated else None
        with as_acting(Acting(by, "api" if here(request) else "page", address, device)):
            return self.get_response(request)
