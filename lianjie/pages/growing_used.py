"""Work done on a season's plots, and what it really used: materials and machine hours."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from lianjie.facts.actions import growing as actions
from lianjie.facts.actions import growing_used
from lianjie.facts.actions.growing_used import Material
from lianjie.facts.actions.stock import COMMISSION, Books
from lianjie.facts.actions.store import Entry
from lianjie.facts.queries import stock
from lianjie.facts.queries.growing import SeasonDetail
from lianjie.facts.rules.growing_used import doses
from lianjie.ledger.actions.posting import post
from lianjie.pages import access
from lianjie.pages.access import Place
from lianjie.pages.growing import entered, plots_of, season_or_404
from lianjie.pages.growing_forms import DoneForm, MaterialRows, UsedForm

MATERIAL = "material"
"""Before the names of the fields of those rows."""


def done(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Enter a step as done, on as many plots as it was done on, with what it used."""
    place = access.place(request, code, "enter_facts")
    found, today = season_or_404(place, number), timezone.localdate()
    form = DoneForm(request.POST or None, **_asked(request, found))
    rows = _rows(request, place, found)

    def enter(entry: Entry) -> str:
        said = dict(form.cleaned_data)
        materials = rows.materials()
        with transaction.atomic():
            actions.do_step(entry, number, today=today, **said)
            _use(entry, number, said, materials)
        return reverse("season", args=[code, number])

    return entered(request, place, form, enter, title=gettext("Enter work done"), number=number, rows=rows)


def used(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Enter what a step that is done used, or what it used on a further day."""
    place = access.place(request, code, "enter_facts")
    found = season_or_404(place, number)
    form = UsedForm(request.POST or None, **_asked(request, found))
    rows = _rows(request, place, found, least=1)

    def enter(entry: Entry) -> str:
        _use(entry, number, form.cleaned_data, rows.materials())
        return reverse("season", args=[code, number])

    title = gettext("Enter materials used")
    return entered(request, place, form, enter, title=title, number=number, rows=rows)


def _asked(request: HttpRequest, found: SeasonDetail) -> dict[str, Any]:
    """What both forms show at first: today, who writes, and the step and plot that `?step=&plot=` name."""
    filled = {"day": timezone.localdate(), "done_by": request.user.get_full_name()}
    filled |= {"step": request.GET.get("step", ""), "plots": request.GET.getlist("plot")}
    steps = [(s.code, f"{s.code} {s.name}") for s in found.protocol]
    return {"steps": steps, "plots": plots_of(found), "initial": filled}


def _rows(request: HttpRequest, place: Place, found: SeasonDetail, least: int = 0) -> MaterialRows:
    """Two empty rows, after one with its name for each material that the step asked for plans."""
    planned = next((s.materials for s in found.protocol if s.code == request.GET.get("step")), "")
    filled = [{"good": dose.good, "unit": dose.unit} for dose in doses(planned)]
    lots = [row for row in stock.available(place.id, timezone.localdate()) if row.origin != COMMISSION]
    data = request.POST if f"{MATERIAL}-TOTAL_FORMS" in request.POST else None
    rows = MaterialRows(data, initial=filled, form_kwargs={"lots": lots}, prefix=MATERIAL)
    rows.least = least
    return rows


def _use(entry: Entry, number: str, said: dict[str, Any], materials: Sequence[Material]) -> None:
    books = Books(entry.organisation_id, entry.source, entry.at, entry.by, post)
    of = (number, said["step"], said["plots"], said["day"])
    growing_used.use_together(*of, materials, books, said["evidence"])
