"""What was done in these books, by whom, from where: for everyone who may read them."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext

from lianjie.base.words import N_
from lianjie.facts.queries import audit
from lianjie.facts.queries.audit import ActRow
from lianjie.facts.rules.acts import DOORS, VERBS
from lianjie.pages import access, columns, export
from lianjie.pages.columns import Column

COLUMNS = (
    Column("at", N_("When")),
    Column("who", N_("Who")),
    Column("what", N_("What")),
    Column("subject", N_("On what"), wide=True),
    Column("text", N_("Text"), wide=True),
    Column("changes", N_("Before and after"), wide=True),
    Column("where", N_("From where"), wide=True),
)


def listing(request: HttpRequest, code: str) -> HttpResponseBase:
    """The acts of one organisation, searched, by page; or all of them as a file."""
    place = access.place(request, code, "read")
    asked = {"search": request.GET.get("search", "").strip(), "verb": request.GET.get("verb", "")}
    wanted = request.GET.get("as", "")
    if wanted in ("csv", "xlsx"):
        rows = (_cells(row) for row in audit.every(place.id, **asked))
        return export.as_asked(
            wanted, f"{place.code}-acts", columns.heading(COLUMNS), columns.written(COLUMNS, rows)
        )
    shown = audit.page(place.id, after=request.GET.get("after", ""), **asked)
    return render(
        request,
        "audit/list.html",
        {
            "place": place,
            "rows": [(row, _cells(row)) for row in shown.rows],
            "next_after": shown.next_after,
            "asked": asked,
            "verbs": [(verb, gettext(words)) for verb, words in VERBS.items()],
            "seal": audit.last_seal(),
        },
    )


def _cells(row: ActRow) -> dict[str, object]:
    changes = "; ".join(
        f"{name}: {before} → {after}" if before else f"{name}: {after}" for name, before, after in row.changes
    )
    where = " · ".join(each for each in (gettext(DOORS[row.door]), row.address, row.device) if each)
    return {
        "at": f"{timezone.localtime(row.at):%Y-%m-%d %H:%M:%S}",
        "who": row.who or "—",
        "what": gettext(VERBS.get(row.verb, row.verb)),
        "subject": row.subject,
        "text": row.text,
        "changes": changes,
        "where": where,
    }
