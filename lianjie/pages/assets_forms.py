"""Forms of assets, contracts and income. They check shape; the rules decide."""

from django import forms
from django.utils.translation import gettext_lazy as _

from lianjie.facts.rules import asset_income, assets
from lianjie.pages.in_kind_forms import evidence_field, household_field, number_field, short_text, words
from lianjie.pages.settlement_forms import day_field


class Coded(forms.Form):
    """A form whose coded words are filled in for the reader."""

    coded: dict[str, tuple[str, tuple[str, ...]]] = {}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name, (of, values) in self.coded.items():
            self.fields[name].choices = words(of, *values)  # type: ignore[attr-defined]


def whole_field(label: str, help_text: str = "") -> forms.IntegerField:
    """A whole number that may be left out."""
    return forms.IntegerField(label=label, min_value=0, max_value=1200, required=False, help_text=help_text)


class RegisterForm(Coded):
    """An asset comes into the register."""

    coded = {
        "kind": ("asset_kind", assets.KINDS),
        "category": ("asset_category", assets.CATEGORIES),
        "origin": ("asset_origin", assets.ORIGINS),
        "paid": ("asset_paid", assets.PAID),
    }
    number = short_text(_("Number in the register"), required=True)
    name = short_text(_("What it is"), required=True, longest=80)
    kind = forms.ChoiceField(label=_("Kind"), choices=[])
    category = forms.ChoiceField(
        label=_("Category"), choices=[],
        help_text=_("A household-type asset belongs to the household; the register only keeps a note of it."),
    )  # fmt: skip
    origin = forms.ChoiceField(label=_("Where from"), choices=[])
    paid = forms.ChoiceField(label=_("How its worth came into the books"), choices=[])
    start = day_field(_("There since"))
    spec = short_text(_("Specification"), longest=120)
    location = short_text(_("Place"), longest=120)
    quantity = number_field(_("How many"), required=False)
    counted_in = short_text(_("Counted in"), longest=20)
    extent = number_field(_("Extent (mu)"), required=False, help_text=_("Only for land."))
    cost = number_field(_("Price in all (yuan)"), required=False, help_text=_("Empty for land."))
    residual = number_field(
        _("Residual (percent of the price)"),
        required=False,
        help_text=_("What is left at the end of its life."),
    )
    life_years = whole_field(_("Useful life (years)"), _("Empty: it is not depreciated."))
    taken = number_field(
        _("Depreciation so far (yuan)"), required=False, help_text=_("Only for what the books hold already.")
    )
    taken_until = day_field(_("Depreciation so far, up to"))
    keeper = short_text(_("Keeper"), longest=80)
    evidence = evidence_field()

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["taken_until"].required = False


class UseForm(Coded):
    """How an asset is used from a day on."""

    coded = {"use": ("asset_state", assets.USES)}
    number = forms.CharField(widget=forms.HiddenInput, max_length=40)
    day = day_field(_("From"))
    use = forms.ChoiceField(label=_("Use"), choices=[])
    note = short_text(_("Notes"), longest=200)
    evidence = evidence_field()


class DisposeForm(Coded):
    """An asset is given away."""

    coded = {"way": ("asset_way", assets.WAYS), "into": ("income_into", ("bank", "cash"))}
    number = forms.CharField(widget=forms.HiddenInput, max_length=40)
    day = day_field(_("Day"))
    way = forms.ChoiceField(label=_("How"), choices=[])
    proceeds = number_field(_("Received for it (yuan)"), required=False)
    into = forms.ChoiceField(label=_("Received into"), choices=[])
    person_name = short_text(_("Decided by"), required=True, longest=80)
    resolution = short_text(_("Resolution"), required=True, longest=200)
    evidence = evidence_field()


class LetForm(forms.Form):
    """A contract on an asset."""

    number = short_text(_("Number of the contract"), required=True)
    day = day_field(_("Signed on"))
    payer = household_field(_("Who pays"))
    extent = number_field(_("Let (mu)"), required=False, help_text=_("Land only; empty for the whole of it."))
    start = day_field(_("From"))
    last = day_field(_("Last day"))
    first_due = day_field(_("First payment due"), _("Every contract year on the same day."))
    yearly = number_field(_("A year (yuan)"))
    rise_years = whole_field(_("Rises every so many years"), _("Empty: it stays the same."))
    rise = number_field(_("Rises by (yuan)"), required=False)
    purpose = short_text(_("Purpose"), longest=120)
    evidence = evidence_field()


class ReceiveForm(Coded):
    """Money comes in under a contract."""

    coded = {"into": ("income_into", ("bank", "cash"))}
    receipt = short_text(_("Number of the receipt"), required=True)
    day = day_field(_("Day"))
    amount = number_field(_("Amount (yuan)"))
    into = forms.ChoiceField(
        label=_("Received into"),
        choices=[],
        help_text=_("Never a person's account (collective law, art. 44)."),
    )
    evidence = evidence_field()


class GiveBackForm(ReceiveForm):
    """Money goes back to whoever paid it."""

    receipt = short_text(_("Number of the slip"), required=True)
    into = forms.ChoiceField(label=_("Paid from"), choices=[])


class EndForm(forms.Form):
    """A contract ends before its time."""

    number = forms.CharField(widget=forms.HiddenInput, max_length=40)
    day = day_field(_("Ends on"), _("No year that begins on or after this day is owed."))
    grounds = short_text(_("Reason"), required=True, longest=300)
    evidence = evidence_field()


class EarnForm(Coded):
    """Income from no contract in the register."""

    coded = {
        "source": ("income_source", asset_income.SOURCES),
        "into": ("income_into", asset_income.INTO),
    }
    number = short_text(_("Number of the record"), required=True)
    day = day_field(_("Day"))
    source = forms.ChoiceField(
        label=_("Source"), choices=[],
        help_text=_("What falls due under a contract here comes from there; do not enter it twice."),
    )  # fmt: skip
    amount = number_field(_("Amount (yuan)"))
    into = forms.ChoiceField(label=_("Received into"), choices=[])
    payer = short_text(_("From whom"), longest=120)
    note = short_text(_("Notes"), longest=200)
    evidence = evidence_field()


class DueForm(forms.Form):
    """Up to when to book."""

    until = day_field(_("Up to and with"), _("Wear counts in whole months."))
