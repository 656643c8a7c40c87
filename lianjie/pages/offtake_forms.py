"""Forms of orders, prices seen and deliveries under an order. They check shape; the rules decide."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianjie.base.fen import Fen
from lianjie.base.quantity import small_units
from lianjie.facts.rules.offtake import OrderTerms, read_floors
from lianjie.pages.settlement_forms import day_field, text_field
from lianjie.pages.words import WORDS


def choices(of: str) -> list[tuple[str, object]]:
    """Coded words as a form offers them, in the reader's language."""
    return [(code, _(text)) for code, text in WORDS[of].items()]


class PlainNumber(forms.DecimalField):
    """A decimal as people write it: a browser's number field lets 1e9 through, a slip of the finger."""

    def to_python(self, value: Any) -> Any:
        if value is not None and "e" in str(value).casefold():
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


def kilograms(label: object, *, required: bool = True) -> forms.DecimalField:
    return PlainNumber(label=label, min_value=0, max_digits=12, decimal_places=3, required=required)


def yuan(label: object, *, required: bool = True, help_text: object = "") -> forms.DecimalField:
    return PlainNumber(
        label=label, help_text=help_text, min_value=0, max_digits=13, decimal_places=2, required=required
    )


def party_field(label: object) -> forms.CharField:
    """The code of a party, with the known ones offered."""
    return forms.CharField(
        label=label, max_length=40, widget=forms.TextInput(attrs={"list": "parties", "autocomplete": "off"})
    )


def fen(value: Decimal | None) -> int:
    """Yuan of a field as fen; nothing is nothing."""
    return Fen.of_yuan(value).n if value else 0


def grams(value: Decimal) -> int:
    return small_units(value, "kg")


class OrderForm(forms.Form):
    """The terms of an order."""

    number = forms.CharField(label=_("Number of the order"), max_length=30)
    buyer = party_field(_("Buyer"))
    signed_day = day_field(_("Signed on"))
    start = day_field(_("Taken from"))
    last_day = day_field(_("Taken until"))
    good = forms.CharField(label=_("Good"), max_length=40)
    kg = kilograms(_("Weight ordered (kg)"))
    floors = text_field(
        _("Grades and floor prices"),
        _("One grade a line with yuan a kilogram, for example “一等 13.80”; 0 for a grade without a floor."),
    )
    market = forms.CharField(
        label=_("Market whose price counts"),
        help_text=_("As it is named in the price records; empty when no market counts."),
        max_length=80,
        required=False,
    )
    premium = forms.DecimalField(
        label=_("Added to the market's price (%)"),
        min_value=0,
        max_digits=7,
        decimal_places=4,
        required=False,
    )
    market_days = forms.IntegerField(
        label=_("The market's price may be so many days old"), min_value=0, max_value=365, initial=7
    )
    same_day_market = forms.CharField(
        label=_("Place whose price of the day counts"), max_length=80, required=False
    )
    deposit = yuan(_("Deposit (yuan)"), required=False, help_text=_("At most 20 % of the contract's value."))
    pay_within_days = forms.IntegerField(
        label=_("Paid within so many days"), min_value=0, max_value=365, initial=0
    )
    breach = text_field(_("Whoever breaks the order"), length=400)
    loss_bearer = forms.ChoiceField(label=_("Who bears a lost harvest"), choices=choices("bearer"))
    loss_clause = text_field(_("What the order says about a lost harvest"), length=400)
    backing = forms.ChoiceField(label=_("What pays for a lost harvest"), choices=choices("backing"))
    floor_income = yuan(_("Floor income (yuan a mu)"), required=False)
    insurance = forms.CharField(label=_("Insurer and number of the policy"), max_length=120, required=False)
    assured = forms.BooleanField(
        label=_("Print “income assured in drought or flood”"),
        help_text=_("Only when a floor income or an insurance pays."),
        required=False,
    )
    evidence = forms.CharField(label=_("Evidence"), max_length=300, required=False)

    def terms(self) -> OrderTerms:
        """What was filled in, as the rules see it. Refuses what cannot be read."""
        said = self.cleaned_data
        return OrderTerms(
            start=said["start"],
            until=said["last_day"] + timedelta(days=1),
            grams=grams(said["kg"]),
            floors=read_floors(said["floors"]),
            premium_millionths=int((said["premium"] or 0) * 10_000),
            deposit_fen=fen(said["deposit"]),
            floor_income_fen_per_mu=fen(said["floor_income"]),
            **{name: said[name] for name in SAME},
        )


SAME = (
    "number",
    "buyer",
    "signed_day",
    "good",
    "market",
    "market_days",
    "same_day_market",
    "pay_within_days",
    "breach",
    "loss_bearer",
    "loss_clause",
    "backing",
    "insurance",
    "assured",
    "evidence",
)
"""Fields of the form that are terms as they stand."""


def filled(terms: OrderTerms) -> dict[str, object]:
    """What a form begins with when an order is changed."""
    return {name: getattr(terms, name) for name in SAME} | {
        "start": terms.start,
        "last_day": terms.until - timedelta(days=1),
        "kg": Decimal(terms.grams) / 1000,
        "floors": "\n".join(f"{grade} {Fen(floor).yuan}" for grade, floor in terms.floors.items()),
        "premium": Decimal(terms.premium_millionths) / 10_000,
        "deposit": Fen(terms.deposit_fen).yuan,
        "floor_income": Fen(terms.floor_income_fen_per_mu).yuan,
    }


class ChangeForm(OrderForm):
    """Changed terms, with the reason."""

    reason = forms.CharField(label=_("Reason"), max_length=180)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].disabled = True


class PromiseForm(forms.Form):
    """What a household promises."""

    household = party_field(_("Household"))
    kg = kilograms(_("Promised (kg)"))
    mu = forms.DecimalField(label=_("On (mu)"), min_value=0, max_digits=9, decimal_places=4, required=False)
    evidence = forms.CharField(label=_("Evidence"), max_length=300, required=False)


class CallOffForm(forms.Form):
    """What the buyer asks for."""

    call = forms.CharField(label=_("Number of the call-off"), max_length=20)
    day = day_field(_("Asked on"))
    due_day = day_field(_("Wanted by"))
    kg = kilograms(_("Weight (kg)"))


class TakeForm(forms.Form):
    """A delivery under the order."""

    household = party_field(_("Household"))
    day = day_field(_("Day"))
    receipt = forms.CharField(label=_("Receipt"), max_length=40)
    grade = forms.ChoiceField(label=_("Grade"))
    kg = kilograms(_("Weight (kg)"))
    evidence = forms.CharField(label=_("Evidence"), max_length=300, required=False)

    def __init__(self, *args, grades: tuple[str, ...], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["grade"].choices = [(grade, grade) for grade in grades]  # type: ignore[attr-defined]


class PriceForm(forms.Form):
    """A price seen."""

    day = day_field(_("Day"))
    good = forms.CharField(label=_("Good"), max_length=40)
    grade = forms.CharField(
        label=_("Grade"), help_text=_("Empty for a price of every grade."), max_length=20, required=False
    )
    market = forms.CharField(label=_("Where it was seen"), max_length=80)
    price = yuan(_("Price (yuan a kg)"))
    evidence = forms.CharField(
        label=_("Evidence"), help_text=_("A photo, a page, who reported it."), max_length=300
    )
