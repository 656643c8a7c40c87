"""One address of every kind, as one person with every right: axe finds nothing, on a phone or at a desk.

The walk follows links from each organisation's overview, so a page nobody can reach is not looked at; of each
kind of address one example is taken.
"""

from datetime import date
from urllib.parse import urlsplit

import pytest
from django.contrib.auth import get_user_model
from django.urls import Resolver404, resolve
from playwright.sync_api import Page

from lianjie.facts.models import Area, Assignment, Organisation
from lianjie.pages import access
from tests.support.browser import sign_in, violations

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
WIDTHS = (390, 1280)
LINKS = "found => found.map(each => each.getAttribute('href'))"
ENOUGH = 120
"""Kinds of addresses the walk is known to reach, at least."""


def kind_of(address: str) -> str:
    """The name of an address; "" for what is no page here."""
    parts = urlsplit(address)
    if parts.netloc or not parts.path.startswith("/") or "as=" in parts.query:
        return ""
    try:
        return resolve(parts.path).url_name or ""
    except Resolver404:
        return ""


def test_axe_finds_nothing_on_any_kind_of_page(browser, live_server, demo) -> None:
    user = get_user_model().objects.create(username="everything")
    top = Area.objects.filter(parent__isnull=True).order_by("pk").first()
    for role in access.RIGHTS:
        if role != "member":
            Assignment.objects.create(user=user, role=role, area=top, start_day=date(2020, 1, 1))
    # axe is put into the page, which the product's own policy rightly forbids to strangers.
    context = browser.new_context(base_url=live_server.url, bypass_csp=True, locale="zh-CN")
    page: Page = context.new_page()
    sign_in(page, user, live_server.url)
    books = Organisation.objects.filter(kind__in=("coop", "collective", "joint_coop")).order_by("party__code")
    waiting = ["/", *(f"/o/{code}/" for code in books.values_list("party__code", flat=True))]
    seen, found, visited = set[str](), list[str](), set[str]()
    while waiting:
        address = waiting.pop(0)
        kind = kind_of(address)
        if (
            not kind
            or kind.startswith("api-")
            or address in visited
            or (kind in seen and kind != "organisation")
        ):
            continue
        visited.add(address)
        try:
            told = page.goto(address, timeout=30_000)
        except Exception as problem:  # a file: the browser saves it
            assert "ownload" in str(problem), (address, problem)  # noqa: PT017
            seen.add(kind)
            continue
        # A file the browser shows by itself (PDF) is no page of ours.
        if not told or told.status != 200 or "text/html" not in told.headers.get("content-type", ""):
            continue
        seen.add(kind)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            found += [f"{address} at {width}: {each}" for each in violations(page)]
            if page.evaluate("document.documentElement.scrollWidth - innerWidth") > 0:
                found.append(f"{address} at {width}: wider than the window")
        waiting += [link for link in page.eval_on_selector_all("a[href]", LINKS) if kind_of(link) not in seen]
    context.close()
    assert not found, "\n".join(found)
    assert len(seen) >= ENOUGH, f"only {len(seen)} kinds were reached"
