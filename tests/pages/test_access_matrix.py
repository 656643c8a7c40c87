"""Every address × every role × inside and outside, reading and sending, against the right it declares.

Sample arguments stand in ARGUMENTS by name, else in KINDS by the kind of the argument. An address with an
argument of another kind fails here until one is given. What an address answers besides its right is the
business of its own tests.
"""

import logging
import re
from collections.abc import Iterator
from datetime import date

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse
from django.utils import timezone

from lianjie.facts.actions import api_tokens
from lianjie.facts.actions.api_tokens import TokenAsked
from lianjie.facts.models import Area, Assignment
from lianjie.pages import access
from lianjie.pages.api import document
from tests.pages.world import World, build

pytestmark = pytest.mark.django_db

HERE, GONE = "C2001", "C9999"
ARGUMENTS: dict[str, object] = {
    # those of this world
    "code": HERE,
    "party": "H0001",
    "reference": "delivery:2025-0010",
    "delivery": "2025-0010",
    "sheet": "deliveries",
    "key": "Lease-1",
    "year": 2025,
    "name": "notice.pdf",
    "family": "in-kind",
}
"""Name in an address -> a value of this world."""
KINDS: dict[str, object] = {"int": 1, "str": "X1", "slug": "x1", "path": "X/1"}
"""Kind of argument -> a value this world has not: a page asks for its right before it looks."""
OF_AN_ADDRESS: dict[tuple[str, str], object] = {
    (name, "code"): "361126000000"
    for name in ("area", "area-branch-led", "area-income", "area-objections", "area-workshops", "area-seen")
}
ROLES = sorted(access.RIGHTS)
NOT_OPENED = {
    "order-reasons",
    "set-up",
    "register-reasons",
    "workbook-check",
    "workbook-confirm",
    "workbook-reasons",
    "workbook-facts",
}
"""Addresses that are sent to after another page, need a year in their query, or have nothing here."""
ANSWERS = {200, 302, 404, 405, 422}
"""What a page may answer somebody who has its right: 404 for a record this world has not."""
INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle=|\son\w+=|javascript:", re.I)


