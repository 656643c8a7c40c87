"""Refusals and findings: how the product says no, and how it says look here.

A refusal is expected and stops: nothing was written, and the asker can read why.
A finding is for a person to weigh: the data are allowed, yet need an eye.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from lianjie.base.words import N_, Say, english, label_in

Severity = Literal["error", "warning", "note"]
"""error: unlawful or unable to run; warning: a person must accept it; note: good to know."""


class Refusal(Exception):
    """We will not. `what` says who or what and why; `fix` says what to do instead.

    Both are catalogue texts with named places: "Parcel {parcel} is leased until {last_day}."
    The class name is the code that tests, logs and the refusal gallery use.
    """

    what: ClassVar[str] = N_("This cannot be done.")
    fix: ClassVar[str] = N_("Check the entry and try again.")
    words: ClassVar[tuple[str, ...]] = ()
    """Names of details that are catalogue texts themselves: an article of law, a state."""
    about: ClassVar[str] = ""
    """Which value of a row is wrong, where its details name other ones."""

    def __init__(self, **details: Any) -> None:
        super().__init__(details)
        self.details = details

    @property
    def code(self) -> str:
        """The class name."""
        return type(self).__name__

    def say(self, say: Say = english) -> str:
        """The whole refusal as one text in the reader's language."""
        return " ".join(self.parts(say)).strip()

    def parts(self, say: Say = english) -> tuple[str, str]:
        """What is wrong, and what to do, in the reader's language."""
        told = self.details | {name: say(self.details[name]) for name in self.words if self.details.get(name)}
        return say(self.what).format_map(told), say(self.fix).format_map(told)

    def __str__(self) -> str:
        return self.say()


@dataclass(frozen=True)
class Finding:
    """Something a person must see to.

    code     stable name of the check, kebab-case
    text     catalogue text with named places
    details  values for the places: text, whole numbers, or a label people gave in several languages
    severity error, warning or note
    where    what it is about: a step, a figure, a recipient, "Sheet!B7"
    law      the article or clause behind it ("Law on Farmers' Professional Cooperatives, art. 44")
    """

    code: str
    text: str
    details: dict[str, Any] = field(default_factory=dict)
    severity: Severity = "warning"
    where: str = ""
    law: str = ""

    def say(self, say: Say = english, language: str = "en") -> str:
        """The finding in the reader's language; labels people gave are taken in `language`."""
        said = {
            name: label_in(value, language) if isinstance(value, Mapping) else value
            for name, value in self.details.items()
        }
        return say(self.text).format_map(said)

    @property
    def key(self) -> str:
        """Names this finding when a person accepts it: the same complaint about the same thing."""
        return f"{self.code}:{self.where}"


class Refusals(Refusal):
    """Several refusals at once: a whole file or plan checked to the end."""

    what = N_("Problems found: {count}. Nothing was written.")
    fix = N_("Mend each one and try again.")

    def __init__(self, refusals: Iterable[Refusal]) -> None:
        self.refusals = tuple(refusals)
        super().__init__(count=len(self.refusals))

    def say(self, say: Say = english) -> str:
        """The heading, then each refusal on a line of its own."""
        return "\n".join([super().say(say), *(r.say(say) for r in self.refusals)])
