"""Bases and seasons: plan, work done or late, harvest weighed in, receipt, disputes."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from lianjie.base.quantity import small_units
from lianjie.facts.actions import dispute as disputing
from lianjie.facts.actions import growing as actions
from lianjie.facts.actions import weighing
from lianjie.facts.actions.dispute import Found
from lianjie.facts.actions.growing import SeasonGiven
from lianjie.facts.actions.store import Entry
from lianjie.facts.actions.weighing import Harvest
from lianjie.facts.queries import disputes, growing, growing_used
from lianjie.facts.queries import fact as facts
from lianjie.facts.queries.growing import Delivered, Receipt, SeasonDetail
from lianjie.facts.rules.book import Book
from lianjie.facts.rules.growing import NetWeight, open_dispute, read_protocol, write_protocol
from lianjie.facts.rules.growing_used import unread
from lianjie.facts.rules.sheets import BY_CODE
from lianjie.ledger.actions.posting import post
from lianjie.pages import access, fact_form, season_use, slips
from lianjie.pages.access import Place
from lianjie.pages.as_of import day_asked
from lianjie.pages.entering import entering_at, entry_of
from lianjie.pages.growing_forms import (
    AnswerForm,
    BaseForm,
    ChangeSeasonForm,
    DisputeForm,
    EstimateForm,
    PlotForm,
    SeasonForm,
    WeighForm,
    hundredths,
)
from lianjie.pages.offtake_forms import grams


def listing(request: HttpRequest, code: str) -> HttpResponse:
    """The bases, with their seasons."""
    place = access.place(request, code, "read")
    return render(
        request,
        "growing/list.html",
        {"place": place, "rows": growing.bases(place.id), "may_enter": _may(place)},
    )


def season(request: HttpRequest, code: str, number: str) -> HttpResponseBase:
    """A season at a glance, today or on `?on=`; `?as=xlsx` or `csv` gives what it used beside its plan."""
    place = access.place(request, code, "read")
    on = day_asked(request)
    found = season_or_404(place, number, on)
    use = growing_used.season_use(place.id, found, on)
    if request.GET.get("as") in ("csv", "xlsx"):
        return season_use.file(request.GET["as"], f"{place.code}-{number}", use)
    return render(
        request,
        "growing/season.html",
        {
            "place": place,
            "season": found,
            "use": use,
            "protocol": [(step, unread(step.materials)) for step in found.protocol],
            "table": season_use.table(use),
            "receipts": growing.of_season(place.id, number)[:100],
            "may_enter": _may(place),
        },
    )


def base_new(request: HttpRequest, code: str) -> HttpResponse:
    """Enter a base."""
    place = access.place(request, code, "enter_facts")
    form = BaseForm(request.POST or None, initial={"day": timezone.localdate()})

    def enter(entry: Entry) -> str:
        said = form.cleaned_data
        actions.add_base(entry, said["base"], name=said["name"], day=said["day"])
        return reverse("bases", args=[code])

    return entered(request, place, form, enter, title=gettext("Enter a base"))


def plot_new(request: HttpRequest, code: str, base: str) -> HttpResponse:
    """Enter a plot of a base."""
    place = access.place(request, code, "enter_facts")
    form = PlotForm(request.POST or None, initial={"day": timezone.localdate()})

    def enter(entry: Entry) -> str:
        said = form.cleaned_data
        actions.add_plot(
            entry,
            base,
            said["plot"],
            household=said["household"],
            extent_mu4=small_units(said["mu"], "mu"),
            day=said["day"],
            parcel=said["parcel"],
        )
        return reverse("bases", args=[code])

    return entered(request, place, form, enter, title=gettext("Enter a plot"))


def season_new(request: HttpRequest, code: str, base: str) -> HttpResponse:
    """Plan a season on a base."""
    place = access.place(request, code, "enter_facts")
    form = SeasonForm(request.POST or None)

    def enter(entry: Entry) -> str:
        actions.plan_season(entry, _given(base, form.cleaned_data))
        return reverse("season", args=[code, form.cleaned_data["number"]])

    return entered(request, place, form, enter, title=gettext("Plan a season"))


def season_change(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Change a season's plan or protocol; the former version stays."""
    place = access.place(request, code, "enter_facts")
    found = season_or_404(place, number)
    form = ChangeSeasonForm(request.POST or None, initial=_filled(found))

    def enter(entry: Entry) -> str:
        actions.plan_season(entry, _given(found.base, form.cleaned_data), amend=True)
        return reverse("season", args=[code, number])

    return entered(request, place, form, enter, title=gettext("Change the plan"), number=number)


