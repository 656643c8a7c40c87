"""An accountant needs a number for a lease, a name is wrong, and the village asks who looked."""

import io
import zipfile

import pytest
from playwright.sync_api import Page, expect

from lianjie.facts.models import Correction, Party, Seen
from tests.pages.world import ID_NUMBER, build
from tests.support.browser import violations

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.mark.mission("R6", "S4")
def test_a_number_is_seen_for_a_purpose_and_the_village_reads_who_looked(page: Page, sign_in) -> None:
    world = build(households=3)
    sign_in(world.users["chen"])
    page.goto("/o/C2001/members/H0001/")
    page.get_by_role("link", name="郭长青").first.click()
    expect(page.get_by_text("360426********0071")).to_be_visible()
    expect(page.get_by_text(ID_NUMBER)).to_have_count(0)
    assert violations(page) == []

    page.get_by_label("用途").select_option(label="签订或变更协议")
    page.get_by_label("现在为什么需要").fill("今天签土地流转合同")
    page.get_by_label("身份证号").check()
    page.get_by_role("button", name="查看完整内容").click()
    expect(page.get_by_text(ID_NUMBER)).to_be_visible()
    page.get_by_role("link", name="重新遮盖").click()
    expect(page.get_by_text(ID_NUMBER)).to_have_count(0)

    page.get_by_label("用途").select_option(label="本人要求查阅或复制")
    page.get_by_label("现在为什么需要").fill("本人到办公室要求复制")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="导出保存的全部内容").click()
    with zipfile.ZipFile(io.BytesIO(waiting.value.path().read_bytes())) as packed:
        assert ID_NUMBER in packed.read("data.json").decode()

    page.get_by_role("link", name="录入 电话").click()
    page.get_by_label("电话").fill("138 0000 5678")
    page.get_by_role("button", name="录入").click()
    expect(page.get_by_text("****5678")).to_be_visible()
    page.get_by_role("link", name="更正 姓名").click()
    page.get_by_label("姓名").fill("郭长清")
    page.get_by_label("为什么不对").fill("与身份证不符")
    page.get_by_role("button", name="申请更正").click()
    expect(page.get_by_text("有更正待批")).to_be_visible()
    assert Party.objects.get(code="P0001").name == "郭长青"

    sign_in(world.users["guo"])
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/o/C2001/corrections/")
    page.get_by_role("link", name="郭长青").click()
    page.get_by_role("button", name="审批").click()
    expect(page.get_by_text("没有等待处理的更正")).to_be_visible()
    assert Party.objects.get(code="P0001").name == "郭长清"
    assert Correction.objects.get(field="name").before == "郭长青"

    sign_in(world.users["luo"])
    page.goto("/areas/361126000000/")
    page.get_by_role("link", name="谁看过我们的信息").click()
    expect(page.get_by_text("今天签土地流转合同")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert violations(page) == []
    page.get_by_label("被查看人或查看人").fill("没有这个人")
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_text("今天签土地流转合同")).to_have_count(0)

    sign_in(world.users["wei"])
    page.goto("/o/C2001/people/H0001/")
    expect(page.get_by_role("heading", name="谁看过")).to_be_visible()
    assert page.get_by_text("陈会计").count() >= 2
    assert Seen.objects.count() == 2
