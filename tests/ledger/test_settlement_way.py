"""A settlement's way from draft to closed, on both databases: S1, S3, S4."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction
from django.db.models import Sum

from lianjie.facts.rules.assembly import NoMajority, NoQuorum
from lianjie.ledger.actions import carrying_out, journal, settlement
from lianjie.ledger.models import Allotment, Entry, Posting, Settlement
from lianjie.ledger.queries import balances, settlements
from lianjie.ledger.queries.owed import still_owed
from lianjie.ledger.rules import booking, flow, step_booking
from tests.ledger import coop
from tests.ledger.coop import AT, YEAR

pytestmark = [pytest.mark.both, pytest.mark.mission("S1")]
WHO = {"at": AT, "by": None}


def drafted(made):
    plan = settlements.plans(made.pk)[0]
    return settlement.draft(made.pk, YEAR, plan.id, **WHO)


def row(made):
    found = settlements.latest(made.pk)
    assert found is not None
    return found


def disclosed(made):
    drafted(made)
    for each in settlements.worked(row(made)).open_findings:
        settlement.accept(row(made), each.key, person_name="李会计", reason="例", **WHO)
    settlement.disclose(row(made), day=date(2026, 1, 12), **WHO)
    return row(made)


def posted(made):
    number = f"2026-{settlements.next_round(made.pk, YEAR)}"
    settlement.decide_by(disclosed(made), coop.resolved(made, number=number), **WHO)
    carrying_out.post(row(made), day=date(2026, 2, 2), **WHO)
    return row(made)


def test_a_trial_writes_nothing():
    made = coop.make()
    drafted(made)
    before = Entry.objects.count()
    result = settlements.worked(row(made))
    assert result.outcome.step("reserve").amount_fen == 1_000_000
    assert sum(result.outcome.totals.values()) + 1_000_000 == 10_000_001
    assert Entry.objects.count() == before
    assert not Allotment.objects.exists()


def test_the_whole_way_leaves_books_that_balance():
    made = coop.make()
    done = posted(made)
    assert done.state == "posted"
    assert carrying_out.post(done, day=date(2026, 2, 2), **WHO) == 0
    found = balances.balances(made.pk, date(2027, 1, 1))
    assert sum(found.values()) == 0
    assert found["322"] == -1_000_000
    assert found["221"] + found["222"] == -9_000_001
    assert "332.1" not in found
    assert "332.2" not in found

    due = still_owed(done.id)
    carrying_out.pay(
        done, {each.party_id for each in due}, method="bank", evidence="slip", day=date(2026, 2, 3), **WHO
    )
    with pytest.raises(carrying_out.NothingToPay):
        carrying_out.pay(done, {due[0].party_id}, method="cash", evidence="list", day=date(2026, 2, 3), **WHO)
    carrying_out.mark_paid(row(made), **WHO)
    carrying_out.close(row(made), **WHO)
    found = balances.balances(made.pk, date(2027, 1, 1))
    assert found == {"102": 6_000_000 + 10_000_001 - 9_000_001, "301": -6_000_000, "322": -1_000_000}


def test_who_is_no_member_takes_no_part():
    made = coop.make()
    result = posted(made)
    assert not Allotment.objects.filter(step__settlement_id=result.id, party__code="COOP-H4").exists()


def test_inputs_are_frozen_when_disclosed():
    made = coop.make()
    done = disclosed(made)
    digest = settlements.worked(done).outcome.digest
    journal.book(
        made.pk,
        [booking.rent("rent:late", date(2025, 12, 30), "COOP-H1", True, 5_000)],
        at=AT,
        by=None,
    )
    assert settlements.worked(row(made)).outcome.digest == digest == done.outcome_sha256


def test_a_vote_too_early_or_too_small_is_refused():
    made = coop.make()
    done = disclosed(made)
    with pytest.raises(flow.DisclosedTooShortly):
        settlement.decide_by(done, coop.resolved(made, date(2026, 1, 20), number="early"), **WHO)
    with pytest.raises(NoQuorum):
        coop.resolved(made, present=1, votes_for=1, number="few")
    with pytest.raises(NoMajority):
        settlement.decide_by(done, coop.resolved(made, votes_for=1, number="no"), **WHO)
    typed = flow.Vote(date(2026, 2, 1), members=3, present=3, votes_total=3, votes_for=3)
    with pytest.raises(flow.MembersAreKnown):
        settlement.decide(done, typed, resolution="x", minutes="", **WHO)
    assert row(made).state == "disclosed"


def test_an_open_objection_stops_the_booking():
    made = coop.make()
    done = disclosed(made)
    party = Allotment.objects.filter(party__isnull=False).first().party_id
    objection = settlement.object_to(done, party, "少了一天", **WHO)
    settlement.decide_by(done, coop.resolved(made), **WHO)
    with pytest.raises(flow.ObjectionsOpen):
        carrying_out.post(row(made), day=date(2026, 2, 2), **WHO)
    settlement.answer(objection, outcome="explained", text="已核对", person_name="李会计", **WHO)
    assert carrying_out.post(row(made), day=date(2026, 2, 2), **WHO) > 0


def test_a_booked_settlement_is_corrected_by_reversal_only():
    made = coop.make()
    done = posted(made)
    first = settlements.worked(done).outcome.digest
    with pytest.raises(settlement.OneIsOpen):
        drafted(made)
    carrying_out.reverse(done, day=date(2026, 3, 1), reason="称重单重复", **WHO)
    found = balances.balances(made.pk, date(2027, 1, 1))
    assert sum(found.values()) == 0
    assert found["501"] == -(10_000_001 + 5_000_000)
    again = posted(made)
    assert again.round == 2
    assert settlements.worked(again).outcome.digest == first


def test_the_database_itself_refuses_to_change_what_is_booked():
    made = coop.make()
    done = posted(made)
    for change in (
        lambda: Allotment.objects.filter(step__settlement_id=done.id).update(amount_fen=1),
        lambda: Posting.objects.filter(entry__settlement_id=done.id).update(amount_fen=1),
        lambda: Entry.objects.filter(settlement_id=done.id).delete(),
        lambda: Settlement.objects.filter(pk=done.id).update(year=2030),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    total = Posting.objects.filter(entry__settlement_id=done.id).aggregate(Sum("amount_fen"))
    assert total["amount_fen__sum"] == 0


def test_the_preview_shows_the_very_entries_that_are_booked():
    made = coop.make()
    decided = disclosed(made)
    plan = settlements.read_plan(decided.plan.text)
    outcome = settlements.worked(decided).outcome
    steps = step_booking.booked_steps(plan, outcome, settlements.member_codes(decided))
    shown = step_booking.entries(plan, steps, decided.source, date(2025, 12, 31), date(2026, 2, 2))
    settlement.decide_by(decided, coop.resolved(made), **WHO)
    carrying_out.post(row(made), day=date(2026, 2, 2), **WHO)
    booked = {each.source: each for each in Entry.objects.filter(settlement_id=decided.id)}
    for entry in (*shown[0], *shown[1]):
        stored = journal.read(booked[entry.source])
        assert sorted(map(str, stored.postings)) == sorted(map(str, entry.postings))
        assert (stored.day, stored.text) == (entry.day, entry.text)
