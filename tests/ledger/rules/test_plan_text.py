"""The gallery of a plan's refusals: one text for each, and the exact words it gets in both languages."""

import pytest

from lianjie.base.refusal import Refusal, Refusals
from lianjie.ledger.rules import plan_names, plan_text
from tests.ledger.rules.plans import PLAN, changed, chinese

WEIGHTS = (
    "account, contribution, household_fund_contribution, reserve_share, subsidy_share, donation_share,"
    " shares, share_days, land_mu, land_sharing_mu, delivery_kg, delivery_yuan, purchase_yuan, work_points,"
    " work_days, persons, equally"
)
RESERVE = 'from = "surplus"\nto = "reserve_fund"\npercent = "10"\nof = "surplus"'

GALLERY = [
    (
        "NotToml",
        ('code = "orchard"', "code = "),
        "方案不是正确的 TOML 文本：Invalid value (at line 2, column 8)。 请在该处更正。",
        "The plan cannot be read as TOML: Invalid value (at line 2, column 8). Mend the text at that place.",
    ),
    (
        "UnknownKey",
        ('where = "member"\n\n', 'where = "member"\nwho = "all"\n\n'),
        "group “members”：“who”不是方案语言中的词。 请使用其中之一：name, label, where。",
        "group “members”: “who” is not a word of the plan language. Use one of: name, label, where.",
    ),
    (
        "MissingKey",
        ('where = "member"\n\n', "\n"),
        "group “members”：缺少“where”。 请加上 where = …",
        "group “members”: “where” is missing. Add where = …",
    ),
    (
        "WrongEntry",
        ('percent = "60"', 'percent = "60%"'),
        'step “patronage”：percent = 60% 有误，应为不带百分号的百分数。 请写成 "65"。',
        'step “patronage”: percent = 60% is not a number of percent without the sign. Write "65".',
    ),
    (
        "NotAName",
        ('name = "account"', 'name = "my account"'),
        "weight “my account”：“my account”不能用作名称。"
        " 名称由字母（含汉字）、数字和下划线组成，以字母开头，且不能是方案语言中的词。",
        "weight “my account”: “my account” cannot be a name."
        " Use letters, digits and underscores, beginning with a letter, and no word of the language.",
    ),
    (
        "RuleRefused",
        ('is = "surplus - reserve"', 'is = "surplus - max(1)"'),
        "figure “distributable”：is：“max(1)”没有给出 max 所需的内容。 请写成 max(a, b, …)。"
        " 参见 docs/reference/plan.md 的“Expressions”一节。",
        "figure “distributable”: is: “max(1)” does not give max what it needs. Write max(a, b, …)."
        " See docs/reference/plan.md, “Expressions”.",
    ),
    (
        "NameTaken",
        ('name = "distributable"', 'name = "land_mu"'),
        "“land_mu”重复定义（figure, language）。 数据、计量、权重、部分和步骤的名称不得相同。",
        "“land_mu” is declared more than once (figure, language)."
        " Give each figure, measure, weight, part and step a name of its own.",
    ),
    (
        "UnknownName",
        ('by = "account"', 'by = "points"'),
        f"step “remainder”, by：此处不认识“points”。 请先定义，或使用其中之一：{WEIGHTS}。",
        f"step “remainder”, by: “points” is not known here. Declare it, or use one of: {WEIGHTS}.",
    ),
    (
        "NotYetKnown",
        ('percent = "10"\nof = "surplus"', 'amount = "patronage"'),
        "step “reserve”：“patronage”要到后面的步骤才确定。 请把本步骤移到步骤“patronage”之后。",
        "step “reserve”: “patronage” is decided only by a later step. Move this step after step “patronage”.",
    ),
    (
        "NeedsItself",
        ('percent = "10"\nof = "surplus"', 'percent = "10"\nof = "distributable"'),
        "step “reserve”：“reserve”正是本步骤要确定的金额。 请用基础数据或前面步骤的金额来计算。",
        "step “reserve”: “reserve” is what this step itself decides."
        " Work the amount out from figures, or from steps before this one.",
    ),
    (
        "GoesInCircles",
        ('is = "surplus - reserve"', 'is = "2 * distributable"'),
        "“distributable”由自身定义：distributable → distributable。"
        " 请把其中一项改为直接提供的数据，以解除循环。",
        "“distributable” is defined by itself: distributable → distributable."
        " Break the circle by giving one of them as a figure.",
    ),
    (
        "StepIsUnclear",
        ("rest = true", 'rest = true\namount = "5"'),
        "步骤“remainder”在 percent, amount, rate, rest 中写了 amount + rest。 请只写其中一项，且必须写一项。",
        "Step “remainder” says amount + rest of percent, amount, rate, rest. Say exactly one of them.",
    ),
    (
        "DoesNotFit",
        (RESERVE, RESERVE + '\neach_at_most = "5"'),
        "步骤“reserve”：“each_at_most”不能与“to”同用。 请删去“each_at_most”，或与 among 同用。",
        "Step “reserve”: “each_at_most” does not go with “to”."
        " Leave “each_at_most” out, or use it with among.",
    ),
    (
        "RatiosDoNotAddUp",
        (RESERVE, RESERVE.replace('to = "reserve_fund"', 'into = { reserve_fund = "50%", other = "40%" }')),
        "步骤“reserve”：各部分合计 90%，不是 100%。 请更正百分比，或把其中一部分写为“rest”。",
        "Step “reserve”: the parts add up to 90 percent, not 100."
        " Correct the percentages, or write “rest” for one of the parts.",
    ),
    (
        "PercentTwice",
        (
            f'[[step]]\nname = "reserve"\nlabel = {{ zh-Hans = "提取公积金", en = "Reserve" }}\n{RESERVE}',
            '[[figure]]\nname = "cut"\nlabel = "比例"\nunit = "percent"\n\n[[step]]\nname = "reserve"\n'
            f'label = "提取公积金"\n{RESERVE.replace("10", "cut")}',
        ),
        "步骤“reserve”：percent = cut，但“cut”本身就是百分数，会被除以一百两次。"
        ' 请写 percent = "cut * 100"。',
        "Step “reserve”: percent = cut, but “cut” is itself in percent: it would be divided twice."
        ' Write percent = "cut * 100".',
    ),
    (
        "NobodyTakesTheResidual",
        ('residual_to = "reserve_fund"\n', ""),
        "步骤“remainder”按“down”取整到 1 元，但没有写明尾差归谁。"
        " 请加上 residual_to，写明一方、“pool”或“recipient 编号”。",
        "Step “remainder” rounds to 1 yuan by “down” and does not say who takes the residual."
        " Add residual_to = a party, “pool”, or “recipient CODE”.",
    ),
    (
        "NotAPool",
        (RESERVE, RESERVE.replace('from = "surplus"', 'from = "sales"')),
        "步骤“reserve”：“sales”不是可供分配的资金。"
        " 请写以元计的数据，或前面步骤划出的部分：surplus, distributable。",
        "Step “reserve”: “sales” is not money to give from."
        " Name a figure in yuan or a part made by an earlier step: surplus, distributable.",
    ),
    (
        "ZhHansTitleMissing",
        ('zh-Hans = "果园合作社盈余分配方案", en', "en"),
        '方案没有简体中文（zh-Hans）标题。 请写 title = { zh-Hans = "…" }。',
        'The plan has no title in Simplified Chinese (zh-Hans). Write title = { zh-Hans = "…" }.',
    ),
]


