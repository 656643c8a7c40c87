"""Seed and stock lent in kind, end to end: facts, stock, ledger. L4, L6."""

from datetime import UTC, date, datetime

import pytest

from lianjie.facts.actions import in_kind, input_back, lot_cost, stock
from lianjie.facts.actions.enter import SourceGiven
from lianjie.facts.actions.in_kind import Asking, Deciding, Lending, Losing, Returning
from lianjie.facts.actions.input_back import ComingBack
from lianjie.facts.actions.lot_cost import Costing
from lianjie.facts.actions.stock import Books, Issuing, LosingLot, Receiving
from lianjie.facts.actions.withdraw import FactStillUsed
from lianjie.facts.models import LoanReturn, Lot
from lianjie.facts.queries import in_kind as queries
from lianjie.facts.rules import in_kind as rules
from lianjie.facts.rules.in_kind import Goods
from lianjie.ledger.actions.posting import post
from lianjie.ledger.models import Posting
from tests.ledger import coop

pytestmark = [pytest.mark.both, pytest.mark.mission("L4")]
AT = datetime(2026, 11, 1, 8, tzinfo=UTC)
KG = 1_000
SEED = "魔芋种芋"


@pytest.fixture
def books() -> Books:
    made = coop.make()
    return Books(made.pk, SourceGiven("page", "loans"), AT, None, post)


def in_ledger(books: Books, account: str, good: str = SEED, party: str = "") -> int:
    rows = Posting.objects.filter(
        entry__organisation_id=books.organisation_id, entry__posted=True, account=account, good=good
    )
    if party:
        rows = rows.filter(party__code=party)
    return sum(rows.values_list("quantity", flat=True))


def lent(books: Books, **changed) -> None:
    stock.receive(Receiving("L1", date(2026, 2, 1), Goods(SEED, "kg", 500 * KG), "granted", "一级"), books)
    given = {"number": "J1", "day": date(2026, 3, 1), "borrower": "COOP-H1", "lot": "L1",
             "quantity": 200 * KG, "due_day": date(2026, 10, 31), "season": "2026 秋"}  # fmt: skip
    in_kind.lend(Lending(**(given | changed)), books)


def loan(books: Books, on: date = date(2026, 11, 1)) -> queries.LoanRow:
    found = queries.loan(books.organisation_id, "J1", on)
    assert found is not None
    return found


def back(books: Books, receipt: str, kg: int, day: date = date(2026, 10, 20), **more) -> None:
    in_kind.give_back(Returning(receipt, day, "J1", Goods(SEED, "kg", kg * KG), **more), books)


def test_kilograms_go_out_and_come_back(books):
    lent(books)
    assert in_ledger(books, "114", party="COOP-H1") == 200 * KG
    assert in_ledger(books, "121") == 300 * KG
    back(books, "H1", 120)
    assert loan(books).standing.outstanding == 80 * KG
    assert loan(books, date(2026, 10, 19)).standing.outstanding == 200 * KG, "as of the day before"
    back(books, "H2", 80, date(2026, 10, 25))
    assert loan(books).state == "returned"
    assert in_ledger(books, "114") == 0
    assert in_ledger(books, "121") == 500 * KG
    with pytest.raises(rules.MoreThanOwed):
        back(books, "H3", 1)
    assert not LoanReturn.objects.filter(key="H3").exists(), "nothing was written"


def test_the_same_again_changes_nothing_and_other_content_is_refused(books):
    lent(books)
    lent(books)
    assert in_ledger(books, "114") == 200 * KG
    with pytest.raises(stock.NumberTaken):
        lent(books, quantity=100 * KG)
    assert in_ledger(books, "114") == 200 * KG


def test_a_lot_never_gives_more_than_it_holds(books):
    lent(books)
    with pytest.raises(rules.LotHasLess):
        lent(books, number="J2", quantity=301 * KG)
    with pytest.raises(rules.LotNotThereYet):
        lent(books, number="J3", quantity=KG, day=date(2026, 1, 1))
    assert in_ledger(books, "121") == 300 * KG


