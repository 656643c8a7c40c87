"""Bank accounts: names as banks keep them, numbers, masks.

Banks write the dot in a minority name in different ways, and refuse a payment whose dot is another. So the
name is kept as the bank keeps it; only comparing it with the registered name looks past dots and spaces.
"""

import re
import unicodedata

from stdnum import luhn

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_

DOTS = "·•‧∙⋅・･．。.｡●᛫‒–—-_"
"""What stands for the dot between the parts of a name, from the keyboards of different banks."""


class NotAnAccountNumber(Refusal):
    what = N_("“{number}” is not an account number.")
    fix = N_("Give 8 to 32 digits or Latin letters, as on the card or passbook, without losing any to Excel.")


class HolderDiffers(Refusal):
    what = N_("The account belongs to “{holder}”, but no one of that name is known in “{party}”.")
    fix = N_("Give an account of the household or of a person living in it, or enter that person first.")


class AccountIncomplete(Refusal):
    what = N_("An account needs its holder and its bank.")
    fix = N_("Copy both from the card or passbook.")


def alike(name: str) -> str:
    """The name for comparing only: one width, no spaces, every dot-like character the same."""
    folded = unicodedata.normalize("NFKC", name)
    folded = "".join("·" if each in DOTS else each for each in folded if not each.isspace())
    return re.sub("·+", "·", folded).strip("·").casefold()


def number(text: str) -> str:
    """An account number without spaces and hyphens. Refuses with NotAnAccountNumber."""
    found = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text)).upper()
    if not re.fullmatch(r"[0-9A-Z]{8,32}", found) or re.fullmatch(r"\d+E\d+", found):
        raise NotAnAccountNumber(number=masked(found))
    return found


def looks_mistyped(found: str) -> bool:
    """True for a bank card of 16 to 19 digits whose check digit does not fit: a finding, not a refusal."""
    return bool(re.fullmatch(r"(62|4|5)\d{14,18}", found)) and not luhn.is_valid(found)


def masked(found: str) -> str:
    """The last four stay."""
    return f"{'*' * max(len(found) - 4, 4)}{found[-4:]}" if len(found) > 4 else "****"
