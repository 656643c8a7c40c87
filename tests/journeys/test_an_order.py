"""An order from its signing to a priced delivery, and rents from their terms to the books, in a browser."""

import pytest
from playwright.sync_api import Page, expect

from lianjie.facts.models import Delivery, Lease
from lianjie.ledger.models import Entry
from tests.pages.world import World, build
from tests.support.browser import picture, violations

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(live_server) -> World:
    return build(households=6)


def fill(page: Page, **said: str) -> None:
    for name, text in said.items():
        page.locator(f"[name={name}]").fill(text)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state()


@pytest.mark.mission("L3", "L7")
def test_from_signing_an_order_to_a_priced_delivery(page: Page, sign_in, world) -> None:
    sign_in(world.users["chen"])
    page.goto("/o/C2001/")
    page.get_by_role("link", name="订单", exact=True).click()
    page.get_by_role("link", name="登记订单").click()
    fill(
        page,
        number="DD2025-09",
        buyer="E2001",
        signed_day="2025-03-10",
        start="2025-09-01",
        last_day="2025-12-31",
        good="白术",
        kg="40000",
        floors="一等 31.50\n二等 28",
        market="县药材市场",
        premium="5",
        market_days="10",
        deposit="30000",
        breach="按未履行部分货款的百分之二十支付违约金",
        loss_clause="受灾绝收的，按每亩八百元补足",
    )
    page.locator("[name=loss_bearer]").select_option(label="收购方")
    page.get_by_label("印“旱涝保收”").check()
    press(page, "录入")
    # Nothing pays for a lost harvest: the words may not be printed.
    expect(page.get_by_role("alert")).to_contain_text("不得印“旱涝保收”")
    page.locator("[name=backing]").select_option(label="保底收入")
    fill(page, floor_income="800")
    press(page, "录入")
    expect(page.get_by_text("旱涝保收", exact=True)).to_be_visible()

    page.get_by_role("link", name="登记种植承诺").click()
    fill(page, household=world.home.code, kg="1500", mu="3")
    press(page, "录入")

    # Without a price of the market nothing is priced; the remedy is said.
    page.get_by_role("link", name="收货登记").click()
    fill(page, household=world.home.code, day="2025-10-06", receipt="X1", kg="700.5")
    press(page, "录入")
    expect(page.get_by_role("alert")).to_contain_text("没有登记“县药材市场”的白术")
    assert not Delivery.objects.filter(receipt="X1").exists()

    page.goto("/o/C2001/prices/")
    page.get_by_text("登记价格", exact=True).click()
    fill(
        page, day="2025-10-01", good="白术", grade="一等", market="县药材市场", price="33.10", evidence="照片"
    )
    press(page, "录入")
    expect(page.get_by_role("cell", name="33.10")).to_be_visible()

    page.goto("/o/C2001/orders/DD2025-09/deliveries/")
    fill(page, household=world.home.code, day="2025-10-06", receipt="X1", kg="700.5")
    press(page, "录入")
    row = page.get_by_role("row").filter(has_text="X1")
    expect(row).to_contain_text("34.76 元/公斤")
    expect(row).to_contain_text("保底价: 31.50")
    expect(row).to_contain_text("市场价加价: 34.76")
    expect(row).to_contain_text("24,349.38")
    expect(page.get_by_role("row").filter(has_text=world.home.name).first).to_contain_text("799.5")
    assert not violations(page)
    picture(page, "order")
    page.emulate_media(media="print")
    expect(page.get_by_text("收购方（签章）")).to_be_visible()
    expect(page.get_by_role("link", name="收货登记")).to_be_hidden()
    page.emulate_media(media="screen")

    page.goto(f"/o/C2001/members/{world.home.code}/")
    expect(page.get_by_role("link", name="DD2025-09")).to_be_visible()
    expect(page.get_by_text("市场价加价: 34.76")).to_be_visible()
    assert not violations(page)


@pytest.mark.mission("L2")
def test_a_rent_that_rises_is_agreed_and_booked_when_due(page: Page, sign_in, world) -> None:
    lease = Lease.objects.get(lessor=world.home)
    sign_in(world.users["chen"])
    page.goto("/o/C2001/")
    page.get_by_role("link", name="应付租金", exact=True).click()
    page.goto(f"/o/C2001/rents/lease/{lease.key}")
    page.get_by_role("link", name="租金约定").click()
    fill(page, step_percent="10", step_years="5", evidence="流转合同")
    press(page, "录入")
    expect(page.get_by_text("每 5 年按首年租金递增 10 %")).to_be_visible()
    # Rent of 2021 to 2025, then ten percent more: the contract ends in 2027.
    rent = -(-lease.extent_mu4 * 55_000 * 2 // 10_000 // 2)
    expect(page.get_by_role("row").filter(has_text="2026-12-31")).to_contain_text("已递增 1 次")
    page.goto("/o/C2001/rents/?year=2025")
    press(page, "入账应付租金")
    expect(page.get_by_text("已入账租金和土地经营权摊销共 3 笔")).to_be_visible()
    booked = Entry.objects.get(source=f"rent:{lease.key}:2025")
    assert abs(booked.postings.get(party=world.home).amount_fen) == pytest.approx(rent, abs=1)
    assert not violations(page)
    picture(page, "rents")
