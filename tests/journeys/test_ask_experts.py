"""Leaves turn brown: two experts look, one prescribes, nothing is harvested meanwhile, it ends well."""

import io
from datetime import date, timedelta

import pytest
from django.contrib.auth import get_user_model
from PIL import Image
from playwright.sync_api import Page, expect

from tests.journeys.test_lend_seed import fill
from tests.support.browser import picture, violations

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def photo() -> dict[str, object]:
    """A brown leaf, as a phone would send it."""
    kept = io.BytesIO()
    Image.new("RGB", (640, 480), (120, 80, 30)).save(kept, "JPEG")
    return {"name": "leaf.jpg", "mimeType": "image/jpeg", "buffer": kept.getvalue()}


def step(page: Page, kind: str, day: str, person: str, text: str, **more: str) -> None:
    page.get_by_role("link", name="登记进展").click()
    fill(page, kind=kind, day=day, person=person, text=text, **more)
    page.locator("form.card button").click()


@pytest.mark.mission("P2", "P1")
def test_a_case_from_the_photo_to_its_end(page: Page, demo, sign_in) -> None:
    sign_in(get_user_model().objects.get(username="kuaiji"))
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/o/HERB/cases/")
    page.get_by_role("link", name="提请专家会诊").click()
    fill(
        page,
        number="HZ-9",
        base_code="SP-YC",
        plot="D19",
        day="2026-10-01",
        by="基地管理员",
        symptoms="叶片发褐，斑点扩大",
    )
    page.locator("[name=photo]").set_input_files(
        {"name": "note.txt", "mimeType": "text/plain", "buffer": b"x"}
    )
    page.locator("form.card button").click()
    expect(page.locator("main")).to_contain_text("不是 JPEG、PNG 或 WebP 照片")
    page.locator("[name=photo]").set_input_files(photo())
    page.locator("form.card button").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("HZ-9")
    shown = page.get_by_role("img", name="照片")
    expect(shown).to_be_visible()
    assert shown.evaluate("each => each.naturalWidth") == 640

    step(page, "diagnosis", "2026-10-02", "张植保（县农技站）", "叶斑病初期")
    step(page, "diagnosis", "2026-10-03", "李教授（农大）", "同意；与连作有关")
    step(page, "prescription", "2026-10-03", "张植保（县农技站）", "喷施", waiting_days="20")
    expect(page.locator("main")).to_contain_text("处方必须写明用量")
    fill(page, dose="代森锰锌 600 倍液，7 天一次")
    page.locator("form.card button").click()
    free = date(2026, 10, 3) + timedelta(days=20)
    expect(page.locator("main")).to_contain_text(f"{free} 之前不得采收")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not violations(page)
    picture(page, "expert-case-phone")

    # The scale refuses what comes from the plot too early.
    page.goto("/o/HERB/seasons/HJ2026/weigh-in/")
    fill(page, receipt="GB-E", gross="105", tare="5", moisture="18", impurity="2", grade="一等", price="13.5",
         day="2026-10-10", weighed_by="过磅员（示例）", plot="D19")  # fmt: skip
    page.locator("[name=weighed_by]").press("Enter")
    expect(page.locator("main")).to_contain_text("HZ-9")

    page.goto("/o/HERB/cases/HZ-9/")
    step(page, "visit", "2026-10-20", "张植保（县农技站）", "病斑未再扩大")
    step(page, "closed", "2026-10-25", "李教授（农大）", "已控制")
    expect(page.locator("main")).to_contain_text("已关闭")
    assert page.get_by_role("link", name="登记进展").count() == 0, "what is closed stays as it is"
