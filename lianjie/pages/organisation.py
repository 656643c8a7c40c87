"""An organisation's home: who it is, what it works with, where the year stands, what to do next."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext

from lianjie.facts.queries import assignments, bonds, overview
from lianjie.facts.queries.bonds import BondHeld
from lianjie.facts.rules.choices import YEARLY_KINDS
from lianjie.ledger.queries import accounts
from lianjie.pages import access
from lianjie.pages.access import Place


@dataclass(frozen=True)
class Next:
    """The next thing to do here: a sentence, and where to do it."""

    text: str
    link: str
    label: str


def home(request: HttpRequest, code: str) -> HttpResponse:
    """The organisation; whoever only may see its own household gets that household first."""
    place = access.place(request, code, "read_own")
    today = timezone.localdate()
    years = overview.years(place.id, today)
    year = _year(request, years)
    seen = overview.overview(place.id, today, year)
    state = accounts.year_state(place.id, year)
    return render(
        request,
        "organisation/home.html",
        {
            "place": place,
            "overview": seen,
            "year": year,
            "years": years,
            "state": state,
            "next": _next(place, seen, state) if place.reads else None,
            "bonds_late": _bonds_late(place, today) if place.reads else [],
            "own": [
                row
                for row in assignments.own_households(access.grants(request))
                if row.organisation_code == place.code
            ],
        },
    )


def _bonds_late(place: Place, today: date) -> list[BondHeld]:
    """Bonds kept though what they are under is over."""
    return bonds.late(place.id, today)


def _year(request: HttpRequest, years: list[int]) -> int:
    """The year asked for, else the last one that has something in it."""
    asked = request.GET.get("year", "")
    return int(asked) if asked.isdigit() and int(asked) in years else years[0]


def _next(place: Place, seen: overview.Overview, state: accounts.YearState | None) -> Next | None:
    """One step, never a list: whoever opens the page knows what waits."""
    if place.kind not in YEARLY_KINDS:
        return None
    if seen.empty and "enter_facts" in place.rights:
        return Next(
            gettext("Nothing has been entered yet. Bring in the workbook, or enter facts one by one."),
            _link("workbook", place.code),
            gettext("Bring in the workbook"),
        )
    link = _link("settlements", place.code)
    if not link:
        return None
    if state is None:
        text = gettext("This year has no settlement yet.")
        return Next(text, link, gettext("Begin the settlement")) if "settle" in place.rights else None
    steps = {
        "draft": ("settle", gettext("The settlement is a draft: try it."), gettext("Open the settlement")),
        "trial": (
            "settle",
            gettext("The trial is ready: compare, then disclose."),
            gettext("Open the trial"),
        ),
        "disclosed": (
            "read",
            gettext("The settlement is disclosed: answer objections, then the assembly decides."),
            gettext("Open the settlement"),
        ),
        "decided": ("settle", gettext("The assembly has decided: post it."), gettext("Open the settlement")),
        "posted": ("settle", gettext("Posted: record the payments."), gettext("Open the settlement")),
        "paid": ("settle", gettext("Everyone is paid: close the year."), gettext("Open the settlement")),
    }
    if state.state not in steps or steps[state.state][0] not in place.rights:
        return None
    _, text, label = steps[state.state]
    return Next(text, link, label)


def _link(name: str, code: str) -> str:
    try:
        return reverse(name, args=[code])
    except NoReverseMatch:
        return ""
