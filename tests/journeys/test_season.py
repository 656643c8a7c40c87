"""A season from planting to receipt, in the hand of a clerk at the scale: on a phone-sized window."""

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import Page, expect

from lianjie.facts.models import Delivery
from lianjie.project.demo.world import build
from tests.support.browser import picture, violations

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.mark.mission("P1")
def test_a_season_from_planting_to_receipt(page: Page, live_server, sign_in) -> None:
    build(lambda line: None)
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
    page.locator("form.card button").click()

    # Planted on one plot; the other is late.
    page.get_by_role("link", name="登记农事完成").click()
    page.locator("[name=plots][value=D01]").check()
    page.locator("[name=day]").fill("2025-03-20")
    page.locator("[name=done_by]").fill("生产小组（示例）")
    page.locator("form.card button").click()
    expect(page.get_by_role("row").filter(has_text="D01")).to_contain_text("已完成")
    expect(page.get_by_role("row").filter(has_text="D02")).to_contain_text("逾期")

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
    page.locator("[name=weighed_by]").press("Enter")
    # 200 kg x 78 / 82 = 190.244 kg; x 13.50 yuan = 2 568.29 yuan
    expect(page.locator("main")).to_contain_text("190.244")
    expect(page.locator("main")).to_contain_text("2,568.29")
    assert Delivery.objects.get(receipt="GB-1").grams == 190_244
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not violations(page)
    picture(page, "receipt-phone")
