"""A believable herb co-op of four villages, every person invented: what the pages are tested on.

Cast: Chen keeps the books, Guo chairs, Luo looks in from the county, Wei is a member at home,
An is an administrator, Zhao has nothing to do with it.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from itertools import count
from random import Random

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import AbstractBaseUser
from pypinyin import lazy_pinyin

from lianjie.facts import sealing
from lianjie.facts.models import (
    Area,
    Assignment,
    Contribution,
    Delivery,
    Household,
    Lease,
    Membership,
    Organisation,
    OrganisationLink,
    Parcel,
    Party,
    Person,
    Post,
    RegisteredStatus,
    Residence,
    ShareAgreement,
    Source,
    Tally,
)

AT = datetime(2025, 1, 6, 9, tzinfo=UTC)
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = ("建国", "秀英", "桂兰", "志强", "玉梅", "文斌", "春花", "德顺", "晓燕", "金龙", "福贵", "䶮")
ID_NUMBER = "360426199101010071"
"""A number that passes its check digit and belongs to nobody: it must be on no page."""


@dataclass
class World:
    """What the tests need to name."""

    coop: Party
    other: Party
    county: Area
    home: Party
    neighbour: Party
    users: dict[str, AbstractBaseUser]


def build(households: int = 40, seed: int = 7) -> World:
    """Fill the database."""
    random = Random(seed)
    areas = _areas()
    users = {
        name: get_user_model().objects.create(username=name, password=_password(), last_name=last)
        for name, last in (
            ("chen", "陈会计"),
            ("guo", "郭理事长"),
            ("luo", "罗督导"),
            ("wei", "魏青根"),
            ("an", "安管理员"),
            ("zhao", "赵路人"),
        )
    }
    source = Source.objects.create(
        kind="demo", name="herb co-op, invented", received_at=AT, received_by=users["chen"]
    )
    township = areas["township"]
    coop = _organisation("C2001", "青石岭中药材专业合作社", "coop", township, "93361126MA3ABCDE1X")
    other = _organisation("C2002", "云峰果业专业合作社", "coop", township, "")
    branch = _organisation("B2001", "青石岭村党支部", "branch", areas["village1"], "")
    firm = _organisation("E2001", "百草堂药业有限公司", "enterprise", areas["county"], "")
    fact = _Facts(coop, source)
    people = []
    for number, name in enumerate(("郭长青", "林秋月", "孙有田"), start=1):
        party = _party(f"P{number:04d}", name, "person", areas["village1"])
        Person.objects.create(
            party=party,
            id_number_sealed=sealing.seal(ID_NUMBER, sealing.person_row(party.pk)) if number == 1 else None,
            id_number_index=sealing.index(ID_NUMBER) if number == 1 else "",
        )
        people.append(party)
    fact(Post, person=people[0], held_in=branch, title="secretary", day=date(2019, 3, 1))
    fact(Post, person=people[0], held_in=coop, title="chair", day=date(2020, 4, 1))
    fact(Post, person=people[1], held_in=coop, title="accountant", day=date(2020, 4, 1))
    fact(Post, person=people[2], held_in=coop, title="supervisor", day=date(2020, 4, 1))
    fact(OrganisationLink, giver=branch, taker=coop, kind="leads", day=date(2019, 3, 1))
    fact(OrganisationLink, giver=coop, taker=firm, kind="supplies", day=date(2021, 1, 1))
    for number, parts in enumerate((40, 25, 20, 15), start=1):
        village = areas[f"village{number}"]
        collective = _organisation(f"V{number}", f"{village.name}股份经济合作社", "collective", village, "")
        fact(OrganisationLink, giver=collective, taker=coop, kind="member", day=date(2020, 4, 1), parts=parts)
        fact(Membership, member=collective, is_farmer=False, consent="resolution", day=date(2020, 4, 1))
        fact(
            Contribution,
            member=collective,
            origin="collective",
            amount_fen=parts * 1_000_000,
            shares_e4=parts * 1_000_000,
            day=date(2020, 4, 20),
        )
    homes = []
    for number in range(1, households + 1):
        village = areas[f"village{number % 4 + 1}"]
        name = "魏青根" if number == 1 else random.choice(SURNAMES) + random.choice(GIVEN)
        home = _party(f"H{number:04d}", name, "household", village)
        Household.objects.create(party=home, village_group=f"第{number % 5 + 1}组")
        homes.append(home)
        _year_of(fact, home, number, random)
    fact(Residence, household=homes[0], person=people[0], relation="head", day=date(2015, 1, 1))
    fact(Residence, household=homes[0], person=people[1], relation="spouse", day=date(2015, 1, 1))
    _roles(users, coop, other, areas["county"], homes[0])
    return World(coop, other, areas["county"], homes[0], homes[1], users)


@cache
def _password() -> str:
    """Hashed once: hashing is slow on purpose."""
    return make_password("peony-root-2025")


def _year_of(fact: "_Facts", home: Party, number: int, random: Random) -> None:
    """A household's ties: membership, funds turned into shares, land let, herbs handed in, work."""
    left = date(2025, 1, 1) if number % 13 == 0 else None
    fact(
        Membership,
        member=home,
        consent="signed" if number % 5 else "fingerprint",
        until_day=left,
        tags="种植 精准户" if number % 3 == 0 else "种植",
        day=date(2020, 4, 1),
        evidence=f"入社申请书第{number}号",
    )
    if number % 3 == 0:
        agreement = fact(
            ShareAgreement,
            member=home,
            fund="到户产业扶持资金",
            amount_fen=500_000,
            floor_fen_per_year=30_000,
            principle="入社自愿、退社自由，按股分红",
            method="每年保底分红六个百分点，盈余另行分配",
            consent="signed",
            day=date(2020, 5, 1),
        )
        fact(
            Contribution,
            member=home,
            origin="household_fund",
            amount_fen=500_000,
            shares_e4=500_000,
            agreement=agreement,
            day=date(2020, 5, 8),
        )
        lifted = date(2020, 1, 1)
        fact(RegisteredStatus, household=home, status="registered", day=date(2016, 1, 1), until_day=lifted)
        fact(RegisteredStatus, household=home, status="exited" if number % 2 else "monitored", day=lifted)
    fact(
        Contribution,
        member=home,
        origin="own_money",
        amount_fen=100_000 * random.randint(1, 8),
        shares_e4=0,
        day=date(2020, 6, 1),
        evidence=f"收据{number:04d}",
    )
    parcel = fact(
        Parcel,
        household=home,
        code=f"361126{number:08d}",
        name="屋后坡地",
        contract_extent_mu4=random.randint(8_000, 60_000),
        day=date(2018, 1, 1),
    )
    if number % 2:
        fact(
            Lease,
            parcel=parcel,
            lessor=home,
            extent_basis="contract",
            extent_mu4=parcel.contract_extent_mu4,
            rent_fen_per_mu=55_000,
            due_month=12,
            due_day_of_month=31,
            form="written",
            day=date(2021, 1, 1),
            until_day=date(2028, 1, 1),
        )
    for turn, (good, price) in enumerate((("白术", 3_200), ("白芍", 2_450), ("白术", 3_200))):
        grams = random.randint(20, 900) * 1_000
        fact(
            Delivery,
            household=home,
            receipt=f"{number:03d}{turn}",
            good=good,
            grade="一等",
            grams=grams,
            price_fen_per_kg=price,
            amount_fen=grams * price // 1_000,
            day=date(2025, 9 + turn, 1 + number % 27),
        )
    if number % 4 == 0:
        fact(
            Tally,
            party=home,
            year=2025,
            measure="work_days",
            unit="day",
            quantity=120_000 + number * 10_000,
            day=date(2025, 12, 31),
        )


