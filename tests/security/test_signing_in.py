"""Signing in: the second factor, sessions that end, and whose address a request has."""

import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django_otp.oath import hotp

from lianjie.facts import sealing
from lianjie.facts.actions import second_factor
from lianjie.facts.models import Act, RecoveryCode, SecondFactor, SignIn
from lianjie.pages import sessions
from tests.security.conftest import PASSWORD

NOW = datetime(2026, 11, 26, 8, tzinfo=UTC)
ENGLISH = {"accept-language": "en"}


def code_of(user, at: float | None = None, *, later: int = 0) -> str:
    """What the user's app shows, by the key it was given."""
    row = SecondFactor.objects.get(user=user)
    key = bytes.fromhex(sealing.opened(row.key_sealed, f"facts_secondfactor.key_sealed:{user.pk}"))
    return f"{hotp(key, int(time.time() if at is None else at) // 30 + later):06}"


def set_up(user, now: datetime | None = None) -> tuple[str, ...]:
    """Enrol a user at an earlier half minute, so that the code of `now` is unused."""
    past = (now or datetime.now(UTC)) - timedelta(minutes=5)
    second_factor.begin(user.pk)
    return second_factor.confirm(user.pk, code_of(user, past.timestamp()), now=past)


# The rules of a code


@pytest.mark.both
def test_a_code_counts_once_and_in_its_time(world):
    user = world.users["guo"]
    second_factor.begin(user.pk)
    code = code_of(user, NOW.timestamp())
    assert len(second_factor.confirm(user.pk, code, now=NOW)) == 10
    with pytest.raises(second_factor.FactorCodeWrong):
        second_factor.verify(user.pk, code, now=NOW)
    second_factor.verify(user.pk, code_of(user, NOW.timestamp(), later=1), now=NOW)
    with pytest.raises(second_factor.FactorCodeWrong):
        second_factor.verify(user.pk, code_of(user, NOW.timestamp(), later=3), now=NOW)


def test_wrong_codes_make_one_wait_longer_and_longer(world):
    user = world.users["guo"]
    set_up(user, NOW)
    for _ in range(5):
        with pytest.raises(second_factor.FactorCodeWrong):
            second_factor.verify(user.pk, "no", now=NOW)
    right = code_of(user, NOW.timestamp())
    with pytest.raises(second_factor.TooManyCodes):
        second_factor.verify(user.pk, right, now=NOW)
    later = NOW + timedelta(seconds=31)
    second_factor.verify(user.pk, code_of(user, later.timestamp()), now=later)
    assert second_factor.waits_until(30, NOW) == NOW + timedelta(minutes=15)


def test_a_recovery_code_counts_once_and_is_not_kept(world):
    user = world.users["guo"]
    codes = set_up(user)
    second_factor.verify(user.pk, codes[0].upper(), now=NOW)
    with pytest.raises(second_factor.FactorCodeWrong):
        second_factor.verify(user.pk, codes[0], now=NOW)
    assert not RecoveryCode.objects.filter(index__contains=codes[1][:5]).exists()
    assert len(set(codes)) == 10


def test_the_key_is_sealed_in_the_database(world):
    user = world.users["guo"]
    key = second_factor.begin(user.pk)
    kept = bytes(SecondFactor.objects.get(user=user).key_sealed)
    assert key.encode() not in kept
    assert second_factor.begin(user.pk) == key, "looked at twice, it is the same key"


# At sign-in


def sign_in(client: Client, name: str, **more):
    return client.post("/sign-in/", {"username": name, "password": PASSWORD} | more)


def test_with_codes_the_password_alone_opens_nothing(world):
    set_up(world.users["chen"])
    client = Client(headers=ENGLISH)
    assert sign_in(client, "chen", next="/o/C2001/")["Location"] == "/sign-in/code/"
    assert client.get("/o/C2001/").status_code == 302
    assert client.post("/sign-in/code/", {"code": "000000"}).status_code == 422
    answer = client.post("/sign-in/code/", {"code": code_of(world.users["chen"])})
    assert answer["Location"] == "/o/C2001/"
    assert client.get("/o/C2001/").status_code == 200


