"""Inputs given back and advances repaid: by goods, in cash, out of produce; never out of rent. L6."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianjie.facts.actions import in_kind, input_back, lot_cost, stock
from lianjie.facts.actions.enter import SourceGiven
from lianjie.facts.actions.in_kind import take_back
from lianjie.facts.actions.input_back import ComingBack
from lianjie.facts.actions.lot_cost import Costing
from lianjie.facts.actions.stock import Books, Issuing, Receiving
from lianjie.facts.actions.withdraw import FactStillUsed, withdraw
from lianjie.facts.models import Delivery, Party, Source
from lianjie.facts.queries import history, linked
from lianjie.facts.queries import stock as queries
from lianjie.facts.rules import inputs as rules
from lianjie.facts.rules.handed import DeliveryFact, Handed
from lianjie.facts.rules.in_kind import Goods
from lianjie.ledger.actions.posting import post
from lianjie.ledger.models import Posting
from lianjie.ledger.queries import due, movements, payables
from lianjie.ledger.rules.movement import stands
from tests.ledger import coop

pytestmark = pytest.mark.mission("L6")
AT = datetime(2026, 11, 1, 8, tzinfo=UTC)
TODAY = date(2026, 11, 1)
KG = 1_000
FILM = "地膜"


@pytest.fixture
def books(engine) -> Books:
    """300 kg of film in stock; 70 kg of it with COOP-H2 for an advance of 100.00; apples of 480.00."""
    made = Books(coop.make().pk, SourceGiven("page", "inputs"), AT, None, post)
    film = Goods(FILM, "kg", 300 * KG)
    stock.receive(Receiving("M1", date(2026, 2, 1), film, "bought"), made)
    lot_cost.cost(Costing("M1", date(2026, 2, 1), 42_855, "owed"), made)
    stock.issue(Issuing("T1", date(2026, 3, 1), "COOP-H2", "M1", 70 * KG, 10_000), made)
    deliver(made, "2026-B1", "COOP-H2", 48_000)
    return made


def deliver(books: Books, key: str, home: str, fen: int) -> None:
    party = Party.objects.get(code=home)
    Delivery.objects.create(
        organisation_id=books.organisation_id, area=party.area, key=key, day=date(2026, 10, 1),
        household=party, receipt=key[5:], good="apple", grams=fen * 10, price_fen_per_kg=100, amount_fen=fen,
        source=Source.objects.first(), recorded_at=AT,
    )  # fmt: skip
    fact = DeliveryFact(f"delivery:{key}", date(2026, 10, 1), home, True, fen)
    post("delivery", [Handed(fact)], organisation_id=books.organisation_id, year=2026, at=AT, by=None)


def back(books: Books, receipt: str, way: str, day: date = date(2026, 10, 5), **more) -> str:
    return input_back.come_back(ComingBack(receipt, day, "T1", way, **more), books)


def in_ledger(books: Books, account: str, party: str = "", good: str = "") -> int:
    rows = Posting.objects.filter(
        entry__organisation_id=books.organisation_id, account=account, good=good, entry__day__year=2026
    )
    rows = rows.filter(party__code=party) if party else rows
    return sum(rows.values_list("quantity" if good else "amount_fen", flat=True))


def now(books: Books) -> tuple[int, int]:
    row = queries.issued(books.organisation_id, "T1")
    return row.out.quantity, row.owed_fen


def household(books: Books):
    who = linked.whose("COOP-H2", TODAY)
    booked = movements.of_parties(who.ids, [books.organisation_id])
    (at,) = stands(movements.sums(booked, who.ids, [books.organisation_id], TODAY))
    assert {each.kind: each.fen for each in due.due(who, [at], (), TODAY) if each.fen} == (
        {"produce": at.owed["delivery", ""]} | ({"advance": at.advances} if at.advances else {})
    )
    return at


@pytest.mark.both
def test_goods_not_used_go_back_into_their_lot_and_take_their_part_of_the_advance(books):
    before = in_ledger(books, "121")
    assert back(books, "R1", "goods", quantity=30 * KG) == "inputback:R1"
    # 10,000 fen x 30 / 70 = 4,285.7
    assert now(books) == (40 * KG, 10_000 - 4_286)
    assert queries.lot(books.organisation_id, "M1", TODAY).left.quantity == 260 * KG
    assert queries.lot(books.organisation_id, "M1", date(2026, 10, 4)).left.quantity == 230 * KG
    assert (in_ledger(books, "121", good=FILM), in_ledger(books, "521", good=FILM)) == (260 * KG, 40 * KG)
    assert in_ledger(books, "121") - before == 4_286
    assert back(books, "R1", "goods", quantity=30 * KG) == "inputback:R1", "the same again changes nothing"
    back(books, "R2", "goods", quantity=40 * KG)
    assert now(books) == (0, 0), "the parts add up to the advance"
    with pytest.raises(rules.MoreBackThanOut):
        back(books, "R3", "goods", quantity=1)
    assert [part.kind for part in queries.trace(books.organisation_id, "M1")] == [
        "lot", "issued", "input_back", "input_back",
    ]  # fmt: skip
    with pytest.raises(FactStillUsed):
        take_back("inputissue:T1", "误记", books)
    take_back("inputback:R2", "误记", books)
    assert now(books) == (40 * KG, 5_714)
    assert history.history(books.organisation_id, "inputback:R1").party == "王H2"
    assert in_ledger(books, "121", good=FILM) == 260 * KG


@pytest.mark.both
def test_an_advance_is_repaid_in_cash_and_never_twice(books):
    back(books, "R1", "cash", fen=6_000)
    assert (in_ledger(books, "101"), now(books)) == (6_000, (70 * KG, 4_000))
    assert household(books).advances == 4_000
    for wrong, more in (
        (rules.MoreThanAdvance, {"way": "bank", "fen": 4_001}),
        (rules.NothingBack, {"way": "bank", "fen": 0}),
        (rules.GoodsOrMoney, {"way": "cash", "fen": 100, "quantity": 5}),
        (rules.BackBeforeHandedOut, {"way": "cash", "fen": 100, "day": date(2026, 2, 20)}),
        (input_back.NoSuchInput, {"way": "cash", "fen": 100, "issue": "T9"}),
        (stock.NotInTheFuture, {"way": "cash", "fen": 100, "day": date(2026, 12, 1)}),
    ):
        asked = {"receipt": "R9", "day": date(2026, 10, 6), "issue": "T1"} | more
        with pytest.raises(wrong):
            input_back.come_back(ComingBack(**asked), books)
    back(books, "R2", "bank", fen=4_000)
    assert (in_ledger(books, "102"), now(books), household(books).advances) == (4_000, (70 * KG, 0), 0)


@pytest.mark.both
def test_an_advance_is_set_off_against_signed_produce_and_what_is_left_is_paid(books):
    owed = payables.items(books.organisation_id, "produce")
    assert [(each.source, each.fen) for each in owed] == [("delivery:2026-B1", 48_000)]
    with pytest.raises(rules.SetOffUnsigned):
        back(books, "R1", "produce", fen=7_000, delivery="2026-B1")
    signed = {"evidence": "扣款同意书，户主签字"}
    back(books, "R1", "produce", fen=7_000, delivery="2026-B1", **signed)
    owed = payables.items(books.organisation_id, "produce")
    assert [each.fen for each in owed] == [41_000]
    at = household(books)
    assert (at.owed["delivery", ""], at.advances) == (41_000, 3_000)
    assert in_ledger(books, "114", "COOP-H2") == -48_000 + 10_000, "one current account: the sum stands"
    deliver(books, "2026-B2", "COOP-H1", 9_000)
    with pytest.raises(rules.NotItsDelivery):
        back(books, "R2", "produce", fen=100, delivery="2026-B2", **signed)
    with pytest.raises(rules.NotItsDelivery):
        back(books, "R2", "produce", fen=100, delivery="lease:1", **signed)
    deliver(books, "2026-B3", "COOP-H2", 2_000)
    with pytest.raises(payables.MoreThanProduce):
        back(books, "R2", "produce", fen=2_001, delivery="2026-B3", **signed)
    assert now(books) == (70 * KG, 3_000)
    with pytest.raises(FactStillUsed):
        withdraw(
            "delivery:2026-B1", organisation_id=books.organisation_id, reason="误记",
            source=SourceGiven("page", "x"), by=None, at=AT, post=post,
        )  # fmt: skip
    in_kind.take_back("inputback:R1", "未签字", books)
    at = household(books)
    assert (at.owed["delivery", ""], at.advances) == (50_000, 10_000)
    owed = payables.items(books.organisation_id, "produce")
    assert sum(each.fen for each in owed if each.source == "delivery:2026-B1") == 48_000


@given(st.integers(1, 10**9), st.integers(0, 10**9), st.lists(st.integers(1, 10**8), max_size=8))
def test_parts_of_an_advance_add_up_whatever_comes_back_when(quantity, advance, parts):
    issued = rules.Issued("T", date(2026, 1, 1), Goods(FILM, "kg", quantity), advance)
    before, taken, backs = 0, 0, []
    for part in parts:
        part = min(part, quantity - before)
        fen = rules.share_of_advance(issued, before, part)
        assert fen >= 0
        before, taken = before + part, taken + fen
        backs += [rules.Back(date(2026, 1, 2), part, fen)] if part else []
    now = rules.standing(issued, backs)
    assert (now.out, now.owed_fen) == (quantity - before, advance - taken)
    assert now.out or not now.owed_fen
