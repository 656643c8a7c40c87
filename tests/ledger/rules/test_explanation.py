"""Every line can be explained to the one who gets it, with its numbers, and every nothing too."""

from fractions import Fraction

import pytest

from lianjie.ledger.rules.explanation import Explainer, explain, explanations, why_nothing
from tests.ledger.rules.plans import INPUT, PLAN, changed, chinese, settled

ZH = {"language": "zh-Hans", "say": chinese}
LEAST = (
    "各笔金额先舍去不足 0.01 元的尾数；余下的金额以 0.01 元为一份，"
    "依次分给尾数最大者，尾数相同的分给编号较小者。"
)


def test_all_lines_of_one_household_in_chinese():
    found = explanations(*settled(), "H1", **ZH)
    assert [(each.step, each.memo, each.amount_fen) for each in found] == [
        ("patronage", False, 1_800_000),
        ("remainder", False, 2_403_900),
        ("reserve_shares", True, 333_333),
    ]
    assert [each.sentences for each in found] == [
        (
            "盈余返还：可分配盈余 90,000.00 元的 60% = 54,000.00 元。",
            "本户交售重量：1,000 公斤；全体合计 3,000 公斤。",
            "54,000.00 元 × 1,000 公斤 ÷ 3,000 公斤 = 18,000.00 元。",
            "金额为 18,000.00 元，无需取整。",
        ),
        (
            "剩余盈余分配：本年盈余的余额 36,000.00 元。",
            "本户账户份额：出资额 20,000.00 元 + 公积金份额 100.00 元 = 20,100.00 元；"
            "全体合计 30,100.00 元。",
            "36,000.00 元 × 20,100.00 元 ÷ 30,100.00 元 = 24,039.8671… 元（即 723600000/301 分）。",
            "各笔金额舍去不足 1.00 元的尾数。本笔舍去尾数后为 24,039.00 元。",
        ),
        (
            "公积金量化：“提取公积金”的金额 10,000.00 元，记入账户，不支付现金。",
            "本户交售重量：1,000 公斤；全体合计 3,000 公斤。",
            "10,000.00 元 × 1,000 公斤 ÷ 3,000 公斤 = 3,333.3333… 元（即 1000000/3 分）。",
            f"{LEAST}本笔舍去尾数后为 3,333.33 元。",
        ),
    ]


def test_every_field_of_one_line():
    line = explain(*settled(), "remainder", "H1", **ZH)
    assert line.title == "剩余盈余分配"
    assert (line.stream, line.legal_basis, line.law) == (
        "dividend",
        "合作社盈余",
        "农民专业合作社法第四十四条",
    )
    assert (line.pool_label, line.pool_fen, line.asked) == (
        "本年盈余",
        3_600_000,
        "本年盈余的余额 36,000.00 元",
    )
    assert line.rule == "本年盈余扣除前述各项后的余额，在全体成员之间按账户份额分配。"
    assert (line.weight_label, line.weight, line.weight_unit, line.whole) == ("账户份额", 20100, "元", 30100)
    assert line.quota_fen == Fraction(723600000, 301)
    assert line.quota_text == "24,039.8671… 元（即 723600000/301 分）"
    assert (line.cash_fen, line.contribution_fen, line.goods, line.bound) == (2_403_900, 0, "", "")
    assert line.sources == ("contribution:3",)


def test_a_memo_pays_nothing_and_names_its_deliveries():
    memo = explain(*settled(), "reserve_shares", "H1", **ZH)
    assert (memo.cash_fen, memo.pool_fen, memo.sources) == (0, None, ("delivery:17", "delivery:18"))


def test_the_quota_is_the_one_of_the_outcome_and_checks_by_hand():
    plan, given, outcome = settled()
    for code in ("H1", "H2"):
        for each in explanations(plan, given, outcome, code, **ZH):
            line = outcome.step(each.step).by_recipient[code]
            assert each.quota_fen == line.quota_fen
            assert abs(each.quota_fen - each.amount_fen) < 100  # no step here rounds to more than a yuan


def test_a_weight_with_a_branch_says_why_it_took_it():
    plan = changed(
        PLAN,
        (
            'is = "contribution + reserve_share"',
            "is = \"2 * contribution if status == 'registered' else contribution\"",
        ),
    )
    second, first = (explain(*settled(plan), "remainder", code, **ZH).sentences[1] for code in ("H2", "H1"))
    assert second == (
        "本户账户份额：2 × 出资额 10,000.00 元（因身份 登记贫困户为登记贫困户） = 20,000.00 元；"
        "全体合计 40,000.00 元。"
    )
    assert first.startswith(
        "本户账户份额：出资额 20,000.00 元（因不符合：身份 –为登记贫困户） = 20,000.00 元"
    )


