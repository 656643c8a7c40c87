"""A herb co-op of four villages. Household funds became shares with a guaranteed rate; the branch leads.

A small copy of R1, R2 and L1 in the mission: the secretary chairs, villages join with their neighbours.
"""

from datetime import date
from random import Random

from lianjie.facts.rules.book import (
    AgreementRow,
    Book,
    ContributionRow,
    DeliveryRow,
    LandRow,
    LinkRow,
    MemberRow,
    OrganisationRow,
    PartyRow,
    PostRow,
    TallyRow,
)
from lianjie.project.demo import books
from lianjie.project.demo.people import AREAS, VILLAGES, Home, homes

CODE = "HERB"
JOINED = ("SH", "XH", "SQ", "SP")
PER_VILLAGE = 20
BRANCH, COMPANY, SECOND = "HERB-DZB", "LSYY", "QLYS"
FUND_FEN = 500_000
SURPLUS = {2024: "186420.00", 2025: "268450.37"}
SOLD = {2024: 742_000, 2025: 865_000}
RESERVE = {2024: "8000.00", 2025: "26642.00"}
"""Standing at year end before the year is settled: 2025 holds the ten percent of 2024."""


def book(year: int) -> Book:
    """The herb co-op's facts of one year."""
    members = [home for village in JOINED for home in homes(village, PER_VILLAGE)]
    head = members[0].head.code
    accountant = members[3].head.code
    place, _ = VILLAGES["SH"]
    return Book(
        OrganisationRow(
            CODE, "云岭中药材专业合作社", "coop", place, year, founded_day=date(2023, 3, 1), invented=True
        ),
        areas=AREAS,
        parties=(
            *(home.party for home in members),
            *(
                PartyRow(
                    f"{v}JT",
                    f"{VILLAGES[v][1]}股份经济合作社",
                    "collective",
                    VILLAGES[v][0],
                )
                for v in JOINED
            ),
            PartyRow(BRANCH, "云岭中药材产业党支部", "branch", place),
            PartyRow(COMPANY, "岭上药业有限公司", "enterprise", place),
            PartyRow(SECOND, "青龙药膳食品有限公司", "enterprise", place),
        ),
        people=tuple(person for home in members for person in home.people),
        posts=(
            PostRow(head, "secretary", BRANCH, date(2023, 2, 20), evidence="支部换届记录"),
            PostRow(head, "chair", CODE, date(2023, 3, 1), evidence="设立大会决议"),
            PostRow(accountant, "accountant", CODE, date(2023, 3, 1), evidence="聘任书"),
            PostRow(members[12].head.code, "supervisor", CODE, date(2023, 3, 1), evidence="设立大会决议"),
        ),
        links=(
            LinkRow(BRANCH, CODE, "leads", date(2023, 3, 1), evidence="支部决议"),
            LinkRow(CODE, COMPANY, "supplies", date(2024, 1, 1), evidence="购销合同"),
            *(
                LinkRow(f"{v}JT", CODE, "member", date(2023, 3, 1), parts=parts, evidence="联建协议")
                for v, parts in zip(JOINED, (4, 3, 2, 1), strict=True)
            ),
        ),
        members=(
            *(_membership(home) for home in members),
            *(
                MemberRow(
                    f"{v}JT", date(2023, 3, 1), "resolution", is_farmer=False, evidence="成员代表大会决议"
                )
                for v in JOINED
            ),
        ),
        agreements=tuple(_agreement(home) for home in members if _funded(home)),
        contributions=(
            *(row for home in members for row in _paid_in(home)),
            *(
                ContributionRow(f"CZ-{v}JT", date(2023, 3, 10), f"{v}JT", "collective", 5_000_000, 500_000)
                for v in JOINED
            ),
        ),
        land=tuple(_land(home) for home in members if _number(home) % 3 == 0),
        deliveries=tuple(row for home in members for row in _deliveries(home, year)),
        tallies=tuple(
            TallyRow(home.code, "work_days", "day", (12 + _number(home) * 3) * 10_000, evidence="出勤表")
            for home in members
            if _number(home) % 2 == 0
        ),
        balances=books.balances(
            {
                "121": 36_500,
                "151": 260_000,
                "152": -26_000 * (year - 2023),
                "301": -_capital(members) // 100,
                "311": -120_000,
                "322": f"-{RESERVE[year]}",
                "501": -SOLD[year],
                "523": 41_800,
            },
            SURPLUS[year],
        ),
    )


def _number(home: Home) -> int:
    return int(home.code[2:])


def _funded(home: Home) -> bool:
    """Households that were registered brought in their industry fund."""
    return home.party.status in ("exited", "monitored")


def _membership(home: Home) -> MemberRow:
    day = date(2023, 3, 1) if _number(home) <= 8 else date(2023, 9, 1)
    tags = "fund" if _funded(home) else ""
    return MemberRow(home.code, day, "signed", tags=tags, evidence="入社申请书")


def _agreement(home: Home) -> AgreementRow:
    return AgreementRow(
        f"XY-{home.code}",
        home.code,
        "到户产业扶持资金",
        FUND_FEN,
        date(2023, 4, 1),
        "资金折股量化到户，所有权归农户，随社经营",
        "按股分红，每年不低于本金的百分之五；协议期满退还本金",
        "signed",
        floor_fen_per_year=FUND_FEN * 5 // 100,
        guarantor="岭上药业有限公司",
        evidence="入股协议",
    )


def _paid_in(home: Home) -> list[ContributionRow]:
    thousands = Random(f"herb {home.code}").choice((1, 2, 2, 3, 5, 8))
    rows = [
        ContributionRow(
            f"CZ-{home.code}",
            date(2023, 3, 10),
            home.code,
            "own_money",
            thousands * 100_000,
            thousands * 10_000,
        )
    ]
    if _funded(home):
        rows.append(
            ContributionRow(
                f"DH-{home.code}",
                date(2023, 4, 1),
                home.code,
                "household_fund",
                FUND_FEN,
                50_000,
                agreement=f"XY-{home.code}",
            )
        )
    return rows


def _capital(members: list[Home]) -> int:
    own = sum(row.amount_fen for home in members for row in _paid_in(home))
    return own + 5_000_000 * len(JOINED)


def _land(home: Home) -> LandRow:
    extent = Random(f"land {home.code}").randint(15, 60) * 1000
    return LandRow(
        f"DK-{home.code}",
        home.code,
        date(2023, 3, 1),
        extent,
        name="河边地",
        land_type="旱地",
        contract_until_day=date(2028, 1, 1),
        lease_day=date(2024, 1, 1),
        lease_until_day=date(2027, 1, 1),
        extent_basis="contract",
        rent_fen_per_mu=50_000,
        due="12-20",
        form="written",
        evidence="流转合同",
    )


def _deliveries(home: Home, year: int) -> list[DeliveryRow]:
    chance = Random(f"herb {home.code} {year}")
    rows = []
    for nth, month in enumerate((10, 11), 1):
        grade, price = chance.choice((("一等", 1_380), ("二等", 1_180)))
        grams = chance.randint(60, 420) * 1000 + chance.choice((0, 500))
        rows.append(
            DeliveryRow(
                f"HJ{year}-{home.code}-{nth}",
                date(year, month, chance.randint(2, 27)),
                home.code,
                "黄精",
                grams,
                price,
                grams * price // 1000,
                grade=grade,
                evidence="过磅单",
            )
        )
    return rows
