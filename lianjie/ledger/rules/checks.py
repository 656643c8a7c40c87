"""What a plan and its result must be checked for, each broken limit with its article.

error    cannot be accepted: the law does not allow it
warning  a named person may accept it, with a reason
note     good to know

checks.py             the entry
checks_text.py        the plan alone: what an editor can say before any figure is known
checks_coop.py        surplus of a cooperative: arts. 13, 41, 42, 44
checks_collective.py  income of a collective: art. 42 of the collectives law
"""

from lianjie.base.refusal import Finding
from lianjie.ledger.rules.checks_collective import check_collective
from lianjie.ledger.rules.checks_coop import check_coop
from lianjie.ledger.rules.checks_text import check_plan
from lianjie.ledger.rules.given import Given
from lianjie.ledger.rules.outcome import Outcome
from lianjie.ledger.rules.plan import Plan

__all__ = ["check", "check_plan"]


def check(plan: Plan, given: Given, outcome: Outcome) -> tuple[Finding, ...]:
    """All findings of a trial: those of the run, of the plan's text, and of the result."""
    found = [
        *outcome.findings,
        *check_plan(plan, given.period),
        *check_coop(plan, given, outcome),
        *check_collective(plan, given, outcome),
    ]
    return tuple({each.key: each for each in found}.values())
