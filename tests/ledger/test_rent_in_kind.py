"""Rent handed over in grain: kilograms leave their lot, money is settled at the price of the window. L2."""

from dataclasses import replace
from datetime import date

import pytest

from lianjie.base.refusal import Refusal, Refusals
from lianjie.facts import registers
from lianjie.facts.actions import in_kind as loans
from lianjie.facts.actions import lot_cost, offtake, stock
from lianjie.facts.actions.lot_cost import Costing
from lianjie.facts.actions.stock import Books, Receiving
from lianjie.facts.actions.store import Entry
from lianjie.facts.models import Party, RentPayment
from lianjie.facts.queries import stock as lots
from lianjie.facts.registers import bringing, taking
from lianjie.facts.registers.register import Desk
from lianjie.facts.rules.in_kind import Goods
from lianjie.facts.rules.rent_terms import Handing
from lianjie.facts.workbook import read
from lianjie.ledger.actions import rents
from lianjie.ledger.actions.posting import post
from lianjie.ledger.models import Posting
from tests.facts import register_world
from tests.ledger.coop import AT
from tests.ledger.test_rent_terms import KEY, WHEAT, agree, entry

__all__ = ["entry"]
pytestmark = [pytest.mark.both, pytest.mark.mission("L2")]


def stocked(entry: Entry, grams: int, grade: str = "", cost_fen: int = 100_000) -> Books:
    """A lot of wheat that cost something."""
    books = Books(entry.organisation_id, entry.source, entry.at, None, post)
    day = date(2021, 1, 5)
    stock.receive(Receiving("MC1", day, Goods("wheat", "kg", grams), "harvested", grade), books)
    lot_cost.cost(Costing("MC1", day, cost_fen, "harvest"), books)
    return books


def moved(reference: str) -> dict[tuple[str, str], int]:
    rows = Posting.objects.filter(entry__source=reference)
    return {(row.account, row.good): row.amount_fen + row.quantity for row in rows}


@pytest.fixture
def due(entry) -> int:
    """The rent of 2023: 1,100 kg of wheat at 2.40 for two mu, 2,640 yuan; 1,500 kg of it in stock."""
    agree(entry, grain=WHEAT)
    offtake.record_price(
        entry, day=date(2023, 9, 3), good="wheat", grade="", market="county", fen_per_kg=240, evidence="board"
    )
    rents.book_rents(entry.organisation_id, date(2023, 1, 1), date(2024, 1, 1), at=AT, by=None)
    stocked(entry, 1_500_000, cost_fen=300_000)
    return 264_000


def hand(entry: Entry, fen: int, **given) -> str:
    about = {"year": 2023, "hop": "household", "day": date(2023, 12, 1), "method": "in_kind",
             "evidence": "list", "fen": fen, "lot": "MC1"}  # fmt: skip
    return rents.pay(entry, KEY, Handing(**(about | given)))


def test_a_rent_wholly_in_grain_takes_the_kilograms_out_of_their_lot(entry, due):
    reference = hand(entry, due)
    lot = lots.lot(entry.organisation_id, "MC1", date(2026, 1, 1))
    assert (lot.left.quantity, RentPayment.objects.get().in_kind_fen) == (400_000, due)
    # Of 3,000 yuan for 1,500 kg the grain had cost 2,200.
    assert moved(reference) == {
        ("211", ""): due, ("501", ""): -due, ("521", ""): 220_000, ("121", ""): -220_000,
        ("521", "wheat"): 1_100_000, ("121", "wheat"): -1_100_000,
    }  # fmt: skip
    kinds = [part.kind for part in lots.trace(entry.organisation_id, "MC1")]
    assert kinds == ["lot", "rent"]
    with pytest.raises(Refusal, match="still used"):
        loans.take_back("lot:MC1", "wrong", Books(entry.organisation_id, entry.source, AT, None, post))
    rents.take_back(entry, KEY, 2023, "read wrongly")
    assert lots.lot(entry.organisation_id, "MC1", date(2026, 1, 1)).left.quantity == 1_500_000
    assert hand(entry, due).startswith("rentpayment:")


