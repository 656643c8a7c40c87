"""Chromium as a person's browser: started once a process, a fresh window for each test."""

import os
import shutil
import tempfile
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.test import Client
from playwright.sync_api import Browser, Page, Playwright

# Nothing but loopback is asked for: no look-ups of the browser maker's own hosts.
OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


class NoBrowser(Exception):
    """Chromium is not installed."""


def launch(playwright: Playwright) -> Browser:
    """The machine's own Chromium, headless. Raises NoBrowser."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return playwright.chromium.launch(executable_path=path, headless=True, args=list(OPTIONS))
    raise NoBrowser("Chromium is not installed; as an administrator: apt-get install chromium")


def sign_in(page: Page, user: AbstractBaseUser, base: str) -> None:
    """Sign `user` in without the form: the session a sign-in would have made, as a cookie."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": base}])


def picture(page: Page, name: str) -> Path:
    """A picture of the whole page as it stands, for someone to look at."""
    folder = Path(os.environ.get("LIANJIE_PICTURES") or tempfile.gettempdir()) / "lianjie-pictures"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.png"
    page.screenshot(path=path, full_page=True)
    return path


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG on the page as it stands: rule, help, and the elements."""
    found = Axe().run(page).response["violations"]
    return [
        f"{rule['id']}: {rule['help']}: " + "; ".join(node["html"][:120] for node in rule["nodes"])
        for rule in found
    ]
