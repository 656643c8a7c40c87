"""Two orders of the herb co-op for the autumn of 2025: what was promised, prices seen, why each price.

Everything here is invented. The prices come out at what the receipts already say, so the books do not move:
with the first buyer the market decides for the best grade, with the second for the ordinary one.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from lianjie.facts.actions import offtake
from lianjie.facts.actions.store import Entry, SourceGiven
from lianjie.facts.queries import offtake as queries
from lianjie.facts.queries import parties
from lianjie.facts.rules.offtake import OrderTerms
from lianjie.ledger.actions.posting import post
from lianjie.project.demo import herb, order_account
from lianjie.project.demo.people import homes

GOOD, YEAR = "黄精", 2025
PER_VILLAGE = 6
COUNTY, REGION = "云岭县药材市场（示例）", "云岭市药材市场（示例）"
SEEN = (
    (COUNTY, "一等", date(YEAR, 9, 28), 1_314),
    (COUNTY, "一等", date(YEAR, 10, 27), 1_314),
    (COUNTY, "二等", date(YEAR, 9, 28), 1_090),
    (COUNTY, "二等", date(YEAR, 10, 27), 1_105),
    (REGION, "一等", date(YEAR, 9, 29), 1_300),
    (REGION, "一等", date(YEAR, 10, 26), 1_320),
    (REGION, "二等", date(YEAR, 9, 29), 1_157),
    (REGION, "二等", date(YEAR, 10, 26), 1_157),
)
COMMON = {
    "signed_day": date(YEAR, 3, 12),
    "start": date(YEAR, 9, 15),
    "until": date(YEAR, 12, 1),
    "good": GOOD,
    "market_days": 35,
    "pay_within_days": 7,
    "breach": "任何一方违约，按未履行部分货款的百分之二十支付违约金",
    "evidence": "订单合同原件（示例）",
}
ORDERS = {
    ("SH", "XH"): OrderTerms(
        number="DD2025-01",
        buyer=herb.COMPANY,
        grams=12_000_000,
        floors={"一等": 1_350, "二等": 1_180},
        market=COUNTY,
        premium_millionths=50_000,
        deposit_fen=3_000_000,
        loss_bearer="shared",
        loss_clause="受灾减产的，双方各担一半；绝收的，收购方按每亩三百元补助种苗",
        **COMMON,
    ),
    ("SQ", "SP"): OrderTerms(
        number="DD2025-02",
        buyer=herb.SECOND,
        grams=10_000_000,
        floors={"一等": 1_380, "二等": 1_150},
        market=REGION,
        premium_millionths=20_000,
        deposit_fen=2_000_000,
        loss_bearer="buyer",
        loss_clause="因灾绝收的，由收益保险赔付，保费由收购方承担",
        backing="insurance",
        insurance="云岭农险（示例）2025-YH-0312",
        assured=True,
        **COMMON,
    ),
}


@transaction.atomic
def add(say: Callable[[str], None]) -> None:
    """Enter orders, promises and prices, and price the deliveries. Doing it again changes nothing."""
    say(_("Entering the orders of {code} …").format(code=herb.CODE))
    organisation = parties.organisation(herb.CODE)
    at = datetime(YEAR, 12, 2, 1, 0, tzinfo=UTC)
    entry = Entry(organisation.id, SourceGiven("demo", f"{herb.CODE} orders {YEAR}"), at, None)
    for market, grade, day, fen in SEEN:
        offtake.record_price(
            entry,
            day=day,
            good=GOOD,
            grade=grade,
            market=market,
            fen_per_kg=fen,
            evidence="市场行情板照片（示例）",
        )
    for villages, terms in ORDERS.items():
        offtake.sign(entry, terms)
        offtake.call_off(
            entry,
            terms.number,
            call="1",
            day=date(YEAR, 9, 20),
            due_day=date(YEAR, 10, 31),
            grams=2_000_000,
        )
        for home in (home for village in villages for home in homes(village, PER_VILLAGE)):
            offtake.promise(
                entry,
                terms.number,
                household=home.code,
                grams=600_000,
                extent_mu4=20_000,
                evidence="种植承诺书（示例）",
            )
            _price(entry, terms.number, home.code)
    order_account.add(organisation.id)


def _price(entry: Entry, number: str, home: str) -> None:
    for nth in (1, 2):
        key = f"{YEAR}-HJ{YEAR}-{home}-{nth}"
        if queries.pricing_of(entry.organisation_id, key) is None:
            offtake.price_delivery(entry, number, f"delivery:{key}", post=post)
