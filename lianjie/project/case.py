"""`lianjie case FOLDER`: run a worked case and show every step, line and finding. Nothing is written.

A folder holds plan.toml and input.toml; a rule that changed has plan-2019-06.toml and input-2019-06.toml too.
"""

from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import get_language, gettext

from lianjie.base.fen import Fen
from lianjie.base.words import Say, label_in
from lianjie.ledger.rules import checks, given, plan_text, settlement
from lianjie.ledger.rules.given import Given
from lianjie.ledger.rules.outcome import Outcome, StepResult, outcome_json
from lianjie.ledger.rules.plan import Plan
from lianjie.project.cli import NoSuchFile

SHOWN = 5
"""Lines of one step that are shown; a village has thousands."""


LANGUAGES = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant"}


def run(folder: Path, *, json_output: bool) -> None:
    """Print each period of the case: text, or one canonical JSON object a line. Refuses with Refusals."""
    language = LANGUAGES.get((get_language() or "").lower(), "en")
    for plan, facts in sorted(periods(folder), key=lambda each: each[1].period.start):
        outcome = settlement.run(plan, facts)
        if json_output:
            print(outcome_json(outcome))
        else:
            print("\n".join(told(plan, facts, outcome, language, gettext)))


def periods(folder: Path) -> Iterator[tuple[Plan, Given]]:
    """Each version of the rule with its own input. Refuses with NoSuchFile."""
    paths = sorted(folder.glob("plan*.toml")) or [folder / "plan.toml"]
    for path in paths:
        facts = path.with_name(path.name.replace("plan", "input", 1))
        for needed in (path, facts):
            if not needed.is_file():
                raise NoSuchFile(path=needed)
        plan = plan_text.read(path.read_text("utf-8"))
        yield plan, given.read_toml(facts.read_text("utf-8"), plan)


def told(plan: Plan, facts: Given, outcome: Outcome, language: str, say: Say) -> Iterator[str]:
    """The outcome as text, a line each: steps with their parts, then findings."""
    yield f"{facts.organisation}  {facts.period.start} – {facts.period.last_day}"
    names = {each.code: each.name for each in facts.recipients}
    for result in (*outcome.steps, *outcome.memos):
        yield f"{plan.named(result.name, language, say)}: {Fen(result.amount_fen)}"
        yield from _parts(plan, result, names, language, say)
    for finding in checks.check(plan, facts, outcome):
        yield f"! {finding.say(say, language)}"


def _parts(plan: Plan, result: StepResult, names: dict[str, str], language: str, say: Say) -> Iterator[str]:
    for name, fen in (*result.parts.items(), *result.parties.items()):
        party = plan.party(name)
        label = label_in(party.label, language, name) if party else plan.named(name, language, say)
        yield f"    {label}: {Fen(fen)}"
    for line in result.lines[:SHOWN]:
        yield f"    {line.recipient} {names[line.recipient]}".rstrip() + f": {Fen(line.amount_fen)}"
    if len(result.lines) > SHOWN:
        yield f"    … {len(result.lines)}"
