"""What Django says beside a field that cannot be, named here so that words/*.tsv word it for the farm office.

Django's own Chinese speaks of variables and strings; a catalogue of ours stands before Django's.
"""

from django.utils.translation import ngettext_lazy

from lianjie.base.words import N_

SAID = (
    N_("This field is required."),
    N_("Enter a number."),
    N_("Enter a whole number."),
    N_("Enter a valid date."),
    N_("Enter a valid date/time."),
    N_("Enter a valid value."),
    N_("Null characters are not allowed."),
    N_("Ensure this value is less than or equal to %(limit_value)s."),
    N_("Ensure this value is greater than or equal to %(limit_value)s."),
    N_("Select a valid choice. %(value)s is not one of the available choices."),
    N_("Select a valid choice. That choice is not one of the available choices."),
    ngettext_lazy(
        "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
        "limit_value",
    ),
    ngettext_lazy(
        "Ensure that there are no more than %(max)s digit in total.",
        "Ensure that there are no more than %(max)s digits in total.",
        "max",
    ),
    ngettext_lazy(
        "Ensure that there are no more than %(max)s decimal place.",
        "Ensure that there are no more than %(max)s decimal places.",
        "max",
    ),
    ngettext_lazy(
        "Ensure that there are no more than %(max)s digit before the decimal point.",
        "Ensure that there are no more than %(max)s digits before the decimal point.",
        "max",
    ),
)
