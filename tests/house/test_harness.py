"""The harness itself: the same test really runs on both engines, and leaves nothing behind."""

import subprocess
import urllib.request

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from lianjie.facts.models import Source
from tests.support.databases import PYTHON, child_environment, rows_of


def make_source() -> Source:
    return Source.objects.create(kind="page", name="x", received_at="2025-01-01T00:00:00+08:00")


@pytest.mark.both
@pytest.mark.parametrize("turn", [1, 2])
def test_each_engine_and_rolled_back(engine, turn):
    assert connection.vendor == engine
    assert not Source.objects.exists()
    make_source()


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_commits_are_emptied_past_the_triggers(engine, turn):
    assert not Source.objects.exists()
    make_source()
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        Source.objects.all().delete()


def who(request):
    """Answers with the signed-in name, so that the test sees which database the server's thread reads."""
    return HttpResponse(f"{connection.vendor} {request.user.get_username()}")


urlpatterns = [path("who/", who, name="home")]  # a name that declares its right


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
@pytest.mark.urls(__name__)
def test_the_live_site_serves_the_engine_of_the_test(engine, live_server):
    client = Client()
    client.force_login(
        User.objects.create_user("zhang-san"), backend="django.contrib.auth.backends.ModelBackend"
    )
    cookie = f"sessionid={client.cookies['sessionid'].value}"
    request = urllib.request.Request(f"{live_server.url}/who/", headers={"Cookie": cookie})
    with urllib.request.urlopen(request) as answer:
        assert answer.read().decode() == f"{engine} zhang-san"


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.urls(__name__)
def test_a_person_signed_in_sees_the_page_in_a_browser(page, sign_in):
    sign_in(User.objects.create_user("li-si"))
    page.goto("/who/")
    assert page.text_content("body") == "sqlite li-si"


@pytest.mark.both
def test_a_child_process_has_a_database_of_its_own(private_database):
    code = "\n".join(
        (
            "import django",
            "django.setup()",
            "from django.contrib.auth.models import User",
            "User.objects.create(username='a')",
        )
    )
    subprocess.run([PYTHON, "-c", code], env=child_environment(private_database), check=True)
    assert rows_of(private_database, "SELECT username FROM auth_user") == [("a",)]
    assert not User.objects.exists()
