"""Forms of bases, seasons, weighing in and disputes. They check shape; the rules decide."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from lianjie.pages.offtake_forms import kilograms, party_field, yuan
from lianjie.pages.settlement_forms import day_field, text_field


def percent(label: object, *, required: bool = False) -> forms.DecimalField:
    return forms.DecimalField(label=label, min_value=0, max_digits=5, decimal_places=2, required=required)


def hundredths(value: Decimal | None) -> int:
    """Percent of a field in hundredths of a percent."""
    return int((value or 0) * 100)


def code_field(label: object, help_text: object = "") -> forms.CharField:
    return forms.RegexField(r"^[\w.-]+$", label=label, help_text=help_text, max_length=20)


class BaseForm(forms.Form):
    """A base."""

    base = code_field(_("Code"), _("Letters, digits, points and dashes."))
    name = forms.CharField(label=_("Name"), max_length=80)
    day = day_field(_("Since"))


class PlotForm(forms.Form):
    """A plot and who grows on it."""

    plot = code_field(_("Plot"), _("Letters, digits, points and dashes."))
    household = party_field(_("Grower"))
    mu = forms.DecimalField(label=_("Size (mu)"), min_value=0, max_digits=9, decimal_places=4)
    parcel = forms.CharField(label=_("Parcel in the land register"), max_length=40, required=False)
    day = day_field(_("Since"))


class SeasonForm(forms.Form):
    """A season's plan and protocol."""

    number = code_field(_("Number of the season"), _("Letters, digits, points and dashes."))
    good = forms.CharField(label=_("Good"), max_length=40)
    variety = forms.CharField(label=_("Variety"), max_length=60, required=False)
    day = day_field(_("First day"))
    last_day = day_field(_("Last day"))
    target = kilograms(_("Target yield (kg)"))
    plots = forms.CharField(
        label=_("Plots"),
        help_text=_("Codes with spaces between; empty for every plot of the base."),
        max_length=2000,
        required=False,
    )
    protocol = text_field(
        _("Protocol"),
        _("One step a line: code | name | first day | last day | materials and dose | machine hours a mu."),
        length=8000,
        required=False,
    )
    moisture = percent(_("Agreed moisture (%)"))
    impurity = percent(_("Agreed impurity (%)"))
    evidence = forms.CharField(label=_("Evidence"), max_length=300, required=False)


class ChangeSeasonForm(SeasonForm):
    """A changed plan, with the reason."""

    reason = forms.CharField(label=_("Reason"), max_length=180)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].disabled = True


class DoneForm(forms.Form):
    """A step done on several plots at once."""

    step = forms.ChoiceField(label=_("Step"))
    plots = forms.MultipleChoiceField(label=_("Plots"), widget=forms.CheckboxSelectMultiple)
    day = day_field(_("Done on"))
    done_by = forms.CharField(label=_("Done by"), max_length=80)
    evidence = forms.CharField(label=_("Evidence"), max_length=300, required=False)

    def __init__(self, *args, steps, plots, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["step"].choices = steps  # type: ignore[attr-defined]
        self.fields["plots"].choices = plots  # type: ignore[attr-defined]


class EstimateForm(forms.Form):
    """What a plot is expected to give."""

    plot = forms.ChoiceField(label=_("Plot"))
    day = day_field(_("Day"))
    kg = kilograms(_("Estimate (kg)"))
    by = forms.CharField(label=_("Estimated by"), max_length=80)

    def __init__(self, *args, plots, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["plot"].choices = plots  # type: ignore[attr-defined]


class WeighForm(forms.Form):
    """A load on the scale, in the order a weigher works."""

    plot = forms.ChoiceField(label=_("Plot"))
    receipt = forms.CharField(label=_("Receipt"), max_length=40)
    gross = kilograms(_("Gross (kg)"))
    tare = kilograms(_("Tare (kg)"), required=False)
    moisture = percent(_("Moisture (%)"))
    impurity = percent(_("Impurity (%)"))
    grade = forms.CharField(label=_("Grade"), max_length=20, required=False)
    price = yuan(_("Price (yuan a kg)"), required=False, help_text=_("Empty when not agreed yet."))
    day = day_field(_("Day"))
    weighed_by = forms.CharField(label=_("Weighed by"), max_length=80)

    def __init__(self, *args, plots, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["plot"].choices = plots  # type: ignore[attr-defined]


class DisputeForm(forms.Form):
    """Why a delivery is not accepted."""

    day = day_field(_("Day"))
    by = forms.CharField(label=_("Who does not accept it"), max_length=80)
    claim = text_field(_("What is wrong"), length=400)


class AnswerForm(forms.Form):
    """The answer to a dispute. It shows what stands; what was found otherwise is written over it."""

    day = day_field(_("Day"))
    by = forms.CharField(label=_("Who answers"), max_length=80)
    gross = kilograms(_("Gross (kg)"))
    tare = kilograms(_("Tare (kg)"), required=False)
    moisture = percent(_("Moisture (%)"))
    impurity = percent(_("Impurity (%)"))
    kg = kilograms(_("Net (kg)"))
    grade = forms.CharField(label=_("Grade"), max_length=20, required=False)
    price = yuan(_("Price (yuan a kg)"), required=False, help_text=_("Empty when not agreed yet."))
    text = text_field(
        _("What was found"),
        _("The figures above stand: write over what was found otherwise. Unchanged, the delivery stands."),
        length=400,
    )

    def __init__(self, *args, measured: bool, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name in ("kg",) if measured else ("gross", "tare", "moisture", "impurity"):
            del self.fields[name]
        self.measured = measured

    @property
    def found(self) -> bool:
        """Whether anything was found to be otherwise than it stands."""
        return not {"gross", "tare", "moisture", "impurity", "kg", "grade", "price"}.isdisjoint(
            self.changed_data
        )
