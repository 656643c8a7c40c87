"""Workshops, attendance sheets, payrolls and slips."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions import payroll_back
from lianjie.facts.actions import work as actions
from lianjie.facts.actions.store import Entry
from lianjie.facts.queries import home_work
from lianjie.facts.queries import work as queries
from lianjie.facts.queries import workshop as paid
from lianjie.facts.rules import work as rules
from lianjie.facts.rules import workshop as measures
from lianjie.ledger.actions.posting import post
from lianjie.pages import access
from lianjie.pages.access import Place
from lianjie.pages.entering import entering, entering_at, entry_of, told_if_late
from lianjie.pages.in_kind_forms import TakeBackForm
from lianjie.pages.offtake_forms import fen
from lianjie.pages.work_forms import (
    AgreementForm,
    ApproveForm,
    EndForm,
    FloorForm,
    PaidForm,
    RecognitionForm,
    WorkshopForm,
    after,
    counted,
)


def listing(request: HttpRequest, code: str) -> HttpResponse:
    """The register of workshops, and the minimum wage that rates are checked against."""
    place = access.place(request, code, "read")
    today = timezone.localdate()
    floors = queries.floors(place.id)
    return render(
        request,
        "work/list.html",
        {
            "place": place,
            "rows": queries.workshops(place.id, today),
            "floor": rules.floor_on(floors, today),
            "floors": floors,
            "may_enter": _may(place),
        },
    )


def one(request: HttpRequest, code: str, shop: str) -> HttpResponse:
    """A workshop: recognised and actually paid, who works there, its payrolls."""
    place = access.place(request, code, "read")
    ended = timezone.localdate().replace(day=1) - timedelta(days=1)
    wanted = measures.months_until(f"{ended:%Y-%m}", 12)
    agreements, today = queries.agreements(place.id, shop), timezone.localdate()
    running = [row.terms for row in agreements if row.terms.until is None or today < row.terms.until]
    now = rules.floor_on(queries.floors(place.id), today)
    return render(
        request,
        "work/workshop.html",
        {
            "place": place,
            "shop": _shop(place, shop),
            "recognitions": queries.recognitions(place.id, shop),
            "agreements": agreements,
            "findings": rules.agreed_findings(running, now),
            "payrolls": queries.payrolls(place.id, shop),
            "months": paid.months(place.id, shop, wanted[-6:]),
            "measured": paid.measured(place.id, shop, wanted),
            "k": measures.stable_months(ended),
            "rule": measures.shell_rule(ended),
            "accounts": home_work.accounts(place.id, shop, today),
            "may_enter": _may(place),
        },
    )


def new(request: HttpRequest, code: str) -> HttpResponse:
    """Enter a workshop."""
    place = access.place(request, code, "enter_facts")
    form = WorkshopForm(request.POST or None, initial={"start": timezone.localdate()})

    def enter(entry: Entry) -> str:
        said = dict(form.cleaned_data)
        number = said.pop("number")
        actions.open_workshop(entry, number, **said, new=True)
        return number

    return _entered(request, place, form, enter, title=gettext("Enter a workshop"))


def floor(request: HttpRequest, code: str) -> HttpResponse:
    """Enter the minimum wage of the place."""
    place = access.place(request, code, "enter_facts")
    form = FloorForm(request.POST or None)

    def enter(entry: Entry) -> str:
        said = form.cleaned_data
        actions.set_floor(entry, start=said["start"], hour_fen=fen(said["hour"]), evidence=said["evidence"])
        return ""

    return _entered(request, place, form, enter, title=gettext("Set the minimum wage"))


def recognise(request: HttpRequest, code: str, shop: str) -> HttpResponse:
    """Enter that an office recognised the workshop."""
    place = access.place(request, code, "enter_facts")
    _shop(place, shop)
    form = RecognitionForm(request.POST or None)

    def enter(entry: Entry) -> str:
        said = dict(form.cleaned_data)
        actions.recognise(entry, shop, until=after(said.pop("last_day")), **said)
        return shop

    return _entered(request, place, form, enter, title=gettext("Enter a recognition"), shop=shop)


def agree(request: HttpRequest, code: str, shop: str) -> HttpResponse:
    """Enter a work agreement as signed."""
    place = access.place(request, code, "enter_facts")
    _shop(place, shop)
    form = AgreementForm(request.POST or None, initial={"start": timezone.localdate()})

    def enter(entry: Entry) -> str:
        actions.agree(entry, form.terms(shop))
        return shop

    return _entered(request, place, form, enter, title=gettext("Enter a work agreement"), shop=shop)


def end(request: HttpRequest, code: str, shop: str, number: str) -> HttpResponse:
    """Enter the last day of a work agreement."""
    place = access.place(request, code, "enter_facts")
    _shop(place, shop)
    if not any(row.terms.number == number for row in queries.agreements(place.id, shop)):
        raise Http404
    form = EndForm(request.POST or None, initial={"last_day": timezone.localdate()})

    def enter(entry: Entry) -> str:
        actions.end_agreement(entry, shop, number, **form.cleaned_data)
        return shop

    title = gettext("End the work agreement %(number)s") % {"number": number}
    return _entered(request, place, form, enter, title=title, shop=shop)


def sheet(request: HttpRequest, code: str, shop: str) -> HttpResponse:
    """The sheet of a day: everybody with an agreement, what each worked."""
    place = access.place(request, code, "enter_facts")
    found, day = _shop(place, shop), _day(request.GET.get("day"), timezone.localdate())
    rows = [row for row in queries.agreements(place.id, shop, day) if not row.terms.home]
    refusals: list[Refusal] = []
    if request.method == "POST":
        try:
            kept = actions.enter_sheet(
                entry_of(request, place, gettext("Attendance sheet")), shop, day, counted(request.POST, rows)
            )
        except Refusal as refusal:
            refusals = [refusal]
        else:
            number = len(kept.new) + len(kept.corrected)
            text = ngettext("%(number)s line entered.", "%(number)s lines entered.", number)
            messages.success(request, text % {"number": number})
            return redirect(f"{request.path}?day={day}")
    entered = queries.sheet(place.id, shop, day)
    lines = [(row, *_typed(request, row.terms.number, entered.get(row.terms.number))) for row in rows]
    return render(
        request,
        "work/sheet.html",
        {"place": place, "shop": found, "day": day, "lines": lines, "refusals": refusals},
        status=422 if refusals else 200,
    )


def draft(request: HttpRequest, code: str, shop: str) -> HttpResponse:
    """The payroll as it would be now: slips and findings; a named person approves it."""
    place = access.place(request, code, "read")
    found = _shop(place, shop)
    last_day = _day(request.GET.get("until"), timezone.localdate())
    deduct = bool(request.POST.get("deduction_evidence", "").strip())
    slips = actions.draft(place.id, shop, last_day, may_deduct=deduct)
    fen_sum = sum(slip.fen for slip in slips)
    form = ApproveForm(request.POST or None, initial={"seen": fen_sum})
    if request.method == "POST":
        place = access.place(request, code, "decide")
        if form.is_valid():
            said = form.cleaned_data
            try:
                with told_if_late(request, place):
                    row = actions.approve(
                        entry_of(request, place, gettext("Payroll")),
                        shop,
                        last_day,
                        approved_by=said["approved_by"],
                        seen_fen=said["seen"],
                        deduction_evidence=said["deduction_evidence"],
                        post=post,
                    )
            except Refusal as refusal:
                form.add_error(None, refusal.say(gettext))
                # The page shows the payroll as it is now: pressing again approves that.
                form.data = {**request.POST.dict(), "seen": str(fen_sum)}
            else:
                messages.success(request, gettext("Approved and booked."))
                return redirect("payroll", place.code, row.key)
    names = {row.terms.worker: row.name for row in queries.agreements(place.id, shop)}
    floors = queries.floors(place.id)
    return render(
        request,
        "work/draft.html",
        {
            "place": place,
            "shop": found,
            "last_day": last_day,
            "slips": [(names[slip.worker], slip) for slip in slips],
            "fen": fen_sum,
            "findings": rules.findings(slips, timezone.localdate(), floors),
            "changes": rules.changes(floors, (line.done.span for slip in slips for line in slip.lines)),
            "form": form,
            "may_approve": "decide" in place.rights,
        },
        status=422 if form.errors else 200,
    )


def payroll(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """An approved payroll: its slips, several on a sheet of paper; entered as paid, with evidence."""
    place = access.place(request, code, "read")
    row = queries.payroll(place.id, key)
    if row is None:
        raise Http404
    form = PaidForm(request.POST or None, initial={"day": timezone.localdate()})
    if request.method == "POST":
        place = access.place(request, code, "enter_facts")
        if form.is_valid():
            try:
                with told_if_late(request, place):
                    actions.pay(
                        entry_of(request, place, gettext("Wages paid")), key, post=post, **form.cleaned_data
                    )
            except Refusal as refusal:
                form.add_error(None, refusal.say(gettext))
            else:
                messages.success(request, gettext("Payment entered and booked."))
                return redirect("payroll", place.code, key)
    slips, floors = queries.slips(place.id, key), queries.floors(place.id)
    return render(
        request,
        "work/payroll.html",
        {
            "place": place,
            "shop": _shop(place, row.workshop),
            "row": row,
            "slips": [(slip, rules.changes(floors, (line.span for line in slip.lines))) for slip in slips],
            "changes": rules.changes(floors, (line.span for slip in slips for line in slip.lines)),
            "form": form if row.paid_day is None and not row.gone and _may(place) else None,
            "may_unpay": row.by_hand and _may(place),
            "may_withdraw": not row.reached and not row.gone and "decide" in place.rights,
        },
        status=422 if form.errors else 200,
    )


def unpay(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """Withdraw the payment of a payroll that was entered by mistake."""
    place = access.place(request, code, "enter_facts")
    row = queries.payroll(place.id, key)
    if row is None:
        raise Http404
    back = reverse("payroll", args=[place.code, key])

    def run(given: Mapping[str, Any]) -> str:
        entry = entry_of(request, place, gettext("Wages paid"))
        payroll_back.take_back_payment(entry, key, reason=given["reason"], post=post)
        return back

    form = TakeBackForm(request.POST or None)
    title = N_("Withdraw the payment")
    return entering(request, place, form, title, back, run, reference=f"wagepayment:{key}")


def trail(place: Place, shop: str = "") -> list[tuple[str, str]]:
    """From the register to a workshop."""
    shops = [(reverse("workshops", args=[place.code]), gettext("Workshops"))]
    return [*shops, (reverse("workshop", args=[place.code, shop]), shop)] if shop else shops


def withdraw(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """Withdraw a payroll of which nothing was handed over; a person decides it, as a person approved it."""
    place = access.place(request, code, "decide")
    if queries.payroll(place.id, key) is None:
        raise Http404
    back = reverse("payroll", args=[place.code, key])

    def run(given: Mapping[str, Any]) -> str:
        payroll_back.take_back_payroll(
            entry_of(request, place, N_("Payroll")), key, reason=given["reason"], post=post
        )
        return back

    form = TakeBackForm(request.POST or None)
    return entering(request, place, form, N_("Withdraw the payroll"), back, run, reference=f"payroll:{key}")


def _entered(
    request: HttpRequest,
    place: Place,
    form: forms.Form,
    enter: Callable[[Entry], str],
    *,
    title: str,
    shop: str = "",
) -> HttpResponse:
    """A form that enters one fact of a workshop; then to it, or to the register."""

    def run(given: Mapping[str, Any]) -> str:
        return trail(place, enter(entry_of(request, place, title)))[-1][0]

    return entering_at(request, place, form, title, trail(place, shop), run)


def _typed(request: HttpRequest, number: str, entered: tuple[int, int] | None) -> tuple[str, str]:
    """What a line of the sheet shows: what was just typed, else what is entered."""
    if request.method == "POST":
        return request.POST.get(f"quantity-{number}", ""), request.POST.get(f"defects-{number}", "")
    if entered is None:
        return "", ""
    quantity, defects = (f"{Decimal(each) / rules.WHOLE:f}" for each in entered)
    return quantity, defects if entered[1] else ""


def _day(text: str | None, otherwise: date) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return otherwise


def _shop(place: Place, code: str) -> queries.WorkshopRow:
    rows = queries.workshops(place.id, timezone.localdate())
    found = next((row for row in rows if row.code == code), None)
    if found is None:
        raise Http404
    return found


def _may(place: Place) -> bool:
    return "enter_facts" in place.rights
