"""Forms of livestreams, group-buy rounds and settlement files. They check shape; the rules decide."""

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from lianjie.facts.rules.group_buy import SHORTAGE_RULES
from lianjie.pages.in_kind_forms import evidence_field, number_field, short_text, words
from lianjie.pages.settlement_forms import day_field

Choices = Iterable[tuple[str, str]]


def moment_field(label: str, help_text: str = "") -> forms.DateTimeField:
    """A day and a time of day, in local time."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, help_text=help_text, widget=widget)


class _Sales(forms.Form):
    """A form whose choices of channels, products and counties are this organisation's."""

    def __init__(
        self, *args, channels: Choices = (), products: Choices = (), counties: Choices = (), **kwargs
    ):
        super().__init__(*args, **kwargs)
        for name, choices in (
            ("channel", channels),
            ("product", products),
            ("products", products),
            ("counties", counties),
        ):
            if name in self.fields:
                self.fields[name].choices = list(choices)  # type: ignore[attr-defined]
        if "rule" in self.fields:
            self.fields["rule"].choices = words("shortage_rule", *SHORTAGE_RULES)  # type: ignore[attr-defined]


class EventForm(_Sales):
    """A livestream."""

    code = short_text(_("Number"), required=True, longest=30)
    name = short_text(_("Name"), required=True, longest=120)
    channel = forms.ChoiceField(label=_("Sales channel"), choices=[])
    start_at = moment_field(_("Began at"))
    until_at = moment_field(_("Ended at"), _("Orders paid from the beginning up to this moment count."))
    host = short_text(_("Host"), longest=80)
    products = forms.MultipleChoiceField(
        label=_("Products"),
        choices=[],
        required=False,
        help_text=_("None chosen: everything of the channel."),
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )
    counties = forms.MultipleChoiceField(
        label=_("Counties"),
        choices=[],
        help_text=_("A line counts for the county its product comes from."),
        error_messages={
            "required": _("Choose counties. One stands here once a product names it as its origin.")
        },
        widget=forms.SelectMultiple(attrs={"size": 8}),
    )
    evidence = evidence_field()


class RoundForm(_Sales):
    """A group-buy round."""

    code = short_text(_("Number"), required=True, longest=30)
    name = short_text(_("Name"), required=True, longest=120)
    channel = forms.ChoiceField(label=_("Sales channel"), choices=[])
    product = forms.ChoiceField(label=_("Product"), choices=[])
    price = number_field(_("Price of a pack (yuan)"))
    start_at = moment_field(_("Opens at"))
    until_at = moment_field(_("Takes orders until"))
    rule = forms.ChoiceField(
        label=_("If there is less than was ordered"),
        choices=[],
        help_text=_("Chosen now, shown to everybody, and not changed afterwards."),
    )
    pickup = short_text(_("Handed out at"), longest=120)


class TakeOrderForm(forms.Form):
    """An order taken by hand."""

    number = forms.CharField(widget=forms.HiddenInput, max_length=60)
    buyer = short_text(_("Who orders"), required=True, longest=80)
    packs = forms.IntegerField(label=_("Packs"), min_value=1, max_value=9_999)


class CloseForm(forms.Form):
    """A round is closed with what there is."""

    supply = forms.IntegerField(label=_("Packs that can be delivered"), min_value=0, max_value=9_999_999)
    word = short_text(
        _("Word for the draw"),
        longest=120,
        help_text=_("For a draw by lot: the number of a public lottery drawn after the end."),
    )


class StatementForm(_Sales):
    """A channel's settlement file."""

    channel = forms.ChoiceField(label=_("Sales channel"), choices=[])
    number = short_text(_("Number or period of the statement"), required=True, longest=40)
    day = day_field(_("Settled on"))
    into = forms.ChoiceField(label=_("Where the money is"), choices=[])
    file = forms.FileField(label=_("Settlement file (.xlsx or .csv)"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["into"].choices = words("settled_into", "109", "102")  # type: ignore[attr-defined]
