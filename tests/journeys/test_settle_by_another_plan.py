"""The apple co-op's chair writes the next version of the plan and sees what it would change, in a browser."""

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import Page, Route, expect

from lianjie.facts.queries import parties
from lianjie.ledger.queries import settlements
from tests.support import demo

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.mark.mission("S1", "S4")
def test_a_version_is_written_read_as_a_clause_and_compared(page: Page, live_server, sign_in) -> None:
    demo.build()
    coop = parties.organisation("APPLE")
    sign_in(get_user_model().objects.get(username="nongjing"))
    page.goto("/o/APPLE/plans/")
    held: list[Route] = []
    page.route("**/htmx*", lambda script: held.append(script))
    page.get_by_role("link", name="修改方案").first.click()

    # The clause follows the number, before anything is pressed, even one typed before the scripts came.
    refund = page.locator("[name='new:step.patronage.percent']")
    before = refund.input_value()
    refund.fill("85")
    held.pop().continue_()
    page.unroute("**/htmx*")
    expect(page.locator("#live")).to_contain_text("85%")
    assert len(settlements.plans(coop.id)) == 1

    # A number the law forbids is found at once, with its article.
    refund.fill("40")
    expect(page.locator("#live .notice-bad, #live .notice-warn").first).to_contain_text("60")
    expect(page.locator("#live")).to_contain_text("第四十四条")

    refund.fill("85")
    page.get_by_label("通过的决议").fill("2026-4")
    page.get_by_role("button", name="保存为新版本").click()
    expect(page.get_by_text("决议编号 2026-4")).to_be_visible()
    first, second = sorted(settlements.plans(coop.id), key=lambda row: row.version)
    assert first.rules.step("patronage").percent == before
    assert second.rules.step("patronage").percent == "85"

    page.goto("/o/APPLE/plans/")
    page.get_by_role("link", name="与第 1 版对照").click()
    expect(page.locator("ins").filter(has_text="85%")).to_be_visible()
    expect(page.locator("del").filter(has_text=f"{before}%")).to_be_visible()

    # Last year's settlement under this year's version: a comparison, nothing more.
    page.goto("/o/APPLE/settlements/2024/1/comparison/")
    page.get_by_label("方案版本").select_option(str(second.id))
    page.locator("[name='step.patronage.percent']").fill("85")
    page.get_by_role("button", name="比较").click()
    expect(page.get_by_role("heading", name="逐户对照")).to_be_visible()
    gains = page.locator("#list td.gain").all_inner_texts()
    assert gains
    assert all(text.startswith("+") for text in gains)
    row = settlements.list_of(coop.id)[0]
    assert (row.state, row.plan.version) == ("closed", 1)
