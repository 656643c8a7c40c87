"""A herb co-op of the invented Yunling township: its plan, its year, its papers. All people are invented."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from lianjie.base.words import english
from lianjie.ledger.documents.papers import Issuer, Papers, Payment
from lianjie.ledger.rules import given as given_rules
from lianjie.ledger.rules import plan_text, settlement

WORDS = Path(__file__).resolve().parents[3] / "lianjie" / "locale" / "words"

PLAN = """
code = "herbs"
version = "2"
title = { zh-Hans = "云岭黄芪合作社2025年盈余分配方案", en = "Yunling herb co-op, surplus plan 2025" }
kind = "coop"
legal_basis = "coop_surplus"
effective_from = 2025-01-01
source = "2025-03-02 成员大会决议第2号"

[[figure]]
name = "surplus"
label = { zh-Hans = "本年盈余", en = "surplus of the year" }
role = "current_surplus"

[[figure]]
name = "rent_per_mu"
label = { zh-Hans = "每亩租金", en = "rent per mu" }

[[figure]]
name = "rams"
label = { zh-Hans = "种羊", en = "rams" }
unit = "piece"

[[party]]
name = "reserve_fund"
label = { zh-Hans = "盈余公积", en = "surplus reserve" }

[[party]]
name = "costs"
label = { zh-Hans = "合作社生产成本", en = "costs of the cooperative" }

[[group]]
name = "members"
label = { zh-Hans = "全体成员", en = "members" }
where = "member"

[[group]]
name = "supported"
label = { zh-Hans = "登记帮扶成员", en = "registered members" }
where = 'member and status == "registered"'

[[weight]]
name = "capital"
label = { zh-Hans = "出资额与公积金份额", en = "contribution and reserve share" }
is = "contribution + reserve_share"
unit = "yuan"

[[step]]
name = "rent"
label = { zh-Hans = "土地经营权租金", en = "Land rent" }
paid_by = "costs"
among = "everyone"
by = "land_mu"
rate = "rent_per_mu"
legal_basis = "rent"
stream = "rent"
role = "cost"
law = "土地经营权流转合同"

[[step]]
name = "reserve"
label = { zh-Hans = "提取盈余公积", en = "Reserve" }
from = "surplus"
to = "reserve_fund"
percent = "10"
of = "surplus"
role = "reserve"
law = "农民专业合作社法第四十二条"

[[step]]
name = "patronage"
label = { zh-Hans = "按交易量返还", en = "Patronage refund" }
from = "surplus"
among = "members"
by = "delivery_kg"
percent = "60"
of = "surplus - reserve"
role = "patronage"
stream = "patronage"
law = "农民专业合作社法第四十四条"

[[step]]
name = "support"
label = { zh-Hans = "帮扶成员定额", en = "Support of registered members" }
from = "surplus"
among = "supported"
by = "equally"
amount = "3000"
role = "welfare"
stream = "other"
law = "章程第三十一条"

[[step]]
name = "dividend"
label = { zh-Hans = "剩余盈余分配", en = "Remaining surplus" }
from = "surplus"
among = "members"
by = "capital"
rest = true
each_at_least = "300"
role = "remainder"
stream = "dividend"
into_contribution = "20"
in_kind.good = "ram"
in_kind.label = { zh-Hans = "种羊", en = "ram" }
in_kind.unit = "piece"
in_kind.value = "600"
in_kind.quantity = "rams"
law = "农民专业合作社法第四十四条第二款"

[[quantification]]
name = "reserve_shares"
label = { zh-Hans = "公积金量化份额", en = "Reserve shares" }
amount = "reserve"
among = "members"
by = "contribution"
kind = "reserve"
law = "农民专业合作社法第四十二条"
"""

# Names with characters that old fonts and old code pages lose. H12 is not a member.
PEOPLE = (
    ("王䶮", 3000, 812, "2.5"),
    ("㛃秀英", 5000, 1533, "0"),
    ("田𠮷昌", 8000, 2044, "4.25"),
    ("李𬎆", 1000, 333, "1.1"),
    ("张𫖯", 12000, 3100, "6"),
    ("欧阳璟", 2500, 0, "0"),
    ("赵\u4dae妹", 600, 90, "0.8"),
    ("陈桂花", 4000, 1201, "3.33"),
    ("刘玥", 100, 45, "0"),
    ("买买提·艾力", 7000, 1888, "5"),
    ("=cmd|'/c calc'!A1", 900, 120, "1"),
    ("孙有田", 0, 76, "2"),
)


def year(households: int = len(PEOPLE), surplus: str = "86543.21") -> str:
    """The year's input as TOML; more than twelve households repeat the twelve with other figures."""
    return "\n".join(
        [
            'organisation = "YLHQ"',
            "start = 2025-01-01",
            "until = 2026-01-01",
            "[figures]",
            f'surplus = {{ value = "{surplus}", unit = "yuan", source = "会农社02 第12行" }}',
            'rent_per_mu = "400"',
            'rams = { value = "5", unit = "piece" }',
            *_recipients(households),
        ]
    )


def _recipients(households: int) -> Iterator[str]:
    for at in range(households):
        name, contribution, kg, mu = PEOPLE[at % len(PEOPLE)]
        code, lap = f"YLHQ-{at + 1:03d}", at // len(PEOPLE)
        yield f'[[recipient]]\ncode = "{code}"\nname = "{name}"\nvillage = "云岭{at % 4 + 1}村"'
        yield f"member = {'true' if contribution else 'false'}"
        yield f'status = "{"registered" if at % 5 == 0 else ""}"'
        yield f'contribution = "{contribution + 10 * lap if contribution else 0}"'
        yield f'reserve_share = "{contribution // 10}"\ndelivery_kg = "{kg + 3 * lap}"\nland_mu = "{mu}"'
        yield "[recipient.sources]"
        yield f'delivery_kg = ["delivery:{at * 2 + 1}", "delivery:{at * 2 + 2}"]'
        yield f'contribution = ["contribution:{at + 1}"]\nland_mu = ["lease:{at + 1}"]'


def say_in(language: str):
    """Translates by the words files, as the catalogue does; a text without words stays English."""
    if language == "en":
        return english
    words = {}
    for path in sorted(WORDS.glob("*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            text, tab, chinese = line.replace("\\n", "\n").partition("\t")
            if tab:
                words[text] = chinese
    return lambda text: words.get(text, text)


ISSUER = Issuer(
    name="云岭黄芪种植农民专业合作社",
    code="YLHQ",
    year=2025,
    area="云南省 虚构县 云岭乡",
    chair="王䶮",
    accountant="刘玥",
    invented=True,
    state="disclosed",
    disclosed_day=date(2026, 1, 20),
    objections_until=date(2026, 2, 4),
)


def papers(
    *, households: int = len(PEOPLE), language: str = "zh-Hans", surplus: str = "86543.21", plan: str = PLAN
) -> Papers:
    """The co-op's year, worked out."""
    rules = plan_text.read(plan)
    inputs = given_rules.read_toml(year(households, surplus), rules)
    outcome = settlement.run(rules, inputs)
    return Papers(
        rules,
        plan,
        inputs,
        outcome,
        ISSUER,
        language,
        say_in(language),
        {"YLHQ-001": (Payment(date(2026, 2, 10), 120_000, "银行转账", "回单 0210-7"),)},
    )
