"""A week of attendance entered, the payroll made, approved by the chair, booked, paid, its slips printed."""

import pytest
from playwright.sync_api import Page, expect

from lianjie.project.demo.world import PASSWORD

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def enter(page: Page, name: str) -> None:
    page.context.clear_cookies()
    page.goto("/sign-in/")
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda address: "sign-in" not in address)


@pytest.mark.mission("L5")
def test_from_the_weeks_sheets_to_the_printed_slip(page: Page, demo) -> None:
    enter(page, "kuaiji")
    page.goto("/o/HERB/")
    page.get_by_role("link", name="车间", exact=True).click()
    for form in ("厂房式车间", "居家式（来料加工）", "合作社式车间"):
        expect(page.get_by_role("row").filter(has_text=form)).to_be_visible()
    page.get_by_role("link", name="黄精分拣车间（示例）").click()
    expect(page.get_by_role("row").filter(has_text="云岭县人社局")).to_contain_text("未达要求")
    page.get_by_role("link", name="考勤表").click()
    for day in range(13, 18):
        page.get_by_label("日期").fill(f"2026-04-{day}")
        page.get_by_role("button", name="查看").click()
        page.wait_for_url(f"**day=2026-04-{day}")
        for line in page.get_by_label("点数").all():
            line.fill("1")
        page.get_by_role("button", name="录入考勤表").click()
        expect(page.locator("main")).to_contain_text("已录入 6 行。")

    # April: six people, one day of demonstration and five of this week at 130; half a day of March corrected.
    enter(page, "lishizhang")
    page.goto("/o/HERB/workshops/CJ1/payroll/?until=2026-04-30")
    expect(page.get_by_role("row").filter(has_text="总计")).to_contain_text("4,745.00")
    page.get_by_label("审批人").fill("李理事长（示例）")
    page.get_by_role("button", name="审批并入账").click()
    expect(page.locator("main")).to_contain_text("已审批并入账。")
    expect(page.locator("main")).to_contain_text("更正；此前已列 130.00")
    assert page.get_by_role("article").count() == 6

    enter(page, "kuaiji")
    page.goto("/o/HERB/payrolls/CJ1-2026-04-30/")
    page.get_by_label("兑付日").fill("2026-05-04")
    page.get_by_label("凭据").fill("代发回单 0504")
    page.get_by_role("button", name="录入发放").click()
    expect(page.locator("main")).to_contain_text("代发回单 0504")
    paper = page.pdf(format="A4")
    assert paper.startswith(b"%PDF")
    page.emulate_media(media="print")
    expect(page.locator("header.top")).to_be_hidden()
    expect(page.get_by_text("本人签收").first).to_be_visible()
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
