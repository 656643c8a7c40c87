"""A year of a collective in the books: its income, its surplus, and how the surplus was shared."""

from dataclasses import dataclass

from lianjie.base.words import Label
from lianjie.ledger.models import Settlement
from lianjie.ledger.queries import settlements
from lianjie.ledger.queries.forms import year_forms


@dataclass(frozen=True)
class Shared:
    """One step of the settlement: its label, its sum in fen, its law."""

    label: Label
    fen: int
    law: str
    recipients: int


@dataclass(frozen=True)
class YearInBooks:
    """What the books say of a year, in fen, and its settlement; `settlement_id` None when there is none."""

    operating_fen: int
    investment_fen: int
    other_fen: int
    surplus_fen: int
    settlement_id: int | None
    state: str
    steps: tuple[Shared, ...]

    @property
    def income_fen(self) -> int:
        """Operating, investment and other income together."""
        return self.operating_fen + self.investment_fen + self.other_fen


def year(organisation_id: int, of: int) -> YearInBooks | None:
    """The year from the journal, its settlement included; None when nothing is booked."""
    forms = year_forms(organisation_id, of)
    if forms is None:
        return None
    lines = {line.number: line.fen for line in forms.surplus}
    found = (
        Settlement.objects.filter(organisation_id=organisation_id, year=of)
        .exclude(state__in=("withdrawn", "reversed"))
        .order_by("-round")
        .first()
    )
    steps: tuple[Shared, ...] = ()
    if found is not None and found.given:
        worked = settlements.worked(settlements.get(organisation_id, found.pk))
        steps = tuple(
            Shared(step.label, done.amount_fen, step.law, len(done.lines))
            for step, done in zip(worked.plan.steps, worked.outcome.steps, strict=True)
            if done.ran and done.amount_fen
        )
    return YearInBooks(
        lines[1], lines[2], lines[8], lines[12], found.pk if found else None, found.state if found else "",
        steps,
    )  # fmt: skip