def test_the_code_must_follow_the_password_soon(world, monkeypatch):
    set_up(world.users["chen"])
    client = Client()
    sign_in(client, "chen")
    code = code_of(world.users["chen"])
    monkeypatch.setattr("lianjie.pages.signing_in.time", SimpleNamespace(time=lambda: time.time() + 601))
    assert client.post("/sign-in/code/", {"code": code})["Location"] == "/sign-in/"
    assert client.get("/account/").status_code == 302
    assert Client().get("/sign-in/code/")["Location"] == "/sign-in/"


def test_enrol_and_take_off(world, reads):
    client = reads("guo")
    page = client.get("/account/second-factor/").content.decode()
    assert "<svg" in page
    assert client.post("/account/second-factor/", {"code": "123"}).status_code == 422
    answer = client.post(
        "/account/second-factor/?next=https://example.com/", {"code": code_of(world.users["guo"])}
    )
    assert answer.status_code == 200
    assert answer.content.count(b"<li><code>") == 10
    assert b'href="https://example' not in answer.content
    assert client.get("/account/second-factor/")["Location"] == "/account/"
    assert "Recovery codes left: 10" in client.get("/account/").content.decode()
    assert client.post("/account/codes/").content.count(b"<li><code>") == 10
    assert client.post("/account/second-factor/off/")["Location"] == "/account/"
    assert not SecondFactor.objects.exists()
    assert list(Act.objects.order_by("pk").values_list("verb", flat=True)) == [
        "account:second-factor",
        "account:codes",
        "account:reset",
    ]


# Before money


def test_to_decide_takes_a_code_typed_lately(world, reads, monkeypatch):
    address = "/o/C2001/loans/of/JY1/decide/x/"
    client = reads("guo")
    assert client.get(address).status_code == 404, "the loan is not there; looking takes no code"
    answer = client.post(address, headers={"referer": "http://testserver/o/C2001/loans/"})
    assert answer["Location"] == "/account/code/?next=%2Fo%2FC2001%2Floans%2F"
    assert client.get(answer["Location"])["Location"] == "/account/second-factor/", "first they are set up"
    set_up(world.users["guo"])
    back = client.post(answer["Location"], {"code": code_of(world.users["guo"])})
    assert back["Location"] == "/o/C2001/loans/"
    assert client.post(address).status_code == 404
    monkeypatch.setattr("lianjie.pages.access.time", SimpleNamespace(time=lambda: time.time() + 1801))
    assert client.post(address).status_code == 302
    assert client.post("/account/codes/").status_code == 302


def test_a_foreign_referer_leads_home(reads):
    answer = reads("guo").post(
        "/o/C2001/loans/of/JY1/decide/x/", headers={"referer": "https://example.com/x"}
    )
    assert answer["Location"] == "/account/code/?next=%2F"


def test_a_demonstration_asks_only_those_who_have_codes(world, reads):
    from lianjie.facts.models import Party

    Party.objects.update(invented=True)
    address, client = "/o/C2001/loans/of/JY1/decide/x/", reads("guo")
    assert client.post(address).status_code == 404
    set_up(world.users["guo"])
    assert client.post(address).status_code == 302


# Sessions


def test_signing_in_gives_the_session_a_new_key(world):
    client = Client()
    client.get("/sign-in/")
    session = client.session
    session["planted"] = "x"
    session.save()
    client.cookies["sessionid"] = session.session_key
    sign_in(client, "chen")
    assert client.cookies["sessionid"].value != session.session_key
    assert not Session.objects.filter(session_key=session.session_key).exists()


def test_a_session_is_listed_and_ended_from_afar(world):
    phone, office = (
        Client(headers=ENGLISH | {"user-agent": "X11; Linux Firefox/130"}),
        Client(headers=ENGLISH),
    )
    for client in (phone, office):
        sign_in(client, "chen")
        client.get("/account/")
    page = office.get("/account/sessions/").content.decode()
    assert "Firefox, Linux" in page
    assert "127.0.0.1" in page
    assert page.count("Sign out there") == 1
    there = SignIn.objects.get(device__contains="Firefox")
    assert office.post(f"/account/sessions/{there.pk}/end/").status_code == 302
    assert phone.get("/account/").status_code == 302
    assert office.get("/account/").status_code == 200


