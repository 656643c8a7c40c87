"""Steps of a plan and exact numbers in the reader's words."""

from fractions import Fraction

from django.utils.translation import gettext

from lianjie.base.quantity import UNITS, counted
from lianjie.ledger.queries.settlements import Worked
from lianjie.ledger.rules.clause import step_rule
from lianjie.ledger.rules.explanation import Explainer
from lianjie.ledger.rules.expression import plain
from lianjie.ledger.rules.plan import Quantification, Step
from lianjie.ledger.rules.wording import Wording
from lianjie.pages.format import yuan
from lianjie.pages.settlement_way import language


class Words:
    """The words of one settlement worked out."""

    def __init__(self, worked: Worked) -> None:
        self.plan = worked.plan
        self.wording = Wording(worked.plan, language(), gettext)
        self.explainer = Explainer(
            worked.plan, worked.given, worked.outcome, language=language(), say=gettext
        )

    def rule(self, step: Step | Quantification) -> str:
        """A step's rule as the clause says it."""
        if isinstance(step, Quantification):
            return gettext("%(amount)s, quantified and not paid out") % {
                "amount": self.wording.money(step.amount)
            }
        return step_rule(self.wording, step)

    def asked(self, step: Step | Quantification) -> str:
        """The same with this year's numbers put in."""
        return "" if isinstance(step, Quantification) else self.explainer.asked(step.name)

    def formula(self, text: str) -> str:
        """A computed figure's formula in words."""
        return self.wording.of(text)

    def receivers(self, step: Step | Quantification) -> str:
        """Who receives the step, and by what."""
        if isinstance(step, Step) and step.to:
            return self.wording.name(step.to)
        if isinstance(step, Step) and step.into:
            return gettext(", ").join(self.wording.name(part) for part in step.into)
        return gettext("%(group)s, by %(weight)s") % {
            "group": self.wording.name(step.among),
            "weight": self.wording.name(step.by),
        }


def number_text(value: Fraction, places: int = 0) -> str:
    """A number as people write it: decimals where they end soon, else a fraction; thousands set apart."""
    for digits in range(places, 7):
        scaled = value * 10**digits
        if scaled.denominator == 1:
            whole, part = divmod(abs(int(scaled)), 10**digits)
            sign = "−" if value < 0 else ""
            return f"{sign}{whole:,}" + (f".{part:0{digits}d}" if digits else "")
    return plain(value)


def figure_text(value: Fraction, unit: str) -> tuple[str, str]:
    """A figure's value and unit as people read them."""
    if unit == "yuan":
        fen = value * 100
        return (yuan(int(fen)) if fen.denominator == 1 else number_text(value, 2)), gettext("yuan")
    if unit == "percent":
        return number_text(value * 100), "%"
    text = number_text(value)
    return text, "" if unit == "number" else gettext(counted(text, UNITS[unit].label))
