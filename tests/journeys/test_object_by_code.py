"""A household with nothing but its statement and a phone: opens it, objects, reads the answer."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from lianjie.ledger.actions import objection_code, settlement
from lianjie.ledger.models import Objection
from lianjie.ledger.queries import settlements
from tests.ledger import coop
from tests.ledger.test_settlement_way import disclosed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.mark.mission("S4")
def test_a_household_objects_with_the_code_on_its_statement(page: Page, live_server) -> None:
    made = coop.make()
    disclosed(made)
    mine = objection_code.printed(settlements.list_of(made.pk)[0].id)["COOP-H1"]
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/q/{mine.code}/")
    page.get_by_label("对账单上的数字").fill(mine.pin)
    page.get_by_role("button", name="打开").click()
    expect(page.get_by_role("heading", name="王H1")).to_be_visible()
    page.get_by_label("哪里不对").fill("少算了一张磅单")
    page.get_by_role("button", name="提出异议").click()
    expect(page.get_by_text("已收到，待核查")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    at = datetime.now(UTC)
    number = Objection.objects.get().pk
    settlement.answer(number, outcome="explained", text="已在内", person_name="孙监事", at=at, by=None)
    page.reload()
    expect(page.get_by_text("孙监事")).to_be_visible()
    page.get_by_role("button", name="关闭对账单").click()
    expect(page.get_by_text("孙监事")).to_have_count(0)
