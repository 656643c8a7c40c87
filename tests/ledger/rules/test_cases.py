"""Published settlements, and invented but typical ones, run as any settlement is run.

Each folder of cases/ holds a plan, an input whose announced figures are what the source prints, and
expected.toml: how strong the source's figures are as a check, and every finding the run must give, in words.
"""

import tomllib
from collections import Counter
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from lianjie.base.period import Period
from lianjie.facts.rules.handed import ContributionFact
from lianjie.ledger.rules import (
    booking,
    checks,
    clause,
    explanation,
    given,
    plan_text,
    settlement,
    step_booking,
    year,
)
from lianjie.ledger.rules.accounts import read_chart
from lianjie.ledger.rules.entry import Entry, EntryUnbalanced, Posting, balance, entry
from lianjie.ledger.rules.plan import PeriodSpansVersions, in_force
from tests.ledger.rules.plans import chinese

ROOT = Path(__file__).parents[3]
CASES = ROOT / "cases"
CHART = read_chart((ROOT / "lianjie/ledger/parameters/chart-coop-2023.toml").read_text("utf-8"))
DAY = date(2017, 12, 31)
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
def test_no_announced_figure_could_be_another(case: str, suffix: str):
    plan, facts = read(case, suffix)
    moved = [replace(each, value=each.value + 2 * each.tolerance + 1) for each in facts.announced]
    outcome = settlement.run(plan, replace(facts, announced=tuple(moved)))
    differing = Counter(each.where for each in outcome.findings if each.code == "announced-differs")
    assert differing == Counter(each.name for each in facts.announced)


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


@each_period
def test_every_case_can_be_booked(case: str, suffix: str):
    plan, facts = read(case, suffix)
    outcome = settlement.run(plan, facts)
    members = {each.code for each in facts.recipients if each.attributes.get("member")}
    steps = step_booking.booked_steps(plan, outcome, members)
    for booked in (each for made in step_booking.entries(plan, steps, case, DAY, DAY) for each in made):
        assert not any(balance(booked.postings).values())
        assert all(CHART.account(posting.account) for posting in booked.postings)


@each_period
def test_every_case_reads_as_articles_and_every_line_has_its_reason(case: str, suffix: str):
    plan, facts = read(case, suffix)
    outcome = settlement.run(plan, facts)
    for language, say in (("zh-Hans", chinese), ("zh-Hant", chinese), ("en", str)):
        articles = clause.clause(plan, language=language, say=say)
        assert {step.name for step in plan.steps} <= {each.about for each in articles}
        explain = explanation.Explainer(plan, facts, outcome, language=language, say=say)
        for result in (*outcome.steps, *outcome.memos):
            for one in {each.recipient: each for each in (*result.lines[:2], *result.lines[-2:])}:
                assert all(explain.explain(result.name, one).sentences)


# What one case shows beside its figures


def by_account(*entries: Entry) -> dict[str, int]:
    found: Counter[str] = Counter()
    for each in entries:
        for posting in each.postings:
            found[posting.account] += posting.amount
    return dict(found)


def test_yimin_the_books_give_the_figures_of_the_plan_and_close_to_its_surplus():
    plan, facts = read("EDU-YIMIN-SURPLUS")
    wan = 1_000_000
    books = {
        "501": -60 * wan,
        "502": -10 * wan,
        "511": -8 * wan,
        "521": 40 * wan,
        "523": 20 * wan,
        "529": 6 * wan,
    }
    found = year.figures(books, CHART)
    assert found["surplus"] == found["total_surplus"] == 12 * wan
    assert found["operating_surplus"] == 8 * wan
    from_books = {name: given.GivenFigure(Fraction(found[name], 100)) for name in facts.figures}
    outcome = settlement.run(plan, replace(facts, figures=from_books))
    assert outcome.digest == settlement.run(plan, facts).digest
    income, carried = year.closing("close:2017", DAY, books, CHART)
    assert (
        sum(each.amount for each in income.postings if each.account[0] == "5" and each.amount > 0) == 78 * wan
    )
    assert (
        sum(each.amount for each in income.postings if each.account[0] == "5" and each.amount < 0)
        == -66 * wan
    )
    assert by_account(carried) == {"331": outcome.step("carry_forward").amount_fen, "332.2": -12 * wan}


def test_jia_the_three_entries_bring_the_books_to_the_figures_of_the_plan():
    plan, facts = read("EDU-JIA-387.5")
    outcome = settlement.run(plan, facts)
    opening = {"301": -39_500_000, "321": -2_000_000, "322": -800_000, "311": -9_000_000, "235": -3_800_000}
    entries = (
        entry("opening", DAY, "", *(Posting(a, n) for a, n in opening.items()), Posting("102", 55_100_000)),
        booking.contribution(ContributionFact("share:jia", DAY, "JIA", "own_money", 500_000)),
        entry("premium:jia", DAY, "", Posting("102", 100_000), Posting("321", -100_000)),
        entry("asset", DAY, "", Posting("151", 3_800_000), Posting("102", -3_800_000)),
        entry("subsidy", DAY, "", Posting("235", 3_800_000), Posting("311", -3_800_000)),
        entry("donation", DAY, "", Posting("101", 1_200_000), Posting("311", -1_200_000)),
        *step_booking.entries(plan, step_booking.booked_steps(plan, outcome, {"JIA"}), "s", DAY, DAY)[1],
    )
    found = year.figures(by_account(*entries), CHART)
    for name, figure in (
        ("share_capital", "share_capital_close"),
        ("capital_reserve", "capital_reserve_close"),
        ("surplus_reserve", "surplus_reserve_close"),
        ("special_fund", "special_fund_close"),
    ):
        assert found[name] == outcome.figures[figure] * 100


