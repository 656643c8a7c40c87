"""Who saw whose data, and corrections that wait for a second person."""

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_, label_in
from lianjie.facts.actions import personal as acts
from lianjie.facts.queries import assignments, personal
from lianjie.facts.queries.personal import Scope, SeenFilter, SeenRow
from lianjie.facts.rules.acts import DOORS
from lianjie.facts.rules.personal import WORDS
from lianjie.pages import access, columns, export
from lianjie.pages.columns import Column
from lianjie.pages.templatetags.frame import GROUPS

COLUMNS = (
    Column("at", N_("When")),
    Column("who", N_("Who")),
    Column("party", N_("Whose")),
    Column("code", N_("Code"), "code"),
    Column("area", N_("Village")),
    Column("what", N_("What")),
    Column("purpose", N_("Purpose")),
    Column("reason", N_("Reason")),
    Column("organisation", N_("Organisation")),
    Column("where", N_("From where")),
)


def seen(request: HttpRequest, code: str) -> HttpResponseBase:
    """Who saw personal data in one organisation's books, by page or as a file."""
    place = access.place(request, code, "watch_data")
    context: dict[str, object] = {"place": place}
    return _listed(request, Scope(organisation_id=place.id), place.code, context)


def seen_in_area(request: HttpRequest, code: str) -> HttpResponseBase:
    """Who saw data of people living in an area, whichever organisation looked: what a village may ask for."""
    today = timezone.localdate()
    area = assignments.area(access.grants(request), code, today)
    if area is None or not any(area.path.startswith(path) for path in access.areas(request, "watch_data")):
        raise Http404
    return _listed(request, Scope(area_path=area.path), code, {"area": area})


def _listed(request: HttpRequest, scope: Scope, name: str, context: dict[str, object]) -> HttpResponseBase:
    chosen = SeenFilter(
        organisation=request.GET.get("organisation", ""),
        search=request.GET.get("search", "").strip(),
        since=_day(request.GET.get("since", "")),
        until=_day(request.GET.get("until", "")),
    )
    purposes = purpose_names()
    if request.GET.get("as") in ("csv", "xlsx"):
        rows = (cells(row, purposes) for row in personal.seen_every(chosen, scope))
        written = columns.written(COLUMNS, rows)
        return export.as_asked(request.GET["as"], f"{name}-seen", columns.heading(COLUMNS), written)
    shown = personal.seen(chosen, scope, after=request.GET.get("after", ""))
    return render(
        request,
        "personal/seen.html",
        {
            **context,
            "rows": [(row, cells(row, purposes)) for row in shown.rows],
            "next_after": shown.next_after,
            "chosen": chosen,
            "narrowed": chosen != SeenFilter(),
            "organisations": personal.organisations_seeing(scope) if scope.area_path else [],
        },
    )


def corrections(request: HttpRequest, code: str) -> HttpResponse:
    """Corrections that wait for a second person, then those ruled on."""
    place = access.place(request, code, "read")
    rows = personal.requests(place.id)
    return render(
        request,
        "personal/corrections.html",
        {
            "place": place,
            "waiting": [row for row in rows if row.state == "waiting"],
            "ruled": [row for row in rows if row.state != "waiting"],
            "may_rule": "approve" in place.rights,
        },
    )


def rule(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Look at one correction beside what is registered; approve or reject it."""
    place = access.place(request, code, "approve")
    row = personal.request(place.id, number)
    if row is None:
        raise Http404
    problem = None
    if request.method == "POST":
        verdict = "approved" if request.POST.get("verdict") == "approved" else "rejected"
        given = {"verdict": verdict, "reason": request.POST.get("reason", "")}
        try:
            acts.rule(place.id, number, at=timezone.now(), by=request.user.pk, **given)
        except Refusal as refusal:
            problem = refusal
        else:
            messages.success(request, gettext("Entered."))
            return redirect("corrections", code)
    context = {"place": place, "row": row, "problem": problem, "own": row.maker_id == request.user.pk}
    return render(request, "personal/rule.html", context, status=422 if problem else 200)


def cells(row: SeenRow, purposes: dict[str, str]) -> dict[str, object]:
    whose = row.party or (_how_many(row) if row.what == "file" else f"{row.count}")
    what = ", ".join(gettext(WORDS[kind]) for kind in row.what.split() if kind in WORDS)
    if row.what == "file":
        what = " · ".join(filter(None, (what, list_name(row.subject))))
    return {
        "at": f"{timezone.localtime(row.at):%Y-%m-%d %H:%M:%S}",
        "who": row.who or "—",
        "party": whose,
        "code": row.party_code,
        "area": row.area,
        "what": f"{what} · {row.subject}" if row.subject else what,
        "purpose": "" if row.purpose == "file" else purposes.get(row.purpose, row.purpose),
        "reason": row.reason,
        "organisation": row.organisation,
        "where": " · ".join(each for each in (gettext(DOORS[row.door]), row.address, row.device) if each),
    }


def _how_many(row: SeenRow) -> str:
    """A list is not about one: how many rows it had, where they were counted."""
    if row.rows is None:
        return gettext("several")
    return ngettext("{count} row", "{count} rows", row.rows).format(count=row.rows)


LIST_NAMES = {item.name: item.text for _, items in GROUPS for item in items} | {
    "linkage": N_("Everything of a household"),
    "member": N_("A member's account"),
    "statement": N_("A household's statement"),
    "statement-pdf": N_("A household's statement"),
    "settlement-archive": N_("All files of a settlement"),
    "settlement-file": N_("A file of a settlement"),
    "settlement-payments": N_("Who signs for what"),
    "settlement-comparison": N_("Comparison with the year before"),
    "settlement-trial": N_("Trial of a settlement"),
    "unlinked": N_("Households nothing links"),
    "job-result": N_("The file of a background task"),
    "register-export": N_("A register as Excel"),
    "workbook-facts": N_("Workbook with its facts"),
}
"""Name of an address that gives files -> what list it is, in words."""


def list_name(subject: str) -> str:
    """Which list an address is of, "" when nobody named it: /o/C2001/members/?as=csv -> Members."""
    try:
        name = resolve(subject.partition("?")[0]).url_name
    except Resolver404:
        return ""
    return gettext(LIST_NAMES[name]) if name in LIST_NAMES else ""


def purpose_names() -> dict[str, str]:
    language = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant"}.get(get_language() or "", "en")
    of = personal.purposes(timezone.localdate())
    return {each.code: label_in(each.title, language) for each in of}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
