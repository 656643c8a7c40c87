"""Who may open what: members their own, supervisors to read, outsiders nothing, nobody unsigned."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db

READ = (
    "/o/C2001/members/",
    "/o/C2001/households/",
    "/o/C2001/deliveries/",
    "/o/C2001/workbook/",
    "/o/C2001/workbook/facts/?year=2025",
    "/o/C2001/facts/delivery:2025-0020",
)
WRITE = (
    "/o/C2001/enter/deliveries/",
    "/o/C2001/correct/delivery:2025-0010",
    "/o/C2001/withdraw/delivery:2025-0010",
)


@pytest.mark.parametrize("address", ["/", "/o/C2001/", *READ, *WRITE])
def test_nobody_sees_anything_unsigned(world, address):
    response = Client().get(address)
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/")


@pytest.mark.parametrize(
    "address", ["/o/C2001/", "/o/C2001/members/H0001/", "/o/C2001/roles/", *READ, *WRITE]
)
def test_an_outsider_is_told_nothing(reads, address):
    assert reads("zhao").get(address).status_code == 404


def test_a_member_sees_its_own_household_only(reads):
    client = reads("wei")
    assert client.get("/o/C2001/").status_code == 200
    assert client.get("/o/C2001/members/H0001/").status_code == 200
    assert client.get("/o/C2001/members/H0002/").status_code == 404
    assert "/o/C2001/members/H0001/" in client.get("/").content.decode()


@pytest.mark.parametrize("address", [*READ, *WRITE, "/o/C2001/roles/"])
def test_a_member_reads_no_register(reads, address):
    assert reads("wei").get(address).status_code == 403


@pytest.mark.parametrize("address", READ)
@pytest.mark.parametrize("name", ["luo", "guo"])
def test_supervisor_and_chair_read(reads, name, address):
    assert reads(name).get(address).status_code == 200


@pytest.mark.parametrize("address", [*WRITE, "/o/C2001/workbook/confirm/"])
@pytest.mark.parametrize("name", ["luo", "guo"])
def test_who_does_not_enter_facts_cannot(reads, name, address):
    method = reads(name).post if address.endswith("confirm/") else reads(name).get
    assert method(address).status_code == 403


def test_a_supervisor_sees_names_of_people_masked(reads):
    assert "郭**" in reads("luo").get("/o/C2001/members/H0001/").content.decode()
    assert "郭长青" in reads("wei").get("/o/C2001/members/H0001/").content.decode()


def test_a_supervisor_sees_no_area_beside_its_own(reads):
    assert reads("luo").get("/areas/361126104000/").status_code == 200
    assert reads("luo").get("/areas/361100000000/").status_code == 404
    assert reads("chen").get("/areas/361126000000/").status_code == 404


def test_another_organisations_fact_is_not_found(reads):
    assert reads("zhao").get("/o/C2002/facts/delivery:2025-0010").status_code == 404


def test_roles_are_given_and_end(reads, world):
    admin, zhao = reads("an"), reads("zhao")
    form = {"role": "member", "party": "H0002", "start_day": "2024-01-01", "last_day": ""}
    assert admin.post("/o/C2001/roles/", form | {"username": "nobody"}).status_code == 422
    assert admin.post("/o/C2001/roles/", form | {"username": "zhao", "party": ""}).status_code == 422
    assert admin.post("/o/C2001/roles/", form | {"username": "zhao", "party": "C2002"}).status_code == 422
    assert admin.post("/o/C2001/roles/", form | {"username": "zhao"}).status_code == 302
    assert zhao.get("/o/C2001/members/H0002/").status_code == 200
    number = world.users["zhao"].assignments.get(role="member").pk
    assert zhao.post(f"/o/C2001/roles/{number}/end/").status_code == 403
    assert admin.post(f"/o/C2001/roles/{number}/end/").status_code == 302
    assert zhao.get("/o/C2001/members/H0002/").status_code == 404


def test_only_an_areas_administrator_registers_organisations(reads, world):
    form = {"name": "新合作社", "code": "C3", "kind": "coop", "area": "上坪村"}
    assert reads("an").post("/organisations/register/", form).status_code == 403
    world.users["an"].assignments.create(role="administrator", area=world.county, start_day="2020-01-01")
    assert reads("an").post("/organisations/register/", form | {"area": "上饶市"}).status_code == 422
    assert reads("an").post("/organisations/register/", form | {"area": "村"}).status_code == 422
    assert reads("an").post("/organisations/register/", form).status_code == 302
    assert reads("an").get("/o/C3/").status_code == 200
    assert reads("an").post("/organisations/register/", form).status_code == 422


def test_sign_in_locks_after_many_wrong_passwords(world, settings):
    client = Client(headers={"accept-language": "en"})
    form = {"username": "chen", "password": "wrong"}
    answers = [client.post("/sign-in/", form).status_code for _ in range(settings.AXES_FAILURE_LIMIT)]
    assert answers[0] == 200
    assert answers[-1] == 429
    assert "Locked for a while" in client.post("/sign-in/", form).content.decode()


def test_sign_in_opens_home_and_password_changes(world):
    client = Client(headers={"accept-language": "en"})
    assert client.post("/sign-in/", {"username": "chen", "password": "peony-root-2025"})["Location"] == "/"
    new = {
        "old_password": "peony-root-2025",
        "new_password1": "white-atractylodes",
        "new_password2": "white-atractylodes",
    }
    assert client.post("/password/", new)["Location"] == "/"
    assert (
        Client().post("/sign-in/", {"username": "chen", "password": "white-atractylodes"}).status_code == 302
    )
