"""The konjac village's books, kilograms and hens included, judged by hledger and beancount. L4, S2."""

from datetime import date

import pytest
from beancount import loader

from lianjie.facts.queries import parties
from lianjie.ledger.documents.beancount import beancount_text
from lianjie.ledger.documents.hledger import hledger_text
from lianjie.ledger.queries import balances, journal
from lianjie.project.demo import in_kind
from tests.ledger.documents.test_journal_text import PEDANTIC, hledger

pytestmark = [pytest.mark.both, pytest.mark.slow, pytest.mark.mission("L4", "S2")]


UNITS = {in_kind.HENS: "piece", in_kind.EGGS: "piece"}


@pytest.fixture
def books():
    in_kind.add(lambda line: None)
    in_kind.add(lambda line: None)
    return list(journal.records(parties.organisation(in_kind.CODE).id))


def test_hledger_counts_the_same_kilograms(books, tmp_path):
    text = hledger_text(books, balances.chart(), "zh-Hans", units=UNITS)
    checked = hledger(text, tmp_path, "check", "-s", "ordereddates")
    assert (checked.returncode, checked.stderr) == (0, "")
    seed = hledger(
        text, tmp_path, "balance", "成员往来", "cur:魔芋种芋", "-e", "2025-11-21", "--depth", "2", "-N"
    )
    owed = sum(
        posting.amount
        for entry in books
        for posting in entry.postings
        if entry.day < date(2025, 11, 21) and (posting.account, posting.good) == ("114", in_kind.SEED)
    )
    assert owed > 0
    assert f"{owed / 1000:.3f}" in seed.stdout.replace(" ", "").replace(",", ""), seed.stdout
    assert '500.0000 "鸡蛋"' in text, "eggs are counted in pieces"


def test_beancount_accepts_them(books):
    text = beancount_text(books, balances.chart(), "zh-Hans", units=UNITS)
    _, errors, _ = loader.load_string(PEDANTIC + text)
    assert errors == []
