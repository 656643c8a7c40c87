"""Published settlements, and invented but typical ones, run as any settlement is run.

Each folder of cases/ holds a plan, an input whose announced figures are what the source prints, and
expected.toml: how strong the source's figures are as a check, and every finding the run must give, in words.
"""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from lianjie.ledger.rules import checks, given, plan_text, settlement

CASES = Path(__file__).parents[3] / "cases"
PUBLISHED = {
    "AH-LUDIAN-110": "approximate",
    "EDU-BIO-8800": "published_error",
    "EDU-JIA-387.5": "exact",
    "EDU-QINDAN-70": "partial",
    "EDU-YIMIN-SURPLUS": "exact",
    "GS-DENGJIA-168": "unexplained",
    "GS-LIUJIAPU-PV": "partial",
    "GS-SIHAO-55-30-15": "partial",
    "GZ-GUANLING-442": "exact",
    "GZ-YINHU-SHARES": "exact",
    "GZ-ZHAOGUAN-4339514": "partial",
    "HLJ-HUANAN-LANDVALUE": "exact",
    "HN-SHIFENGSHAN-1500": "exact_simple",
    "JX-XINFU-SHARES": "partial",
    "LAW-QA-5MEMBERS": "exact",
    "LAW-QA-600": "exact_simple",
    "LN-HUILAONONG-1300": "exact_simple",
    "NM-CHICKEN-LOAN": "inferred",
    "NM-GAOFENG-1838": "published_error",
    "NX-GUANGMING-571": "approximate",
    "NX-WUXING-1782": "unexplained",
    "SC-BAIJIA-PREF5": "exact",
    "SC-LANGOU-50": "exact",
    "SD-DONGYUANTOU-116": "exact_simple",
    "STATUTE-DISSOLUTION": "formula_only",
    "SX-BEICAI-27-10": "inferred",
    "XJ-HATUSHAN-SHEEP": "exact_simple",
    "XZ-CHACUO-79": "unexplained",
    "ZJ-SHANGJIANG-10x500": "exact_simple",
}
CONTRADICTED = ("published_error", "unexplained")
NO_PRINTED_RESULT = ("formula_only",)


def folders() -> list[str]:
    return sorted(folder.name for folder in CASES.iterdir() if folder.is_dir())


def invented() -> list[str]:
    return [name for name in folders() if name.startswith("invented-")]


def periods() -> list[tuple[str, str]]:
    """(case, suffix): a case whose rule changes has plan-2019-06.toml beside plan.toml."""
    return [
        (name, plan.stem.removeprefix("plan"))
        for name in folders()
        for plan in (CASES / name).glob("plan*.toml")
    ]


def read(case: str, suffix: str = ""):
    plan = plan_text.read((CASES / case / f"plan{suffix}.toml").read_text("utf-8"))
    return plan, given.read_toml((CASES / case / f"input{suffix}.toml").read_text("utf-8"), plan)


def expected(case: str):
    return tomllib.loads((CASES / case / "expected.toml").read_text("utf-8"))


def run(case: str, suffix: str = ""):
    return settlement.run(*read(case, suffix))


def line(outcome, step: str, recipient: str) -> int:
    return outcome.step(step).by_recipient[recipient].amount_fen


pytestmark = pytest.mark.mission("S1")
each_period = pytest.mark.parametrize(("case", "suffix"), periods(), ids=lambda part: part or "·")


def test_every_published_case_is_here():
    assert set(folders()) - set(invented()) == set(PUBLISHED)
    assert len(invented()) >= 10


@pytest.mark.parametrize("case", folders())
def test_a_case_says_how_strong_its_figures_are(case: str):
    strength = expected(case)["check_strength"]
    assert strength == PUBLISHED.get(case, "invented")
    assert bool(expected(case).get("contradictions")) == (strength in CONTRADICTED)


@each_period
def test_the_rule_gives_what_was_printed_and_names_what_it_cannot_give(case: str, suffix: str):
    plan, facts = read(case, suffix)
    outcome = settlement.run(plan, facts)
    said = [each.say() for each in outcome.findings]
    assert said == expected(case).get("contradictions", []) + expected(case).get("findings", [])
    assert facts.announced, "nothing is compared"


@each_period
def test_every_pool_is_given_out_to_the_fen(case: str, suffix: str):
    plan, facts = read(case, suffix)
    outcome = settlement.run(plan, facts)
    pools = {step.pool for step in plan.steps if step.pool}
    taken = {
        pool: sum(outcome.step(s.name).amount_fen for s in plan.steps if s.pool == pool) for pool in pools
    }
    for pool in pools:
        made = plan.part_step(pool)
        whole = outcome.step(made.name).parts[pool] if made else outcome.figures[pool] * 100
        assert taken[pool] + outcome.left[pool] == whole, pool


@each_period
def test_the_checks_read_every_case(case: str, suffix: str):
    plan, facts = read(case, suffix)
    outcome = settlement.run(plan, facts)
    for finding in checks.check(plan, facts, outcome):
        assert finding.say()
        assert finding.say(language="zh-Hans")


@each_period
def test_the_same_facts_in_any_order_and_after_freezing_give_the_same_digest(case: str, suffix: str):
    plan, facts = read(case, suffix)
    frozen = given.read_json(given.given_json(facts))
    by_code = tuple(sorted(facts.recipients, key=lambda each: each.code))
    assert frozen == replace(facts, recipients=by_code)
    turned = replace(facts, recipients=facts.recipients[::-1])
    assert given.given_json(turned) == given.given_json(facts)
    digests = {settlement.run(plan, each).digest for each in (facts, frozen, turned)}
    assert len(digests) == 1


@each_period
def test_a_plan_of_a_case_is_written_and_read_back(case: str, suffix: str):
    plan, _ = read(case, suffix)
    assert plan_text.read(plan_text.write(plan)) == plan
