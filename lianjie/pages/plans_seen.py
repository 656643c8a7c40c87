"""A plan's text read for people: its clause, or every problem; and what the checks find."""

from dataclasses import dataclass

from django.utils.translation import gettext

from lianjie.base.refusal import Finding, Refusal, Refusals
from lianjie.ledger.queries.given import given as gather
from lianjie.ledger.queries.settlements import read_plan
from lianjie.ledger.rules import checks, settlement
from lianjie.ledger.rules.clause import Article, clause
from lianjie.ledger.rules.plan import Plan
from lianjie.pages.access import Place
from lianjie.pages.settlement_way import language


@dataclass(frozen=True)
class Seen:
    """What a reader sees of a plan. With problems there is no clause.

    findings  with their text; `tried` is the year on whose figures they were also tried, or None
    """

    plan: Plan | None
    articles: tuple[Article, ...] = ()
    problems: tuple[Refusal, ...] = ()
    findings: tuple[tuple[Finding, str], ...] = ()
    tried: int | None = None


def seen_plan(text: str, place: Place | None = None, year: int | None = None) -> Seen:
    """Read, put into words and check a plan's text; with a place and a year also on that year's figures."""
    try:
        plan = read_plan(text)
    except Refusals as many:
        return Seen(None, problems=many.refusals)
    except Refusal as one:
        return Seen(None, problems=(one,))
    articles = clause(plan, language=language(), say=gettext)
    found, tried = _findings(plan, place, year)
    said = tuple((each, each.say(gettext, language())) for each in found)
    return Seen(plan, articles, findings=said, tried=tried)


def _findings(plan: Plan, place: Place | None, year: int | None) -> tuple[tuple[Finding, ...], int | None]:
    if place is not None and year is not None:
        try:
            inputs = gather(place.id, place.code, year)
            outcome = settlement.run(plan, inputs)
            return checks.check(plan, inputs, outcome), year
        except Refusal:
            pass  # The year has no figures for this plan yet; what the text alone shows still counts.
    return checks.check_plan(plan), None
