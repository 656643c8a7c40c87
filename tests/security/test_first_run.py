"""The first account, and the accounts an administrator makes: no password is ever known to two."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from lianjie.facts.actions import accounts, second_factor
from lianjie.facts.models import Act, Assignment, SecondFactor
from tests.security.test_signing_in import ENGLISH, code_of, set_up

FORM = {
    "area": "361126",
    "area_name": "弋阳县",
    "full_name": "安管理员",
    "username": "an-first",
    "password": "peony root and barn owl",
    "again": "peony root and barn owl",
}


@pytest.fixture
def code(db, settings):
    """The code as the console shows it; its file goes with the test."""
    yield accounts.setup_code()
    (settings.DATA / "setup.code").unlink(missing_ok=True)


def test_an_empty_database_is_set_up_once_with_the_consoles_code(code, settings):
    path = settings.DATA / "setup.code"
    assert path.stat().st_mode & 0o077 == 0
    assert accounts.setup_code() == code, "the same until it is used"
    client = Client(headers=ENGLISH)
    assert client.get("/")["Location"] == "/sign-in/?next=/"
    assert client.get("/sign-in/")["Location"] == "/set-up/"
    for wrong in (
        {"code": "no"},
        {"password": "short", "again": "short"},
        {"password": "123456789012", "again": "123456789012"},
        {"again": "other"},
        {"area": "x"},
    ):
        assert client.post("/set-up/", FORM | {"code": code} | wrong).status_code == 422, wrong
    assert not get_user_model().objects.exists()
    assert client.post("/set-up/", FORM | {"code": code})["Location"] == "/account/second-factor/"
    assert client.get("/").status_code == 200
    row = Assignment.objects.get()
    assert (row.role, row.area.name) == ("administrator", "弋阳县")
    assert not path.exists()
    assert client.get("/set-up/").status_code == 404
    assert Client().post("/set-up/", FORM | {"code": code}).status_code == 404
    assert accounts.setup_code() is None
    with pytest.raises(accounts.SetUpAlready):
        accounts.set_up(code, username="b", full_name="", password="x", area="361126", area_name="x")


def link_in(answer) -> str:
    return re.search(r"<code>http://testserver(/welcome/[^<]+)</code>", answer.content.decode())[1]


def test_an_account_opens_by_a_link_that_works_once(world, reads):
    admin = reads("an")
    assert admin.post("/accounts/new/", {"username": "chen", "full_name": "x"}).status_code == 422
    assert admin.post("/accounts/new/", {"username": "bad name", "full_name": "x"}).status_code == 422
    made = admin.post("/accounts/new/", {"username": "lin", "full_name": "林出纳"})
    assert made.headers["Cache-Control"] == "no-store"
    link, guest = link_in(made), Client(headers=ENGLISH)
    page = guest.get(link, follow=True)
    form = dict.fromkeys(("new_password1", "new_password2"), "white-atractylodes")
    assert guest.post(page.redirect_chain[-1][0], form)["Location"] == "/sign-in/"
    assert "has been used" in Client(headers=ENGLISH).get(link, follow=True).content.decode()
    assert guest.post("/sign-in/", {"username": "lin", "password": "white-atractylodes"})["Location"] == "/"
    assert "林出纳" in admin.get("/accounts/").content.decode(), "without a role it is whoever made it"
    give = {"username": "lin", "role": "cashier", "start_day": "2024-01-01", "last_day": "", "party": ""}
    assert admin.post("/o/C2001/roles/", give).status_code == 302
    assert admin.post("/o/C2001/roles/", give | {"username": "an"}).status_code == 422, "not to oneself"
    assert "Cashier" in admin.get("/accounts/of/lin/").content.decode()


def test_who_has_a_role_elsewhere_is_nobody_here_to_change(world, reads):
    """Who sets a password can use it: the supervisor of the county is not the co-op's to reset."""
    admin = reads("an")
    page = admin.get("/accounts/").content.decode()
    assert "/accounts/of/chen/" in page
    for name in ("luo", "zhao", "nobody"):
        assert f"/accounts/of/{name}/" not in page
        assert admin.get(f"/accounts/of/{name}/").status_code == 404
        assert admin.post(f"/accounts/of/{name}/link/").status_code == 404
    assert reads("chen").get("/accounts/").status_code == 403


def test_close_open_unlock_sign_out(world, reads):
    admin, chen = reads("an"), reads("chen")
    assert chen.get("/account/").status_code == 200
    assert admin.post("/accounts/of/chen/sessions/").status_code == 302
    assert chen.get("/account/").status_code == 302
    chen = reads("chen")
    assert admin.post("/accounts/of/chen/close/").status_code == 302
    assert chen.get("/account/").status_code == 302
    assert admin.post("/accounts/of/chen/close/").status_code == 302
    assert get_user_model().objects.get(username="chen").is_active
    assert admin.post("/accounts/of/chen/unlock/").status_code == 302
    assert admin.get("/accounts/of/chen/unlock/").status_code == 404
    assert admin.post("/accounts/of/chen/other/").status_code == 404


def test_codes_are_taken_off_with_a_code_and_a_reason(world, reads):
    set_up(world.users["chen"])
    admin, reason = reads("an"), {"reason": "手机丢失，本人到场"}
    assert admin.post("/accounts/of/chen/codes/", reason)["Location"].startswith("/account/code/")
    set_up(world.users["an"])
    admin.post("/account/code/", {"code": code_of(world.users["an"])})
    assert admin.post("/accounts/of/chen/codes/", {"reason": ""}).status_code == 422
    assert admin.post("/accounts/of/chen/codes/", reason).status_code == 302
    assert not SecondFactor.objects.filter(user=world.users["chen"]).exists()
    act = Act.objects.get(verb="account:reset")
    assert (act.by, act.subject, act.text) == (world.users["an"], "user:chen", reason["reason"])
    assert not second_factor.take_off(world.users["chen"].pk, reason="")
