"""Work given out to homes: material and pieces balance in the journal, pieces go into the wages. L5."""

from datetime import UTC, date, datetime

import pytest
from django.db.models import Sum
from hypothesis import given
from hypothesis import strategies as st

from lianjie.base.refusal import Refusals
from lianjie.facts.actions import home_work as actions
from lianjie.facts.actions import in_kind, stock, work
from lianjie.facts.actions.home_work import BringingBack, GivingBack, HandingOut
from lianjie.facts.actions.stock import Books, Receiving
from lianjie.facts.actions.store import Entry, SourceGiven
from lianjie.facts.actions.withdraw import FactStillUsed
from lianjie.facts.actions.work import Counted
from lianjie.facts.queries import home_work as queries
from lianjie.facts.queries import stock as lots
from lianjie.facts.rules import home_work as rules
from lianjie.facts.rules import in_kind as goods_rules
from lianjie.facts.rules.home_work import Step
from lianjie.facts.rules.in_kind import Goods
from lianjie.facts.rules.work import Done, Norm, Terms
from lianjie.ledger.actions.posting import post
from lianjie.ledger.models import Posting
from tests.ledger import coop

pytestmark = pytest.mark.mission("L5")
AT = datetime(2026, 5, 31, 8, tzinfo=UTC)
MARCH = date(2026, 3, 31)
E4 = 10_000
TERMS = Terms(
    number="J1", workshop="W1", worker="COOP-H1", job="编竹篮", start=date(2026, 1, 1), until=None,
    basis="piece", rate_fen=450, product="竹篮", allowance_e6=20_000, materials=(Norm("竹篾", "kg", 250),),
)  # fmt: skip


def day(of: int) -> date:
    return date(2026, 3, of)


def test_materials_as_people_write_them():
    assert rules.read_norms("竹篾 0.25 kg\n\n 铁丝 圈 2 piece ") == (
        Norm("竹篾", "kg", 250),
        Norm("铁丝 圈", "piece", 20_000),
    )
    for line in ("竹篾 0.25", "竹篾 x kg", "竹篾 0 kg", "0.25 kg", "竹篾 1 jin"):
        with pytest.raises(rules.NormUnreadable):
            rules.read_norms(line)


def test_defects_within_the_allowance_are_paid_and_those_above_are_not():
    def worth(pieces: int, defects: int) -> int:
        return Done("w", TERMS, day(2), pieces * E4, defects * E4).worth_fen

    assert worth(100, 0) == worth(100, 2) == 45_000
    assert worth(100, 5) == 97 * 450
    brought = [rules.Brought(100 * E4, {"work": 5 * E4})]
    assert [f.code for f in rules.findings("J1", TERMS, brought, ())] == ["defects-above-allowance"]


@given(
    st.lists(
        st.tuples(st.integers(1, 5), st.sampled_from(["out", "used", "returned", "lost"]), st.integers(1, 9))
    )
)
def test_nothing_is_used_given_back_or_lost_that_was_not_there(moves):
    steps = [Step(day(of), kind, "竹篾", "kg", quantity) for of, kind, quantity in moves]
    try:
        found = rules.balances("H1", steps)
    except rules.MoreThanWithWorker:
        return
    for balance in found:
        assert balance.left == sum(s.quantity if s.kind == "out" else -s.quantity for s in steps)
    for on in range(1, 6):
        early = rules.balances("H1", (s for s in steps if s.day <= day(on)))
        assert early == rules.balances("H1", steps, day(on)), "as of a day is a replay up to that day"


@pytest.fixture
def books(db) -> Books:
    made = coop.make()
    books = Books(made.pk, SourceGiven("page", "home work"), AT, None, post)
    entry = Entry(made.pk, SourceGiven("page", "work"), AT, None)
    work.open_workshop(entry, "W1", name="居家编织", form="home", address="各户", start=date(2026, 1, 1))
    work.agree(entry, TERMS)
    stock.receive(Receiving("L1", day(1), Goods("竹篾", "kg", 50_000), "bought"), books)
    return books


def balance(books: Books, account: str, good: str) -> int:
    rows = Posting.objects.filter(entry__organisation_id=books.organisation_id, account=account, good=good)
    return rows.aggregate(Sum("quantity"))["quantity__sum"] or 0


