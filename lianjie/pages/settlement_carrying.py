"""What a decided settlement does to the books, and who has been paid."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from lianjie.base.refusal import Refusal
from lianjie.ledger.actions import carrying_out
from lianjie.ledger.queries import balances, journal, settlements, statements
from lianjie.ledger.queries.owed import still_owed
from lianjie.ledger.queries.settlements import SettlementRow
from lianjie.ledger.rules.step_booking import BookedStep, booked_steps
from lianjie.pages.access import Place
from lianjie.pages.settlement import seen
from lianjie.pages.settlement_forms import DayForm, PayForm
from lianjie.pages.settlement_way import attempt, frame, language, link, opened


@dataclass(frozen=True)
class BookingLine:
    """One account of an entry to come, debit or credit."""

    account: str
    name: str
    debit_fen: int
    credit_fen: int
    parties: int


@dataclass(frozen=True)
class Booking:
    """An entry to come."""

    label: str
    lines: tuple[BookingLine, ...]


@dataclass(frozen=True)
class DueRow:
    """What one party is still owed, in money and in goods worth so much."""

    party_id: int
    code: str
    name: str
    village: str
    money_fen: int
    goods_fen: int


def booking(request: HttpRequest, code: str, year: int, turn: int) -> HttpResponse:
    """The entries as they will be booked, or as they were; POST books them, once."""
    place, row = opened(request, code, year, turn)
    form = DayForm(request.POST or None, initial={"day": timezone.localdate()})
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST":
        place, row = opened(request, code, year, turn, "settle")
        if form.is_valid():
            day = form.cleaned_data["day"]
            refusals = attempt(lambda: carrying_out.post(row, day=day, at=timezone.now(), by=request.user.pk))
            if not refusals:
                messages.success(request, gettext("Posted. The books have taken the settlement."))
                return redirect(link("settlement", place, row))
    worked, _ = seen(row)
    steps = booked_steps(worked.plan, worked.outcome, settlements.member_codes(row)) if worked else ()
    return render(
        request,
        "settlement/booking.html",
        frame(
            place,
            row,
            "settlement",
            form=form,
            refusals=refusals,
            bookings=tuple(_bookings(row, steps)),
            entries=journal.page(place.id, settlement_id=row.id)
            if row.state not in ("draft", "trial")
            else None,
            may="settle" in place.rights and row.state == "decided",
        ),
        status=422 if refusals else 200,
    )


def payments(request: HttpRequest, code: str, year: int, turn: int) -> HttpResponse:
    """Who is still owed, who has been paid; POST records a payment to the households chosen."""
    place, row = opened(request, code, year, turn)
    form = PayForm(request.POST or None, initial={"day": timezone.localdate(), "method": "bank"})
    refusals: tuple[Refusal, ...] = ()
    chosen: set[int] = set()
    if request.method == "POST":
        place, row = opened(request, code, year, turn, "settle")
        chosen = {int(each) for each in request.POST.getlist("party") if each.isdigit()}
        if form.is_valid():
            refusals = _pay(request, row, form, chosen)
            if not refusals:
                return redirect(link("settlement-payments", place, row))
    due = _due(row)
    return render(
        request,
        "settlement/payments.html",
        frame(
            place,
            row,
            "settlement-payments",
            form=form,
            refusals=refusals,
            due=due,
            chosen=chosen,
            due_fen=sum(each.money_fen + each.goods_fen for each in due),
            goods=any(each.goods_fen for each in due),
            paid=(paid := statements.paid(row.id)),
            paid_fen=sum(each.amount_fen for each in paid),
            may="settle" in place.rights,
        ),
        status=422 if refusals else 200,
    )


def signing_list(request: HttpRequest, code: str, year: int, turn: int) -> HttpResponse:
    """The list that is signed when money is handed over: for print."""
    place, row = opened(request, code, year, turn)
    due = _due(row)
    context = frame(place, row, "settlement-payments", due=due, total_fen=sum(d.money_fen for d in due))
    return render(request, "settlement/signing.html", context)


def closing(request: HttpRequest, code: str, year: int, turn: int) -> HttpResponse:
    """Mark as paid, or close: whichever comes next."""
    place, row = opened(request, code, year, turn, "settle")
    if request.method == "POST":
        act = carrying_out.mark_paid if row.state == "posted" else carrying_out.close
        refusals = attempt(lambda: act(row, at=timezone.now(), by=request.user.pk))
        if refusals:
            return _refused(request, place, row, refusals)
    return redirect(link("settlement", place, row))


def _refused(
    request: HttpRequest, place: Place, row: SettlementRow, refusals: tuple[Refusal, ...]
) -> HttpResponse:
    context = frame(place, row, "settlement-payments", missing=refusals)
    return render(request, "settlement/missing.html", context, status=422)


def _pay(request: HttpRequest, row: SettlementRow, form: PayForm, chosen: set[int]) -> tuple[Refusal, ...]:
    """Pay those chosen, or with "all" everyone who is owed something this way."""
    asked = form.cleaned_data
    if "all" in request.POST:
        by_hand = asked["method"] == "in_kind"
        chosen = {each.party_id for each in still_owed(row.id) if bool(each.good) == by_hand}
    made: list[int] = []
    refusals = attempt(
        lambda: made.append(
            carrying_out.pay(
                row,
                chosen,
                method=asked["method"],
                evidence=asked["evidence"],
                day=asked["day"],
                at=timezone.now(),
                by=request.user.pk,
            )
        )
    )
    if not refusals:
        text = ngettext("%(count)s payment is recorded.", "%(count)s payments are recorded.", len(chosen))
        text %= {"count": len(chosen)}
        messages.success(request, text)
    return refusals


def _due(row: SettlementRow) -> tuple[DueRow, ...]:
    """What is owed by party, in order of code."""
    money: dict[int, int] = defaultdict(int)
    goods: dict[int, int] = defaultdict(int)
    for each in still_owed(row.id):
        (goods if each.good else money)[each.party_id] += each.fen
    found = statements.names({*money, *goods})
    rows = [
        DueRow(p.id, p.code, p.name, f"{p.village} {p.group}".strip(), money.get(p.id, 0), goods.get(p.id, 0))
        for p in found.values()
    ]
    return tuple(sorted(rows, key=lambda each: each.code))


def _bookings(row: SettlementRow, steps: tuple[BookedStep, ...]) -> Iterator[Booking]:
    """Each step that moves money, as an entry by account."""
    chart, tongue = balances.chart(), language()
    plan = row.plan.rules
    for step in steps:
        credits: dict[str, list[int]] = defaultdict(list)
        for owed in step.owed:
            if not owed.memo:
                credits[owed.account].append(owed.amount_fen)
        if not credits:
            continue
        lines = [
            BookingLine(a, chart.account(a).named(tongue), max(-sum(f), 0), max(sum(f), 0), len(f))
            for a, f in sorted(credits.items())
        ]
        if step.debit_account:
            name = chart.account(step.debit_account).named(tongue)
            lines.insert(0, BookingLine(step.debit_account, name, step.debit_fen, 0, 0))
        yield Booking(plan.named(step.name, tongue, gettext), tuple(lines))
