"""Land let for grain: from the parcel to the rent in the household's hand, a price corrected, the land handed
back and let anew, its right valued as capital: in a real browser. L2."""

import pytest
from playwright.sync_api import Page, expect

from lianjie.ledger.models import Posting
from tests.pages import world as herb
from tests.support.browser import violations

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.mission("L2", "L7")]
KEY = "XP-1@2023-01-01"
LAND = {
    "parcel": "XP-1", "household": "H0001", "day": "2021-01-01", "contract_extent_mu4": "3.2",
    "measured_extent_mu4": "3.5", "contract_until_day": "2030-12-31", "lease_day": "2023-01-01",
    "lease_until_day": "2026-12-31", "extent_basis": "measured", "rent_fen_per_mu": "0", "due": "11-30",
    "form": "verbal", "evidence": "合同",
}  # fmt: skip


@pytest.fixture
def world(live_server):
    return herb.build(households=6)


def fill(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        field = page.locator(f"main form [name='{name}']").first
        if field.evaluate("each => each.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).first.click()


def owed() -> int:
    found = Posting.objects.filter(party__code="H0001", entry__source__contains=f"rent:{KEY}")
    return -sum(found.values_list("amount_fen", flat=True))


def price(page: Page, day: str, yuan: str) -> None:
    page.goto("/o/C2001/prices/")
    page.locator("main details").first.evaluate("each => { each.open = true }")
    fill(page, day=day, good="小麦", market="县粮站", price=yuan, evidence="牌价照片")
    press(page, "录入")


def test_a_lease_for_grain_from_the_parcel_to_the_hand_back(page: Page, world, sign_in) -> None:
    sign_in(world.users["chen"])
    page.goto("/o/C2001/enter/land/")
    fill(page, **LAND)
    press(page, "录入")
    page.goto(f"/o/C2001/rents/lease/{KEY}")
    expect(page.locator("main")).to_contain_text("口头")
    expect(page.locator("main")).to_contain_text("以实测面积为准")

    page.get_by_role("link", name="租金约定").click()
    fill(page, kind="grain", good="小麦", jin_per_mu="1100", market="县粮站", window_first="09-01",
         window_last="09-30", reset_years="1", day="2023-01-01", evidence="合同")  # fmt: skip
    press(page, "录入")
    price(page, "2023-09-05", "2.30")
    page.goto("/o/C2001/rents/?year=2023")
    fill(page, last="2023-12-31")
    press(page, "入账应付租金")
    assert owed() == 442_750  # 3.5 mu x 550 kg x 2.30 yuan

    # A second price of the window turns up: 2.40. The rent is booked anew at the mean, 2.35.
    price(page, "2023-09-25", "2.40")
    page.goto(f"/o/C2001/rents/lease/{KEY}")
    row = page.locator("tbody tr", has_text="2023-11-30")
    expect(row).to_contain_text("已入账 4,427.50 元")
    expect(row).to_contain_text("2.35 元/公斤")
    assert not violations(page)
    row.get_by_text("重新入账").first.click()
    row.locator("[name='reason']").first.fill("漏记一次价格")
    with page.expect_navigation():
        row.locator("button[name='anew']").click()
    assert owed() == 452_375  # 3.5 x 550 x 2.35 = 4,523.75
    row.get_by_role("link", name="兑付").click()
    fill(page, method="bank", day="2023-12-01", evidence="回单")
    press(page, "录入")
    expect(page.locator("tbody tr", has_text="2023-11-30")).to_contain_text("2023-12-01")

    # Handed back in 2024: its days are owed, no later rent is, the register ends, and the land is let anew.
    page.get_by_role("link", name="流转变动").click()
    fill(page, kind="hand_back", day="2024-07-01", evidence="交还单")
    press(page, "录入")
    expect(page.locator("tbody tr", has_text="2024-11-30")).to_contain_text("366天中的182天")
    expect(page.locator("tbody tr", has_text="2025-11-30")).to_have_count(0)
    page.goto("/o/C2001/leases/?search=XP-1")
    expect(page.locator("main tbody")).to_contain_text("2024-06-30")
    page.goto("/o/C2001/enter/land/")
    anew = {"lease_day": "2025-01-01", "lease_until_day": "2030-12-31", "form": "written"}
    fill(page, **(LAND | anew))
    press(page, "录入")
    expect(page.locator("main")).not_to_contain_text("此项已录入")

    # Let anew for shares: 3.5 mu x 600 yuan x 6 years.
    page.goto("/o/C2001/rents/value/XP-1@2025-01-01")
    expect(page.locator("[name='years']")).to_have_value("6")
    fill(page, price="600", shares="12.6", evidence="作价决议")
    press(page, "录入")
    expect(page.locator("main")).to_contain_text("12,600.00")
    assert not violations(page)

    # Written off in 72 equal months: ten of 2025 up to the day asked for, however often it is asked.
    for _ in range(2):
        page.goto("/o/C2001/rents/?year=2025")
        fill(page, last="2025-10-31")
        press(page, "入账应付租金")
    expect(page.locator("main section.card")).to_contain_text("土地经营权作价出资")
    expect(page.locator("main section.card")).to_contain_text("1,750.00")
    lost = Posting.objects.filter(account="162").values_list("amount_fen", flat=True)
    assert (len(lost), sum(lost)) == (10, -175_000)
    assert not violations(page)
