"""The allotment workbook, opened by another library."""

from io import BytesIO

import openpyxl
import pytest

from lianjie.ledger.documents.allotment_workbook import allotment_xlsx
from tests.ledger.documents import herbs


@pytest.fixture(scope="module")
def herb():
    return herbs.papers()


def written(papers) -> bytes:
    target = BytesIO()
    allotment_xlsx(target, papers)
    return target.getvalue()


@pytest.fixture(scope="module")
def book(herb):
    return openpyxl.load_workbook(BytesIO(written(herb)))


def rows(sheet, heading="编号"):
    """Rows of the table as dicts by heading; the last one is the sum."""
    found = list(sheet.iter_rows(values_only=True))
    start = next(at for at, row in enumerate(found) if row[0] == heading)
    return [dict(zip(found[start], row, strict=True)) for row in found[start + 1 :] if any(row)]


def fen(value) -> int:
    return round((value or 0) * 100)


def test_sheets_stand_in_reading_order(book):
    assert book.sheetnames == [
        "总表",
        "分配表",
        "土地经营权租金",
        "按交易量返还",
        "帮扶成员定额",
        "剩余盈余分配",
        "公积金量化份额",
        "成员账户",
        "计算依据",
    ]


def test_every_allotment_is_the_outcomes_and_the_columns_add_up(book, herb):
    *people, sums = rows(book["分配表"])
    assert {row["编号"]: fen(row["合计"]) for row in people} == herb.outcome.totals
    for row in (*people, sums):
        assert fen(row["合计"]) == sum(fen(row[name]) for name in ("转为成员出资", "实物部分", "现金部分"))
    for heading in ("土地经营权租金", "按交易量返还", "剩余盈余分配", "合计"):
        assert fen(sums[heading]) == sum(fen(row[heading]) for row in people)


def test_a_step_shows_weight_exact_part_amount_and_limit(book):
    found = {row["编号"]: row for row in rows(book["剩余盈余分配"])}
    assert found["YLHQ-009"]["上下限"] == "按下限"
    assert found["YLHQ-001"]["精确应得额（分，分数）"] == "2089167/11"
    assert found["YLHQ-001"]["精确应得额（元）"] == "1,899.242727…"
    assert found["YLHQ-003"]["实物"] == "1 件"


def test_member_accounts_hold_members_only_and_add_the_year(book, herb):
    *people, _ = rows(book["成员账户"])
    assert [row["编号"] for row in people] == [
        each.code for each in herb.recipients if each.attributes["member"]
    ]
    first = people[0]
    assert fen(first["公积金份额"]) == 30_000 + 58_873
    assert fen(first["其他来源的出资额"]) == 300_000 + 37_984


def test_nothing_in_it_is_a_formula(book):
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert any(cell.value == "=cmd|'/c calc'!A1" and cell.data_type == "s" for cell in cells)


def test_it_prints_on_a4_and_keeps_its_head_in_sight(book):
    sheet = book["分配表"]
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$6:$6"
    assert sheet.freeze_panes == "C7"


def test_the_plan_and_its_hashes_stand_in_it(book, herb):
    texts = {cell for row in book["计算依据"].iter_rows(values_only=True) for cell in row}
    assert {herb.plan_sha256, herb.given_sha256, herb.outcome.digest} <= texts
    assert 'among = "members"' in texts


def test_the_same_papers_give_the_same_bytes(herb):
    assert written(herb) == written(herbs.papers())
