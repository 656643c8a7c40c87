"""Each limit of the law is held against a result, and a plan that keeps them all is left alone."""

from datetime import date
from fractions import Fraction

import pytest

from lianjie.base.period import Period
from lianjie.ledger import parameters
from lianjie.ledger.rules import plan_text
from lianjie.ledger.rules.checks import check, check_plan
from lianjie.ledger.rules.checks_coop import patronage_floor
from tests.ledger.rules.plans import INPUT, PLAN, changed, chinese, settled

PATRONAGE = (
    'among = "members"\nby = "delivery_kg"\npercent = "60"\nof = "distributable"\n'
    'role = "patronage"\nstream = "patronage"'
)
REMAINDER = 'by = "account"\nrest = true\nrole = "remainder"\nstream = "dividend"'
OPENING = """
[[figure]]
name = "opening"
label = { zh-Hans = "年初未分配盈余" }
role = "opening_balance"

[[party]]"""


def findings(plan: str = PLAN, entries: str = INPUT) -> dict[str, str]:
    """code -> severity"""
    return {each.code: each.severity for each in check(*settled(plan, entries))}


def test_a_lawful_plan_gives_no_finding():
    assert check(*settled()) == ()


def figures(**values: str) -> tuple[str, str]:
    old = 'figures.surplus = "100000"'
    return old, "\n".join(f'figures.{name} = "{value}"' for name, value in values.items())


BROKEN = [
    ("patronage-floor", "error", [('percent = "60"', 'percent = "59.9"')], []),
    (
        "law-missing",
        "warning",
        [('stream = "patronage"\nlaw = "农民专业合作社法第四十四条"', 'stream = "patronage"')],
        [],
    ),
    (
        "label-missing",
        "warning",
        [('{ zh-Hans = "盈余公积", en = "surplus reserve" }', '{ en = "reserve" }')],
        [],
    ),
    (
        "rounding-first",
        "warning",
        [(PATRONAGE, PATRONAGE + '\nrounding = { to = "0.01", mode = "first" }')],
        [],
    ),
    ("reserve-not-quantified", "error", [('amount = "reserve"', 'amount = "reserve / 2"')], []),
    (
        "not-members",
        "error",
        [(PATRONAGE, PATRONAGE.replace("members", "everyone"))],
        [('code = "H3"\n', 'code = "H3"\ndelivery_kg = "5"\n')],
    ),
    (
        "membership-unknown",
        "warning",
        [('where = "member"', 'where = "contribution > 0"'), ("member and", "")],
        [("member = true\n", ""), ("member = false\n", "")],
    ),
    ("loss-not-covered", "error", [("\n[[party]]", OPENING)], [figures(surplus="100000", opening="-500")]),
    (
        "no-surplus",
        "error",
        [
            ('role = "current_surplus"', ""),
            ("\n[[party]]", OPENING.replace("opening_balance", "current_surplus")),
        ],
        [figures(surplus="100000", opening="-500")],
    ),
    (
        "wrong-order",
        "error",
        [
            (
                'from = "surplus"\nto = "reserve_fund"\npercent = "10"\nof = "surplus"\nrole = "reserve"',
                'from = "surplus"\nto = "reserve_fund"\npercent = "10"\nof = "surplus"',
            ),
            (
                "\n[[quantification]]",
                '\n[[step]]\nname = "late"\nlabel = "补提公积金"\nfrom = "surplus"\nto = "reserve_fund"\n'
                'rest = true\nrole = "reserve"\nlaw = "x"\n\n[[quantification]]',
            ),
            ('rest = true\nrole = "remainder"', 'percent = "10"\nof = "surplus"\nrole = "remainder"'),
        ],
        [],
    ),
    (
        "labour-as-capital",
        "error",
        [(REMAINDER, REMAINDER.replace('"account"', '"work_days"'))],
        [('code = "H1"\n', 'code = "H1"\nwork_days = "9"\n')],
    ),
    (
        "patronage-by-labour",
        "warning",
        [(PATRONAGE, PATRONAGE.replace("delivery_kg", "work_points"))],
        [('code = "H1"\n', 'code = "H1"\nwork_points = "9"\n')],
    ),
    (
        "patronage-by-land",
        "warning",
        [(PATRONAGE, PATRONAGE.replace("delivery_kg", "land_mu"))],
        [('code = "H1"\n', 'code = "H1"\nland_mu = "9"\n')],
    ),
    (
        "patronage-not-by-dealings",
        "error",
        [(PATRONAGE, PATRONAGE.replace("delivery_kg", "contribution"))],
        [],
    ),
    ("remainder-not-by-account", "warning", [(REMAINDER, REMAINDER.replace('"account"', '"equally"'))], []),
    (
        "remainder-key-incomplete",
        "warning",
        [(REMAINDER, REMAINDER.replace('"account"', '"contribution"'))],
        [],
    ),
    ("contributor-gets-nothing", "warning", [], [('code = "H3"\n', 'code = "H3"\ncontribution = "50"\n')]),
    (
        "guarantee-exceeds",
        "warning",
        [('percent = "60"\nof = "distributable"\nrole = "patronage"', 'rate = "60"\nrole = "guarantee"')],
        [],
    ),
    (
        "fixed-rate",
        "note",
        [
            (REMAINDER, 'by = "contribution"\nrate = "0.1"\nrole = "preference"\nstream = "dividend"'),
            ('rounding = { to = "1", mode = "down" }\nresidual_to = "reserve_fund"\n', ""),
        ],
        [],
    ),
    ("pool-left", "note", [("rest = true", 'percent = "10"\nof = "surplus"')], []),
    ("conversion-vote", "note", [("rest = true", 'rest = true\ninto_contribution = "50"')], []),
    ("surplus-unmarked", "warning", [('role = "current_surplus"', "")], []),
    ("role-missing", "warning", [('role = "remainder"\n', "")], []),
    (
        "subsidy-not-equal",
        "error",
        [('by = "delivery_kg"\nlaw', 'by = "delivery_kg"\nkind = "subsidy"\nlaw')],
        [],
    ),
    (
        "subsidy-divided",
        "error",
        [
            ('amount = "reserve"', 'amount = "surplus"'),
            ('by = "delivery_kg"\nlaw', 'by = "equally"\nkind = "donation"\nlaw'),
        ],
        [],
    ),
    ("nature-contradicts", "error", [('stream = "dividend"', 'stream = "rent"')], []),
    (
        "wage-in-kind",
        "error",
        [
            (
                PATRONAGE,
                PATRONAGE.replace(
                    'role = "patronage"\nstream = "patronage"',
                    'legal_basis = "wage"\nstream = "wage"\n'
                    'in_kind = { good = "rice", unit = "kg", value = "5", each = "1" }',
                ),
            )
        ],
        [],
    ),
    (
        "claim-into-contribution",
        "error",
        [
            (
                PATRONAGE,
                PATRONAGE.replace(
                    'role = "patronage"\nstream = "patronage"',
                    'legal_basis = "rent"\nstream = "rent"\ninto_contribution = "10"',
                ),
            )
        ],
        [],
    ),
    (
        "rent-netted",
        "error",
        [
            ('is = "contribution + reserve_share"', 'is = "max(0, contribution - purchase_yuan)"'),
            (REMAINDER, 'by = "account"\nrest = true\nlegal_basis = "rent"\nstream = "rent"'),
        ],
        [],
    ),
    ("plan-not-in-force", "error", [("effective_from = 2024-01-01", "effective_from = 2024-06-01")], []),
]


