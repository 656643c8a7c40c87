"""A small apple co-op of the invented Yunling village, written straight into the tables."""

from datetime import UTC, date, datetime

from lianjie.facts.actions import assembly
from lianjie.facts.actions.store import Entry, SourceGiven
from lianjie.facts.models import (
    Area,
    Contribution,
    Delivery,
    Household,
    Membership,
    Organisation,
    Party,
    Source,
    YearFigure,
)
from lianjie.facts.rules.handed import BalanceFact, Handed
from lianjie.ledger.actions import plans, posting

AT = datetime(2026, 1, 10, 8, 0, tzinfo=UTC)
YEAR = 2025
MEMBERS = {"H1": (30_000, 1_200), "H2": (20_000, 800), "H3": (10_000, 333), "H4": (0, 100)}
"""Household -> yuan contributed, kg delivered. H4 is not a member."""

PLAN = """
code = "apple"
version = "1"
title = { zh-Hans = "苹果合作社盈余分配方案", en = "Apple co-op plan" }
kind = "coop"
legal_basis = "coop_surplus"
effective_from = 2025-01-01

[[figure]]
name = "surplus"
label = { zh-Hans = "本年盈余", en = "surplus" }
role = "current_surplus"

[[party]]
name = "reserve_fund"
label = { zh-Hans = "盈余公积", en = "reserve" }

[[group]]
name = "members"
label = { zh-Hans = "成员", en = "members" }
where = "member"

[[step]]
name = "reserve"
label = { zh-Hans = "提取盈余公积", en = "Reserve" }
from = "surplus"
to = "reserve_fund"
percent = "10"
of = "surplus"
role = "reserve"
law = "Law on Farmers' Professional Cooperatives, art. 42"

[[step]]
name = "patronage"
label = { zh-Hans = "按交易量返还", en = "Patronage refund" }
from = "surplus"
among = "members"
by = "delivery_kg"
percent = "65"
of = "surplus - reserve"
role = "patronage"
stream = "patronage"
law = "Law on Farmers' Professional Cooperatives, art. 44"

[[step]]
name = "dividend"
label = { zh-Hans = "剩余盈余返还", en = "Dividend" }
from = "surplus"
among = "members"
by = "contribution"
rest = true
role = "remainder"
stream = "dividend"
law = "Law on Farmers' Professional Cooperatives, art. 44"

[[quantification]]
name = "reserve_shares"
label = { zh-Hans = "公积金量化", en = "Reserve shares" }
amount = "reserve"
among = "members"
by = "contribution"
kind = "reserve"
"""


def make(code: str = "COOP", surplus_yuan: str = "100000.01", balances: bool = True) -> Party:
    """The co-op with its members, facts, books and plan."""
    area, _ = Area.objects.get_or_create(
        code="530922103201",
        valid_from=date(2000, 1, 1),
        defaults={"name": "云岭村", "level": "village", "path": "0001"},
    )
    coop = Party.objects.create(
        code=code, kind="organisation", name="云岭苹果合作社", area=area, invented=True
    )
    Organisation.objects.create(party=coop, kind="coop")
    source = Source.objects.create(kind="demo", name="test", received_at=AT)
    common = {"organisation": coop, "area": area, "source": source, "recorded_at": AT}
    for number, (home, (yuan, kg)) in enumerate(MEMBERS.items()):
        party = Party.objects.create(
            code=f"{code}-{home}", kind="household", name=f"王{home}", area=area, invented=True
        )
        Household.objects.create(party=party)
        if yuan:
            Membership.objects.create(
                key=f"m{number}", day=date(2024, 1, 1), member=party, consent="signed", **common
            )
            Contribution.objects.create(
                key=f"c{number}",
                day=date(2024, 1, 2),
                member=party,
                origin="own_money",
                amount_fen=yuan * 100,
                **common,
            )
        Delivery.objects.create(
            key=f"d{number}",
            day=date(2025, 10, 1 + number),
            household=party,
            receipt=f"R{number}",
            good="apple",
            grams=kg * 1000,
            price_fen_per_kg=600,
            amount_fen=kg * 600,
            **common,
        )
    if balances:
        fen = int(surplus_yuan.replace(".", ""))
        facts = [
            BalanceFact("b1", "102", 6_000_000 + fen, 0),
            BalanceFact("b2", "301", 0, 6_000_000),
            BalanceFact("b3", "501", 0, fen + 5_000_000),
            BalanceFact("b4", "521", 5_000_000, 0),
        ]
        handed = [Handed(fact) for fact in facts]
        posting.post("balance", handed, organisation_id=coop.pk, year=YEAR, at=AT, by=None)
    else:
        YearFigure.objects.create(
            key="f1",
            day=date(2025, 12, 31),
            year=YEAR,
            name="surplus",
            unit="yuan",
            value=surplus_yuan,
            **common,
        )
    plans.adopt(coop.pk, PLAN, adopted_by="2025-1", at=AT, by=None)
    return coop


def resolved(
    made: Party,
    day: date = date(2026, 2, 1),
    *,
    present: int = 3,
    votes_for: int = 3,
    number: str = "2026-1",
    also: tuple[str, ...] = (),
) -> str:
    """An assembly held on `day` and its resolution on the settlement; the resolution's key.

    also  codes of members present besides the households
    """
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    entry = Entry(made.pk, SourceGiven("page", "meeting"), at, None)
    assembly.call(entry, assembly.Calling(number, day, day, "村委会", "盈余分配", "郭理事长"))
    codes = [*(f"{made.code}-H{n}" for n in range(1, present + 1)), *also]
    came = [assembly.Seated(code, "signed", mark=str(n)) for n, code in enumerate(codes, 1)]
    assembly.seat(entry, number, came)
    assembly.resolve(entry, number, assembly.Resolving("1", "盈余分配", "通过", votes_for, 0, 0))
    return f"{number}/1"
