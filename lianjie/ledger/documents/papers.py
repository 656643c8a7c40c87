"""What every file of one settlement is written from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from lianjie.base.digest import sha256
from lianjie.base.words import Say, english, label_in
from lianjie.ledger.rules.explanation import Explainer
from lianjie.ledger.rules.given import Given, Recipient, given_json
from lianjie.ledger.rules.outcome import Outcome
from lianjie.ledger.rules.plan import Plan


@dataclass(frozen=True)
class Issuer:
    """Who issues the papers, and what stands in their head.

    state          catalogue text ("trial", "disclosed" ...)
    how_to_object  a finished sentence in the reader's language; empty: the standard one
    disclosure_law the article that asks for the disclosure, as parameters/disclosure.toml names it
    notice_until   last day of the notice, when one is put up or is about to be
    invented       the organisation and its people are made up; every page says so
    """

    name: str
    code: str
    year: int
    area: str = ""
    chair: str = ""
    accountant: str = ""
    invented: bool = False
    state: str = "trial"
    disclosed_day: date | None = None
    objections_until: date | None = None
    how_to_object: str = ""
    disclosure_law: str = ""
    notice_until: date | None = None


@dataclass(frozen=True)
class Payment:
    """Money handed to a recipient. `method` is a finished word in the reader's language."""

    day: date
    amount_fen: int
    method: str = ""
    evidence: str = ""


@dataclass(frozen=True)
class Door:
    """What opens one statement without an account: `address` is what the square code holds."""

    code: str
    pin: str
    address: str


@dataclass(frozen=True)
class Papers:
    """One settlement with the words it is written in.

    plan_text  the TOML the plan was read from
    language   zh-Hans, zh-Hant or en; `say` translates catalogue texts into it
    payments   recipient -> what it was paid so far
    doors      recipient -> the code on its statement; empty for whoever may not see the codes
    """

    plan: Plan
    plan_text: str
    given: Given
    outcome: Outcome
    issuer: Issuer
    language: str = "zh-Hans"
    say: Say = english
    payments: Mapping[str, tuple[Payment, ...]] = field(default_factory=dict)
    doors: Mapping[str, Door] = field(default_factory=dict)
    children: frozenset[str] = frozenset()

    @cached_property
    def recipients(self) -> tuple[Recipient, ...]:
        """Everyone listed, in order of code."""
        return tuple(sorted(self.given.recipients, key=lambda each: each.code))

    @cached_property
    def by_code(self) -> Mapping[str, Recipient]:
        return {each.code: each for each in self.recipients}

    @cached_property
    def sums(self) -> Mapping[str, int]:
        """Measure -> small units of everyone together."""
        found: dict[str, int] = {}
        for each in self.recipients:
            for name, small in each.measures.items():
                found[name] = found.get(name, 0) + small
        return found

    @cached_property
    def explainer(self) -> Explainer:
        """Says why, for any line, in the reader's language."""
        return Explainer(self.plan, self.given, self.outcome, language=self.language, say=self.say)

    @cached_property
    def given_sha256(self) -> str:
        return sha256(given_json(self.given))

    @cached_property
    def plan_sha256(self) -> str:
        return sha256(self.plan_text)

    @property
    def title(self) -> str:
        """The plan's title."""
        return label_in(self.plan.title, self.language, self.plan.code)

    @property
    def dated(self) -> date:
        """The day that stands in the files' own metadata: never today's, so a rerun gives the same bytes."""
        return self.issuer.disclosed_day or date(self.issuer.year, 12, 31)

    def named(self, name: str) -> str:
        """The label people see for a name of the plan."""
        return self.plan.named(name, self.language, self.say)

    def tell(self, text: str, **details: object) -> str:
        """A catalogue text in the reader's language with its places filled in."""
        return self.say(text).format_map(details)
