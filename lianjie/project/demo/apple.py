"""An apple co-op that gives most of its surplus back by weight delivered."""

from datetime import date
from random import Random

from lianjie.facts.rules.book import (
    Book,
    ContributionRow,
    DeliveryRow,
    MemberRow,
    OrganisationRow,
    PartyRow,
    PostRow,
)
from lianjie.project.demo import books
from lianjie.project.demo.people import AREAS, VILLAGES, Home, homes

CODE = "APPLE"
SURPLUS = {2024: "92350.60", 2025: "118904.85"}
SOLD = {2024: 388_000, 2025: 431_500}
RESERVE = {2024: "15000.00", 2025: "24235.06"}
TRAINING = {2024: "0", 2025: "2770.52"}
GRADES = (("一级", 620), ("二级", 480), ("三级", 310))


def book(year: int) -> Book:
    """The apple co-op's facts of one year: 20 households of Taoyuan, two of whom deliver without joining."""
    all_homes = homes("TY", 20)
    members = all_homes[:18]
    place, _ = VILLAGES["TY"]
    capital = [_paid_in(home) for home in members]
    return Book(
        OrganisationRow(
            CODE, "桃源苹果专业合作社", "coop", place, year, founded_day=date(2019, 5, 1), invented=True
        ),
        areas=AREAS,
        parties=(
            *(home.party for home in all_homes),
            PartyRow("TY-DZB", "桃源村党支部", "branch", place),
        ),
        people=tuple(person for home in all_homes for person in home.people),
        posts=(
            PostRow(members[0].head.code, "chair", CODE, date(2019, 5, 1), evidence="设立大会决议"),
            PostRow(members[1].head.code, "secretary", "TY-DZB", date(2021, 1, 8), evidence="支部换届记录"),
            PostRow(members[2].head.code, "accountant", CODE, date(2019, 5, 1), evidence="聘任书"),
        ),
        members=tuple(
            MemberRow(home.code, date(2019, 5, 1), "fingerprint", evidence="入社申请书") for home in members
        ),
        contributions=tuple(capital),
        deliveries=tuple(row for home in all_homes for row in _deliveries(home, year)),
        balances=books.balances(
            {
                "121": 18_200,
                "151": 96_000,
                "152": -9_600 * (year - 2020),
                "301": -sum(row.amount_fen for row in capital) // 100,
                "322": f"-{RESERVE[year]}",
                "322.training_fund": f"-{TRAINING[year]}",
                "501": -SOLD[year],
                "502": -6_400,
                "523": 27_650,
            },
            SURPLUS[year],
        ),
    )


def _paid_in(home: Home) -> ContributionRow:
    thousands = Random(f"apple {home.code}").choice((1, 2, 3, 3, 5, 10))
    return ContributionRow(
        f"CZ-{home.code}", date(2019, 5, 6), home.code, "own_money", thousands * 100_000, thousands * 10_000
    )


def _deliveries(home: Home, year: int) -> list[DeliveryRow]:
    chance = Random(f"apple {home.code} {year}")
    rows = []
    for nth, (grade, price) in enumerate(GRADES, 1):
        grams = chance.randint(150, 1_900) * 1000
        rows.append(
            DeliveryRow(
                f"PG{year}-{home.code}-{nth}",
                date(year, 10, chance.randint(3, 30)),
                home.code,
                "apple",
                grams,
                price,
                grams * price // 1000,
                grade=grade,
                evidence="过磅单",
            )
        )
    return rows
