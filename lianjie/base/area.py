"""Administrative areas by official code: two, four, six, nine or twelve digits, padded to twelve.

GB/T 2260 gives the first six digits; three more name the township, three more the village.
"""

import re
from typing import Literal

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_

Level = Literal["nation", "province", "prefecture", "county", "township", "village"]

DIGITS: dict[Level, int] = {
    "nation": 0,
    "province": 2,
    "prefecture": 4,
    "county": 6,
    "township": 9,
    "village": 12,
}


class NotAnAreaCode(Refusal):
    what = N_("“{code}” is not an area code.")
    fix = N_("Write the official 12 digits, as text; shorter codes end in zeros.")


def area_code(text: str) -> str:
    """The 12-digit code. Refuses anything but 2, 4, 6, 9 or 12 digits."""
    digits = text.strip()
    if not re.fullmatch(r"\d{2}|\d{4}|\d{6}|\d{9}|\d{12}", digits) or digits[:2] == "00":
        raise NotAnAreaCode(code=text)
    return digits.ljust(12, "0")


def level_of(code: str) -> Level:
    """The level a 12-digit code stands for, by its trailing zeros."""
    significant = code.rstrip("0")
    for level, digits in DIGITS.items():
        if len(significant) <= digits:
            return level
    return "village"
