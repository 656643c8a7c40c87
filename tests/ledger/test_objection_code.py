"""A statement's code on both databases: it opens one party's lines, tells nothing, and shuts. S4."""

from datetime import date, timedelta

import pytest

from lianjie.facts.models import Act, Party
from lianjie.ledger.actions import carrying_out, objection, objection_code, settlement
from lianjie.ledger.models import StatementCode
from lianjie.ledger.queries import objections
from lianjie.ledger.rules import flow
from lianjie.ledger.rules import objection as rules
from tests.ledger import coop
from tests.ledger.coop import AT
from tests.ledger.test_settlement_way import WHO, disclosed, row

pytestmark = [pytest.mark.both, pytest.mark.mission("S4")]
HERE = "198.51.100.7"


def try_(code, pin, *, address=HERE, at=AT):
    return objection_code.open_by(code, pin, address=address, at=at)


def test_every_recipient_has_a_code_of_its_own_and_only_it_opens_its_lines():
    made = coop.make()
    done = disclosed(made)
    found = objection_code.printed(done.id)
    assert set(found) == {"COOP-H1", "COOP-H2", "COOP-H3", "COOP-H4"}
    assert len({each.code for each in found.values()}) == 4
    mine = found["COOP-H1"]
    door = try_(rules.grouped(mine.code).lower(), mine.pin)
    assert (door.settlement_id, door.party_id) == (done.id, Party.objects.get(code="COOP-H1").pk)
    for stored in StatementCode.objects.all():
        assert mine.code.encode() not in bytes(stored.sealed)
        assert mine.pin.encode() not in bytes(stored.sealed)
    with pytest.raises(rules.CodeDoesNotFit):
        try_(mine.code, found["COOP-H2"].pin)
    with pytest.raises(rules.CodeDoesNotFit):
        try_("0000-0000-0000", mine.pin)


def test_after_five_wrong_numbers_a_code_shuts_for_half_an_hour_even_for_the_right_one():
    done = disclosed(coop.make())
    mine = objection_code.printed(done.id)["COOP-H1"]
    wrong = "000000" if mine.pin != "000000" else "111111"
    for turn in range(5):
        with pytest.raises(rules.CodeDoesNotFit):
            try_(mine.code, wrong, address=f"198.51.100.{turn}")
    with pytest.raises(rules.TriedTooOften):
        try_(mine.code, mine.pin, address="203.0.113.1")
    other = objection_code.printed(done.id)["COOP-H2"]
    assert try_(other.code, other.pin)
    assert try_(mine.code, mine.pin, at=AT + timedelta(minutes=31))


def test_a_code_nobody_has_shuts_like_any_other():
    disclosed(coop.make())
    refusals = []
    for _ in range(6):
        with pytest.raises((rules.CodeDoesNotFit, rules.TriedTooOften)) as caught:
            try_("ZZZZ-ZZZZ-ZZZZ", "123456")
        refusals.append(type(caught.value))
    assert refusals == [rules.CodeDoesNotFit] * 5 + [rules.TriedTooOften]


def test_one_address_cannot_try_code_after_code():
    disclosed(coop.make())
    for turn in range(40):
        with pytest.raises(rules.CodeDoesNotFit):
            try_(f"ZZZZ-ZZZZ-{turn:04d}", "123456")
    with pytest.raises(rules.TriedTooOften):
        try_("ZZZZ-ZZZZ-9999", "123456")


def test_a_new_code_shuts_the_old_one_and_is_noted():
    done = disclosed(coop.make())
    before = objection_code.printed(done.id)["COOP-H1"]
    home = Party.objects.get(code="COOP-H1").pk
    objection_code.issue_anew(done, home, reason="对账单遗失", **WHO)
    after = objection_code.printed(done.id)["COOP-H1"]
    with pytest.raises(rules.CodeDoesNotFit):
        try_(before.code, before.pin)
    assert try_(after.code, after.pin).party_id == home
    noted = Act.objects.get(verb="settle:new-code")
    assert noted.text == "对账单遗失"
    assert after.code not in str(noted.after)


def test_a_withdrawn_settlement_opens_nothing_and_an_old_code_neither():
    made = coop.make()
    mine = objection_code.printed(disclosed(made).id)["COOP-H1"]
    with pytest.raises(rules.CodeDoesNotFit):
        try_(mine.code, mine.pin, at=AT + timedelta(days=400))
    settlement.withdraw(row(made), reason="重算", **WHO)
    with pytest.raises(rules.CodeDoesNotFit):
        try_(mine.code, mine.pin)


def test_booking_over_an_open_objection_takes_a_name_and_a_reason_that_stay():
    made = coop.make()
    done = disclosed(made)
    home = Party.objects.get(code="COOP-H1").pk
    number = settlement.object_to(done, home, "少了一天", **WHO)
    objection.take_up(number, person_name="孙监事", **WHO)
    assert objections.standing(done.id, AT.date())[number].state == "looked_at"
    settlement.decide_by(done, coop.resolved(made), **WHO)
    with pytest.raises(flow.ObjectionsOpen):
        carrying_out.post(row(made), day=date(2026, 2, 2), **WHO)
    with pytest.raises(rules.PassedOverUnnamed):
        objection.pass_over(number, person_name="郭理事长", reason=" ", **WHO)
    objection.pass_over(number, person_name="郭理事长", reason="磅单已由三方核对", **WHO)
    with pytest.raises(rules.NothingToPassOver):
        objection.pass_over(number, person_name="郭理事长", reason="再次", **WHO)
    assert carrying_out.post(row(made), day=date(2026, 2, 2), **WHO) > 0
    standing = objections.standing(done.id, AT.date())[number]
    assert (standing.state, standing.passed_by) == ("passed_over", "郭理事长")
    assert objections.overdue(done.id, AT.date() + timedelta(days=30)), "late until it is answered"
    settlement.answer(number, outcome="explained", text="已核对", person_name="孙监事", **WHO)
    assert objections.standing(done.id, AT.date())[number].state == "answered"
    assert {"settle:take-up", "settle:pass-over"} <= set(Act.objects.values_list("verb", flat=True))