def test_nobody_ends_anothers_session(world):
    chen, zhao = Client(), Client()
    for client, name in ((chen, "chen"), (zhao, "zhao")):
        sign_in(client, name)
        client.get("/account/")
    theirs = SignIn.objects.get(user=world.users["chen"])
    answers = [zhao.post(f"/account/sessions/{n}/end/") for n in (theirs.pk, 999_999)]
    assert [each.status_code for each in answers] == [302, 302]
    assert chen.get("/account/").status_code == 200


def test_a_new_password_ends_every_other_session(world):
    here, there = Client(headers=ENGLISH), Client()
    for client in (here, there):
        sign_in(client, "chen")
        client.get("/account/")
    new = dict.fromkeys(("new_password1", "new_password2"), "white-atractylodes") | {"old_password": PASSWORD}
    assert here.post("/password/", new).status_code == 302
    assert here.get("/account/").status_code == 200
    assert there.get("/account/").status_code == 302
    assert SignIn.objects.filter(ended_at=None).count() == 1
    assert Session.objects.filter(session_key=SignIn.objects.get(ended_at=None).session_key).exists()


@pytest.mark.parametrize(("idle", "step"), [(True, 3_601), (False, 3_000)])
def test_a_session_ends_when_idle_and_when_old(world, monkeypatch, idle, step):
    client = Client(headers=ENGLISH)
    sign_in(client, "chen")
    clock = [time.time()]
    monkeypatch.setattr(sessions, "time", SimpleNamespace(time=lambda: clock[0]))
    assert client.get("/account/").status_code == 200
    for _ in range(1 if idle else 14):
        clock[0] += step
        if idle:
            break
        assert client.get("/account/").status_code == 200
    clock[0] += 0 if idle else step
    assert client.get("/account/").status_code == 302
    assert not SignIn.objects.filter(ended_at=None).exists()
    assert "You were signed out" in client.get("/sign-in/").content.decode()


def test_signing_out_ends_it_and_clears_what_the_browser_kept(world):
    client = Client()
    sign_in(client, "chen")
    client.get("/account/")
    answer = client.post("/sign-out/")
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert not SignIn.objects.filter(ended_at=None).exists()


# Brute force, and whose address it is


def test_wrong_passwords_lock_the_name_for_that_address_only(world, settings):
    attacker, chen = Client(REMOTE_ADDR="203.0.113.7"), Client(REMOTE_ADDR="198.51.100.2")
    form = {"username": "chen", "password": "wrong"}
    answers = [attacker.post("/sign-in/", form).status_code for _ in range(settings.AXES_FAILURE_LIMIT)]
    assert answers[-1] == 429
    assert sign_in(attacker, "chen").status_code == 429
    assert sign_in(chen, "chen").status_code == 302


def test_behind_a_proxy_one_persons_wrong_passwords_lock_out_nobody_else(world, settings):
    """The address is what our own proxy saw; what the client wrote before it counts for nothing."""
    settings.PROXIES = 1
    client = Client(REMOTE_ADDR="10.0.0.1")
    form = {"username": "chen", "password": "wrong"}
    for turn in range(settings.AXES_FAILURE_LIMIT):
        answer = client.post("/sign-in/", form, headers={"x-forwarded-for": f"192.0.2.{turn}, 203.0.113.7"})
    assert answer.status_code == 429
    assert (
        client.post(
            "/sign-in/", form | {"password": PASSWORD}, headers={"x-forwarded-for": "198.51.100.2"}
        ).status_code
        == 302
    )
    client.get("/account/", headers={"x-forwarded-for": "198.51.100.2"})
    assert SignIn.objects.get().address == "198.51.100.2"


def test_without_a_proxy_a_forwarded_address_is_not_believed(world, settings):
    form = {"username": "chen", "password": "wrong"}
    answers = [
        Client().post("/sign-in/", form, headers={"x-forwarded-for": f"192.0.2.{turn}"}).status_code
        for turn in range(settings.AXES_FAILURE_LIMIT)
    ]
    assert answers[-1] == 429
