"""A plan reads as articles an assembly can adopt, in Chinese and in English."""

import pytest

from lianjie.ledger.rules.clause import clause
from lianjie.ledger.rules.wording import Wording
from tests.ledger.rules.plans import PLAN, changed, chinese, settled


def articles(plan_text: str = PLAN, language: str = "zh-Hans"):
    plan, _, _ = settled(plan_text)
    return clause(plan, language=language, say=chinese)


def test_the_whole_plan_in_chinese():
    read = [(a.number, a.heading, a.text, *a.points) for a in articles()]
    assert read == [
        (
            1,
            "适用范围",
            "本方案适用于农民专业合作社的盈余分配，版本号 2，自 2024-01-01 起施行。",
            "制定依据：成员大会第 1 号决议。",
            "除条款另有规定外，所分配的款项属于合作社盈余。",
        ),
        (
            2,
            "基础数据",
            "分配以下列本年数据为依据：",
            "本年盈余，取自账簿，单位为元；",
            "可分配盈余 = 本年盈余 − “提取公积金”的金额；",
        ),
        (
            3,
            "参与分配的对象",
            "本方案所称：",
            "“全体成员”指符合下列条件的：为成员；",
            "“帮扶户”指符合下列条件的：为成员，且身份为登记贫困户，且入社土地面积大于 0 亩；",
        ),
        (4, "分配的依据", "本方案所称：", "“账户份额”= 出资额 + 公积金份额；"),
        (5, "提取公积金", "从本年盈余中提取本年盈余的 10%，计入盈余公积。"),
        (6, "盈余返还", "从本年盈余中提取可分配盈余的 60%，在全体成员之间按交售重量分配。"),
        (
            7,
            "剩余盈余分配",
            "本年盈余扣除前述各项后的余额，在全体成员之间按账户份额分配。",
            "各笔金额舍去不足 1.00 元的尾数。",
            "取整产生的余额或差额由盈余公积承受。",
        ),
        (8, "公积金量化", "将“提取公积金”的金额按交售重量量化到全体成员的账户，记为公积金份额，不支付现金。"),
        (
            9,
            "顺序与尾数",
            "各项分配按本方案条款的先后顺序进行，后一项从前一项分配后的余额中支取。",
            "条款未另行规定的：各笔金额先舍去不足 0.01 元的尾数；余下的金额以 0.01 元为一份，"
            "依次分给尾数最大者，尾数相同的分给编号较小者。",
            "按单位标准支付的金额，逐笔四舍五入到 0.01 元。",
        ),
    ]


def test_each_step_carries_its_law_and_its_name():
    laws = {a.about: a.law for a in articles() if a.about}
    assert laws == {
        "reserve": "农民专业合作社法第四十二条",
        "patronage": "农民专业合作社法第四十四条",
        "remainder": "农民专业合作社法第四十四条",
        "reserve_shares": "农民专业合作社法第四十二条",
    }


def test_english_needs_no_catalogue():
    plan, _, _ = settled()
    texts = [a.text for a in clause(plan, language="en")]
    assert texts[4:7] == [
        "From surplus of the year, 10% of surplus of the year goes to surplus reserve.",
        "From surplus of the year, 60% of distributable surplus is shared among all members"
        " by weight delivered.",
        "What is then left of surplus of the year is shared among all members by account share.",
    ]


STEPS = [
    (
        'percent = "60"\nof = "distributable"\nrole = "patronage"',
        'rate = "1.5"\neach_at_most = "20000"\nwhen = "surplus > 0"\nrole = "patronage"',
        "从本年盈余中向全体成员支付，单位标准为 1.50 元，按交售重量（公斤）计发。",
        (
            "每户（人）不超过20,000.00 元。",
            "仅在符合下列条件时执行：本年盈余大于 0.00 元。",
            "因上限而未分出的金额留在原资金中。",
            "资金不足时，各方按比例相应减少。",
        ),
    ),
    (
        'by = "delivery_kg"\npercent = "60"\nof = "distributable"',
        'by = "equally"\namount = "min(30% * surplus, 5000)"\nif_short = "refuse"\ninto_contribution = "20"',
        "从本年盈余中提取（本年盈余的 30%、5,000）中的最小者，在全体成员之间平均分配。",
        ("资金不足时，不得分配。", "其中现金部分的 20% 转为成员出资。"),
    ),
    (
        'from = "surplus"\namong = "members"\nby = "delivery_kg"\npercent = "60"\nof = "distributable"',
        'paid_by = "reserve_fund"\namong = "helped"\nby = "equally"\nrate = "300"\nlegal_basis = "rent"',
        "由盈余公积向帮扶户每户（人）支付 300.00 元。",
        ("该款项属于租金。",),
    ),
    (
        'by = "delivery_kg"\npercent = "60"',
        'by = "delivery_kg"\nin_kind = { good = "rice", label = "大米", unit = "kg", value = "5",'
        ' each = "10" }\n'
        'at_least = "1000"\npercent = "60"',
        "从本年盈余中提取可分配盈余的 60%，在全体成员之间按交售重量分配。",
        ("总额不低于1,000.00 元。", "其中以大米实物支付，单价5.00 元（按公斤计），各领数量为10。"),
    ),
]


@pytest.mark.parametrize(("old", "new", "text", "points"), STEPS)
def test_every_kind_of_step_in_chinese(old, new, text, points):
    from lianjie.ledger.rules import plan_text

    plan = plan_text.read(changed(PLAN, (old, new)))
    article = next(a for a in clause(plan, language="zh-Hans", say=chinese) if a.about == "patronage")
    assert (article.text, article.points) == (text, points)


FORMULAS = [
    ("10% * surplus", "本年盈余的 10%"),
    ("10% * (surplus - reserve)", "（本年盈余 − “提取公积金”的金额）的 10%"),
    ("surplus / count(members)", "本年盈余 ÷ 全体成员的数目"),
    ("sum(contribution, members)", "全体成员的出资额合计"),
    ("(surplus + reserve) * 2", "（本年盈余 + “提取公积金”的金额） × 2"),
    ("max(0, surplus)", "本年盈余（小于零的按零计）"),
    ('round_to(surplus, 10, "down")', "（本年盈余，向下取整到 10 的倍数）"),
    ("-surplus", "−本年盈余"),
    ("surplus - (reserve - 1)", "本年盈余 − （“提取公积金”的金额 − 1）"),
]


@pytest.mark.parametrize(("formula", "words"), FORMULAS)
def test_a_formula_in_words(formula, words):
    plan, _, _ = settled()
    assert Wording(plan, "zh-Hans", chinese).of(formula) == words


CONDITIONS = [
    ('status == "registered"', "身份为登记贫困户"),
    ('status in ("exited", "monitored")', "身份为脱贫户、监测户之一"),
    ('status != "" and not member', "身份不为未登记，且不是成员"),
    (
        'member and (land_mu >= 2 or "old" in tags)',
        "为成员，且（入社土地面积不低于 2 亩，或“标记”包含“old”）",
    ),
    ("years(joined, period_last_day) < 5", "加入日至期末日的周年数小于 5"),
    ("member == False", "不是成员"),
    ("10 < contribution <= 500", "10小于 出资额，且出资额不超过 500.00 元"),
]


@pytest.mark.parametrize(("formula", "words"), CONDITIONS)
def test_a_condition_in_words(formula, words):
    plan, _, _ = settled()
    assert Wording(plan, "zh-Hans", chinese).condition(formula) == words
