"""What an attacker would try, by the list of OWASP. Each test names the attack; nothing is written by it."""

import io
import re
import subprocess
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from python_calamine import CalamineWorkbook

from lianjie.facts.models import Assignment, Delivery, Party
from lianjie.pages import access, export
from tests.pages.test_access_matrix import INLINE, NAMED, address, patterns
from tests.security.conftest import PASSWORD
from tests.support.databases import PYTHON, child_environment

TEMPLATES = Path(access.__file__).parent / "templates"
LISTS = [
    name for name, kinds in NAMED.items() if set(kinds) == {"code"} and access.needs()[name][0] == "read"
]
FORM = "application/x-www-form-urlencoded"
EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'"


@pytest.fixture
def quiet(caplog):
    caplog.set_level("CRITICAL")


# Injection


@pytest.mark.parametrize("name", ["chen", "luo", "wei"])
def test_a_name_is_never_markup(world, reads, name, quiet):
    """XSS: a household, a co-op and a user are named in HTML; every page shows the letters."""
    Party.objects.filter(code__in=("H0001", "C2001")).update(name=EVIL)
    get_user_model().objects.filter(username=name).update(last_name=EVIL)
    client = reads(name, raise_request_exception=False)
    seen = 0
    for each in NAMED:
        answer = client.get(address(each))
        if answer.status_code == 200 and "html" in answer.headers["Content-Type"]:
            text = answer.content.decode()
            assert "<script>alert" not in text, each
            assert "<img src=x" not in text, each
            seen += "&lt;script&gt;alert" in text
    assert seen > 3


def test_templates_hold_nothing_inline():
    """The policy forbids it; a template that has it would be broken for everybody."""
    wrong = [
        f"{path.relative_to(TEMPLATES)}: {found.group()}"
        for path in TEMPLATES.rglob("*.html")
        for found in INLINE.finditer(path.read_text())
    ]
    assert not wrong, "move it to static/css or static/js"


@pytest.mark.both
@pytest.mark.parametrize("text", ["' OR 1=1 --", "%", "\\", "\x00", "a" * 5_000, "；DROP TABLE facts_party"])
def test_a_search_is_only_a_text(world, reads, text, quiet):
    client = reads("chen", raise_request_exception=False)
    for name in ("households", "members", "deliveries"):
        answer = client.get(address(name), {"search": text})
        assert answer.status_code == (400 if "\x00" in text else 200), name
        if answer.status_code == 200 and "OR" in text:
            assert "H0001" not in answer.content.decode()
    for query in ({"after": text}, {"sort": text}, {"as": text}, {"on": text}, {"year": text}):
        assert client.get(address("deliveries"), query).status_code in (200, 400, 404), query


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_a_list_as_a_file_runs_no_formula(start):
    """Also the full-width signs, which a Chinese spreadsheet takes for the narrow ones."""
    text = f"{start}cmd|'/c calc'!A1"
    lines = b"".join(export.csv_file("x", ["a"], [[text]]).streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert f"'{start}" in lines
    with closing(export.xlsx_file("x", ["a"], [[text]])) as answer:
        book = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    sheet = zipfile.ZipFile(io.BytesIO(book)).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert CalamineWorkbook.from_object(io.BytesIO(book)).get_sheet_by_index(0).to_python()[1] == [text]


# Cross-site requests


def test_nothing_is_sent_without_the_pages_token(world, reads):
    exempt = [each.name for each in patterns() if getattr(each.callback, "csrf_exempt", False)]
    assert all(name.startswith("api-") for name in exempt), (
        "no page may go without; the API asks sessions itself"
    )
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.users["chen"], backend="django.contrib.auth.backends.ModelBackend")
    for name in (
        "sign-in",
        "sign-out",
        "password",
        "enrol",
        "roles",
        "enter",
        "workbook-check",
        "set_language",
    ):
        assert client.post(address(name)).status_code == 403, name
    answers = {name: client.post(address(name)).status_code for name in exempt}
    assert set(answers.values()) == {403, 405}, "what may be sent is refused, the rest only answers"


# Whose record it is


def test_no_record_of_another_organisation_by_its_number(world, reads):
    """IDOR: Zhao keeps the books of C2002, and asks there for the records of C2001."""
    client, before = reads("zhao"), Delivery.objects.count()
    answered = [
        (name, answer.status_code)
        for name, kinds in NAMED.items()
        if {"reference", "delivery", "key"} & set(kinds) and "code" in kinds
        for answer in (client.get(address(name, code="C2002")), client.post(address(name, code="C2002")))
        if answer.status_code not in (403, 404, 405)
    ]
    assert not answered
    assert Delivery.objects.count() == before


def test_a_form_takes_only_its_fields(world, reads):
    """Mass assignment."""
    admin = reads("an")
    more = {"is_superuser": "1", "is_staff": "1", "is_active": "1", "user_permissions": "1", "pk": "1"}
    assert admin.post("/accounts/new/", {"username": "lin", "full_name": "林"} | more).status_code == 200
    made = get_user_model().objects.get(username="lin")
    assert not any((made.is_superuser, made.is_staff, made.has_usable_password()))
    give = {"username": "lin", "start_day": "2024-01-01", "last_day": "", "party": ""}
    assert admin.post("/o/C2001/roles/", give | {"role": "administrator"}).status_code == 422
    here = give | {
        "role": "cashier",
        "organisation": "C2002",
        "organisation_id": world.other.pk,
        "area": "36",
    }
    assert admin.post("/o/C2001/roles/", here).status_code == 302
    assert Assignment.objects.get(user=made).organisation_id == world.coop.pk


