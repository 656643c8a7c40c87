"""The journal for outside tools, judged by the tools themselves."""

import subprocess
from datetime import date
from pathlib import Path

from beancount import loader
from hypothesis import given, settings
from hypothesis import strategies as st

from lianjie.ledger.documents.beancount import beancount_text
from lianjie.ledger.documents.hledger import hledger_text
from lianjie.ledger.rules.accounts import read_chart
from lianjie.ledger.rules.entry import Entry, Posting

PARAMETERS = Path(__file__).resolve().parents[3] / "lianjie" / "ledger" / "parameters"
CHART = read_chart((PARAMETERS / "chart-coop-2023.toml").read_text(encoding="utf-8"))
PEDANTIC = 'plugin "beancount.plugins.pedantic"\nplugin "beancount.plugins.check_closing"\n'

accounts = st.sampled_from(["102", "121", "301", "332", "332.1", "332.2", "322.welfare", "222", "221", "401"])
party_codes = st.sampled_from(
    ["", "", "H1", "h-2", "COOP-H3", "General", "Goods", "王家", "a:b;c", "X-1", "甲  乙"]
)
goods = st.sampled_from(["", "", "apple", "黄芪", "cny", "CNY", "G 1"])
texts = st.sampled_from(["Delivery", "", 'quote " and \\', "a ; b | c", "line\nbreak", "按交易量返还"])


@st.composite
def entries(draw):
    """Balanced entries in money and goods; sources differ, everything else may be the same."""
    found = []
    for number in range(draw(st.integers(0, 12))):
        postings = []
        for good in draw(st.lists(goods, min_size=1, max_size=3, unique=True)):
            lines = draw(st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=4))
            for amount in (*lines, -sum(lines)):
                postings.append(Posting(draw(accounts), amount, draw(party_codes), good))
        day = date(2025, 1, draw(st.integers(1, 28)))
        found.append(Entry(f"delivery:{number}/甲 x", day, draw(texts), tuple(postings)))
    return found


def hledger(text: str, folder: Path, *command: str) -> subprocess.CompletedProcess:
    path = folder / "books.journal"
    path.write_text(text, encoding="utf-8")
    return subprocess.run(
        ["hledger", "-f", str(path), *command],
        capture_output=True,
        text=True,
        env={"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin:/usr/local/bin"},
    )


@settings(max_examples=40, deadline=None)
@given(entries())
def test_hledger_accepts_any_entries_strictly(tmp_path_factory, rows):
    text = hledger_text(rows, CHART, "zh-Hans")
    done = hledger(text, tmp_path_factory.mktemp("h"), "check", "-s", "ordereddates")
    assert (done.returncode, done.stderr) == (0, ""), text


@settings(max_examples=60, deadline=None)
@given(entries())
def test_beancount_accepts_any_entries_with_the_pedantic_plugins(rows):
    text = PEDANTIC + beancount_text(rows, CHART, "zh-Hans", title="合作社")
    _, errors, _ = loader.load_string(text)
    assert errors == [], text


def settlement_of(households: int) -> list[Entry]:
    lines = [Posting("222", -(100 + n), f"COOP-H{n:03d}") for n in range(households)]
    total = -sum(line.amount for line in lines)
    return [
        Entry("settlement:2025.1:dividend", date(2026, 3, 1), "Dividend", (Posting("332.1", total), *lines)),
        Entry("delivery:1", date(2025, 3, 1), "Delivery", (Posting("121", 5), Posting("102", -5))),
    ]


def test_hledger_adds_up_what_each_household_is_owed(tmp_path):
    text = hledger_text(settlement_of(300), CHART, "zh-Hans")
    assert hledger(text, tmp_path, "check", "-s", "ordereddates").returncode == 0
    one = hledger(text, tmp_path, "bal", "COOP-H042", "-O", "csv", "-N").stdout
    assert one == '"account","balance"\n"Liabilities:222 应付剩余盈余:COOP-H042","-1.42 CNY"\n'


def test_hledger_notices_a_changed_amount(tmp_path):
    text = hledger_text(settlement_of(3), CHART, "en")
    assert "3.03 CNY" in text
    done = hledger(text.replace("3.03 CNY", "3.04 CNY", 1), tmp_path, "check", "-s")
    assert done.returncode != 0


def test_an_entry_is_written_so_that_a_person_can_read_it():
    rows = settlement_of(1)[:1]
    assert "2026-03-01 Dividend\n    ; source:settlement:2025.1:dividend\n" in hledger_text(
        rows, CHART, "zh-Hans"
    )
    text = beancount_text(rows, CHART, "zh-Hans")
    assert (
        '2026-03-01 * "Dividend" ^settlement/2025.1/dividend\n'
        '  source: "settlement:2025.1:dividend"\n'
        "  Equity:332:332-1            1.00 CNY\n"
        "  Liabilities:222:COOP-H000  -1.00 CNY"
    ) in text


def test_the_same_entries_give_the_same_text():
    assert hledger_text(settlement_of(9), CHART, "en") == hledger_text(settlement_of(9), CHART, "en")
    assert beancount_text(settlement_of(9), CHART, "en") == beancount_text(settlement_of(9), CHART, "en")
