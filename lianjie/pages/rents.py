"""Rents: what falls due when and to whom, how it is counted, booking it; terms and changes of a lease."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lianjie.base.fen import Fen
from lianjie.base.quantity import small_units
from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions import rent as actions
from lianjie.facts.actions.store import Entry
from lianjie.facts.queries import rents as leases
from lianjie.facts.queries import stock
from lianjie.facts.queries.rents import LeaseDetail
from lianjie.facts.queries.stock import LotRow
from lianjie.facts.rules.rent import Grain, GrainOwed, LeaseTerms, Step
from lianjie.facts.rules.rent_terms import ChangeGiven, Handing, Sublet, findings
from lianjie.ledger.actions import rents as booking
from lianjie.ledger.queries import land_rights, rents
from lianjie.ledger.queries.rents import RentRow
from lianjie.pages import access, bonds, columns, export
from lianjie.pages.access import Place
from lianjie.pages.columns import Column
from lianjie.pages.entering import entering_at, entry_of
from lianjie.pages.format import kg
from lianjie.pages.in_kind_forms import lot_words, number_field
from lianjie.pages.offtake_forms import choices, fen, party_field, yuan
from lianjie.pages.settlement_forms import day_field

COLUMNS = (
    Column("day", N_("Due on"), "day"),
    Column("code", N_("Code"), "code"),
    Column("name", N_("Name")),
    Column("village", N_("Village")),
    Column("parcel", N_("Parcel"), "code"),
    Column("extent", N_("Let (mu)"), "mu"),
    Column("fen", N_("Rent (yuan)"), "yuan"),
    Column("booked", N_("Booked (yuan)"), "yuan"),
)
MONTH_AND_DAY = r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"


def month_and_day_field(label: object, example: str) -> forms.RegexField:
    """A day of every year, as in 09-01."""
    said = _("Write month and day with two digits each, for example 09-01.")
    return forms.RegexField(
        MONTH_AND_DAY, label=label, help_text=example, required=False, error_messages={"invalid": said}
    )


class TermsForm(forms.Form):
    """How the rent of a lease is counted."""

    kind = forms.ChoiceField(label=_("Rent in"), choices=choices("rent"))
    good = forms.CharField(label=_("Grain"), max_length=40, required=False)
    grade = forms.CharField(
        label=_("Grade of the grain"),
        help_text=_("As in the price records; only prices of this grade count. Empty: every price counts."),
        max_length=20,
        required=False,
    )
    jin_per_mu = forms.DecimalField(
        label=_("Weight (jin a mu)"), min_value=0, max_digits=9, decimal_places=2, required=False
    )
    market = forms.CharField(
        label=_("Market whose price counts"),
        help_text=_("As it is named in the price records."),
        max_length=80,
        required=False,
    )
    window_first = month_and_day_field(_("Prices from (month-day)"), "09-01")
    window_last = month_and_day_field(_("Prices to (month-day)"), "09-30")
    years_before = forms.TypedChoiceField(
        label=_("Of which year"),
        choices=[("0", _("The rent's own year")), ("1", _("The year before"))],
        coerce=int,
    )
    reset_years = forms.IntegerField(
        label=_("Price taken anew every so many years"), min_value=1, max_value=30, initial=1
    )
    fixed_years = forms.IntegerField(
        label=_("First years in fixed cash"), min_value=0, max_value=30, initial=0, required=False
    )
    fixed = yuan(_("Fixed rent (yuan a mu)"), required=False)
    step_percent = forms.DecimalField(
        label=_("Rises by (%)"), min_value=0, max_digits=7, decimal_places=4, required=False
    )
    step_years = forms.IntegerField(
        label=_("Every so many years"), min_value=0, max_value=30, initial=0, required=False
    )
    step_compound = forms.TypedChoiceField(
        label=_("The rise is counted"),
        choices=[("0", _("on the first rent")), ("1", _("on the rent before (compound)"))],
        coerce=lambda text: text == "1",
    )
    paid_years = forms.IntegerField(
        label=_("Years paid at a time, in advance"), min_value=1, max_value=30, initial=1
    )
    share_percent = forms.DecimalField(
        label=_("Beside the rent, a share (%)"),
        help_text=_("The rent is then a floor; the share is distributed with the year's settlement."),
        min_value=0,
        max_value=100,
        max_digits=7,
        decimal_places=4,
        required=False,
    )
    share_of = forms.CharField(
        label=_("Of which result"),
        help_text=_("As the contract says it: the net income of the land, what is above the floor."),
        max_length=120,
        required=False,
    )
    day = day_field(_("Agreed on"))
    evidence = forms.CharField(label=_("Evidence"), max_length=300)

    def terms(self, lease: LeaseTerms) -> LeaseTerms:
        """The lease with the terms filled in."""
        said = self.cleaned_data
        step = Step(
            said["step_years"] or 0, int((said["step_percent"] or 0) * 10_000), bool(said["step_compound"])
        )
        grain = Grain(
            said["good"],
            small_units(said["jin_per_mu"] or 0, "jin"),
            said["market"],
            _month_and_day(said["window_first"]),
            _month_and_day(said["window_last"]),
            said["years_before"],
            said["reset_years"],
            said["grade"].strip(),
        )
        return replace(
            lease,
            grain=grain if said["kind"] == "grain" else None,
            step=step if step.years or step.millionths else None,
            fixed_years=said["fixed_years"] or 0,
            fixed_fen_per_mu=fen(said["fixed"]),
            paid_years=said["paid_years"],
            share_millionths=int((said["share_percent"] or 0) * 10_000),
            share_of=said["share_of"].strip(),
        )


class ChangeForm(forms.Form):
    """What becomes of a lease."""

    kind = forms.ChoiceField(label=_("What happens"), choices=choices("lease_change"))
    day = day_field(_("Day"), _("Of a hand-back: the first day the land is the household's again."))
    last_day = forms.DateField(
        label=_("Renewed or sub-let until"),
        help_text=_(
            "A renewal keeps the rent. For another rent let the lease end and enter a new one after it."
        ),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    taker = party_field(_("Sub-let to"))
    consent = forms.ChoiceField(
        label=_("The household's consent"), choices=[("", "—"), *choices("consent")], required=False
    )
    evidence = forms.CharField(label=_("Evidence"), max_length=300)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["taker"].required = False

    def given(self) -> ChangeGiven:
        said = self.cleaned_data
        until = said["last_day"] + timedelta(days=1) if said["last_day"] else None
        return ChangeGiven(said["kind"], said["day"], until, said["taker"], said["consent"], said["evidence"])


def listing(request: HttpRequest, code: str) -> HttpResponseBase:
    """The rents of a year; `?as=csv` or `?as=xlsx` gives them as a file. Posting books those fallen due."""
    place = access.place(request, code, "read")
    today = timezone.localdate()
    year = _year(request, today)
    refusals: list[Refusal] = []
    if request.method == "POST":
        place = access.place(request, code, "enter_facts")
        try:
            count = _book(request, place, year, today)
        except Refusal as refusal:
            refusals = [refusal]
        else:
            messages.success(
                request, gettext("Rents and months of land rights booked: {count}").format(count=count)
            )
            return redirect(f"{request.path}?year={year}")
    span = date(year, 1, 1), date(year + 1, 1, 1)
    last = min(today, date(year, 12, 31))
    rows = (*rents.schedule(place.id, *span), *rents.over(place.id, *span))
    if request.GET.get("as") in ("csv", "xlsx"):
        return export.as_asked(
            request.GET["as"],
            f"{place.code}-rents-{year}",
            columns.heading(COLUMNS),
            columns.written(COLUMNS, _cells(rows)),
        )
    return render(
        request,
        "rents/list.html",
        {
            "place": place,
            "rows": rows,
            "year": year,
            "years": range(today.year + 2, today.year - 8, -1),
            "refusals": refusals,
            "last": last,
            "rights": land_rights.of_organisation(place.id),
            "months": land_rights.not_written_off(place.id, span[0], last + timedelta(days=1)),
            "due_fen": sum(row.due.fen or 0 for row in rows),
            "booked_fen": sum(row.booked_fen or 0 for row in rows),
            "waiting": sum(row.due.fen is None for row in rows),
            "may_enter": "enter_facts" in place.rights,
        },
        status=422 if refusals else 200,
    )


def lease(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """One lease: its terms of rent, what became of it, and every rent from the first to the last."""
    place = access.place(request, code, "read")
    found = _found(place, key)
    rows = rents.of_lease(place.id, leases.schedule(place.id, found), found)
    return render(
        request,
        "rents/lease.html",
        {
            "place": place,
            "lease": found,
            "rows": rows,
            "findings": findings(
                found.terms,
                found.form,
                [
                    Sublet(each.taker, each.day, each.until)
                    for each in found.changes
                    if each.kind == "sublease"
                ],
            ),
            "valued": leases.valued(place.id, found.lessor_id),
            "may_enter": "enter_facts" in place.rights,
            "bonds": bonds.of_lease_page(place, found),
        },
    )


def terms(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """Enter how the rent is counted; other terms later are a correction."""
    place = access.place(request, code, "enter_facts")
    found = _found(place, key)
    form = TermsForm(request.POST or None, initial=_filled(found.first) | {"day": found.first.start})

    def enter(entry: Entry) -> None:
        said = form.cleaned_data
        actions.agree(entry, key, form.terms(found.first), day=said["day"], evidence=said["evidence"])

    return _entered(request, place, found, form, enter, gettext("Terms of rent"))


def change(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """Enter a hand-back, a renewal or a sub-lease."""
    place = access.place(request, code, "enter_facts")
    found = _found(place, key)
    form = ChangeForm(request.POST or None, initial={"day": timezone.localdate()})
    return _entered(
        request,
        place,
        found,
        form,
        lambda entry: actions.change(entry, key, form.given()),
        gettext("What becomes of the lease"),
    )


class HandingForm(forms.Form):
    """How a rent was handed over."""

    amount = yuan(_("Handed over (yuan)"))
    lot = forms.ChoiceField(
        label=_("Grain from lot"), choices=[], required=False,
        help_text=_("Only what is handed over in grain; the lots hold the grain and grade the lease names."),
    )  # fmt: skip
    kg = number_field(
        _("Grain (kg)"),
        required=False,
        help_text=_("Empty, by “In kind”: all of it. The rest is paid in money."),
    )
    method = forms.ChoiceField(
        label=_("By"), choices=choices("method"), help_text=_("Partly in grain: how the rest is paid.")
    )
    agent = party_field(_("Through an agent"))
    day = day_field(_("Day"))
    evidence = forms.CharField(
        label=_("Evidence"),
        help_text=_("Bank slip, or the list signed by who received it."),
        max_length=300,
        required=False,
    )

    def __init__(
        self, *args, lots: Iterable[LotRow] | None = None, owed: GrainOwed | None = None, **kwargs
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agent"].required = False
        if lots is None:
            del self.fields["lot"], self.fields["kg"]
        else:
            if owed is not None:
                told = gettext("At most {kg} kg, for {yuan} yuan. Empty, by “In kind”: all of it.")
                self.fields["kg"].help_text = told.format(kg=kg(owed.grams), yuan=Fen(owed.fen))
            of_lot = cast(forms.ChoiceField, self.fields["lot"])
            of_lot.choices = [("", "–"), *((each.number, lot_words(each)) for each in lots)]


def pay(request: HttpRequest, code: str, year: int, key: str) -> HttpResponse:
    """Enter that a rent was handed over whole; through an agent in two steps. `take_back` takes one back."""
    place = access.place(request, code, "enter_facts")
    found = _found(place, key)
    rows = rents.of_lease(place.id, leases.schedule(place.id, found), found)
    row = next((each for each in rows if each.year == year and each.booked_fen is not None), None)
    if row is None:
        raise Http404
    for act in ACTS:
        if act in request.POST:
            return _done(request, place, found, year, *ACTS[act])
    carried = row.carried
    begin = {"day": timezone.localdate(), "amount": Fen(row.booked_fen or 0).yuan, "method": "bank"}
    begin["agent"] = carried.agent if carried else ""
    lots = None if carried else _grain_lots(place, found)
    owed = booking.owed_in_grain(place.id, found, year)
    form = HandingForm(request.POST or None, initial=begin, lots=lots, owed=owed)

    def enter(entry: Entry) -> None:
        said = form.cleaned_data
        hop = "agent" if said["agent"] and carried is None else "household"
        booking.pay(
            entry,
            key,
            Handing(
                year, hop, said["day"], fen(said["amount"]), said["method"], said["evidence"], said["agent"],
                said.get("lot", ""), small_units(said.get("kg") or "0", "kg"),
            ),
        )  # fmt: skip

    title = gettext("The household has received it") if carried else gettext("Rent handed over")
    return _entered(request, place, found, form, enter, f"{title} · {year}")


ACTS: Mapping[str, tuple[Callable[[Entry, str, int, str], None], str, str]] = {
    "take_back": (booking.take_back, N_("Payment taken back"), N_("Taken back. It stays on record.")),
    "anew": (booking.book_anew, N_("Rent booked anew"), N_("Booked anew. The former entry stays on record.")),
}
"""What is done to one rent with a reason: the verb, its title, what is said afterwards."""


def _grain_lots(place: Place, of: LeaseDetail) -> list[LotRow] | None:
    """Lots of the grain and grade a lease names; None when it names none."""
    grain = of.terms.grain
    if grain is None:
        return None
    held = stock.available(place.id, timezone.localdate())
    return [
        each
        for each in held
        if each.goods.good == grain.good and (not grain.grade or each.grade == grain.grade)
    ]


def _done(
    request: HttpRequest,
    place: Place,
    found: LeaseDetail,
    year: int,
    verb: Callable[[Entry, str, int, str], None],
    title: str,
    said: str,
) -> HttpResponse:
    try:
        verb(entry_of(request, place, title), found.key, year, request.POST.get("reason", ""))
    except Refusal as refusal:
        messages.error(request, refusal.say(gettext))
    else:
        messages.success(request, gettext(said))
    return redirect("rent-lease", place.code, found.key)


def trail(place: Place, found: LeaseDetail) -> list[tuple[str, str]]:
    """From the rents to a lease."""
    return [
        (reverse("rents", args=[place.code]), gettext("Rents due")),
        (reverse("rent-lease", args=[place.code, found.key]), found.parcel),
    ]


def _entered(
    request: HttpRequest,
    place: Place,
    found: LeaseDetail,
    form: forms.Form,
    enter: Callable[[Entry], object],
    title: str,
) -> HttpResponse:
    """A form that enters one fact of a lease."""
    at = trail(place, found)

    def run(given: Mapping[str, Any]) -> str:
        enter(entry_of(request, place, title))
        return at[-1][0]

    return entering_at(request, place, form, title, at, run, of=found.parcel)


def _book(request: HttpRequest, place: Place, year: int, today: date) -> int:
    """Book what fell due in the year up to the day asked for, never a day to come."""
    span = _asked(request, year, today)
    return booking.book_rents(place.id, *span, at=timezone.now(), by=request.user.pk)


def _asked(request: HttpRequest, year: int, today: date) -> tuple[date, date]:
    asked = forms.DateField(required=False).clean(request.POST.get("last", "")) or today
    return date(year, 1, 1), min(asked, today, date(year, 12, 31)) + timedelta(days=1)


def _cells(rows: tuple[RentRow, ...]) -> Iterator[dict[str, object]]:
    for row in rows:
        yield {
            "day": row.due.day,
            "code": row.due.lessor,
            "name": row.lease.lessor_name,
            "village": row.lease.village,
            "parcel": row.lease.parcel,
            "extent": row.lease.terms.extent_mu4,
            "fen": row.due.fen,
            "booked": row.booked_fen,
        }


def _filled(of: LeaseTerms) -> dict[str, object]:
    begin: dict[str, object] = {
        "kind": "grain" if of.grain else "cash",
        "fixed_years": of.fixed_years,
        "fixed": Fen(of.fixed_fen_per_mu).yuan,
        "paid_years": of.paid_years,
        "share_percent": Decimal(of.share_millionths) / 10_000 if of.share_millionths else None,
        "share_of": of.share_of,
    }
    if of.step:
        begin |= {
            "step_years": of.step.years,
            "step_percent": Decimal(of.step.millionths) / 10_000,
            "step_compound": "1" if of.step.compound else "0",
        }
    if of.grain:
        begin |= {
            "good": of.grain.good,
            "grade": of.grain.grade,
            "jin_per_mu": Decimal(of.grain.grams_per_mu) / 500,
            "market": of.grain.market,
            "window_first": "{:02d}-{:02d}".format(*of.grain.window_first),
            "window_last": "{:02d}-{:02d}".format(*of.grain.window_last),
            "years_before": of.grain.years_before,
            "reset_years": of.grain.reset_years,
        }
    return begin


def _month_and_day(text: str) -> tuple[int, int]:
    return (int(text[:2]), int(text[3:])) if text else (1, 1)


def _found(place: Place, key: str) -> LeaseDetail:
    found = leases.lease(place.id, key)
    if found is None:
        raise Http404
    return found


def _year(request: HttpRequest, today: date) -> int:
    asked = request.GET.get("year", "")
    return int(asked) if asked.isdigit() and len(asked) == 4 and "1949" <= asked < "2199" else today.year
