"""Identity numbers of people and credit codes of organisations: shape, check digit, mask.

Only the check digit and the day of birth are judged. python-stdnum's own `validate` also looks the county
up in an old table and would refuse people from counties made since.
"""

import re
from datetime import date

from stdnum.cn import ric, uscc

MASKED = re.compile(r"\d{0,6}\*+[\dX]{0,4}")


def compact(text: str) -> str:
    """Without spaces and hyphens, the last letter a capital X."""
    return re.sub(r"[\s\-]", "", text).upper()


def is_id_number(text: str) -> bool:
    """17 digits and a check digit that fits, with a day of birth that exists."""
    if not re.fullmatch(r"\d{17}[\dX]", text) or ric.calc_check_digit(text) != text[-1]:
        return False
    return birth_day(text) is not None


def birth_day(text: str) -> date | None:
    """The day of birth an 18-digit number carries; None when there is no such day."""
    try:
        return date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return None


def is_damaged(text: str) -> bool:
    """True when Excel took digits away: 3.60426E+17, or the last three became zeros."""
    return bool(re.fullmatch(r"[\d.]+E\+?\d+", text)) or (text.endswith("000") and len(text) == 18)


def is_masked(text: str) -> bool:
    """True for a number we printed with stars: 360426********0071."""
    return MASKED.fullmatch(text) is not None


def mask(text: str) -> str:
    """For people who need not see it: the county and the last four stay."""
    return f"{text[:6]}{'*' * 8}{text[-4:]}" if len(text) == 18 else "*" * len(text)


def is_credit_code(text: str) -> bool:
    """18 characters of the code's alphabet with a check character that fits (GB 32100-2015)."""
    if not re.fullmatch(r"[0-9A-HJ-NP-RTUW-Y]{18}", text):
        return False
    return bool(uscc.calc_check_digit(text[:-1]) == text[-1])
