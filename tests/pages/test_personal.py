"""A person's page: masked for all, whole for a purpose, and what the village reads of it afterwards."""

import io
import json
import zipfile
from datetime import date

import pytest
from django.test import Client

from lianjie.facts import sealing
from lianjie.facts.actions import retention
from lianjie.facts.models import (
    Act,
    Correction,
    FileRows,
    LegalHold,
    Membership,
    Party,
    Person,
    PersonalDetail,
    Residence,
    Seen,
)
from tests.pages.world import ID_NUMBER, build
from tests.support.fill import fill

pytestmark = pytest.mark.django_db

PERSON = "/o/C2001/people/P0001/"
RETENTION = "/o/C2001/retention/"


@pytest.fixture
def world(db):
    return build(households=2)


def signed_in(world, name: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(world.users[name], backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_number_is_on_no_page_until_a_purpose_opens_it_once(world):
    chen = signed_in(world, "chen")
    text = chen.get(PERSON).content.decode()
    assert ID_NUMBER not in text
    assert "360426********0071" in text
    refused = chen.post(f"{PERSON}see/", {"kind": ["id_number"], "purpose": "contact", "reason": "to call"})
    assert refused.status_code == 422
    assert ID_NUMBER not in refused.content.decode()
    assert not Seen.objects.exists()
    given = {"kind": ["id_number"], "purpose": "agreement", "reason": "signing the lease today"}
    whole = chen.post(f"{PERSON}see/", given)
    assert ID_NUMBER in whole.content.decode()
    assert whole["Cache-Control"] == "no-store"
    assert ID_NUMBER not in chen.get(PERSON).content.decode(), "this once"
    row = Seen.objects.get()
    assert (row.by, row.door, row.purpose, row.reason) == (
        world.users["chen"], "page", "agreement", "signing the lease today"
    )  # fmt: skip


def test_a_supervisor_sees_the_mask_and_the_log_never_the_number(world):
    signed_in(world, "chen").post(
        f"{PERSON}see/", {"kind": ["id_number"], "purpose": "agreement", "reason": "signing the lease today"}
    )
    luo = signed_in(world, "luo")
    assert luo.post(f"{PERSON}see/", {"kind": ["id_number"], "purpose": "agreement"}).status_code == 403
    for path in ("/o/C2001/seen/", "/areas/361126000000/seen/", PERSON):
        text = luo.get(path).content.decode()
        assert "signing the lease today" in text, path
        assert ID_NUMBER not in text
    assert "signing" not in luo.get("/areas/361126000000/seen/?until=2020-01-01").content.decode()
    file = luo.get("/areas/361126000000/seen/?as=csv")
    assert "signing the lease today" in b"".join(file).decode()
    assert signed_in(world, "chen").get("/o/C2001/seen/").status_code == 403


def test_everything_held_is_taken_along_for_the_person(world):
    chen = signed_in(world, "chen")
    assert chen.post(f"{PERSON}everything/", {"purpose": "own_request"}).status_code == 422
    answer = chen.post(
        f"{PERSON}everything/", {"purpose": "own_request", "reason": "she asked in the office"}
    )
    packed = zipfile.ZipFile(io.BytesIO(answer.content))
    assert packed.namelist() == ["data.json", "data.xlsx"]
    told = json.loads(packed.read("data.json"))
    assert told["registered"][0]["id_number"] == ID_NUMBER
    assert {"post", "residence", "seen"} <= told.keys()
    assert Seen.objects.get().what == "person"


def test_a_name_is_corrected_by_two_people(world):
    chen, guo = signed_in(world, "chen"), signed_in(world, "guo")
    assert chen.get(f"{PERSON}correct/name/").status_code == 200
    assert chen.get(f"{PERSON}correct/shoe-size/").status_code == 404
    asked = chen.post(f"{PERSON}correct/name/", {"value": "郭长清", "reason": "as on the card"})
    assert asked.status_code == 302
    assert Party.objects.get(code="P0001").name == "郭长青"
    assert "郭长清" in guo.get("/o/C2001/corrections/").content.decode()
    assert chen.get("/o/C2001/corrections/1/").status_code == 403
    assert guo.post("/o/C2001/corrections/1/", {"verdict": "approved"}).status_code == 302
    assert Party.objects.get(code="P0001").name == "郭长清"
    assert Correction.objects.get(field="name").before == "郭长青"
    assert "郭长青" in chen.get(PERSON).content.decode(), "what was stays on the page"


def test_a_phone_is_entered_and_shown_by_its_last_four(world):
    chen = signed_in(world, "chen")
    assert chen.post(f"{PERSON}correct/phone/", {"value": "138 0000 5678"}).status_code == 302
    text = chen.get(PERSON).content.decode()
    assert "****5678" in text
    assert "13800005678" not in text


def test_a_hold_stands_at_once_and_ends_when_another_agrees(world):
    luo, guo = signed_in(world, "luo"), signed_in(world, "guo")
    assert luo.post(RETENTION, {"party": "H0009", "why": "county letter 7"}).status_code == 422
    assert luo.post(RETENTION, {"party": "P0001", "why": ""}).status_code == 422
    luo.post(RETENTION, {"party": "P0001", "why": "county letter 7", "until_day": "2099-06-30"})
    row = LegalHold.objects.get()
    assert "county letter 7" in luo.get(PERSON).content.decode()
    assert "until 2099-06-30" in luo.get(RETENTION).content.decode()
    lift = f"{RETENTION}{row.pk}/lift/"
    assert luo.post(lift, {"reason": "case closed"}).status_code == 302
    assert luo.post(lift, {"verdict": "approved"}).status_code == 422, "nobody approves their own"
    assert "Lift the hold" not in luo.get(RETENTION).content.decode()
    assert "Its end waits" in guo.get(RETENTION).content.decode()
    assert guo.post(lift, {"verdict": "rejected"}).status_code == 422, "a rejection needs its reason"
    guo.post(lift, {"verdict": "rejected", "reason": "the appeal runs"})
    assert "the appeal runs" in luo.get(RETENTION).content.decode()
    luo.post(lift, {"reason": "appeal withdrawn"})
    guo.post(lift, {"verdict": "approved"})
    assert "county letter 7" not in luo.get(PERSON).content.decode()
    row.refresh_from_db()
    assert (row.lifted.reason, row.lifted.by) == ("appeal withdrawn", world.users["guo"])
    assert Act.objects.filter(verb="personal:lift").count() == 1


def test_the_page_tells_rules_and_a_dry_run_and_erases_nothing(world):
    """A member gone for four years: the phone is past its three, the number kept for the archives."""
    gone = fill(Party, code="H9001", kind="household", name="赵远行", area=world.home.area)
    days = {"day": date(2018, 1, 1), "until_day": date(2021, 1, 1)}
    fill(Membership, member=gone, organisation=world.coop, **days)
    name = sealing.detail_row(gone.pk, "phone", 1)
    fill(PersonalDetail, party=gone, kind="phone", number=1, sealed=sealing.seal("13800005678", name))
    luo = signed_in(world, "luo")
    text = luo.get(RETENTION).content.decode()
    assert "3 years after the last tie ended" in text
    assert "Civil Code, art. 188" in text
    assert "30 years" in text
    assert "H9001" in text
    assert "2024-01-01" in text
    assert "none yet" in text
    assert PersonalDetail.objects.get().sealed is not None
    signed_in(world, "guo").post(RETENTION, {"why": "county letter 8"})
    text = luo.get(RETENTION).content.decode()
    assert "1 held" in text
    retention.ran(due=1, erased=0)
    assert "due 1, values erased 0" in luo.get(RETENTION).content.decode()
    assert signed_in(world, "chen").get(RETENTION).status_code == 403


def test_a_member_reads_who_saw_its_own_household(world):
    chen, wei = signed_in(world, "chen"), signed_in(world, "wei")
    chen.post(f"{PERSON}see/", {"kind": ["id_number"], "purpose": "agreement", "reason": "signing the lease"})
    text = wei.get("/o/C2001/people/H0001/").content.decode()
    assert "signing the lease" in text
    assert wei.get("/o/C2001/people/H0002/").status_code == 404
    assert wei.get(PERSON).status_code == 404


def test_a_file_with_names_is_written_down_before_it_leaves(world):
    luo, guo = signed_in(world, "luo"), signed_in(world, "guo")
    b"".join(luo.get("/o/C2001/members/?as=csv&village=361126100201"))
    b"".join(luo.get("/o/C2001/seen/?as=csv"))
    b"".join(luo.get("/o/C2001/trial-balance/?as=csv"))
    row = Seen.objects.get()
    assert (row.what, row.organisation, row.by) == ("file", world.coop, world.users["luo"])
    assert "village=361126100201" in row.subject
    assert "A file with names" in guo.get("/o/C2001/seen/").content.decode()
    b"".join(luo.get("/h/?area=361126000000&as=csv"))
    assert Seen.objects.get(organisation=None).area == world.county
    b"".join(signed_in(world, "wei").get("/h/H0001/?as=csv"))
    assert Seen.objects.count() == 2, "a household's own file is its own"
    b"".join(luo.get("/h/?as=csv"))
    assert Seen.objects.count() == 3, "a list over all areas is written down too"


def test_one_households_file_names_it_and_a_list_tells_how_many(world):
    luo = signed_in(world, "luo")
    b"".join(luo.get("/h/H0001/?as=csv"))
    one = Seen.objects.get()
    assert (one.party, one.area) == (world.home, world.home.area)
    sent = b"".join(luo.get("/o/C2001/members/?as=csv")).decode()
    assert len(sent.splitlines()) - 1 == FileRows.objects.latest("pk").rows == 6, (
        "two households, four collectives"
    )
    text = luo.get(f"/areas/{world.home.area.code}/seen/").content.decode()
    assert "魏青根" in text
    assert "Everything of a household" in text
    text = signed_in(world, "guo").get("/o/C2001/seen/").content.decode()
    assert "6 rows" in text
    assert "A file with names · Members" in text


def test_a_file_broken_off_has_no_count(world):
    answer = signed_in(world, "luo").get("/o/C2001/members/?as=csv")
    next(iter(answer.streaming_content))  # type: ignore[attr-defined]
    assert Seen.objects.count() == 1
    assert not FileRows.objects.exists()


def test_a_village_finds_the_lists_that_may_name_a_household(world):
    """The exports of its co-op and of its county, unless they were narrowed to another village."""
    luo = signed_in(world, "luo")
    home, other = world.home.area.code, world.neighbour.area.code
    for path in (
        "/o/C2001/members/?as=csv&search=",
        f"/o/C2001/members/?as=xlsx&village={home}",
        f"/o/C2001/members/?as=csv&village={other}",
        "/h/?as=csv",
    ):
        b"".join(luo.get(path))
    asked = [f"/areas/{area}/seen/?search=H0001" for area in (home, "361126000000")]
    for path in (*asked, "/o/C2001/people/H0001/"):
        text = luo.get(path).content.decode()
        assert f"village={home}" in text, path
        assert f"village={other}" not in text, path
        assert "members/?as=csv&amp;search=" in text, path
        assert "Households nothing links" in text, path
    assert "members/?as=csv&amp;search=" in luo.get(f"/areas/{home}/seen/").content.decode(), (
        "its own members"
    )


def test_all_books_are_put_under_hold(world):
    guo = signed_in(world, "guo")
    guo.post(RETENTION, {"why": "county letter 8"})
    assert "county letter 8" in guo.get(RETENTION).content.decode()
    assert "county letter 8" in guo.get("/o/C2001/people/H0001/").content.decode()


def test_a_known_relation_is_a_word_and_another_stays_as_written(world):
    """An English page shows 配偶 as Spouse; what a village writes of its own stays its own."""
    lives = Residence.objects.current().get(person__code="P0001")
    for nth, (written, shown) in enumerate(
        {"配偶": "Spouse", "长女": "Daughter", "干女儿": "干女儿"}.items()
    ):
        person = fill(Person, party=fill(Party, code=f"P9{nth}", kind="person", name=f"某{nth}"))
        fill(Residence, household=lives.household, person=person.party, relation=written, key=f"r{nth}")
        text = signed_in(world, "chen").get("/o/C2001/people/H0001/").content.decode()
        assert f'<span class="quiet">{shown}</span>' in text
