"""What a plan and its result must be checked for, each broken limit with its article."""

from lianjie.base.refusal import Finding
from lianjie.ledger.rules.given import Given
from lianjie.ledger.rules.outcome import Outcome
from lianjie.ledger.rules.plan import Plan


def check(plan: Plan, given: Given, outcome: Outcome) -> tuple[Finding, ...]:
    """All findings of a trial."""
    return outcome.findings
