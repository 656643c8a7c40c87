"""Forms of workshops, work agreements and payrolls. They check shape; the rules decide."""

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta

from django import forms
from django.core.validators import RegexValidator
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from lianjie.base.quantity import small_units
from lianjie.base.refusal import Refusal, Refusals
from lianjie.facts.actions.work import Counted
from lianjie.facts.queries import work as queries
from lianjie.facts.queries.work import AgreementRow
from lianjie.facts.rules.home_work import read_norms
from lianjie.facts.rules.work import Terms
from lianjie.pages.offtake_forms import choices, fen, party_field, yuan
from lianjie.pages.settlement_forms import day_field, text_field

NUMBER = RegexValidator(re.compile(r"^[\w-]{1,30}$"), _("Up to 30 letters, digits and hyphens."))


def number_field(label: object) -> forms.CharField:
    return forms.CharField(label=label, max_length=30, validators=[NUMBER])


class WorkshopForm(forms.Form):
    """A workshop."""

    number = number_field(_("Code"))
    name = forms.CharField(label=_("Name"), max_length=80)
    form = forms.ChoiceField(label=_("Form of the workshop"), choices=choices("workshop_form"))
    address = forms.CharField(label=_("Place"), max_length=120)
    start = day_field(_("Since"))


class RecognitionForm(forms.Form):
    """Recognised by whom, from when, under which criteria."""

    by = forms.CharField(label=_("Recognised by"), max_length=80)
    criteria = forms.ChoiceField(
        label=_("Local criteria"),
        help_text=_("The version in force on the first day counts, also when a later one follows."),
        choices=[],
    )
    start = day_field(_("From"))
    last_day = forms.DateField(
        label=_("Last day"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    persons = forms.IntegerField(
        label=_("Recognised for (persons)"), min_value=0, max_value=100_000, required=False
    )
    evidence = forms.CharField(label=_("Evidence"), max_length=300)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        known = queries.criteria()
        self.fields["criteria"].choices = [(code, of[-1].source) for code, of in known.items()]  # type: ignore[attr-defined]


class FloorForm(forms.Form):
    """The minimum wage of the place."""

    start = day_field(_("From"))
    hour = yuan(_("Minimum wage (yuan an hour)"))
    evidence = forms.CharField(label=_("Source"), max_length=300)


class AgreementForm(forms.Form):
    """A work agreement as signed."""

    number = number_field(_("Number of the agreement"))
    worker = party_field(_("Worker"))
    job = forms.CharField(label=_("Work"), max_length=80)
    start = day_field(_("From"))
    last_day = forms.DateField(
        label=_("Last day"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    basis = forms.ChoiceField(label=_("Basis of pay"), choices=choices("wage_basis"))
    rate = yuan(_("Yuan for a day, an hour, a piece or a month"))
    day_hours = forms.IntegerField(label=_("Hours a day"), min_value=1, max_value=12, initial=8)
    status = forms.ChoiceField(label=_("Standing"), choices=choices("work_status"), initial="casual")
    cost = forms.ChoiceField(label=_("A cost of"), choices=choices("wage_cost"))
    defects_paid = forms.BooleanField(label=_("Pieces with defects are paid too"), required=False)
    product = forms.CharField(
        label=_("Work given out: what is made"),
        help_text=_("Only for home work with handed-out material; it is contract work, not employment."),
        max_length=40,
        required=False,
    )
    materials = text_field(
        _("Material of one piece"),
        _("One material a line, for example “竹篾 0.25 kg” or “扣子 4 piece”."),
        required=False,
    )
    allowance = forms.DecimalField(
        label=_("Defects that are paid all the same (%)"),
        min_value=0,
        max_value=100,
        max_digits=7,
        decimal_places=4,
        required=False,
    )
    public_post = forms.BooleanField(label=_("Public post"), required=False)
    funder = forms.CharField(label=_("Who pays for the public post"), max_length=80, required=False)
    evidence = forms.CharField(label=_("Evidence"), max_length=300)

    def terms(self, workshop: str) -> Terms:
        """What was filled in, as the rules see it. Refuses what cannot be read."""
        said = dict(self.cleaned_data)
        return Terms(
            workshop=workshop,
            until=after(said.pop("last_day")),
            rate_fen=fen(said.pop("rate")),
            materials=read_norms(said.pop("materials")),
            allowance_e6=int((said.pop("allowance") or 0) * 10_000),
            **said,
        )


class EndForm(forms.Form):
    """The last day of an agreement."""

    last_day = day_field(_("Last day"))
    evidence = forms.CharField(label=_("Evidence"), max_length=300)


class HandOutForm(forms.Form):
    """Material to a home worker. `lots`: number and label of those that hold the material."""

    receipt = number_field(_("Receipt"))
    day = day_field(_("Day"))
    lot = forms.ChoiceField(label=_("From lot"), choices=[])
    quantity = forms.DecimalField(
        label=_("Quantity (kg or pieces)"), min_value=0, max_digits=12, decimal_places=4
    )
    evidence = forms.CharField(label=_("Evidence"), max_length=300, required=False)

    def __init__(self, *args, lots: Iterable[tuple[str, str]], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lot"].choices = list(lots)  # type: ignore[attr-defined]


class GiveBackForm(HandOutForm):
    """Material back into its lot, or lost."""

    lost = forms.BooleanField(label=_("Lost"), help_text=_("Wages are not made less by it."), required=False)
    account = forms.CharField(label=_("What happened"), max_length=300, required=False)
    field_order = ("receipt", "day", "lot", "quantity", "lost", "account", "evidence")


class BringForm(forms.Form):
    """Pieces brought, with defects by cause."""

    receipt = number_field(_("Receipt"))
    day = day_field(_("Day"))
    pieces = forms.DecimalField(label=_("Pieces brought"), min_value=0, max_digits=10, decimal_places=0)
    evidence = forms.CharField(label=_("Evidence"), max_length=300, required=False)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for cause, word in choices("defect"):
            self.fields[f"defect_{cause}"] = forms.DecimalField(
                label=format_lazy("{}: {}", _("Defects"), word), min_value=0, max_digits=10,
                decimal_places=0, required=False,
            )  # fmt: skip
        self.order_fields(["receipt", "day", "pieces", *(n for n in self.fields if n.startswith("defect_"))])

    def defects(self) -> dict[str, int]:
        """Cause -> pieces in ten-thousandths, without the causes of none."""
        return {
            cause: small_units(self.cleaned_data[f"defect_{cause}"], "piece")
            for cause, _word in choices("defect")
            if self.cleaned_data[f"defect_{cause}"]
        }


class ApproveForm(forms.Form):
    """Who approves what was seen."""

    approved_by = forms.CharField(label=_("Approved by"), max_length=80)
    deduction_evidence = forms.CharField(
        label=_("Signed agreement to take off what was paid too much"),
        help_text=_("Without it nothing is taken off."),
        max_length=300,
        required=False,
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)


class PaidForm(forms.Form):
    """How wages were paid out."""

    day = day_field(_("Day of payment"))
    method = forms.ChoiceField(label=_("Paid by"), choices=choices("wage_method"))
    evidence = forms.CharField(label=_("Evidence"), max_length=300)


def counted(given: Mapping[str, str], rows: Iterable[AgreementRow]) -> list[Counted]:
    """The lines of a sheet; an empty line was not counted. Refuses every line that cannot be read."""
    found: list[Counted] = []
    wrong: list[Refusal] = []
    for row in rows:
        number = row.terms.number
        quantity = given.get(f"quantity-{number}", "").strip()
        defects = given.get(f"defects-{number}", "").strip()
        if not quantity:
            continue
        try:
            found.append(
                Counted(number, small_units(quantity, "piece"), small_units(defects or "0", "piece"))
            )
        except Refusal as refusal:
            wrong.append(refusal)
    if wrong:
        raise Refusals(wrong)
    return found


def after(last_day):
    """A last day as the end of a half-open period."""
    return last_day + timedelta(days=1) if last_day else None