def test_a_cap_a_rate_goods_and_capital():
    capped = changed(
        PLAN, ("rest = true", 'rest = true\neach_at_most = "contribution / 2"\nexcess_to = "reserve_fund"')
    )
    assert (
        "适用每户（人）上限：出资额 20,000.00 元 ÷ 2 = 10,000.00 元。"
        in explain(*settled(capped), "remainder", "H1", **ZH).sentences
    )
    rated = changed(
        PLAN,
        (
            'percent = "60"\nof = "distributable"',
            'rate = "2"\ninto_contribution = "50"\n'
            'in_kind = { good = "rice", label = "大米", unit = "kg", value = "5", each = "10" }',
        ),
    )
    line = explain(*settled(rated), "patronage", "H1", **ZH)
    assert line.sentences == (
        "盈余返还：2.00 元 × 3,000 公斤 = 6,000.00 元。",
        "本户交售重量：1,000 公斤；全体合计 3,000 公斤。",
        "2.00 元 × 1,000 公斤 = 2,000.00 元。",
        "金额为 2,000.00 元，无需取整。",
        "其中实物：大米 10 公斤，折合 50.00 元。",
        "其中 975.00 元 转为成员出资。",
        "现金：975.00 元。",
    )
    assert (line.goods, line.contribution_fen, line.cash_fen) == (
        "大米 10 公斤，折合 50.00 元",
        97_500,
        97_500,
    )


def test_a_rate_that_the_pool_cannot_pay_is_cut_in_proportion():
    short = changed(PLAN, ('percent = "60"\nof = "distributable"', 'rate = "60"'))
    line = explain(*settled(short), "patronage", "H1", **ZH)
    assert line.asked == "60.00 元 × 3,000 公斤 = 180,000.00 元；实有资金 90,000.00 元"
    assert "资金不足，按比例为 30,000.00 元。" in line.sentences
    assert line.amount_fen == 3_000_000


NOTHING = [
    (PLAN, "patronage", "H3", "“盈余返还”只分给“全体成员”，本户不符合条件：为成员。"),
    (PLAN, "reserve", "H1", "“提取公积金”不直接分给各户（人）。"),
    (PLAN, "patronage", "H9", "本次结算中没有 H9。"),
    (PLAN, "patronage", "H1", "“盈余返还”分给本户 18,000.00 元。"),
    (
        changed(PLAN, ('by = "delivery_kg"\npercent', 'by = "reserve_share"\npercent')),
        "patronage",
        "H2",
        "“盈余返还”按公积金份额分配，本户没有公积金份额。",
    ),
    (
        changed(PLAN, ('percent = "60"\n', 'when = "surplus > 500000"\npercent = "60"\n')),
        "patronage",
        "H1",
        "“盈余返还”未执行，因为不符合条件：本年盈余大于 500,000.00 元。",
    ),
    (
        changed(PLAN, ('percent = "60"\nof = "distributable"', 'amount = "0"')),
        "patronage",
        "H1",
        "“盈余返还”没有可分的金额。",
    ),
    (
        changed(
            PLAN,
            ('among = "members"\nby = "account"', 'among = "helped"\nby = "equally"'),
            ("and land_mu > 0", ""),
        ),
        "remainder",
        "H1",
        "“剩余盈余分配”只分给“帮扶户”，本户不符合条件：身份为登记贫困户。",
    ),
]


@pytest.mark.parametrize(("plan", "step", "code", "text"), NOTHING)
def test_why_nothing(plan, step, code, text):
    assert why_nothing(*settled(plan), step, code, **ZH) == text


def test_what_each_step_came_to():
    explainer = Explainer(*settled(), **ZH)
    assert [explainer.asked(name) for name in ("reserve", "patronage", "remainder")] == [
        "本年盈余 100,000.00 元的 10% = 10,000.00 元",
        "可分配盈余 90,000.00 元的 60% = 54,000.00 元",
        "本年盈余的余额 36,000.00 元",
    ]


def test_a_recipient_who_takes_the_residual_is_told():
    plan = changed(PLAN, ('residual_to = "reserve_fund"', 'residual_to = "recipient H2"'))
    line = explain(*settled(plan), "remainder", "H2", **ZH)
    assert line.amount_fen == 1_196_100
    assert line.sentences[-1] == "各笔金额舍去不足 1.00 元的尾数。另承受尾差 1.00 元，合计 11,961.00 元。"
    assert line.sentences[2].startswith("36,000.00 元 × 10,000.00 元 ÷ 30,100.00 元 = 11,960.1328… 元")


def test_a_person_and_an_organisation_are_addressed_as_such():
    entries = changed(INPUT, ('code = "H1"\n', 'code = "H1"\nkind = "person"\n'))
    assert explain(*settled(PLAN, entries), "patronage", "H1", **ZH).sentences[1].startswith("本人交售重量：")
