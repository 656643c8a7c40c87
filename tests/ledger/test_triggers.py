"""The books balance and stay shut, whoever writes: triggers on both databases."""

import pytest
from django.db import IntegrityError, connection, transaction

from lianjie.ledger.models import Entry, Posting
from tests.support.fill import fill

pytestmark = [pytest.mark.both, pytest.mark.mission("S1")]


@pytest.fixture
def entry(engine):
    return fill(Entry)


def line(entry: Entry, fen: int = 0, good: str = "", quantity: int = 0) -> Posting:
    return Posting.objects.create(entry=entry, account="101", amount_fen=fen, good=good, quantity=quantity)


def post(entry: Entry) -> None:
    with transaction.atomic():
        Entry.objects.filter(pk=entry.pk).update(posted=True)


def refused(words: str):
    return pytest.raises(IntegrityError, match=words)


def test_a_balanced_entry_is_posted(entry):
    line(entry, 500)
    line(entry, -300)
    line(entry, -200)
    post(entry)
    entry.refresh_from_db()
    assert entry.posted


@pytest.mark.parametrize("off", [1, -1, 10**12])
def test_an_entry_that_does_not_balance_is_refused(entry, off):
    line(entry, 500)
    line(entry, -500 + off)
    with refused("does not balance"):
        post(entry)
    entry.refresh_from_db()
    assert not entry.posted


def test_goods_balance_apart_from_money(entry):
    line(entry, 500)
    line(entry, -500)
    line(entry, good="seed-taro", quantity=10_000)
    with refused("does not balance"):
        post(entry)
    line(entry, good="seed-taro", quantity=-10_000)
    post(entry)


def test_one_good_never_pays_for_another(entry):
    line(entry, good="seed-taro", quantity=10_000)
    line(entry, good="konjac", quantity=-10_000)
    with refused("does not balance"):
        post(entry)


def test_an_empty_entry_is_refused(entry):
    with refused("no postings"):
        post(entry)


def test_a_posted_entry_takes_no_more_lines(entry):
    line(entry, 500)
    line(entry, -500)
    post(entry)
    with refused("is posted; reverse it"), transaction.atomic():
        line(entry, 1)
    assert entry.postings.count() == 2


def test_a_posted_entry_stays_posted(entry):
    line(entry, 500)
    line(entry, -500)
    post(entry)
    with refused("stays posted"), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).update(posted=False)


def test_no_entry_is_born_posted(engine):
    with refused("only after its postings"), transaction.atomic():
        fill(Entry, posted=True)


def test_a_line_is_money_or_one_good(entry):
    for wrong in ({}, {"fen": 1, "good": "taro"}, {"fen": 1, "quantity": 1}, {"good": "taro"}):
        with refused("posting_money_or_good"), transaction.atomic():
            line(entry, **wrong)


def test_a_source_is_booked_once(entry):
    with refused(r"entry_source_once|ledger_entry\.source"), transaction.atomic():
        fill(Entry, organisation=entry.organisation, source=entry.source)


def test_raw_sql_meets_the_same_guard(entry):
    """Nothing of Django stands between: a script with the password is refused too."""
    line(entry, 500)
    with refused("does not balance"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_entry SET posted = %s WHERE id = %s", [True, entry.pk])
