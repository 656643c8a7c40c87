"""A small year, typed as an accountant types it: sheets as grids, captions in the first row.

Everybody in it is invented.
"""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from typing import Any

import xlsxwriter

from lianjie.facts.rules.schema import letters
from lianjie.facts.rules.sheets import BY_CODE

VILLAGE, OTHER = "530122101201", "530122101202"

ROWS: dict[str, list[dict[str, Any]]] = {
    "organisation": [
        {
            "code": "HM01",
            "name": "黄梅药材种植专业合作社",
            "kind": "农民专业合作社",
            "village": VILLAGE,
            "year": 2025,
            "credit_code": "91110000600037341L",
            "founded_day": date(2018, 6, 1),
            "invented": "是",
        }
    ],
    "areas": [
        {"code": "530000000000", "name": "云南省"},
        {"code": "530100000000", "name": "昆明市"},
        {"code": "530122000000", "name": "某县（演示）"},
        {"code": "530122101000", "name": "宝峰镇（演示）"},
        {"code": VILLAGE, "name": "宝峰村"},
        {"code": OTHER, "name": "清水村"},
    ],
    "parties": [
        {
            "code": f"N{n:04}",
            "name": name,
            "kind": "农户",
            "village": VILLAGE if n < 5 else OTHER,
            "village_group": "一组",
            "status": status,
            "status_day": date(2020, 12, 31),
        }
        for n, name, status in (
            (1, "张䶮", "已脱贫户"),
            (2, "李四", "建档立卡户"),
            (3, "王五", "一般户"),
            (4, "赵六", "一般户"),
            (5, "钱七", "监测对象"),
            (6, "孙𬱖", "一般户"),
        )
    ]
    + [
        {"code": "JT01", "name": "宝峰村股份经济合作社", "kind": "农村集体经济组织", "village": "宝峰村"},
        {"code": "ZB01", "name": "宝峰村党支部", "kind": "党支部", "village": VILLAGE},
    ],
    "people": [
        {
            "code": "P0001",
            "name": "张䶮",
            "household": "N0001",
            "relation": "户主",
            "since_day": date(2015, 1, 1),
            "id_number": "360426199101010071",
            "phone": "13800005678",
        },
        {
            "code": "P0002",
            "name": "李四",
            "household": "N0002",
            "relation": "户主",
            "since_day": date(2015, 1, 1),
            "birth_day": date(1970, 5, 1),
        },
        {"code": "P0003", "name": "周书记", "village": "清水村"},
    ],
    "posts": [
        {"person": "P0003", "title": "支部书记", "held_in": "ZB01", "day": date(2021, 3, 1)},
        {
            "person": "P0003",
            "title": "理事长",
            "held_in": "HM01",
            "day": date(2022, 1, 1),
            "evidence": "任命书",
        },
    ],
    "links": [
        {"giver": "ZB01", "kind": "领办", "taker": "HM01", "day": date(2021, 3, 1)},
        {"giver": "JT01", "kind": "加入", "taker": "HM01", "day": date(2021, 3, 1), "parts": 4},
    ],
    "members": [
        {"member": f"N000{n}", "day": date(2018, 6, 1), "consent": "签字", "is_farmer": "是", "tags": "a b"}
        for n in range(1, 6)
    ]
    + [
        {
            "member": "JT01",
            "day": date(2019, 1, 1),
            "consent": "会议决议",
            "is_farmer": "否",
            "represented_by": "P0003",
        }
    ],
    "agreements": [
        {
            "code": "XY001",
            "member": "N0001",
            "fund": "到户产业扶持资金",
            "amount_fen": 5000,
            "day": date(2020, 1, 1),
            "principle": "保底加浮动",
            "method": "每年保底 5%，其余按股分红",
            "consent": "签字",
            "until_day": date(2025, 12, 31),
            "floor_fen_per_year": 250,
            "principal_returned": "是",
        }
    ],
    "contributions": [
        {
            "receipt": "CZ001",
            "day": date(2020, 1, 10),
            "member": "N0001",
            "origin": "到户产业资金",
            "amount_fen": 5000,
            "shares_e4": 50,
            "agreement": "XY001",
        },
        {
            "receipt": "CZ002",
            "day": "2020年1月11日",
            "member": "N0002",
            "origin": "自有资金",
            "amount_fen": "1,234.50",
        },
        {"receipt": "CZ003", "day": "2024/5/6", "member": "JT01", "origin": "集体出资", "amount_fen": 30000},
    ],
    "land": [
        {
            "parcel": "5301221012010100001",
            "household": "N0002",
            "day": date(1998, 10, 1),
            "contract_extent_mu4": 2.35,
            "measured_extent_mu4": 2.41,
            "contract_until_day": date(2028, 9, 30),
            "lease_day": date(2022, 1, 1),
            "lease_until_day": date(2027, 12, 31),
            "extent_basis": "实测面积",
            "rent_fen_per_mu": 600,
            "due": "11-30",
            "form": "书面合同",
        },
        {
            "parcel": "5301221012010100002",
            "household": "N0003",
            "day": date(1998, 10, 1),
            "contract_extent_mu4": 1.2,
        },
    ],
    "deliveries": [
        {
            "receipt": "BD0001",
            "day": date(2025, 10, 12),
            "household": "N0001",
            "good": "苹果",
            "grams": 156.5,
            "price_fen_per_kg": 6.8,
            "amount_fen": 1064.2,
            "grade": "一级",
        },
        {
            "receipt": "BD0002",
            "day": "2025-10-13",
            "household": "N0006",
            "good": "苹果",
            "grams": 0.1 + 0.2,
            "price_fen_per_kg": 3.33,
        },
    ],
    "tallies": [
        {"party": "N0001", "measure": "工分", "unit": "分值", "quantity": 320.5},
        {"party": "N0002", "measure": "务工天数", "unit": "天", "quantity": 12},
    ],
    "figures": [{"name": "surplus", "value": 128000, "unit": "元"}],
    "balances": [
        {"account": "102", "debit_fen": 50000},
        {"account": 301, "credit_fen": 36234.5},
        {"account": "332.1", "credit_fen": 13765.5},
    ],
    "announced": [{"name": "分红总额", "of": "dividend", "value": 12800, "unit": "元", "recipient": "N0001"}],
}