def test_a_deferral_is_asked_and_decided_by_a_named_person(books):
    lent(books)
    ask = Asking("Y1", date(2026, 10, 25), "J1", date(2027, 10, 31), 20_000, "明年想多种两亩")
    asked = in_kind.ask_deferral(ask, books)
    assert loan(books).standing.due == date(2026, 10, 31), "asking grants nothing"
    assert loan(books).state == "asked"
    nobody = Deciding("P1", date(2026, 10, 26), "J1", asked, " ", "扩种", until=date(2027, 10, 31))
    with pytest.raises(rules.DecisionNeedsPerson):
        in_kind.decide(nobody, books)
    by = Deciding("P1", date(2026, 10, 26), "J1", asked, "郭理事长", "扩种有地", until=date(2027, 10, 31))
    in_kind.decide(by, books)
    assert (loan(books).standing.due, loan(books).state) == (date(2027, 10, 31), "deferred")
    assert loan(books, date(2026, 10, 25)).state == "asked"
    again = Deciding("P2", date(2026, 10, 27), "J1", asked, "郭理事长", "又批", until=date(2028, 1, 1))
    with pytest.raises(rules.DecidedAlready):
        in_kind.decide(again, books)


def test_a_loss_is_written_off_only_by_decision(books):
    lent(books)
    with pytest.raises(rules.LossNeedsEvidence):
        in_kind.report_loss(Losing("S1", date(2026, 8, 1), "J1", "disease", 50 * KG), books)
    lost = in_kind.report_loss(
        Losing("S1", date(2026, 8, 1), "J1", "disease", 50 * KG, "软腐病", "植保站报告"), books
    )
    assert loan(books).standing.outstanding == 200 * KG
    in_kind.decide(
        Deciding("P1", date(2026, 8, 9), "J1", lost, "理事会", "约定由社承担", forgiven=50 * KG), books
    )
    assert loan(books).standing.outstanding == 150 * KG
    assert (in_ledger(books, "529"), in_ledger(books, "114")) == (50 * KG, 150 * KG)
    back(books, "H1", 150)
    assert loan(books).state == "settled"


def test_what_came_back_is_lent_again_and_the_return_is_then_fixed(books):
    lent(books)
    back(books, "H1", 120, lot="L2")
    given = Lending("J9", date(2026, 10, 30), "COOP-H2", "L2", 100 * KG, date(2027, 10, 31))
    in_kind.lend(given, books)
    first = LoanReturn.objects.get(key="H1")
    with pytest.raises(FactStillUsed):
        in_kind.take_back(first.reference, "misread", books)
    in_kind.take_back("loan:J9", "wrong household", books)
    in_kind.take_back(first.reference, "misread the scales", books)
    assert (in_ledger(books, "114"), in_ledger(books, "121")) == (200 * KG, 300 * KG)
    assert not Lot.objects.current().filter(key__startswith="L2").exists()
    back(books, "H1", 119, lot="L2")
    assert loan(books).standing.outstanding == 81 * KG
    assert in_ledger(books, "121") == 419 * KG


def test_eggs_for_hens(books):
    """NM-CHICKEN-LOAN: 25 eggs per hen, then the hen is the household's; 99 of 100 came."""
    piece = 10_000
    stock.receive(Receiving("HENS", date(2026, 2, 1), Goods("母鸡", "piece", 20 * piece), "bought"), books)
    hens = Lending("J1", date(2026, 3, 1), "COOP-H1", "HENS", 4 * piece, date(2026, 10, 31), "offspring",
                   25_000_000, "鸡蛋", "piece")  # fmt: skip
    in_kind.lend(hens, books)
    assert loan(books).terms.returns == Goods("鸡蛋", "piece", 100 * piece)
    eggs = Goods("鸡蛋", "piece", 99 * piece)
    in_kind.give_back(Returning("H1", date(2026, 10, 1), "J1", eggs), books)
    assert loan(books).standing.outstanding == 1 * piece
    assert in_ledger(books, "114", "鸡蛋", "COOP-H1") == piece
    assert in_ledger(books, "114", "母鸡") == 0
    assert in_ledger(books, "121", "母鸡") == 16 * piece