def test_a_rent_partly_in_grain_and_partly_in_cash_through_an_agent(entry, due):
    agent = Party.objects.get(code="COOP-H3").code
    carried = hand(entry, due, hop="agent", agent=agent, grams=500_000, method="cash")
    assert moved(carried) == {
        ("113", ""): due, ("101", ""): -(due - 120_000), ("501", ""): -120_000, ("521", ""): 100_000,
        ("121", ""): -100_000, ("521", "wheat"): 500_000, ("121", "wheat"): -500_000,
    }  # fmt: skip
    arrived = hand(entry, due, agent=agent, method="bank", lot="")
    assert moved(arrived) == {("211", ""): due, ("113", ""): -due}
    lot = lots.lot(entry.organisation_id, "MC1", date(2026, 1, 1))
    assert lot.left.quantity == 1_000_000, "the kilograms leave the stock once"
    row = RentPayment.objects.current().get(hop="household")
    assert (row.quantity, row.in_kind_fen, row.method) == (500_000, 120_000, "cash")


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"lot": ""}, "from which lot"),
        ({"lot": "NO"}, "no lot “NO”"),
        ({"grams": 1_100_001}, "1100.001 kg are handed over, and the rent of 2023 is 1100 kg"),
        ({"grams": 500_000}, "500 kg settle 1,200.00 yuan of the rent of 2023; 1,440.00 yuan are left"),
        ({"fen": 100}, "art. 17"),
    ],
)
def test_a_rent_in_grain_that_cannot_be_is_refused(entry, due, given, why):
    with pytest.raises(Refusal) as refused:
        hand(entry, **({"fen": due} | given))
    assert why in f"{refused.value} {refused.value.fix}"
    assert not RentPayment.objects.exists()


def test_only_grain_of_the_grade_the_lease_names_and_of_a_known_cost(entry):
    agree(entry, grain=replace(WHEAT, grade="二等"))
    offtake.record_price(
        entry, day=date(2023, 9, 3), good="wheat", grade="二等", market="county", fen_per_kg=240, evidence="x"
    )
    rents.book_rents(entry.organisation_id, date(2023, 1, 1), date(2024, 1, 1), at=AT, by=None)
    books = stocked(entry, 1_500_000)
    with pytest.raises(Refusal, match="MC1 holds wheat, and the lease names wheat 二等"):
        hand(entry, 264_000)
    better = Receiving("MC2", date(2021, 1, 5), Goods("wheat", "kg", 1_500_000), "harvested", "二等")
    stock.receive(better, books)
    with pytest.raises(Refusal, match="what lot MC2 cost"):
        hand(entry, 264_000, lot="MC2")
    lot_cost.cost(Costing("MC2", date(2021, 1, 5), 1, "held"), books)
    assert hand(entry, 264_000, lot="MC2")


def test_a_file_says_which_rents_were_handed_over_in_grain(entry, due, tmp_path):
    row = {"lease": KEY, "year": 2023, "hop": "household", "day": date(2023, 12, 1), "amount_fen": due,
           "method": "cash", "lot": "MC1", "quantity": 500_000, "evidence": "list"}  # fmt: skip
    path = tmp_path / "rents.xlsx"

    def brought(**changed):
        given = {"rents_handed": [row | changed]}
        taking.write("rents", registers.BY_CODE["rents"].registers, path, "zh-hans", given)
        desk = Desk(entry, post, register_world.deliver(entry.organisation_id))
        raw = read(path, path.name, registers.SHEETS)
        return bringing.bring(raw, registers.REGISTERS, desk, {"enter_facts"})

    with pytest.raises(Refusals, match=r"1100\.001 kg are handed over"):
        brought(quantity=1_100_001)
    assert brought().new == 1
    assert brought().new == 0
    with pytest.raises(Refusals, match="was handed over on"):
        brought(quantity=400_000)
    (stands,) = registers.BY_CODE["rents"].by_code["rents_handed"].rows(entry.organisation_id)
    assert (stands["lot"], stands["quantity"], stands["method"]) == ("MC1", 500_000, "cash")
