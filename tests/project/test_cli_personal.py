"""`lianjie keys` and `lianjie retention` as whoever looks after the machine runs them."""

import re

import pytest

from tests.project.test_cli import lianjie
from tests.support.databases import rows_of

ENGLISH = {"LC_ALL": "C"}


@pytest.mark.both
def test_keys_are_listed_made_turned_and_an_old_one_is_refused_for_an_hour(private_database, tmp_path):
    where = {**ENGLISH, "LIANJIE_DATA": str(tmp_path)}
    first = lianjie(private_database, "keys", **where)
    assert first.returncode == 0, first.stderr
    old = re.fullmatch(r"(\d+)\t-\t0\t\*\n", first.stdout)[1]
    made = lianjie(private_database, "keys", "new", **where)
    assert "seals from now on" in made.stderr
    assert len(made.stdout.splitlines()) == 2
    turned = lianjie(private_database, "keys", "reseal", **where)
    assert "0 values were sealed anew" in turned.stderr
    early = lianjie(private_database, "keys", "retire", old, **where)
    assert early.returncode == 2
    assert "less than an hour ago" in early.stderr
    for wrong in ((), ("999",)):
        nothing = lianjie(private_database, "keys", "retire", *wrong, **where)
        assert nothing.returncode == 2
        assert "Traceback" not in nothing.stderr
    ring = (tmp_path / "field.key").read_text()
    (tmp_path / "field.key").write_text(re.sub(r"\d{8}T\d{6}Z=", "20260101T000000Z=", ring))
    gone = lianjie(private_database, "keys", "retire", old, **where)
    assert gone.returncode == 0, gone.stderr
    assert len(gone.stdout.splitlines()) == 1
    assert rows_of(private_database, "SELECT verb FROM facts_act ORDER BY id") == [
        ("keys:new",), ("keys:retire",)
    ]  # fmt: skip


@pytest.mark.django_db
def test_retention_of_an_empty_house_has_nothing_due(private_database):
    listed = lianjie(private_database, "retention", **ENGLISH)
    assert (listed.returncode, listed.stdout) == (0, "")
    assert "0 due." in listed.stderr
    assert "0 values erased" in lianjie(private_database, "retention", "--erase", **ENGLISH).stderr