@dataclass(frozen=True)
class Formula:
    """A cell counted by a formula, with what it shows."""

    text: str
    shows: Any = 0


@dataclass
class Typed:
    """A workbook before it is saved: title -> grid, and ranges to merge."""

    grids: dict[str, list[list[Any]]]
    merged: dict[str, list[tuple[int, int, int, int]]] = field(default_factory=dict)

    def grid(self, code: str) -> list[list[Any]]:
        return self.grids[title(code)]

    def column(self, code: str, column: str) -> int:
        return [c.code for c in BY_CODE[code].columns].index(column)

    def put(self, code: str, row: int, column: str, value: Any) -> None:
        """Type into a cell; `row` as Excel counts."""
        grid = self.grid(code)
        while len(grid) < row:
            grid.append([None] * len(BY_CODE[code].columns))
        grid[row - 1][self.column(code, column)] = value

    def add(self, sheet: str, /, **cells: Any) -> int:
        """One more row; returns its number."""
        number = len(self.grid(sheet)) + 1
        for column, value in cells.items():
            self.put(sheet, number, column, value)
        return number

    def rename(self, code: str, new: str) -> None:
        self.grids = {new if name == title(code) else name: grid for name, grid in self.grids.items()}


def title(code: str, language: str = "zh-hans") -> str:
    return BY_CODE[code].caption.named(language)


def letter(code: str, column: str) -> str:
    """The letter of a column in a workbook that has all of them in order."""
    return letters([c.code for c in BY_CODE[code].columns].index(column))


def typed(rows: Mapping[str, list[dict[str, Any]]] = ROWS, language: str = "zh-hans") -> Typed:
    """The sample as grids, a sheet for each."""
    grids = {}
    for code, sheet in BY_CODE.items():
        grid: list[list[Any]] = [[column.caption.named(language) for column in sheet.columns]]
        grid += [[row.get(column.code) for column in sheet.columns] for row in rows.get(code, ())]
        grids[title(code, language)] = grid
    return deepcopy(Typed(grids))


def saved(book: Typed) -> bytes:
    """The workbook as a file."""
    file = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as workbook:
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        for name, grid in book.grids.items():
            page = workbook.add_worksheet(name)
            for box in book.merged.get(name, ()):
                page.merge_range(*box, "")
            for number, row in enumerate(grid):
                for place, cell in enumerate(row):
                    if isinstance(cell, Formula):
                        page.write_formula(number, place, cell.text, None, cell.shows)
                    elif isinstance(cell, date):
                        page.write_datetime(number, place, cell, day)
                    elif isinstance(cell, str):
                        page.write_string(number, place, cell)
                    elif cell is not None:
                        page.write(number, place, cell)
    return file.getvalue()
