"""The command line as a person runs it: a process of its own, exit codes, words by LANG."""

import subprocess

import pytest

from lianjie.project.cli import language
from tests.support.databases import PYTHON, child_environment, rows_of


def lianjie(address: str, *arguments: object, typed: str = "", **environment: str):
    return subprocess.run(
        [PYTHON, "-m", "lianjie", *map(str, arguments)],
        env=child_environment(address, **environment),
        input=typed,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    ("environment", "spoken"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh-hans"),
        ({"LANG": "zh_TW.UTF-8"}, "zh-hant"),
        ({"LANG": "zh-HK"}, "zh-hant"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "C"}, "en"),
        ({}, "en"),
        ({"LANG": "zh_CN", "LC_ALL": "C"}, "en"),
        ({"LANG": "C", "LC_ALL": "", "LC_MESSAGES": "zh"}, "zh-hans"),
    ],
)
def test_words_follow_the_environment(environment, spoken):
    assert language(environment) == spoken


@pytest.mark.both
def test_a_refusal_exits_2_and_says_what_and_what_to_do(private_database, tmp_path):
    done = lianjie(
        private_database, "settle", tmp_path / "no.xlsx", "--out", tmp_path / "out", LC_ALL="zh_CN.UTF-8"
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert "没有文件" in done.stderr
    assert "no.xlsx" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_wrong_word_exits_2_with_the_usage(tmp_path):
    done = lianjie(str(tmp_path / "x.sqlite3"), "settel")
    assert done.returncode == 2
    assert "settle" in done.stderr


@pytest.mark.both
@pytest.mark.parametrize(
    ("name", "password", "words"),
    [("wang-wu", "123", "too easy to guess"), ("wang-wu", "wang-wu1", "too easy to guess")],
)
def test_a_weak_password_makes_no_user(private_database, name, password, words):
    done = lianjie(
        private_database, "user", name, "--role", "administrator", "--area", "53",
        typed=password + "\n", LC_ALL="C",
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert words in done.stderr
    assert rows_of(private_database, "SELECT count(*) FROM auth_user") == [(0,)]


@pytest.mark.both
def test_migrate_brings_an_empty_database_up_to_date(private_database, tmp_path, engine):
    address = str(tmp_path / "new.sqlite3") if engine == "sqlite" else private_database
    assert lianjie(address, "migrate").returncode == 0
    assert lianjie(address, "migrate").returncode == 0
    assert rows_of(address, "SELECT count(*) FROM facts_party") == [(0,)]
