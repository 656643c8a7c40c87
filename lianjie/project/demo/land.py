"""A land-share co-op: a guaranteed amount for each mu first, then a second dividend."""

from datetime import date
from random import Random

from lianjie.base.fen import Fen
from lianjie.base.period import month_of
from lianjie.facts.rules.book import (
    Book,
    ContributionRow,
    DeliveryRow,
    LandRow,
    MemberRow,
    OrganisationRow,
    PostRow,
)
from lianjie.facts.rules.land_right import LandRight, used_up
from lianjie.project.demo import books
from lianjie.project.demo.people import AREAS, VILLAGES, Home, homes

CODE = "LAND"
SURPLUS = {2024: "88210.00", 2025: "104377.42"}
RESERVE = {2024: "6000.00", 2025: "8612.00"}
YUAN_PER_MU = 4_000
"""What the assembly valued the right to one mu at, for the rest of its term."""


def book(year: int) -> Book:
    """The land-share co-op's facts of one year: 14 households of Jinba."""
    members = homes("JB", 14)
    place, _ = VILLAGES["JB"]
    land = tuple(_land(home) for home in members)
    capital = tuple(_valued(row) for row in land)
    return Book(
        OrganisationRow(
            CODE, "金坝土地股份合作社", "coop", place, year, founded_day=date(2021, 2, 1), invented=True
        ),
        areas=AREAS,
        parties=tuple(home.party for home in members),
        people=tuple(person for home in members for person in home.people),
        posts=(PostRow(members[0].head.code, "chair", CODE, date(2021, 2, 1), evidence="设立大会决议"),),
        members=tuple(
            MemberRow(home.code, date(2021, 2, 1), "signed", evidence="入社协议") for home in members
        ),
        contributions=capital,
        land=land,
        deliveries=tuple(_delivery(home, year) for home in members),
        balances=books.balances(
            {
                "161": sum(row.amount_fen for row in capital) // 100,
                "162": str(-Fen(sum(_used(row, year) for row in capital)).yuan),
                "301": -sum(row.amount_fen for row in capital) // 100,
                "322": f"-{RESERVE[year]}",
                "501": -296_000,
                "523": 14_900,
            },
            SURPLUS[year],
        ),
    )


def _land(home: Home) -> LandRow:
    return LandRow(
        f"TD-{home.code}",
        home.code,
        date(2021, 2, 1),
        Random(f"land {home.code}").randint(24, 110) * 1000,
        name="大田",
        land_type="水田",
        contract_until_day=date(2029, 1, 1),
        lease_day=date(2021, 2, 1),
        lease_until_day=date(2029, 1, 1),
        extent_basis="contract",
        rent_fen_per_mu=60_000,
        due="12-31",
        form="written",
        evidence="入社协议",
    )


def _valued(row: LandRow) -> ContributionRow:
    fen = row.contract_extent_mu4 * YUAN_PER_MU * 100 // 10_000
    shares = row.contract_extent_mu4
    return ContributionRow(
        f"ZJ-{row.household}",
        date(2021, 2, 1),
        row.household,
        "land_right",
        fen,
        shares,
        right_until_day=row.lease_until_day,
        evidence="作价决议",
    )


def _used(row: ContributionRow, year: int) -> int:
    """Fen of a land right written off by the end of a year."""
    assert row.right_until_day
    return used_up(LandRight(row.day, row.right_until_day, row.amount_fen), month_of(date(year, 12, 1)))


def _delivery(home: Home, year: int) -> DeliveryRow:
    chance = Random(f"land {home.code} {year}")
    grams = chance.randint(400, 2_600) * 1000
    return DeliveryRow(
        f"DG{year}-{home.code}",
        date(year, 9, chance.randint(5, 28)),
        home.code,
        "rice",
        grams,
        290,
        grams * 290 // 1000,
        grade="一等",
        evidence="过磅单",
    )
