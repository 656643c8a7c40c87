"""Every act is noted with who and from where; a seal shows any later change, whoever makes it. S4, R1."""

import threading
from datetime import UTC, date, datetime

import psycopg
import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from lianjie.base.acting import Acting, as_acting
from lianjie.facts.actions import roles, seal, stock
from lianjie.facts.actions.enter import SourceGiven
from lianjie.facts.actions.seal import Break, ChainBroken
from lianjie.facts.actions.stock import Books, Receiving
from lianjie.facts.models import Act, Assignment, Lot, Seal, Source
from lianjie.facts.queries import audit
from lianjie.facts.rules.acts import VERBS
from lianjie.facts.rules.in_kind import Goods
from lianjie.ledger.actions.posting import post
from lianjie.project.settings import PACKAGE
from tests.ledger import coop
from tests.support.databases import without_triggers

pytestmark = pytest.mark.both
AT = datetime(2026, 11, 1, 8, tzinfo=UTC)


def receive(books: Books, number: str, kg: int = 5) -> None:
    stock.receive(Receiving(number, date(2026, 2, 1), Goods("魔芋种芋", "kg", kg * 1000), "granted"), books)


@pytest.fixture
def books() -> Books:
    return Books(coop.make().pk, SourceGiven("page", "stock"), AT, None, post)


def change(statement: str, *values: object) -> None:
    """What somebody with the database's password could do."""
    if connection.vendor == "sqlite":
        with without_triggers(connection), connection.cursor() as cursor:
            cursor.execute(statement, values)
        return
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement, values)
        cursor.execute("SET session_replication_role = DEFAULT")


def test_an_act_says_who_and_from_where(books):
    chen = get_user_model().objects.create_user("chen")
    with as_acting(Acting(chen.pk, "page", "10.0.0.7", "Browser")):
        receive(books, "L1")
    row = audit.page(books.organisation_id).rows[0]
    assert (row.verb, row.who, row.address, row.device) == ("enter", "chen", "10.0.0.7", "Browser")
    assert Lot.objects.get().source.acts.get().pk == row.id


def test_what_changes_in_place_is_kept_before_and_after(books):
    get_user_model().objects.create_user("guo")
    place = {"organisation_id": books.organisation_id, "organisation": "COOP"}
    roles.give_role("guo", "chair", party="", start_day=date(2026, 1, 1), last_day=None, **place)
    given = Assignment.objects.get()
    assert roles.end_role(given.pk, organisation_id=books.organisation_id, day=date(2026, 6, 1))
    ended = audit.page(books.organisation_id).rows[0]
    assert ("until", "", "2026-06-01") in ended.changes


def test_a_seal_holds_until_a_row_is_changed(books):
    receive(books, "L1")
    assert seal.seal() is not None
    assert seal.seal() is None, "nothing new, nothing sealed"
    receive(books, "L2")
    seal.seal()
    assert seal.verify() == []
    change("UPDATE facts_lot SET quantity = quantity + 1 WHERE key = %s", "L2")
    assert seal.verify() == [Break(2, "facts_lot", "rows changed")]
    with pytest.raises(ChainBroken, match="facts_lot"):
        seal.check()


def test_a_seal_outlives_a_column_of_a_later_version(books):
    receive(books, "L1")
    seal.seal()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE facts_lot ADD COLUMN later integer DEFAULT 7 NOT NULL")
    assert seal.verify() == []
    change("UPDATE facts_lot SET quantity = quantity + 1 WHERE key = %s", "L1")
    assert seal.verify() == [Break(1, "facts_lot", "rows changed")]


def test_a_row_taken_out_is_missed(books):
    receive(books, "L1")
    receive(books, "L2")
    seal.seal()
    change("DELETE FROM ledger_posting WHERE id = (SELECT MIN(id) FROM ledger_posting)")
    assert Break(1, "ledger_posting", "rows missing") in seal.verify()


def test_a_chain_made_anew_does_not_fit(books):
    for number in ("L1", "L2", "L3"):
        receive(books, number)
        seal.seal()
    change("UPDATE facts_seal SET digest = %s WHERE number = 2", "0" * 64)
    assert {each.seal for each in seal.verify()} == {2, 3}
    change("DELETE FROM facts_seal WHERE number = 1")
    assert any(each.what == "chain" for each in seal.verify())


@pytest.mark.postgresql  # SQLite has one writer at a time: nothing can be on its way
@pytest.mark.django_db(transaction=True)
def test_a_row_still_being_written_is_waited_for(books):
    """Numbers are given before commit: without waiting, the row below would never be sealed."""
    to = connection.settings_dict
    other = psycopg.connect(
        host=to["HOST"], port=to["PORT"], user=to["USER"], password=to["PASSWORD"], dbname=to["NAME"]
    )
    other.execute(
        "INSERT INTO facts_source (kind, name, sha256, received_at) VALUES ('page', 'slow', '', now())"
    )
    receive(books, "L1")

    def sealing() -> None:
        try:
            seal.seal()
        finally:
            connection.close()

    thread = threading.Thread(target=sealing)
    thread.start()
    thread.join(0.5)
    assert thread.is_alive(), "it waits for the writer"
    other.commit()
    other.close()
    thread.join(20)
    _start, _end, count, *_ = Seal.objects.get().ranges["facts_source"]
    assert count == Source.objects.count() >= 2


def test_every_verb_has_words():
    import re

    told = set()
    for path in PACKAGE.rglob("*.py"):
        told |= set(re.findall(r'\bnote\(\s*"([a-z:-]+)"', path.read_text("utf-8")))
    assert told <= set(VERBS), "enter the new verb in facts/rules/acts.py"
    assert {f"settle:{act}" for act in ("draft", "disclose", "post", "pay")} <= set(VERBS)
    assert Act._meta.get_field("verb").max_length >= max(map(len, VERBS))
