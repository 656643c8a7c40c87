"""Two leases of the herb co-op with other rents than yearly cash: in maize, and rising. All invented."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from lianjie.facts.actions import offtake, rent
from lianjie.facts.actions.store import Entry, SourceGiven
from lianjie.facts.queries import parties, rents
from lianjie.facts.rules.rent import Grain, Step
from lianjie.project.demo import herb

MAIZE = Grain("玉米", 300_000, "青龙镇粮站（示例）", (12, 1), (12, 10), reset_years=1)
IN_GRAIN, RISING = "DK-SH03@2024-01-01", "DK-SH06@2024-01-01"
SEEN = ((date(2024, 12, 2), 228), (date(2024, 12, 9), 232), (date(2025, 12, 3), 236))


@transaction.atomic
def add(say: Callable[[str], None]) -> None:
    """Enter the terms and the prices behind them. Doing it again changes nothing."""
    say(_("Entering the rents of {code} …").format(code=herb.CODE))
    organisation = parties.organisation(herb.CODE)
    at = datetime(2025, 12, 12, 1, 0, tzinfo=UTC)
    entry = Entry(organisation.id, SourceGiven("demo", f"{herb.CODE} rents"), at, None)
    for day, fen in SEEN:
        offtake.record_price(
            entry,
            day=day,
            good=MAIZE.good,
            grade="",
            market=MAIZE.market,
            fen_per_kg=fen,
            evidence="粮站收购牌价照片（示例）",
        )
    for key, more in (
        (IN_GRAIN, {"grain": MAIZE}),
        (RISING, {"step": Step(2, 50_000, compound=False)}),
    ):
        found = rents.lease(organisation.id, key)
        assert found is not None
        rent.agree(
            entry, key, replace(found.first, **more), day=date(2024, 1, 1), evidence="流转合同（示例）"
        )
