"""What a "no" says, and what every operation shares: pages of a list, names masked, the log of what left."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext
from ninja import Field, Schema

from lianjie.base.refusal import Refusal, Refusals
from lianjie.base.words import N_
from lianjie.facts.actions import personal
from lianjie.facts.rules.raw import InWorkbook
from lianjie.pages.access import Place
from lianjie.pages.format import masked


class Refused(Schema):
    """One reason: which field, what is wrong, what to do."""

    field: str = Field(
        description="The field of the request it is about; empty when it is about no single one"
    )
    code: str = Field(description="A stable name to program by")
    what: str = Field(description="What is wrong, in the language asked for")
    fix: str = Field(description="What to do instead")


class Problem(Schema):
    """Why nothing was answered or written."""

    refusals: list[Refused]


PROBLEMS = {frozenset({400, 401, 403, 404, 405, 409, 422, 429}): Problem}
"""What every operation may answer beside its own."""

WORDS = {
    400: (
        "BadRequest",
        N_("The request cannot be read."),
        N_("Send what the document of the API describes."),
    ),
    401: (
        "NotSignedIn",
        N_("Nobody is signed in, or the token does not count."),
        N_("Make a token on the page “My account” and send it as “Authorization: Bearer …”."),
    ),
    403: (
        "NotAllowed",
        N_("Your role does not allow this here."),
        N_("Ask whoever looks after the accounts."),
    ),
    404: (
        "NotFound",
        N_("There is no such record, or it is not yours to see."),
        N_("Check the codes in the address."),
    ),
    405: ("NoSuchAct", N_("This address does not take that method."), N_("See the document of the API.")),
    429: (
        "TooManyWrongTokens",
        N_("Too many wrong tokens came from this place."),
        N_("Wait half an hour, then try again with one that counts."),
    ),
    500: (
        "OurFault",
        N_("Something went wrong here."),
        N_("Try again later, and tell whoever runs the system."),
    ),
}


def because(code: str, what: str, fix: str) -> Refused:
    """A reason in the reader's language that is about no field."""
    return Refused(field="", code=code, what=gettext(what), fix=gettext(fix))


def problem(status: int, *refused: Refused, **headers: str) -> JsonResponse:
    """An answer that says no; without reasons, what its status always says."""
    if not refused:
        refused = (because(*WORDS[status]),)
    body = Problem(refusals=list(refused)).model_dump()
    return JsonResponse(body, status=status, headers=headers, json_dumps_params={"ensure_ascii": False})


def refusals(refusal: Refusal, fields: dict[str, str]) -> list[Refused]:
    """Each reason of a refusal. `fields`: caption of a column -> the field of the request."""
    several = refusal.refusals if isinstance(refusal, Refusals) else (refusal,)
    return [_refused(each, fields) for each in several]


class Refusing(Exception):
    """A refusal on its way out, with the status and the fields it is about."""

    def __init__(self, status: int, refused: list[Refused]) -> None:
        super().__init__(status)
        self.status, self.refused = status, refused


@contextmanager
def refused_in(fields: dict[str, str], conflict: type[Refusal]) -> Iterator[None]:
    """What is refused inside is said by the fields of the request: 422, or 409 when it is a `conflict`."""
    try:
        yield
    except Refusal as refusal:
        status = 409 if isinstance(refusal, conflict) else 422
        raise Refusing(status, refusals(refusal, fields)) from None


def _refused(refusal: Refusal, fields: dict[str, str]) -> Refused:
    place = fields.get(refusal.place.column, "") if isinstance(refusal, InWorkbook) else ""
    of = refusal.told if isinstance(refusal, InWorkbook) else refusal
    what, fix = of.parts(gettext)
    return Refused(field=place, code=of.code, what=what, fix=fix)


def named(name: str, place: Place | None, *, own: bool = False, person: bool = True) -> str:
    """A name as files show it: masked unless it is one's own or the reader enters facts here."""
    enters = place is not None and "enter_facts" in place.rights
    return name if own or not person or enters else masked(name)


def left(request: HttpRequest, place: Place) -> None:
    """People's figures leave for a program as they leave in a file: a line in the log of what was seen."""
    if place.reads:
        personal.log_file(
            organisation_id=place.id,
            subject=request.get_full_path(),
            at=timezone.now(),
            by=request.user.pk,
        )


def where(at: tuple[Any, ...]) -> str:
    """A place as ninja gives it, without the part of the request: ("body", "given", "grams") -> grams."""
    return ".".join(str(each) for each in at if each not in ("body", "query", "path", "given", "asked"))


Fen = Annotated[int, Field(description="Whole fen, a hundredth of a yuan")]
Grams = Annotated[int, Field(description="Whole grams")]


class Listed(Schema):
    """A page of a list. The next begins where this one ended, so no page costs more than the first."""

    after: str = Field("", max_length=300, description="`next_after` of the page before; empty for the first")
    limit: int = Field(50, ge=1, le=200, description="Rows of a page")


class Paged(Schema):
    """Rows of one page."""

    next_after: str = Field(description="Give it as `after` for the next page; empty on the last")
