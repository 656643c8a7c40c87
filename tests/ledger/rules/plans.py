"""One small cooperative that the tests of the plan language share, and the words of the catalogue."""

from functools import cache

from lianjie.ledger.rules import given, plan_text, settlement
from lianjie.ledger.rules.given import Given
from lianjie.ledger.rules.outcome import Outcome
from lianjie.ledger.rules.plan import Plan
from lianjie.locale.build import words

PLAN = """
code = "orchard"
version = "2"
title = { zh-Hans = "果园合作社盈余分配方案", en = "Orchard plan" }
kind = "coop"
legal_basis = "coop_surplus"
effective_from = 2024-01-01
source = "成员大会第 1 号决议"

[[figure]]
name = "surplus"
label = { zh-Hans = "本年盈余", en = "surplus of the year" }
role = "current_surplus"

[[figure]]
name = "distributable"
label = { zh-Hans = "可分配盈余", en = "distributable surplus" }
is = "surplus - reserve"

[[party]]
name = "reserve_fund"
label = { zh-Hans = "盈余公积", en = "surplus reserve" }

[[group]]
name = "members"
label = { zh-Hans = "全体成员", en = "all members" }
where = "member"

[[group]]
name = "helped"
label = { zh-Hans = "帮扶户", en = "helped households" }
where = 'member and status == "registered" and land_mu > 0'

[[weight]]
name = "account"
label = { zh-Hans = "账户份额", en = "account share" }
is = "contribution + reserve_share"
unit = "yuan"

[[step]]
name = "reserve"
label = { zh-Hans = "提取公积金", en = "Reserve" }
from = "surplus"
to = "reserve_fund"
percent = "10"
of = "surplus"
role = "reserve"
law = "农民专业合作社法第四十二条"

[[step]]
name = "patronage"
label = { zh-Hans = "盈余返还", en = "Patronage refund" }
from = "surplus"
among = "members"
by = "delivery_kg"
percent = "60"
of = "distributable"
role = "patronage"
stream = "patronage"
law = "农民专业合作社法第四十四条"

[[step]]
name = "remainder"
label = { zh-Hans = "剩余盈余分配", en = "Remainder" }
from = "surplus"
among = "members"
by = "account"
rest = true
role = "remainder"
stream = "dividend"
rounding = { to = "1", mode = "down" }
residual_to = "reserve_fund"
law = "农民专业合作社法第四十四条"

[[quantification]]
name = "reserve_shares"
label = { zh-Hans = "公积金量化", en = "Reserve quantified" }
amount = "reserve"
among = "members"
by = "delivery_kg"
law = "农民专业合作社法第四十二条"
"""

INPUT = """
organisation = "orchard"
start = 2024-01-01
until = 2025-01-01
figures.surplus = "100000"

[[recipient]]
code = "H1"
name = "甲户（虚构）"
member = true
contribution = "20000"
reserve_share = "100"
delivery_kg = "1000"
sources = { delivery_kg = ["delivery:17", "delivery:18"], contribution = ["contribution:3"] }

[[recipient]]
code = "H2"
name = "乙户（虚构）"
member = true
status = "registered"
contribution = "10000"
delivery_kg = "2000"

[[recipient]]
code = "H3"
name = "丙户（虚构）"
member = false
status = "exited"
"""


@cache
def catalogue() -> dict[str, str]:
    return words()[0]


def chinese(text: str) -> str:
    """The Simplified Chinese of a catalogue text; KeyError when it has none."""
    return catalogue()[text]


def settled(plan: str = PLAN, entries: str = INPUT) -> tuple[Plan, Given, Outcome]:
    """A plan, an input and what they come to."""
    rules = plan_text.read(plan)
    inputs = given.read_toml(entries, rules)
    return rules, inputs, settlement.run(rules, inputs)


def changed(text: str, *changes: tuple[str, str]) -> str:
    """The text with each place changed; every place must be there."""
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text
