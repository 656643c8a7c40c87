"""A person settles the herb co-op's year on the pages, in a real browser: from signing in to paid."""

from datetime import date, timedelta
from time import monotonic

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth import get_user_model
from playwright.sync_api import Page, expect

from lianjie.facts.queries import parties
from lianjie.ledger.queries import settlements, statements
from lianjie.project.demo.world import PASSWORD
from tests.support import demo as copies
from tests.support.browser import sign_in as sign_in_page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
TEN_MINUTES = 600


@pytest.fixture
def demo(live_server):
    """The demonstration's four co-ops: 2024 settled, 2025 left to the reader."""
    copies.build()
    return parties.organisation("HERB")


def of_2025(organisation_id: int) -> settlements.SettlementRow:
    return next(row for row in settlements.list_of(organisation_id) if row.year == 2025)


def sign_in_by_hand(page: Page, name: str) -> None:
    """The way a person does it: name, password, the button."""
    page.goto("/sign-in/")
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda address: "sign-in" not in address)


def sign_out(page: Page) -> None:
    page.context.clear_cookies()


@pytest.mark.mission("S1", "S3", "S4", "L1")
def test_a_year_is_settled_with_the_mouse_in_under_ten_minutes(page: Page, demo) -> None:
    began = monotonic()
    sign_in_by_hand(page, "kuaiji")
    page.goto("/o/HERB/")
    page.get_by_role("link", name="盈余分配").first.click()
    page.get_by_label("年度").fill("2025")
    page.get_by_role("button", name="开始盈余分配").click()
    expect(page.locator("[aria-current=step]")).to_contain_text("草稿")

    # Try it, and keep the trial.
    page.get_by_role("link", name="试算", exact=True).last.click()
    expect(page.locator(".proof")).to_contain_text("相符")
    beside = page.locator("section", has=page.get_by_role("heading", name="村集体与农户同步增收"))
    expect(beside.get_by_role("row", name="村集体")).to_contain_text("20,777.48")  # 2024's, settled before
    page.get_by_role("button", name="留存此次试算").click()

    # What if the refund is 70 %?
    page.get_by_role("link", name="比较").first.click()
    page.locator("[name='step.patronage.percent']").fill("70")
    page.get_by_role("button", name="比较").click()
    expect(page.get_by_role("heading", name="谁多得，谁少得")).to_be_visible()
    plot = page.locator("img.plot")
    expect(plot).to_be_visible()
    assert plot.evaluate("image => image.decode().then(() => image.naturalWidth > 0)")
    figures = page.locator(".figures dd").all_inner_texts()
    gaining, losing, _ = (int(text) for text in figures[:3])
    assert gaining > 0
    assert losing > 0
    assert of_2025(demo.id).state == "trial"

    # Every finding that stops the disclosure is accepted by name, with a reason.
    page.get_by_role("link", name="试算", exact=True).click()
    accepted = 0
    while page.locator("details:has-text('说明理由后接受')").count():
        box = page.locator("details:has-text('说明理由后接受')").first
        box.locator("summary").click()
        box.get_by_label("姓名").fill("李会计")
        box.get_by_label("理由").fill("成员大会已知悉")
        box.get_by_role("button", name="接受").click()
        page.wait_for_load_state()
        accepted += 1
    assert not settlements.worked(of_2025(demo.id)).open_findings
    assert len(settlements.accepted(of_2025(demo.id).id)) == accepted

    # Disclosed four weeks ago, as the paper on the wall says.
    page.get_by_role("link", name="公示", exact=True).click()
    first_day = date.today() - timedelta(days=28)
    page.get_by_label("公示日").fill(first_day.isoformat())
    page.get_by_role("button", name="现在公示").click()
    expect(page.get_by_role("heading", name="云岭中药材专业合作社 2025 年度盈余分配公示")).to_be_visible()
    expect(page.locator("body")).not_to_contain_text("SH02")

    # A household objects on its own phone.
    sign_out(page)
    sign_in_by_hand(page, "shehu")
    page.goto("/o/HERB/statements/SH02/2025/")
    page.get_by_role("link", name="对这份对账单提出异议").click()
    page.get_by_label("哪里不对").fill("十月的黄精少算了一张磅单")
    page.get_by_role("button", name="提出").click()
    expect(page.get_by_text("等待答复")).to_be_visible()
    assert settlements.objections_open(of_2025(demo.id).id) == 1

    # The chair answers it by name: the accountant made the settlement.
    sign_out(page)
    sign_in_by_hand(page, "lishizhang")
    page.goto("/o/HERB/settlements/2025/1/objections/")
    page.get_by_role("link", name="答复").click()
    page.get_by_label("答复", exact=True).fill("磅单已在内，见对账单依据第二行")
    page.get_by_label("答复人").fill("郭理事长")
    page.get_by_role("button", name="登记答复").click()
    expect(page.get_by_text("磅单已在内")).to_be_visible()

    # The chair records the assembly's vote.
    sign_out(page)
    sign_in_by_hand(page, "lishizhang")
    page.goto("/o/HERB/settlements/2025/1/decision/")
    expect(page.get_by_text("请先登记会议")).to_be_visible()
    page.goto("/o/HERB/meeting-new/")
    page.get_by_label("会议编号").fill("M2")
    page.get_by_label("会议日期").fill(date.today().isoformat())
    page.get_by_label("通知日期").fill(first_day.isoformat())
    page.get_by_label("地点").fill("村委会")
    page.get_by_label("议程").fill("审议盈余分配")
    page.get_by_label("主持人").fill("郭理事长")
    page.get_by_role("button", name="登记", exact=True).click()
    page.get_by_role("link", name="到会情况").click()
    selects = page.locator("main select")
    members = selects.count()
    for at in range(members // 2):
        selects.nth(at).select_option("signed")
    page.get_by_role("button", name="保存名册").click()
    page.get_by_role("link", name="登记决议").click()
    page.get_by_label("事项", exact=True).fill("盈余分配")
    page.get_by_label("决议内容").fill("同意")
    page.get_by_label("赞成票数").fill(str(members // 2))
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("到会")
    page.goto("/o/HERB/meetings/M2/roll/")
    for at in range(members):
        page.locator("main select").nth(at).select_option("signed" if at else "print")
    page.get_by_role("button", name="保存名册").click()
    page.get_by_role("link", name="登记决议").click()
    page.get_by_label("事项", exact=True).fill("盈余分配")
    page.get_by_label("决议内容").fill("同意")
    page.get_by_label("赞成票数").fill(str(members - 1))
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_text("已通过")).to_be_visible()
    page.goto("/o/HERB/settlements/2025/1/decision/")
    page.get_by_role("button", name="登记表决结果").click()
    expect(page.locator("[aria-current=step]")).to_contain_text("已表决")

    # Posted, paid, closed.
    sign_out(page)
    sign_in_by_hand(page, "kuaiji")
    page.goto("/o/HERB/settlements/2025/1/")
    page.get_by_role("link", name="记账").click()
    page.get_by_role("button", name="记账").click()
    expect(page.locator("[aria-current=step]")).to_contain_text("已记账")
    page.get_by_role("link", name="登记兑付").click()
    page.get_by_label("凭据").fill("银行代发回单 2026-031")
    page.get_by_role("button", name="登记全部兑付").click()
    page.get_by_role("button", name="标记为兑付完毕").click()
    expect(page.locator("[aria-current=step]")).to_contain_text("已兑付")

    done = of_2025(demo.id)
    assert done.state == "paid"
    worked = settlements.worked(done)
    assert sum(each.amount_fen for each in statements.paid(done.id)) == sum(worked.outcome.totals.values())
    assert monotonic() - began < TEN_MINUTES


def tab_to(page: Page, text: str, most: int = 80) -> None:
    """Press Tab until the focus stands on what says `text`."""
    for _ in range(most):
        page.keyboard.press("Tab")
        here = page.evaluate(
            "() => { const e = document.activeElement;"
            " if (!e.matches('a, button, input, select, textarea, summary')) return '';"
            " return (e.labels && e.labels[0] ? e.labels[0] : e).innerText.trim() }"
        )
        if text in here:
            return
    pytest.fail(f"Tab never reaches “{text}”")


@pytest.mark.mission("S1")
def test_a_trial_is_begun_and_kept_by_keyboard_alone(page: Page, demo) -> None:
    page.goto("/sign-in/")
    tab_to(page, "用户名")
    page.keyboard.type("kuaiji")
    tab_to(page, "密码")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "sign-in" not in address)
    page.goto("/o/HERB/settlements/")
    tab_to(page, "开始盈余分配")
    page.keyboard.press("Enter")
    expect(page.locator("[aria-current=step]")).to_contain_text("草稿")
    tab_to(page, "跳到正文", 3)
    page.keyboard.press("Enter")
    tab_to(page, "试算")
    page.keyboard.press("Enter")
    expect(page.locator(".proof").first).to_contain_text("相符")
    tab_to(page, "留存此次试算")
    page.keyboard.press("Enter")
    expect(page.locator(".badge").filter(has_text="试算").first).to_be_visible()
    assert of_2025(demo.id).state == "trial"


class TestOnAPhoneInEnglish:
    """A member reads its own statement on a phone."""

    @pytest.fixture
    def context_options(self) -> dict[str, object]:
        return {"locale": "en-US", "viewport": {"width": 390, "height": 844}, "has_touch": True}

    @pytest.mark.mission("S2", "S4", "L1", "L2")
    def test_a_member_reads_why_exactly_that_much(self, page: Page, demo, sign_in) -> None:
        sign_in(get_user_model().objects.get(username="shehu"))
        page.goto("/o/HERB/statements/SH02/2024/")
        expect(page.get_by_role("heading", name="Why exactly that much")).to_be_visible()
        total = page.locator(".statement-total").inner_text()
        parts = page.locator(".statement-parts dd").all_inner_texts()
        fen = [int(text.replace(",", "").replace(".", "")) for text in (total.split()[0], *parts)]
        assert fen[0] == sum(fen[1:])
        reason = page.locator(".reason").first
        reason.locator("summary").tap()
        expect(reason.get_by_text("Exact", exact=True)).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.goto("/o/HERB/statements/SH03/2024/")
        expect(page.get_by_role("heading", name="Why exactly that much")).to_have_count(0)

    PAGES = (
        "settlements/",
        "settlements/2024/1/",
        "settlements/2024/1/trial/",
        "settlements/2024/1/comparison/?step.patronage.percent=70",
        "settlements/2024/1/booking/",
        "settlements/2024/1/payments/",
        "settlements/2024/1/files/",
        "statements/SH02/2024/",
        "disclosure/2024/1/",
        "plans/",
        "plans/fund_shares/1/",
        "plans/editor/",
        "journal/",
    )

    @pytest.mark.mission("S4")
    def test_every_page_can_be_used_by_everyone_and_fits_the_phone(self, browser, live_server, demo) -> None:
        # axe is put into the page, which the product's own policy rightly forbids to strangers.
        context = browser.new_context(
            base_url=live_server.url, bypass_csp=True, viewport={"width": 390, "height": 844}
        )
        page = context.new_page()
        sign_in_page(page, get_user_model().objects.get(username="kuaiji"), live_server.url)
        found = {}
        for path in self.PAGES:
            assert page.goto(f"/o/HERB/{path}").status == 200, path
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
            found[path] = [v["id"] for v in Axe().run(page).response["violations"]]
        context.close()
        assert not any(found.values()), found
