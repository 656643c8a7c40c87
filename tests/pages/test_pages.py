"""Every page answers, asks the database a bounded number of questions, and shows no identity number."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from tests.pages.world import ID_NUMBER, build

pytestmark = pytest.mark.both

REGISTERS = (
    "households",
    "contributions",
    "agreements",
    "leases",
    "parcels",
    "deliveries",
    "tallies",
    "posts",
)
PAGES = (
    "/",
    "/password/",
    "/o/C2001/",
    "/o/C2001/?year=2020",
    "/o/C2001/members/",
    "/o/C2001/members/?search=wqg&status=exited&tag=种植&sort=capital",
    "/o/C2001/members/?after=nonsense|7&sort=joined",
    "/o/C2001/members/H0001/",
    "/o/C2001/members/H0003/?year=2020",
    "/o/C2001/members/V1/",
    "/o/C2001/workbook/",
    "/o/C2001/facts/delivery:2025-0010",
    *(f"/o/C2001/{name}/" for name in REGISTERS),
    *(f"/o/C2001/{name}/?search=wei&year=2025&village=361126104202&standing=now" for name in REGISTERS),
)


@pytest.mark.mission("R1", "R2", "R6", "L1", "L2", "L7")
@pytest.mark.parametrize("address", PAGES)
def test_page_answers_with_few_questions(reads, address):
    client = reads("chen")
    with CaptureQueriesContext(connection) as asked:
        response = client.get(address)
    assert response.status_code == 200
    # A household's page shows every linkage, each in a few questions.
    most = 46 if "/members/" in address else 28
    assert len(asked) <= most, [q["sql"][:120] for q in asked]
    text = response.content.decode()
    assert ID_NUMBER not in text
    assert "<script>" not in text, "the content security policy forbids inline code"
    assert "style=" not in text, "the content security policy forbids inline style"


def test_longer_lists_ask_no_more(reads, world):
    def asked(address: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert reads("chen").get(address).status_code == 200
        return len(seen)

    few = {
        address: asked(address)
        for address in ("/o/C2001/members/?search=H0001", "/o/C2001/deliveries/?search=H0001")
    }
    many = {address: asked(address) for address in ("/o/C2001/members/?search=H00", "/o/C2001/deliveries/")}
    assert list(few.values()) == list(many.values())


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_languages_switch_and_stay(reads, language):
    client = reads("chen")
    client.post("/i18n/setlang/", {"language": language, "next": "/o/C2001/members/"})
    text = client.get("/o/C2001/members/").content.decode()
    lang = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant", "en": "en"}[language]
    assert f'<html lang="{lang}">' in text
    assert {"zh-hans": "成员", "zh-hant": "成員", "en": "Members"}[language] in text


def test_paging_shows_everyone_once(reads, world):
    client = reads("chen")
    seen, address = [], "/o/C2001/deliveries/"
    while address:
        page = client.get(address).context["page"]
        seen += [row.reference for row in page.rows]
        address = f"/o/C2001/deliveries/?after={page.next_after}" if page.next_after else ""
    assert len(seen) == len(set(seen)) == 48


@pytest.mark.parametrize("words", ["魏青根", "H0001", "weiqinggen", "wei qing", "wqg"])
def test_members_are_found_by_name_code_and_pinyin(reads, words):
    page = reads("chen").get("/o/C2001/members/", {"search": words}).context["page"]
    assert [row.code for row in page.rows] == ["H0001"]


@pytest.mark.parametrize("register", REGISTERS)
def test_files_hold_the_whole_register(reads, register):
    client = reads("chen")
    text = b"".join(client.get(f"/o/C2001/{register}/?as=csv").streaming_content).decode("utf-8-sig")
    book = b"".join(client.get(f"/o/C2001/{register}/?as=xlsx").streaming_content)
    total = client.get(f"/o/C2001/{register}/").context["page"].total
    lines = list(csv.reader(io.StringIO(text)))
    sheet = load_workbook(io.BytesIO(book)).active
    assert len(lines) - 1 == sheet.max_row - 1 == total > 0
    assert ID_NUMBER not in text


def test_a_name_that_would_run_as_a_formula_stays_text(reads, world):
    type(world.home).objects.filter(pk=world.home.pk).update(name="=cmd|calc")
    client = reads("chen")
    text = b"".join(client.get("/o/C2001/members/?as=csv").streaming_content).decode("utf-8-sig")
    assert "'=cmd|calc" in text
    sheet = load_workbook(
        io.BytesIO(b"".join(client.get("/o/C2001/members/?as=xlsx").streaming_content))
    ).active
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_names_in_files_are_masked_for_a_supervisor(reads):
    text = b"".join(reads("luo").get("/o/C2001/members/?as=csv").streaming_content).decode("utf-8-sig")
    assert "魏**" in text
    assert "魏青根" not in text


def test_counts_of_an_area(reads):
    areas = reads("luo").get("/").context["areas"]
    assert [(row.name, row.organisations, row.members) for row in areas] == [("弋阳县", 6, 19)]
    below = reads("luo").get("/areas/361126000000/").context["below"]
    assert [row.name for row in below] == ["青石岭镇（虚构）"]


def test_an_empty_organisation_says_what_to_do(reads, world):
    response = reads("zhao").get("/o/C2002/")
    assert "Bring in the workbook" in response.content.decode()


def test_two_hundred_households_ask_no_more(db):
    big = build(households=60)
    from django.test import Client

    client = Client()
    client.force_login(big.users["chen"], backend="django.contrib.auth.backends.ModelBackend")
    client.get("/")  # the first page notes the sign-in
    with CaptureQueriesContext(connection) as asked:
        client.get("/o/C2001/households/")
    assert len(asked) <= 10
