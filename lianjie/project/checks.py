"""Start-up checks: what would fail silently or late is said at once, with what to do.

Run by `lianjie serve`, `lianjie demo` and `bin/check`.
"""

import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connection
from django.urls import URLResolver, get_resolver

OLDEST_SQLITE = (3, 35)
"""The first with RETURNING: rows written together must give back their numbers."""


@register()
def fonts(**kwargs: Any) -> list[CheckMessage]:
    """Without a Chinese font typst makes statements full of empty boxes, and says nothing."""
    try:
        from noto_cjk_sans_otc import FONT_PATH
    except ImportError:
        found = False
    else:
        found = Path(str(FONT_PATH)).is_file()
    if found:
        return []
    return [
        Error(
            "The Chinese font of the printed statements is missing.", hint="Run bin/setup.", id="lianjie.E001"
        )
    ]


@register()
def keys(**kwargs: Any) -> list[CheckMessage]:
    """The signing and identity-number keys are for their owner's eyes only."""
    found: list[CheckMessage] = []
    for name in ("secret.key", "field.key"):
        path = Path(settings.DATA) / name
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            found.append(
                Warning(
                    f"Other users of this machine can read {path}.",
                    hint=f"chmod 600 {path}",
                    id="lianjie.W001",
                )
            )
    return found


@register()
def local_criteria(**kwargs: Any) -> list[CheckMessage]:
    """A place's own criteria for workshops are read on many pages: what is wrong with them is said here."""
    from lianjie.facts.queries.work import criteria

    try:
        criteria()
    except (ValueError, KeyError, TypeError) as problem:
        path = Path(settings.DATA) / "workshops.toml"
        return [
            Error(
                f"The local criteria in {path} cannot be read: {problem}",
                hint="Each [[criteria]] needs code, from, min_workers, min_months and source.",
                id="lianjie.E006",
            )
        ]
    return []


@register(Tags.security, deploy=True)
def reached_without_https(**kwargs: Any) -> list[CheckMessage]:
    """From other machines passwords and codes go over the wire."""
    away = [host for host in settings.ALLOWED_HOSTS if host not in ("localhost", "127.0.0.1", "[::1]")]
    if settings.HTTPS or not away:
        return []
    return [
        Error(
            f"{', '.join(away)} is served without HTTPS.",
            hint="Put an HTTPS server in front, and set LIANJIE_HTTPS=1 and LIANJIE_PROXIES=1.",
            id="lianjie.E005",
        )
    ]


@register()
def sqlite_version(**kwargs: Any) -> list[CheckMessage]:
    """Bulk entry needs RETURNING."""
    if connection.vendor != "sqlite" or sqlite3.sqlite_version_info >= OLDEST_SQLITE:
        return []
    return [
        Error(
            f"SQLite {sqlite3.sqlite_version} is too old; 3.35 or newer is needed.",
            hint="Use a newer Python, or PostgreSQL by LIANJIE_DATABASE.",
            id="lianjie.E002",
        )
    ]


@register(Tags.urls)
def rights(**kwargs: Any) -> list[CheckMessage]:
    """An address without a declared right answers nobody; it is said before somebody asks it."""
    from lianjie.pages import access

    return [
        Error(access.undeclared(name), hint="See NEEDS in lianjie/pages/urls/entrance.py.", id="lianjie.E004")
        for name in _addresses(get_resolver())
        if name not in access.needs()
    ]


def _addresses(resolver: URLResolver) -> Iterator[str]:
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            yield from _addresses(each)
        else:
            yield each.name or str(each.pattern)


@register(Tags.database)
def debug_with_real_people(databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Tracebacks show records; with real households they must not be shown."""
    from lianjie.facts.queries import parties

    if not databases or not settings.DEBUG or not parties.any_real_household():
        return []
    return [
        Error(
            "LIANJIE_DEBUG is on and real households are in the database.",
            hint="Unset LIANJIE_DEBUG: its error pages show records.",
            id="lianjie.E003",
        )
    ]
