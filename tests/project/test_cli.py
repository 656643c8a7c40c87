"""The command line as a person runs it: a process of its own, exit codes, words by LANG."""

import re
import socket
import subprocess
import urllib.request

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


def test_a_port_in_use_is_refused_before_anything_is_built(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = lianjie(str(tmp_path / "x.sqlite3"), "demo", "--port", port, LC_ALL="zh_CN")
    assert done.returncode == 2
    assert f"端口 {port}" in done.stderr
    assert f"--port {port + 1}" in done.stderr
    assert not (tmp_path / "x.sqlite3").exists()


@pytest.mark.both
def test_serve_answers_with_its_pages_and_styles(private_database):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    serving = subprocess.Popen(
        [PYTHON, "-m", "lianjie", "serve", "--port", str(port)],
        env=child_environment(private_database, LC_ALL="C"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert serving.stderr is not None
        assert any(f":{port}/" in line for line in serving.stderr)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as page:
            assert page.status == 200
            assert "Content-Security-Policy" in page.headers
            style = re.search(r'href="(/static/[^"]+[.]css[^"]*)"', page.read().decode())
        assert style, "the page names its style"
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{style.group(1)}") as css:
            assert css.headers["Content-Type"].startswith("text/css")
    finally:
        serving.terminate()
        serving.communicate(timeout=20)


@pytest.mark.both
def test_areas_are_imported_and_users_made_with_their_roles(private_database, tmp_path):
    areas = tmp_path / "areas.csv"
    areas.write_text("code,name\n53,云南省\n530325,富源县\n", encoding="utf-8")
    done = lianjie(private_database, "areas", areas, LC_ALL="C")
    assert done.returncode == 0, done.stderr
    assert done.stderr == "2 areas were imported.\n"
    assert "0 areas" in lianjie(private_database, "areas", areas, LC_ALL="C").stderr

    role = ("--role", "supervisor", "--area", "530325")
    assert lianjie(private_database, "grant", "zhao-liu", *role).returncode == 2
    done = lianjie(private_database, "user", "zhao-liu", *role, typed="a long-enough one\n")
    assert done.returncode == 0, done.stderr
    assert lianjie(private_database, "user", "zhao-liu", *role, typed="x\n").returncode == 2
    assert lianjie(private_database, "grant", "zhao-liu", "--role", "chair", "--area", "53").returncode == 0
    assert rows_of(
        private_database,
        "SELECT u.username, s.role, a.code FROM facts_assignment s JOIN auth_user u ON u.id = s.user_id "
        "JOIN facts_area a ON a.id = s.area_id ORDER BY a.code",
    ) == [("zhao-liu", "chair", "530000000000"), ("zhao-liu", "supervisor", "530325000000")]


@pytest.mark.both
def test_a_role_for_an_unknown_area_leaves_no_user(private_database):
    role = ("--role", "supervisor", "--area", "530325")
    done = lianjie(private_database, "user", "zhao-liu", *role, typed="a long-enough one\n", LC_ALL="C")
    assert done.returncode == 2
    assert "530325" in done.stderr
    assert rows_of(private_database, "SELECT count(*) FROM auth_user") == [(0,)]
