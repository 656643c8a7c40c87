"""docs/reference/plan.md: every example comes to what it says, every word of the language is there."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from lianjie.base.fen import Fen
from lianjie.base.quantity import UNITS
from lianjie.ledger.rules import (
    checks_collective,
    checks_coop,
    checks_text,
    given,
    plan_text,
    settlement,
    terms,
)
from lianjie.ledger.rules.allotment import MODES
from lianjie.ledger.rules.expression import USAGE
from tests.ledger.rules.plans import chinese

PAGE = Path(__file__).resolve().parents[3].joinpath("docs/reference/plan.md").read_text("utf-8")
BLOCKS = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
BEGINNING, EXAMPLES = BLOCKS[0], BLOCKS[1:]
PEOPLE = """
organisation = "example"
start = 2024-01-01
until = 2025-01-01
figures.surplus = "10000"

[[recipient]]
code = "A"
member = true
status = "registered"
joined = 2021-03-01
contribution = "20000"
household_fund_contribution = "5000"
shares = "2"
share_days = "730"
land_mu = "3"
persons = "4"
delivery_kg = "1000"
work_points = "10"

[[recipient]]
code = "B"
member = true
joined = 2010-01-01
contribution = "10000"
reserve_share = "5000"
shares = "1"
share_days = "100"
land_mu = "1"
persons = "2"
delivery_kg = "3000"
work_points = "30"

[[recipient]]
code = "C"
member = false
persons = "1"
delivery_kg = "1000"
work_points = "10"
"""


def test_there_is_an_example_for_each_published_rule():
    assert len(EXAMPLES) >= 17


@pytest.mark.parametrize("example", EXAMPLES, ids=[re.search('name = "(.*)"', e)[1] for e in EXAMPLES])
def test_every_example_comes_to_what_it_says(example):
    plan = plan_text.read(BEGINNING + "\n" + example)
    outcome = settlement.run(plan, given.read_toml(PEOPLE, plan))
    said = {code: int(Decimal(yuan) * 100) for code, yuan in re.findall(r"^# (\w) ([\d.]+)$", example, re.M)}
    got = {code: fen for code, fen in outcome.totals.items() if fen}
    assert got == said, {code: str(Fen(fen)) for code, fen in got.items()}
    assert plan_text.read(plan_text.write(plan)) == plan


def test_every_word_of_the_language_is_on_the_page():
    tables = (plan_text._HEAD, *(readers for _, readers, _ in plan_text._TABLES.values()))
    units = [unit for unit in UNITS if unit not in ("fen", "wan_yuan")]
    known = [
        *(key for table in tables for key in table),
        *units,
        *MODES,
        *terms.ROLES,
        *terms.FIGURE_ROLES,
        *terms.STREAMS,
        *terms.LEGAL_BASES,
        *terms.MEASURES,
        *terms.ATTRIBUTES,
        *terms.STATUS_LABELS,
        *terms.KIND_LABELS,
        *terms.BUILT_IN,
        *terms.IN_A_STEP,
        terms.EQUALLY,
        terms.EVERYONE,
    ]
    missing = sorted({word for word in known if f"`{word}`" not in PAGE})
    assert missing == []
    assert [usage for usage in USAGE.values() if f"`{usage}`" not in PAGE] == []


def test_every_finding_is_on_the_page():
    codes = {
        code
        for module in (checks_text, checks_coop, checks_collective)
        for code in re.findall(r'Finding\(\s*"([a-z-]+)"', Path(module.__file__).read_text("utf-8"))
    }
    assert len(codes) > 25
    assert sorted(code for code in codes if f"`{code}`" not in PAGE) == []


def test_the_page_has_the_section_refusals_point_to():
    assert "## Expressions" in PAGE
    assert chinese(plan_text.RuleRefused.fix).startswith("参见 docs/reference/plan.md")
