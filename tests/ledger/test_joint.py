"""A joint co-op's year by village, and what a plan shares by: R2."""

from datetime import date

import pytest

from lianjie.base.period import Period
from lianjie.facts.models import Organisation, OrganisationLink, Party, Source
from lianjie.facts.queries import standing
from lianjie.ledger.queries import joint
from tests.ledger import coop
from tests.ledger.coop import AT

pytestmark = [pytest.mark.both, pytest.mark.mission("R2")]


@pytest.fixture
def made(engine) -> Party:
    made = coop.make()
    for code in ("V1", "V2", "V3"):
        party = Party.objects.create(
            code=code, kind="organisation", name=f"{code}股份经济合作社", area=made.area, invented=True
        )
        Organisation.objects.create(party=party, kind="collective")
    return made


def link(made: Party, village: str, parts: int, day: date, until: date | None = None, of: str = "COOP"):
    OrganisationLink.objects.create(
        key=f"{village}-{day}", day=day, until_day=until, kind="member", parts=parts,
        giver=Party.objects.get(code=village), taker=made, organisation=Party.objects.get(code=of),
        area=made.area, source=Source.objects.get(name="test"), recorded_at=AT,
    )  # fmt: skip


def shared(made: Party, year: int) -> dict[str, tuple[int, int]]:
    found = joint.year(made.pk, year)
    assert found is not None
    assert sum(part.cost_fen for _, part in found.rows) == found.cost_fen
    assert sum(part.surplus_fen for _, part in found.rows) == found.surplus_fen
    return {village.code: (part.parts, part.surplus_fen) for village, part in found.rows}


def planned(made: Party, year: int) -> dict[str, int]:
    rows = standing.standings(made.pk, Period.year(year))
    return {row.code: row.measures["parts"].quantity for row in rows if "parts" in row.measures}


def test_a_village_that_left_within_the_year_bears_and_gets_its_part_of_it(made):
    """By the page it vanished on 1 October and the others bore its cost; the settlement shared with it."""
    link(made, "V1", 2, date(2024, 1, 1))
    link(made, "V2", 1, date(2024, 1, 1), date(2025, 10, 1))
    assert shared(made, 2025) == {"V1": (2, 6_666_667), "V2": (1, 3_333_334)}
    assert planned(made, 2025) == {"V1": 20_000, "V2": 10_000}
    left = joint.year(made.pk, 2025).rows[1][0].left
    assert left == date(2025, 9, 30)
    assert shared(made, 2026) == {"V1": (2, 0)}


def test_parts_changed_within_a_year_count_once_and_only_by_the_co_ops_own_books(made):
    link(made, "V1", 2, date(2024, 1, 1), date(2025, 7, 1))
    link(made, "V1", 3, date(2025, 7, 1))
    link(made, "V2", 1, date(2024, 1, 1))
    link(made, "V3", 9, date(2024, 1, 1), of="V3")
    assert shared(made, 2025) == {"V1": (3, 7_500_001), "V2": (1, 2_500_000)}
    assert planned(made, 2025) == {"V1": 30_000, "V2": 10_000}
