"""Personal data: what may be seen whole for which purpose, how it is masked, what may be corrected."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.rules import identity

DETAILS = ("phone", "health")
SEEABLE = ("id_number", "phone", "health", "account")
SHOWN = (*SEEABLE, "person", "receivers", "file")
"""What a line of the log may be about; person: everything held, in one file;
file: a list or document that names people, nothing sealed in it."""
CORRECTABLE = ("name", "village", "id_number", "birth_day", "phone", "health")
HEALTH = ("disability", "serious_illness", "chronic_illness")


class NotAPhone(Refusal):
    what = N_("“{phone}” is not a telephone number.")
    fix = N_("Give 6 to 20 digits; spaces, hyphens and a plus in front are left out of the count.")


class NotAnIdNumber(Refusal):
    what = N_("The identity number does not pass its check digit, or its day of birth does not exist.")
    fix = N_("Type all 18 places as on the card.")


class NotAHealthReason(Refusal):
    what = N_("“{value}” is not a reason of health.")
    fix = N_("Choose one from the list.")


class NotADay(Refusal):
    what = N_("“{value}” is not a day.")
    fix = N_("Write it as 1990-01-31.")


class NameMissing(Refusal):
    what = N_("A name is needed.")
    fix = N_("Type it as on the identity card.")


class PurposeUnknown(Refusal):
    what = N_("There is no purpose “{purpose}” on that day.")
    fix = N_("Choose one from the list.")


class PurposeDoesNotCover(Refusal):
    what = N_("The purpose chosen does not need: {what}.")
    fix = N_("Choose only what the purpose needs, or the purpose that applies.")
    words = ("what",)


class PurposeWithoutReason(Refusal):
    what = N_("Say why these data are needed now.")
    fix = N_("One sentence is enough; whoever asks for the log will read it.")


@dataclass(frozen=True)
class Purpose:
    """Why somebody may see personal data whole: `kinds` are those the purpose needs, and no others.

    guardian  it rests on a guardian's consent: the only kind of purpose that opens a child's data
    """

    code: str
    title: Mapping[str, str]
    kinds: tuple[str, ...]
    source: str
    guardian: bool = False


def purposes(text: str, day: date) -> tuple[Purpose, ...]:
    """The purposes in force on a day, from the text of their parameter file, in its order."""
    found: dict[str, Purpose] = {}
    for row in tomllib.loads(text)["values"]:
        if row["from"] > day:
            continue
        unknown = set(row["kinds"]) - set(SEEABLE)
        if unknown:
            raise ValueError(f"purpose {row['code']}: unknown kinds {sorted(unknown)}")
        found[row["code"]] = Purpose(
            row["code"], row["title"], tuple(row["kinds"]), row["source"], row.get("guardian", False)
        )  # fmt: skip
        if row.get("ended"):
            del found[row["code"]]
    return tuple(found.values())


def purpose_for(found: tuple[Purpose, ...], code: str, kinds: tuple[str, ...], reason: str) -> Purpose:
    """The purpose, if it needs all these kinds and a reason is given.

    Refuses with PurposeUnknown, PurposeDoesNotCover or PurposeWithoutReason.
    """
    purpose = next((each for each in found if each.code == code), None)
    if purpose is None:
        raise PurposeUnknown(purpose=code)
    beyond = [kind for kind in kinds if kind not in purpose.kinds]
    if beyond:
        raise PurposeDoesNotCover(what=WORDS[beyond[0]])
    if len(reason.strip()) < 2:
        raise PurposeWithoutReason
    return purpose


WORDS: Mapping[str, str] = {
    "id_number": N_("Identity number"),
    "phone": N_("Phone"),
    "health": N_("Health"),
    "account": N_("Bank account"),
    "person": N_("Everything held"),
    "receivers": N_("Receivers of orders"),
    "file": N_("A file with names"),
    "correction": N_("Corrections, before and after"),
    "name": N_("Full name"),
    "village": N_("Village"),
    "birth_day": N_("Day of birth"),
    "disability": N_("Disability"),
    "serious_illness": N_("Serious illness"),
    "chronic_illness": N_("Chronic illness"),
}
"""Kind, field or reason of health -> words."""


def phone(text: str) -> str:
    """A telephone number as it is kept: digits, a plus in front if given. Refuses with NotAPhone."""
    tidy = re.sub(r"[\s\-()（）]", "", text)
    if not re.fullmatch(r"\+?\d{6,20}", tidy):
        raise NotAPhone(phone=text.strip()[:30])
    return tidy


def corrected(field: str, text: str) -> str:
    """The value as it is kept, for the field. "" takes a phone, a reason of health or a day of birth away.

    Refuses with NameMissing, NotAnIdNumber, NotAPhone, NotAHealthReason or NotADay. A village is its code,
    looked up by the action.
    """
    tidy = text.strip()
    if field in ("name", "village"):
        if not tidy:
            raise NameMissing
        return tidy[:120]
    if field == "id_number":
        number = identity.compact(tidy)
        if not identity.is_id_number(number):
            raise NotAnIdNumber
        return number
    if not tidy:
        return ""
    if field == "phone":
        return phone(tidy)
    if field == "health":
        if tidy not in HEALTH:
            raise NotAHealthReason(value=tidy[:30])
        return tidy
    try:
        return date.fromisoformat(tidy).isoformat()
    except ValueError:
        raise NotADay(value=tidy[:30]) from None


def is_masked(text: str) -> bool:
    """True for a phone we printed with stars: ****5678."""
    return re.fullmatch(r"\*{4}\d{0,4}", text.strip()) is not None


def masked(kind: str, end: str) -> str:
    """How a sealed value stands on a page: its last four at most, nothing of health."""
    return f"****{end}" if end and kind != "health" else "****"
