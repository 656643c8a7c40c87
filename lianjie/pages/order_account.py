"""An order in money: deposit, what the co-op itself sold, breaches, insurance. Nothing is decided here."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lianjie.base.fen import Fen
from lianjie.base.words import N_
from lianjie.facts.actions import order_account as actions
from lianjie.facts.actions.order_account import Breaking, Claiming, Insuring, Moving, Selling
from lianjie.facts.actions.stock import Books
from lianjie.facts.queries import offtake, order_account
from lianjie.facts.queries.offtake import OrderDetail
from lianjie.facts.queries.order_account import OrderAccount
from lianjie.ledger.queries import floor_income
from lianjie.pages import access, columns, export
from lianjie.pages.access import Place
from lianjie.pages.columns import Column
from lianjie.pages.entering import books, entering_at
from lianjie.pages.in_kind_forms import TakeBackForm
from lianjie.pages.offtake import trail
from lianjie.pages.offtake_forms import choices, fen, grams, kilograms, party_field, yuan
from lianjie.pages.settlement_forms import day_field, text_field
from lianjie.pages.work_forms import number_field

LINES = (
    Column("day", N_("Day"), "day"),
    Column("what", N_("What"), "word:order_line"),
    Column("number", N_("Number"), "code"),
    Column("name", N_("Party")),
    Column("grams", N_("Weight (kg)"), "kg"),
    Column("fen", N_("Amount (yuan)"), "yuan"),
    Column("text", N_("About")),
    Column("evidence", N_("Evidence")),
)


class MoneyForm(forms.Form):
    """Money under the order."""

    number = number_field(_("Number of the receipt"))
    day = day_field(_("Day"))
    kind = forms.ChoiceField(label=_("What"), choices=choices("order_money"))
    amount = yuan(_("Amount (yuan)"))
    party = forms.CharField(
        label=_("Who, when it is not the buyer"), max_length=40, required=False,
        widget=forms.TextInput(attrs={"list": "parties", "autocomplete": "off"}),
    )  # fmt: skip
    about = forms.CharField(
        label=_("Number of the policy or claim"), help_text=_("For a premium or a payout."), max_length=40,
        required=False,
    )  # fmt: skip
    evidence = forms.CharField(label=_("Evidence"), max_length=300)


class SaleForm(forms.Form):
    """Crop handed to the buyer."""

    number = number_field(_("Number of the delivery note"))
    day = day_field(_("Day"))
    grade = forms.ChoiceField(label=_("Grade"))
    kg = kilograms(_("Weight (kg)"))
    price = yuan(
        _("Price (yuan a kg)"),
        required=False,
        help_text=_("Empty: the price the order gives. Never below it."),
    )
    evidence = forms.CharField(label=_("Evidence"), max_length=300)

    def __init__(self, *args, grades: tuple[str, ...], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["grade"].choices = [(grade, grade) for grade in grades]  # type: ignore[attr-defined]


class BreachForm(forms.Form):
    """Who broke the order, how, and what is asked for it."""

    number = number_field(_("Number"))
    day = day_field(_("Day"))
    party = party_field(_("Who broke the order"))
    kind = forms.ChoiceField(label=_("How"), choices=choices("breach"))
    kg = kilograms(_("Weight (kg)"), required=False)
    loss = yuan(_("Loss (yuan)"), required=False)
    remedy = forms.ChoiceField(
        label=_("What is asked for it"), choices=choices("remedy"),
        help_text=_("The deposit or damages, not both (Civil Code, art. 588)."),
    )  # fmt: skip
    damages = yuan(
        _("Damages (yuan)"), required=False, help_text=_("More than 130 % of the loss may be cut (art. 585).")
    )
    account = text_field(_("What happened"), length=400)
    evidence = forms.CharField(label=_("Evidence"), max_length=300)


class PolicyForm(forms.Form):
    """An insurance of the harvest."""

    number = number_field(_("Number of the policy"))
    insurer = forms.CharField(label=_("Insurer"), max_length=120)
    start = day_field(_("From"))
    last_day = day_field(_("Last day"))
    cover = yuan(_("Cover (yuan)"))
    premium = yuan(_("Premium (yuan)"))
    premium_by = forms.ChoiceField(label=_("Who pays the premium"), choices=choices("premium_by"))
    clause = text_field(_("What it pays for"), length=400)
    evidence = forms.CharField(label=_("Evidence"), max_length=300)


class ClaimForm(forms.Form):
    """A loss reported to the insurer."""

    number = number_field(_("Number of the claim"))
    policy = forms.ChoiceField(label=_("Number of the policy"), choices=[])
    day = day_field(_("Day"))
    claimed = yuan(_("Claimed (yuan)"))
    account = text_field(_("What happened"), length=400)
    evidence = forms.CharField(label=_("Evidence"), max_length=300, required=False)

    def __init__(self, *args, policies: tuple[str, ...], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["policy"].choices = [(each, each) for each in policies]  # type: ignore[attr-defined]


def lines(request: HttpRequest, code: str, number: str) -> HttpResponseBase:
    """Sales, money and breaches under an order as a file."""
    place = access.place(request, code, "read")
    found = order_account.account(place.id, _found(place, number).terms, timezone.localdate())
    kind = "csv" if request.GET.get("as") == "csv" else "xlsx"
    name = f"{place.code}-{number}-account"
    return export.as_asked(kind, name, columns.heading(LINES), columns.written(LINES, _cells(found)))


def move(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Enter money under the order."""
    place = access.place(request, code, "enter_facts")
    given = {"day": timezone.localdate(), "kind": request.GET.get("kind", "deposit")}
    if given["kind"] == "floor":
        given["amount"] = str(Fen(max(0, floor_income.to_come(place.id, number))).yuan)
    form = MoneyForm(request.POST or None, initial=given)

    def run(books: Books) -> None:
        said = dict(form.cleaned_data)
        actions.move(Moving(order=number, fen=fen(said.pop("amount")), **said), books)

    return _entering(request, place, form, run, number, gettext("Enter money"))


