"""Invented villages, households and people, the same every time."""

from dataclasses import dataclass
from datetime import date
from random import Random

from lianjie.facts.rules.book import AreaRow, PartyRow, PersonRow

AREAS = (
    AreaRow("530000000000", "云南省"),
    AreaRow("539900000000", "云岭市（示例）"),
    AreaRow("539901000000", "云岭县（示例）"),
    AreaRow("539901100000", "青龙镇（示例）"),
    AreaRow("539901100201", "上河村"),
    AreaRow("539901100202", "下河村"),
    AreaRow("539901100203", "石桥村"),
    AreaRow("539901100204", "松坪村"),
    AreaRow("539901100205", "桃源村"),
    AreaRow("539901100206", "金坝村"),
    AreaRow("539901100207", "李子坪村"),
    AreaRow("539901100208", "马铃坪村"),
    AreaRow("539901100209", "鸭塘村"),
)
VILLAGES = {
    "SH": ("539901100201", "上河村"),
    "XH": ("539901100202", "下河村"),
    "SQ": ("539901100203", "石桥村"),
    "SP": ("539901100204", "松坪村"),
    "TY": ("539901100205", "桃源村"),
    "JB": ("539901100206", "金坝村"),
    "LZ": ("539901100207", "李子坪村"),
    "ML": ("539901100208", "马铃坪村"),
    "YT": ("539901100209", "鸭塘村"),
}
SURNAMES = "李王张杨赵陈罗周和木段尹郭苏马邓普岩陶沈"
_GIVEN = (
    "建国秀英文才桂兰志明凤仙家福玉珍学军春梅正红丽华绍安琼芬光荣美莲永康翠萍"
    "自强菊香云生惠仙开华金凤德友兰芝兴旺彩霞忠良银花国栋素珍万才莲英应权会芬"
)
GIVEN = tuple(_GIVEN[at : at + 2] for at in range(0, len(_GIVEN), 2))
RARE = {"SH05": "杨㛃", "SQ03": "李䶮", "TY07": "王𬎆", "JB04": "陈𠮷"}
"""Names with characters that older software loses."""
RELATIONS = ("配偶", "子", "女", "父", "母")
STATUSES = ("exited", "ordinary", "ordinary", "exited", "monitored", "ordinary")


@dataclass(frozen=True)
class Home:
    """An invented household: its row, its people, and how many they are."""

    party: PartyRow
    people: tuple[PersonRow, ...]

    @property
    def code(self) -> str:
        return self.party.code

    @property
    def head(self) -> PersonRow:
        return self.people[0]


def homes(village: str, count: int) -> tuple[Home, ...]:
    """The first `count` households of a village."""
    return tuple(_home(village, number) for number in range(1, count + 1))


def _home(village: str, number: int) -> Home:
    code = f"{village}{number:02d}"
    chance = Random(code)
    place, _ = VILLAGES[village]
    surname = chance.choice(SURNAMES)
    head = RARE.get(code) or surname + chance.choice(GIVEN)
    people = [PersonRow(f"{code}-1", head, code, "head", date(2020, 1, 1), place)]
    for nth in range(2, chance.randint(2, 6)):
        own = chance.choice(SURNAMES) if nth == 2 else head[0]
        name = own + chance.choice(GIVEN)
        people.append(PersonRow(f"{code}-{nth}", name, code, RELATIONS[nth - 2], date(2020, 1, 1), place))
    party = PartyRow(
        code,
        head,
        "household",
        place,
        village_group=f"第{chance.randint(1, 3)}组",
        status=STATUSES[number % len(STATUSES)],
        status_day=date(2021, 1, 1),
    )
    return Home(party, tuple(people))
