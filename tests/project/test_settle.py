"""`lianjie settle` with every demonstration co-op: its files, and hledger and beancount accept its books."""

import hashlib
import json
import subprocess
from pathlib import Path

import pytest
from openpyxl import load_workbook

from lianjie.facts import workbook
from lianjie.ledger import standard_plans
from lianjie.project.demo import apple, collective, herb, land
from tests.project.test_cli import lianjie
from tests.support.databases import PYTHON
from tests.support.programs import program

pytestmark = pytest.mark.mission("S1", "S2", "S3", "S4")

COOPS = {"fund_shares": herb, "patronage": apple, "collective": collective, "land_shares": land}
PEDANTIC = 'plugin "beancount.plugins.pedantic"\n'


def settle(folder: Path, name: str) -> tuple[Path, subprocess.CompletedProcess[str]]:
    coop = COOPS[name]
    book, plan, out = folder / f"{coop.CODE}.xlsx", folder / f"{name}.toml", folder / "out"
    if not book.exists():
        workbook.export(coop.book(2025), book)
    plan.write_text(standard_plans.text(name), "utf-8")
    done = lianjie(
        str(folder / "unused.sqlite3"), "settle", book, "--out", out, "--plan", plan, "--json",
        LC_ALL="zh_CN.UTF-8",
    )  # fmt: skip
    return out, done


def digests(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.parametrize("name", COOPS)
def test_every_paper_is_written_and_the_books_are_accepted(name, tmp_path):
    out, done = settle(tmp_path, name)
    assert done.returncode == 0, done.stderr
    assert "正在核对工作簿" in done.stderr
    printed = json.loads(done.stdout)
    assert printed == json.loads((out / "settlement.json").read_text("utf-8"))
    first = digests(out)
    assert {"allotments.xlsx", "statements.pdf", "notice.pdf", "notice.png", "journal.hledger"} <= set(first)
    people = len(COOPS[name].book(2025).members)
    assert len([path for path in first if path.startswith("statements/")]) >= people
    assert not (tmp_path / "unused.sqlite3").exists()

    checked = subprocess.run(
        [program("hledger"), "-f", out / "journal.hledger", "check", "-s"],
        env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin:/usr/local/bin"},
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stderr
    pedantic = out.parent / "pedantic.beancount"
    pedantic.write_text(PEDANTIC + (out / "journal.beancount").read_text("utf-8"), "utf-8")
    checked = subprocess.run(
        [PYTHON, "-m", "beancount.scripts.check", pedantic], capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr

    if name == "collective":
        settle(tmp_path, name)
        assert digests(out) == first


def test_without_a_plan_the_standard_one_of_its_kind_is_used(tmp_path):
    book = tmp_path / "apple.xlsx"
    workbook.export(apple.book(2025), book)
    done = lianjie(
        str(tmp_path / "unused.sqlite3"), "settle", book, "--out", tmp_path / "out", LC_ALL="zh_CN.UTF-8"
    )
    assert done.returncode == 0, done.stderr
    assert (
        json.loads((tmp_path / "out" / "settlement.json").read_text("utf-8"))["plan"]["code"] == "patronage"
    )


def test_a_refused_workbook_comes_back_with_its_reasons_and_nothing_else(tmp_path):
    book = tmp_path / "broken.xlsx"
    workbook.export(apple.book(2025), book)
    opened = load_workbook(book)
    sheet = opened["交售"]
    weight = next(cell for cell in sheet[1] if "重量" in str(cell.value))
    sheet.cell(5, weight.column).value = "很多"
    opened.save(book)
    done = lianjie(
        str(tmp_path / "unused.sqlite3"), "settle", book, "--out", tmp_path / "out", LC_ALL="zh_CN.UTF-8"
    )
    assert done.returncode == 2
    assert "交售" in done.stderr
    assert "很多" in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["broken-reasons.xlsx"]
    reasons = load_workbook(tmp_path / "out" / "broken-reasons.xlsx")["交售"]
    assert any("很多" in str(cell.value) for cell in reasons[5] if cell.column > weight.column)