@pytest.mark.both
def test_from_material_to_wages_with_kilograms_and_pieces_balanced(books):
    out = HandingOut("M1", day(2), "J1", "L1", 30_000)
    assert actions.hand_out(out, books) == actions.hand_out(out, books)
    brought = BringingBack("P1", day(9), "J1", 60 * E4, {"work": 2 * E4, "size": E4})
    assert actions.bring_back(brought, books) == actions.bring_back(brought, books)
    actions.bring_back(BringingBack("P2", day(9), "J1", 20 * E4), books)
    actions.give_back(GivingBack("R1", day(20), "J1", "L1", 6_000), books)
    with pytest.raises(goods_rules.LossNeedsEvidence):
        actions.give_back(GivingBack("R2", day(21), "J1", "L1", 1_000, lost=True), books)
    actions.give_back(GivingBack("R2", day(21), "J1", "L1", 1_000, lost=True, evidence="照片"), books)
    (account,) = queries.accounts(books.organisation_id, "W1")
    (held,) = account.balances
    assert (held.out, held.used, held.returned, held.lost, held.left) == (30_000, 20_000, 6_000, 1_000, 3_000)
    (then,) = queries.accounts(books.organisation_id, "W1", day(9))
    assert then.balances[0].left == 10_000
    assert {f.code for f in account.findings} == {"defects-above-allowance", "material-lost"}

    assert balance(books, "124", "竹篾") == 3_000
    assert (
        balance(books, "121", "竹篾") == 26_000 == lots.lot(books.organisation_id, "L1", MARCH).left.quantity
    )
    assert (
        balance(books, "121", "竹篮")
        == 77 * E4
        == sum(lots.lot(books.organisation_id, each, MARCH).left.quantity for each in ("P1", "P2"))
    )
    for good in ("竹篾", "竹篮"):
        rows = Posting.objects.filter(good=good).aggregate(Sum("quantity"))
        assert rows["quantity__sum"] == 0

    (slip,) = work.draft(books.organisation_id, "W1", MARCH)
    assert slip.fen == 79 * 450, "80 pieces, three defects; of 80 two may have some"


@pytest.mark.both
def test_what_cannot_be(books):
    with pytest.raises(rules.MoreThanWithWorker):
        actions.bring_back(BringingBack("P1", day(9), "J1", 10 * E4), books)
    actions.hand_out(HandingOut("M1", day(9), "J1", "L1", 5_000), books)
    with pytest.raises(rules.MoreThanWithWorker):
        actions.bring_back(BringingBack("P1", day(8), "J1", 10 * E4), books)
    with pytest.raises(rules.MoreDefectsThanPieces):
        actions.bring_back(BringingBack("P1", day(9), "J1", E4, {"work": 2 * E4}), books)
    with pytest.raises(goods_rules.LotHasLess):
        actions.hand_out(HandingOut("M2", day(9), "J1", "L1", 45_001), books)
    entry = Entry(books.organisation_id, SourceGiven("page", "sheet"), AT, None)
    with pytest.raises(Refusals) as refused:
        work.enter_sheet(entry, "W1", day(9), [Counted("J1", E4)])
    assert [each.code for each in refused.value.refusals] == ["CountedWhenBrought"]
    for changed, refusal in (
        ({"basis": "day"}, rules.HomeWorkByPiece),
        ({"status": "staff"}, rules.HomeWorkNotEmployment),
        ({"materials": ()}, rules.NormMissing),
        ({"allowance_e6": 1_000_001}, rules.AllowanceUnclear),
    ):
        with pytest.raises(refusal):
            work.agree(entry, Terms(**(vars(TERMS) | {"number": "J2"} | changed)))
    stock.receive(Receiving("L2", day(1), Goods("藤条", "kg", 5_000), "bought"), books)
    with pytest.raises(rules.NotAMaterialOf):
        actions.hand_out(HandingOut("M3", day(9), "J1", "L2", 1_000), books)
    stock.receive(Receiving("L3", day(1), Goods("竹篾", "kg", 5_000), "bought"), books)
    with pytest.raises(rules.HandedOutBefore):
        actions.give_back(GivingBack("R1", day(9), "J1", "L3", 1_000), books)
    (account,) = queries.accounts(books.organisation_id, "W1")
    assert [line.kind for line in account.lines] == ["out"], "nothing half-written"


@pytest.mark.both
def test_taken_back_the_day_is_counted_anew(books):
    out = actions.hand_out(HandingOut("M1", day(2), "J1", "L1", 30_000), books)
    actions.bring_back(BringingBack("P1", day(9), "J1", 10 * E4), books)
    second = actions.bring_back(BringingBack("P2", day(9), "J1", 30 * E4), books)
    with pytest.raises(rules.MoreThanWithWorker):
        actions.take_back(out, "误记", books)
    with pytest.raises(FactStillUsed):
        in_kind.take_back("lot:P2", "误记", books)
    actions.take_back(second, "数错了", books)
    (slip,) = work.draft(books.organisation_id, "W1", MARCH)
    assert slip.fen == 10 * 450
    assert balance(books, "121", "竹篮") == 10 * E4
    assert balance(books, "124", "竹篾") == 27_500
    actions.bring_back(BringingBack("P2", day(9), "J1", 20 * E4), books)
    (slip,) = work.draft(books.organisation_id, "W1", MARCH)
    assert slip.fen == 30 * 450
    assert lots.lot(books.organisation_id, "P2", MARCH).left.quantity == 20 * E4