def test_a_substitute_counts_only_at_its_agreed_ratio(books):
    lent(books, substitute="魔芋干片", substitute_ratio=6_000_000)
    dried = Goods("魔芋干片", "kg", 20 * KG)
    in_kind.give_back(Returning("H1", date(2026, 10, 1), "J1", dried), books)
    assert loan(books).standing.outstanding == 80 * KG
    assert in_ledger(books, "121", "魔芋干片") == 20 * KG
    potato = Goods("马铃薯", "kg", KG)
    with pytest.raises(rules.NotTheAgreedGood):
        in_kind.give_back(Returning("H2", date(2026, 10, 1), "J1", potato), books)


def test_a_substitute_pays_the_last_gram_and_the_loan_is_returned(books):
    lent(books, quantity=100 * KG, substitute="玉米", substitute_ratio=3_000_000)
    corn = Goods("玉米", "kg", 33_333)
    in_kind.give_back(Returning("R1", date(2026, 10, 1), "J1", corn), books)
    assert loan(books).standing.outstanding == 1, "33.333 kg at 3 pay 99.999 kg"
    with pytest.raises(rules.MoreThanOwed):
        in_kind.give_back(Returning("R2", date(2026, 10, 2), "J1", Goods("玉米", "kg", 2)), books)
    last = Returning("R2", date(2026, 10, 2), "J1", Goods("玉米", "kg", 1))
    in_kind.give_back(last, books)
    assert loan(books).state == "returned"
    assert (in_ledger(books, "114", party="COOP-H1"), in_ledger(books, "121", "玉米")) == (0, 33_334)
    in_kind.give_back(last, books)
    assert loan(books).standing.returned == 100 * KG, "the same again changes nothing"


def test_what_was_written_off_and_came_back_late_says_what_to_do(books):
    lent(books)
    flood = Losing("S1", date(2026, 8, 1), "J1", "disaster", 50 * KG, "洪水", "照片")
    lost = in_kind.report_loss(flood, books)
    in_kind.decide(Deciding("P1", date(2026, 8, 2), "J1", lost, "郭", "失管 20 公斤", None, 30 * KG), books)
    back(books, "R1", 170)
    with pytest.raises(rules.WrittenOffBefore, match="30 kg were written off"):
        back(books, "R2", 30)
    with pytest.raises(rules.MoreThanOwed):
        back(books, "R2", 31)
    in_kind.take_back("loandecision:P1", "找回", books)
    in_kind.decide(Deciding("P2", date(2026, 8, 2), "J1", lost, "郭", "找回", None, 0), books)
    back(books, "R2", 30)
    assert loan(books).state == "returned"
    assert (in_ledger(books, "114"), in_ledger(books, "529")) == (0, 0)


@pytest.mark.mission("L6")
def test_inputs_leave_the_lot_free_or_as_an_advance(books):
    lent(books)
    stock.issue(Issuing("T1", date(2026, 4, 1), "COOP-H2", "L1", 50 * KG), books)
    advance = Issuing("T2", date(2026, 4, 2), "COOP-H2", "L1", 50 * KG, 30_000)
    with pytest.raises(rules.LotCostUnsaid, match="what lot L1 cost"):
        stock.issue(advance, books)
    lot_cost.cost(Costing("L1", date(2026, 2, 1), 90_000, "owed"), books)
    stock.issue(advance, books)
    money = Posting.objects.filter(good="", account="114", entry__source__startswith="inputissue:")
    assert [(row.party.code, row.amount_fen) for row in money] == [("COOP-H2", 30_000)]
    assert (in_ledger(books, "521"), in_ledger(books, "121")) == (100 * KG, 200 * KG)
    lost = LosingLot("D1", date(2026, 5, 1), "L1", "other", 10 * KG, "霉变", "盘点表")
    stock.lose_from_stock(lost, books)
    assert (in_ledger(books, "529"), in_ledger(books, "121")) == (10 * KG, 190 * KG)


