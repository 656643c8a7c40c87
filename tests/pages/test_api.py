"""The API: tokens, what it refuses and how, and that it tells what the pages tell."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from lianjie.facts.actions import api_tokens
from lianjie.facts.actions.api_tokens import MOST, TokenAsked, TokenNameTaken, TooManyTokens
from lianjie.facts.models import Act, ApiToken, Delivery, Seen
from lianjie.ledger.models import Entry
from tests.pages.world import ID_NUMBER, World
from tests.security.test_signing_in import set_up

pytestmark = pytest.mark.both
MEMBERS = "/api/o/C2001/members/"


def token(world: World, name: str, *, reads_only: bool = True, called: str = "scales") -> str:
    return api_tokens.make(world.users[name].pk, TokenAsked(called, 30, reads_only), now=timezone.now())


def program(text: str, **more) -> Client:
    """Whoever shows this token; checks of forgery are on, as they are for browsers."""
    headers = {"accept-language": "en", "authorization": f"Bearer {text}"}
    return Client(headers=headers, enforce_csrf_checks=True, **more)


def codes(answer) -> list[str]:
    return [each["code"] for each in answer.json()["refusals"]]


def test_a_token_reads_what_its_person_reads_and_its_use_is_noted(world):
    text = token(world, "chen")
    answer = program(text).get(MEMBERS)
    assert answer.status_code == 200
    assert answer.json()["rows"][0]["capital_fen"] > 0
    row = ApiToken.objects.get()
    assert row.used_at is not None
    assert text not in (row.digest, row.name)
    assert "set-cookie" not in {name.lower() for name in answer.headers}
    assert answer.headers["Cache-Control"] == "no-store"
    assert Act.objects.get(verb="account:token").text == "scales"


@pytest.mark.parametrize("why", ["revoked", "expired", "closed", "new password"])
def test_a_token_that_counts_no_more_opens_nothing(world, why, reads):
    text, user = token(world, "chen"), world.users["chen"]
    if why == "revoked":
        api_tokens.end(user.pk, now=timezone.now(), number=ApiToken.objects.get().pk)
    elif why == "expired":
        ApiToken.objects.update(until_at=timezone.now() - timedelta(seconds=1))
    elif why == "closed":
        user.is_active = False
        user.save()
    else:
        asked = {"old_password": "peony-root-2025"}
        asked |= dict.fromkeys(("new_password1", "new_password2"), "lily-bulb-2026")
        assert reads("chen").post("/password/", asked).status_code == 302
    answer = program(text).get(MEMBERS)
    assert (answer.status_code, codes(answer)) == (401, ["NotSignedIn"])
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_wrong_tokens_lock_their_place_as_wrong_passwords_do(world):
    right, elsewhere = program(token(world, "chen")), {"REMOTE_ADDR": "198.51.100.7"}
    for _ in range(8):
        assert program("lianjie_guess").get(MEMBERS).status_code == 401
    locked = right.get(MEMBERS)
    assert (locked.status_code, locked.headers["Retry-After"]) == (429, "1800")
    assert right.get(MEMBERS, **elsewhere).status_code == 200


def test_a_token_that_was_ended_locks_nobody(world):
    """A program left running somewhere shows it again and again; it has guessed nothing."""
    old = program(token(world, "chen"))
    api_tokens.end(world.users["chen"].pk, now=timezone.now())
    assert {old.get(MEMBERS).status_code for _ in range(12)} == {401}
    assert program(token(world, "guo")).get(MEMBERS).status_code == 200


def test_a_token_opens_no_page(world):
    answer = program(token(world, "chen")).get("/o/C2001/members/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in/?next=/o/C2001/members/")


def test_tokens_of_a_person_have_names_and_are_few(world):
    token(world, "chen")
    with pytest.raises(TokenNameTaken):
        token(world, "chen")
    for number in range(MOST - 1):
        token(world, "chen", called=f"scales {number}")
    with pytest.raises(TooManyTokens):
        token(world, "chen", called="one more")


def test_names_are_masked_for_whoever_does_not_enter_facts(world):
    def names(who: str) -> list[str]:
        return [row["name"] for row in program(token(world, who)).get(MEMBERS).json()["rows"]]

    assert all("*" not in name for name in names("chen"))
    households = [name for name in names("luo") if "合作社" not in name]
    assert households
    assert all(name.endswith("*") for name in households)


def test_what_leaves_for_a_program_is_in_the_log_as_a_file_is(world):
    program(token(world, "luo")).get(MEMBERS, {"search": "wei"})
    seen = Seen.objects.get()
    assert (seen.by, seen.door, seen.what) == (world.users["luo"], "api", "file")
    assert seen.subject == f"{MEMBERS}?search=wei"
    program(token(world, "wei")).get(f"{MEMBERS}H0001/")
    assert Seen.objects.count() == 1, "one's own account is one's own business"


def test_a_list_goes_on_where_the_page_before_ended(world):
    client, after, found = program(token(world, "chen")), "", []
    while True:
        page = client.get(MEMBERS, {"after": after, "limit": 7}).json()
        found += [row["party"] for row in page["rows"]]
        after = page["next_after"]
        if not after:
            break
    whole = client.get(MEMBERS, {"limit": 200}).json()["rows"]
    assert found == [row["party"] for row in whole]
    assert len(found) > 7


def test_a_members_account_is_the_one_on_its_page(world, reads):
    told = program(token(world, "wei")).get(f"{MEMBERS}H0001/", {"year": 2025}).json()
    page = reads("wei").get("/o/C2001/members/H0001/?year=2025").context["account"]
    assert told["closing"]["other_contribution_fen"] == page.closing.other_contribution
    assert {t["good"]: (t["grams"], t["fen"]) for t in told["closing"]["traded"]} == page.closing.traded
    assert len(told["lines"]) == len(page.lines)


def test_what_is_asked_wrongly_is_refused_by_its_field(world):
    answer = program(token(world, "chen")).get(MEMBERS, {"limit": 0, "standing": "x"})
    assert answer.status_code == 422
    assert {each["field"] for each in answer.json()["refusals"]} == {"limit", "standing"}
    nowhere = program(token(world, "chen", called="2")).get("/api/nowhere/")
    assert (nowhere.status_code, codes(nowhere)) == (404, ["NotFound"])
    wrong = program(token(world, "chen", called="3", reads_only=False)).delete(MEMBERS)
    assert (wrong.status_code, wrong.headers["Allow"]) == (405, "GET")


# Entering


ENTER = "/api/o/C2001/enter/deliveries/"
GIVEN = {
    "receipt": "W-001",
    "day": "2026-09-14",
    "household": "H0001",
    "good": "白术",
    "grams": 12_500,
    "price_fen_per_kg": 3_200,
}


def send(client: Client, given: dict, **more):
    return client.post(ENTER, given, content_type="application/json", **more)


def test_a_delivery_entered_by_a_program_is_the_one_the_page_would_enter(world, reads):
    client = program(token(world, "chen", reads_only=False))
    made = send(client, GIVEN)
    assert (made.status_code, made.json()) == (201, {"reference": "delivery:2026-W-001", "new": True})
    row = Delivery.objects.get(key="2026-W-001")
    assert (row.grams, row.amount_fen, row.recorded_by) == (12_500, 40_000, world.users["chen"])
    assert row.source.acts.get().door == "api"
    assert Entry.objects.filter(source="delivery:2026-W-001").count() == 1, "the books took it"
    assert reads("chen").get("/o/C2001/facts/delivery:2026-W-001").status_code == 200
    found = client.get("/api/o/C2001/deliveries/", {"search": "W-001"}).json()["rows"]
    assert [(each["reference"], each["grams"]) for each in found] == [("delivery:2026-W-001", 12_500)]


def test_the_same_delivery_again_is_the_same_record(world):
    client = program(token(world, "chen", reads_only=False))
    first, again = send(client, GIVEN), send(client, GIVEN)
    assert (again.status_code, again.json()["new"]) == (200, False)
    assert again.json()["reference"] == first.json()["reference"]
    other = send(client, GIVEN | {"grams": 13_000})
    assert (other.status_code, codes(other)) == (409, ["AlreadyEntered"])
    assert Delivery.objects.filter(key__startswith="2026-W-001").count() == 1
    assert Entry.objects.filter(source="delivery:2026-W-001").count() == 1


def test_what_the_page_refuses_the_api_refuses_by_its_fields(world, reads):
    """Field, what is wrong, what to do: the words of the page."""
    wrong = {"household": "H9999", "good": "=白术"}
    answer = send(program(token(world, "chen", reads_only=False)), GIVEN | wrong)
    assert answer.status_code == 422
    told = {each["field"]: each for each in answer.json()["refusals"]}
    assert told.keys() == {"household", "good"}
    assert all(each["what"] and each["fix"] for each in told.values())
    cells = {"receipt": "W-001", "day": "2026-09-14", "grams": "12.5", "price_fen_per_kg": "32", **wrong}
    page = reads("chen").post("/o/C2001/enter/deliveries/", cells)
    errors = page.context["form"].errors
    for field, each in told.items():
        assert errors[field] == [f"{each['what']} {each['fix']}"]
    assert not Delivery.objects.filter(receipt="W-001").exists()


def test_a_token_that_only_reads_enters_nothing(world):
    answer = send(program(token(world, "chen")), GIVEN)
    assert (answer.status_code, codes(answer)) == (403, ["TokenReadsOnly"])
    assert not Delivery.objects.filter(receipt="W-001").exists()


def test_a_token_never_has_a_right_its_person_has_not(world):
    answer = send(program(token(world, "guo", reads_only=False)), GIVEN)
    assert (answer.status_code, codes(answer)) == (403, ["NotAllowed"])


def test_a_session_that_sends_needs_the_pages_token_against_forgery(world):
    client = Client(headers={"accept-language": "en"}, enforce_csrf_checks=True)
    client.force_login(world.users["chen"], backend="django.contrib.auth.backends.ModelBackend")
    forged = send(client, GIVEN)
    assert (forged.status_code, codes(forged)) == (403, ["NotFromHere"])
    client.get("/account/")
    sent = send(client, GIVEN, headers={"x-csrftoken": client.cookies["csrftoken"].value})
    assert sent.status_code == 201


def test_a_wrong_token_is_not_made_good_by_a_session(world):
    client = Client(headers={"accept-language": "en"})
    client.force_login(world.users["chen"], backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(MEMBERS).status_code == 200
    assert client.get(MEMBERS, headers={"authorization": "Bearer lianjie_wrong"}).status_code == 401


def test_a_body_that_is_no_json_is_refused(world):
    client = program(token(world, "chen", reads_only=False))
    answer = client.post(ENTER, b"{", content_type="application/json")
    assert (answer.status_code, codes(answer)) == (400, ["BadRequest"])
    answer = client.post(ENTER, {"grams": "heavy"}, content_type="application/json")
    assert answer.status_code == 422
    assert {"grams", "receipt", "day", "household", "good", "price_fen_per_kg"} == {
        each["field"] for each in answer.json()["refusals"]
    }


# The page of tokens


def test_making_a_token_takes_a_code_of_whoever_has_codes(world, reads):
    client, asked = reads("chen"), {"name": "scales", "days": 30}
    made = client.post("/account/tokens/", asked)
    assert made.status_code == 200
    text = made.context["made"]
    assert made.headers["Cache-Control"] == "no-store"
    assert program(text).get(MEMBERS).status_code == 200
    assert text not in client.get("/account/tokens/").content.decode()
    set_up(world.users["chen"])
    refused = client.post("/account/tokens/", asked | {"name": "other"})
    assert refused.headers["Location"].startswith("/account/code/")
    assert ApiToken.objects.count() == 1


def test_nobody_ends_anothers_token(world, reads):
    text = token(world, "chen")
    assert reads("guo").post(f"/account/tokens/{ApiToken.objects.get().pk}/end/").status_code == 302
    assert program(text).get(MEMBERS).status_code == 200


def test_no_sealed_number_is_in_any_answer(world):
    client = program(token(world, "chen"))
    for address in ("h/H0001/", "h/P0001/", "o/C2001/households/", "o/C2001/members/H0001/"):
        answer = client.get(f"/api/{address}")
        assert answer.status_code == 200, address
        assert ID_NUMBER not in answer.content.decode()
