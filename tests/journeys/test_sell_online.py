"""Orders from a platform's file, a livestream's gross and net, a group-buy round on a phone. M1, M2, M3."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import Page, expect

from lianjie.facts.actions import market
from lianjie.facts.actions.enter import SourceGiven
from lianjie.facts.actions.job_run import Worker
from lianjie.facts.actions.people import assign
from lianjie.facts.actions.stock import Books
from lianjie.facts.rules.market import ChannelGiven, ProductGiven
from lianjie.ledger.actions.posting import post
from lianjie.project.demo import orders as demo
from lianjie.project.worker import HANDLERS
from tests.facts.order_files import made
from tests.pages import world as herb
from tests.support.browser import sign_in as sign_in_page
from tests.support.browser import violations

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
    pytest.mark.mission("M1", "M2", "M3"),
]
NOW = datetime.now(UTC)


@pytest.fixture
def world(live_server):
    made_ = herb.build(households=4)
    books = Books(made_.coop.pk, SourceGiven("page", "shop"), NOW, None, post)
    county = made_.county.code
    for code, (title, _spec) in made.GOODS.items():
        given = ProductGiven(code, date(2026, 1, 1), title, title, content=2_500, origin=county)
        market.add_product(given, books)
    market.add_channel(ChannelGiven("ZB", date(2026, 1, 1), "livestream", "直播间"), books)
    market.add_channel(ChannelGiven("TG", date(2026, 1, 1), "group_buy", "团长"), books)
    return made_


def test_a_file_is_brought_in_and_its_livestream_seen(page: Page, world, sign_in) -> None:
    orders = [each for each in made.world(9, 20) if each.paid]
    captions, rows = made.short_video_shop(orders)
    rows[3][captions.index("商品数量")] = "半箱"
    sign_in(world.users["chen"])
    page.goto("/o/C2001/")
    page.get_by_role("link", name="订单文件", exact=True).click()
    file = {"name": "六月订单.xlsx", "mimeType": "application/octet-stream"}
    page.locator("#file").set_input_files([file | {"buffer": made.written(captions, rows, "xlsx")}])
    page.get_by_role("button", name="读取文件").click()
    expect(page.get_by_label("订单号", exact=True)).to_have_value("主订单编号")
    page.get_by_role("button", name="保存并预览订单").click()

    # One bad row: nothing is written, and the file comes back with its reason.
    expect(page.get_by_text("不是件数")).to_be_visible()
    with page.expect_download() as copy:
        page.locator("a[href$='/reasons/']").click()
    assert copy.value.suggested_filename == "六月订单-原因.xlsx"

    captions, rows = made.short_video_shop(orders)
    page.goto("/o/C2001/order-files/")
    page.locator("#file").set_input_files([file | {"buffer": made.written(captions, rows, "xlsx")}])
    page.get_by_role("button", name="读取文件").click()
    page.get_by_role("button", name="保存并预览订单").click()
    page.get_by_role("button", name="导入订单").click()
    expect(page.get_by_text("等待中")).to_be_visible()
    # The page asks again by itself while a worker does the task.
    assert Worker(HANDLERS).work_one()
    expect(page.get_by_text("文件中的订单已全部入账。")).to_be_visible()
    expect(page.get_by_role("heading", name="文件概况")).to_be_visible()

    page.goto("/o/C2001/livestreams/enter/")
    page.locator("[name=code]").fill("ZB1")
    page.locator("[name=name]").fill("六一八直播")
    page.locator("[name=start_at]").fill("2026-06-18T00:00")
    page.locator("[name=until_at]").fill("2026-06-20T00:00")
    page.locator("[name=counties]").select_option(world.county.code)
    page.get_by_role("button", name="登记直播").click()
    counted = [each for each in orders if datetime(2026, 6, 18) <= each.paid < datetime(2026, 6, 20)]
    gross = sum(each.fen for each in counted)
    back = sum(item.back_fen for each in counted for item in each.items)
    expect(page.locator("#gross")).to_have_text(f"{gross / 100:,.2f}")
    expect(page.locator("#net")).to_have_text(f"{(gross - back) / 100:,.2f}")
    page.get_by_role("link", name="弋阳县").click()
    expect(page.locator("tbody tr")).to_have_count(sum(len(each.items) for each in counted))


PHONE = {"width": 390, "height": 844}


def test_a_round_on_a_phone(browser, live_server, world) -> None:
    context = browser.new_context(base_url=live_server.url, locale="zh-CN", viewport=PHONE)
    page = context.new_page()
    sign_in_page(page, world.users["chen"], live_server.url)
    page.goto("/o/C2001/group-buys/open/")
    begin, end = datetime.now() - timedelta(hours=1), datetime.now() + timedelta(hours=1)
    for name, value in {"code": "T1", "name": "周末苹果", "price": "39.9",
                        "start_at": begin.strftime("%Y-%m-%dT%H:%M"),
                        "until_at": end.strftime("%Y-%m-%dT%H:%M")}.items():  # fmt: skip
        page.locator(f"[name={name}]").fill(value)
    page.locator("[name=channel]").select_option("TG")
    page.locator("[name=product]").select_option("PG5")
    page.locator("[name=rule]").select_option("spread")
    page.get_by_role("button", name="开团").click()
    for buyer, packs in (("张大姐", "4"), ("李婶", "1"), ("王叔", "5")):
        page.locator("[name=buyer]").fill(buyer)
        page.locator("[name=packs]").fill(packs)
        page.get_by_role("button", name="登记订单").click()
    expect(page.locator("#wanted")).to_have_text("10")
    context.close()


PAGES = (
    "order-files/",
    "tasks/",
    "livestreams/",
    "livestreams/of/ZB0618/",
    "livestreams/of/ZB0618/orders/?county=539901000000",
    "livestreams/enter/",
    "group-buys/",
    "group-buys/of/TG0712/",
    "group-buys/of/TG0712/pick/",
    "group-buys/open/",
    "channel-statements/",
    "channel-statements/of/ZB-2026-06/?outcome=differs",
    "channel-statements/missing/",
)


def test_every_page_can_be_used_by_everyone_and_fits_a_phone(browser, live_server) -> None:
    demo.add(lambda line: None)
    user = get_user_model().objects.create(username="kj")
    assign(user.pk, "accountant", organisation=demo.CODE, area="", party="", start_day=date(2024, 1, 1))
    context = browser.new_context(base_url=live_server.url, bypass_csp=True, locale="zh-CN", viewport=PHONE)
    page = context.new_page()
    sign_in_page(page, user, live_server.url)
    found = {}
    for path in PAGES:
        assert page.goto(f"/o/{demo.CODE}/{path}").status == 200, path
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
        found[path] = violations(page)
    context.close()
    assert not any(found.values()), found
