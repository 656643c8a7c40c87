"""Potatoes that do not sell: declared on a phone, planned, offered, accepted, sold, in figures. M5, R5."""

import pytest
from playwright.sync_api import Page, expect

from tests.pages import world as herb
from tests.support.browser import sign_in as sign_in_page
from tests.support.browser import violations

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.mission("M5", "R5")]

PAGES = (
    "glut/",
    "glut/of/QK-1/",
    "glut/of/QK-1/declared/",
    "glut/of/QK-1/offers/",
    "glut/of/QK-1/sold/",
    "glut/declare/",
    "pairings/",
    "pairings/of/JD-1/",
    "pairings/claims/",
)


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


def test_from_the_declaration_to_the_figures(browser, live_server, world) -> None:
    phone = {"width": 390, "height": 844}
    # axe is put into the page, which the product's own policy rightly forbids to strangers.
    context = browser.new_context(base_url=live_server.url, bypass_csp=True, locale="zh-CN", viewport=phone)
    page = context.new_page()
    press = page.get_by_role

    def as_(name: str) -> None:
        context.clear_cookies()
        sign_in_page(page, world.users[name], live_server.url)

    as_("wei")
    page.goto("/o/C2001/glut/declare/")
    fill(page, good="马铃薯", since="2026-02-01", opening="1000", day="2026-05-20", went="960", lost="10")
    press("button", name="申报存量").click()
    expect(page.locator("main")).to_contain_text("30")

    as_("chen")
    page.goto("/o/C2001/pairings/enter/")
    fill(page, number="JD-1", partner="CITY", name="海云市", day="2026-01-01")
    press("button", name="登记结对").click()
    press("link", name="登记承诺").click()
    fill(page, day="2026-02-01", kind="outlets", what="食堂采购", quantity="900", unit="kg")
    press("button", name="登记承诺").click()

    page.goto("/o/C2001/glut/plan/")
    fill(page, number="QK-1", good="马铃薯", day="2026-02-01", last="2026-05-31", target="1000",
         in_charge="郭理事长", past_years="1")  # fmt: skip
    press("button", name="制定销售方案").click()
    press("link", name="登记要约").click()
    fill(page, day="2026-02-10", buyer="海云市食堂", pairing="JD-1", weight="960", price="1.10", place="村口",
         start="2026-02-10", last="2026-05-31")  # fmt: skip
    press("button", name="登记要约").click()
    expect(page.get_by_text("待答复")).to_be_visible()

    as_("guo")
    page.goto("/o/C2001/glut/of/QK-1/offers/")
    press("link", name="答复").click()
    fill(page, day="2026-02-11", answer="accepted", person_name="郭理事长", grounds="价格合适")
    press("button", name="答复要约").click()
    expect(page.get_by_text("已接受")).to_be_visible()

    as_("chen")
    offer = page.goto("/o/C2001/glut/of/QK-1/sold/enter/")
    assert offer.status == 200
    page.locator("[name='offer']").select_option(index=1)
    fill(page, day="2026-03-01", seller="H0001", weight="960", amount="1056")
    press("button", name="登记销售").click()
    page.goto("/o/C2001/glut/of/QK-1/sold/enter/")
    fill(page, day="2025-03-01", seller="H0001", weight="1000", amount="1000")
    press("button", name="登记销售").click()

    page.goto("/o/C2001/glut/of/QK-1/")
    expect(page.locator("#cleared")).to_contain_text("96.0 %")
    expect(page.locator("#volume")).to_contain_text("96.0 %")
    expect(page.locator("#price")).to_contain_text("110.0 %")

    page.goto("/o/C2001/pairings/of/JD-1/")
    press("link", name="到位").click()
    fill(page, day="2026-03-02", amount="900", evidence="过磅单")
    press("button", name="登记到位").click()
    expect(page.get_by_text("已兑现")).to_be_visible()
    page.goto("/o/C2001/pairings/")
    expect(page.locator("#with-result")).to_contain_text("1 / 1")

    found = {}
    for path in PAGES:
        assert page.goto(f"/o/C2001/{path}").status == 200, path
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
        found[path] = violations(page)
    context.close()
    assert not any(found.values()), found
