"""A register filled in Excel: the template, reasons beside the rows, mended, entered, again, out. PAINS 1."""

from collections.abc import Mapping
from datetime import date
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from lianjie.facts import registers
from lianjie.facts.actions.job_run import Worker
from lianjie.project.worker import HANDLERS
from tests.pages import world as herb
from tests.support.browser import sign_in as sign_in_page
from tests.support.browser import violations

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
FILES = "/o/C2001/files/"
Rows = Mapping[str, list[dict[str, Any]]]
D = date

IN_KIND: Rows = {
    "入库批次": [
        {"批次号": "ZY-1", "日期": D(2026, 2, 1), "物资": "芋种", "数量": 500, "单位": "公斤",
         "来源": "拨给"},
    ],
    "批次成本": [
        {"批次号": "ZY-1", "日期": D(2026, 2, 1), "成本（元）": 600, "付款方式": "无偿拨给"},
    ],
    "实物借贷": [
        {"借贷协议号": f"JY-{n}", "日期": D(2026, 3, 1), "借用户代码": f"H000{n}", "批次号": "ZY-1",
         "数量": 100.5, "单位": "公斤", "应还日期": D(2026, 10, 31), "归还方式": "借多少还多少",
         "种植面积（亩）": 1.25}
        for n in (1, 2)
    ],
    "实物归还": [
        {"归还单号": "GH-1", "日期": D(2026, 10, 20), "借贷协议号": "JY-1", "物资": "芋种", "数量": 40,
         "单位": "公斤"},
    ],
    "投入品发放": [
        {"领用单号": "LY-1", "日期": D(2026, 3, 2), "农户代码": "H0003", "批次号": "ZY-1", "数量": 20,
         "单位": "公斤", "垫付款（元）": 35.5},
    ],
}  # fmt: skip
ORDERS: Rows = {
    "行情价格": [{"日期": D(2026, 9, 8), "市场": "县批发市场", "品种": "苹果", "单价（元/公斤）": 7.02}],
    "收购订单": [
        {"订单号": "DD1", "收购方代码": "C2001", "签订日期": D(2026, 3, 1), "交售起": D(2026, 9, 1),
         "交售止": D(2026, 11, 1), "品种": "苹果", "数量（公斤）": 20000,
         "分级保底价": "一级 6.80；二级 5.20", "行情参照市场": "县批发市场", "行情有效天数": 10,
         "违约条款": "按定金罚则", "绝收由谁承担": "种植户与收购方共担", "绝收条款": "共担",
         "绝收保障": "无"},
    ],
    "种植承诺": [{"订单号": "DD1", "农户代码": "H0001", "承诺数量（公斤）": 3000, "种植面积（亩）": 2.1}],
    "订单交售": [
        {"订单号": "DD1", "过磅单号": "GB1", "交售日期": D(2026, 9, 9), "农户代码": "H0001", "等级": "一级",
         "重量（公斤）": 312.5},
    ],
}  # fmt: skip
GROWING: Rows = {
    "生产基地": [{"基地代码": "JD1", "名称": "北坡", "起始日期": D(2026, 1, 1)}],
    "基地地块": [
        {"基地代码": "JD1", "地块": f"A{n}", "种植户代码": f"H000{n}", "面积（亩）": 2.5,
         "起始日期": D(2026, 1, 2)}
        for n in (1, 2)
    ],
    "生产季": [
        {"生产季编号": "JJ1", "基地代码": "JD1", "起始日期": D(2026, 3, 1), "终止日期": D(2026, 11, 30),
         "品种": "苹果", "操作规程": "T1 | 移栽 | 2026-04-01 | 2026-04-20 | 基肥 | 1.5"},
    ],
    "农事记录": [
        {"生产季编号": "JJ1", "工序代码": "T1", "地块": "A1", "日期": D(2026, 4, 3), "操作人": "王",
         "实际机械工时（小时）": 3.75},
    ],
    "实际用料": [
        {"生产季编号": "JJ1", "工序代码": "T1", "地块": "A1", "日期": D(2026, 4, 3), "用料": "基肥",
         "数量": 512.5, "单位": "公斤", "凭据": "领料单"},
    ],
    "采收过磅": [
        {"生产季编号": "JJ1", "地块": "A1", "日期": D(2026, 10, 1), "过磅单号": "GB7", "毛重（公斤）": 520.5,
         "皮重（公斤）": 12, "等级": "一级", "单价（元/公斤）": 6.8, "过磅人": "赵"},
    ],
}  # fmt: skip
WORK: Rows = {
    "务工车间": [
        {"车间代码": "CJ1", "名称": "藤编", "形式": "厂房式车间", "地点": "村部", "起始日期": D(2026, 1, 1)},
    ],
    "务工协议": [
        {"务工协议号": "WG1", "车间代码": "CJ1", "务工人员代码": "H0001", "工种": "编筐",
         "起始日期": D(2026, 1, 1), "计酬方式": "计件", "工价（元）": 3.5, "身份": "临时务工",
         "列支科目": "生产成本（401）", "次品也计酬": "是", "凭据": "协议 1"},
    ],
    "考勤计件": [
        {"车间代码": "CJ1", "务工协议号": "WG1", "日期": D(2026, 3, day), "天数、小时或件数": 40,
         "次品件数": 2}
        for day in (3, 4)
    ],
}  # fmt: skip
WRONG = {
    "in-kind": (IN_KIND, "实物借贷", 2, "借用户代码", "H9999", "H9999"),
    "orders": (ORDERS, "订单交售", 2, "等级", "特级", "特级"),
    "growing": (GROWING, "采收过磅", 2, "皮重（公斤）", 600, "皮重"),
    "work": (WORK, "考勤计件", 3, "日期", "2026-13-40", "2026-13-40"),
}


