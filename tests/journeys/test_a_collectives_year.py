"""A collective's store from the register to the year's income under both definitions; four villages in one
co-op and their shares: in a real browser. R3, R2."""

from datetime import date

import pytest
from playwright.sync_api import Page, expect

from lianjie.facts.actions import asset_income as money
from lianjie.facts.actions.assets import Registering, register
from lianjie.facts.actions.enter import SourceGiven
from lianjie.facts.actions.stock import Books
from lianjie.facts.models import Assignment, Party
from lianjie.facts.rules.asset_income import Contract
from lianjie.facts.rules.assets import Asset
from lianjie.facts.rules.handed import BalanceFact, Handed
from lianjie.ledger.actions import posting
from lianjie.ledger.models import Posting
from tests.pages import world as herb
from tests.pages.world import AT
from tests.support.browser import sign_in as sign_in_page
from tests.support.browser import violations

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
BOOKS = {"102": 5_000_003, "501": -20_000_000, "521": 12_345_678, "523": 2_654_319}
"""The co-op's trial balance of 2025 in fen: cost 150,000.97 - 1 fen, surplus 50,000.03."""


@pytest.fixture
def world(live_server):
    made = herb.build(households=6)
    Assignment.objects.create(
        user=made.users["chen"],
        role="accountant",
        organisation=Party.objects.get(code="V1"),
        start_day=date(2020, 1, 1),
    )
    rows = [
        Handed(BalanceFact(f"b{account}", account, max(fen, 0), max(-fen, 0)))
        for account, fen in BOOKS.items()
    ]
    posting.post("balance", rows, organisation_id=made.coop.pk, year=2025, at=AT, by=None)
    return made


