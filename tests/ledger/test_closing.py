"""Closed means closed: S1, S4."""

import json
import threading
import time
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from lianjie.facts.queries.bookable import bookable
from lianjie.facts.rules.handed import DeliveryFact, Handed
from lianjie.ledger.actions import carrying_out, closing, journal, posting
from lianjie.ledger.models import Closing, Entry, Posting
from lianjie.ledger.queries import balances, closings
from lianjie.ledger.rules import closing as rules
from lianjie.ledger.rules.entry import Posting as Line
from lianjie.ledger.rules.entry import entry
from tests.ledger import coop
from tests.ledger.coop import AT
from tests.ledger.test_settlement_way import posted
from tests.support.databases import without_triggers

pytestmark = [pytest.mark.both, pytest.mark.mission("S1", "S4")]
WHO = {"at": AT, "by": None}
TODAY = date(2026, 3, 2)


@pytest.fixture
def made(engine):
    """A co-op whose deliveries and capital are booked."""
    made = coop.make()
    for reference in bookable(made.pk, date(2024, 1, 1), date(2026, 1, 1)):
        line = Line("102", 100), Line("301", -100)
        journal.book(made.pk, [entry(reference, date(2024, 1, 2), "x", *line)], **WHO)
    return made


def close(made, until, reason="x"):
    closing.close(made.pk, until, today=TODAY, reason=reason, **WHO)


def small(source, day):
    return entry(source, day, "x", Line("101", 5), Line("102", -5))


def test_nothing_is_booked_into_a_closed_month(made):
    close(made, date(2025, 7, 1))
    with pytest.raises(rules.PeriodClosed):
        journal.book(made.pk, [small("a", date(2025, 6, 30))], **WHO)
    assert not Entry.objects.filter(source="a").exists()
    journal.book(made.pk, [small("a", date(2025, 7, 1))], **WHO)
    raw = Entry.objects.create(
        organisation=made, day=date(2025, 6, 30), source="raw", text="", content_hash="", recorded_at=AT
    )
    Posting.objects.create(entry=raw, account="101", amount_fen=1)
    Posting.objects.create(entry=raw, account="102", amount_fen=-1)
    with pytest.raises(IntegrityError, match="month is closed"), transaction.atomic():
        Entry.objects.filter(pk=raw.pk).update(posted=True)


def test_another_organisation_is_not_touched(made):
    close(made, date(2025, 7, 1))
    other = coop.make("OTHER")
    journal.book(other.pk, [small("a", date(2025, 6, 30))], **WHO)


def test_months_are_closed_in_order_and_only_when_over(made):
    close(made, date(2025, 7, 1))
    with pytest.raises(rules.ClosedAlready):
        close(made, date(2025, 6, 1))
    with pytest.raises(rules.MonthNotOver):
        close(made, date(2026, 4, 1))
    with pytest.raises(rules.MonthNotOver):
        close(made, date(2025, 9, 2))
    close(made, date(2025, 8, 1))
    assert closings.first_open(made.pk) == date(2025, 8, 1)


def test_what_is_late_is_booked_on_the_first_open_day_with_its_own_day(made):
    close(made, date(2025, 11, 1))
    fact = DeliveryFact("delivery:late", date(2025, 10, 3), "COOP-H1", True, 700)
    give = {"organisation_id": made.pk, "year": 2025, **WHO}
    posting.post("delivery", [Handed(fact)], **give)
    row = Entry.objects.get(source="delivery:late")
    assert (row.day, row.own_day) == (date(2025, 11, 1), date(2025, 10, 3))
    close(made, date(2025, 12, 1))
    posting.post("delivery", [Handed(fact)], **give)
    assert Entry.objects.filter(source="delivery:late").count() == 1, "the same fact again books nothing"
    posting.post("delivery", [Handed(None, reverses="delivery:late")], **give)
    back = Entry.objects.get(source="reversal:delivery:late")
    assert (back.day, back.own_day) == (date(2025, 12, 1), date(2025, 10, 3)), (
        "its own day, not the one it stood on"
    )
    assert balances.differences(made.pk) == []


def test_what_must_be_put_right_stops_a_closing(made):
    Entry.objects.create(
        organisation=made, day=date(2025, 3, 3), source="begun", text="", content_hash="", recorded_at=AT
    )
    with pytest.raises(rules.MustBeSeenTo, match="never posted"):
        close(made, date(2025, 7, 1))
    close(made, date(2025, 3, 1))


def test_a_year_not_settled_is_closed_only_with_a_reason(made):
    with pytest.raises(rules.ClosingNeedsReason):
        close(made, date(2026, 1, 1), reason=" ")
    close(made, date(2026, 1, 1), reason="kept elsewhere")


def test_a_settled_year_is_closed_and_its_reversal_waits_for_a_reopening(made):
    done = posted(made)
    close(made, date(2026, 1, 1), reason="")
    with pytest.raises(rules.PeriodClosed):
        carrying_out.reverse(done, day=date(2026, 3, 1), reason="weighed twice", **WHO)
    closing.reopen(made.pk, date(2025, 12, 1), reason="weighed twice", **WHO)
    carrying_out.reverse(done, day=date(2026, 3, 1), reason="weighed twice", **WHO)
    assert balances.differences(made.pk) == []


