"""Walk the demonstration's pages as each user would, link by link, and stop at a bad answer."""

import re
from collections import deque
from collections.abc import Callable
from html.parser import HTMLParser

from django.contrib.auth import get_user_model
from django.test import Client
from django.utils.translation import ngettext

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_

PAGES_OF_A_KIND = 3
"""How many pages of one shape are opened: the fortieth member's page is like the first."""


class PageFailed(Refusal):
    what = N_("{user}: {path} (linked from {origin}) answered {status}.")
    fix = N_("This is a fault in Lianjie; please report it.")


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        href = dict(attrs).get("href") if tag == "a" else None
        if href and href.startswith("/"):
            self.found.append(href.split("#")[0])


def visit(say: Callable[[str], None]) -> int:
    """Open the pages every active user can reach; returns how many answered.

    Refuses with PageFailed at the first that does not.
    """
    total = 0
    for user in get_user_model().objects.filter(is_active=True).order_by("pk"):
        client = Client(SERVER_NAME="localhost")
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        opened = walk(client, user.get_username())
        told = ngettext("{user}: {count} page answered.", "{user}: {count} pages answered.", opened)
        say(told.format(user=user.get_username(), count=opened))
        total += opened
    return total


def walk(client: Client, user: str) -> int:
    """Open what one signed-in user reaches from the first page; returns how many pages answered.

    Refuses with PageFailed.
    """
    waiting = deque([("/", "")])
    seen = {"/"}
    by_shape: dict[str, int] = {}
    opened = 0
    while waiting:
        path, origin = waiting.popleft()
        shape = _shape(path)
        by_shape[shape] = by_shape.get(shape, 0) + 1
        if by_shape[shape] > PAGES_OF_A_KIND:
            continue
        answer = client.get(path)
        if answer.status_code not in (200, 302):
            raise PageFailed(user=user, path=path, origin=origin, status=answer.status_code)
        opened += 1
        if answer.streaming:
            deque(answer, maxlen=0)  # a file is made as it is read
        if answer.status_code == 302 or answer.streaming or "html" not in answer.headers["Content-Type"]:
            continue
        links = _Links()
        links.feed(answer.content.decode())
        for link in links.found:
            if link not in seen:
                seen.add(link)
                waiting.append((link, path))
    return opened


def _shape(path: str) -> str:
    """Pages that differ only by a code or number have one shape; so have all pages of one long list."""
    bare, _, query = path.partition("?")
    names = sorted(part.split("=")[0] for part in query.split("&") if part)
    return re.sub(r"/[^/]*\d[^/]*(?=/|$)", "/#", bare) + "?" + "&".join(names)