def test_biological_assets_the_entry_as_printed_balances_and_the_one_by_the_text_does_not():
    outcome = run("EDU-BIO-8800")
    printed = (
        Posting("121", -300_000),
        Posting("212", -200_000),
        Posting("213", -300_000),
        Posting("101", -80_000),
    )
    cost = int(outcome.figures["rice_by_entry"] * 100)
    assert by_account(entry("rice", DAY, "", Posting("141", cost), *printed))["141"] == 880_000
    by_text = int(outcome.figures["rice_by_text"] * 100)
    with pytest.raises(EntryUnbalanced, match=r"differ by -1,000\.00"):
        entry("rice", DAY, "", Posting("141", by_text), *printed)


def test_chicken_loan_an_egg_stays_owed_in_eggs():
    plan, facts = read("NM-CHICKEN-LOAN")
    settled = settlement.run(plan, facts)
    assert settled.step("eggs_bought").lines == ()
    lent = entry("loan:b", DAY, "", Posting("113", 100, "B", "egg"), Posting("121", -100, "", "egg"))
    back = entry("return:b", DAY, "", Posting("121", 99, "", "egg"), Posting("113", -99, "B", "egg"))
    assert by_account(lent, back)["113"] == 1


def test_liujiapu_each_day_has_its_rule_and_no_period_has_two():
    old, new = read("GS-LIUJIAPU-PV")[0], read("GS-LIUJIAPU-PV", "-2019-06")[0]
    assert in_force([new, old], Period(date(2019, 1, 1), date(2019, 6, 1))) is old
    assert in_force([new, old], Period(date(2019, 6, 1), date(2020, 1, 1))) is new
    with pytest.raises(PeriodSpansVersions, match="divided on 2019-06-01"):
        in_force([new, old], Period(date(2019, 1, 1), date(2020, 1, 1)))


def test_liujiapu_both_periods_together_give_the_years_figures():
    before, after = run("GS-LIUJIAPU-PV"), run("GS-LIUJIAPU-PV", "-2019-06")
    poor = before.step("dividend").amount_fen + after.step("labour_dividend").amount_fen
    village = before.parties["village_part"] + after.parties["village_part"]
    cost = before.parties["management"] + after.parties["managers"]
    assert (poor, village, cost) == (4_100_000, 2_300_000, 900_000)


def test_hatushan_thirteen_sheep_are_handed_over_and_the_rest_is_money():
    outcome = run("XJ-HATUSHAN-SHEEP")
    sheep = outcome.step("sheep").lines
    assert [each.quantity for each in sheep] == [10_000] * 13
    assert sum(each.cash_fen for each in sheep) == 0
    assert [each.cash_fen for each in outcome.step("money").lines] == [7_200_000]


def test_huilaonong_the_household_takes_fourteen_hundred_jin():
    outcome = run("LN-HUILAONONG-1300")
    assert sum(each.quantity for _, each in outcome.lines_of("H")) == 1400 * 500
    assert sum(each.cash_fen for _, each in outcome.lines_of("H")) == 0


def test_beicai_says_who_bears_the_two_fen():
    step = run("SX-BEICAI-27-10").step("dividend")
    assert (step.residual_fen, step.residual_to, step.parties) == (-2, "reserve_fund", {"reserve_fund": -2})


def test_baijia_pays_the_guarantee_beside_the_split_and_leaves_the_certificates_52_yuan():
    outcome = run("SC-BAIJIA-PREF5")
    assert outcome.step("split").amount_fen == 10_000_000
    assert outcome.parties["cooperative"] == -5_000_000
    assert outcome.step("certificates").residual_fen == 5200
    assert all(each.contribution_fen == each.amount_fen for each in outcome.step("certificates").lines)


def test_huanan_land_becomes_contribution_and_no_cash_is_owed():
    (land,) = run("HLJ-HUANAN-LANDVALUE").step("valued").lines
    assert (land.contribution_fen, land.cash_fen) == (959_640_000, 0)


def test_qindan_a_small_rounding_step_is_read_in_full():
    plan, _ = read("EDU-QINDAN-70")
    points = [point for article in clause.clause(plan, say=chinese) for point in article.points]
    (point,) = [each for each in points if each.startswith("每元权益分红")]
    assert point.endswith("权益合计，四舍五入到 0.000001；")
