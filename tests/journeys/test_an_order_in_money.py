"""A deposit taken, crop sold to the buyer, paid, and a breach: in a real browser. L3."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.test_lend_seed import fill, world  # noqa: F401
from tests.pages.test_offtake import ORDER
from tests.support.browser import violations

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.mission("L3")]


def pressed(page: Page, link: str, **fields: str) -> None:
    page.get_by_role("link", name=link, exact=True).click()
    fill(page, **fields)
    page.get_by_role("button", name="录入").click()


def test_from_the_deposit_to_fulfilment_and_a_breach(page: Page, world, sign_in) -> None:  # noqa: F811
    sign_in(world.users["chen"])
    page.goto("/o/C2001/orders/new/")
    plain = {
        name: value for name, value in ORDER.items() if name not in ("assured", "market", "same_day_market")
    }
    fill(page, **plain | {"backing": "insurance", "floor_income": "", "insurance": "县农险"})
    page.get_by_label("印“旱涝保收”").check()
    page.get_by_role("button", name="录入").click()
    expect(page.locator("main")).to_contain_text("不打印“旱涝保收”")
    pressed(page, "录入保险", number="BD-1", insurer="县农险", cover="90000", premium="3000",
            premium_by="coop", clause="绝收按亩赔付", evidence="保单")  # fmt: skip
    expect(page.locator("main strong").filter(has_text="旱涝保收")).to_be_visible()
    money = {"evidence": "银行回单"}
    pressed(page, "录入收付款", number="SK-1", day="2025-03-12", kind="deposit", amount="50000", **money)
    pressed(page, "录入销售", number="CK-1", day="2025-10-06", grade="一等", kg="2000", evidence="出库单")
    expect(page.locator("main")).to_contain_text("63,000.00")
    pressed(page, "录入收付款", number="SK-2", day="2025-10-07", kind="set_off", amount="50000", **money)
    pressed(page, "录入收付款", number="SK-3", day="2025-10-08", kind="payment", amount="13000.01", **money)
    expect(page.get_by_role("alert")).to_contain_text("13,000.00")
    fill(page, amount="13000")
    page.get_by_role("button", name="录入").click()
    owed = page.locator("dl.figures div").filter(has_text="收购方欠款（元）")
    expect(owed).to_contain_text("0.00")
    pressed(page, "录入违约", number="WY-1", day="2025-12-20", party="E2001", kind="refusal", loss="100",
            remedy="damages", damages="131", account="拒收余货", evidence="函件")  # fmt: skip
    expect(page.locator("main")).to_contain_text("可请求酌减")
    expect(owed).to_contain_text("131.00")
    assert violations(page) == []
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_what_a_lost_harvest_leaves_is_claimed_from_the_buyer_and_made_good(
    page: Page,
    world,  # noqa: F811
    sign_in,
) -> None:
    sign_in(world.users["chen"])
    page.goto("/o/C2001/orders/new/")
    fill(page, **{name: value for name, value in ORDER.items() if name not in ("assured", "market")})
    page.get_by_role("button", name="录入").click()
    pressed(page, "登记种植承诺", household=world.home.code, kg="1500", mu="3")
    section = page.locator("section", has=page.get_by_role("heading", name="保底收入", exact=True))
    expect(section).to_contain_text("2,400.00")
    section.get_by_role("button", name="入账保底收入").click()
    expect(section.locator("#floor-left")).to_contain_text("2,400.00")
    expect(section.locator("#floor-left .badge-warn")).to_be_visible()
    assert violations(page) == []

    section.get_by_role("link", name="登记收购方补足款").click()
    expect(page.locator("[name='kind']")).to_have_value("floor")
    expect(page.locator("[name='amount']")).to_have_value("2400.00")
    fill(page, number="BD-1", day="2026-01-20", amount="2400.01", evidence="银行回单")
    page.get_by_role("button", name="录入").click()
    expect(page.get_by_role("alert")).to_contain_text("超出此数")
    fill(page, amount="1500")
    page.get_by_role("button", name="录入").click()
    expect(section.locator("#made-good")).to_have_text("1,500.00")
    expect(section.locator("#floor-left")).to_contain_text("900.00")
    owed = page.locator("dl.figures div").filter(has_text="收购方欠款（元）")
    expect(owed).to_contain_text("0.00")
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360

    # The buyer's own page says what is still open; what came by mistake is withdrawn.
    page.goto("/h/E2001/")
    expect(page.locator("#due tbody tr", has_text="订单款项")).to_contain_text("900.00")
    page.goto("/o/C2001/orders/DD-01/")
    page.locator("tbody tr", has_text="BD-1").get_by_role("link", name="撤回").click()
    fill(page, reason="不是补足款")
    page.get_by_role("button", name="录入").click()
    expect(section.locator("#floor-left")).to_contain_text("2,400.00")
