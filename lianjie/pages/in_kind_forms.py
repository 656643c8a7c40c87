"""Forms of loans in kind, stock and inputs. They check shape; the rules decide."""

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lianjie.facts.queries.stock import LotRow
from lianjie.facts.rules import in_kind as rules
from lianjie.facts.rules.inputs import WAYS
from lianjie.pages.format import quantity
from lianjie.pages.settlement_forms import day_field
from lianjie.pages.words import WORDS


def words(of: str, *values: str) -> list[tuple[str, str]]:
    """Choices of a coded word in the reader's language."""
    return [(value, gettext(WORDS[of][value])) for value in values or WORDS[of]]


def number_field(label: str, *, required: bool = True, help_text: str = "") -> forms.CharField:
    """A plain decimal; the rules read it exactly."""
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return forms.CharField(label=label, max_length=20, required=required, help_text=help_text, widget=widget)


def short_text(
    label: str, *, required: bool = False, longest: int = 40, help_text: str = ""
) -> forms.CharField:
    """A short text."""
    return forms.CharField(
        label=label, max_length=longest, required=required, help_text=help_text,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


def household_field(label: str) -> forms.CharField:
    """A party's code, chosen while typing."""
    return forms.CharField(
        label=label, max_length=40, widget=forms.TextInput(attrs={"list": "parties", "autocomplete": "off"})
    )


def evidence_field(required: bool = False) -> forms.CharField:
    """Where the paper is kept."""
    return short_text(
        _("Evidence"), required=required, longest=300, help_text=_("Where the paper or photo is kept.")
    )


class _Choosing(forms.Form):
    """A form whose coded words and lots are filled in for the reader."""

    coded: dict[str, tuple[str, tuple[str, ...]]] = {}

    def __init__(self, *args, lots: Iterable[LotRow] = (), **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name, (of, values) in self.coded.items():
            self.fields[name].choices = words(of, *values)  # type: ignore[attr-defined]
        if "lot" in self.fields and isinstance(self.fields["lot"], forms.ChoiceField):
            there = [(row.number, lot_words(row)) for row in lots]
            self.fields["lot"].choices = there
            if not there:
                self.fields["lot"].help_text = _("Nothing is in stock: enter first what came into it.")


def lot_words(row: LotRow) -> str:
    """A lot to choose: number, good, grade and what it holds."""
    held = quantity(row.left.quantity, row.left.unit)
    return " · ".join(part for part in (row.number, row.goods.good, row.grade, held) if part)


class ReceiveForm(_Choosing):
    """Goods come into the stock."""

    coded = {
        "unit": ("good_unit", rules.UNITS),
        "origin": ("lot_origin", rules.ORIGINS[:5]),
        "way": ("cost_way", rules.COST_WAYS),
    }
    lot = short_text(_("Number of the lot"), required=True, help_text=_("As written on the sacks."))
    day = day_field(_("Day"))
    good = short_text(_("Good"), required=True)
    unit = forms.ChoiceField(label=_("Counted in"), choices=[])
    quantity = number_field(_("Quantity"))
    grade = short_text(_("Grade"), longest=20)
    origin = forms.ChoiceField(label=_("Where from"), choices=[])
    giver = short_text(_("From whom"), longest=120)
    cost = number_field(
        _("Cost of the whole lot (yuan)"), required=False,
        help_text=_("Carriage included. Empty: not known yet, or free; it may follow with the invoice."),
    )  # fmt: skip
    way = forms.ChoiceField(label=_("How it was met"), choices=[], required=False)
    evidence = evidence_field()


class CostForm(_Choosing):
    """What a lot cost."""

    coded = {"way": ("cost_way", rules.COST_WAYS)}
    day = day_field(_("Day"))
    cost = number_field(_("Cost of the whole lot (yuan)"), help_text=_("Carriage included."))
    way = forms.ChoiceField(
        label=_("How it was met"), choices=[],
        help_text=_("In the books already: only what is left of the lot counts, and nothing is booked."),
    )  # fmt: skip
    evidence = evidence_field()


class LendForm(_Choosing):
    """What is lent, and what is agreed about its return."""

    coded = {
        "rule": ("return_rule", rules.RULES),
        "owed_unit": ("good_unit", rules.UNITS),
        "substitute_unit": ("good_unit", rules.UNITS),
        "disease": ("loan_bearer", rules.BEARERS),
        "disaster": ("loan_bearer", rules.BEARERS),
        "negligence": ("loan_bearer", rules.BEARERS),
    }
    number = short_text(_("Number of the agreement"), required=True)
    day = day_field(_("Day of lending"))
    borrower = household_field(_("Borrower"))
    lot = forms.ChoiceField(label=_("From lot"), choices=[])
    quantity = number_field(_("Quantity lent"), help_text=_("In the unit of the lot."))
    due_day = day_field(_("Due"), _("Usually after the harvest."))
    season = short_text(_("Due season"))
    area = number_field(_("Planted with it (mu)"), required=False)
    rule = forms.ChoiceField(label=_("What is returned"), choices=[])
    ratio = number_field(
        _("Returned for each unit lent"), required=False, help_text=_("Not needed for the same quantity.")
    )
    owed_good = short_text(
        _("Good returned"), help_text=_("Only when it is another good: eggs, lambs, flour.")
    )
    owed_unit = forms.ChoiceField(label=_("Good returned is counted in"), choices=[])
    substitute = short_text(_("Substitute"), help_text=_("A good that is taken instead, if agreed."))
    substitute_ratio = number_field(_("One unit of the substitute pays"), required=False)
    substitute_unit = forms.ChoiceField(label=_("Substitute is counted in"), choices=[])
    disease = forms.ChoiceField(label=_("Loss by disease is borne by"), choices=[], initial="decided")
    disaster = forms.ChoiceField(label=_("Loss by disaster is borne by"), choices=[], initial="decided")
    negligence = forms.ChoiceField(label=_("Loss by negligence is borne by"), choices=[], initial="borrower")
    evidence = evidence_field()


class ReturnForm(_Choosing):
    """Goods come back."""

    receipt = short_text(_("Number of the receipt"), required=True)
    day = day_field(_("Day"))
    good = forms.ChoiceField(label=_("Good"), choices=[])
    quantity = number_field(_("Quantity"))
    grade = short_text(_("Grade"), longest=20)
    into = short_text(_("Into lot"), help_text=_("Empty: the number of the receipt."))
    evidence = evidence_field()

    def __init__(self, *args, goods: list[tuple[str, str]], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["good"].choices = goods  # type: ignore[attr-defined]


class AskForm(forms.Form):
    """The household asks to return later."""

    number = forms.CharField(widget=forms.HiddenInput, max_length=40)
    day = day_field(_("Asked on"))
    until = day_field(_("Wants to return by"))
    area = number_field(_("To plant more (mu)"), required=False)
    wish = short_text(_("In its own words"), longest=300)
    evidence = evidence_field()


class LossForm(_Choosing):
    """Part of what is owed was lost."""

    coded = {"cause": ("cause", rules.CAUSES)}
    number = forms.CharField(widget=forms.HiddenInput, max_length=40)
    day = day_field(_("Day"))
    cause = forms.ChoiceField(label=_("Cause"), choices=[])
    quantity = number_field(_("Quantity lost"))
    account = short_text(_("What happened"), required=True, longest=300)
    evidence = evidence_field(required=True)


class DecideDeferralForm(forms.Form):
    """A named person's answer to a deferral."""

    number = forms.CharField(widget=forms.HiddenInput, max_length=40)
    day = day_field(_("Decided on"))
    answer = forms.ChoiceField(label=_("Decision"), choices=[])
    until = day_field(_("New due day"))
    person_name = short_text(_("Decided by"), required=True, longest=80)
    grounds = short_text(_("Reason"), required=True, longest=300)
    evidence = evidence_field()

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answer"].choices = words("loan_event", "granted", "refused")  # type: ignore[attr-defined]
        self.fields["until"].required = False


class DecideLossForm(forms.Form):
    """A named person's decision who bears a loss."""

    number = forms.CharField(widget=forms.HiddenInput, max_length=40)
    day = day_field(_("Decided on"))
    forgiven = number_field(
        _("Written off"), help_text=_("What the lender bears. 0: the borrower bears all and still owes it.")
    )
    person_name = short_text(_("Decided by"), required=True, longest=80)
    grounds = short_text(_("Reason"), required=True, longest=300)
    evidence = evidence_field()


class TakeBackForm(forms.Form):
    """Why an entry is taken back."""

    reason = short_text(_("Reason"), required=True, longest=300)


class IssueForm(_Choosing):
    """An input is handed to a grower."""

    receipt = short_text(_("Number of the receipt"), required=True)
    day = day_field(_("Day"))
    household = household_field(_("Household"))
    lot = forms.ChoiceField(label=_("From lot"), choices=[])
    quantity = number_field(_("Quantity"), help_text=_("In the unit of the lot."))
    amount = number_field(
        _("Advance (yuan)"), required=False,
        help_text=_("What the household owes for it. Empty: it is free. It is never taken from rent."),
    )  # fmt: skip
    evidence = evidence_field()


class InputBackForm(_Choosing):
    """Goods of an input come back, or money of its advance."""

    coded = {"way": ("input_back_way", WAYS)}
    receipt = short_text(_("Number of the receipt"), required=True)
    day = day_field(_("Day"))
    way = forms.ChoiceField(label=_("How"), choices=[])
    quantity = number_field(
        _("Quantity"), required=False, help_text=_("Only of goods that come back, in the unit of the lot.")
    )
    amount = number_field(
        _("Off the advance (yuan)"),
        required=False,
        help_text=_("Of goods, empty: their part of the advance."),
    )
    delivery = forms.ChoiceField(
        label=_("Delivery"), choices=[], required=False,
        help_text=_("Only out of produce. Rent and wages are paid whole: nothing is taken from them."),
    )  # fmt: skip
    evidence = evidence_field()

    def __init__(self, *args, deliveries: Iterable[tuple[str, str]] = (), **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["delivery"].choices = [("", "–"), *deliveries]  # type: ignore[attr-defined]


class LotLossForm(_Choosing):
    """Goods lost in the store."""

    coded = {"cause": ("cause", rules.CAUSES)}
    number = short_text(_("Number of the record"), required=True)
    day = day_field(_("Day"))
    cause = forms.ChoiceField(label=_("Cause"), choices=[])
    quantity = number_field(_("Quantity lost"))
    account = short_text(_("What happened"), required=True, longest=300)
    evidence = evidence_field(required=True)
