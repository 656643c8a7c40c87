"""Money out: made by one, approved by another, sent once, answered, equal to the books. S1, S4."""

from collections import Counter
from datetime import date, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import DatabaseError, transaction

from lianjie.facts.actions import bank
from lianjie.facts.actions.bank import AccountGiven, OwnWork, RejectedWithoutReason
from lianjie.facts.actions.store import Entry as FactEntry
from lianjie.facts.actions.store import SourceGiven
from lianjie.facts.models import BankAccount, Party, Ruling
from lianjie.facts.queries import bank as accounts
from lianjie.facts.rules.bank import HolderDiffers
from lianjie.ledger import banks
from lianjie.ledger.actions import carrying_out, journal, payouts
from lianjie.ledger.models import Entry, Payout, PayoutBatch, PayoutLine, Posting
from lianjie.ledger.queries import payables, settlements
from lianjie.ledger.queries import payouts as queries
from lianjie.ledger.queries.owed import still_owed
from lianjie.ledger.rules import booking
from lianjie.ledger.rules.entry import Posting as Line
from lianjie.ledger.rules.entry import entry
from lianjie.ledger.rules.payment_file import Payer
from tests.ledger import coop
from tests.ledger.banks.answers import answer
from tests.ledger.coop import AT
from tests.ledger.test_settlement_way import posted

pytestmark = [pytest.mark.both, pytest.mark.mission("S1")]
DAY = date(2026, 2, 5)


class Office:
    """The co-op, the one who makes and the one who checks."""

    def __init__(self) -> None:
        self.coop = coop.make()
        users = get_user_model().objects
        self.maker, self.checker = users.create_user("chen").pk, users.create_user("guo").pk
        self.id = self.coop.pk

    def account(self, code: str, number: str, *, approve: bool = True, holder: str = "") -> BankAccount:
        named = holder or Party.objects.get(code=code).name
        given = AccountGiven(code, named, "农村信用社", number, date(2026, 1, 1))
        made = bank.add_account(FactEntry(self.id, SourceGiven("page", "account"), AT, self.maker), given)
        if approve:
            bank.rule_account(self.id, made.key, verdict="approved", reason="", at=AT, by=self.checker)
        return made

    def accounts(self) -> None:
        self.account("COOP", "53050161508600000123")
        for number, home in enumerate(coop.MEMBERS):
            self.account(f"COOP-{home}", f"622848000000000{number:04d}")

    def rent(self, home: str, fen: int, year: int = 2026) -> None:
        made = booking.rent(f"rent:Z{home}:{year}", date(year, 1, 15), f"COOP-{home}", True, fen)
        assert made
        journal.book(self.id, [made], at=AT, by=None)

    def make(self, purpose: str = "rent", method: str = "bank", **more) -> payouts.Made:
        given = {"layout": "text-comma", "day": DAY, "note": "租金"} | more
        return payouts.make(self.id, purpose=purpose, method=method, at=AT, by=self.maker, **given)

    def approve(self, number: int) -> None:
        payouts.approve(self.id, number, verdict="approved", reason="", at=AT, by=self.checker)

    def send(self, number: int) -> bytes:
        return payouts.export(self.id, number, at=AT, by=self.maker)[1]

    def answer(self, number: int, bad: dict[str, str] | None = None) -> dict[str, int]:
        of = banks.layout(queries.batch(self.id, number).layout)
        row = PayoutBatch.objects.get(organisation_id=self.id, number=number)
        sent = payouts.batch_file(row, Payer("x", "1", "b", ""))
        by_id = {line.identity: line.party_code for line in queries.lines(self.id, number)}
        reasons = {identity: (bad or {})[code] for identity, code in by_id.items() if code in (bad or {})}
        data = answer(of, sent, reasons)
        return dict(payouts.read_answer(self.id, number, data, day=DAY, at=AT, by=self.maker))

    def left(self, account: str) -> int:
        """What left an account, in fen."""
        rows = Posting.objects.filter(
            entry__organisation_id=self.id, account=account, entry__source__startswith="payout:"
        )
        return -sum(rows.values_list("amount_fen", flat=True))


@pytest.fixture
def office() -> Office:
    return Office()


HOMES = list(coop.MEMBERS)


def test_rent_goes_out_in_full_whatever_the_household_owes(office):
    """Land Contracting Law art. 39; interpretation art. 17: no set-off against rent."""
    office.accounts()
    office.rent(HOMES[0], 100_000)
    advance = entry(
        "advance", date(2026, 1, 3), "x", Line("114", 30_000, f"COOP-{HOMES[0]}"), Line("121", -30_000)
    )
    journal.book(office.id, [advance], at=AT, by=None)
    made = office.make()
    assert queries.batch(office.id, made.number).total_fen == 100_000
    office.approve(made.number)
    office.send(made.number)
    assert office.answer(made.number) == {"settled": 1, "failed": 0}
    assert office.left("102") == 100_000
    assert payables.items(office.id, "rent") == []
    assert queries.reconciled(office.id).holds


