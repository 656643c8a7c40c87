"""A sub-lessee's bond, kept after the sub-lease is over, seen by everyone who must, and given back: in a real
browser. L2."""

import pytest
from playwright.sync_api import Page, expect

from lianjie.facts.models import Lease
from lianjie.ledger.models import Posting
from tests.pages import world as herb
from tests.support.browser import violations

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.mission("L2")]

WIDER = "boxes => boxes.filter(each => each.scrollWidth > each.clientWidth).length"


@pytest.fixture
def world(live_server):
    return herb.build(households=6)


def fill(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        field = page.locator(f"form.card [name='{name}']")
        if field.evaluate("each => each.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def owed() -> int:
    found = Posting.objects.filter(party__code="H0003", entry__source__contains="bondmove:")
    return -sum(found.values_list("amount_fen", flat=True))


def test_a_bond_kept_after_the_sub_lease_is_over_is_seen_and_given_back(page: Page, world, sign_in) -> None:
    key = Lease.objects.get(lessor=world.home).key
    sign_in(world.users["chen"])
    page.goto(f"/o/C2001/rents/lease/{key}")
    page.get_by_role("link", name="流转变动").click()
    fill(page, kind="sublease", day="2024-03-01", last_day="2025-02-28", taker="H0003", consent="signed",
         evidence="同意书")  # fmt: skip
    page.locator("form.card button").first.click()
    section = page.locator("section[id='bond-2024-03-01']")
    expect(section.get_by_role("heading")).to_contain_text("转租给")

    for act, number in (("agreed", "YJ-0"), ("paid", "YJ-1")):
        section.get_by_role("link", name="登记保证金事项").click()
        fill(page, act=act, number=number, day="2024-03-01", amount="1200.50")
        page.get_by_role("button", name="登记保证金事项").click()
        expect(section.locator("tbody")).to_contain_text(number)
    assert owed() == 120_050
    expect(section.locator(".notice-warn")).to_contain_text("转租已于2025-02-28到期或终止")
    expect(section.locator(".notice-warn")).to_contain_text("请退还")
    assert not violations(page)

    # Whoever opens the co-op sees it, and the list of bonds leads to it.
    page.goto("/o/C2001/")
    page.get_by_role("link", name="去退还，或登记没收理由").click()
    expect(page.locator("#late")).to_have_text("1,200.50")
    assert not violations(page)

    page.set_viewport_size({"width": 390, "height": 844})
    for address in ("/o/C2001/bonds/", f"/o/C2001/rents/lease/{key}", "/h/H0003/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address
        assert page.locator(".table-box").evaluate_all(WIDER) == 0, address

    # Where a table is wider than its box after all, the keyboard reaches the box and hears what it holds.
    page.goto("/o/C2001/bonds/")
    page.set_viewport_size({"width": 230, "height": 844})
    box = page.get_by_role("region", name="保证金")
    expect(box).to_have_attribute("tabindex", "0")
    page.set_viewport_size({"width": 390, "height": 844})

    # The household that took the land sees when it was due back, and what to ask.
    page.goto("/h/H0003/")
    due = page.locator("#due tbody tr", has_text="2025-03-01")
    expect(due).to_contain_text("1,200.50")
    expect(due).to_contain_text("可要求退还")

    page.goto("/o/C2001/bonds/?late=1")
    page.locator("tbody a.row-link").click()
    section.get_by_role("link", name="登记退还").click()
    expect(page.locator("form.card [name='amount']")).to_have_value("1200.50")
    fill(page, number="YJ-2", day="2025-03-05", decided_by="理事会", grounds="土地完好")
    page.get_by_role("button", name="登记保证金事项").click()
    expect(section.locator("tbody")).to_contain_text("YJ-2")
    expect(section.locator(".notice-warn")).to_have_count(0)
    assert owed() == 0
    page.goto("/o/C2001/")
    expect(page.get_by_role("link", name="去退还，或登记没收理由")).to_have_count(0)
