"""A person gives a program a token, the program reads, the person revokes it, and the program is refused."""

import pytest
from playwright.sync_api import Page, expect

from lianjie.facts.models import Act, ApiToken
from tests.pages.world import build
from tests.support.browser import violations

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_a_token_is_made_used_and_revoked(page: Page, sign_in, live_server) -> None:
    world = build(households=3)
    sign_in(world.users["chen"])
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/account/")
    page.get_by_role("link", name="查看、新建或停用令牌").click()
    page.get_by_label("名称").fill("场院电子秤")
    page.get_by_label("有效期").select_option(label="30 天")
    page.get_by_role("button", name="新建令牌").click()
    token = page.locator("#made").inner_text()
    assert token.startswith("lianjie_")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

    members = f"{live_server.url}/api/o/C2001/members/"
    program = {"Authorization": f"Bearer {token}", "Accept-Language": "zh-hans"}
    read = page.request.get(members, headers=program)
    assert read.status == 200
    assert {"魏青根"} <= {row["name"] for row in read.json()["rows"]}
    enter = f"{live_server.url}/api/o/C2001/enter/deliveries/"
    assert page.request.post(enter, headers=program, data={"receipt": "1"}).status == 403, "it only reads"

    page.goto("/account/tokens/")
    expect(page.get_by_text(token)).to_have_count(0)
    expect(page.get_by_text("最近使用 20")).to_be_visible()
    page.get_by_role("button", name="停用 场院电子秤").click()
    expect(page.get_by_text("还没有程序持有您的令牌。")).to_be_visible()
    refused = page.request.get(members, headers=program)
    assert refused.status == 401
    assert refused.json()["refusals"][0]["what"] == "尚未登录，或令牌无效。"
    assert ApiToken.objects.get().ended_at is not None
    verbs = list(
        Act.objects.filter(verb__startswith="account:token").order_by("pk").values_list("verb", flat=True)
    )
    assert verbs == ["account:token", "account:token-end"]

    page.get_by_role("link", name="程序可以查询什么").click()
    page.locator("summary").filter(has_text="/api/o/{code}/members/").first.click()
    expect(page.get_by_role("link", name="Members", exact=True)).to_be_visible()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
