"""Weighed in, packed, shipped and received, on a phone; and every page of the market for everyone. M1, M4."""

from datetime import date

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import Page, expect

from lianjie.facts.actions import growing
from lianjie.facts.actions.people import assign
from lianjie.facts.actions.store import Entry, SourceGiven
from lianjie.facts.models import MarketLot
from lianjie.facts.queries import market as sales
from lianjie.facts.rules.growing import Step
from lianjie.project.demo import market
from tests.pages import world as herb
from tests.support.browser import sign_in as sign_in_page
from tests.support.browser import violations

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.mission("M1", "M4")]
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def context_options() -> dict[str, object]:
    return {"locale": "zh-CN", "viewport": PHONE}


@pytest.fixture
def world(live_server):
    made = herb.build(households=4)
    entry = Entry(made.coop.pk, SourceGiven("page", "growing"), herb.AT, None)
    day = date(2025, 3, 1)
    growing.add_base(entry, "YT", name="阳坡基地", day=day)
    growing.add_plot(entry, "YT", "D01", household="H0001", extent_mu4=20_000, day=day)
    steps = (Step("T1", "移栽", day, date(2025, 3, 31)),)
    season = growing.SeasonGiven(
        "TJ2025", "YT", day, date(2025, 11, 30), "天麻", "", 1_000_000, ("D01",), steps
    )
    growing.plan_season(entry, season)
    growing.do_step(
        entry, "TJ2025", step="T1", plots=["D01"], day=date(2025, 3, 8), done_by="生产小组", evidence="",
        today=date(2025, 12, 1),
    )  # fmt: skip
    return made


def fill(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        field = page.locator(f"[name='{name}']")
        if field.evaluate("each => each.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def sent(page: Page) -> None:
    page.locator("form.card .button-main").click()
    expect(page.locator("[role=alert]")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, page.url


def test_from_the_scale_to_the_buyer(page: Page, world, sign_in) -> None:
    sign_in(world.users["chen"])
    page.goto("/o/C2001/seasons/TJ2025/weigh-in/")
    fill(page, receipt="GB-1", day="2025-10-20", gross="105", tare="5", price="20", weighed_by="过磅员")
    page.locator("[name=weighed_by]").press("Enter")
    expect(page.locator("main")).to_contain_text("100")

    page.goto("/o/C2001/products/enter/")
    fill(page, code="TM1", day="2025-01-01", name="天麻1公斤袋", good="天麻", content="1",
         certificate="合格证 8 号")  # fmt: skip
    sent(page)
    page.goto("/o/C2001/products/channel/")
    fill(page, code="PF", day="2025-01-01", name="批发", kind="wholesale")
    sent(page)

    page.goto("/o/C2001/lots/")
    page.get_by_role("link", name="交售归批").first.click()
    page.get_by_role("link", name="全部天麻").click()
    fill(page, number="GP-1", day="2025-10-21", lot="TM-01")
    sent(page)
    expect(page.locator("#holds")).to_have_text("100 公斤")
    page.get_by_role("link", name="包装").click()
    fill(page, number="BZ-1", day="2025-10-22", quantity="100", lost="1", product_1="TM1", packs_1="98",
         lot_1="TM-01D")  # fmt: skip
    page.locator("form.card .button-main").click()
    expect(page.locator("[role=alert]")).to_contain_text("相差1 kg")
    fill(page, lost="2", cause="trimming")
    sent(page)
    page.get_by_role("link", name="TM-01D").first.click()
    expect(page.locator("#holds")).to_contain_text("98 件")

    page.goto("/o/C2001/sales/enter/")
    fill(page, channel="PF", number="S-1", day="2025-10-23", buyer_name="省城药行", product_1="TM1",
         packs_1="90", price_1="45")  # fmt: skip
    sent(page)
    page.get_by_role("link", name="配货").first.click()
    fill(page, day="2025-10-23", packs="90")
    sent(page)
    page.get_by_role("link", name="发货").click()
    fill(page, number="FY-1", day="2025-10-23", destination="省城", vehicle="云A00001", seal="F1")
    sent(page)
    page.get_by_role("link", name="登记到货").click()
    fill(page, day="2025-10-25", got_1="89", received_by="李收货", seal_intact="yes")
    sent(page)
    expect(page.locator("#lost")).to_have_text("1 公斤")
    order = sales.order(world.coop.pk, "PF", "S-1")
    assert order is not None
    assert (order.money.net_fen, order.money.refunded_fen) == (89 * 4_500, 4_500)

    # The household sees where its produce went, and anyone who scans the box sees no name.
    page.context.clear_cookies()
    sign_in(world.users["wei"])
    page.goto("/o/C2001/members/H0001/sales/")
    expect(page.locator("tbody tr")).to_contain_text("89 公斤")
    expect(page.locator("tbody tr")).to_contain_text("4,005.00")
    page.context.clear_cookies()
    code = MarketLot.objects.get(key="TM-01D").public_code
    page.goto(f"/lot/{code}/")
    for text in ("天麻1公斤袋", "阳坡基地", "移栽", "合格证 8 号", "2025-10-20"):
        expect(page.locator("main")).to_contain_text(text)
    assert "魏青根" not in page.content()
    assert page.goto(f"/lot/{code[:-1]}x/").status == 404


PAGES = (
    "FRUIT/sales/",
    "FRUIT/sales/enter/",
    "FRUIT/sales/of/PIN/PG1111-1/",
    "FRUIT/sales/of/PIN/PG1111-1/growers/",
    "FRUIT/sales/of/PIN/PG1111-1/back/",
    "FRUIT/sales/of/PIN/PG1111-2/payment/",
    "FRUIT/sales/of/PIN/PG1111-1/claim/",
    "FRUIT/sales/of/PIN/PG1111-1/packing-list/",
    "FRUIT/products/",
    "FRUIT/products/enter/",
    "FRUIT/products/channel/",
    "FRUIT/lots/",
    "FRUIT/lots/pool/",
    "FRUIT/lots/place/",
    "FRUIT/lots/of/PG-01A5/",
    "FRUIT/lots/of/PG-01B/work/sort/",
    "FRUIT/lots/of/PG-01A/work/pack/",
    "FRUIT/lots/of/PG-01A5/label/",
    "FRUIT/members/TY02/sales/",
    "YAZI/shipments/",
    "YAZI/shipments/of/DD-0501/",
    "YAZI/shipments/of/DD-0501/note/",
    "YAZI/shipments/send/",
    "FRUIT/sales/take-back/orderrefund:TH-01/",
)


def test_every_page_can_be_used_by_everyone_and_fits_a_phone(browser, live_server) -> None:
    market.add(lambda line: None)
    user = get_user_model().objects.create(username="an")
    for code in ("FRUIT", "YAZI"):
        assign(user.pk, "accountant", organisation=code, area="", party="", start_day=date(2024, 1, 1))
    # axe is put into the page, which the product's own policy rightly forbids to strangers.
    context = browser.new_context(base_url=live_server.url, bypass_csp=True, locale="zh-CN", viewport=PHONE)
    page = context.new_page()
    sign_in_page(page, user, live_server.url)
    found = {}
    for path in PAGES:
        assert page.goto(f"/o/{path}").status == 200, path
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
        found[path] = violations(page)
    code = MarketLot.objects.get(key="YA-01X").public_code
    page.goto(f"/lot/{code}/")
    found["public"] = violations(page)
    context.close()
    assert not any(found.values()), found