def test_a_settled_year_stands_as_the_members_saw_it_though_its_months_are_open(made):
    """A delivery of 2025 taken back in March changed the statements of 2025, settled and paid out."""
    give = {"organisation_id": made.pk, "year": 2025, **WHO}
    posting.post(
        "delivery", [Handed(DeliveryFact("delivery:d9", date(2025, 10, 9), "COOP-H1", True, 7))], **give
    )
    done = posted(made)
    assert closings.first_open(made.pk) is None
    seen = balances.balances(made.pk, date(2026, 1, 1))
    posting.post("delivery", [Handed(None, reverses="delivery:d9")], **give)
    late = DeliveryFact("delivery:late", date(2025, 10, 3), "COOP-H1", True, 700)
    posting.post("delivery", [Handed(late)], **give)
    rows = Entry.objects.filter(source__endswith=":d9", reverses__isnull=False) | Entry.objects.filter(
        source="delivery:late"
    )
    assert sorted(rows.values_list("day", "own_day")) == [
        (date(2026, 1, 1), date(2025, 10, 3)),
        (date(2026, 1, 1), date(2025, 10, 9)),
    ]
    assert balances.balances(made.pk, date(2026, 1, 1)) == seen
    carrying_out.reverse(done, day=date(2026, 3, 1), reason="weighed twice", **WHO)
    posting.post(
        "delivery", [Handed(DeliveryFact("delivery:d8", date(2025, 10, 8), "COOP-H1", True, 7))], **give
    )
    assert Entry.objects.get(source="delivery:d8").day == date(2025, 10, 8), (
        "open again for another settlement"
    )
    assert balances.differences(made.pk) == []


def test_opening_again_is_a_recorded_act_with_a_reason(made):
    with pytest.raises(rules.NotClosed):
        closing.reopen(made.pk, date(2025, 3, 1), reason="x", **WHO)
    close(made, date(2025, 7, 1))
    with pytest.raises(rules.ClosingNeedsReason):
        closing.reopen(made.pk, date(2025, 6, 1), reason="", **WHO)
    closing.reopen(made.pk, date(2025, 6, 1), reason="a slip was found", **WHO)
    journal.book(made.pk, [small("a", date(2025, 6, 30))], **WHO)
    with pytest.raises(rules.PeriodClosed):
        journal.book(made.pk, [small("b", date(2025, 5, 31))], **WHO)
    close(made, date(2025, 7, 1))
    acts = closings.acts(made.pk)
    assert [(act.act, act.until_day.month) for act in acts] == [("close", 7), ("reopen", 6), ("close", 7)]
    months = {month.first: month.closed for month in closings.months(made.pk, acts)}
    assert months[date(2025, 6, 1)].number == 3
    assert months[date(2024, 5, 1)].number == 1
    assert months[date(2025, 12, 1)] is None


def test_the_acts_are_chained_and_what_was_changed_is_found(made):
    close(made, date(2025, 7, 1))
    closing.reopen(made.pk, date(2025, 6, 1), reason="x", **WHO)
    close(made, date(2025, 8, 1))
    assert closings.broken(made.pk) == []
    first, last = Closing.objects.order_by("number")[0], Closing.objects.order_by("number")[2]
    kept = {(account, good): debit for account, good, debit, _ in json.loads(first.content)["balances"]}
    assert kept["102", ""] > 0
    if connection.vendor != "sqlite":
        return
    with without_triggers(connection):
        Closing.objects.filter(pk=first.pk).update(content=first.content.replace("102", "101"))
        assert closings.broken(made.pk) == ["1: hash"]
        Closing.objects.filter(pk=first.pk).update(content=first.content)
        Entry.objects.filter(organisation=made, day__gte=date(2025, 6, 1), day__lt=last.until_day).update(
            content_hash="x"
        )
        Posting.objects.filter(entry__organisation=made, entry__day__lt=last.until_day).update(account="999")
    assert balances.differences(made.pk)


@pytest.mark.postgresql  # SQLite has one writer at a time: no entry is half written while a month is closed
@pytest.mark.django_db(transaction=True)
def test_many_book_while_a_month_is_closed_and_the_closing_holds_to_the_fen(made):
    """Each entry is in the closed month and in its digest, or refused: never in one and not the other."""
    before = set(Entry.objects.values_list("source", flat=True))
    booked: list[list[str]] = [[], [], []]
    refused: list[str] = []
    start = threading.Barrier(4)

    def book(writer: int) -> None:
        start.wait()
        try:
            for number in range(2000):
                source = f"race:{writer}:{number}"
                try:
                    journal.book(made.pk, [small(source, date(2024, 1, 15))], **WHO)
                except (rules.PeriodClosed, rules.ClosedMeanwhile):
                    refused.append(source)
                    return
                else:
                    booked[writer].append(source)
        finally:
            connection.close()

    writers = [threading.Thread(target=book, args=(writer,)) for writer in range(3)]
    for each in writers:
        each.start()
    start.wait()
    while sum(map(len, booked)) < 10:
        time.sleep(0.005)
    try:
        close(made, date(2024, 2, 1))
    finally:
        for each in writers:
            each.join(60)
    posted_ = set(Entry.objects.filter(organisation=made, posted=True).values_list("source", flat=True))
    posted_ -= before
    assert posted_ == {source for some in booked for source in some}
    assert len(refused) == len(writers), "the month was closed while each of them wrote"
    assert closings.broken(made.pk) == []
    assert not balances.differences(made.pk)
    kept = json.loads(Closing.objects.get().content)
    assert {(account, good): debit - credit for account, good, debit, credit in kept["balances"]}[
        "101", ""
    ] == 5 * len(posted_)