def fill(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        field = page.locator(f"[name='{name}']")
        if field.evaluate("each => each.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


@pytest.mark.mission("R3")
def test_a_store_is_registered_let_paid_for_and_counted(page: Page, world, sign_in) -> None:
    sign_in(world.users["chen"])
    page.goto("/o/V1/")
    page.get_by_role("link", name="资产与合同").click()
    page.get_by_role("link", name="登记资产").click()
    fill(page, number="ZC-1", name="冷库", kind="building", category="operating", origin="poverty_fund",
         paid="bank", start="2025-03-10", cost="120000", life_years="10", keeper="王管理员")  # fmt: skip
    page.get_by_role("button", name="登记资产").click()
    expect(page.get_by_text("缺少确权移交凭据")).to_be_visible()

    page.get_by_role("link", name="发包或出租").click()
    fill(page, number="HT-1", day="2025-06-20", payer="H0001", start="2025-07-01", last="2028-06-30",
         first_due="2025-07-10", yearly="36000", purpose="冷链保鲜")  # fmt: skip
    page.get_by_role("button", name="发包或出租").click()
    expect(page.get_by_text("未入账").first).to_be_visible()

    page.goto("/o/V1/assets/")
    page.get_by_role("link", name="到期入账").click()
    fill(page, until="2025-12-31")
    page.get_by_role("button", name="到期入账").click()
    expect(page.get_by_role("status")).to_contain_text("1笔应收承包款36,000.00元")
    page.get_by_role("link", name="冷库").click()
    expect(page.locator("#worn")).to_have_text("8,550.00")

    page.goto("/o/V1/assets/contracts/of/HT-1/")
    page.get_by_role("link", name="登记收款").click()
    fill(page, receipt="SK-1", day="2025-07-09", amount="136000")
    page.get_by_role("button", name="登记收款").click()
    expect(page.get_by_role("alert")).to_contain_text("超出")
    fill(page, amount="36000")
    page.get_by_role("button", name="登记收款").click()
    expect(page.locator("#received")).to_have_text("36,000.00")

    page.get_by_role("navigation", name="本组织").get_by_role("link", name="分来源收入").click()
    page.get_by_role("link", name="登记收入").click()
    fill(
        page, number="SR-1", day="2025-09-01", source="subsidy", amount="50000", into="bank", payer="县财政局"
    )
    page.get_by_role("button", name="登记收入").click()
    expect(page.locator("#operating")).to_contain_text("36,000.00")
    expect(page.locator("#total")).to_contain_text("86,000.00")

    # The county sees the village above 30,000 by both definitions.
    page.context.clear_cookies()
    sign_in(world.users["luo"])
    page.goto("/areas/361126000000/")
    page.get_by_role("link", name="各村集体收入").click()
    page.locator("#year").select_option("2025")
    page.get_by_role("button", name="查看").click()
    expect(page.locator("#by-operating")).to_contain_text("共4个村")
    fill(page, threshold="40000")
    page.get_by_role("button", name="查看").click()
    expect(page.locator("#by-operating")).to_contain_text("0")
    expect(page.locator("#by-total")).to_contain_text("1")


@pytest.mark.mission("R3")
def test_what_was_paid_beforehand_is_given_back_once_the_contract_ended(page: Page, world, sign_in) -> None:
    books = Books(Party.objects.get(code="V1").pk, SourceGiven("page", "assets"), AT, None, posting.post)
    store = Asset("ZC-1", "冷库", "building", "operating", date(2022, 3, 10), 12_000_000, 50_000, 120)
    register(Registering(store), books)
    start = date(2022, 7, 1)
    terms = Contract("HT-1", "ZC-1", "H0001", start, date(2028, 7, 1), start, 3_600_000)
    money.let(money.LettingOut(terms, date(2022, 6, 20)), books)
    for number, day in (("SK-1", date(2022, 7, 9)), ("SK-2", date(2023, 6, 1))):
        money.receive(money.Receiving(number, day, "HT-1", 3_600_000), books)
    sign_in(world.users["chen"])
    page.goto("/o/V1/assets/contracts/of/HT-1/")
    expect(page.get_by_role("link", name="退还", exact=True)).to_have_count(0)
    page.get_by_role("link", name="终止合同").click()
    fill(page, day="2023-06-30", grounds="承包人外出")
    page.get_by_role("button", name="终止合同").click()
    expect(page.locator("#beyond")).to_have_text("36,000.00")
    assert not violations(page)

    page.get_by_role("link", name="退还", exact=True).click()
    expect(page.locator("[name='amount']")).to_have_value("36000.00")
    fill(page, receipt="TK-1", day="2023-07-03", amount="36000.01", into="cash")
    page.get_by_role("button", name="退还", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("不能退还36000.01元")
    assert not violations(page)
    fill(page, amount="36000")
    page.get_by_role("button", name="退还", exact=True).click()
    expect(page.locator("#received")).to_have_text("36,000.00")
    expect(page.get_by_role("link", name="退还", exact=True)).to_have_count(0)
    line = page.locator("tbody tr", has_text="TK-1")
    expect(line).to_contain_text("退还付款方")
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert Posting.objects.filter(entry__source="contractreceipt:TK-1", account="101").count() == 1

    # The payer reads it at home; what was not paid out after all is withdrawn.
    page.goto("/h/H0001/")
    expect(page.get_by_text("退还合同款").first).to_be_visible()
    page.get_by_role("link", name="资产承包、租赁").click()
    line.get_by_role("link", name="撤回").click()
    fill(page, reason="未领走")
    page.get_by_role("button", name="撤回").click()
    page.goto("/o/V1/assets/contracts/of/HT-1/")
    expect(page.locator("#beyond")).to_have_text("36,000.00")


@pytest.mark.mission("R2")
def test_four_villages_see_their_shares_of_cost_and_surplus(page: Page, world, sign_in) -> None:
    sign_in(world.users["chen"])
    page.goto("/o/C2001/")
    page.get_by_role("link", name="各村份额").click()
    expect(page.locator("#surplus")).to_have_text("50,000.03")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(4)
    # 5,000,003 fen by 40, 25, 20, 15: 20,000.01 + 12,500.01 + 10,000.01 + 7,500.00
    for at, (parts, surplus) in enumerate(
        (("40 / 100", "20,000.01"), ("25 / 100", "12,500.01"), ("20 / 100", "10,000.01"),
         ("15 / 100", "7,500.00"))
    ):  # fmt: skip
        expect(rows.nth(at)).to_contain_text(parts)
        expect(rows.nth(at)).to_contain_text(surplus)
    page.get_by_role("link", name="青石岭村").click()
    expect(page.locator("tbody tr").first).to_be_visible()
    assert "village=361126104201" in page.url


PAGES = (
    "/o/V1/assets/",
    "/o/V1/assets/register/",
    "/o/V1/assets/of/ZC-1/",
    "/o/V1/assets/contracts/of/HT-1/",
    "/o/V1/income/?year=2025",
    "/o/C2001/villages/",
)


@pytest.mark.mission("R3", "R2")
def test_every_page_can_be_used_by_everyone_and_fits_a_phone(browser, live_server, world) -> None:
    context = browser.new_context(
        base_url=live_server.url, bypass_csp=True, locale="zh-CN", viewport={"width": 390, "height": 844}
    )
    page = context.new_page()
    sign_in_page(page, world.users["chen"], live_server.url)
    page.goto("/o/V1/assets/register/")
    fill(page, number="ZC-1", name="冷库", start="2025-03-10", cost="120000", life_years="10")
    page.locator("form.card button").first.click()
    page.goto("/o/V1/assets/of/ZC-1/let/")
    fill(page, number="HT-1", day="2025-06-20", payer="H0001", start="2025-07-01", last="2028-06-30",
         first_due="2025-07-10", yearly="36000")  # fmt: skip
    page.locator("form.card button").first.click()
    page.goto("/o/V1/assets/due/")
    page.locator("form.card button").first.click()
    found = {}
    for path in PAGES:
        assert page.goto(path).status == 200, path
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
        found[path] = violations(page)
    page.context.clear_cookies()
    sign_in_page(page, world.users["luo"], live_server.url)
    page.goto("/areas/361126000000/collective-income/?year=2025")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    found["area"] = violations(page)
    context.close()
    assert not any(found.values()), found
