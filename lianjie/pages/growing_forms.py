"""Forms of bases, seasons, weighing in and disputes. They check shape; the rules decide."""

from collections.abc import Sequence
from decimal import Decimal

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lianjie.base.quantity import small_units
from lianjie.base.refusal import Refusal
from lianjie.facts.actions.growing_used import Material
from lianjie.facts.queries.stock import LotRow
from lianjie.facts.rules.growing_used import minutes_of
from lianjie.facts.rules.in_kind import UNITS
from lianjie.pages.in_kind_forms import lot_words, number_field, short_text, words
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


class UsedForm(forms.Form):
    """What was used for a step on several plots at once; the materials are rows of their own."""

    step = forms.ChoiceField(label=_("Step"))
    plots = forms.MultipleChoiceField(label=_("Plots"), widget=forms.CheckboxSelectMultiple)
    day = day_field(_("Used on"))
    evidence = forms.CharField(label=_("Evidence"), max_length=300, required=False)

    def __init__(self, *args, steps, plots, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["step"].choices = steps  # type: ignore[attr-defined]
        self.fields["plots"].choices = plots  # type: ignore[attr-defined]


class DoneForm(UsedForm):
    """A step done on several plots at once."""

    day = day_field(_("Done on"))
    done_by = forms.CharField(label=_("Done by"), max_length=80)
    machine_hours = number_field(
        _("Machine hours used"),
        required=False,
        help_text=_("On these plots together; they are shared by size. Twenty minutes are 0.33."),
    )
    field_order = ("step", "plots", "day", "done_by", "machine_hours", "evidence")

    def clean(self) -> dict[str, object]:
        said = super().clean() or self.cleaned_data
        try:
            said["machine_minutes"] = minutes_of(said.pop("machine_hours", ""))
        except Refusal as refusal:
            self.add_error("machine_hours", refusal.say(gettext))
        return said


class MaterialForm(forms.Form):
    """One material used on the chosen plots together; out of a lot, it is counted as the lot is."""

    lot = forms.ChoiceField(label=_("From lot"), required=False)
    good = short_text(_("Material"), help_text=_("Not needed with a lot."))
    quantity = number_field(_("Quantity"), required=False)
    unit = forms.ChoiceField(label=_("Counted in"), choices=[], required=False, initial="kg")

    def __init__(self, *args, lots: Sequence[LotRow], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.lots = {row.number: row for row in lots}
        named = [(row.number, lot_words(row)) for row in lots]
        self.fields["lot"].choices = [("", gettext("not out of the stock")), *named]  # type: ignore[attr-defined]
        self.fields["unit"].choices = words("good_unit", *UNITS)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, object]:
        said = self.cleaned_data
        if not said.get("quantity") and self.has_changed():
            self.add_error("quantity", gettext("Write how much was used."))
        return said

    def material(self) -> Material | None:
        """What was filled in; None for an empty row. Refuses with NotAQuantity."""
        said = self.cleaned_data
        if not said.get("quantity"):
            return None
        lot = self.lots.get(said["lot"])
        unit = lot.goods.unit if lot else said["unit"]
        # The name a protocol gives is only a proposal: the lot knows what it holds.
        good = lot.goods.good if lot and "good" not in self.changed_data else said["good"]
        return Material(good, unit, small_units(said["quantity"], unit), said["lot"])


class MaterialRows(forms.formset_factory(MaterialForm, extra=2)):
    """Rows of materials. `least`: so many must be filled in."""

    least = 0

    def is_valid(self) -> bool:
        """True also when the form was sent without rows, and none is needed."""
        return bool(super().is_valid()) if self.is_bound else not self.least

    def clean(self) -> None:
        if sum(bool(row.cleaned_data.get("quantity")) for row in self.forms if row.is_valid()) < self.least:
            raise forms.ValidationError(gettext("Write at least one material and how much of it was used."))

    def materials(self) -> list[Material]:
        """The rows that are filled in. Refuses with NotAQuantity."""
        return [made for row in self.forms if self.is_bound and (made := row.material())]


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