def _areas() -> dict[str, Area]:
    made: dict[str, Area] = {}
    above = None
    for level, code, name in (
        ("province", "360000000000", "江西省"),
        ("prefecture", "361100000000", "上饶市"),
        ("county", "361126000000", "弋阳县"),
        ("township", "361126104000", "青石岭镇（虚构）"),
    ):
        above = made[level] = _area(code, name, level, above)
    for number, name in enumerate(("青石岭村", "上坪村", "白水村", "马头村"), start=1):
        made[f"village{number}"] = _area(f"36112610420{number}", name, "village", above)
    return made


def _area(code: str, name: str, level: str, above: Area | None) -> Area:
    path = f"{above.path if above else ''}{Area.objects.count() + 1:06d}/"
    return Area.objects.create(
        code=code, name=name, level=level, parent=above, path=path, valid_from=date(2010, 1, 1)
    )


def _party(code: str, name: str, kind: str, area: Area) -> Party:
    key = " ".join(lazy_pinyin(name))
    return Party.objects.create(code=code, name=name, kind=kind, area=area, sort_key=key, invented=True)


def _organisation(code: str, name: str, kind: str, area: Area, credit_code: str) -> Party:
    party = _party(code, name, "organisation", area)
    Organisation.objects.create(party=party, kind=kind, credit_code=credit_code, founded_day=date(2019, 3, 1))
    return party


def _roles(users, coop: Party, other: Party, county: Area, home: Party) -> None:
    since = {"start_day": date(2020, 1, 1)}
    Assignment.objects.create(user=users["chen"], role="accountant", organisation=coop, **since)
    Assignment.objects.create(user=users["guo"], role="chair", organisation=coop, **since)
    Assignment.objects.create(user=users["luo"], role="supervisor", area=county, **since)
    Assignment.objects.create(user=users["wei"], role="member", organisation=coop, party=home, **since)
    Assignment.objects.create(user=users["an"], role="administrator", organisation=coop, **since)
    Assignment.objects.create(user=users["zhao"], role="accountant", organisation=other, **since)


def _key(model, fields) -> str:
    """The key the door would give: the number on the paper."""
    if model is Delivery:
        return f"{fields['day'].year}-{fields['receipt']}"
    if model is Tally:
        return f"{fields['year']}-{fields['measure']}-{fields['party'].code}"
    return fields["code"] if model is Parcel else ""


class _Facts:
    """Enters facts with what every fact needs."""

    def __init__(self, organisation: Party, source: Source) -> None:
        self.organisation, self.source, self.numbers = organisation, source, count(1)

    def __call__(self, model, **fields):
        return model.objects.create(
            organisation=self.organisation,
            area=self.organisation.area,
            key=_key(model, fields) or f"{model.__name__}-{next(self.numbers)}",
            source=self.source,
            recorded_at=AT,
            **fields,
        )
