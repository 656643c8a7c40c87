"""What a lot cost goes with its goods, so that a stock never stands below zero. L6."""

from datetime import UTC, date, datetime

import pytest

from lianjie.facts.actions import in_kind, input_back, lot_cost, stock
from lianjie.facts.actions.in_kind import Deciding, Lending, Losing
from lianjie.facts.actions.input_back import ComingBack
from lianjie.facts.actions.lot_cost import Costing
from lianjie.facts.actions.stock import Books, Issuing, LosingLot, NumberTaken, Receiving
from lianjie.facts.actions.store import SourceGiven
from lianjie.facts.actions.withdraw import FactStillUsed
from lianjie.facts.rules import in_kind as rules
from lianjie.facts.rules.in_kind import Goods
from lianjie.ledger.actions.posting import post
from lianjie.ledger.models import Entry, Posting
from lianjie.ledger.queries import closings, lot_worth
from tests.ledger import coop

pytestmark = [pytest.mark.both, pytest.mark.mission("L6")]
AT = datetime(2026, 11, 1, 8, tzinfo=UTC)
LATER = AT.replace(hour=9)
DAY = date(2026, 2, 1)
KG = 1_000


@pytest.fixture
def books(engine) -> Books:
    """300 kg of film in stock, its cost unknown yet."""
    made = Books(coop.make().pk, SourceGiven("page", "stock"), AT, None, post)
    stock.receive(Receiving("M1", DAY, Goods("地膜", "kg", 300 * KG), "bought"), made)
    return made


def later(books: Books) -> Books:
    return Books(books.organisation_id, books.source, LATER, None, post)


def cost(books: Books, fen: int = 300_001, way: str = "bank", lot: str = "M1") -> str:
    return lot_cost.cost(Costing(lot, DAY, fen, way, "发票"), books)


def issue(books: Books, number: str, kg: int, fen: int = 0, lot: str = "M1") -> str:
    given = Issuing(number, date(2026, 3, 1), "COOP-H2", lot, kg * KG, fen)
    return stock.issue(given, books)


def money(books: Books, *references: str) -> dict[str, int]:
    """Account -> fen these facts booked, accounts that come to nothing left out."""
    found: dict[str, int] = {}
    rows = Posting.objects.filter(entry__organisation_id=books.organisation_id, good="")
    for account, fen in rows.filter(entry__source__in=references).values_list("account", "amount_fen"):
        found[account] = found.get(account, 0) + fen
    return {account: fen for account, fen in found.items() if fen}


def sold(price: int, cost: int) -> dict[str, int]:
    return {"114": price, "501": -price, "521": cost, "121": -cost}


def worth(books: Books, lot: str = "M1") -> int:
    return lot_worth.of_lot(books.organisation_id, stock.lot_of(books, lot).pk)


def test_the_cost_goes_with_the_goods_to_the_last_fen(books):
    assert money(books, cost(books)) == {"121": 300_001, "102": -300_001}
    assert cost(books) == "lotcost:M1", "the same again changes nothing"
    with pytest.raises(NumberTaken):
        cost(books, 300_002)
    assert money(books, issue(later(books), "T1", 100)) == {"521": 100_000, "121": -100_000}
    # For an advance: income at its price, its cost an expense.
    assert money(books, issue(later(books), "T2", 50, 60_000)) == sold(60_000, 50_000)
    assert money(books, issue(later(books), "T3", 50, 40_000)) == sold(40_000, 50_000)
    lost = LosingLot("S1", date(2026, 4, 1), "M1", "other", 33 * KG, "破损", "盘点表")
    assert money(books, stock.lose_from_stock(lost, later(books))) == {"529": 33_000, "121": -33_000}
    assert worth(books) == 67_001
    assert money(books, issue(later(books), "T4", 67)) == {"521": 67_001, "121": -67_001}, (
        "the last takes the fen"
    )
    assert worth(books) == 0
    in_kind.take_back("inputissue:T4", "误记", later(books))
    assert worth(books) == 67_001
    with pytest.raises(FactStillUsed):
        in_kind.take_back("lotcost:M1", "误记", later(books))


