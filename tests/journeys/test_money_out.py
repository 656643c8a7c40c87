"""Rent on its way: accounts and a batch approved by another, sent, answered, and seen by the household."""

from datetime import date

import pytest
from playwright.sync_api import Page, expect

from lianjie.facts.models import Assignment
from lianjie.ledger.actions import journal
from lianjie.ledger.queries import payouts
from lianjie.ledger.rules import booking
from tests.journeys.test_lend_seed import fill
from tests.pages import world as herb
from tests.pages.world import AT, World
from tests.support.browser import violations

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def world(live_server) -> World:
    made = herb.build(households=6)
    Assignment.objects.create(
        user=made.users["luo"], role="cashier", organisation=made.coop, start_day=date(2020, 1, 1)
    )
    for home, fen in ((made.home, 250_000), (made.neighbour, 80_050)):
        entry = booking.rent(f"rent:{home.code}:2026", date(2026, 1, 15), home.code, True, fen)
        assert entry
        journal.book(made.coop.pk, [entry], at=AT, by=None)
    return made


def account(page: Page, code: str, party: str, holder: str, number: str) -> None:
    page.goto(f"/o/{code}/accounts/new/")
    fill(page, party=party, holder=holder, bank="青石岭信用社", number=number, day="2026-01-01")
    page.get_by_role("button", name="录入账户").click()
    expect(page.get_by_text("已录入。须由另一人批准").first).to_be_visible()


@pytest.mark.mission("S1", "S4")
def test_from_the_rent_owed_to_the_money_there(page: Page, world: World, sign_in, tmp_path) -> None:
    code, homes = world.coop.code, (world.home, world.neighbour)
    sign_in(world.users["chen"])
    account(page, code, code, world.coop.name, "53050161508600000123")
    for number, home in enumerate(homes):
        account(page, code, home.code, home.name, f"622848000000000{number:04d}")

    sign_in(world.users["guo"])
    page.goto(f"/o/{code}/accounts/")
    for _ in range(3):
        page.get_by_role("link", name="待批准").first.click()
        page.get_by_role("button", name="审批").click()
    expect(page.get_by_text("已批准")).to_have_count(4)  # three accounts, and the choice in the filter

    sign_in(world.users["chen"])
    page.goto(f"/o/{code}/payouts/new/")
    fill(page, purpose="rent", method="bank", layout="text-comma", day="2026-02-05", note="土地租金")
    page.get_by_role("button", name="制作付款批次").click()
    expect(page.get_by_text("由 chen 制单，等待另一人审批。")).to_be_visible()
    assert page.get_by_role("button", name="审批").count() == 0

    sign_in(world.users["guo"])
    page.goto(f"/o/{code}/payouts/1/")
    expect(page.locator("main")).to_contain_text("共 2 笔，合计 3,300.50 元。")
    page.get_by_role("button", name="审批", exact=True).click()
    expect(page.get_by_text("已批准").first).to_be_visible()

    sign_in(world.users["luo"])
    page.goto(f"/o/{code}/payouts/1/")
    with page.expect_download() as file:
        page.get_by_role("button", name="银行文件").click()
    sent = file.value.path().read_text("utf-8")
    rows = [line.split(",") for line in sent.strip().splitlines()[1:]]
    assert [row[4] for row in rows] == ["2500.00", "800.50"]

    answer = tmp_path / "back.txt"
    back = ["流水号,收款人,金额(元),结果,原因", f"{rows[0][0]},{rows[0][1]},2500.00,成功,"]
    answer.write_text("\n".join([*back, f"{rows[1][0]},{rows[1][1]},800.50,失败,户名不符"]), "utf-8")
    page.goto(f"/o/{code}/payouts/1/")
    page.get_by_label("银行回盘").set_input_files(answer)
    page.get_by_role("button", name="读取回盘").click()
    expect(page.get_by_text("已付 1 笔，失败 1 笔。")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text=world.neighbour.name)).to_contain_text("户名不符")
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not violations(page)
    assert payouts.reconciled(world.coop.pk).holds

    sign_in(world.users["wei"])
    page.goto(f"/h/{world.home.code}/")
    expect(page.locator("#sent")).to_contain_text("2,500.00")
    expect(page.locator("#sent")).to_contain_text("已兑付")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

    sign_in(world.users["luo"])
    page.goto(f"/o/{code}/payouts/1/")
    page.get_by_label(world.home.name).check()
    page.locator("#hand_day").fill("2026-12-31")
    page.locator("#hand_evidence").fill("退汇通知 7 号")
    page.get_by_role("button", name="款项已退回").click()
    expect(page.get_by_role("row").filter(has_text=world.home.name)).to_contain_text("银行已退回")
    assert payouts.reconciled(world.coop.pk).holds
    sign_in(world.users["wei"])
    page.goto(f"/h/{world.home.code}/")
    expect(page.locator("#sent")).to_contain_text("退汇通知 7 号")
