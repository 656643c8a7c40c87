"""A village collective that draws its reserve and splits the rest four, four, two."""

from datetime import date
from random import Random

from lianjie.facts.rules.book import Book, LandRow, MemberRow, OrganisationRow, PostRow, TallyRow
from lianjie.project.demo import books
from lianjie.project.demo.people import AREAS, VILLAGES, Home, homes

CODE = "SHJT"
INCOME = {2024: "154893.80", 2025: "172640.25"}
RESERVE = {2024: "21000.00", 2025: "51978.76"}
DEVELOPMENT = {2024: "0", 2025: "23283.62"}
SHARES_PER_PERSON = 10


def book(year: int) -> Book:
    """The Shanghe collective's facts of one year. Its households also belong to the herb co-op."""
    members = homes("SH", 10)
    place, _ = VILLAGES["SH"]
    return Book(
        OrganisationRow(
            CODE,
            "上河村股份经济合作社",
            "collective",
            place,
            year,
            founded_day=date(2020, 6, 1),
            invented=True,
        ),
        areas=AREAS,
        parties=tuple(home.party for home in members),
        people=tuple(person for home in members for person in home.people),
        posts=(PostRow(members[0].head.code, "chair", CODE, date(2020, 6, 1), evidence="成员大会决议"),),
        members=tuple(
            MemberRow(home.code, date(2020, 6, 1), "resolution", evidence="成员名册") for home in members
        ),
        land=tuple(_land(home) for home in members),
        tallies=tuple(
            TallyRow(
                home.code,
                "member_shares",
                "share",
                len(home.people) * SHARES_PER_PERSON * 10_000,
                evidence="股权证",
            )
            for home in members
        ),
        balances=books.balances(
            {
                "151": 310_000,
                "152": -15_500 * (year - 2021),
                "321": -180_000,
                "322": f"-{RESERVE[year]}",
                "322.village_development": f"-{DEVELOPMENT[year]}",
                "501": -236_000,
                "523": 18_300,
            },
            INCOME[year],
        ),
    )


def _land(home: Home) -> LandRow:
    extent = Random(f"collective {home.code}").randint(20, 95) * 1000
    return LandRow(
        f"RS-{home.code}",
        home.code,
        date(2020, 6, 1),
        extent,
        name="坝子田",
        land_type="水田",
        contract_until_day=date(2028, 1, 1),
        lease_day=date(2021, 1, 1),
        lease_until_day=date(2028, 1, 1),
        extent_basis="contract",
        rent_fen_per_mu=0,
        due="12-31",
        form="written",
        evidence="入社协议",
    )
