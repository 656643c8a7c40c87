"""Forms of a settlement. They check shape; the rules decide."""

from datetime import date

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lianjie.base.words import label_in
from lianjie.ledger.queries.settlements import PlanRow
from lianjie.pages.words import WORDS


def day_field(label: str, help_text: str = "") -> forms.DateField:
    """A day, with the browser's own calendar."""
    return forms.DateField(
        label=label, help_text=help_text, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


def text_field(
    label: str, help_text: str = "", *, length: int = 300, required: bool = True
) -> forms.CharField:
    """A text of several lines."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=length,
        required=required,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class BeginForm(forms.Form):
    """The year and the version of the plan."""

    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
    plan = forms.ChoiceField(label=_("Plan of distribution"))

    def __init__(self, *args, plans: tuple[PlanRow, ...], language: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["plan"].choices = [(str(p.id), plan_words(p, language)) for p in plans]  # type: ignore[attr-defined]


class AcceptForm(forms.Form):
    """Who takes a finding on, and why."""

    person_name = forms.CharField(label=_("Your name"), max_length=80)
    reason = forms.CharField(label=_("Reason"), max_length=500)


class DisclosingForm(forms.Form):
    """The day of disclosure, and the digest of what was shown."""

    day = day_field(_("Day of disclosure"), _("The time for objections runs from this day."))
    digest = forms.CharField(widget=forms.HiddenInput)


class VoteForm(forms.Form):
    """The assembly's vote."""

    resolution = forms.CharField(label=_("Number of the resolution"), max_length=80)
    day = day_field(_("Day of the assembly"))
    members = forms.IntegerField(label=_("Members in all"), min_value=1)
    present = forms.IntegerField(label=_("Members present"), min_value=0)
    votes_total = forms.IntegerField(
        label=_("Votes in all"), min_value=1, help_text=_("Of all members, present or not.")
    )
    votes_for = forms.IntegerField(label=_("Votes in favour"), min_value=0)
    minutes = forms.CharField(
        label=_("Minutes"), max_length=300, required=False, help_text=_("Where the signed minutes are kept.")
    )


class ResolutionChoice(forms.Form):
    """The resolution by which the assembly decided."""

    resolution = forms.ChoiceField(
        label=_("Resolution of the meeting"), help_text=_("Its counts are taken from the meeting.")
    )

    def __init__(self, *args, resolutions: list[tuple[str, str]], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["resolution"].choices = resolutions  # type: ignore[attr-defined]


class DayForm(forms.Form):
    """The day of a booking."""

    day = day_field(_("Day of booking"))


class PayForm(forms.Form):
    """How a payment was made."""

    method = forms.ChoiceField(label=_("Paid by"), choices=[])
    day = day_field(_("Day of payment"))
    evidence = forms.CharField(
        label=_("Evidence"),
        max_length=300,
        help_text=_("Bank slip, signed list or receipt, with its number."),
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["method"].choices = [(each, gettext(text)) for each, text in WORDS["method"].items()]  # type: ignore[attr-defined]


class WithdrawForm(forms.Form):
    """Why a settlement is given up."""

    reason = text_field(_("Reason"))


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = text_field(_("Reason"))


class ReverseForm(forms.Form):
    """Why, and on which day, a settlement is undone."""

    day = day_field(_("Day of reversal"))
    reason = text_field(_("Reason"))


class ObjectionForm(forms.Form):
    """Who objects, to which line, and what is wrong."""

    party = forms.ChoiceField(label=_("Household"))
    step = forms.ChoiceField(label=_("Line"), required=False)
    text = text_field(_("What is wrong"), length=1000)

    def __init__(self, *args, parties: list[tuple[str, str]], steps: list[tuple[str, str]], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["party"].choices = parties  # type: ignore[attr-defined]
        self.fields["step"].choices = [("", gettext("The whole settlement")), *steps]  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """The answer, and who gives it."""

    outcome = forms.ChoiceField(label=_("Result"), choices=[])
    text = text_field(_("Answer"), length=1000)
    person_name = forms.CharField(label=_("Answered by"), max_length=80)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = [  # type: ignore[attr-defined]
            ("explained", gettext("Explained: the line is right")),
            ("upheld", gettext("Upheld: the line is wrong, the settlement is withdrawn and made anew")),
            ("rejected", gettext("Rejected")),
        ]


def plan_words(plan: PlanRow, language: str) -> str:
    """A version of a plan in a list: its title, version and first day."""
    title = label_in(plan.rules.title, language, plan.code)
    return gettext("%(title)s, version %(version)s, from %(day)s") % {
        "title": title,
        "version": plan.version,
        "day": date.isoformat(plan.effective_from),
    }