def test_one_good_is_counted_in_one_unit(books):
    lent(books)
    with pytest.raises(rules.GoodCountedOtherwise):
        stock.receive(Receiving("L5", date(2026, 2, 1), Goods(SEED, "piece", 10_000), "bought"), books)


def hens(books: Books, number: str = "J1", count: int = 4, ratio: int = 25_500_000, **more) -> Lending:
    given = {"borrower": "COOP-H1", "lot": "HENS", "due_day": date(2026, 10, 31), "rule": "offspring",
             "owed_good": "鸡蛋", "owed_unit": "piece"}  # fmt: skip
    return Lending(number, date(2026, 3, 1), quantity=count, ratio=ratio, **(given | more))


@pytest.fixture
def henhouse(books: Books) -> Books:
    """Twenty hens in stock; three lent for 25.5 eggs each, one egg lost and not yet decided."""
    stock.receive(
        Receiving("HENS", date(2026, 2, 1), Goods("母鸡", "piece", 20 * rules.PIECE), "bought"), books
    )
    in_kind.lend(hens(books, count=3 * rules.PIECE), books)
    lost = Losing("S0", date(2026, 6, 1), "J1", "disease", rules.PIECE, "", "报告")
    in_kind.report_loss(lost, books)
    stock.issue(Issuing("T0", date(2026, 4, 1), "COOP-H2", "HENS", rules.PIECE), books)
    return books


HALF = rules.PIECE // 2
PARTED = {
    "received": lambda books: stock.receive(
        Receiving("X", date(2026, 2, 1), Goods("母鸡", "piece", HALF), "bought"), books
    ),
    "lent": lambda books: in_kind.lend(hens(books, "J2", HALF), books),
    "handed out": lambda books: stock.issue(
        Issuing("T1", date(2026, 4, 1), "COOP-H2", "HENS", rules.PIECE + 1), books
    ),
    "not used and back": lambda books: input_back.come_back(
        ComingBack("TH1", date(2026, 6, 1), "T0", "goods", HALF), books
    ),
    "lost from stock": lambda books: stock.lose_from_stock(
        LosingLot("D1", date(2026, 5, 1), "HENS", "other", HALF, "", "盘点"), books
    ),
    "given back": lambda books: in_kind.give_back(
        Returning("H1", date(2026, 10, 1), "J1", Goods("鸡蛋", "piece", HALF)), books
    ),
    "lost": lambda books: in_kind.report_loss(
        Losing("S1", date(2026, 6, 1), "J1", "disease", HALF, "", "报告"), books
    ),
    "forgiven": lambda books: in_kind.decide(
        Deciding("P1", date(2026, 6, 3), "J1", "loanloss:S0", "郭", "病", forgiven=HALF), books
    ),
}


@pytest.mark.parametrize("act", PARTED.values(), ids=PARTED)
def test_a_part_of_a_piece_moves_nowhere(henhouse, act):
    """Weights are grams; a hen, an egg, a basket is whole at every step of a loan and of the stock."""
    with pytest.raises(rules.PartOfAPiece, match="a piece cannot be parted") as refused:
        act(henhouse)
    assert "Write a whole number of pieces" in str(refused.value)


def test_a_part_of_a_piece_is_owed_by_nobody(henhouse):
    """Three times 25.5 eggs are 76."""
    assert loan(henhouse).terms.returns == Goods("鸡蛋", "piece", 76 * rules.PIECE)
    assert loan(henhouse).for_each == Goods("鸡蛋", "piece", 255_000)


def test_a_substitute_pays_whole_pieces_for_the_borrower(books):
    stock.receive(
        Receiving("HENS", date(2026, 2, 1), Goods("母鸡", "piece", 9 * rules.PIECE), "bought"), books
    )
    terms = {"substitute": "玉米", "substitute_ratio": 2_500_000}
    in_kind.lend(hens(books, count=2 * rules.PIECE, ratio=25_000_000, **terms), books)
    maize = Goods("玉米", "kg", 3 * KG)
    in_kind.give_back(Returning("H1", date(2026, 10, 1), "J1", maize), books)
    assert loan(books).standing.outstanding == 42 * rules.PIECE, "3 kg pay 7.5 eggs, counted as 8"
