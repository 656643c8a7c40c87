"""Every operation together: the OpenAPI document, and the page that shows it. The page needs no script."""

from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern
from django.utils.translation import gettext
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.renderers import JSONRenderer
from ninja.security import HttpBearer, django_auth

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions.api_tokens import TokenShown
from lianjie.pages.api import books, deliveries, described, door, household, members, payouts, settlements
from lianjie.pages.api.said import Refused, Refusing, because, problem, refusals, where


class Token(HttpBearer):
    """A person's token; the door has looked at it already."""

    def authenticate(self, request: HttpRequest, token: str) -> TokenShown | None:
        return door.token_of(request)


class AsWritten(JSONRenderer):
    """Chinese as it is written, not as numbers of its characters."""

    json_dumps_params: ClassVar[dict[str, Any]] = {"ensure_ascii": False}


api = NinjaAPI(
    title="Lianjie",
    version="1",
    description=(
        "Benefit linkage of farmer cooperatives. Money is whole fen, goods are whole small units (grams,"
        " pieces), days are YYYY-MM-DD. A token or a signed-in browser sees what its person sees on the"
        " pages, and nothing else."
    ),
    auth=[Token(), django_auth],
    renderer=AsWritten(),
    openapi_url=None,
    docs_url=None,
)
for each in (members, household, deliveries, books, settlements, payouts):
    api.add_router("", each.router)


@api.exception_handler(Http404)
def _not_found(request: HttpRequest, exception: Http404) -> HttpResponse:
    return problem(404)


@api.exception_handler(HttpError)
def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    if "CSRF" in error.message:
        return problem(error.status_code, because(*NO_CSRF))
    return problem(error.status_code)


NO_CSRF = (
    "NotFromHere",
    N_("With the browser's session, sending takes the page's CSRF token."),
    N_("Send it as X-CSRFToken, or send a token of your own instead of the session."),
)


@api.exception_handler(ValidationError)
def _misshapen(request: HttpRequest, error: ValidationError) -> HttpResponse:
    fix = gettext("Send what the document of the API describes.")
    refused = [
        Refused(field=where(each["loc"]), code=each["type"], what=each["msg"], fix=fix)
        for each in error.errors
    ]
    return problem(422, *refused)


@api.exception_handler(Refusing)
def _refusing(request: HttpRequest, refusing: Refusing) -> HttpResponse:
    return problem(refusing.status, *refusing.refused)


@api.exception_handler(Refusal)
def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return problem(422, *refusals(refusal, {}))


def operations() -> list[URLPattern]:
    """The addresses of all operations; a page's script and a test find them by their names."""
    patterns, _, _ = api.urls
    return [each for each in patterns if isinstance(each, URLPattern) and each.name != "api-root"]


def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    return dict(api.get_openapi_schema(path_prefix="/api"))


def openapi(request: HttpRequest) -> JsonResponse:
    """The document, for programs."""
    return JsonResponse(document(), json_dumps_params={"ensure_ascii": False})


def page(request: HttpRequest) -> HttpResponse:
    """The document, for people."""
    told = document()
    shown = {"operations": list(described.operations(told)), "shapes": list(described.shapes(told))}
    return render(request, "api/page.html", shown)