def captions(sheet) -> dict[str, int]:
    """Caption in Simplified -> number of its column."""
    return {str(cell.value).split("\n")[0].rstrip(" *"): cell.column for cell in sheet[1] if cell.value}


def filled(template: bytes, rows: Rows) -> bytes:
    workbook = openpyxl.load_workbook(BytesIO(template))
    for title, lines in rows.items():
        columns = captions(workbook[title])
        for number, line in enumerate(lines, 2):
            for caption, value in line.items():
                workbook[title].cell(number, columns[caption]).value = value
    return written(workbook)


def written(workbook) -> bytes:
    made = BytesIO()
    workbook.save(made)
    return made.getvalue()


def fetched(page: Page, link: str) -> bytes:
    with page.expect_download() as got:
        page.locator(f"a[href='{link}']").click()
    return got.value.path().read_bytes()


def given(page: Page, data: bytes) -> None:
    file = {"name": "台账.xlsx", "mimeType": "application/octet-stream", "buffer": data}
    page.goto(FILES)
    page.locator("#file").set_input_files([file])
    with page.expect_navigation():
        page.get_by_role("button", name="检查文件").click()


@pytest.fixture
def world(live_server):
    return herb.build(households=6)


@pytest.mark.parametrize(
    "family",
    [
        pytest.param("in-kind", marks=pytest.mark.mission("L4", "L6")),
        pytest.param("orders", marks=pytest.mark.mission("L3")),
        pytest.param("growing", marks=pytest.mark.mission("P1")),
        pytest.param("work", marks=pytest.mark.mission("L5")),
    ],
)
def test_a_register_goes_through_excel_and_back(page: Page, world, sign_in, family) -> None:
    rows, title, number, caption, wrong, told = WRONG[family]
    sign_in(world.users["chen"])
    page.goto(FILES)
    data = filled(fetched(page, f"{FILES}of/{family}/template/"), rows)

    # One wrong cell: nothing is written, and the file comes back with its reason beside the row.
    workbook = openpyxl.load_workbook(BytesIO(data))
    cell = workbook[title].cell(number, captions(workbook[title])[caption])
    right, cell.value = cell.value, wrong
    given(page, written(workbook))
    expect(page.get_by_text("没有写入任何内容。")).to_be_visible()
    expect(page.locator("tbody tr").first).to_contain_text(title)
    assert not violations(page)
    back = openpyxl.load_workbook(BytesIO(fetched(page, f"{FILES}reasons/")))
    sheet = back[title]
    assert told in sheet.cell(number, sheet.max_column).value

    # Mended in the very copy that came back, the reasons still in it.
    cell = sheet.cell(number, captions(sheet)[caption])
    cell.value = right
    given(page, written(back))
    count = sum(len(lines) for lines in rows.values())
    expect(page.locator(".figures dd").first).to_have_text(str(count))
    assert not violations(page)
    page.get_by_role("button", name="录入文件").click()
    expect(page.get_by_text(f"新增 {count}")).to_be_visible()

    given(page, data)
    expect(page.get_by_text("文件中的内容均已登记")).to_be_visible()

    # What stands goes out as the rows that came in, and brought in again it is known.
    page.goto(FILES)
    out = fetched(page, f"{FILES}of/{family}/")
    assert stands(out, rows) == stands(data, rows)
    given(page, out)
    expect(page.get_by_text("文件中的内容均已登记")).to_be_visible()