@pytest.mark.parametrize(("code", "severity", "plan", "entries"), BROKEN, ids=[row[0] for row in BROKEN])
def test_each_broken_limit_is_found(code, severity, plan, entries):
    assert findings(changed(PLAN, *plan), changed(INPUT, *entries)).get(code) == severity


def test_the_sixty_percent_are_of_the_distributable_surplus_not_of_the_surplus():
    text = changed(PLAN, ('percent = "60"\nof = "distributable"', 'percent = "53"\nof = "surplus"'))
    finding = next(each for each in check(*settled(text)) if each.code == "patronage-floor")
    assert finding.say(chinese) == (
        "按交易量（额）返还 53,000.00 元，占可分配盈余 90,000.00 元的 58.88%；"
        "返还总额不得低于 60%，即 54,000.00 元。"
    )
    assert chinese(finding.law) == "《农民专业合作社法》（2017 年修订）第四十四条"
    assert "patronage-floor" not in findings(text.replace('percent = "53"', 'percent = "54"'))


def test_a_fen_lost_to_rounding_is_no_breach():
    entries = changed(INPUT, ('figures.surplus = "100000"', 'figures.surplus = "0.37"'))
    assert "patronage-floor" not in findings(PLAN, entries)


def test_other_funds_do_not_lower_the_floor_silently():
    fund = (
        '[[step]]\nname = "fund"\nlabel = "教育基金"\nfrom = "surplus"\nto = "reserve_fund"\npercent = "10"\n'
        'of = "surplus"\nrole = "welfare"\nlaw = "章程"\n\n[[step]]\nname = "patronage"'
    )
    text = changed(
        PLAN,
        ('[[step]]\nname = "patronage"', fund),
        ('is = "surplus - reserve"', 'is = "surplus - reserve - fund"'),
    )
    assert findings(text)["patronage-floor-funds"] == "warning"


def test_rent_paid_out_of_the_pool_is_a_cost_before_the_floor():
    rent = (
        '[[step]]\nname = "rent"\nlabel = "租金"\nfrom = "surplus"\namong = "members"\n'
        'by = "equally"\nrate = "20000"\n'
        'legal_basis = "rent"\nstream = "rent"\nlaw = "x"\n\n[[step]]\nname = "patronage"'
    )
    text = changed(
        PLAN,
        ('[[step]]\nname = "patronage"', rent),
        ('is = "surplus - reserve"', 'is = "surplus - reserve - rent"'),
    )
    assert findings(text) == {}


