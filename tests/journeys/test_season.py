"""A season from planting to receipt, in the hand of a clerk at the scale: on a phone-sized window."""

import re
from datetime import UTC, date, datetime

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import Page, expect

from lianjie.facts.actions import in_kind, stock
from lianjie.facts.actions.enter import SourceGiven
from lianjie.facts.actions.in_kind import Lending
from lianjie.facts.actions.stock import Books, Receiving
from lianjie.facts.models import Delivery
from lianjie.facts.queries import parties
from lianjie.facts.rules.in_kind import Goods
from lianjie.ledger.actions.posting import post
from tests.support import demo
from tests.support.browser import picture, violations

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.mark.mission("P1", "L2", "L4", "L7")
def test_a_season_from_planting_to_receipt(page: Page, live_server, sign_in) -> None:
    demo.build()
    herb, at = parties.organisation("HERB"), datetime(2025, 12, 1, tzinfo=UTC)
    books = Books(herb.id, SourceGiven("page", "seed"), at, None, post)
    stock.receive(Receiving("ZJ-1", date(2025, 2, 1), Goods("种茎", "kg", 20_000_000), "bought"), books)
    lending = Lending("JZ-1", date(2025, 3, 2), "SH06", "ZJ-1", 300_000, date(2027, 11, 30), evidence="借条")
    in_kind.lend(lending, books)
    sign_in(get_user_model().objects.get(username="kuaiji"))
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/o/HERB/bases/SP-YC/seasons/")
    for name, text in (
        ("number", "HJ2025B"),
        ("good", "黄精"),
        ("day", "2025-03-01"),
        ("last_day", "2025-11-30"),
        ("target", "2000"),
        ("protocol", "T1 | 移栽 | 2025-03-05 | 2025-03-31 | 种茎 300 公斤/亩 | 1.5"),
        ("moisture", "18"),
        ("impurity", "2"),
    ):
        page.locator(f"[name={name}]").fill(text)
    page.locator("[name=plots]").fill("D01 D02")
    # What is refused is read where it was refused, with what was typed still there.
    page.locator("[name=last_day]").fill("2025-01-31")
    page.keyboard.press("Enter")
    expect(page.locator("main .notice-bad")).to_be_focused()
    page.locator("[name=target]").fill("-1")
    page.locator("form.card").evaluate("form => form.noValidate = true")
    page.keyboard.press("Enter")
    expect(page.locator("[name=target]")).to_be_focused()
    expect(page.locator("[name=target]")).to_have_accessible_description(re.compile("0"))
    page.locator("[name=target]").fill("2000")
    page.locator("[name=last_day]").fill("2025-11-30")
    page.locator("form.card button").click()

    # Planted on one plot; the other is late. It took more seed and more hours than planned for fifty mu.
    page.locator("tr", has_text="T1 移栽").get_by_role("link", name="登记农事完成").click()
    expect(page.locator("[name=material-0-good]")).to_have_value("种茎")
    page.locator("[name=plots][value=D01]").check()
    page.locator("[name=day]").fill("2025-03-20")
    page.locator("[name=done_by]").fill("生产小组（示例）")
    page.locator("[name=machine_hours]").fill("80")
    page.locator("[name=material-0-lot]").select_option("ZJ-1")
    page.locator("[name=material-0-quantity]").fill("15600")
    page.locator("[name=material-1-good]").fill("地膜")
    page.locator("[name=material-1-quantity]").fill("60")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not violations(page)
    page.locator("form.card button").click()
    expect(page.get_by_role("row").filter(has_text="D01")).to_contain_text("已完成")
    expect(page.get_by_role("row").filter(has_text="D02")).to_contain_text("逾期")

    used = page.locator("#used")
    for text in ("15,600 公斤", "+600 公斤", "超计划", "80 小时", "+5 小时", "60 公斤", "未定量"):
        expect(used).to_contain_text(text)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not violations(page)
    picture(page, "used-phone")

    # The film was laid elsewhere: taken back, by whoever sees what it is.
    used.get_by_text("用料登记2条").click()
    used.get_by_role("row").filter(has_text="地膜").get_by_role("link", name="2025-03-20").click()
    page.get_by_role("link", name="撤回").click()
    expect(page.locator("main")).to_contain_text("地膜 · 数量 60 公斤")
    page.locator("[name=reason]").fill("用在别处")
    page.locator("form.card button").click()
    expect(page).to_have_url(re.compile("/o/HERB/bases/$"))
    page.goto("/o/HERB/stock/of/ZJ-1/")
    expect(page.locator("main")).to_contain_text("4,100 公斤")
    page.goto("/o/HERB/seasons/HJ2025B/")
    expect(used).not_to_contain_text("地膜")

    # Weighed in: the receipt is there at once.
    page.get_by_role("link", name="过磅", exact=True).click()
    for name, text in (
        ("receipt", "GB-1"),
        ("gross", "205"),
        ("tare", "5"),
        ("moisture", "22"),
        ("impurity", "2"),
        ("grade", "一等"),
        ("price", "13.5"),
        ("day", "2025-10-20"),
        ("weighed_by", "过磅员（示例）"),
    ):
        page.locator(f"[name={name}]").fill(text)
    page.locator("[name=plot]").select_option("D02")
    page.locator("[name=weighed_by]").press("Enter")
    # 200 kg x 78 / 82 = 190.244 kg; x 13.50 yuan = 2 568.29 yuan
    expect(page.locator("main")).to_contain_text("190.244")
    expect(page.locator("main")).to_contain_text("2,568.29")
    assert Delivery.objects.get(receipt="GB-1").grams == 190_244
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not violations(page)
    picture(page, "receipt-phone")

    # The household's page, as of that day: what came in and why so much, the debt, the rent to come.
    page.goto("/h/SH06/?on=2025-10-31")
    moved = page.locator("#moved").get_by_role("row").filter(has_text="GB-1")
    expect(moved).to_contain_text("2,568.29")
    expect(moved).to_contain_text("190.244 公斤")
    expect(moved).to_contain_text("13.50")
    due = page.locator("#due")
    expect(due.get_by_role("row").filter(has_text="种茎")).to_contain_text("300 公斤")
    # Books up to the end of 2025 were brought in: the rent to come is seen from a day after them.
    page.goto("/h/SH06/?on=2026-01-31")
    expect(due.get_by_role("row").filter(has_text="2026-12-20")).to_contain_text("租金")
    expect(page.locator("#linked").get_by_role("row").filter(has_text="DK-SH06")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not violations(page)
    page.get_by_role("link", name="租金").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("DK-SH06")