def test_nobody_approves_their_own_and_a_rejection_is_kept(office):
    office.accounts()
    office.rent(HOMES[0], 5_000)
    number = office.make().number
    with pytest.raises(OwnWork):
        payouts.approve(office.id, number, verdict="approved", reason="", at=AT, by=office.maker)
    with pytest.raises(RejectedWithoutReason):
        payouts.approve(office.id, number, verdict="rejected", reason=" ", at=AT, by=office.checker)
    with pytest.raises(payouts.NotInThisState):
        office.send(number)
    payouts.approve(office.id, number, verdict="rejected", reason="金额不对", at=AT, by=office.checker)
    row = queries.batch(office.id, number)
    assert (row.state, row.ruling.reason) == ("rejected", "金额不对")
    assert Ruling.objects.get(subject=f"{office.id}/payoutbatch:{number}").seen["total_fen"] == 5_000
    assert office.make().number == number + 1, "what was rejected is owed again"


def test_what_failed_is_owed_again_and_comes_back_as_a_new_line(office):
    office.accounts()
    for home in HOMES[:3]:
        office.rent(home, 10_000)
    first = office.make().number
    office.approve(first)
    office.send(first)
    assert office.answer(first, {f"COOP-{HOMES[1]}": "户名不符"}) == {"settled": 2, "failed": 1}
    assert office.answer(first, {f"COOP-{HOMES[1]}": "户名不符"}) == {"settled": 0, "failed": 0}, (
        "read twice, taken once"
    )
    assert [each.fen for each in payables.items(office.id, "rent")] == [10_000]
    with pytest.raises(payouts.NothingToSend):
        office.make()
    office.account(f"COOP-{HOMES[1]}", "6228480000000009999")
    second = office.make().number
    (line,) = queries.lines(office.id, second)
    (failed,) = queries.lines(office.id, first, state="failed")
    assert line.replaces == failed.identity != line.identity
    assert queries.lines(office.id, first, state="failed")[0].replaced_by == line.identity
    office.approve(second)
    office.send(second)
    office.answer(second)
    assert office.left("102") == 30_000
    payouts.close(office.id, first, at=AT, by=office.maker)
    assert queries.reconciled(office.id).holds


def test_a_batch_on_its_way_is_not_made_twice(office):
    office.accounts()
    office.rent(HOMES[0], 10_000)
    office.make()
    with pytest.raises(payouts.NothingToSend):
        office.make()
    with pytest.raises(payouts.NothingToSend):
        office.make(method="cash")


def test_cash_needs_a_receipt_and_is_paid_once(office):
    office.rent(HOMES[0], 10_000)
    number = office.make(method="cash").number
    office.approve(number)
    (line,) = queries.lines(office.id, number)
    how = {"day": DAY, "at": AT, "by": office.maker}
    with pytest.raises(payouts.ReceiptMissing):
        payouts.settle(office.id, number, [line.identity], evidence=" ", **how)
    payouts.settle(office.id, number, [line.identity], evidence="领款单 3 号，按手印", **how)
    with pytest.raises(payouts.LineNotWaiting):
        payouts.settle(office.id, number, [line.identity], evidence="again", **how)
    assert office.left("101") == 10_000


def test_a_settlement_is_paid_through_a_batch_and_counts_as_paid(office):
    done = posted(office.coop)
    office.accounts()
    number = office.make("settlement").number
    office.approve(number)
    office.send(number)
    office.answer(number, {f"COOP-{HOMES[0]}": "账户已销户"})
    owed = {each.party_id for each in still_owed(done.id)}
    assert owed == {Party.objects.get(code=f"COOP-{HOMES[0]}").pk}
    assert Payout.objects.filter(settlement_id=done.id).count() == queries.batch(office.id, number).count - 1
    assert queries.reconciled(office.id).holds


def came_back(office: Office, number: int, home: str, day: date = DAY) -> str:
    """The bank sends one payment back; the identity of its line."""
    (line,) = [each for each in queries.lines(office.id, number) if each.party_code == f"COOP-{home}"]
    payouts.came_back(
        office.id, number, line.identity, evidence="退汇通知 7 号", day=day, at=AT, by=office.maker
    )
    return line.identity


