"""Land let to the co-op for a yearly cash rent: L2."""

from datetime import date

import pytest

from lianjie.facts.models import Lease, Parcel, Party, Source
from lianjie.facts.rules.rent import LeaseTerms, due, yearly_rent
from lianjie.ledger.actions import rents
from lianjie.ledger.models import Posting
from lianjie.ledger.queries.rents import not_booked
from tests.ledger import coop
from tests.ledger.coop import AT

pytestmark = pytest.mark.mission("L2")


def terms(**changed):
    return LeaseTerms(
        **{
            "reference": "lease:BD01@2024-01-01",
            "lessor": "H1",
            "member": True,
            "start": date(2024, 1, 1),
            "until": date(2027, 1, 1),
            "extent_mu4": 33_333,
            "rent_fen_per_mu": 50_050,
            "due_month": 6,
            "due_day_of_month": 31,
        }
        | changed
    )


def test_a_rent_is_extent_times_price_rounded_once():
    assert yearly_rent(33_333, 50_050) == 166_832  # 3.3333 mu x 500.50 yuan = 1,668.31665 yuan
    assert yearly_rent(0, 50_000) == 0


def test_it_falls_due_once_a_year_while_the_lease_runs():
    days = [each.day for each in due(terms(), date(2023, 1, 1), date(2030, 1, 1))]
    assert days == [date(2024, 6, 30), date(2025, 6, 30), date(2026, 6, 30)]
    assert list(due(terms(rent_fen_per_mu=0), date(2023, 1, 1), date(2030, 1, 1))) == []


@pytest.mark.both
def test_rents_due_are_booked_once_and_owed_to_members_apart_from_others():
    made = coop.make(balances=False)
    source = Source.objects.get(name="test")
    common = {"organisation": made, "area": made.area, "source": source, "recorded_at": AT}
    for number, home in enumerate(("H1", "H4"), 1):
        party = Party.objects.get(code=f"COOP-{home}")
        parcel = Parcel.objects.create(
            key=f"p{number}",
            day=date(2024, 1, 1),
            household=party,
            code=f"p{number}",
            contract_extent_mu4=20_000,
            **common,
        )
        Lease.objects.create(
            key=f"p{number}@2024-01-01",
            day=date(2024, 1, 1),
            parcel=parcel,
            lessor=party,
            extent_basis="contract",
            extent_mu4=20_000,
            rent_fen_per_mu=60_000,
            due_month=12,
            due_day_of_month=20,
            form="written",
            **common,
        )
    year = date(2025, 1, 1), date(2026, 1, 1)
    assert [each.fen for each in not_booked(made.pk, *year)] == [120_000, 120_000]
    assert rents.book_rents(made.pk, *year, at=AT, by=None) == 2
    assert rents.book_rents(made.pk, *year, at=AT, by=None) == 0
    owed = Posting.objects.filter(entry__source__startswith="rent:", party__isnull=False)
    assert dict(owed.values_list("party__code", "account")) == {"COOP-H1": "114", "COOP-H4": "211"}