def test_a_contract_share_is_never_held_against_article_44():
    text = changed(
        PLAN,
        ('legal_basis = "coop_surplus"', 'legal_basis = "contract_profit_share"'),
        ('percent = "60"', 'percent = "1"'),
    )
    assert findings(text) == {}


def test_the_finding_names_those_who_are_not_members():
    text = changed(PLAN, (PATRONAGE, PATRONAGE.replace("members", "everyone")))
    entries = changed(INPUT, ('code = "H3"\n', 'code = "H3"\ndelivery_kg = "5"\n'))
    finding = next(each for each in check(*settled(text, entries)) if each.code == "not-members")
    assert finding.say(chinese, "zh-Hans") == "“盈余返还”把盈余分给了 1 个非成员：H3。"
    assert finding.where == "patronage"


def test_every_finding_has_chinese_words():
    for _, _, plan, entries in BROKEN:
        for each in check(*settled(changed(PLAN, *plan), changed(INPUT, *entries))):
            assert each.say(chinese, "zh-Hans")
            assert not each.law or chinese(each.law)


COLLECTIVE = """
code = "village"
version = "1"
title = { zh-Hans = "集体收益分配方案" }
kind = "collective"
legal_basis = "collective_income"
effective_from = 2024-01-01

[[figure]]
name = "income"
label = { zh-Hans = "本年收益" }
role = "current_surplus"

[[party]]
name = "common"
label = { zh-Hans = "公积公益金" }

[[step]]
name = "reserve"
label = { zh-Hans = "提取公积公益金" }
from = "income"
to = "common"
percent = "30"
of = "income"
role = "reserve"
law = "农村集体经济组织法第四十二条"

[[step]]
name = "dividend"
label = { zh-Hans = "按份额分红" }
from = "income"
among = "everyone"
by = "shares"
rest = true
stream = "dividend"
law = "农村集体经济组织法第四十二条"
"""
VILLAGERS = """
organisation = "village"
start = 2024-01-01
until = 2025-01-01
figures.income = "1000"
recipient = [{ code = "A", member = true, shares = "2" }, { code = "B", member = true, shares = "3" }]
"""


def test_a_lawful_collective_plan_gives_no_finding():
    assert findings(COLLECTIVE, VILLAGERS) == {}


@pytest.mark.parametrize(
    ("code", "severity", "plan", "entries"),
    [
        ("collective-no-reserve", "warning", [('role = "reserve"', 'role = "other"')], []),
        (
            "collective-not-members",
            "error",
            [],
            [('code = "B", member = true', 'code = "B", member = false')],
        ),
        ("collective-not-by-shares", "warning", [('by = "shares"', 'by = "equally"')], []),
        ("membership-unknown", "warning", [], [("member = true, ", "")]),
    ],
)
def test_each_broken_limit_of_a_collective(code, severity, plan, entries):
    assert findings(changed(COLLECTIVE, *plan), changed(VILLAGERS, *entries)).get(code) == severity


def test_the_reserve_of_a_collective_comes_first():
    first, second = COLLECTIVE.index("[[step]]"), COLLECTIVE.rindex("[[step]]")
    shares = COLLECTIVE[second:].replace("rest = true", 'percent = "50"\nof = "income"')
    text = COLLECTIVE[:first] + shares + "\n" + COLLECTIVE[first:second]
    assert findings(text, VILLAGERS)["collective-order"] == "error"


def test_the_editor_checks_a_text_without_figures():
    plan = plan_text.read(changed(PLAN, ('stream = "dividend"', 'stream = "wage"')))
    assert [each.code for each in check_plan(plan)] == ["nature-contradicts"]
    assert [
        each.code for each in check_plan(plan_text.read(PLAN), Period(date(2023, 1, 1), date(2024, 1, 1)))
    ] == ["plan-not-in-force"]


def test_the_floor_is_dated_and_has_its_source():
    text = parameters.text("patronage_floor")
    assert patronage_floor(text, date(2024, 12, 31)) == Fraction(60, 100)
    assert "art. 44" in text
    later = text + '\n[[values]]\nfrom = 2030-01-01\nvalue = 70\nsource = "x"\n'
    assert patronage_floor(later, date(2030, 1, 1)) == Fraction(70, 100)
    assert patronage_floor(later, date(2029, 12, 31)) == Fraction(60, 100)


@pytest.mark.parametrize("name", ["patronage", "land_shares", "fund_shares", "collective"])
def test_the_standard_plans_break_nothing_in_their_text(name):
    from importlib.resources import files

    text = files("lianjie.ledger").joinpath(f"standard_plans/{name}.toml").read_text("utf-8")
    assert [each for each in check_plan(plan_text.read(text)) if each.severity == "error"] == []