# The request itself


@pytest.mark.parametrize(
    "going",
    [
        "https://example.com/",
        "//example.com/",
        "/\\example.com",
        "javascript:alert(1)",
        "http:///example.com",
    ],
)
def test_signing_in_leads_nowhere_else(world, going):
    """Open redirect."""
    client = Client()
    form = {"username": "chen", "password": PASSWORD, "next": going}
    assert client.post(f"/sign-in/?next={going}", form)["Location"] == "/"
    answer = client.post("/i18n/setlang/", {"language": "en", "next": going})
    assert answer["Location"] == "/"


def test_a_foreign_host_is_refused(world, quiet):
    for host in ("example.com", "localhost.example.com", "testserver:80@example.com"):
        assert Client(raise_request_exception=False).get("/sign-in/", HTTP_HOST=host).status_code == 400


def test_a_method_is_what_it_is(world, reads):
    """No header and no field turns reading into sending, and looking changes nothing."""
    admin = reads("an")
    number = world.users["chen"].assignments.get().pk
    for headers in ({"x-http-method-override": "POST"}, {"x-method-override": "DELETE"}):
        assert admin.get(f"/o/C2001/roles/{number}/end/?_method=POST", headers=headers).status_code == 404
    assert world.users["chen"].assignments.get().until_day is None
    for method in ("put", "patch", "delete"):
        assert getattr(reads("luo"), method)("/o/C2001/workbook/check/").status_code == 403


def test_a_body_too_big_is_refused(world, reads, quiet):
    client = reads("chen", raise_request_exception=False)
    big = "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    assert (
        client.post(
            "/o/C2001/enter/deliveries/", big, content_type="application/x-www-form-urlencoded"
        ).status_code
        == 400
    )
    many = "&".join(f"f{n}=1" for n in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1))
    assert (
        client.post(
            "/o/C2001/enter/deliveries/", many, content_type="application/x-www-form-urlencoded"
        ).status_code
        == 400
    )


# Files


def bomb() -> bytes:
    """A workbook of a few kilobytes that unpacks to 300 MB of cells."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("[Content_Types].xml", "<Types/>")
        with book.open("xl/workbook.xml", "w", force_zip64=True) as part:
            for _ in range(300):
                part.write(b"0" * 1_000_000)
    return made.getvalue()


def test_a_workbook_that_swells_is_refused(world, reads):
    given = SimpleUploadedFile("book.xlsx", bomb())
    answer = reads("chen").post("/o/C2001/workbook/check/", {"file": given})
    assert answer.status_code == 422


@pytest.mark.parametrize("name", ["../../evil.xlsx", "..\\..\\evil.xlsx", "/evil.xlsx", "evil\x00.xlsx"])
def test_an_uploads_name_leads_nowhere(world, reads, name, quiet):
    before = set(settings.DATA.rglob("*evil*"))
    given = SimpleUploadedFile("x", b"PK\x03\x04nothing")
    given._name = name  # type: ignore[attr-defined]
    answer = reads("chen", raise_request_exception=False).post("/o/C2001/workbook/check/", {"file": given})
    assert answer.status_code in (400, 422)
    assert set(settings.DATA.rglob("*evil*")) == before
    assert not (settings.DATA.parent / "evil.xlsx").exists()


@pytest.mark.parametrize(
    "name", ["..%2f..%2fsecret.key", "..%5csecret.key", "%2e%2e", "....//secret.key", "secret.key%00.pdf"]
)
def test_a_downloads_name_leads_nowhere(world, reads, name, quiet):
    client = reads("chen", raise_request_exception=False)
    for start in ("/o/C2001/cases/1/photos/", "/o/C2001/settlements/2025/1/files/", "/static/"):
        answer = client.get(start + name)
        assert answer.status_code in (400, 404), start


# Cookies, headers, start-up


@pytest.mark.django_db
def test_cookies_and_headers_under_https(private_database):
    """A process of its own, as a county would run it."""
    code = (
        "import django; django.setup()\n"
        "from django.test import Client\n"
        "from django.core.checks import run_checks\n"
        "a = Client().get('/set-up/', secure=True, HTTP_HOST='localhost')\n"
        "c = a.cookies['csrftoken']\n"
        "from django.conf import settings as s\n"
        "print(a['Strict-Transport-Security'], bool(c['secure']), s.SESSION_COOKIE_NAME)\n"
        "bad = [m.id for m in run_checks(include_deployment_checks=True) if not m.is_silenced()]\n"
        "print(bad)"
    )
    environment = child_environment(private_database) | {"LIANJIE_HTTPS": "1", "LIANJIE_HOSTS": "localhost"}
    environment.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)  # the tests' own
    ran = subprocess.run([PYTHON, "-c", code], env=environment, check=True, capture_output=True, text=True)
    assert ran.stdout.splitlines() == ["max-age=31536000 True __Host-sessionid", "[]"]


def test_a_sessions_cookie_is_for_the_server_alone(world):
    client = Client()
    client.post("/sign-in/", {"username": "chen", "password": PASSWORD})
    cookie = client.cookies["sessionid"]
    assert (bool(cookie["httponly"]), cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    answer = client.get("/")
    assert "geolocation=()" in answer.headers["Permissions-Policy"], "nobody's whereabouts are asked for"
    assert re.search(r"frame-ancestors 'none'", answer.headers["Content-Security-Policy"])
    assert answer.headers["Cache-Control"] == "private, no-cache"
