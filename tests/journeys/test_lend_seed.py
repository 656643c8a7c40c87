"""Seed taro lent, partly returned, deferred, returned in full and lent on: in a real browser. L4."""

from datetime import date

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import Page, expect

from lianjie.facts.actions.people import assign
from lianjie.facts.queries import in_kind as queries
from lianjie.project.demo import in_kind
from tests.pages import world as herb
from tests.support.browser import sign_in as sign_in_page
from tests.support.browser import violations

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.mission("L4", "L7")]


@pytest.fixture
def world(live_server):
    return herb.build(households=6)


def fill(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        field = page.locator(f"[name='{name}']")
        if field.evaluate("each => each.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def test_a_household_borrows_returns_asks_and_returns_the_rest(page: Page, world, sign_in) -> None:
    sign_in(world.users["chen"])
    page.goto("/o/C2001/")
    page.get_by_role("link", name="库存", exact=True).click()
    page.get_by_role("link", name="物资入库").click()
    fill(page, lot="ZY-01", day="2026-02-01", good="芋种", unit="kg", quantity="500", origin="granted",
         giver="县农技站")  # fmt: skip
    page.get_by_role("button", name="物资入库").click()
    page.get_by_role("link", name="ZY-01").click()

    page.get_by_role("link", name="借出实物").click()
    fill(page, number="JY-1", day="2026-03-01", borrower="H0001", quantity="200", due_day="2026-10-31",
         area="2.5", disease="lender")  # fmt: skip
    page.get_by_role("button", name="借出实物").click()
    expect(page.locator("#owed")).to_have_text("200 公斤")

    page.get_by_role("link", name="登记归还").click()
    fill(page, receipt="HS-1", day="2026-10-20", quantity="120", into="ZY-02")
    page.get_by_role("button", name="登记归还").click()
    expect(page.locator("#owed")).to_have_text("80 公斤")

    # The household itself asks for a year, to plant two mu more.
    page.context.clear_cookies()
    sign_in(world.users["wei"])
    page.goto("/o/C2001/members/H0001/")
    page.get_by_role("link", name="芋种").first.click()
    expect(page.get_by_role("link", name="登记归还")).to_have_count(0)
    page.get_by_role("link", name="申请延期归还").click()
    fill(page, day="2026-10-25", until="2027-10-31", area="2", wish="明年想多种两亩")
    page.get_by_role("button", name="申请延期归还").click()
    expect(page.get_by_text("待决定")).to_be_visible()

    # The chair decides, under a name and with a reason.
    page.context.clear_cookies()
    sign_in(world.users["guo"])
    page.goto("/o/C2001/loans/?state=asked")
    page.get_by_role("link", name="魏青根").click()
    page.get_by_role("link", name="作出决定").click()
    fill(page, day="2026-10-26", answer="granted", person_name="郭理事长", grounds="有地可种，同意扩种")
    page.get_by_role("button", name="决定延期申请").click()
    expect(page.get_by_text("同意延期", exact=False).first).to_be_visible()
    expect(page.locator(".figures")).to_contain_text("2027-10-31")

    # The rest comes back, and what came back goes to the neighbour.
    page.context.clear_cookies()
    sign_in(world.users["chen"])
    page.goto("/o/C2001/loans/of/JY-1/return/")
    fill(page, receipt="HS-2", day="2026-11-05", quantity="81")
    page.get_by_role("button", name="登记归还").click()
    expect(page.get_by_role("alert")).to_contain_text("尚欠80 kg")
    fill(page, quantity="80")
    page.get_by_role("button", name="登记归还").click()
    expect(page.locator("#owed")).to_have_text("0 公斤")
    page.goto("/o/C2001/loans/lend/?lot=ZY-02")
    fill(page, number="JY-2", day="2026-11-06", borrower="H0002", quantity="100", due_day="2027-10-31")
    page.get_by_role("button", name="借出实物").click()
    expect(page.locator("#owed")).to_have_text("100 公斤")

    page.goto("/o/C2001/stock/of/ZY-02/")
    steps = page.locator("table.trace tbody tr")
    expect(steps).to_have_count(5)
    for at, text in enumerate(("ZY-01", "魏青根", "ZY-02", "JY-2", "HS-2")):
        expect(steps.nth(at)).to_contain_text(text)
    loan = queries.loan(world.coop.pk, "JY-1", herb.AT.date().replace(year=2027))
    assert loan is not None
    assert loan.state == "returned"


PAGES = (
    "loans/",
    "loans/of/JY2025-05/",
    "loans/of/JY2025-07/decide/loandeferral:JY2025-07-Y1/",
    "loans/of/JY2025-08/return/",
    "loans/lend/",
    "stock/",
    "stock/of/ZY2025-01/",
    "inputs/",
    "inputs/issue/",
    "members/LZ02/",
)


@pytest.mark.mission("L6")
def test_every_page_can_be_used_by_everyone_and_fits_a_phone(browser, live_server) -> None:
    in_kind.add(lambda line: None)
    user = get_user_model().objects.create(username="an")
    for role in ("accountant", "chair"):
        assign(user.pk, role, organisation="KONJ", area="", party="", start_day=date(2024, 1, 1))
    # axe is put into the page, which the product's own policy rightly forbids to strangers.
    phone = {"width": 390, "height": 844}
    context = browser.new_context(base_url=live_server.url, bypass_csp=True, locale="zh-CN", viewport=phone)
    page = context.new_page()
    sign_in_page(page, user, live_server.url)
    found = {}
    for path in PAGES:
        assert page.goto(f"/o/KONJ/{path}").status == 200, path
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
        found[path] = violations(page)
    context.close()
    assert not any(found.values()), found
