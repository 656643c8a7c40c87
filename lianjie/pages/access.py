"""Who may open what: the one place that decides it. Every page asks here before it reads.

Two guards ask the same question. `Guard` asks before every page, by the right its address declares (NEEDS in
`urls/`); an address without one answers nobody. The page asks again for its organisation, by `place`.

An outsider is told nothing: the page is not found, whether the record exists or not. An insider without the
right is told so.
"""

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext

from lianjie.facts.queries import accounts, assignments, history, people
from lianjie.facts.queries.assignments import Grant, OrganisationRow
from lianjie.pages.as_of import NotADayYet, on_today

RIGHTS: dict[str, frozenset[str]] = {
    # read_own opens the organisation's door: one's own household, and what is posted for all.
    "member": frozenset({"read_own"}),
    "supervisor": frozenset({"read_own", "read", "watch_data"}),
    "auditor": frozenset({"read_own", "read", "audit", "watch_data"}),
    "accountant": frozenset({"read_own", "read", "enter_facts", "edit_plan", "settle", "see_personal"}),
    "approver": frozenset({"read_own", "read", "approve"}),
    "cashier": frozenset({"read_own", "read", "pay"}),
    "chair": frozenset(
        {"read_own", "read", "edit_plan", "settle", "decide", "approve", "see_personal", "watch_data"}
    ),
    "administrator": frozenset({"read_own", "assign"}),
}
"""Role -> rights. Duties are apart: whoever makes accounts sees no household and moves no money, whoever
enters facts does not decide. One person holds several roles by several assignments; that nobody approves what
they entered themselves is the business of the action. `see_personal` opens sealed personal data, each time
for a purpose; `watch_data` reads who did, and holds data that must not be erased."""

PUBLIC = "public"
"""Before signing in."""
SIGNED_IN = "signed_in"
"""Everybody signed in; the page itself shows only what the reader's assignments open."""
OWN = "own"
"""The organisation's door is open to the reader, and the page shows its own household; all with `read`."""

Needs = dict[str, str | tuple[str, str]]
"""Name of an address -> the right it takes, or one for reading and one for sending. `area:assign` asks for
the right in some area, or in the area `code` when the address names one; `any:assign` for it anywhere."""

READING = ("GET", "HEAD", "OPTIONS")

SENSITIVE = frozenset({"approve", "pay", "decide"})
"""Rights whose use, by sending, takes a code of the app typed a short while ago. In a demonstration of
invented people it is asked only of those who have set codes up."""
FRESH_FOR = 30 * 60
"""Seconds for which a code counts."""
FRESH_AT = "second_factor_at"


class SecondFactorNeeded(Exception):
    """The guard asks for a code, and comes back."""


@dataclass(frozen=True)
class Place:
    """An organisation as one reader stands towards it; templates get it as `place`.

    rights  what the reader may do here
    own     party ids of the reader's own households
    """

    id: int
    code: str
    name: str
    kind: str
    area_name: str
    invented: bool
    rights: frozenset[str]
    own: frozenset[int]

    @property
    def reads(self) -> bool:
        """True when the reader may see every household here, not only its own."""
        return "read" in self.rights


def grants(request: HttpRequest) -> tuple[Grant, ...]:
    """The reader's assignments today, asked once per request."""
    kept: tuple[Grant, ...] | None = getattr(request, "_grants", None)
    if kept is None:
        user = request.user
        kept = assignments.grants(user.pk, timezone.localdate()) if user.is_authenticated else ()
        setattr(request, "_grants", kept)  # noqa: B010  Django's request has no place of its own for it
    return kept


def may(user, right: str, organisation: str) -> bool:
    """True when the user has the right in the organisation with this code, today."""
    row = assignments.organisation(organisation)
    return row is not None and allows(assignments.grants(user.pk, timezone.localdate()), right, row)


def allows(granted: Collection[Grant], right: str, row: OrganisationRow) -> bool:
    """True when one of the grants holds the right in the organisation."""
    return right in _rights(granted, row)


def place(request: HttpRequest, code: str, right: str = "read") -> Place:
    """The organisation, if the reader has `right` there.

    Raises Http404 for an outsider and PermissionDenied for an insider without the right.
    """
    found = _place(request, code)
    if found is None:
        raise Http404
    if right not in found.rights:
        raise PermissionDenied(right)
    if right in SENSITIVE and request.method not in READING:
        require_second_factor(request, found)
    return found


def user_id(request: HttpRequest) -> int:
    """The id of whoever is signed in; only for pages that nobody else reaches."""
    assert request.user.pk is not None
    return int(request.user.pk)


def record(request: HttpRequest, code: str, right: str, reference: str) -> Place:
    """The organisation, if the reader has `right` there and the reference names what stands in its books.

    Raises as `place`, and Http404 otherwise.
    """
    found = place(request, code, right)
    if not history.stands(found.id, reference):
        raise Http404
    return found


def entered(request: HttpRequest, code: str) -> Place | None:
    """The organisation with this code, if the request was let in there; asks nothing."""
    kept: dict[str, Place | None] = request.__dict__.get("_places", {})
    return kept.get(code)


def places(request: HttpRequest, organisations: Collection[int]) -> list[Place]:
    """Those of the organisations that the reader may enter, by code: one question for all."""
    found = (_stands(request, row) for row in assignments.organisations_by_id(organisations))
    return [place for place in found if place is not None and "read_own" in place.rights]


