"""An office's own terms, a child's data, a hold: entered by one, ended or agreed by another; on a phone."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from lianjie.facts.models import LegalHold, Person, Seen
from lianjie.ledger.queries import notice_terms
from tests.journeys.test_lend_seed import fill
from tests.pages.world import ID_NUMBER, World, build
from tests.support.browser import violations

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.mission("S4")]


@pytest.fixture
def context_options() -> dict[str, object]:
    return {"locale": "zh-CN", "viewport": {"width": 390, "height": 844}}


@pytest.fixture
def world(live_server) -> World:
    return build(households=3)


def sound(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert violations(page) == []


def test_an_office_answers_within_its_own_days(page: Page, world: World, sign_in) -> None:
    today = timezone.localdate()
    sign_in(world.users["chen"])
    page.goto("/o/C2001/terms/")
    # Shorter than the law allows: refused with its article, nothing kept.
    fill(page, days="7", from_day=today.isoformat(), source="章程第三十条")
    page.get_by_label("用途").select_option(label="成员大会前公示")
    page.get_by_role("button", name="录入").click()
    expect(page.get_by_role("alert")).to_contain_text("第四十条")
    page.get_by_label("用途").select_option(label="异议答复")
    page.get_by_label("计算方式").select_option(label="工作日")
    page.get_by_role("button", name="录入").click()
    expect(page.get_by_text("这是您申请的，由另一位有权限的人核对。")).to_be_visible()
    expect(page.get_by_role("button", name="审批")).to_have_count(0)
    sound(page)
    assert notice_terms.term(world.coop.pk, "answer", today).counted == "calendar"

    sign_in(world.users["guo"])
    page.goto("/o/C2001/terms/")
    page.get_by_role("button", name="审批").click()
    expect(page.locator("dl.pairs").get_by_text("7 工作日")).to_be_visible()
    sound(page)
    assert notice_terms.term(world.coop.pk, "answer", today).counted == "working"


def test_a_childs_number_opens_with_the_mothers_consent(page: Page, world: World, sign_in) -> None:
    born = timezone.localdate() - timedelta(days=365 * 9)
    Person.objects.filter(party__code="P0001").update(birth_day=born)
    sign_in(world.users["chen"])
    page.goto("/o/C2001/people/P0001/")
    expect(page.get_by_text("尚未登记监护人同意。")).to_be_visible()

    def look(purpose: str) -> None:
        page.get_by_label("用途").select_option(purpose)
        page.get_by_label("现在为什么需要").fill("母亲到办公室要求")
        page.get_by_label("身份证号").check()
        page.get_by_role("button", name="查看完整内容").click()

    look("guardian")
    expect(page.get_by_role("alert")).to_contain_text("监护人")
    sound(page)
    page.get_by_label("监护人").fill("林秋月")
    page.get_by_label("与儿童的关系").fill("母亲")
    fill(page, day="2026-11-01", evidence="同意书3号")
    page.get_by_role("button", name="登记同意").click()
    expect(page.get_by_text("林秋月")).to_be_visible()
    look("agreement")
    expect(page.get_by_role("alert")).to_contain_text("监护人")
    assert not Seen.objects.exists()
    look("guardian")
    expect(page.get_by_text(ID_NUMBER)).to_be_visible()
    sound(page)


def test_a_hold_ends_when_another_agrees(page: Page, world: World, sign_in) -> None:
    sign_in(world.users["luo"])
    page.goto("/o/C2001/retention/")
    page.get_by_label("案件或函件").fill("县函7号")
    page.get_by_label("农户或个人").fill("没有")
    page.get_by_role("button", name="设置保全").click()
    expect(page.locator("#hold")).to_contain_text("没有")
    assert not LegalHold.objects.exists()
    page.get_by_label("农户或个人").fill("P0001")
    page.get_by_role("button", name="设置保全").click()
    held = page.get_by_role("article").filter(has_text="县函7号")
    held.get_by_label("为什么解除").fill("案件已结")
    held.get_by_role("button", name="申请解除").click()
    expect(held).to_contain_text("解除申请待他人批准。")
    expect(held.get_by_role("button", name="解除保全")).to_have_count(0)
    sound(page)

    sign_in(world.users["guo"])
    page.goto("/o/C2001/retention/")
    page.get_by_role("button", name="解除保全").click()
    expect(page.get_by_text("没有保全：到期后清除加密内容。")).to_be_visible()
    sound(page)
    assert LegalHold.objects.get().lifted.by == world.users["guo"]
