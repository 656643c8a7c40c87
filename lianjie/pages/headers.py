"""Headers every answer has, beside those of Django's own middleware and the content security policy."""

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

EVERY = {
    # Nobody's whereabouts, voice or face are asked for; a file chosen by a person is not a camera.
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Headers:
    """Middleware: the headers above, and no page of a person's account in a shared cache."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        for name, value in EVERY.items():
            answer.headers.setdefault(name, value)
        if not request.path.startswith("/static/"):
            answer.headers.setdefault("Cache-Control", "private, no-cache")
        return answer

    def process_view(self, request: HttpRequest, view, args, kwargs) -> None:
        """No text holds the sign of number nought, and one database of the two chokes on it."""
        asked = [*request.GET.values(), *(value for value in kwargs.values() if isinstance(value, str))]
        if any("\x00" in value for value in asked):
            raise BadRequest
