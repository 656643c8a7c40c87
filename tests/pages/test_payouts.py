"""Money out on the pages: two people, a file, an answer; accounts never shown in full. S1, S4."""

from datetime import date

import pytest

from lianjie.facts.models import BankAccount
from lianjie.ledger.actions import journal, payouts
from lianjie.ledger.models import PayoutLine
from lianjie.ledger.queries import payables
from lianjie.ledger.rules import booking
from lianjie.pages import payouts as pages
from tests.pages.world import AT, World

pytestmark = [pytest.mark.django_db, pytest.mark.mission("S1")]
NUMBER = "6228480000000000123"


def owe(world: World, fen: int = 123_456) -> None:
    made = booking.rent("rent:Z1:2026", date(2026, 1, 15), world.home.code, True, fen)
    assert made
    journal.book(world.coop.pk, [made], at=AT, by=None)


def account(reads, world: World, party: str, holder: str, number: str) -> None:
    at = f"/o/{world.coop.code}/accounts/"
    given = {"party": party, "holder": holder, "bank": "农村信用社", "number": number, "day": "2026-01-01"}
    assert reads("chen").post(f"{at}new/", given).status_code == 302
    key = BankAccount.objects.get(party__code=party).key
    assert reads("guo").post(f"{at}{key}/rule/", {"verdict": "approved"}).status_code == 302


def test_from_what_is_owed_to_what_is_paid(world, reads):
    owe(world)
    account(reads, world, world.coop.code, world.coop.name, "53050161508600000123")
    account(reads, world, world.home.code, world.home.name, NUMBER)
    at = f"/o/{world.coop.code}/payouts/"
    chen, guo = reads("chen"), reads("guo")
    given = {"purpose": "rent", "method": "bank", "layout": "text-comma", "day": "2026-02-05"}
    assert chen.post(f"{at}new/", given)["location"] == f"{at}1/"
    assert "1,234.56" in chen.get(at).content.decode()
    page = chen.get(f"{at}1/").content.decode()
    assert NUMBER not in page
    assert "****0123" in page
    assert 'value="approved"' not in page, "the maker is not asked"
    assert chen.post(f"{at}1/rule/", {"verdict": "approved"}).status_code == 403
    refused = guo.post(f"{at}1/rule/", {"verdict": "rejected"})
    assert refused.status_code == 422
    assert "A rejection needs its reason." in refused.content.decode()
    assert guo.post(f"{at}1/rule/", {"verdict": "approved"}).status_code == 302
    for wanted in ("csv", "xlsx"):
        assert NUMBER.encode() not in b"".join(chen.get(f"{at}1/?as={wanted}"))
    told = chen.get(f"/api{at}1/")
    assert NUMBER not in told.content.decode()
    assert [(each["fen"], each["account_end"]) for each in told.json()["lines"]] == [(123_456, "0123")]
    assert chen.get(f"/api{at}").json()["rows"][0]["total_fen"] == 123_456
    assert PayoutLine.objects.get().state == "waiting"
    assert payables.items(world.coop.pk, "rent") == []


def test_every_payment_of_a_long_batch_is_reached(world, reads, monkeypatch):
    monkeypatch.setattr(pages, "SHOWN", 1)
    for home in (world.home, world.neighbour):
        made = booking.rent(f"rent:{home.code}:2026", date(2026, 1, 15), home.code, True, 5_000)
        assert made
        journal.book(world.coop.pk, [made], at=AT, by=None)
    at, chen = f"/o/{world.coop.code}/payouts/", reads("chen")
    chen.post(f"{at}new/", {"purpose": "rent", "method": "cash", "day": "2026-02-05"})
    lines = PayoutLine.objects.order_by("identity")
    assert len(lines) == 2
    first, last = (chen.get(f"{at}1/{more}").content.decode() for more in ("", f"?after={lines[0].identity}"))
    assert lines[0].party.name in first
    assert lines[1].party.name not in first
    assert f"after={lines[0].identity}" in first
    assert lines[1].party.name in last
    assert 'rel="next"' not in last


def test_an_account_that_cannot_be_is_refused_beside_the_form(world, reads):
    at = f"/o/{world.coop.code}/accounts/new/"
    given = {"party": world.home.code, "holder": "别人", "bank": "x", "number": NUMBER, "day": "2026-01-01"}
    refused = reads("chen").post(at, given)
    assert refused.status_code == 422
    assert "no one of that name" in refused.content.decode()
    assert not BankAccount.objects.exists()


def test_a_file_with_account_numbers_is_for_whoever_pays(world, reads):
    owe(world)
    made = payouts.make(world.coop.pk, purpose="rent", method="cash", day=date(2026, 2, 5), at=AT, by=None)
    assert reads("chen").post(f"/o/{world.coop.code}/payouts/{made.number}/file/").status_code == 403
    assert reads("luo").post(f"/o/{world.coop.code}/payouts/{made.number}/file/").status_code == 403
