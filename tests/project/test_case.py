"""`lianjie case FOLDER`, as an accountant runs it."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.mission("S1")


def lianjie(*arguments: object, lang: str = "en"):
    command = [sys.executable, "-m", "lianjie", "case", *map(str, arguments)]
    environment = {"LANG": f"{lang}.UTF-8", "PATH": "/usr/bin:/bin"}
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False)


def test_a_case_is_shown_step_by_step():
    done = lianjie(ROOT / "cases" / "SX-BEICAI-27-10")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert "Equal dividend by shares: 47,617.98" in lines
    assert "    FAM4 四口之家: 232.00" in lines
    assert "    reserve fund: -0.02" in lines


def test_a_case_speaks_chinese_and_names_the_contradiction():
    done = lianjie(ROOT / "cases" / "NM-GAOFENG-1838", lang="zh_CN")
    assert "按出资分红: 260,000.00" in done.stdout
    assert "rate_pct" in done.stdout
    assert "13.83" in done.stdout


def test_each_version_of_a_rule_is_run_with_its_own_input():
    done = lianjie(ROOT / "cases" / "GS-LIUJIAPU-PV", "--json")
    assert [json.loads(line)["version"] for line in done.stdout.splitlines()] == ["2018", "2019-06"]


def test_a_case_without_its_input_is_refused(tmp_path):
    shutil.copy(ROOT / "cases" / "SX-BEICAI-27-10" / "plan.toml", tmp_path)
    done = lianjie(tmp_path)
    assert done.returncode == 2
    assert "There is no file" in done.stderr
    assert "input.toml" in done.stderr