def refusals(text: str) -> tuple[Refusal, ...]:
    with pytest.raises(Refusals) as caught:
        plan_text.read(text)
    return caught.value.refusals


@pytest.mark.parametrize(("code", "change", "zh", "en"), GALLERY, ids=[row[0] for row in GALLERY])
def test_the_gallery(code, change, zh, en):
    found = refusals(changed(PLAN, change))
    refusal = next(each for each in found if each.code == code)
    assert refusal.say(chinese) == zh
    assert refusal.say() == en


def test_the_gallery_has_every_refusal():
    classes = {
        each.__name__
        for module in (plan_text, plan_names)
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, Refusal) and each.__module__ == module.__name__
    }
    assert classes == {row[0] for row in GALLERY}


def test_every_problem_is_named_at_once():
    text = changed(
        PLAN,
        ('by = "account"', 'by = "points"'),
        ('among = "members"\nby = "delivery_kg"\npercent', 'among = "all"\nby = "tons"\npercent'),
    )
    assert sorted(each.details["name"] for each in refusals(text)) == ["all", "points", "tons"]


WRONG = [
    ("rest = true", "rest = false", "true"),
    ('code = "orchard"', "code = 5", '"…"'),
    ("effective_from = 2024-01-01", 'effective_from = "2024-01-01"', "2025-01-01"),
    ('kind = "coop"', 'kind = "firm"', "coop, collective, contract"),
    ('unit = "yuan"', 'unit = "fen"', "yuan, g, jin"),
    ('rounding = { to = "1", mode = "down" }', 'rounding = { to = "0" }', 'to = "1"'),
    ('rounding = { to = "1", mode = "down" }', 'rounding = { to = "x" }', 'to = "10"'),
    ("rest = true", 'rest = true\nin_kind = { good = "rice", unit = "kg", value = "1" }', "quantity"),
    ("rest = true", 'rest = true\ninto = { a = "100%" }', "farmers"),
    ('is = "surplus - reserve"', "is = true", "10% * surplus"),
    ('label = { zh-Hans = "本年盈余", en = "surplus of the year" }', "label = {}", "zh-Hans"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "example"), WRONG)
def test_a_wrong_entry_is_answered_with_an_example(old, new, example):
    found = refusals(changed(PLAN, (old, new)))
    assert [each.code for each in found] == ["WrongEntry"]
    assert example in found[0].say(chinese)


def test_writing_and_reading_give_the_same_plan():
    plan = plan_text.read(PLAN)
    assert plan_text.read(plan_text.write(plan)) == plan


def test_labels_of_parts_are_kept_and_only_for_parts():
    into = 'into = { land = "60%", rest_of_it = "40%" }\nlabels = { land = { zh-Hans = "土地部分" } }'
    text = changed(PLAN, (RESERVE, RESERVE.replace('to = "reserve_fund"', into)))
    plan = plan_text.read(text)
    assert plan.named("land", "zh-Hans") == "土地部分"
    assert plan_text.read(plan_text.write(plan)) == plan
    wrong = refusals(text.replace("labels = { land", "labels = { sea"))
    assert [each.say() for each in wrong] == [
        "step “reserve”, labels: “sea” is not known here. Declare it, or use one of: land, rest_of_it."
    ]
    unfit = refusals(changed(PLAN, (RESERVE, RESERVE + '\nlabels = { a = "甲" }')))
    assert [each.code for each in unfit] == ["DoesNotFit"]