def require_second_factor(request: HttpRequest, at: Place) -> None:
    """Raises SecondFactorNeeded unless a code was typed a short while ago."""
    if second_factor_fresh(request) or (at.invented and not accounts.has_second_factor(request.user.pk)):
        return
    raise SecondFactorNeeded


def second_factor_fresh(request: HttpRequest) -> bool:
    """True when a code of the app was typed in this session within the last half hour."""
    at = request.session.get(FRESH_AT)
    return at is not None and 0 <= time.time() - at <= FRESH_FOR


def mark_second_factor(request: HttpRequest) -> None:
    """A code was right just now."""
    request.session[FRESH_AT] = int(time.time())


def forget_second_factor(request: HttpRequest) -> None:
    """Ask again the next time."""
    request.session.pop(FRESH_AT, None)


def local(request: HttpRequest, address: str) -> str:
    """The address if it leads nowhere but here, else ""."""
    safe = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if safe else ""


def party(at: Place, code: str) -> people.PartyRow:
    """A household, person or organisation the reader may see here: its own, or any linked one.

    Raises Http404 otherwise, so that codes cannot be tried out.
    """
    row = people.linked_party(at.id, code)
    if row is None or not (at.reads or row.id in at.own):
        raise Http404
    return row


def holding(request: HttpRequest, right: str) -> tuple[Grant, ...]:
    """The reader's grants that hold the right."""
    return tuple(g for g in grants(request) if right in RIGHTS[g.role])


def areas(request: HttpRequest, right: str) -> list[str]:
    """Paths of the areas in which the reader has the right, by an assignment to the area."""
    held = holding(request, right)
    return [g.area_path for g in held if g.organisation_id is None and g.area_path]


def needs() -> Mapping[str, tuple[str, str]]:
    """Name of an address -> what reading and sending take, as `urls/` declares it."""
    return _needs()


class Guard:
    """Middleware: before any page, the right its address declares."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view, args, kwargs) -> HttpResponse | None:
        name = request.resolver_match.url_name if request.resolver_match else None
        if name not in needs():
            raise ImproperlyConfigured(undeclared(name or str(view)))
        right = needs()[name][request.method not in READING]
        if right not in (PUBLIC, SIGNED_IN):
            try:
                _check(request, right, kwargs.get("code", ""))
            except SecondFactorNeeded:
                return _ask_for_code(request)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, NotADayYet):
            return on_today(request, exception)
        return _ask_for_code(request) if isinstance(exception, SecondFactorNeeded) else None


def undeclared(name: str) -> str:
    """What is missing and how to mend it."""
    return (
        f"The address “{name}” declares no right, so it answers nobody. Add it to NEEDS beside urlpatterns in"
        " lianjie/pages/urls/: a right of access.RIGHTS, a pair (reading, sending), OWN, SIGNED_IN or PUBLIC."
    )


def _check(request: HttpRequest, right: str, code: str) -> None:
    """Raises Http404 or PermissionDenied."""
    if right.startswith("any:"):
        if not holding(request, right.removeprefix("any:")):
            raise PermissionDenied(right)
        return
    if not right.startswith("area:"):
        place(request, code, "read_own" if right == OWN else right)
        return
    paths = areas(request, right.removeprefix("area:"))
    if code and not assignments.in_areas(code, paths, timezone.localdate()):
        raise Http404
    if not paths:
        raise PermissionDenied(right)


def _ask_for_code(request: HttpRequest) -> HttpResponse:
    """To the page that asks for a code; from there back to the page on which was pressed."""
    messages.info(request, gettext("This takes a code of your app. Type it, then press again."))
    back = urlsplit(request.headers.get("Referer", ""))
    here = back.path if back.netloc == request.get_host() else "/"
    address = f"{reverse('code')}?{urlencode({'next': here})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


def _place(request: HttpRequest, code: str) -> Place | None:
    """Asked once per request and organisation; None for an outsider."""
    kept: dict[str, Place | None] = request.__dict__.setdefault("_places", {})
    if code not in kept:
        kept[code] = _stands(request, assignments.organisation(code))
    return kept[code]


def _stands(request: HttpRequest, row: OrganisationRow | None) -> Place | None:
    rights = frozenset() if row is None else _rights(grants(request), row)
    if row is None or not rights:
        return None
    own = {g.party_id for g in grants(request) if g.party_id and g.covers(row.id, row.area_path)}
    return Place(row.id, row.code, row.name, row.kind, row.area_name, row.invented, rights, frozenset(own))


@cache
def _needs() -> dict[str, tuple[str, str]]:
    from lianjie.pages.urls import SUBJECTS

    found: dict[str, tuple[str, str]] = {}
    for subject in SUBJECTS:
        declared: Needs = getattr(import_module(f"lianjie.pages.urls.{subject}"), "NEEDS", {})
        found |= {name: (n, n) if isinstance(n, str) else n for name, n in declared.items()}
    return found


def _rights(granted: Collection[Grant], row: OrganisationRow) -> frozenset[str]:
    held = [RIGHTS[g.role] for g in granted if g.covers(row.id, row.area_path)]
    return frozenset().union(*held)
