"""Start-up checks: each complains when its reason is there, and only then."""

from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured

from lianjie.facts.models import Party
from lianjie.project import settings as product
from tests.support.fill import fill


def complaints(**options) -> set[str]:
    return {message.id for message in run_checks(**options) if message.id.startswith("lianjie.")}


def test_a_fresh_installation_has_nothing_to_complain_of():
    assert complaints() == set()


def test_a_key_that_others_can_read_is_named(settings):
    (settings.DATA / "field.key").chmod(0o644)
    try:
        assert complaints() == {"lianjie.W001"}
    finally:
        (settings.DATA / "field.key").chmod(0o600)


def test_a_missing_font_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr("noto_cjk_sans_otc.FONT_PATH", tmp_path / "gone.ttc")
    assert complaints() == {"lianjie.E001"}


@pytest.mark.django_db
def test_an_old_sqlite_is_named(monkeypatch):
    monkeypatch.setattr("sqlite3.sqlite_version_info", (3, 34, 1))
    assert complaints() == {"lianjie.E002"}


@pytest.mark.both
@pytest.mark.parametrize(("debug", "invented"), [(False, False), (True, True), (True, False)])
def test_debugging_with_real_households_is_refused(settings, debug, invented):
    settings.DEBUG = debug
    fill(Party, kind="household", invented=invented)
    expected = {"lianjie.E003"} if debug and not invented else set()
    assert complaints(databases=["default"]) == expected
    assert complaints() == set()


def test_other_machines_are_served_by_https(settings):
    settings.ALLOWED_HOSTS = ["localhost", "coop.example.org"]
    said = {m.id for m in run_checks(include_deployment_checks=True)}
    assert "lianjie.E005" in said
    settings.HTTPS = True
    assert "lianjie.E005" not in {m.id for m in run_checks(include_deployment_checks=True)}


def test_of_programs_that_begin_at_once_the_first_makes_the_key(tmp_path, monkeypatch):
    """A server and a worker started together: the second saw no key, and fell over the one made meanwhile."""
    (tmp_path / "secret.key").write_text("made by the other")
    monkeypatch.setattr(Path, "exists", lambda path: False)
    assert product._kept_key(tmp_path, "secret.key") == "made by the other"


def test_an_empty_key_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(product, "sleep", lambda seconds: None)
    (tmp_path / "secret.key").touch()
    with pytest.raises(ImproperlyConfigured, match=r"secret\.key is empty"):
        product._kept_key(tmp_path, "secret.key")