def patterns(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    for each in (resolver or get_resolver()).url_patterns:
        if isinstance(each, URLResolver):
            yield from patterns(each)
        else:
            yield each


def named() -> dict[str, dict[str, str]]:
    """Name of an address -> its arguments with their kinds, the fixed ones left out."""
    return {
        each.name or "": {
            name: type(kind).__name__.removesuffix("Converter").replace("String", "Str").lower()
            for name, kind in each.pattern.converters.items()
            if name not in each.default_args
        }
        for each in patterns()
    }


NAMED = named()


def address(name: str, **other: object) -> str:
    """The address with sample arguments."""
    values = {}
    for argument in NAMED[name]:
        value = other.get(argument, OF_AN_ADDRESS.get((name, argument), ARGUMENTS.get(argument)))
        value = KINDS.get(NAMED[name][argument]) if value is None else value
        assert value is not None, (
            f"The address “{name}” has the argument “{argument}” ({NAMED[name][argument]}), for which there"
            " is no sample: add one to ARGUMENTS or KINDS in tests/pages/test_access_matrix.py."
        )
        values[argument] = value
    return reverse(name, kwargs=values)


def of_api(name: str) -> bool:
    """True for what a program asks: refused in JSON, and never sent to the page that signs in."""
    return name.startswith("api-")


def in_organisation(name: str) -> bool:
    """True for the pages of one organisation."""
    return "code" in NAMED[name] and ":" not in access.needs()[name][0]


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Thousands of refusals are asked for; each would be logged."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def small(db) -> World:
    return build(households=4)


def reader(name: str, *assigned: dict) -> Client:
    """A client signed in as a new user with these assignments."""
    user = get_user_model().objects.create(username=name)
    for each in assigned:
        Assignment.objects.create(user=user, **{"start_day": date(2020, 1, 1)} | each)
    client = Client(headers={"accept-language": "en"}, raise_request_exception=False)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def program(name: str) -> Client:
    """A client that shows a token of this user."""
    user = get_user_model().objects.get(username=name)
    with transaction.atomic():
        api_tokens.end(user.pk, now=timezone.now())
        text = api_tokens.make(user.pk, TokenAsked("program", 7, False), now=timezone.now())
    return Client(
        headers={"accept-language": "en", "authorization": f"Bearer {text}"}, raise_request_exception=False
    )


def asked(client: Client, name: str, method: str, **other: object):
    """One request, of which nothing stays."""
    cookies = dict(client.cookies)
    with transaction.atomic():
        body = {"data": {}, "content_type": "application/json"} if of_api(name) and method == "post" else {}
        answer = getattr(client, method)(address(name, **other), **body)
        transaction.set_rollback(True)
    client.cookies.clear()
    client.cookies.update(cookies)
    if answer.streaming:
        b"".join(answer)  # a file is closed by whoever reads it to its end
    return answer


def expected(name: str, method: str, rights: frozenset[str], *, by_area: bool) -> set[int]:
    """The answers allowed to somebody inside with these rights."""
    right = access.needs()[name][method == "post"]
    if right in (access.PUBLIC, access.SIGNED_IN):
        return ANSWERS
    if right.startswith("area:"):
        if by_area and right.removeprefix("area:") in rights:
            return ANSWERS
        return {404} if "code" in NAMED[name] else {403}
    if right.startswith("any:"):
        return ANSWERS if right.removeprefix("any:") in rights else {403}
    if right == access.OWN:
        return ANSWERS | {403}  # the page asks again whose household it is
    return ANSWERS if right in rights else {403}


@pytest.mark.parametrize(
    ("role", "scope"),
    [(role, "organisation") for role in ROLES] + [("administrator", "area"), ("supervisor", "area")],
)
def test_inside_each_role_opens_what_its_rights_say(small, role, scope):
    where = {"organisation": small.coop} if scope == "organisation" else {"area": small.county}
    client = reader("inside", {"role": role, "party": small.home if role == "member" else None} | where)
    wrong = []
    for name in NAMED:
        for method in ("get", "post"):
            allowed = expected(name, method, access.RIGHTS[role], by_area=scope == "area")
            if method == "post" and allowed == {403} and access.needs()[name][0] == access.needs()[name][1]:
                continue  # the same refusal as for reading
            answer = asked(client, name, method)
            if answer.status_code not in allowed:
                wrong.append(f"{method} {name}: {answer.status_code}, not {sorted(allowed)}")
            if (
                method == "get"
                and answer.status_code != 403
                and set(NAMED[name]) <= {"code"}
                and allowed == ANSWERS
                and answer.status_code not in (200, 302, 405)
                and name not in NOT_OPENED
            ):
                wrong.append(f"get {name}: {answer.status_code} for a reader with its right")
            wrong += unsafe(name, answer)
    assert not wrong, "\n".join(wrong)


def unsafe(name: str, answer) -> list[str]:
    """What an answer lacks of what every answer has: headers, and nothing inline."""
    found = []
    policy = answer.headers.get("Content-Security-Policy", "")
    if "default-src 'self'" not in policy or "unsafe" in policy:
        found.append(f"{name}: no strict Content-Security-Policy: {policy!r}")
    for header, value in {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
    }.items():
        if answer.headers.get(header) != value:
            found.append(f"{name}: {header} is {answer.headers.get(header)!r}, not {value!r}")
    if "html" in answer.headers.get("Content-Type", "") and not answer.streaming:
        found += [f"{name}: inline {m.group()!r}" for m in INLINE.finditer(answer.content.decode())]
    return found


def test_nobody_is_shown_anything_before_signing_in(small):
    client = Client(raise_request_exception=False)
    wrong = []
    for name, (read, _) in access.needs().items():
        for method in ("get", "post"):
            answer = asked(client, name, method)
            signs_in = answer.status_code == 302 and answer["Location"].startswith("/sign-in/")
            if of_api(name):
                signs_in = answer.status_code == 401 and "WWW-Authenticate" in answer.headers
            if (read != access.PUBLIC) != signs_in and name not in ("set_language", "sign-in-code"):
                wrong.append(f"{method} {name}: {answer.status_code} {answer.headers.get('Location', '')}")
    assert not wrong, "\n".join(wrong)


def bare(answer) -> str:
    """The page without what names the address asked for."""
    return re.sub(r'(csrfmiddlewaretoken"|name="next") value="[^"]*"', "", answer.content.decode())


OUTSIDE = {
    "other-organisation": lambda w, role: [{"role": role, "organisation": w.other}],
    "other-area": lambda w, role: [{"role": role, "area": Area.objects.get(code="350000000000")}],
    "ended": lambda w, role: [{"role": role, "organisation": w.coop, "until_day": date(2024, 1, 1)}],
    "to-come": lambda w, role: [{"role": role, "organisation": w.coop, "start_day": date(2999, 1, 1)}],
}


OUTSIDE_AND_ROLES = [(role, where) for where in OUTSIDE for role in ROLES]
OPERATIONS = [name for name in NAMED if of_api(name) and name != "api-document"]
"""Every operation of the API, found by its address."""


def test_an_operation_takes_the_right_of_the_page_it_stands_for():
    """Its address is the page's with /api before it."""
    described = {(address, method) for address, of in document.document()["paths"].items() for method in of}
    assert len(described) >= len(OPERATIONS) > 0
    for name in OPERATIONS:
        page = resolve(address(name).removeprefix("/api")).url_name
        assert access.needs()[name] == access.needs()[page], f"{name} and {page} take different rights"
        assert access.needs()[name][1] not in access.SENSITIVE, f"{name}: not for programs"


@pytest.mark.parametrize("scope", ["organisation", "area"])
@pytest.mark.parametrize("role", ROLES)
def test_every_operation_opens_inside_what_its_right_says(small, role, scope):
    """By the browser's session and by a token of the same person: the same answer."""
    where = {"organisation": small.coop} if scope == "organisation" else {"area": small.county}
    session = reader("inside", {"role": role, "party": small.home if role == "member" else None} | where)
    wrong = []
    for name in OPERATIONS:
        for method in ("get", "post"):
            allowed = expected(name, method, access.RIGHTS[role], by_area=scope == "area")
            answer = asked(session, name, method)
            if answer.status_code not in allowed:
                wrong.append(f"{method} {name}: {answer.status_code}, not {sorted(allowed)}")
            shown = asked(program("inside"), name, method)
            if (shown.status_code, shown.content) != (answer.status_code, answer.content):
                wrong.append(f"{method} {name}: {shown.status_code} by token, {answer.status_code} else")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(("role", "where"), OUTSIDE_AND_ROLES)
def test_no_operation_tells_an_outsider_that_a_record_exists(small, role, where):
    path = f"{Area.objects.count() + 1:06d}/"
    Area.objects.create(
        code="350000000000", name="福建省", level="province", path=path, valid_from=date(2010, 1, 1)
    )
    own = {"party": small.neighbour} if role == "member" else {}
    reader("outside", *(each | own for each in OUTSIDE[where](small, role)))
    for name in OPERATIONS:
        for method in ("get", "post"):
            here, none = (
                asked(program("outside"), name, method, **there)
                for there in ({}, {"code": GONE, "party": "H9999"})
            )
            assert (here.status_code, here.content) == (none.status_code, none.content), f"{method} {name}"
            assert here.status_code == 404 or (here.status_code == 405 and not in_organisation(name)), name


@pytest.mark.parametrize(
    ("role", "where"),
    [
        ("accountant", "other-organisation"),
        ("member", "ended"),
        ("chair", "to-come"),
        ("cashier", "other-area"),
    ],
)
def test_outside_a_record_is_told_from_none_by_nothing(small, role, where):
    """Every page of an organisation, and of its households, answers as if it were not there."""
    path = f"{Area.objects.count() + 1:06d}/"
    Area.objects.create(
        code="350000000000", name="福建省", level="province", path=path, valid_from=date(2010, 1, 1)
    )
    own = {"party": small.neighbour} if role == "member" else {}
    client = reader("outside", *(each | own for each in OUTSIDE[where](small, role)))
    wrong = []
    page, program = (asked(client, name, "get", code=GONE) for name in ("organisation", "api-members"))
    for name in filter(in_organisation, NAMED):
        here, none = asked(client, name, "get"), program if of_api(name) else page
        if (here.status_code, bare(here)) != (404, bare(none)):
            wrong.append(f"get {name}: {here.status_code}, not as one that is not there")
        if asked(client, name, "post").status_code != 404:
            wrong.append(f"post {name}: told apart")
    assert not wrong, "\n".join(wrong)


def test_a_member_is_told_nothing_of_another_household(small):
    """The neighbour's pages answer exactly as those of a household that does not exist."""
    client = reader("member", {"role": "member", "organisation": small.coop, "party": small.home})
    wrong = []
    for name in NAMED:
        if "party" in NAMED[name] and access.needs()[name][0] in (access.OWN, access.SIGNED_IN):
            theirs, none = (asked(client, name, "get", party=party) for party in ("H0002", "H9999"))
            if (theirs.status_code, bare(theirs)) != (404, bare(none)):
                wrong.append(f"{name}: {theirs.status_code}, and {none.status_code} for nobody")
    assert not wrong, "\n".join(wrong)


def test_a_member_opens_its_own(small):
    client = reader("member", {"role": "member", "organisation": small.coop, "party": small.home})
    for name in ("member", "linkage", "statement"):
        assert asked(client, name, "get").status_code == 200, name
