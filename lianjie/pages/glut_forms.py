"""Forms of clearing a glut. They check shape; the rules decide."""

from django import forms
from django.utils.translation import gettext_lazy as _

from lianjie.facts.rules import glut as rules
from lianjie.facts.rules.market import CHANNEL_KINDS
from lianjie.pages.in_kind_forms import evidence_field, number_field, short_text, words
from lianjie.pages.settlement_forms import day_field


def party_field(label: str, help_text: str = "") -> forms.CharField:
    """A household's code, chosen while typing; may stay empty."""
    return forms.CharField(
        label=label, max_length=40, required=False, help_text=help_text,
        widget=forms.TextInput(attrs={"list": "parties", "autocomplete": "off"}),
    )  # fmt: skip


class PlanForm(forms.Form):
    """A plan to clear what is left of a good."""

    number = short_text(_("Number"), required=True)
    good = short_text(_("Good"), required=True)
    day = day_field(_("From"), _("The stock of this day is what is to be cleared."))
    last = day_field(_("Last day"))
    target = number_field(_("To clear (kg)"))
    in_charge = short_text(_("Who is in charge"), required=True, longest=80)
    channels = forms.MultipleChoiceField(
        label=_("By which ways"), choices=[], required=False, widget=forms.CheckboxSelectMultiple
    )
    past_years = forms.IntegerField(
        label=_("Compare with so many past years"), initial=3,
        min_value=1, max_value=rules.PAST_YEARS_AT_MOST,
        help_text=_("The mean of the same days of these years is what the volume is held against."),
    )  # fmt: skip
    evidence = evidence_field()

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["channels"].choices = words("channel_kind", *CHANNEL_KINDS)  # type: ignore[attr-defined]


class DeclareForm(forms.Form):
    """What a household or store holds."""

    number = forms.CharField(widget=forms.HiddenInput, max_length=40)
    good = short_text(_("Good"), required=True)
    grade = short_text(_("Grade"), longest=20)
    holder = party_field(_("Household"), _("Empty for a store of the organisation."))
    store = short_text(_("Store"), longest=60, help_text=_("Only for a store."))
    since = day_field(_("Counted from"))
    opening = number_field(_("There on that day (kg)"))
    day = day_field(_("As of"))
    came = number_field(_("Came in since (kg)"), required=False)
    went = number_field(_("Went out since (kg)"), required=False)
    lost = number_field(_("Lost or spoilt since (kg)"), required=False)
    evidence = evidence_field()


class OwnDeclareForm(DeclareForm):
    """A household declares its own: whose it is, is not asked again."""

    store = None
    holder = forms.ChoiceField(label=_("Household"), choices=[])


class OfferForm(forms.Form):
    """A buyer or partner offers to take so much."""

    number = forms.CharField(widget=forms.HiddenInput, max_length=40)
    day = day_field(_("Day of the offer"))
    buyer = short_text(_("Who offers"), required=True, longest=120)
    pairing = forms.ChoiceField(label=_("Under the pairing with"), choices=[], required=False)
    grade = short_text(_("Grade"), longest=20)
    weight = number_field(_("Weight (kg)"))
    price = number_field(_("Price a kilogram (yuan)"))
    place = short_text(_("Where it is taken over"), required=True, longest=120)
    start = day_field(_("From"))
    last = day_field(_("Last day"))
    evidence = evidence_field()


class AnswerForm(forms.Form):
    """A person answers an offer."""

    number = forms.CharField(widget=forms.HiddenInput, max_length=40)
    day = day_field(_("Day"))
    answer = forms.ChoiceField(label=_("Answer"), choices=[])
    person_name = short_text(_("Decided by"), required=True, longest=80)
    grounds = short_text(_("Reason"), required=True, longest=300)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answer"].choices = words("offer_answer", *rules.ANSWERS)  # type: ignore[attr-defined]


class SaleForm(forms.Form):
    """Sold outside the organisation's orders."""

    number = forms.CharField(widget=forms.HiddenInput, max_length=40)
    day = day_field(_("Day"), _("Of past years one line for a whole period is enough: give it a day within."))
    seller = party_field(_("Household that sold"), _("Empty for the village or store as a whole."))
    offer = forms.ChoiceField(label=_("Against the offer"), choices=[], required=False)
    buyer = short_text(_("Purchaser"), longest=120)
    grade = short_text(_("Grade"), longest=20)
    weight = number_field(_("Weight (kg)"))
    amount = number_field(_("Amount (yuan)"))
    evidence = evidence_field()
