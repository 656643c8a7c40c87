"""A township supervisor looks who leads, who belongs together, and how one household is linked."""

import pytest
from playwright.sync_api import Page, expect

from lianjie.project.demo.world import PASSWORD

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def enter(page: Page, name: str) -> None:
    page.goto("/sign-in/")
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda address: "sign-in" not in address)


@pytest.mark.mission("R1", "R2", "R6", "L7")
def test_from_the_township_down_to_one_household(page: Page, demo) -> None:
    enter(page, "xiangzhen")
    page.get_by_role("link", name="云岭县（示例）").click()
    expect(page.locator("main")).to_contain_text("青龙镇（示例）")
    page.goto("/")
    page.get_by_role("searchbox").fill("云岭中药材专业")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="云岭中药材专业合作社").first.click()

    # The branch leads; its secretary chairs; four villages with their parts; the enterprise behind them.
    expect(
        page.get_by_role("row").filter(has_text="云岭中药材产业党支部").filter(has_text="领办")
    ).to_be_visible()
    chair = page.get_by_role("row").filter(has_text="理事长").filter(has_text="云岭中药材专业合作社")
    secretary = page.get_by_role("row").filter(has_text="支部书记").filter(has_text="云岭中药材产业党支部")
    name = chair.get_by_role("rowheader").first.inner_text()
    assert name == secretary.get_by_role("rowheader").first.inner_text()
    for village, parts in (("上河村", 4), ("下河村", 3), ("石桥村", 2), ("松坪村", 1)):
        row = page.get_by_role("row").filter(has_text=f"{village}股份经济合作社").filter(has_text="加入")
        expect(row).to_contain_text(f"{parts} / 10")
    expect(page.get_by_role("row").filter(has_text="岭上药业有限公司")).to_contain_text("供货")

    # One household: found by its code, with its status and since when, and everything that ties it.
    page.get_by_role("link", name="成员", exact=True).first.click()
    page.get_by_role("searchbox").fill("SH03")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="陶家福").first.click()
    account = page.locator("main")
    expect(account).to_contain_text("已脱贫户")
    expect(account).to_contain_text("2021-01-01")
    for linkage in ("到户资金折股", "到户产业扶持资金", "黄精", "河边地"):
        expect(account).to_contain_text(linkage)

    # The same household, in the village collective it also belongs to.
    page.get_by_role("link", name="切换组织").click()
    page.get_by_role("searchbox").fill("上河村股份")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="上河村股份经济合作社").first.click()
    page.get_by_role("link", name="成员", exact=True).first.click()
    page.get_by_role("link", name="陶家福").first.click()
    expect(page.locator("main")).to_contain_text("坝子田")