def test_rent_the_bank_sent_back_is_owed_and_paid_again_on_a_new_line(office):
    office.accounts()
    office.rent(HOMES[0], 100_000)
    first = office.make().number
    office.approve(first)
    office.send(first)
    office.answer(first)
    payouts.close(office.id, first, at=AT, by=office.maker)
    with pytest.raises(payouts.BackBeforePaid):
        came_back(office, first, HOMES[0], DAY - timedelta(days=1))
    identity = came_back(office, first, HOMES[0])
    with pytest.raises(payouts.LineNotSettled):
        came_back(office, first, HOMES[0])
    assert [each.fen for each in payables.items(office.id, "rent")] == [100_000]
    assert queries.reconciled(office.id).holds
    second = office.make().number
    (line,) = queries.lines(office.id, second)
    assert line.replaces == identity
    office.approve(second)
    office.send(second)
    office.answer(second)
    assert payables.items(office.id, "rent") == []
    assert office.left("102") == 200_000, "it left twice"
    found = queries.reconciled(office.id)
    assert (found.sent, found.holds) == (100_000, True), "and came back once"


def test_a_settlements_payment_that_came_back_is_owed_and_paid_again(office):
    done = posted(office.coop)
    office.accounts()
    first = office.make("settlement").number
    office.approve(first)
    office.send(first)
    office.answer(first)
    carrying_out.mark_paid(settlements.by_id(done.id), at=AT, by=None)
    assert still_owed(done.id) == []
    came_back(office, first, HOMES[1])
    assert settlements.by_id(done.id).state == "posted", "it is open for payments again"
    (owed,) = {each.party_id for each in still_owed(done.id)}
    assert owed == Party.objects.get(code=f"COOP-{HOMES[1]}").pk
    assert queries.reconciled(office.id).holds
    second = office.make("settlement").number
    office.approve(second)
    office.send(second)
    office.answer(second)
    assert still_owed(done.id) == []
    assert queries.reconciled(office.id).holds
    carrying_out.mark_paid(settlements.by_id(done.id), at=AT, by=None)


def test_without_an_approved_account_a_household_is_left_out_and_told_why(office):
    office.account("COOP", "53050161508600000123")
    office.account(f"COOP-{HOMES[0]}", "622848000000000001")
    office.account(f"COOP-{HOMES[1]}", "622848000000000002", approve=False)
    for home in HOMES[:3]:
        office.rent(home, 10_000)
    assert Counter(each.why for each in office.make().left_out) == {"waiting_account": 1, "no_account": 1}


def test_an_account_belongs_to_the_household(office):
    with pytest.raises(HolderDiffers):
        office.account(f"COOP-{HOMES[0]}", "622848000000000001", holder="别人")
    made = office.account(f"COOP-{HOMES[0]}", "622848000000000001", approve=False)
    with pytest.raises(OwnWork):
        bank.rule_account(office.id, made.key, verdict="approved", reason="", at=AT, by=office.maker)
    assert "622848000000000001" not in str(accounts.accounts(office.id))
    assert accounts.waiting(office.id) == 1


def test_more_sent_than_owed_after_a_correction_is_shown_not_netted(office):
    office.accounts()
    office.rent(HOMES[0], 10_000)
    number = office.make().number
    office.approve(number)
    office.send(number)
    office.answer(number)
    booked = Entry.objects.get(source=f"rent:Z{HOMES[0]}:2026")
    journal.reverse(booked.pk, day=date(2026, 3, 1), text="错记", at=AT, by=None)
    office.rent(HOMES[0], 8_000, year=2027)
    assert [each.fen for each in payables.items(office.id, "rent")] == [8_000], "the next rent is due in full"
    assert [each.fen for each in payables.overpaid(office.id, "rent")] == [10_000]


def test_the_database_itself_keeps_a_line_from_being_settled_without_its_entry(office):
    office.rent(HOMES[0], 10_000)
    office.make(method="cash")
    with pytest.raises(DatabaseError), transaction.atomic():
        PayoutLine.objects.update(state="settled")
    with pytest.raises(DatabaseError), transaction.atomic():
        PayoutLine.objects.update(amount_fen=1)


def test_the_file_is_the_same_each_time_it_is_asked_for(office):
    office.accounts()
    office.rent(HOMES[0], 10_000)
    number = office.make(layout="excel-batch").number
    office.approve(number)
    assert office.send(number) == office.send(number)
    assert [each.act for each in queries.events(office.id, number)] == [
        "make",
        "approved",
        "exported",
        "again",
    ]
    assert queries.events(office.id, number)[-1].details == {"same": True}


def test_a_checker_is_shown_what_is_unlike_last_time(office):
    office.accounts()
    for home in HOMES[:2]:
        office.rent(home, 10_000)
    number = office.make().number
    office.approve(number)
    office.send(number)
    office.answer(number)
    office.account(f"COOP-{HOMES[0]}", "6228480000000007777")
    office.rent(HOMES[0], 10_000, 2027)
    office.rent(HOMES[1], 50_000, 2027)
    office.rent(HOMES[2], 10_000, 2027)
    told = {each.party_code: each.what for each in queries.differences(office.id, office.make().number)}
    assert told == {
        f"COOP-{HOMES[0]}": "changed_account",
        f"COOP-{HOMES[1]}": "much_more",
        f"COOP-{HOMES[2]}": "first_time",
    }