def test_goods_given_back_bring_their_cost_back(books):
    cost(books)
    issue(later(books), "T1", 70, 84_000)
    issue(later(books), "T2", 30)
    before = worth(books)
    for number, of, kg in (("R1", "T1", 30), ("R2", "T1", 40), ("R3", "T2", 30)):
        input_back.come_back(ComingBack(number, date(2026, 5, 1), of, "goods", kg * KG), later(books))
    assert worth(books) == 300_001
    assert before == 200_001
    assert (
        money(books, "inputissue:T1", "inputback:R1", "inputback:R2", "inputissue:T2", "inputback:R3") == {}
    )
    assert money(books, "inputback:R1")["114"] == -36_000


def test_an_advance_needs_a_cost_and_a_cost_that_comes_late_tells_what_is_gone(books):
    with pytest.raises(rules.LotCostUnsaid, match="what lot M1 cost"):
        issue(books, "T1", 10, 500)
    assert money(books, issue(books, "T2", 100)) == {}
    assert money(books, cost(later(books), 300_000, "owed")) == {
        "121": 200_000,
        "521": 100_000,
        "211": -300_000,
    }
    assert cost(later(books), 300_000, "owed") == "lotcost:M1", "and the same again books nothing"
    assert Entry.objects.filter(source="lotcost:M1").count() == 1
    assert money(books, issue(later(books), "T1", 10, 10_000)) == sold(10_000, 10_000)
    in_kind.take_back("inputissue:T1", "误记", later(books))


def test_a_cost_entered_wrongly_is_taken_back_while_nothing_left_at_it(books):
    cost(books)
    in_kind.take_back("lotcost:M1", "误记", later(books))
    assert money(books, "lotcost:M1", "reversal:lotcost:M1") == {}
    assert worth(books) == 0
    assert cost(later(books), 280_000, "cash") == "lotcost:M1~3"
    with pytest.raises(FactStillUsed):
        in_kind.take_back("lot:M1", "误记", later(books))
    with pytest.raises(rules.LotCostEmpty):
        cost(books, 0, lot="M1")
    with pytest.raises(stock.NoSuchLot):
        cost(books, lot="NO")


def test_what_stands_in_the_books_already_is_not_booked_again_and_below_zero_is_told(books):
    assert money(books, cost(books, way="held")) == {}
    issue(later(books), "T1", 100, 100_000)
    until = date(2026, 12, 1)
    found = {each.kind: each.some for each in closings.checks(books.organisation_id, DAY, until)}
    assert found["stock"] == ("121",), "its worth was never brought in"
    stock.receive(Receiving("M2", DAY, Goods("地膜", "kg", 300 * KG), "granted"), books)
    assert money(books, cost(books, 200_000, "granted", "M2")) == {"121": 200_000, "311": -200_000}
    assert "stock" not in {each.kind for each in closings.checks(books.organisation_id, DAY, until)}


def test_what_is_written_off_of_a_loan_costs_its_part(books):
    """Of 100 kg lent for 110 owed, 33 are written off: what 30 kg of the lot had cost."""
    cost(books)
    in_kind.lend(Lending("J1", DAY, "COOP-H2", "M1", 100 * KG, date(2026, 9, 1), "ratio", 1_100_000), books)
    lost = in_kind.report_loss(
        Losing("S1", date(2026, 5, 1), "J1", "disaster", 33 * KG, "冰雹", "照片"), later(books)
    )
    decided = Deciding("D1", date(2026, 5, 2), "J1", lost, "理事长", "遭灾", None, 33 * KG)
    assert money(books, in_kind.decide(decided, later(books))) == {"529": 30_000, "121": -30_000}
    assert worth(books) == 270_001
    with pytest.raises(FactStillUsed, match="loandecision:D1"):
        in_kind.take_back("lotcost:M1", "误记", later(books))
    in_kind.take_back("loandecision:D1", "误记", later(books))
    assert worth(books) == 300_001


def test_goods_for_members_stand_apart(books):
    stock.receive(Receiving("D1", DAY, Goods("化肥", "kg", 100 * KG), "commission"), books)
    assert money(books, cost(books, 20_000, lot="D1")) == {"127": 20_000, "102": -20_000}
    assert money(books, issue(later(books), "T1", 50, 10_000, "D1")) == {"114": 10_000, "127": -10_000}
    above, below = issue(later(books), "T2", 10, 2_500, "D1"), issue(later(books), "T3", 10, 1_500, "D1")
    assert money(books, above) == {"114": 2_500, "127": -2_000, "501": -500}
    assert money(books, below) == {"114": 1_500, "127": -2_000, "521": 500}
