"""Forms of pairing assistance. They check shape; the rules decide."""

from django import forms
from django.utils.translation import gettext_lazy as _

from lianjie.facts.rules import pairing as rules
from lianjie.pages.in_kind_forms import evidence_field, household_field, number_field, short_text, words
from lianjie.pages.settlement_forms import day_field


class _Coded(forms.Form):
    """A form whose coded words are filled in for the reader."""

    coded: dict[str, tuple[str, tuple[str, ...]]] = {}
    optional_days: tuple[str, ...] = ()

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name, (of, values) in self.coded.items():
            choices = words(of, *values)
            field = self.fields[name]
            field.choices = choices if field.required else [("", "–"), *choices]  # type: ignore[attr-defined]
        for name in self.optional_days:
            self.fields[name].required = False


class PairForm(_Coded):
    """A partner begins to help."""

    coded = {"kind": ("partner_kind", rules.PARTNERS)}
    optional_days = ("last",)
    number = short_text(_("Number"), required=True)
    partner = short_text(_("Code of the partner"), required=True, help_text=_("A new one is registered."))
    name = short_text(_("Name of the partner"), longest=120, help_text=_("Only when its code is new."))
    kind = forms.ChoiceField(label=_("What the partner is"), choices=[])
    day = day_field(_("From"))
    last = day_field(_("Last day"), _("Empty while it runs."))
    evidence = evidence_field()


class EndPairingForm(forms.Form):
    """A pairing ends."""

    last = day_field(_("Last day"))
    evidence = evidence_field()


class PledgeForm(_Coded):
    """A promise of a partner."""

    coded = {"kind": ("pledge_kind", rules.KINDS), "unit": ("pledge_unit", rules.UNITS)}
    optional_days = ("due",)
    number = forms.CharField(widget=forms.HiddenInput, max_length=40)
    day = day_field(_("Day of the promise"))
    kind = forms.ChoiceField(label=_("Kind"), choices=[])
    what = short_text(_("What is promised"), required=True, longest=120)
    amount = number_field(_("Amount (yuan)"), required=False, help_text=_("For money only."))
    quantity = number_field(_("Quantity"), required=False, help_text=_("For anything but money."))
    unit = forms.ChoiceField(label=_("Counted in"), choices=[], required=False)
    due = day_field(_("By when"))
    evidence = evidence_field()


class ArriveForm(_Coded):
    """Something of a pledge arrived."""

    coded = {"taken_as": ("taken_as", rules.TAKEN_AS), "into": ("income_into", rules.INTO)}
    number = forms.CharField(widget=forms.HiddenInput, max_length=40)
    day = day_field(_("Day"))
    amount = number_field(_("How much arrived"))
    project = forms.ChoiceField(label=_("For the project"), choices=[], required=False)
    taken_as = forms.ChoiceField(
        label=_("How the books take it"), choices=[],
        help_text=_("What the giver wrote decides: a purpose, a gift to the funds, or free to use."),
    )  # fmt: skip
    into = forms.ChoiceField(label=_("Received into"), choices=[])
    evidence = evidence_field(required=True)


class ProjectForm(forms.Form):
    """A project of a pairing."""

    number = short_text(_("Number"), required=True)
    name = short_text(_("Name of the project"), required=True, longest=120)
    day = day_field(_("From"))
    base_year = forms.IntegerField(
        label=_("Base year"), required=False, min_value=1990, max_value=2199,
        help_text=_("An increase is counted against this year; without it only what was paid is told."),
    )  # fmt: skip
    evidence = evidence_field()


class BenefitForm(_Coded):
    """A household got something of a project."""

    coded = {"kind": ("benefit_kind", rules.BENEFITS)}
    number = forms.CharField(widget=forms.HiddenInput, max_length=40)
    day = day_field(_("Day"))
    household = household_field(_("Household"))
    kind = forms.ChoiceField(label=_("Kind"), choices=[])
    amount = number_field(_("Amount (yuan)"))
    base = forms.BooleanField(
        label=_("It is what the household had of this in the base year, not paid by the project"),
        required=False,
    )
    evidence = evidence_field()