def estimate(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Enter what a plot is expected to give."""
    place = access.place(request, code, "enter_facts")
    found = season_or_404(place, number)
    form = EstimateForm(request.POST or None, plots=plots_of(found), initial={"day": timezone.localdate()})

    def enter(entry: Entry) -> str:
        said = form.cleaned_data
        actions.estimate(
            entry, number, plot=said["plot"], day=said["day"], grams=grams(said["kg"]), by=said["by"]
        )
        return reverse("season", args=[code, number])

    return entered(request, place, form, enter, title=gettext("Enter an estimate"), number=number)


def weigh_in(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Weigh a harvest in; the receipt is shown at once."""
    place = access.place(request, code, "enter_facts")
    found = season_or_404(place, number)
    form = WeighForm(
        request.POST or None,
        plots=plots_of(found),
        initial={"day": timezone.localdate(), "weighed_by": request.user.get_full_name()},
    )

    def enter(entry: Entry) -> str:
        said = form.cleaned_data
        load = Harvest(
            number,
            said["plot"],
            said["day"],
            said["receipt"],
            grams(said["gross"]),
            grams(said["tare"] or Decimal(0)),
            hundredths(said["moisture"]),
            hundredths(said["impurity"]),
            said["weighed_by"],
        )
        book = delivery_book(place.id, load, grade=said["grade"], price=said["price"] or Decimal(0))
        kept = weighing.weigh_in(entry, load, book=book, post=post)
        if twin := growing.same_load(place.id, kept):
            text = gettext(
                "Receipt {receipt} says the same weights of the same plot and day. If it is the same load,"
                " take one of the two back."
            )
            messages.warning(request, text.format(receipt=twin))
        return reverse("receipt", args=[code, kept.key])

    return entered(request, place, form, enter, title=gettext("Weigh in"), number=number)


def receipt(request: HttpRequest, code: str, delivery: str) -> HttpResponse:
    """The receipt; `?as=png`, `txt` or `pdf` gives it as a picture, as text or on A6 paper."""
    place = access.place(request, code, "read_own")
    found = growing.receipt(place.id, delivery)
    if found is None or not _may_see(place, delivery):
        raise Http404
    slip = slips.weighed(place, found)
    if answered := slips.as_asked(request, slip, delivery):
        return answered
    context = {
        "place": place,
        "receipt": found,
        "slip": slip,
        "disputes": disputes.of_delivery(place.id, delivery),
        "may_enter": _may(place),
        "may_dispute": _may(place) or _own(place, delivery),
    }
    return render(request, "growing/receipt.html", context)


def disputed(request: HttpRequest, code: str) -> HttpResponse:
    """Deliveries in dispute, open ones first, today or on `?on=`."""
    place = access.place(request, code, "read")
    rows = disputes.listing(place.id, day_asked(request) if request.GET.get("on") else None)
    return render(request, "growing/disputes.html", {"place": place, "rows": rows, "may_enter": _may(place)})


def dispute(request: HttpRequest, code: str, delivery: str) -> HttpResponse:
    """Raise a dispute: whoever enters facts, or the household whose delivery it is."""
    place = access.place(request, code, "read_own")
    if not _may_see(place, delivery):
        raise Http404
    if not (_may(place) or _own(place, delivery)):
        raise PermissionDenied("enter_facts")
    form = DisputeForm(request.POST or None, initial={"day": timezone.localdate()})

    def enter(entry: Entry) -> str:
        disputing.raise_dispute(entry, delivery, **form.cleaned_data)
        return _after(place, delivery)

    return entered(request, place, form, enter, title=gettext("Dispute the delivery"))


def answer(request: HttpRequest, code: str, delivery: str) -> HttpResponse:
    """Answer a dispute: it stands, or the weight found is entered as a correction."""
    place = access.place(request, code, "enter_facts")
    if not _may_see(place, delivery):
        raise Http404
    open_ = open_dispute(disputes.of_delivery(place.id, delivery))
    weighed, row = growing.receipt(place.id, delivery), growing.delivered(place.id, delivery)
    form = AnswerForm(request.POST or None, initial=_standing(row, weighed), measured=weighed is not None)

    def enter(entry: Entry) -> str:
        said = form.cleaned_data
        disputing.answer_dispute(
            entry,
            delivery,
            day=said["day"],
            by=said["by"],
            text=said["text"],
            found=_found(form, row, weighed),
            book=corrected_book(place.id),
            post=post,
        )
        return _after(place, delivery)

    return entered(
        request, place, form, enter, title=gettext("Answer the dispute"), claim=open_ and open_.raised
    )


def _standing(row: Delivered, weighed: Receipt | None) -> dict[str, object]:
    """A delivery as it stands, for the form that answers a dispute of it."""
    filled: dict[str, object] = {
        "day": timezone.localdate(),
        "kg": Decimal(row.grams) / 1000,
        "grade": row.grade,
        "price": Decimal(row.price_fen_per_kg) / 100 if row.price_fen_per_kg else None,
    }
    if weighed:
        w = weighed.weighing
        filled |= {"gross": Decimal(w.gross_grams) / 1000, "tare": Decimal(w.tare_grams) / 1000}
        filled |= {"moisture": Decimal(w.moisture) / 100, "impurity": Decimal(w.impurity) / 100}
    return filled


def _found(form: AnswerForm, row: Delivered, weighed: Receipt | None) -> Found | None:
    """What is right; None when everything stands. Unmeasured anew, the weight stays what it is."""
    said = form.cleaned_data
    if not form.found:
        return None
    price = int((said["price"] or Decimal(0)) * 100)
    if weighed is None:
        return Found(grams(said["kg"]), said["grade"], price)
    measured = replace(
        weighed.weighing,
        gross_grams=grams(said["gross"]),
        tare_grams=grams(said["tare"] or Decimal(0)),
        moisture=hundredths(said["moisture"]),
        impurity=hundredths(said["impurity"]),
    )
    return Found(row.grams, said["grade"], price, measured if measured != weighed.weighing else None)


def delivery_book(
    organisation_id: int, load: Harvest, *, grade: str, price: Decimal
) -> Callable[[str, str, NetWeight], Book]:
    """Makes the one-row book of a load's delivery, checked as the workbook's rows are."""

    def book(household: str, good: str, weight: NetWeight) -> Book:
        cells = {
            "receipt": load.receipt,
            "day": load.day.isoformat(),
            "household": household,
            "good": good,
            "grams": _kg(weight.net),
            "price_fen_per_kg": f"{price:f}",
            "grade": grade,
        }
        return fact_form.book_of(organisation_id, BY_CODE["deliveries"], cells, load.day)

    return book


def corrected_book(organisation_id: int) -> Callable[[str, date, Found], Book]:
    """Makes the book of a delivery as it should have been: its own row with what was found, the amount
    counted anew."""

    def book(reference: str, day: date, found: Found) -> Book:
        fact = facts.fact(organisation_id, reference)
        assert fact is not None
        cells = fact.cells | {
            "grams": _kg(found.net_grams),
            "grade": found.grade,
            "price_fen_per_kg": f"{Decimal(found.price_fen_per_kg) / 100:f}",
            "amount_fen": "",
        }
        return fact_form.book_of(organisation_id, fact.sheet, cells, day)

    return book


def _kg(weight: int) -> str:
    return f"{Decimal(weight) / 1000:f}"


def entered(
    request: HttpRequest,
    place: Place,
    form: forms.Form,
    enter: Callable[[Entry], str],
    *,
    title: str,
    number: str = "",
    **more: Any,
) -> HttpResponse:
    """A form that enters one thing, below its season `number` if any; on to where it is seen."""

    def run(given: Mapping[str, Any]) -> str:
        return enter(entry_of(request, place, title, given.get("reason", "")))

    trail = [(reverse("organisation", args=[place.code]), gettext("Overview"))]
    if place.reads:
        trail = [(reverse("bases", args=[place.code]), gettext("Bases and seasons"))]
    if number:
        trail.append((reverse("season", args=[place.code, number]), number))
    more |= {"of": number, "template": "growing/form.html"}
    return entering_at(request, place, form, title, trail, run, **more)


def _given(base: str, said: dict) -> SeasonGiven:
    return SeasonGiven(
        said["number"],
        base,
        said["day"],
        said["last_day"],
        said["good"],
        said["variety"],
        grams(said["target"]),
        tuple(said["plots"].split()),
        read_protocol(said["protocol"], said["day"], said["last_day"]),
        hundredths(said["moisture"]),
        hundredths(said["impurity"]),
        said["evidence"],
    )


def _filled(of: SeasonDetail) -> dict[str, object]:
    return {
        "number": of.number,
        "good": of.good,
        "variety": of.variety,
        "day": of.day,
        "last_day": of.until - timedelta(days=1) if of.until else of.day,
        "target": Decimal(of.target_grams) / 1000,
        "plots": " ".join(line.code for line in of.lines),
        "protocol": write_protocol(of.protocol),
        "moisture": Decimal(of.standard_moisture) / 100,
        "impurity": Decimal(of.standard_impurity) / 100,
        "evidence": of.evidence,
    }


def season_or_404(place: Place, number: str, on: date | None = None) -> SeasonDetail:
    """The season as of a day, today when none is given."""
    found = growing.season(place.id, number, on or timezone.localdate())
    if found is None:
        raise Http404
    return found


def plots_of(of: SeasonDetail) -> list[tuple[str, str]]:
    """The plots of a season to choose from, with who grows on each."""
    return [(line.code, f"{line.code} {line.household}") for line in of.lines]


def _own(place: Place, delivery: str) -> bool:
    return growing.grower(place.id, delivery) in place.own


def _may_see(place: Place, delivery: str) -> bool:
    if place.reads:
        return growing.grower(place.id, delivery) is not None
    return _own(place, delivery)


def _after(place: Place, delivery: str) -> str:
    if growing.receipt(place.id, delivery):
        return reverse("receipt", args=[place.code, delivery])
    return reverse("disputes", args=[place.code])


def _may(place: Place) -> bool:
    return "enter_facts" in place.rights
