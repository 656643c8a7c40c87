"""The collective's part settled beside the households': S3."""

from datetime import date

import pytest

from lianjie.facts.models import (
    Contribution,
    Delivery,
    Membership,
    Organisation,
    Party,
    Source,
    YearFigure,
)
from lianjie.ledger.actions import carrying_out, settlement
from lianjie.ledger.queries import settlements, sides
from tests.ledger import coop
from tests.ledger.coop import AT, YEAR
from tests.ledger.test_settlement_way import disclosed, row

pytestmark = [pytest.mark.both, pytest.mark.mission("S3")]


def joined(made, code: str, kind: str) -> None:
    """An organisation that is a member with as much capital as H3."""
    party = Party.objects.create(code=code, kind="organisation", name=code, area=made.area, invented=True)
    Organisation.objects.create(party=party, kind=kind)
    of = common(made)
    Membership.objects.create(key=f"m{code}", day=date(2024, 1, 1), member=party, consent="signed", **of)
    Contribution.objects.create(
        key=f"c{code}", day=date(2024, 1, 2), member=party, origin="collective", amount_fen=1_000_000, **of
    )


def common(made) -> dict:
    source = Source.objects.get(name="test")
    return {"organisation": made, "area": made.area, "source": source, "recorded_at": AT}


def test_each_sides_part_adds_up_and_stands_beside_the_year_before():
    made = coop.make()
    joined(made, "JT", "collective")
    joined(made, "QY", "enterprise")
    voted = coop.resolved(made, votes_for=5, also=("JT", "QY"))
    settlement.decide_by(disclosed(made), voted, at=AT, by=None)
    assert not sides.of_settled([row(made)]), "decided, and not carried out"
    carrying_out.post(row(made), day=date(2026, 2, 2), at=AT, by=None)
    done = row(made)

    tried = sides.of_trial(done, settlements.worked(done))
    assert [side.name for side in tried] == list(sides.SIDES)
    assert sum(side.fen for side in tried) == 10_000_001
    (stored,) = sides.of_settled([done]).values()
    assert stored == {side.name: side.fen for side in tried}
    totals = settlements.worked(done).outcome.totals
    assert (stored["collective"], stored["others"]) == (totals["JT"], totals["QY"])
    assert stored["kept"] == 1_000_000
    assert all(side.before_fen is None and side.change_fen is None for side in tried)

    # The year after: what the year before gave stands beside it.
    of = common(made)
    YearFigure.objects.create(
        key="f1", day=date(2026, 12, 31), year=YEAR + 1, name="surplus", unit="yuan", value="500", **of
    )
    Delivery.objects.create(
        key="d9", day=date(2026, 10, 1), household=Party.objects.get(code="COOP-H1"), receipt="R9",
        good="apple", grams=1000, price_fen_per_kg=600, amount_fen=600, **of,
    )  # fmt: skip
    settlement.draft(made.pk, YEAR + 1, done.plan.id, at=AT, by=None)
    after = sides.of_trial(row(made), settlements.worked(row(made)))
    assert {side.name: side.before_fen for side in after} == stored
    assert sum(side.change_fen or 0 for side in after) == 50_000 - 10_000_001