def sell(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Enter crop the organisation sold to the buyer."""
    place = access.place(request, code, "enter_facts")
    grades = tuple(_found(place, number).terms.floors)
    form = SaleForm(request.POST or None, grades=grades, initial={"day": timezone.localdate()})

    def run(books: Books) -> None:
        said = dict(form.cleaned_data)
        weight, price = grams(said.pop("kg")), fen(said.pop("price"))
        actions.sell(Selling(order=number, grams=weight, fen_per_kg=price, **said), books)

    return _entering(request, place, form, run, number, gettext("Enter a sale to the buyer"))


def breach(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Enter a breach of the order."""
    place = access.place(request, code, "enter_facts")
    form = BreachForm(request.POST or None, initial={"day": timezone.localdate()})

    def run(books: Books) -> None:
        said = dict(form.cleaned_data)
        weight = grams(said.pop("kg") or 0)
        loss, damages = fen(said.pop("loss")), fen(said.pop("damages"))
        actions.break_(
            Breaking(order=number, grams=weight, loss_fen=loss, damages_fen=damages, **said), books
        )

    return _entering(request, place, form, run, number, gettext("Enter a breach"))


def insure(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Enter a policy."""
    place = access.place(request, code, "enter_facts")
    terms = _found(place, number).terms
    form = PolicyForm(
        request.POST or None, initial={"start": terms.start, "last_day": terms.until - timedelta(days=1)}
    )

    def run(books: Books) -> None:
        said = dict(form.cleaned_data)
        until = said.pop("last_day") + timedelta(days=1)
        cover, premium = fen(said.pop("cover")), fen(said.pop("premium"))
        actions.insure(
            Insuring(order=number, until=until, cover_fen=cover, premium_fen=premium, **said), books
        )

    return _entering(request, place, form, run, number, gettext("Enter an insurance"))


def claim(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Enter a loss reported to the insurer."""
    place = access.place(request, code, "enter_facts")
    today = timezone.localdate()
    found = order_account.policies(place.id, _found(place, number).terms, today)
    known = tuple(row.policy.number for row in found)
    form = ClaimForm(request.POST or None, policies=known, initial={"day": today})

    def run(books: Books) -> None:
        said = dict(form.cleaned_data)
        actions.claim(Claiming(order=number, claimed_fen=fen(said.pop("claimed")), **said), books)

    return _entering(request, place, form, run, number, gettext("Enter a claim"))


def take_back(request: HttpRequest, code: str, number: str, reference: str) -> HttpResponse:
    """Withdraw an entry; to correct it, enter it anew under the same number."""
    place = access.record(request, code, "enter_facts", reference)
    form = TakeBackForm(request.POST or None)

    def run(books: Books) -> None:
        actions.take_back(number, reference, form.cleaned_data["reason"], books)

    return _entering(request, place, form, run, number, gettext("Withdraw"), reference=reference)


def _entering(
    request: HttpRequest,
    place: Place,
    form: forms.Form,
    act: Callable[[Books], object],
    number: str,
    title: str,
    **more: str,
) -> HttpResponse:
    """A form that enters one fact and books it under an order."""
    _found(place, number)

    def run(given: Mapping[str, Any]) -> str:
        act(books(request, place, f"{title} {number}"))
        return reverse("order", args=[place.code, number])

    said = N_("Entered and booked.")
    return entering_at(request, place, form, title, trail(place, number), run, of=number, said=said, **more)


def _cells(found: OrderAccount) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        {
            "day": row.day, "what": "sale", "number": row.number, "grams": row.grams, "fen": row.amount_fen,
            "text": row.grade, "evidence": row.evidence,
        }
        for row in found.sales
    ]  # fmt: skip
    rows += [
        {
            "day": row.moved.day, "what": row.moved.kind, "number": row.moved.number, "name": row.name,
            "fen": row.moved.fen + row.moved.penalty_fen, "text": row.moved.about, "evidence": row.evidence,
        }
        for row in found.money
    ]  # fmt: skip
    rows += [
        {
            "day": row.breach.day, "what": row.breach.kind, "number": row.breach.number, "name": row.name,
            "grams": row.breach.grams, "fen": row.breach.damages_fen, "text": row.breach.account,
            "evidence": row.breach.evidence,
        }
        for row in found.breaches
    ]  # fmt: skip
    return sorted(rows, key=lambda each: each["day"])


def _found(place: Place, number: str) -> OrderDetail:
    found = offtake.order(place.id, number)
    if found is None:
        raise Http404
    return found
