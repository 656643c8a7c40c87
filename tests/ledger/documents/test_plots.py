"""The plot of gains and losses: a picture that also speaks."""

import xml.etree.ElementTree as ET

import pytest

from lianjie.ledger.documents.plots import Change, changes, gains_svg, summary

SVG = "{http://www.w3.org/2000/svg}"
BEFORE = {"A": 100_00, "B": 50_00, "C": 10_00}
AFTER = {"A": 90_00, "B": 80_05, "C": 10_00}
NAMES = {"A": "王䶮", "B": "李<b>&", "C": "赵"}


def test_changes_are_sorted_by_gain():
    assert [(each.code, each.gain_fen) for each in changes(BEFORE, AFTER, NAMES)] == [
        ("B", 3005),
        ("C", 0),
        ("A", -1000),
    ]
    assert changes({"A": 5}, {"B": 7}, {})[0] == Change("B", "B", 0, 7)


def test_the_summary_says_what_the_picture_shows():
    assert summary(changes(BEFORE, AFTER, NAMES)) == (
        "1 gain, 1 lose, 1 stay the same. Most gained: +30.05 yuan (李<b>&); most lost: −10.00 yuan (王䶮)."
    )
    assert summary(()) == "Nobody is listed."


@pytest.mark.parametrize("households", [0, 1, 3, 41, 300])
def test_any_number_of_households_gives_a_described_picture_without_script_or_style(households):
    before = {f"H{n}": 1000 + n for n in range(households)}
    after = {f"H{n}": 1000 + n * (n % 7 - 3) for n in range(households)}
    text = gains_svg(changes(before, after, {}))
    picture = ET.fromstring(text)
    assert picture.find(f"{SVG}title").text == "Who gains and who loses"
    assert picture.find(f"{SVG}desc").text == summary(changes(before, after, {}))
    assert "<script" not in text
    assert "style=" not in text


def test_each_bar_has_its_name_and_its_signed_figure():
    text = gains_svg(changes(BEFORE, AFTER, NAMES, {"A": "一村"}))
    texts = ["".join(each.itertext()) for each in ET.fromstring(text).iter(f"{SVG}text")]
    for wanted in ("王䶮  一村", "李<b>&", "+30.05", "−10.00"):
        assert any(wanted.replace("  ", " ") in each.replace("  ", " ") for each in texts), wanted


def test_the_same_changes_give_the_same_picture():
    rows = changes(BEFORE, AFTER, NAMES)
    assert gains_svg(rows) == gains_svg(rows)
