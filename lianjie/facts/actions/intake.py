"""A workbook at the door: read, checked as a whole, entered; or refused, and then nothing is written."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from lianjie.facts import workbook
from lianjie.facts.actions.enter import Entered, SourceGiven, enter
from lianjie.facts.queries.known import known
from lianjie.facts.rules.book import Book
from lianjie.facts.rules.checking import check
from lianjie.facts.rules.handed import Post


def checked(source: Path | bytes, *, name: str = "", accounts: Mapping[str, str] | None = None) -> Book:
    """Read and check a workbook; writes nothing.

    accounts  code -> name of the organisation's chart of accounts, to judge the trial balance by

    Refuses with one refusal about the file, or with Refusals naming every place and what to do there.
    `workbook.annotated` puts them into the user's own file.
    """
    raw = workbook.read(source, name)
    return check(raw, known(raw, accounts))


def enter_workbook(
    source: Path | bytes,
    *,
    name: str = "",
    by: int | None,
    at: datetime,
    post: Post,
    accounts: Mapping[str, str] | None = None,
) -> tuple[Book, Entered]:
    """Check a workbook and enter it, all or nothing. A second run of the same file changes nothing."""
    data = source if isinstance(source, bytes) else source.read_bytes()
    name = name or (source.name if isinstance(source, Path) else "")
    book = checked(data, name=name, accounts=accounts)
    given = SourceGiven("workbook", name, hashlib.sha256(data).hexdigest())
    return book, enter(book, source=given, by=by, at=at, post=post)