def stands(data: bytes, rows: Rows) -> dict[str, set[tuple[str, ...]]]:
    """The cells that were filled, as text, row by row."""
    workbook = openpyxl.load_workbook(BytesIO(data))
    found = {}
    for title, lines in rows.items():
        columns = captions(workbook[title])
        wanted = [columns[caption] for caption in lines[0]]
        cells = [
            [row[n - 1] for n in wanted] for row in workbook[title].iter_rows(min_row=2, values_only=True)
        ]
        found[title] = {tuple(map(plain, row)) for row in cells if any(row)}
    return found


def plain(value: Any) -> str:
    """A day and a number as they read, however Excel keeps them."""
    if hasattr(value, "date"):
        value = value.date()
    return f"{value:g}" if isinstance(value, int | float) else str(value)


@pytest.mark.mission("P1")
def test_a_large_file_goes_on_in_the_background(page: Page, world, sign_in) -> None:
    sign_in(world.users["chen"])
    page.goto(FILES)
    template = fetched(page, f"{FILES}of/growing/template/")
    load = GROWING["采收过磅"][0]
    loads = [load | {"过磅单号": f"GB{n}", "地块": f"A{n % 2 + 1}"} for n in range(1_200)]
    given(page, filled(template, {**GROWING, "采收过磅": loads}))
    expect(page.get_by_text("1,200", exact=True)).to_be_visible()
    page.get_by_role("button", name="核对并录入文件").click()
    expect(page.get_by_text("等待中")).to_be_visible()
    # The page asks again by itself while a worker does the task.
    assert Worker(HANDLERS).work_one()
    expect(page.get_by_text("文件中的每一行都已入账。")).to_be_visible()
    expect(page.locator("tbody tr", has_text="采收过磅").locator("td").first).to_have_text("1,200")
    assert not violations(page)


PHONE = {"width": 390, "height": 844}


def test_every_page_can_be_used_by_everyone_and_fits_a_phone(browser, live_server, world) -> None:
    context = browser.new_context(base_url=live_server.url, bypass_csp=True, locale="zh-CN", viewport=PHONE)
    page = context.new_page()
    sign_in_page(page, world.users["chen"], live_server.url)
    page.goto(FILES)
    data = filled(fetched(page, f"{FILES}of/in-kind/template/"), IN_KIND)
    found = {}

    def seen(name: str) -> None:
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, name
        found[name] = violations(page)

    seen("files")
    assert page.locator("section.card h2").count() > len(registers.FAMILIES)
    given(page, data)
    seen("checked")
    with page.expect_navigation():
        page.get_by_role("button", name="录入文件").click()
    seen("entered")
    workbook = openpyxl.load_workbook(BytesIO(data))
    workbook["实物归还"]["E2"] = 900
    given(page, written(workbook))
    seen("refused")
    assert page.goto("/o/C2001/facts/loan:JY-1").status == 200
    seen("fact")
    context.close()
    assert not any(found.values()), found
