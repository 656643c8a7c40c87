"""Bamboo handed out, baskets brought back, wages paid, papers printed: in a real browser. L5."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.test_lend_seed import fill, world  # noqa: F401
from tests.support.browser import violations

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.mission("L5")]


def test_from_material_to_the_slip(page: Page, world, sign_in) -> None:  # noqa: F811
    sign_in(world.users["chen"])
    page.goto("/o/C2001/stock/receive/")
    fill(page, lot="ZM-1", day="2026-03-01", good="竹篾", unit="kg", quantity="50", origin="bought")
    page.get_by_role("button", name="物资入库").click()
    page.goto("/o/C2001/workshops/new/")
    fill(page, number="JJ", name="竹编居家加工", form="home", address="各户", start="2026-01-01")
    page.get_by_role("button", name="录入").click()
    page.get_by_role("link", name="录入用工协议").click()
    fill(
        page, number="JJ-1", worker="H0001", job="编竹篮", start="2026-01-01", basis="piece", rate="4.5",
        product="竹篮", materials="竹篾 0.25 kg", allowance="2", evidence="承揽协议",
    )  # fmt: skip
    page.get_by_role("button", name="录入").click()
    home = page.get_by_role("table", name="居家工人手中材料")
    home.get_by_role("link").click()
    expect(page.locator("main")).to_contain_text("不是雇用")

    page.get_by_role("link", name="发料").click()
    fill(page, receipt="FL-1", day="2026-03-02", quantity="60")
    page.get_by_role("button", name="录入").click()
    expect(page.get_by_role("alert")).to_contain_text("ZM-1")
    fill(page, quantity="30")
    page.get_by_role("button", name="录入").click()
    page.get_by_role("link", name="录入交回件数").click()
    fill(page, receipt="JH-1", day="2026-03-20", pieces="100", defect_work="3")
    page.get_by_role("button", name="录入").click()
    expect(page.get_by_role("row").filter(has_text="竹篾").first).to_contain_text("5 公斤")
    expect(page.locator("main")).to_contain_text("超过约定的 2 %")
    assert violations(page) == []
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.set_viewport_size({"width": 1280, "height": 800})

    page.context.clear_cookies()
    sign_in(world.users["guo"])
    page.goto("/o/C2001/workshops/JJ/payroll/?until=2026-03-31")
    page.get_by_label("审批人").fill("郭理事长")
    page.get_by_role("button", name="审批并入账").click()
    expect(page.get_by_role("article")).to_contain_text("445.50")
    page.context.clear_cookies()
    sign_in(world.users["chen"])
    page.goto("/o/C2001/payrolls/JJ-2026-03-31/")
    page.get_by_label("兑付日").fill("2026-04-04")
    page.get_by_label("凭据").fill("代发回单")
    page.get_by_role("button", name="录入发放").click()
    page.goto("/o/C2001/workshops/JJ/papers/?until=2026-03&months=1")
    expect(page.locator("main")).to_contain_text("缺项")
    assert violations(page) == []
    address = page.get_by_role("link", name="申报材料（PDF）").get_attribute("href")
    assert page.request.get(f"{page.url.split('/o/')[0]}{address}").body().startswith(b"%PDF")
    page.goto("/o/C2001/workshops/wage-ledger/?year=2026")
    expect(page.get_by_role("row").filter(has_text="代发回单")).to_contain_text("445.50")
    assert violations(page) == []
    page.context.clear_cookies()
    sign_in(world.users["luo"])
    page.goto("/areas/361126104000/workshops/?until=2026-04")
    expect(page.get_by_role("row").filter(has_text="竹编居家加工")).to_be_visible()
    assert violations(page) == []
